/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads, budget, cancellation, progress and log lines of a piece of work. */
#include <gyeol/task.h>

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

int gy_task_threads(const gy_task *task) {
  if (task != NULL && task->n_threads > 0) return task->n_threads;
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}

size_t gy_task_memory(const gy_task *task) {
  return task != NULL && task->memory_bytes > 0 ? task->memory_bytes : SIZE_MAX;
}

bool gy_task_cancelled(const gy_task *task) {
  return task != NULL && task->cancel != NULL && atomic_load_explicit(task->cancel, memory_order_relaxed);
}

gy_status gy_task_check(const gy_task *task, gy_error *err) {
  if (!gy_task_cancelled(task)) return GY_OK;
  return gy_fail(err, GY_ECANCELLED, "stopped on request; the store is as it was before");
}

void gy_task_progress(const gy_task *task, const char *phase, uint64_t done, uint64_t total,
                      const char *unit) {
  if (task != NULL && task->progress != NULL) task->progress(task->user, phase, done, total, unit);
}

void gy_task_log(const gy_task *task, gy_log_level level, const char *format, ...) {
  if (task == NULL || task->log == NULL) return;
  char line[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  task->log(task->user, level, line);
}

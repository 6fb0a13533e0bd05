/* SPDX-License-Identifier: Apache-2.0
 *
 * The circumstances of a piece of work: how many threads, how much memory, who listens to its
 * progress, and whether it should stop. Everything long-running takes a `const gy_task *`; NULL means
 * the defaults (all processors, no budget, silent, not cancellable). A task holds no results and is
 * never modified by the work that receives it. */
#ifndef GYEOL_TASK_H
#define GYEOL_TASK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gy_log_level { GY_LOG_DEBUG, GY_LOG_INFO, GY_LOG_WARN, GY_LOG_ERROR } gy_log_level;

typedef struct gy_task {
  int n_threads;       /* 0: one per processor */
  size_t memory_bytes; /* budget for this work; 0: none stated */
  atomic_bool *cancel; /* set by anyone, from a signal handler too; NULL: cannot be cancelled */
  void *user;          /* handed to the callbacks below */
  /* Work done so far in `phase`; `total` is 0 when unknown; `unit` is a plural noun ("rows").
   * May be called from any thread, at any rate. NULL: nobody listens. */
  void (*progress)(void *user, const char *phase, uint64_t done, uint64_t total, const char *unit);
  /* One line without a newline. May be called from any thread. NULL: nobody listens. */
  void (*log)(void *user, gy_log_level level, const char *line);
} gy_task;

/* Threads to use: the task's number, or one per processor. At least 1. */
int gy_task_threads(const gy_task *task);

/* The task's budget in bytes, or SIZE_MAX where none is stated. */
size_t gy_task_memory(const gy_task *task);

/* True once somebody asked the work to stop. Cheap enough for a call per block of work. */
bool gy_task_cancelled(const gy_task *task);

/* GY_ECANCELLED with its sentence when the task was cancelled, GY_OK otherwise. */
GY_MUST_USE gy_status gy_task_check(const gy_task *task, gy_error *err);

void gy_task_progress(const gy_task *task, const char *phase, uint64_t done, uint64_t total,
                      const char *unit);
void gy_task_log(const gy_task *task, gy_log_level level, const char *format, ...) GY_PRINTF(3, 4);

#ifdef __cplusplus
}
#endif
#endif

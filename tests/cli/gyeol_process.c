/* SPDX-License-Identifier: Apache-2.0 */
#include "gyeol_process.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

static char folder[64];

const char *workspace(void) {
  if (folder[0] == '\0') {
    strcpy(folder, "/tmp/gyeol_cli_XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
  }
  return folder;
}

void workspace_remove(void) {
  if (folder[0] != '\0') cr_expect_eq(gy_dir_remove(folder, NULL), GY_OK);
  folder[0] = '\0';
}

const char *in_workspace(const char *format, ...) {
  static char paths[16][512];
  static unsigned next;
  char *path = paths[next++ % 16];
  int used = snprintf(path, sizeof paths[0], "%s/", workspace());
  va_list args;
  va_start(args, format);
  vsnprintf(path + used, sizeof paths[0] - (size_t)used, format, args);
  va_end(args);
  return path;
}

void write_file(const char *path, const void *bytes, size_t length) {
  gy_error err = {0};
  cr_assert_eq(gy_file_replace(path, bytes, length, &err), GY_OK, "%s", err.text);
}

void write_text(const char *path, const char *text) { write_file(path, text, strlen(text)); }

static char *read_text(const char *path) {
  gy_buffer buffer;
  gy_buffer_init(&buffer, 256 << 20);
  gy_error err = {0};
  cr_assert_eq(gy_file_read(path, &buffer, &err), GY_OK, "%s", err.text);
  return gy_buffer_take(&buffer);
}

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static pid_t start_line(const char *line) {
  const char *binary = getenv("GYEOL");
  cr_assert_not_null(binary, "the environment variable GYEOL names no binary");
  char command[8192];
  snprintf(command, sizeof command, "cd %s && exec '%s' %s >%s/.out 2>%s/.err </dev/null", workspace(),
           binary, line, workspace(), workspace());
  pid_t process = fork();
  cr_assert_geq(process, 0);
  if (process == 0) {
    execl("/bin/sh", "sh", "-c", command, NULL);
    _exit(127);
  }
  return process;
}

double processor_seconds_of(pid_t process) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
  FILE *file = fopen(path, "r");
  size_t n = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
  if (file != NULL) fclose(file);
  text[n] = '\0';
  unsigned long user = 0, kernel = 0;
  const char *behind_name = strrchr(text, ')');
  if (behind_name != NULL)
    cr_assert_eq(
        sscanf(behind_name + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel), 2);
  return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

process_result finish_gyeol(pid_t process) {
  process_result result = {.seconds = seconds_now()};
  int status = 0;
  struct rusage used;
  cr_assert_eq(wait4(process, &status, 0, &used), process);
  result.seconds = seconds_now() - result.seconds;
  result.processor_seconds = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                             1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.out = read_text(in_workspace(".out"));
  result.err = read_text(in_workspace(".err"));
  result.json = json_loads(result.out, 0, NULL);
  return result;
}

pid_t start_gyeol(const char *arguments, ...) {
  char line[4096];
  va_list args;
  va_start(args, arguments);
  vsnprintf(line, sizeof line, arguments, args);
  va_end(args);
  return start_line(line);
}

process_result run_gyeol(const char *arguments, ...) {
  char line[4096];
  va_list args;
  va_start(args, arguments);
  vsnprintf(line, sizeof line, arguments, args);
  va_end(args);
  double start = seconds_now();
  process_result result = finish_gyeol(start_line(line));
  result.seconds = seconds_now() - start;
  return result;
}

void process_clear(process_result *result) {
  free(result->out);
  free(result->err);
  json_decref(result->json);
  *result = (process_result){0};
}

const char *real_data(const char *name) {
  static char path[512];
  const char *dir = getenv("GYEOL_DATA");
  snprintf(path, sizeof path, "%s/%s", dir != NULL ? dir : "../shared/data", name);
  return access(path, R_OK) == 0 ? path : NULL;
}

const json_t *json_at(const json_t *json, const char *path) {
  char part[128];
  while (json != NULL && *path != '\0') {
    size_t length = strcspn(path, ".");
    snprintf(part, sizeof part, "%.*s", (int)length, path);
    json = json_is_array(json) ? json_array_get(json, strtoul(part, NULL, 10)) : json_object_get(json, part);
    path += length + (path[length] == '.');
  }
  return json;
}

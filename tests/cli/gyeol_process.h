/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs the gyeol binary (environment variable GYEOL) the way a user would and keeps what it said. */
#ifndef GYEOL_TESTS_GYEOL_PROCESS_H
#define GYEOL_TESTS_GYEOL_PROCESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct process_result {
  int exit_code; /* 128 + signal when killed */
  char *out;
  char *err;
  json_t *json; /* stdout as JSON; NULL when it is none */
  double seconds;
  double processor_seconds; /* of a started process: all of its threads, from its beginning */
} process_result;

/* A fresh folder for this test; removed by workspace_remove. */
const char *workspace(void);
void workspace_remove(void);

/* Formats a path inside the workspace; valid until 16 further calls. */
const char *in_workspace(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Writes a file into the workspace. */
void write_file(const char *path, const void *bytes, size_t length);
void write_text(const char *path, const char *text);

/* Runs `gyeol ARGUMENTS` through the shell, in the workspace. */
process_result run_gyeol(const char *arguments, ...) __attribute__((format(printf, 1, 2)));
/* The same without waiting; the process is gyeol itself, so that signals reach it. */
pid_t start_gyeol(const char *arguments, ...) __attribute__((format(printf, 1, 2)));
/* Waits for it; `seconds` is the time since this call. */
process_result finish_gyeol(pid_t process);
/* What a running process has used so far: that does not depend on how busy the machine is. */
double processor_seconds_of(pid_t process);
void process_clear(process_result *result);

/* Path to a real data file, or NULL where the data are absent. */
const char *real_data(const char *name);

/* json at "a.b.0.c"; NULL when absent. */
const json_t *json_at(const json_t *json, const char *path);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "fits/fit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *read_floats(const char *path, size_t n) {
  float *values = aligned_alloc(64, (n * sizeof *values + 63) / 64 * 64);
  FILE *file = fopen(path, "rb");
  if (values == NULL || file == NULL || fread(values, sizeof *values, n, file) != n) {
    fprintf(stderr, "cannot read %zu floats from %s\n", n, path);
    exit(1);
  }
  fclose(file);
  return values;
}

static const fit_case *find(const fit_case *cases, size_t n_cases, const char *name) {
  for (size_t i = 0; i < n_cases; i++)
    if (strcmp(cases[i].name, name) == 0) return &cases[i];
  return NULL;
}

int fit_main(int argc, char **argv, const fit_case *cases, size_t n_cases) {
  const fit_case *chosen = argc == 6 ? find(cases, n_cases, argv[1]) : NULL;
  if (chosen == NULL) {
    fprintf(stderr, "usage: %s CASE FILE ROWS COLUMNS THREADS; cases:\n", argv[0]);
    for (size_t i = 0; i < n_cases; i++) fprintf(stderr, "  %s\n", cases[i].name);
    return 2;
  }
  gy_matrix x = {.n_rows = strtoul(argv[3], NULL, 10), .n_columns = strtoul(argv[4], NULL, 10)};
  gy_task task = {.n_threads = (int)strtol(argv[5], NULL, 10)};
  x.values = read_floats(argv[2], x.n_rows * x.n_columns);
  void *prepared = chosen->prepare == NULL ? NULL : chosen->prepare(x);
  for (int c = getchar(); c != EOF; c = getchar()) {
    if (c != '\n') continue;
    gy_error err = {0};
    double quality = 0, start = now();
    if (chosen->fit(x, prepared, &task, &quality, &err) != GY_OK) {
      fprintf(stderr, "%s: %s\n", chosen->name, err.text);
      return 1;
    }
    printf("%.6f %.17g\n", now() - start, quality);
    fflush(stdout);
  }
  free(prepared);
  free((void *)x.values);
  return 0;
}

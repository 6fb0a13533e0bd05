/* SPDX-License-Identifier: Apache-2.0
 *
 * Data for the fits, and what this machine allows.
 *
 *   fit_data groups N D K FILE        overlapping spherical groups: rows go on changing cluster
 *   fit_data separated N D K FILE     groups ten deviations apart
 *   fit_data uniform N D K FILE       no groups at all, in the unit cube
 *   fit_data machine THREADS          triad bandwidth and single-precision multiply-add rate, as JSON */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cblas.h>

#include "base/rng.h"

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *must_allocate(size_t bytes) {
  void *storage = aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (storage == NULL) abort();
  return storage;
}

/* `apart`: deviations between the middles; 0: uniform. */
static void write_points(double apart, size_t n, size_t d, size_t k, const char *path) {
  gy_rng rng;
  gy_rng_init(&rng, 1, 0);
  float *middles = must_allocate(k * d * sizeof *middles), *row = must_allocate(d * sizeof *row);
  FILE *file = fopen(path, "wb");
  if (file == NULL) abort();
  for (size_t i = 0; i < k * d; i++) middles[i] = (float)(apart * gy_rng_normal(&rng));
  for (size_t i = 0; i < n; i++) {
    const float *middle = middles + gy_rng_below(&rng, k) * d;
    for (size_t j = 0; j < d; j++)
      row[j] = apart > 0 ? middle[j] + (float)gy_rng_normal(&rng) : (float)gy_rng_uniform(&rng);
    if (fwrite(row, sizeof *row, d, file) != d) abort();
  }
  if (fclose(file) != 0) abort();
  free(middles);
  free(row);
}

/* Bytes a second of a[i] = b[i] + s c[i], the write counted twice (it is read first). */
static double triad_bandwidth(int n_threads) {
  size_t n = 16u << 20;
  double best = 0;
  float *a = must_allocate(n * sizeof *a), *b = must_allocate(n * sizeof *b),
        *c = must_allocate(n * sizeof *c);
#pragma omp parallel for schedule(static) num_threads(n_threads)
  for (size_t i = 0; i < n; i++) a[i] = b[i] = c[i] = 1;
  for (int round = 0; round < 8; round++) {
    double start = now();
#pragma omp parallel for schedule(static) num_threads(n_threads)
    for (size_t i = 0; i < n; i++) a[i] = b[i] + 3 * c[i];
    best = fmax(best, 4.0 * (double)n * sizeof *a / (now() - start));
  }
  if (a[n / 2] < 0) puts("");
  free(a);
  free(b);
  free(c);
  return best;
}

static double sgemm_rate(void) {
  int n = 1024;
  size_t bytes = (size_t)n * (size_t)n * sizeof(float);
  float *a = must_allocate(bytes), *b = must_allocate(bytes), *c = must_allocate(bytes);
  double best = 0;
  for (int i = 0; i < n * n; i++) a[i] = b[i] = c[i] = 1;
  for (int round = 0; round < 5; round++) {
    double start = now();
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, b, n, 0, c, n);
    best = fmax(best, 2.0 * n * n * n / (now() - start));
  }
  free(a);
  free(b);
  free(c);
  return best;
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "machine") == 0) {
    double triad = triad_bandwidth((int)strtol(argv[2], NULL, 10));
    printf("{\"triad_gb_s\": %.2f, \"sgemm_gflop_s\": %.1f}\n", triad / 1e9, sgemm_rate() / 1e9);
    return 0;
  }
  static const struct {
    const char *name;
    double apart;
  } kinds[] = {{"groups", 1}, {"separated", 10}, {"uniform", 0}};
  for (size_t i = 0; argc == 6 && i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(argv[1], kinds[i].name) == 0) {
      write_points(kinds[i].apart, strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10),
                   strtoul(argv[4], NULL, 10), argv[5]);
      return 0;
    }
  fputs("usage: fit_data groups|separated|uniform N D K FILE, or fit_data machine THREADS\n", stderr);
  return 2;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Points to hexagonal cells on one core: each kernel that the processor runs, in turns, and what the way back
 * takes. bench_cells [POINTS [RESOLUTION [ROUNDS]]]      default 10000000 9 5 Points lie in Korea and
 * anywhere, half each. Prints millions of points a second, the best round and the median, and how the seconds
 * of the fastest kernel change with the resolution. */
#include <gyeol/h3.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/rng.h"
#include "geo/h3_kernel.h"

enum { ROUNDS_MAX = 101 };

typedef struct points {
  size_t n;
  double *lat, *lng;
  uint64_t *cells;
} points;

static points make_points(size_t n) {
  points made = {n, malloc(n * sizeof(double)), malloc(n * sizeof(double)), malloc(n * sizeof(uint64_t))};
  if (made.lat == NULL || made.lng == NULL || made.cells == NULL) {
    fprintf(stderr, "bench_cells: no memory for %zu points\n", n);
    exit(1);
  }
  gy_rng rng;
  gy_rng_init(&rng, 9, 1);
  for (size_t i = 0; i < n; i++) {
    double u = gy_rng_uniform(&rng), v = gy_rng_uniform(&rng);
    made.lat[i] = i % 2 != 0 ? 33 + 5 * u : asin(2 * u - 1) * (180 / M_PI);
    made.lng[i] = i % 2 != 0 ? 126 + 4 * v : 360 * v - 180;
    made.cells[i] = 0; /* touched before it is timed */
  }
  return made;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void report(const char *name, double *seconds, int rounds, size_t n) {
  qsort(seconds, (size_t)rounds, sizeof *seconds, by_value);
  printf("%-28s best %7.2f M/s  median %7.2f M/s\n", name, (double)n / seconds[0] / 1e6,
         (double)n / seconds[rounds / 2] / 1e6);
}

static double seconds_of(const gy_h3_kernel *kernel, const points *p, int resolution) {
  double begun = gy_clock_seconds();
  kernel->cells(p->lat, p->lng, p->n, resolution, p->cells);
  return gy_clock_seconds() - begun;
}

int main(int argc, char **argv) {
  size_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 10000000;
  int resolution = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 9,
      rounds = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 5;
  if (n < 1 || resolution < 0 || resolution > GY_H3_RESOLUTION_MAX || rounds < 1 || rounds > ROUNDS_MAX) {
    fprintf(stderr, "usage: bench_cells [POINTS [RESOLUTION 0..15 [ROUNDS 1..%d]]]\n", ROUNDS_MAX);
    return 2;
  }
  points p = make_points(n);
  size_t count;
  const gy_h3_kernel *const *kernels = gy_h3_kernels(&count);
  static double seconds[3][ROUNDS_MAX], back[ROUNDS_MAX];
  for (int round = 0; round < rounds; round++) {
    for (size_t k = 0; k < count; k++) seconds[k][round] = seconds_of(kernels[k], &p, resolution);
    size_t some = n < 1000000 ? n : 1000000;
    double begun = gy_clock_seconds();
    gy_h3_cells_to_lat_lngs(p.cells + n - some, some, p.lat + n - some, p.lng + n - some, NULL);
    back[round] = (gy_clock_seconds() - begun) * (double)n / (double)some;
  }
  printf("%zu points at resolution %d, one core (target 2 M/s)\n", n, resolution);
  for (size_t k = 0; k < count; k++) report(kernels[k]->name, seconds[k], rounds, n);
  report("cells to centres", back, rounds, n);
  for (int r = 0; r <= GY_H3_RESOLUTION_MAX; r += 3)
    printf("  resolution %2d  %7.2f M/s\n", r, (double)n / seconds_of(kernels[0], &p, r) / 1e6);
  free(p.lat);
  free(p.lng);
  free(p.cells);
  return 0;
}

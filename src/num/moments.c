/* SPDX-License-Identifier: Apache-2.0
 *
 * Two passes over a block while it is in cache (mean, then squares about it), and blocks joined pairwise in
 * block order (Chan, Golub and LeVeque 1979): accurate where the textbook sum of squares cancels, and the
 * same bytes on any number of threads. */
#include "num/moments.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/simd.h"
#include "num/blocks.h"

enum { MIN_ROWS = 2048 };

static void block_moments(const float *x, size_t n, size_t d, double *mean, double *squares) {
  memset(mean, 0, d * sizeof *mean);
  memset(squares, 0, d * sizeof *squares);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < d; j++) mean[j] += (double)x[i * d + j];
  for (size_t j = 0; j < d; j++) mean[j] /= (double)n;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < d; j++) {
      double deviation = (double)x[i * d + j] - mean[j];
      squares[j] += deviation * deviation;
    }
  }
}

/* Joins (n_b, mean_b, squares_b) into (n_a, mean, squares). */
static void join(size_t n_a, double *mean, double *squares, size_t n_b, const double *mean_b,
                 const double *squares_b, size_t d) {
  double share_b = (double)n_b / (double)(n_a + n_b);
  for (size_t j = 0; j < d; j++) {
    double delta = mean_b[j] - mean[j];
    mean[j] += delta * share_b;
    squares[j] += squares_b[j] + delta * delta * (double)n_a * share_b;
  }
}

gy_status gy_column_moments(gy_matrix x, const gy_task *task, double *means, double *variances,
                            gy_error *err) {
  size_t d = x.n_columns;
  gy_blocks blocks = gy_blocks_of(x.n_rows, MIN_ROWS);
  double *partial = calloc(blocks.count * 2 * d, sizeof *partial);
  if (partial == NULL) return gy_fail(err, GY_ENOMEM, "column moments: out of memory for %zu columns", d);
#pragma omp parallel for schedule(static) num_threads(gy_task_threads(task)) if (blocks.count > 1)
  for (size_t b = 0; b < blocks.count; b++) {
    size_t first = gy_block_first(&blocks, b);
    double *mean = partial + b * 2 * d;
    block_moments(gy_matrix_row(x, first), gy_block_end(&blocks, b) - first, d, mean, mean + d);
  }
  memset(means, 0, d * sizeof *means);
  memset(variances, 0, d * sizeof *variances);
  for (size_t b = 0; b < blocks.count; b++) {
    size_t first = gy_block_first(&blocks, b);
    const double *mean = partial + b * 2 * d;
    join(first, means, variances, gy_block_end(&blocks, b) - first, mean, mean + d, d);
  }
  for (size_t j = 0; j < d; j++) variances[j] /= (double)x.n_rows;
  free(partial);
  return GY_OK;
}

void gy_moments(const double *values, size_t n, double *mean, double *variance) {
  double sum = 0, squares = 0;
  for (size_t i = 0; i < n; i++) sum += values[i];
  double m = sum / (double)n;
  for (size_t i = 0; i < n; i++) squares += (values[i] - m) * (values[i] - m);
  *mean = m;
  *variance = squares / (double)n;
}

GY_SIMD_CLONES static bool all_within(const float *values, size_t n, float limit) {
  int outside = 0;
  for (size_t i = 0; i < n; i++) outside |= !(fabsf(values[i]) <= limit);
  return !outside;
}

static gy_status name_first_outside(gy_matrix x, float limit, gy_error *err) {
  size_t i = 0;
  while (fabsf(x.values[i]) <= limit) i++;
  size_t row = i / x.n_columns + 1, column = i % x.n_columns + 1;
  if (isnan(x.values[i]))
    return gy_fail(err, GY_EDATA, "row %zu, column %zu is not a number; fill it or drop the row", row,
                   column);
  return gy_fail(err, GY_EDATA, "row %zu, column %zu is %g, beyond %g; scale the column first", row, column,
                 (double)x.values[i], (double)limit);
}

gy_status gy_matrix_check(gy_matrix x, float limit, const gy_task *task, gy_error *err) {
  gy_blocks blocks = gy_blocks_of(x.n_rows, MIN_ROWS);
  atomic_bool bad = false;
#pragma omp parallel for schedule(static) num_threads(gy_task_threads(task)) if (blocks.count > 1)
  for (size_t b = 0; b < blocks.count; b++) {
    size_t first = gy_block_first(&blocks, b);
    size_t n_values = (gy_block_end(&blocks, b) - first) * x.n_columns;
    if (!all_within(gy_matrix_row(x, first), n_values, limit))
      atomic_store_explicit(&bad, true, memory_order_relaxed);
  }
  return bad ? name_first_outside(x, limit, err) : GY_OK;
}

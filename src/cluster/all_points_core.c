/* SPDX-License-Identifier: Apache-2.0
 *
 * The all-points core distance (Moulavi et al. 2014, definition 1), with the nearest distance m taken out of
 * the sum,
 *
 *      core(a) = m (sum over b of (m / |a - b|)^d / (n - 1))^(-1/d)
 *
 * so that no term exceeds 1 and nothing overflows in many columns. Powers are whole: (m^2/|a-b|^2) to d/2 by
 * squaring, and once its root where d is odd. */
#include "cluster/all_points_core.h"

#include <math.h>
#include <stdlib.h>

#include "base/simd.h"
#include "num/threads.h"

enum { STRETCH = 256 };

size_t gy_all_points_core_memory(size_t n, size_t d, const gy_task *task) {
  return n * d * sizeof(float) + (size_t)gy_task_threads(task) * n * sizeof(double);
}

/* Squared distances from row `row` to all, itself +inf. `columns`: features apart. */
GY_SIMD_CLONES static void all_squares(const float *restrict columns, size_t n, size_t d, size_t row,
                                       double *restrict squares) {
  for (size_t first = 0; first < n; first += STRETCH) {
    size_t end = first + STRETCH < n ? first + STRETCH : n;
    for (size_t i = first; i < end; i++) squares[i] = 0;
    for (size_t j = 0; j < d; j++) {
      double own = (double)columns[j * n + row];
      for (size_t i = first; i < end; i++) {
        double difference = (double)columns[j * n + i] - own;
        squares[i] += difference * difference;
      }
    }
  }
  squares[row] = INFINITY;
}

/* The sum of (least / square)^(d / 2). */
GY_SIMD_CLONES static double sum_of_powers(const double *restrict squares, size_t n, size_t d, double least) {
  double total = 0, base[STRETCH], power[STRETCH];
  for (size_t first = 0; first < n; first += STRETCH) {
    size_t m = n - first < STRETCH ? n - first : STRETCH;
    for (size_t i = 0; i < m; i++) base[i] = least / squares[first + i];
    for (size_t i = 0; i < m; i++) power[i] = d % 2 == 1 ? sqrt(base[i]) : 1;
    for (size_t exponent = d / 2; exponent > 0; exponent /= 2) {
      if (exponent % 2 == 1)
        for (size_t i = 0; i < m; i++) power[i] *= base[i];
      for (size_t i = 0; i < m; i++) base[i] *= base[i];
    }
    double sum = 0;
    for (size_t i = 0; i < m; i++) sum += power[i];
    total += sum;
  }
  return total;
}

static double core_of(const float *columns, size_t n, size_t d, size_t row, double *squares) {
  double least = INFINITY;
  all_squares(columns, n, d, row, squares);
  for (size_t i = 0; i < n; i++) least = squares[i] < least ? squares[i] : least;
  if (least <= 0) return 0;
  double mean = sum_of_powers(squares, n, d, least) / (double)(n - 1);
  return least * pow(mean, -2 / (double)d);
}

gy_status gy_all_points_core(gy_matrix x, const gy_task *task, double *core, gy_error *err) {
  size_t n = x.n_rows, d = x.n_columns;
  int n_threads = gy_task_threads(task);
  gy_status status = GY_OK;
  float *columns = malloc(n * d * sizeof *columns);
  double *squares = malloc((size_t)n_threads * n * sizeof *squares);
  if (columns == NULL || squares == NULL) {
    status = gy_fail(err, GY_ENOMEM, "dbcv: out of memory for a cluster of %zu rows", n);
    goto done;
  }
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < d; j++) columns[j * n + i] = gy_matrix_row(x, i)[j];
#pragma omp parallel for schedule(dynamic, 16) num_threads(n_threads) if (n > 64)
  for (size_t i = 0; i < n; i++) {
    if (gy_task_cancelled(task)) continue;
    core[i] = core_of(columns, n, d, i, squares + gy_thread_number() * n);
  }
  status = gy_task_check(task, err);
done:
  free(columns);
  free(squares);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/density_reference.h"

#include <math.h>
#include <stdlib.h>

double reference_square(gy_matrix x, size_t a, size_t b) {
  const float *p = gy_matrix_row(x, a), *q = gy_matrix_row(x, b);
  double sum = 0;
  for (size_t j = 0; j < x.n_columns; j++)
    sum += ((double)p[j] - (double)q[j]) * ((double)p[j] - (double)q[j]);
  return sum;
}

static size_t count_near(gy_matrix x, size_t row, double square) {
  size_t count = 0;
  for (size_t i = 0; i < x.n_rows; i++) count += reference_square(x, row, i) <= square;
  return count;
}

/* All core rows that are reached from `row` over core rows. */
static void flood(gy_matrix x, double square, const bool *core, size_t row, int32_t label, int32_t *labels,
                  size_t *waiting) {
  size_t n = 1;
  waiting[0] = row;
  labels[row] = label;
  while (n > 0) {
    size_t from = waiting[--n];
    for (size_t i = 0; i < x.n_rows; i++) {
      if (!core[i] || labels[i] >= 0 || reference_square(x, from, i) > square) continue;
      labels[i] = label;
      waiting[n++] = i;
    }
  }
}

static int32_t border_label(gy_matrix x, const gy_dbscan_options *options, const bool *core, size_t row,
                            const int32_t *labels) {
  double nearest = INFINITY;
  int32_t label = -1;
  for (size_t i = 0; i < x.n_rows; i++) {
    double square = reference_square(x, row, i);
    if (!core[i] || square > options->eps * options->eps) continue;
    if (options->border == GY_DBSCAN_BORDER_FIRST && (label < 0 || labels[i] < label)) label = labels[i];
    if (options->border != GY_DBSCAN_BORDER_NEAREST || square >= nearest) continue;
    nearest = square;
    label = labels[i];
  }
  return label;
}

int32_t reference_dbscan(gy_matrix x, const gy_dbscan_options *options, int32_t *labels, bool *core) {
  double square = options->eps * options->eps;
  size_t *waiting = malloc(x.n_rows * sizeof *waiting);
  int32_t n_clusters = 0;
  for (size_t i = 0; i < x.n_rows; i++) {
    core[i] = count_near(x, i, square) >= (size_t)options->min_samples;
    labels[i] = -1;
  }
  for (size_t i = 0; i < x.n_rows; i++)
    if (core[i] && labels[i] < 0) flood(x, square, core, i, n_clusters++, labels, waiting);
  for (size_t i = 0; i < x.n_rows; i++)
    if (!core[i]) labels[i] = border_label(x, options, core, i, labels);
  free(waiting);
  return n_clusters;
}

static int ascending(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

static double core_distance(gy_matrix x, size_t row, const gy_optics_options *options, double *squares) {
  if ((size_t)options->min_samples > x.n_rows) return INFINITY;
  for (size_t i = 0; i < x.n_rows; i++) squares[i] = reference_square(x, row, i);
  qsort(squares, x.n_rows, sizeof *squares, ascending);
  double square = squares[options->min_samples - 1];
  return square <= options->max_eps * options->max_eps ? sqrt(square) : INFINITY;
}

gy_optics reference_optics(gy_matrix x, const gy_optics_options *options) {
  size_t n = x.n_rows;
  gy_optics order = {n, malloc(n * sizeof(int32_t)), malloc(n * sizeof(double)), malloc(n * sizeof(double)),
                     malloc(n * sizeof(int32_t))};
  double *squares = malloc(n * sizeof *squares);
  bool *visited = calloc(n, sizeof *visited);
  for (size_t i = 0; i < n; i++) {
    order.core_distances[i] = core_distance(x, i, options, squares);
    order.reachability[i] = INFINITY;
    order.predecessor[i] = -1;
  }
  for (size_t step = 0; step < n; step++) {
    size_t next = n;
    for (size_t i = 0; i < n; i++)
      if (!visited[i] && (next == n || order.reachability[i] < order.reachability[next])) next = i;
    visited[next] = true;
    order.ordering[step] = (int32_t)next;
    if (isinf(order.core_distances[next])) continue;
    for (size_t i = 0; i < n; i++) {
      double square = reference_square(x, next, i);
      if (visited[i] || square > options->max_eps * options->max_eps) continue;
      double reach = fmax(sqrt(square), order.core_distances[next]);
      if (reach >= order.reachability[i]) continue;
      order.reachability[i] = reach;
      order.predecessor[i] = (int32_t)next;
    }
  }
  free(visited);
  free(squares);
  return order;
}

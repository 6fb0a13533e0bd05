/* SPDX-License-Identifier: Apache-2.0
 *
 * Cophenetic distances. Lay the leaves out as they are drawn: what unites two of them is the latest of the
 * merges that stand between neighbours on the way from one to the other. So one walk to the right of a leaf,
 * with a running maximum, gives its distances to all leaves there, and nothing n x n is ever held. */
#include <math.h>
#include <stdlib.h>

#include "cluster/dendrogram.h"
#include "num/blocks.h"

gy_status gy_dendrogram_lay_out(const gy_dendrogram *tree, int32_t *order, int32_t *between, gy_error *err) {
  int32_t n = tree->n_leaves;
  int32_t *count = malloc(2 * (size_t)n * sizeof *count), *start = malloc(2 * (size_t)n * sizeof *start);
  gy_status status = GY_OK;
  if (count == NULL || start == NULL) {
    status = gy_fail(err, GY_ENOMEM, "dendrogram: out of memory for %d leaves", n);
    goto done;
  }
  for (int32_t i = 0; i < n; i++) count[i] = 1;
  for (int32_t i = 0; i < n - 1; i++) count[n + i] = count[tree->merges[i].a] + count[tree->merges[i].b];
  start[n > 1 ? 2 * n - 2 : 0] = 0;
  for (int32_t i = n - 2; i >= 0; i--) {
    const gy_merge *merge = &tree->merges[i];
    start[merge->a] = start[n + i];
    start[merge->b] = start[n + i] + count[merge->a];
    if (between != NULL) between[start[merge->b] - 1] = i;
  }
  for (int32_t i = 0; i < n; i++) order[start[i]] = i;
done:
  free(count);
  free(start);
  return status;
}

gy_status gy_dendrogram_leaf_order(const gy_dendrogram *tree, int32_t *order, gy_error *err) {
  return gy_dendrogram_lay_out(tree, order, NULL, err);
}

/* A tree laid out, and what is summed over all pairs of its leaves. */
typedef struct {
  const gy_dendrogram *tree;
  const int32_t *order, *between;
  gy_matrix x;
  double height_shift, distance_shift; /* near the means, so that the sums keep their digits */
} layout;

typedef struct {
  double h, d, hh, dd, hd;
} pair_sums;

static double euclidean(const float *restrict a, const float *restrict b, size_t d) {
  double sum = 0;
  for (size_t j = 0; j < d; j++) {
    double difference = (double)a[j] - (double)b[j];
    sum += difference * difference;
  }
  return sqrt(sum);
}

static double distance_of(const layout *l, int32_t left, int32_t right) {
  return euclidean(gy_matrix_row(l->x, (size_t)l->order[left]), gy_matrix_row(l->x, (size_t)l->order[right]),
                   l->x.n_columns);
}

static void add_pairs_of(const layout *l, int32_t left, pair_sums *sums) {
  int32_t latest = 0;
  for (int32_t right = left + 1; right < l->tree->n_leaves; right++) {
    if (l->between[right - 1] > latest) latest = l->between[right - 1];
    double h = l->tree->merges[latest].height - l->height_shift;
    double d = distance_of(l, left, right) - l->distance_shift;
    sums->h += h;
    sums->d += d;
    sums->hh += h * h;
    sums->dd += d * d;
    sums->hd += h * d;
  }
}

static pair_sums add_all_pairs(const layout *l, const gy_task *task) {
  pair_sums of_block[GY_BLOCKS_MAX] = {{0}}, total = {0};
  gy_blocks blocks = gy_blocks_of((size_t)l->tree->n_leaves, 64);
#pragma omp parallel for schedule(dynamic, 1) num_threads(gy_task_threads(task)) if (blocks.count > 1)
  for (size_t b = 0; b < blocks.count; b++)
    for (size_t i = gy_block_first(&blocks, b); i < gy_block_end(&blocks, b) && !gy_task_cancelled(task); i++)
      add_pairs_of(l, (int32_t)i, &of_block[b]);
  for (size_t b = 0; b < blocks.count; b++) {
    total.h += of_block[b].h;
    total.d += of_block[b].d;
    total.hh += of_block[b].hh;
    total.dd += of_block[b].dd;
    total.hd += of_block[b].hd;
  }
  return total;
}

static double correlation_of(layout *l, const gy_task *task) {
  int32_t n = l->tree->n_leaves;
  double n_pairs = (double)n * ((double)n - 1) / 2;
  l->height_shift = n > 1 ? l->tree->merges[n - 2].height : 0;
  for (int32_t i = 0; i < n; i++)
    l->distance_shift += distance_of(l, i, (int32_t)(((int64_t)i + n / 2) % n)) / n;
  pair_sums s = add_all_pairs(l, task);
  double hh = s.hh - s.h * s.h / n_pairs, dd = s.dd - s.d * s.d / n_pairs, hd = s.hd - s.h * s.d / n_pairs;
  return hh > 0 && dd > 0 ? hd / sqrt(hh) / sqrt(dd) : NAN;
}

gy_status gy_dendrogram_cophenetic_correlation(const gy_dendrogram *tree, gy_matrix x, const gy_task *task,
                                               double *correlation, gy_error *err) {
  size_t n = (size_t)tree->n_leaves;
  gy_status status = GY_OK;
  if (x.n_rows != n)
    return gy_fail(err, GY_EDATA, "dendrogram: %zu rows, but the tree has %zu leaves", x.n_rows, n);
  int32_t *order = malloc(n * sizeof *order), *between = malloc(n * sizeof *between);
  if (order == NULL || between == NULL) {
    status = gy_fail(err, GY_ENOMEM, "dendrogram: out of memory for %zu leaves", n);
    goto done;
  }
  status = gy_dendrogram_lay_out(tree, order, between, err);
  if (status != GY_OK) goto done;
  layout l = {.tree = tree, .order = order, .between = between, .x = x};
  double found = correlation_of(&l, task);
  status = gy_task_check(task, err);
  if (status == GY_OK) *correlation = found;
done:
  free(order);
  free(between);
  return status;
}

/* Where the pair (a, b) of n stands in condensed order. */
static size_t condensed_place(size_t n, size_t a, size_t b) {
  if (a > b) return condensed_place(n, b, a);
  return n * a - a * (a + 1) / 2 + (b - a - 1);
}

gy_status gy_dendrogram_cophenetic(const gy_dendrogram *tree, const gy_task *task, double *distances,
                                   gy_error *err) {
  size_t n = (size_t)tree->n_leaves;
  gy_status status = GY_OK;
  int32_t *order = malloc(n * sizeof *order), *between = malloc(n * sizeof *between);
  if (order == NULL || between == NULL)
    status = gy_fail(err, GY_ENOMEM, "dendrogram: out of memory for %zu leaves", n);
  if (status == GY_OK) status = gy_dendrogram_lay_out(tree, order, between, err);
  for (size_t left = 0; status == GY_OK && left < n; left++) {
    int32_t latest = 0;
    for (size_t right = left + 1; right < n; right++) {
      if (between[right - 1] > latest) latest = between[right - 1];
      distances[condensed_place(n, (size_t)order[left], (size_t)order[right])] = tree->merges[latest].height;
    }
    status = gy_task_check(task, err);
  }
  free(order);
  free(between);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The exact silhouette (Rousseeuw 1987). It needs every distance once for each of its two ends. Rows are
 * sorted by cluster and stored feature by feature in blocks of 16, so that the inner loop (pairs_kernel.c)
 * adds the distances from four rows to one cluster at a time without looking at a label. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/cluster_means.h"
#include "cluster/pairs_kernel.h"
#include "cluster/silhouette.h"

/* Rows sorted by cluster, and where each came from. */
typedef struct {
  gy_sorted_points points;
  size_t *first_block; /* k + 1 */
  size_t *sizes;       /* k */
  size_t *rows;        /* first_block[k] x 16: number of the row in each place; SIZE_MAX in padding */
  float *blocks;
} sorted_rows;

static void clear_sorted(sorted_rows *sorted) {
  free(sorted->first_block);
  free(sorted->sizes);
  free(sorted->rows);
  free(sorted->blocks);
}

static void place_row(sorted_rows *sorted, const gy_clustering *c, size_t row, size_t place) {
  size_t d = c->x.n_columns;
  float *block = sorted->blocks + place / GY_PAIRS_BLOCK * GY_PAIRS_BLOCK * d + place % GY_PAIRS_BLOCK;
  for (size_t j = 0; j < d; j++) block[j * GY_PAIRS_BLOCK] = gy_matrix_row(c->x, row)[j];
  sorted->rows[place] = row;
}

static gy_status sort_rows(const gy_clustering *c, sorted_rows *sorted, gy_error *err) {
  size_t k = (size_t)c->n_clusters, n = c->x.n_rows, d = c->x.n_columns;
  sorted_rows s = {.first_block = calloc(k + 1, sizeof(size_t)), .sizes = calloc(k, sizeof(size_t))};
  if (s.first_block == NULL || s.sizes == NULL) goto no_memory;
  for (size_t i = 0; i < n; i++) s.sizes[c->labels[i]]++;
  for (size_t a = 0; a < k; a++)
    s.first_block[a + 1] = s.first_block[a] + (s.sizes[a] + GY_PAIRS_BLOCK - 1) / GY_PAIRS_BLOCK;
  size_t n_places = s.first_block[k] * GY_PAIRS_BLOCK;
  s.rows = malloc((n_places + 1) * sizeof *s.rows);
  s.blocks = calloc(n_places * d + 1, sizeof *s.blocks);
  if (s.rows == NULL || s.blocks == NULL) goto no_memory;
  for (size_t p = 0; p < n_places; p++) s.rows[p] = SIZE_MAX;
  memset(s.sizes, 0, k * sizeof *s.sizes);
  for (size_t i = 0; i < n; i++) {
    size_t a = (size_t)c->labels[i];
    place_row(&s, c, i, s.first_block[a] * GY_PAIRS_BLOCK + s.sizes[a]++);
  }
  s.points = (gy_sorted_points){d, k, s.first_block, s.sizes, s.blocks};
  *sorted = s;
  return GY_OK;
no_memory:
  clear_sorted(&s);
  return gy_fail(err, GY_ENOMEM, "silhouette: out of memory for %zu rows of %zu columns", n, d);
}

static float silhouette_of(const double *distance_sums, const size_t *sizes, size_t k, size_t own) {
  if (sizes[own] < 2) return 0;
  double a = distance_sums[own] / (double)(sizes[own] - 1), b = INFINITY;
  for (size_t c = 0; c < k; c++) {
    if (c == own || sizes[c] == 0) continue;
    double mean = distance_sums[c] / (double)sizes[c];
    if (mean < b) b = mean;
  }
  double most = a > b ? a : b;
  return most > 0 ? (float)((b - a) / most) : 0;
}

/* Silhouettes of the four places from `place` on; `rows` and `sums` are scratch. */
static void judge_four(const gy_pairs_kernel *kernel, const sorted_rows *s, size_t cluster, size_t place,
                       float *rows, double *sums, float *values) {
  size_t d = s->points.d, k = s->points.k;
  if (s->rows[place] == SIZE_MAX) return;
  const float *block = s->blocks + place / GY_PAIRS_BLOCK * GY_PAIRS_BLOCK * d + place % GY_PAIRS_BLOCK;
  for (size_t j = 0; j < d; j++)
    for (size_t r = 0; r < GY_PAIRS_ROWS; r++) rows[j * GY_PAIRS_ROWS + r] = block[j * GY_PAIRS_BLOCK + r];
  kernel->distance_sums(&s->points, rows, sums);
  for (size_t r = 0; r < GY_PAIRS_ROWS; r++) {
    size_t row = s->rows[place + r];
    if (row != SIZE_MAX) values[row] = silhouette_of(sums + r * k, s->sizes, k, cluster);
  }
}

/* Work of one thread at a time: a stretch of places of one cluster. */
static gy_status judge_all(const gy_pairs_kernel *kernel, const sorted_rows *s, const gy_task *task,
                           float *values, gy_error *err) {
  int n_threads = gy_task_threads(task);
  size_t d = s->points.d, k = s->points.k, n_failed = 0;
  size_t n_blocks = s->first_block[k];
#pragma omp parallel num_threads(n_threads) if (n_blocks > 8) reduction(+ : n_failed)
  {
    float *rows = malloc(GY_PAIRS_ROWS * d * sizeof *rows);
    double *sums = malloc(GY_PAIRS_ROWS * k * sizeof *sums);
    if (rows == NULL || sums == NULL) n_failed++;
#pragma omp for schedule(dynamic, 4)
    for (size_t b = 0; b < n_blocks; b++) {
      if (rows == NULL || sums == NULL || gy_task_cancelled(task)) continue;
      size_t cluster = 0;
      while (s->first_block[cluster + 1] <= b) cluster++;
      for (size_t p = 0; p < GY_PAIRS_BLOCK; p += GY_PAIRS_ROWS)
        judge_four(kernel, s, cluster, b * GY_PAIRS_BLOCK + p, rows, sums, values);
    }
    free(rows);
    free(sums);
  }
  if (n_failed > 0)
    return gy_fail(err, GY_ENOMEM, "silhouette: out of memory on one of %d threads", n_threads);
  return gy_task_check(task, err);
}

gy_status gy_silhouette_judge(const gy_pairs_kernel *kernel, const gy_clustering *c, const size_t *true_sizes,
                              const gy_task *task, gy_silhouette *result, float *values,
                              double *cluster_means, gy_error *err) {
  size_t n = c->x.n_rows;
  sorted_rows sorted = {0};
  float *own = NULL;
  gy_status status = gy_labels_check(c, err);
  if (status == GY_OK) status = sort_rows(c, &sorted, err);
  if (status != GY_OK) return status;
  if (true_sizes == NULL) true_sizes = sorted.sizes;
  status = gy_silhouette_possible(true_sizes, sorted.points.k, err);
  if (status != GY_OK) goto done;
  own = calloc(n + 1, sizeof *own);
  if (own == NULL) {
    status = gy_fail(err, GY_ENOMEM, "silhouette: out of memory for %zu rows", n);
    goto done;
  }
  status = judge_all(kernel, &sorted, task, own, err);
  if (status == GY_OK) status = gy_silhouette_summarise(own, c, true_sizes, result, cluster_means, err);
  if (status == GY_OK && values != NULL) memcpy(values, own, n * sizeof *values);
done:
  free(own);
  clear_sorted(&sorted);
  return status;
}

gy_status gy_silhouette_exact(const gy_clustering *c, const gy_task *task, gy_silhouette *result,
                              float *values, double *cluster_means, gy_error *err) {
  size_t count;
  return gy_silhouette_judge(gy_pairs_kernels(&count)[0], c, NULL, task, result, values, cluster_means, err);
}

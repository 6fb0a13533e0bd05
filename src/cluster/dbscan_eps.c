/* SPDX-License-Identifier: Apache-2.0
 *
 * An eps for DBSCAN from the k-distance curve. Distances of rows to their min_samples-th nearest row, sorted,
 * run along a plain (rows inside clusters) and then up a cliff (rows outside); the knee between the two is
 * where eps belongs. The curve is read from its high end: then it falls, and its knee is the elbow of
 * elbow.h. */
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "cluster/dbscan_work.h"
#include "cluster/elbow.h"
#include "num/blocks.h"
#include "num/sample.h"
#include "num/threads.h"

enum { MOST_ROWS = 20000, MIN_BLOCK_ROWS = 64, OUTLIERS_IN = 100 };

typedef struct {
  size_t n;
  size_t *rows;
  double *distances; /* in the order of rows, then sorted */
  double *places;    /* 0, 1, 2 ... */
  gy_kd_neighbour *found;
} k_distances;

static int farthest_first(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left < right) - (left > right);
}

static void measure(k_distances *k, const gy_kd_tree *tree, gy_matrix x, size_t n_neighbours,
                    const gy_task *task, size_t n_threads) {
  gy_blocks blocks = gy_blocks_of(k->n, MIN_BLOCK_ROWS);
#pragma omp parallel for schedule(dynamic) num_threads(n_threads)
  for (size_t b = 0; b < blocks.count; b++) {
    if (gy_task_cancelled(task)) continue;
    gy_kd_neighbour *found = k->found + gy_thread_number() * n_neighbours;
    for (size_t i = gy_block_first(&blocks, b); i < gy_block_end(&blocks, b); i++) {
      gy_kd_nearest(tree, gy_matrix_row(x, k->rows[i]), n_neighbours, found);
      k->distances[i] = sqrt(found[n_neighbours - 1].square);
    }
  }
}

static gy_eps_suggestion read_curve(const k_distances *k) {
  size_t skipped = k->n / OUTLIERS_IN, n = k->n / 2 - skipped;
  const double *curve = k->distances + skipped;
  size_t knee = gy_elbow(k->places, curve, n);
  gy_eps_suggestion read = {.n_rows = k->n, .has_knee = knee < n && curve[knee] > 0};
  read.eps = read.has_knee ? curve[knee] : k->distances[k->n / 20];
  size_t n_core = 0;
  for (size_t i = 0; i < k->n; i++) n_core += k->distances[i] <= read.eps;
  read.core_share = (double)n_core / (double)k->n;
  for (size_t i = 0; i < GY_EPS_CURVE_POINTS; i++)
    read.curve[i] = k->distances[i * (k->n - 1) / (GY_EPS_CURVE_POINTS - 1)];
  return read;
}

gy_status gy_dbscan_suggest_eps(gy_matrix x, int32_t min_samples, const gy_task *task,
                                gy_eps_suggestion *suggestion, gy_error *err) {
  gy_status status = gy_dbscan_check(x, 0, min_samples, task, err);
  if (status != GY_OK) return status;
  if ((size_t)min_samples > x.n_rows)
    return gy_fail(err, GY_EDATA, "DBSCAN: %zu rows have no %d-th nearest row; lower min_samples", x.n_rows,
                   min_samples);
  gy_kd_tree tree = {0};
  k_distances k = {.n = x.n_rows < MOST_ROWS ? x.n_rows : MOST_ROWS};
  size_t n_threads = (size_t)gy_task_threads(task), n_neighbours = (size_t)min_samples;
  k.rows = malloc(k.n * sizeof *k.rows);
  k.distances = malloc(k.n * sizeof *k.distances);
  k.places = malloc(k.n * sizeof *k.places);
  k.found = malloc(n_threads * n_neighbours * sizeof *k.found);
  if (k.rows == NULL || k.distances == NULL || k.places == NULL || k.found == NULL) {
    status = gy_fail(err, GY_ENOMEM, "DBSCAN: out of memory for the distances of %zu rows", k.n);
    goto done;
  }
  status = gy_kd_tree_build(x, task, &tree, err);
  if (status != GY_OK) goto done;
  gy_rng rng;
  gy_rng_init(&rng, 0, 0);
  gy_sample_rows(&rng, x.n_rows, k.n, k.rows);
  measure(&k, &tree, x, n_neighbours, task, n_threads);
  status = gy_task_check(task, err);
  if (status != GY_OK) goto done;
  qsort(k.distances, k.n, sizeof *k.distances, farthest_first);
  for (size_t i = 0; i < k.n; i++) k.places[i] = (double)i;
  *suggestion = read_curve(&k);
done:
  gy_kd_tree_clear(&tree);
  free(k.found);
  free(k.places);
  free(k.distances);
  free(k.rows);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Greedy k-means++ (Arthur and Vassilvitskii 2007, section 3.1 of the extended version).
 *
 * The first centre is a random row. Each further centre is drawn with probability proportional to its squared
 * distance from the centres so far; of 2 + floor(ln k) such candidates the one that leaves the smallest sum
 * of squared distances (potential) is kept. */
#include <math.h>
#include <string.h>

#include "cluster/kmeans_draw.h"

/* Makes row `row`, trial t of the last pass, the c-th centre. */
static void accept(gy_kmeans_draw *draw, size_t c, size_t row, size_t t) {
  gy_kmeans_work *work = draw->work;
  memcpy(work->centers + c * work->x.n_columns, gy_matrix_row(work->x, row),
         work->x.n_columns * sizeof(float));
  draw->newest = gy_matrix_row(work->x, row);
  draw->total = 0;
  for (size_t b = 0; b < work->blocks.count; b++) {
    draw->block_potentials[b] = work->potentials[b * work->n_trials + t];
    draw->total += draw->block_potentials[b];
    draw->is_current[b] = false;
  }
}

static size_t draw_first(gy_kmeans_draw *draw) {
  size_t n = draw->work->x.n_rows;
  const float *weights = draw->work->weights;
  if (weights == NULL) return (size_t)gy_rng_below(&draw->rng, n);
  double total = 0;
  for (size_t i = 0; i < n; i++) total += (double)weights[i];
  double left = gy_rng_uniform(&draw->rng) * total;
  size_t chosen = 0;
  for (size_t i = 0; i < n; i++) {
    if (weights[i] <= 0) continue;
    chosen = i;
    left -= (double)weights[i];
    if (left < 0) break;
  }
  return chosen;
}

/* The first centre; every row's distance to it is new. */
static gy_status start(gy_kmeans_draw *draw, gy_error *err) {
  size_t first = draw_first(draw);
  for (size_t i = 0; i < draw->work->x.n_rows; i++) draw->work->nearest[i] = INFINITY;
  gy_status status = gy_kmeans_draw_measure(draw, &first, 1, err);
  if (status == GY_OK) accept(draw, 0, first, 0);
  return status;
}

/* The c-th centre. */
static gy_status step(gy_kmeans_draw *draw, size_t c, gy_error *err) {
  size_t rows[GY_CANDIDATES_MAX], n_trials = draw->work->n_trials;
  for (size_t t = 0; t < n_trials; t++) rows[t] = gy_kmeans_draw_row(draw);
  gy_status status = gy_kmeans_draw_measure(draw, rows, n_trials, err);
  if (status != GY_OK) return status;
  size_t best = gy_kmeans_draw_best(draw, n_trials);
  accept(draw, c, rows[best], best);
  return GY_OK;
}

gy_status gy_kmeans_seed(gy_kmeans_work *work, uint64_t seed, uint64_t stream, gy_error *err) {
  size_t d = work->x.n_columns, c = 1;
  gy_kmeans_draw draw;
  gy_status status = gy_kmeans_draw_init(&draw, work, seed, stream, err);
  if (status == GY_OK) status = start(&draw, err);
  for (; status == GY_OK && c < work->k && draw.total > 0; c++) status = step(&draw, c, err);
  /* Every row lies on a centre: fewer distinct rows than clusters. The rest repeat the first centre. */
  for (; status == GY_OK && c < work->k; c++) memcpy(work->centers + c * d, work->centers, d * sizeof(float));
  gy_kmeans_draw_clear(&draw);
  return status;
}

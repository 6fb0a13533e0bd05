/* SPDX-License-Identifier: Apache-2.0
 *
 * Greedy k-means++ (Arthur and Vassilvitskii 2007, section 3.1 of the extended version).
 *
 * The first centre is a random row. Each further centre is drawn with probability proportional to its squared
 * distance from the centres so far; of 2 + floor(ln k) such candidates the one that leaves the smallest sum
 * of squared distances (potential) is kept. One pass over the rows measures all candidates of a step: it
 * writes, for each, what every row's distance would become. The winner's array then simply becomes the
 * current one.
 *
 * Potentials are summed by block; a draw first finds its block among those sums, then its row inside. */
#include <stdlib.h>

#include "base/rng.h"
#include "cluster/kmeans_work.h"

static double weighted_sum(const float *distances, const float *weights, size_t first, size_t end) {
  double sum = 0;
  for (size_t i = first; i < end; i++)
    sum += weights == NULL ? (double)distances[i] : (double)distances[i] * (double)weights[i];
  return sum;
}

/* Measures `n_candidates` rows against `nearest` (NULL: nothing yet) into work->trials[1...]. */
static gy_status measure(gy_kmeans_work *work, const size_t *candidates, size_t n_candidates,
                         const float *nearest, gy_error *err) {
  size_t d = work->x.n_columns;
  for (size_t t = 0; t < n_candidates; t += GY_CENTERS_A_GROUP) {
    const float *rows[GY_CENTERS_A_GROUP];
    size_t n = n_candidates - t < GY_CENTERS_A_GROUP ? n_candidates - t : GY_CENTERS_A_GROUP;
    for (size_t c = 0; c < n; c++) rows[c] = gy_matrix_row(work->x, candidates[t + c]);
    gy_pack_groups(rows, n, d, NULL, work->candidates + t * d);
  }
#pragma omp parallel for schedule(dynamic) num_threads(work->n_threads) if (work->n_threads > 1)
  for (size_t b = 0; b < work->blocks.count; b++) {
    if (gy_task_cancelled(work->task)) continue;
    size_t first = gy_block_first(&work->blocks, b), end = gy_block_end(&work->blocks, b);
    work->kernel->approach(work->candidates, n_candidates, work->x, nearest, first, end, work->trials + 1,
                           gy_kmeans_work_scratch(work));
    for (size_t t = 0; t < n_candidates; t++)
      work->potentials[b * work->n_trials + t] = weighted_sum(work->trials[1 + t], work->weights, first, end);
  }
  return gy_task_check(work->task, err);
}

static double potential_of_trial(const gy_kmeans_work *work, size_t t) {
  double sum = 0;
  for (size_t b = 0; b < work->blocks.count; b++) sum += work->potentials[b * work->n_trials + t];
  return sum;
}

/* The current distances: trials[0], and the potential of each block. */
typedef struct {
  double *block_potentials;
  double total;
} current;

static void accept(gy_kmeans_work *work, size_t t, current *now) {
  float *winner = work->trials[1 + t];
  work->trials[1 + t] = work->trials[0];
  work->trials[0] = winner;
  now->total = 0;
  for (size_t b = 0; b < work->blocks.count; b++) {
    now->block_potentials[b] = work->potentials[b * work->n_trials + t];
    now->total += now->block_potentials[b];
  }
}

/* The row at which the running sum of weight * distance passes `u` * total. */
static size_t draw(const gy_kmeans_work *work, const current *now, double u) {
  double left = u * now->total;
  size_t b = 0;
  while (b + 1 < work->blocks.count && left >= now->block_potentials[b]) left -= now->block_potentials[b++];
  size_t chosen = gy_block_first(&work->blocks, b);
  for (size_t i = chosen; i < gy_block_end(&work->blocks, b); i++) {
    double mass = weighted_sum(work->trials[0], work->weights, i, i + 1);
    if (mass <= 0) continue;
    chosen = i; /* rounding may leave a remainder after the last row: that row is taken */
    left -= mass;
    if (left < 0) break;
  }
  return chosen;
}

static size_t draw_first(const gy_kmeans_work *work, gy_rng *rng) {
  size_t n = work->x.n_rows;
  if (work->weights == NULL) return (size_t)gy_rng_below(rng, n);
  double total = 0;
  for (size_t i = 0; i < n; i++) total += (double)work->weights[i];
  double left = gy_rng_uniform(rng) * total;
  size_t chosen = 0;
  for (size_t i = 0; i < n; i++) {
    if (work->weights[i] <= 0) continue;
    chosen = i;
    left -= (double)work->weights[i];
    if (left < 0) break;
  }
  return chosen;
}

static void set_center(gy_kmeans_work *work, size_t c, size_t row) {
  size_t d = work->x.n_columns;
  for (size_t j = 0; j < d; j++) work->centers[c * d + j] = gy_matrix_row(work->x, row)[j];
}

gy_status gy_kmeans_seed(gy_kmeans_work *work, uint64_t seed, uint64_t stream, gy_error *err) {
  gy_rng rng;
  gy_rng_init(&rng, seed, stream);
  gy_status status = GY_OK;
  current now = {.block_potentials = calloc(work->blocks.count, sizeof(double))};
  size_t *rows = calloc(work->n_trials, sizeof *rows);
  if (now.block_potentials == NULL || rows == NULL) {
    status = gy_fail(err, GY_ENOMEM, "k-means: out of memory while seeding");
    goto done;
  }
  size_t first = draw_first(work, &rng);
  set_center(work, 0, first);
  status = measure(work, &first, 1, NULL, err);
  if (status != GY_OK) goto done;
  accept(work, 0, &now);
  for (size_t c = 1; c < work->k; c++) {
    /* Every row lies on a centre: fewer distinct rows than clusters. The rest repeat the first centre. */
    if (now.total <= 0) {
      set_center(work, c, first);
      continue;
    }
    for (size_t t = 0; t < work->n_trials; t++) rows[t] = draw(work, &now, gy_rng_uniform(&rng));
    status = measure(work, rows, work->n_trials, work->trials[0], err);
    if (status != GY_OK) goto done;
    size_t best = 0;
    for (size_t t = 1; t < work->n_trials; t++)
      if (potential_of_trial(work, t) < potential_of_trial(work, best)) best = t;
    set_center(work, c, rows[best]);
    accept(work, best, &now);
  }
done:
  free(rows);
  free(now.block_potentials);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Greedy k-means++ (Arthur and Vassilvitskii 2007, section 3.1 of the extended version).
 *
 * The first centre is a random row. Each further centre is drawn with probability proportional to its squared
 * distance from the centres so far; of 2 + floor(ln k) such candidates the one that leaves the smallest sum
 * of squared distances (potential) is kept.
 *
 * A step is one pass over the rows, which measures all candidates and writes nothing for them. What the
 * winner makes of the distances is caught up with in the next pass; only blocks in which a row is drawn
 * before that are brought up to date ahead of it. Potentials are summed by block; a draw first finds its
 * block among those sums, then its row inside. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "cluster/kmeans_work.h"

typedef struct {
  gy_kmeans_work *work;
  gy_rng rng;
  double *block_potentials; /* of the centres so far */
  double total;
  const float *newest; /* the last centre */
  bool *is_current;    /* by block: work->nearest knows the last centre */
} seeding;

/* Brings block b up to the last centre and measures `n_candidates` packed rows in it. */
static void visit_block(seeding *s, size_t b, size_t n_candidates, float *scratch) {
  gy_kmeans_work *work = s->work;
  work->kernel->approach(s->is_current[b] ? NULL : s->newest, work->candidates, n_candidates, work->x,
                         work->weights, gy_block_first(&work->blocks, b), gy_block_end(&work->blocks, b),
                         work->nearest, work->potentials + b * work->n_trials, scratch);
  s->is_current[b] = true;
}

/* One pass: measures the candidate rows into work->potentials. */
static gy_status measure(seeding *s, const size_t *candidates, size_t n_candidates, gy_error *err) {
  gy_kmeans_work *work = s->work;
  size_t d = work->x.n_columns;
  for (size_t t = 0; t < n_candidates; t += GY_CENTERS_A_GROUP) {
    const float *rows[GY_CENTERS_A_GROUP];
    size_t n = n_candidates - t < GY_CENTERS_A_GROUP ? n_candidates - t : GY_CENTERS_A_GROUP;
    for (size_t c = 0; c < n; c++) rows[c] = gy_matrix_row(work->x, candidates[t + c]);
    gy_pack_groups(rows, n, d, NULL, work->candidates + t * d);
  }
#pragma omp parallel for schedule(dynamic) num_threads(work->n_threads) if (work->n_threads > 1)
  for (size_t b = 0; b < work->blocks.count; b++)
    if (!gy_task_cancelled(work->task)) visit_block(s, b, n_candidates, gy_kmeans_work_scratch(work));
  return gy_task_check(work->task, err);
}

static double potential_of_trial(const gy_kmeans_work *work, size_t t) {
  double sum = 0;
  for (size_t b = 0; b < work->blocks.count; b++) sum += work->potentials[b * work->n_trials + t];
  return sum;
}

/* Makes row `row`, trial t of the last pass, the c-th centre. */
static void accept(seeding *s, size_t c, size_t row, size_t t) {
  gy_kmeans_work *work = s->work;
  memcpy(work->centers + c * work->x.n_columns, gy_matrix_row(work->x, row),
         work->x.n_columns * sizeof(float));
  s->newest = gy_matrix_row(work->x, row);
  s->total = 0;
  for (size_t b = 0; b < work->blocks.count; b++) {
    s->block_potentials[b] = work->potentials[b * work->n_trials + t];
    s->total += s->block_potentials[b];
    s->is_current[b] = false;
  }
}

/* A row, with probability proportional to weight * distance: where the running sum passes a random part of
 * the total. */
static size_t draw(seeding *s) {
  const gy_kmeans_work *work = s->work;
  double left = gy_rng_uniform(&s->rng) * s->total;
  size_t b = 0;
  while (b + 1 < work->blocks.count && left >= s->block_potentials[b]) left -= s->block_potentials[b++];
  if (!s->is_current[b]) visit_block(s, b, 0, work->scratch);
  size_t chosen = gy_block_first(&work->blocks, b);
  for (size_t i = chosen; i < gy_block_end(&work->blocks, b); i++) {
    double mass = (double)work->nearest[i];
    if (work->weights != NULL) mass *= (double)work->weights[i];
    if (mass <= 0) continue;
    chosen = i; /* rounding may leave a remainder after the last row: that row is taken */
    left -= mass;
    if (left < 0) break;
  }
  return chosen;
}

static size_t draw_first(seeding *s) {
  size_t n = s->work->x.n_rows;
  const float *weights = s->work->weights;
  if (weights == NULL) return (size_t)gy_rng_below(&s->rng, n);
  double total = 0;
  for (size_t i = 0; i < n; i++) total += (double)weights[i];
  double left = gy_rng_uniform(&s->rng) * total;
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
static gy_status start(seeding *s, gy_error *err) {
  gy_kmeans_work *work = s->work;
  size_t first = draw_first(s);
  for (size_t i = 0; i < work->x.n_rows; i++) work->nearest[i] = INFINITY;
  for (size_t b = 0; b < work->blocks.count; b++) s->is_current[b] = true;
  gy_status status = measure(s, &first, 1, err);
  if (status == GY_OK) accept(s, 0, first, 0);
  return status;
}

/* The c-th centre. */
static gy_status step(seeding *s, size_t c, gy_error *err) {
  gy_kmeans_work *work = s->work;
  size_t rows[GY_CANDIDATES_MAX], best = 0;
  for (size_t t = 0; t < work->n_trials; t++) rows[t] = draw(s);
  gy_status status = measure(s, rows, work->n_trials, err);
  if (status != GY_OK) return status;
  for (size_t t = 1; t < work->n_trials; t++)
    if (potential_of_trial(work, t) < potential_of_trial(work, best)) best = t;
  accept(s, c, rows[best], best);
  return GY_OK;
}

gy_status gy_kmeans_seed(gy_kmeans_work *work, uint64_t seed, uint64_t stream, gy_error *err) {
  size_t d = work->x.n_columns, c = 1;
  seeding s = {.work = work,
               .block_potentials = calloc(work->blocks.count, sizeof(double)),
               .is_current = calloc(work->blocks.count, sizeof(bool))};
  gy_rng_init(&s.rng, seed, stream);
  gy_status status = s.block_potentials == NULL || s.is_current == NULL
                         ? gy_fail(err, GY_ENOMEM, "k-means: out of memory while seeding")
                         : start(&s, err);
  for (; status == GY_OK && c < work->k && s.total > 0; c++) status = step(&s, c, err);
  /* Every row lies on a centre: fewer distinct rows than clusters. The rest repeat the first centre. */
  for (; status == GY_OK && c < work->k; c++) memcpy(work->centers + c * d, work->centers, d * sizeof(float));
  free(s.is_current);
  free(s.block_potentials);
  return status;
}

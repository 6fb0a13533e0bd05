/* SPDX-License-Identifier: Apache-2.0
 *
 * A pass measures all candidates and writes nothing for them. What the winner makes of the distances is
 * caught up with in the next pass; only blocks in which a row is drawn before that are brought up to date
 * ahead of it. Potentials are summed by block; a draw first finds its block among those sums, then its row
 * inside. */
#include "cluster/kmeans_draw.h"

#include <stdlib.h>

gy_status gy_kmeans_draw_init(gy_kmeans_draw *draw, gy_kmeans_work *work, uint64_t seed, uint64_t stream,
                              gy_error *err) {
  *draw = (gy_kmeans_draw){.work = work,
                           .block_potentials = calloc(work->blocks.count, sizeof(double)),
                           .is_current = calloc(work->blocks.count, sizeof(bool))};
  gy_rng_init(&draw->rng, seed, stream);
  if (draw->block_potentials == NULL || draw->is_current == NULL)
    return gy_fail(err, GY_ENOMEM, "k-means: out of memory while seeding");
  for (size_t b = 0; b < work->blocks.count; b++) draw->is_current[b] = true;
  return GY_OK;
}

void gy_kmeans_draw_clear(gy_kmeans_draw *draw) {
  free(draw->is_current);
  free(draw->block_potentials);
  *draw = (gy_kmeans_draw){0};
}

/* Brings block b up to the last centre and measures `n_candidates` packed rows in it. */
static void visit_block(gy_kmeans_draw *draw, size_t b, size_t n_candidates, float *scratch) {
  gy_kmeans_work *work = draw->work;
  work->kernel->approach(draw->is_current[b] ? NULL : draw->newest, work->candidates, n_candidates, work->x,
                         work->weights, gy_block_first(&work->blocks, b), gy_block_end(&work->blocks, b),
                         work->nearest, work->potentials + b * work->n_trials, scratch);
  draw->is_current[b] = true;
}

gy_status gy_kmeans_draw_measure(gy_kmeans_draw *draw, const size_t *candidates, size_t n_candidates,
                                 gy_error *err) {
  gy_kmeans_work *work = draw->work;
  size_t d = work->x.n_columns;
  for (size_t t = 0; t < n_candidates; t += GY_CENTERS_A_GROUP) {
    const float *rows[GY_CENTERS_A_GROUP];
    size_t n = n_candidates - t < GY_CENTERS_A_GROUP ? n_candidates - t : GY_CENTERS_A_GROUP;
    for (size_t c = 0; c < n; c++) rows[c] = gy_matrix_row(work->x, candidates[t + c]);
    gy_pack_groups(rows, n, d, NULL, work->candidates + t * d);
  }
#pragma omp parallel for schedule(dynamic) num_threads(work->n_threads) if (work->n_threads > 1)
  for (size_t b = 0; b < work->blocks.count; b++)
    if (!gy_task_cancelled(work->task)) visit_block(draw, b, n_candidates, gy_kmeans_work_scratch(work));
  return gy_task_check(work->task, err);
}

static double potential_of_trial(const gy_kmeans_work *work, size_t t) {
  double sum = 0;
  for (size_t b = 0; b < work->blocks.count; b++) sum += work->potentials[b * work->n_trials + t];
  return sum;
}

size_t gy_kmeans_draw_best(const gy_kmeans_draw *draw, size_t n_candidates) {
  size_t best = 0;
  for (size_t t = 1; t < n_candidates; t++)
    if (potential_of_trial(draw->work, t) < potential_of_trial(draw->work, best)) best = t;
  return best;
}

/* Where the running sum passes a random part of the total. */
size_t gy_kmeans_draw_row(gy_kmeans_draw *draw) {
  const gy_kmeans_work *work = draw->work;
  double left = gy_rng_uniform(&draw->rng) * draw->total;
  size_t b = 0;
  while (b + 1 < work->blocks.count && left >= draw->block_potentials[b]) left -= draw->block_potentials[b++];
  if (!draw->is_current[b]) visit_block(draw, b, 0, work->scratch);
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

/* SPDX-License-Identifier: Apache-2.0
 *
 * k-means|| (Bahmani, Moseley, Vattani, Kumar and Vassilvitskii 2012). k-means++ draws one row, measures
 * everything, draws the next: k passes. Here each pass draws every row on its own, with probability 2 k times
 * its share of the sum of squared distances, so that a pass finds about 2 k candidates at once, and five
 * passes find ten times more than needed. Each candidate is then given the weight of the rows nearest to it,
 * and weighted k-means of the few candidates gives the centres. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "cluster/kmeans_work.h"

enum { ROUNDS = 5, OVERSAMPLING = 2, MOST_A_ROUND = 4 };

/* Candidates so far, and of every row which is nearest (work->labels) and how far (work->nearest). */
typedef struct {
  gy_kmeans_work *work;
  gy_rng rng;
  float *rows; /* n x d */
  size_t n, limit;
  float *distances; /* of every row to the candidates of this round */
} pool;

static double weight_of(const gy_kmeans_work *work, size_t row) {
  return work->weights == NULL ? 1.0 : (double)work->weights[row];
}

static void add(pool *p, size_t row) {
  size_t d = p->work->x.n_columns;
  memcpy(p->rows + p->n++ * d, gy_matrix_row(p->work->x, row), d * sizeof(float));
}

/* Measures every row against the candidates from `first` on. */
static gy_status measure_round(pool *p, size_t first, gy_error *err) {
  gy_kmeans_work *work = p->work, round = {0};
  gy_matrix x = work->x;
  gy_task task = gy_kmeans_task_within(work->task);
  gy_status status = gy_kmeans_work_init(&round, x, p->n - first, GY_KMEANS_LABEL, work->kernel, &task, err);
  if (status != GY_OK) return status;
  memcpy(round.centers, p->rows + first * x.n_columns, (p->n - first) * x.n_columns * sizeof(float));
  gy_kmeans_pack(&round);
  memset(round.labels, -1, x.n_rows * sizeof *round.labels);
  status = gy_kmeans_label(&round, p->distances, NULL, err);
  for (size_t i = 0; status == GY_OK && i < x.n_rows; i++) {
    if (!(p->distances[i] < work->nearest[i])) continue;
    work->nearest[i] = p->distances[i];
    work->labels[i] = (int32_t)first + round.labels[i];
  }
  gy_kmeans_work_clear(&round);
  return status;
}

/* Draws every row on its own; at most `limit` candidates in all. */
static void draw_round(pool *p) {
  const gy_kmeans_work *work = p->work;
  double total = 0, share = OVERSAMPLING * (double)work->k;
  for (size_t i = 0; i < work->x.n_rows; i++) total += weight_of(work, i) * (double)work->nearest[i];
  if (total <= 0) return;
  for (size_t i = 0; i < work->x.n_rows && p->n < p->limit; i++) {
    double mass = weight_of(work, i) * (double)work->nearest[i];
    if (mass > 0 && gy_rng_uniform(&p->rng) * total < share * mass) add(p, i);
  }
}

/* Weighted k-means of the candidates into work->centers. */
static gy_status cluster_candidates(pool *p, uint64_t seed, gy_error *err) {
  gy_kmeans_work *work = p->work;
  gy_kmeans_options options = gy_kmeans_defaults((int32_t)work->k);
  gy_task task = gy_kmeans_task_within(work->task);
  gy_kmeans model;
  float *weights = calloc(p->n, sizeof *weights);
  if (weights == NULL) return gy_fail(err, GY_ENOMEM, "k-means: out of memory for %zu candidates", p->n);
  for (size_t i = 0; i < work->x.n_rows; i++) weights[work->labels[i]] += (float)weight_of(work, i);
  options.n_starts = 3;
  options.seed = seed;
  options.weights = weights;
  options.seeding = GY_KMEANS_SEEDING_GREEDY;
  gy_matrix rows = {p->rows, p->n, work->x.n_columns};
  gy_status status =
      gy_kmeans_fit_with(work->kernel, rows, &options, work->unit_centers, &task, &model, NULL, err);
  if (status == GY_OK) memcpy(work->centers, model.centers, work->k * rows.n_columns * sizeof(float));
  if (status == GY_OK) gy_kmeans_clear(&model);
  free(weights);
  return status;
}

static size_t most_candidates(size_t k) { return 1 + (size_t)ROUNDS * OVERSAMPLING * MOST_A_ROUND * k; }

size_t gy_kmeans_parallel_bytes(size_t n, size_t d, size_t k, const gy_task *task) {
  size_t most = most_candidates(k), candidates, distances;
  size_t round = gy_kmeans_work_bytes(n, d, most, GY_KMEANS_LABEL, task);
  size_t last = gy_kmeans_work_bytes(most, d, k, GY_KMEANS_SEED_AND_LLOYD, task);
  if (round < last) round = last;
  if (__builtin_mul_overflow(most * sizeof(float), d + 1, &candidates) ||
      __builtin_mul_overflow(n, sizeof(float), &distances) || candidates > SIZE_MAX / 4 ||
      distances > SIZE_MAX / 4 || round > SIZE_MAX / 4)
    return SIZE_MAX;
  return candidates + distances + round;
}

gy_status gy_kmeans_seed_parallel(gy_kmeans_work *work, uint64_t seed, uint64_t stream, gy_error *err) {
  gy_status status = GY_OK;
  size_t n = work->x.n_rows, d = work->x.n_columns, measured = 0;
  pool p = {.work = work, .limit = most_candidates(work->k)};
  gy_rng_init(&p.rng, seed ^ 0x706172616c6c656cu, stream);
  p.rows = malloc(p.limit * d * sizeof(float));
  p.distances = malloc(n * sizeof(float));
  if (p.rows == NULL || p.distances == NULL) {
    status = gy_fail(err, GY_ENOMEM, "k-means: out of memory for %zu candidates", p.limit);
    goto done;
  }
  size_t first = (size_t)gy_rng_below(&p.rng, n);
  while (weight_of(work, first) <= 0) first = (first + 1) % n;
  for (size_t i = 0; i < n; i++) work->nearest[i] = INFINITY;
  for (int round = 0; status == GY_OK && round <= ROUNDS; round++) {
    if (round == 0)
      add(&p, first);
    else
      draw_round(&p);
    if (p.n > measured) status = measure_round(&p, measured, err);
    measured = p.n;
  }
  if (status != GY_OK) goto done;
  /* Too few: hardly more distinct rows than clusters, or than rows. */
  status = p.n < work->k ? gy_kmeans_seed(work, seed, stream, err) : cluster_candidates(&p, seed, err);
done:
  free(p.distances);
  free(p.rows);
  return status;
}

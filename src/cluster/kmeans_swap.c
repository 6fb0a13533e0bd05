/* SPDX-License-Identifier: Apache-2.0
 *
 * Swapping centres (after Lattanzi and Sohler 2019, and Franti 2018). Lloyd's iteration cannot carry a centre
 * from a region that has two to one that has none. A swap does: a row is drawn as in k-means++ to be a new
 * centre, and the centre that is missed least is given up for it. What giving up r costs is bounded by
 * merging it with its neighbour s: n_r n_s / (n_r + n_s) |r - s|^2 (Ward 1963). Lloyd's iteration then
 * follows, and the swap stays if the inertia fell. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/kmeans_draw.h"

/* work->nearest and the sums of the blocks, from work->labels and work->centers. */
static void measure_now(gy_kmeans_draw *draw) {
  gy_kmeans_work *work = draw->work;
#pragma omp parallel for schedule(dynamic) num_threads(work->n_threads) if (work->n_threads > 1)
  for (size_t b = 0; b < work->blocks.count; b++)
    draw->block_potentials[b] =
        work->kernel->spread(work->centers, work->x, work->weights, gy_block_first(&work->blocks, b),
                             gy_block_end(&work->blocks, b), work->labels, work->nearest);
  draw->total = 0;
  for (size_t b = 0; b < work->blocks.count; b++) draw->total += draw->block_potentials[b];
}

static double squared_between(const gy_kmeans_work *work, size_t a, size_t b) {
  size_t d = work->x.n_columns;
  double sum = 0;
  for (size_t j = 0; j < d; j++) {
    double difference = (double)work->centers[a * d + j] - (double)work->centers[b * d + j];
    sum += difference * difference;
  }
  return sum;
}

static double cost_of_giving_up(const gy_kmeans_work *work, const double *mass, size_t r) {
  double least = INFINITY;
  for (size_t s = 0; s < work->k; s++) {
    double both = mass[r] + mass[s];
    if (s == r) continue;
    double cost = both > 0 ? mass[r] * mass[s] / both * squared_between(work, r, s) : 0;
    if (cost < least) least = cost;
  }
  return least;
}

/* The centre that is missed `rank`-th least (from 0), of those other than `but`. */
static size_t least_missed(const double *cost, size_t k, size_t but, size_t rank) {
  double floor = -1;
  size_t chosen = k;
  for (size_t step = 0; step <= rank; step++) {
    size_t next = k;
    for (size_t c = 0; c < k; c++)
      if (c != but && cost[c] > floor && (next == k || cost[c] < cost[next])) next = c;
    if (next == k) break;
    chosen = next;
    floor = cost[next];
  }
  return chosen;
}

/* Any row for any centre: what finds its way out where the considered choice does not. */
static void swap_at_random(gy_kmeans_draw *draw) {
  gy_kmeans_work *work = draw->work;
  size_t d = work->x.n_columns, row = (size_t)gy_rng_below(&draw->rng, work->x.n_rows);
  size_t given_up = (size_t)gy_rng_below(&draw->rng, work->k);
  memcpy(work->centers + given_up * d, gy_matrix_row(work->x, row), d * sizeof(float));
}

/* The drawn row that gains most, for the centre that is missed `rank`-th least. */
static gy_status swap_considered(gy_kmeans_draw *draw, size_t rank, double *mass, double *cost,
                                 gy_error *err) {
  gy_kmeans_work *work = draw->work;
  size_t k = work->k, d = work->x.n_columns, rows[GY_CANDIDATES_MAX];
  for (size_t t = 0; t < work->n_trials; t++) rows[t] = gy_kmeans_draw_row(draw);
  gy_status status = gy_kmeans_draw_measure(draw, rows, work->n_trials, err);
  if (status != GY_OK) return status;
  size_t row = rows[gy_kmeans_draw_best(draw, work->n_trials)];
  for (size_t i = 0; i < work->x.n_rows; i++)
    mass[work->labels[i]] += work->weights == NULL ? 1.0 : (double)work->weights[i];
  for (size_t c = 0; c < k; c++) cost[c] = cost_of_giving_up(work, mass, c);
  size_t given_up = least_missed(cost, k, (size_t)work->labels[row], rank);
  if (given_up < k) memcpy(work->centers + given_up * d, gy_matrix_row(work->x, row), d * sizeof(float));
  return GY_OK;
}

gy_status gy_kmeans_swap(gy_kmeans_work *work, uint64_t seed, uint64_t stream, size_t n_failed, bool *swapped,
                         gy_error *err) {
  gy_kmeans_draw draw;
  gy_status status = gy_kmeans_draw_init(&draw, work, seed, stream, err);
  double *mass = calloc(work->k, sizeof *mass), *cost = calloc(work->k, sizeof *cost);
  if (status == GY_OK && (mass == NULL || cost == NULL))
    status = gy_fail(err, GY_ENOMEM, "k-means: out of memory for swaps of %zu centres", work->k);
  if (status != GY_OK) goto done;
  measure_now(&draw);
  *swapped = draw.total > 0 && work->k > 1; /* else there is nothing to gain */
  if (!*swapped) goto done;
  if (n_failed % 2 == 0)
    status = swap_considered(&draw, n_failed / 2, mass, cost, err);
  else
    swap_at_random(&draw);
done:
  free(cost);
  free(mass);
  gy_kmeans_draw_clear(&draw);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Drawing rows with probability proportional to their squared distance from the nearest centre, and measuring
 * what each would do as a further one: the steps of k-means++ and of swapping centres. */
#ifndef GYEOL_CLUSTER_KMEANS_DRAW_H
#define GYEOL_CLUSTER_KMEANS_DRAW_H

#include "base/rng.h"
#include "cluster/kmeans_work.h"

typedef struct gy_kmeans_draw {
  gy_kmeans_work *work; /* work->nearest: squared distances, but for `newest` */
  gy_rng rng;
  double *block_potentials; /* by block: sum of weight * distance */
  double total;
  const float *newest; /* the last centre */
  bool *is_current;    /* by block: work->nearest knows the last centre */
} gy_kmeans_draw;

/* Storage; GY_ENOMEM. gy_kmeans_draw_clear is safe in any case. */
GY_MUST_USE gy_status gy_kmeans_draw_init(gy_kmeans_draw *draw, gy_kmeans_work *work, uint64_t seed,
                                          uint64_t stream, gy_error *err);
void gy_kmeans_draw_clear(gy_kmeans_draw *draw);

/* A row, with probability proportional to weight * distance. */
size_t gy_kmeans_draw_row(gy_kmeans_draw *draw);

/* One pass: measures the candidate rows (at most work->n_trials) into work->potentials. */
GY_MUST_USE gy_status gy_kmeans_draw_measure(gy_kmeans_draw *draw, const size_t *candidates,
                                             size_t n_candidates, gy_error *err);

/* The candidate of the last pass that leaves the smallest potential; the first of equals. */
size_t gy_kmeans_draw_best(const gy_kmeans_draw *draw, size_t n_candidates);

#endif

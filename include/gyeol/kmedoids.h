/* SPDX-License-Identifier: Apache-2.0
 *
 * k-medoids: k of the rows themselves, the medoids, that minimise the cost, the sum of dissimilarities from
 * each row to its nearest medoid. Any dissimilarity will do, and each cluster has a real customer to show.
 *
 * Method: FasterPAM (Schubert and Rousseeuw 2021): a swap of a medoid with a row is made as soon as one that
 * lowers the cost is found; all k swaps with one row are judged in one pass over its dissimilarities. Begins
 * with BUILD (Kaufman and Rousseeuw 1990), the same greedy choice as PAM's found lazily (Minoux 1978), or LAB
 * (the same on a small sample a step). For many rows, gy_kmedoids_fit_sampled: CLARA's idea (Kaufman and
 * Rousseeuw 1990) with few large samples.
 *
 * Shapes, values, NaN: gyeol/dissimilarity.h. 1 <= k <= n.
 * Numbering: clusters are numbered by their medoids' rows, ascending. A row as near to two medoids belongs to
 * the lower number, but a medoid always to itself: no cluster is empty. Determinism: the same bytes on any
 * number of threads. Cost: O(n^2) a sweep, few sweeps; n x n floats where the table is not given and the
 * budget allows, else rows are computed anew in each sweep and the result says so. */
#ifndef GYEOL_KMEDOIDS_H
#define GYEOL_KMEDOIDS_H

#include <stdbool.h>
#include <stdint.h>

#include <gyeol/dissimilarity.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gy_medoids_from { GY_MEDOIDS_BUILD, GY_MEDOIDS_LAB } gy_medoids_from;

typedef struct gy_kmedoids_options {
  int32_t n_clusters;
  gy_medoids_from from;
  const size_t *initial_medoids; /* lends k different rows to begin with; NULL: `from` */
  int32_t max_iterations;        /* sweeps over the rows */
  uint64_t seed;                 /* of LAB */
} gy_kmedoids_options;

/* BUILD, 100 sweeps, seed 0. */
gy_kmedoids_options gy_kmedoids_defaults(int32_t n_clusters);

typedef struct gy_kmedoids {
  int32_t n_clusters;
  size_t *medoids; /* rows, ascending */
  int64_t *sizes;
  double cost;
  int32_t iterations; /* sweeps begun */
  int64_t n_swaps;
  bool converged;  /* no swap of one medoid with one row lowers the cost */
  bool recomputed; /* the table did not fit the budget: rows were computed anew in each sweep */
} gy_kmedoids;

/* What is told of each row; an array (n, the caller's) that is NULL is not wanted. The silhouette of medoids
 * (Van der Laan, Pollard and Bryan 2003) of a row is 1 - distances / next_distances. */
typedef struct gy_medoid_rows {
  int32_t *labels;
  float *distances;      /* to the own medoid */
  float *next_distances; /* to the nearest other medoid; infinite when k = 1 */
} gy_medoid_rows;

/* Bytes that a fit will hold beside the caller's: with the table where the budget allows, else without;
 * SIZE_MAX when they overflow. */
size_t gy_kmedoids_memory(const gy_dissimilarity *of, const gy_kmedoids_options *options,
                          const gy_task *task);

/* Fits. On success *model gives a result for gy_kmedoids_clear. Errors: GY_EUSAGE (an option out of range),
 * GY_EDATA (n < k, unusable values), GY_ELIMIT, GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_kmedoids_fit(const gy_dissimilarity *of, const gy_kmedoids_options *options,
                                      const gy_task *task, gy_kmedoids *model, const gy_medoid_rows *rows,
                                      gy_error *err);

/* Frees what a fit gave. NULL-safe, and safe on a zeroed model. */
void gy_kmedoids_clear(gy_kmedoids *model);

#ifdef __cplusplus
}
#endif
#endif

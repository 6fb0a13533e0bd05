/* SPDX-License-Identifier: Apache-2.0
 *
 * k-means clustering: k centres that minimise the inertia, the sum of squared distances from each row to its
 * nearest centre.
 *
 * Method: greedy k-means++ seeding (Arthur and Vassilvitskii 2007; 2 + floor(ln k) candidates a step, as in
 * scikit-learn) or k-means||, Lloyd's iteration (1982), the best of several starts, swaps of centres
 * (after Lattanzi and Sohler 2019). Vocabulary and stopping
 * rule are scikit-learn's.
 *
 * Shapes: x is n x d, row-major floats; 1 <= k <= n, d >= 1. Scale columns first (gyeol/scaling.h).
 * NaN: refused with the row and column, as is any |x| > 1e17 (its square would not fit).
 * Ties: a row as near to two centres belongs to the one with the lower number.
 * Empty clusters: a cluster that loses all its rows takes the row farthest from its own centre (ties: the
 * lowest row), and the iteration goes on. Where fewer than k rows are distinct this is impossible: `n_empty`
 * clusters stay empty, and that is not an error. Determinism: the same bytes for the same seed on any number
 * of threads. Processors with and without fused multiply-add differ in the last bits. Cost: O(n k d) an
 * iteration, one pass over x; gy_kmeans_memory says the scratch beforehand. */
#ifndef GYEOL_KMEANS_H
#define GYEOL_KMEANS_H

#include <stdbool.h>
#include <stdint.h>

#include <gyeol/matrix.h>
#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Beyond this a squared distance may not fit a float. */
#define GY_KMEANS_VALUE_LIMIT 1e17f

typedef enum gy_kmeans_seeding {
  GY_KMEANS_SEEDING_AUTO, /* greedy k-means++; above 65,536 rows and 1,024 a cluster, on a random sample of so
                             many, unless rows are weighted */
  GY_KMEANS_SEEDING_GREEDY,  /* greedy k-means++ on all rows: k passes */
  GY_KMEANS_SEEDING_PARALLEL /* k-means|| (Bahmani et al. 2012): five passes over all rows collect about 2 k
                                candidates each, and k-means of these, weighted, gives the centres */
} gy_kmeans_seeding;

typedef struct gy_kmeans_options {
  int32_t n_clusters;
  int32_t n_starts; /* seedings tried; the lowest inertia wins, the first of equals */
  int32_t n_swaps;  /* after several starts: centres of the best are moved elsewhere one at a time, until so
                       many in a row gained nothing; then the best iterates to its end. 0: no such search */
  int32_t max_iterations; /* of each start */
  double tolerance; /* stop when the centres' summed squared shift is at most tolerance * mean variance of
                       the columns; 0: only when no row changes cluster */
  uint64_t seed;
  const float *initial_centers; /* lends k x d: start from these, once, instead of seeding; NULL: seed */
  const float *weights;         /* lends n weights >= 0, finite, not all 0; NULL: all 1 */
  gy_kmeans_seeding seeding;
} gy_kmeans_options;

/* 10 starts, 8 swaps, 300 iterations, tolerance 1e-4, seed 0. */
gy_kmeans_options gy_kmeans_defaults(int32_t n_clusters);

/* A fitted clustering. */
typedef struct gy_kmeans {
  int32_t n_clusters;
  size_t n_columns;
  float *centers;     /* n_clusters x n_columns */
  int64_t *sizes;     /* rows of each cluster */
  double inertia;     /* weighted */
  int32_t iterations; /* of the start that won */
  bool converged;
  int32_t start;   /* which start won, from 0 */
  int32_t n_empty; /* clusters without rows */
} gy_kmeans;

/* Bytes of scratch and result that a fit will hold, beside x and `labels`; SIZE_MAX when that overflows. */
size_t gy_kmeans_memory(size_t n, size_t d, const gy_kmeans_options *options, const gy_task *task);

/* Fits. `labels` (the caller's, n long, may be NULL) receives each row's cluster, 0..k-1: exactly what
 * gy_kmeans_predict gives for x. On success *model gives a result for gy_kmeans_clear. Errors: GY_EUSAGE (an
 * option out of range), GY_EDATA (n < k, unusable values), GY_ELIMIT (the task's memory budget is below
 * gy_kmeans_memory), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_kmeans_fit(gy_matrix x, const gy_kmeans_options *options, const gy_task *task,
                                    gy_kmeans *model, int32_t *labels, gy_error *err);

/* Each row's nearest centre into `labels` (n, the caller's) and its squared distance into `distances` (n, the
 * caller's, may be NULL). Errors: GY_EDATA (another number of columns, unusable values), GY_ENOMEM,
 * GY_ECANCELLED. */
GY_MUST_USE gy_status gy_kmeans_predict(const gy_kmeans *model, gy_matrix x, const gy_task *task,
                                        int32_t *labels, float *distances, gy_error *err);

/* Frees what a fit gave. NULL-safe, and safe on a zeroed model. */
void gy_kmeans_clear(gy_kmeans *model);

/* Numbers of clusters mean nothing until they are put in order. */

/* Writes the clusters' numbers, largest first (ties: the lower number), to `order` (k, the caller's). */
void gy_kmeans_order_by_size(const gy_kmeans *model, int32_t *order);

/* Renumbers model and labels (n, may be NULL): cluster order[i] becomes cluster i. `order` is a permutation
 * of 0..k-1, else GY_EUSAGE. */
GY_MUST_USE gy_status gy_kmeans_reorder(gy_kmeans *model, const int32_t *order, int32_t *labels, size_t n,
                                        gy_error *err);

#ifdef __cplusplus
}
#endif
#endif

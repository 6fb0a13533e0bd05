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

/* CLARA's way to many rows: samples are clustered each by itself, all their medoids are tried on all rows in
 * one pass, and the set with the lowest cost over all rows wins. */
typedef struct gy_kmedoids_sampling {
  int32_t n_samples;
  size_t sample_rows; /* of each; at least 2 k; 0: 800 + 20 k. A sample takes a random row of each of so many
                         equal stretches of rows */
} gy_kmedoids_sampling;

/* 8 samples of 800 + 20 k rows. */
gy_kmedoids_sampling gy_kmedoids_sampling_defaults(void);

/* How good can it be? Costs are over all rows. A sample's own cost, brought to n rows, is on average too low,
 * because its medoids were chosen for it: the best cost that there is most likely lies between it and `cost`
 * (Mak, Morton and Wood 1999). It is an estimate, no proof: a sample's medoids must be rows of the sample. */
typedef struct gy_kmedoids_quality {
  int32_t n_samples;
  size_t sample_rows;
  double mean_cost, worst_cost; /* of the samples' medoids */
  double cost_deviation;        /* standard deviation between them; 0 for one sample */
  double hopeful_cost;          /* mean of the samples' own costs, brought to n rows */
  double hopeful_error;         /* its standard error; 0 for one sample */
  double gap;                   /* (cost - hopeful_cost) / cost, at least 0; 0 when the cost is 0 */
} gy_kmedoids_quality;

/* Bytes that a sampled fit will hold beside the caller's. */
size_t gy_kmedoids_sampled_memory(const gy_dissimilarity *of, const gy_kmedoids_options *options,
                                  const gy_kmedoids_sampling *sampling, const gy_task *task);

/* Fits on samples; `of` is of rows, `options->initial_medoids` NULL. Where a sample would hold all rows, one
 * fit on all of them is made. In `model`, iterations and swaps are those of the winning sample. Cost: O(m^2)
 * a sample of m rows and O(n k) a sample for the pass; memory does not grow with n beside the caller's rows.
 * Errors: as gy_kmedoids_fit. */
GY_MUST_USE gy_status gy_kmedoids_fit_sampled(const gy_dissimilarity *of, const gy_kmedoids_options *options,
                                              const gy_kmedoids_sampling *sampling, const gy_task *task,
                                              gy_kmedoids *model, gy_kmedoids_quality *quality,
                                              const gy_medoid_rows *rows, gy_error *err);

/* Labels new rows: `medoids` is the view of the k medoids' rows and their metric; x has their columns (for
 * Gower, encoded together with them). `cost` (may be NULL) receives the sum of distances. Errors: GY_EUSAGE,
 * GY_EDATA, GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_kmedoids_predict(const gy_dissimilarity *medoids, gy_matrix x, const gy_task *task,
                                          const gy_medoid_rows *rows, double *cost, gy_error *err);

/* Frees what a fit gave. NULL-safe, and safe on a zeroed model. */
void gy_kmedoids_clear(gy_kmedoids *model);

#ifdef __cplusplus
}
#endif
#endif

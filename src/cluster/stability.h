/* SPDX-License-Identifier: Apache-2.0
 *
 * Does the same clustering come back from other data of the same kind? */
#ifndef GYEOL_CLUSTER_STABILITY_H
#define GYEOL_CLUSTER_STABILITY_H

#include <gyeol/kmeans.h>

typedef struct gy_resampling {
  int32_t n_clusters;
  int32_t n_starts;     /* of the fit on a resample */
  size_t resample_rows; /* at least n_clusters */
  uint64_t seed;
} gy_resampling;

/* Draws resample `number`, clusters it, applies the result to x, and gives the adjusted Rand index with
 * `labels` (n; a clustering of x). */
GY_MUST_USE gy_status gy_kmeans_resample(gy_matrix x, const int32_t *labels, const gy_resampling *resampling,
                                         uint64_t number, const gy_task *task, double *ari, gy_error *err);

/* Mean and standard deviation (divisor n - 1; 0 for n = 1) of n indices; NaN for none. */
void gy_stability_summarise(const double *ari, size_t n, double *mean, double *sd);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Does each cluster come back from a part of the rows? Hennig (2007): for resample after resample, a
 * cluster's largest Jaccard similarity to any cluster found again; its mean is the cluster's stability. Above
 * 0.75 a cluster is there, above 0.85 it is there without doubt, below 0.6 it is not.
 *
 * Works for any method: resamples are drawn without replacement (copies would change what is dense), and
 * both clusterings are compared on the rows drawn. */
#ifndef GYEOL_CLUSTER_CLUSTERWISE_H
#define GYEOL_CLUSTER_CLUSTERWISE_H

#include <gyeol/matrix.h>
#include <gyeol/task.h>

/* A method with its options: clusters `x` into labels 0..*k-1, and -1 for noise. */
typedef struct gy_refit {
  void *user;
  gy_status (*fit)(void *user, gy_matrix x, const gy_task *task, int32_t *labels, int32_t *k, gy_error *err);
} gy_refit;

typedef struct gy_clusterwise_options {
  int32_t n_resamples;
  double share; /* of the rows in a resample, above 0, at most 1 */
  uint64_t seed;
} gy_clusterwise_options;

/* `labels`: the clustering of x to be judged, 0..k-1, and -1 for noise. `jaccard` (k, the caller's) receives
 * each cluster's mean. Errors: GY_EUSAGE (an option out of range), GY_ENOMEM, GY_ECANCELLED, what the method
 * says. */
GY_MUST_USE gy_status gy_clusterwise_jaccard(gy_matrix x, const int32_t *labels, int32_t k,
                                             const gy_refit *refit, const gy_clusterwise_options *options,
                                             const gy_task *task, double *jaccard, gy_error *err);

#endif

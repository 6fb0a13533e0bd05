/* SPDX-License-Identifier: Apache-2.0
 *
 * Micro-clusters: many rows summarised by few weighted means, in one pass. */
#ifndef GYEOL_CLUSTER_CF_TREE_H
#define GYEOL_CLUSTER_CF_TREE_H

#include <gyeol/matrix.h>
#include <gyeol/task.h>

typedef struct gy_micro_clusters {
  size_t n, d;
  double *weights; /* n */
  double *means;   /* n x d */
  double *spreads; /* n: weighted sum of squared distances to the mean */
  double radius;   /* no cluster's root mean squared distance to its mean exceeds it */
  int rebuilds;    /* how often the radius had to grow */
} gy_micro_clusters;

/* Bytes of scratch and result for at most `most` micro-clusters, beside x and `cluster_of_row`; SIZE_MAX when
 * that overflows. */
size_t gy_micro_clusters_memory(size_t d, size_t most);

/* At most `most` (8 or more) micro-clusters of x, whose values are finite and within 1e16. `weights`: n > 0,
 * or NULL. `cluster_of_row` (n, the caller's) receives each row's. The result depends on the order of the
 * rows. On success *micro gives storage for gy_micro_clusters_clear. O(n d log most) time. Errors: GY_ENOMEM,
 * GY_ECANCELLED. */
GY_MUST_USE gy_status gy_micro_clusters_fit(gy_matrix x, const float *weights, size_t most,
                                            const gy_task *task, gy_micro_clusters *micro,
                                            int32_t *cluster_of_row, gy_error *err);

void gy_micro_clusters_clear(gy_micro_clusters *micro);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What the three kinds of silhouette share. */
#ifndef GYEOL_CLUSTER_SILHOUETTE_H
#define GYEOL_CLUSTER_SILHOUETTE_H

#include <gyeol/validity.h>

#include "cluster/pairs_kernel.h"

/* The silhouette of every row against every other, with a kernel of one's choice. `true_sizes` (k): sizes of
 * the clusters that these rows stand for; NULL: these rows are all there are. `values` and `cluster_means` as
 * in gy_silhouette_exact. */
GY_MUST_USE gy_status gy_silhouette_judge(const gy_pairs_kernel *kernel, const gy_clustering *c,
                                          const size_t *true_sizes, const gy_task *task,
                                          gy_silhouette *result, float *values, double *cluster_means,
                                          gy_error *err);

/* GY_EDATA unless two of the `k` clusters have rows. */
GY_MUST_USE gy_status gy_silhouette_possible(const size_t *sizes, size_t k, gy_error *err);

/* Mean, standard error and means of clusters (k, may be NULL) from each row's value. Errors as above. */
GY_MUST_USE gy_status gy_silhouette_summarise(const float *values, const gy_clustering *c,
                                              const size_t *true_sizes, gy_silhouette *result,
                                              double *cluster_means, gy_error *err);

#endif

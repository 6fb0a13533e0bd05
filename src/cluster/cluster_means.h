/* SPDX-License-Identifier: Apache-2.0
 *
 * Sizes and means of labelled rows: what the indices of validity start from. */
#ifndef GYEOL_CLUSTER_CLUSTER_MEANS_H
#define GYEOL_CLUSTER_CLUSTER_MEANS_H

#include <gyeol/validity.h>

typedef struct gy_cluster_means {
  size_t k, d;
  size_t n_present; /* clusters with rows */
  int64_t *sizes;   /* k */
  double *means;    /* k x d; zero for an empty cluster */
} gy_cluster_means;

/* GY_EDATA, naming the row, when a label is not 0..k-1. */
GY_MUST_USE gy_status gy_labels_check(const gy_clustering *c, gy_error *err);

/* Checks the labels, then counts and averages. Gives a result for gy_cluster_means_clear. */
GY_MUST_USE gy_status gy_cluster_means_of(const gy_clustering *c, gy_cluster_means *result, gy_error *err);
void gy_cluster_means_clear(gy_cluster_means *means);

double gy_distance_to_mean(const float *row, const double *mean, size_t d);

#endif

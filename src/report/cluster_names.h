/* SPDX-License-Identifier: Apache-2.0
 *
 * Plain-language names of clusters, in Korean and English, from their standardised centroids: a cluster
 * whose orders lie 1.1 standard deviations above the mean and whose recency 0.8 below is "Frequent,
 * recent", 자주 · 최근. The rules are fixed, so the same centroids always give the same names. */
#ifndef GYEOL_REPORT_CLUSTER_NAMES_H
#define GYEOL_REPORT_CLUSTER_NAMES_H

#include <stddef.h>

#include <gyeol/status.h>

enum { GY_CLUSTER_NAME_MAX = 256, GY_CLUSTER_NAMES_MAX = 256 };

typedef struct gy_cluster_name {
  char ko[GY_CLUSTER_NAME_MAX];
  char en[GY_CLUSTER_NAME_MAX];
} gy_cluster_name;

/* Names `n_clusters` (1 to GY_CLUSTER_NAMES_MAX) clusters.
 *
 * features: n_features names of the feature catalogue ("recency_days", "orders"); those without a word
 * of their own are passed over.
 * z: n_clusters x n_features, row-major, the centroids in standard deviations from the mean of all
 * customers; NaN counts as the mean.
 * names: n_clusters, the caller's; no two are equal in either language.
 *
 * A name has up to three traits, the strongest ones that lie at least 0.4 from the mean, in a fixed
 * order. Clusters whose names would be equal say more: how strong the traits are, then weaker traits,
 * and at last a number in the order of the clusters. But for that number, a cluster's name does not
 * depend on the order of clusters or features. Errors: GY_EUSAGE. Cost: O(n_clusters^2 + n_clusters *
 * n_features). */
GY_MUST_USE gy_status gy_cluster_names(const char *const *features, size_t n_features, const double *z,
                                       size_t n_clusters, gy_cluster_name *names, gy_error *err);

#endif

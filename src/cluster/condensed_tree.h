/* SPDX-License-Identifier: Apache-2.0
 *
 * The steps of HDBSCAN* after single linkage. */
#ifndef GYEOL_CLUSTER_CONDENSED_TREE_H
#define GYEOL_CLUSTER_CONDENSED_TREE_H

#include <gyeol/hdbscan.h>
#include <gyeol/hierarchical.h>

/* Fills model->nodes, n_nodes, row_nodes, row_lambdas and least_distance (row arrays are there already) from
 * the dendrogram. Errors: GY_ENOMEM. */
GY_MUST_USE gy_status gy_condense(const gy_dendrogram *tree, int32_t min_cluster_size, gy_hdbscan *model,
                                  gy_error *err);

/* Marks the nodes that become clusters (`chosen`) and gives them and all below them the labels 0.. in the
 * order of nodes; sets n_clusters and single_lambda. Errors: GY_ENOMEM. */
GY_MUST_USE gy_status gy_condensed_choose(gy_hdbscan *model, const gy_hdbscan_options *options,
                                          gy_error *err);

/* GLOSH scores of all rows into model->outlier_scores. Errors: GY_ENOMEM. */
GY_MUST_USE gy_status gy_condensed_outliers(gy_hdbscan *model, gy_error *err);

/* Where each chosen cluster ends, by label, into `deaths` (n_clusters, the caller's). */
void gy_condensed_deaths(const gy_hdbscan *model, double *deaths);

/* The label of what falls out of `node` at `lambda`, or -1, and how firmly it belongs there. */
int32_t gy_condensed_label(const gy_hdbscan *model, const double *deaths, int32_t node, double lambda,
                           float *probability);

#endif

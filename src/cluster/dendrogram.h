/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files about dendrograms share. */
#ifndef GYEOL_CLUSTER_DENDROGRAM_H
#define GYEOL_CLUSTER_DENDROGRAM_H

#include <stdbool.h>

#include <gyeol/hierarchical.h>

/* gy_dendrogram_from_edges; `sorted`: take the edges in the order given, whatever their heights, so that
 * there may be inversions. */
GY_MUST_USE gy_status gy_dendrogram_grow(const gy_tree_edge *edges, size_t n_leaves, const double *sizes,
                                         bool sorted, gy_dendrogram *tree, gy_error *err);

/* Gives the leaves weights, and the merges their sums. Errors: GY_ENOMEM. */
GY_MUST_USE gy_status gy_dendrogram_weigh(gy_dendrogram *tree, const double *weights, gy_error *err);

/* Bytes of scratch and result of the above. */
size_t gy_dendrogram_memory(size_t n_leaves);

/* How a tree is drawn: `order`, its leaves from left to right, and `between`, for each leaf but the last the
 * merge that unites it with the next. (n_leaves each, the caller's.) */
GY_MUST_USE gy_status gy_dendrogram_lay_out(const gy_dendrogram *tree, int32_t *order, int32_t *between,
                                            gy_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What the algorithms of hierarchical clustering share: what they are given, what they tell, and the
 * nearest-neighbour chain over whichever store of clusters they use. */
#ifndef GYEOL_CLUSTER_LINKAGE_H
#define GYEOL_CLUSTER_LINKAGE_H

#include <stdbool.h>

#include <gyeol/hierarchical.h>

#include "cluster/centroids_kernel.h"

/* Points to agglomerate: rows as doubles relative to one offset a column, so that data far from zero keep
 * their digits, and the weights they stand for. */
typedef struct gy_linkage_input {
  gy_linkage linkage;
  size_t n, d;
  const double *rows;     /* n x d, near ones near in memory: in the order of a kd-tree */
  const double *weights;  /* n, > 0; NULL: all 1 */
  const int32_t *nearest; /* n: the nearest other row; NULL where it is not known by the linkage's measure */
  const gy_centroids_kernel *kernel;
  const gy_task *task;
  size_t budget; /* bytes */
} gy_linkage_input;

/* The merges made so far, each named by the last leaf of either side. */
typedef struct gy_merge_list {
  gy_tree_edge *edges; /* room for n - 1 */
  size_t n;
  size_t total;
  const gy_task *task;
} gy_merge_list;

/* Adds a merge; tells progress and asks whether to stop, once in a while. */
GY_MUST_USE gy_status gy_merge_list_add(gy_merge_list *list, int32_t a, int32_t b, double height,
                                        gy_error *err);

/* A store of clusters in slots, as the chain sees it. Slots stand in the order of the clusters' last leaves.
 * Reducible linkages only. */
typedef struct gy_chain_store {
  void *store;
  /* The nearest cluster to `slot`; `preferred` (-1: none) among equals, then the lowest slot. */
  gy_nearest (*nearest)(void *store, int32_t slot, int32_t preferred);
  /* Makes one of two clusters, in the slot of the later one, and adds the merge to the list. */
  gy_status (*merge)(void *store, int32_t gone, int32_t grown, double score, gy_merge_list *list,
                     gy_error *err);
  bool (*is_live)(const void *store, int32_t slot);
  size_t n_slots;
} gy_chain_store;

/* Merges until `n_live` clusters have become `stop_at`; `chain` is scratch for n_slots numbers, `on_chain`
 * for as many flags, all false and left so. */
GY_MUST_USE gy_status gy_chain_run(const gy_chain_store *store, size_t n_live, size_t stop_at, int32_t *chain,
                                   bool *on_chain, gy_merge_list *list, gy_error *err);

/* Ward by the chain, centroid and median by the generic algorithm, in O(n d) memory. */
size_t gy_linkage_centroids_memory(const gy_linkage_input *input);
GY_MUST_USE gy_status gy_linkage_centroids(const gy_linkage_input *input, gy_merge_list *list, gy_error *err);

/* Average, complete and weighted over a matrix of distances. */
size_t gy_linkage_matrix_memory(const gy_linkage_input *input);
GY_MUST_USE gy_status gy_linkage_matrix(const gy_linkage_input *input, gy_merge_list *list, gy_error *err);

/* GY_EDATA, naming the row, unless all n weights (NULL: none) are within 1e-9..1e9. */
GY_MUST_USE gy_status gy_linkage_weights_check(const float *weights, size_t n, gy_error *err);

/* gy_hierarchical_fit with a kernel of one's choice. */
GY_MUST_USE gy_status gy_hierarchical_fit_with(const gy_centroids_kernel *kernel, gy_matrix x,
                                               const gy_hierarchical_options *options, const gy_task *task,
                                               gy_dendrogram *tree, gy_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Single linkage: clusters join by their two nearest rows. */
#ifndef GYEOL_CLUSTER_SINGLE_LINKAGE_H
#define GYEOL_CLUSTER_SINGLE_LINKAGE_H

#include <gyeol/hierarchical.h>

#include "cluster/mst.h"

/* Bytes of scratch and result beside x; SIZE_MAX when that overflows. */
size_t gy_single_linkage_memory(size_t n, size_t d, const gy_task *task);

/* The dendrogram of the edges of the minimum spanning tree (Gower and Ross 1969); heights are Euclidean
 * distances. Merges of equal height come in the order of their edges (mst.h). Values beyond 1e16 and NaN are
 * refused. Cost: as gy_mst_build. On success *tree gives a result for gy_dendrogram_clear. Errors: GY_EUSAGE,
 * GY_EDATA, GY_ELIMIT, GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_single_linkage(gy_matrix x, const gy_task *task, gy_dendrogram *tree, gy_error *err);

/* The dendrogram of the n - 1 edges of gy_mst_build, in their order. Errors: GY_ENOMEM. */
GY_MUST_USE gy_status gy_dendrogram_of_mst(const gy_mst_edge *edges, size_t n, gy_dendrogram *tree,
                                           gy_error *err);

#endif

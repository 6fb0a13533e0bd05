/* SPDX-License-Identifier: Apache-2.0
 *
 * Cutting a surrogate tree back. */
#ifndef GYEOL_CLUSTER_SURROGATE_PRUNE_H
#define GYEOL_CLUSTER_SURROGATE_PRUNE_H

#include <gyeol/surrogate_tree.h>

/* Makes leaves of the nodes whose subtrees bring at most `least` fidelity (of `total` weight) a leaf, weakest
 * first; then brings the nodes that are left into order, each left child right after its parent. */
void gy_surrogate_prune(gy_surrogate_tree *tree, double least, double total);

#endif

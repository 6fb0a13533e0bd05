/* SPDX-License-Identifier: Apache-2.0
 *
 * Genie: single linkage kept from chaining by an index of inequality.
 *
 * Method (Gagolewski, Bartoszuk and Cena 2016): clusters join along the edges of the Euclidean minimum
 * spanning tree, shortest first; but whenever the Gini index of the cluster sizes exceeds a threshold, the
 * next edge is the shortest that joins a cluster of the smallest size to any other. Threshold 1 is single
 * linkage; the lower, the more even the sizes. 0.3 does well nearly everywhere.
 *
 * Shapes: x is n x d, row-major floats; 1 <= k <= n, d >= 1. Scale columns first (gyeol/scaling.h).
 * NaN: refused with the row and column, as is any |x| > 1e16.
 * Ties: edges of equal length come in the order of their row numbers.
 * Determinism: the same bytes on any number of threads. Cost: a spanning tree (O(n log n) searches of a
 * kd-tree up to 15 columns, O(n^2 d) above; O(n d) memory), then O(n sqrt(n)) at most; gy_genie_memory says
 * the scratch. */
#ifndef GYEOL_GENIE_H
#define GYEOL_GENIE_H

#include <stdint.h>

#include <gyeol/hierarchical.h>
#include <gyeol/matrix.h>
#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gy_genie_options {
  int32_t n_clusters;
  double gini_threshold; /* 0..1 */
} gy_genie_options;

/* Threshold 0.3. */
gy_genie_options gy_genie_defaults(int32_t n_clusters);

/* Bytes of scratch and result that a fit will hold, beside x and `labels`; SIZE_MAX when that overflows. */
size_t gy_genie_memory(size_t n, size_t d, const gy_genie_options *options, const gy_task *task);

typedef struct gy_genie {
  int32_t n_clusters;
  int64_t *sizes;     /* rows of each cluster, largest first */
  double gini;        /* of these sizes, as the threshold sees it: 0 all equal, 1 one has nearly all */
  int64_t n_turned;   /* merges that took another than the shortest edge for the threshold's sake */
  gy_dendrogram tree; /* all merges in their order, down to one cluster; heights are lengths of edges and fall
                         where the threshold had its way. Any other k: gy_dendrogram_cut */
} gy_genie;

/* Fits. `labels` (the caller's, n long) receives each row's cluster, 0..k-1, the largest first (ties: the one
 * with the lowest row). On success *model gives a result for gy_genie_clear. Errors: GY_EUSAGE (an option out
 * of range), GY_EDATA (n < k, unusable values), GY_ELIMIT (too many rows, or the task's memory budget is
 * below gy_genie_memory), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_genie_fit(gy_matrix x, const gy_genie_options *options, const gy_task *task,
                                   gy_genie *model, int32_t *labels, gy_error *err);

/* Frees what a fit gave. NULL-safe, and safe on a zeroed model. */
void gy_genie_clear(gy_genie *model);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Hierarchical clustering: rows join into ever larger clusters, the two nearest first; the history of the
 * joins is a tree, the dendrogram, that can be cut anywhere.
 *
 * Everywhere: a tree over n leaves has n - 1 merges. Leaves are 0..n-1 and merge i makes cluster n + i
 * (scipy's convention). Determinism: the same bytes on any number of threads. */
#ifndef GYEOL_HIERARCHICAL_H
#define GYEOL_HIERARCHICAL_H

#include <stdint.h>

#include <gyeol/matrix.h>
#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gy_linkage {
  GY_LINKAGE_WARD,     /* least growth of the squared distances to the cluster means */
  GY_LINKAGE_AVERAGE,  /* mean distance of all pairs of rows (UPGMA) */
  GY_LINKAGE_COMPLETE, /* largest distance of a pair */
  GY_LINKAGE_WEIGHTED, /* mean of the distances of the two parts (WPGMA) */
  GY_LINKAGE_CENTROID, /* distance of the means (UPGMC); may invert */
  GY_LINKAGE_MEDIAN,   /* distance of points half-way between the parts' (WPGMC); may invert */
  GY_LINKAGE_SINGLE,   /* smallest distance of a pair */
  GY_LINKAGE_COUNT
} gy_linkage;

/* "ward", "average" ...: scipy's names. NULL for a number that is none. */
const char *gy_linkage_name(gy_linkage linkage);

/* Two clusters become one. */
typedef struct gy_merge {
  int32_t a, b;  /* a < b */
  double height; /* their distance; what that means is the linkage's affair */
  double size;   /* leaves below, or the sum of their weights */
} gy_merge;

/* The tree. Merges stand in order of height; those of equal height in the order in which they were found, and
 * always a child before its parent. Linkages that can invert (centroid, median) keep the order of merging, in
 * which a parent may lie below a child: `n_inversions` counts such merges. */
typedef struct gy_dendrogram {
  int32_t n_leaves;   /* 1..GY_DENDROGRAM_LEAVES_MAX */
  gy_merge *merges;   /* n_leaves - 1 */
  double *leaf_sizes; /* n_leaves: their weights; NULL: all 1 */
  int32_t n_inversions;
} gy_dendrogram;

enum { GY_DENDROGRAM_LEAVES_MAX = 1 << 30 };

/* An edge of a spanning tree, or a merge named by one leaf of either side. */
typedef struct gy_tree_edge {
  int32_t a, b;
  double height;
} gy_tree_edge;

/* The dendrogram of n_leaves - 1 edges that span the leaves: single linkage from a minimum spanning tree
 * (Gower and Ross 1969). Edges are taken by height, equal ones in the order given; `edges` stays as it is.
 * `sizes` (lends n_leaves weights > 0) may be NULL. Cost: O(n log n) time, O(n) scratch. Errors: GY_EUSAGE
 * (no or too many leaves), GY_EDATA (an end out of range, a height that is no number, a circle), GY_ENOMEM.
 */
GY_MUST_USE gy_status gy_dendrogram_from_edges(const gy_tree_edge *edges, size_t n_leaves,
                                               const double *sizes, gy_dendrogram *tree, gy_error *err);

/* Frees what a fit gave. NULL-safe, and safe on a zeroed tree. */
void gy_dendrogram_clear(gy_dendrogram *tree);

/* Cuts. `labels` (n_leaves, the caller's) receives clusters 0..k-1, the largest first (ties: the one with the
 * lowest leaf). Errors: GY_EUSAGE (k outside 1..n_leaves, a height that is no number), GY_ENOMEM. */

/* Exactly k clusters: all but the last k - 1 merges are made. */
GY_MUST_USE gy_status gy_dendrogram_cut(const gy_dendrogram *tree, int32_t k, int32_t *labels, gy_error *err);

/* The largest subtrees in which no merge is higher than `height`; *k says how many. */
GY_MUST_USE gy_status gy_dendrogram_cut_at(const gy_dendrogram *tree, double height, int32_t *labels,
                                           int32_t *k, gy_error *err);

/* The number of clusters that lives longest while the height of the cut grows (Fred and Jain 2005, lifetimes,
 * here on a logarithmic scale): the k in 2..k_max with the largest ratio between the height at which k
 * clusters become k - 1 and that at which k + 1 became k. */
typedef struct gy_persistent_cut {
  int32_t k;
  double ratio;     /* >= 1; infinite when the clusters are single points or repeat one */
  double runner_up; /* the second largest ratio; 1 where there is none */
  double low, high; /* any height in low..high cuts the tree so */
} gy_persistent_cut;

/* Errors: GY_EUSAGE (k_max below 2), GY_EDATA (fewer than three leaves, or all merges at height 0). */
GY_MUST_USE gy_status gy_dendrogram_persistent_cut(const gy_dendrogram *tree, int32_t k_max,
                                                   gy_persistent_cut *cut, gy_error *err);

/* The leaves from left to right as drawn without crossings, side `a` of each merge to the left, into `order`
 * (n_leaves, the caller's). Errors: GY_ENOMEM. */
GY_MUST_USE gy_status gy_dendrogram_leaf_order(const gy_dendrogram *tree, int32_t *order, gy_error *err);

/* The cophenetic distance of two leaves is the height of the merge that first unites them. All of them, in
 * scipy's condensed order (0,1), (0,2) ... (n-2,n-1), into `distances` (n (n-1) / 2, the caller's). Errors:
 * GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_dendrogram_cophenetic(const gy_dendrogram *tree, const gy_task *task,
                                               double *distances, gy_error *err);

/* Correlation of the cophenetic with the Euclidean distances of the rows that are the leaves (Sokal and Rohlf
 * 1962): how well the tree keeps the distances. NaN where either does not vary. O(n^2 d) time, O(n) scratch.
 * Errors: GY_EDATA (another number of rows), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_dendrogram_cophenetic_correlation(const gy_dendrogram *tree, gy_matrix x,
                                                           const gy_task *task, double *correlation,
                                                           gy_error *err);

/* A fit.
 *
 * Method: Ward (1963) by the nearest-neighbour chain on centroids, centroid and median by the generic
 * algorithm on them, in O(n d) memory; average, complete and weighted over a matrix of distances in n^2 / 2
 * doubles, merging all mutual nearest neighbours in rounds, or by the chain (Murtagh 1983; Muellner 2011).
 * Distances are Euclidean, heights scipy's.
 *
 * Shapes: x is n x d, row-major floats; n, d >= 1. Scale columns first (gyeol/scaling.h). NaN:
 * refused with the row and column, as is any |x| > 1e16 (its square would not fit). Ties: of clusters equally
 * near, the chain prefers the one it came from, then the first in the order of a kd-tree. Cost: O(n^2 d)
 * time, and for centroid and median on awkward data up to O(n^3 d); gy_hierarchical_memory says the memory
 * beforehand. */
typedef struct gy_hierarchical_options {
  gy_linkage linkage;
  const float *weights; /* lends n weights: how many points each row stands for, 1e-9..1e9; NULL: all 1 */
  /* gy_hierarchy_fit alone looks at these. */
  size_t exact_rows; /* more rows than this go the two-stage way; 0: 100,000 */
  size_t n_micro;    /* micro-clusters of the two-stage way; 0: 20,000, or 10,000 where a matrix is needed */
} gy_hierarchical_options;

/* All weights 1. */
gy_hierarchical_options gy_hierarchical_defaults(gy_linkage linkage);

/* Bytes of scratch and result that a fit will hold, beside x; SIZE_MAX when that overflows. */
size_t gy_hierarchical_memory(size_t n, size_t d, const gy_hierarchical_options *options,
                              const gy_task *task);

/* Fits. On success *tree gives a result for gy_dendrogram_clear. Errors: GY_EUSAGE (an option out of range),
 * GY_EDATA (no rows, unusable values or weights), GY_ELIMIT (the task's memory budget is below
 * gy_hierarchical_memory), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_hierarchical_fit(gy_matrix x, const gy_hierarchical_options *options,
                                          const gy_task *task, gy_dendrogram *tree, gy_error *err);

/* A fit of any number of rows.
 *
 * Method: gy_hierarchical_fit where the rows are at most exact_rows and the memory budget allows it. Else in
 * two stages: micro-clusters by a tree of clustering features (BIRCH: Zhang, Ramakrishnan and Livny 1996, in
 * the form of BETULA: Lang and Schubert 2020), then exact linkage of their means, weighted by their rows. The
 * tree's leaves are then micro-clusters, and `leaf_of_row` leads to them. How many there are is halved until
 * the budget is met. Single linkage is always exact. The two-stage result depends on the order of the rows,
 * not on the number of threads. */
typedef struct gy_hierarchy {
  gy_linkage linkage;
  const char *method; /* "exact" or "two-stage" */
  size_t n_rows;
  gy_dendrogram tree;
  int32_t *leaf_of_row; /* n_rows; NULL: leaf i is row i */
  double lost;          /* share of the squared deviations that is within leaves: 0 when exact */
  double radius; /* no micro-cluster's root mean squared distance to its mean is larger; 0 when exact */
} gy_hierarchy;

/* Bytes of scratch and result that a fit will hold, beside x, in the way that it will go; SIZE_MAX when that
 * overflows. */
size_t gy_hierarchy_memory(size_t n, size_t d, const gy_hierarchical_options *options, const gy_task *task);

/* Fits. On success *model gives a result for gy_hierarchy_clear. Errors: as gy_hierarchical_fit; GY_ELIMIT
 * where even 256 micro-clusters are too many for the budget. */
GY_MUST_USE gy_status gy_hierarchy_fit(gy_matrix x, const gy_hierarchical_options *options,
                                       const gy_task *task, gy_hierarchy *model, gy_error *err);

/* Exactly k clusters of the rows: `labels` (n_rows, the caller's) as gy_dendrogram_cut. Errors: GY_EUSAGE (k
 * outside 1..leaves), GY_ENOMEM. */
GY_MUST_USE gy_status gy_hierarchy_cut(const gy_hierarchy *model, int32_t k, int32_t *labels, gy_error *err);

/* Frees what a fit gave. NULL-safe, and safe on a zeroed model. */
void gy_hierarchy_clear(gy_hierarchy *model);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A clustering in words: a small decision tree that says of each row, from its features in their own units,
 * which cluster it is in, how often it is right, and one rule a cluster.
 *
 * Method: CART classification of the labels (Breiman, Friedman, Olshen and Stone 1984) by Gini impurity, best
 * split at every node over all values of all columns, at most four levels deep, so that a rule stays
 * readable; leaves of one parent that say the same are joined. The tree explains a clustering; it is not the
 * clustering: say its fidelity whenever its rules are shown.
 *
 * Shapes: x is n x d, row-major floats in the units that rules shall speak in (unscaled); n >= 1, d >= 1.
 * `labels` are n numbers, 0..n_clusters-1, or -1 for rows in no cluster (noise), which leaves may say, too.
 * NaN and infinity: refused with the row and column; fill missing values as the clustering did.
 * Thresholds: between two neighbouring values a < b of a column, the number with the fewest digits in [a, b),
 * the nearest to their middle of those; whole where all of the column's values are whole and below 2^24.
 * Ties: the lower column, then the lower value; the lower label. Determinism: the same bytes on any number of
 * threads. Cost: O(n d log n) once, O(n d) a level; gy_surrogate_tree_memory says the scratch beforehand. */
#ifndef GYEOL_SURROGATE_TREE_H
#define GYEOL_SURROGATE_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include <gyeol/matrix.h>
#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { GY_SURROGATE_DEPTH_MAX = 4, GY_SURROGATE_NODES_MAX = 31 };

typedef struct gy_surrogate_options {
  int32_t max_depth;     /* 0..GY_SURROGATE_DEPTH_MAX */
  double min_leaf_share; /* of the weight of all rows that each leaf has at least, 0..0.5 */
  double min_leaf_gain;  /* of fidelity that each leaf brings at least, 0..1, unless it is a cluster's only
                            one;  0: only what changes nothing is cut back */
  const float *weights;  /* lends n weights >= 0, finite, not all 0; NULL: all 1 */
} gy_surrogate_options;

/* Depth 4, leaves of 0.2 % or more that bring 0.5 % of fidelity or more, no weights. */
gy_surrogate_options gy_surrogate_defaults(void);

typedef struct gy_surrogate_node {
  int32_t column;      /* -1: a leaf */
  bool whole;          /* the column's values are whole numbers, and so are its bounds */
  double threshold;    /* rows with x <= threshold go left, the others right */
  int32_t left, right; /* positions in `nodes` */
  int32_t label;       /* the cluster of most of its weight; -1: none. What a leaf says */
  int64_t n_rows;
  double weight;
  double agreeing; /* weight of the rows of its label */
  double gain;     /* Gini impurity that its split takes away, in shares of all weight; 0 for a leaf */
} gy_surrogate_node;

typedef struct gy_surrogate_tree {
  int32_t n_clusters;
  size_t n_columns;
  int32_t n_nodes;
  gy_surrogate_node
      nodes[GY_SURROGATE_NODES_MAX]; /* the root first, each left child right after its parent */
  double fidelity;                   /* share of the weight whose leaf says its label */
  double *precision; /* n_clusters: of the weight in the cluster's leaves, the share that is in the cluster;
                        NaN where it has no leaf */
  double *recall;    /* n_clusters: of the cluster's weight, the share in its leaves; NaN for an empty one */
} gy_surrogate_tree;

/* Bytes of scratch and result that a fit will hold beside x and labels; SIZE_MAX when that overflows. */
size_t gy_surrogate_tree_memory(size_t n, size_t d, int32_t n_clusters, const gy_task *task);

/* Grows the tree. On success *tree gives a result for gy_surrogate_tree_clear. Errors: GY_EUSAGE (an option
 * out of range), GY_EDATA (no rows or columns, unusable values, a label outside), GY_ELIMIT (memory budget,
 * or more than 2^32 - 1 rows), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_surrogate_tree_fit(gy_matrix x, const int32_t *labels, int32_t n_clusters,
                                            const gy_surrogate_options *options, const gy_task *task,
                                            gy_surrogate_tree *tree, gy_error *err);

/* The position in `nodes` of the leaf that a row (n_columns values, none NaN) falls into. */
int32_t gy_surrogate_tree_leaf(const gy_surrogate_tree *tree, const float *row);

/* How the tree does on other rows, such as all rows after a fit on a sample of them: sets fidelity, precision
 * and recall. Errors: GY_EDATA (another number of columns, unusable values, a label outside), GY_ENOMEM,
 * GY_ECANCELLED. */
GY_MUST_USE gy_status gy_surrogate_tree_measure(gy_surrogate_tree *tree, gy_matrix x, const int32_t *labels,
                                                const float *weights, const gy_task *task, gy_error *err);

/* The rule of a cluster in the rule language, such as `recency_days <= 30 and orders >= 3`: the bounds of its
 * leaf, each column's merged; several leaves in parentheses, joined by `or`. "true" where the tree is one
 * leaf of this cluster, "" where no leaf says it. `names` are the n_columns columns. Gives *rule (free() it).
 * Errors: GY_EUSAGE (no such cluster), GY_ENOMEM. */
GY_MUST_USE gy_status gy_surrogate_tree_rule(const gy_surrogate_tree *tree, int32_t cluster,
                                             const char *const *names, char **rule, gy_error *err);

/* Frees what a fit gave. NULL-safe, and safe on a zeroed tree. */
void gy_surrogate_tree_clear(gy_surrogate_tree *tree);

#ifdef __cplusplus
}
#endif
#endif

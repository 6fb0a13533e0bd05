/* SPDX-License-Identifier: Apache-2.0
 *
 * HDBSCAN*: clusters as regions denser than their surroundings, at whatever density each has; rows between
 * them are noise.
 *
 * Method (Campello, Moulavi and Sander 2013; with Zimek 2015): single linkage under the mutual reachability
 * distance max(core(a), core(b), |a - b|), where core(a) is the distance from a to its min_samples-th nearest
 * row, a itself counted as the first. Walking down the tree, splits that leave fewer than min_cluster_size
 * rows on a side are rows falling out, not splits: what remains is the condensed tree. A level of it is
 * lambda = 1 / distance, a density. Out of the tree a flat clustering is chosen: by excess of mass (the
 * clusters that hold the most rows over the longest range of densities) or by leaves (the finest).
 *
 * Shapes: x is n x d, row-major floats; n >= 1, d >= 1. Scale columns first (gyeol/scaling.h).
 * NaN: refused with the row and column, as is any |x| > 1e16.
 * Equal rows have distance 0 and would be infinitely dense: 0 counts as half the smallest positive distance
 * of the spanning tree (as 1 where all rows are equal). Labels: 0..k-1, the largest first (ties: the one with
 * the lowest row); -1 is noise. Determinism: the same bytes on any number of threads. Cost: O(n log n)
 * searches of a kd-tree up to 15 columns, O(n^2 d) above; O(n d) memory, which gy_hdbscan_memory states.
 * There is no n x n matrix. */
#ifndef GYEOL_HDBSCAN_H
#define GYEOL_HDBSCAN_H

#include <stdbool.h>
#include <stdint.h>

#include <gyeol/matrix.h>
#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gy_hdbscan_selection {
  GY_HDBSCAN_EOM, /* excess of mass: largest total stability */
  GY_HDBSCAN_LEAF /* the leaves of the condensed tree: many small clusters of like density */
} gy_hdbscan_selection;

typedef struct gy_hdbscan_options {
  int32_t min_cluster_size; /* 2.. */
  int32_t min_samples;      /* 1..n; 0: as min_cluster_size, but at most n. 1: plain single linkage */
  gy_hdbscan_selection selection;
  double cluster_selection_epsilon; /* >= 0: clusters that part at a smaller distance than this stay together
                                       (Malzer and Baum 2020) */
  bool allow_single_cluster; /* whether all rows may be one cluster; then rows that fell out before it parts
                                are noise */
} gy_hdbscan_options;

/* min_cluster_size 5, min_samples the same, excess of mass, epsilon 0, no single cluster. */
gy_hdbscan_options gy_hdbscan_defaults(void);

/* A cluster of the condensed tree. Node 0 is all rows; children come after their parents. */
typedef struct gy_hdbscan_node {
  int32_t parent;   /* -1: node 0 */
  int32_t label;    /* of the chosen cluster that it is or lies in; -1: none */
  int32_t size;     /* rows when it appears */
  bool chosen;      /* it is that cluster */
  double birth;     /* lambda at which it appears; 0 for node 0 */
  double death;     /* lambda at which it parts, or its last rows fall out */
  double stability; /* sum over its rows of lambda spent in it */
} gy_hdbscan_node;

typedef struct gy_hdbscan {
  size_t n_rows, n_columns;
  int32_t min_samples; /* the number used */
  int32_t n_clusters;
  int64_t n_noise;
  int64_t *sizes;         /* n_clusters */
  double *stabilities;    /* n_clusters: excess of mass of each */
  float *probabilities;   /* n: how firmly the row belongs to its cluster, 0..1; 0 for noise */
  float *outlier_scores;  /* n: GLOSH, 0 (as dense as its surroundings get) .. 1 */
  double *core_distances; /* n */
  int32_t *row_nodes;     /* n: node that the row falls out of */
  double *row_lambdas;    /* n: and when */
  int32_t n_nodes;
  gy_hdbscan_node *nodes;
  double least_distance; /* what distance 0 counts as */
  double single_lambda;  /* where node 0 is chosen: rows that fall out below this are noise */
} gy_hdbscan;

/* Bytes of scratch and result that a fit will hold at most, beside x and `labels`; SIZE_MAX when that
 * overflows. */
size_t gy_hdbscan_memory(size_t n, size_t d, const gy_hdbscan_options *options, const gy_task *task);

/* Fits. `labels` (the caller's, n long, may be NULL) receives each row's cluster or -1. On success *model
 * gives a result for gy_hdbscan_clear. Errors: GY_EUSAGE (an option out of range), GY_EDATA (min_samples > n,
 * no rows, unusable values), GY_ELIMIT (too many rows, or the task's memory budget is below
 * gy_hdbscan_memory), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_hdbscan_fit(gy_matrix x, const gy_hdbscan_options *options, const gy_task *task,
                                     gy_hdbscan *model, int32_t *labels, gy_error *err);

/* The cluster that each row of `x` would most likely have joined, without changing the tree: its nearest
 * fitted row under mutual reachability, and of the nodes which that row passes through the one in which the
 * new row still would be. A row of the fit may come out otherwise than in the fit, since it is now there
 * twice. `fitted` lends the rows of the fit. `labels` (rows of x, the caller's) receives 0..k-1 or -1,
 * `probabilities` (the same, may be NULL) how firmly. Cost: a kd-tree over the fitted rows, and a search a
 * row. Errors: GY_EDATA (other numbers of rows or columns, unusable values), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_hdbscan_predict(const gy_hdbscan *model, gy_matrix fitted, gy_matrix x,
                                         const gy_task *task, int32_t *labels, float *probabilities,
                                         gy_error *err);

/* Frees what a fit gave. NULL-safe, and safe on a zeroed model. */
void gy_hdbscan_clear(gy_hdbscan *model);

#ifdef __cplusplus
}
#endif
#endif

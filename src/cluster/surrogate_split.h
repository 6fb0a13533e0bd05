/* SPDX-License-Identifier: Apache-2.0
 *
 * The search for the best splits of one level of a surrogate tree. */
#ifndef GYEOL_CLUSTER_SURROGATE_SPLIT_H
#define GYEOL_CLUSTER_SURROGATE_SPLIT_H

#include <gyeol/surrogate_tree.h>

/* Nodes of a level that may be split: 2^(depth - 1). */
enum { GY_SPLIT_SLOTS = 8, GY_SPLIT_CLASSES_MAX = 1 << 24 };

typedef struct gy_sorted_value {
  float value;
  uint32_t row;
} gy_sorted_value;

/* Between two neighbouring values of a column in a node; gain 0: there is none. */
typedef struct gy_split {
  double gain; /* sum of squares of class weights over weight, both sides less the whole: Gini times weight */
  float below, above;
} gy_split;

/* How a column stands in one open node while its values pass from the right side to the left. */
typedef struct gy_split_side {
  double left, left_squares, right_squares;
  float last;
  bool begun;
} gy_split_side;

typedef struct gy_split_slot {
  double weight, squares; /* of the whole node: sum of squared class weights */
  bool open;
} gy_split_slot;

typedef struct gy_split_work {
  gy_matrix x;
  const float *weights;
  const gy_task *task;
  size_t n_classes;
  double min_leaf;
  int n_threads;

  gy_sorted_value *sorted; /* d x n, each column ascending */
  gy_sorted_value *spare;  /* thread x n: where a sort writes */
  uint32_t *place;         /* n: class * 2 * GY_SPLIT_SLOTS + node of this level */
  bool *whole;             /* d: whole numbers only */

  gy_split_slot slots[2 * GY_SPLIT_SLOTS];
  double *class_weights; /* node of this level x class */
  double *left_weights;  /* thread x node x class */
  gy_split *found;       /* d x node: the best of each column */

  void *storage; /* all of the above in one allocation */
} gy_split_work;

size_t gy_split_memory(size_t n, size_t d, size_t n_classes, int n_threads);

/* Takes the storage and sorts the columns; the rows' classes are labels, n_classes - 1 for -1, and all rows
 * are in node 0. Clear in either case. */
GY_MUST_USE gy_status gy_split_init(gy_split_work *work, const int32_t *labels, gy_error *err);
void gy_split_clear(gy_split_work *work);

/* The class weights of this level's nodes, from `place`. */
void gy_split_weigh(gy_split_work *work, size_t n_nodes);

/* The best split of every open node of this level; *columns is -1 where none takes impurity away. */
GY_MUST_USE gy_status gy_split_search(gy_split_work *work, gy_split best[GY_SPLIT_SLOTS],
                                      int32_t columns[GY_SPLIT_SLOTS], gy_error *err);

#endif

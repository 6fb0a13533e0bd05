/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GYEOL_CLUSTER_OPTICS_ORDER_H
#define GYEOL_CLUSTER_OPTICS_ORDER_H

#include <gyeol/optics.h>

#include "num/kd_tree.h"

/* What a node knows of its rows that were not visited yet. */
typedef struct gy_optics_node {
  double most;    /* the greatest reachability (squared); negative: all were visited */
  double least;   /* the least, */
  uint32_t row;   /* the lowest row that has it, */
  uint32_t place; /* and its place */
} gy_optics_node;

typedef struct gy_optics_walk {
  const gy_kd_tree *tree;
  const gy_task *task;
  double limit;          /* max_eps squared */
  double *core;          /* a place: its core distance, squared */
  double *reach;         /* a place: its reachability so far, squared */
  uint32_t *from;        /* a place: where that came from, or GY_KD_NONE */
  uint32_t *left;        /* a leaf: bit i says whether its i-th place is yet to be visited */
  gy_optics_node *nodes; /* a node */
  float *point;          /* d: the row that is being visited */
} gy_optics_walk;

/* Visits all rows; `ordering` receives their places, in order. Errors: GY_ECANCELLED. */
GY_MUST_USE gy_status gy_optics_visit_all(gy_optics_walk *walk, int32_t *ordering, gy_error *err);

/* gy_optics_fit with a kernel of one's choice. */
GY_MUST_USE gy_status gy_optics_fit_with(const gy_kd_kernel *kernel, gy_matrix x,
                                         const gy_optics_options *options, const gy_task *task,
                                         gy_optics *order, gy_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What a DBSCAN fit holds while it runs, and its steps. Rows are known by their places in the tree. */
#ifndef GYEOL_CLUSTER_DBSCAN_WORK_H
#define GYEOL_CLUSTER_DBSCAN_WORK_H

#include <gyeol/dbscan.h>

#include "num/disjoint_sets.h"
#include "num/kd_tree.h"

typedef struct gy_dbscan_work {
  const gy_task *task;
  int n_threads;
  size_t min_samples;
  gy_dbscan_border border;
  gy_kd_radius radius;
  gy_kd_tree tree;
  uint32_t *core;          /* a leaf: bit i says whether its i-th place is a core row */
  uint32_t *first_core;    /* a node: its first place that is core, or GY_KD_NONE */
  _Atomic uint8_t *joined; /* a node: all its core rows are known to be in one set */
  gy_set_member *sets;     /* a place: sets of core rows */
  void *storage;
} gy_dbscan_work;

/* Step 1: finds the core rows. */
void gy_dbscan_mark_core(gy_dbscan_work *work);

/* Step 2: joins core rows within eps of each other. */
void gy_dbscan_join_core(gy_dbscan_work *work);

/* Step 4, after the core rows have their labels: border rows. */
void gy_dbscan_label_border(const gy_dbscan_work *work, int32_t *labels);

/* The points of a leaf whose bits are set. */
static inline void gy_dbscan_list(uint32_t bits, gy_kd_points *points, uint8_t which[GY_KD_LEAF]) {
  points->n = 0;
  points->which = which;
  for (; bits != 0; bits &= bits - 1) which[points->n++] = (uint8_t)__builtin_ctz(bits);
}

/* One bit for each place of a leaf. */
static inline uint32_t gy_dbscan_places_of(gy_kd_node leaf) {
  return UINT32_MAX >> (GY_KD_LEAF - (leaf.end - leaf.first));
}

/* Refuses options, shapes and values that DBSCAN cannot use, and what needs more memory than there is. */
GY_MUST_USE gy_status gy_dbscan_check(gy_matrix x, double eps, int32_t min_samples, const gy_task *task,
                                      gy_error *err);

/* gy_dbscan_fit with a kernel of one's choice. */
GY_MUST_USE gy_status gy_dbscan_fit_with(const gy_kd_kernel *kernel, gy_matrix x,
                                         const gy_dbscan_options *options, const gy_task *task,
                                         gy_dbscan *result, int32_t *labels, bool *core, gy_error *err);

#endif

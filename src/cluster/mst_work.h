/* SPDX-License-Identifier: Apache-2.0
 *
 * What the ways to a minimum spanning tree share: distinct points, the order of edges. Weights and distances
 * are squared until the tree is complete. */
#ifndef GYEOL_CLUSTER_MST_WORK_H
#define GYEOL_CLUSTER_MST_WORK_H

#include "cluster/distinct_rows.h"
#include "cluster/mst.h"
#include "num/kd_tree.h"

/* Distinct points are numbered in the order of their first rows, so that numbers compare as rows do. */
typedef struct gy_mst_points {
  gy_matrix x; /* the distinct points, n x d */
  size_t n;
  double *core; /* n squared core distances; 0 when min_samples is 1 */
  bool mutual;  /* core distances matter */
  const gy_prim_kernel *kernel;
  const gy_task *task;
} gy_mst_points;

static inline double gy_mst_weight(double distance, double core_a, double core_b) {
  double core = core_a > core_b ? core_a : core_b;
  return distance > core ? distance : core;
}

/* Whether an edge comes before another in the order of edges. Each is given with its ends in any order. */
static inline bool gy_mst_before(double weight, double distance, uint32_t a, uint32_t b, double other_weight,
                                 double other_distance, uint32_t other_a, uint32_t other_b) {
  if (weight != other_weight) return weight < other_weight;
  if (distance != other_distance) return distance < other_distance;
  uint32_t low = a < b ? a : b, other_low = other_a < other_b ? other_a : other_b;
  if (low != other_low) return low < other_low;
  return (a < b ? b : a) < (other_a < other_b ? other_b : other_a);
}

/* Each finds the tree of p->n >= 2 points: n - 1 edges in no order, squared, ends in any order. */
GY_MUST_USE gy_status gy_mst_prim(const gy_mst_points *p, gy_mst_edge *edges, gy_error *err);
GY_MUST_USE gy_status gy_mst_boruvka(const gy_mst_points *p, const gy_kd_tree *tree, gy_mst_edge *edges,
                                     gy_error *err);
size_t gy_mst_prim_memory(size_t n, size_t d);
size_t gy_mst_boruvka_memory(size_t n);

#endif

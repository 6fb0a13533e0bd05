/* SPDX-License-Identifier: Apache-2.0
 *
 * Core rows within eps of each other are in one cluster. The tree is joined with itself, two nodes at a time
 * (dual-tree recursion, Gray and Moore 2000), and a pair of nodes is done as soon as it can be:
 *
 *   farther apart than eps           nothing to join
 *   both joined, in one set          nothing to learn: most of a cluster's inside, after its leaves are
 * joined wholly within eps                all their core rows are one set; no distance is computed two leaves
 * distances, until both are one set anything else                    the larger is split, the nearer half
 * first
 *
 * Inner parts come before outer ones, so that what is asked late is mostly known. Joins commute: tasks may
 * run in any order, the sets at the end are the same. */
#include "cluster/dbscan_work.h"

enum { MIN_TASK_PLACES = 4096 };

static size_t size_of(const gy_kd_tree *tree, uint32_t node) {
  return tree->nodes[node].end - tree->nodes[node].first;
}

static void set_joined(gy_dbscan_work *work, uint32_t node) {
  atomic_store_explicit(&work->joined[node], 1, memory_order_relaxed);
}

/* Whether all core rows of the node are one set, as far as its children (or rows, for a leaf) tell. */
static bool is_joined(gy_dbscan_work *work, uint32_t node) {
  const gy_kd_node *at = &work->tree.nodes[node];
  if (atomic_load_explicit(&work->joined[node], memory_order_relaxed)) return true;
  uint32_t root = gy_sets_find(work->sets, work->first_core[node]);
  if (at->right == 0) {
    uint32_t cores = work->core[at->first / GY_KD_LEAF];
    for (cores &= cores - 1; cores != 0; cores &= cores - 1)
      if (gy_sets_find(work->sets, at->first + (uint32_t)__builtin_ctz(cores)) != root) return false;
  } else {
    for (int side = 0; side < 2; side++) {
      uint32_t child = side == 0 ? node + 1 : at->right, place = work->first_core[child];
      if (place == GY_KD_NONE) continue;
      if (!atomic_load_explicit(&work->joined[child], memory_order_relaxed)) return false;
      if (gy_sets_find(work->sets, place) != root) return false;
    }
  }
  set_joined(work, node);
  return true;
}

/* All core rows of the node become one set with `place`. */
static void join_all(gy_dbscan_work *work, uint32_t node, uint32_t place) {
  const gy_kd_node *at = &work->tree.nodes[node];
  if (work->first_core[node] == GY_KD_NONE) return;
  if (is_joined(work, node)) {
    gy_sets_join(work->sets, work->first_core[node], place);
  } else if (at->right == 0) {
    for (uint32_t cores = work->core[at->first / GY_KD_LEAF]; cores != 0; cores &= cores - 1)
      gy_sets_join(work->sets, at->first + (uint32_t)__builtin_ctz(cores), place);
  } else {
    join_all(work, node + 1, place);
    join_all(work, at->right, place);
  }
  set_joined(work, node);
}

/* Joins core rows of two leaves (or of one with itself), four at a time, until there is no more to learn. */
static void join_leaves(gy_dbscan_work *work, uint32_t a, uint32_t b) {
  const gy_kd_tree *tree = &work->tree;
  uint32_t first_a = tree->nodes[a].first, first_b = tree->nodes[b].first;
  uint32_t cores_b = work->core[first_b / GY_KD_LEAF];
  gy_kd_points points = {.values = gy_kd_block(tree, first_a), .step = GY_KD_LEAF};
  uint8_t which[GY_KD_LEAF];
  uint32_t near = work->core[first_a / GY_KD_LEAF];
  if (a != b)
    near &= tree->kernel->near_box(points.values, tree->d, gy_kd_lower(tree, b), gy_kd_upper(tree, b),
                                   work->radius.unsure);
  gy_dbscan_list(near, &points, which);
  bool one_set_b = a != b && is_joined(work, b);
  for (size_t n = points.n; n > 0; n -= points.n, points.which += points.n) {
    uint32_t within[GY_KD_LEAF];
    points.n = n < 4 ? n : 4;
    gy_kd_leaf_within(tree, b, &points, &work->radius, within);
    for (size_t q = 0; q < points.n; q++) {
      for (uint32_t cores = within[q] & cores_b; cores != 0; cores = one_set_b ? 0 : cores & (cores - 1))
        gy_sets_join(work->sets, first_a + points.which[q], first_b + (uint32_t)__builtin_ctz(cores));
    }
    if (one_set_b && is_joined(work, a) &&
        gy_sets_find(work->sets, work->first_core[a]) == gy_sets_find(work->sets, work->first_core[b]))
      return;
  }
  is_joined(work, a);
}

static double least_between(const gy_dbscan_work *work, uint32_t a, uint32_t b) {
  const gy_kd_tree *tree = &work->tree;
  return gy_kd_box_least(gy_kd_lower(tree, a), gy_kd_upper(tree, a), gy_kd_lower(tree, b),
                         gy_kd_upper(tree, b), tree->d, work->radius.square);
}

static bool is_within(const gy_dbscan_work *work, uint32_t a, uint32_t b) {
  const gy_kd_tree *tree = &work->tree;
  double square = work->radius.square;
  return gy_kd_box_greatest(gy_kd_lower(tree, a), gy_kd_upper(tree, a), gy_kd_lower(tree, b),
                            gy_kd_upper(tree, b), tree->d, square) <= square;
}

/* Joins the core rows of two different nodes, which are at most eps apart. */
static void join_nodes(gy_dbscan_work *work, uint32_t a, uint32_t b) {
  const gy_kd_tree *tree = &work->tree;
  uint32_t core_a = work->first_core[a], core_b = work->first_core[b];
  if (core_a == GY_KD_NONE || core_b == GY_KD_NONE) return;
  if (is_joined(work, a) && is_joined(work, b) &&
      gy_sets_find(work->sets, core_a) == gy_sets_find(work->sets, core_b))
    return;
  if (is_within(work, a, b)) {
    join_all(work, a, core_b);
    join_all(work, b, core_a);
    return;
  }
  if (tree->nodes[a].right == 0 && tree->nodes[b].right == 0) {
    join_leaves(work, a, b);
    return;
  }
  if (gy_task_cancelled(work->task)) return;
  if (size_of(tree, a) < size_of(tree, b)) {
    uint32_t other = a;
    a = b;
    b = other;
  }
  uint32_t left = a + 1, right = tree->nodes[a].right;
  double to_left = least_between(work, left, b), to_right = least_between(work, right, b);
  uint32_t near = to_left <= to_right ? left : right, far = to_left <= to_right ? right : left;
  double to_near = to_left <= to_right ? to_left : to_right,
         to_far = to_left <= to_right ? to_right : to_left;
  if (to_near > work->radius.square) return;
#pragma omp task if (size_of(tree, a) > MIN_TASK_PLACES)
  join_nodes(work, near, b);
  if (to_far <= work->radius.square) join_nodes(work, far, b);
}

/* Joins the core rows of a node with each other. */
static void join_inside(gy_dbscan_work *work, uint32_t node) {
  uint32_t right = work->tree.nodes[node].right;
  if (work->first_core[node] == GY_KD_NONE || gy_task_cancelled(work->task)) return;
  if (is_within(work, node, node)) {
    join_all(work, node, work->first_core[node]);
  } else if (right == 0) {
    join_leaves(work, node, node);
  } else {
#pragma omp task if (size_of(&work->tree, node) > MIN_TASK_PLACES)
    join_inside(work, node + 1);
    join_inside(work, right);
#pragma omp taskwait
    if (least_between(work, node + 1, right) <= work->radius.square) join_nodes(work, node + 1, right);
  }
  is_joined(work, node);
}

void gy_dbscan_join_core(gy_dbscan_work *work) {
  const gy_kd_tree *tree = &work->tree;
  for (size_t place = 0; place < tree->n; place++) atomic_init(&work->sets[place], (uint32_t)place);
  for (uint32_t node = (uint32_t)tree->n_nodes; node-- > 0;) {
    gy_kd_node at = tree->nodes[node];
    atomic_init(&work->joined[node], 0);
    if (at.right == 0) {
      uint32_t cores = work->core[at.first / GY_KD_LEAF];
      work->first_core[node] = cores == 0 ? GY_KD_NONE : at.first + (uint32_t)__builtin_ctz(cores);
    } else {
      uint32_t left = work->first_core[node + 1];
      work->first_core[node] = left != GY_KD_NONE ? left : work->first_core[at.right];
    }
  }
#pragma omp parallel num_threads(work->n_threads)
#pragma omp single
  join_inside(work, 0);
  for (uint32_t node = (uint32_t)tree->n_nodes; node-- > 0;)
    if (work->first_core[node] != GY_KD_NONE) is_joined(work, node);
}

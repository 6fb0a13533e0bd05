/* SPDX-License-Identifier: Apache-2.0
 *
 * OPTICS is Prim's algorithm (1957) over reachabilities: visit a row, let it offer shorter ways to the
 * others, go on with the nearest of them. Here the kd-tree does the work of both the neighbour lists and the
 * priority queue. Every node knows the greatest and the least reachability of its unvisited rows:
 *
 *   a row p can better nobody in a node whose box is as far as the greatest, or whose greatest is no more
 * than p's core distance; so p looks only at regions where it is the nearest row so far; the least at the
 * root says whom to visit next.
 *
 * Memory is O(n), and no neighbourhood is ever listed, however large max_eps is. */
#include "cluster/optics_order.h"

#include <float.h>

static inline bool comes_before(const gy_optics_node *a, const gy_optics_node *b) {
  return a->least < b->least || (a->least <= b->least && a->row < b->row);
}

static void see_leaf(gy_optics_walk *walk, uint32_t node) {
  const gy_kd_tree *tree = walk->tree;
  uint32_t first = tree->nodes[node].first;
  gy_optics_node seen = {-1, INFINITY, GY_KD_NONE, 0};
  for (uint32_t rest = walk->left[first / GY_KD_LEAF]; rest != 0; rest &= rest - 1) {
    uint32_t place = first + (uint32_t)__builtin_ctz(rest);
    double reach = walk->reach[place];
    /* Rows of a leaf ascend: the first of equals has the lowest number. */
    if (seen.row == GY_KD_NONE || reach < seen.least)
      seen = (gy_optics_node){seen.most, reach, tree->rows[place], place};
    seen.most = reach > seen.most ? reach : seen.most;
  }
  walk->nodes[node] = seen;
}

static void see_children(gy_optics_walk *walk, uint32_t node) {
  const gy_optics_node *left = &walk->nodes[node + 1], *right = &walk->nodes[walk->tree->nodes[node].right];
  gy_optics_node seen = comes_before(right, left) ? *right : *left;
  seen.most = left->most > right->most ? left->most : right->most;
  walk->nodes[node] = seen;
}

/* Lets the visited row offer its reachability to the rows of a leaf; true where one took it. */
static bool offer_to_leaf(gy_optics_walk *walk, uint32_t node, uint32_t visited) {
  static const uint8_t only = 0;
  const gy_kd_tree *tree = walk->tree;
  uint32_t first = tree->nodes[node].first, near;
  double most = walk->nodes[node].most, core = walk->core[visited];
  const float *block = gy_kd_block(tree, first);
  gy_kd_points point = {walk->point, 1, &only, 1};
  gy_kd_band band = gy_kd_band_of(most < walk->limit ? most : walk->limit, tree->d);
  bool taken = false;
  tree->kernel->near_points(block, tree->d, &point, &band.unsure, &near, NULL, NULL);
  for (near &= walk->left[first / GY_KD_LEAF]; near != 0; near &= near - 1) {
    uint32_t i = (uint32_t)__builtin_ctz(near);
    double square = gy_kd_square(walk->point, 1, block + i, GY_KD_LEAF, tree->d);
    double reach = square > core ? square : core;
    if (square > walk->limit || !(reach < walk->reach[first + i])) continue;
    walk->reach[first + i] = reach;
    walk->from[first + i] = visited;
    taken = true;
  }
  if (taken) see_leaf(walk, node);
  return taken;
}

static bool offer(gy_optics_walk *walk, uint32_t node, uint32_t visited) {
  const gy_kd_tree *tree = walk->tree;
  double most = walk->nodes[node].most;
  if (most <= walk->core[visited]) return false;
  double enough = most < walk->limit ? most : walk->limit;
  double least = gy_kd_box_least(walk->point, walk->point, gy_kd_lower(tree, node), gy_kd_upper(tree, node),
                                 tree->d, enough);
  if (least >= most || least > walk->limit) return false;
  if (tree->nodes[node].right == 0) return offer_to_leaf(walk, node, visited);
  bool left = offer(walk, node + 1, visited), right = offer(walk, tree->nodes[node].right, visited);
  if (left || right) see_children(walk, node);
  return left || right;
}

/* Takes a place out of those to be visited. */
static void leave(gy_optics_walk *walk, uint32_t place) {
  const gy_kd_tree *tree = walk->tree;
  uint32_t node = tree->leaf_nodes[place / GY_KD_LEAF];
  walk->left[place / GY_KD_LEAF] &= ~(1u << place % GY_KD_LEAF);
  see_leaf(walk, node);
  while (node != 0) {
    node = tree->nodes[node].parent;
    see_children(walk, node);
  }
}

static void start(gy_optics_walk *walk) {
  const gy_kd_tree *tree = walk->tree;
  for (size_t place = 0; place < tree->n; place++) {
    walk->reach[place] = INFINITY;
    walk->from[place] = GY_KD_NONE;
  }
  for (uint32_t node = (uint32_t)tree->n_nodes; node-- > 0;) {
    gy_kd_node at = tree->nodes[node];
    if (at.right == 0) {
      walk->left[at.first / GY_KD_LEAF] = UINT32_MAX >> (GY_KD_LEAF - (at.end - at.first));
      see_leaf(walk, node);
    } else {
      see_children(walk, node);
    }
  }
}

gy_status gy_optics_visit_all(gy_optics_walk *walk, int32_t *ordering, gy_error *err) {
  enum { ROWS_A_REPORT = 1024 };
  const gy_kd_tree *tree = walk->tree;
  start(walk);
  for (size_t i = 0; i < tree->n; i++) {
    /* One row may look at all others. */
    if (gy_task_cancelled(walk->task)) break;
    if (i % ROWS_A_REPORT == 0) gy_task_progress(walk->task, "OPTICS", i, tree->n, "rows");
    uint32_t place = walk->nodes[0].place;
    ordering[i] = (int32_t)place;
    leave(walk, place);
    if (isinf(walk->core[place])) continue;
    for (size_t j = 0; j < tree->d; j++) walk->point[j] = gy_kd_point(tree, place)[j * GY_KD_LEAF];
    offer(walk, 0, place);
  }
  return gy_task_check(walk->task, err);
}

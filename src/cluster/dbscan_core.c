/* SPDX-License-Identifier: Apache-2.0
 *
 * Which rows are core rows, and where border rows belong: both ask for the rows within eps of all the rows of
 * a leaf, and walk the tree once for them together.
 *
 * Counting stops for a row at min_samples, and the walk begins at home, so that in a dense region a leaf and
 * its sibling often say it all. Parts wholly within eps of the whole leaf are counted without being looked
 * at: a million equal rows cost each of their leaves a few nodes. */
#include "cluster/dbscan_work.h"

#include <float.h>
#include <stdatomic.h>

/* Points of one leaf that still want to see other leaves. */
typedef struct {
  const gy_dbscan_work *work;
  gy_kd_points points;
  uint8_t which[GY_KD_LEAF];
  uint32_t active;
  float limits[GY_KD_LEAF]; /* radius of the active ones; -1 */
} leaf_group;

static void group_start(leaf_group *group, const gy_dbscan_work *work, uint32_t home, uint32_t active) {
  group->work = work;
  group->points =
      (gy_kd_points){.values = gy_kd_block(&work->tree, work->tree.nodes[home].first), .step = GY_KD_LEAF};
  group->active = active;
  for (size_t i = 0; i < GY_KD_LEAF; i++) group->limits[i] = active >> i & 1 ? work->radius.unsure[i] : -1;
}

static void group_leave(leaf_group *group, size_t point) {
  group->active &= ~(1u << point);
  group->limits[point] = -1;
}

/* Lists the active points near the box of a leaf, and which of its places are within eps of them. */
static void group_compare(leaf_group *group, uint32_t node, uint32_t *within) {
  const gy_kd_tree *tree = &group->work->tree;
  uint32_t near = tree->kernel->near_box(group->points.values, tree->d, gy_kd_lower(tree, node),
                                         gy_kd_upper(tree, node), group->limits);
  gy_dbscan_list(near, &group->points, group->which);
  gy_kd_leaf_within(tree, node, &group->points, &group->work->radius, within);
}

static void count_for_leaf(gy_dbscan_work *work, size_t leaf) {
  const gy_kd_tree *tree = &work->tree;
  uint32_t home = tree->leaf_nodes[leaf], all = gy_dbscan_places_of(tree->nodes[home]), within[GY_KD_LEAF];
  size_t counts[GY_KD_LEAF] = {0}, counted = 0;
  leaf_group group;
  gy_kd_walk walk;
  double square = work->radius.square;
  group_start(&group, work, home, all);
  gy_kd_walk_start(&walk, tree, gy_kd_lower(tree, home), gy_kd_upper(tree, home), home);
  for (uint32_t node; (node = gy_kd_walk_next(&walk, square, square)) != GY_KD_NONE;) {
    if (walk.whole) {
      counted += tree->nodes[node].end - tree->nodes[node].first;
    } else {
      group_compare(&group, node, within);
      for (size_t q = 0; q < group.points.n; q++)
        counts[group.which[q]] += (size_t)__builtin_popcount(within[q]);
    }
    for (uint32_t rest = group.active; rest != 0; rest &= rest - 1) {
      size_t i = (size_t)__builtin_ctz(rest);
      if (counts[i] + counted >= work->min_samples) group_leave(&group, i);
    }
    if (group.active == 0) break;
  }
  work->core[leaf] = all & ~group.active;
}

void gy_dbscan_mark_core(gy_dbscan_work *work) {
  const gy_kd_tree *tree = &work->tree;
  atomic_size_t n_done = 0;
#pragma omp parallel for schedule(dynamic, 16) num_threads(work->n_threads)
  for (size_t leaf = 0; leaf < tree->n_leaves; leaf++) {
    if (gy_task_cancelled(work->task)) continue;
    count_for_leaf(work, leaf);
    size_t done = atomic_fetch_add_explicit(&n_done, 1, memory_order_relaxed) + 1;
    if (leaf % 256 == 0) gy_task_progress(work->task, "DBSCAN", done, tree->n_leaves, "leaves");
  }
}

/* The cluster that each row of a leaf would join, as far as it has seen. */
typedef struct {
  leaf_group group;
  const int32_t *labels;
  gy_kd_neighbour nearest[GY_KD_LEAF]; /* core row */
  int32_t first[GY_KD_LEAF];           /* lowest label */
  uint32_t rows;                       /* the rows that are meant */
  gy_kd_neighbour farthest;            /* of the nearest */
  int32_t last;                        /* of the first */
} adoption;

static bool is_nearer(gy_kd_neighbour a, gy_kd_neighbour b) {
  return a.square < b.square || (a.square <= b.square && a.row < b.row);
}

/* Nodes that can change nothing: without core rows; as far as every row's nearest, with higher row numbers;
 * in one cluster, and of no lower label. Without this, equal rows would each look at all rows equal to
 * others. */
static bool cannot_adopt(const void *user, uint32_t node, double least) {
  const adoption *a = user;
  const gy_dbscan_work *work = a->group.work;
  uint32_t place = work->first_core[node];
  if (place == GY_KD_NONE) return true;
  if (work->border == GY_DBSCAN_BORDER_NEAREST)
    return least >= a->farthest.square && work->tree.least_rows[node] > a->farthest.row;
  return work->joined[node] && a->labels[work->tree.rows[place]] >= a->last;
}

static void adopt(adoption *a, size_t point, uint32_t node, uint32_t cores) {
  const gy_kd_tree *tree = &a->group.work->tree;
  for (; cores != 0; cores &= cores - 1) {
    uint32_t place = tree->nodes[node].first + (uint32_t)__builtin_ctz(cores), row = tree->rows[place];
    if (a->labels[row] < a->first[point]) a->first[point] = a->labels[row];
    if (a->group.work->border != GY_DBSCAN_BORDER_NEAREST) continue;
    double square = gy_kd_square(a->group.points.values + point, GY_KD_LEAF, gy_kd_point(tree, place),
                                 GY_KD_LEAF, tree->d);
    gy_kd_neighbour found = {square, row};
    if (is_nearer(found, a->nearest[point])) a->nearest[point] = found;
  }
}

static void see_what_is_wanted(adoption *a) {
  a->farthest = (gy_kd_neighbour){-1, 0};
  a->last = 0;
  for (uint32_t rest = a->rows; rest != 0; rest &= rest - 1) {
    size_t i = (size_t)__builtin_ctz(rest);
    if (is_nearer(a->farthest, a->nearest[i])) a->farthest = a->nearest[i];
    if (a->first[i] > a->last) a->last = a->first[i];
  }
}

static void adopt_leaf(adoption *a, size_t leaf) {
  const gy_dbscan_work *work = a->group.work;
  const gy_kd_tree *tree = &work->tree;
  uint32_t home = tree->leaf_nodes[leaf], within[GY_KD_LEAF];
  gy_kd_walk walk;
  gy_kd_walk_start(&walk, tree, gy_kd_lower(tree, home), gy_kd_upper(tree, home), home);
  walk.skip = cannot_adopt;
  walk.user = a;
  see_what_is_wanted(a);
  double square = work->radius.square;
  for (uint32_t node; (node = gy_kd_walk_next(&walk, square, -1)) != GY_KD_NONE;) {
    group_compare(&a->group, node, within);
    for (size_t q = 0; q < a->group.points.n; q++)
      adopt(a, a->group.which[q], node, within[q] & work->core[tree->nodes[node].first / GY_KD_LEAF]);
    see_what_is_wanted(a);
    square = a->farthest.square < square ? a->farthest.square : square;
  }
}

static void border_of_leaf(const gy_dbscan_work *work, size_t leaf, int32_t *labels) {
  const gy_kd_tree *tree = &work->tree;
  uint32_t home = tree->leaf_nodes[leaf], first = tree->nodes[home].first;
  adoption a = {.labels = labels, .rows = gy_dbscan_places_of(tree->nodes[home]) & ~work->core[leaf]};
  if (a.rows == 0) return;
  group_start(&a.group, work, home, a.rows);
  for (size_t i = 0; i < GY_KD_LEAF; i++) {
    a.nearest[i] = (gy_kd_neighbour){INFINITY, GY_KD_NONE};
    a.first[i] = INT32_MAX;
  }
  adopt_leaf(&a, leaf);
  for (uint32_t rest = a.rows; rest != 0; rest &= rest - 1) {
    size_t i = (size_t)__builtin_ctz(rest);
    int32_t label = work->border == GY_DBSCAN_BORDER_NEAREST && a.nearest[i].row != GY_KD_NONE
                        ? labels[a.nearest[i].row]
                        : a.first[i];
    labels[tree->rows[first + i]] = label == INT32_MAX ? -1 : label;
  }
}

/* Reads labels of core rows, writes those of others. */
void gy_dbscan_label_border(const gy_dbscan_work *work, int32_t *labels) {
#pragma omp parallel for schedule(dynamic, 16) num_threads(work->n_threads)
  for (size_t leaf = 0; leaf < work->tree.n_leaves; leaf++)
    if (!gy_task_cancelled(work->task)) border_of_leaf(work, leaf, labels);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Searching the kd-tree: a walk over the nodes near a box, and on top of it nearest neighbours, counts and
 * visits.
 *
 * All rows of a leaf are served by one walk, for they want nearly the same nodes: the walk keeps to what the
 * neediest of them still wants, a vector loop says which of them want this leaf, and only those are compared
 * with it. A single query is a group of one. */
#include "num/kd_tree.h"

#include <float.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "num/threads.h"

gy_kd_band gy_kd_band_of(double square, size_t d) {
  /* Each difference and square is rounded, each addition rounds once more, all terms are positive: (d + 2)
   * half-units of the last place; what underflows adds less than the least normal float a column. */
  double relative = (double)(d + 8) * 0x1p-24, absolute = (double)d * (double)FLT_MIN;
  double sure = square * (1 - relative) - absolute, unsure = square * (1 + relative) + absolute;
  if (relative >= 0.5) sure = -1;
  gy_kd_band band = {.sure = sure < FLT_MAX ? nextafterf((float)sure, -1) : FLT_MAX,
                     .unsure = unsure < FLT_MAX / 2 ? nextafterf((float)unsure, INFINITY) : FLT_MAX};
  return band;
}

static void push(gy_kd_walk *walk, uint32_t node, double least) {
  walk->waiting[walk->n_waiting].node = node;
  walk->waiting[walk->n_waiting++].least = least;
}

void gy_kd_walk_start(gy_kd_walk *walk, const gy_kd_tree *tree, const float *lower, const float *upper,
                      uint32_t home) {
  walk->tree = tree;
  walk->lower = lower;
  walk->upper = upper;
  walk->n_waiting = 0;
  walk->skip = NULL;
  if (home == GY_KD_NONE) {
    push(walk, 0, -1);
    return;
  }
  /* The siblings of the way from home to the root: the root's children wait below. */
  for (uint32_t node = home; node != 0; node = tree->nodes[node].parent) {
    uint32_t parent = tree->nodes[node].parent;
    push(walk, node == parent + 1 ? tree->nodes[parent].right : parent + 1, -1);
  }
  for (size_t i = 0, j = walk->n_waiting; i + 1 < j; i++) {
    j--;
    uint32_t node = walk->waiting[i].node;
    walk->waiting[i].node = walk->waiting[j].node;
    walk->waiting[j].node = node;
  }
  push(walk, home, 0);
}

uint32_t gy_kd_walk_next(gy_kd_walk *walk, double least, double greatest) {
  const gy_kd_tree *tree = walk->tree;
  size_t d = tree->d;
  while (walk->n_waiting > 0) {
    uint32_t node = walk->waiting[--walk->n_waiting].node;
    double distance = walk->waiting[walk->n_waiting].least;
    if (distance < 0)
      distance = gy_kd_box_least(walk->lower, walk->upper, gy_kd_lower(tree, node), gy_kd_upper(tree, node),
                                 d, least);
    if (distance > least || (walk->skip != NULL && walk->skip(walk->user, node, distance))) continue;
    uint32_t left = node + 1, right = tree->nodes[node].right;
    walk->whole = greatest >= 0 && gy_kd_box_greatest(walk->lower, walk->upper, gy_kd_lower(tree, node),
                                                      gy_kd_upper(tree, node), d, greatest) <= greatest;
    if (right == 0 || walk->whole) return node;
    double to_left =
        gy_kd_box_least(walk->lower, walk->upper, gy_kd_lower(tree, left), gy_kd_upper(tree, left), d, least);
    double to_right = gy_kd_box_least(walk->lower, walk->upper, gy_kd_lower(tree, right),
                                      gy_kd_upper(tree, right), d, least);
    bool left_first = to_left <= to_right;
    push(walk, left_first ? right : left, left_first ? to_right : to_left);
    push(walk, left_first ? left : right, left_first ? to_left : to_right);
  }
  return GY_KD_NONE;
}

/* Points that look for their k nearest neighbours together. */
typedef struct {
  const gy_kd_tree *tree;
  const float *values; /* feature j of point i: values[j * step + i] */
  size_t step;
  size_t n;
  uint32_t first_place; /* of the points themselves, which are not their own neighbours; or GY_KD_NONE */
  size_t k;
  gy_kd_neighbour *heaps; /* k for each point: the best so far, the worst of them on top */
  gy_kd_neighbour worst;  /* of the tops */
  float limits[GY_KD_LEAF];
} seekers;

static inline bool is_nearer(gy_kd_neighbour a, gy_kd_neighbour b) {
  return a.square < b.square || (a.square <= b.square && a.row < b.row);
}

/* Replaces the top of a heap. */
static void sink(gy_kd_neighbour *heap, size_t n, gy_kd_neighbour item) {
  size_t at = 0;
  for (size_t child; (child = 2 * at + 1) < n; at = child) {
    if (child + 1 < n && is_nearer(heap[child], heap[child + 1])) child++;
    if (!is_nearer(item, heap[child])) break;
    heap[at] = heap[child];
  }
  heap[at] = item;
}

/* A heap becomes a list, nearest first. */
static void sort_heap(gy_kd_neighbour *heap, size_t n) {
  for (size_t left = n; left-- > 1;) {
    gy_kd_neighbour worst = heap[0], item = heap[left];
    sink(heap, left, item);
    heap[left] = worst;
  }
}

static void seek_start(seekers *s, gy_kd_neighbour none) {
  float limit = gy_kd_band_of(none.square, s->tree->d).unsure;
  for (size_t i = 0; i < s->n * s->k; i++) s->heaps[i] = none;
  for (size_t i = 0; i < GY_KD_LEAF; i++) s->limits[i] = i < s->n ? limit : -1;
}

static void offer(seekers *s, size_t point, const float *block, uint32_t first, uint32_t near) {
  const gy_kd_tree *tree = s->tree;
  gy_kd_neighbour *heap = s->heaps + point * s->k;
  bool changed = false;
  for (; near != 0; near &= near - 1) {
    uint32_t i = (uint32_t)__builtin_ctz(near);
    if (s->first_place != GY_KD_NONE && first + i == s->first_place + point) continue;
    double square = gy_kd_square(s->values + point, s->step, block + i, GY_KD_LEAF, tree->d);
    gy_kd_neighbour item = {square, tree->rows[first + i]};
    if (!is_nearer(item, heap[0])) continue;
    sink(heap, s->k, item);
    changed = true;
  }
  if (changed) s->limits[point] = gy_kd_band_of(heap[0].square, tree->d).unsure;
}

static void seek_in_leaf(seekers *s, uint32_t node) {
  const gy_kd_tree *tree = s->tree;
  uint32_t first = tree->nodes[node].first, within[GY_KD_LEAF];
  uint8_t which[GY_KD_LEAF];
  const float *block = gy_kd_block(tree, first);
  uint32_t wanting = 1;
  if (s->step == GY_KD_LEAF && s->n > 1)
    wanting = tree->kernel->near_box(s->values, tree->d, gy_kd_lower(tree, node), gy_kd_upper(tree, node),
                                     s->limits);
  gy_kd_points points = {s->values, s->step, which, 0};
  for (; wanting != 0; wanting &= wanting - 1) which[points.n++] = (uint8_t)__builtin_ctz(wanting);
  tree->kernel->near_points(block, tree->d, &points, s->limits, within, NULL, NULL);
  for (size_t q = 0; q < points.n; q++) offer(s, which[q], block, first, within[q]);
}

/* What the neediest point would still give up: the worst of the worst. */
static gy_kd_neighbour neediest(const seekers *s) {
  gy_kd_neighbour worst = s->heaps[0];
  for (size_t i = 1; i < s->n; i++)
    if (is_nearer(worst, s->heaps[i * s->k])) worst = s->heaps[i * s->k];
  return worst;
}

/* Nodes as far as the worst are wanted for lower row numbers only. */
static bool has_higher_rows(const void *user, uint32_t node, double least) {
  const seekers *s = user;
  return least >= s->worst.square && s->tree->least_rows[node] > s->worst.row;
}

static void seek(seekers *s, const float *lower, const float *upper, uint32_t home) {
  gy_kd_walk walk;
  gy_kd_walk_start(&walk, s->tree, lower, upper, home);
  walk.skip = has_higher_rows;
  walk.user = s;
  s->worst = neediest(s);
  for (uint32_t node; (node = gy_kd_walk_next(&walk, s->worst.square, -1)) != GY_KD_NONE;) {
    seek_in_leaf(s, node);
    s->worst = neediest(s);
  }
}

void gy_kd_nearest_within(const gy_kd_tree *tree, const float *query, double square, size_t k,
                          gy_kd_neighbour *found) {
  seekers s = {
      .tree = tree, .values = query, .step = 1, .n = 1, .first_place = GY_KD_NONE, .k = k, .heaps = found};
  /* A row exactly at the limit must still replace what stands for "none". */
  seek_start(&s, (gy_kd_neighbour){square, GY_KD_NONE});
  seek(&s, query, query, GY_KD_NONE);
  sort_heap(found, k);
  for (size_t j = 0; j < k; j++)
    if (found[j].row == GY_KD_NONE) found[j].square = INFINITY;
}

void gy_kd_nearest(const gy_kd_tree *tree, const float *query, size_t k, gy_kd_neighbour *found) {
  gy_kd_nearest_within(tree, query, INFINITY, k, found);
}

/* The neighbours of all rows of one leaf, into heaps. */
static void seek_for_leaf(seekers *s, uint32_t home) {
  const gy_kd_tree *tree = s->tree;
  s->first_place = tree->nodes[home].first;
  s->values = gy_kd_block(tree, s->first_place);
  s->n = tree->nodes[home].end - s->first_place;
  seek_start(s, (gy_kd_neighbour){INFINITY, GY_KD_NONE});
  seek(s, gy_kd_lower(tree, home), gy_kd_upper(tree, home), home);
}

gy_status gy_kd_nearest_all(const gy_kd_tree *tree, size_t k, const gy_task *task, uint32_t *rows,
                            double *squares, double *last, gy_error *err) {
  size_t n_threads = (size_t)gy_task_threads(task), share;
  if (n_threads > tree->n_leaves) n_threads = tree->n_leaves;
  gy_kd_neighbour *heaps = NULL;
  if (!__builtin_mul_overflow(k, GY_KD_LEAF * n_threads * sizeof *heaps, &share)) heaps = malloc(share);
  if (heaps == NULL)
    return gy_fail(err, GY_ENOMEM, "nearest neighbours: out of memory for %zu neighbours a row", k);
  atomic_size_t n_done = 0;
#pragma omp parallel for schedule(dynamic, 8) num_threads(n_threads)
  for (size_t leaf = 0; leaf < tree->n_leaves; leaf++) {
    if (gy_task_cancelled(task)) continue;
    seekers s = {.tree = tree, .step = GY_KD_LEAF, .k = k};
    s.heaps = heaps + gy_thread_number() * GY_KD_LEAF * k;
    seek_for_leaf(&s, tree->leaf_nodes[leaf]);
    for (size_t i = 0; i < s.n; i++) {
      size_t row = tree->rows[s.first_place + i];
      gy_kd_neighbour *found = s.heaps + i * k;
      if (last != NULL) last[row] = found[0].square;
      if (rows == NULL && squares == NULL) continue;
      sort_heap(found, k);
      for (size_t j = 0; j < k; j++) {
        if (rows != NULL) rows[row * k + j] = found[j].row;
        if (squares != NULL) squares[row * k + j] = found[j].square;
      }
    }
    size_t done = atomic_fetch_add_explicit(&n_done, s.n, memory_order_relaxed) + s.n;
    if (leaf % 256 == 0) gy_task_progress(task, "nearest neighbours", done, tree->n, "rows");
  }
  free(heaps);
  return gy_task_check(task, err);
}

gy_kd_radius gy_kd_radius_of(double square, size_t d) {
  gy_kd_radius radius = {.square = square};
  gy_kd_band band = gy_kd_band_of(square, d);
  for (size_t i = 0; i < GY_KD_LEAF; i++) {
    radius.sure[i] = band.sure;
    radius.unsure[i] = band.unsure;
  }
  return radius;
}

void gy_kd_leaf_within(const gy_kd_tree *tree, uint32_t node, const gy_kd_points *points,
                       const gy_kd_radius *radius, uint32_t *within) {
  uint32_t sure[GY_KD_LEAF];
  const float *block = gy_kd_block(tree, tree->nodes[node].first);
  tree->kernel->near_points(block, tree->d, points, radius->unsure, within, radius->sure, sure);
  for (size_t q = 0; q < points->n; q++) {
    const float *point = points->values + points->which[q];
    for (uint32_t unsure = within[q] & ~sure[q]; unsure != 0; unsure &= unsure - 1) {
      uint32_t i = (uint32_t)__builtin_ctz(unsure);
      double square = gy_kd_square(point, points->step, block + i, GY_KD_LEAF, tree->d);
      if (!(square <= radius->square)) within[q] &= ~(1u << i);
    }
  }
}

size_t gy_kd_count(const gy_kd_tree *tree, const float *query, double square, size_t enough) {
  static const uint8_t only = 0;
  gy_kd_radius radius = gy_kd_radius_of(square, tree->d);
  gy_kd_points point = {query, 1, &only, 1};
  gy_kd_walk walk;
  size_t count = 0;
  gy_kd_walk_start(&walk, tree, query, query, GY_KD_NONE);
  for (uint32_t node; count < enough && (node = gy_kd_walk_next(&walk, square, square)) != GY_KD_NONE;) {
    uint32_t within;
    if (walk.whole) {
      count += tree->nodes[node].end - tree->nodes[node].first;
    } else {
      gy_kd_leaf_within(tree, node, &point, &radius, &within);
      count += (size_t)__builtin_popcount(within);
    }
  }
  return count;
}

void gy_kd_visit(const gy_kd_tree *tree, const float *query, double square,
                 void (*see)(void *user, uint32_t place, double square), void *user) {
  static const uint8_t only = 0;
  gy_kd_radius radius = gy_kd_radius_of(square, tree->d);
  gy_kd_points point = {query, 1, &only, 1};
  gy_kd_walk walk;
  gy_kd_walk_start(&walk, tree, query, query, GY_KD_NONE);
  for (uint32_t node, within; (node = gy_kd_walk_next(&walk, square, -1)) != GY_KD_NONE;) {
    gy_kd_leaf_within(tree, node, &point, &radius, &within);
    for (; within != 0; within &= within - 1) {
      uint32_t place = tree->nodes[node].first + (uint32_t)__builtin_ctz(within);
      see(user, place, gy_kd_square(query, 1, gy_kd_point(tree, place), GY_KD_LEAF, tree->d));
    }
  }
}

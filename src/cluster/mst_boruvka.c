/* SPDX-License-Identifier: Apache-2.0
 *
 * Boruvka's algorithm (1926) over a kd-tree. Every point begins as a component of its own; in each round
 * every component finds the best edge that leaves it, and all these edges join the tree at once. Components
 * at least halve, so there are at most log2 n rounds; the total order of edges (mst.h) rules circles out.
 *
 * The work is "nearest point of another component" for many points at once (March, Ram and Gray 2010 walk two
 * trees for it). Here the points of a leaf search together, from their own leaf upwards, and are spared by
 *
 *   - the component's best edge so far: what lies farther cannot win;
 *   - nodes all of whose points are in the component of all who search;
 *   - memory: a point's nearest foreign point stays the nearest as long as it is foreign, and when it no
 * longer is, its distance is still a lower bound, since the foreign points only become fewer;
 *   - a weight equal to the point's own core distance, the least it can be: only nearer points matter then.
 *
 * Threads meet in the components' bests, atomic minima that only prune; what is found does not depend on when
 * they fall. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/layout.h"
#include "cluster/mst_work.h"

enum { LEAVES_A_SHARE = 8 };

typedef struct {
  const gy_mst_points *p;
  const gy_kd_tree *tree;
  size_t n;
  double *core;             /* place -> squared core distance */
  uint32_t *component;      /* place -> a place that stands for its component */
  uint32_t *parent;         /* union-find over places */
  uint32_t *foreign;        /* place -> its best point of another component, or GY_KD_NONE */
  double *weight;           /* place -> weight of the edge there; where none: a lower bound of it */
  double *distance;         /* place -> distance of that edge */
  _Atomic uint64_t *best;   /* component -> least weight that leaves it so far, as bits */
  uint32_t *best_place;     /* component -> the place its best edge begins at */
  uint32_t *node_component; /* node -> component of all its points, or GY_KD_NONE */
  double *node_core;        /* node -> least core distance of its points */
} boruvka;

static size_t lay_out(boruvka *w, size_t n, size_t n_nodes, void *base) {
  gy_layout at = {.base = base};
  w->core = gy_layout_take(&at, n, sizeof *w->core);
  w->component = gy_layout_take(&at, n, sizeof *w->component);
  w->parent = gy_layout_take(&at, n, sizeof *w->parent);
  w->foreign = gy_layout_take(&at, n, sizeof *w->foreign);
  w->weight = gy_layout_take(&at, n, sizeof *w->weight);
  w->distance = gy_layout_take(&at, n, sizeof *w->distance);
  w->best = gy_layout_take(&at, n, sizeof *w->best);
  w->best_place = gy_layout_take(&at, n, sizeof *w->best_place);
  w->node_component = gy_layout_take(&at, n_nodes, sizeof *w->node_component);
  w->node_core = gy_layout_take(&at, n_nodes, sizeof *w->node_core);
  return gy_layout_bytes(&at);
}

size_t gy_mst_boruvka_memory(size_t n) {
  if (n > SIZE_MAX / 128) return SIZE_MAX;
  return lay_out(&(boruvka){0}, n, 2 * (n / GY_KD_LEAF + 1), NULL);
}

/* Distances are not negative, so their bits compare as they do. */
static uint64_t bits_of(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static double best_of(const boruvka *w, uint32_t component) {
  uint64_t bits = atomic_load_explicit(&w->best[component], memory_order_relaxed);
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static void lower_best(const boruvka *w, uint32_t component, double weight) {
  uint64_t bits = bits_of(weight), seen = atomic_load_explicit(&w->best[component], memory_order_relaxed);
  while (bits < seen && !atomic_compare_exchange_weak_explicit(&w->best[component], &seen, bits,
                                                               memory_order_relaxed, memory_order_relaxed)) {
  }
}

static uint32_t find(uint32_t *parent, uint32_t place) {
  while (parent[place] != place) place = parent[place] = parent[parent[place]];
  return place;
}

/* The points of one leaf that search. */
typedef struct {
  const boruvka *w;
  uint32_t leaf_first; /* place of point 0 */
  uint32_t active;     /* bit i: point i searches */
  uint32_t component;  /* of all who search; GY_KD_NONE: several */
  const float *block;
  const float *lower, *upper; /* box of the leaf */
  double reach[GY_KD_LEAF];   /* squared distance beyond which nothing helps the point */
  float limits[GY_KD_LEAF];   /* the same for the inner loops; -1: does not search */
  double heights[GY_KD_LEAF]; /* weight beyond which nothing helps it */
  double farthest, highest;   /* the largest of each */
} seekers;

static void set_reach(seekers *s, unsigned point) {
  const boruvka *w = s->w;
  uint32_t place = s->leaf_first + point;
  double reach = best_of(w, w->component[place]);
  s->heights[point] = reach;
  if (w->foreign[place] != GY_KD_NONE && w->weight[place] <= reach) {
    s->heights[point] = w->weight[place];
    reach = w->weight[place] > w->core[place] ? w->weight[place] : w->distance[place];
  }
  s->reach[point] = reach;
  s->limits[point] = gy_kd_band_of(reach, w->tree->d).unsure;
}

static void set_farthest(seekers *s) {
  s->farthest = s->highest = -1;
  for (uint32_t left = s->active; left != 0; left &= left - 1) {
    unsigned point = (unsigned)__builtin_ctz(left);
    if (s->reach[point] > s->farthest) s->farthest = s->reach[point];
    if (s->heights[point] > s->highest) s->highest = s->heights[point];
  }
}

/* Offers place `other` to a point that searches. */
static void offer(seekers *s, unsigned point, uint32_t other) {
  const boruvka *w = s->w;
  uint32_t place = s->leaf_first + point;
  const uint32_t *rows = w->tree->rows;
  if (w->component[other] == w->component[place]) return;
  double distance = gy_kd_square_of(w->tree, place, other);
  double weight = gy_mst_weight(distance, w->core[place], w->core[other]);
  if (w->foreign[place] != GY_KD_NONE &&
      !gy_mst_before(weight, distance, rows[place], rows[other], w->weight[place], w->distance[place],
                     rows[place], rows[w->foreign[place]]))
    return;
  w->foreign[place] = other;
  w->weight[place] = weight;
  w->distance[place] = distance;
  lower_best(w, w->component[place], weight);
  set_reach(s, point);
}

static void seek_in_leaf(seekers *s, uint32_t node) {
  const gy_kd_tree *tree = s->w->tree;
  uint32_t first = tree->nodes[node].first, within[GY_KD_LEAF];
  uint8_t which[GY_KD_LEAF];
  gy_kd_points points = {s->block, GY_KD_LEAF, which, 0};
  uint32_t wanting =
      tree->kernel->near_box(s->block, tree->d, gy_kd_lower(tree, node), gy_kd_upper(tree, node), s->limits);
  for (; wanting != 0; wanting &= wanting - 1) {
    unsigned point = (unsigned)__builtin_ctz(wanting);
    if (s->w->node_component[node] != s->w->component[s->leaf_first + point])
      which[points.n++] = (uint8_t)point;
  }
  if (points.n == 0) return;
  tree->kernel->near_points(gy_kd_block(tree, first), tree->d, &points, s->limits, within, NULL, NULL);
  for (size_t q = 0; q < points.n; q++)
    for (uint32_t left = within[q]; left != 0; left &= left - 1)
      offer(s, which[q], first + (uint32_t)__builtin_ctz(left));
  set_farthest(s);
}

/* Squared distance to a node, or +inf where nothing in it can help. */
static double node_distance(const seekers *s, uint32_t node) {
  const boruvka *w = s->w;
  if (s->component != GY_KD_NONE && w->node_component[node] == s->component) return INFINITY;
  if (w->node_core[node] > s->highest) return INFINITY;
  double least = gy_kd_box_least(s->lower, s->upper, gy_kd_lower(w->tree, node), gy_kd_upper(w->tree, node),
                                 w->tree->d, s->farthest);
  return least <= s->farthest ? least : INFINITY;
}

/* The leaves below `node`, the nearer child first. */
static void seek_below(seekers *s, uint32_t node) {
  struct {
    uint32_t node;
    double least;
  } waiting[64];
  size_t n = 0;
  double least = node_distance(s, node);
  if (least < INFINITY) waiting[n].node = node, waiting[n++].least = least;
  while (n > 0) {
    n--;
    if (waiting[n].least > s->farthest) continue;
    node = waiting[n].node;
    uint32_t right = s->w->tree->nodes[node].right;
    if (right == 0) {
      seek_in_leaf(s, node);
      continue;
    }
    double to_left = node_distance(s, node + 1), to_right = node_distance(s, right);
    bool left_first = to_left <= to_right;
    double far = left_first ? to_right : to_left, near = left_first ? to_left : to_right;
    if (far < INFINITY) waiting[n].node = left_first ? right : node + 1, waiting[n++].least = far;
    if (near < INFINITY) waiting[n].node = left_first ? node + 1 : right, waiting[n++].least = near;
  }
}

/* Which points of the leaf must search: those whose remembered edge is no longer foreign and whose lower
 * bound may still win. */
static void gather(seekers *s, const boruvka *w, uint32_t node) {
  const gy_kd_node *leaf = &w->tree->nodes[node];
  *s = (seekers){.w = w,
                 .leaf_first = leaf->first,
                 .block = gy_kd_block(w->tree, leaf->first),
                 .lower = gy_kd_lower(w->tree, node),
                 .upper = gy_kd_upper(w->tree, node)};
  for (unsigned i = 0; i < GY_KD_LEAF; i++) s->limits[i] = -1;
  for (uint32_t place = leaf->first; place < leaf->end; place++) {
    uint32_t component = w->component[place];
    if (w->foreign[place] != GY_KD_NONE && w->component[w->foreign[place]] != component) continue;
    w->foreign[place] = GY_KD_NONE;
    if (w->weight[place] > best_of(w, component)) continue;
    s->component = s->active == 0 || s->component == component ? component : GY_KD_NONE;
    s->active |= 1u << (place - leaf->first);
    set_reach(s, place - leaf->first);
  }
  set_farthest(s);
}

/* What is found is the best where it lies within the final reach; elsewhere that reach is a lower bound. */
static void conclude(const seekers *s) {
  const boruvka *w = s->w;
  for (uint32_t left = s->active; left != 0; left &= left - 1) {
    uint32_t place = s->leaf_first + (uint32_t)__builtin_ctz(left);
    double bound = best_of(w, w->component[place]);
    if (w->foreign[place] != GY_KD_NONE && w->weight[place] <= bound) continue;
    w->foreign[place] = GY_KD_NONE;
    w->weight[place] = bound;
  }
}

static void seek_from_leaf(const boruvka *w, uint32_t node) {
  const gy_kd_node *nodes = w->tree->nodes;
  seekers s;
  gather(&s, w, node);
  if (s.active == 0) return;
  seek_in_leaf(&s, node);
  for (uint32_t below = node; nodes[below].parent != GY_KD_NONE; below = nodes[below].parent) {
    uint32_t up = nodes[below].parent;
    seek_below(&s, below == up + 1 ? nodes[up].right : up + 1);
  }
  conclude(&s);
}

static gy_status search(const boruvka *w, gy_error *err) {
  const gy_task *task = w->p->task;
#pragma omp parallel for schedule(dynamic, LEAVES_A_SHARE) num_threads(gy_task_threads(task))
  for (size_t leaf = 0; leaf < w->tree->n_leaves; leaf++) {
    if (gy_task_cancelled(task)) continue;
    seek_from_leaf(w, w->tree->leaf_nodes[leaf]);
  }
  return gy_task_check(task, err);
}

static bool place_before(const boruvka *w, uint32_t a, uint32_t b) {
  const uint32_t *rows = w->tree->rows;
  return gy_mst_before(w->weight[a], w->distance[a], rows[a], rows[w->foreign[a]], w->weight[b],
                       w->distance[b], rows[b], rows[w->foreign[b]]);
}

/* Joins each component by its best edge; returns how many edges there are now. */
static size_t join(boruvka *w, gy_mst_edge *edges, size_t n_edges) {
  const uint32_t *rows = w->tree->rows;
  for (size_t i = 0; i < w->n; i++) w->best_place[i] = GY_KD_NONE;
  for (uint32_t i = 0; i < w->n; i++) {
    if (w->foreign[i] == GY_KD_NONE) continue;
    uint32_t *best = &w->best_place[w->component[i]];
    if (*best == GY_KD_NONE || place_before(w, i, *best)) *best = i;
  }
  for (uint32_t c = 0; c < w->n; c++) {
    uint32_t place = w->best_place[c];
    if (place == GY_KD_NONE) continue;
    uint32_t one = find(w->parent, c), other = find(w->parent, w->component[w->foreign[place]]);
    if (one == other) continue;
    w->parent[one < other ? other : one] = one < other ? one : other;
    edges[n_edges++] =
        (gy_mst_edge){w->weight[place], w->distance[place], rows[place], rows[w->foreign[place]]};
  }
  return n_edges;
}

/* Components of places and nodes after edges have been added, and the best weights that are remembered. */
static void renew(boruvka *w) {
  const gy_kd_node *nodes = w->tree->nodes;
  for (uint32_t i = 0; i < w->n; i++) {
    w->component[i] = find(w->parent, i);
    atomic_store_explicit(&w->best[i], bits_of(INFINITY), memory_order_relaxed);
  }
  for (size_t node = w->tree->n_nodes; node-- > 0;) {
    uint32_t component = w->component[nodes[node].first];
    if (nodes[node].right != 0) {
      uint32_t left = w->node_component[node + 1], right = w->node_component[nodes[node].right];
      component = left == right ? left : GY_KD_NONE;
    } else {
      for (uint32_t i = nodes[node].first; i < nodes[node].end; i++)
        if (w->component[i] != component) component = GY_KD_NONE;
    }
    w->node_component[node] = component;
  }
  for (uint32_t i = 0; i < w->n; i++)
    if (w->foreign[i] != GY_KD_NONE && w->component[w->foreign[i]] != w->component[i])
      lower_best(w, w->component[i], w->weight[i]);
}

static void start(boruvka *w) {
  const gy_kd_node *nodes = w->tree->nodes;
  for (uint32_t i = 0; i < w->n; i++) {
    w->core[i] = w->p->core[w->tree->rows[i]];
    w->parent[i] = i;
    w->foreign[i] = GY_KD_NONE;
    w->weight[i] = w->core[i];
  }
  for (size_t node = w->tree->n_nodes; node-- > 0;) {
    double least = INFINITY;
    for (uint32_t i = nodes[node].first; nodes[node].right == 0 && i < nodes[node].end; i++)
      least = w->core[i] < least ? w->core[i] : least;
    if (nodes[node].right != 0) {
      double left = w->node_core[node + 1], right = w->node_core[nodes[node].right];
      least = left < right ? left : right;
    }
    w->node_core[node] = least;
  }
}

gy_status gy_mst_boruvka(const gy_mst_points *p, const gy_kd_tree *tree, gy_mst_edge *edges, gy_error *err) {
  boruvka w = {.p = p, .tree = tree, .n = p->n};
  void *storage = aligned_alloc(GY_LAYOUT_ALIGNMENT, lay_out(&w, p->n, tree->n_nodes, NULL));
  if (storage == NULL) return gy_fail(err, GY_ENOMEM, "out of memory for a spanning tree of %zu rows", p->n);
  lay_out(&w, p->n, tree->n_nodes, storage);
  gy_status status = GY_OK;
  start(&w);
  for (size_t n_edges = 0; status == GY_OK && n_edges < p->n - 1;) {
    renew(&w);
    status = search(&w, err);
    if (status == GY_OK) n_edges = join(&w, edges, n_edges);
    gy_task_progress(p->task, "spanning tree", n_edges, p->n - 1, "edges");
  }
  free(storage);
  return status;
}

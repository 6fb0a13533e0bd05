/* SPDX-License-Identifier: Apache-2.0
 *
 * Linkages that see of a cluster only one point and its weight, and so need no n x n matrix:
 *   Ward      height^2 = 2 u v / (u + v) |centroid - centroid|^2      (Ward 1963)
 *   centroid  height   = |centroid - centroid|                        (Sokal and Michener 1958)
 *   median    the same, where a merge's point is the middle of the two points (Gower 1967)
 *
 * Ward is reducible and goes by the chain. The others are not: a merge may come nearer to a third cluster
 * than its parts were. They go by the generic algorithm (Muellner 2011, figure 2): each cluster remembers its
 * nearest neighbour; when that is gone, its distance remains a lower bound, and it is searched again only
 * when that bound is the lowest of all.
 *
 * Merged clusters leave dead slots behind; once a quarter are dead the live ones close ranks. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/layout.h"
#include "cluster/linkage.h"
#include "num/simd.h"

enum { FLOATS_A_THREAD = 1 << 18, MAX_THREADS = 64, UNKNOWN = -1 };

typedef struct {
  gy_centroids c;
  gy_linkage linkage;
  const gy_centroids_kernel *kernel;
  size_t n_live;
  int32_t *leaves;  /* slot: the last leaf of the cluster; ascending */
  double *heights;  /* slot: of the last merge, so that none lies below its children */
  int32_t *chain;   /* slots; or, in the generic algorithm, where each slot moved */
  bool *on_chain;   /* slots */
  double *bounds;   /* slot: squared distance to the nearest, or a lower bound of it; infinity: dead. These
                       four are the generic algorithm's. */
  int32_t *nearest; /* slot: UNKNOWN where there is only the bound */
  float *ceilings;  /* slot: a square in single precision above it is surely above the bound */
  float *squares;   /* slots */
  float *queries;   /* one share of d floats a thread */
  size_t query_share;
  int n_threads;
  void *storage;
} centroid_store;

static bool is_generic(const centroid_store *s) { return s->linkage != GY_LINKAGE_WARD; }

static size_t lay_out(centroid_store *s, size_t n, size_t d, void *base) {
  gy_layout at = {.base = base};
  size_t slots = gy_round_up(n, GY_STRETCH), stretches = gy_round_up(slots / GY_STRETCH, GY_BOX_GROUP);
  size_t generic = is_generic(s) ? slots : 0;
  s->c.rows = gy_layout_take(&at, d, slots * sizeof *s->c.rows);
  s->c.screen = gy_layout_take(&at, d, slots * sizeof *s->c.screen);
  s->c.weights = gy_layout_take(&at, slots, sizeof *s->c.weights);
  s->c.screen_weights = gy_layout_take(&at, slots, sizeof *s->c.screen_weights);
  s->c.boxes = gy_layout_take(&at, d, 2 * stretches * sizeof *s->c.boxes);
  s->c.lightest = gy_layout_take(&at, stretches, sizeof *s->c.lightest);
  s->leaves = gy_layout_take(&at, slots, sizeof *s->leaves);
  s->heights = gy_layout_take(&at, slots, sizeof *s->heights);
  s->chain = gy_layout_take(&at, slots, sizeof *s->chain);
  s->on_chain = gy_layout_take(&at, slots, sizeof *s->on_chain);
  s->bounds = gy_layout_take(&at, generic, sizeof *s->bounds);
  s->nearest = gy_layout_take(&at, generic, sizeof *s->nearest);
  s->ceilings = gy_layout_take(&at, generic, sizeof *s->ceilings);
  s->squares = gy_layout_take(&at, generic, sizeof *s->squares);
  s->query_share = gy_round_up(d, GY_LANES_MAX);
  s->queries = gy_layout_take(&at, s->query_share * (size_t)s->n_threads, sizeof *s->queries);
  return gy_layout_bytes(&at);
}

static int threads_of(const gy_task *task) {
  int n_threads = gy_task_threads(task);
  return n_threads < MAX_THREADS ? n_threads : MAX_THREADS;
}

size_t gy_linkage_centroids_memory(const gy_linkage_input *input) {
  centroid_store s = {.linkage = input->linkage, .n_threads = threads_of(input->task)};
  return lay_out(&s, input->n, input->d, NULL);
}

/* The single-precision copy of a slot; infinity for a dead one. */
static void copy_to_screen(centroid_store *s, size_t slot) {
  gy_centroids *c = &s->c;
  float *to = c->screen + slot / GY_STRETCH * GY_STRETCH * c->d + slot % GY_STRETCH;
  bool live = c->weights[slot] > 0;
  for (size_t j = 0; j < c->d; j++)
    to[j * GY_STRETCH] = live ? (float)(c->rows[slot * c->d + j] * c->scale) : INFINITY;
  c->screen_weights[slot] = live && c->weighted ? (float)c->weights[slot] : 1;
}

static float *box_of(const gy_centroids *c, size_t stretch) {
  return c->boxes + stretch / GY_BOX_GROUP * GY_BOX_GROUP * 2 * c->d + stretch % GY_BOX_GROUP;
}

/* Widens the box of a live slot's stretch to hold it. */
static void widen_box(gy_centroids *c, size_t slot) {
  size_t stretch = slot / GY_STRETCH;
  float *box = box_of(c, stretch);
  const float *at = c->screen + stretch * GY_STRETCH * c->d + slot % GY_STRETCH;
  for (size_t j = 0; j < c->d; j++) {
    float value = at[j * GY_STRETCH], *lower = box + 2 * j * GY_BOX_GROUP, *upper = lower + GY_BOX_GROUP;
    if (value < *lower) *lower = value;
    if (value > *upper) *upper = value;
  }
  if (c->screen_weights[slot] < c->lightest[stretch]) c->lightest[stretch] = c->screen_weights[slot];
}

/* All slots into the screen and its boxes. */
static void copy_all_to_screen(centroid_store *s, size_t n_slots) {
  gy_centroids *c = &s->c;
  for (size_t stretch = 0; stretch < gy_round_up(gy_round_up(n_slots, GY_STRETCH) / GY_STRETCH, GY_BOX_GROUP);
       stretch++) {
    float *box = box_of(c, stretch);
    c->lightest[stretch] = c->weighted ? FLT_MAX : 1;
    for (size_t j = 0; j < c->d; j++) {
      box[2 * j * GY_BOX_GROUP] = INFINITY;
      box[(2 * j + 1) * GY_BOX_GROUP] = -INFINITY;
    }
  }
  for (size_t slot = 0; slot < gy_round_up(n_slots, GY_STRETCH); slot++) {
    copy_to_screen(s, slot);
    if (c->weights[slot] > 0) widen_box(c, slot);
  }
}

/* What rounding to single precision may do to a scaled distance: half a unit in the last place of every
 * coordinate of both points, and of every operation. */
static void set_precision(gy_centroids *c, size_t n) {
  const double unit = 0x1p-24;
  double most = 0, sum = 0;
  for (size_t i = 0; i < n * c->d; i++) most = fmax(most, fabs(c->rows[i]));
  c->scale = most > 0 ? 1 / most : 1;
  for (size_t j = 0; j < c->d; j++) {
    double most_of_column = 0;
    for (size_t i = 0; i < n; i++) most_of_column = fmax(most_of_column, fabs(c->rows[i * c->d + j]));
    sum += most_of_column * c->scale * most_of_column * c->scale;
  }
  c->absolute_error = 2 * unit * sqrt(sum) + 0x1p-60;
  c->relative_error = 4 * ((double)c->d + 16) * unit;
}

static gy_status store_init(centroid_store *s, const gy_linkage_input *input, gy_error *err) {
  size_t n = input->n, d = input->d;
  *s = (centroid_store){
      .linkage = input->linkage, .kernel = input->kernel, .n_live = n, .n_threads = threads_of(input->task)};
  size_t bytes = lay_out(s, n, d, NULL);
  s->storage = bytes == SIZE_MAX ? NULL : aligned_alloc(GY_LAYOUT_ALIGNMENT, bytes);
  if (s->storage == NULL)
    return gy_fail(err, GY_ENOMEM, "hierarchical clustering: out of memory; %zu bytes are needed", bytes);
  lay_out(s, n, d, s->storage);
  s->c.d = d;
  s->c.n_slots = n;
  s->c.weighted = input->linkage == GY_LINKAGE_WARD;
  memcpy(s->c.rows, input->rows, n * d * sizeof *s->c.rows);
  set_precision(&s->c, n);
  for (size_t i = 0; i < gy_round_up(n, GY_STRETCH); i++) {
    s->c.weights[i] = i >= n ? 0 : input->weights == NULL ? 1 : input->weights[i];
    s->leaves[i] = (int32_t)i;
    s->heights[i] = 0;
    s->on_chain[i] = false;
  }
  copy_all_to_screen(s, n);
  return GY_OK;
}

/* Best of two results for different stretches. */
static gy_nearest better_of(gy_nearest a, gy_nearest b, int32_t preferred) {
  if (a.slot < 0 || b.slot < 0) return a.slot < 0 ? b : a;
  if (a.score != b.score) return a.score < b.score ? a : b;
  if (a.slot == preferred || b.slot == preferred) return a.slot == preferred ? a : b;
  return a.slot <= b.slot ? a : b;
}

static gy_nearest find_nearest(void *store, int32_t slot, int32_t preferred) {
  centroid_store *s = store;
  const gy_centroids *c = &s->c;
  gy_nearest start = {-1, INFINITY};
  if (preferred >= 0) start = (gy_nearest){preferred, s->kernel->score(c, slot, preferred)};
  start = s->kernel->search_stretch(c, slot, (size_t)slot / GY_STRETCH, start, s->queries);
  size_t n_groups = (c->n_slots + GY_STRETCH * GY_BOX_GROUP - 1) / (GY_STRETCH * GY_BOX_GROUP);
  size_t n_shares = c->n_slots * c->d / FLOATS_A_THREAD + 1;
  if (n_shares > (size_t)s->n_threads) n_shares = (size_t)s->n_threads;
  if (n_shares > n_groups) n_shares = n_groups;
  if (n_shares == 1) return s->kernel->search(c, slot, 0, n_groups, start, s->queries);
  gy_nearest found[MAX_THREADS];
#pragma omp parallel for schedule(static, 1) num_threads(n_shares)
  for (size_t t = 0; t < n_shares; t++)
    found[t] = s->kernel->search(c, slot, n_groups * t / n_shares, n_groups * (t + 1) / n_shares, start,
                                 s->queries + t * s->query_share);
  for (size_t t = 1; t < n_shares; t++) found[0] = better_of(found[0], found[t], start.slot);
  return found[0];
}

/* The merged point takes the slot of the later one. */
static gy_status merge(void *store, int32_t gone, int32_t grown, double score, gy_merge_list *list,
                       gy_error *err) {
  centroid_store *s = store;
  gy_centroids *c = &s->c;
  double u = c->weights[gone], v = c->weights[grown], height = sqrt(score);
  double share = s->linkage == GY_LINKAGE_MEDIAN ? 0.5 : u / (u + v);
  const double *from = c->rows + (size_t)gone * c->d;
  double *to = c->rows + (size_t)grown * c->d;
  for (size_t j = 0; j < c->d; j++) to[j] += share * (from[j] - to[j]);
  if (c->weighted) height = fmax(height, fmax(s->heights[gone], s->heights[grown]));
  c->weights[grown] = u + v;
  c->weights[gone] = 0;
  s->heights[grown] = height;
  copy_to_screen(s, (size_t)grown);
  widen_box(c, (size_t)grown);
  copy_to_screen(s, (size_t)gone);
  s->n_live--;
  return gy_merge_list_add(list, s->leaves[gone], s->leaves[grown], height, err);
}

static bool is_live(const void *store, int32_t slot) {
  return ((const centroid_store *)store)->c.weights[slot] > 0;
}

/* Moves the live slots together, in order. `moved`: slots, the new place of each; may be NULL. */
static void close_ranks(centroid_store *s, int32_t *moved) {
  gy_centroids *c = &s->c;
  size_t to = 0;
  for (size_t from = 0; from < c->n_slots; from++) {
    if (!(c->weights[from] > 0)) continue;
    if (moved != NULL) moved[from] = (int32_t)to;
    memmove(c->rows + to * c->d, c->rows + from * c->d, c->d * sizeof *c->rows);
    c->weights[to] = c->weights[from];
    s->leaves[to] = s->leaves[from];
    s->heights[to] = s->heights[from];
    if (is_generic(s)) {
      s->bounds[to] = s->bounds[from];
      s->ceilings[to] = s->ceilings[from];
      s->nearest[to] = s->nearest[from];
    }
    to++;
  }
  size_t old_end = gy_round_up(c->n_slots, GY_STRETCH);
  for (size_t slot = to; slot < old_end; slot++) c->weights[slot] = 0;
  copy_all_to_screen(s, old_end);
  c->n_slots = to;
}

/* All pairs of rows that are each other's nearest, at once: with equal weights the nearest rows are known. */
static gy_status merge_mutual(centroid_store *s, const int32_t *nearest, gy_merge_list *list, gy_error *err) {
  gy_status status = GY_OK;
  for (size_t i = 0; status == GY_OK && i < s->c.n_slots; i++) {
    int32_t slot = (int32_t)i, other = nearest[i];
    if (other < slot || nearest[other] != slot) continue;
    status = merge(s, slot, other, s->kernel->score(&s->c, slot, other), list, err);
  }
  close_ranks(s, NULL);
  return status;
}

static gy_status ward(centroid_store *s, const int32_t *nearest, gy_merge_list *list, gy_error *err) {
  gy_status status = nearest == NULL || s->n_live < 2 ? GY_OK : merge_mutual(s, nearest, list, err);
  while (status == GY_OK && s->n_live > 1) {
    size_t stop_at = s->n_live < 2 * GY_STRETCH ? 1 : s->n_live - s->n_live / 4;
    gy_chain_store store = {s, find_nearest, merge, is_live, s->c.n_slots};
    status = gy_chain_run(&store, s->n_live, stop_at, s->chain, s->on_chain, list, err);
    if (status == GY_OK) close_ranks(s, NULL);
  }
  return status;
}

/* `bound` is the squared distance to `nearest`, or a lower bound where that is UNKNOWN. */
static void set_bound(centroid_store *s, size_t slot, double bound, int32_t nearest) {
  double root = sqrt(bound) * s->c.scale + s->c.absolute_error;
  s->bounds[slot] = bound;
  s->nearest[slot] = nearest;
  s->ceilings[slot] = (float)(root * root * (1 + s->c.relative_error));
}

/* After `gone` was merged into `grown`: whoever had one of them nearest keeps its distance as a bound, and
 * whoever is nearer to the merged cluster than to any before takes it. */
static void revise_neighbours(centroid_store *s, size_t gone, size_t grown) {
  const gy_centroids *c = &s->c;
  s->bounds[gone] = INFINITY;
  s->ceilings[gone] = -1;
  s->kernel->squares(c, (int32_t)grown, s->squares, s->queries);
  for (size_t i = 0; i < c->n_slots; i++) {
    if (s->nearest[i] == (int32_t)gone || s->nearest[i] == (int32_t)grown) s->nearest[i] = UNKNOWN;
    if (s->squares[i] > s->ceilings[i] || i == grown) continue;
    double score = s->kernel->score(c, (int32_t)i, (int32_t)grown);
    if (score < s->bounds[i] || (score == s->bounds[i] && s->nearest[i] == UNKNOWN))
      set_bound(s, i, score, (int32_t)grown);
  }
  if (s->n_live < 2) return;
  gy_nearest found = find_nearest(s, (int32_t)grown, -1);
  set_bound(s, grown, found.score, found.slot);
}

static void close_ranks_generic(centroid_store *s) {
  close_ranks(s, s->chain);
  for (size_t i = 0; i < s->c.n_slots; i++)
    if (s->nearest[i] != UNKNOWN) s->nearest[i] = s->chain[s->nearest[i]];
}

static gy_status generic(centroid_store *s, const int32_t *nearest, gy_merge_list *list, gy_error *err) {
  gy_status status = GY_OK;
  for (size_t i = 0; s->n_live > 1 && i < s->c.n_slots; i++)
    set_bound(s, i, s->kernel->score(&s->c, (int32_t)i, nearest[i]), nearest[i]);
  while (status == GY_OK && s->n_live > 1) {
    size_t slot = (size_t)s->kernel->lowest(s->bounds, NULL, s->c.n_slots).slot;
    if (s->nearest[slot] == UNKNOWN) {
      gy_nearest found = find_nearest(s, (int32_t)slot, -1);
      set_bound(s, slot, found.score, found.slot);
      status = gy_task_check(list->task, err);
      continue;
    }
    size_t other = (size_t)s->nearest[slot], gone = slot < other ? slot : other, grown = slot + other - gone;
    status = merge(s, (int32_t)gone, (int32_t)grown, s->bounds[slot], list, err);
    revise_neighbours(s, gone, grown);
    if (s->n_live > GY_STRETCH && s->n_live < s->c.n_slots / 4 * 3) close_ranks_generic(s);
  }
  return status;
}

gy_status gy_linkage_centroids(const gy_linkage_input *input, gy_merge_list *list, gy_error *err) {
  centroid_store s;
  gy_status status = store_init(&s, input, err);
  if (status != GY_OK) return status;
  status = input->linkage == GY_LINKAGE_WARD ? ward(&s, input->nearest, list, err)
                                             : generic(&s, input->nearest, list, err);
  free(s.storage);
  return status;
}

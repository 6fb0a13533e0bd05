/* SPDX-License-Identifier: Apache-2.0
 *
 * Prim's algorithm (Jarnik 1930; Prim 1957) without a matrix: the tree grows by one point at a time, and each
 * point outside keeps its best edge into the tree.
 *
 *      p = the point that came last
 *      for every point q outside: if (p, q) is better than q's best edge, it becomes it     all distances of
 * p the point with the least best edge comes next
 *
 * Points outside lie in blocks, features apart, and the one that leaves is overwritten by the last, so the
 * two loops run over n/2 points on average and need no test for "already in". The first loop is in float
 * against limits widened by what that may lose (gy_kd_band); the few points that pass are measured in double.
 * O(n) memory beside the copy of the points. */
#include <stdlib.h>
#include <string.h>

#include "base/layout.h"
#include "cluster/mst_work.h"
#include "num/threads.h"

/* Below this many multiply-adds a step, threads would wait for each other most of the time. */
enum { MIN_WORK_OF_TEAM = 1000000, MAX_THREADS = 64, STEPS_A_CHECK = 256 };

typedef struct {
  const gy_mst_points *p;
  size_t d;
  size_t n_left;             /* points outside the tree */
  uint32_t newest;           /* the point that came last */
  float *blocks;             /* points outside, features apart */
  uint32_t *point;           /* place -> its number */
  uint32_t *nearest;         /* place -> the end of its best edge in the tree */
  double *weight, *distance; /* place -> that edge; weight is +inf in unused places */
  float *limit;              /* place -> gy_kd_band of its weight; -1 in unused places */
  uint32_t *found;           /* places that a loop found; each thread uses the stretch of its places */
  size_t best[MAX_THREADS];  /* each thread's place with the least best edge, or SIZE_MAX */
  bool stopped;              /* on request */
} prim_work;

static size_t padded(size_t n) { return (n + GY_PRIM_BLOCK - 1) / GY_PRIM_BLOCK * GY_PRIM_BLOCK; }

static size_t lay_out(prim_work *w, size_t n, size_t d, void *base) {
  gy_layout at = {.base = base};
  size_t places = padded(n);
  size_t values;
  if (__builtin_mul_overflow(places, d, &values)) return SIZE_MAX;
  w->blocks = gy_layout_take(&at, values, sizeof *w->blocks);
  w->point = gy_layout_take(&at, places, sizeof *w->point);
  w->nearest = gy_layout_take(&at, places, sizeof *w->nearest);
  w->weight = gy_layout_take(&at, places, sizeof *w->weight);
  w->distance = gy_layout_take(&at, places, sizeof *w->distance);
  w->limit = gy_layout_take(&at, places, sizeof *w->limit);
  w->found = gy_layout_take(&at, places, sizeof *w->found);
  return gy_layout_bytes(&at);
}

size_t gy_mst_prim_memory(size_t n, size_t d) {
  if (n > SIZE_MAX / 64) return SIZE_MAX;
  return lay_out(&(prim_work){0}, n, d, NULL);
}

static float *feature(const prim_work *w, size_t place) {
  return w->blocks + place / GY_PRIM_BLOCK * GY_PRIM_BLOCK * w->d + place % GY_PRIM_BLOCK;
}

static void set_aside(prim_work *w, size_t place) {
  w->weight[place] = INFINITY;
  w->distance[place] = INFINITY;
  w->limit[place] = -1;
}

/* All points but 0, which is the tree to begin with. */
static void place_points(prim_work *w) {
  w->n_left = w->p->n - 1;
  w->newest = 0;
  memset(w->blocks, 0, padded(w->p->n) * w->d * sizeof *w->blocks);
  for (size_t place = 0; place < padded(w->p->n); place++) {
    set_aside(w, place);
    if (place >= w->n_left) continue;
    w->point[place] = (uint32_t)place + 1;
    w->nearest[place] = 0;
    w->limit[place] = INFINITY;
    const float *row = gy_matrix_row(w->p->x, place + 1);
    for (size_t j = 0; j < w->d; j++) feature(w, place)[j * GY_PRIM_BLOCK] = row[j];
  }
}

/* Offers the newest point to the points in blocks first .. end - 1. */
static void relax(prim_work *w, size_t first, size_t end) {
  const gy_mst_points *p = w->p;
  const float *row = gy_matrix_row(p->x, w->newest);
  size_t start = first * GY_PRIM_BLOCK;
  uint32_t *found = w->found + start;
  size_t n_found =
      p->kernel->within(w->blocks + start * w->d, end - first, w->d, row, w->limit + start, found);
  for (size_t f = 0; f < n_found; f++) {
    size_t place = start + found[f];
    uint32_t point = w->point[place];
    double distance = gy_kd_square(row, 1, gy_matrix_row(p->x, point), 1, w->d);
    double weight = p->mutual ? gy_mst_weight(distance, p->core[w->newest], p->core[point]) : distance;
    if (!gy_mst_before(weight, distance, w->newest, point, w->weight[place], w->distance[place],
                       w->nearest[place], point))
      continue;
    w->weight[place] = weight;
    w->distance[place] = distance;
    w->nearest[place] = w->newest;
    w->limit[place] = gy_kd_band_of(weight, w->d).unsure;
  }
}

static bool place_before(const prim_work *w, size_t a, size_t b) {
  return gy_mst_before(w->weight[a], w->distance[a], w->point[a], w->nearest[a], w->weight[b], w->distance[b],
                       w->point[b], w->nearest[b]);
}

/* The place in blocks first .. end - 1 whose edge comes first; SIZE_MAX when there is none. */
static size_t least_of(prim_work *w, size_t first, size_t end) {
  size_t start = first * GY_PRIM_BLOCK, best = SIZE_MAX;
  double lowest;
  if (first >= end) return SIZE_MAX;
  uint32_t *found = w->found + start;
  size_t n_found = w->p->kernel->lowest(w->weight + start, (end - first) * GY_PRIM_BLOCK, &lowest, found);
  for (size_t f = 0; f < n_found; f++) {
    size_t place = start + found[f];
    if (place < w->n_left && (best == SIZE_MAX || place_before(w, place, best))) best = place;
  }
  return best;
}

/* The point at `place` joins the tree; the last one takes its place. */
static void take(prim_work *w, size_t place, gy_mst_edge *edge) {
  size_t last = --w->n_left;
  *edge = (gy_mst_edge){w->weight[place], w->distance[place], w->nearest[place], w->point[place]};
  w->newest = w->point[place];
  for (size_t j = 0; j < w->d; j++)
    feature(w, place)[j * GY_PRIM_BLOCK] = feature(w, last)[j * GY_PRIM_BLOCK];
  w->point[place] = w->point[last];
  w->nearest[place] = w->nearest[last];
  w->weight[place] = w->weight[last];
  w->distance[place] = w->distance[last];
  w->limit[place] = w->limit[last];
  set_aside(w, last);
}

/* Every so many edges: progress, and whether to go on. */
static bool go_on(const prim_work *w, size_t n_edges) {
  if (n_edges % STEPS_A_CHECK != 0) return true;
  gy_task_progress(w->p->task, "spanning tree", n_edges, w->p->n - 1, "edges");
  return !gy_task_cancelled(w->p->task);
}

/* Edge e by one thread of a team, which meets twice: before the winner is taken, and after. */
static void step_together(prim_work *w, size_t e, size_t thread, size_t n_threads, gy_mst_edge *edge) {
  size_t n_blocks = padded(w->n_left) / GY_PRIM_BLOCK;
  size_t first = n_blocks * thread / n_threads, end = n_blocks * (thread + 1) / n_threads;
  relax(w, first, end);
  w->best[thread] = least_of(w, first, end);
#pragma omp barrier
#pragma omp single
  {
    size_t best = w->best[0];
    for (size_t t = 1; t < n_threads; t++) {
      size_t place = w->best[t];
      if (place != SIZE_MAX && (best == SIZE_MAX || place_before(w, place, best))) best = place;
    }
    take(w, best, edge);
    w->stopped = !go_on(w, e);
  }
}

/* As long as a step is worth sharing; then alone. */
static gy_status grow(prim_work *w, gy_mst_edge *edges, gy_error *err) {
  size_t n_edges = w->p->n - 1, n_alone = MIN_WORK_OF_TEAM / (w->d + 2), n_shared = 0;
  int n_threads = gy_task_threads(w->p->task) < MAX_THREADS ? gy_task_threads(w->p->task) : MAX_THREADS;
  if (n_threads > 1 && n_edges > n_alone) {
    n_shared = n_edges - n_alone;
#pragma omp parallel num_threads(n_threads)
    for (size_t e = 0; e < n_shared && !w->stopped; e++)
      step_together(w, e, gy_thread_number(), gy_team_size(), &edges[e]);
  }
  for (size_t e = n_shared; e < n_edges && !w->stopped; e++) {
    size_t n_blocks = padded(w->n_left) / GY_PRIM_BLOCK;
    relax(w, 0, n_blocks);
    take(w, least_of(w, 0, n_blocks), &edges[e]);
    w->stopped = !go_on(w, e);
  }
  return gy_task_check(w->p->task, err);
}

gy_status gy_mst_prim(const gy_mst_points *p, gy_mst_edge *edges, gy_error *err) {
  prim_work w = {.p = p, .d = p->x.n_columns};
  void *storage = aligned_alloc(GY_LAYOUT_ALIGNMENT, lay_out(&w, p->n, w.d, NULL));
  if (storage == NULL) return gy_fail(err, GY_ENOMEM, "out of memory for a spanning tree of %zu rows", p->n);
  lay_out(&w, p->n, w.d, storage);
  place_points(&w);
  gy_status status = grow(&w, edges, err);
  free(storage);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * From rows to the edges of their spanning tree: equal rows are set aside, core distances taken, the tree of
 * the distinct points found, equal rows joined to it again. */
#include "cluster/mst.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/mst_work.h"
#include "num/moments.h"
#include "num/threads.h"

/* Boruvka's searches pay where a box rules most points out: in few columns, and among enough points. */
enum { BORUVKA_COLUMNS = 15, BORUVKA_POINTS = 3000 };

#define ROWS_LIMIT ((size_t)1 << 30)

typedef struct {
  gy_mst_points points;
  gy_distinct_rows distinct;
  float *copy;     /* the distinct points, where some rows are equal */
  gy_kd_tree tree; /* over the points, where it is needed */
} builder;

static bool use_boruvka(size_t n, size_t d, gy_mst_method method) {
  if (method != GY_MST_AUTO) return method == GY_MST_BORUVKA;
  return d <= BORUVKA_COLUMNS && n >= BORUVKA_POINTS;
}

static size_t add(size_t a, size_t b) { return a > SIZE_MAX - b ? SIZE_MAX : a + b; }

size_t gy_mst_memory(size_t n, size_t d, const gy_mst_options *options, const gy_task *task) {
  size_t values, nearest;
  if (n > ROWS_LIMIT || d > SIZE_MAX / 1024) return SIZE_MAX;
  if (__builtin_mul_overflow(n * sizeof(float), d, &values)) return SIZE_MAX;
  size_t bytes = add(gy_distinct_rows_memory(n), values);
  if (options->min_samples > 1) {
    /* A heap of neighbours for each row of a leaf, or a list, a thread. */
    size_t heaps = add(options->min_samples, 64);
    if (__builtin_mul_overflow(heaps, GY_KD_LEAF * sizeof(gy_kd_neighbour), &nearest) ||
        __builtin_mul_overflow(nearest, (size_t)gy_task_threads(task), &nearest))
      return SIZE_MAX;
    bytes = add(add(bytes, n * sizeof(double)), nearest);
  }
  bool boruvka = use_boruvka(n, d, options->method);
  if (boruvka || options->min_samples > 1) bytes = add(bytes, gy_kd_tree_memory(n, d));
  /* Where rows turn out to be equal, few points may be left, and Prim take over. */
  size_t prim = gy_mst_prim_memory(boruvka && n > BORUVKA_POINTS ? BORUVKA_POINTS : n, d);
  size_t search = boruvka && gy_mst_boruvka_memory(n) > prim ? gy_mst_boruvka_memory(n) : prim;
  size_t sorting = n * sizeof(gy_mst_edge);
  return add(bytes, search > sorting ? search : sorting);
}

gy_status gy_mst_check(gy_matrix x, size_t min_samples, const char *method, const gy_task *task,
                       gy_error *err) {
  if (x.n_columns < 1) return gy_fail(err, GY_EUSAGE, "%s: there are no columns to cluster on", method);
  if (x.n_rows < 1) return gy_fail(err, GY_EDATA, "%s: there are no rows to cluster", method);
  if (x.n_rows > ROWS_LIMIT)
    return gy_fail(err, GY_ELIMIT, "%s: %zu rows are more than the %zu that can be numbered", method,
                   x.n_rows, ROWS_LIMIT);
  if (min_samples < 1) return gy_fail(err, GY_EUSAGE, "%s: min_samples is 0; it must be 1 or more", method);
  if (min_samples > x.n_rows)
    return gy_fail(err, GY_EDATA, "%s: min_samples is %zu, but there are only %zu rows; ask for fewer",
                   method, min_samples, x.n_rows);
  gy_status status = gy_matrix_check(x, GY_KD_VALUE_LIMIT, task, err);
  if (status != GY_OK) gy_error_prefix(err, "%s", method);
  return status;
}

static gy_status no_memory(size_t n, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "out of memory for the spanning tree of %zu rows", n);
}

/* The squared distance within which `min_samples` rows lie, counting equal rows as often as they occur. */
static double counted_core(const builder *b, size_t point, size_t min_samples, gy_kd_neighbour *found) {
  size_t reached = b->distinct.counts[point];
  if (reached >= min_samples) return 0;
  size_t k = min_samples < b->points.n ? min_samples : b->points.n;
  gy_kd_nearest(&b->tree, gy_matrix_row(b->points.x, point), k, found);
  reached = 0;
  for (size_t i = 0; i < k; i++) {
    reached += b->distinct.counts[found[i].row];
    if (reached >= min_samples) return found[i].square;
  }
  return found[k - 1].square;
}

static gy_status counted_cores(builder *b, size_t min_samples, gy_error *err) {
  int n_threads = gy_task_threads(b->points.task);
  gy_kd_neighbour *found = malloc((size_t)n_threads * min_samples * sizeof *found);
  if (found == NULL) return no_memory(b->points.n, err);
#pragma omp parallel for schedule(dynamic, 64) num_threads(n_threads)
  for (size_t i = 0; i < b->points.n; i++) {
    if (gy_task_cancelled(b->points.task)) continue;
    b->points.core[i] = counted_core(b, i, min_samples, found + gy_thread_number() * min_samples);
  }
  free(found);
  return gy_task_check(b->points.task, err);
}

static gy_status take_cores(builder *b, size_t min_samples, size_t n_rows, gy_error *err) {
  b->points.core = calloc(b->points.n, sizeof *b->points.core);
  if (b->points.core == NULL) return no_memory(n_rows, err);
  if (min_samples < 2) return GY_OK;
  b->points.mutual = true;
  if (b->points.n < n_rows) return counted_cores(b, min_samples, err);
  return gy_kd_nearest_all(&b->tree, min_samples - 1, b->points.task, NULL, NULL, b->points.core, err);
}

static int by_order(const void *left, const void *right) {
  const gy_mst_edge *a = left, *b = right;
  if (gy_mst_before(a->weight, a->distance, a->a, a->b, b->weight, b->distance, b->a, b->b)) return -1;
  return gy_mst_before(b->weight, b->distance, b->a, b->b, a->weight, a->distance, a->a, a->b);
}

/* Points become rows again, equal rows are joined to the first of them, squares become distances. */
static void finish_edges(const builder *b, size_t n_rows, gy_mst_edge *edges) {
  const gy_distinct_rows *distinct = &b->distinct;
  size_t n = b->points.n - 1;
  for (size_t e = 0; e < n; e++) {
    uint32_t one = distinct->first[edges[e].a], other = distinct->first[edges[e].b];
    edges[e].a = one < other ? one : other;
    edges[e].b = one < other ? other : one;
  }
  for (size_t row = 0; row < n_rows; row++) {
    uint32_t point = distinct->number[row], first = distinct->first[point];
    if (first != row) edges[n++] = (gy_mst_edge){b->points.core[point], 0, first, (uint32_t)row};
  }
  qsort(edges, n, sizeof *edges, by_order);
  for (size_t e = 0; e < n; e++) {
    edges[e].weight = sqrt(edges[e].weight);
    edges[e].distance = sqrt(edges[e].distance);
  }
}

gy_status gy_mst_build(gy_matrix x, const gy_mst_options *options, const gy_task *task, gy_mst_edge *edges,
                       double *core, gy_error *err) {
  size_t count;
  builder b = {.points = {.task = task, .kernel = options->kernel}};
  if (b.points.kernel == NULL) b.points.kernel = gy_prim_kernels(&count)[0];
  gy_status status = gy_distinct_matrix(x, &b.distinct, &b.copy, &b.points.x, err);
  if (status != GY_OK) goto done;
  b.points.n = b.distinct.n;
  bool boruvka = use_boruvka(b.points.n, x.n_columns, options->method);
  if (boruvka || options->min_samples > 1) status = gy_kd_tree_build(b.points.x, task, &b.tree, err);
  if (status == GY_OK) status = take_cores(&b, options->min_samples, x.n_rows, err);
  if (status == GY_OK && b.points.n > 1)
    status = boruvka ? gy_mst_boruvka(&b.points, &b.tree, edges, err) : gy_mst_prim(&b.points, edges, err);
  if (status != GY_OK) goto done;
  finish_edges(&b, x.n_rows, edges);
  for (size_t i = 0; core != NULL && i < x.n_rows; i++) core[i] = sqrt(b.points.core[b.distinct.number[i]]);
done:
  free(b.points.core);
  gy_kd_tree_clear(&b.tree);
  free(b.copy);
  gy_distinct_rows_clear(&b.distinct);
  return status;
}

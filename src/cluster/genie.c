/* SPDX-License-Identifier: Apache-2.0
 *
 * Genie (Gagolewski, Bartoszuk and Cena 2016): the edges of the minimum spanning tree in another order.
 *
 * The Gini index of the sizes c_1..c_k, normalised to 0..1, is
 *
 *      sum of |c_i - c_j| over pairs / ((k - 1) sum of c)
 *
 * Its numerator is a whole number and is kept up to date exactly: joining a and b changes only the terms of
 * a, b and a + b, and these are sums over the *different* sizes, of which there are at most sqrt(2 n).
 *
 * While the smallest size stays the same, an edge that joined no smallest cluster never will: clusters grow,
 * and none comes to have that size. So the search for the shortest edge at a smallest cluster goes on where
 * it stopped; it begins anew only when the smallest size changes, with at most n / size edges left. */
#include <gyeol/genie.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/layout.h"
#include "cluster/dendrogram.h"
#include "cluster/mst.h"

static const gy_mst_options PLAIN = {.min_samples = 1};

gy_genie_options gy_genie_defaults(int32_t n_clusters) {
  return (gy_genie_options){.n_clusters = n_clusters, .gini_threshold = 0.3};
}

/* How many clusters there are of each size, sizes ascending, and the numerator of their Gini index. */
typedef struct {
  int64_t *sizes, *counts;
  size_t n_sizes;
  int64_t differences; /* sum of |c_i - c_j| over pairs */
  int64_t n_clusters, n_rows;
} size_table;

typedef struct {
  const gy_mst_edge *edges;
  uint32_t *next;   /* edge -> the next one not used yet; n_edges: none */
  uint32_t *before; /* edge -> the one before it not used yet; n_edges: none */
  uint32_t n_edges;
  uint32_t first;   /* the shortest edge not used yet */
  uint32_t resume;  /* where the search at the smallest clusters goes on */
  int64_t smallest; /* their size when it stopped */
  int32_t *parent;
  int64_t *size; /* of each root's cluster */
  size_table table;
  gy_tree_edge *joined; /* the edges in their new order */
} genie_work;

static size_t different_sizes(size_t n) { return (size_t)sqrt(2.0 * (double)n) + 4; }

static size_t lay_out(genie_work *w, size_t n, void *base) {
  gy_layout at = {.base = base};
  w->next = gy_layout_take(&at, n + 1, sizeof *w->next);
  w->before = gy_layout_take(&at, n + 1, sizeof *w->before);
  w->parent = gy_layout_take(&at, n, sizeof *w->parent);
  w->size = gy_layout_take(&at, n, sizeof *w->size);
  w->joined = gy_layout_take(&at, n, sizeof *w->joined);
  w->table.sizes = gy_layout_take(&at, different_sizes(n), sizeof *w->table.sizes);
  w->table.counts = gy_layout_take(&at, different_sizes(n), sizeof *w->table.counts);
  return gy_layout_bytes(&at);
}

size_t gy_genie_memory(size_t n, size_t d, const gy_genie_options *options, const gy_task *task) {
  size_t mst = gy_mst_memory(n, d, &PLAIN, task);
  if (mst == SIZE_MAX || options->n_clusters < 0) return SIZE_MAX;
  /* Growing and cutting the dendrogram: its merges, 16 + 4 + 4 + 8 bytes a row of scratch, labels. */
  size_t growing = n * (sizeof(gy_merge) + 48) + (size_t)options->n_clusters * 32;
  size_t later = lay_out(&(genie_work){0}, n, NULL) + growing;
  return n * sizeof(gy_mst_edge) + (mst > later ? mst : later);
}

static double gini(const size_table *t) {
  if (t->n_clusters < 2) return 0;
  return (double)t->differences / ((double)(t->n_clusters - 1) * (double)t->n_rows);
}

/* The place of `size`, or where it belongs. */
static size_t size_place(const size_table *t, int64_t size) {
  size_t low = 0, high = t->n_sizes;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (t->sizes[middle] < size)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void remove_size(size_table *t, int64_t size) {
  size_t place = size_place(t, size);
  t->n_clusters--;
  if (--t->counts[place] == 0) {
    size_t after = --t->n_sizes - place;
    memmove(t->sizes + place, t->sizes + place + 1, after * sizeof *t->sizes);
    memmove(t->counts + place, t->counts + place + 1, after * sizeof *t->counts);
  }
  for (size_t i = 0; i < t->n_sizes; i++) t->differences -= t->counts[i] * llabs(t->sizes[i] - size);
}

static void add_size(size_table *t, int64_t size) {
  for (size_t i = 0; i < t->n_sizes; i++) t->differences += t->counts[i] * llabs(t->sizes[i] - size);
  size_t place = size_place(t, size);
  t->n_clusters++;
  if (place < t->n_sizes && t->sizes[place] == size) {
    t->counts[place]++;
    return;
  }
  size_t after = t->n_sizes++ - place;
  memmove(t->sizes + place + 1, t->sizes + place, after * sizeof *t->sizes);
  memmove(t->counts + place + 1, t->counts + place, after * sizeof *t->counts);
  t->sizes[place] = size;
  t->counts[place] = 1;
}

static int32_t root_of(int32_t *parent, uint32_t row) {
  int32_t at = (int32_t)row;
  while (parent[at] != at) at = parent[at] = parent[parent[at]];
  return at;
}

static void start(genie_work *w, const gy_mst_edge *edges, size_t n) {
  w->edges = edges;
  w->n_edges = (uint32_t)n - 1;
  w->first = w->resume = 0;
  w->smallest = 0;
  for (uint32_t e = 0; e <= w->n_edges; e++) {
    w->next[e] = e + 1;
    w->before[e] = e == 0 ? w->n_edges : e - 1;
  }
  for (size_t i = 0; i < n; i++) {
    w->parent[i] = (int32_t)i;
    w->size[i] = 1;
  }
  w->table = (size_table){w->table.sizes, w->table.counts, 1, 0, (int64_t)n, (int64_t)n};
  w->table.sizes[0] = 1;
  w->table.counts[0] = (int64_t)n;
}

static bool joins_smallest(genie_work *w, uint32_t edge, int64_t smallest) {
  return w->size[root_of(w->parent, w->edges[edge].a)] == smallest ||
         w->size[root_of(w->parent, w->edges[edge].b)] == smallest;
}

/* The shortest edge at a smallest cluster. */
static uint32_t at_smallest(genie_work *w) {
  int64_t smallest = w->table.sizes[0];
  if (smallest != w->smallest || w->resume < w->first) w->resume = w->first;
  w->smallest = smallest;
  while (!joins_smallest(w, w->resume, smallest)) w->resume = w->next[w->resume];
  uint32_t edge = w->resume;
  w->resume = w->next[edge];
  return edge;
}

static void use_up(genie_work *w, uint32_t edge) {
  uint32_t after = w->next[edge], before = w->before[edge];
  if (edge == w->first) w->first = after;
  if (edge == w->resume) w->resume = after;
  if (before != w->n_edges) w->next[before] = after;
  w->before[after] = before;
}

static void join(genie_work *w, uint32_t edge, uint32_t n_joined) {
  const gy_mst_edge *e = &w->edges[edge];
  int32_t one = root_of(w->parent, e->a), other = root_of(w->parent, e->b);
  if (w->size[one] < w->size[other]) {
    int32_t swap = one;
    one = other;
    other = swap;
  }
  remove_size(&w->table, w->size[one]);
  remove_size(&w->table, w->size[other]);
  w->parent[other] = one;
  w->size[one] += w->size[other];
  add_size(&w->table, w->size[one]);
  w->joined[n_joined] = (gy_tree_edge){(int32_t)e->a, (int32_t)e->b, e->weight};
}

static gy_status reorder(genie_work *w, const gy_genie_options *options, const gy_task *task, gy_genie *model,
                         gy_error *err) {
  for (uint32_t e = 0; e < w->n_edges; e++) {
    if (e % 4096 == 0 && gy_task_cancelled(task)) return gy_task_check(task, err);
    if (w->table.n_clusters == options->n_clusters) model->gini = gini(&w->table);
    uint32_t edge = w->first;
    if (gini(&w->table) > options->gini_threshold) {
      edge = at_smallest(w);
      model->n_turned += edge != w->first && w->table.n_clusters > options->n_clusters;
    }
    use_up(w, edge);
    join(w, edge, e);
  }
  return GY_OK;
}

static gy_status check(gy_matrix x, const gy_genie_options *options, const gy_task *task, gy_error *err) {
  if (options->n_clusters < 1)
    return gy_fail(err, GY_EUSAGE, "genie: n_clusters is %d; it must be 1 or more", options->n_clusters);
  if (!(options->gini_threshold >= 0 && options->gini_threshold <= 1))
    return gy_fail(err, GY_EUSAGE, "genie: gini_threshold is %g; it must be 0 to 1", options->gini_threshold);
  if (x.n_rows < (size_t)options->n_clusters)
    return gy_fail(err, GY_EDATA, "genie: %zu rows cannot make %d clusters; ask for fewer", x.n_rows,
                   options->n_clusters);
  size_t need = gy_genie_memory(x.n_rows, x.n_columns, options, task);
  if (need > gy_task_memory(task))
    return gy_fail(err, GY_ELIMIT, "genie: %zu bytes are needed for %zu rows, and the budget is %zu", need,
                   x.n_rows, gy_task_memory(task));
  return gy_mst_check(x, 1, "genie", task, err);
}

static gy_status grow_tree(gy_matrix x, const gy_genie_options *options, const gy_task *task, gy_genie *model,
                           gy_error *err) {
  size_t n = x.n_rows;
  genie_work w = {0};
  void *storage = NULL;
  gy_mst_edge *edges = malloc(n * sizeof *edges);
  gy_status status = GY_OK;
  if (edges != NULL) status = gy_mst_build(x, &PLAIN, task, edges, NULL, err);
  if (status != GY_OK) goto done;
  if (edges != NULL) storage = aligned_alloc(GY_LAYOUT_ALIGNMENT, lay_out(&w, n, NULL));
  if (storage == NULL) {
    status = gy_fail(err, GY_ENOMEM, "genie: out of memory for %zu rows", n);
    goto done;
  }
  lay_out(&w, n, storage);
  start(&w, edges, n);
  status = reorder(&w, options, task, model, err);
  if (status == GY_OK) status = gy_dendrogram_grow(w.joined, n, NULL, true, &model->tree, err);
done:
  free(storage);
  free(edges);
  return status;
}

gy_status gy_genie_fit(gy_matrix x, const gy_genie_options *options, const gy_task *task, gy_genie *model,
                       int32_t *labels, gy_error *err) {
  gy_genie fitted = {.n_clusters = options->n_clusters};
  gy_status status = check(x, options, task, err);
  if (status != GY_OK) return status;
  status = grow_tree(x, options, task, &fitted, err);
  if (status != GY_OK) goto done;
  fitted.sizes = calloc((size_t)fitted.n_clusters, sizeof *fitted.sizes);
  if (fitted.sizes == NULL) {
    status = gy_fail(err, GY_ENOMEM, "genie: out of memory for %d clusters", fitted.n_clusters);
    goto done;
  }
  status = gy_dendrogram_cut(&fitted.tree, fitted.n_clusters, labels, err);
  if (status != GY_OK) goto done;
  for (size_t i = 0; i < x.n_rows; i++) fitted.sizes[labels[i]]++;
  *model = fitted;
  fitted = (gy_genie){0};
done:
  gy_genie_clear(&fitted);
  return status;
}

void gy_genie_clear(gy_genie *model) {
  if (model == NULL) return;
  gy_dendrogram_clear(&model->tree);
  free(model->sizes);
  *model = (gy_genie){0};
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Fitting a dendrogram: checks, the points in the form that the algorithms take, the algorithm that suits the
 * linkage (linkage_centroids.c, linkage_matrix.c), and the tree from its merges (dendrogram.c). */
#include <gyeol/hierarchical.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/layout.h"
#include "cluster/dendrogram.h"
#include "cluster/linkage.h"
#include "cluster/single_linkage.h"
#include "num/kd_tree.h"
#include "num/moments.h"

static const double LIGHTEST = 1e-9, HEAVIEST = 1e9;

const char *gy_linkage_name(gy_linkage linkage) {
  static const char *const names[GY_LINKAGE_COUNT] = {"ward",     "average", "complete", "weighted",
                                                      "centroid", "median",  "single"};
  return (unsigned)linkage < GY_LINKAGE_COUNT ? names[linkage] : NULL;
}

gy_hierarchical_options gy_hierarchical_defaults(gy_linkage linkage) {
  return (gy_hierarchical_options){.linkage = linkage};
}

static bool sees_centroids(gy_linkage linkage) {
  return linkage == GY_LINKAGE_WARD || linkage == GY_LINKAGE_CENTROID || linkage == GY_LINKAGE_MEDIAN;
}

static bool may_invert(gy_linkage linkage) {
  return linkage == GY_LINKAGE_CENTROID || linkage == GY_LINKAGE_MEDIAN;
}

gy_status gy_linkage_weights_check(const float *weights, size_t n, gy_error *err) {
  for (size_t i = 0; weights != NULL && i < n; i++)
    if (!((double)weights[i] >= LIGHTEST && (double)weights[i] <= HEAVIEST))
      return gy_fail(err, GY_EDATA,
                     "hierarchical clustering: the weight of row %zu is %g; weights are %g to %g", i + 1,
                     (double)weights[i], LIGHTEST, HEAVIEST);
  return GY_OK;
}

/* What every algorithm is given, in the order of a kd-tree: near rows lie near each other in memory, and ties
 * are broken by where points are, not by the order of the rows. */
typedef struct {
  double *rows;     /* n x d */
  double *offset;   /* d */
  double *weights;  /* n */
  uint32_t *order;  /* place -> row */
  uint32_t *found;  /* row -> nearest other row */
  int32_t *nearest; /* place -> place of the nearest other row */
  gy_tree_edge *edges;
  void *storage;
} material;

static size_t lay_out(material *m, size_t n, size_t d, void *base) {
  gy_layout at = {.base = base};
  m->rows = gy_layout_take(&at, d, n * sizeof *m->rows);
  m->offset = gy_layout_take(&at, d, sizeof *m->offset);
  m->weights = gy_layout_take(&at, n, sizeof *m->weights);
  m->order = gy_layout_take(&at, n, sizeof *m->order);
  m->found = gy_layout_take(&at, n, sizeof *m->found);
  m->nearest = gy_layout_take(&at, n, sizeof *m->nearest);
  m->edges = gy_layout_take(&at, n, sizeof *m->edges);
  return gy_layout_bytes(&at);
}

enum { SEARCH_SCRATCH_A_THREAD = 4096 };

/* Bytes of the above, the kd-tree and the dendrogram. */
static size_t common_memory(size_t n, size_t d, const gy_task *task) {
  material m;
  if (n > SIZE_MAX >> 24) return SIZE_MAX;
  size_t own = lay_out(&m, n, d, NULL), kd_tree = gy_kd_tree_memory(n, d), tree = gy_dendrogram_memory(n);
  if (own > SIZE_MAX / 4 || kd_tree > SIZE_MAX / 4 || tree > SIZE_MAX / 4) return SIZE_MAX;
  return own + kd_tree + tree + (size_t)gy_task_threads(task) * SEARCH_SCRATCH_A_THREAD;
}

static size_t total_memory(const gy_linkage_input *input, size_t common) {
  size_t own =
      sees_centroids(input->linkage) ? gy_linkage_centroids_memory(input) : gy_linkage_matrix_memory(input);
  return own >= SIZE_MAX / 2 || common >= SIZE_MAX / 2 ? SIZE_MAX : own + common;
}

static gy_linkage_input describe(size_t n, size_t d, gy_linkage linkage, const gy_task *task) {
  size_t common = common_memory(n, d, task), budget = gy_task_memory(task);
  return (gy_linkage_input){
      .linkage = linkage, .n = n, .d = d, .task = task, .budget = budget > common ? budget - common : 0};
}

static size_t single_memory(size_t n, size_t d, const gy_task *task) {
  size_t need = gy_single_linkage_memory(n, d, task);
  return need > SIZE_MAX / 2 ? SIZE_MAX : need + 2 * n * sizeof(double);
}

size_t gy_hierarchical_memory(size_t n, size_t d, const gy_hierarchical_options *options,
                              const gy_task *task) {
  if (options->linkage == GY_LINKAGE_SINGLE) return single_memory(n, d, task);
  gy_linkage_input input = describe(n, d, options->linkage, task);
  return total_memory(&input, common_memory(n, d, task));
}

static gy_status check(gy_matrix x, const gy_hierarchical_options *options, const gy_task *task,
                       gy_error *err) {
  if (gy_linkage_name(options->linkage) == NULL)
    return gy_fail(err, GY_EUSAGE, "hierarchical clustering: there is no linkage %d", (int)options->linkage);
  if (x.n_columns < 1)
    return gy_fail(err, GY_EUSAGE, "hierarchical clustering: there are no columns to cluster on");
  if (x.n_rows < 1) return gy_fail(err, GY_EDATA, "hierarchical clustering: there are no rows");
  if (x.n_rows > GY_DENDROGRAM_LEAVES_MAX)
    return gy_fail(err, GY_ELIMIT, "hierarchical clustering: %zu rows; at most %d are possible", x.n_rows,
                   GY_DENDROGRAM_LEAVES_MAX);
  size_t need = gy_hierarchical_memory(x.n_rows, x.n_columns, options, task);
  if (need > gy_task_memory(task))
    return gy_fail(err, GY_ELIMIT,
                   "hierarchical clustering: %zu bytes are needed for %s linkage of %zu rows, and the budget "
                   "is %zu",
                   need, gy_linkage_name(options->linkage), x.n_rows, gy_task_memory(task));
  gy_status status = gy_matrix_check(x, GY_KD_VALUE_LIMIT, task, err);
  if (status != GY_OK) gy_error_prefix(err, "hierarchical clustering");
  return status == GY_OK ? gy_linkage_weights_check(options->weights, x.n_rows, err) : status;
}

/* The rows in their new order, relative to the mean of each column, which is rounded to single precision so
 * that subtracting it loses nothing: data far from zero keep their digits. */
static void centre_rows(gy_matrix x, material *m) {
  size_t n = x.n_rows, d = x.n_columns;
  memset(m->offset, 0, d * sizeof *m->offset);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < d; j++) m->offset[j] += (double)gy_matrix_row(x, i)[j];
  for (size_t j = 0; j < d; j++) m->offset[j] = (double)(float)(m->offset[j] / (double)n);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < d; j++)
      m->rows[i * d + j] = (double)gy_matrix_row(x, m->order[i])[j] - m->offset[j];
}

/* Order and nearest neighbours. */
static gy_status look_around(gy_matrix x, const gy_task *task, material *m, gy_error *err) {
  size_t n = x.n_rows;
  gy_kd_tree tree = {0};
  gy_status status = gy_kd_tree_build(x, task, &tree, err);
  if (status == GY_OK) status = gy_kd_nearest_all(&tree, 1, task, m->found, NULL, NULL, err);
  if (status == GY_OK) {
    uint32_t *places = m->order; /* for a moment */
    gy_kd_tree_places(&tree, places);
    for (size_t i = 0; i < n && n > 1; i++) m->nearest[i] = (int32_t)places[m->found[tree.rows[i]]];
    memcpy(m->order, tree.rows, n * sizeof *m->order);
  }
  gy_kd_tree_clear(&tree);
  return status;
}

static gy_status gather(gy_matrix x, const float *weights, const gy_task *task, material *m, gy_error *err) {
  size_t n = x.n_rows, bytes = lay_out(m, n, x.n_columns, NULL);
  m->storage = aligned_alloc(GY_LAYOUT_ALIGNMENT, bytes);
  if (m->storage == NULL)
    return gy_fail(err, GY_ENOMEM, "hierarchical clustering: out of memory for %zu rows", n);
  lay_out(m, n, x.n_columns, m->storage);
  gy_status status = look_around(x, task, m, err);
  if (status != GY_OK) return status;
  centre_rows(x, m);
  for (size_t i = 0; i < n; i++) m->weights[i] = weights == NULL ? 1 : (double)weights[m->order[i]];
  return GY_OK;
}

/* Gives the tree the rows' weights, if there are any. */
static gy_status finish(gy_dendrogram *grown, const float *weights, gy_dendrogram *tree, gy_error *err) {
  size_t n = (size_t)grown->n_leaves;
  double *sizes = NULL;
  gy_status status = GY_OK;
  if (weights != NULL) {
    sizes = malloc(n * sizeof *sizes);
    if (sizes == NULL)
      status = gy_fail(err, GY_ENOMEM, "hierarchical clustering: out of memory for %zu rows", n);
    for (size_t i = 0; sizes != NULL && i < n; i++) sizes[i] = (double)weights[i];
    if (status == GY_OK) status = gy_dendrogram_weigh(grown, sizes, err);
  }
  free(sizes);
  if (status == GY_OK)
    *tree = *grown;
  else
    gy_dendrogram_clear(grown);
  return status;
}

/* Single linkage does not look at weights; its tree's sizes do. */
static gy_status fit_single(gy_matrix x, const float *weights, const gy_task *task, gy_dendrogram *tree,
                            gy_error *err) {
  gy_dendrogram grown;
  gy_status status = gy_single_linkage(x, task, &grown, err);
  return status == GY_OK ? finish(&grown, weights, tree, err) : status;
}

/* The merges speak of places; the tree speaks of rows. */
static gy_status grow_tree(material *m, size_t n, gy_linkage linkage, const float *weights,
                           gy_dendrogram *tree, gy_error *err) {
  gy_dendrogram grown;
  for (size_t i = 0; i + 1 < n; i++) {
    m->edges[i].a = (int32_t)m->order[m->edges[i].a];
    m->edges[i].b = (int32_t)m->order[m->edges[i].b];
  }
  gy_status status = gy_dendrogram_grow(m->edges, n, NULL, may_invert(linkage), &grown, err);
  return status == GY_OK ? finish(&grown, weights, tree, err) : status;
}

gy_status gy_hierarchical_fit_with(const gy_centroids_kernel *kernel, gy_matrix x,
                                   const gy_hierarchical_options *options, const gy_task *task,
                                   gy_dendrogram *tree, gy_error *err) {
  material m = {0};
  gy_status status = check(x, options, task, err);
  if (status != GY_OK) return status;
  if (options->linkage == GY_LINKAGE_SINGLE) return fit_single(x, options->weights, task, tree, err);
  status = gather(x, options->weights, task, &m, err);
  if (status != GY_OK) goto done;
  bool known = options->linkage != GY_LINKAGE_WARD || options->weights == NULL;
  gy_merge_list list = {.edges = m.edges, .total = x.n_rows - 1, .task = task};
  gy_linkage_input input = describe(x.n_rows, x.n_columns, options->linkage, task);
  input.rows = m.rows;
  input.weights = m.weights;
  input.nearest = known ? m.nearest : NULL;
  input.kernel = kernel;
  status = sees_centroids(input.linkage) ? gy_linkage_centroids(&input, &list, err)
                                         : gy_linkage_matrix(&input, &list, err);
  if (status == GY_OK) status = grow_tree(&m, x.n_rows, input.linkage, options->weights, tree, err);
done:
  free(m.storage);
  return status;
}

gy_status gy_hierarchical_fit(gy_matrix x, const gy_hierarchical_options *options, const gy_task *task,
                              gy_dendrogram *tree, gy_error *err) {
  size_t count;
  return gy_hierarchical_fit_with(gy_centroids_kernels(&count)[0], x, options, task, tree, err);
}

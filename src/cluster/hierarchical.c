/* SPDX-License-Identifier: Apache-2.0
 *
 * Fitting a dendrogram: checks, the points in the form that the algorithms take, the algorithm that suits the
 * linkage (linkage_centroids.c, linkage_matrix.c), and the tree from its merges (dendrogram.c). */
#include <gyeol/hierarchical.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/dendrogram.h"
#include "cluster/linkage.h"
#include "cluster/single_linkage.h"
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

static gy_status check_weights(const float *weights, size_t n, gy_error *err) {
  for (size_t i = 0; weights != NULL && i < n; i++)
    if (!((double)weights[i] >= LIGHTEST && (double)weights[i] <= HEAVIEST))
      return gy_fail(err, GY_EDATA,
                     "hierarchical clustering: the weight of row %zu is %g; weights are %g to %g", i + 1,
                     (double)weights[i], LIGHTEST, HEAVIEST);
  return GY_OK;
}

/* Bytes of the input as doubles, the merges and the tree, which every algorithm needs. */
static size_t common_memory(size_t n, size_t d) {
  double need = (double)n * ((double)d * sizeof(double) + sizeof(double) + sizeof(gy_tree_edge)) +
                (double)d * sizeof(double);
  size_t tree = gy_dendrogram_memory(n);
  if (need > (double)(SIZE_MAX / 4) || tree > SIZE_MAX / 4) return SIZE_MAX;
  return n * (d + 1) * sizeof(double) + n * sizeof(gy_tree_edge) + d * sizeof(double) + tree;
}

static size_t total_memory(const gy_linkage_input *input, size_t common) {
  size_t own =
      sees_centroids(input->linkage) ? gy_linkage_centroids_memory(input) : gy_linkage_matrix_memory(input);
  return own >= SIZE_MAX / 2 || common >= SIZE_MAX / 2 ? SIZE_MAX : own + common;
}

static gy_linkage_input describe(size_t n, size_t d, gy_linkage linkage, const gy_task *task) {
  size_t common = common_memory(n, d), budget = gy_task_memory(task);
  return (gy_linkage_input){
      .linkage = linkage, .n = n, .d = d, .task = task, .budget = budget > common ? budget - common : 0};
}

static size_t single_memory(size_t n, size_t d, const gy_task *task) {
  size_t need = gy_single_linkage_memory(n, d, task);
  return need > SIZE_MAX / 2 ? SIZE_MAX : need + n * sizeof(double);
}

size_t gy_hierarchical_memory(size_t n, size_t d, const gy_hierarchical_options *options,
                              const gy_task *task) {
  if (options->linkage == GY_LINKAGE_SINGLE) return single_memory(n, d, task);
  gy_linkage_input input = describe(n, d, options->linkage, task);
  return total_memory(&input, common_memory(n, d));
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
  gy_status status = gy_matrix_check(x, FLT_MAX, task, err);
  if (status != GY_OK) gy_error_prefix(err, "hierarchical clustering");
  return status == GY_OK ? check_weights(options->weights, x.n_rows, err) : status;
}

/* The rows relative to the mean of each column, which is rounded to single precision so that subtracting it
 * loses nothing: data far from zero keep their digits. */
static void centre_rows(gy_matrix x, double *offset, double *rows) {
  size_t n = x.n_rows, d = x.n_columns;
  memset(offset, 0, d * sizeof *offset);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < d; j++) offset[j] += (double)gy_matrix_row(x, i)[j];
  for (size_t j = 0; j < d; j++) offset[j] = (double)(float)(offset[j] / (double)n);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < d; j++) rows[i * d + j] = (double)gy_matrix_row(x, i)[j] - offset[j];
}

/* Single linkage does not look at weights; its tree's sizes do. */
static gy_status fit_single(gy_matrix x, const float *weights, const gy_task *task, gy_dendrogram *tree,
                            gy_error *err) {
  gy_dendrogram fitted = {0};
  gy_status status = gy_single_linkage(x, task, &fitted, err);
  if (status == GY_OK && weights != NULL) status = gy_dendrogram_weigh(&fitted, weights, err);
  if (status == GY_OK)
    *tree = fitted;
  else
    gy_dendrogram_clear(&fitted);
  return status;
}

gy_status gy_hierarchical_fit_with(const gy_centroids_kernel *kernel, gy_matrix x,
                                   const gy_hierarchical_options *options, const gy_task *task,
                                   gy_dendrogram *tree, gy_error *err) {
  size_t n = x.n_rows, d = x.n_columns;
  double *rows = NULL, *offset = NULL, *weights = NULL;
  gy_merge_list list = {.total = n - 1, .task = task};
  gy_status status = check(x, options, task, err);
  if (status != GY_OK) return status;
  if (options->linkage == GY_LINKAGE_SINGLE) return fit_single(x, options->weights, task, tree, err);
  rows = malloc(n * d * sizeof *rows);
  offset = malloc(d * sizeof *offset);
  list.edges = malloc(n * sizeof *list.edges);
  if (options->weights != NULL) weights = malloc(n * sizeof *weights);
  if (rows == NULL || offset == NULL || list.edges == NULL || (options->weights != NULL && weights == NULL)) {
    status = gy_fail(err, GY_ENOMEM, "hierarchical clustering: out of memory for %zu rows", n);
    goto done;
  }
  centre_rows(x, offset, rows);
  for (size_t i = 0; weights != NULL && i < n; i++) weights[i] = (double)options->weights[i];
  gy_linkage_input input = describe(n, d, options->linkage, task);
  input.rows = rows;
  input.weights = weights;
  input.kernel = kernel;
  status = sees_centroids(input.linkage) ? gy_linkage_centroids(&input, &list, err)
                                         : gy_linkage_matrix(&input, &list, err);
  if (status == GY_OK)
    status = gy_dendrogram_grow(list.edges, n, weights, may_invert(input.linkage), tree, err);
done:
  free(rows);
  free(offset);
  free(list.edges);
  free(weights);
  return status;
}

gy_status gy_hierarchical_fit(gy_matrix x, const gy_hierarchical_options *options, const gy_task *task,
                              gy_dendrogram *tree, gy_error *err) {
  size_t count;
  return gy_hierarchical_fit_with(gy_centroids_kernels(&count)[0], x, options, task, tree, err);
}

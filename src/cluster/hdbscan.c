/* SPDX-License-Identifier: Apache-2.0
 *
 * HDBSCAN* from rows to labels: spanning tree under mutual reachability (mst.h), its dendrogram, the
 * condensed tree (condensed_tree.c), the choice of clusters (condensed_choice.c). */
#include <gyeol/hdbscan.h>

#include <stdlib.h>
#include <string.h>

#include "cluster/condensed_tree.h"
#include "cluster/mst.h"
#include "cluster/single_linkage.h"

gy_hdbscan_options gy_hdbscan_defaults(void) { return (gy_hdbscan_options){.min_cluster_size = 5}; }

static gy_mst_options mst_options(size_t n, const gy_hdbscan_options *options) {
  size_t min_samples = (size_t)options->min_samples;
  if (options->min_samples == 0) {
    min_samples = (size_t)options->min_cluster_size;
    if (min_samples > n) min_samples = n;
  }
  return (gy_mst_options){.min_samples = min_samples};
}

/* A row's part of the result, and of what comes after the spanning tree: the edges, two copies of them in
 * growing the dendrogram, merges, positions. */
enum {
  RESULT_BYTES = 2 * sizeof(float) + 2 * sizeof(double) + 2 * sizeof(int32_t),
  GROWING_BYTES = sizeof(gy_tree_edge) + 32 + sizeof(gy_merge),
  CONDENSING_BYTES = 40 + sizeof(gy_merge)
};

size_t gy_hdbscan_memory(size_t n, size_t d, const gy_hdbscan_options *options, const gy_task *task) {
  if (options->min_cluster_size < 2 || options->min_samples < 0) return SIZE_MAX;
  gy_mst_options mst = mst_options(n, options);
  size_t tree = gy_mst_memory(n, d, &mst, task);
  if (tree == SIZE_MAX) return SIZE_MAX;
  /* Nodes come in pairs that share at least two rows of min_cluster_size each; the list grows by doubling. */
  size_t nodes = (2 * (n / (size_t)options->min_cluster_size) + 16) * 3 * sizeof(gy_hdbscan_node);
  size_t growing = n * GROWING_BYTES, condensing = n * CONDENSING_BYTES + nodes;
  size_t later = n * sizeof(gy_mst_edge) + (growing > condensing ? growing : condensing);
  size_t first = n * sizeof(gy_mst_edge) + tree;
  return n * RESULT_BYTES + (first > later ? first : later);
}

static gy_status check(gy_matrix x, const gy_hdbscan_options *options, const gy_task *task, gy_error *err) {
  if (options->min_cluster_size < 2)
    return gy_fail(err, GY_EUSAGE, "hdbscan: min_cluster_size is %d; it must be 2 or more",
                   options->min_cluster_size);
  if (options->min_samples < 0)
    return gy_fail(err, GY_EUSAGE,
                   "hdbscan: min_samples is %d; it must be 1 or more, or 0 for min_cluster_size",
                   options->min_samples);
  if (!(options->cluster_selection_epsilon >= 0))
    return gy_fail(err, GY_EUSAGE, "hdbscan: cluster_selection_epsilon is %g; it must be 0 or more",
                   options->cluster_selection_epsilon);
  if (options->selection != GY_HDBSCAN_EOM && options->selection != GY_HDBSCAN_LEAF)
    return gy_fail(err, GY_EUSAGE, "hdbscan: no way %d of selecting clusters", (int)options->selection);
  size_t min_samples = mst_options(x.n_rows, options).min_samples;
  size_t need = gy_hdbscan_memory(x.n_rows, x.n_columns, options, task);
  if (need > gy_task_memory(task))
    return gy_fail(err, GY_ELIMIT, "hdbscan: %zu bytes are needed for %zu rows, and the budget is %zu", need,
                   x.n_rows, gy_task_memory(task));
  return gy_mst_check(x, x.n_rows == 0 ? 1 : min_samples, "hdbscan", task, err);
}

static gy_status take_rows(gy_hdbscan *model, gy_error *err) {
  size_t n = model->n_rows;
  model->probabilities = malloc(n * sizeof *model->probabilities);
  model->outlier_scores = malloc(n * sizeof *model->outlier_scores);
  model->core_distances = malloc(n * sizeof *model->core_distances);
  model->row_nodes = malloc(n * sizeof *model->row_nodes);
  model->row_lambdas = malloc(n * sizeof *model->row_lambdas);
  if (model->probabilities == NULL || model->outlier_scores == NULL || model->core_distances == NULL ||
      model->row_nodes == NULL || model->row_lambdas == NULL)
    return gy_fail(err, GY_ENOMEM, "hdbscan: out of memory for %zu rows", n);
  return GY_OK;
}

static gy_status grow_tree(gy_matrix x, const gy_hdbscan_options *options, const gy_task *task,
                           gy_hdbscan *model, gy_error *err) {
  gy_dendrogram tree = {0};
  gy_mst_options mst = mst_options(x.n_rows, options);
  gy_mst_edge *edges = malloc(x.n_rows * sizeof *edges);
  if (edges == NULL) return gy_fail(err, GY_ENOMEM, "hdbscan: out of memory for %zu rows", x.n_rows);
  gy_status status = gy_mst_build(x, &mst, task, edges, model->core_distances, err);
  if (status == GY_OK) status = gy_dendrogram_of_mst(edges, x.n_rows, &tree, err);
  free(edges);
  if (status == GY_OK) status = gy_condense(&tree, options->min_cluster_size, model, err);
  gy_dendrogram_clear(&tree);
  return status;
}

typedef struct {
  int64_t size, first;
  int32_t label;
} cluster_rank;

static int larger_first(const void *left, const void *right) {
  const cluster_rank *a = left, *b = right;
  if (a->size != b->size) return a->size > b->size ? -1 : 1;
  return (a->first > b->first) - (a->first < b->first);
}

/* Counts rows by cluster, and renumbers clusters by size. */
static gy_status put_in_order(gy_hdbscan *model, const double *deaths, int32_t *labels, gy_error *err) {
  size_t k = (size_t)model->n_clusters;
  float probability;
  cluster_rank *ranks = calloc(k + 1, sizeof *ranks);
  int32_t *number = calloc(k + 1, sizeof *number);
  if (ranks == NULL || number == NULL) {
    free(ranks);
    free(number);
    return gy_fail(err, GY_ENOMEM, "hdbscan: out of memory for %zu clusters", k);
  }
  for (size_t i = 0; i < model->n_rows; i++) {
    labels[i] = gy_condensed_label(model, deaths, model->row_nodes[i], model->row_lambdas[i], &probability);
    model->probabilities[i] = probability;
    model->n_noise += labels[i] < 0;
    if (labels[i] < 0) continue;
    cluster_rank *rank = &ranks[labels[i]];
    if (rank->size++ == 0) rank->first = (int64_t)i;
    rank->label = labels[i];
  }
  qsort(ranks, k, sizeof *ranks, larger_first);
  for (size_t c = 0; c < k; c++) number[ranks[c].label] = (int32_t)c;
  for (size_t i = 0; i < model->n_rows; i++)
    if (labels[i] >= 0) labels[i] = number[labels[i]];
  for (int32_t c = 0; c < model->n_nodes; c++) {
    gy_hdbscan_node *node = &model->nodes[c];
    if (node->label >= 0) node->label = number[node->label];
    if (!node->chosen) continue;
    model->sizes[node->label] = ranks[node->label].size;
    model->stabilities[node->label] = node->stability;
  }
  free(ranks);
  free(number);
  return GY_OK;
}

static gy_status label_rows(gy_hdbscan *model, int32_t *labels, gy_error *err) {
  size_t k = (size_t)model->n_clusters;
  double *deaths = malloc((k + 1) * sizeof *deaths);
  model->sizes = calloc(k + 1, sizeof *model->sizes);
  model->stabilities = calloc(k + 1, sizeof *model->stabilities);
  gy_status status = GY_OK;
  if (deaths == NULL || model->sizes == NULL || model->stabilities == NULL) {
    status = gy_fail(err, GY_ENOMEM, "hdbscan: out of memory for %zu clusters", k);
  } else {
    gy_condensed_deaths(model, deaths);
    status = put_in_order(model, deaths, labels, err);
  }
  free(deaths);
  return status;
}

gy_status gy_hdbscan_fit(gy_matrix x, const gy_hdbscan_options *options, const gy_task *task,
                         gy_hdbscan *model, int32_t *labels, gy_error *err) {
  gy_status status = check(x, options, task, err);
  if (status != GY_OK) return status;
  gy_hdbscan fitted = {.n_rows = x.n_rows, .n_columns = x.n_columns};
  fitted.min_samples = (int32_t)mst_options(x.n_rows, options).min_samples;
  int32_t *own_labels = malloc(x.n_rows * sizeof *own_labels);
  if (own_labels == NULL) return gy_fail(err, GY_ENOMEM, "hdbscan: out of memory for %zu rows", x.n_rows);
  status = take_rows(&fitted, err);
  if (status == GY_OK) status = grow_tree(x, options, task, &fitted, err);
  if (status == GY_OK) status = gy_condensed_choose(&fitted, options, err);
  if (status == GY_OK) status = gy_condensed_outliers(&fitted, err);
  if (status == GY_OK) status = label_rows(&fitted, own_labels, err);
  if (status == GY_OK) {
    if (labels != NULL) memcpy(labels, own_labels, x.n_rows * sizeof *labels);
    *model = fitted;
    fitted = (gy_hdbscan){0};
  }
  free(own_labels);
  gy_hdbscan_clear(&fitted);
  return status;
}

void gy_hdbscan_clear(gy_hdbscan *model) {
  if (model == NULL) return;
  free(model->sizes);
  free(model->stabilities);
  free(model->probabilities);
  free(model->outlier_scores);
  free(model->core_distances);
  free(model->row_nodes);
  free(model->row_lambdas);
  free(model->nodes);
  *model = (gy_hdbscan){0};
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Methods that end in a dendrogram. */
#include <math.h>
#include <string.h>

#include <gyeol/genie.h>
#include <gyeol/hierarchical.h>

#include "study/cluster_method.h"
#include "study/tree_export.h"

enum { PERSISTENT_K_MAX = 20 };

static gy_status find_linkage(const char *name, gy_linkage *linkage, gy_error *err) {
  *linkage = GY_LINKAGE_WARD;
  for (int i = 0; name != NULL && i < GY_LINKAGE_COUNT; i++) {
    if (strcmp(gy_linkage_name((gy_linkage)i), name) != 0) continue;
    *linkage = (gy_linkage)i;
    return GY_OK;
  }
  if (name == NULL) return GY_OK;
  return gy_fail(
      err, GY_EUSAGE,
      "--linkage %s is not known; use ward, average, complete, weighted, centroid, median or single", name);
}

/* The k that lives longest while the height of the cut grows. */
static gy_status find_lasting_k(const gy_dendrogram *tree, gy_cluster_fit *fit, gy_error *err) {
  gy_persistent_cut cut;
  fit->k = 1;
  if (tree->n_leaves < 3) {
    gy_cluster_note(fit, "k = 1 was chosen: %d rows have no cut that outlasts another.", tree->n_leaves);
    return GY_OK;
  }
  if (tree->merges[tree->n_leaves - 2].height <= 0) {
    gy_cluster_note(fit, "k = 1 was chosen: all rows are equal.");
    return GY_OK;
  }
  gy_status status = gy_dendrogram_persistent_cut(tree, PERSISTENT_K_MAX, &cut, err);
  if (status != GY_OK) return status;
  fit->k = cut.k;
  gy_cluster_note(fit, "k = %d was chosen: the cut that lasts longest, heights %.4g to %.4g.", cut.k, cut.low,
                  cut.high);
  return GY_OK;
}

/* How many clusters a cut at `height` leaves: merges above it are not made. */
static int32_t clusters_at(const gy_dendrogram *tree, double height) {
  int32_t k = 1;
  for (int32_t i = 0; i < tree->n_leaves - 1; i++) k += tree->merges[i].height > height;
  return k;
}

static gy_status cut(const gy_hierarchy *model, const gy_cluster_options *options, gy_cluster_fit *fit,
                     gy_error *err) {
  gy_status status = GY_OK;
  if (options->height >= 0 && model->leaf_of_row == NULL)
    return gy_dendrogram_cut_at(&model->tree, options->height, fit->labels, &fit->k, err);
  if (options->height >= 0)
    fit->k = clusters_at(&model->tree, options->height);
  else if (options->k == 0)
    status = find_lasting_k(&model->tree, fit, err);
  else if ((size_t)options->k > model->n_rows)
    return gy_fail(err, GY_EDATA, "there are %zu rows, fewer than --k %d", model->n_rows, options->k);
  else
    fit->k = options->k;
  return status == GY_OK ? gy_hierarchy_cut(model, fit->k, fit->labels, err) : status;
}

static void record_tree(const gy_dendrogram *tree, gy_cluster_fit *fit) {
  json_object_set_new(fit->record, "iterations", json_integer(tree->n_leaves - 1));
  json_object_set_new(fit->record, "converged", json_true());
  json_t *last = json_array();
  for (int32_t i = tree->n_leaves - 2; i >= 0 && i >= tree->n_leaves - 1 - PERSISTENT_K_MAX; i--)
    json_array_append_new(last, json_real(tree->merges[i].height));
  json_object_set_new(fit->record, "last_heights", last);
}

static gy_status record_hierarchy(const gy_hierarchy *model, const gy_cluster_options *options,
                                  const gy_task *task, gy_cluster_fit *fit, gy_error *err) {
  json_object_set_new(fit->record, "linkage", json_string(gy_linkage_name(model->linkage)));
  json_object_set_new(fit->record, "way", json_string(model->method));
  record_tree(&model->tree, fit);
  if (model->tree.n_inversions > 0)
    gy_cluster_note(fit, "%d merges lie below their parts: %s linkage can invert.", model->tree.n_inversions,
                    gy_linkage_name(model->linkage));
  if (model->leaf_of_row == NULL) return gy_tree_export(&model->tree, options->tree, task, err);
  gy_cluster_note(
      fit,
      "In two stages: %d micro-clusters, then %s linkage of them; %.2f %% of the squared deviations "
      "lie within micro-clusters.",
      model->tree.n_leaves, gy_linkage_name(model->linkage), 100 * model->lost);
  if (options->tree != NULL)
    gy_cluster_note(fit, "The leaves of the tree in %s are micro-clusters, not rows.", options->tree);
  return gy_tree_export(&model->tree, options->tree, task, err);
}

static gy_status fit_hierarchical(const gy_cluster_input *input, const gy_task *task, gy_cluster_fit *fit,
                                  gy_error *err) {
  gy_linkage linkage;
  gy_hierarchy model = {0};
  gy_status status = find_linkage(input->options->linkage, &linkage, err);
  if (status != GY_OK) return status;
  gy_hierarchical_options options = gy_hierarchical_defaults(linkage);
  options.weights = input->weights;
  status = gy_hierarchy_fit(input->x, &options, task, &model, err);
  if (status == GY_OK) status = cut(&model, input->options, fit, err);
  if (status == GY_OK) status = record_hierarchy(&model, input->options, task, fit, err);
  gy_hierarchy_clear(&model);
  return status;
}

static gy_status fit_genie(const gy_cluster_input *input, const gy_task *task, gy_cluster_fit *fit,
                           gy_error *err) {
  gy_genie_options options = gy_genie_defaults(input->options->k);
  if (input->options->gini >= 0) options.gini_threshold = input->options->gini;
  gy_genie model;
  gy_status status = gy_genie_fit(input->x, &options, task, &model, fit->labels, err);
  if (status != GY_OK) return status;
  fit->k = model.n_clusters;
  json_object_set_new(fit->record, "gini_threshold", json_real(options.gini_threshold));
  json_object_set_new(fit->record, "gini", json_real(model.gini));
  json_object_set_new(fit->record, "turned_merges", json_integer(model.n_turned));
  record_tree(&model.tree, fit);
  status = gy_tree_export(&model.tree, input->options->tree, task, err);
  gy_genie_clear(&model);
  return status;
}

const gy_cluster_method GY_METHOD_HIERARCHICAL = {
    .name = "hierarchical",
    .summary = "joins the nearest again and again; a tree to cut anywhere",
    .takes_weights = true,
    .fit = fit_hierarchical,
};

const gy_cluster_method GY_METHOD_GENIE = {
    .name = "genie",
    .summary = "single linkage kept even by an index of inequality; clusters of any shape",
    .needs_k = true,
    .fit = fit_genie,
};

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
static gy_status cut_where_it_lasts(const gy_dendrogram *tree, gy_cluster_fit *fit, gy_error *err) {
  gy_persistent_cut cut;
  gy_status status = gy_dendrogram_persistent_cut(tree, PERSISTENT_K_MAX, &cut, err);
  if (status != GY_OK) return status;
  fit->k = cut.k;
  gy_cluster_note(fit, "k = %d was chosen: the cut that lasts longest, heights %.4g to %.4g.", cut.k, cut.low,
                  cut.high);
  return gy_dendrogram_cut(tree, cut.k, fit->labels, err);
}

static gy_status cut_tree(const gy_dendrogram *tree, const gy_cluster_options *options, gy_cluster_fit *fit,
                          gy_error *err) {
  if (options->height >= 0) return gy_dendrogram_cut_at(tree, options->height, fit->labels, &fit->k, err);
  if (options->k == 0) return cut_where_it_lasts(tree, fit, err);
  if (options->k > tree->n_leaves)
    return gy_fail(err, GY_EDATA, "there are %d rows, fewer than --k %d", tree->n_leaves, options->k);
  fit->k = options->k;
  return gy_dendrogram_cut(tree, options->k, fit->labels, err);
}

static void record_tree(const gy_dendrogram *tree, gy_cluster_fit *fit) {
  json_object_set_new(fit->record, "iterations", json_integer(tree->n_leaves - 1));
  json_object_set_new(fit->record, "converged", json_true());
  json_t *last = json_array();
  for (int32_t i = tree->n_leaves - 2; i >= 0 && i >= tree->n_leaves - 1 - PERSISTENT_K_MAX; i--)
    json_array_append_new(last, json_real(tree->merges[i].height));
  json_object_set_new(fit->record, "last_heights", last);
}

static gy_status fit_hierarchical(const gy_cluster_input *input, const gy_task *task, gy_cluster_fit *fit,
                                  gy_error *err) {
  gy_linkage linkage;
  gy_dendrogram tree = {0};
  gy_status status = find_linkage(input->options->linkage, &linkage, err);
  if (status != GY_OK) return status;
  gy_hierarchical_options options = gy_hierarchical_defaults(linkage);
  options.weights = input->weights;
  status = gy_hierarchical_fit(input->x, &options, task, &tree, err);
  if (status == GY_OK) status = cut_tree(&tree, input->options, fit, err);
  if (status == GY_OK) {
    json_object_set_new(fit->record, "linkage", json_string(gy_linkage_name(linkage)));
    record_tree(&tree, fit);
    if (tree.n_inversions > 0)
      gy_cluster_note(fit, "%d merges lie below their parts: %s linkage can invert.", tree.n_inversions,
                      gy_linkage_name(linkage));
    status = gy_tree_export(&tree, input->options->tree, task, err);
  }
  gy_dendrogram_clear(&tree);
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

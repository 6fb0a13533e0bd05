/* SPDX-License-Identifier: Apache-2.0
 *
 * HDBSCAN* on any small matrix with any options: labels, sizes, tree and scores agree, its own rows can be
 * predicted, or there is a sentence. */
#include <math.h>

#include <gyeol/dbcv.h>
#include <gyeol/hdbscan.h>

#include "fuzz_points.h"

static void check_tree(const gy_hdbscan *model) {
  for (int32_t c = 0; c < model->n_nodes; c++) {
    const gy_hdbscan_node *node = &model->nodes[c];
    must(node->parent < c && (c == 0) == (node->parent < 0));
    must(isfinite(node->stability) && node->stability >= 0 && node->death >= node->birth);
    must(c == 0 || node->birth > model->nodes[node->parent].birth);
  }
}

static void check_rows(const gy_hdbscan *model, const int32_t *labels) {
  int64_t counts[256] = {0}, noise = 0;
  for (size_t i = 0; i < model->n_rows; i++) {
    must(labels[i] >= -1 && labels[i] < model->n_clusters);
    must(model->row_nodes[i] >= 0 && model->row_nodes[i] < model->n_nodes);
    must(isfinite(model->row_lambdas[i]) && model->row_lambdas[i] > 0);
    must(model->probabilities[i] >= 0 && model->probabilities[i] <= 1);
    must(model->outlier_scores[i] >= 0 && model->outlier_scores[i] <= 1);
    if (labels[i] < 0)
      noise++;
    else
      counts[labels[i]]++;
  }
  must(noise == model->n_noise);
  for (int32_t c = 0; c < model->n_clusters; c++) must(counts[c] == model->sizes[c] && counts[c] > 0);
}

static void check_validity(gy_matrix x, const gy_hdbscan *model, const int32_t *labels) {
  gy_dbcv result;
  gy_clustering clustering = {x, labels, model->n_clusters};
  if (gy_dbcv_of(&clustering, NULL, &result, NULL, NULL) == GY_OK)
    must(result.value >= -1 && result.value <= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bytes bytes = {data, size};
  gy_hdbscan_options options = gy_hdbscan_defaults();
  options.min_cluster_size = (int32_t)fuzz_below(&bytes, 20);
  options.min_samples = (int32_t)fuzz_below(&bytes, 20);
  options.selection = fuzz_below(&bytes, 2) ? GY_HDBSCAN_EOM : GY_HDBSCAN_LEAF;
  options.cluster_selection_epsilon = (double)fuzz_below(&bytes, 4);
  options.allow_single_cluster = fuzz_below(&bytes, 2);
  gy_matrix x = fuzz_points(&bytes, 200, 20);
  int32_t *labels = malloc((x.n_rows + 1) * sizeof *labels);
  must(labels != NULL);
  gy_hdbscan model;
  gy_error err = {0};
  gy_task task = {.n_threads = 1};
  gy_status status = gy_hdbscan_fit(x, &options, &task, &model, labels, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  if (status == GY_OK) {
    check_tree(&model);
    check_rows(&model, labels);
    check_validity(x, &model, labels);
    must(gy_hdbscan_predict(&model, x, x, &task, labels, NULL, &err) == GY_OK);
    gy_hdbscan_clear(&model);
  }
  free(labels);
  free((void *)x.values);
  return 0;
}

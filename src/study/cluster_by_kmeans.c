/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include <gyeol/cluster_choice.h>
#include <gyeol/kmeans.h>

#include "study/cluster_method.h"

/* k by silhouette, elbow and stability; the evidence goes to the record. */
static gy_status choose_k(const gy_cluster_input *input, const gy_task *task, gy_cluster_fit *fit, int32_t *k,
                          gy_error *err) {
  gy_k_choice_options options = gy_k_choice_defaults();
  gy_k_choice choice;
  options.seed = input->options->seed;
  gy_status status = gy_k_choose(input->x, &options, task, &choice, err);
  if (status != GY_OK) return status;
  json_t *rows = json_array();
  for (int32_t i = 0; i < choice.n_evidence; i++) {
    const gy_k_evidence *e = &choice.evidence[i];
    json_t *row = json_pack("{s:i, s:f, s:f, s:b}", "k", e->k, "inertia_per_row", e->inertia, "silhouette",
                            e->silhouette, "qualified", e->qualified);
    if (isfinite(e->stability)) json_object_set_new(row, "stability", json_real(e->stability));
    json_array_append_new(rows, row);
  }
  json_object_set_new(fit->record, "k_choice", rows);
  gy_cluster_note(fit, "k = %d was chosen: %s.", choice.k, gy_k_reason_text(choice.reason));
  *k = choice.k;
  return GY_OK;
}

static gy_status fit_kmeans(const gy_cluster_input *input, const gy_task *task, gy_cluster_fit *fit,
                            gy_error *err) {
  const gy_cluster_options *asked = input->options;
  int32_t k = asked->k;
  gy_status status = k > 0 ? GY_OK : choose_k(input, task, fit, &k, err);
  if (status != GY_OK) return status;
  gy_kmeans_options options = gy_kmeans_defaults(k);
  options.seed = asked->seed;
  options.weights = input->weights;
  if (asked->starts > 0) options.n_starts = asked->starts;
  if (asked->max_iterations > 0) options.max_iterations = asked->max_iterations;
  if (asked->tolerance >= 0) options.tolerance = asked->tolerance;
  gy_kmeans model;
  status = gy_kmeans_fit(input->x, &options, task, &model, fit->labels, err);
  if (status != GY_OK) return status;
  fit->k = model.n_clusters;
  json_object_set_new(fit->record, "inertia", json_real(model.inertia));
  json_object_set_new(fit->record, "iterations", json_integer(model.iterations));
  json_object_set_new(fit->record, "converged", json_boolean(model.converged));
  gy_cluster_score_by_center(fit, model.centers, (size_t)model.n_clusters, model.n_columns);
  if (!model.converged)
    gy_cluster_note(fit, "Not converged after %d iterations; raise --max-iter.", model.iterations);
  if (model.n_empty > 0)
    gy_cluster_note(fit, "%d clusters are empty: fewer rows differ than k asks for.", model.n_empty);
  gy_kmeans_clear(&model);
  return GY_OK;
}

const gy_cluster_method GY_METHOD_KMEANS = {
    .name = "kmeans",
    .summary = "k centres that minimise squared distances; fast at any size",
    .takes_weights = true,
    .fit = fit_kmeans,
};

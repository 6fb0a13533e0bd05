/* SPDX-License-Identifier: Apache-2.0 */
#include <gyeol/kprototypes.h>

#include "study/cluster_method.h"
#include "study/cluster_model.h"

static json_t *modes_json(const gy_kprototypes *model) {
  json_t *rows = json_array();
  for (int32_t c = 0; c < model->n_clusters; c++) {
    json_t *row = json_array();
    for (size_t j = 0; j < model->n_codes; j++)
      json_array_append_new(row, json_integer(model->modes[(size_t)c * model->n_codes + j]));
    json_array_append_new(rows, row);
  }
  return rows;
}

static gy_status fit_kprototypes(const gy_cluster_input *input, const gy_task *task, gy_cluster_fit *fit,
                                 gy_error *err) {
  gy_mixed x = {.n_rows = input->x.n_rows,
                .numbers = input->x.values,
                .n_numbers = input->x.n_columns,
                .codes = input->codes,
                .n_codes = input->n_categories};
  gy_kprototypes_options options = gy_kprototypes_defaults(input->options->k);
  options.seed = input->options->seed;
  if (input->options->starts > 0) options.n_starts = input->options->starts;
  if (input->options->max_iterations > 0) options.max_iterations = input->options->max_iterations;
  gy_kprototypes model;
  gy_status status = gy_kprototypes_fit(&x, &options, task, &model, fit->labels, err);
  if (status != GY_OK) return status;
  fit->k = model.n_clusters;
  json_object_set_new(fit->record, "inertia", json_real(model.cost));
  json_object_set_new(fit->record, "gamma", json_real(model.gamma));
  json_object_set_new(fit->record, "iterations", json_integer(model.iterations));
  json_object_set_new(fit->record, "converged", json_boolean(model.converged));
  json_object_set_new(fit->record, "prototypes_scaled",
                      gy_rows_json(model.centers, (size_t)model.n_clusters, model.n_numbers));
  json_object_set_new(fit->record, "modes", modes_json(&model));
  if (!model.converged)
    gy_cluster_note(fit, "Not converged after %d iterations; raise --max-iter.", model.iterations);
  fit->n_empty = model.n_empty;
  if (model.n_empty > 0)
    gy_cluster_note(fit, "%d clusters are empty: fewer rows differ than k asks for.", model.n_empty);
  gy_kprototypes_clear(&model);
  return GY_OK;
}

const gy_cluster_method GY_METHOD_KPROTOTYPES = {
    .name = "kprototypes",
    .summary = "means for numbers and commonest levels for categories; k-modes without numbers",
    .takes_categories = true,
    .needs_k = true,
    .fit = fit_kprototypes,
};

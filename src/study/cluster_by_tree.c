/* SPDX-License-Identifier: Apache-2.0
 *
 * Methods that end in a dendrogram. */
#include <gyeol/genie.h>

#include "study/cluster_method.h"

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
  json_object_set_new(fit->record, "iterations",
                      json_integer((json_int_t)input->x.n_rows - model.n_clusters));
  json_object_set_new(fit->record, "converged", json_true());
  gy_genie_clear(&model);
  return GY_OK;
}

const gy_cluster_method GY_METHOD_GENIE = {
    .name = "genie",
    .summary = "single linkage kept even by an index of inequality; clusters of any shape",
    .needs_k = true,
    .fit = fit_genie,
};

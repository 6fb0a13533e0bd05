/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include <gyeol/latent_class.h>

#include "study/cluster_method.h"

enum { CLASSES_MAX = 8, DEFAULT_STARTS = 10, CHOICE_STARTS = 4 };

static gy_latent_class_options options_of(const gy_cluster_input *input, int32_t k, int32_t n_starts) {
  const gy_cluster_options *asked = input->options;
  gy_latent_class_options options = gy_latent_class_defaults(k);
  options.n_starts = asked->starts > 0 ? asked->starts : n_starts;
  options.seed = asked->seed;
  options.weights = input->weights;
  if (asked->max_iterations > 0) options.max_iterations = asked->max_iterations;
  if (asked->tolerance >= 0) options.tolerance = asked->tolerance;
  return options;
}

/* The number of classes of the lowest BIC. */
static gy_status choose(const gy_cluster_input *input, const gy_indicators *x, const gy_task *task,
                        gy_cluster_fit *fit, int32_t *k, gy_error *err) {
  json_t *tried = json_array();
  double lowest = INFINITY;
  gy_status status = GY_OK;
  for (int32_t n = 1; n <= CLASSES_MAX && (size_t)n <= x->n_rows && status == GY_OK; n++) {
    gy_latent_class_options options = options_of(input, n, CHOICE_STARTS);
    gy_latent_class model;
    status = gy_latent_class_fit(x, &options, task, &model, NULL, err);
    if (status != GY_OK) break;
    json_array_append_new(
        tried, json_pack("{s:i, s:f, s:f}", "k", n, "bic", model.bic, "entropy_r2", model.entropy_r2));
    if (model.bic < lowest) {
      lowest = model.bic;
      *k = n;
    }
    gy_latent_class_clear(&model);
  }
  json_object_set_new(fit->record, "k_choice", tried);
  if (status == GY_OK) gy_cluster_note(fit, "k = %d was chosen: the lowest BIC.", *k);
  return status;
}

static void record_model(const gy_latent_class *model, gy_cluster_fit *fit) {
  fit->k = model->n_classes;
  json_t *weights = json_array();
  for (int32_t c = 0; c < model->n_classes; c++) json_array_append_new(weights, json_real(model->weights[c]));
  json_object_set_new(fit->record, "log_likelihood", json_real(model->log_likelihood));
  json_object_set_new(fit->record, "bic", json_real(model->bic));
  json_object_set_new(fit->record, "entropy_r2", json_real(model->entropy_r2));
  json_object_set_new(fit->record, "weights", weights);
  json_object_set_new(fit->record, "iterations", json_integer(model->iterations));
  json_object_set_new(fit->record, "converged", json_boolean(model->converged));
  if (model->n_agreeing < 2)
    gy_cluster_note(fit, "Only one start reached the best likelihood; raise --starts to be surer.");
  if (!model->converged)
    gy_cluster_note(fit, "Not converged after %d iterations; raise --max-iter.", model->iterations);
}

static gy_status fit_classes(const gy_cluster_input *input, const gy_task *task, gy_cluster_fit *fit,
                             gy_error *err) {
  gy_indicators x = {.n_rows = input->x.n_rows,
                     .n_categorical = input->n_categories,
                     .codes = input->codes,
                     .n_levels = input->n_levels,
                     .n_numeric = input->x.n_columns,
                     .values = input->x.values};
  int32_t k = input->options->k;
  gy_status status = k > 0 ? GY_OK : choose(input, &x, task, fit, &k, err);
  if (status != GY_OK) return status;
  gy_latent_class_options options = options_of(input, k, DEFAULT_STARTS);
  gy_latent_class_rows rows = {.labels = fit->labels};
  gy_latent_class model;
  status = gy_latent_class_fit(&x, &options, task, &model, &rows, err);
  if (status != GY_OK) return status;
  record_model(&model, fit);
  gy_latent_class_clear(&model);
  return GY_OK;
}

const gy_cluster_method GY_METHOD_LATENT = {
    .name = "latent",
    .summary = "latent classes of categories and numbers; chooses k by BIC",
    .takes_categories = true,
    .takes_weights = true,
    .takes_missing = true,
    .fit = fit_classes,
};

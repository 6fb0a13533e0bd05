/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <gyeol/mixture.h>

#include "study/cluster_method.h"
#include "study/cluster_model.h"

enum { DEFAULT_STARTS = 5, MATRIX_COLUMNS_MAX = 200 };

static gy_status find_covariance(const char *name, gy_covariance *covariance, gy_error *err) {
  if (strcmp(name, "diag") == 0) name = "diagonal";
  for (int c = 0; c < GY_COVARIANCE_COUNT; c++) {
    if (strcmp(gy_covariance_name((gy_covariance)c), name) != 0) continue;
    *covariance = (gy_covariance)c;
    return GY_OK;
  }
  return gy_fail(err, GY_EUSAGE, "--covariance %s is not known; use full, tied, diag or spherical", name);
}

/* Whether the numbers there are, n d, determine k matrices of d (d + 1) / 2; and whether d is such that they
 * are had in reasonable time. */
static bool carries_matrices(gy_matrix x, int32_t k) {
  return x.n_columns <= MATRIX_COLUMNS_MAX && (double)k * ((double)x.n_columns + 1) <= 2 * (double)x.n_rows;
}

static json_t *numbers_json(const double *values, size_t n) {
  json_t *numbers = json_array();
  for (size_t i = 0; i < n; i++) json_array_append_new(numbers, json_real(values[i]));
  return numbers;
}

static json_t *means_json(const gy_mixture *model) {
  json_t *rows = json_array();
  for (int32_t c = 0; c < model->n_clusters; c++)
    json_array_append_new(rows, numbers_json(model->means + (size_t)c * model->n_columns, model->n_columns));
  return rows;
}

/* Variances by column, for covariances that have no others. */
static json_t *variances_json(const gy_mixture *model) {
  size_t d = model->n_columns;
  json_t *rows = json_array();
  for (int32_t c = 0; c < model->n_clusters; c++) {
    json_t *row = json_array();
    for (size_t j = 0; j < d; j++)
      json_array_append_new(
          row, json_real(model->covariance == GY_COVARIANCE_DIAGONAL ? model->covariances[(size_t)c * d + j]
                                                                     : model->covariances[c]));
    json_array_append_new(rows, row);
  }
  return rows;
}

static void record_model(const gy_mixture *model, gy_cluster_fit *fit) {
  fit->k = model->n_clusters;
  json_object_set_new(fit->record, "covariance", json_string(gy_covariance_name(model->covariance)));
  json_object_set_new(fit->record, "log_likelihood", json_real(model->log_likelihood));
  json_object_set_new(fit->record, "bic", json_real(model->bic));
  json_object_set_new(fit->record, "aic", json_real(model->aic));
  json_object_set_new(fit->record, "icl", json_real(model->icl));
  json_object_set_new(fit->record, "weights", numbers_json(model->weights, (size_t)model->n_clusters));
  json_object_set_new(fit->record, "iterations", json_integer(model->iterations));
  json_object_set_new(fit->record, "converged", json_boolean(model->converged));
  if (model->covariance == GY_COVARIANCE_DIAGONAL || model->covariance == GY_COVARIANCE_SPHERICAL)
    json_object_set_new(fit->record, "model",
                        json_pack("{s:s, s:o, s:o, s:o}", "scoring", "diagonal_mixture", "centers",
                                  means_json(model), "variances", variances_json(model), "weights",
                                  numbers_json(model->weights, (size_t)model->n_clusters)));
  if (model->n_collapsed > 0)
    gy_cluster_note(fit, "%d clusters are flat in some direction; regularisation holds them open.",
                    model->n_collapsed);
  if (!model->converged)
    gy_cluster_note(fit, "Not converged after %d iterations; raise --max-iter.", model->iterations);
}

static void record_choice(const gy_mixture_choice *choice, gy_cluster_fit *fit) {
  json_t *tried = json_array();
  for (size_t i = 0; i < choice->n_candidates; i++) {
    const gy_mixture_candidate *c = &choice->candidates[i];
    json_array_append_new(tried, json_pack("{s:i, s:s, s:f, s:f, s:i}", "k", c->n_clusters, "covariance",
                                           gy_covariance_name(c->covariance), "bic", c->bic, "icl", c->icl,
                                           "collapsed", c->n_collapsed));
  }
  json_object_set_new(fit->record, "k_choice", tried);
  gy_cluster_note(fit, "k = %d with %s covariances was chosen: the lowest BIC.", choice->model.n_clusters,
                  gy_covariance_name(choice->model.covariance));
}

static void note_no_matrices(gy_matrix x, gy_cluster_fit *fit) {
  gy_cluster_note(
      fit,
      "%zu rows of %zu columns are too few, or the columns too many, for covariances; columns count "
      "as independent. To have them all the same: --covariance full or tied.",
      x.n_rows, x.n_columns);
}

/* The k, and unless one was asked for the covariance, of the lowest BIC. */
static gy_status choose(const gy_cluster_input *input, const gy_mixture_options *options, const gy_task *task,
                        const gy_mixture_rows *rows, gy_cluster_fit *fit, gy_error *err) {
  gy_mixture_choice_options wanted = gy_mixture_choice_defaults();
  int32_t starts = wanted.fit.n_starts;
  wanted.fit = *options;
  if (input->options->starts == 0) wanted.fit.n_starts = starts;
  if (input->options->covariance != NULL) {
    wanted.covariances = 1u << options->covariance;
  } else if (!carries_matrices(input->x, 1)) {
    wanted.covariances = 1u << GY_COVARIANCE_DIAGONAL | 1u << GY_COVARIANCE_SPHERICAL;
    note_no_matrices(input->x, fit);
  }
  gy_mixture_choice choice;
  gy_status status = gy_mixture_choose(input->x, &wanted, task, &choice, rows, err);
  if (status != GY_OK) return status;
  record_choice(&choice, fit);
  record_model(&choice.model, fit);
  gy_mixture_choice_clear(&choice);
  return GY_OK;
}

static gy_status fit_gmm(const gy_cluster_input *input, const gy_task *task, gy_cluster_fit *fit,
                         gy_error *err) {
  const gy_cluster_options *asked = input->options;
  gy_mixture_options options = gy_mixture_defaults(asked->k);
  options.n_starts = asked->starts > 0 ? asked->starts : DEFAULT_STARTS;
  options.seed = asked->seed;
  options.weights = input->weights;
  if (asked->max_iterations > 0) options.max_iterations = asked->max_iterations;
  if (asked->tolerance >= 0) options.tolerance = asked->tolerance;
  gy_status status =
      asked->covariance != NULL ? find_covariance(asked->covariance, &options.covariance, err) : GY_OK;
  if (status != GY_OK) return status;
  gy_mixture_rows rows = {.labels = fit->labels,
                          .log_density = gy_cluster_add_score(fit, "log_density", input->x.n_rows)};
  if (rows.log_density == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for %zu densities", input->x.n_rows);
  if (asked->k == 0) return choose(input, &options, task, &rows, fit, err);
  if (asked->covariance == NULL && asked->k <= (int64_t)input->x.n_rows &&
      !carries_matrices(input->x, asked->k)) {
    options.covariance = GY_COVARIANCE_DIAGONAL;
    note_no_matrices(input->x, fit);
  }
  gy_mixture model;
  status = gy_mixture_fit(input->x, &options, task, &model, &rows, err);
  if (status != GY_OK) return status;
  record_model(&model, fit);
  gy_mixture_clear(&model);
  return GY_OK;
}

const gy_cluster_method GY_METHOD_GMM = {
    .name = "gmm",
    .summary = "normal distributions, each with its own shape; chooses k by BIC",
    .takes_weights = true,
    .fit = fit_gmm,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/kmedoids.h>

#include "study/cluster_method.h"

static gy_status find_metric(const gy_cluster_input *input, gy_metric *metric, gy_error *err) {
  const char *name = input->options->metric;
  *metric = input->n_categories > 0 ? GY_METRIC_GOWER : GY_METRIC_EUCLIDEAN;
  for (int m = 0; name != NULL && m <= GY_METRIC_GOWER; m++) {
    if (strcmp(gy_metric_name((gy_metric)m), name) != 0) continue;
    *metric = (gy_metric)m;
    if (input->n_categories > 0 && m != GY_METRIC_GOWER)
      return gy_fail(err, GY_EUSAGE, "--metric %s takes numbers only; with --categories use gower", name);
    return GY_OK;
  }
  if (name == NULL) return GY_OK;
  return gy_fail(err, GY_EUSAGE, "--metric %s is not known; use euclidean, manhattan, cosine or gower", name);
}

/* Numbers and codes side by side, in Gower's form; free() both. */
static gy_status mix_columns(const gy_cluster_input *input, const gy_task *task, float **mixed,
                             gy_gower_column **columns, gy_error *err) {
  size_t n = input->x.n_rows, d = input->x.n_columns, m = input->n_categories, width = d + m;
  *mixed = malloc((n * width + 1) * sizeof **mixed);
  *columns = calloc(width, sizeof **columns);
  if (*mixed == NULL || *columns == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu mixed rows", n);
  for (size_t j = 0; j < width; j++)
    (*columns)[j] = (gy_gower_column){j < d ? GY_GOWER_NUMBER : GY_GOWER_CATEGORY, 1};
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < d; j++) (*mixed)[i * width + j] = input->x.values[i * d + j];
    for (size_t j = 0; j < m; j++) {
      int32_t code = input->codes[i * m + j];
      (*mixed)[i * width + d + j] = code < 0 ? NAN : (float)code;
    }
  }
  return gy_gower_encode((gy_matrix){*mixed, n, width}, *columns, task, *mixed, err);
}

static void record_model(const gy_cluster_input *input, const gy_kmedoids *model, gy_metric metric,
                         gy_cluster_fit *fit) {
  size_t k = (size_t)model->n_clusters, d = input->x.n_columns;
  json_t *medoids = json_array();
  for (size_t c = 0; c < k; c++)
    json_array_append_new(medoids, json_integer((json_int_t)model->medoids[c] + 1));
  json_object_set_new(fit->record, "metric", json_string(gy_metric_name(metric)));
  json_object_set_new(fit->record, "medoid_rows", medoids);
  json_object_set_new(fit->record, "inertia", json_real(model->cost));
  json_object_set_new(fit->record, "swaps", json_integer(model->n_swaps));
  json_object_set_new(fit->record, "iterations", json_integer(model->iterations));
  json_object_set_new(fit->record, "converged", json_boolean(model->converged));
  if (model->recomputed)
    gy_cluster_note(
        fit, "The table of distances did not fit the memory budget; they were computed anew in each sweep.");
  float *centers = metric == GY_METRIC_EUCLIDEAN ? malloc(k * d * sizeof *centers) : NULL;
  if (centers == NULL) return;
  for (size_t c = 0; c < k; c++)
    memcpy(centers + c * d, gy_matrix_row(input->x, model->medoids[c]), d * sizeof *centers);
  gy_cluster_score_by_center(fit, centers, k, d);
  free(centers);
}

/* Every row against every other up to this many; beyond, on samples. */
enum { EXACT_ROWS = 10000 };

static gy_status fit_any_number(const gy_dissimilarity *of, const gy_kmedoids_options *options,
                                const gy_task *task, gy_kmedoids *model, const gy_medoid_rows *rows,
                                gy_cluster_fit *fit, gy_error *err) {
  if (of->n <= EXACT_ROWS) return gy_kmedoids_fit(of, options, task, model, rows, err);
  gy_kmedoids_sampling sampling = gy_kmedoids_sampling_defaults();
  gy_kmedoids_quality quality;
  gy_status status = gy_kmedoids_fit_sampled(of, options, &sampling, task, model, &quality, rows, err);
  if (status != GY_OK) return status;
  json_object_set_new(fit->record, "way", json_string("sampled"));
  json_object_set_new(fit->record, "gap", json_real(quality.gap));
  gy_cluster_note(
      fit,
      "On %d samples of %zu rows (CLARA), the best for all rows; the cost is at most about %.1f %% above "
      "what is possible.",
      quality.n_samples, quality.sample_rows, 100 * quality.gap);
  return GY_OK;
}

static gy_status fit_kmedoids(const gy_cluster_input *input, const gy_task *task, gy_cluster_fit *fit,
                              gy_error *err) {
  gy_metric metric;
  gy_gower_column *columns = NULL;
  float *mixed = NULL;
  gy_status status = find_metric(input, &metric, err);
  gy_dissimilarity of = gy_dissimilarity_rows(input->x, metric);
  if (status == GY_OK && metric == GY_METRIC_GOWER) {
    status = mix_columns(input, task, &mixed, &columns, err);
    of = gy_dissimilarity_gower((gy_matrix){mixed, input->x.n_rows, input->x.n_columns + input->n_categories},
                                columns);
  }
  gy_kmedoids_options options = gy_kmedoids_defaults(input->options->k);
  options.seed = input->options->seed;
  if (input->options->max_iterations > 0) options.max_iterations = input->options->max_iterations;
  gy_kmedoids model;
  gy_medoid_rows rows = {.labels = fit->labels};
  if (status == GY_OK && (rows.distances = gy_cluster_add_score(fit, "distance", input->x.n_rows)) == NULL)
    status = gy_fail(err, GY_ENOMEM, "no memory for %zu distances", input->x.n_rows);
  if (status == GY_OK) status = fit_any_number(&of, &options, task, &model, &rows, fit, err);
  if (status == GY_OK) {
    fit->k = model.n_clusters;
    record_model(input, &model, metric, fit);
    gy_kmedoids_clear(&model);
  }
  free(mixed);
  free(columns);
  return status;
}

const gy_cluster_method GY_METHOD_KMEDOIDS = {
    .name = "kmedoids",
    .summary = "k of the rows themselves as centres, under any distance; mixed data by Gower",
    .takes_categories = true,
    .takes_missing = true,
    .needs_k = true,
    .fit = fit_kmedoids,
};

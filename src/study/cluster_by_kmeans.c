/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include <gyeol/cluster_choice.h>
#include <gyeol/kmeans_variants.h>

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

static gy_status find_seeding(const char *name, gy_kmeans_seeding *seeding, gy_error *err) {
  *seeding = GY_KMEANS_SEEDING_AUTO;
  if (name == NULL) return GY_OK;
  if (strcmp(name, "k-means++") == 0)
    *seeding = GY_KMEANS_SEEDING_GREEDY;
  else if (strcmp(name, "k-means||") == 0)
    *seeding = GY_KMEANS_SEEDING_PARALLEL;
  else
    return gy_fail(err, GY_EUSAGE, "--init %s is not known; use k-means++ or k-means||", name);
  return GY_OK;
}

/* What was asked for, laid over the method's defaults. */
static gy_status lay_over(const gy_cluster_input *input, gy_kmeans_options *options, gy_error *err) {
  const gy_cluster_options *asked = input->options;
  options->seed = asked->seed;
  options->weights = input->weights;
  if (asked->starts > 0) options->n_starts = asked->starts;
  if (asked->max_iterations > 0) options->max_iterations = asked->max_iterations;
  if (asked->tolerance >= 0) options->tolerance = asked->tolerance;
  return find_seeding(asked->init, &options->seeding, err);
}

static void record(const gy_kmeans *model, gy_cluster_fit *fit) {
  fit->k = model->n_clusters;
  json_object_set_new(fit->record, "inertia", json_real(model->inertia));
  json_object_set_new(fit->record, "iterations", json_integer(model->iterations));
  json_object_set_new(fit->record, "converged", json_boolean(model->converged));
  if (!model->converged)
    gy_cluster_note(fit, "Not converged after %d iterations; raise --max-iter.", model->iterations);
  fit->n_empty = model->n_empty;
  if (model->n_empty > 0)
    gy_cluster_note(fit, "%d clusters are empty: fewer rows differ than k asks for.", model->n_empty);
}

static gy_status fit_kmeans(const gy_cluster_input *input, const gy_task *task, gy_cluster_fit *fit,
                            gy_error *err) {
  int32_t k = input->options->k;
  gy_status status = k > 0 ? GY_OK : choose_k(input, task, fit, &k, err);
  if (status != GY_OK) return status;
  gy_kmeans_options options = gy_kmeans_defaults(k);
  gy_kmeans model;
  status = lay_over(input, &options, err);
  if (status == GY_OK) status = gy_kmeans_fit(input->x, &options, task, &model, fit->labels, err);
  if (status != GY_OK) return status;
  record(&model, fit);
  gy_cluster_score_by_center(fit, model.centers, (size_t)model.n_clusters, model.n_columns);
  gy_kmeans_clear(&model);
  return GY_OK;
}

static gy_status fit_minibatch(const gy_cluster_input *input, const gy_task *task, gy_cluster_fit *fit,
                               gy_error *err) {
  gy_minibatch_options options = gy_minibatch_defaults(input->options->k);
  gy_minibatch model;
  gy_status status = lay_over(input, &options.kmeans, err);
  if (status == GY_OK) status = gy_minibatch_fit(input->x, &options, task, &model, fit->labels, err);
  if (status != GY_OK) return status;
  record(&model.kmeans, fit);
  json_object_set_new(fit->record, "way", json_string(model.full_lloyd ? "full" : "batches"));
  json_object_set_new(fit->record, "batches", json_integer(model.n_batches));
  if (model.full_lloyd)
    gy_cluster_note(
        fit, "The rows fit in memory, where full iterations are quicker than batches: they were used.");
  gy_cluster_score_by_center(fit, model.kmeans.centers, (size_t)model.kmeans.n_clusters,
                             model.kmeans.n_columns);
  gy_minibatch_clear(&model);
  return GY_OK;
}

static gy_status fit_bisecting(const gy_cluster_input *input, const gy_task *task, gy_cluster_fit *fit,
                               gy_error *err) {
  gy_bisecting_options options = gy_bisecting_defaults(input->options->k);
  gy_kmeans model;
  gy_status status = lay_over(input, &options.kmeans, err);
  if (status == GY_OK) status = gy_bisecting_fit(input->x, &options, task, &model, NULL, fit->labels, err);
  if (status != GY_OK) return status;
  record(&model, fit);
  gy_cluster_score_by_center(fit, model.centers, (size_t)model.n_clusters, model.n_columns);
  gy_kmeans_clear(&model);
  return GY_OK;
}

static gy_status fit_spherical(const gy_cluster_input *input, const gy_task *task, gy_cluster_fit *fit,
                               gy_error *err) {
  gy_kmeans_options options = gy_kmeans_defaults(input->options->k);
  gy_kmeans model;
  gy_status status = lay_over(input, &options, err);
  if (status == GY_OK) status = gy_spherical_fit(input->x, &options, task, &model, fit->labels, err);
  if (status != GY_OK) return status;
  record(&model, fit);
  gy_kmeans_clear(&model);
  return GY_OK;
}

static gy_status fit_trimmed(const gy_cluster_input *input, const gy_task *task, gy_cluster_fit *fit,
                             gy_error *err) {
  static const double DEFAULT_TRIM = 0.05;
  double fraction = input->options->trim >= 0 ? input->options->trim : DEFAULT_TRIM;
  gy_trimmed_options options = gy_trimmed_defaults(input->options->k, fraction);
  gy_trimmed model;
  gy_status status = lay_over(input, &options.kmeans, err);
  if (status == GY_OK) status = gy_trimmed_fit(input->x, &options, task, &model, fit->labels, err);
  if (status != GY_OK) return status;
  record(&model.kmeans, fit);
  json_object_set_new(fit->record, "trimmed", json_integer((json_int_t)model.n_trimmed));
  json_object_set_new(fit->record, "radius", json_real(model.radius));
  gy_cluster_note(fit, "%zu rows are set aside (label -1): farther than %.4g from every centre.",
                  model.n_trimmed, model.radius);
  gy_trimmed_clear(&model);
  return GY_OK;
}

const gy_cluster_method GY_METHOD_KMEANS = {
    .name = "kmeans",
    .summary = "k centres that minimise squared distances; fast at any size",
    .takes_weights = true,
    .fit = fit_kmeans,
};

const gy_cluster_method GY_METHOD_MINIBATCH = {
    .name = "minibatch",
    .summary = "k-means by small batches where memory is short",
    .needs_k = true,
    .fit = fit_minibatch,
};

const gy_cluster_method GY_METHOD_BISECTING = {
    .name = "bisecting",
    .summary = "k-means by halving the largest cluster; cheap for large k",
    .takes_weights = true,
    .needs_k = true,
    .fit = fit_bisecting,
};

const gy_cluster_method GY_METHOD_SPHERICAL = {
    .name = "spherical",
    .summary = "k-means of directions: the mix of a basket, not its size",
    .takes_weights = true,
    .needs_k = true,
    .fit = fit_spherical,
};

const gy_cluster_method GY_METHOD_TRIMMED = {
    .name = "trimmed",
    .summary = "k-means with the most extreme rows set aside",
    .takes_weights = true,
    .needs_k = true,
    .fit = fit_trimmed,
};

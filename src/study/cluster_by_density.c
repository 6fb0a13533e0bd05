/* SPDX-License-Identifier: Apache-2.0
 *
 * Methods that look for dense regions and call the rest noise. */
#include <math.h>
#include <string.h>

#include <gyeol/dbscan.h>
#include <gyeol/hdbscan.h>
#include <gyeol/optics.h>

#include "study/cluster_method.h"

enum { DEFAULT_MIN_SAMPLES = 5 };

static int32_t min_samples_of(const gy_cluster_options *options) {
  return options->min_samples > 0 ? options->min_samples : DEFAULT_MIN_SAMPLES;
}

static void record_done(gy_cluster_fit *fit) {
  json_object_set_new(fit->record, "iterations", json_integer(1));
  json_object_set_new(fit->record, "converged", json_true());
}

/* JSON has no infinity: null. */
static void record_eps(double eps, gy_cluster_fit *fit) {
  json_object_set_new(fit->record, "eps", isfinite(eps) ? json_real(eps) : json_null());
}

/* The knee of the k-distance curve, for an eps that nobody named. */
static gy_status suggest_eps(const gy_cluster_input *input, int32_t min_samples, const gy_task *task,
                             gy_cluster_fit *fit, double *eps, gy_error *err) {
  gy_eps_suggestion found;
  gy_status status = gy_dbscan_suggest_eps(input->x, min_samples, task, &found, err);
  if (status != GY_OK) return status;
  *eps = found.eps;
  json_t *curve = json_array();
  for (size_t i = 0; i < GY_EPS_CURVE_POINTS; i++) json_array_append_new(curve, json_real(found.curve[i]));
  json_object_set_new(fit->record, "k_distances", curve);
  gy_cluster_note(fit,
                  found.has_knee
                      ? "eps = %.4g was chosen: the knee of the k-distance curve."
                      : "eps = %.4g was chosen: the k-distance curve has no knee, 95 %% of the rows have "
                        "their neighbours within it. Be careful.",
                  found.eps);
  return GY_OK;
}

static gy_status fit_dbscan(const gy_cluster_input *input, const gy_task *task, gy_cluster_fit *fit,
                            gy_error *err) {
  const gy_cluster_options *asked = input->options;
  double eps = asked->eps;
  gy_status status = eps >= 0 ? GY_OK : suggest_eps(input, min_samples_of(asked), task, fit, &eps, err);
  if (status != GY_OK) return status;
  gy_dbscan_options options = gy_dbscan_defaults(eps);
  options.min_samples = min_samples_of(asked);
  gy_dbscan result;
  status = gy_dbscan_fit(input->x, &options, task, &result, fit->labels, NULL, err);
  if (status != GY_OK) return status;
  fit->k = result.n_clusters;
  record_eps(options.eps, fit);
  json_object_set_new(fit->record, "min_samples", json_integer(options.min_samples));
  json_object_set_new(fit->record, "core_rows", json_integer(result.n_core));
  json_object_set_new(fit->record, "border_rows", json_integer(result.n_border));
  record_done(fit);
  return GY_OK;
}

/* An infinite reachability (the first row of each part) is written as missing. */
static gy_status keep_reachability(const gy_optics *order, gy_cluster_fit *fit, gy_error *err) {
  float *reachability = gy_cluster_add_score(fit, "reachability", order->n);
  if (reachability == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu reachabilities", order->n);
  for (size_t i = 0; i < order->n; i++)
    reachability[i] = isfinite(order->reachability[i]) ? (float)order->reachability[i] : NAN;
  return GY_OK;
}

/* DBSCAN's clusters for --eps, else the valleys. */
static gy_status read_clusters(const gy_optics *order, const gy_cluster_options *asked, gy_cluster_fit *fit,
                               gy_error *err) {
  if (asked->eps >= 0) {
    fit->k = gy_optics_cut(order, asked->eps, fit->labels);
    record_eps(asked->eps, fit);
    return GY_OK;
  }
  gy_optics_xi_options options = gy_optics_xi_defaults(min_samples_of(asked));
  if (asked->min_cluster_size > 0) options.min_cluster_size = asked->min_cluster_size;
  gy_optics_valleys found;
  gy_status status = gy_optics_xi(order, &options, &found, fit->labels, err);
  if (status != GY_OK) return status;
  fit->k = found.n_clusters;
  json_object_set_new(fit->record, "xi", json_real(options.xi));
  json_object_set_new(fit->record, "valleys", json_integer((json_int_t)found.n_valleys));
  gy_optics_valleys_clear(&found);
  return GY_OK;
}

static gy_status fit_optics(const gy_cluster_input *input, const gy_task *task, gy_cluster_fit *fit,
                            gy_error *err) {
  gy_optics_options options = gy_optics_defaults();
  options.min_samples = min_samples_of(input->options);
  gy_optics order;
  gy_status status = gy_optics_fit(input->x, &options, task, &order, err);
  if (status != GY_OK) return status;
  status = read_clusters(&order, input->options, fit, err);
  if (status == GY_OK) status = keep_reachability(&order, fit, err);
  json_object_set_new(fit->record, "min_samples", json_integer(options.min_samples));
  record_done(fit);
  gy_optics_clear(&order);
  return status;
}

static gy_status keep_hdbscan_rows(gy_hdbscan *model, gy_cluster_fit *fit, gy_error *err) {
  float *probability = gy_cluster_add_score(fit, "probability", model->n_rows);
  float *outlier = gy_cluster_add_score(fit, "outlier_score", model->n_rows);
  if (probability == NULL || outlier == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for %zu scores", model->n_rows);
  memcpy(probability, model->probabilities, model->n_rows * sizeof *probability);
  memcpy(outlier, model->outlier_scores, model->n_rows * sizeof *outlier);
  return GY_OK;
}

static gy_status fit_hdbscan(const gy_cluster_input *input, const gy_task *task, gy_cluster_fit *fit,
                             gy_error *err) {
  const gy_cluster_options *asked = input->options;
  gy_hdbscan_options options = gy_hdbscan_defaults();
  if (asked->min_cluster_size > 0) options.min_cluster_size = asked->min_cluster_size;
  if (asked->min_samples > 0) options.min_samples = asked->min_samples;
  if (asked->eps >= 0) options.cluster_selection_epsilon = asked->eps;
  if (asked->selection != NULL && strcmp(asked->selection, "leaf") == 0)
    options.selection = GY_HDBSCAN_LEAF;
  else if (asked->selection != NULL && strcmp(asked->selection, "eom") != 0)
    return gy_fail(err, GY_EUSAGE, "--selection %s is not known; use eom or leaf", asked->selection);
  gy_hdbscan model;
  gy_status status = gy_hdbscan_fit(input->x, &options, task, &model, fit->labels, err);
  if (status != GY_OK) return status;
  fit->k = model.n_clusters;
  json_t *stabilities = json_array();
  for (int32_t c = 0; c < model.n_clusters; c++)
    json_array_append_new(stabilities, json_real(model.stabilities[c]));
  json_object_set_new(fit->record, "min_cluster_size", json_integer(options.min_cluster_size));
  json_object_set_new(fit->record, "min_samples", json_integer(model.min_samples));
  json_object_set_new(fit->record, "stabilities", stabilities);
  record_done(fit);
  status = keep_hdbscan_rows(&model, fit, err);
  gy_hdbscan_clear(&model);
  return status;
}

const gy_cluster_method GY_METHOD_DBSCAN = {
    .name = "dbscan",
    .summary = "dense regions at one radius; the rest is noise",
    .fit = fit_dbscan,
};

const gy_cluster_method GY_METHOD_OPTICS = {
    .name = "optics",
    .summary = "dense regions at every radius, as valleys of a plot",
    .fit = fit_optics,
};

const gy_cluster_method GY_METHOD_HDBSCAN = {
    .name = "hdbscan",
    .summary = "regions denser than their surroundings, finds k itself; outlier scores",
    .fit = fit_hdbscan,
};

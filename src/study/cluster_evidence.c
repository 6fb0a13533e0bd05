/* SPDX-License-Identifier: Apache-2.0
 *
 * Separation is judged against two kinds of rows without clusters (null_model.h): a silhouette means
 * something only as far as it is above what the same method gets from them. Even on uniform noise k-means
 * cuts stable pieces with a silhouette of 0.3 to 0.4. */
#include "study/cluster_evidence.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <gyeol/validity.h>

#include "cluster/clusterwise.h"
#include "cluster/stability.h"

enum { N_RESAMPLES = 8, N_NULLS = 5 };
static const double RESAMPLE_SHARE = 0.7, MIN_GAIN = 0.04, MIN_Z = 3, MIN_STABILITY = 0.7,
                    MIN_CLUSTER_STABILITY = 0.5, MIN_SHARE = 0.005, MAX_NOISE = 0.5, CLEAR_SILHOUETTE = 0.25,
                    CLEAR_STABILITY = 0.75;

/* ---- fitting ---- */

/* The method with its options on any rows; user is the candidate. */
static gy_status refit(void *user, gy_matrix x, const gy_task *task, int32_t *labels, int32_t *k,
                       gy_error *err) {
  const gy_candidate *c = user;
  gy_cluster_options options = gy_cluster_defaults(c->method->name, NULL);
  options.k = c->asked_k;
  options.seed = c->seed;
  options.starts = 3;
  if (c->cluster_share > 0) {
    double least = c->cluster_share * (double)x.n_rows;
    options.min_cluster_size = least < 5 ? 5 : (int32_t)least;
    options.min_samples = options.min_cluster_size < 15 ? options.min_cluster_size : 15;
  }
  gy_cluster_input input = {.x = x, .options = &options};
  gy_cluster_fit fit = {.labels = labels, .record = json_object(), .notes = json_array()};
  gy_status status = c->method->fit(&input, task, &fit, err);
  *k = fit.k;
  fit.labels = NULL; /* the caller's */
  gy_cluster_fit_clear(&fit);
  return status;
}

/* Silhouette of the rows in clusters; 0 where there are not two clusters. */
static gy_status silhouette_of(gy_matrix x, const int32_t *labels, int32_t k, const gy_task *task,
                               double *silhouette, gy_error *err) {
  size_t d = x.n_columns, kept = 0;
  *silhouette = 0;
  float *rows = malloc(x.n_rows * d * sizeof *rows);
  int32_t *in_clusters = malloc(x.n_rows * sizeof *in_clusters);
  bool two = false;
  for (size_t i = 0; rows != NULL && in_clusters != NULL && i < x.n_rows; i++) {
    if (labels[i] < 0) continue;
    for (size_t j = 0; j < d; j++) rows[kept * d + j] = x.values[i * d + j];
    in_clusters[kept] = labels[i];
    two = two || labels[i] != in_clusters[0];
    kept++;
  }
  gy_status status =
      rows != NULL && in_clusters != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for a silhouette");
  gy_silhouette result = {0};
  gy_clustering clustering = {{rows, kept, d}, in_clusters, k};
  if (status == GY_OK && two) status = gy_silhouette_exact(&clustering, task, &result, NULL, NULL, err);
  *silhouette = result.mean;
  free(rows);
  free(in_clusters);
  return status;
}

/* Variance of the outcome between the clusters over all of it; noise counts as a cluster. */
static gy_status outcome_share_of(const float *outcomes, const int32_t *labels, int32_t k, size_t n,
                                  double *share, gy_error *err) {
  double *sums = calloc(2 * ((size_t)k + 1), sizeof *sums), *counts = sums + k + 1;
  if (sums == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %d clusters", k);
  double mean = 0, total = 0, between = 0;
  for (size_t i = 0; i < n; i++) {
    mean += (double)outcomes[i] / (double)n;
    sums[labels[i] + 1] += (double)outcomes[i];
    counts[labels[i] + 1]++;
  }
  for (size_t i = 0; i < n; i++) total += ((double)outcomes[i] - mean) * ((double)outcomes[i] - mean);
  for (int32_t c = 0; c <= k; c++)
    if (counts[c] > 0) between += counts[c] * (sums[c] / counts[c] - mean) * (sums[c] / counts[c] - mean);
  *share = total > 0 ? between / total : 0;
  free(sums);
  return GY_OK;
}

static gy_status count_sizes(gy_candidate *c, size_t n, gy_error *err) {
  size_t *sizes = calloc((size_t)c->k + 1, sizeof *sizes), smallest = n;
  if (sizes == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %d clusters", c->k);
  for (size_t i = 0; i < n; i++) sizes[c->labels[i] + 1]++;
  for (int32_t j = 0; j < c->k; j++) smallest = sizes[j + 1] < smallest ? sizes[j + 1] : smallest;
  c->noise_share = (double)sizes[0] / (double)n;
  c->smallest_share = c->k > 0 ? (double)smallest / (double)n : 0;
  free(sizes);
  return GY_OK;
}

gy_status gy_candidate_fit(gy_candidate *c, gy_matrix x, const float *outcomes, const gy_task *task,
                           gy_error *err) {
  c->labels = malloc(x.n_rows * sizeof *c->labels);
  if (c->labels == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu labels", x.n_rows);
  gy_status status = refit(c, x, task, c->labels, &c->k, err);
  if (status == GY_EDATA || status == GY_ELIMIT) { /* not for these rows: out, and on to the next */
    c->k = 0;
    c->separation = -1;
    c->faults = GY_FAULT_ONE_CLUSTER;
    for (size_t i = 0; i < x.n_rows; i++) c->labels[i] = -1;
    return GY_OK;
  }
  if (status == GY_OK) status = count_sizes(c, x.n_rows, err);
  if (status == GY_OK) status = silhouette_of(x, c->labels, c->k, task, &c->silhouette, err);
  if (status == GY_OK && outcomes != NULL)
    status = outcome_share_of(outcomes, c->labels, c->k, x.n_rows, &c->outcome_share, err);
  c->separation = c->k < 2 ? -1 : c->silhouette * (1 - c->noise_share);
  return status;
}

void gy_candidate_clear(gy_candidate *c) {
  free(c->labels);
  c->labels = NULL;
}

/* ---- judging ---- */

/* Mean and deviation of the separation on rows without clusters of one kind. */
static gy_status null_separation(gy_candidate *c, size_t n, size_t d, const gy_null_model *null,
                                 gy_null_kind kind, const gy_task *task, double *mean, double *sd,
                                 gy_error *err) {
  double values[N_NULLS];
  float *rows = malloc(n * d * sizeof *rows);
  int32_t *labels = malloc(n * sizeof *labels), k = 0;
  gy_status status =
      rows != NULL && labels != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for %zu rows", n);
  for (int b = 0; b < N_NULLS && status == GY_OK; b++) {
    status = gy_null_model_draw(null, kind, c->seed, 1 + (uint64_t)b, n, task, rows, err);
    gy_matrix x = {rows, n, d};
    if (status == GY_OK) status = refit(c, x, task, labels, &k, err);
    double silhouette = 0, noise = 0;
    if (status == GY_OK && k >= 2) status = silhouette_of(x, labels, k, task, &silhouette, err);
    for (size_t i = 0; status == GY_OK && i < n; i++) noise += labels[i] < 0;
    values[b] = silhouette * (1 - noise / (double)n);
  }
  if (status == GY_OK) gy_stability_summarise(values, N_NULLS, mean, sd);
  free(rows);
  free(labels);
  return status;
}

static gy_status compare_with_nulls(gy_candidate *c, gy_matrix x, const gy_null_model *null,
                                    const gy_task *task, gy_error *err) {
  for (int kind = GY_NULL_UNIFORM; kind <= GY_NULL_UNIMODAL; kind++) {
    double mean, sd;
    gy_status status =
        null_separation(c, x.n_rows, x.n_columns, null, (gy_null_kind)kind, task, &mean, &sd, err);
    if (status != GY_OK) return status;
    if (kind == GY_NULL_UNIFORM || mean > c->null_mean) {
      c->null_mean = mean;
      c->null_sd = sd;
    }
  }
  c->gain = c->separation - c->null_mean;
  c->z = c->gain / fmax(c->null_sd, 0.005);
  return GY_OK;
}

static gy_status find_stability(gy_candidate *c, gy_matrix x, const gy_task *task, gy_error *err) {
  double *jaccard = malloc((size_t)c->k * sizeof *jaccard);
  if (jaccard == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %d clusters", c->k);
  gy_clusterwise_options options = {.n_resamples = N_RESAMPLES, .share = RESAMPLE_SHARE, .seed = c->seed};
  gy_refit method = {c, refit};
  gy_status status = gy_clusterwise_jaccard(x, c->labels, c->k, &method, &options, task, jaccard, err);
  c->least_stable = 1;
  for (int32_t j = 0; j < c->k && status == GY_OK; j++) {
    c->stability += jaccard[j] / c->k;
    c->least_stable = fmin(c->least_stable, jaccard[j]);
  }
  free(jaccard);
  return status;
}

gy_status gy_candidate_judge(gy_candidate *c, gy_matrix x, const gy_null_model *null, const gy_task *task,
                             gy_error *err) {
  c->judged = true;
  if (c->k < 2) {
    c->faults = GY_FAULT_ONE_CLUSTER;
    return GY_OK;
  }
  gy_status status = find_stability(c, x, task, err);
  if (status == GY_OK) status = compare_with_nulls(c, x, null, task, err);
  if (status != GY_OK) return status;
  if (c->gain < MIN_GAIN || c->z < MIN_Z) c->faults |= GY_FAULT_NOT_SEPARATED;
  if (c->stability < MIN_STABILITY || c->least_stable < MIN_CLUSTER_STABILITY) c->faults |= GY_FAULT_UNSTABLE;
  if (c->smallest_share < MIN_SHARE || c->noise_share > MAX_NOISE) c->faults |= GY_FAULT_SIZES;
  c->score = c->separation * c->stability;
  c->is_weak = c->silhouette < CLEAR_SILHOUETTE || c->least_stable < CLEAR_STABILITY;
  return GY_OK;
}

/* ---- what is said ---- */

json_t *gy_candidate_json(const gy_candidate *c, bool has_outcome) {
  static const char *const FAULTS[] = {"one cluster", "not separated", "unstable", "sizes"};
  json_t *row = json_pack("{s:s, s:i, s:f, s:f, s:f}", "method", c->method->name, "k", c->k, "silhouette",
                          c->silhouette, "smallest_share", c->smallest_share, "noise_share", c->noise_share);
  if (c->cluster_share > 0) json_object_set_new(row, "min_cluster_share", json_real(c->cluster_share));
  if (has_outcome) json_object_set_new(row, "outcome_share", json_real(c->outcome_share));
  json_object_set_new(row, "judged", json_boolean(c->judged));
  if (!c->judged) return row;
  json_t *faults = json_array();
  for (unsigned f = 0; f < sizeof FAULTS / sizeof *FAULTS; f++)
    if (c->faults & 1u << f) json_array_append_new(faults, json_string(FAULTS[f]));
  json_object_set_new(row, "faults", faults);
  if (c->k < 2) return row;
  json_object_set_new(row, "null_silhouette", json_real(c->null_mean));
  json_object_set_new(row, "gain", json_real(c->gain));
  json_object_set_new(row, "z", json_real(c->z));
  json_object_set_new(row, "stability", json_real(c->stability));
  json_object_set_new(row, "least_stable", json_real(c->least_stable));
  json_object_set_new(row, "score", json_real(c->score));
  return row;
}

static void say(json_t *reasons, const char *format, ...) GY_PRINTF(2, 3);

static void say(json_t *reasons, const char *format, ...) {
  char sentence[512];
  va_list args;
  va_start(args, format);
  vsnprintf(sentence, sizeof sentence, format, args);
  va_end(args);
  json_array_append_new(reasons, json_string(sentence));
}

static void explain_none(const gy_candidate *all, size_t n, json_t *reasons) {
  const gy_candidate *nearest = NULL;
  size_t n_separated = 0;
  for (size_t i = 0; i < n; i++) {
    n_separated += all[i].k >= 2 && !(all[i].faults & GY_FAULT_NOT_SEPARATED);
    if (all[i].k >= 2 && (nearest == NULL || all[i].gain > nearest->gain)) nearest = &all[i];
  }
  say(reasons,
      "No clear clusters: of %zu candidates, %zu beat rows without clusters, and none of those has clusters "
      "that come back.",
      n, n_separated);
  if (nearest != NULL)
    say(reasons,
        "The nearest was %s with %d clusters: silhouette %.2f where rows without clusters give %.2f; "
        "stability "
        "%.2f.",
        nearest->method->name, nearest->k, nearest->silhouette, nearest->null_mean, nearest->stability);
  say(reasons,
      "Segments by rule (RFM, thresholds) cut a continuum more honestly than clusters that are not there.");
}

void gy_candidate_reasons(const gy_candidate *best, const gy_candidate *all, size_t n, json_t *reasons) {
  if (best == NULL) {
    explain_none(all, n, reasons);
    return;
  }
  say(reasons, "%s with %d clusters: silhouette %.2f, %.2f above what rows without clusters give.",
      best->method->name, best->k, best->silhouette, best->gain);
  say(reasons,
      "Its clusters come back from part of the rows: Jaccard %.2f on average, %.2f for the least stable.",
      best->stability, best->least_stable);
  if (best->noise_share > 0) say(reasons, "%.1f %% of the rows are in no cluster.", 100 * best->noise_share);
  if (best->is_weak) say(reasons, "The structure is weak: use the clusters as a description, not as truth.");
  const gy_candidate *next = NULL;
  for (size_t i = 0; i < n; i++)
    if (&all[i] != best && all[i].judged && all[i].faults == 0 &&
        (next == NULL || all[i].score > next->score))
      next = &all[i];
  if (next != NULL)
    say(reasons, "Next comes %s with %d clusters: silhouette %.2f, stability %.2f.", next->method->name,
        next->k, next->silhouette, next->stability);
}

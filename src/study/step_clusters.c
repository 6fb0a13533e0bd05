/* SPDX-License-Identifier: Apache-2.0
 *
 * Clusters of customers: chosen features on a common scale, k chosen with its evidence or given, k-means over
 * all customers. The detail holds what the report shows and everything that scoring needs again: features,
 * scaling, centres. */
#include <gyeol/cluster_choice.h>
#include <gyeol/kmeans.h>
#include <gyeol/scaling.h>
#include <gyeol/validity.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "num/moments.h"
#include "report/cluster_names.h"
#include "report/texts.h"
#include "study/cluster_identity.h"
#include "study/cluster_meaning.h"
#include "study/cluster_model.h"
#include "study/feature_frame.h"
#include "study/feature_prepare.h"
#include "study/preparation_json.h"
#include "study/run_context.h"

enum { CLUSTERS_VERSION = 4, FINAL_STARTS_MIN = 1, SILHOUETTE_ROWS = 10000 };

typedef struct {
  gy_run_context *run;
  const gy_cluster_config *config;
  const gy_feature *features[GY_CLUSTER_FEATURES_MAX];
  size_t d;
  size_t n;
  gy_column_scaling scaling[GY_CLUSTER_FEATURES_MAX];
  gy_preparation preparation; /* zeroed: the default */
  float *x;                   /* n x d, scaled */
  gy_k_choice choice;
  bool chosen; /* k was chosen rather than given */
  gy_kmeans model;
  int32_t *labels;
  gy_silhouette silhouette;
  bool has_silhouette;
  double *z; /* k x d: centres in standard deviations from the mean of all customers */
  gy_cluster_name names[GY_CLUSTER_NAMES_MAX];
  gy_cluster_identity identity; /* with the last version of the clusters */
  gy_cluster_meaning meaning;
} clusters_step;

static gy_status find_features(clusters_step *step, gy_error *err) {
  for (uint32_t i = 0; i < step->config->n_features; i++) {
    const char *name = step->config->features[i];
    const gy_feature *feature = gy_feature_find(&step->run->features, name);
    if (feature == NULL || feature->type == GY_TYPE_TIMESTAMP)
      return gy_fail(err, GY_ECONFIG,
                     "clusters: features: '%s' is not a number in the feature catalogue; see the report's "
                     "list of features",
                     name);
    step->features[step->d++] = feature;
  }
  return GY_OK;
}

static gy_status load_scaled(clusters_step *step, gy_error *err) {
  const char *names[GY_CLUSTER_FEATURES_MAX];
  size_t which[GY_CLUSTER_FEATURES_MAX];
  for (size_t j = 0; j < step->d; j++) {
    names[j] = step->features[j]->name;
    which[j] = j;
    gy_scaling_rule rule = step->config->scaling;
    step->scaling[j].log = rule == GY_SCALE_RULE_LOG_ROBUST && step->features[j]->log_scaled;
    step->scaling[j].method = rule == GY_SCALE_RULE_NONE       ? GY_SCALING_NONE
                              : rule == GY_SCALE_RULE_STANDARD ? GY_SCALING_STANDARD
                                                               : GY_SCALING_ROBUST;
  }
  gy_feature_frame frame;
  gy_status status =
      gy_feature_frame_load(step->run->project.engine, names, step->d, step->run->task, &frame, err);
  if (status == GY_OK) {
    step->n = frame.n;
    step->x = gy_feature_frame_rows(&frame, which, step->d);
    if (step->x == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for %zu customers", frame.n);
  }
  gy_feature_frame_clear(&frame);
  if (status != GY_OK) return status;
  return gy_features_prepare(&step->run->project.config.preparation, names, step->d, step->x, step->n,
                             step->run->task, step->scaling, &step->preparation, err);
}

static gy_status choose(clusters_step *step, gy_error *err) {
  if (step->config->k > 0) {
    step->choice.k = (int32_t)(step->config->k < step->n ? step->config->k : step->n);
    return GY_OK;
  }
  gy_k_choice_options options = gy_k_choice_defaults();
  options.k_min = (int32_t)step->config->k_min;
  options.k_max = (int32_t)step->config->k_max;
  options.seed = step->config->seed;
  step->chosen = true;
  return gy_k_choose((gy_matrix){step->x, step->n, step->d}, &options, step->run->task, &step->choice, err);
}

/* Clusters in the order of their revenue, so that cluster 0 is the one that matters most. */
static gy_status order_by_revenue(clusters_step *step, gy_error *err) {
  int32_t k = step->model.n_clusters, order[GY_CLUSTER_NAMES_MAX];
  double *revenue = calloc((size_t)k, sizeof *revenue);
  gy_feature_frame money;
  static const char *const NAMES[] = {"monetary"};
  gy_status status = gy_feature_frame_load(step->run->project.engine, NAMES, 1, step->run->task, &money, err);
  if (revenue == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for %d clusters", k);
  if (status == GY_OK) {
    for (size_t i = 0; i < money.n; i++)
      if (!isnan(money.columns[0][i])) revenue[step->labels[i]] += money.columns[0][i];
    for (int32_t c = 0; c < k; c++) {
      int32_t at = c;
      for (; at > 0 && revenue[order[at - 1]] < revenue[c]; at--) order[at] = order[at - 1];
      order[at] = c;
    }
    status = gy_kmeans_reorder(&step->model, order, step->labels, step->n, err);
  }
  gy_feature_frame_clear(&money);
  free(revenue);
  return status;
}

/* Clusters that go on from the last version keep their numbers. */
static gy_status keep_identity(clusters_step *step, gy_error *err) {
  int32_t order[GY_CLUSTER_NAMES_MAX];
  gy_status status = gy_cluster_identity_find(step->run->project.engine, step->labels, step->model.n_clusters,
                                              step->n, step->run->task, &step->identity, order, err);
  if (status != GY_OK) return status;
  return gy_kmeans_reorder(&step->model, order, step->labels, step->n, err);
}

static gy_status fit(clusters_step *step, gy_error *err) {
  gy_matrix x = {step->x, step->n, step->d};
  gy_kmeans_options options = gy_kmeans_defaults(step->choice.k);
  options.n_starts = (int32_t)step->config->starts;
  options.seed = step->config->seed;
  step->labels = malloc((step->n + 1) * sizeof *step->labels);
  if (step->labels == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu labels", step->n);
  gy_status status = gy_kmeans_fit(x, &options, step->run->task, &step->model, step->labels, err);
  if (status == GY_OK) status = order_by_revenue(step, err);
  if (status == GY_OK) status = keep_identity(step, err);
  if (status != GY_OK || step->model.n_clusters < 2 || step->model.n_empty > step->model.n_clusters - 2)
    return status;
  gy_clustering clustering = {x, step->labels, step->model.n_clusters};
  step->has_silhouette = true;
  return gy_silhouette_sampled(&clustering, SILHOUETTE_ROWS, step->config->seed, step->run->task,
                               &step->silhouette, NULL, err);
}

static gy_status name_clusters(clusters_step *step, gy_error *err) {
  double means[GY_CLUSTER_FEATURES_MAX], variances[GY_CLUSTER_FEATURES_MAX];
  const char *names[GY_CLUSTER_FEATURES_MAX];
  size_t k = (size_t)step->model.n_clusters;
  step->z = calloc(k * step->d, sizeof *step->z);
  if (step->z == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu clusters", k);
  gy_status status =
      gy_column_moments((gy_matrix){step->x, step->n, step->d}, step->run->task, means, variances, err);
  if (status != GY_OK) return status;
  for (size_t j = 0; j < step->d; j++) {
    names[j] = step->features[j]->name;
    double sd = sqrt(variances[j]);
    for (size_t c = 0; c < k; c++)
      step->z[c * step->d + j] = sd > 0 ? (step->model.centers[c * step->d + j] - means[j]) / sd : 0;
  }
  if (k == 1) {
    step->names[0] = (gy_cluster_name){.ko = "모든 고객", .en = "Everybody"};
    return GY_OK;
  }
  status = gy_cluster_names(names, step->d, step->z, k, step->names, err);
  if (status == GY_OK) gy_cluster_identity_names(&step->identity, step->names);
  return status;
}

static gy_status find_meaning(clusters_step *step, gy_error *err) {
  const char *names[GY_CLUSTER_FEATURES_MAX];
  for (size_t j = 0; j < step->d; j++) names[j] = step->features[j]->name;
  gy_meaning_source source = {.engine = step->run->project.engine,
                              .task = step->run->task,
                              .features = names,
                              .scaling = step->scaling,
                              .preparation = &step->preparation,
                              .x = {step->x, step->n, step->d},
                              .model = &step->model,
                              .labels = step->labels,
                              .seed = step->config->seed};
  return gy_cluster_meaning_find(&source, &step->meaning, err);
}

/* People count clusters from 1, so the store does too. */
static gy_status store_labels(clusters_step *step, gy_error *err) {
  for (size_t i = 0; i < step->n; i++) step->labels[i]++;
  static const char *const NAMES[] = {"cluster"};
  const int32_t *columns[] = {step->labels};
  gy_engine *engine = step->run->project.engine;
  gy_status status =
      gy_feature_labels_store(engine, "customer_clusters", NAMES, columns, 1, step->n, step->run->task, err);
  return status == GY_OK ? gy_cluster_identity_store(engine, step->run->task, err) : status;
}

/* ---- what it leaves ---- */

static json_t *real_or_null(double value) { return isfinite(value) ? json_real(value) : json_null(); }

static json_t *reason_json(const clusters_step *step) {
  static const char *const KO[] = {
      [GY_K_BEST] = "안정적인 후보 가운데 실루엣이 가장 높습니다.",
      [GY_K_FINER] = "안정적이고, 가장 좋은 실루엣과 표준오차 안에서 차이가 없는 가장 세밀한 구분입니다.",
      [GY_K_ELBOW] =
          "관성 곡선이 꺾이는 곳이며 안정적이고 뚜렷합니다. 실루엣만 보면 고객을 둘로 나눌 뿐입니다.",
      [GY_K_MOST_STABLE] = "충분히 안정적인 후보가 없어 가장 안정적인 것을 골랐습니다.",
      [GY_K_ONE_ROW] = "고객이 한 명뿐이라 군집은 하나입니다.",
      [GY_K_ALL_EQUAL] = "모든 고객의 특성이 같아 군집은 하나입니다."};
  if (!step->chosen)
    return gy_text_pair_json(
        (gy_text_pair){"gyeol.yaml에서 정한 군집 수입니다.", "The number of clusters is set in gyeol.yaml."});
  /* The kernel's reason continues a sentence; here it is one. */
  char sentence[256];
  snprintf(sentence, sizeof sentence, "%s.", gy_k_reason_text(step->choice.reason));
  sentence[0] = (char)toupper((unsigned char)sentence[0]);
  return gy_text_pair_json((gy_text_pair){KO[step->choice.reason], sentence});
}

static json_t *choice_json(const clusters_step *step) {
  json_t *candidates = json_array();
  for (int32_t i = 0; i < step->choice.n_evidence; i++) {
    const gy_k_evidence *e = &step->choice.evidence[i];
    json_t *row = json_pack("{s:i, s:f, s:b}", "k", e->k, "inertia", e->inertia, "qualified", e->qualified);
    json_object_set_new(row, "silhouette", real_or_null(e->silhouette));
    json_object_set_new(row, "silhouette_se", real_or_null(e->silhouette_se));
    json_object_set_new(row, "stability", real_or_null(e->stability));
    json_object_set_new(row, "stability_sd", real_or_null(e->stability_sd));
    json_object_set_new(row, "smallest_share", real_or_null(e->smallest_share));
    json_array_append_new(candidates, row);
  }
  return json_pack("{s:i, s:o, s:o, s:i, s:I}", "chosen_k", step->choice.k, "reason", reason_json(step),
                   "candidates", candidates, "elbow_k", step->choice.elbow_k, "sampled",
                   (json_int_t)step->choice.n_sampled);
}

/* Standardised centres, for people to compare. */
static json_t *centers_json(const clusters_step *step) {
  json_t *rows = json_array();
  for (size_t c = 0; c < (size_t)step->model.n_clusters; c++) {
    json_t *row = json_array();
    for (size_t j = 0; j < step->d; j++) json_array_append_new(row, json_real(step->z[c * step->d + j]));
    json_array_append_new(rows, row);
  }
  return rows;
}

static json_t *model_json(const clusters_step *step) {
  json_t *columns = json_array();
  for (size_t j = 0; j < step->d; j++)
    json_array_append_new(columns, gy_scaling_json(step->features[j]->name, &step->scaling[j]));
  json_t *model =
      json_pack("{s:s, s:i, s:o, s:o}", "scoring", "nearest_center", "first_label", 1, "columns", columns,
                "centers", gy_rows_json(step->model.centers, (size_t)step->model.n_clusters, step->d));
  if (step->preparation.columns == NULL) return model;
  const char *names[GY_CLUSTER_FEATURES_MAX];
  for (size_t j = 0; j < step->d; j++) names[j] = step->features[j]->name;
  json_object_set_new(model, "preparation", gy_preparation_model_json(&step->preparation, names, NULL, 0));
  return model;
}

/* What was done to each feature, for people; null where nothing was asked for. */
static json_t *prepared_json(const clusters_step *step) {
  const char *names[GY_CLUSTER_FEATURES_MAX];
  for (size_t j = 0; j < step->d; j++) names[j] = step->features[j]->name;
  return step->preparation.columns != NULL ? gy_preparation_json(&step->preparation, names, NULL)
                                           : json_null();
}

static json_t *used_json(const clusters_step *step) {
  json_t *names = json_array();
  for (size_t j = 0; j < step->d; j++) json_array_append_new(names, json_string(step->features[j]->name));
  return names;
}

/* "129175.0000" as "129175", as money is written everywhere else. */
static json_t *without_zeros(const json_t *decimal) {
  const char *text = json_string_value(decimal);
  if (text == NULL || strchr(text, '.') == NULL) return json_string(text != NULL ? text : "0");
  size_t length = strlen(text);
  while (text[length - 1] == '0') length--;
  return json_stringn(text, text[length - 1] == '.' ? length - 1 : length);
}

static gy_status clusters_json(const clusters_step *step, json_t **clusters, gy_error *err) {
  json_t *sums = NULL;
  gy_status status = gy_engine_json(step->run->project.engine, gy_sql("study/cluster_sums"), NULL, 0,
                                    step->run->task, &sums, err);
  if (status != GY_OK) return status;
  json_t *rows = json_array(), *sum;
  size_t i;
  json_array_foreach(sums, i, sum) {
    json_int_t cluster = json_integer_value(json_object_get(sum, "cluster"));
    json_t *row = json_copy(sum);
    const gy_cluster_name *name = &step->names[cluster - 1];
    json_object_set_new(row, "name", gy_text_pair_json((gy_text_pair){name->ko, name->en}));
    json_object_set_new(row, "id", json_integer(step->identity.ids[cluster - 1]));
    json_object_set_new(row, "revenue", without_zeros(json_object_get(sum, "revenue")));
    gy_cluster_meaning_add(&step->meaning, (int32_t)cluster - 1, row);
    json_array_append_new(rows, row);
  }
  json_decref(sums);
  *clusters = rows;
  return GY_OK;
}

static gy_status detail_json(const clusters_step *step, json_t **detail, gy_error *err) {
  json_t *clusters = NULL;
  gy_status status = clusters_json(step, &clusters, err);
  if (status != GY_OK) return status;
  double stability = NAN;
  for (int32_t i = 0; i < step->choice.n_evidence; i++)
    if (step->choice.evidence[i].k == step->choice.k) stability = step->choice.evidence[i].stability;
  static const gy_text_pair METHOD = {"k-평균 (탐욕적 k-means++ 초기화)",
                                      "k-means (greedy k-means++ seeding)"};
  json_t *reason = reason_json(step);
  *detail =
      json_pack("{s:i, s:O, s:o, s:f, s:i, s:b, s:o, s:o, s:o, s:o, s:I}", "k", step->model.n_clusters,
                "reason", json_object_get(reason, "en"), "method", gy_text_pair_json(METHOD), "inertia",
                step->model.inertia, "iterations", step->model.iterations, "converged", step->model.converged,
                "used", used_json(step), "model", model_json(step), "centers_scaled", centers_json(step),
                "clusters", clusters, "seed", (json_int_t)step->config->seed);
  json_decref(reason);
  if (*detail == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the clusters' record");
  json_object_set_new(*detail, "preparation", prepared_json(step));
  json_object_set_new(*detail, "surrogate", gy_cluster_meaning_json(&step->meaning));
  json_object_set_new(*detail, "next_id", json_integer(step->identity.next_id));
  json_object_set_new(*detail, "since_last", gy_cluster_identity_json(&step->identity));
  json_object_set_new(*detail, "silhouette",
                      step->has_silhouette ? real_or_null(step->silhouette.mean) : json_null());
  json_object_set_new(*detail, "stability", real_or_null(stability));
  if (step->chosen && step->choice.n_evidence > 0)
    json_object_set_new(*detail, "cluster_choice", choice_json(step));
  return GY_OK;
}

static gy_status compute(clusters_step *step, gy_error *err) {
  static gy_status (*const PARTS[])(clusters_step *, gy_error *) = {
      find_features, load_scaled, choose, fit, name_clusters, find_meaning, store_labels};
  for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
    gy_status status = PARTS[i](step, err);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

gy_status gy_run_clusters(gy_run_context *run, gy_error *err) {
  double start = gy_clock_seconds();
  static const gy_config_section SECTIONS[] = {GY_SECTION_PREPARATION, GY_SECTION_CLUSTERS};
  gy_fingerprint fingerprint = {.version = CLUSTERS_VERSION};
  memcpy(fingerprint.inputs, run->features_text, sizeof fingerprint.inputs);
  gy_status status = gy_run_settings(run, SECTIONS, 2, NULL, fingerprint.settings, err);
  bool must_run = false;
  if (status == GY_OK)
    status = gy_step_start(&run->log, "clusters", &fingerprint, &must_run, &run->clusters, err);
  gy_fingerprint_text(&fingerprint, run->clusters_text);
  if (status != GY_OK || !must_run) return status;
  clusters_step *step = calloc(1, sizeof *step);
  if (step == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the clusters");
  step->run = run;
  step->config = &run->project.config.clusters;
  status = compute(step, err);
  if (status == GY_OK) status = detail_json(step, &run->clusters, err);
  if (status == GY_OK) {
    gy_step_report report = {.rows = step->n, .detail = json_incref(run->clusters)};
    status = gy_step_finish(&run->log, "clusters", &fingerprint, gy_clock_seconds() - start, &report, err);
  } else {
    gy_error_prefix(err, "clusters");
  }
  gy_kmeans_clear(&step->model);
  gy_preparation_clear(&step->preparation);
  gy_cluster_identity_clear(&step->identity);
  gy_cluster_meaning_clear(&step->meaning);
  free(step->x);
  free(step->labels);
  free(step->z);
  free(step);
  return status;
}

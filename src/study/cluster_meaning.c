/* SPDX-License-Identifier: Apache-2.0
 *
 * The tree is grown on a sample of customers and measured on all of them. Outliers are told by Tukey's outer
 * fence (1977, "far out"): a distance to the own centre above Q3 + 3 (Q3 - Q1) of the cluster's distances, in
 * scaled features. Unlike a percentile it may well find none. */
#include "study/cluster_meaning.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/rng.h"
#include "num/quantile.h"
#include "num/sample.h"
#include "report/texts.h"
#include "study/feature_frame.h"

enum { TREE_ROWS = 200000, TREE_STREAM = 77, SELECT_BYTES_MAX = 1 << 16 };
static const double FAR_OUT = 3;

/* ---- rules ---- */

/* A missing value in its own units, as the clustering filled it. */
static float fill_of(const gy_meaning_source *s, const double *prepared, size_t j) {
  return (float)(prepared != NULL ? gy_preparation_invert(&s->preparation->columns[j], prepared[j])
                                  : s->scaling[j].fill);
}

/* All of a row's fills are made before any is written: predictions see what is missing. */
static int64_t fill_row(const gy_meaning_source *s, float *row, double *prepared) {
  int64_t n_filled = 0;
  for (size_t j = 0; j < s->x.n_columns; j++) n_filled += isnan(row[j]);
  if (n_filled == 0) return 0;
  if (prepared != NULL) gy_preparation_row(s->preparation, row, NULL, prepared, NULL);
  for (size_t j = 0; j < s->x.n_columns; j++)
    if (isnan(row[j])) row[j] = fill_of(s, prepared, j);
  return n_filled;
}

static gy_status fill_rows(const gy_meaning_source *s, float *rows, int64_t *n_filled, gy_error *err) {
  size_t d = s->x.n_columns;
  bool is_prepared = s->preparation != NULL && s->preparation->columns != NULL;
  double *prepared = is_prepared ? malloc((d + 1) * sizeof *prepared) : NULL;
  if (is_prepared && prepared == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu features", d);
  for (size_t i = 0; i < s->x.n_rows; i++) *n_filled += fill_row(s, rows + i * d, prepared);
  free(prepared);
  return GY_OK;
}

/* Features in their own units, a row a customer, missing values filled as the clustering did. */
static gy_status load_rows(const gy_meaning_source *s, float **rows, int64_t *n_filled, gy_error *err) {
  size_t n = s->x.n_rows, d = s->x.n_columns, *which = malloc((d + 1) * sizeof *which);
  gy_feature_frame frame = {0};
  gy_status status = which != NULL ? gy_feature_frame_load(s->engine, s->features, d, s->task, &frame, err)
                                   : gy_fail(err, GY_ENOMEM, "no memory for %zu features", d);
  for (size_t j = 0; j < d && status == GY_OK; j++) which[j] = j;
  *rows = NULL;
  if (status == GY_OK && frame.n != n)
    status = gy_fail(err, GY_EINTERNAL, "%zu customers have clusters and %zu have features", n, frame.n);
  if (status == GY_OK && (*rows = gy_feature_frame_rows(&frame, which, d)) == NULL)
    status = gy_fail(err, GY_ENOMEM, "no memory for %zu customers", n);
  gy_feature_frame_clear(&frame);
  free(which);
  return status == GY_OK ? fill_rows(s, *rows, n_filled, err) : status;
}

/* At most TREE_ROWS of the rows and their labels, drawn at random; gives both. */
static gy_status draw_rows(const gy_meaning_source *s, const float *rows, size_t m, float **drawn,
                           int32_t **labels, gy_error *err) {
  size_t d = s->x.n_columns, *numbers = malloc((m + 1) * sizeof *numbers);
  *drawn = malloc((m * d + 1) * sizeof **drawn);
  *labels = malloc((m + 1) * sizeof **labels);
  gy_status status = GY_OK;
  if (numbers == NULL || *drawn == NULL || *labels == NULL) {
    status = gy_fail(err, GY_ENOMEM, "no memory for a sample of %zu customers", m);
    goto done;
  }
  gy_rng rng;
  gy_rng_init(&rng, s->seed, TREE_STREAM);
  gy_sample_rows(&rng, s->x.n_rows, m, numbers);
  for (size_t i = 0; i < m; i++) {
    memcpy(*drawn + i * d, rows + numbers[i] * d, d * sizeof **drawn);
    (*labels)[i] = s->labels[numbers[i]];
  }
done:
  free(numbers);
  return status;
}

static gy_status grow(const gy_meaning_source *s, const float *rows, gy_cluster_meaning *meaning,
                      gy_error *err) {
  gy_surrogate_options options = gy_surrogate_defaults();
  size_t n = s->x.n_rows, d = s->x.n_columns, m = n < TREE_ROWS ? n : TREE_ROWS;
  float *drawn = NULL;
  int32_t *labels = NULL;
  gy_matrix all = {rows, n, d};
  meaning->n_grown = m;
  if (m == n)
    return gy_surrogate_tree_fit(all, s->labels, meaning->k, &options, s->task, &meaning->tree, err);
  gy_status status = draw_rows(s, rows, m, &drawn, &labels, err);
  if (status == GY_OK)
    status = gy_surrogate_tree_fit((gy_matrix){drawn, m, d}, labels, meaning->k, &options, s->task,
                                   &meaning->tree, err);
  if (status == GY_OK) status = gy_surrogate_tree_measure(&meaning->tree, all, s->labels, NULL, s->task, err);
  free(drawn);
  free(labels);
  return status;
}

static gy_status find_rules(const gy_meaning_source *s, gy_cluster_meaning *meaning, gy_error *err) {
  float *rows = NULL;
  gy_status status = load_rows(s, &rows, &meaning->n_filled, err);
  if (status == GY_OK) status = grow(s, rows, meaning, err);
  free(rows);
  for (int32_t c = 0; c < meaning->k && status == GY_OK; c++)
    status = gy_surrogate_tree_rule(&meaning->tree, c, s->features, &meaning->rules[c], err);
  return status;
}

/* ---- prototypes and outliers ---- */

static void count_outliers(const gy_meaning_source *s, const float *distances, double *grouped,
                           gy_cluster_meaning *meaning) {
  static const double QUARTERS[] = {0.25, 0.75};
  double *of_cluster = grouped;
  for (int32_t c = 0; c < meaning->k; c++) {
    size_t n = 0;
    for (size_t i = 0; i < s->x.n_rows; i++)
      if (s->labels[i] == c) of_cluster[n++] = sqrt((double)distances[i]);
    meaning->sizes[c] = (int64_t)n;
    if (n == 0) continue;
    double quartiles[2];
    gy_quantiles(of_cluster, n, QUARTERS, 2, quartiles);
    double fence = quartiles[1] + FAR_OUT * (quartiles[1] - quartiles[0]);
    for (size_t i = 0; i < n; i++) meaning->outliers[c] += of_cluster[i] > fence;
  }
}

/* {customer_id, values} of one customer. */
static gy_status prototype_json(const gy_meaning_source *s, const char *sql, size_t customer,
                                json_t **prototype, gy_error *err) {
  gy_value number = gy_bind_int64((int64_t)customer);
  json_t *found = NULL;
  gy_status status = gy_engine_json(s->engine, sql, &number, 1, s->task, &found, err);
  if (status != GY_OK) return status;
  const json_t *row = json_array_get(found, 0);
  json_t *values = json_object();
  for (size_t j = 0; j < s->x.n_columns; j++)
    json_object_set(values, s->features[j], json_object_get(row, s->features[j]));
  *prototype = json_pack("{s:O?, s:o}", "customer_id", json_object_get(row, "customer_id"), "values", values);
  json_decref(found);
  return *prototype != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for a cluster's prototype");
}

static gy_status describe_prototypes(const gy_meaning_source *s, const size_t *nearest,
                                     gy_cluster_meaning *meaning, gy_error *err) {
  gy_buffer names;
  char *sql = NULL;
  gy_buffer_init(&names, SELECT_BYTES_MAX);
  for (size_t j = 0; j < s->x.n_columns; j++)
    gy_buffer_printf(&names, "%s%s", j > 0 ? ", " : "", s->features[j]);
  gy_sql_part part = {"features", names.data};
  gy_status status = names.failed
                         ? gy_fail(err, GY_ENOMEM, "no memory for a query of %zu features", s->x.n_columns)
                         : gy_sql_expand(gy_sql("study/cluster_prototype"), &part, 1, &sql, err);
  meaning->prototypes = json_array();
  for (int32_t c = 0; c < meaning->k && status == GY_OK; c++) {
    json_t *prototype = meaning->sizes[c] == 0 ? json_null() : NULL;
    if (prototype == NULL) status = prototype_json(s, sql, nearest[c], &prototype, err);
    json_array_append_new(meaning->prototypes, prototype);
  }
  free(sql);
  gy_buffer_clear(&names);
  return status;
}

static gy_status find_members(const gy_meaning_source *s, gy_cluster_meaning *meaning, gy_error *err) {
  size_t n = s->x.n_rows, k = (size_t)meaning->k;
  float *distances = malloc((n + 1) * sizeof *distances);
  int32_t *labels = malloc((n + 1) * sizeof *labels);
  double *grouped = malloc((n + 1) * sizeof *grouped);
  size_t *nearest = calloc(k, sizeof *nearest);
  gy_status status = GY_OK;
  if (distances == NULL || labels == NULL || grouped == NULL || nearest == NULL)
    status = gy_fail(err, GY_ENOMEM, "no memory for the distances of %zu customers", n);
  if (status == GY_OK) status = gy_kmeans_predict(s->model, s->x, s->task, labels, distances, err);
  if (status == GY_OK) {
    for (size_t c = 0; c < k; c++) nearest[c] = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
      size_t *best = &nearest[s->labels[i]];
      if (*best == SIZE_MAX || distances[i] < distances[*best]) *best = i;
    }
    count_outliers(s, distances, grouped, meaning);
    status = describe_prototypes(s, nearest, meaning, err);
  }
  free(distances);
  free(labels);
  free(grouped);
  free(nearest);
  return status;
}

gy_status gy_cluster_meaning_find(const gy_meaning_source *source, gy_cluster_meaning *meaning,
                                  gy_error *err) {
  size_t k = (size_t)source->model->n_clusters;
  *meaning = (gy_cluster_meaning){.k = source->model->n_clusters};
  meaning->rules = calloc(k, sizeof *meaning->rules);
  meaning->sizes = calloc(k, sizeof *meaning->sizes);
  meaning->outliers = calloc(k, sizeof *meaning->outliers);
  if (meaning->rules == NULL || meaning->sizes == NULL || meaning->outliers == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for %zu clusters", k);
  gy_status status = find_rules(source, meaning, err);
  return status == GY_OK ? find_members(source, meaning, err) : status;
}

void gy_cluster_meaning_clear(gy_cluster_meaning *meaning) {
  for (int32_t c = 0; c < meaning->k && meaning->rules != NULL; c++) free(meaning->rules[c]);
  free(meaning->rules);
  free(meaning->sizes);
  free(meaning->outliers);
  json_decref(meaning->prototypes);
  gy_surrogate_tree_clear(&meaning->tree);
  *meaning = (gy_cluster_meaning){0};
}

/* ---- the record ---- */

static json_t *real_or_null(double value) { return isfinite(value) ? json_real(value) : json_null(); }

json_t *gy_cluster_meaning_json(const gy_cluster_meaning *meaning) {
  static const gy_text_pair OUTLIERS = {
      "중심까지의 거리가 군집의 셋째 사분위수보다 사분위 범위의 3배 넘게 먼 고객(튜키의 바깥 울타리)",
      "customers whose distance to the centre is above the cluster's third quartile by more than three "
      "interquartile ranges (Tukey's outer fence)"};
  json_int_t customers = 0;
  for (int32_t c = 0; c < meaning->k; c++) customers += meaning->sizes[c];
  return json_pack("{s:o, s:I, s:I, s:I, s:o}", "fidelity", real_or_null(meaning->tree.fidelity), "customers",
                   customers, "grown_on", (json_int_t)meaning->n_grown, "filled",
                   (json_int_t)meaning->n_filled, "outlier_rule", gy_text_pair_json(OUTLIERS));
}

void gy_cluster_meaning_add(const gy_cluster_meaning *meaning, int32_t cluster, json_t *row) {
  size_t c = (size_t)cluster;
  const char *rule = meaning->rules[c];
  int64_t size = meaning->sizes[c];
  json_object_set_new(row, "rule", rule[0] != '\0' ? json_string(rule) : json_null());
  json_object_set_new(row, "rule_precision", real_or_null(meaning->tree.precision[c]));
  json_object_set_new(row, "rule_recall", real_or_null(meaning->tree.recall[c]));
  json_object_set(row, "prototype", json_array_get(meaning->prototypes, c));
  json_object_set_new(row, "outliers", json_integer(meaning->outliers[c]));
  json_object_set_new(row, "outlier_share",
                      json_real(size > 0 ? (double)meaning->outliers[c] / (double)size : 0));
}

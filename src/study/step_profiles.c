/* SPDX-License-Identifier: Apache-2.0
 *
 * What sets each segment apart, for RFM segments and for clusters: features with effect sizes, attributes
 * that are over- or under-represented, and the products they buy. The detail holds, for each kind,
 *
 *   {"features":   [{segment, feature, median, mean, overall_median, effect}...],
 *    "attributes": [{segment, attribute, value, share, overall_share, effect}...],
 *    "products":   [{segment, product, name, revenue, customers, customer_share, lift}...]} */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "segment/profile.h"
#include "study/feature_frame.h"
#include "study/run_context.h"

enum { PROFILES_VERSION = 1, MAX_ATTRIBUTE_VALUES = 40 };

typedef struct {
  const char *name; /* column of profile_members */
  size_t n_groups;
} segmentation;

typedef struct {
  gy_run_context *run;
  gy_feature_frame frame;
  const gy_feature *features[GY_FEATURE_MAX]; /* those in the frame */
  gy_profile_column columns[GY_FEATURE_MAX];
  int32_t *labels;
} profiles_step;

static json_t *real_or_null(double value) { return isfinite(value) ? json_real(value) : json_null(); }

/* An effect for JSON: two groups without any spread are infinitely far apart, shown as 99. */
static double bounded_effect(double effect) { return fmax(-99, fmin(99, effect)); }

static json_t *feature_rows(const profiles_step *step, const gy_profile_cell *cells, size_t n_groups) {
  json_t *rows = json_array();
  size_t n_columns = step->frame.n_columns;
  for (size_t g = 0; g <= n_groups; g++) {
    for (size_t c = 0; c < n_columns; c++) {
      const gy_profile_cell *cell = &cells[g * n_columns + c], *overall = &cells[n_groups * n_columns + c];
      json_t *row = json_pack("{s:i, s:s, s:f}", "segment", g < n_groups ? (int)g : -1, "feature",
                              step->features[c]->name, "effect", bounded_effect(cell->effect));
      json_object_set_new(row, "median", real_or_null(cell->median));
      json_object_set_new(row, "mean", real_or_null(cell->mean));
      json_object_set_new(row, "overall_median", real_or_null(overall->median));
      json_array_append_new(rows, row);
    }
  }
  return rows;
}

static gy_status profile_features(profiles_step *step, const segmentation *kind, json_t **rows,
                                  gy_error *err) {
  size_t n_columns = step->frame.n_columns;
  gy_profile_cell *cells = calloc((kind->n_groups + 1) * n_columns, sizeof *cells);
  gy_status status = cells != NULL ? gy_profile_columns(step->columns, n_columns, step->frame.n, step->labels,
                                                        kind->n_groups, step->run->task, cells, err)
                                   : gy_fail(err, GY_ENOMEM, "no memory for the profiles");
  if (status == GY_OK) *rows = feature_rows(step, cells, kind->n_groups);
  free(cells);
  return status;
}

static json_int_t integer_of(const json_t *row, const char *key) {
  return json_integer_value(json_object_get(row, key));
}

static json_int_t customers_where(const json_t *counts, json_int_t segment, const char *value) {
  json_int_t total = 0;
  size_t i;
  json_t *row;
  json_array_foreach(counts, i, row) {
    bool fits = (segment < 0 || integer_of(row, "segment") == segment) &&
                (value == NULL || strcmp(json_string_value(json_object_get(row, "value")), value) == 0);
    if (fits) total += integer_of(row, "customers");
  }
  return total;
}

/* Adds a row for each segment and value, from counts by segment and value of one attribute. */
static void add_attribute(const char *attribute, const json_t *counts, json_t *rows) {
  json_int_t everybody = customers_where(counts, -1, NULL);
  size_t i;
  json_t *count;
  json_array_foreach(counts, i, count) {
    json_int_t segment = integer_of(count, "segment"), here = integer_of(count, "customers");
    const char *value = json_string_value(json_object_get(count, "value"));
    json_int_t members = customers_where(counts, segment, NULL),
               anywhere = customers_where(counts, -1, value);
    json_int_t others = everybody - members;
    double share = (double)here / (double)members;
    double other_share = others > 0 ? (double)(anywhere - here) / (double)others : share;
    json_array_append_new(
        rows, json_pack("{s:I, s:s, s:s, s:f, s:f, s:f}", "segment", segment, "attribute", attribute, "value",
                        value, "share", share, "overall_share", (double)anywhere / (double)everybody,
                        "effect", gy_profile_share_effect(share, other_share)));
  }
}

static gy_status profile_attributes(profiles_step *step, const segmentation *kind, json_t *rows,
                                    gy_error *err) {
  gy_engine *engine = step->run->project.engine;
  gy_value relation = gy_bind_text("customers"), most = gy_bind_int64(MAX_ATTRIBUTE_VALUES);
  json_t *columns = NULL;
  gy_status status =
      gy_engine_json(engine, gy_sql("study/relation_columns"), &relation, 1, NULL, &columns, err);
  size_t i;
  json_t *column;
  json_array_foreach(columns, i, column) {
    const char *name = json_string_value(json_object_get(column, "column"));
    if (status != GY_OK || strcmp(name, "customer_id") == 0 || strcmp(name, "row_no") == 0) continue;
    char *quoted = gy_sql_identifier(name), *sql = NULL;
    json_t *counts = NULL;
    gy_sql_part parts[] = {{"attribute", quoted}, {"segment", kind->name}};
    status = quoted != NULL ? gy_sql_expand(gy_sql("study/attribute_counts"), parts, 2, &sql, err)
                            : gy_fail(err, GY_ENOMEM, "no memory for the profiles");
    if (status == GY_OK) status = gy_engine_json(engine, sql, &most, 1, step->run->task, &counts, err);
    if (status == GY_OK) add_attribute(name, counts, rows);
    json_decref(counts);
    free(sql);
    free(quoted);
  }
  json_decref(columns);
  return status;
}

static gy_status profile_products(profiles_step *step, const segmentation *kind, json_t **rows,
                                  gy_error *err) {
  char members[128];
  snprintf(members, sizeof members,
           "SELECT customer_id, %s AS segment FROM profile_members WHERE %s IS NOT NULL", kind->name,
           kind->name);
  gy_sql_part parts[] = {{"kept", step->run->orders_sql}, {"members", members}};
  char *sql = NULL;
  gy_status status = gy_sql_expand(gy_sql("report/segment_products"), parts, 2, &sql, err);
  gy_value limit = gy_bind_int64(step->run->project.config.report.top_products);
  if (status == GY_OK)
    status = gy_engine_json(step->run->project.engine, sql, &limit, 1, step->run->task, rows, err);
  free(sql);
  return status;
}

static gy_status profile_kind(profiles_step *step, const segmentation *kind, json_t **profile,
                              gy_error *err) {
  char sql[128];
  snprintf(sql, sizeof sql, "SELECT customer_no, %s FROM profile_members WHERE %s IS NOT NULL", kind->name,
           kind->name);
  for (size_t i = 0; i < step->frame.n; i++) step->labels[i] = -1;
  json_t *features = NULL, *attributes = json_array(), *products = NULL;
  gy_status status = gy_feature_labels_load(step->run->project.engine, sql, step->frame.n, step->run->task,
                                            step->labels, err);
  if (status == GY_OK) status = profile_features(step, kind, &features, err);
  if (status == GY_OK) status = profile_attributes(step, kind, attributes, err);
  if (status == GY_OK) status = profile_products(step, kind, &products, err);
  if (status == GY_OK) {
    *profile =
        json_pack("{s:O, s:O, s:O}", "features", features, "attributes", attributes, "products", products);
    if (*profile == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for the profiles");
  }
  json_decref(features);
  json_decref(attributes);
  json_decref(products);
  return status;
}

static gy_status load_features(profiles_step *step, gy_error *err) {
  const gy_feature_set *set = &step->run->features;
  const char *names[GY_FEATURE_MAX];
  size_t n = 0;
  for (size_t i = 0; i < set->n; i++) {
    if (set->items[i].type == GY_TYPE_TIMESTAMP) continue;
    names[n] = set->items[i].name;
    step->features[n++] = &set->items[i];
  }
  gy_status status =
      gy_feature_frame_load(step->run->project.engine, names, n, step->run->task, &step->frame, err);
  if (status != GY_OK) return status;
  for (size_t c = 0; c < n; c++)
    step->columns[c] =
        (gy_profile_column){.values = step->frame.columns[c], .log = step->features[c]->log_scaled};
  step->labels = malloc((step->frame.n + 1) * sizeof *step->labels);
  return step->labels != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the profiles");
}

static gy_status compute(profiles_step *step, json_t **detail, gy_error *err) {
  gy_run_context *run = step->run;
  segmentation kinds[] = {{"rfm", json_array_size(json_object_get(run->rfm, "segments"))},
                          {"cluster", json_array_size(json_object_get(run->clusters, "clusters"))}};
  gy_status status = load_features(step, err);
  if (status == GY_OK)
    status = gy_engine_execute(run->project.engine, gy_sql("study/profile_members"), NULL, 0, NULL, run->task,
                               NULL, err);
  json_t *profiles = json_object();
  for (size_t k = 0; k < 2 && status == GY_OK; k++) {
    json_t *profile = NULL;
    gy_task_progress(run->task, "profiles", k, 2, "segmentations");
    status = profile_kind(step, &kinds[k], &profile, err);
    if (status == GY_OK) json_object_set_new(profiles, kinds[k].name, profile);
  }
  if (status == GY_OK)
    *detail = profiles;
  else
    json_decref(profiles);
  return status;
}

gy_status gy_run_profiles(gy_run_context *run, gy_error *err) {
  double start = gy_clock_seconds();
  static const gy_config_section SECTIONS[] = {GY_SECTION_REPORT};
  gy_fingerprint fingerprint = {.version = PROFILES_VERSION};
  gy_digest *digest = gy_digest_create();
  gy_digest_text(digest, run->rfm_text);
  gy_digest_text(digest, run->clusters_text);
  gy_digest_finish(digest, fingerprint.inputs);
  gy_status status = gy_run_settings(run, SECTIONS, 1, NULL, fingerprint.settings, err);
  bool must_run = false;
  if (status == GY_OK)
    status = gy_step_start(&run->log, "profiles", &fingerprint, &must_run, &run->profiles, err);
  if (status != GY_OK || !must_run) return status;
  profiles_step step = {.run = run};
  status = compute(&step, &run->profiles, err);
  if (status == GY_OK) {
    gy_step_report report = {.rows = step.frame.n, .detail = json_incref(run->profiles)};
    status = gy_step_finish(&run->log, "profiles", &fingerprint, gy_clock_seconds() - start, &report, err);
  } else {
    gy_error_prefix(err, "profiles");
  }
  gy_feature_frame_clear(&step.frame);
  free(step.labels);
  return status;
}

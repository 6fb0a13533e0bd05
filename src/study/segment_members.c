/* SPDX-License-Identifier: Apache-2.0 */
#include "study/segment_members.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "segment/profile.h"
#include "study/feature_frame.h"

/* Name and Korean name as the other kinds of segments have them. */
static void complete_entry(json_t *entry) {
  const char *korean = json_string_value(json_object_get(entry, "title_ko"));
  json_object_set_new(entry, "name_ko", json_string(korean != NULL ? korean : ""));
}

static gy_status load(const gy_run_context *run, const char *name, json_t **rows, gy_error *err) {
  gy_value value = gy_bind_text(name);
  gy_status status =
      gy_engine_json(run->project.engine, gy_sql("segment/list"), &value, 1, run->task, rows, err);
  size_t i;
  json_t *row;
  json_array_foreach(*rows, i, row) complete_entry(row);
  return status;
}

gy_status gy_segment_members_list(const gy_run_context *run, json_t *entries, gy_error *err) {
  json_t *rows = NULL;
  gy_status status = load(run, NULL, &rows, err);
  if (status == GY_OK && json_array_extend(entries, rows) != 0)
    status = gy_fail(err, GY_ENOMEM, "no memory for the list of segments");
  json_decref(rows);
  return status;
}

gy_status gy_segment_members_find(const gy_run_context *run, const char *name, json_t **entry,
                                  gy_error *err) {
  json_t *rows = NULL;
  gy_status status = load(run, name, &rows, err);
  if (status == GY_OK) *entry = json_incref(json_array_get(rows, 0));
  json_decref(rows);
  return status;
}

/* ---- what sets it apart ---- */

static json_t *real_or_null(double value) { return isfinite(value) ? json_real(value) : json_null(); }

static json_t *feature_row(const gy_feature *feature, const gy_profile_cell *cell,
                           const gy_profile_cell *overall) {
  json_t *row =
      json_pack("{s:s, s:f}", "feature", feature->name, "effect", fmax(-99, fmin(99, cell->effect)));
  json_object_set_new(row, "median", real_or_null(cell->median));
  json_object_set_new(row, "mean", real_or_null(cell->mean));
  json_object_set_new(row, "overall_median", real_or_null(overall->median));
  return row;
}

static int by_effect(const void *a, const void *b) {
  json_t *const *x = a, *const *y = b;
  double one = fabs(json_number_value(json_object_get(*x, "effect"))),
         other = fabs(json_number_value(json_object_get(*y, "effect")));
  return one > other ? -1 : one < other;
}

/* Strongest effects first. */
static json_t *sorted(json_t **rows, size_t n) {
  json_t *array = json_array();
  qsort(rows, n, sizeof(json_t *), by_effect);
  for (size_t i = 0; i < n; i++) json_array_append_new(array, rows[i]);
  return array;
}

static gy_status profile_frame(const gy_run_context *run, const gy_feature *const *features, size_t n,
                               const gy_feature_frame *frame, const int32_t *labels, json_t **rows,
                               gy_error *err) {
  gy_profile_column columns[GY_FEATURE_MAX];
  gy_profile_cell cells[2 * GY_FEATURE_MAX];
  json_t *made[GY_FEATURE_MAX];
  for (size_t i = 0; i < n; i++)
    columns[i] = (gy_profile_column){.values = frame->columns[i], .log = features[i]->log_scaled};
  gy_status status = gy_profile_columns(columns, n, frame->n, labels, 1, run->task, cells, err);
  if (status != GY_OK) return status;
  for (size_t i = 0; i < n; i++) made[i] = feature_row(features[i], &cells[i], &cells[n + i]);
  *rows = sorted(made, n);
  return GY_OK;
}

static gy_status number_of(const json_t *entry, const char *file, char **sql, gy_error *err) {
  char number[32];
  snprintf(number, sizeof number, "%lld",
           (long long)json_integer_value(json_object_get(entry, "segment_no")));
  const gy_sql_part part = {"number", number};
  return gy_sql_expand(gy_sql(file), &part, 1, sql, err);
}

static gy_status profile_features(const gy_run_context *run, const json_t *entry, json_t **rows,
                                  gy_error *err) {
  const gy_feature *features[GY_FEATURE_MAX];
  const char *names[GY_FEATURE_MAX];
  size_t n = 0;
  for (size_t i = 0; i < run->features.n; i++) {
    if (run->features.items[i].type == GY_TYPE_TIMESTAMP) continue;
    features[n] = &run->features.items[i];
    names[n++] = run->features.items[i].name;
  }
  gy_feature_frame frame = {0};
  char *sql = NULL;
  int32_t *labels = NULL;
  gy_status status = number_of(entry, "segment/labels", &sql, err);
  if (status == GY_OK) status = gy_feature_frame_load(run->project.engine, names, n, run->task, &frame, err);
  if (status == GY_OK && (labels = malloc((frame.n + 1) * sizeof *labels)) == NULL)
    status = gy_fail(err, GY_ENOMEM, "no memory for %zu customers", frame.n);
  if (status == GY_OK) {
    for (size_t i = 0; i < frame.n; i++) labels[i] = -1;
    status = gy_feature_labels_load(run->project.engine, sql, frame.n, run->task, labels, err);
  }
  if (status == GY_OK) status = profile_frame(run, features, n, &frame, labels, rows, err);
  gy_feature_frame_clear(&frame);
  free(labels);
  free(sql);
  return status;
}

gy_status gy_segment_members_profile(const gy_run_context *run, json_t *entry, gy_error *err) {
  json_t *features = NULL, *versions = NULL;
  gy_value name = gy_bind_text(json_string_value(json_object_get(entry, "name")));
  gy_status status = profile_features(run, entry, &features, err);
  if (status == GY_OK)
    status =
        gy_engine_json(run->project.engine, gy_sql("segment/versions"), &name, 1, run->task, &versions, err);
  if (status == GY_OK) {
    json_t *definition = json_object_get(json_array_get(versions, 0), "definition");
    json_object_set_new(entry, "definition", definition != NULL ? json_incref(definition) : json_null());
    json_object_set(entry, "features", features);
  }
  json_decref(features);
  json_decref(versions);
  return status;
}

gy_status gy_segment_members_select(const json_t *entry, char **sql, gy_error *err) {
  return number_of(entry, "segment/customers_of", sql, err);
}

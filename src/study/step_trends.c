/* SPDX-License-Identifier: Apache-2.0
 *
 * What changes over time and where the money comes from: the monthly series, cohorts, best products and
 * categories. The detail holds these sections of the report model. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/dialect.h"
#include "feature/sql_parts.h"
#include "study/run_context.h"

enum { TRENDS_VERSION = 1, CATEGORIES_SHOWN = 20 };

static json_int_t integer_at(const json_t *object, const char *key) {
  return json_integer_value(json_object_get(object, key));
}

gy_feature_query gy_run_stored_query(const gy_run_context *run) {
  gy_feature_query query = gy_run_feature_query(run, (gy_role_set)integer_at(run->totals, "roles"));
  query.exclude_mask = (int)integer_at(run->totals, "exclude_mask");
  query.has_as_of = true;
  query.as_of_us = integer_at(run->totals, "as_of_us");
  return query;
}

/* Runs an embedded query whose only part is the condition of lines that make orders. */
static gy_status best_rows(gy_run_context *run, const char *name, int64_t limit, const char *section,
                           json_t *detail, gy_error *err) {
  gy_sql_part part = {"kept", run->orders_sql};
  gy_value most = gy_bind_int64(limit);
  char *sql = NULL;
  json_t *rows = NULL;
  gy_status status = gy_sql_expand(gy_sql(name), &part, 1, &sql, err);
  if (status == GY_OK) status = gy_engine_json(run->project.engine, sql, &most, 1, run->task, &rows, err);
  if (status == GY_OK && json_array_size(rows) > 0)
    json_object_set_new(detail, section, json_pack("{s:O}", "rows", rows));
  json_decref(rows);
  free(sql);
  return status;
}

static gy_status add_monthly(gy_run_context *run, json_t *detail, gy_error *err) {
  char *zone = gy_sql_literal(run->project.config.timezone), *sql = NULL, as_of[64];
  if (zone == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the monthly series");
  snprintf(as_of, sizeof as_of, "make_timestamp(%lld)", (long long)integer_at(run->totals, "as_of_us"));
  gy_sql_parts parts = {0};
  gy_sql_parts_printf(&parts, "counts", "%s", run->counts_sql);
  gy_sql_parts_printf(&parts, "makes_order", "%s", run->orders_sql);
  gy_sql_parts_form(&parts, "local_time", GY_DIALECT_DUCKDB, GY_SQL_LOCAL_TIME, "ordered_at", zone);
  gy_sql_parts_form(&parts, "local_first", GY_DIALECT_DUCKDB, GY_SQL_LOCAL_TIME, "first_order_at", zone);
  gy_sql_parts_form(&parts, "local_as_of", GY_DIALECT_DUCKDB, GY_SQL_LOCAL_TIME, as_of, zone);
  json_t *rows = NULL;
  gy_status status = gy_sql_parts_expand(&parts, "study/monthly", &sql, err);
  if (status == GY_OK) status = gy_engine_json(run->project.engine, sql, NULL, 0, run->task, &rows, err);
  if (status == GY_OK) json_object_set_new(detail, "monthly", json_pack("{s:O}", "rows", rows));
  json_decref(rows);
  free(zone);
  free(sql);
  return status;
}

/* ---- cohorts ---- */

/* "2019-01-01" -> "2019-01" */
static json_t *month_text(const json_t *row) {
  const char *day = json_string_value(json_object_get(row, "cohort"));
  return json_stringn(day != NULL ? day : "", day != NULL && strlen(day) >= 7 ? 7 : 0);
}

static json_t *cohorts_json(const json_t *rows, const json_t *curve, json_int_t months) {
  json_t *cohorts = json_array(), *cells = json_array(), *pooled = json_array(), *row;
  size_t i;
  json_array_foreach(rows, i, row) {
    json_int_t period = integer_at(row, "months_since");
    if (period > months) continue;
    if (period == 0)
      json_array_append_new(cohorts, json_pack("{s:o, s:I}", "cohort", month_text(row), "customers",
                                               integer_at(row, "cohort_customers")));
    json_array_append_new(
        cells,
        json_pack("{s:o, s:I, s:I, s:O, s:O, s:O}", "cohort", month_text(row), "period", period, "customers",
                  integer_at(row, "customers"), "retention", json_object_get(row, "retention"), "mature",
                  json_object_get(row, "mature"), "revenue", json_object_get(row, "revenue")));
  }
  json_array_foreach(curve, i, row) {
    if (integer_at(row, "months_since") > months) continue;
    double retention = json_number_value(json_object_get(row, "pooled_retention"));
    json_int_t at_risk = integer_at(row, "customers_at_risk");
    json_array_append_new(
        pooled,
        json_pack("{s:I, s:I, s:I, s:f}", "period", integer_at(row, "months_since"), "customers", at_risk,
                  "retained", (json_int_t)llround(retention * (double)at_risk), "retention", retention));
  }
  return json_pack("{s:s, s:o, s:o, s:o}", "period", "month", "cohorts", cohorts, "cells", cells, "pooled",
                   pooled);
}

static gy_status add_cohorts(gy_run_context *run, json_t *detail, gy_error *err) {
  gy_feature_query query = gy_run_stored_query(run);
  char *sql = NULL, *curve_sql = NULL;
  json_t *rows = NULL, *curve = NULL;
  gy_status status = gy_cohort_sql(&query, &sql, err);
  if (status == GY_OK) {
    char *store = NULL;
    if (asprintf(&store, "CREATE OR REPLACE TEMP TABLE cohort_cells AS %s", sql) < 0)
      status = gy_fail(err, GY_ENOMEM, "no memory for the cohorts");
    else
      status = gy_engine_execute(run->project.engine, store, NULL, 0, "cohorts", run->task, NULL, err);
    free(store);
  }
  gy_sql_part part = {"cohorts", "cohort_cells"};
  if (status == GY_OK) status = gy_sql_expand(gy_sql("feature/cohort_curve"), &part, 1, &curve_sql, err);
  if (status == GY_OK)
    status = gy_engine_json(run->project.engine, "SELECT * FROM cohort_cells ORDER BY cohort, months_since",
                            NULL, 0, run->task, &rows, err);
  if (status == GY_OK)
    status = gy_engine_json(run->project.engine, curve_sql, NULL, 0, run->task, &curve, err);
  if (status == GY_OK)
    json_object_set_new(detail, "cohorts",
                        cohorts_json(rows, curve, run->project.config.report.cohort_months));
  json_decref(rows);
  json_decref(curve);
  free(sql);
  free(curve_sql);
  return status;
}

static gy_status compute(gy_run_context *run, json_t **result, gy_error *err) {
  json_t *detail = json_object();
  gy_task_progress(run->task, "trends", 0, 4, "sections");
  gy_status status = add_monthly(run, detail, err);
  if (status == GY_OK) status = add_cohorts(run, detail, err);
  gy_task_progress(run->task, "trends", 2, 4, "sections");
  if (status == GY_OK)
    status = best_rows(run, "report/top_products", run->project.config.report.top_products, "products",
                       detail, err);
  if (status == GY_OK)
    status = best_rows(run, "report/categories", CATEGORIES_SHOWN, "categories", detail, err);
  if (status == GY_OK)
    *result = detail;
  else
    json_decref(detail);
  return status;
}

gy_status gy_run_trends(gy_run_context *run, gy_error *err) {
  double start = gy_clock_seconds();
  static const gy_config_section SECTIONS[] = {GY_SECTION_REPORT};
  gy_fingerprint fingerprint = {.version = TRENDS_VERSION};
  memcpy(fingerprint.inputs, run->features_text, sizeof fingerprint.inputs);
  gy_status status = gy_run_settings(run, SECTIONS, 1, NULL, fingerprint.settings, err);
  bool must_run = false;
  if (status == GY_OK)
    status = gy_step_start(&run->log, "trends", &fingerprint, &must_run, &run->trends, err);
  if (status != GY_OK || !must_run) return status;
  status = compute(run, &run->trends, err);
  if (status != GY_OK) {
    gy_error_prefix(err, "trends");
    return status;
  }
  json_t *monthly = json_object_get(json_object_get(run->trends, "monthly"), "rows");
  gy_step_report report = {.rows = json_array_size(monthly), .detail = json_incref(run->trends)};
  return gy_step_finish(&run->log, "trends", &fingerprint, gy_clock_seconds() - start, &report, err);
}

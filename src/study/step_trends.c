/* SPDX-License-Identifier: Apache-2.0
 *
 * What changes over time and where the money comes from: the monthly series, cohorts, best products and
 * categories. The detail holds these sections of the report model. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "data/cleaning_rules.h"
#include "study/calendar_sections.h"
#include "study/project_sql.h"
#include "study/run_context.h"

enum { TRENDS_VERSION = 2 };

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

/* The rows of one of the project's queries, as a section. */
static gy_status add_rows(gy_run_context *run, const char *query, const char *section, bool even_empty,
                          json_t *detail, gy_error *err) {
  char *sql = NULL;
  json_t *rows = NULL;
  gy_status status = gy_project_sql_text(run, gy_project_sql_find(query), &sql, err);
  if (status == GY_OK) status = gy_engine_json(run->project.engine, sql, NULL, 0, run->task, &rows, err);
  if (status == GY_OK && (even_empty || json_array_size(rows) > 0))
    json_object_set_new(detail, section, json_pack("{s:O}", "rows", rows));
  json_decref(rows);
  free(sql);
  return status;
}

/* The kernel's calendar knows the months unless orders are shared between customers, or lines count that make
 * no order (netted returns); then SQL walks the lines again. */
static bool calendar_tells_months(const gy_run_context *run) {
  json_int_t mask = integer_at(run->totals, "exclude_mask");
  bool nets = (mask & GY_LINE_MAKES_NO_ORDER) != GY_LINE_MAKES_NO_ORDER;
  return !nets && integer_at(run->totals, "customer_orders") == integer_at(run->totals, "orders");
}

static gy_status compute(gy_run_context *run, json_t **result, gy_error *err) {
  json_t *detail = json_object();
  gy_task_progress(run->task, "trends", 0, 4, "sections");
  const json_t *calendar = json_object_get(run->totals, "calendar");
  gy_status status = GY_OK;
  if (json_is_object(calendar)) {
    json_int_t months = run->project.config.report.cohort_months;
    json_object_set_new(detail, "cohorts", gy_calendar_cohorts(calendar, months));
  }
  if (json_is_object(calendar) && calendar_tells_months(run))
    json_object_set_new(detail, "monthly", json_pack("{s:o}", "rows", gy_calendar_monthly(calendar)));
  else
    status = add_rows(run, "months", "monthly", true, detail, err);
  gy_task_progress(run->task, "trends", 2, 4, "sections");
  if (status == GY_OK) status = add_rows(run, "products", "products", false, detail, err);
  if (status == GY_OK) status = add_rows(run, "categories", "categories", false, detail, err);
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

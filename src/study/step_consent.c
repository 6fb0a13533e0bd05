/* SPDX-License-Identifier: Apache-2.0
 *
 * The consents as of now: the views that answer who agreed to what, and the table of who said anything about
 * analytics, by which the next step leaves customers out. Consents hold by the real clock, not by as_of: who
 * refused today is in no analysis of last year either. A row whose time is still to come waits, and brings
 * the step back when it is there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "people/consent_views.h"
#include "study/run_context.h"

enum { CONSENT_VERSION = 1 };

/* Whether any source can say something, or the ledger or an earlier run has. */
static gy_status is_wanted(const gy_run_context *run, const gy_step_record *last, bool *wanted,
                           char ledger[64], gy_error *err) {
  const gy_project_config *config = &run->project.config;
  *wanted = last->run[0] != '\0' || !gy_consent_default(config, GY_PURPOSE_ANALYTICS);
  for (uint32_t i = 0; i < config->n_sources; i++) {
    *wanted = *wanted || config->sources[i].target == GY_TARGET_CONSENTS;
    for (uint32_t c = 0; c < config->sources[i].n_columns; c++)
      *wanted = *wanted || config->sources[i].columns[c].role == GY_ROLE_CONSENT;
  }
  int64_t n_rows = 0, last_entry = 0;
  gy_engine *engine = run->project.engine;
  gy_status status = gy_engine_int64(engine, "SELECT count(*) FROM consent_ledger", NULL, 0, &n_rows, err);
  if (status == GY_OK)
    status = gy_engine_int64(engine, "SELECT coalesce(max(entry), 0) FROM consent_ledger", NULL, 0,
                             &last_entry, err);
  *wanted = *wanted || n_rows > 0;
  snprintf(ledger, 64, "%lld %lld", (long long)n_rows, (long long)last_entry);
  return status;
}

static gy_status fingerprint_of(const gy_run_context *run, const gy_step_record *last, const char *ledger,
                                gy_fingerprint *fingerprint, gy_error *err) {
  static const gy_config_section SECTIONS[] = {GY_SECTION_CONSENT};
  fingerprint->version = CONSENT_VERSION;
  gy_digest *digest = gy_digest_create();
  gy_digest_text(digest, run->imports_text);
  gy_digest_text(digest, run->further_imports_text);
  gy_digest_text(digest, ledger);
  gy_digest_finish(digest, fingerprint->inputs);
  json_int_t next_us = json_integer_value(json_object_get(last->detail, "next_us"));
  if (next_us != 0 && next_us <= gy_clock_utc_us()) fingerprint->reason = "a consent came into force";
  return gy_run_settings(run, SECTIONS, 1, NULL, fingerprint->settings, err);
}

static gy_status first_row(gy_engine *engine, const char *sql, int64_t now_us, json_t **row, gy_error *err) {
  gy_value now = gy_bind_timestamp(now_us);
  json_t *rows = NULL;
  gy_status status = gy_engine_json(engine, sql, &now, 1, NULL, &rows, err);
  if (status == GY_OK) *row = json_incref(json_array_get(rows, 0));
  json_decref(rows);
  return status;
}

static gy_status fill_choices(const gy_run_context *run, int64_t now_us, gy_error *err) {
  char moment[GY_CONSENT_MOMENT_MAX], *sql = NULL;
  gy_sql_part part = {"moment", gy_consent_moment_sql(now_us, moment)};
  gy_status status = gy_sql_expand(gy_sql("people/analytics_choices_fill"), &part, 1, &sql, err);
  if (status == GY_OK)
    status = gy_engine_execute(run->project.engine, sql, NULL, 0, "consents", run->task, NULL, err);
  free(sql);
  return status;
}

static gy_status compute(gy_run_context *run, json_t **detail, gy_error *err) {
  gy_engine *engine = run->project.engine;
  gy_consent_shape shape;
  json_t *made = NULL, *choices = NULL;
  gy_value now = gy_bind_timestamp(gy_clock_utc_us());
  gy_status status = gy_consent_views_create(engine, &run->project.config, run->task, &shape, err);
  if (status == GY_OK)
    status = gy_engine_execute(engine, gy_sql("people/analytics_choices"), NULL, 0, NULL, NULL, NULL, err);
  if (status == GY_OK) status = fill_choices(run, now.as.integer, err);
  if (status == GY_OK)
    status = first_row(engine, gy_sql("people/consent_counts"), now.as.integer, &made, err);
  if (status == GY_OK)
    status = first_row(engine, gy_sql("people/analytics_digest"), now.as.integer, &choices, err);
  bool is_yes = gy_consent_default(&run->project.config, GY_PURPOSE_ANALYTICS);
  json_int_t n = json_integer_value(json_object_get(choices, is_yes ? "refused" : "granted"));
  if (status == GY_OK) {
    json_object_set_new(made, "analytics_default", json_boolean(is_yes));
    json_object_set(made, is_yes ? "analytics_refused" : "analytics_granted",
                    json_object_get(choices, is_yes ? "refused" : "granted"));
    json_object_set_new(made, "digest",
                        is_yes && n == 0 ? json_string("") : json_incref(json_object_get(choices, "digest")));
    *detail = json_incref(made);
  }
  json_decref(made);
  json_decref(choices);
  return status;
}

gy_status gy_run_consent(gy_run_context *run, gy_error *err) {
  double start = gy_clock_seconds();
  gy_step_record last = {0};
  char ledger[64];
  bool wanted = false, must_run = false;
  gy_fingerprint fingerprint = {0};
  gy_status status = gy_step_load(run->log.engine, "consent", NULL, &last, err);
  if (status == GY_OK) status = is_wanted(run, &last, &wanted, ledger, err);
  if (status == GY_OK && wanted) status = fingerprint_of(run, &last, ledger, &fingerprint, err);
  json_decref(last.detail);
  if (status != GY_OK || !wanted) return status;
  status = gy_step_start(&run->log, "consent", &fingerprint, &must_run, &run->consent, err);
  if (status == GY_OK && must_run) status = compute(run, &run->consent, err);
  if (status != GY_OK) {
    gy_error_prefix(err, "consent");
    return status;
  }
  const char *digest = json_string_value(json_object_get(run->consent, "digest"));
  snprintf(run->consent_text, sizeof run->consent_text, "%s", digest != NULL ? digest : "");
  if (!must_run) return GY_OK;
  json_int_t n_rows = json_integer_value(json_object_get(run->consent, "rows"));
  gy_step_report report = {.rows = (uint64_t)n_rows, .detail = json_incref(run->consent)};
  return gy_step_finish(&run->log, "consent", &fingerprint, gy_clock_seconds() - start, &report, err);
}

char *gy_run_refused_sql(const gy_run_context *run, const char *column) {
  if (run->consent_text[0] == '\0') return NULL;
  bool is_yes = json_is_true(json_object_get(run->consent, "analytics_default"));
  char *sql = NULL;
  int n = asprintf(&sql,
                   is_yes ? "%s IN (SELECT customer_id FROM analytics_choices WHERE NOT granted)"
                          : "%s NOT IN (SELECT customer_id FROM analytics_choices WHERE granted)",
                   column);
  return n < 0 ? NULL : sql;
}

json_int_t gy_run_left_out(const gy_run_context *run) {
  return json_integer_value(json_object_get(json_object_get(run->totals, "left_out"), "customers"));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "study/consent_query.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { RECENT_SHOWN = 10, UNKNOWN_SHOWN = 20 };

static const char *text_at(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text != NULL ? text : "";
}

gy_status gy_consent_moment(const gy_project *project, const char *text, bool end_of_day, int64_t *us,
                            gy_error *err) {
  *us = gy_clock_utc_us();
  if (text == NULL || strcmp(text, "now") == 0) return GY_OK;
  gy_value values[] = {gy_bind_text(text), gy_bind_text(project->config.timezone), gy_bind_bool(end_of_day)};
  if (gy_engine_int64(project->engine, gy_sql("people/moment"), values, 3, us, NULL) == GY_OK) return GY_OK;
  return gy_fail(err, GY_EUSAGE, "'%s' is neither a date like 2025-12-31 nor a time like 2025-12-31 18:00",
                 text);
}

gy_status gy_consent_filter_read(const char *purpose, const char *channel, gy_consent_filter *filter,
                                 gy_error *err) {
  gy_purpose which;
  gy_channel through;
  *filter = (gy_consent_filter){-1, -1};
  if (purpose != NULL && !gy_purpose_read(purpose, strlen(purpose), &which))
    return gy_fail(err, GY_EUSAGE, "--purpose %s is %s", purpose,
                   gy_purpose_complaint(purpose, strlen(purpose)));
  if (channel != NULL && !gy_channel_read(channel, strlen(channel), &through))
    return gy_fail(err, GY_EUSAGE, "--channel %s is %s", channel,
                   gy_channel_complaint(channel, strlen(channel)));
  if (purpose != NULL) filter->purpose = (int)which;
  if (channel != NULL) filter->channel = (int)through;
  return GY_OK;
}

static bool is_wanted(const gy_consent_filter *filter, gy_purpose purpose, gy_channel channel) {
  bool has_channels = purpose != GY_PURPOSE_ANALYTICS; /* which knows none */
  bool fits = filter->channel < 0 || filter->channel == (int)channel || !has_channels;
  return (filter->purpose < 0 || filter->purpose == (int)purpose) && fits &&
         (has_channels || channel == GY_CHANNEL_ANY);
}

static const json_t *row_of(const json_t *rows, gy_purpose purpose, gy_channel channel) {
  size_t i;
  json_t *row;
  json_array_foreach(rows, i, row) {
    if (strcmp(text_at(row, "purpose"), gy_purpose_name(purpose)) == 0 &&
        strcmp(text_at(row, "channel"), gy_channel_name(channel)) == 0)
      return row;
  }
  return NULL;
}

/* Calls for every purpose and channel that is asked for. */
static void each_wanted(const gy_consent_filter *filter, json_t *list, const json_t *context,
                        json_t *(*make)(const json_t *, gy_purpose, gy_channel)) {
  for (gy_purpose purpose = 0; purpose < GY_PURPOSE_COUNT; purpose++)
    for (gy_channel channel = 0; channel < GY_CHANNEL_COUNT; channel++)
      if (is_wanted(filter, purpose, channel)) json_array_append_new(list, make(context, purpose, channel));
}

/* ---- one person ---- */

/* `context`: {"rows", "defaults"}. */
static json_t *held(const json_t *context, gy_purpose purpose, gy_channel channel) {
  static const char *const EVIDENCE[] = {"kind", "identifier", "said", "source", "text_version", "origin"};
  const json_t *row = row_of(json_object_get(context, "rows"), purpose, channel);
  json_t *made =
      json_pack("{s:s, s:s}", "purpose", gy_purpose_name(purpose), "channel", gy_channel_name(channel));
  if (row == NULL) {
    json_object_set(made, "granted",
                    json_object_get(json_object_get(context, "defaults"), gy_purpose_name(purpose)));
    json_object_set_new(made, "by_default", json_true());
    return made;
  }
  json_object_set(made, "granted", json_object_get(row, "granted"));
  json_object_set_new(made, "by_default", json_false());
  json_object_set(made, "since", json_object_get(row, "since"));
  json_t *evidence = json_object();
  for (size_t i = 0; i < sizeof EVIDENCE / sizeof *EVIDENCE; i++)
    json_object_set(evidence, EVIDENCE[i], json_object_get(row, EVIDENCE[i]));
  json_object_set_new(made, "evidence", evidence);
  return made;
}

static json_t *defaults_of(const gy_project_config *config) {
  json_t *defaults = json_object();
  for (gy_purpose purpose = 0; purpose < GY_PURPOSE_COUNT; purpose++)
    json_object_set_new(defaults, gy_purpose_name(purpose),
                        json_boolean(gy_consent_default(config, purpose)));
  return defaults;
}

static gy_status ask(gy_engine *engine, const char *query, const gy_consent_shape *shape,
                     const gy_value *values, size_t n, const gy_task *task, json_t **rows, gy_error *err) {
  gy_sql_part parts[] = {{"person", gy_consent_person_sql(shape, false)},
                         {"key_person", gy_consent_person_sql(shape, true)}};
  char *sql = NULL;
  gy_status status = gy_sql_expand(gy_sql(query), parts, 2, &sql, err);
  if (status == GY_OK) status = gy_engine_json(engine, sql, values, n, task, rows, err);
  free(sql);
  return status;
}

gy_status gy_consent_of_person(const gy_project *project, const gy_consent_shape *shape,
                               const gy_person_reference *who, int64_t at_us, const gy_consent_filter *filter,
                               json_t **result, gy_error *err) {
  gy_value values[] = {gy_bind_text(who->person), gy_bind_timestamp(at_us)};
  json_t *rows = NULL, *history = NULL;
  gy_status status = ask(project->engine, "people/consent_person", shape, values, 2, NULL, &rows, err);
  if (status == GY_OK)
    status = ask(project->engine, "people/consent_history", shape, values, 2, NULL, &history, err);
  if (status == GY_OK) {
    char at[32];
    gy_clock_rfc3339(at_us, at);
    json_t *context = json_pack("{s:O, s:o}", "rows", rows, "defaults", defaults_of(&project->config));
    json_t *consents = json_array();
    each_wanted(filter, consents, context, held);
    *result = json_pack("{s:s, s:s, s:o, s:O}", "person", who->person, "at", at, "consents", consents,
                        "history", history);
    json_decref(context);
  }
  json_decref(rows);
  json_decref(history);
  return status;
}

/* ---- everybody ---- */

/* `context`: {"rows", "people", "defaults"}. */
static json_t *counted(const json_t *context, gy_purpose purpose, gy_channel channel) {
  const json_t *row = row_of(json_object_get(context, "rows"), purpose, channel);
  json_int_t granted = json_integer_value(json_object_get(row, "granted")),
             withdrawn = json_integer_value(json_object_get(row, "withdrawn")),
             people = json_integer_value(json_object_get(context, "people"));
  double coverage = people > 0 ? (double)(granted + withdrawn) / (double)people : 0;
  return json_pack("{s:s, s:s, s:I, s:I, s:I, s:O, s:f}", "purpose", gy_purpose_name(purpose), "channel",
                   gy_channel_name(channel), "granted", granted, "withdrawn", withdrawn, "unsaid",
                   people - granted - withdrawn, "default",
                   json_object_get(json_object_get(context, "defaults"), gy_purpose_name(purpose)),
                   "coverage", coverage);
}

typedef struct everybody {
  json_t *counts, *rows, *unknown, *recent, *contradictions, *people;
} everybody;

static gy_status ask_coverage(gy_engine *engine, const gy_consent_shape *shape, int64_t at_us,
                              const gy_task *task, json_t **rows, gy_error *err) {
  char moment[GY_CONSENT_MOMENT_MAX];
  gy_sql_part parts[] = {{"person", gy_consent_person_sql(shape, false)},
                         {"moment", gy_consent_moment_sql(at_us, moment)}};
  char *sql = NULL;
  gy_status status = gy_sql_expand(gy_sql("people/consent_coverage"), parts, 2, &sql, err);
  if (status == GY_OK) status = gy_engine_json(engine, sql, NULL, 0, task, rows, err);
  free(sql);
  return status;
}

static gy_status ask_all(const gy_project *project, const gy_consent_shape *shape, int64_t at_us,
                         const gy_task *task, everybody *all, gy_error *err) {
  gy_engine *engine = project->engine;
  gy_value at[] = {gy_bind_timestamp(at_us), gy_bind_int64(RECENT_SHOWN)},
           most = gy_bind_int64(UNKNOWN_SHOWN);
  gy_status status = ask(engine, "people/consent_counts", shape, at, 1, task, &all->counts, err);
  if (status == GY_OK) status = ask_coverage(engine, shape, at_us, task, &all->rows, err);
  if (status == GY_OK) status = ask(engine, "people/people_count", shape, NULL, 0, task, &all->people, err);
  if (status == GY_OK)
    status = ask(engine, "people/consent_unknown", shape, &most, 1, task, &all->unknown, err);
  if (status == GY_OK)
    status = ask(engine, "people/consent_contradictions", shape, NULL, 0, task, &all->contradictions, err);
  if (status == GY_OK) status = ask(engine, "people/consent_recent", shape, at, 2, task, &all->recent, err);
  return status;
}

static json_t *all_json(const gy_project *project, const everybody *all, int64_t at_us,
                        const gy_consent_filter *filter) {
  char at[32];
  gy_clock_rfc3339(at_us, at);
  const json_t *stranger = json_array_get(all->unknown, 0);
  json_t *ledger = json_copy(json_array_get(all->counts, 0)), *consents = json_array(),
         *unknown = json_array();
  json_object_del(ledger, "next_us");
  json_object_set(ledger, "contradictions", json_object_get(json_array_get(all->contradictions, 0), "n"));
  json_object_set_new(ledger, "unknown_people",
                      json_integer(json_integer_value(json_object_get(stranger, "all_people"))));
  json_object_set_new(ledger, "unknown_rows",
                      json_integer(json_integer_value(json_object_get(stranger, "all_rows"))));
  size_t i;
  json_t *row;
  json_array_foreach(all->unknown, i, row) {
    json_array_append_new(
        unknown, json_pack("{s:O, s:O, s:O}", "kind", json_object_get(row, "kind"), "identifier",
                           json_object_get(row, "identifier"), "rows", json_object_get(row, "rows")));
  }
  json_t *people = json_object_get(json_array_get(all->people, 0), "people");
  json_t *context = json_pack("{s:O, s:O, s:o}", "rows", all->rows, "people", people, "defaults",
                              defaults_of(&project->config));
  each_wanted(filter, consents, context, counted);
  json_decref(context);
  return json_pack("{s:s, s:O, s:o, s:o, s:o, s:O}", "at", at, "people", people, "ledger", ledger, "consents",
                   consents, "unknown", unknown, "recent", all->recent);
}

gy_status gy_consent_of_all(const gy_project *project, const gy_consent_shape *shape, int64_t at_us,
                            const gy_consent_filter *filter, const gy_task *task, json_t **result,
                            gy_error *err) {
  everybody all = {0};
  gy_status status = ask_all(project, shape, at_us, task, &all, err);
  if (status == GY_OK) *result = all_json(project, &all, at_us, filter);
  json_decref(all.counts);
  json_decref(all.rows);
  json_decref(all.people);
  json_decref(all.unknown);
  json_decref(all.recent);
  json_decref(all.contradictions);
  return status;
}

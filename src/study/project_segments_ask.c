/* SPDX-License-Identifier: Apache-2.0
 *
 * Questions about members of segments: why, since when, who came and went, who is in several. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/segment.h>

#include "base/clock.h"
#include "study/last_run.h"
#include "study/result_text.h"
#include "study/segment_explain.h"
#include "study/segment_members.h"
#include "study/segment_overlap.h"

enum { DEFAULT_SHOWN = 20 };

/* A date means its end in the project's zone; NULL the moment of the last run. */
static gy_status moment_of(const gy_run_context *run, const char *option, const char *text, int64_t *at_us,
                           gy_error *err) {
  if (text == NULL) {
    *at_us = gy_segment_as_of(run);
    return GY_OK;
  }
  gy_value values[] = {gy_bind_text(text), gy_bind_text(run->project.config.timezone)};
  const char *sql = gy_sql(strlen(text) == 10 ? "segment/moment" : "study/as_of_time");
  if (gy_engine_int64(run->project.engine, sql, values, 2, at_us, NULL) == GY_OK) return GY_OK;
  return gy_fail(err, GY_EUSAGE, "%s '%s' is neither a date like 2025-12-31 nor a time like 2025-12-31 18:00",
                 option, text);
}

static json_t *moment_json(int64_t at_us) {
  char text[32];
  gy_clock_rfc3339(at_us, text);
  return json_string(text);
}

static gy_status must_exist(const gy_run_context *run, const char *name, gy_error *err) {
  gy_value value = gy_bind_text(name);
  int64_t n = 0;
  gy_status status = gy_engine_int64(run->project.engine, "SELECT count(*) FROM segments WHERE segment = $1",
                                     &value, 1, &n, err);
  if (status != GY_OK || n > 0) return status;
  return gy_fail(err, GY_ENOTFOUND,
                 "no segment '%s' is defined in segments/ and applied; see: gyeol segment list", name);
}

/* ---- explain ---- */

/* The definition that held then takes the place of today's. */
static gy_status go_back(const gy_run_context *run, gy_segment_folder *folder, size_t i, int64_t at_us,
                         json_int_t *version, gy_error *err) {
  gy_value values[] = {gy_bind_text(folder->entries[i].name), gy_bind_timestamp(at_us)};
  json_t *rows = NULL;
  gy_status status =
      gy_engine_json(run->project.engine, gy_sql("segment/version_at"), values, 2, NULL, &rows, err);
  const json_t *row = json_array_get(rows, 0);
  if (status == GY_OK && row != NULL) {
    char path[GY_SEGMENT_NAME_MAX + 64];
    *version = json_integer_value(json_object_get(row, "version"));
    snprintf(path, sizeof path, "version %lld/%s.yaml", (long long)*version, folder->entries[i].name);
    status = gy_segment_folder_replace(folder, i, json_string_value(json_object_get(row, "definition")), path,
                                       err);
  }
  json_decref(rows);
  return status;
}

static gy_status add_stays(const gy_run_context *run, const char *name, const char *customer, int64_t at_us,
                           json_t *answer, gy_error *err) {
  gy_value values[] = {gy_bind_text(name), gy_bind_text(customer), gy_bind_timestamp(at_us)};
  json_t *stays = NULL;
  gy_status status =
      gy_engine_json(run->project.engine, gy_sql("segment/stays"), values, 3, NULL, &stays, err);
  if (status != GY_OK) return status;
  const json_t *last = json_array_get(stays, 0);
  json_object_set_new(answer, "member", json_boolean(json_is_true(json_object_get(last, "is_in"))));
  json_object_set_new(answer, "stays", stays);
  return GY_OK;
}

static gy_status explain(const gy_run_context *run, gy_segment_folder *folder, const char *name,
                         const char *customer, int64_t at_us, bool is_past, json_t **answer, gy_error *err) {
  size_t i = 0;
  json_int_t version = 0;
  gy_segment_judgement judgement = {0};
  while (i < folder->n && strcmp(folder->entries[i].name, name) != 0) i++;
  if (i == folder->n)
    return gy_fail(err, GY_ENOTFOUND,
                   "no segment '%s' is defined in segments/; RFM segments and clusters are "
                   "explained by their rule in: gyeol segment show",
                   name);
  gy_status status = is_past ? go_back(run, folder, i, at_us, &version, err) : GY_OK;
  if (status == GY_OK) status = gy_segment_judge(run, folder, at_us, &judgement, err);
  json_t *found = NULL;
  if (status == GY_OK && judgement.segments[i].error != NULL)
    found = json_pack("{s:s, s:[]}", "error", judgement.segments[i].error, "predicates");
  else if (status == GY_OK && judgement.segments[i].answer < 0)
    found = json_pack("{s:[]}", "predicates");
  else if (status == GY_OK)
    status = gy_segment_explain(run, &judgement, i, customer, &found, err);
  if (status == GY_OK) status = add_stays(run, name, customer, at_us, found, err);
  if (status == GY_OK) {
    static const char *const FORMS[] = {"rule", "list", "sets"};
    if (version == 0) version = judgement.segments[i].known.version;
    json_object_set_new(found, "version", json_integer(version));
    json_object_set_new(found, "kind", json_string(FORMS[folder->entries[i].file.form]));
    *answer = json_incref(found);
  }
  json_decref(found);
  gy_segment_judgement_clear(&judgement);
  return status;
}

gy_status gy_project_segment_explain(const char *dir, const char *name, const char *customer, const char *at,
                                     const gy_task *task, char **result, gy_error *err) {
  gy_run_context run;
  gy_segment_folder folder = {0};
  json_t *answer = NULL;
  int64_t at_us = 0;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_SEGMENTS, task, &run, err);
  if (status == GY_OK) status = moment_of(&run, "--at", at, &at_us, err);
  if (status == GY_OK) status = gy_segment_folder_load(run.project.root, &folder, err);
  if (status == GY_OK) status = explain(&run, &folder, name, customer, at_us, at != NULL, &answer, err);
  if (status == GY_OK) {
    json_object_set_new(answer, "segment", json_string(name));
    json_object_set_new(answer, "customer_id", json_string(customer));
    json_object_set_new(answer, "at", moment_json(at_us));
    json_object_set(answer, "attributes_of", json_object_get(run.totals, "as_of"));
    status = gy_result_text(json_incref(answer), result, err);
  }
  json_decref(answer);
  gy_segment_folder_clear(&folder);
  gy_run_context_clear(&run);
  return status;
}

/* ---- diff ---- */

static json_t *diff_json(const json_t *rows, size_t limit) {
  json_int_t before = 0, after = 0, stayed = 0;
  json_t *entered = json_array(), *left = json_array(), *row;
  size_t i;
  json_array_foreach((json_t *)rows, i, row) {
    bool was = json_is_true(json_object_get(row, "was_in")), is = json_is_true(json_object_get(row, "is_in"));
    before += was;
    after += is;
    stayed += was && is;
    json_t *list = is ? entered : left;
    if (was == is || json_array_size(list) >= limit) continue;
    json_array_append_new(
        list, json_pack("{s:O, s:O, s:O}", "customer_id", json_object_get(row, "customer_id"), "at",
                        json_object_get(row, "moved_at"), "reason", json_object_get(row, "reason")));
  }
  return json_pack("{s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "before", before, "after", after, "stayed", stayed,
                   "entered", after - stayed, "left", before - stayed, "entered_customers", entered,
                   "left_customers", left);
}

gy_status gy_project_segment_diff(const char *dir, const char *name, const char *from, const char *to,
                                  size_t limit, const gy_task *task, char **result, gy_error *err) {
  gy_run_context run;
  json_t *rows = NULL;
  int64_t from_us = 0, to_us = 0;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_FEATURES, task, &run, err);
  if (status == GY_OK) status = must_exist(&run, name, err);
  if (status == GY_OK) status = moment_of(&run, "--from", from, &from_us, err);
  if (status == GY_OK) status = moment_of(&run, "--to", to, &to_us, err);
  if (status == GY_OK && from_us > to_us)
    status = gy_fail(err, GY_EUSAGE, "--from %s is later than %s", from,
                     to != NULL ? to : "the last run's moment");
  gy_value values[] = {gy_bind_text(name), gy_bind_timestamp(from_us), gy_bind_timestamp(to_us)};
  if (status == GY_OK)
    status = gy_engine_json(run.project.engine, gy_sql("segment/diff"), values, 3, task, &rows, err);
  if (status == GY_OK) {
    json_t *diff = diff_json(rows, limit > 0 ? limit : DEFAULT_SHOWN);
    json_object_set_new(diff, "segment", json_string(name));
    json_object_set_new(diff, "from", moment_json(from_us));
    json_object_set_new(diff, "to", moment_json(to_us));
    status = gy_result_text(diff, result, err);
  }
  json_decref(rows);
  gy_run_context_clear(&run);
  return status;
}

gy_status gy_project_segment_transitions(const char *dir, const char *from, const char *to,
                                         const gy_task *task, char **result, gy_error *err) {
  gy_run_context run;
  json_t *rows = NULL;
  int64_t from_us = 0, to_us = 0;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_FEATURES, task, &run, err);
  if (status == GY_OK) status = moment_of(&run, "--from", from, &from_us, err);
  if (status == GY_OK) status = moment_of(&run, "--to", to, &to_us, err);
  if (status == GY_OK && from_us > to_us)
    status = gy_fail(err, GY_EUSAGE, "--from %s is later than %s", from,
                     to != NULL ? to : "the last run's moment");
  gy_value values[] = {gy_bind_timestamp(from_us), gy_bind_timestamp(to_us)};
  if (status == GY_OK)
    status = gy_engine_json(run.project.engine, gy_sql("segment/transitions"), values, 2, task, &rows, err);
  if (status == GY_OK)
    status = gy_result_text(
        json_pack("{s:o, s:o, s:O}", "from", moment_json(from_us), "to", moment_json(to_us), "links", rows),
        result, err);
  json_decref(rows);
  gy_run_context_clear(&run);
  return status;
}

/* ---- overlap ---- */

typedef struct overlap {
  json_t *entries; /* of the list */
  int64_t *numbers;
  gy_member_sets *sets;
  uint64_t *shared;
  size_t n;
} overlap;

static int by_number(const void *a, const void *b) {
  json_t *const *x = a, *const *y = b;
  json_int_t one = json_integer_value(json_object_get(*x, "segment_no")),
             other = json_integer_value(json_object_get(*y, "segment_no"));
  return one < other ? -1 : one > other;
}

static json_t *overlap_json(const overlap *o, json_t *const *sorted) {
  json_t *segments = json_array(), *matrix = json_array();
  for (size_t a = 0; a < o->n; a++) {
    json_t *row = json_array();
    for (size_t b = 0; b < o->n; b++)
      json_array_append_new(row, json_integer((json_int_t)o->shared[a * o->n + b]));
    json_array_append(segments, json_object_get(sorted[a], "name"));
    json_array_append_new(matrix, row);
  }
  return json_pack("{s:o, s:o}", "segments", segments, "customers", matrix);
}

static gy_status fill_overlap(const gy_run_context *run, overlap *o, json_t **sorted, gy_error *err) {
  for (size_t i = 0; i < o->n; i++) sorted[i] = json_array_get(o->entries, i);
  if (o->n > 1) qsort(sorted, o->n, sizeof *sorted, by_number);
  for (size_t i = 0; i < o->n; i++)
    o->numbers[i] = json_integer_value(json_object_get(sorted[i], "segment_no"));
  gy_status status = gy_segment_sets_load(run, o->numbers, o->n, &o->sets, err);
  return status == GY_OK ? gy_member_sets_overlap(o->sets, run->task, o->shared, err) : status;
}

gy_status gy_project_segment_overlap(const char *dir, const gy_task *task, char **result, gy_error *err) {
  gy_run_context run;
  overlap o = {.entries = json_array()};
  json_t **sorted = NULL;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_FEATURES, task, &run, err);
  if (status == GY_OK) status = gy_segment_members_list(&run, o.entries, err);
  if (status == GY_OK) {
    o.n = json_array_size(o.entries);
    o.numbers = calloc(o.n + 1, sizeof *o.numbers);
    o.shared = calloc(o.n * o.n + 1, sizeof *o.shared);
    sorted = calloc(o.n + 1, sizeof *sorted);
    if (o.numbers == NULL || o.shared == NULL || sorted == NULL)
      status = gy_fail(err, GY_ENOMEM, "no memory for the overlap of %zu segments", o.n);
  }
  if (status == GY_OK) status = fill_overlap(&run, &o, sorted, err);
  if (status == GY_OK) status = gy_result_text(overlap_json(&o, sorted), result, err);
  gy_member_sets_destroy(o.sets);
  free(o.numbers);
  free(o.shared);
  free(sorted);
  json_decref(o.entries);
  gy_run_context_clear(&run);
  return status;
}

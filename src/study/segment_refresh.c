/* SPDX-License-Identifier: Apache-2.0 */
#include "study/segment_refresh.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "study/segment_list.h"

static gy_status no_memory(gy_error *err) { return gy_fail(err, GY_ENOMEM, "no memory for the segments"); }

static gy_status execute(const gy_run_context *run, const char *name, const gy_value *values, size_t n,
                         gy_error *err) {
  return gy_engine_execute(run->project.engine, gy_sql(name), values, n, NULL, run->task, NULL, err);
}

/* Runs a file with two parts filled in. */
static gy_status expand(const gy_run_context *run, const char *name, const gy_sql_part *parts, size_t n_parts,
                        const gy_value *values, size_t n, gy_error *err) {
  char *sql = NULL;
  gy_status status = gy_sql_expand(gy_sql(name), parts, n_parts, &sql, err);
  if (status == GY_OK)
    status = gy_engine_execute(run->project.engine, sql, values, n, NULL, run->task, NULL, err);
  free(sql);
  return status;
}

static bool is_list(const gy_segment_judged *segment) {
  return segment->entry->file.form == GY_SEGMENT_BY_LIST;
}

static int64_t next_version(const gy_segment_judged *segment) {
  bool same = segment->known.version > 0 && strcmp(segment->hash, segment->known.hash) == 0;
  return segment->known.version + !same;
}

/* ---- plan ---- */

/* With the same data, a rule that did not change and uses none that did gives the same members. */
static void keep_unchanged(gy_segment_judgement *j) {
  for (size_t i = 0; i < j->n; i++) {
    gy_segment_judged *segment = &j->segments[i];
    bool is_good = segment->error == NULL && !segment->known.has_error && !segment->known.is_removed;
    segment->is_kept = is_good && segment->known.version > 0 && !segment->is_changed && !is_list(segment);
    for (size_t u = 0; u < j->n && segment->is_kept; u++)
      if (segment->uses[u] && (j->segments[u].error != NULL || j->segments[u].known.has_error))
        segment->is_kept = false;
  }
}

static gy_status number_segments(const gy_run_context *run, gy_segment_judgement *j, int64_t *last_no,
                                 gy_error *err) {
  int64_t last = 0;
  gy_status status = gy_engine_int64(run->project.engine, "SELECT coalesce(max(segment_no), 0) FROM segments",
                                     NULL, 0, &last, err);
  for (size_t i = 0; i < j->n && status == GY_OK; i++)
    if (j->segments[i].known.no == 0) j->segments[i].known.no = ++last;
  *last_no = last;
  return status;
}

static gy_status write_plan(const gy_run_context *run, const gy_segment_judgement *j, const char *cause,
                            gy_error *err) {
  gy_status status = execute(run, "segment/plan", NULL, 0, err);
  for (size_t i = 0; i < j->n && status == GY_OK; i++) {
    const gy_segment_judged *segment = &j->segments[i];
    if (segment->error != NULL || segment->is_kept) continue;
    bool is_new = segment->known.version == 0 || segment->known.is_removed;
    gy_value values[] = {gy_bind_int64(segment->known.no), gy_bind_int64(next_version(segment)),
                         gy_bind_text(is_new                ? "new"
                                      : segment->is_changed ? "definition"
                                                            : cause),
                         gy_bind_bool(segment->is_scoped)};
    status = gy_engine_execute(run->project.engine, "INSERT INTO segment_plan VALUES ($1, $2, $3, $4)",
                               values, 4, NULL, NULL, NULL, err);
  }
  return status;
}

/* ---- answers ---- */

static gy_status take_list(const gy_run_context *run, gy_segment_judgement *j, size_t i, gy_error *err) {
  gy_segment_judged *segment = &j->segments[i];
  char *path = gy_segment_list_path(j, i);
  gy_value no = gy_bind_int64(segment->known.no);
  gy_status status = path != NULL ? GY_OK : no_memory(err);
  if (status == GY_OK)
    status = gy_segment_list_read(run->project.engine, path, segment->known.no, run->task, err);
  if (status == GY_OK) status = execute(run, "segment/list_take", &no, 1, err);
  free(path);
  return status;
}

/* A view of the members for those who use a list, or a segment that has an error. */
static gy_status show_members(const gy_run_context *run, const gy_segment_judgement *j, size_t i,
                              gy_error *err) {
  const gy_segment_judged *segment = &j->segments[i];
  bool failed = segment->error != NULL;
  if (!failed && !is_list(segment)) return GY_OK;
  char relation[40], number[32];
  snprintf(relation, sizeof relation, "segment_now_%zu", i);
  snprintf(number, sizeof number, "%lld", (long long)segment->known.no);
  const gy_sql_part parts[] = {{"relation", relation}, {"number", number}};
  return expand(run, failed ? "segment/now_of_store" : "segment/now_of_list", parts, 2, NULL, 0, err);
}

/* Whether a segment's rule is to be asked: about everybody, or about those of segment_among. */
static bool is_asked(const gy_segment_judged *segment, bool scoped) {
  return segment->answer >= 0 && !segment->is_kept && segment->is_scoped == scoped;
}

/* The rules to be asked, as a set of their own; `rules` are their places in the whole one, `numbers` their
 * segments'. */
static gy_status select_rules(const gy_segment_judgement *j, bool scoped, size_t *rules, int64_t *numbers,
                              size_t *n, gy_rule_set **part, gy_error *err) {
  for (size_t i = 0; i < j->n; i++) {
    if (!is_asked(&j->segments[i], scoped)) continue;
    numbers[*n] = j->segments[i].known.no;
    rules[(*n)++] = (size_t)j->segments[i].answer;
  }
  return *n > 0 ? gy_rule_set_select(j->set, rules, *n, part, err) : GY_OK;
}

/* Lists are compared as rules are. */
static gy_status compare_lists(const gy_run_context *run, const gy_segment_judgement *j,
                               const gy_segment_held *held, gy_error *err) {
  size_t n = 0;
  int64_t *numbers = calloc(j->n + 1, sizeof *numbers);
  if (numbers == NULL) return no_memory(err);
  for (size_t i = 0; i < j->n; i++)
    if (is_list(&j->segments[i]) && j->segments[i].error == NULL) numbers[n++] = j->segments[i].known.no;
  gy_status status = n > 0 ? gy_segment_held_compare(run, held, GY_HELD_LISTS, numbers, n, err) : GY_OK;
  free(numbers);
  return status;
}

static gy_status ask(const gy_run_context *run, gy_segment_judgement *j, const gy_rule_set *part, bool scoped,
                     gy_error *err) {
  char *query = NULL, *sql = NULL;
  gy_status status = scoped ? gy_segment_catalogue_narrow(run, &j->catalogue, part, err) : GY_OK;
  if (status == GY_OK)
    status = gy_rule_set_sql_among(part, GY_RULE_DUCKDB, false, scoped ? "segment_among" : NULL, &query, err);
  if (status == GY_OK && asprintf(&sql, "CREATE OR REPLACE TEMP TABLE segment_answers AS %s", query) < 0) {
    sql = NULL;
    status = no_memory(err);
  }
  if (status == GY_OK)
    status = gy_engine_execute(run->project.engine, sql, NULL, 0, "segments", run->task, NULL, err);
  free(query);
  free(sql);
  return status;
}

static gy_status ask_rules(const gy_run_context *run, gy_segment_judgement *j, bool scoped,
                           const gy_segment_held *held, gy_error *err) {
  gy_rule_set *part = NULL;
  size_t n = 0, *rules = calloc(j->n + 1, sizeof *rules);
  int64_t *numbers = calloc(j->n + 1, sizeof *numbers);
  gy_status status = rules != NULL && numbers != NULL ? GY_OK : no_memory(err);
  if (status == GY_OK) status = select_rules(j, scoped, rules, numbers, &n, &part, err);
  if (status == GY_OK && n > 0) status = ask(run, j, part, scoped, err);
  if (status == GY_OK && n > 0)
    status = gy_segment_held_compare(run, held, scoped ? GY_HELD_SOME : GY_HELD_EVERYBODY, numbers, n, err);
  gy_rule_set_destroy(part);
  free(numbers);
  free(rules);
  return status;
}

/* ---- what changes ---- */

static gy_status add_removed(const gy_run_context *run, const gy_segment_judgement *j, json_t *changes,
                             gy_error *err) {
  json_t *rows = NULL, *row;
  gy_status status = gy_engine_json(run->project.engine, gy_sql("segment/known"), NULL, 0, NULL, &rows, err);
  size_t i;
  json_array_foreach(rows, i, row) {
    const char *name = json_string_value(json_object_get(row, "segment"));
    if (gy_segment_folder_find(j->folder, name) != NULL || json_is_true(json_object_get(row, "removed")))
      continue;
    json_array_append_new(
        changes, json_pack("{s:s, s:b, s:O, s:O}", "segment", name, "removed", 1, "left",
                           json_object_get(row, "members"), "no", json_object_get(row, "segment_no")));
  }
  json_decref(rows);
  return status;
}

static json_t *change_of(const gy_segment_judged *segment, const json_t *counts) {
  if (segment->error != NULL)
    return json_pack("{s:s, s:s}", "segment", segment->entry->name, "error", segment->error);
  if (segment->is_kept)
    return json_pack("{s:s, s:I, s:b, s:b, s:b, s:I, s:i, s:i}", "segment", segment->entry->name, "version",
                     (json_int_t)segment->known.version, "kept", 1, "is_new", 0, "changed", 0, "customers",
                     (json_int_t)segment->known.members, "entered", 0, "left", 0);
  size_t i;
  json_t *row;
  json_array_foreach((json_t *)counts, i, row) {
    if (json_integer_value(json_object_get(row, "segment_no")) != segment->known.no) continue;
    bool is_new = segment->known.version == 0 || segment->known.is_removed;
    return json_pack("{s:s, s:I, s:b, s:b, s:O, s:O, s:O}", "segment", segment->entry->name, "version",
                     (json_int_t)next_version(segment), "is_new", is_new, "changed", segment->is_changed,
                     "customers", json_object_get(row, "members"), "entered", json_object_get(row, "entered"),
                     "left", json_object_get(row, "left"));
  }
  return NULL;
}

static gy_status add_unmatched(const gy_run_context *run, const gy_segment_judged *segment, json_t *change,
                               gy_error *err) {
  enum { SHOWN = 20 };
  gy_value values[] = {gy_bind_int64(segment->known.no), gy_bind_int64(INT32_MAX)};
  json_t *rows = NULL;
  gy_status status =
      gy_engine_json(run->project.engine, gy_sql("segment/list_unmatched"), values, 2, NULL, &rows, err);
  if (status != GY_OK) return status;
  json_object_set_new(change, "unmatched", json_integer((json_int_t)json_array_size(rows)));
  while (json_array_size(rows) > SHOWN) json_array_remove(rows, json_array_size(rows) - 1);
  json_object_set_new(change, "unmatched_rows", rows);
  return GY_OK;
}

gy_status gy_segment_refresh_find(const gy_run_context *run, gy_segment_judgement *judgement,
                                  const char *cause, gy_segment_held *held, json_t **changes, gy_error *err) {
  gy_segment_judgement *j = judgement;
  json_t *counts = NULL, *found = json_array();
  int64_t last_no = 0;
  if (cause == NULL) keep_unchanged(j);
  gy_status status = number_segments(run, j, &last_no, err);
  if (status == GY_OK) status = gy_segment_held_begin(run, last_no, held, err);
  if (status == GY_OK) status = write_plan(run, j, cause != NULL ? cause : "data", err);
  for (size_t i = 0; i < j->n && status == GY_OK; i++)
    if (is_list(&j->segments[i]) && j->segments[i].error == NULL) status = take_list(run, j, i, err);
  for (size_t i = 0; i < j->n && status == GY_OK; i++) status = show_members(run, j, i, err);
  if (status == GY_OK) status = compare_lists(run, j, held, err);
  for (int scoped = 0; scoped < 2 && status == GY_OK && j->set != NULL; scoped++)
    status = ask_rules(run, j, scoped != 0, held, err);
  if (status == GY_OK) status = execute(run, "segment/changes", NULL, 0, err);
  if (status == GY_OK)
    status = gy_engine_json(run->project.engine, gy_sql("segment/change_counts"), NULL, 0, run->task, &counts,
                            err);
  for (size_t i = 0; i < j->n && status == GY_OK; i++) {
    json_t *change = change_of(&j->segments[i], counts);
    if (change == NULL || json_array_append_new(found, change) != 0) status = no_memory(err);
    if (status == GY_OK && is_list(&j->segments[i]) && j->segments[i].error == NULL)
      status = add_unmatched(run, &j->segments[i], change, err);
  }
  if (status == GY_OK) status = add_removed(run, j, found, err);
  json_decref(counts);
  if (status == GY_OK)
    *changes = found;
  else
    json_decref(found);
  return status;
}

/* ---- writing ---- */

/* Time goes forward: a run as of an earlier day than the last one writes at the last one's moment. */
static gy_status moment_of(const gy_run_context *run, const gy_segment_judgement *j, int64_t *at_us,
                           gy_error *err) {
  int64_t last = 0;
  gy_status status =
      gy_engine_int64(run->project.engine, "SELECT coalesce(epoch_us(max(evaluated_at)), 0) FROM segments",
                      NULL, 0, &last, err);
  int64_t now = j->catalogue.clock.now_us;
  *at_us = now > last ? now : last;
  return status;
}

static gy_status store_version(const gy_run_context *run, const gy_segment_judged *segment, int64_t at_us,
                               const char *run_id, gy_error *err) {
  gy_buffer text;
  gy_buffer_init(&text, 8 * GY_SEGMENT_FILE_MAX_BYTES);
  gy_status status = gy_segment_file_emit(&segment->entry->file, &text, err);
  gy_value values[] = {gy_bind_int64(segment->known.no),
                       gy_bind_int64(next_version(segment)),
                       gy_bind_text(segment->hash),
                       gy_bind_text(text.data),
                       gy_bind_timestamp(at_us),
                       gy_bind_timestamp(gy_clock_utc_us()),
                       gy_bind_text(run_id)};
  if (status == GY_OK)
    status = gy_engine_execute(run->project.engine,
                               "INSERT INTO segment_versions VALUES ($1, $2, $3, $4, $5, $6, $7)", values, 7,
                               NULL, NULL, NULL, err);
  gy_buffer_clear(&text);
  return status;
}

enum { STATE_VALUES = 16 };

/* What the definition says of itself; `tags` holds them in one text. A file that cannot be read says nothing.
 */
static gy_status describe(const gy_segment_judged *segment, gy_buffer *tags, gy_value values[STATE_VALUES],
                          gy_error *err) {
  static const char *const FORMS[] = {"rule", "list", "sets"};
  const gy_segment_file *file = &segment->entry->file;
  bool is_read = segment->entry->error == NULL;
  gy_buffer_text(tags, "");
  for (uint32_t i = 0; i < file->n_tags; i++)
    gy_buffer_printf(tags, "%s%s", i > 0 ? ", " : "", file->tags[i]);
  if (tags->failed) return no_memory(err);
  for (size_t i = 0; i < STATE_VALUES; i++) values[i] = gy_bind_null();
  values[0] = gy_bind_int64(segment->known.no);
  values[1] = gy_bind_text(segment->entry->name);
  values[2] = gy_bind_text(FORMS[file->form]);
  values[9] = gy_bind_int64(0);
  values[10] = gy_bind_int64(0);
  values[15] = gy_bind_int64(0);
  if (!is_read) return GY_OK;
  values[3] = gy_bind_text(file->title.en);
  values[4] = gy_bind_text(file->title.ko);
  values[5] = gy_bind_text(file->description);
  values[6] = gy_bind_text(file->owner);
  values[7] = gy_bind_text(tags->data);
  values[8] = gy_bind_text(gy_purpose_name(file->purpose));
  return GY_OK;
}

static gy_status store_good(const gy_run_context *run, const gy_segment_judged *segment, const json_t *change,
                            int64_t at_us, const char *run_id, gy_error *err) {
  gy_value values[STATE_VALUES];
  gy_buffer tags;
  gy_buffer_init(&tags, 1 << 20);
  gy_status status = describe(segment, &tags, values, err);
  values[9] = gy_bind_int64(next_version(segment));
  values[10] = gy_bind_int64(json_integer_value(json_object_get(change, "customers")));
  values[11] = gy_bind_timestamp(at_us);
  values[12] = gy_bind_timestamp(gy_clock_utc_us());
  values[15] = gy_bind_int64(json_integer_value(json_object_get(change, "unmatched")));
  if (status == GY_OK)
    status = gy_engine_execute(run->project.engine, "DELETE FROM segments WHERE segment_no = $1", values, 1,
                               NULL, NULL, NULL, err);
  if (status == GY_OK) status = execute(run, "segment/store", values, STATE_VALUES, err);
  gy_buffer_clear(&tags);
  if (status == GY_OK && next_version(segment) != segment->known.version)
    status = store_version(run, segment, at_us, run_id, err);
  return status;
}

/* What it last had stays; a segment that never was good is remembered with its error. */
static gy_status store_failed(const gy_run_context *run, const gy_segment_judged *segment, int64_t at_us,
                              gy_error *err) {
  gy_value values[STATE_VALUES];
  gy_buffer tags;
  gy_buffer_init(&tags, 1 << 20);
  gy_status status = describe(segment, &tags, values, err);
  values[13] = gy_bind_text(segment->error);
  values[14] = gy_bind_timestamp(at_us);
  gy_value changed[] = {values[0], values[13], values[14]};
  if (status == GY_OK && !segment->known.is_stored)
    status = execute(run, "segment/store", values, STATE_VALUES, err);
  else if (status == GY_OK)
    status =
        gy_engine_execute(run->project.engine,
                          "UPDATE segments SET error = $2, failed_at = coalesce(failed_at, $3), removed = "
                          "false WHERE segment_no = $1",
                          changed, 3, NULL, NULL, NULL, err);
  gy_buffer_clear(&tags);
  return status;
}

static gy_status store_removed(const gy_run_context *run, const json_t *change, int64_t at_us,
                               gy_error *err) {
  gy_value values[] = {gy_bind_timestamp(at_us),
                       gy_bind_int64(json_integer_value(json_object_get(change, "no")))};
  gy_status status = execute(run, "segment/remove", values, 2, err);
  if (status != GY_OK) return status;
  return gy_engine_execute(run->project.engine,
                           "UPDATE segments SET removed = true, members = 0, error = NULL, failed_at = NULL "
                           "WHERE segment_no = $1",
                           &values[1], 1, NULL, NULL, NULL, err);
}

gy_status gy_segment_refresh_store(const gy_run_context *run, const gy_segment_judgement *judgement,
                                   const gy_segment_held *held, const char *run_id, json_t *changes,
                                   gy_error *err) {
  const gy_segment_judgement *j = judgement;
  int64_t at_us = 0;
  gy_status status = moment_of(run, j, &at_us, err);
  gy_value at = gy_bind_timestamp(at_us);
  if (status == GY_OK) status = execute(run, "segment/leave", &at, 1, err);
  if (status == GY_OK) status = execute(run, "segment/enter", &at, 1, err);
  if (status == GY_OK) status = gy_segment_held_store(run, held, err);
  for (size_t i = 0; i < json_array_size(changes) && status == GY_OK; i++) {
    json_t *change = json_array_get(changes, i);
    if (json_object_get(change, "removed") != NULL) {
      status = store_removed(run, change, at_us, err);
      json_object_del(change, "no");
    } else if (j->segments[i].error != NULL) {
      status = store_failed(run, &j->segments[i], at_us, err);
    } else if (!j->segments[i].is_kept) {
      status = store_good(run, &j->segments[i], change, at_us, run_id, err);
    }
  }
  return status;
}

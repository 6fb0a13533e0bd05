/* SPDX-License-Identifier: Apache-2.0
 *
 * Size and money are those of the last run's customers, the change that of the last refresh, and flows go
 * between the last moments at which somebody entered or left a set of segments that share nobody. */
#include "study/report_segments.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "segment/segment_folder.h"
#include "study/segment_members.h"
#include "study/segment_overlap.h"

enum { OVERLAP_SHOWN = 24, STEPS_SHOWN = 3 };

static gy_status no_memory(gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory for the segments of the report");
}

static const char *text_at(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text != NULL ? text : "";
}

static json_int_t integer_at(const json_t *object, const char *key) {
  return json_integer_value(json_object_get(object, key));
}

/* ---- rows ---- */

/* The titles in both languages; where one is missing the other, where both are the name. */
static json_t *title_of(const json_t *row) {
  const char *name = text_at(row, "name"), *en = text_at(row, "title"), *ko = text_at(row, "title_ko");
  return json_pack("{s:s, s:s}", "ko",
                   *ko != '\0'   ? ko
                   : *en != '\0' ? en
                                 : name,
                   "en",
                   *en != '\0'   ? en
                   : *ko != '\0' ? ko
                                 : name);
}

static void add_change(const gy_run_context *run, json_t *row) {
  size_t i;
  json_t *change;
  json_object_set_new(row, "entered", json_null());
  json_object_set_new(row, "left", json_null());
  json_array_foreach(json_object_get(run->segments, "segments"), i, change) {
    if (strcmp(text_at(change, "segment"), text_at(row, "name")) != 0) continue;
    if (json_object_get(change, "error") != NULL) return;
    json_object_set_new(row, "entered", json_integer(integer_at(change, "entered")));
    json_object_set_new(row, "left", json_integer(integer_at(change, "left")));
  }
}

static gy_status complete_rows(const gy_run_context *run, const gy_segment_folder *folder, json_t *rows,
                               gy_error *err) {
  size_t i;
  json_t *row;
  json_array_foreach(rows, i, row) {
    json_t *title = title_of(row);
    const gy_segment_entry *entry = gy_segment_folder_find(folder, text_at(row, "name"));
    const char *set = entry != NULL && entry->error == NULL ? entry->file.exclusive : NULL;
    if (title == NULL) return no_memory(err);
    json_object_set_new(row, "title", title);
    json_object_set_new(row, "exclusive", set != NULL ? json_string(set) : json_null());
    add_change(run, row);
    json_object_del(row, "title_ko");
    json_object_del(row, "name_ko");
  }
  return GY_OK;
}

/* ---- overlap ---- */

static int by_size(const void *a, const void *b) {
  json_t *const *x = a, *const *y = b;
  json_int_t one = integer_at(*x, "customers"), other = integer_at(*y, "customers");
  if (one != other) return one > other ? -1 : 1;
  return strcmp(text_at(*x, "name"), text_at(*y, "name"));
}

static int by_number(const void *a, const void *b) {
  json_t *const *x = a, *const *y = b;
  json_int_t one = integer_at(*x, "segment_no"), other = integer_at(*y, "segment_no");
  return one < other ? -1 : one > other;
}

static json_t *matrix_of(json_t *const *rows, const uint64_t *shared, size_t n) {
  json_t *names = json_array(), *matrix = json_array();
  for (size_t a = 0; a < n; a++) {
    json_t *line = json_array();
    for (size_t b = 0; b < n; b++) json_array_append_new(line, json_integer((json_int_t)shared[a * n + b]));
    json_array_append_new(names, json_string(text_at(rows[a], "name")));
    json_array_append_new(matrix, line);
  }
  return json_pack("{s:o, s:o}", "segments", names, "customers", matrix);
}

/* Of the largest segments, in the order of their definition. */
static gy_status add_overlap(const gy_run_context *run, const json_t *rows, json_t *section, gy_error *err) {
  size_t all = json_array_size(rows), n = all < OVERLAP_SHOWN ? all : OVERLAP_SHOWN;
  json_t **chosen = calloc(all + 1, sizeof *chosen);
  int64_t *numbers = calloc(n + 1, sizeof *numbers);
  uint64_t *shared = calloc(n * n + 1, sizeof *shared);
  gy_member_sets *sets = NULL;
  gy_status status = chosen != NULL && numbers != NULL && shared != NULL ? GY_OK : no_memory(err);
  if (status == GY_OK) {
    for (size_t i = 0; i < all; i++) chosen[i] = json_array_get(rows, i);
    qsort(chosen, all, sizeof *chosen, by_size);
    qsort(chosen, n, sizeof *chosen, by_number);
    for (size_t i = 0; i < n; i++) numbers[i] = integer_at(chosen[i], "segment_no");
    status = gy_segment_sets_load(run, numbers, n, &sets, err);
  }
  if (status == GY_OK) status = gy_member_sets_overlap(sets, run->task, shared, err);
  if (status == GY_OK) json_object_set_new(section, "overlap", matrix_of(chosen, shared, n));
  gy_member_sets_destroy(sets);
  free(shared);
  free(numbers);
  free(chosen);
  return status;
}

/* ---- flows ---- */

static bool belongs(const json_t *row, const char *set) {
  return json_is_string(json_object_get(row, "exclusive")) && strcmp(text_at(row, "exclusive"), set) == 0;
}

static gy_status add_flow(const gy_run_context *run, const json_t *rows, const char *set, json_t *flows,
                          gy_error *err) {
  gy_buffer numbers;
  gy_buffer_init(&numbers, 1 << 20);
  size_t i;
  json_t *row, *links = NULL, *segments = json_array();
  json_array_foreach((json_t *)rows, i, row) {
    if (!belongs(row, set)) continue;
    gy_buffer_printf(&numbers, "%s%lld", numbers.length > 0 ? ", " : "",
                     (long long)integer_at(row, "segment_no"));
    json_array_append(segments, json_object_get(row, "name"));
  }
  const gy_sql_part part = {"numbers", numbers.data};
  gy_value steps = gy_bind_int64(STEPS_SHOWN);
  char *sql = NULL;
  gy_status status = numbers.failed ? no_memory(err) : GY_OK;
  if (status == GY_OK) status = gy_sql_expand(gy_sql("segment/flows"), &part, 1, &sql, err);
  if (status == GY_OK) status = gy_engine_json(run->project.engine, sql, &steps, 1, run->task, &links, err);
  if (status == GY_OK)
    json_array_append_new(flows,
                          json_pack("{s:s, s:O, s:O}", "set", set, "segments", segments, "links", links));
  json_decref(links);
  json_decref(segments);
  free(sql);
  gy_buffer_clear(&numbers);
  return status;
}

static gy_status add_flows(const gy_run_context *run, const json_t *rows, json_t *section, gy_error *err) {
  json_t *flows = json_array();
  gy_status status = flows != NULL ? GY_OK : no_memory(err);
  for (size_t i = 0; i < json_array_size(rows) && status == GY_OK; i++) {
    const json_t *row = json_array_get(rows, i);
    bool is_first = json_is_string(json_object_get(row, "exclusive"));
    for (size_t j = 0; j < i && is_first; j++)
      is_first = !belongs(json_array_get(rows, j), text_at(row, "exclusive"));
    if (is_first) status = add_flow(run, rows, text_at(row, "exclusive"), flows, err);
  }
  json_object_set_new(section, "flows", flows);
  return status;
}

gy_status gy_report_segments(const gy_run_context *run, json_t **section, gy_error *err) {
  json_t *rows = json_array(), *made = NULL;
  gy_segment_folder folder = {0};
  gy_status status = run->segments != NULL ? gy_segment_members_list(run, rows, err) : GY_OK;
  if (status != GY_OK || json_array_size(rows) == 0) goto done;
  status = gy_segment_folder_load(run->project.root, &folder, err);
  if (status == GY_OK) status = complete_rows(run, &folder, rows, err);
  made = json_pack("{s:O}", "rows", rows);
  if (status == GY_OK && made == NULL) status = no_memory(err);
  if (status == GY_OK) status = add_overlap(run, rows, made, err);
  if (status == GY_OK) status = add_flows(run, rows, made, err);
  if (status == GY_OK) *section = json_incref(made);
done:
  gy_segment_folder_clear(&folder);
  json_decref(made);
  json_decref(rows);
  return status;
}

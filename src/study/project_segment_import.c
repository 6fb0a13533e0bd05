/* SPDX-License-Identifier: Apache-2.0
 *
 * A table of any kind into a static list: its column of customer ids becomes segments/NAME.csv, row by row as
 * it is, and segments/NAME.yaml says that this is a segment. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/segment.h>

#include "base/file.h"
#include "segment/segment_file.h"
#include "study/last_run.h"
#include "study/link_table.h"
#include "study/segment_list.h"

enum { LIST_BYTES_MAX = 1 << 30, UNMATCHED_SHOWN = 100 };

typedef struct intake {
  char *folder, *list, *definition; /* paths */
  gy_link_table table;
  gy_buffer text;
} intake;

static gy_status find_place(const char *dir, const char *name, bool replace, intake *in, gy_error *err) {
  const char *complaint = gy_segment_name_complaint(name);
  if (complaint != NULL) return gy_fail(err, GY_EUSAGE, "the segment name '%s' %s", name, complaint);
  char file[GY_SEGMENT_NAME_MAX + 8];
  in->folder = gy_path_join(dir, "segments");
  snprintf(file, sizeof file, "%s.csv", name);
  if (in->folder != NULL) in->list = gy_path_join(in->folder, file);
  snprintf(file, sizeof file, "%s.yaml", name);
  if (in->folder != NULL) in->definition = gy_path_join(in->folder, file);
  if (in->list == NULL || in->definition == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for the segment %s", name);
  if (!replace && gy_path_exists(in->definition))
    return gy_fail(err, GY_EEXISTS, "%s is there already; --force puts the new list in its place",
                   in->definition);
  return gy_dir_create(in->folder, err);
}

/* An id that a line cannot hold as it is stands in quotes. */
static bool put_id(gy_buffer *out, gy_text id) {
  bool plain = id.length > 0 && id.data[0] != ' ' && id.data[id.length - 1] != ' ';
  for (size_t i = 0; i < id.length; i++) {
    if (id.data[i] == '\n' || id.data[i] == '\r') return false;
    plain = plain && id.data[i] != '"' && id.data[i] != ',' && id.data[i] != '\t';
  }
  if (plain) return gy_buffer_append(out, id.data, id.length) && gy_buffer_text(out, "\n");
  gy_buffer_text(out, "\"");
  for (size_t i = 0; i < id.length; i++) {
    if (id.data[i] == '"') gy_buffer_text(out, "\"");
    gy_buffer_append(out, &id.data[i], 1);
  }
  return gy_buffer_text(out, "\"\n");
}

static gy_status write_list(intake *in, const char *path, const char *name, gy_error *err) {
  gy_buffer_text(&in->text, "customer_id\n");
  for (size_t r = 0; r < in->table.n; r++) {
    gy_text id = gy_link_table_text(&in->table, 0, r);
    if (id.length > 0 && !put_id(&in->text, id))
      return in->text.failed
                 ? gy_fail(err, GY_ENOMEM, "no memory for the list of %s", path)
                 : gy_fail(err, GY_EDATA, "row %zu of %s: a customer id goes over a line", r + 1, path);
  }
  gy_status status = gy_file_replace(in->list, in->text.data, in->text.length, err);
  if (status != GY_OK) return status;
  char list[GY_SEGMENT_NAME_MAX + 8];
  snprintf(list, sizeof list, "%s.csv", name);
  gy_segment_file file = {.name = (char *)(uintptr_t)name,
                          .title = {"", ""},
                          .description = "",
                          .owner = "",
                          .list = list,
                          .form = GY_SEGMENT_BY_LIST};
  gy_buffer yaml;
  gy_buffer_init(&yaml, GY_SEGMENT_FILE_MAX_BYTES);
  status = gy_segment_file_emit(&file, &yaml, err);
  if (status == GY_OK) status = gy_file_replace(in->definition, yaml.data, yaml.length, err);
  gy_buffer_clear(&yaml);
  return status;
}

/* Which rows name customers of the last run; a project without one cannot say. */
static gy_status match(const char *dir, const intake *in, const gy_task *task, json_t *made, gy_error *err) {
  gy_run_context run;
  gy_error why = {0};
  gy_value no = gy_bind_int64(0), limits[] = {no, gy_bind_int64(UNMATCHED_SHOWN)};
  json_t *rows = NULL;
  int64_t matched = 0, unmatched = 0;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_FEATURES, task, &run, &why);
  gy_engine *engine = run.project.engine;
  if (status != GY_OK) {
    gy_run_context_clear(&run);
    return status == GY_ENOMEM ? gy_fail(err, status, "%s", why.text) : GY_OK;
  }
  status = gy_engine_execute(engine, gy_sql("segment/plan"), NULL, 0, NULL, NULL, NULL, err);
  if (status == GY_OK) status = gy_segment_list_read(engine, in->list, 0, task, err);
  if (status == GY_OK)
    status = gy_engine_execute(engine, gy_sql("segment/list_take"), &no, 1, NULL, task, NULL, err);
  if (status == GY_OK)
    status = gy_engine_int64(engine, "SELECT count(*) FROM segment_next", NULL, 0, &matched, err);
  limits[1] = gy_bind_int64(INT32_MAX);
  if (status == GY_OK)
    status = gy_engine_json(engine, gy_sql("segment/list_unmatched"), limits, 2, task, &rows, err);
  if (status == GY_OK) {
    unmatched = (int64_t)json_array_size(rows);
    while (json_array_size(rows) > UNMATCHED_SHOWN) json_array_remove(rows, json_array_size(rows) - 1);
    json_object_set_new(made, "customers", json_integer(matched));
    json_object_set_new(made, "unmatched", json_integer(unmatched));
    json_object_set(made, "unmatched_rows", rows);
  }
  json_decref(rows);
  gy_run_context_clear(&run);
  return status;
}

gy_status gy_project_segment_import(const char *dir, const char *path, const char *name, const char *column,
                                    bool replace, const gy_task *task, char **result, gy_error *err) {
  gy_project project;
  intake in = {0};
  json_t *made = NULL;
  const char *columns[] = {column != NULL ? column : "customer_id"};
  gy_buffer_init(&in.text, LIST_BYTES_MAX);
  gy_status status = gy_project_load(dir, &project, err);
  gy_project_clear(&project);
  if (status == GY_OK && !gy_path_exists(path))
    status = gy_fail(err, GY_ENOTFOUND, "there is no file %s", path);
  if (status == GY_OK) status = find_place(dir, name, replace, &in, err);
  if (status == GY_OK) status = gy_link_table_load(path, columns, 1, NULL, task, &in.table, err);
  if (status == GY_OK) status = write_list(&in, path, name, err);
  if (status == GY_OK)
    made =
        json_pack("{s:s, s:s, s:I}", "segment", name, "file", in.definition, "rows", (json_int_t)in.table.n);
  if (status == GY_OK) status = match(dir, &in, task, made, err);
  if (status == GY_OK && (*result = json_dumps(made, JSON_COMPACT)) == NULL)
    status = gy_fail(err, GY_ENOMEM, "no memory for the result");
  json_decref(made);
  gy_link_table_clear(&in.table);
  gy_buffer_clear(&in.text);
  free(in.folder);
  free(in.list);
  free(in.definition);
  return status;
}

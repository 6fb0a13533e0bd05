/* SPDX-License-Identifier: Apache-2.0
 *
 * Rejected rows: listed, shown whole, exported for repair, and taken back. A repair becomes data of the
 * project (repairs.h); the run that follows applies it like every later one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "study/last_run.h"
#include "study/reject_open.h"
#include "study/repairs.h"
#include "study/result_text.h"

enum { DEFAULT_REJECTS = 100, EXPORT_MAX = 1 << 30 };

static const char *text_at(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

gy_status gy_project_rejects(const char *dir, size_t limit, const gy_task *task, char **result,
                             gy_error *err) {
  gy_run_context run;
  gy_value most = gy_bind_int64(limit > 0 ? (int64_t)limit : DEFAULT_REJECTS);
  json_t *rows = NULL;
  int64_t kept = 0;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_A_RUN, task, &run, err);
  if (status == GY_OK)
    status = gy_engine_json(run.project.engine, gy_sql("study/rejects_list"), &most, 1, task, &rows, err);
  if (status == GY_OK)
    status = gy_engine_int64(run.project.engine, "SELECT count(*) FROM rejects", NULL, 0, &kept, err);
  gy_rejects_hide(rows);
  if (status == GY_OK) {
    json_int_t total = 0;
    const char *name;
    json_t *source;
    json_object_foreach(run.imports, name, source) {
      total += json_integer_value(json_object_get(source, "rejected"));
    }
    status = gy_result_text(
        json_pack("{s:I, s:I, s:o}", "total", total, "kept", (json_int_t)kept, "rejects", json_incref(rows)),
        result, err);
  }
  json_decref(rows);
  gy_run_context_clear(&run);
  return status;
}

gy_status gy_project_reject_show(const char *dir, const char *id, const gy_task *task, char **result,
                                 gy_error *err) {
  gy_run_context run;
  gy_value value = gy_bind_text(id);
  json_t *rows = NULL;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_A_RUN, task, &run, err);
  if (status == GY_OK)
    status = gy_engine_json(run.project.engine, gy_sql("study/reject_by_id"), &value, 1, task, &rows, err);
  json_t *row = json_array_get(rows, 0);
  if (status == GY_OK && row == NULL)
    status = gy_fail(err, GY_ENOTFOUND, "no rejected row has the id %s; see gyeol rejects list", id);
  if (status == GY_OK) status = gy_rejects_open(&run.project, rows, "rejects.show", err);
  if (status == GY_OK) {
    const char *text = text_at(row, "record");
    json_object_set_new(row, "record", text != NULL ? json_loads(text, JSON_DECODE_ANY, NULL) : json_null());
    status = gy_result_text(json_incref(row), result, err);
  }
  json_decref(rows);
  gy_run_context_clear(&run);
  return status;
}

/* ---- export ---- */

/* The only source that has rejected rows. */
static gy_status check_one_source(const json_t *rows, gy_error *err) {
  size_t i;
  json_t *row;
  const char *first = text_at(json_array_get(rows, 0), "source");
  json_array_foreach(rows, i, row) {
    if (strcmp(text_at(row, "source"), first) == 0) continue;
    return gy_fail(err, GY_EUSAGE, "sources %s and %s have rejected rows; say which with --source", first,
                   text_at(row, "source"));
  }
  return GY_OK;
}

static void add_column(json_t *columns, json_t *seen, const char *name) {
  if (json_object_get(seen, name) != NULL) return;
  json_object_set_new(seen, name, json_true());
  json_array_append_new(columns, json_string(name));
}

/* The columns of the file, of records that are JSON by now. Where no record has cells, the mapped ones. */
static json_t *columns_of(const gy_project_config *config, const json_t *rows) {
  json_t *columns = json_array(), *seen = json_object(), *row, *cell;
  size_t i;
  const char *name;
  bool any_text = false;
  add_column(columns, seen, GY_REPAIR_ID);
  add_column(columns, seen, GY_REPAIR_REASON);
  json_array_foreach(rows, i, row) { any_text = any_text || !json_is_object(json_object_get(row, "record")); }
  if (any_text) add_column(columns, seen, GY_REPAIR_RECORD);
  json_array_foreach(rows, i, row) {
    json_object_foreach(json_object_get(row, "record"), name, cell) { add_column(columns, seen, name); }
  }
  size_t n_own = json_array_size(columns);
  for (uint32_t s = 0; s < config->n_sources && n_own <= 2 + (size_t)any_text; s++)
    for (uint32_t c = 0; c < config->sources[s].n_columns; c++)
      if (strcmp(config->sources[s].name, text_at(json_array_get(rows, 0), "source")) == 0)
        add_column(columns, seen, config->sources[s].columns[c].column);
  json_decref(seen);
  return columns;
}

static gy_status write_export(const gy_project_config *config, const json_t *rows, const char *path,
                              gy_error *err) {
  gy_buffer out;
  gy_buffer_init(&out, EXPORT_MAX);
  json_t *columns = columns_of(config, rows), *row;
  size_t i;
  gy_buffer_text(&out, "\xEF\xBB\xBF"); /* spreadsheets know UTF-8 by it */
  gy_csv_put_record(&out, columns, NULL);
  json_array_foreach(rows, i, row) {
    json_t *record = json_object_get(row, "record");
    json_t *line = json_is_object(record) ? json_copy(record) : json_object();
    if (json_is_string(record)) json_object_set(line, GY_REPAIR_RECORD, record);
    json_object_set(line, GY_REPAIR_ID, json_object_get(row, "id"));
    json_object_set(line, GY_REPAIR_REASON, json_object_get(row, "reason"));
    gy_csv_put_record(&out, columns, line);
    json_decref(line);
  }
  gy_status status = out.failed ? gy_fail(err, GY_ENOMEM, "no memory to write %s", path)
                                : gy_file_replace(path, out.data, out.length, err);
  json_decref(columns);
  gy_buffer_clear(&out);
  return status;
}

/* Rejected rows with their records as JSON; of one source or of all. */
static gy_status load_rejects(gy_run_context *run, const char *source, const char *action, json_t **rows,
                              gy_error *err) {
  gy_value value = gy_bind_text(source);
  json_t *row;
  size_t i;
  gy_status status =
      gy_engine_json(run->project.engine, gy_sql("study/rejects_of_source"), &value, 1, run->task, rows, err);
  if (status == GY_OK) status = gy_rejects_open(&run->project, *rows, action, err);
  json_array_foreach(*rows, i, row) {
    const char *text = text_at(row, "record");
    json_t *record = text != NULL ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    json_object_set_new(row, "record", record != NULL ? record : json_null());
  }
  return status;
}

gy_status gy_project_rejects_export(const char *dir, const char *source, const char *path,
                                    const gy_task *task, char **result, gy_error *err) {
  gy_run_context run;
  json_t *rows = NULL;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_A_RUN, task, &run, err);
  if (status == GY_OK) status = load_rejects(&run, source, "rejects.export", &rows, err);
  if (status == GY_OK && json_array_size(rows) == 0)
    status =
        gy_fail(err, GY_ENOTFOUND, source != NULL ? "source %s has no rejected rows" : "no row is rejected%s",
                source != NULL ? source : "");
  if (status == GY_OK) status = check_one_source(rows, err);
  if (status == GY_OK) status = write_export(&run.project.config, rows, path, err);
  if (status == GY_OK)
    status = gy_result_text(json_pack("{s:s, s:s, s:I}", "source", text_at(json_array_get(rows, 0), "source"),
                                      "file", path, "rows", (json_int_t)json_array_size(rows)),
                            result, err);
  json_decref(rows);
  gy_run_context_clear(&run);
  return status;
}

/* ---- replay ---- */

typedef struct {
  char *root;
  json_t *rejects; /* id -> {source, record} */
  json_t *kept;    /* source -> {id: record}: the repairs that there are */
  json_t *texts;   /* source -> the file as it was, null where there was none */
  json_t *unknown;
  json_t *taken; /* ids */
  size_t n_unchanged;
} replay;

static gy_status open_replay(const char *dir, const gy_task *task, replay *r, gy_error *err) {
  gy_run_context run;
  json_t *rows = NULL, *row;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_A_RUN, task, &run, err);
  *r = (replay){.rejects = json_object(),
                .kept = json_object(),
                .texts = json_object(),
                .unknown = json_array(),
                .taken = json_array()};
  if (status == GY_OK) status = load_rejects(&run, NULL, "rejects.replay", &rows, err);
  size_t i;
  json_array_foreach(rows, i, row) { json_object_set(r->rejects, text_at(row, "id"), row); }
  if (status == GY_OK) r->root = strdup(run.project.root);
  for (uint32_t s = 0; s < run.project.config.n_sources && status == GY_OK; s++) {
    const char *name = run.project.config.sources[s].name;
    char *path = gy_repairs_path(run.project.root, name);
    json_t *repairs = NULL;
    status = path != NULL ? gy_repairs_read(path, false, &repairs, err)
                          : gy_fail(err, GY_ENOMEM, "no memory for the repairs");
    if (status == GY_OK) json_object_set_new(r->kept, name, repairs);
    free(path);
  }
  json_decref(rows);
  gy_run_context_clear(&run);
  return status;
}

static void close_replay(replay *r) {
  json_decref(r->rejects);
  json_decref(r->kept);
  json_decref(r->texts);
  json_decref(r->unknown);
  json_decref(r->taken);
  free(r->root);
}

/* The source that a repair belongs to: of a rejected row, or of one that came back before. */
static const char *source_of(const replay *r, const char *id) {
  const char *name = text_at(json_object_get(r->rejects, id), "source");
  const char *source;
  json_t *repairs;
  json_object_foreach(r->kept, source, repairs) {
    if (name == NULL && json_object_get(repairs, id) != NULL) name = source;
  }
  return name;
}

static bool is_blank(const json_t *record) {
  const char *name;
  json_t *cell;
  json_object_foreach((json_t *)record, name, cell) {
    if (json_string_length(cell) > 0) return false;
  }
  return true;
}

/* Sorts what was handed in; sources whose repairs change are noted in `texts`. */
static void take_repairs(replay *r, const json_t *repairs) {
  const char *id;
  json_t *record;
  json_object_foreach((json_t *)repairs, id, record) {
    const char *source = source_of(r, id);
    if (source == NULL) {
      json_array_append_new(r->unknown, json_string(id));
      continue;
    }
    json_t *kept = json_object_get(r->kept, source);
    const json_t *as_rejected = json_object_get(json_object_get(r->rejects, id), "record");
    bool is_same = json_equal(as_rejected, record) || is_blank(record);
    if (is_same && json_object_get(kept, id) == NULL) {
      r->n_unchanged++;
      continue;
    }
    json_array_append_new(r->taken, json_string(id));
    if (is_same || json_equal(json_object_get(kept, id), record)) continue;
    json_object_set(kept, id, record);
    json_object_set_new(r->texts, source, json_null());
  }
}

/* Remembers the files as they are and writes them as they shall be. */
static gy_status write_repairs(replay *r, gy_error *err) {
  const char *source;
  json_t *text;
  gy_status status = GY_OK;
  json_object_foreach(r->texts, source, text) {
    char *path = gy_repairs_path(r->root, source);
    gy_buffer old;
    gy_buffer_init(&old, EXPORT_MAX);
    if (path == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for the repairs");
    if (status == GY_OK && gy_path_exists(path)) {
      status = gy_file_read(path, &old, err);
      if (status == GY_OK) json_object_set_new(r->texts, source, json_stringn(old.data, old.length));
    }
    if (status == GY_OK) status = gy_repairs_write(path, json_object_get(r->kept, source), err);
    gy_buffer_clear(&old);
    free(path);
  }
  return status;
}

static void undo_repairs(const replay *r) {
  const char *source;
  json_t *text;
  json_object_foreach(r->texts, source, text) {
    char *path = gy_repairs_path(r->root, source);
    if (path != NULL && json_is_string(text))
      (void)!gy_file_replace(path, json_string_value(text), json_string_length(text), NULL);
    else if (path != NULL)
      (void)!unlink(path);
    free(path);
  }
}

/* Which of the rows that were handed in are rejected still. */
static gy_status find_rejected(const char *dir, const replay *r, const gy_task *task, json_t **again,
                               gy_error *err) {
  gy_run_context run;
  json_t *rows = NULL, *row, *by_id = json_object(), *made = json_array(), *id;
  size_t i;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_A_RUN, task, &run, err);
  if (status == GY_OK) status = load_rejects(&run, NULL, NULL, &rows, err);
  json_array_foreach(rows, i, row) { json_object_set(by_id, text_at(row, "id"), row); }
  json_array_foreach(r->taken, i, id) {
    row = json_object_get(by_id, json_string_value(id));
    if (row != NULL)
      json_array_append_new(made,
                            json_pack("{s:O, s:O}", "id", id, "reason", json_object_get(row, "reason")));
  }
  json_decref(rows);
  json_decref(by_id);
  gy_run_context_clear(&run);
  *again = made;
  return status;
}

gy_status gy_project_rejects_replay(const char *dir, const char *path, const gy_task *task, char **result,
                                    gy_error *err) {
  replay r;
  json_t *repairs = NULL, *again = NULL, *manifest = NULL;
  char *text = NULL;
  const gy_run_options options = {0};
  gy_status status = gy_path_exists(path) ? GY_OK : gy_fail(err, GY_ENOTFOUND, "there is no file %s", path);
  if (status != GY_OK) return status;
  status = open_replay(dir, task, &r, err);
  if (status == GY_OK) status = gy_repairs_read(path, true, &repairs, err);
  if (status == GY_OK) take_repairs(&r, repairs);
  if (status == GY_OK && json_array_size(r.taken) == 0 && json_array_size(r.unknown) > 0)
    status =
        gy_fail(err, GY_EDATA, "none of the %zu ids in %s is of a rejected row of this project, such as %s",
                json_array_size(r.unknown), path, json_string_value(json_array_get(r.unknown, 0)));
  if (status == GY_OK) {
    status = write_repairs(&r, err);
    if (status == GY_OK) status = gy_project_run(dir, &options, task, &text, err);
    if (status != GY_OK) undo_repairs(&r);
  }
  if (status == GY_OK) status = find_rejected(dir, &r, task, &again, err);
  if (status == GY_OK) {
    manifest = json_loads(text, 0, NULL);
    json_int_t n_taken = (json_int_t)json_array_size(r.taken), n_again = (json_int_t)json_array_size(again);
    status =
        gy_result_text(json_pack("{s:I, s:I, s:I, s:O, s:O, s:O*}", "repairs", n_taken, "repaired",
                                 n_taken - n_again, "unchanged", (json_int_t)r.n_unchanged, "rejected_again",
                                 again, "unknown", r.unknown, "run", json_object_get(manifest, "run")),
                       result, err);
  }
  json_decref(repairs);
  json_decref(again);
  json_decref(manifest);
  free(text);
  close_replay(&r);
  return status;
}

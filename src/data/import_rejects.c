/* SPDX-License-Identifier: Apache-2.0
 *
 * Rejected rows: kept per thread, merged, put in file order, stored. */
#include "data/import_rejects.h"

#include <stdlib.h>
#include <string.h>

#include "data/import_record.h"
#include "data/reject_seal.h"
#include "data/utf8.h"

void import_rejects_init(import_rejects *r, size_t most) {
  *r = (import_rejects){.most = most};
  gy_arena_init(&r->arena, 0, 0);
}

void import_rejects_clear(import_rejects *r) {
  gy_arena_clear(&r->arena);
  free(r->list);
  import_rejects_init(r, r->most);
}

static gy_status make_room(import_rejects *r, gy_error *err) {
  if (r->n < r->capacity) return GY_OK;
  size_t capacity = r->capacity == 0 ? 64 : 2 * r->capacity;
  import_rejected *list = realloc(r->list, capacity * sizeof *list);
  if (list == NULL) return gy_fail(err, GY_ENOMEM, "out of memory for the list of rejected rows");
  r->list = list;
  r->capacity = capacity;
  return GY_OK;
}

/* A copy as valid UTF-8 text without NULs: what is not becomes '?'. */
static char *presentable(gy_arena *arena, const char *value, size_t length) {
  bool whole = length <= IMPORT_REJECT_VALUE_MAX;
  if (!whole) length = gy_utf8_cut(value, IMPORT_REJECT_VALUE_MAX);
  char *copy = gy_arena_strndup(arena, value, length);
  if (copy == NULL) return NULL;
  for (size_t at = 0; at < length; at++) {
    at += gy_utf8_valid_prefix(copy + at, length - at);
    if (at < length) copy[at] = '?';
  }
  for (size_t at = 0; at < length; at++) {
    if (copy[at] == '\0') copy[at] = '?';
  }
  return copy;
}

gy_status import_rejects_add(import_rejects *r, size_t file, uint64_t line, const char *column,
                             const char *value, size_t value_length, const char *reason, const char *record,
                             gy_error *err) {
  r->n_all++;
  if (r->n == r->most) return GY_OK;
  gy_status status = make_room(r, err);
  if (status != GY_OK) return status;
  char *value_copy = presentable(&r->arena, value, value_length);
  char *reason_copy = gy_arena_strndup(&r->arena, reason, strlen(reason));
  char *record_copy = record != NULL ? gy_arena_strndup(&r->arena, record, strlen(record)) : NULL;
  if (value_copy == NULL || reason_copy == NULL || (record != NULL && record_copy == NULL)) {
    return gy_fail(err, GY_ENOMEM, "out of memory for the list of rejected rows");
  }
  r->list[r->n++] = (import_rejected){file, line, column, value_copy, reason_copy, record_copy};
  return GY_OK;
}

gy_status import_rejects_merge(import_rejects *r, const import_rejects *from, gy_error *err) {
  size_t most = r->most;
  r->most = SIZE_MAX; /* which ones stay is settled when all are there */
  gy_status status = GY_OK;
  for (size_t i = 0; i < from->n && status == GY_OK; i++) {
    const import_rejected *each = &from->list[i];
    status = import_rejects_add(r, each->file, each->line, each->column, each->value, strlen(each->value),
                                each->reason, each->record, err);
  }
  r->most = most;
  r->n_all += from->n_all - from->n;
  return status;
}

static int by_place(const void *a, const void *b) {
  const import_rejected *x = a, *y = b;
  if (x->file != y->file) return x->file < y->file ? -1 : 1;
  return (x->line > y->line) - (x->line < y->line);
}

/* What the store reads the list through. */
typedef struct rejects_reader {
  const import_rejects *rejects;
  const char *source, *root;
  const char *(*path_of)(const void *files, size_t file);
  const void *files;
  size_t n, next;
  json_t *seen; /* records of servers */
  gy_reject_seal seal;
} rejects_reader;

static void write_text(gy_chunk_writer *writer, size_t column, size_t row, const char *text) {
  if (text == NULL) {
    gy_writer_null(writer, column, row);
  } else {
    gy_writer_text(writer, column, row, text, strlen(text));
  }
}

static gy_status write_sealed(rejects_reader *reader, gy_chunk_writer *writer, size_t column, size_t row,
                              const char *text, gy_error *err) {
  const char *stored;
  gy_status status = gy_reject_seal_text(&reader->seal, text, &stored, err);
  if (status == GY_OK) write_text(writer, column, row, stored);
  return status;
}

static gy_status write_reject(rejects_reader *reader, gy_chunk_writer *writer, size_t row, gy_error *err) {
  const import_rejected *each = &reader->rejects->list[reader->next];
  const char *path = reader->path_of(reader->files, each->file);
  char id[GY_REJECT_ID_CHARS + 1];
  uint64_t place = gy_record_place(reader->seen, path, each->line, each->record);
  gy_reject_id(reader->source, gy_path_from(reader->root, path), place, each->record, id);
  write_text(writer, 0, row, reader->source);
  write_text(writer, 1, row, path);
  ((int64_t *)writer->data[2])[row] = (int64_t)each->line;
  write_text(writer, 3, row, each->column);
  gy_status status = write_sealed(reader, writer, 4, row, each->value, err);
  write_text(writer, 5, row, each->reason);
  write_text(writer, 6, row, id);
  if (status == GY_OK) status = write_sealed(reader, writer, 7, row, each->record, err);
  gy_writer_null(writer, 8, row);
  return status;
}

static gy_status fill(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows, gy_error *err) {
  (void)local;
  rejects_reader *reader = shared;
  gy_status status = GY_OK;
  size_t row = 0;
  for (; row < GY_CHUNK_ROWS && reader->next < reader->n && status == GY_OK; row++, reader->next++)
    status = write_reject(reader, writer, row, err);
  *n_rows = row;
  return status;
}

/* Runs a statement on the table of rejects; `source` is $1, NULL where there is no parameter. */
static gy_status on_table(gy_engine *engine, const char *sql_template, const char *table, const char *source,
                          const gy_task *task, gy_error *err) {
  char *quoted = gy_sql_identifier(table != NULL ? table : "rejects"), *sql = NULL;
  gy_sql_part part = {"table", quoted};
  gy_value name = gy_bind_text(source);
  gy_status status = quoted != NULL ? gy_sql_expand(sql_template, &part, 1, &sql, err)
                                    : gy_fail(err, GY_ENOMEM, "out of memory for a statement");
  if (status == GY_OK) status = gy_engine_execute(engine, sql, &name, source != NULL, NULL, task, NULL, err);
  free(quoted);
  free(sql);
  return status;
}

gy_status import_rejects_forget(gy_engine *engine, const char *table, const char *source, const gy_task *task,
                                gy_error *err) {
  return on_table(engine, "DELETE FROM {{table}} WHERE source = $1", table, source, task, err);
}

gy_status import_rejects_store(import_rejects *r, gy_engine *engine, const gy_import_spec *spec,
                               const char *(*path_of)(const void *files, size_t file), const void *files,
                               const gy_task *task, uint64_t *n_stored, gy_error *err) {
  static const gy_source_column COLUMNS[] = {
      {"source", GY_TYPE_TEXT},      {"file", GY_TYPE_TEXT},   {"line", GY_TYPE_INT64},
      {"column_name", GY_TYPE_TEXT}, {"value", GY_TYPE_TEXT},  {"reason", GY_TYPE_TEXT},
      {"id", GY_TYPE_TEXT},          {"record", GY_TYPE_TEXT}, {"rule", GY_TYPE_TEXT}};
  gy_status status = import_rejects_forget(engine, spec->rejects, spec->source, task, err);
  *n_stored = 0;
  if (status != GY_OK || r->n == 0) return status;
  qsort(r->list, r->n, sizeof *r->list, by_place);
  rejects_reader reader = {.rejects = r,
                           .source = spec->source,
                           .root = spec->root,
                           .path_of = path_of,
                           .files = files,
                           .n = r->n < r->most ? r->n : r->most,
                           .seen = json_object()};
  gy_source published = {.shared = &reader,
                         .columns = COLUMNS,
                         .n_columns = sizeof COLUMNS / sizeof COLUMNS[0],
                         .expected_rows = reader.n,
                         .max_threads = 1,
                         .fill = fill};
  gy_reject_seal_init(&reader.seal, spec);
  status = gy_engine_publish(engine, "gyeol_rejects", &published, err);
  if (status == GY_OK)
    status = on_table(engine, "INSERT INTO {{table}} SELECT * FROM gyeol_rejects()", spec->rejects, NULL,
                      task, err);
  json_decref(reader.seen);
  gy_reject_seal_clear(&reader.seal);
  if (status == GY_OK) *n_stored = reader.n;
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "study/repairs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "data/csv_file.h"
#include "data/csv_tokenize.h"
#include "data/sniff.h"

enum { FILE_MAX = 1 << 30, BATCH = 1024 };

char *gy_repairs_path(const char *root, const char *source) {
  char *path = NULL;
  if (asprintf(&path, "%s/repairs/%s.csv", root, source) < 0) return NULL;
  for (char *at = path + strlen(root) + strlen("/repairs/"); *at != '\0'; at++)
    if (*at == '/') *at = '_';
  return path;
}

/* ---- reading ---- */

typedef struct {
  const char *path;
  gy_csv_file *file;
  gy_csv_tokenizer *tokenizer;
  size_t n_columns, id;
  json_t *repairs;
} reader;

static gy_status find_id(reader *r, gy_error *err) {
  r->n_columns = gy_csv_file_column_count(r->file);
  while (r->id < r->n_columns && strcmp(gy_csv_file_column_name(r->file, r->id), GY_REPAIR_ID) != 0) r->id++;
  if (r->id < r->n_columns) return GY_OK;
  return gy_fail(err, GY_EDATA, "%s has no column %s; repair a file that gyeol rejects export wrote", r->path,
                 GY_REPAIR_ID);
}

/* What spreadsheets leave behind the last record. */
static bool is_empty(const gy_csv_slice *cells, size_t n) {
  while (n > 0 && cells[n - 1].length == 0) n--;
  return n == 0;
}

static gy_status take_record(reader *r, const gy_csv_batch *batch, size_t row, gy_error *err) {
  const gy_csv_slice *cells = batch->fields + row * r->n_columns;
  if (is_empty(cells, r->n_columns)) return GY_OK;
  if (cells[r->id].length == 0)
    return gy_fail(err, GY_EDATA, "%s:%llu: this record has no " GY_REPAIR_ID "; keep that of the export",
                   r->path, (unsigned long long)batch->lines[row]);
  json_t *record = json_object();
  bool good = record != NULL;
  for (size_t c = 0; c < r->n_columns && good; c++) {
    const char *name = gy_csv_file_column_name(r->file, c);
    if (strncmp(name, "gyeol_", 6) == 0) continue;
    good =
        json_object_set_new(record, name, json_stringn(batch->text + cells[c].begin, cells[c].length)) == 0;
  }
  size_t length = cells[r->id].length;
  char *id = good ? malloc(length + 1) : NULL;
  if (id != NULL) {
    memcpy(id, batch->text + cells[r->id].begin, length);
    id[length] = '\0';
  }
  bool is_new = id != NULL && json_object_get(r->repairs, id) == NULL;
  good = id != NULL && json_object_set(r->repairs, id, record) == 0;
  json_decref(record);
  gy_status status = good ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the repairs in %s", r->path);
  if (good && !is_new)
    status = gy_fail(err, GY_EDATA, "%s:%llu: id %s is there twice; keep one of its lines", r->path,
                     (unsigned long long)batch->lines[row], id);
  free(id);
  return status;
}

static gy_status read_block(reader *r, gy_csv_block *block, gy_error *err) {
  if (block->fault != NULL)
    return gy_fail(err, GY_EPARSE, "%s:%llu: %s", r->path, (unsigned long long)block->first_line,
                   block->fault);
  gy_status status = gy_csv_tokenizer_start(r->tokenizer, block->text, block->length, block->first_line, err);
  while (status == GY_OK) {
    gy_csv_batch batch;
    status = gy_csv_tokenizer_next(r->tokenizer, &batch, err);
    if (status != GY_OK || batch.n_records + batch.n_faults == 0) return status;
    if (batch.n_faults > 0)
      return gy_fail(err, GY_EPARSE,
                     "%s:%llu: this record does not have the header's %zu fields, or is no text", r->path,
                     (unsigned long long)batch.faults[0].line, r->n_columns);
    for (size_t row = 0; row < batch.n_records && status == GY_OK; row++)
      status = take_record(r, &batch, row, err);
  }
  return status;
}

static gy_status read_all(reader *r, const gy_csv_dialect *dialect, gy_error *err) {
  gy_csv_block block = {0};
  gy_status status = gy_csv_file_open(r->path, GY_ENCODING_AUTO, dialect, &r->file, err);
  if (status == GY_OK) status = find_id(r, err);
  if (status == GY_OK)
    status = gy_csv_tokenizer_create(gy_csv_file_dialect(r->file), gy_csv_file_newline(r->file), r->n_columns,
                                     BATCH, &r->tokenizer, err);
  while (status == GY_OK) {
    status = gy_csv_file_next(r->file, &block, err);
    if (status != GY_OK || (block.length == 0 && block.fault == NULL)) break;
    status = read_block(r, &block, err);
  }
  gy_csv_block_clear(&block);
  gy_csv_tokenizer_destroy(r->tokenizer);
  gy_csv_file_close(r->file);
  return status;
}

/* Spreadsheets save with semicolons or tabs, too. */
static gy_csv_dialect dialect_of(const char *path) {
  gy_csv_dialect dialect = gy_csv_dialect_default();
  gy_arena arena;
  gy_sniff sniff = {0};
  gy_arena_init(&arena, 0, 0);
  if (gy_sniff_file(path, &arena, &sniff, NULL) == GY_OK && sniff.dialect.delimiter != '\0')
    dialect.delimiter = sniff.dialect.delimiter;
  gy_sniff_clear(&sniff);
  gy_arena_clear(&arena);
  return dialect;
}

gy_status gy_repairs_read(const char *path, bool is_edited, json_t **repairs, gy_error *err) {
  reader r = {.path = path, .repairs = json_object()};
  gy_csv_dialect dialect = gy_csv_dialect_default();
  gy_status status =
      r.repairs != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the repairs in %s", path);
  if (status == GY_OK && gy_path_exists(path)) {
    if (is_edited) dialect = dialect_of(path);
    status = read_all(&r, &dialect, err);
  }
  if (status == GY_OK)
    *repairs = r.repairs;
  else
    json_decref(r.repairs);
  return status;
}

/* ---- writing ---- */

static void put_cell(gy_buffer *out, const char *text) {
  if (text[strcspn(text, ",\"\r\n")] == '\0' && *text != ' ') {
    gy_buffer_text(out, text);
    return;
  }
  gy_buffer_text(out, "\"");
  for (; *text != '\0'; text++) gy_buffer_append(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
  gy_buffer_text(out, "\"");
}

bool gy_csv_put_record(gy_buffer *out, const json_t *columns, const json_t *record) {
  size_t i;
  json_t *column;
  json_array_foreach(columns, i, column) {
    const char *name = json_string_value(column);
    const char *cell = record != NULL ? json_string_value(json_object_get(record, name)) : name;
    if (i > 0) gy_buffer_text(out, ",");
    put_cell(out, cell != NULL ? cell : "");
  }
  return gy_buffer_text(out, "\n");
}

/* All columns that records have, in the order of the first that has them. */
static json_t *columns_of(const json_t *repairs) {
  json_t *columns = json_array(), *seen = json_object(), *record, *cell;
  const char *id, *name;
  json_array_append_new(columns, json_string(GY_REPAIR_ID));
  json_object_foreach((json_t *)repairs, id, record) {
    json_object_foreach(record, name, cell) {
      if (json_object_get(seen, name) != NULL) continue;
      json_object_set_new(seen, name, json_true());
      json_array_append_new(columns, json_string(name));
    }
  }
  json_decref(seen);
  return columns;
}

gy_status gy_repairs_write(const char *path, const json_t *repairs, gy_error *err) {
  gy_buffer out;
  gy_buffer_init(&out, FILE_MAX);
  json_t *columns = columns_of(repairs), *record;
  const char *id;
  gy_csv_put_record(&out, columns, NULL);
  json_object_foreach((json_t *)repairs, id, record) {
    json_t *line = json_copy(record);
    json_object_set_new(line, GY_REPAIR_ID, json_string(id));
    gy_csv_put_record(&out, columns, line);
    json_decref(line);
  }
  char *folder = strdup(path);
  if (folder != NULL) *strrchr(folder, '/') = '\0';
  gy_status status = folder != NULL && !out.failed ? gy_dir_create(folder, err)
                                                   : gy_fail(err, GY_ENOMEM, "no memory to write %s", path);
  if (status == GY_OK) status = gy_file_replace(path, out.data, out.length, err);
  free(folder);
  json_decref(columns);
  gy_buffer_clear(&out);
  return status;
}

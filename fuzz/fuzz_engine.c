/* SPDX-License-Identifier: Apache-2.0
 *
 * An engine that stores nothing: a statement that reads a published source drains it and checks what a store
 * would have to rely on. Queries find nothing. It makes import fast enough to fuzz. */
#include "fuzz_engine.h"

#include <stdlib.h>
#include <string.h>

#include "data/utf8.h"
#include "fuzz_file.h"

enum { COLUMNS_MAX = 32 };

struct gy_engine {
  const char *name;
  gy_source source;
  uint64_t n_rows;
};

static size_t width_of(gy_type type) {
  switch (type) {
    case GY_TYPE_BOOL:
      return 1;
    case GY_TYPE_INT32:
    case GY_TYPE_DATE:
    case GY_TYPE_FLOAT:
      return 4;
    case GY_TYPE_UUID:
      return 16;
    default:
      return 8;
  }
}

gy_status gy_engine_open(const gy_engine_options *options, gy_engine **engine, gy_error *err) {
  (void)options;
  *engine = calloc(1, sizeof **engine);
  return *engine != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory");
}

void gy_engine_close(gy_engine *engine) { free(engine); }

uint64_t fuzz_engine_rows(const gy_engine *engine) { return engine->n_rows; }

gy_status gy_engine_publish(gy_engine *engine, const char *name, const gy_source *source, gy_error *err) {
  (void)err;
  must(source->n_columns <= COLUMNS_MAX);
  engine->name = name;
  engine->source = *source;
  return GY_OK;
}

static const gy_source_column *column_of(const gy_chunk_writer *writer, size_t column, size_t row) {
  const gy_engine *engine = writer->engine_state;
  must(column < engine->source.n_columns && row < GY_CHUNK_ROWS);
  return &engine->source.columns[column];
}

void gy_writer_null(gy_chunk_writer *writer, size_t column, size_t row) { column_of(writer, column, row); }

gy_status gy_engine_define(gy_engine *engine, const char *name, const gy_function *function, gy_error *err) {
  (void)engine;
  (void)name;
  (void)function;
  (void)err;
  return GY_OK;
}

void gy_writer_text(gy_chunk_writer *writer, size_t column, size_t row, const char *data, size_t length) {
  must(column_of(writer, column, row)->type == GY_TYPE_TEXT);
  must(gy_utf8_valid_prefix(data, length) == length);
}

void gy_writer_uuid(gy_chunk_writer *writer, size_t column, size_t row, const uint8_t bytes[16]) {
  must(column_of(writer, column, row)->type == GY_TYPE_UUID);
  (void)bytes;
}

/* Blocks of their exact size, so that a row too many shows. */
static gy_status drain(gy_engine *engine, gy_error *err) {
  const gy_source *source = &engine->source;
  void *data[COLUMNS_MAX] = {0}, *local = NULL;
  for (size_t c = 0; c < source->n_columns; c++) {
    if (source->columns[c].type != GY_TYPE_TEXT)
      must((data[c] = malloc(GY_CHUNK_ROWS * width_of(source->columns[c].type))) != NULL);
  }
  gy_chunk_writer writer = {source->n_columns, data, engine};
  gy_status status = source->open != NULL ? source->open(source->shared, &local, err) : GY_OK;
  bool opened = status == GY_OK;
  engine->n_rows = 0;
  for (size_t n_rows = 1; status == GY_OK && n_rows > 0; engine->n_rows += n_rows) {
    n_rows = 0;
    status = source->fill(source->shared, local, &writer, &n_rows, err);
    must(n_rows <= GY_CHUNK_ROWS);
  }
  if (opened && source->close != NULL) source->close(source->shared, local);
  for (size_t c = 0; c < source->n_columns; c++) free(data[c]);
  return status;
}

gy_status gy_engine_execute(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                            const char *phase, const gy_task *task, uint64_t *changed, gy_error *err) {
  (void)params, (void)n_params, (void)phase, (void)task;
  const char *place = engine->name != NULL ? strstr(sql, engine->name) : NULL;
  gy_status status = place != NULL ? drain(engine, err) : GY_OK;
  if (changed != NULL) *changed = engine->n_rows;
  return status;
}

gy_status gy_engine_query(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                          const gy_task *task, gy_result **result, gy_error *err) {
  (void)engine, (void)sql, (void)params, (void)n_params, (void)task, (void)result;
  return gy_fail(err, GY_EENGINE, "this engine has no tables");
}

gy_status gy_engine_int64(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                          int64_t *value, gy_error *err) {
  (void)engine, (void)sql, (void)params, (void)n_params, (void)value;
  return gy_fail(err, GY_EENGINE, "this engine has no tables");
}

gy_status gy_engine_text(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                         char **value, gy_error *err) {
  (void)engine, (void)sql, (void)params, (void)n_params, (void)value;
  return gy_fail(err, GY_ENOTFOUND, "this engine has no tables");
}

gy_status gy_engine_json(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                         const gy_task *task, json_t **rows, gy_error *err) {
  (void)engine, (void)sql, (void)params, (void)n_params, (void)task, (void)rows;
  return gy_fail(err, GY_EENGINE, "this engine has no tables");
}

gy_value gy_bind_text(const char *text) {
  return (gy_value){.type = GY_TYPE_TEXT, .is_null = text == NULL, .as.text = {text, 0}};
}

/* Never reached: no query has a result. */
size_t gy_result_column_count(const gy_result *result) { return (void)result, 0; }
const char *gy_result_column_name(const gy_result *result, size_t column) {
  return (void)result, (void)column, "";
}
gy_status gy_result_next(gy_result *result, gy_chunk *chunk, gy_error *err) {
  return (void)result, (void)chunk, gy_fail(err, GY_EENGINE, "this engine has no tables");
}
void gy_result_destroy(gy_result *result) { must(result == NULL); }

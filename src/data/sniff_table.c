/* SPDX-License-Identifier: Apache-2.0
 *
 * One query in an engine of its own, in memory, that turns every column into text; objects in JSON become a
 * column for each of their values. */
#include "data/sniff_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/sniff_column.h"
#include "data/sniff_nested.h"
#include "engine/engine.h"

enum { TABLE_ROWS = 200000 };

static const char *reader(gy_file_format format) {
  if (format == GY_FORMAT_PARQUET) return "read_parquet(%s)";
  return format == GY_FORMAT_NDJSON ? "read_json(%s, format = 'newline_delimited')"
                                    : "read_json(%s, format = 'auto')";
}

static char *make_query(const gy_sniff *sniff) {
  gy_buffer sql;
  gy_buffer_init(&sql, 1 << 16);
  char *path = gy_sql_literal(sniff->path);
  if (path != NULL) {
    gy_buffer_text(&sql, "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM ");
    const char *from = reader(sniff->format), *mark = strstr(from, "%s");
    gy_buffer_append(&sql, from, (size_t)(mark - from));
    gy_buffer_text(&sql, path);
    gy_buffer_printf(&sql, "%s LIMIT %d", mark + 2, TABLE_ROWS);
  }
  free(path);
  return path != NULL ? gy_buffer_take(&sql) : NULL;
}

static gy_status init_columns(gy_sniff *sniff, const gy_result *rows, gy_arena *arena, gy_error *err) {
  size_t n = gy_result_column_count(rows);
  const char **names = gy_arena_calloc(arena, n + 1, sizeof *names);
  if (names == NULL) return gy_fail(err, GY_ENOMEM, "no memory to look at %s", sniff->path);
  for (size_t i = 0; i < n; i++) names[i] = gy_result_column_name(rows, i);
  return gy_sniff_table_init(sniff, names, n, arena, err);
}

static gy_status add_rows(gy_sniff *sniff, gy_result *rows, gy_arena *arena, gy_error *err) {
  gy_chunk chunk;
  gy_status status;
  while ((status = gy_result_next(rows, &chunk, err)) == GY_OK && chunk.n_rows > 0) {
    for (size_t r = 0; r < chunk.n_rows; r++, sniff->n_rows++) {
      for (size_t c = 0; c < sniff->n_columns; c++) {
        const gy_column *column = &chunk.columns[c];
        gy_text text = {"", 0};
        if (!gy_column_is_null(column, r)) text = ((const gy_text *)column->data)[r];
        bool fits = gy_sniff_column_add(&sniff->columns[c], text.data, text.length, GY_NUMBER_POINT,
                                        sniff->n_rows, sniff->n_paired, arena);
        if (!fits) return gy_fail(err, GY_ENOMEM, "no memory to look at %s", sniff->path);
      }
    }
  }
  return status;
}

gy_status gy_sniff_table(gy_sniff *sniff, gy_arena *arena, gy_error *err) {
  gy_engine *engine = NULL;
  gy_result *rows = NULL;
  char *sql = NULL;
  gy_status status = gy_engine_open(&(gy_engine_options){.n_threads = 1}, &engine, err);
  if (status == GY_OK && sniff->format != GY_FORMAT_PARQUET)
    status = gy_sniff_nested(engine, sniff, TABLE_ROWS, &sql, err);
  if (status == GY_OK && sql == NULL && (sql = make_query(sniff)) == NULL)
    status = gy_fail(err, GY_ENOMEM, "no memory to look at %s", sniff->path);
  if (status == GY_OK) status = gy_engine_query(engine, sql, NULL, 0, NULL, &rows, err);
  if (status == GY_EENGINE) {
    gy_error_prefix(err, "%s cannot be read", sniff->path);
    status = GY_EPARSE;
    if (err != NULL) err->code = status;
  }
  if (status == GY_OK) status = init_columns(sniff, rows, arena, err);
  if (status == GY_OK) status = add_rows(sniff, rows, arena, err);
  sniff->is_whole = sniff->n_rows < TABLE_ROWS;
  gy_result_destroy(rows);
  gy_engine_close(engine);
  free(sql);
  return status;
}

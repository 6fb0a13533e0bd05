/* SPDX-License-Identifier: Apache-2.0 */
#include "study/link_table.h"

#include <stdlib.h>
#include <string.h>

#include "study/point_import.h"

static const size_t column_bytes_max = (size_t)8 << 30;

static gy_status spent(const char *path, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory for the rows of %s", path);
}

static gy_status allocate(const char *path, gy_link_table *table, gy_error *err) {
  int64_t n = 0;
  gy_status status = gy_engine_int64(table->engine, "SELECT count(*) FROM points", NULL, 0, &n, err);
  if (status != GY_OK) return status;
  if (n == 0) return gy_fail(err, GY_EDATA, "%s has no usable rows", path);
  table->n = (size_t)n;
  table->row_no = malloc(table->n * sizeof *table->row_no);
  bool good = table->row_no != NULL;
  for (size_t f = 0; f <= table->n_fields && good; f++)
    good = (table->offsets[f] = calloc(table->n + 1, sizeof *table->offsets[f])) != NULL;
  return good ? GY_OK : spent(path, err);
}

static bool take_chunk(gy_link_table *table, const gy_chunk *chunk, size_t first) {
  const int64_t *row_no = chunk->columns[0].data;
  memcpy(table->row_no + first, row_no, chunk->n_rows * sizeof *row_no);
  for (size_t f = 0; f + 1 < chunk->n_columns; f++) {
    const gy_column *column = &chunk->columns[f + 1];
    const gy_text *texts = column->data;
    for (size_t row = 0; row < chunk->n_rows; row++) {
      if (!gy_column_is_null(column, row))
        gy_buffer_append(&table->bytes[f], texts[row].data, texts[row].length);
      table->offsets[f][first + row + 1] = table->bytes[f].length;
    }
    if (table->bytes[f].failed) return false;
  }
  return true;
}

static gy_status take_rows(const char *path, gy_link_table *table, const gy_task *task, gy_error *err) {
  gy_buffer sql;
  gy_result *rows = NULL;
  gy_chunk chunk = {0};
  size_t first = 0;
  gy_buffer_init(&sql, 1 << 16);
  gy_buffer_text(&sql, "SELECT row_no");
  for (size_t f = 0; f < table->n_fields; f++) gy_buffer_printf(&sql, ", t%zu", f);
  gy_buffer_printf(&sql, "%s FROM points ORDER BY row_no", table->id != NULL ? ", id" : "");
  gy_status status =
      sql.failed ? spent(path, err) : gy_engine_query(table->engine, sql.data, NULL, 0, task, &rows, err);
  while (status == GY_OK && (status = gy_result_next(rows, &chunk, err)) == GY_OK && chunk.n_rows > 0) {
    if (!take_chunk(table, &chunk, first)) status = spent(path, err);
    first += chunk.n_rows;
  }
  gy_result_destroy(rows);
  gy_buffer_clear(&sql);
  return status;
}

gy_status gy_link_table_load(const char *path, const char *const *columns, size_t n_fields, const char *id,
                             const gy_task *task, gy_link_table *table, gy_error *err) {
  gy_point_spec spec = {
      .path = path, .categories = columns, .n_categories = n_fields, .texts_only = true, .id = id};
  gy_point_table points = {.id = id};
  *table = (gy_link_table){.n_fields = n_fields};
  for (size_t f = 0; f <= n_fields; f++) gy_buffer_init(&table->bytes[f], column_bytes_max);
  gy_status status = gy_point_import(&spec, task, &points, err);
  table->engine = points.engine;
  table->n_rejected = points.n_rejected;
  if (status == GY_OK && points.id != NULL && (table->id = strdup(points.id)) == NULL)
    status = spent(path, err);
  points.engine = NULL;
  gy_point_table_clear(&points);
  if (status == GY_OK) status = allocate(path, table, err);
  if (status == GY_OK) status = take_rows(path, table, task, err);
  for (size_t f = 0; f < n_fields; f++)
    table->columns[f] = (gy_link_column){table->bytes[f].data, table->offsets[f]};
  table->list = (gy_link_list){table->n, table->columns};
  return status;
}

void gy_link_table_clear(gy_link_table *table) {
  for (size_t f = 0; f <= table->n_fields; f++) {
    gy_buffer_clear(&table->bytes[f]);
    free(table->offsets[f]);
  }
  free(table->row_no);
  free(table->id);
  gy_engine_close(table->engine);
  *table = (gy_link_table){0};
}

gy_text gy_link_table_text(const gy_link_table *table, size_t field, size_t record) {
  if (table->offsets[field] == NULL || table->bytes[field].data == NULL) return (gy_text){"", 0};
  uint64_t from = table->offsets[field][record], end = table->offsets[field][record + 1];
  return (gy_text){table->bytes[field].data + from, (size_t)(end - from)};
}

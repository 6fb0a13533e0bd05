/* SPDX-License-Identifier: Apache-2.0 */
#include "study/point_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "data/sniff.h"
#include "study/point_import.h"
#include "study/row_rank.h"
#include "study/table_export.h"

enum { SQL_MAX = 1 << 20 };

static gy_status spent(const char *path, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory for the rows of %s", path);
}

/* ---- numbers ---- */

typedef struct {
  gy_point_table *table;
  const gy_row_rank *rank;
  _Atomic uint64_t n_missing;
} value_target;

/* row_no, the columns, the weight if there is one. */
static gy_status take_values(void *shared, void *local, const gy_chunk *chunk, gy_error *err) {
  (void)local, (void)err;
  value_target *target = shared;
  gy_point_table *table = target->table;
  const int64_t *row_no = chunk->columns[0].data;
  uint64_t n_missing = 0;
  for (size_t j = 0; j < table->n_columns; j++) {
    const gy_column *column = &chunk->columns[1 + j];
    for (size_t row = 0; row < chunk->n_rows; row++) {
      size_t at = gy_row_rank_of(target->rank, row_no[row]) * table->n_columns + j;
      bool is_null = gy_column_is_null(column, row);
      table->values[at] = is_null ? NAN : (float)((const double *)column->data)[row];
      n_missing += isnan(table->values[at]);
    }
  }
  const gy_column *weight = &chunk->columns[chunk->n_columns - 1];
  for (size_t row = 0; row < chunk->n_rows && table->weights != NULL; row++)
    table->weights[gy_row_rank_of(target->rank, row_no[row])] =
        gy_column_is_null(weight, row) ? NAN : (float)((const double *)weight->data)[row];
  target->n_missing += n_missing;
  return GY_OK;
}

static gy_status load_values(const gy_point_spec *spec, gy_point_table *table, const gy_row_rank *rank,
                             const gy_task *task, gy_error *err) {
  size_t n = table->n, d = table->n_columns, cells;
  if (__builtin_mul_overflow(n, d, &cells)) return spent(spec->path, err);
  table->values = malloc((cells + 1) * sizeof *table->values);
  table->row_no = malloc((n + 1) * sizeof *table->row_no);
  if (spec->weight != NULL) table->weights = malloc((n + 1) * sizeof *table->weights);
  if (table->values == NULL || table->row_no == NULL || (spec->weight != NULL && table->weights == NULL))
    return spent(spec->path, err);
  gy_row_rank_list(rank, table->row_no);
  gy_buffer sql;
  gy_buffer_init(&sql, SQL_MAX);
  gy_buffer_text(&sql, "SELECT row_no");
  for (size_t j = 0; j < d; j++) gy_buffer_printf(&sql, ", c%zu", j);
  gy_buffer_printf(&sql, "%s FROM points", table->weights != NULL ? ", w" : "");
  value_target target = {.table = table, .rank = rank};
  gy_sink sink = {.shared = &target, .consume = take_values};
  gy_status status = sql.failed
                         ? spent(spec->path, err)
                         : gy_engine_scan(table->engine, sql.data, NULL, 0, &sink, "reading", task, err);
  table->n_missing = target.n_missing;
  gy_buffer_clear(&sql);
  return status;
}

/* ---- categories ---- */

typedef struct {
  int32_t *codes;
  size_t stride;
  const gy_row_rank *rank;
} code_target;

static gy_status take_codes(void *shared, void *local, const gy_chunk *chunk, gy_error *err) {
  (void)local, (void)err;
  code_target *target = shared;
  const int64_t *row_no = chunk->columns[0].data;
  const int32_t *code = chunk->columns[1].data;
  for (size_t row = 0; row < chunk->n_rows; row++)
    target->codes[gy_row_rank_of(target->rank, row_no[row]) * target->stride] = code[row];
  return GY_OK;
}

/* The distinct texts of column t<number>, in order: numbers by value first, then texts. */
static gy_status load_levels(gy_engine *engine, size_t number, const gy_task *task, char ***levels,
                             int32_t *n_levels, gy_error *err) {
  char sql[512];
  snprintf(sql, sizeof sql,
           "CREATE OR REPLACE TABLE levels_%zu AS SELECT t, CAST(row_number() OVER (ORDER BY TRY_CAST(t AS "
           "DOUBLE) NULLS LAST, t) - 1 AS INTEGER) AS code FROM (SELECT DISTINCT t%zu AS t FROM points WHERE "
           "t%zu IS NOT NULL)",
           number, number, number);
  gy_status status = gy_engine_execute(engine, sql, NULL, 0, NULL, task, NULL, err);
  int64_t n = 0;
  snprintf(sql, sizeof sql, "SELECT count(*) FROM levels_%zu", number);
  if (status == GY_OK) status = gy_engine_int64(engine, sql, NULL, 0, &n, err);
  if (status != GY_OK) return status;
  *levels = calloc((size_t)n + 1, sizeof **levels);
  if (*levels == NULL || n > INT32_MAX)
    return gy_fail(err, GY_ENOMEM, "no memory for %lld categories", (long long)n);
  gy_result *rows = NULL;
  gy_chunk chunk = {0};
  snprintf(sql, sizeof sql, "SELECT t FROM levels_%zu ORDER BY code", number);
  status = gy_engine_query(engine, sql, NULL, 0, task, &rows, err);
  while (status == GY_OK && (status = gy_result_next(rows, &chunk, err)) == GY_OK && chunk.n_rows > 0) {
    const gy_text *texts = chunk.columns[0].data;
    for (size_t row = 0; row < chunk.n_rows && status == GY_OK; row++) {
      char *level = strndup(texts[row].data, texts[row].length);
      if (level == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for %lld categories", (long long)n);
      (*levels)[*n_levels] = level;
      *n_levels += level != NULL;
    }
  }
  gy_result_destroy(rows);
  return status;
}

static void free_levels(char **levels, int32_t n) {
  for (int32_t i = 0; i < n; i++) free(levels[i]);
  free(levels);
}

/* `codes`: n rows apart by `stride`. */
static gy_status load_codes(gy_engine *engine, size_t number, const gy_row_rank *rank, int32_t *codes,
                            size_t stride, const gy_task *task, gy_error *err) {
  char sql[256];
  snprintf(sql, sizeof sql,
           "SELECT row_no, coalesce(code, -1) FROM points LEFT JOIN levels_%zu AS l ON l.t = points.t%zu",
           number, number);
  code_target target = {codes, stride, rank};
  gy_sink sink = {.shared = &target, .consume = take_codes};
  return gy_engine_scan(engine, sql, NULL, 0, &sink, "reading", task, err);
}

static gy_status load_categories(const gy_point_spec *spec, gy_point_table *table, const gy_row_rank *rank,
                                 const gy_task *task, gy_error *err) {
  size_t m = table->n_categories, cells;
  if (m == 0) return GY_OK;
  if (__builtin_mul_overflow(table->n, m, &cells)) return spent(spec->path, err);
  table->codes = malloc((cells + 1) * sizeof *table->codes);
  table->levels = calloc(m, sizeof *table->levels);
  table->n_levels = calloc(m, sizeof *table->n_levels);
  if (table->codes == NULL || table->levels == NULL || table->n_levels == NULL) return spent(spec->path, err);
  gy_status status = GY_OK;
  for (size_t j = 0; j < m && status == GY_OK; j++) {
    status = load_levels(table->engine, j, task, &table->levels[j], &table->n_levels[j], err);
    if (status == GY_OK) status = load_codes(table->engine, j, rank, table->codes + j, m, task, err);
  }
  return status;
}

/* ---- the whole ---- */

gy_status gy_point_table_load(const gy_point_spec *spec, const gy_task *task, gy_point_table *table,
                              gy_error *err) {
  *table = (gy_point_table){.id = spec->id};
  gy_row_rank rank = {0};
  gy_status status = gy_point_import(spec, task, table, err);
  if (status == GY_OK) status = gy_row_rank_load(table->engine, "points", task, &rank, err);
  table->n = rank.n;
  if (status == GY_OK && rank.n == 0) status = gy_fail(err, GY_EDATA, "%s has no usable rows", spec->path);
  if (status == GY_OK) status = load_values(spec, table, &rank, task, err);
  if (status == GY_OK) status = load_categories(spec, table, &rank, task, err);
  gy_row_rank_clear(&rank);
  return status;
}

void gy_point_table_clear(gy_point_table *table) {
  for (size_t j = 0; table->names != NULL && j < table->n_columns + table->n_categories; j++)
    free(table->names[j]);
  for (size_t j = 0; table->levels != NULL && j < table->n_categories; j++)
    free_levels(table->levels[j], table->n_levels[j]);
  free(table->names);
  free(table->levels);
  free(table->n_levels);
  free(table->values);
  free(table->codes);
  free(table->weights);
  free(table->row_no);
  free(table->left_out);
  free(table->own_id);
  free(table->filled);
  free(table->all_row_no);
  free(table->states);
  gy_engine_close(table->engine);
  *table = (gy_point_table){0};
}

/* ---- out again ---- */

typedef struct {
  const gy_point_table *table;
  const gy_point_column *columns;
  size_t n_columns;
  _Atomic size_t next;
} column_source;

static gy_status give_rows(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows,
                           gy_error *err) {
  (void)local, (void)err;
  column_source *source = shared;
  size_t start = atomic_fetch_add(&source->next, GY_CHUNK_ROWS), n = gy_point_table_rows(source->table);
  const int64_t *row_no = source->table->n_all > 0 ? source->table->all_row_no : source->table->row_no;
  *n_rows = start >= n ? 0 : n - start < GY_CHUNK_ROWS ? n - start : GY_CHUNK_ROWS;
  if (*n_rows == 0) return GY_OK;
  memcpy(writer->data[0], row_no + start, *n_rows * sizeof(int64_t));
  for (size_t row = 0; row < *n_rows; row++) ((int64_t *)writer->data[1])[row] = (int64_t)(start + row + 1);
  for (size_t c = 0; c < source->n_columns; c++) {
    const gy_point_column *column = &source->columns[c];
    const void *from = column->integers != NULL ? (const void *)(column->integers + start)
                                                : (const void *)(column->reals + start);
    memcpy(writer->data[c + 2], from, *n_rows * sizeof(int32_t));
    for (size_t row = 0; row < *n_rows; row++)
      if (column->reals != NULL ? isnan(column->reals[start + row])
                                : column->integers[start + row] == GY_LABEL_NONE)
        gy_writer_null(writer, c + 2, row);
  }
  return GY_OK;
}

gy_status gy_point_table_export(gy_point_table *table, const gy_point_column *columns, size_t n_columns,
                                const char *path, const gy_task *task, gy_error *err) {
  gy_source_column *described = calloc(n_columns + 2, sizeof *described);
  gy_buffer sql;
  gy_buffer_init(&sql, SQL_MAX);
  column_source shared = {.table = table, .columns = columns, .n_columns = n_columns};
  gy_source source = {.shared = &shared,
                      .columns = described,
                      .n_columns = n_columns + 2,
                      .expected_rows = gy_point_table_rows(table),
                      .fill = give_rows};
  gy_status status = described != NULL ? GY_OK : spent(path, err);
  char *id = gy_sql_identifier(table->id != NULL ? table->id : "row");
  gy_buffer_printf(&sql, "SELECT %s AS %s", table->id != NULL ? "id" : "row", id != NULL ? id : "");
  if (id == NULL) status = spent(path, err);
  if (status == GY_OK) {
    described[0] = (gy_source_column){"row_no", GY_TYPE_INT64};
    described[1] = (gy_source_column){"row", GY_TYPE_INT64};
    for (size_t c = 0; c < n_columns; c++) {
      described[c + 2] =
          (gy_source_column){columns[c].name, columns[c].integers != NULL ? GY_TYPE_INT32 : GY_TYPE_FLOAT};
      char *name = gy_sql_identifier(columns[c].name);
      gy_buffer_printf(&sql, ", %s", name != NULL ? name : "");
      sql.failed = sql.failed || name == NULL;
      free(name);
    }
    gy_buffer_printf(&sql, " FROM gy_points() %s ORDER BY row",
                     table->id != NULL ? "JOIN points USING (row_no)" : "");
    status = sql.failed ? spent(path, err) : gy_engine_publish(table->engine, "gy_points", &source, err);
  }
  if (status == GY_OK) status = gy_table_export(table->engine, sql.data, path, task, NULL, err);
  gy_buffer_clear(&sql);
  free(id);
  free(described);
  return status;
}

gy_status gy_label_column_load(const char *path, const char *name, const gy_task *task,
                               gy_label_column *column, gy_error *err) {
  *column = (gy_label_column){0};
  gy_point_table table = {0};
  gy_row_rank rank = {0};
  char **levels = NULL;
  int32_t n_levels = 0;
  gy_status status = gy_label_import(path, name, task, &table, err);
  if (status == GY_OK) status = gy_row_rank_load(table.engine, "points", task, &rank, err);
  if (status == GY_OK) status = load_levels(table.engine, 0, task, &levels, &n_levels, err);
  int32_t *codes = malloc((rank.n + 1) * sizeof *codes);
  if (status == GY_OK && codes == NULL) status = spent(path, err);
  if (status == GY_OK) status = load_codes(table.engine, 0, &rank, codes, 1, task, err);
  if (status == GY_OK) {
    *column = (gy_label_column){.n = rank.n, .codes = codes, .n_levels = n_levels, .levels = levels};
  } else {
    free_levels(levels, n_levels);
    free(codes);
  }
  gy_row_rank_clear(&rank);
  gy_point_table_clear(&table);
  return status;
}

void gy_label_column_clear(gy_label_column *column) {
  free_levels(column->levels, column->n_levels);
  free(column->codes);
  *column = (gy_label_column){0};
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Every type, with NULLs, through publish -> table -> scan and publish -> table -> query is the identity. */
#include "engine_fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

enum { N_TYPES = GY_TYPE_TEXT + 1, SEED = 20111209 };

static const gy_source_column COLUMNS[] = {
    {"row", GY_TYPE_INT64},        {"bool", GY_TYPE_BOOL},    {"int32", GY_TYPE_INT32},
    {"int64", GY_TYPE_INT64},      {"float", GY_TYPE_FLOAT},  {"double", GY_TYPE_DOUBLE},
    {"money", GY_TYPE_MONEY},      {"ts", GY_TYPE_TIMESTAMP}, {"date", GY_TYPE_DATE},
    {"text \"결\"", GY_TYPE_TEXT},
};
enum { N_COLUMNS = sizeof COLUMNS / sizeof *COLUMNS };

/* A value of row and column, made from them alone. */
typedef struct {
  bool is_null;
  int64_t integer;
  double real;
  char text[64];
  size_t length;
} cell;

static cell cell_at(int64_t row, size_t column) {
  gy_rng rng;
  cell made = {0};
  gy_rng_init(&rng, SEED, (uint64_t)row * N_COLUMNS + column);
  if (column == 0) return (cell){.integer = row};
  /* Whole chunks without NULLs, and chunks with many, in turn. */
  made.is_null = row / 3000 % 2 == 1 && gy_rng_below(&rng, 3) == 0;
  uint64_t bits = gy_rng_next(&rng);
  bool extreme = gy_rng_below(&rng, 20) == 0;
  switch (COLUMNS[column].type) {
    case GY_TYPE_BOOL:
      made.integer = bits & 1;
      break;
    case GY_TYPE_INT32:
      made.integer = extreme ? INT32_MIN : (int32_t)bits;
      break;
    case GY_TYPE_INT64:
      made.integer = extreme ? INT64_MIN : (int64_t)bits;
      break;
    case GY_TYPE_FLOAT:
      made.real = extreme ? (double)-INFINITY : (double)(float)gy_rng_normal(&rng);
      break;
    case GY_TYPE_DOUBLE:
      made.real = extreme ? -0.0 : gy_rng_normal(&rng) * 1e200;
      break;
    case GY_TYPE_MONEY:
      made.integer = (int64_t)(bits % 1999999999999999999u) - 999999999999999999;
      break;
    case GY_TYPE_TIMESTAMP:
      made.integer = (int64_t)(bits % 4000000000000000u) - 1000000000000000;
      break;
    case GY_TYPE_DATE:
      made.integer = (int64_t)(bits % 80000) - 20000;
      break;
    case GY_TYPE_UUID: /* in only: test_function.c */
      break;
    case GY_TYPE_TEXT: {
      static const char *const PIECES[] = {"결", "a", "", "'", "\"", "\n", "서울", "😀", "\\", ";"};
      for (uint64_t n = gy_rng_below(&rng, 15); n > 0; n--) {
        const char *piece = PIECES[gy_rng_below(&rng, 10)];
        memcpy(made.text + made.length, piece, strlen(piece));
        made.length += strlen(piece);
      }
      if (extreme) made.text[made.length++] = '\0';
      break;
    }
  }
  return made;
}

static void write_cell(gy_chunk_writer *writer, size_t column, size_t at, const cell *value) {
  if (value->is_null) {
    gy_writer_null(writer, column, at);
    return;
  }
  void *data = writer->data[column];
  switch (COLUMNS[column].type) {
    case GY_TYPE_BOOL:
      ((uint8_t *)data)[at] = (uint8_t)value->integer;
      break;
    case GY_TYPE_INT32:
    case GY_TYPE_DATE:
      ((int32_t *)data)[at] = (int32_t)value->integer;
      break;
    case GY_TYPE_INT64:
    case GY_TYPE_MONEY:
    case GY_TYPE_TIMESTAMP:
      ((int64_t *)data)[at] = value->integer;
      break;
    case GY_TYPE_FLOAT:
      ((float *)data)[at] = (float)value->real;
      break;
    case GY_TYPE_DOUBLE:
      ((double *)data)[at] = value->real;
      break;
    case GY_TYPE_UUID:
      break;
    case GY_TYPE_TEXT:
      gy_writer_text(writer, column, at, value->text, value->length);
      break;
  }
}

static bool same_cell(const gy_column *column, size_t at, const cell *value) {
  if (gy_column_is_null(column, at) || value->is_null) return gy_column_is_null(column, at) && value->is_null;
  switch (column->type) {
    case GY_TYPE_BOOL:
      return ((const uint8_t *)column->data)[at] == value->integer;
    case GY_TYPE_INT32:
    case GY_TYPE_DATE:
      return ((const int32_t *)column->data)[at] == value->integer;
    case GY_TYPE_INT64:
    case GY_TYPE_MONEY:
    case GY_TYPE_TIMESTAMP:
      return ((const int64_t *)column->data)[at] == value->integer;
    case GY_TYPE_FLOAT:
      return ((const float *)column->data)[at] == (float)value->real;
    case GY_TYPE_DOUBLE:
      return ((const double *)column->data)[at] == value->real;
    case GY_TYPE_UUID:
      return false;
    case GY_TYPE_TEXT: {
      gy_text text = ((const gy_text *)column->data)[at];
      return text.length == value->length && memcmp(text.data, value->text, text.length) == 0;
    }
  }
  return false;
}

typedef struct {
  atomic_int_fast64_t next;
  int64_t n_rows;
} random_rows;

static gy_status fill(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows, gy_error *err) {
  (void)local, (void)err;
  random_rows *rows = shared;
  /* Chunks of many sizes. */
  int64_t take = 1 + (int64_t)(rows->next * 7919 % GY_CHUNK_ROWS);
  int64_t from = atomic_fetch_add(&rows->next, take);
  size_t n = 0;
  for (; n < (size_t)take && from + (int64_t)n < rows->n_rows; n++)
    for (size_t column = 0; column < N_COLUMNS; column++) {
      cell value = cell_at(from + (int64_t)n, column);
      write_cell(writer, column, n, &value);
    }
  *n_rows = n;
  return GY_OK;
}

typedef struct {
  atomic_uint_fast64_t rows, wrong;
} comparison;

static gy_status compare(void *shared, void *local, const gy_chunk *chunk, gy_error *err) {
  (void)local;
  comparison *seen = shared;
  if (chunk->n_columns != N_COLUMNS) return gy_fail(err, GY_EINTERNAL, "%zu columns", chunk->n_columns);
  for (size_t at = 0; at < chunk->n_rows; at++) {
    int64_t row = ((const int64_t *)chunk->columns[0].data)[at];
    for (size_t column = 0; column < N_COLUMNS; column++) {
      cell value = cell_at(row, column);
      if (chunk->columns[column].type != COLUMNS[column].type ||
          !same_cell(&chunk->columns[column], at, &value))
        return gy_fail(err, GY_EDATA, "row %lld, column %s", (long long)row, COLUMNS[column].name);
    }
  }
  atomic_fetch_add(&seen->rows, chunk->n_rows);
  return GY_OK;
}

static void check_rows(int64_t n_rows, const char *path) {
  gy_engine *engine = NULL;
  MUST(gy_engine_open(&(gy_engine_options){.path = path, .n_threads = 3}, &engine, &err));
  random_rows rows = {.n_rows = n_rows};
  gy_source source = {.shared = &rows, .columns = COLUMNS, .n_columns = N_COLUMNS, .fill = fill};
  MUST(gy_engine_publish(engine, "rows", &source, &err));
  run_sql(engine, "CREATE TABLE t AS SELECT * FROM rows()");
  if (path != NULL) run_sql(engine, "CHECKPOINT");
  comparison seen = {0};
  gy_sink sink = {.shared = &seen, .consume = compare};
  MUST(gy_engine_scan(engine, "SELECT * FROM t", NULL, 0, &sink, NULL, NULL, &err));
  cr_assert_eq((int64_t)seen.rows, n_rows);
  gy_result *result = NULL;
  gy_chunk chunk = {.n_rows = 1};
  MUST(gy_engine_query(engine, "SELECT * FROM t ORDER BY \"row\" DESC", NULL, 0, NULL, &result, &err));
  for (size_t column = 0; column < N_COLUMNS; column++)
    cr_assert_str_eq(gy_result_column_name(result, column), COLUMNS[column].name);
  while (chunk.n_rows > 0) {
    MUST(gy_result_next(result, &chunk, &err));
    MUST(compare(&seen, NULL, &chunk, &err));
  }
  cr_assert_eq((int64_t)seen.rows, 2 * n_rows);
  gy_result_destroy(result);
  gy_engine_close(engine);
}

Test(round_trip, memory) {
  check_rows(0, NULL);
  check_rows(1, NULL);
  check_rows(60000, NULL);
}

Test(round_trip, file) {
  char *folder = make_folder(), *path = path_in(folder, "store.duckdb");
  check_rows(200000, path);
  free(path);
  remove_folder(folder);
}

Test(round_trip, other_sql_types_have_a_carrier) {
  gy_engine *engine = memory_store(2);
  static const struct {
    const char *sql;
    gy_type type;
    int64_t integer;
    const char *text;
  } CASES[] = {
      {"CAST(-5 AS TINYINT)", GY_TYPE_INT32, -5, NULL},
      {"CAST(500 AS USMALLINT)", GY_TYPE_INT32, 500, NULL},
      {"CAST(5000000000 AS UBIGINT)", GY_TYPE_INT64, 5000000000, NULL},
      {"CAST(4000000000 AS UINTEGER)", GY_TYPE_INT64, 4000000000, NULL},
      {"CAST(-7 AS HUGEINT)", GY_TYPE_INT64, -7, NULL},
      {"CAST('1.25' AS DECIMAL(4, 2))", GY_TYPE_MONEY, 12500, NULL},
      {"CAST('-99999999999999.9999' AS DECIMAL(38, 4))", GY_TYPE_MONEY, -999999999999999999, NULL},
      {"CAST('0.00005' AS DECIMAL(20, 6))", GY_TYPE_MONEY, 1, NULL},
      {"TIMESTAMPTZ '2011-12-09 09:00:00+09'", GY_TYPE_TIMESTAMP, 1323388800000000, NULL},
      {"TIMESTAMP_S '2011-12-09 00:00:00'", GY_TYPE_TIMESTAMP, 1323388800000000, NULL},
      {"CAST(TIMESTAMP '2011-12-09 00:00:00' AS TIMESTAMP_NS)", GY_TYPE_TIMESTAMP, 1323388800000000, NULL},
      {"[1, 2]", GY_TYPE_TEXT, 0, "[1, 2]"},
      {"{'a': 1}", GY_TYPE_TEXT, 0, "{'a': 1}"},
      {"CAST('x' AS ENUM('x', 'y'))", GY_TYPE_TEXT, 0, "x"},
      {"TIME '10:20:30'", GY_TYPE_TEXT, 0, "10:20:30"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char *sql = NULL;
    gy_result *result = NULL;
    gy_chunk chunk;
    cr_assert(asprintf(&sql, "SELECT %s", CASES[i].sql) > 0);
    MUST(gy_engine_query(engine, sql, NULL, 0, NULL, &result, &err));
    MUST(gy_result_next(result, &chunk, &err));
    cr_assert_eq(chunk.n_rows, 1u);
    cr_assert_eq(chunk.columns[0].type, CASES[i].type, "%s", sql);
    cell want = {.integer = CASES[i].integer, .length = CASES[i].text != NULL ? strlen(CASES[i].text) : 0};
    if (CASES[i].text != NULL) memcpy(want.text, CASES[i].text, want.length);
    cr_assert(same_cell(&chunk.columns[0], 0, &want), "%s", sql);
    gy_result_destroy(result);
    free(sql);
  }
  gy_engine_close(engine);
}

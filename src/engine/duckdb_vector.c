/* SPDX-License-Identifier: Apache-2.0
 *
 * DuckDB's vectors as gy_columns. All fixed-width forms are the same bytes on both sides (DECIMAL(18, 4) is
 * an int64_t, every timestamp in microseconds is one too), so a column is a pointer; only text, which DuckDB
 * keeps in a 16-byte form that inlines up to 12 bytes, is rewritten as (pointer, length). */
#include <stdlib.h>

#include "engine/duckdb_store.h"

bool store_view_init(store_view *view, const gy_type *types, size_t n_columns) {
  *view = (store_view){.n_columns = n_columns, .types = types};
  size_t n_texts = 0;
  for (size_t c = 0; c < n_columns; c++) n_texts += types[c] == GY_TYPE_TEXT;
  view->columns = calloc(n_columns + 1, sizeof *view->columns);
  view->texts = malloc((n_texts * GY_CHUNK_ROWS + 1) * sizeof *view->texts);
  return view->columns != NULL && view->texts != NULL;
}

void store_view_clear(store_view *view) {
  free(view->columns);
  free(view->texts);
  *view = (store_view){0};
}

bool store_view_fits(const store_view *view, duckdb_data_chunk source) {
  bool fits = duckdb_data_chunk_get_column_count(source) == view->n_columns;
  for (size_t c = 0; c < view->n_columns && fits; c++) {
    const char *cast = NULL;
    duckdb_logical_type logical = duckdb_vector_get_column_type(duckdb_data_chunk_get_vector(source, c));
    fits = store_carrier(logical, &cast) == view->types[c] && cast == NULL;
    duckdb_destroy_logical_type(&logical);
  }
  return fits;
}

static void load_texts(gy_text *texts, duckdb_string_t *strings, const uint64_t *validity, size_t n_rows) {
  for (size_t row = 0; row < n_rows; row++) {
    if (validity != NULL && !(validity[row / 64] >> (row % 64) & 1)) {
      texts[row] = (gy_text){0};
      continue;
    }
    uint32_t length = strings[row].value.inlined.length;
    texts[row].data = length <= 12 ? strings[row].value.inlined.inlined : strings[row].value.pointer.ptr;
    texts[row].length = length;
  }
}

/* The mask, or NULL where it says that every row is valid. */
static const uint64_t *mask_of(const uint64_t *validity, size_t n_rows) {
  if (validity == NULL) return NULL;
  for (size_t w = 0; w < n_rows / 64; w++)
    if (validity[w] != UINT64_MAX) return validity;
  uint64_t rest = (UINT64_C(1) << n_rows % 64) - 1;
  return rest != 0 && (validity[n_rows / 64] & rest) != rest ? validity : NULL;
}

void store_view_load(store_view *view, duckdb_data_chunk source, gy_chunk *chunk) {
  size_t n_rows = duckdb_data_chunk_get_size(source);
  gy_text *texts = view->texts;
  for (size_t c = 0; c < view->n_columns; c++) {
    duckdb_vector vector = duckdb_data_chunk_get_vector(source, c);
    gy_column *column = &view->columns[c];
    column->type = view->types[c];
    column->validity = mask_of(duckdb_vector_get_validity(vector), n_rows);
    column->data = duckdb_vector_get_data(vector);
    if (column->type != GY_TYPE_TEXT) continue;
    load_texts(texts, duckdb_vector_get_data(vector), column->validity, n_rows);
    column->data = texts;
    texts += GY_CHUNK_ROWS;
  }
  *chunk = (gy_chunk){.n_rows = n_rows, .n_columns = view->n_columns, .columns = view->columns};
}

duckdb_logical_type store_logical_type(gy_type type) {
  static const duckdb_type TYPES[] = {
      [GY_TYPE_BOOL] = DUCKDB_TYPE_BOOLEAN,        [GY_TYPE_INT32] = DUCKDB_TYPE_INTEGER,
      [GY_TYPE_INT64] = DUCKDB_TYPE_BIGINT,        [GY_TYPE_FLOAT] = DUCKDB_TYPE_FLOAT,
      [GY_TYPE_DOUBLE] = DUCKDB_TYPE_DOUBLE,       [GY_TYPE_MONEY] = DUCKDB_TYPE_DECIMAL,
      [GY_TYPE_TIMESTAMP] = DUCKDB_TYPE_TIMESTAMP, [GY_TYPE_DATE] = DUCKDB_TYPE_DATE,
      [GY_TYPE_TEXT] = DUCKDB_TYPE_VARCHAR,        [GY_TYPE_UUID] = DUCKDB_TYPE_UUID,
  };
  if (type == GY_TYPE_MONEY) return duckdb_create_decimal_type(18, 4);
  return duckdb_create_logical_type(TYPES[type]);
}

gy_type store_carrier(duckdb_logical_type logical, const char **cast) {
  *cast = NULL;
  switch (duckdb_get_type_id(logical)) {
    case DUCKDB_TYPE_BOOLEAN:
      return GY_TYPE_BOOL;
    case DUCKDB_TYPE_INTEGER:
      return GY_TYPE_INT32;
    case DUCKDB_TYPE_BIGINT:
      return GY_TYPE_INT64;
    case DUCKDB_TYPE_FLOAT:
      return GY_TYPE_FLOAT;
    case DUCKDB_TYPE_DOUBLE:
      return GY_TYPE_DOUBLE;
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return GY_TYPE_TIMESTAMP;
    case DUCKDB_TYPE_DATE:
      return GY_TYPE_DATE;
    case DUCKDB_TYPE_VARCHAR:
      return GY_TYPE_TEXT;
    case DUCKDB_TYPE_DECIMAL:
      if (duckdb_decimal_width(logical) != 18 || duckdb_decimal_scale(logical) != 4) *cast = "DECIMAL(18, 4)";
      return GY_TYPE_MONEY;
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_SQLNULL:
      *cast = "INTEGER";
      return GY_TYPE_INT32;
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UHUGEINT:
      *cast = "BIGINT";
      return GY_TYPE_INT64;
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_TIMESTAMP_NS:
      *cast = "TIMESTAMP";
      return GY_TYPE_TIMESTAMP;
    default:
      *cast = "VARCHAR";
      return GY_TYPE_TEXT;
  }
}

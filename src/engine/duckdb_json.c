/* SPDX-License-Identifier: Apache-2.0
 *
 * Query results as JSON: what the API and the report read. Decimals are strings, so that no reader rounds
 * them; times are RFC 3339 in UTC. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/duckdb_store.h"

enum { MICROS_PER_SECOND = 1000000, SECONDS_PER_DAY = 86400 };

/* Year, month and day of a day number since 1970-01-01 in the proleptic Gregorian calendar (Hinnant,
 * "chrono-compatible low-level date algorithms", 2013). */
static void civil_date(int64_t days, int64_t *year, int *month, int *day) {
  int64_t shifted = days + 719468;
  int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  int64_t day_of_era = shifted - era * 146097;
  int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t march_month = (5 * day_of_year + 2) / 153;
  *day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
  *month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
  *year = year_of_era + era * 400 + (*month <= 2);
}

static json_t *date_json(int32_t days) {
  if (days == INT32_MAX || days == -INT32_MAX) return json_null(); /* infinity */
  int64_t year;
  int month, day;
  civil_date(days, &year, &month, &day);
  return json_sprintf("%04lld-%02d-%02d", (long long)year, month, day);
}

static json_t *timestamp_json(int64_t micros) {
  if (micros == INT64_MAX || micros == -INT64_MAX) return json_null(); /* infinity */
  int64_t seconds = micros / MICROS_PER_SECOND - (micros % MICROS_PER_SECOND < 0);
  int fraction = (int)(micros - seconds * MICROS_PER_SECOND);
  int64_t days = seconds / SECONDS_PER_DAY - (seconds % SECONDS_PER_DAY < 0);
  int second = (int)(seconds - days * SECONDS_PER_DAY);
  int64_t year;
  int month, day;
  civil_date(days, &year, &month, &day);
  char tail[16] = "";
  if (fraction != 0) snprintf(tail, sizeof tail, ".%06d", fraction);
  return json_sprintf("%04lld-%02d-%02dT%02d:%02d:%02d%sZ", (long long)year, month, day, second / 3600,
                      second / 60 % 60, second % 60, tail);
}

static json_t *real_json(double value) { return isfinite(value) ? json_real(value) : json_null(); }

static json_t *value_json(const gy_column *column, size_t row) {
  if (gy_column_is_null(column, row)) return json_null();
  switch (column->type) {
    case GY_TYPE_BOOL:
      return json_boolean(((const uint8_t *)column->data)[row] != 0);
    case GY_TYPE_INT32:
      return json_integer(((const int32_t *)column->data)[row]);
    case GY_TYPE_INT64:
      return json_integer(((const int64_t *)column->data)[row]);
    case GY_TYPE_FLOAT:
      return real_json((double)((const float *)column->data)[row]);
    case GY_TYPE_DOUBLE:
      return real_json(((const double *)column->data)[row]);
    case GY_TYPE_TIMESTAMP:
      return timestamp_json(((const int64_t *)column->data)[row]);
    case GY_TYPE_DATE:
      return date_json(((const int32_t *)column->data)[row]);
    case GY_TYPE_UUID: /* carried as its text */
    case GY_TYPE_TEXT: {
      gy_text text = ((const gy_text *)column->data)[row];
      return json_stringn(text.data, text.length);
    }
    case GY_TYPE_MONEY:
      break; /* asked for as text */
  }
  return NULL;
}

static bool append_row(json_t *rows, const gy_result *result, const gy_chunk *chunk, size_t row) {
  json_t *object = json_object();
  if (json_array_append_new(rows, object) != 0) return false;
  for (size_t c = 0; c < chunk->n_columns; c++) {
    json_t *value = value_json(&chunk->columns[c], row);
    if (json_object_set_new(object, gy_result_column_name(result, c), value) != 0) return false;
  }
  return true;
}

gy_status gy_engine_json(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                         const gy_task *task, json_t **rows_out, gy_error *err) {
  gy_result *result = NULL;
  gy_status status = store_query(engine, sql, params, n_params, STORE_FORM_JSON, task, &result, err);
  if (status != GY_OK) return status;
  json_t *rows = json_array();
  bool built = rows != NULL;
  gy_chunk chunk = {.n_rows = 1};
  while (status == GY_OK && built && chunk.n_rows > 0) {
    status = gy_result_next(result, &chunk, err);
    for (size_t row = 0; status == GY_OK && built && row < chunk.n_rows; row++)
      built = append_row(rows, result, &chunk, row);
  }
  if (status == GY_OK && !built) status = gy_fail(err, GY_ENOMEM, "no memory to write rows as JSON");
  if (status == GY_OK)
    *rows_out = rows;
  else
    json_decref(rows);
  gy_result_destroy(result);
  return status;
}

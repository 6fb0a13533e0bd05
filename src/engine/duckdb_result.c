/* SPDX-License-Identifier: Apache-2.0
 *
 * Results of modest size, stepped through in order, and single values. Results are complete before the
 * first row is seen, so other statements may run in between. */
#include <stdlib.h>
#include <string.h>

#include "engine/duckdb_store.h"

struct gy_result {
  store_plan plan;
  duckdb_result rows;
  bool has_rows;
  duckdb_data_chunk chunk;
  store_view view;
};

gy_status store_query(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                      store_form form, const gy_task *task, gy_result **result_out, gy_error *err) {
  gy_result *result = calloc(1, sizeof *result);
  if (result == NULL) return gy_fail(err, GY_ENOMEM, "no memory to run a query");
  gy_status status = store_plan_make(engine, sql, form, NULL, "", &result->plan, err);
  if (status == GY_OK)
    status = store_run_sql(engine, result->plan.sql, params, n_params, NULL, task, &result->rows, err);
  result->has_rows = status == GY_OK;
  if (status == GY_OK && !store_view_init(&result->view, result->plan.types, result->plan.n_columns))
    status = gy_fail(err, GY_ENOMEM, "no memory to run a query");
  if (status == GY_OK)
    *result_out = result;
  else
    gy_result_destroy(result);
  return status;
}

gy_status gy_engine_query(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                          const gy_task *task, gy_result **result, gy_error *err) {
  return store_query(engine, sql, params, n_params, STORE_FORM_NATIVE, task, result, err);
}

size_t gy_result_column_count(const gy_result *result) { return result->plan.n_columns; }

const char *gy_result_column_name(const gy_result *result, size_t column) {
  return result->plan.names[column];
}

gy_type gy_result_column_type(const gy_result *result, size_t column) { return result->plan.types[column]; }

gy_status gy_result_next(gy_result *result, gy_chunk *chunk, gy_error *err) {
  (void)err;
  duckdb_destroy_data_chunk(&result->chunk);
  result->chunk = duckdb_fetch_chunk(result->rows);
  if (result->chunk == NULL)
    *chunk = (gy_chunk){.n_columns = result->plan.n_columns, .columns = result->view.columns};
  else
    store_view_load(&result->view, result->chunk, chunk);
  return GY_OK;
}

void gy_result_destroy(gy_result *result) {
  if (result == NULL) return;
  duckdb_destroy_data_chunk(&result->chunk);
  if (result->has_rows) duckdb_destroy_result(&result->rows);
  store_view_clear(&result->view);
  store_plan_clear(&result->plan);
  free(result);
}

/* ---- single values ---- */

/* Runs the query and lends its first value through `result`, which the caller destroys. */
static gy_status first_value(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                             store_form form, gy_result **result, const void **value, gy_error *err) {
  gy_result *made = NULL;
  gy_chunk chunk;
  gy_status status = store_query(engine, sql, params, n_params, form, NULL, &made, err);
  if (status == GY_OK) status = gy_result_next(made, &chunk, err);
  if (status == GY_OK && (chunk.n_rows == 0 || gy_column_is_null(&chunk.columns[0], 0)))
    status = gy_fail(err, GY_ENOTFOUND, "no value from: %.200s", sql);
  if (status == GY_OK) {
    *result = made;
    *value = chunk.columns[0].data;
  } else {
    gy_result_destroy(made);
  }
  return status;
}

gy_status gy_engine_int64(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                          int64_t *value, gy_error *err) {
  gy_result *result = NULL;
  const void *data;
  gy_status status = first_value(engine, sql, params, n_params, STORE_FORM_INT64, &result, &data, err);
  if (status == GY_OK) *value = *(const int64_t *)data;
  gy_result_destroy(result);
  return status;
}

gy_status gy_engine_double(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                           double *value, gy_error *err) {
  gy_result *result = NULL;
  const void *data;
  gy_status status = first_value(engine, sql, params, n_params, STORE_FORM_DOUBLE, &result, &data, err);
  if (status == GY_OK) *value = *(const double *)data;
  gy_result_destroy(result);
  return status;
}

gy_status gy_engine_text(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                         char **value, gy_error *err) {
  gy_result *result = NULL;
  const void *data;
  gy_status status = first_value(engine, sql, params, n_params, STORE_FORM_TEXT, &result, &data, err);
  if (status == GY_OK) {
    const gy_text *text = data;
    char *copy = strndup(text->length > 0 ? text->data : "", text->length);
    if (copy != NULL)
      *value = copy;
    else
      status = gy_fail(err, GY_ENOMEM, "no memory for a text of %zu bytes", text->length);
  }
  gy_result_destroy(result);
  return status;
}

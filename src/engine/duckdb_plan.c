/* SPDX-License-Identifier: Apache-2.0
 *
 * The columns of a query. What comes out must be one of the gy_types, so the query is prepared to learn what
 * it has and, where a column is something else (a wider decimal, a small integer, a list), is wrapped:
 * `SELECT c0, CAST(c1 AS DECIMAL(18, 4)) FROM (query) AS q(c0, c1)`. DuckDB folds the wrapping away, and
 * an ORDER BY inside still orders the rows. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "engine/duckdb_store.h"

enum { SQL_MAX = 16 * 1024 * 1024 };

void store_plan_clear(store_plan *plan) {
  for (size_t c = 0; plan->names != NULL && c < plan->n_columns; c++) free(plan->names[c]);
  free(plan->names);
  free(plan->types);
  free(plan->sql);
  *plan = (store_plan){0};
}

static const char *type_name(gy_type type) {
  static const char *const NAMES[] = {
      [GY_TYPE_BOOL] = "BOOLEAN",        [GY_TYPE_INT32] = "INTEGER", [GY_TYPE_INT64] = "BIGINT",
      [GY_TYPE_FLOAT] = "FLOAT",         [GY_TYPE_DOUBLE] = "DOUBLE", [GY_TYPE_MONEY] = "DECIMAL(18, 4)",
      [GY_TYPE_TIMESTAMP] = "TIMESTAMP", [GY_TYPE_DATE] = "DATE",     [GY_TYPE_TEXT] = "VARCHAR",
  };
  return NAMES[type];
}

/* The type that the form asks for; `*cast` is NULL where the column has it already. */
static gy_type form_type(store_form form, duckdb_logical_type logical, const char **cast) {
  gy_type type = store_carrier(logical, cast);
  if (form == STORE_FORM_NATIVE || (form == STORE_FORM_JSON && type != GY_TYPE_MONEY)) return type;
  gy_type want = form == STORE_FORM_INT64    ? GY_TYPE_INT64
                 : form == STORE_FORM_DOUBLE ? GY_TYPE_DOUBLE
                                             : GY_TYPE_TEXT;
  if (type != want || *cast != NULL) *cast = type_name(want);
  return want;
}

/* What is made of a query. */
typedef struct wrapping {
  store_form form;
  const char *head, *tail; /* NULL head: a plain SELECT with names */
  bool cast_all;           /* bound values may change the types of columns when it runs */
  bool plain;              /* so far no column needs anything */
} wrapping;

/* Writes "CAST(c3 AS type) AS name" for one column; without a name, only the value. */
static bool write_column(gy_buffer *text, size_t column, const char *cast, const char *name) {
  if (column > 0) gy_buffer_text(text, ", ");
  if (cast != NULL)
    gy_buffer_printf(text, "CAST(c%zu AS %s)", column, cast);
  else
    gy_buffer_printf(text, "c%zu", column);
  if (name == NULL) return !text->failed;
  char *quoted = gy_sql_identifier(name);
  bool written = quoted != NULL && gy_buffer_printf(text, " AS %s", quoted);
  free(quoted);
  return written;
}

static gy_status plan_column(store_plan *plan, duckdb_prepared_statement prepared, size_t c, wrapping *wrap,
                             gy_buffer *text, gy_error *err) {
  duckdb_logical_type logical = duckdb_prepared_statement_column_logical_type(prepared, c);
  const char *name = duckdb_prepared_statement_column_name(prepared, c);
  const char *cast = NULL;
  plan->types[c] = form_type(wrap->form, logical, &cast);
  plan->names[c] = strdup(name != NULL ? name : "");
  wrap->plain = wrap->plain && cast == NULL;
  if (wrap->cast_all) cast = type_name(plan->types[c]);
  bool written =
      plan->names[c] != NULL && write_column(text, c, cast, wrap->head == NULL ? plan->names[c] : NULL);
  duckdb_free((void *)(uintptr_t)name);
  duckdb_destroy_logical_type(&logical);
  return written ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to plan a query");
}

static gy_status plan_columns(store_plan *plan, duckdb_prepared_statement prepared, wrapping *wrap,
                              const char *sql, gy_error *err) {
  gy_buffer text;
  gy_buffer_init(&text, SQL_MAX);
  size_t n = duckdb_prepared_statement_column_count(prepared);
  gy_status status = GY_OK;
  plan->types = calloc(n + 1, sizeof *plan->types);
  plan->names = calloc(n + 1, sizeof *plan->names);
  if (plan->types == NULL || plan->names == NULL)
    status = gy_fail(err, GY_ENOMEM, "no memory to plan a query");
  else
    plan->n_columns = n;
  gy_buffer_text(&text, wrap->head != NULL ? wrap->head : "SELECT ");
  for (size_t c = 0; c < n && status == GY_OK; c++) status = plan_column(plan, prepared, c, wrap, &text, err);
  gy_buffer_printf(&text, "%s FROM (\n%.*s\n) AS q(", wrap->tail, (int)gy_sql_body_length(sql), sql);
  for (size_t c = 0; c < n; c++) gy_buffer_printf(&text, c > 0 ? ", c%zu" : "c%zu", c);
  gy_buffer_text(&text, ")");
  bool select = duckdb_prepared_statement_type(prepared) == DUCKDB_STATEMENT_TYPE_SELECT;
  if (status == GY_OK && !wrap->plain && !select)
    status = gy_fail(err, GY_EINTERNAL, "only a SELECT can be read in this form: %.120s", sql);
  if (status == GY_OK) {
    bool as_it_is = wrap->plain && !(wrap->cast_all && select);
    bool failed = text.failed; /* told even where the text is not needed: memory is spent */
    plan->sql = as_it_is ? strdup(sql) : gy_buffer_take(&text);
    if (plan->sql == NULL || failed) status = gy_fail(err, GY_ENOMEM, "no memory to plan a query");
  }
  gy_buffer_clear(&text);
  return status;
}

/* Where a parameter's type is open, DuckDB prepares one column of no type; then literals decide. */
static gy_status prepare_typed(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                               duckdb_prepared_statement *prepared, gy_error *err) {
  gy_status status = store_prepare(engine, sql, prepared, err);
  if (status != GY_OK || n_params == 0) return status;
  if (duckdb_prepared_statement_column_count(*prepared) != 1 ||
      duckdb_prepared_statement_column_type(*prepared, 0) != DUCKDB_TYPE_INVALID)
    return GY_OK;
  char *literal_sql = NULL;
  duckdb_destroy_prepare(prepared);
  status = store_literals(sql, params, n_params, &literal_sql, err);
  if (status == GY_OK) status = store_prepare(engine, literal_sql, prepared, err);
  free(literal_sql);
  return status;
}

gy_status store_plan_make(gy_engine *engine, const char *sql, const gy_value *params, size_t n_params,
                          store_form form, const char *head, const char *tail, store_plan *plan,
                          gy_error *err) {
  duckdb_prepared_statement prepared = NULL;
  store_plan made = {0};
  wrapping wrap = {.form = form, .head = head, .tail = tail, .cast_all = n_params > 0, .plain = head == NULL};
  gy_status status = prepare_typed(engine, sql, params, n_params, &prepared, err);
  if (status != GY_OK) return status;
  status = plan_columns(&made, prepared, &wrap, sql, err);
  duckdb_destroy_prepare(&prepared);
  if (status == GY_OK)
    *plan = made;
  else
    store_plan_clear(&made);
  return status;
}

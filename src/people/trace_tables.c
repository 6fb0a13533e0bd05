/* SPDX-License-Identifier: Apache-2.0 */
#include "people/trace_tables.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

enum { CONDITION_MAX = 64 << 10 };

static bool is_one_of(const char *name, const char *const *names) {
  for (; *names != NULL; names++)
    if (strcmp(name, *names) == 0) return true;
  return false;
}

static bool ends_with(const char *name, const char *ending) {
  size_t n = strlen(name), m = strlen(ending);
  return n > m && strcmp(name + n - m, ending) == 0;
}

gy_trace_role gy_trace_role_of(const char *column, const char *type) {
  static const char *const IDS[] = {"customer_id", "customer", "person", "person_id", NULL},
                           *const KEYS[] = {
                               "order_id",     "anonymous_id",    "session_id",  "cookie", "device_id",
                               "loyalty_card", "hashed_email",    "email",       "phone",  "person_name",
                               "address",      "resident_number", "card_number", NULL};
  if (strcmp(column, "automatic") == 0 || strcmp(column, "first_person") == 0) return GY_TRACE_MENTION;
  if (is_one_of(column, IDS) || ends_with(column, "_customer_id") || ends_with(column, "_person"))
    return GY_TRACE_ID;
  if (strcmp(column, "customer_no") == 0) return GY_TRACE_NUMBER;
  if (strcmp(type, "UUID") == 0) return GY_TRACE_PSEUDONYM;
  return is_one_of(column, KEYS) ? GY_TRACE_KEY : GY_TRACE_NONE;
}

/* ---- listing ---- */

static gy_status add_table(gy_trace_tables *tables, const char *name, bool is_view, gy_error *err) {
  gy_trace_table *more = realloc(tables->items, (tables->n + 1) * sizeof *more);
  if (more != NULL) tables->items = more;
  char *copy = strdup(name);
  if (more == NULL || copy == NULL) {
    free(copy);
    return gy_fail(err, GY_ENOMEM, "no memory for the list of tables");
  }
  tables->items[tables->n++] = (gy_trace_table){.name = copy, .is_view = is_view};
  return GY_OK;
}

static gy_status add_column(gy_trace_table *table, const char *name, const char *type, gy_error *err) {
  gy_trace_column *more = realloc(table->columns, (table->n_columns + 1) * sizeof *more);
  if (more != NULL) table->columns = more;
  gy_trace_column column = {.name = strdup(name), .type = strdup(type), .role = gy_trace_role_of(name, type)};
  if (more == NULL || column.name == NULL || column.type == NULL) {
    free(column.name);
    free(column.type);
    return gy_fail(err, GY_ENOMEM, "no memory for the columns of table %s", table->name);
  }
  table->columns[table->n_columns++] = column;
  return GY_OK;
}

static const char *member(const json_t *row, const char *name) {
  return json_string_value(json_object_get(row, name));
}

gy_status gy_trace_tables_list(gy_engine *engine, gy_trace_tables *tables, gy_error *err) {
  *tables = (gy_trace_tables){0};
  json_t *rows = NULL, *row;
  gy_status status = gy_engine_json(engine, gy_sql("people/trace_columns"), NULL, 0, NULL, &rows, err);
  size_t i;
  json_array_foreach(rows, i, row) {
    const char *relation = member(row, "relation");
    bool is_new = tables->n == 0 || strcmp(tables->items[tables->n - 1].name, relation) != 0;
    if (is_new) status = add_table(tables, relation, json_is_true(json_object_get(row, "is_view")), err);
    if (status == GY_OK)
      status = add_column(&tables->items[tables->n - 1], member(row, "column"), member(row, "type"), err);
    if (status != GY_OK) break;
  }
  json_decref(rows);
  return status;
}

void gy_trace_tables_clear(gy_trace_tables *tables) {
  for (size_t t = 0; t < tables->n; t++) {
    gy_trace_table *table = &tables->items[t];
    for (size_t c = 0; c < table->n_columns; c++) {
      free(table->columns[c].name);
      free(table->columns[c].type);
    }
    free(table->columns);
    free(table->name);
  }
  free(tables->items);
  *tables = (gy_trace_tables){0};
}

const gy_trace_table *gy_trace_tables_find(const gy_trace_tables *tables, const char *name) {
  for (size_t t = 0; t < tables->n; t++)
    if (strcmp(tables->items[t].name, name) == 0) return &tables->items[t];
  return NULL;
}

const gy_trace_column *gy_trace_table_column(const gy_trace_table *table, const char *name) {
  for (size_t c = 0; table != NULL && c < table->n_columns; c++)
    if (strcmp(table->columns[c].name, name) == 0) return &table->columns[c];
  return NULL;
}

/* ---- conditions ---- */

static bool is_integer(const char *type) {
  return strcmp(type, "BIGINT") == 0 || strcmp(type, "INTEGER") == 0;
}

char *gy_trace_column_sql(const gy_trace_column *column, const char *kind, const char *from) {
  char *name = gy_sql_identifier(column->name), *quoted = gy_sql_literal(kind), *sql = NULL;
  int written = -1;
  if (name != NULL && quoted != NULL && column->role == GY_TRACE_PSEUDONYM)
    written = asprintf(&sql, "%s IN (SELECT id FROM %s WHERE id IS NOT NULL)", name, from);
  else if (name != NULL && quoted != NULL && is_integer(column->type))
    written = asprintf(&sql, "%s IN (SELECT number FROM %s WHERE kind = %s AND number IS NOT NULL)", name,
                       from, quoted);
  else if (name != NULL && quoted != NULL)
    written =
        asprintf(&sql, "CAST(%s AS VARCHAR) IN (SELECT value FROM %s WHERE kind = %s)", name, from, quoted);
  free(name);
  free(quoted);
  return written < 0 ? NULL : sql;
}

static void put_or(gy_buffer *out, char *term) {
  if (out->length > 0) gy_buffer_text(out, " OR ");
  if (term == NULL || !gy_buffer_text(out, term)) out->failed = true;
  free(term);
}

/* Rows that name people by keys of any kind. */
static void put_pairs(gy_buffer *out, const gy_trace_table *table) {
  static const char *const SIDES[] = {"", "left_", "right_"};
  for (size_t i = 0; i < sizeof SIDES / sizeof *SIDES; i++) {
    char kind[32], key[32];
    snprintf(kind, sizeof kind, "%skind", SIDES[i]);
    snprintf(key, sizeof key, "%skey", SIDES[i]);
    if (gy_trace_table_column(table, kind) == NULL || gy_trace_table_column(table, key) == NULL) continue;
    gy_buffer_printf(out, "%s(%s, CAST(%s AS VARCHAR)) IN (SELECT (kind, value) FROM forget_traces)",
                     out->length > 0 ? " OR " : "", kind, key);
  }
}

gy_status gy_trace_table_sql(const gy_trace_table *table, char **condition, gy_error *err) {
  static const char BY_NUMBER[] =
      "customer_no IN (SELECT f.customer_no FROM customer_features AS f JOIN forget_traces AS t "
      "ON t.kind = 'customer_id' AND t.value = CAST(f.customer_id AS VARCHAR))";
  bool names_customer = gy_trace_table_column(table, "customer_id") != NULL;
  gy_buffer people, keys, all;
  gy_buffer_init(&people, CONDITION_MAX);
  gy_buffer_init(&keys, CONDITION_MAX);
  gy_buffer_init(&all, 4 * CONDITION_MAX);
  for (size_t c = 0; c < table->n_columns; c++) {
    const gy_trace_column *column = &table->columns[c];
    if (column->role == GY_TRACE_ID)
      put_or(&people, gy_trace_column_sql(column, "customer_id", "forget_traces"));
    else if (column->role == GY_TRACE_NUMBER && !names_customer)
      put_or(&people, strdup(BY_NUMBER));
    else if (column->role == GY_TRACE_PSEUDONYM || column->role == GY_TRACE_KEY)
      put_or(&keys, gy_trace_column_sql(column, column->name, "forget_traces"));
  }
  put_pairs(&keys, table);
  if (people.length > 0) gy_buffer_text(&all, people.data);
  if (keys.length > 0)
    gy_buffer_printf(&all, "%s%s(%s)", people.length > 0 ? " OR " : "",
                     names_customer ? "customer_id IS NULL AND " : "", keys.data);
  bool failed = people.failed || keys.failed || all.failed;
  gy_status status =
      failed ? gy_fail(err, GY_ENOMEM, "no memory to look through table %s", table->name) : GY_OK;
  if (status == GY_OK) *condition = all.length > 0 ? gy_buffer_take(&all) : NULL;
  gy_buffer_clear(&people);
  gy_buffer_clear(&keys);
  gy_buffer_clear(&all);
  return status;
}

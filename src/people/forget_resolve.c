/* SPDX-License-Identifier: Apache-2.0 */
#include "people/forget_resolve.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static gy_status run(gy_engine *engine, gy_error *err, const char *format, ...) GY_PRINTF(3, 4);

static gy_status run(gy_engine *engine, gy_error *err, const char *format, ...) {
  va_list args;
  char *sql = NULL;
  va_start(args, format);
  int written = vasprintf(&sql, format, args);
  va_end(args);
  if (written < 0) return gy_fail(err, GY_ENOMEM, "no memory to look for people");
  gy_status status = gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, err);
  free(sql);
  return status;
}

/* Runs an embedded file with the JSON text of `value` as $1. */
static gy_status run_with(gy_engine *engine, const char *name, const json_t *value, gy_error *err) {
  char *text = json_dumps(value, JSON_COMPACT);
  if (text == NULL) return gy_fail(err, GY_ENOMEM, "no memory to look for people");
  gy_value bound = gy_bind_text(text);
  gy_status status = gy_engine_execute(engine, gy_sql(name), &bound, 1, NULL, NULL, NULL, err);
  free(text);
  return status;
}

gy_status gy_forget_traces_load(gy_engine *engine, const json_t *traces, gy_error *err) {
  return run_with(engine, "people/forget_traces", traces, err);
}

/* ---- from names to customers ---- */

/* Customers of the rows of a table that a name matches in this column; NULL for rows that name none. */
static gy_status find_in_column(gy_engine *engine, const gy_trace_table *table, const gy_trace_column *column,
                                gy_error *err) {
  bool is_id = column->role == GY_TRACE_ID, is_number = strcmp(column->type, "BIGINT") == 0;
  bool names_customer = gy_trace_table_column(table, "customer_id") != NULL;
  char *relation = gy_sql_identifier(table->name), *name = gy_sql_identifier(column->name),
       *kind = gy_sql_literal(is_id ? "customer_id" : column->name);
  gy_status status = GY_ENOMEM;
  if (relation == NULL || name == NULL || kind == NULL)
    gy_fail(err, status, "no memory to look for people");
  else if (column->role == GY_TRACE_PSEUDONYM)
    status = run(engine, err,
                 "INSERT INTO forget_found SELECT DISTINCT g.n, CAST(%s AS VARCHAR) FROM %s AS t "
                 "JOIN forget_given AS g ON t.%s = g.id",
                 names_customer ? "t.customer_id" : "NULL", relation, name);
  else
    status = run(engine, err,
                 "INSERT INTO forget_found SELECT DISTINCT g.n, CAST(%s%s AS VARCHAR) FROM %s AS t "
                 "JOIN forget_given AS g ON t.%s = g.%s AND g.kind = %s",
                 is_id            ? "t."
                 : names_customer ? "t."
                                  : "",
                 is_id            ? name
                 : names_customer ? "customer_id"
                                  : "NULL",
                 relation, name, is_number ? "number" : "value", kind);
  free(relation);
  free(name);
  free(kind);
  return status;
}

/* An order or a session is nobody's name. */
static bool is_name(const gy_trace_column *column) {
  return column->role == GY_TRACE_ID || column->role == GY_TRACE_PSEUDONYM ||
         (column->role == GY_TRACE_KEY && strcmp(column->name, "order_id") != 0 &&
          strcmp(column->name, "session_id") != 0);
}

static gy_status find_names(gy_engine *engine, const gy_trace_tables *tables, gy_error *err) {
  gy_status status = GY_OK;
  for (size_t t = 0; t < tables->n && status == GY_OK; t++)
    for (size_t c = 0; c < tables->items[t].n_columns && status == GY_OK; c++)
      if (is_name(&tables->items[t].columns[c]))
        status = find_in_column(engine, &tables->items[t], &tables->items[t].columns[c], err);
  return status;
}

/* Where it is known which customers are one person. Without that, every customer is one. */
static void find_aliases(const gy_trace_tables *tables, gy_sql_part parts[2]) {
  const gy_trace_table *aliases = gy_trace_tables_find(tables, "person_aliases");
  bool known = gy_trace_table_column(aliases, "customer_id") != NULL &&
               gy_trace_table_column(aliases, "person") != NULL;
  parts[0] = (gy_sql_part){
      "aliases", known ? "person_aliases" : "(SELECT NULL AS customer_id, NULL AS person WHERE false)"};
  parts[1] = (gy_sql_part){"person", "person"};
}

static gy_status join_aliases(gy_engine *engine, const gy_trace_tables *tables, json_t **found,
                              int64_t *people, gy_error *err) {
  gy_sql_part parts[2];
  char *more = NULL, *count = NULL, *all = NULL;
  find_aliases(tables, parts);
  gy_status status = gy_sql_expand(gy_sql("people/forget_alias"), parts, 2, &more, err);
  if (status == GY_OK) status = gy_sql_expand(gy_sql("people/forget_persons"), parts, 2, &count, err);
  if (status == GY_OK) status = gy_engine_execute(engine, more, NULL, 0, NULL, NULL, NULL, err);
  if (status == GY_OK) status = gy_sql_expand(gy_sql("people/forget_people"), parts, 2, &all, err);
  if (status == GY_OK) status = gy_engine_json(engine, count, NULL, 0, NULL, found, err);
  if (status == GY_OK) status = gy_engine_int64(engine, all, NULL, 0, people, err);
  free(more);
  free(count);
  free(all);
  return status;
}

/* ---- from customers to keys ---- */

static bool is_key(const gy_trace_column *column) {
  return column->role == GY_TRACE_KEY || column->role == GY_TRACE_PSEUDONYM;
}

typedef gy_status key_step(gy_engine *engine, const char *relation, const char *column, const char *kind,
                           const char *theirs, gy_error *err);

static gy_status collect_key(gy_engine *engine, const char *relation, const char *column, const char *kind,
                             const char *theirs, gy_error *err) {
  return run(engine, err,
             "INSERT INTO forget_keys SELECT DISTINCT %s, CAST(%s AS VARCHAR) FROM %s "
             "WHERE %s IS NOT NULL AND %s",
             kind, column, relation, column, theirs);
}

static gy_status drop_shared_key(gy_engine *engine, const char *relation, const char *column,
                                 const char *kind, const char *theirs, gy_error *err) {
  return run(engine, err,
             "DELETE FROM forget_keys WHERE kind = %s AND value IN (SELECT CAST(%s AS VARCHAR) FROM %s "
             "WHERE CAST(%s AS VARCHAR) IN (SELECT value FROM forget_keys WHERE kind = %s) "
             "AND customer_id IS NOT NULL AND NOT %s)",
             kind, column, relation, column, kind, theirs);
}

/* A step on every key column of every table that names customers. */
static gy_status each_key(gy_engine *engine, const gy_trace_tables *tables, key_step *step, gy_error *err) {
  gy_status status = GY_OK;
  for (size_t t = 0; t < tables->n && status == GY_OK; t++) {
    const gy_trace_table *table = &tables->items[t];
    const gy_trace_column *customer = gy_trace_table_column(table, "customer_id");
    if (customer == NULL) continue;
    char *relation = gy_sql_identifier(table->name),
         *theirs = gy_trace_column_sql(customer, "customer_id", "forget_traces");
    if (relation == NULL || theirs == NULL) status = gy_fail(err, GY_ENOMEM, "no memory to look for people");
    for (size_t c = 0; c < table->n_columns && status == GY_OK; c++) {
      if (!is_key(&table->columns[c])) continue;
      char *name = gy_sql_identifier(table->columns[c].name), *kind = gy_sql_literal(table->columns[c].name);
      status = name != NULL && kind != NULL ? step(engine, relation, name, kind, theirs, err)
                                            : gy_fail(err, GY_ENOMEM, "no memory to look for people");
      free(name);
      free(kind);
    }
    free(relation);
    free(theirs);
  }
  return status;
}

/* What was named itself, where rows without a customer have it. */
static const char GIVEN_KEYS[] =
    "INSERT INTO forget_keys SELECT DISTINCT g.kind, g.value FROM forget_given AS g JOIN forget_found AS f "
    "USING (n) "
    "WHERE g.kind <> 'customer_id'";

static gy_status read_traces(gy_engine *engine, json_t **traces, gy_error *err) {
  json_t *rows = NULL, *row, *made = json_object();
  gy_status status = gy_engine_json(engine, gy_sql("people/forget_traces_json"), NULL, 0, NULL, &rows, err);
  size_t i;
  json_array_foreach(rows, i, row) {
    const char *kind = json_string_value(json_object_get(row, "kind"));
    if (json_object_get(made, kind) == NULL) json_object_set_new(made, kind, json_array());
    json_array_append(json_object_get(made, kind), json_object_get(row, "value"));
  }
  json_decref(rows);
  if (status == GY_OK)
    *traces = made;
  else
    json_decref(made);
  return status;
}

gy_status gy_forget_resolve(gy_engine *engine, const gy_trace_tables *tables, const json_t *given,
                            json_t **traces, json_t **found, int64_t *people, gy_error *err) {
  int64_t n_people = 0;
  json_t *names = NULL, *ids = NULL, *all = NULL;
  gy_status status = run_with(engine, "people/forget_given", given, err);
  if (status == GY_OK) status = run(engine, err, "%s", gy_sql("people/forget_found"));
  if (status == GY_OK) status = run(engine, err, "%s", gy_sql("people/forget_keys"));
  if (status == GY_OK) status = find_names(engine, tables, err);
  if (status == GY_OK) status = join_aliases(engine, tables, &names, &n_people, err);
  if (status == GY_OK) status = read_traces(engine, &ids, err);
  if (status == GY_OK) status = gy_forget_traces_load(engine, ids, err);
  if (status == GY_OK) status = run(engine, err, "%s", GIVEN_KEYS);
  if (status == GY_OK) status = each_key(engine, tables, collect_key, err);
  if (status == GY_OK) status = each_key(engine, tables, drop_shared_key, err);
  if (status == GY_OK) status = read_traces(engine, &all, err);
  if (status == GY_OK) status = gy_forget_traces_load(engine, all, err);
  if (status == GY_OK) {
    *traces = json_incref(all);
    *found = json_incref(names);
    *people = n_people;
  }
  json_decref(names);
  json_decref(ids);
  json_decref(all);
  return status;
}

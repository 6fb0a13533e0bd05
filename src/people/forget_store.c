/* SPDX-License-Identifier: Apache-2.0 */
#include "people/forget_store.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "engine/dialect.h"
#include "people/forget_resolve.h"
#include "people/forget_texts.h"

#define FRESH "gyeol_fresh" /* the new file while both are open */

enum { STATEMENT_MAX = 1 << 20 };

static gy_status run(gy_engine *engine, gy_error *err, const char *format, ...) GY_PRINTF(3, 4);

static gy_status run(gy_engine *engine, gy_error *err, const char *format, ...) {
  va_list args;
  char *sql = NULL;
  va_start(args, format);
  int written = vasprintf(&sql, format, args);
  va_end(args);
  if (written < 0) return gy_fail(err, GY_ENOMEM, "no memory to forget people");
  gy_status status = gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, err);
  free(sql);
  return status;
}

/* ---- whose rows ---- */

/* Entries about duplicates whose row goes, or whose kept row goes. */
static void put_duplicates(gy_buffer *out, const gy_trace_tables *tables) {
  static const char *const SIDES[][3] = {{"aside_", "source", "row_no"},
                                         {"source_", "kept_source", "kept_row_no"}};
  for (size_t t = 0; t < tables->n; t++)
    for (size_t s = 0; s < 2; s++) {
      const gy_trace_table *table = &tables->items[t];
      size_t prefix = strlen(SIDES[s][0]);
      char *theirs = NULL, *source = NULL, *relation = NULL;
      if (strncmp(table->name, SIDES[s][0], prefix) != 0 || gy_trace_table_column(table, "row_no") == NULL)
        continue;
      if (gy_trace_table_sql(table, &theirs, NULL) != GY_OK) out->failed = true;
      source = gy_sql_literal(table->name + prefix);
      relation = gy_sql_identifier(table->name);
      if (source == NULL || relation == NULL) out->failed = true;
      if (theirs != NULL && !out->failed)
        gy_buffer_printf(out, "%s(source_of.%s = %s AND source_of.%s IN (SELECT row_no FROM %s WHERE %s))",
                         out->length > 0 ? " OR " : "", SIDES[s][1], source, SIDES[s][2], relation, theirs);
      free(theirs);
      free(source);
      free(relation);
    }
}

/* Gives the condition that a row, called source_of, goes; NULL: none does. */
static gy_status condition_of(const gy_trace_tables *tables, const gy_trace_table *table, char **condition,
                              gy_error *err) {
  gy_buffer sql;
  char *theirs = NULL, *name = gy_sql_literal(table->name);
  gy_buffer_init(&sql, STATEMENT_MAX);
  gy_status status = gy_trace_table_sql(table, &theirs, err);
  if (theirs != NULL) gy_buffer_printf(&sql, "(%s)", theirs);
  if (strcmp(table->name, "duplicates") == 0) put_duplicates(&sql, tables);
  if (strcmp(table->name, "rejects") == 0)
    gy_buffer_printf(&sql, "%ssource_of.rowid IN (SELECT id FROM forget_rows WHERE relation = %s)",
                     sql.length > 0 ? " OR " : "", name);
  if (status == GY_OK && (sql.failed || name == NULL))
    status = gy_fail(err, GY_ENOMEM, "no memory to look through table %s", table->name);
  if (status == GY_OK) *condition = sql.length > 0 ? gy_buffer_take(&sql) : NULL;
  gy_buffer_clear(&sql);
  free(theirs);
  free(name);
  return status;
}

static gy_status count_table(gy_engine *engine, const gy_trace_tables *tables, const gy_trace_table *table,
                             json_t *rows, gy_error *err) {
  char *condition = NULL, *relation = gy_sql_identifier(table->name), *sql = NULL;
  int64_t n = 0;
  gy_status status = relation != NULL
                         ? condition_of(tables, table, &condition, err)
                         : gy_fail(err, GY_ENOMEM, "no memory to look through table %s", table->name);
  if (status != GY_OK || condition == NULL) goto done;
  if (asprintf(&sql, "SELECT count(*) FROM %s AS source_of WHERE %s", relation, condition) < 0) {
    sql = NULL;
    status = gy_fail(err, GY_ENOMEM, "no memory to look through table %s", table->name);
    goto done;
  }
  status = gy_engine_int64(engine, sql, NULL, 0, &n, err);
  if (status == GY_OK && n > 0 && json_object_set_new(rows, table->name, json_integer((json_int_t)n)) != 0)
    status = gy_fail(err, GY_ENOMEM, "no memory to count rows");
done:
  free(condition);
  free(relation);
  free(sql);
  return status;
}

gy_status gy_forget_store_count(gy_engine *engine, const gy_trace_tables *tables, json_t **rows,
                                gy_error *err) {
  json_t *counted = json_object();
  gy_status status = counted != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to count rows");
  for (size_t t = 0; t < tables->n && status == GY_OK; t++)
    status = count_table(engine, tables, &tables->items[t], counted, err);
  if (status == GY_OK)
    *rows = counted;
  else
    json_decref(counted);
  return status;
}

/* ---- what they add to the figures of the past ---- */

static gy_status sum_figures(gy_engine *engine, const gy_forget_figures *figures, gy_error *err) {
  static const char *const FILES[] = {"people/forget_lines", "people/forget_shared_orders",
                                      "people/forget_totals"};
  if (figures->counts == NULL || figures->orders == NULL)
    return run(engine, err,
               "CREATE OR REPLACE TEMP TABLE forget_totals AS SELECT * FROM forgotten_totals LIMIT 0");
  char as_of[32], days[16];
  snprintf(as_of, sizeof as_of, "%lld", (long long)figures->as_of_us);
  snprintf(days, sizeof days, "%d", figures->active_days);
  static const char MINE[] =
      "(CAST(l.customer_id AS VARCHAR) IN (SELECT value FROM forget_traces WHERE kind = 'customer_id') OR "
      "(l.customer_id IS NULL AND CAST(l.order_id AS VARCHAR) IN "
      "(SELECT value FROM forget_traces WHERE kind = 'order_id')))";
  char *zone = gy_sql_literal(figures->zone);
  char *local =
      zone != NULL ? gy_dialect_sql(GY_DIALECT_DUCKDB, GY_SQL_LOCAL_TIME, "l.ordered_at", zone) : NULL;
  gy_status status = local != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the sums of the past");
  const gy_sql_part parts[] = {{"counts", figures->counts}, {"makes_order", figures->orders},
                               {"local_time", local},       {"mine", MINE},
                               {"as_of_us", as_of},         {"active_days", days}};
  for (size_t i = 0; i < sizeof FILES / sizeof *FILES && status == GY_OK; i++) {
    char *sql = NULL;
    status = gy_sql_expand(gy_sql(FILES[i]), parts, sizeof parts / sizeof *parts, &sql, err);
    if (status == GY_OK) status = gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, err);
    free(sql);
  }
  free(local);
  free(zone);
  return status;
}

/* ---- texts within JSON ---- */

static const char *const TEXT_COLUMNS[] = {"detail", "manifest", "evidence"};

static const char *text_column(const gy_trace_table *table) {
  for (size_t i = 0; i < sizeof TEXT_COLUMNS / sizeof *TEXT_COLUMNS; i++)
    if (gy_trace_table_column(table, TEXT_COLUMNS[i]) != NULL) return TEXT_COLUMNS[i];
  return NULL;
}

static gy_status put_text(gy_engine *engine, const char *table, json_int_t id, const char *text,
                          gy_error *err) {
  gy_value values[] = {gy_bind_text(table), gy_bind_int64(id), gy_bind_text(text)};
  return gy_engine_execute(engine, "INSERT INTO forget_texts VALUES ($1, $2, $3)", values, 3, NULL, NULL,
                           NULL, err);
}

/* Texts of a column that name one of the people, without them, into forget_texts. */
static gy_status scrub_column(gy_engine *engine, const gy_trace_table *table, const char *column,
                              const gy_forget_words *words, int64_t *n, gy_error *err) {
  char *relation = gy_sql_identifier(table->name), *sql = NULL;
  json_t *rows = NULL, *row;
  gy_status status = GY_OK;
  if (relation == NULL || asprintf(&sql, "SELECT rowid AS id, %s AS text FROM %s WHERE %s IS NOT NULL",
                                   column, relation, column) < 0) {
    sql = NULL;
    status = gy_fail(err, GY_ENOMEM, "no memory to look through table %s", table->name);
  }
  if (status == GY_OK) status = gy_engine_json(engine, sql, NULL, 0, NULL, &rows, err);
  size_t i;
  json_array_foreach(rows, i, row) {
    char *clean = NULL;
    status = gy_forget_text(json_string_value(json_object_get(row, "text")), words, &clean, err);
    if (status == GY_OK && clean != NULL) {
      (*n)++;
      status = put_text(engine, table->name, json_integer_value(json_object_get(row, "id")), clean, err);
    }
    free(clean);
    if (status != GY_OK) break;
  }
  json_decref(rows);
  free(relation);
  free(sql);
  return status;
}

/* ---- the copy ---- */

/* Appends `* REPLACE (...)` where columns remember one of them in a row that stays. */
static gy_status put_columns(gy_buffer *out, const gy_trace_table *table, const char *text, gy_error *err) {
  const char *before = " REPLACE (";
  gy_buffer_text(out, "source_of.*");
  if (text != NULL) {
    gy_buffer_printf(out, "%scoalesce(t.new_text, source_of.%s) AS %s", before, text, text);
    before = ", ";
  }
  for (size_t c = 0; c < table->n_columns; c++) {
    if (table->columns[c].role != GY_TRACE_MENTION) continue;
    char *name = gy_sql_identifier(table->columns[c].name),
         *theirs = gy_trace_column_sql(&table->columns[c], "customer_id", "forget_traces");
    if (name == NULL || theirs == NULL) out->failed = true;
    gy_buffer_printf(out, "%sCASE WHEN %s THEN NULL ELSE source_of.%s END AS %s", before, theirs, name, name);
    before = ", ";
    free(name);
    free(theirs);
  }
  if (*before == ',') gy_buffer_text(out, ")");
  return out->failed ? gy_fail(err, GY_ENOMEM, "no memory to copy table %s", table->name) : GY_OK;
}

static gy_status copy_table(gy_engine *engine, const gy_trace_tables *tables, const gy_trace_table *table,
                            const gy_forget_words *words, bool has_theirs, gy_error *err) {
  if (strcmp(table->name, "forgotten_totals") == 0 || (table->is_view && !has_theirs)) return GY_OK;
  const char *text = text_column(table);
  char *condition = NULL, *relation = gy_sql_identifier(table->name), *name = gy_sql_literal(table->name);
  gy_status status = relation != NULL && name != NULL
                         ? GY_OK
                         : gy_fail(err, GY_ENOMEM, "no memory to copy table %s", table->name);
  int64_t n_texts = 0;
  gy_buffer columns;
  gy_buffer_init(&columns, STATEMENT_MAX);
  if (status == GY_OK && has_theirs) status = condition_of(tables, table, &condition, err);
  if (status == GY_OK && text != NULL) status = scrub_column(engine, table, text, words, &n_texts, err);
  if (status == GY_OK) status = put_columns(&columns, table, n_texts > 0 ? text : NULL, err);
  const char *where = condition != NULL ? condition : "false";
  char joined[160] = "";
  if (n_texts > 0)
    snprintf(joined, sizeof joined,
             " LEFT JOIN (SELECT id AS text_id, text AS new_text FROM forget_texts "
             "WHERE relation = %s) AS t ON t.text_id = source_of.rowid",
             name);
  if (status == GY_OK && table->is_view)
    status = run(engine, err,
                 "DROP VIEW " FRESH ".%s; CREATE TABLE " FRESH
                 ".%s AS SELECT * FROM main.%s AS source_of "
                 "WHERE NOT coalesce(%s, false)",
                 relation, relation, relation, where);
  else if (status == GY_OK)
    status =
        run(engine, err,
            "INSERT INTO " FRESH ".%s SELECT %s FROM main.%s AS source_of%s WHERE NOT coalesce(%s, false)",
            relation, columns.data, relation, joined, where);
  gy_buffer_clear(&columns);
  free(condition);
  free(relation);
  free(name);
  return status;
}

static gy_status put_record(gy_engine *engine, const gy_forget_request *request, const json_t *removed,
                            gy_error *err) {
  const gy_sql_part part = {"fresh", FRESH};
  char *merge = NULL, *text = json_dumps(removed, JSON_COMPACT | JSON_SORT_KEYS);
  gy_status status = text != NULL
                         ? gy_sql_expand(gy_sql("people/forgotten_totals_merge"), &part, 1, &merge, err)
                         : gy_fail(err, GY_ENOMEM, "no memory for what was forgotten");
  if (status == GY_OK) status = gy_engine_execute(engine, merge, NULL, 0, NULL, NULL, NULL, err);
  gy_value values[] = {gy_bind_text(request->receipt), gy_bind_timestamp(request->at_us),
                       gy_bind_int64(request->people), gy_bind_text(text)};
  if (status == GY_OK)
    status = gy_engine_execute(engine, "INSERT INTO " FRESH ".forgettings VALUES ($1, $2, $3, $4)", values, 4,
                               NULL, NULL, NULL, err);
  gy_value vault[] = {gy_bind_text(request->vault), gy_bind_int64(request->vault_generation),
                      gy_bind_int64(request->vault_forgotten)};
  if (status == GY_OK) status = run(engine, err, "DELETE FROM " FRESH ".store_vault");
  if (status == GY_OK)
    status = gy_engine_execute(engine, "INSERT INTO " FRESH ".store_vault VALUES ($1, $2, $3)", vault, 3,
                               NULL, NULL, NULL, err);
  free(merge);
  free(text);
  return status;
}

static gy_status copy_all(gy_engine *engine, const gy_trace_tables *tables, const gy_forget_request *request,
                          const json_t *removed, const gy_task *task, gy_error *err) {
  char *self = NULL;
  gy_forget_words *words = NULL;
  gy_status status = gy_engine_text(engine, "SELECT current_database()", NULL, 0, &self, err);
  if (status == GY_OK) status = run(engine, err, "COPY FROM DATABASE \"%s\" TO " FRESH " (SCHEMA)", self);
  if (status == GY_OK) status = gy_forget_words_create(request->traces, request->texts, &words, err);
  if (status == GY_OK) status = gy_engine_begin(engine, err);
  for (size_t t = 0; t < tables->n && status == GY_OK; t++) {
    const gy_trace_table *table = &tables->items[t];
    gy_task_progress(task, "forgetting", t, tables->n, "tables");
    status = gy_task_check(task, err);
    if (status == GY_OK)
      status = copy_table(engine, tables, table, words, json_object_get(removed, table->name) != NULL, err);
  }
  if (status == GY_OK) status = put_record(engine, request, removed, err);
  if (status == GY_OK) status = gy_engine_commit(engine, err);
  gy_engine_rollback(engine);
  gy_forget_words_destroy(words);
  free(self);
  return status;
}

static void remove_beside(const char *path, const char *ending) {
  char *file = NULL;
  if (asprintf(&file, "%s%s", path, ending) >= 0) unlink(file);
  free(file);
}

gy_status gy_forget_store_write(gy_engine *engine, const char *path, const gy_forget_request *request,
                                const gy_task *task, json_t **removed, gy_error *err) {
  gy_trace_tables tables = {0};
  json_t *rows = NULL;
  char *literal = gy_sql_literal(path);
  bool attached = false;
  remove_beside(path, "");
  remove_beside(path, ".wal");
  gy_status status = literal != NULL ? gy_forget_traces_load(engine, request->traces, err)
                                     : gy_fail(err, GY_ENOMEM, "no memory to forget people");
  if (status == GY_OK) status = gy_trace_tables_list(engine, &tables, err);
  if (status == GY_OK) status = gy_forget_store_count(engine, &tables, &rows, err);
  if (status == GY_OK) status = sum_figures(engine, &request->figures, err);
  if (status == GY_OK) status = run(engine, err, "ATTACH %s AS " FRESH, literal);
  attached = status == GY_OK;
  if (status == GY_OK) status = copy_all(engine, &tables, request, rows, task, err);
  if (attached) {
    gy_status detached = run(engine, status == GY_OK ? err : NULL, "DETACH " FRESH); /* checkpoints */
    if (status == GY_OK) status = detached;
  }
  if (status == GY_OK) {
    *removed = rows;
    rows = NULL;
  } else {
    remove_beside(path, "");
    remove_beside(path, ".wal");
  }
  json_decref(rows);
  gy_trace_tables_clear(&tables);
  free(literal);
  return status;
}

gy_status gy_forget_store_done(gy_engine *engine, const char *receipt, json_t **removed, gy_error *err) {
  char *text = NULL;
  gy_value value = gy_bind_text(receipt);
  *removed = NULL;
  gy_status status = gy_engine_text(engine, gy_sql("people/forgetting_done"), &value, 1, &text, err);
  if (status == GY_ENOTFOUND) return GY_OK;
  if (status == GY_OK) *removed = json_loads(text, 0, NULL);
  if (status == GY_OK && *removed == NULL)
    status = gy_fail(err, GY_ECORRUPT, "what the forgetting %s removed is unreadable in the store", receipt);
  free(text);
  return status;
}

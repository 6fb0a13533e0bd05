/* SPDX-License-Identifier: Apache-2.0
 *
 * A question of one's own to the last run's tables. It stands inside a SELECT of ours and the store is open
 * for reading, so that it can only read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/last_run.h"
#include "study/table_export.h"

enum { DEFAULT_ROWS = 1000 };

/* "SELECT * FROM (question)"; `limit` SIZE_MAX: all rows. */
static char *enclosed(const char *question, size_t limit) {
  char *made = NULL, most[40] = "";
  if (limit < SIZE_MAX) snprintf(most, sizeof most, " LIMIT %zu", limit);
  int length = (int)gy_sql_body_length(question);
  return asprintf(&made, "SELECT * FROM (\n%.*s\n)%s", length, question, most) < 0 ? NULL : made;
}

/* Prepared as one statement and asked for no rows: whatever is no single SELECT ends here. */
static gy_status check(gy_engine *engine, const char *question, gy_error *err) {
  if (gy_sql_body_length(question) == 0) return gy_fail(err, GY_EUSAGE, "the query is empty");
  char *sql = enclosed(question, 0);
  if (sql == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the query");
  json_t *none = NULL;
  gy_error why = {0};
  gy_status status = gy_engine_json(engine, sql, NULL, 0, NULL, &none, &why);
  json_decref(none);
  free(sql);
  return status == GY_OK ? GY_OK : gy_fail(err, status == GY_ENOMEM ? status : GY_EUSAGE, "%s", why.text);
}

static json_t *answer(json_t *rows, size_t limit) {
  bool more = json_array_size(rows) > limit;
  if (more) json_array_remove(rows, limit);
  json_t *columns = json_array(), *value;
  const char *name;
  json_object_foreach(json_array_get(rows, 0), name, value) {
    json_array_append_new(columns, json_string(name));
  }
  return json_pack("{s:o, s:O, s:b}", "columns", columns, "rows", rows, "more", more);
}

gy_status gy_project_query(const char *dir, const char *question, const gy_query_options *options,
                           const gy_task *task, char **result, gy_error *err) {
  gy_run_context run;
  size_t limit = options->limit > 0 ? options->limit : DEFAULT_ROWS;
  char *sql = NULL;
  json_t *rows = NULL, *made = NULL;
  uint64_t n_written = 0;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_A_RUN, task, &run, err);
  bool to_file = options->output != NULL;
  if (status == GY_OK) status = check(run.project.engine, question, err);
  if (status == GY_OK) {
    sql = enclosed(question, !to_file ? limit + 1 : options->limit > 0 ? options->limit : SIZE_MAX);
    if (sql == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for the query");
  }
  if (status == GY_OK && to_file)
    status = gy_table_export(run.project.engine, sql, options->output, task, &n_written, err);
  else if (status == GY_OK)
    status = gy_engine_json(run.project.engine, sql, NULL, 0, task, &rows, err);
  if (status == GY_OK) {
    made = to_file ? json_pack("{s:s, s:I}", "file", options->output, "rows", (json_int_t)n_written)
                   : answer(rows, limit);
    *result = made != NULL ? json_dumps(made, JSON_COMPACT) : NULL;
    if (*result == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for the result");
  }
  json_decref(made);
  json_decref(rows);
  free(sql);
  gy_run_context_clear(&run);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine_fixture.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

Test(statement, several_statements_and_changed_rows) {
  gy_engine *engine = memory_store(2);
  uint64_t changed = 99;
  MUST(gy_engine_execute(engine, "CREATE TABLE t (i INTEGER); INSERT INTO t SELECT range FROM range(7)", NULL,
                         0, NULL, NULL, &changed, &err));
  cr_assert_eq(changed, 7u);
  MUST(gy_engine_execute(engine, "CREATE TABLE u AS SELECT * FROM t WHERE i > 1;", NULL, 0, NULL, NULL,
                         &changed, &err));
  cr_assert_eq(changed, 5u);
  gy_value bound[] = {gy_bind_int64(3), gy_bind_int64(10)};
  MUST(gy_engine_execute(engine, "UPDATE t SET i = i + $2 WHERE i >= $1", bound, 2, NULL, NULL, &changed,
                         &err));
  cr_assert_eq(changed, 4u);
  cr_assert_eq(int_of(engine, "SELECT sum(i) FROM t"), 21 + 40);
  MUST(gy_engine_execute(engine, "-- nothing but a comment", NULL, 0, NULL, NULL, NULL, &err));
  gy_engine_close(engine);
}

Test(statement, bound_values_arrive_as_they_are) {
  gy_engine *engine = memory_store(1);
  const gy_value values[] = {
      gy_bind_bool(true),
      gy_bind_int64(INT64_MIN),
      gy_bind_double(0.1),
      gy_bind_timestamp(1323388800000001),
      gy_bind_text("결 '; DROP TABLE t; -- \" \\"),
      gy_bind_text(NULL),
      {.type = GY_TYPE_MONEY, .as.integer = -12345},
      {.type = GY_TYPE_DATE, .as.integer = 15317},
  };
  static const char *const TEXTS[] = {"true",
                                      "-9223372036854775808",
                                      "0.1",
                                      "2011-12-09 00:00:00.000001",
                                      "결 '; DROP TABLE t; -- \" \\",
                                      "<null>",
                                      "-1.2345",
                                      "2011-12-09"};
  static const char *const TYPES[] = {"BOOLEAN", "BIGINT",  "DOUBLE",        "TIMESTAMP",
                                      "VARCHAR", "VARCHAR", "DECIMAL(18,4)", "DATE"};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    char *sql = NULL, *text = NULL;
    cr_assert(asprintf(&sql, "SELECT coalesce(CAST(CAST($1 AS %s) AS VARCHAR), '<null>')", TYPES[i]) > 0);
    MUST(gy_engine_text(engine, sql, &values[i], 1, &text, &err));
    cr_assert_str_eq(text, TEXTS[i], "value %zu", i);
    free(text);
    free(sql);
  }
  gy_engine_close(engine);
}

Test(statement, parameters_may_decide_the_types_of_columns) {
  gy_engine *engine = memory_store(1);
  static const struct {
    const char *sql;
    gy_type type;
    const char *text;
  } CASES[] = {
      {"SELECT $1", GY_TYPE_INT64, "5"},
      {"SELECT $1 + 1.5", GY_TYPE_MONEY, "6.5"},
      {"SELECT coalesce(CAST(NULL AS SMALLINT), $1)", GY_TYPE_INT64, "5"},
      {"SELECT max(range) FROM range($1)", GY_TYPE_INT64, "4"},
      {"SELECT CASE WHEN $1 > 3 THEN $2 END -- $1 '$2'", GY_TYPE_TEXT, "it's"},
      {"SELECT '$1' || $2 AS \"$1\" FROM range($1) LIMIT 1", GY_TYPE_TEXT, "$1it's"},
      {"SELECT $3 FROM range($1) LIMIT 1", GY_TYPE_TIMESTAMP, "1970-01-01 00:00:01"},
      {"SELECT $4 FROM range($1) LIMIT 1", GY_TYPE_MONEY, "-0.0500"},
      {"SELECT $5 FROM range($1) LIMIT 1", GY_TYPE_DATE, "1970-01-02"},
      {"SELECT $6 FROM range($1) LIMIT 1", GY_TYPE_DOUBLE, "0.1"},
      {"SELECT $7 FROM range($1) LIMIT 1", GY_TYPE_BOOL, "true"},
      {"SELECT coalesce($8, 'none') FROM range($1) LIMIT 1", GY_TYPE_TEXT, "none"},
  };
  const gy_value bound[] = {gy_bind_int64(5),
                            gy_bind_text("it's"),
                            gy_bind_timestamp(1000000),
                            {.type = GY_TYPE_MONEY, .as.integer = -500},
                            {.type = GY_TYPE_DATE, .as.integer = 1},
                            gy_bind_double(0.1),
                            gy_bind_bool(true),
                            gy_bind_null()};
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char *sql = NULL, *text = NULL;
    gy_result *result = NULL;
    gy_chunk chunk;
    /* Every bound parameter must occur. */
    cr_assert(asprintf(&sql, "WITH unused AS (SELECT $1, $2, $3, $4, $5, $6, $7, $8) %s", CASES[i].sql) > 0);
    MUST(gy_engine_query(engine, sql, bound, 8, NULL, &result, &err));
    MUST(gy_result_next(result, &chunk, &err));
    cr_assert_eq(chunk.n_rows, 1u);
    cr_assert_eq(gy_result_column_type(result, 0), CASES[i].type, "%s", sql);
    gy_result_destroy(result);
    MUST(gy_engine_text(engine, sql, bound, 8, &text, &err));
    cr_assert_str_eq(text, CASES[i].text, "%s", sql);
    free(text);
    free(sql);
  }
  gy_engine_close(engine);
}

Test(statement, transactions_roll_back_and_commit) {
  char *folder = make_folder(), *path = path_in(folder, "store.duckdb");
  gy_engine *engine = file_store(path);
  run_sql(engine, "CREATE TABLE t (i INTEGER)");
  MUST(gy_engine_begin(engine, &err));
  MUST_FAIL(gy_engine_begin(engine, &err), GY_EINTERNAL, "open already");
  run_sql(engine, "INSERT INTO t VALUES (1); CREATE TABLE u (i INTEGER)");
  gy_engine_rollback(engine);
  gy_engine_rollback(engine);
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM t"), 0);
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM duckdb_tables()"), 1);
  MUST_FAIL(gy_engine_commit(engine, &err), GY_EINTERNAL, "no transaction");
  MUST(gy_engine_begin(engine, &err));
  run_sql(engine, "INSERT INTO t VALUES (2)");
  MUST(gy_engine_commit(engine, &err));
  MUST(gy_engine_begin(engine, &err));
  run_sql(engine, "INSERT INTO t VALUES (3)");
  gy_engine_close(engine); /* rolls back */
  engine = file_store(path);
  cr_assert_eq(int_of(engine, "SELECT sum(i) FROM t"), 2);
  gy_engine_close(engine);
  free(path);
  remove_folder(folder);
}

Test(statement, failures_have_a_status_and_say_what) {
  gy_engine *engine = memory_store(1);
  static const struct {
    const char *sql, *words;
  } CASES[] = {
      {"SELEC 1", "syntax error"},
      {"SELECT x FROM nothing_here", "nothing_here"},
      {"SELECT CAST('x' AS INTEGER)", "Could not convert"},
      {"SELECT CAST(9223372036854775807 AS HUGEINT) * 4", "INT64"},
      {"SELECT CAST('1e17' AS DECIMAL(38, 2))", "DECIMAL(18,4)"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    gy_result *result = NULL;
    MUST_FAIL(gy_engine_query(engine, CASES[i].sql, NULL, 0, NULL, &result, &err), GY_EENGINE,
              CASES[i].words);
    cr_assert_null(result);
  }
  int64_t value;
  MUST_FAIL(gy_engine_int64(engine, "SELECT 1 WHERE false", NULL, 0, &value, &err), GY_ENOTFOUND, "no value");
  MUST_FAIL(gy_engine_int64(engine, "SELECT NULL", NULL, 0, &value, &err), GY_ENOTFOUND, "no value");
  gy_value bound = gy_bind_int64(1);
  MUST_FAIL(gy_engine_int64(engine, "SELECT 1", &bound, 1, &value, &err), GY_EINTERNAL, "takes 0");
  gy_engine_close(engine);
}

Test(statement, single_values_are_cast) {
  gy_engine *engine = memory_store(1);
  double real = 0;
  cr_assert_eq(int_of(engine, "SELECT sum(range) FROM range(5)"), 10); /* HUGEINT */
  cr_assert_eq(int_of(engine, "SELECT CAST(7 AS UTINYINT)"), 7);
  MUST(gy_engine_double(engine, "SELECT CAST('1.25' AS DECIMAL(9, 2))", NULL, 0, &real, &err));
  cr_assert_eq(real, 1.25);
  assert_text(engine, "SELECT DATE '2011-12-09'", "2011-12-09");
  assert_text(engine, "SELECT ''", "");
  gy_engine_close(engine);
}

Test(statement, results_keep_names_and_order) {
  gy_engine *engine = memory_store(2);
  gy_result *result = NULL;
  gy_chunk chunk;
  MUST(gy_engine_query(
      engine,
      "WITH s AS (SELECT range AS i FROM range(100000))\n"
      "SELECT CAST(i AS HUGEINT) AS \"odd \"\"name\", i AS same, i AS same, [i] AS list FROM s "
      "ORDER BY i DESC; -- the end;",
      NULL, 0, NULL, &result, &err));
  cr_assert_eq(gy_result_column_count(result), 4u);
  cr_assert_str_eq(gy_result_column_name(result, 0), "odd \"name");
  cr_assert_str_eq(gy_result_column_name(result, 2), "same");
  cr_assert_eq(gy_result_column_type(result, 0), GY_TYPE_INT64);
  cr_assert_eq(gy_result_column_type(result, 3), GY_TYPE_TEXT);
  int64_t expected = 99999;
  for (;;) {
    MUST(gy_result_next(result, &chunk, &err));
    if (chunk.n_rows == 0) break;
    cr_assert_eq(int_of(engine, "SELECT 1"), 1, "other statements run in between");
    const int64_t *values = chunk.columns[0].data;
    for (size_t row = 0; row < chunk.n_rows; row++) cr_assert_eq(values[row], expected--);
  }
  cr_assert_eq(expected, -1);
  gy_result_destroy(result);
  gy_result_destroy(NULL);
  gy_engine_close(engine);
}

static const char *const LONG_WORK =
    "SELECT count(*) FROM range(3000000) a JOIN range(3000000) b ON hash(a.range) % 100 = b.range % 100";

static void *cancel_soon(void *flag) {
  usleep(100000);
  atomic_store((atomic_bool *)flag, true);
  return NULL;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

Test(statement, cancelling_stops_it_and_the_connection_lives) {
  gy_engine *engine = memory_store(2);
  atomic_bool cancel = false;
  gy_task task = {.cancel = &cancel};
  pthread_t thread;
  double start = seconds();
  pthread_create(&thread, NULL, cancel_soon, &cancel);
  MUST_FAIL(gy_engine_execute(engine, LONG_WORK, NULL, 0, NULL, &task, NULL, &err), GY_ECANCELLED, "stopped");
  pthread_join(thread, NULL);
  cr_assert(seconds() - start < 5, "it took %.1f s to stop", seconds() - start);
  MUST_FAIL(gy_engine_execute(engine, "SELECT 1", NULL, 0, NULL, &task, NULL, &err), GY_ECANCELLED,
            "stopped");
  cr_assert_eq(int_of(engine, "SELECT 42"), 42);
  gy_engine_close(engine);
}

typedef struct {
  int calls;
  bool sane;
} progress_seen;

static void see_progress(void *user, const char *phase, uint64_t done, uint64_t total, const char *unit) {
  progress_seen *seen = user;
  seen->calls++;
  seen->sane = seen->sane && strcmp(phase, "sorting") == 0 && done <= total && total == 100 &&
               strcmp(unit, "percent") == 0;
}

Test(statement, progress_is_reported) {
  gy_engine *engine = memory_store(2);
  progress_seen seen = {.sane = true};
  gy_task task = {.user = &seen, .progress = see_progress};
  run_sql(engine, "CREATE TABLE t AS SELECT hash(range) AS h FROM range(4000000)");
  for (int i = 0; i < 20 && seen.calls < 2; i++)
    MUST(gy_engine_execute(engine,
                           "CREATE OR REPLACE TABLE u AS SELECT h, md5(CAST(h AS VARCHAR)) AS m FROM t "
                           "ORDER BY h",
                           NULL, 0, "sorting", &task, NULL, &err));
  cr_assert(seen.calls >= 2 && seen.sane, "%d calls", seen.calls);
  gy_engine_close(engine);
}

Test(statement, too_little_memory_is_a_limit) {
  gy_engine *engine = NULL;
  MUST(gy_engine_open(&(gy_engine_options){.n_threads = 2, .memory_bytes = 32u << 20}, &engine, &err));
  MUST_FAIL(
      gy_engine_execute(engine, "SELECT list(range) FROM range(30000000)", NULL, 0, NULL, NULL, NULL, &err),
      GY_ELIMIT, "--memory");
  gy_engine_close(engine);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * SQL that gyeol prints for warehouses, executed by a real PostgreSQL server on the same rows: what it gives
 * is compared, value by value, with what the store's own engine gives. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "feature/feature_sql.h"
#include "postgres_server.h"
#include "project_fixture.h"

enum { SQL_MAX = 4 << 20, PATH_LENGTH = 64 };

static void start_server(void) {
  if (!postgres_start()) cr_skip_test("PostgreSQL is not installed");
}

static void stop_server(void) {
  postgres_stop();
  workspace_remove();
}

TestSuite(postgres_sql, .init = start_server, .fini = stop_server, .timeout = 300);

static const char *exchange_path(const char *what) {
  static char path[PATH_LENGTH];
  snprintf(path, sizeof path, "/tmp/gyeol-%s-%d.csv", what, (int)getpid());
  return path;
}

static gy_engine *open_store(const char *project) {
  gy_engine_options options = {.path = in_workspace("%s/.gyeol/store.duckdb", project), .n_threads = 2};
  gy_engine *engine = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s", err.text);
  return engine;
}

static void execute(gy_engine *engine, const char *sql) {
  gy_error err = {0};
  cr_assert_eq(gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, &err), GY_OK, "%s", err.text);
}

static json_t *rows_of(gy_engine *engine, const char *sql) {
  json_t *rows = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_engine_json(engine, sql, NULL, 0, NULL, &rows, &err), GY_OK, "%s", err.text);
  return rows;
}

static char *text_with(const char *form, const char *a, const char *b) {
  char *text = NULL;
  cr_assert_gt(asprintf(&text, form, a, b), 0);
  return text;
}

static const char *type_on_server(const char *type) {
  static const char *const PAIRS[][2] = {{"DOUBLE", "DOUBLE PRECISION"},
                                         {"FLOAT", "REAL"},
                                         {"TINYINT", "SMALLINT"},
                                         {"UTINYINT", "SMALLINT"},
                                         {"HUGEINT", "NUMERIC"}};
  for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++)
    if (strcmp(type, PAIRS[i][0]) == 0) return PAIRS[i][1];
  return type;
}

/* The rows of a relation of the store, as a table of the same name on the server. */
static void copy_to_server(gy_engine *engine, const char *relation) {
  char *sql =
      text_with("COPY (SELECT * FROM %s) TO '%s' (FORMAT csv, HEADER)", relation, exchange_path("rows"));
  execute(engine, sql);
  free(sql);
  sql =
      text_with("SELECT column_name AS c, column_type AS t FROM (DESCRIBE SELECT * FROM %s)%s", relation, "");
  json_t *columns = rows_of(engine, sql), *column;
  free(sql);
  gy_buffer table;
  gy_buffer_init(&table, SQL_MAX);
  size_t i;
  gy_buffer_printf(&table, "CREATE TABLE %s (", relation);
  json_array_foreach(columns, i, column) {
    gy_buffer_printf(&table, "%s\"%s\" %s", i > 0 ? ", " : "", text_of(column, "c"),
                     type_on_server(text_of(column, "t")));
  }
  gy_buffer_printf(&table, "); COPY %s FROM '%s' (FORMAT csv, HEADER)", relation, exchange_path("rows"));
  postgres_sql(table.data);
  gy_buffer_clear(&table);
  json_decref(columns);
  unlink(exchange_path("rows"));
}

/* Both engines execute the SQL; rows are matched by the columns named in `keys`, reals may differ by a
 * rounding. */
static void expect_same(gy_engine *engine, const char *what, const char *here, const char *there,
                        const char *keys) {
  char *sql = text_with("CREATE OR REPLACE TEMP TABLE ours AS %s%s", here, "");
  execute(engine, sql);
  free(sql);
  sql = text_with("COPY (%s) TO '%s' (FORMAT csv, HEADER)", there, exchange_path("result"));
  postgres_sql(sql);
  free(sql);
  sql = text_with("CREATE OR REPLACE TEMP TABLE theirs AS FROM read_csv('%s', all_varchar = true)%s",
                  exchange_path("result"), "");
  execute(engine, sql);
  free(sql);
  unlink(exchange_path("result"));
  json_t *columns = rows_of(engine, "SELECT column_name AS c, column_type AS t FROM (DESCRIBE ours)"),
         *column;
  gy_buffer compare;
  gy_buffer_init(&compare, SQL_MAX);
  gy_buffer_printf(&compare, "SELECT count(*) AS n, (SELECT count(*) FROM theirs) AS m");
  size_t i;
  json_array_foreach(columns, i, column) {
    const char *name = text_of(column, "c"), *type = text_of(column, "t");
    gy_buffer_printf(&compare, ", count(*) FILTER (WHERE o.\"%s\" IS DISTINCT FROM CAST(t.\"%s\" AS %s)",
                     name, name, type);
    if (strcmp(type, "DOUBLE") == 0 || strncmp(type, "DECIMAL", 7) == 0)
      gy_buffer_printf(&compare,
                       " AND NOT coalesce(abs(CAST(o.\"%s\" AS DOUBLE) - CAST(t.\"%s\" AS DOUBLE)) <= 1e-9 * "
                       "greatest(1, abs(CAST(o.\"%s\" AS DOUBLE))), false)",
                       name, name, name);
    gy_buffer_printf(&compare, ") AS \"%s\"", name);
  }
  gy_buffer_printf(&compare, " FROM ours AS o LEFT JOIN theirs AS t ON %s", keys);
  json_t *result = rows_of(engine, compare.data), *counts = json_array_get(result, 0);
  cr_expect_gt(int_of(counts, "n"), 0, "%s: no rows", what);
  cr_expect_eq(int_of(counts, "n"), int_of(counts, "m"), "%s: %d rows here, %d there", what,
               (int)int_of(counts, "n"), (int)int_of(counts, "m"));
  json_array_foreach(columns, i, column) {
    const char *name = text_of(column, "c");
    cr_expect_eq(int_of(counts, name), 0, "%s: %d of %d values of %s differ", what, (int)int_of(counts, name),
                 (int)int_of(counts, "n"), name);
  }
  json_decref(result);
  json_decref(columns);
  gy_buffer_clear(&compare);
}

static void make_shop(void) {
  process_result made =
      gyeol_ok("simulate shop --customers 700 --lines 14000 --tables orders --out data --quiet");
  process_clear(&made);
  project_make("shop", "data/orders.csv");
}

/* What `gyeol model sql NAME` prints. */
static char *printed_sql(const char *command) {
  process_result printed = gyeol_ok("%s", command);
  char *sql = strdup(printed.out);
  process_clear(&printed);
  return sql;
}

Test(postgres_sql, models_score_the_same_customers_the_same) {
  make_shop();
  json_decref(project_run("shop", ""));
  char *rfm = printed_sql("model sql rfm shop"), *clusters = printed_sql("model sql clusters shop");
  gy_engine *engine = open_store("shop");
  copy_to_server(engine, "customer_features");
  expect_same(engine, "rfm", rfm, rfm, "CAST(o.customer_id AS VARCHAR) = t.customer_id");
  expect_same(engine, "clusters", clusters, clusters, "CAST(o.id AS VARCHAR) = t.id");
  gy_engine_close(engine);
  free(rfm);
  free(clusters);
}

Test(postgres_sql, every_feature_is_the_same_in_both_dialects) {
  make_shop();
  json_decref(project_run("shop", "--until features"));
  gy_engine *engine = open_store("shop");
  copy_to_server(engine, "order_lines");
  for (int with_as_of = 0; with_as_of < 2; with_as_of++) {
    gy_feature_query query = gy_feature_query_defaults();
    query.zone = "Asia/Seoul";
    query.has_category = false;
    query.has_as_of = with_as_of == 1;
    query.as_of_us = 1735657200000000; /* 2025-01-01 in Seoul */
    char *here = NULL, *there = NULL;
    gy_error err = {0};
    cr_assert_eq(gy_feature_sql(&query, &here, &err), GY_OK, "%s", err.text);
    query.dialect = GY_DIALECT_POSTGRES;
    cr_assert_eq(gy_feature_sql(&query, &there, &err), GY_OK, "%s", err.text);
    expect_same(engine, "features", here, there, "CAST(o.customer_id AS VARCHAR) = t.customer_id");
    free(here);
    free(there);
    query.dialect = GY_DIALECT_DUCKDB;
    cr_assert_eq(gy_cohort_sql(&query, &here, &err), GY_OK, "%s", err.text);
    query.dialect = GY_DIALECT_POSTGRES;
    cr_assert_eq(gy_cohort_sql(&query, &there, &err), GY_OK, "%s", err.text);
    expect_same(engine, "cohorts", here, there,
                "CAST(o.cohort AS DATE) = CAST(t.cohort AS DATE) AND o.months_since = CAST(t.months_since AS "
                "BIGINT)");
    free(here);
    free(there);
  }
  gy_engine_close(engine);
}

Test(postgres_sql, stages_of_life_are_the_same_in_both_dialects) {
  static const gy_sql_part PARTS[] = {{"orders", "(flags & 103) = 0"},
                                      {"now", "TIMESTAMP '2025-01-01 00:00:00'"},
                                      {"new_after", "TIMESTAMP '2024-12-01 00:00:00'"},
                                      {"active_after", "TIMESTAMP '2024-11-20 00:00:00'"},
                                      {"lapsed_after", "TIMESTAMP '2024-10-20 00:00:00'"},
                                      {"lost_after", "TIMESTAMP '2024-08-01 00:00:00'"},
                                      {"pause", "INTERVAL '72 days'"}};
  char *sql = NULL;
  gy_error err = {0};
  make_shop();
  json_decref(project_run("shop", "--until features"));
  gy_engine *engine = open_store("shop");
  copy_to_server(engine, "order_lines");
  cr_assert_eq(gy_sql_expand(gy_sql("segment/lifecycle"), PARTS, sizeof PARTS / sizeof *PARTS, &sql, &err),
               GY_OK, "%s", err.text);
  const char *query = strstr(sql, "WITH known");
  cr_assert_not_null(query);
  expect_same(engine, "lifecycle", query, query, "CAST(o.customer_id AS VARCHAR) = t.customer_id");
  json_t *stages = rows_of(engine, "SELECT count(DISTINCT lifecycle) AS n FROM ours");
  cr_expect_geq(int_of(json_array_get(stages, 0), "n"), 4);
  json_decref(stages);
  gy_engine_close(engine);
  free(sql);
}

/* Every way of preparing values that a model may have learnt, and methods of each kind. */
Test(postgres_sql, fitted_files_are_scored_the_same) {
  static const char *const FITS[] = {
      "kmeans -k 4 --seed 1",
      "kmeans -k 3 --seed 1 --missing a=median --missing b=predict --outliers a=log --outliers c=winsorise",
      "kmeans -k 3 --seed 1 --missing mean --outliers robust-z:3.5",
      "kmeans -k 3 --seed 1 --missing drop --outliers isolate:0.01",
      "gmm -k 3 --seed 1 --covariance diag",
  };
  FILE *file = fopen(in_workspace("points.csv"), "w");
  cr_assert_not_null(file);
  fputs("id,a,b,c\n", file);
  for (int i = 0; i < 900; i++) {
    double a = 10 * (i % 3) + i * 7919 % 101 / 50.0, b = 5 * (i % 2) + i * 104729 % 97 / 30.0,
           c = a * b / 7 - i % 5;
    fprintf(file,
            i % 37 == 0   ? "%d,,%.3f,%.3f\n"
            : i % 41 == 0 ? "%d,%.3f,,%.3f\n"
                          : "%d,%.3f,%.3f,%.3f\n",
            i, i % 37 == 0 ? b : a, i % 37 == 0 || i % 41 == 0 ? c : b, c);
  }
  fclose(file);
  gy_engine_options options = {.n_threads = 2};
  gy_engine *engine = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s", err.text);
  char *sql = text_with("CREATE TABLE points AS FROM read_csv('%s')%s", in_workspace("points.csv"), "");
  execute(engine, sql);
  free(sql);
  copy_to_server(engine, "points");
  for (size_t i = 0; i < sizeof FITS / sizeof *FITS; i++) {
    process_result fit =
        gyeol_ok("cluster %s --input points.csv --columns a,b,c --model fit.json --quiet", FITS[i]);
    process_clear(&fit);
    char *scores = printed_sql("cluster sql --model fit.json --table points --id id");
    expect_same(engine, FITS[i], scores, scores, "CAST(o.id AS VARCHAR) = t.id");
    free(scores);
  }
  gy_engine_close(engine);
}

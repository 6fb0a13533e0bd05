/* SPDX-License-Identifier: Apache-2.0
 *
 * What bench/segments.sh needs beside the binary:
 *   bench_refresh data DIR CUSTOMERS LINES EVENTS   orders.csv, events.csv and customers.csv
 *   bench_refresh change DIR CUSTOMERS N            appends a line and an event of each N-th customer
 *   bench_refresh pass STORE [ROUNDS]               times one pass over the store's three tables
 * A pass is one query a table that reads every column that the rules of bench/segments.sh use and groups by
 * customer: the least that any evaluation of aggregates must do. It is run as the engine runs it best, on all
 * threads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "engine/engine.h"

static void must(gy_status status, const gy_error *err) {
  if (status == GY_OK) return;
  fprintf(stderr, "bench_refresh: %s\n", err->text);
  exit(1);
}

static void execute(gy_engine *engine, const char *sql) {
  gy_error err = {0};
  must(gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, &err), &err);
}

static gy_engine *open_engine(const char *path) {
  gy_engine *engine = NULL;
  gy_engine_options options = {.path = path, .read_only = path != NULL};
  gy_error err = {0};
  must(gy_engine_open(&options, &engine, &err), &err);
  return engine;
}

static void copy(gy_engine *engine, const char *select, const char *dir, const char *name) {
  char *sql = NULL;
  if (asprintf(&sql, "COPY (%s) TO '%s/%s' (HEADER)", select, dir, name) < 0) exit(1);
  execute(engine, sql);
  free(sql);
}

static void write_data(const char *dir, const char *customers, const char *lines, const char *events) {
  gy_engine *engine = open_engine(NULL);
  char sql[2000];
  snprintf(sql, sizeof sql,
           "SELECT i // 2 AS order_id, CAST(hash(i // 2) %% %s AS BIGINT) AS customer_id, "
           "make_timestamp(1735657200000000 - CAST(hash(i // 2 + 5) %% 63072000 AS BIGINT) * 1000000) AS "
           "ordered_at, hash(i + 3) %% 2000 AS product_id, 'c' || (hash(i + 7) %% 9) AS category, 1 + hash(i "
           "+ 8) %% 3 AS quantity, 100 + hash(i + 6) %% 90000 AS unit_price FROM range(%s) t(i)",
           customers, lines);
  copy(engine, sql, dir, "orders.csv");
  snprintf(sql, sizeof sql,
           "SELECT CAST(hash(i + 8) %% %s AS BIGINT) AS customer_id, make_timestamp(1735657200000000 - "
           "CAST(hash(i + 9) %% 63072000 AS BIGINT) * 1000000) AS occurred_at, list_value('Product Viewed', "
           "'Product Viewed', 'Product Viewed', 'Product Added', 'Order Completed')[CAST(1 + hash(i + 10) %% "
           "5 AS BIGINT)] AS "
           "event FROM range(%s) t(i)",
           customers, events);
  copy(engine, sql, dir, "events.csv");
  snprintf(sql, sizeof sql, "SELECT i AS customer_id, 'town' || (hash(i) %% 20) AS town FROM range(%s) t(i)",
           customers);
  copy(engine, sql, dir, "customers.csv");
  gy_engine_close(engine);
}

static void append(const char *dir, const char *name, const char *line, long n) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", dir, name);
  FILE *file = fopen(path, "a");
  if (file == NULL) exit(1);
  for (long i = 0; i < n; i++) fprintf(file, line, i * 100 + 7, i * 100 + 7);
  fclose(file);
}

static double timed(gy_engine *engine, const char *sql) {
  double start = gy_clock_seconds();
  execute(engine, sql);
  return gy_clock_seconds() - start;
}

static void pass(const char *store, int rounds) {
  gy_engine *engine = open_engine(store);
  for (int i = 0; i < rounds; i++) {
    double orders =
        timed(engine,
              "CREATE OR REPLACE TEMP TABLE passed AS SELECT customer_id, count(*) AS n, count(DISTINCT "
              "order_id) > 1 AS "
              "o, sum(amount) AS amount, max(quantity) AS q, max(ordered_at) AS at, max(category) AS c FROM "
              "order_lines GROUP BY customer_id");
    double events = timed(engine,
                          "CREATE OR REPLACE TEMP TABLE passed AS SELECT customer_id, count(*) AS n, "
                          "max(occurred_at) AS at, max(event) AS e FROM events GROUP BY customer_id");
    double customers =
        timed(engine, "CREATE OR REPLACE TEMP TABLE passed AS SELECT * FROM customer_features");
    printf("%.2f\n", orders + events + customers);
    fprintf(stderr, "order lines %.2f, events %.2f, customers %.2f\n", orders, events, customers);
  }
  gy_engine_close(engine);
}

int main(int argc, char **argv) {
  if (argc >= 6 && strcmp(argv[1], "data") == 0) {
    write_data(argv[2], argv[3], argv[4], argv[5]);
  } else if (argc >= 5 && strcmp(argv[1], "change") == 0) {
    long n = strtol(argv[3], NULL, 10) / strtol(argv[4], NULL, 10);
    append(argv[2], "orders.csv", "9%ld,%ld,2024-12-30 10:00:00,1,c1,1,70000\n", n);
    append(argv[2], "events.csv", "%ld,2024-12-30 11:00:00,Product Added\n", n);
  } else if (argc >= 3 && strcmp(argv[1], "pass") == 0) {
    pass(argv[2], argc > 3 ? atoi(argv[3]) : 1);
  } else {
    return 2;
  }
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules, in one process and in turn:
 *   memory   100 predicates over columns of customers, as customer-predicates a second on one core
 *   rows     100 rules of mixed kinds over rows of customers in memory, on one core
 *   one      one rule, and 100, about one customer with its rows at a time; and why, as gy_rule_explain tells
 * it sql      100 rules of mixed kinds as one query, beside one scan of the same columns of the three tables;
 * also in seconds of processors, which other work disturbs less bench_rules [CUSTOMERS [ROWS [ROUNDS]]] ROWS
 * of orders, and as many events; default 1000000 5000000 3
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/rng.h"
#include "engine/engine.h"
#include "rule/rule.h"

enum { RULES = 100, COLUMNS = 6 };

static const gy_rule_column CUSTOMERS[COLUMNS] = {
    {.name = "recency_days", .storage = GY_RULE_AS_INTEGER},
    {.name = "orders_count", .storage = GY_RULE_AS_INTEGER},
    {.name = "monetary", .storage = GY_RULE_AS_EXACT},
    {.name = "share", .storage = GY_RULE_AS_REAL},
    {.name = "region", .storage = GY_RULE_AS_TEXT, .is_nfc = true},
    {.name = "last_order_at", .storage = GY_RULE_AS_TIMESTAMP}};
static const gy_rule_column ORDERS[] = {{.name = "ordered_at", .storage = GY_RULE_AS_TIMESTAMP},
                                        {.name = "amount", .storage = GY_RULE_AS_EXACT},
                                        {.name = "category", .storage = GY_RULE_AS_TEXT, .is_nfc = true}};
static const gy_rule_column EVENTS[] = {{.name = "occurred_at", .storage = GY_RULE_AS_TIMESTAMP},
                                        {.name = "event", .storage = GY_RULE_AS_TEXT, .is_nfc = true}};
static const gy_rule_table TABLES[] = {{"orders", NULL, "customer_id", "ordered_at", ORDERS, 3},
                                       {"events", NULL, "customer_id", "occurred_at", EVENTS, 2}};
static const gy_rule_catalogue CATALOGUE = {"customers", "customer_id", CUSTOMERS, COLUMNS, TABLES,
                                            2,           NULL,          0};

static const int64_t NOW_US = INT64_C(1795316645000000);
static const char *const REGIONS[] = {"서울", "부산", "대구", "인천", "광주", "대전", "울산", "세종"};

static void must(gy_status status, const gy_error *err) {
  if (status == GY_OK) return;
  fprintf(stderr, "bench_rules: %s\n", err->text);
  exit(1);
}

/* One predicate a rule, over attributes; `mixed` rules also ask for rows. */
static char *rule_text(int i, bool mixed) {
  char *text = NULL;
  int n = 0, kind = mixed ? i % 10 : i % 5;
  switch (kind) {
    case 0:
      n = asprintf(&text, "recency_days <= %d", i * 4);
      break;
    case 1:
      n = asprintf(&text, "monetary >= %d.5", i * 90);
      break;
    case 2:
      n = asprintf(&text, "region = '%s'", REGIONS[i / 5 % 8]);
      break;
    case 3:
      n = asprintf(&text, "last_order_at in last %d days", i + 1);
      break;
    case 4:
      n = asprintf(&text, "share * 2 > 0.%02d", i);
      break;
    case 5:
      n = asprintf(&text, "sum(orders.amount, last %d days) >= %d", 30 + i, i * 100);
      break;
    case 6:
      n = asprintf(&text, "count(events where event = 'e%d', last %d days) >= 1", i % 7, 7 + i);
      break;
    case 7:
      n = asprintf(&text, "count(orders where category = 'c%d') >= 2 and orders_count > %d", i % 9, i % 5);
      break;
    case 8:
      n = asprintf(&text, "max(orders.amount, last %d days) > %d", 60 + i, i * 10);
      break;
    default:
      n = asprintf(&text, "percentile(monetary) >= %d or exists(events, last %d days)", i % 100, i);
  }
  if (n < 0) exit(1);
  return text;
}

static gy_rule_set *compile(bool mixed, const gy_zone *zone) {
  gy_rule_definition rules[RULES];
  gy_rule_clock clock = {NOW_US, zone};
  gy_rule_set *set = NULL;
  gy_error err = {0};
  for (int i = 0; i < RULES; i++) rules[i] = (gy_rule_definition){NULL, rule_text(i, mixed)};
  must(gy_rule_set_compile(&CATALOGUE, &clock, rules, RULES, &set, &err), &err);
  for (int i = 0; i < RULES; i++) free((char *)rules[i].text);
  return set;
}

static void bench_memory(size_t n, int rounds, const gy_zone *zone) {
  int64_t *whole = malloc(n * 8), *exact = malloc(n * 8), *times = malloc(n * 8);
  double *real = malloc(n * 8);
  gy_rule_text *texts = malloc(n * sizeof *texts);
  uint64_t *truth = malloc(RULES * ((n + 63) / 64) * 8);
  gy_rng rng;
  gy_error err = {0};
  gy_rng_init(&rng, 1, 0);
  for (size_t i = 0; i < n; i++) {
    whole[i] = (int64_t)gy_rng_below(&rng, 400);
    exact[i] = (int64_t)gy_rng_below(&rng, 100000000);
    real[i] = gy_rng_uniform(&rng);
    times[i] = NOW_US - (int64_t)gy_rng_below(&rng, INT64_C(34560000000000));
    texts[i].data = REGIONS[gy_rng_below(&rng, 8)];
    texts[i].length = strlen(texts[i].data);
  }
  gy_rule_vector columns[COLUMNS] = {{whole, NULL}, {whole, NULL}, {exact, NULL},
                                     {real, NULL},  {texts, NULL}, {times, NULL}};
  gy_rule_data data = {.n_customers = n, .columns = columns};
  gy_rule_set *set = compile(false, zone);
  gy_task one_core = {.n_threads = 1};
  for (int round = 0; round < rounds; round++) {
    double start = gy_clock_seconds();
    must(gy_rule_set_evaluate(set, &data, &one_core, truth, NULL, &err), &err);
    double seconds = gy_clock_seconds() - start;
    printf("memory  %zu customers x %d predicates: %.3f s, %.0f M a second\n", n, RULES, seconds,
           (double)n * RULES / seconds / 1e6);
  }
  gy_rule_set_destroy(set);
  free(whole);
  free(exact);
  free(real);
  free(times);
  free(texts);
  free(truth);
}

/* Rules that need nobody else, about one customer after the other. */
static void bench_one(const gy_rule_data *data, const gy_zone *zone) {
  static const char *const RULE = "recency_days <= 30 and count(orders, last 30 days) >= 1 and region = 'c1'";
  gy_rule_clock clock = {NOW_US, zone};
  gy_rule_answer answers[RULES];
  gy_error err = {0};
  for (int several = 0; several < 2; several++) {
    gy_rule_definition rules[RULES];
    gy_rule_set *set = NULL;
    gy_rule_evaluator *evaluator = NULL;
    size_t n = 0, n_asked = data->n_customers < 20000 ? data->n_customers : 20000;
    for (int i = 0; i < (several ? RULES : 1); i++)
      if (!several || i % 10 != 9)
        rules[n++] = (gy_rule_definition){NULL, several ? rule_text(i, true) : RULE};
    must(gy_rule_set_compile(&CATALOGUE, &clock, rules, n, &set, &err), &err);
    must(gy_rule_evaluator_create(set, &evaluator, &err), &err);
    double start = gy_clock_seconds();
    for (size_t c = 0; c < n_asked; c++)
      must(gy_rule_evaluator_answer(evaluator, data, c, answers, &err), &err);
    printf("one     %zu rule%s: %.2f us a customer\n", n, n > 1 ? "s" : "",
           (gy_clock_seconds() - start) / (double)n_asked * 1e6);
    gy_rule_evaluator_destroy(evaluator);
    gy_rule_set_destroy(set);
    for (size_t i = 0; i < n && several; i++) free((char *)rules[i].text);
  }
  gy_rule_explainer *explainer = NULL;
  gy_rule_definition rule = {NULL, RULE};
  must(gy_rule_explainer_create(&CATALOGUE, &clock, &rule, 1, 0, &explainer, &err), &err);
  double start = gy_clock_seconds();
  for (size_t c = 0; c < 1000; c++) {
    gy_rule_explanation made;
    must(gy_rule_explain(explainer, data, c % data->n_customers, &made, &err), &err);
    gy_rule_explanation_clear(&made);
  }
  printf("one     why: %.2f us a customer\n", (gy_clock_seconds() - start) / 1000 * 1e6);
  gy_rule_explainer_destroy(explainer);
}

/* Rows of customers in order, `each` of one. */
static void bench_rows(size_t n, size_t each, int rounds, const gy_zone *zone) {
  size_t n_rows = n * each;
  int64_t *times = malloc(n_rows * 8), *exact = malloc(n_rows * 8), *whole = calloc(n, 8);
  gy_rule_text *texts = malloc(n_rows * sizeof *texts);
  uint64_t *starts = malloc((n + 1) * 8), *truth = malloc(RULES * ((n + 63) / 64) * 8);
  static const char *const NAMES[] = {"c0", "c1", "c2", "c3", "c4", "e1", "e2", "e3", "e4", "e5"};
  gy_rng rng;
  gy_error err = {0};
  gy_rng_init(&rng, 2, 0);
  for (size_t i = 0; i <= n; i++) starts[i] = i * each;
  for (size_t i = 0; i < n_rows; i++) {
    times[i] = NOW_US - (int64_t)gy_rng_below(&rng, INT64_C(63072000000000));
    exact[i] = (int64_t)gy_rng_below(&rng, 100000000);
    texts[i] = (gy_rule_text){NAMES[gy_rng_below(&rng, 10)], 2};
  }
  gy_rule_vector columns[COLUMNS] = {{whole, NULL}, {whole, NULL}, {exact, NULL},
                                     {whole, NULL}, {texts, NULL}, {times, NULL}};
  gy_rule_vector orders[] = {{times, NULL}, {exact, NULL}, {texts, NULL}},
                 events[] = {{times, NULL}, {texts, NULL}};
  gy_rule_rows tables[] = {{starts, orders}, {starts, events}};
  gy_rule_data data = {.n_customers = n, .columns = columns, .tables = tables};
  gy_rule_set *set = compile(true, zone);
  for (int round = 0; round < rounds; round++) {
    for (int threads = 1; threads <= 2; threads++) {
      gy_task task = {.n_threads = threads};
      double start = gy_clock_seconds();
      must(gy_rule_set_evaluate(set, &data, &task, truth, NULL, &err), &err);
      printf("rows    %zu customers, 2 x %zu rows: %d rules in memory %.2f s, %d threads\n", n, n_rows, RULES,
             gy_clock_seconds() - start, threads);
    }
  }
  gy_rule_set_destroy(set);
  bench_one(&data, zone);
  free(times);
  free(exact);
  free(whole);
  free(texts);
  free(starts);
  free(truth);
}

static void fill(gy_engine *engine, size_t n, size_t n_rows) {
  static const char SQL[] =
      "CREATE TABLE customers AS SELECT i AS customer_id, CAST(hash(i) %% 400 AS BIGINT) AS recency_days, "
      "CAST(hash(i + 1) %% 40 AS BIGINT) AS orders_count,"
      " CAST(hash(i + 2) %% 10000 AS DECIMAL(18, 4)) AS monetary, (hash(i + 3) %% 1000) / 1000.0::DOUBLE AS "
      "share, 'r' || (i %% 8) AS region,"
      " make_timestamp(%lld - CAST(hash(i) %% 34560000 AS BIGINT) * 1000000) AS last_order_at FROM "
      "range(%zu) t(i);"
      "CREATE TABLE orders AS SELECT CAST(hash(i) %% %zu AS BIGINT) AS customer_id, make_timestamp(%lld - "
      "CAST(hash(i + 5) %% 63072000 AS BIGINT) * 1000000) AS ordered_at,"
      " CAST((hash(i + 6) %% 1000000) / 100.0 AS DECIMAL(18, 4)) AS amount, 'c' || (hash(i + 7) %% 9) AS "
      "category FROM range(%zu) t(i);"
      "CREATE TABLE events AS SELECT CAST(hash(i + 8) %% %zu AS BIGINT) AS customer_id, make_timestamp(%lld "
      "- CAST(hash(i + 9) %% 63072000 AS BIGINT) * 1000000) AS occurred_at,"
      " 'e' || (hash(i + 10) %% 7) AS event FROM range(%zu) t(i)";
  char *sql = NULL;
  gy_error err = {0};
  if (asprintf(&sql, SQL, (long long)NOW_US, n, n, (long long)NOW_US, n_rows, n, (long long)NOW_US, n_rows) <
      0)
    exit(1);
  must(gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, &err), &err);
  free(sql);
}

static double timed(gy_engine *engine, const char *sql, double *processors) {
  gy_error err = {0};
  double start = gy_clock_seconds();
  clock_t used = clock();
  must(gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, &err), &err);
  *processors = (double)(clock() - used) / CLOCKS_PER_SEC;
  return gy_clock_seconds() - start;
}

static void bench_sql(size_t n, size_t n_rows, int rounds, const gy_zone *zone) {
  static const char SCAN[] =
      "CREATE OR REPLACE TABLE scanned AS SELECT customer_id, count(*) AS n, sum(amount) AS amount, "
      "max(ordered_at) AS at, max(category) AS c FROM orders GROUP BY customer_id;"
      "CREATE OR REPLACE TABLE scanned AS SELECT customer_id, count(*) AS n, max(occurred_at) AS at, "
      "max(event) AS e FROM events GROUP BY customer_id;"
      "CREATE OR REPLACE TABLE scanned AS SELECT * FROM customers";
  gy_engine *engine = NULL;
  gy_engine_options options = {.path = NULL};
  gy_error err = {0};
  char *query = NULL, *sql = NULL;
  must(gy_engine_open(&options, &engine, &err), &err);
  fill(engine, n, n_rows);
  gy_rule_set *set = compile(true, zone);
  must(gy_rule_set_sql(set, GY_RULE_DUCKDB, false, &query, &err), &err);
  if (asprintf(&sql, "CREATE OR REPLACE TABLE answers AS %s", query) < 0) exit(1);
  for (int round = 0; round < rounds; round++) {
    double of_pass, of_rules, pass = timed(engine, SCAN, &of_pass), rules = timed(engine, sql, &of_rules);
    printf(
        "sql     %zu customers, 2 x %zu rows: one grouped pass %.2f s, %d rules %.2f s, %.1f passes; of "
        "processors "
        "%.2f s, %.2f s, %.1f\n",
        n, n_rows, pass, RULES, rules, rules / pass, of_pass, of_rules, of_rules / of_pass);
  }
  gy_rule_set_destroy(set);
  gy_engine_close(engine);
  free(query);
  free(sql);
}

int main(int argc, char **argv) {
  size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000,
         n_rows = argc > 2 ? strtoul(argv[2], NULL, 10) : 5000000;
  int rounds = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 3;
  gy_zone *zone = NULL;
  gy_error err = {0};
  must(gy_zone_load("Asia/Seoul", &zone, &err), &err);
  bench_memory(n, rounds, zone);
  bench_rows(n, n_rows / n, rounds, zone);
  bench_sql(n, n_rows, rounds, zone);
  gy_zone_destroy(zone);
  return 0;
}

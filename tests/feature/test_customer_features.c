/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel against the SQL statement: every feature of every customer, on random order lines with whatever
 * real ones hold (NULLs, ties in time, duplicates, returns, orders shared by customers), in several zones. */
#include <stdio.h>
#include <stdlib.h>

#include "feature_fixture.h"

/* Deterministic noise from the row number; {n} rows, then a tenth of them once more. */
static const char RANDOM_LINES[] =
    "CREATE OR REPLACE TABLE order_lines AS WITH noise AS ("
    "  SELECT (hash(i, %d, 1) >> 3)::BIGINT AS a, (hash(i, %d, 2) >> 3)::BIGINT AS b, (hash(i, %d, 3) >> "
    "3)::BIGINT AS c, (hash(i, %d, 4) >> 3)::BIGINT AS d FROM range(%d) t(i)),"
    "lines AS (SELECT"
    "  CASE WHEN a %% 37 = 0 THEN NULL ELSE a %% %d END AS customer,"
    "  CASE WHEN b %% 29 = 0 THEN NULL WHEN b %% 3 = 0 THEN b %% 501 ELSE (a %% %d) * 16 + b %% 16 END AS "
    "order_no,"
    "  CASE WHEN c %% 41 = 0 THEN NULL WHEN c %% 5 = 0 THEN make_timestamp(1546300800000000 + (c %% 60) * "
    "86400000000)"
    "       ELSE make_timestamp(1546300800000000 + (c %% 63072000) * 1000000 + d %% 3) END::TIMESTAMP AS "
    "ordered_at,"
    "  CASE WHEN d %% 31 = 0 THEN NULL ELSE d %% 43 END AS product,"
    "  CASE WHEN d %% 11 = 0 THEN NULL ELSE 'category ' || (d %% 6) END AS category,"
    "  CASE WHEN a %% 23 = 0 THEN NULL ELSE ((c %% 9)::BIGINT - 1) * 0.5 END::DECIMAL(18, 4) AS quantity,"
    "  CASE WHEN b %% 53 = 0 THEN NULL ELSE ((c %% 100000)::BIGINT - 3000) / 100 END::DECIMAL(18, 4) AS "
    "amount,"
    "  CASE d %% 4 WHEN 0 THEN NULL WHEN 1 THEN 0 ELSE (d %% 700) / 100 END::DECIMAL(18, 4) AS discount,"
    "  'text ' || (a %% 3) AS description,"
    "  (CASE WHEN c %% 13 = 0 THEN 2 WHEN c %% 17 = 0 THEN 4 ELSE 0 END + CASE WHEN d %% 19 = 0 THEN 8 ELSE "
    "0 END)"
    "    ::INTEGER AS own_flags FROM noise),"
    "twice AS (SELECT * FROM lines UNION ALL SELECT * FROM lines WHERE hash(customer, ordered_at) %% 10 = 0"
    "  UNION ALL SELECT * FROM lines WHERE hash(customer, ordered_at) %% 50 = 0),"
    "typed AS (SELECT %s AS customer_id, %s AS order_id, ordered_at, %s AS product_id, category, quantity, "
    "amount,"
    "  discount, description, (own_flags + CASE WHEN customer IS NULL THEN 1 ELSE 0 END"
    "  + CASE WHEN ordered_at IS NULL THEN 32 ELSE 0 END)::INTEGER AS flags FROM twice)"
    "SELECT * REPLACE ((flags + CASE WHEN row_number() OVER (PARTITION BY customer_id, order_id, ordered_at, "
    "product_id,"
    "  category, quantity, amount, discount, description, flags) > 1 THEN 128 ELSE 0 END)::INTEGER AS flags) "
    "FROM typed";

static const char *const EXTRA[] = {"description"};

static void make_lines(gy_engine *engine, int seed, int n, int n_customers, bool text_ids) {
  char sql[8192];
  snprintf(sql, sizeof sql, RANDOM_LINES, seed, seed, seed, seed, n, n_customers, n_customers,
           text_ids ? "'고객-' || repeat('x', (customer % 30)::INTEGER) || customer" : "customer::BIGINT",
           text_ids ? "'A' || order_no" : "order_no::BIGINT",
           text_ids ? "'P' || product" : "product::BIGINT");
  run_sql(engine, sql);
}

/* New York and London changed their clocks on these instants (UTC). */
static const int64_t NEW_YORK_CHANGES[] = {1541311200000000, 1552201200000000, 1572760800000000,
                                           1583650800000000, 1604210400000000, 1615705200000000};
static const int64_t LONDON_CHANGES[] = {1540688400000000, 1553994000000000, 1572138000000000,
                                         1585443600000000, 1603587600000000, 1616893200000000};
#define HOURS(h) ((int64_t)(h)*3600000000)
static const int64_t NEW_YORK_OFFSETS[] = {HOURS(-5), HOURS(-4), HOURS(-5), HOURS(-4), HOURS(-5), HOURS(-4)};
static const int64_t LONDON_OFFSETS[] = {0, HOURS(1), 0, HOURS(1), 0, HOURS(1)};
static const gy_local_time NEW_YORK = {HOURS(-4), NEW_YORK_CHANGES, NEW_YORK_OFFSETS, 6};
static const gy_local_time LONDON = {HOURS(1), LONDON_CHANGES, LONDON_OFFSETS, 6};
static const gy_local_time SEOUL = {.first_offset_us = HOURS(9)};
static const gy_local_time KOLKATA = {.first_offset_us = HOURS(11) / 2};
static const gy_local_time UTC = {0};

typedef struct variant {
  const char *label;
  int n, n_customers;
  bool text_ids;
  const char *zone;
  const gy_local_time *local_time;
  int mask;
  bool has_as_of;
  bool narrow; /* without order, product, category, quantity, discount */
} variant;

enum { DEFAULT_MASK = 31, ALL_MASK = 31 | GY_LINE_DUPLICATE, NETTED = 1 | 8 | 16, NOTHING = 0 };

static const variant VARIANTS[] = {
    {"integer ids", 20000, 700, false, "Asia/Seoul", &SEOUL, DEFAULT_MASK, false, false},
    {"text ids", 20000, 700, true, "Asia/Seoul", &SEOUL, DEFAULT_MASK, false, false},
    {"duplicates dropped", 20000, 3000, false, "Asia/Seoul", &SEOUL, ALL_MASK, false, false},
    {"duplicates dropped, text", 5000, 3000, true, "UTC", &UTC, ALL_MASK, true, false},
    {"summer time", 20000, 500, false, "America/New_York", &NEW_YORK, DEFAULT_MASK, false, false},
    {"as-of inside", 20000, 700, true, "America/New_York", &NEW_YORK, DEFAULT_MASK, true, false},
    {"netted returns", 20000, 2000, false, "Asia/Kolkata", &KOLKATA, NETTED, true, false},
    {"netted returns, open end", 3000, 2000, false, "UTC", &UTC, NETTED, false, false},
    {"nothing excluded", 5000, 100, true, "Europe/London", &LONDON, NOTHING, false, false},
    {"narrow", 20000, 700, false, "Asia/Seoul", &SEOUL, DEFAULT_MASK, false, true},
    {"narrow, text, as-of", 20000, 700, true, "UTC", &UTC, DEFAULT_MASK, true, true},
    {"one customer", 3000, 1, false, "UTC", &UTC, DEFAULT_MASK, false, false},
    {"one line", 1, 5, false, "UTC", &UTC, NOTHING, false, false},
    {"no line", 0, 5, true, "UTC", &UTC, NOTHING, false, false},
};

static gy_feature_query query_of(const variant *v) {
  gy_feature_query query = gy_feature_query_defaults();
  query.exclude_mask = v->mask;
  query.zone = v->zone;
  query.has_as_of = v->has_as_of;
  query.as_of_us = 1546300800000000 + 400 * GY_DAY_US + 12345678;
  query.extra_columns = EXTRA;
  query.n_extra_columns = 1;
  if (v->narrow) {
    query.has_order = query.has_product = query.has_category = query.has_quantity = query.has_discount =
        false;
    query.n_extra_columns = 0;
  }
  return query;
}

static void assert_counts(gy_engine *engine, const variant *v, const gy_customer_totals *totals) {
  char sql[512], kept[128];
  const char *future = v->has_as_of
                           ? "coalesce(ordered_at <= make_timestamp(1546300800000000 + 400 * 86400000000 + "
                             "12345678), true)"
                           : "true";
  snprintf(kept, sizeof kept, "(flags & %d) = 0", v->mask | 32);
  snprintf(sql, sizeof sql, "SELECT count(*) FROM order_lines WHERE %s AND %s", kept, future);
  cr_assert_eq(int_of(engine, sql), (int64_t)totals->kept_lines, "%s: kept lines", v->label);
  snprintf(sql, sizeof sql,
           "SELECT coalesce(sum(amount) * 10000, 0)::BIGINT FROM order_lines WHERE %s AND %s", kept, future);
  cr_assert_eq(int_of(engine, sql), totals->kept_amount, "%s: kept amount", v->label);
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM order_lines WHERE (flags & 128) <> 0"),
               (int64_t)totals->duplicate_lines, "%s: duplicates", v->label);
  snprintf(sql, sizeof sql, "SELECT count(DISTINCT order_id) FROM order_lines WHERE (flags & %d) = 0 AND %s",
           v->mask | 32 | 6, future);
  cr_assert_eq(int_of(engine, sql), (int64_t)totals->kept_orders, "%s: orders", v->label);
  for (int bit = 1; bit <= 16; bit *= 2) {
    snprintf(sql, sizeof sql, "SELECT count(*) FROM order_lines WHERE (flags & %d) <> 0", bit);
    cr_assert_eq(int_of(engine, sql), (int64_t)gy_customer_totals_flagged(totals, bit, NULL), "%s: flag %d",
                 v->label, bit);
  }
}

Test(customer_features, kernel_equals_sql) {
  gy_engine *engine = open_memory(2);
  for (size_t i = 0; i < sizeof VARIANTS / sizeof *VARIANTS; i++) {
    const variant *v = &VARIANTS[i];
    make_lines(engine, (int)i + 1, v->n, v->n_customers, v->text_ids);
    gy_feature_query query = query_of(v);
    kernel_setup setup = {.n_threads = 2, .local_time = *v->local_time};
    gy_customer_totals totals = features_of(engine, &query, &setup, NULL);
    assert_as_sql(engine, &query, &totals, v->label);
    assert_calendar_as_sql(engine, &query, &totals, v->label);
    if (!v->narrow) assert_counts(engine, v, &totals);
    gy_customer_totals_clear(&totals);
  }
  gy_engine_close(engine);
}

Test(customer_features, neither_threads_nor_order_nor_passes_change_a_byte) {
  gy_engine *engine = open_memory(3);
  for (int text = 0; text <= 1; text++) {
    make_lines(engine, 99, 300000, 9000, text);
    gy_feature_query query = gy_feature_query_defaults();
    kernel_setup one = {.n_threads = 1, .table = "reference"};
    gy_customer_totals reference = features_of(engine, &query, &one, NULL);
    static const int THREADS[] = {1, 2, 3, 7};
    for (size_t i = 0; i < sizeof THREADS / sizeof *THREADS; i++) {
      kernel_setup setup = {.n_threads = THREADS[i]};
      query.lines = "(SELECT * FROM order_lines ORDER BY hash(amount, ordered_at)) AS order_lines";
      gy_customer_totals totals = features_of(engine, &query, &setup, NULL);
      char label[64];
      snprintf(label, sizeof label, "%d threads, %s ids", THREADS[i], text ? "text" : "integer");
      assert_same(engine, &reference, "reference", &totals, label);
      gy_customer_totals_clear(&totals);
    }
    kernel_setup tight = {.n_threads = 2, .memory_bytes = (size_t)24 << 20};
    size_t passes = 0;
    gy_customer_totals totals = features_of(engine, &query, &tight, &passes);
    cr_assert_gt(passes, 1, "the budget should not hold all rows");
    assert_same(engine, &reference, "reference", &totals, "several passes");
    gy_customer_totals_clear(&totals);
    gy_customer_totals_clear(&reference);
  }
  gy_engine_close(engine);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Two real shops: figures computed with independent tools, and kernel against SQL for every customer. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "feature/concentration.h"
#include "feature/order_statistics.h"
#include "feature_fixture.h"

static void load(gy_engine *engine, const char *unpack, const char *file, const char *create) {
  const char *path = data_file(file);
  char csv[] = "/tmp/gyeol-shop-XXXXXX", command[2048], sql[8192];
  int fd = mkstemp(csv);
  cr_assert_geq(fd, 0);
  close(fd);
  snprintf(command, sizeof command, "%s '%s' > %s", unpack, path, csv);
  cr_assert_eq(system(command), 0, "%s", command);
  snprintf(sql, sizeof sql, create, csv);
  run_sql(engine, sql);
  unlink(csv);
}

static void load_online_retail(gy_engine *engine) {
  load(engine, "xz -dc", "online_retail/online_retail.csv.xz",
       "CREATE TABLE order_lines AS SELECT CAST(CAST(CustomerID AS DOUBLE) AS BIGINT) AS customer_id,"
       " InvoiceNo AS order_id, CAST(InvoiceDate AS TIMESTAMP) AS ordered_at, StockCode AS product_id,"
       " CAST(NULL AS VARCHAR) AS category, CAST(Quantity AS DECIMAL(18, 4)) AS quantity,"
       " CAST(CAST(Quantity AS BIGINT) * CAST(UnitPrice AS DECIMAL(9, 4)) AS DECIMAL(18, 4)) AS amount,"
       " CAST(NULL AS DECIMAL(18, 4)) AS discount, Description AS description, UnitPrice AS unit_price,"
       " Country AS country,"
       " CAST(CASE WHEN CustomerID IS NULL THEN 1 ELSE 0 END"
       " + CASE WHEN InvoiceNo LIKE 'C%%' THEN 2 WHEN CAST(Quantity AS BIGINT) <= 0 THEN 4 ELSE 0 END"
       " + CASE WHEN CAST(UnitPrice AS DOUBLE) = 0 THEN 8 WHEN CAST(UnitPrice AS DOUBLE) < 0 THEN 16 ELSE 0 "
       "END"
       " AS INTEGER) AS flags FROM read_csv('%s', all_varchar = true, header = true)");
}

typedef struct known_customer {
  int64_t id;
  int recency_days, orders;
  int64_t monetary;
} known_customer;

static void assert_quartiles(gy_engine *engine, const char *measure, const double *want) {
  for (int q = 0; q < 3; q++) {
    char sql[128];
    double found;
    snprintf(sql, sizeof sql, "SELECT quantile_cont(%s::DOUBLE, %g) FROM actual", measure, 0.25 * (q + 1));
    MUST(gy_engine_double(engine, sql, NULL, 0, &found, err));
    cr_assert_float_eq(found, want[q], 1e-9, "%s, quartile %d: %.6f", measure, q + 1, found);
  }
}

/* The money of every customer, in 1/10000. */
static int64_t *monetary_of(gy_engine *engine, size_t n) {
  int64_t *values = malloc(n * sizeof *values), *at = values;
  gy_result *result = NULL;
  gy_chunk chunk;
  MUST(gy_engine_query(engine, "SELECT monetary FROM actual", NULL, 0, NULL, &result, err));
  for (;; at += chunk.n_rows) {
    MUST(gy_result_next(result, &chunk, err));
    if (chunk.n_rows == 0) break;
    memcpy(at, chunk.columns[0].data, chunk.n_rows * sizeof *at);
  }
  gy_result_destroy(result);
  return values;
}

static void assert_customer(gy_engine *engine, const known_customer *known) {
  char sql[256];
  snprintf(sql, sizeof sql,
           "SELECT count(*) FROM actual WHERE customer_id = %ld AND recency_days = %d AND orders = %d AND "
           "CAST(monetary * 10000 AS BIGINT) = %ld",
           (long)known->id, known->recency_days, known->orders, (long)known->monetary);
  cr_assert_eq(int_of(engine, sql), 1, "customer %ld differs", (long)known->id);
}

Test(real_shops, online_retail) {
  gy_engine *engine = open_memory(2);
  load_online_retail(engine);
  static const char *const EXTRA[] = {"description", "unit_price", "country"};
  gy_feature_query query = gy_feature_query_defaults();
  query.has_category = query.has_discount = false;
  query.extra_columns = EXTRA;
  query.n_extra_columns = 3;
  kernel_setup setup = {.n_threads = 2};
  gy_customer_totals totals = features_of(engine, &query, &setup, NULL);
  cr_assert_eq(totals.n_lines, 541909);
  cr_assert_eq(totals.n_customers, 4338);
  cr_assert_eq(totals.kept_lines, 397884);
  cr_assert_eq(totals.kept_orders, 18532);
  cr_assert_eq(totals.kept_amount, 89114079040);
  cr_assert_eq(totals.duplicate_lines, 5268);
  cr_assert_eq(gy_customer_totals_flagged(&totals, GY_LINE_NO_CUSTOMER, NULL), 135080);
  cr_assert_eq(gy_customer_totals_flagged(&totals, GY_LINE_CANCELLED, NULL), 9288);
  int64_t amount, all = 0;
  gy_customer_totals_flagged(&totals, 127, &amount);
  all = amount + totals.lines.amount[0];
  cr_assert_eq(all, 97477479340);
  cr_assert_eq(total_of(engine, "monetary * 10000"), 89114079040);
  static const known_customer KNOWN[] = {{12346, 326, 1, 771836000},
                                         {12347, 2, 7, 43100000},
                                         {12348, 75, 4, 17972400},
                                         {17850, 372, 34, 53912100}};
  for (size_t k = 0; k < sizeof KNOWN / sizeof *KNOWN; k++) assert_customer(engine, &KNOWN[k]);
  static const double RECENCY[] = {18, 51, 142}, ORDERS[] = {1, 2, 5},
                      MONETARY[] = {307.4150, 674.4850, 1661.7400};
  assert_quartiles(engine, "recency_days", RECENCY);
  assert_quartiles(engine, "orders", ORDERS);
  assert_quartiles(engine, "monetary", MONETARY);
  double gini, top;
  int64_t *monetary = monetary_of(engine, totals.n_customers);
  MUST(gy_concentration(monetary, totals.n_customers, 0.2, &gini, &top, NULL, 0, err));
  free(monetary);
  cr_assert_float_eq(top, 0.745940, 5e-7, "top 20 %%: %.6f", top);
  cr_assert_float_eq(gini, 0.715140, 5e-7, "Gini: %.6f", gini);
  assert_as_sql(engine, &query, &totals, "online_retail");
  gy_customer_totals_clear(&totals);
  gy_engine_close(engine);
}

static void load_google_merch(gy_engine *engine) {
  load(engine, "gzip -dc", "google_merch/Online_Sales.csv.gz",
       "CREATE TABLE order_lines AS SELECT CAST(CustomerID AS BIGINT) AS customer_id,"
       " CAST(Transaction_ID AS BIGINT) AS order_id,"
       " CAST(strptime(Transaction_Date, '%%Y%%m%%d') AS TIMESTAMP) AS ordered_at, Product_SKU AS product_id,"
       " Product_Category AS category, CAST(Quantity AS DECIMAL(18, 4)) AS quantity,"
       " CAST(CAST(Quantity AS BIGINT) * CAST(Avg_Price AS DECIMAL(9, 4)) AS DECIMAL(18, 4)) AS amount,"
       " CAST(NULL AS DECIMAL(18, 4)) AS discount, 0 AS flags FROM read_csv('%s', all_varchar = true, header "
       "= true)");
}

Test(real_shops, google_merch) {
  gy_engine *engine = open_memory(2);
  load_google_merch(engine);
  gy_feature_query query = gy_feature_query_defaults();
  query.has_discount = false;
  kernel_setup setup = {.n_threads = 2};
  gy_customer_totals totals = features_of(engine, &query, &setup, NULL);
  cr_assert_eq(totals.n_lines, 52924);
  cr_assert_eq(totals.n_customers, 1468);
  cr_assert_eq(totals.kept_orders, 25061);
  cr_assert_eq(totals.kept_amount, 46707946200);
  cr_assert_eq(
      total_of(engine, "orders"),
      int_of(engine, "SELECT count(*) FROM (SELECT DISTINCT customer_id, order_id FROM order_lines)"));
  assert_as_sql(engine, &query, &totals, "google_merch");
  gy_customer_totals_clear(&totals);
  gy_engine_close(engine);
}

Test(real_shops, google_merch_retention) {
  gy_engine *engine = open_memory(2);
  load_google_merch(engine);
  gy_feature_query query = gy_feature_query_defaults();
  char *cohorts = NULL, *curve = NULL;
  MUST(gy_cohort_sql(&query, &cohorts, err));
  char *create = malloc(strlen(cohorts) + 64);
  sprintf(create, "CREATE TABLE cohorts AS %s", cohorts);
  run_sql(engine, create);
  const gy_sql_part part = {"cohorts", "cohorts"};
  MUST(gy_sql_expand(gy_sql("feature/cohort_curve"), &part, 1, &curve, err));
  gy_result *result = NULL;
  MUST(gy_engine_query(engine, curve, NULL, 0, NULL, &result, err));
  gy_chunk chunk;
  MUST(gy_result_next(result, &chunk, err));
  static const double PERCENT[] = {100,   9.68,  10.29, 10.89, 11.51, 14.66,
                                   12.53, 13.37, 9.76,  11.74, 12.98, 15.81};
  cr_assert_eq(chunk.n_rows, 12);
  for (size_t k = 0; k < 12; k++) {
    double mean = ((const double *)chunk.columns[3].data)[k];
    cr_assert_float_eq(100 * mean, PERCENT[k], 0.005, "month %zu: %.4f %%", k + 1, 100 * mean);
  }
  gy_result_destroy(result);
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM cohorts"), 78);
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM cohorts WHERE mature"), 78);
  cr_assert_eq(int_of(engine, "SELECT sum(customers) FROM cohorts WHERE months_since = 0"), 1468);
  cr_assert_eq(int_of(engine, "SELECT (sum(revenue) * 10000)::BIGINT FROM cohorts"), 46707946200);
  free(cohorts);
  free(create);
  free(curve);
  gy_engine_close(engine);
}

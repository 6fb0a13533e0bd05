/* SPDX-License-Identifier: Apache-2.0
 *
 * Real shops from files to the report, through the binary, against figures that independent tools computed
 * on the same files. Each test skips where its data are absent. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "project_fixture.h"

TestSuite(real_data, .fini = workspace_remove, .timeout = 300);

static void need(const char *file) {
  if (real_data(file) == NULL) cr_skip_test("no %s: set GYEOL_DATA to the folder of real data", file);
}

static void make_online_retail(void) {
  need("online_retail/online_retail.csv.xz");
  char command[1200];
  snprintf(command, sizeof command, "xz -dc '%s' > %s", real_data("online_retail/online_retail.csv.xz"),
           in_workspace("online_retail.csv"));
  cr_assert_eq(system(command), 0, "%s", command);
  project_make("shop", "online_retail.csv");
}

static json_int_t rule_rows(const json_t *manifest, const char *rule) {
  size_t i;
  json_t *row;
  json_array_foreach(json_object_get(manifest, "rules"), i, row) {
    if (strcmp(text_of(row, "rule"), rule) == 0) return int_of(row, "rows");
  }
  return -1;
}

static void expect_totals(const json_t *manifest, json_int_t lines, json_int_t customers, json_int_t orders,
                          const char *revenue) {
  cr_expect_eq(int_of(manifest, "lines_kept"), lines, "%lld lines",
               (long long)int_of(manifest, "lines_kept"));
  cr_expect_eq(int_of(manifest, "customers"), customers, "%lld customers",
               (long long)int_of(manifest, "customers"));
  cr_expect_eq(int_of(manifest, "orders"), orders, "%lld orders", (long long)int_of(manifest, "orders"));
  cr_expect_str_eq(text_of(manifest, "revenue"), revenue);
}

/* Customers, shares and revenue of each kind of segment add up to the whole. */
static void expect_partition(const json_t *manifest, const char *kind) {
  json_int_t customers = 0;
  double share = 0, revenue = 0, revenue_share = 0, total = strtod(text_of(manifest, "revenue"), NULL);
  size_t i;
  json_t *segment;
  json_array_foreach(json_object_get(manifest, "segments"), i, segment) {
    if (strcmp(text_of(segment, "kind"), kind) != 0) continue;
    customers += int_of(segment, "customers");
    share += number_of(segment, "share");
    revenue += strtod(text_of(segment, "revenue"), NULL);
    revenue_share += number_of(segment, "revenue_share");
  }
  cr_expect_eq(customers, int_of(manifest, "customers"), "%s: %lld customers", kind, (long long)customers);
  cr_expect_float_eq(share, 1, 1e-9, "%s: shares add up to %g", kind, share);
  cr_expect_float_eq(revenue, total, 1e-3, "%s: revenue adds up to %.4f, not %.4f", kind, revenue, total);
  cr_expect_float_eq(revenue_share, 1, 1e-9, "%s: revenue shares add up to %g", kind, revenue_share);
}

Test(real_data, online_retail_roles_are_guessed) {
  need("online_retail/online_retail.csv.xz");
  char command[1200];
  snprintf(command, sizeof command, "xz -dc '%s' > %s", real_data("online_retail/online_retail.csv.xz"),
           in_workspace("online_retail.csv"));
  cr_assert_eq(system(command), 0);
  process_result guess = gyeol_ok("init shop online_retail.csv --yes --json");
  static const struct {
    const char *column, *role;
  } ROLES[] = {{"InvoiceNo", "order"},     {"StockCode", "product"}, {"Description", "description"},
               {"Quantity", "quantity"},   {"InvoiceDate", "time"},  {"UnitPrice", "unit_price"},
               {"CustomerID", "customer"}, {"Country", "country"}};
  for (size_t c = 0; c < sizeof ROLES / sizeof *ROLES; c++) {
    char path[64];
    snprintf(path, sizeof path, "files.0.columns.%zu", c);
    const json_t *column = json_at(guess.json, path);
    cr_expect_str_eq(text_of(column, "name"), ROLES[c].column);
    cr_expect_str_eq(text_of(column, "role"), ROLES[c].role, "%s: %s", ROLES[c].column,
                     text_of(column, "role"));
    cr_expect_eq(json_array_size(json_object_get(column, "samples")), 3, "%s", ROLES[c].column);
    cr_expect_gt(number_of(column, "confidence"), 0.5, "%s", ROLES[c].column);
    cr_expect_str_neq(text_of(column, "reason"), "", "%s", ROLES[c].column);
  }
  process_clear(&guess);
}

Test(real_data, online_retail_totals_and_rules) {
  make_online_retail();
  json_t *manifest = project_run("shop", "");
  const json_t *source = json_object_iter_value(json_object_iter(json_object_get(manifest, "sources")));
  cr_expect_eq(int_of(source, "read"), 541909);
  cr_expect_eq(int_of(source, "accepted") + int_of(source, "rejected"), 541909);
  expect_totals(manifest, 397884, 4338, 18532, "8911407.904");
  static const struct {
    const char *rule;
    json_int_t rows;
  } RULES[] = {{"no_customer", 135080}, {"cancelled", 9288}, {"duplicate", 5268}};
  for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++)
    cr_expect_eq(rule_rows(manifest, RULES[i].rule), RULES[i].rows, "%s: %lld rows", RULES[i].rule,
                 (long long)rule_rows(manifest, RULES[i].rule));
  expect_partition(manifest, "rfm");
  expect_partition(manifest, "cluster");
  json_t *model = report_model(text_of(manifest, "report"));
  cr_expect_float_eq(number_of(model, "concentration.gini"), 0.715140, 5e-7, "Gini %.7f",
                     number_of(model, "concentration.gini"));
  size_t i;
  json_t *row;
  double top = -1;
  json_array_foreach(json_at(model, "concentration.top"), i, row) {
    if (fabs(number_of(row, "customer_share") - 0.2) < 1e-9) top = number_of(row, "revenue_share");
  }
  cr_expect_float_eq(top, 0.745940, 5e-7, "the top 20 %% hold %.7f", top);
  json_decref(model);
  json_decref(manifest);
}

static void expect_named_customers(void) {
  static const struct {
    const char *id;
    json_int_t recency_days, orders;
    double monetary;
  } CASES[] = {{"12346", 326, 1, 77183.60},
               {"12347", 2, 7, 4310.00},
               {"12348", 75, 4, 1797.24},
               {"17850", 372, 34, 5391.21}};
  json_t *customers = project_customers("shop", "rfm");
  cr_expect_eq(json_object_size(customers), 4338, "%zu customers exported", json_object_size(customers));
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    const json_t *customer = json_object_get(customers, CASES[i].id);
    cr_expect_eq(int_of(customer, "recency_days"), CASES[i].recency_days, "%s: recency %lld", CASES[i].id,
                 (long long)int_of(customer, "recency_days"));
    cr_expect_eq(int_of(customer, "orders"), CASES[i].orders, "%s: orders %lld", CASES[i].id,
                 (long long)int_of(customer, "orders"));
    cr_expect_float_eq(number_of(customer, "monetary"), CASES[i].monetary, 1e-9, "%s: spend %.4f",
                       CASES[i].id, number_of(customer, "monetary"));
  }
  json_decref(customers);
}

Test(real_data, online_retail_customers_and_the_day_after) {
  make_online_retail();
  json_t *by_rule = project_run("shop", "");
  expect_named_customers();
  json_t *by_date = project_run("shop", "--as-of 2011-12-10");
  expect_named_customers();
  cr_expect_str_eq(text_of(by_rule, "as_of"), text_of(by_date, "as_of"));
  expect_totals(by_date, 397884, 4338, 18532, "8911407.904");
  cr_expect(json_equal(json_object_get(by_rule, "segments"), json_object_get(by_date, "segments")));
  json_decref(by_rule);
  json_decref(by_date);
  /* Without the lines that repeat another in every column; pandas' drop_duplicates gives the same. */
  project_set("shop", "duplicates: keep", "duplicates: drop");
  json_t *distinct = project_run("shop", "--until features");
  expect_totals(distinct, 392692, 4338, 18532, "8887208.894");
  json_decref(distinct);
}

/* Months 2..12 after the first purchase: the published figures count each cohort once, and so does the
 * report's curve; beside it stands the share that counts each customer once, which must be what the cells add
 * up to. */
static void expect_retention(const json_t *model) {
  static const double MEANS[] = {9.68, 10.29, 10.89, 11.51, 14.66, 12.53, 13.37, 9.76, 11.74, 12.98, 15.81};
  enum { MONTHS = sizeof MEANS / sizeof *MEANS };
  double sum[MONTHS + 1] = {0}, active[MONTHS + 1] = {0}, observed[MONTHS + 1] = {0};
  int cohorts[MONTHS + 1] = {0};
  size_t i;
  json_t *cell;
  json_array_foreach(json_at(model, "cohorts.cells"), i, cell) {
    json_int_t month = int_of(cell, "period");
    if (month < 1 || month > MONTHS) continue;
    cohorts[month]++;
    sum[month] += number_of(cell, "retention");
    active[month] += number_of(cell, "customers");
    observed[month] += number_of(cell, "customers") / number_of(cell, "retention");
  }
  for (int month = 1; month <= MONTHS; month++) {
    char path[64];
    cr_expect_eq(cohorts[month], MONTHS + 1 - month, "month %d: %d cohorts", month + 1, cohorts[month]);
    cr_expect_float_eq(100 * sum[month] / cohorts[month], MEANS[month - 1], 0.005, "month %d: %.3f %%",
                       month + 1, 100 * sum[month] / cohorts[month]);
    snprintf(path, sizeof path, "cohorts.pooled.%d.retention", month);
    cr_expect_float_eq(100 * number_of(model, path), MEANS[month - 1], 0.005, "month %d: %g", month + 1,
                       number_of(model, path));
    snprintf(path, sizeof path, "cohorts.pooled.%d.pooled_retention", month);
    cr_expect_float_eq(number_of(model, path), active[month] / observed[month], 1e-9, "month %d pooled: %g",
                       month + 1, number_of(model, path));
  }
}

/* What the customers were billed: coupons by month and category, tax by category, delivery. The three tables
 * are none of gyeol's and stay beside them. */
static const char INVOICES[] =
    "SELECT sum(quantity * unit_price * (1 - CASE WHEN coupon = 'Used' THEN coalesce(CAST(Discount_pct AS "
    "DOUBLE), 0) / 100 ELSE 0 END) * (1 + CAST(GST AS DOUBLE)) + CAST(Delivery_Charges AS DOUBLE)) AS total, "
    "count(*) AS lines FROM order_items AS i LEFT JOIN source_tax_amount AS t ON t.Product_Category = "
    "i.category "
    "LEFT JOIN source_discount_coupon AS c ON c.Product_Category = i.category "
    "AND c.Month = strftime(timezone('Asia/Seoul', timezone('UTC', ordered_at)), '%b')";

static void expect_invoices(void) {
  process_result asked = gyeol_ok("query \"%s\" merch --json", INVOICES);
  cr_expect_float_eq(number_of(asked.json, "rows.0.total"), 5397358.74634, 5e-6, "%.6f",
                     number_of(asked.json, "rows.0.total"));
  cr_expect_eq(int_of(asked.json, "rows.0.lines"), 52924);
  process_clear(&asked);
}

Test(real_data, google_merch) {
  need("google_merch/Online_Sales.csv.gz");
  char files[2048];
  const char *dir = real_data("google_merch");
  snprintf(files, sizeof files,
           "%s/CustomersData.csv %s/Discount_Coupon.csv %s/Marketing_Spend.csv %s/Tax_amount.csv "
           "%s/Online_Sales.csv.gz",
           dir, dir, dir, dir, dir);
  project_make("merch", files);
  json_t *manifest = project_run("merch", "");
  expect_totals(manifest, 52924, 1468, 25061, "4670794.62");
  expect_partition(manifest, "rfm");
  expect_partition(manifest, "cluster");
  expect_invoices();
  json_t *model = report_model(text_of(manifest, "report"));
  expect_retention(model);
  json_decref(model);
  json_decref(manifest);
}

Test(real_data, complete_journey_joins_its_files) {
  need("complete_journey/transactions_sample.csv.gz");
  char files[2048];
  const char *dir = real_data("complete_journey");
  snprintf(files, sizeof files, "%s/*.csv %s/*.csv.gz", dir, dir);
  project_make("grocer", files);
  json_t *manifest = project_run("grocer", "");
  static const struct {
    const char *target;
    json_int_t read;
  } SOURCES[] = {{"order_items", 75000}, {"products", 92331}, {"customers", 801}, {"engagements", 6589}};
  for (size_t i = 0; i < sizeof SOURCES / sizeof *SOURCES; i++) {
    char path[64];
    snprintf(path, sizeof path, "sources.%s", SOURCES[i].target);
    cr_expect_str_eq(text_of(json_at(manifest, path), "target"), SOURCES[i].target);
    cr_expect_eq(int_of(json_at(manifest, path), "read"), SOURCES[i].read, "%s", SOURCES[i].target);
    cr_expect_eq(int_of(json_at(manifest, path), "rejected"), 0, "%s", SOURCES[i].target);
  }
  cr_expect_eq(int_of(manifest, "tables.engagements.rows"), 6589 + 2102, "sendings and redemptions");
  cr_expect_eq(int_of(manifest, "tables.coupons.rows"), 116204);
  process_result asked = gyeol_ok(
      "query 'SELECT event, count(*) AS n, count(occurred_at) AS times FROM engagements "
      "GROUP BY event ORDER BY event' grocer --json");
  cr_expect_eq(int_of(asked.json, "rows.0.times"), 2102, "%s", asked.out);
  cr_expect_eq(int_of(asked.json, "rows.1.n"), 6589, "%s", asked.out);
  process_clear(&asked);
  expect_partition(manifest, "rfm");
  expect_partition(manifest, "cluster");
  /* Categories come from the table of products, ages from the table of customers. */
  json_t *model = report_model(text_of(manifest, "report"));
  cr_expect_gt(json_array_size(json_at(model, "categories.rows")), 5);
  process_result shown = gyeol_ok("segment show cluster:1 grocer --json");
  bool has_age = false;
  size_t i;
  json_t *row;
  json_array_foreach(json_object_get(shown.json, "attributes"), i, row) {
    has_age = has_age || strcmp(text_of(row, "attribute"), "age") == 0 ||
              strcmp(text_of(row, "attribute"), "income") == 0;
  }
  cr_expect(has_age, "no attribute of the customers' table in: %s", shown.out);
  process_clear(&shown);
  json_decref(model);
  json_decref(manifest);
}

Test(real_data, tables_without_orders_are_said_to_be_so) {
  static const char *const FILES[] = {"telco/Telco-Customer-Churn.csv.gz",
                                      "mall/Mall_Customers.csv",
                                      "bank/bank-additional-full.csv.gz",
                                      "wholesale/Wholesale_customers_data.csv",
                                      "hillstrom/hillstrom_womens_vs_control.csv.gz",
                                      "nsmc/ratings_test.txt.xz"};
  for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
    need(FILES[i]);
    process_result result = run_gyeol("init lone '%s' --yes", real_data(FILES[i]));
    cr_expect_eq(result.exit_code, 3, "%s: %d", FILES[i], result.exit_code);
    cr_expect_not_null(strstr(result.err, "none of the files looks like orders"), "%s: %s", FILES[i],
                       result.err);
    cr_expect_neq(access(in_workspace("lone/gyeol.yaml"), F_OK), 0, "%s", FILES[i]);
    process_clear(&result);
  }
}

/* ---- CDNOW: orders without order ids, parted by spaces ---- */

enum { CDNOW_ORDERS = 6919, CDNOW_CUSTOMERS = 2357 };

typedef struct {
  int customer, date, cds;
  double dollars;
} cdnow_order;

static cdnow_order *read_cdnow(void) {
  FILE *file = fopen(real_data("cdnow/CDNOW_sample.txt"), "r");
  cr_assert_not_null(file);
  cdnow_order *orders = calloc(CDNOW_ORDERS, sizeof *orders);
  for (int i = 0; i < CDNOW_ORDERS; i++)
    cr_assert_eq(fscanf(file, "%d %*d %d %d %lf", &orders[i].customer, &orders[i].date, &orders[i].cds,
                        &orders[i].dollars),
                 4);
  fclose(file);
  return orders;
}

Test(real_data, cdnow) {
  need("cdnow/CDNOW_sample.txt");
  project_make("cdnow", real_data("cdnow/CDNOW_sample.txt"));
  project_set("cdnow", "zero_price: exclude", "zero_price: keep"); /* CDs given away are orders too */
  json_t *manifest = project_run("cdnow", "");
  cdnow_order *orders = read_cdnow();
  double revenue = 0;
  for (int i = 0; i < CDNOW_ORDERS; i++) revenue += orders[i].dollars;
  char money[32];
  snprintf(money, sizeof money, "%.2f", revenue);
  expect_totals(manifest, CDNOW_ORDERS, CDNOW_CUSTOMERS, CDNOW_ORDERS, money);
  expect_partition(manifest, "rfm");
  expect_partition(manifest, "cluster");
  json_t *model = report_model(text_of(manifest, "report"));
  cr_expect_gt(json_array_size(json_at(model, "rfm.segments")), 5);
  json_decref(model);
  json_decref(manifest);
  free(orders);
}

/* Days since 1970 of a date like 19970131. */
static long day_number(int date) {
  int y = date / 10000, m = date / 100 % 100, d = date % 100;
  if (m <= 2) {
    y--;
    m += 12;
  }
  return 365L * y + y / 4 - y / 100 + y / 400 + (153 * (m - 3) + 2) / 5 + d - 719469;
}

typedef struct {
  long last_day;
  int orders;
  double monetary;
} cdnow_customer;

Test(real_data, rfm_of_a_plain_file_is_what_the_file_says) {
  need("cdnow/CDNOW_sample.txt");
  cdnow_order *orders = read_cdnow();
  cdnow_customer *expected = calloc(30000, sizeof *expected);
  FILE *csv = fopen(in_workspace("cdnow.csv"), "w");
  cr_assert_not_null(csv);
  fputs("customer;date;dollars\n", csv);
  long last = 0;
  int counted = 0, lines = 0;
  for (int i = 0; i < CDNOW_ORDERS; i++) {
    fprintf(csv, "%05d;%d;%.2f\n", orders[i].customer, orders[i].date, orders[i].dollars);
    if (orders[i].dollars <= 0) continue; /* the default rules leave out what cost nothing */
    cdnow_customer *customer = &expected[orders[i].customer];
    long day = day_number(orders[i].date);
    counted += customer->orders == 0;
    lines++;
    customer->orders++;
    customer->monetary += orders[i].dollars;
    if (day > customer->last_day) customer->last_day = day;
    if (day > last) last = day;
  }
  fclose(csv);
  process_result result = gyeol_ok(
      "rfm --input cdnow.csv --customer customer --time date --amount dollars --out rfm.json --json");
  cr_expect_eq(int_of(result.json, "customers"), counted);
  cr_expect_eq(int_of(result.json, "orders"), lines);
  json_t *rows = json_load_file(in_workspace("rfm.json"), 0, NULL), *row;
  cr_assert_eq((int)json_array_size(rows), counted);
  size_t i;
  json_array_foreach(rows, i, row) {
    int id = atoi(text_of(row, "customer_id"));
    const cdnow_customer *customer = &expected[id];
    cr_expect_eq(int_of(row, "recency_days"), last + 1 - customer->last_day, "%05d: recency %lld", id,
                 (long long)int_of(row, "recency_days"));
    cr_expect_eq(int_of(row, "orders"), customer->orders, "%05d: orders", id);
    cr_expect_float_eq(number_of(row, "monetary"), customer->monetary, 1e-6, "%05d: %.4f", id,
                       number_of(row, "monetary"));
  }
  /* Customers who are alike are scored alike, and a longer silence never scores higher. */
  for (size_t a = 0; a < json_array_size(rows); a += 7)
    for (size_t b = 0; b < json_array_size(rows); b += 11) {
      const json_t *x = json_array_get(rows, a), *y = json_array_get(rows, b);
      if (int_of(x, "recency_days") <= int_of(y, "recency_days"))
        cr_assert_geq(int_of(x, "recency_score"), int_of(y, "recency_score"), "rows %zu and %zu", a, b);
      if (number_of(x, "monetary") >= number_of(y, "monetary"))
        cr_assert_geq(int_of(x, "monetary_score"), int_of(y, "monetary_score"), "rows %zu and %zu", a, b);
    }
  json_decref(rows);
  process_clear(&result);
  free(expected);
  free(orders);
}

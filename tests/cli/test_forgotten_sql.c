/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQL behind the numbers gives the numbers of the report, also after people were forgotten; where it is
 * of those who remain it says so. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "project_fixture.h"

TestSuite(forgotten_sql, .fini = workspace_remove, .timeout = 240);

enum { MONTHS_SHOWN = 12 }; /* of a cohort, after its first */

/* Rows of `gyeol sql NAME`, through the project's own store; a new reference. */
static json_t *rows_of(const char *name) {
  process_result sql = gyeol_ok("sql %s shop", name);
  json_t *rows = project_query("shop", sql.out);
  process_clear(&sql);
  return rows;
}

static double value_of(const json_t *row, const char *name) {
  const json_t *value = json_object_get(row, name);
  return json_is_string(value) ? atof(json_string_value(value)) : json_number_value(value);
}

static void expect_values(const char *name, const json_t *sql, const json_t *shown,
                          const char *const *columns, size_t n) {
  for (size_t i = 0; i < n; i++) {
    double a = value_of(sql, columns[i]), b = value_of(shown, columns[i]);
    double most = 1e-6 * (1 + (b < 0 ? -b : b));
    cr_expect(a - b <= most && b - a <= most, "%s: %s is %.8g by SQL and %.8g in the report", name,
              columns[i], a, b);
  }
}

static const struct {
  const char *sql, *section, *key; /* of the model, with rows */
  const char *columns[4];
} LISTS[] = {
    {"months", "monthly.rows", "month", {"revenue", "orders", "customers", "new_customers"}},
    {"products", "products.rows", "product", {"revenue", "orders", "customers", "revenue_share"}},
    {"categories", "categories.rows", "category", {"revenue", "orders", "customers", "revenue_share"}}};

static const json_t *row_like(const json_t *rows, const json_t *line, const char *key) {
  for (size_t i = 0; i < json_array_size(rows); i++)
    if (strcmp(text_of(json_array_get(rows, i), key), text_of(line, key)) == 0)
      return json_array_get(rows, i);
  return NULL;
}

static void expect_same_lists(const json_t *model, const char *when) {
  for (size_t l = 0; l < sizeof LISTS / sizeof *LISTS; l++) {
    json_t *rows = rows_of(LISTS[l].sql);
    const json_t *shown = json_at(model, LISTS[l].section);
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(shown); i++) {
      const json_t *line = json_array_get(shown, i), *row = row_like(rows, line, LISTS[l].key);
      n += row != NULL;
      if (row != NULL)
        expect_values(LISTS[l].sql, row, line, LISTS[l].columns, 4);
      else /* the report shows months without an order, too */
        cr_expect_eq(int_of(line, "orders"), 0, "%s: %s: %s is not in the SQL's rows", when, LISTS[l].sql,
                     text_of(line, LISTS[l].key));
    }
    cr_expect_eq(n, json_array_size(rows), "%s: %s: %zu rows by SQL, %zu of them in the report", when,
                 LISTS[l].sql, json_array_size(rows), n);
    json_decref(rows);
  }
}

static void expect_same_cohorts(const json_t *model, const char *when) {
  static const char *const CELL[] = {"customers", "retention"};
  json_t *rows = rows_of("cohort"), *row, *cell;
  const json_t *cells = json_at(model, "cohorts.cells");
  size_t i, k, n = 0;
  json_array_foreach((json_t *)cells, i, cell) {
    json_array_foreach(rows, k, row) {
      bool is_it = strncmp(text_of(row, "cohort"), text_of(cell, "cohort"), 7) == 0 &&
                   int_of(row, "months_since") == int_of(cell, "period");
      if (!is_it) continue;
      n++;
      expect_values("cohort", row, cell, CELL, 2);
      cr_expect_eq(json_is_true(json_object_get(row, "mature")),
                   json_is_true(json_object_get(cell, "mature")), "%s: %s %lld", when,
                   text_of(cell, "cohort"), (long long)int_of(cell, "period"));
    }
  }
  cr_expect_eq(n, json_array_size(cells), "%s: %zu of %zu cells are in the SQL's rows", when, n,
               json_array_size(cells));
  size_t shown = 0;
  json_array_foreach(rows, k, row) { shown += int_of(row, "months_since") <= MONTHS_SHOWN; }
  cr_expect_eq(n, shown, "%s: %zu of %zu rows are cells", when, n, shown);
  json_decref(rows);
}

static void expect_same_figures(const json_t *model, const char *when) {
  static const char *const FIGURES[] = {"repeat_rate", "orders_per_customer", "active_customers"};
  json_t *rows = rows_of("key_figures");
  expect_values(when, json_array_get(rows, 0), json_at(model, "key_figures"), FIGURES, 3);
  json_decref(rows);
}

static void expect_same(const json_t *manifest, const char *when) {
  json_t *model = report_model(text_of(manifest, "report"));
  expect_same_figures(model, when);
  expect_same_lists(model, when);
  expect_same_cohorts(model, when);
  json_decref(model);
}

/* Customer 9001 alone bought in the first months, 9002 alone in the last ones. */
static void make_shop(void) {
  write_small_shop(in_workspace("orders.csv"), 3000, 1);
  FILE *file = fopen(in_workspace("orders.csv"), "a");
  cr_assert_not_null(file);
  fputs("900001,9001,2023-10-02 01:02:03,P999,C9,1,5000\n900002,9002,2025-03-05 11:12:13,P998,C9,2,700\n",
        file);
  fclose(file);
  project_make("shop", "orders.csv");
}

Test(forgotten_sql, gives_the_figures_of_the_report) {
  make_shop();
  json_t *manifest = project_run("shop", "");
  expect_same(manifest, "before");
  json_decref(manifest);
  process_result done = gyeol_ok("forget 1 2 3 9001 9002 shop");
  process_clear(&done);
  manifest = project_run("shop", "");
  expect_same(manifest, "after forgetting");
  json_decref(manifest);
}

Test(forgotten_sql, says_where_it_is_of_those_who_remain) {
  static const struct {
    const char *name, *says;
  } CASES[] = {{"features", "-- Of the people who remain"},
               {"rfm", "-- Of the people who remain"},
               {"clusters", "-- Of the people who remain"},
               {"cleaning", "forgotten_totals, scope 'rule'"}};
  make_shop();
  json_decref(project_run("shop", ""));
  for (int forgotten = 0; forgotten < 2; forgotten++) {
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
      process_result sql = gyeol_ok("sql %s shop", CASES[i].name);
      cr_expect_eq(strstr(sql.out, CASES[i].says) != NULL, forgotten == 1, "%s: %.200s", CASES[i].name,
                   sql.out);
      process_clear(&sql);
    }
    if (forgotten == 1) break;
    process_result done = gyeol_ok("forget 9001 shop");
    process_clear(&done);
    json_decref(project_run("shop", ""));
  }
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel's calendar held against sql/feature/cohort_retention.sql, cell by cell. */
#include <stdio.h>
#include <stdlib.h>

#include "feature_fixture.h"

static int64_t month_of(const json_t *row) {
  int year, month;
  const char *cohort = json_string_value(json_object_get(row, "cohort"));
  cr_assert_eq(sscanf(cohort, "%d-%d", &year, &month), 2, "%s", cohort);
  return (int64_t)(year - 1970) * 12 + month - 1;
}

static int64_t money_of(const json_t *row) {
  return (int64_t)__builtin_llround(atof(json_string_value(json_object_get(row, "revenue"))) *
                                    GY_MONEY_SCALE);
}

static int64_t number_of(const json_t *row, const char *key) {
  return json_integer_value(json_object_get(row, key));
}

void assert_calendar_as_sql(gy_engine *engine, const gy_feature_query *query,
                            const gy_customer_totals *totals, const char *label) {
  char *sql = NULL;
  json_t *rows = NULL, *row;
  MUST(gy_cohort_sql(query, &sql, err));
  MUST(gy_engine_json(engine, sql, NULL, 0, NULL, &rows, err));
  size_t n = totals->months.n, i;
  int64_t seen = 0;
  json_array_foreach(rows, i, row) {
    int64_t cohort = month_of(row) - totals->months.first, month = cohort + number_of(row, "months_since");
    cr_assert(cohort >= 0 && month < (int64_t)n, "%s: month %lld of %zu", label, (long long)month, n);
    const gy_calendar_cell *cell = &totals->cells[(size_t)cohort * n + (size_t)month];
    cr_assert_eq(cell->customers, number_of(row, "customers"), "%s: cohort %lld month %lld: %lld customers",
                 label, (long long)cohort, (long long)month, (long long)cell->customers);
    cr_assert_eq(cell->amount, money_of(row), "%s: cohort %lld month %lld: amount %lld, not %lld", label,
                 (long long)cohort, (long long)month, (long long)cell->amount, (long long)money_of(row));
    seen += cell->customers;
  }
  int64_t customers = 0, orders = 0, of_customers = total_of(engine, "orders");
  for (i = 0; i < n * n; i++) {
    customers += totals->cells[i].customers;
    orders += totals->cells[i].orders;
  }
  cr_assert_eq(customers, seen, "%s: a cell that SQL does not have", label);
  cr_assert_eq((int64_t)totals->customer_orders, of_customers, "%s: orders of customers", label);
  cr_assert_eq(orders, of_customers, "%s: %lld orders on the calendar", label, (long long)orders);
  json_decref(rows);
  free(sql);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Sections of the report made from the calendar, and money as text. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "study/calendar_sections.h"
#include "study/run_context.h"

Test(sections, money_keeps_its_digits) {
  static const struct {
    int64_t amount;
    const char *text;
  } CASES[] = {{0, "0"},
               {10000, "1"},
               {15000, "1.5"},
               {89114079040, "8911407.904"},
               {-1, "-0.0001"},
               {-25000, "-2.5"},
               {INT64_MAX, "922337203685477.5807"},
               {INT64_MIN, "-922337203685477.5808"}};
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char text[32];
    cr_expect_str_eq(gy_money_text(CASES[i].amount, text), CASES[i].text, "%lld: %s",
                     (long long)CASES[i].amount, text);
  }
}

/* November and December 2019 and January 2020; the last is not over. */
static json_t *calendar(void) {
  return json_pack("{s:i, s:i, s:i, s:[[i,i,i,i,i], [i,i,i,i,i], [i,i,i,i,i], [i,i,i,i,i]]}", "first", 598,
                   "open", 600, "n", 3, "cells", 0, 0, 10, 12, 120000, 0, 1, 4, 5, 50000, 1, 1, 6, 6, 60000,
                   0, 2, 1, 1, 10000);
}

Test(sections, months_are_sums_over_cohorts) {
  json_t *json = calendar(), *rows = gy_calendar_monthly(json);
  static const struct {
    const char *month, *revenue;
    int orders, customers, new_customers, complete;
  } EXPECTED[] = {
      {"2019-11", "12", 12, 10, 10, 1}, {"2019-12", "11", 11, 10, 6, 1}, {"2020-01", "1", 1, 1, 0, 0}};
  cr_assert_eq(json_array_size(rows), 3u);
  for (size_t i = 0; i < 3; i++) {
    const json_t *row = json_array_get(rows, i);
    cr_expect_str_eq(json_string_value(json_object_get(row, "month")), EXPECTED[i].month);
    cr_expect_str_eq(json_string_value(json_object_get(row, "revenue")), EXPECTED[i].revenue);
    cr_expect_eq(json_integer_value(json_object_get(row, "orders")), EXPECTED[i].orders);
    cr_expect_eq(json_integer_value(json_object_get(row, "customers")), EXPECTED[i].customers);
    cr_expect_eq(json_integer_value(json_object_get(row, "new_customers")), EXPECTED[i].new_customers);
    cr_expect_eq(json_is_true(json_object_get(row, "complete")), EXPECTED[i].complete);
  }
  json_decref(rows);
  json_decref(json);
}

Test(sections, immature_months_are_marked_and_left_out_of_the_curve) {
  json_t *json = calendar(), *cohorts = gy_calendar_cohorts(json, 12);
  const json_t *cells = json_object_get(cohorts, "cells"), *pooled = json_object_get(cohorts, "pooled");
  size_t i;
  json_t *cell;
  int immature = 0;
  json_array_foreach(cells, i, cell) { immature += json_is_false(json_object_get(cell, "mature")); }
  cr_expect_eq(json_array_size(cells), 5u);
  cr_expect_eq(immature, 2, "January of both cohorts");
  cr_expect_eq(json_array_size(json_object_get(cohorts, "cohorts")), 2u);
  cr_expect_eq(json_array_size(pooled), 2u, "month 2 is nowhere over");
  const json_t *first = json_array_get(pooled, 1);
  cr_expect_float_eq(json_real_value(json_object_get(first, "retention")), 0.4, 1e-12);
  cr_expect_eq(json_integer_value(json_object_get(first, "customers")), 10);
  json_decref(cohorts);
  json_decref(json);
}

Test(sections, no_calendar_gives_null) {
  gy_customer_totals totals = {0};
  gy_local_time utc = {0};
  json_t *json = gy_calendar_json(&totals, &utc);
  cr_assert(json_is_null(json));
  json_decref(json);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "study/calendar_sections.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/run_context.h"

json_t *gy_calendar_json(const gy_customer_totals *totals, const gy_local_time *zone) {
  size_t n = totals->months.n;
  if (n == 0 || totals->cells == NULL) return json_null();
  gy_calendar_months open;
  gy_calendar_months_init(&open, zone, totals->as_of_us, totals->as_of_us);
  json_t *cells = json_array();
  for (size_t c = 0; c < n; c++)
    for (size_t m = c; m < n; m++) {
      const gy_calendar_cell *cell = &totals->cells[c * n + m];
      if (cell->customers == 0) continue;
      json_array_append_new(
          cells, json_pack("[I, I, I, I, I]", (json_int_t)c, (json_int_t)m, (json_int_t)cell->customers,
                           (json_int_t)cell->orders, (json_int_t)cell->amount));
    }
  return json_pack("{s:i, s:i, s:I, s:o}", "first", totals->months.first, "open", open.first, "n",
                   (json_int_t)n, "cells", cells);
}

/* "2011-03" as months since 1970-01. */
static bool read_month(const char *text, int64_t *month) {
  int year, number;
  if (text == NULL || sscanf(text, "%4d-%2d", &year, &number) != 2) return false;
  *month = (int64_t)(year - 1970) * 12 + number - 1;
  return true;
}

/* A cell "cohort month" of the forgotten people. */
static bool read_forgotten(const json_t *row, int64_t *cohort, int64_t *month) {
  const char *scope = json_string_value(json_object_get(row, "scope")),
             *item = json_string_value(json_object_get(row, "item"));
  return scope != NULL && item != NULL && strcmp(scope, "cohort") == 0 && strlen(item) == 15 &&
         read_month(item, cohort) && read_month(item + 8, month);
}

static json_t *cell_of(json_t *cells, int64_t cohort, int64_t month) {
  size_t i;
  json_t *cell;
  json_array_foreach(cells, i, cell) {
    if (json_integer_value(json_array_get(cell, 0)) == cohort &&
        json_integer_value(json_array_get(cell, 1)) == month)
      return cell;
  }
  json_array_append_new(cells, json_pack("[I, I, i, i, i]", (json_int_t)cohort, (json_int_t)month, 0, 0, 0));
  return json_array_get(cells, json_array_size(cells) - 1);
}

static void add_to(json_t *cell, size_t place, int64_t more) {
  json_array_set_new(cell, place, json_integer(json_integer_value(json_array_get(cell, place)) + more));
}

/* Moves every cell so that months are counted from `first`. */
static void count_from(json_t *calendar, int64_t first) {
  int64_t by = json_integer_value(json_object_get(calendar, "first")) - first;
  size_t i;
  json_t *cell;
  json_array_foreach(json_object_get(calendar, "cells"), i, cell) {
    add_to(cell, 0, by);
    add_to(cell, 1, by);
  }
  json_object_set_new(calendar, "first", json_integer(first));
  json_object_set_new(calendar, "n", json_integer(json_integer_value(json_object_get(calendar, "n")) + by));
}

json_t *gy_calendar_with_forgotten(json_t *calendar, const json_t *sums) {
  int64_t cohort, month, open = json_integer_value(json_object_get(calendar, "open"));
  size_t i;
  json_t *row;
  if (!json_is_object(calendar)) return calendar;
  json_array_foreach(sums, i, row) {
    if (!read_forgotten(row, &cohort, &month) || month > open) continue;
    if (cohort < json_integer_value(json_object_get(calendar, "first"))) count_from(calendar, cohort);
    int64_t first = json_integer_value(json_object_get(calendar, "first"));
    if (month - first >= GY_CALENDAR_MONTHS_MAX) continue;
    if (month - first >= json_integer_value(json_object_get(calendar, "n")))
      json_object_set_new(calendar, "n", json_integer(month - first + 1));
    json_t *cell = cell_of(json_object_get(calendar, "cells"), cohort - first, month - first);
    add_to(cell, 2, json_integer_value(json_object_get(row, "customers")));
    add_to(cell, 3, json_integer_value(json_object_get(row, "orders")));
    add_to(cell, 4, json_integer_value(json_object_get(row, "amount")));
  }
  return calendar;
}

/* The calendar read back. */
typedef struct {
  int64_t first, open;
  size_t n;
  gy_calendar_cell cells[GY_CALENDAR_MONTHS_MAX][GY_CALENDAR_MONTHS_MAX];
} calendar;

static json_int_t integer_in(const json_t *array, size_t i) {
  return json_integer_value(json_array_get(array, i));
}

static calendar *read_calendar(const json_t *json) {
  calendar *made = calloc(1, sizeof *made);
  if (made == NULL) return NULL;
  made->first = json_integer_value(json_object_get(json, "first"));
  made->open = json_integer_value(json_object_get(json, "open"));
  made->n = (size_t)json_integer_value(json_object_get(json, "n"));
  size_t i;
  json_t *row;
  json_array_foreach(json_object_get(json, "cells"), i, row) {
    size_t c = (size_t)integer_in(row, 0), m = (size_t)integer_in(row, 1);
    if (c < GY_CALENDAR_MONTHS_MAX && m < GY_CALENDAR_MONTHS_MAX)
      made->cells[c][m] = (gy_calendar_cell){integer_in(row, 2), integer_in(row, 3), integer_in(row, 4)};
  }
  return made;
}

static const char *month_name(const calendar *cal, size_t month, char text[16]) {
  int64_t number = cal->first + (int64_t)month;
  snprintf(text, 16, "%04d-%02d", (int)(1970 + number / 12), (int)(number % 12 + 1));
  return text;
}

static bool is_over(const calendar *cal, size_t month) { return cal->first + (int64_t)month < cal->open; }

json_t *gy_calendar_monthly(const json_t *json) {
  calendar *cal = read_calendar(json);
  json_t *rows = json_array();
  for (size_t m = 0; cal != NULL && m < cal->n; m++) {
    gy_calendar_cell sum = {0};
    for (size_t c = 0; c <= m; c++) {
      sum.customers += cal->cells[c][m].customers;
      sum.orders += cal->cells[c][m].orders;
      sum.amount += cal->cells[c][m].amount;
    }
    char name[16], money[32];
    json_array_append_new(
        rows, json_pack("{s:s, s:s, s:I, s:I, s:I, s:b}", "month", month_name(cal, m, name), "revenue",
                        gy_money_text(sum.amount, money), "orders", (json_int_t)sum.orders, "customers",
                        (json_int_t)sum.customers, "new_customers", (json_int_t)cal->cells[m][m].customers,
                        "complete", is_over(cal, m)));
  }
  free(cal);
  return rows;
}

/* What all cohorts together did `period` months after their first order; only months that are over count. */
static json_t *curve_point(const calendar *cal, size_t period) {
  int64_t at_risk = 0, retained = 0, cohorts = 0;
  double rates = 0;
  for (size_t c = 0; c + period < cal->n; c++) {
    int64_t size = cal->cells[c][c].customers, here = cal->cells[c][c + period].customers;
    if (size == 0 || !is_over(cal, c + period)) continue;
    cohorts++;
    at_risk += size;
    retained += here;
    rates += (double)here / (double)size;
  }
  if (cohorts == 0) return NULL;
  return json_pack("{s:I, s:I, s:I, s:f, s:f}", "period", (json_int_t)period, "customers",
                   (json_int_t)at_risk, "retained", (json_int_t)retained, "retention",
                   rates / (double)cohorts, "pooled_retention", (double)retained / (double)at_risk);
}

static void add_cohort(const calendar *cal, size_t cohort, size_t months, json_t *cells) {
  int64_t size = cal->cells[cohort][cohort].customers;
  for (size_t m = cohort; m < cal->n && m - cohort <= months; m++) {
    const gy_calendar_cell *cell = &cal->cells[cohort][m];
    char name[16], money[32];
    json_array_append_new(
        cells, json_pack("{s:s, s:I, s:I, s:f, s:b, s:s}", "cohort", month_name(cal, cohort, name), "period",
                         (json_int_t)(m - cohort), "customers", (json_int_t)cell->customers, "retention",
                         (double)cell->customers / (double)size, "mature", is_over(cal, m), "revenue",
                         gy_money_text(cell->amount, money)));
  }
}

json_t *gy_calendar_cohorts(const json_t *json, int64_t months) {
  calendar *cal = read_calendar(json);
  json_t *cohorts = json_array(), *cells = json_array(), *pooled = json_array();
  for (size_t c = 0; cal != NULL && c < cal->n; c++) {
    char name[16];
    if (cal->cells[c][c].customers == 0) continue;
    json_array_append_new(cohorts, json_pack("{s:s, s:I}", "cohort", month_name(cal, c, name), "customers",
                                             (json_int_t)cal->cells[c][c].customers));
    add_cohort(cal, c, (size_t)months, cells);
  }
  for (size_t p = 0; cal != NULL && p < cal->n && (int64_t)p <= months; p++) {
    json_t *point = curve_point(cal, p);
    if (point != NULL) json_array_append_new(pooled, point);
  }
  free(cal);
  return json_pack("{s:s, s:o, s:o, s:o}", "period", "month", "cohorts", cohorts, "cells", cells, "pooled",
                   pooled);
}

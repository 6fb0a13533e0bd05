/* SPDX-License-Identifier: Apache-2.0
 *
 * Orders on the calendar: for every month of a first order (the cohort) and every month since, how many of
 * the cohort's customers ordered, their orders, and what they paid. Sums over cohorts are the monthly series;
 * shares of a cohort are its retention. The feature kernel fills it in the same pass as the features, where
 * SQL would walk the lines again for every distinct count (sql/feature/cohort_retention.sql is the
 * reference).
 *
 * Months are local. A customer's order belongs to the month of its first line. */
#ifndef GYEOL_FEATURE_ORDER_CALENDAR_H
#define GYEOL_FEATURE_ORDER_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feature/local_time.h"

enum { GY_CALENDAR_MONTHS_MAX = 240 };

/* The local months that a span of time touches; more than the maximum are none. */
typedef struct gy_calendar_months {
  int32_t first; /* months since 1970-01 */
  size_t n;
  int64_t start_us[GY_CALENDAR_MONTHS_MAX + 1]; /* month i is [start_us[i], start_us[i + 1]) */
} gy_calendar_months;

typedef struct gy_calendar_cell {
  int64_t customers, orders, amount;
} gy_calendar_cell;

void gy_calendar_months_init(gy_calendar_months *months, const gy_local_time *zone, int64_t first_us,
                             int64_t last_us);

/* Where one customer stands, going forward in time. Zero-initialise. */
typedef struct gy_calendar_place {
  size_t cohort, month;
  bool begun, counted;
} gy_calendar_place;

/* Adds a line that makes an order, not earlier than the one before. `cells` is n x n, cohort by month. */
static inline void gy_calendar_add(const gy_calendar_months *months, gy_calendar_cell *cells,
                                   gy_calendar_place *place, int64_t time_us, int64_t amount,
                                   bool new_order) {
  while (time_us >= months->start_us[place->month + 1]) {
    place->month++;
    place->counted = false;
  }
  if (!place->begun) place->cohort = place->month;
  place->begun = true;
  gy_calendar_cell *cell = &cells[place->cohort * months->n + place->month];
  cell->customers += !place->counted;
  cell->orders += new_order;
  cell->amount += amount;
  place->counted = true;
}

#endif

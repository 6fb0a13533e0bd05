/* SPDX-License-Identifier: Apache-2.0
 *
 * Months count from 1970-01. Days to civil months and back by Hinnant's algorithms ("chrono-Compatible
 * Low-Level Date Algorithms", 2013). */
#include "feature/order_calendar.h"

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

static int32_t month_of_day(int64_t day) {
  int64_t shifted = day + 719468; /* from 0000-03-01 */
  int64_t era = floor_div(shifted, 146097);
  int64_t day_of_era = shifted - era * 146097;
  int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t march_month = (5 * day_of_year + 2) / 153;
  int64_t month = march_month < 10 ? march_month + 2 : march_month - 10; /* January is 0 */
  int64_t year = year_of_era + era * 400 + (month <= 1);
  return (int32_t)((year - 1970) * 12 + month);
}

static int64_t first_day_of_month(int32_t month) {
  int64_t year = 1970 + floor_div(month, 12), of_year = month - floor_div(month, 12) * 12;
  year -= of_year <= 1;
  int64_t era = floor_div(year, 400), year_of_era = year - era * 400;
  int64_t march_month = of_year > 1 ? of_year - 2 : of_year + 10;
  int64_t day_of_year = (153 * march_month + 2) / 5;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

static int64_t local_of(const gy_local_time *zone, int64_t time_us) {
  return time_us + gy_local_time_offset(zone, time_us);
}

/* The first instant whose local clock shows `local_us` or later. */
static int64_t instant_of(const gy_local_time *zone, int64_t local_us) {
  int64_t low = local_us - 2 * GY_DAY_US, high = local_us + 2 * GY_DAY_US;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (local_of(zone, middle) >= local_us)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

void gy_calendar_months_init(gy_calendar_months *months, const gy_local_time *zone, int64_t first_us,
                             int64_t last_us) {
  int32_t first = month_of_day(floor_div(local_of(zone, first_us), GY_DAY_US));
  int32_t last = month_of_day(floor_div(local_of(zone, last_us), GY_DAY_US));
  *months = (gy_calendar_months){.first = first};
  if (last < first || last - first >= GY_CALENDAR_MONTHS_MAX) return;
  months->n = (size_t)(last - first) + 1;
  months->start_us[0] = INT64_MIN;
  for (size_t i = 1; i < months->n; i++)
    months->start_us[i] = instant_of(zone, first_day_of_month(first + (int32_t)i) * GY_DAY_US);
  months->start_us[months->n] = INT64_MAX;
}

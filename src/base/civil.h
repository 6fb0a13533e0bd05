/* SPDX-License-Identifier: Apache-2.0
 *
 * The proleptic Gregorian calendar as day numbers, 0 = 1970-01-01. After Howard Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms": years are counted from March, so that the leap day is the
 * last of its year. */
#ifndef GYEOL_BASE_CIVIL_H
#define GYEOL_BASE_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

static inline bool gy_civil_is_leap(int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days of a month 1..12. */
static inline int gy_civil_month_days(int64_t year, int month) {
  if (month == 2) return gy_civil_is_leap(year) ? 29 : 28;
  return 30 + ((month + (month >> 3)) & 1);
}

/* Day number of a date whose month is 1..12. */
static inline int64_t gy_civil_days(int64_t year, int month, int day) {
  int64_t y = year - (month <= 2);
  int64_t era = (y >= 0 ? y : y - 399) / 400;
  int64_t year_of_era = y - era * 400;
  int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

static inline void gy_civil_date(int64_t days, int64_t *year, int *month, int *day) {
  int64_t z = days + 719468;
  int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  int64_t day_of_era = z - era * 146097;
  int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t march_month = (5 * day_of_year + 2) / 153;
  *day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
  *month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
  *year = year_of_era + era * 400 + (*month <= 2);
}

/* 0 = Sunday. */
static inline int gy_civil_weekday(int64_t days) { return (int)(((days + 4) % 7 + 7) % 7); }

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/rule_zone.h"

#include "base/civil.h"

static const int64_t US = 1000000;

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

static size_t walk(const gy_zone *zone, int64_t *change_us, int64_t *offset_us) {
  int64_t at = 0, end = gy_civil_days(2100, 1, 1) * 86400;
  size_t n = 0;
  for (gy_zone_span span = gy_zone_of_utc(zone, at); span.until_s < end; n++) {
    at = span.until_s;
    span = gy_zone_of_utc(zone, at);
    if (change_us == NULL) continue;
    change_us[n] = at * US;
    offset_us[n] = span.offset_s * US;
  }
  return n;
}

gy_status rule_zone_init(rule_zone *zone, const gy_zone *of, gy_arena *arena, gy_error *err) {
  size_t n = walk(of, NULL, NULL);
  int64_t *changes = gy_arena_calloc(arena, n + 1, sizeof *changes);
  int64_t *offsets = gy_arena_calloc(arena, n + 1, sizeof *offsets);
  if (changes == NULL || offsets == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for the time zone %s", gy_zone_name(of));
  walk(of, changes, offsets);
  *zone = (rule_zone){.zone = of,
                      .first_offset_us = gy_zone_of_utc(of, 0).offset_s * US,
                      .change_us = changes,
                      .offset_us = offsets,
                      .n_changes = n};
  return GY_OK;
}

int64_t rule_zone_offset(const rule_zone *zone, int64_t utc_us) {
  size_t low = 0, high = zone->n_changes;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (zone->change_us[middle] <= utc_us)
      low = middle + 1;
    else
      high = middle;
  }
  return low == 0 ? zone->first_offset_us : zone->offset_us[low - 1];
}

int64_t rule_zone_utc(const rule_zone *zone, int64_t local_us) {
  return local_us - gy_zone_of_local(zone->zone, floor_div(local_us, US)).offset_s * US;
}

int64_t rule_add_months(int64_t day, int64_t months) {
  int64_t year;
  int month, day_of_month;
  gy_civil_date(day, &year, &month, &day_of_month);
  int64_t count = year * 12 + month - 1 + months;
  year = floor_div(count, 12);
  month = (int)(count - year * 12) + 1;
  int last = gy_civil_month_days(year, month);
  return gy_civil_days(year, month, day_of_month < last ? day_of_month : last);
}

int rule_unit_days(rule_unit unit) { return unit == RULE_DAY ? 1 : unit == RULE_WEEK ? 7 : 0; }

int rule_unit_months(rule_unit unit) {
  return unit == RULE_MONTH ? 1 : unit == RULE_QUARTER ? 3 : unit == RULE_YEAR ? 12 : 0;
}

int64_t rule_unit_us(rule_unit unit) {
  switch (unit) {
    case RULE_SECOND:
      return US;
    case RULE_MINUTE:
      return 60 * US;
    case RULE_HOUR:
      return 3600 * US;
    default:
      return rule_unit_days(unit) * RULE_DAY_US;
  }
}

int64_t rule_unit_start(rule_unit unit, int64_t day, int step) {
  int64_t year;
  int month, day_of_month, months = rule_unit_months(unit);
  if (unit == RULE_WEEK) day -= (gy_civil_weekday(day) + 6) % 7;
  if (months == 0) return day + (int64_t)step * rule_unit_days(unit);
  gy_civil_date(day, &year, &month, &day_of_month);
  return rule_add_months(gy_civil_days(year, (month - 1) / months * months + 1, 1), (int64_t)step * months);
}

int64_t rule_zone_add(const rule_zone *zone, int64_t utc_us, rule_unit unit, int64_t amount) {
  if (unit < RULE_DAY) return utc_us + amount * rule_unit_us(unit);
  int64_t local = utc_us + rule_zone_offset(zone, utc_us), day = rule_day_of(local);
  int64_t clock = local - day * RULE_DAY_US;
  int months = rule_unit_months(unit);
  day = months > 0 ? rule_add_months(day, amount * months) : day + amount * rule_unit_days(unit);
  return rule_zone_utc(zone, day * RULE_DAY_US + clock);
}

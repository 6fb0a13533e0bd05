/* SPDX-License-Identifier: Apache-2.0
 *
 * A zone as the list of its changes between 1970 and 2100, which both back ends read: in SQL it becomes a
 * CASE. Before and after, the first and last offset of that time hold. Constants are turned into instants
 * here, by the zone itself.
 *
 * A local time that occurs twice means the first of the two, one that never occurs the moment of the change
 * or later (base/time_zone.h). */
#ifndef GYEOL_RULE_RULE_ZONE_H
#define GYEOL_RULE_RULE_ZONE_H

#include "rule/rule_ast.h"

#define RULE_DAY_US INT64_C(86400000000)
enum { RULE_FIRST_DAY = -719162, RULE_LAST_DAY = 2932896 }; /* 0001-01-01, 9999-12-31 */

typedef struct rule_zone {
  const gy_zone *zone;
  int64_t first_offset_us;
  const int64_t *change_us, *offset_us; /* in the arena */
  size_t n_changes;
} rule_zone;

GY_MUST_USE gy_status rule_zone_init(rule_zone *zone, const gy_zone *of, gy_arena *arena, gy_error *err);

static inline int64_t rule_day_of(int64_t micros) {
  return micros / RULE_DAY_US - (micros % RULE_DAY_US < 0);
}

int64_t rule_zone_offset(const rule_zone *zone, int64_t utc_us);
int64_t rule_zone_utc(const rule_zone *zone, int64_t local_us);
/* The first instant of a day. */
static inline int64_t rule_zone_day_start(const rule_zone *zone, int64_t day) {
  return rule_zone_utc(zone, day * RULE_DAY_US);
}
static inline int64_t rule_zone_day(const rule_zone *zone, int64_t utc_us) {
  return rule_day_of(utc_us + rule_zone_offset(zone, utc_us));
}

int64_t rule_add_months(int64_t day, int64_t months);
/* The first day of the unit (day, week, month, quarter, year) that holds `day`, `step` units further. */
int64_t rule_unit_start(rule_unit unit, int64_t day, int step);
/* An instant and a number of units later; days and more on the zone's calendar. */
int64_t rule_zone_add(const rule_zone *zone, int64_t utc_us, rule_unit unit, int64_t amount);
/* Days or months in a unit; 0 where it has none. */
int rule_unit_days(rule_unit unit);
int rule_unit_months(rule_unit unit);
int64_t rule_unit_us(rule_unit unit); /* elapsed; 0 for months and more */

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Where an instant falls in the local week and day. */
#ifndef GYEOL_FEATURE_LOCAL_TIME_H
#define GYEOL_FEATURE_LOCAL_TIME_H

#include <stddef.h>
#include <stdint.h>

#include "base/time_zone.h"

#define GY_DAY_US ((int64_t)86400 * 1000000)

/* A zone as a list of changes: from change_us[i] on, the local clock is offset_us[i] ahead of UTC; before
 * the first, `first_offset_us`. */
typedef struct gy_local_time {
  int64_t first_offset_us;
  const int64_t *change_us; /* ascending; lent */
  const int64_t *offset_us;
  size_t n_changes;
} gy_local_time;

/* The changes of a zone; gives arrays for gy_local_time_clear. */
GY_MUST_USE gy_status gy_local_time_init(const gy_zone *zone, gy_local_time *time, gy_error *err);
void gy_local_time_clear(gy_local_time *time);

static inline int64_t gy_local_time_offset(const gy_local_time *zone, int64_t time_us) {
  size_t low = 0, high = zone->n_changes;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (zone->change_us[middle] <= time_us)
      low = middle + 1;
    else
      high = middle;
  }
  return low == 0 ? zone->first_offset_us : zone->offset_us[low - 1];
}

/* Weekday 0..6 from Monday, and quarter of the day 0..3. */
static inline void gy_local_time_place(const gy_local_time *zone, int64_t time_us, int *weekday,
                                       int *quarter) {
  int64_t local = time_us + gy_local_time_offset(zone, time_us);
  int64_t day = local / GY_DAY_US - (local % GY_DAY_US < 0);
  int64_t thursday_first = day % 7; /* 1970-01-01 was a Thursday */
  *weekday = (int)((thursday_first + 10) % 7);
  *quarter = (int)((local - day * GY_DAY_US) / (GY_DAY_US / 4));
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/local_time.h"

#include <stdlib.h>

/* Half-hourly changes for two centuries would not come near this. */
enum { CHANGES_MAX = 4096 };
static const int64_t US = 1000000;

/* Spans follow each other until one has no end within reach of a microsecond count. */
static size_t walk(const gy_zone *zone, int64_t *change_us, int64_t *offset_us) {
  size_t n = 0;
  gy_zone_span span = gy_zone_of_utc(zone, INT64_MIN / US);
  while (span.until_s < INT64_MAX / US && n < CHANGES_MAX) {
    int64_t change_s = span.until_s;
    span = gy_zone_of_utc(zone, change_s);
    if (change_us != NULL) {
      change_us[n] = change_s * US;
      offset_us[n] = span.offset_s * US;
    }
    n++;
  }
  return n;
}

gy_status gy_local_time_init(const gy_zone *zone, gy_local_time *time, gy_error *err) {
  size_t n = walk(zone, NULL, NULL);
  int64_t *changes = malloc((n + 1) * sizeof *changes), *offsets = malloc((n + 1) * sizeof *offsets);
  if (changes == NULL || offsets == NULL) {
    free(changes);
    free(offsets);
    return gy_fail(err, GY_ENOMEM, "no memory for the time zone %s", gy_zone_name(zone));
  }
  walk(zone, changes, offsets);
  *time = (gy_local_time){.first_offset_us = gy_zone_of_utc(zone, INT64_MIN / US).offset_s * US,
                          .change_us = changes,
                          .offset_us = offsets,
                          .n_changes = n};
  return GY_OK;
}

void gy_local_time_clear(gy_local_time *time) {
  free((void *)time->change_us);
  free((void *)time->offset_us);
  *time = (gy_local_time){0};
}

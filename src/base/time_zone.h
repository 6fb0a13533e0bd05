/* SPDX-License-Identifier: Apache-2.0
 *
 * Offsets of IANA time zones, from the system's compiled files (TZif, RFC 8536): every past change and, by
 * the rule in the file's last line, the coming ones up to the year 2200.
 *
 * Between two changes an offset is constant. Lookups give that whole span, so that whoever converts many
 * times that lie close together looks up once:
 *
 *   if (t < span.from_s || t >= span.until_s) span = gy_zone_of_utc(zone, t);
 *   local = t + span.offset_s;
 *
 * A local time that occurs twice (clocks put back) means the first of the two. One that never occurs
 * (clocks put forward) is shifted forward by the gap: 02:30 becomes 03:30. */
#ifndef GYEOL_BASE_TIME_ZONE_H
#define GYEOL_BASE_TIME_ZONE_H

#include <stdint.h>

#include <gyeol/status.h>

typedef struct gy_zone gy_zone;

/* Half-open; the same offset (local - UTC) for every second of it. */
typedef struct gy_zone_span {
  int64_t from_s, until_s;
  int32_t offset_s;
} gy_zone_span;

/* Loads "Asia/Seoul" from $TZDIR or /usr/share/zoneinfo; "UTC" needs no file. GY_ENOTFOUND for a name that
 * is not there, GY_ECORRUPT for a damaged file. */
GY_MUST_USE gy_status gy_zone_load(const char *name, gy_zone **zone, gy_error *err);
void gy_zone_destroy(gy_zone *zone); /* NULL-safe */

const char *gy_zone_name(const gy_zone *zone);

gy_zone_span gy_zone_of_utc(const gy_zone *zone, int64_t utc_s);     /* span in UTC seconds */
gy_zone_span gy_zone_of_local(const gy_zone *zone, int64_t local_s); /* span in local seconds */

#endif

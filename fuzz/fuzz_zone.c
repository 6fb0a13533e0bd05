/* SPDX-License-Identifier: Apache-2.0
 *
 * Time zone files (TZif) from any bytes: read or refused; a zone's spans hold the moment asked for and join
 * without a gap. */
#include "base/time_zone.h"

#include <string.h>

#include "fuzz_file.h"

enum { SPANS_FOLLOWED = 64 };

static void check_spans(gy_zone_span (*span_of)(const gy_zone *, int64_t), const gy_zone *zone) {
  int64_t at = INT64_MIN;
  for (int i = 0; i < SPANS_FOLLOWED; i++) {
    gy_zone_span span = span_of(zone, at);
    must(span.from_s <= at && (at < span.until_s || span.until_s == INT64_MAX));
    if (span.until_s == INT64_MAX) return;
    at = span.until_s;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const int64_t TIMES[] = {INT64_MIN, -2208988800, 0, 1323402600, 4102444800, INT64_MAX};
  const char *path = fuzz_file(data, size);
  must(setenv("TZDIR", "/proc/self/fd", 1) == 0);
  gy_zone *zone = NULL;
  gy_error err = {0};
  gy_status status = gy_zone_load(strrchr(path, '/') + 1, &zone, &err);
  must(status == GY_OK || (status == GY_ECORRUPT && zone == NULL));
  if (status != GY_OK) return 0;
  for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++) {
    gy_zone_span utc = gy_zone_of_utc(zone, TIMES[i]), local = gy_zone_of_local(zone, TIMES[i]);
    must(utc.from_s <= TIMES[i] && local.from_s <= TIMES[i]);
  }
  check_spans(gy_zone_of_utc, zone);
  check_spans(gy_zone_of_local, zone);
  gy_zone_destroy(zone);
  return 0;
}

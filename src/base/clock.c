/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

double gy_clock_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int64_t gy_clock_utc_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void gy_clock_rfc3339(int64_t utc_us, char *text) {
  int64_t seconds = utc_us / 1000000 - (utc_us % 1000000 < 0);
  time_t moment = (time_t)seconds;
  struct tm parts;
  if (gmtime_r(&moment, &parts) == NULL || strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
    text[0] = '\0';
}

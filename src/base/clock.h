/* SPDX-License-Identifier: Apache-2.0
 *
 * The two clocks. Kernels never read either; rooms that need "now" take it as a parameter where they can. */
#ifndef GYEOL_BASE_CLOCK_H
#define GYEOL_BASE_CLOCK_H

#include <stdint.h>

/* Seconds since an unspecified moment, for durations. */
double gy_clock_seconds(void);

/* Microseconds since 1970-01-01 UTC. */
int64_t gy_clock_utc_us(void);

/* "2026-01-31T09:05:00Z" for a time in microseconds; `text` holds at least 32 bytes. */
void gy_clock_rfc3339(int64_t utc_us, char *text);

#endif

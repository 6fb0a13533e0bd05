/* SPDX-License-Identifier: Apache-2.0
 *
 * How many distinct values a column has, and which of them it shares with another column, in bounded
 * memory. Hashes whose low `level` bits are zero are kept; when they no longer fit, the level rises and
 * half of them go (Gibbons, "Distinct sampling for highly-accurate answers", VLDB 2001). Exact at level 0.
 * Two samples over different columns keep the same values, so their overlap is an unbiased estimate. */
#ifndef GYEOL_DATA_SNIFF_DISTINCT_H
#define GYEOL_DATA_SNIFF_DISTINCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GY_DISTINCT_MAX = 1 << 16 }; /* hashes kept */

typedef struct gy_distinct {
  uint64_t *slots; /* open addressing; 0 is free */
  size_t n_slots, n_kept;
  unsigned level;
} gy_distinct;

/* Never 0. */
uint64_t gy_distinct_hash(const char *text, size_t length);

/* False when memory is spent. */
bool gy_distinct_add(gy_distinct *set, uint64_t hash);
void gy_distinct_clear(gy_distinct *set);

/* Distinct values; an estimate where `level` > 0. */
uint64_t gy_distinct_count(const gy_distinct *set);

/* Share of the values of `part` that `whole` has too, 0..1. */
double gy_distinct_coverage(const gy_distinct *part, const gy_distinct *whole);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * How often each pattern of levels was seen. A pattern is a number, four bits a field: 0 unknown, else 1 +
 * the level. Each thread counts for itself; sums of whole numbers are the same in any order. */
#ifndef GYEOL_LINK_LINK_PATTERNS_H
#define GYEOL_LINK_LINK_PATTERNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINK_PATTERN_BITS = 4, LINK_PATTERN_MASK = 15 };

typedef struct link_count {
  uint64_t pattern; /* with LINK_PATTERN_SEEN */
  uint64_t count;
} link_count;

#define LINK_PATTERN_SEEN (1ull << 63)

typedef struct link_patterns {
  link_count *slots; /* open addressing; a free slot has pattern 0 */
  size_t n_slots, n;
  uint64_t last; /* slot of the pattern seen last */
} link_patterns;

/* False when memory is spent; what was counted stays. */
bool link_patterns_add(link_patterns *to, uint64_t pattern, uint64_t count);
bool link_patterns_merge(link_patterns *to, const link_patterns *from);
void link_patterns_clear(link_patterns *patterns);

/* Moves the patterns to the front of slots, ascending; nothing may be added afterwards. */
void link_patterns_sort(link_patterns *patterns);

static inline int link_pattern_level(uint64_t pattern, size_t field) {
  return (int)(pattern >> (LINK_PATTERN_BITS * field) & LINK_PATTERN_MASK) - 1;
}

static inline uint64_t link_pattern_of(int level, size_t field) {
  return (uint64_t)(level + 1) << (LINK_PATTERN_BITS * field);
}

#endif

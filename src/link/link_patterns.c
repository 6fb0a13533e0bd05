/* SPDX-License-Identifier: Apache-2.0 */
#include "link/link_patterns.h"

#include <stdlib.h>

enum { SLOTS_AT_FIRST = 256 };

static size_t slot_of(const link_patterns *in, uint64_t pattern) {
  uint64_t mixed = pattern * 0x9E3779B97F4A7C15ull;
  size_t slot = (size_t)(mixed >> 32) & (in->n_slots - 1);
  while (in->slots[slot].pattern != 0 && in->slots[slot].pattern != pattern)
    slot = (slot + 1) & (in->n_slots - 1);
  return slot;
}

static bool grow(link_patterns *of) {
  link_patterns wider = {.n_slots = of->n_slots > 0 ? of->n_slots * 2 : SLOTS_AT_FIRST, .n = of->n};
  wider.slots = calloc(wider.n_slots, sizeof *wider.slots);
  if (wider.slots == NULL) return false;
  for (size_t i = 0; i < of->n_slots; i++)
    if (of->slots[i].pattern != 0) wider.slots[slot_of(&wider, of->slots[i].pattern)] = of->slots[i];
  free(of->slots);
  *of = wider; /* whose last is slot 0, whatever is there */
  return true;
}

bool link_patterns_add(link_patterns *to, uint64_t pattern, uint64_t count) {
  pattern |= LINK_PATTERN_SEEN;
  if (to->n_slots > 0 && to->slots[to->last].pattern == pattern) {
    to->slots[to->last].count += count;
    return true;
  }
  if (2 * (to->n + 1) > to->n_slots && !grow(to)) return false;
  size_t slot = slot_of(to, pattern);
  to->n += to->slots[slot].pattern == 0;
  to->slots[slot].pattern = pattern;
  to->slots[slot].count += count;
  to->last = slot;
  return true;
}

bool link_patterns_merge(link_patterns *to, const link_patterns *from) {
  for (size_t i = 0; i < from->n_slots; i++)
    if (from->slots[i].pattern != 0 && !link_patterns_add(to, from->slots[i].pattern, from->slots[i].count))
      return false;
  return true;
}

void link_patterns_clear(link_patterns *patterns) {
  free(patterns->slots);
  *patterns = (link_patterns){0};
}

static int by_pattern(const void *a, const void *b) {
  const link_count *x = a, *y = b;
  return (x->pattern > y->pattern) - (x->pattern < y->pattern);
}

void link_patterns_sort(link_patterns *patterns) {
  size_t n = 0;
  for (size_t i = 0; i < patterns->n_slots; i++)
    if (patterns->slots[i].pattern != 0) patterns->slots[n++] = patterns->slots[i];
  if (n > 0) qsort(patterns->slots, n, sizeof *patterns->slots, by_pattern);
  patterns->last = 0;
}

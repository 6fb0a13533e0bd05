/* SPDX-License-Identifier: Apache-2.0
 *
 * The sample of distinct hashes: a table with linear probing that doubles up to its maximum and then
 * thins itself out. */
#include "data/sniff_distinct.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 };

/* FNV-1a over the bytes, finished with the SplitMix64 mixer so that low bits are fair. */
uint64_t gy_distinct_hash(const char *text, size_t length) {
  uint64_t h = 0xCBF29CE484222325u;
  for (size_t i = 0; i < length; i++) h = (h ^ (unsigned char)text[i]) * 0x100000001B3u;
  h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9u;
  h = (h ^ (h >> 27)) * 0x94D049BB133111EBu;
  h ^= h >> 31;
  return h != 0 ? h : 1;
}

static bool is_kept(uint64_t hash, unsigned level) { return (hash & (((uint64_t)1 << level) - 1)) == 0; }

/* The hash's slot, or the free one where it belongs. The high bits place it: the low ones chose it. */
static size_t slot_of(const uint64_t *slots, size_t n_slots, uint64_t hash) {
  size_t at = (size_t)(hash >> 32) & (n_slots - 1);
  while (slots[at] != 0 && slots[at] != hash) at = (at + 1) & (n_slots - 1);
  return at;
}

static bool rebuild(gy_distinct *set, size_t n_slots, unsigned level) {
  uint64_t *slots = calloc(n_slots, sizeof *slots);
  if (slots == NULL) return false;
  size_t n_kept = 0;
  for (size_t i = 0; i < set->n_slots; i++) {
    if (set->slots[i] == 0 || !is_kept(set->slots[i], level)) continue;
    slots[slot_of(slots, n_slots, set->slots[i])] = set->slots[i];
    n_kept++;
  }
  free(set->slots);
  *set = (gy_distinct){slots, n_slots, n_kept, level};
  return true;
}

bool gy_distinct_add(gy_distinct *set, uint64_t hash) {
  if (!is_kept(hash, set->level)) return true;
  if (set->n_slots == 0 && !rebuild(set, FIRST_SLOTS, 0)) return false;
  size_t at = slot_of(set->slots, set->n_slots, hash);
  if (set->slots[at] == hash) return true;
  set->slots[at] = hash;
  set->n_kept++;
  if (set->n_kept > GY_DISTINCT_MAX) return rebuild(set, set->n_slots, set->level + 1);
  return set->n_kept * 2 <= set->n_slots || rebuild(set, set->n_slots * 2, set->level);
}

void gy_distinct_clear(gy_distinct *set) {
  free(set->slots);
  *set = (gy_distinct){0};
}

uint64_t gy_distinct_count(const gy_distinct *set) { return (uint64_t)set->n_kept << set->level; }

double gy_distinct_coverage(const gy_distinct *part, const gy_distinct *whole) {
  unsigned level = part->level > whole->level ? part->level : whole->level;
  size_t n = 0, n_shared = 0;
  for (size_t i = 0; i < part->n_slots; i++) {
    uint64_t hash = part->slots[i];
    if (hash == 0 || !is_kept(hash, level)) continue;
    n++;
    if (whole->n_slots > 0) n_shared += whole->slots[slot_of(whole->slots, whole->n_slots, hash)] == hash;
  }
  return n > 0 ? (double)n_shared / (double)n : 0;
}

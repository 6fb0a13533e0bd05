/* SPDX-License-Identifier: Apache-2.0
 *
 * A set of integers that come nearly in order and leave few out, as the numbers of a shop's orders do: pages
 * of bits, found through a small hash table, the last one remembered. Counting distinct orders while the
 * lines are read in the order of their file takes a fraction of what it takes later, customer by customer.
 *
 * Where the pages would take more memory than a list of what was added, the set gives up. */
#ifndef GYEOL_FEATURE_ID_MAP_H
#define GYEOL_FEATURE_ID_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GY_ID_PAGE_BITS = 15 };

typedef struct gy_id_page {
  uint64_t number; /* id >> GY_ID_PAGE_BITS */
  uint64_t *bits;  /* NULL: a free slot */
} gy_id_page;

/* Zero-initialise. */
typedef struct gy_id_map {
  bool gave_up;
  uint64_t last_number;
  uint64_t *last_bits;
  gy_id_page *slots;
  int slot_bits;
  size_t n_pages, n_added;
} gy_id_map;

void gy_id_map_clear(gy_id_map *map);

/* Makes `number` the last page; false when the map gives up. */
bool gy_id_map_turn(gy_id_map *map, uint64_t number);

static inline void gy_id_map_add(gy_id_map *map, uint64_t id) {
  uint64_t number = id >> GY_ID_PAGE_BITS, at = id & (((uint64_t)1 << GY_ID_PAGE_BITS) - 1);
  map->n_added++;
  if ((map->last_bits == NULL || number != map->last_number) && !gy_id_map_turn(map, number)) return;
  map->last_bits[at / 64] |= UINT64_C(1) << (at % 64);
}

/* The distinct ids over all maps; false when one gave up. */
bool gy_id_maps_count(const gy_id_map *const *maps, size_t n_maps, uint64_t *n_ids);

#endif

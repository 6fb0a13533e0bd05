/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/id_map.h"

#include <stdlib.h>

#include "feature/row_hash.h"

enum { PAGE_WORDS = (1 << GY_ID_PAGE_BITS) / 64, FREE_WORDS = 16 * PAGE_WORDS, MIN_SLOT_BITS = 6 };

void gy_id_map_clear(gy_id_map *map) {
  for (size_t slot = 0; map->slots != NULL && slot < (size_t)1 << map->slot_bits; slot++)
    free(map->slots[slot].bits);
  free(map->slots);
  *map = (gy_id_map){0};
}

/* The page's slot, or the free one where it would be. */
static gy_id_page *find(const gy_id_map *map, uint64_t number) {
  size_t mask = ((size_t)1 << map->slot_bits) - 1, slot = (size_t)gy_hash_word(number) & mask;
  while (map->slots[slot].bits != NULL && map->slots[slot].number != number) slot = (slot + 1) & mask;
  return &map->slots[slot];
}

static bool grow(gy_id_map *map) {
  gy_id_map larger = *map;
  larger.slot_bits = map->slots == NULL ? MIN_SLOT_BITS : map->slot_bits + 1;
  larger.slots = calloc((size_t)1 << larger.slot_bits, sizeof *larger.slots);
  if (larger.slots == NULL) return false;
  for (size_t slot = 0; map->slots != NULL && slot < (size_t)1 << map->slot_bits; slot++)
    if (map->slots[slot].bits != NULL) *find(&larger, map->slots[slot].number) = map->slots[slot];
  free(map->slots);
  *map = larger;
  return true;
}

static bool give_up(gy_id_map *map) {
  gy_id_map_clear(map);
  map->gave_up = true;
  return false;
}

bool gy_id_map_turn(gy_id_map *map, uint64_t number) {
  if (map->gave_up) return false;
  if ((map->slots == NULL || 2 * map->n_pages >> map->slot_bits > 0) && !grow(map)) return give_up(map);
  gy_id_page *page = find(map, number);
  if (page->bits == NULL) {
    if (map->n_pages * PAGE_WORDS > map->n_added + FREE_WORDS) return give_up(map);
    *page = (gy_id_page){.number = number, .bits = calloc(PAGE_WORDS, sizeof(uint64_t))};
    if (page->bits == NULL) return give_up(map);
    map->n_pages++;
  }
  map->last_number = number;
  map->last_bits = page->bits;
  return true;
}

/* Ids of a page over all maps; 0 where a map before `first` has it and counts it. */
static uint64_t count_page(const gy_id_map *const *maps, size_t n_maps, size_t first, uint64_t number) {
  uint64_t all[PAGE_WORDS] = {0}, count = 0;
  for (size_t m = 0; m < n_maps; m++) {
    const uint64_t *bits = maps[m]->slots != NULL ? find(maps[m], number)->bits : NULL;
    if (bits == NULL) continue;
    if (m < first) return 0;
    for (size_t w = 0; w < PAGE_WORDS; w++) all[w] |= bits[w];
  }
  for (size_t w = 0; w < PAGE_WORDS; w++) count += (unsigned)__builtin_popcountll(all[w]);
  return count;
}

bool gy_id_maps_count(const gy_id_map *const *maps, size_t n_maps, uint64_t *n_ids) {
  uint64_t count = 0;
  for (size_t m = 0; m < n_maps; m++)
    if (maps[m]->gave_up) return false;
  for (size_t m = 0; m < n_maps; m++) {
    for (size_t slot = 0; maps[m]->slots != NULL && slot < (size_t)1 << maps[m]->slot_bits; slot++)
      if (maps[m]->slots[slot].bits != NULL)
        count += count_page(maps, n_maps, m, maps[m]->slots[slot].number);
  }
  *n_ids = count;
  return true;
}

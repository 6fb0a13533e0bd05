/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "feature/id_map.h"

enum { RANGE = 400000, MAPS = 3 };

/* Adds ids that mostly ascend, shared by the maps, and counts them in an array too. */
Test(id_map, counts_what_an_array_counts) {
  static const int64_t BASES[] = {0, -200000, INT64_MAX - RANGE, INT64_MIN + 1};
  static bool seen[RANGE];
  for (size_t b = 0; b < sizeof BASES / sizeof *BASES; b++) {
    gy_id_map maps[MAPS] = {0};
    const gy_id_map *lent[MAPS];
    uint64_t n_ids = 0, wanted = 0;
    memset(seen, 0, sizeof seen);
    for (uint64_t i = 0; i < RANGE; i++) {
      uint64_t id = i % 7 == 0 ? i * 31 % RANGE : i;
      if (id % 5 == 3) continue;
      seen[id] = true;
      gy_id_map_add(&maps[i / 1000 % MAPS], (uint64_t)BASES[b] + id);
      if (i % 11 == 0) gy_id_map_add(&maps[(i / 1000 + 1) % MAPS], (uint64_t)BASES[b] + id);
    }
    for (size_t i = 0; i < RANGE; i++) wanted += seen[i];
    for (size_t m = 0; m < MAPS; m++) lent[m] = &maps[m];
    cr_assert(gy_id_maps_count(lent, MAPS, &n_ids), "base %ld: a map gave up", (long)BASES[b]);
    cr_assert_eq(n_ids, wanted, "base %ld: %lu ids", (long)BASES[b], (unsigned long)n_ids);
    for (size_t m = 0; m < MAPS; m++) gy_id_map_clear(&maps[m]);
  }
}

Test(id_map, gives_up_where_ids_are_sparse) {
  gy_id_map map = {0};
  const gy_id_map *lent = &map;
  for (uint64_t i = 0; i < 10000; i++) gy_id_map_add(&map, i * 0x9e3779b97f4a7c15u);
  uint64_t n_ids;
  cr_assert(!gy_id_maps_count(&lent, 1, &n_ids));
  cr_assert_eq(map.n_pages, 0, "its pages are freed");
  gy_id_map_clear(&map);
  cr_assert(gy_id_maps_count(&lent, 1, &n_ids) && n_ids == 0, "an empty map counts nothing");
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Overlaps of sets of customers beside counting them one by one. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "segment/overlap.h"

enum { SETS = 9, PEOPLE = 200000 };

/* Sparse, dense, runs, all, nobody; members come in any order and more than once. */
static void fill(gy_member_sets *sets, unsigned char *in) {
  gy_rng rng;
  gy_rng_init(&rng, 3, 1);
  for (size_t s = 0; s < SETS; s++) {
    unsigned char *mine = in + s * PEOPLE;
    for (uint32_t p = 0; p < PEOPLE; p++)
      mine[p] = s == 0   ? 0
                : s == 1 ? 1
                : s == 2 ? p / 5000 % 2
                         : gy_rng_below(&rng, 1ull << (2 * s - 4)) == 0;
    for (int round = 0; round < 2; round++)
      for (uint32_t p = 0; p < PEOPLE; p++) {
        uint32_t other = round == 0 ? p : PEOPLE - 1 - p;
        if (mine[other]) gy_member_sets_add(sets, s, &other, 1);
      }
  }
}

Test(overlap, is_what_counting_gives) {
  unsigned char *in = calloc(SETS, PEOPLE);
  uint64_t shared[SETS * SETS], joined[SETS * SETS];
  gy_member_sets *sets = NULL, *more = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_member_sets_create(SETS, &sets, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_member_sets_create(SETS, &more, &err), GY_OK, "%s", err.text);
  fill(sets, in);
  cr_assert_eq(gy_member_sets_overlap(sets, NULL, shared, &err), GY_OK, "%s", err.text);
  for (size_t a = 0; a < SETS; a++)
    for (size_t b = 0; b < SETS; b++) {
      uint64_t both = 0;
      for (size_t p = 0; p < PEOPLE; p++) both += in[a * PEOPLE + p] && in[b * PEOPLE + p];
      cr_expect_eq(shared[a * SETS + b], both, "%zu and %zu", a, b);
    }
  for (size_t s = 0; s < SETS; s++) cr_expect_eq(gy_member_sets_size(sets, s), shared[s * SETS + s]);
  gy_member_sets_join(more, sets);
  gy_member_sets_join(more, sets);
  cr_assert_eq(gy_member_sets_overlap(more, NULL, joined, &err), GY_OK);
  cr_expect_eq(memcmp(shared, joined, sizeof shared), 0, "joining twice adds nobody");
  gy_member_sets_destroy(sets);
  gy_member_sets_destroy(more);
  gy_member_sets_destroy(NULL);
  free(in);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Overlaps of sets of customers beside counting them one by one. */
#include <criterion/criterion.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "segment/overlap.h"
#include "support/alloc_fail.h"

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

/* ---- any sets ---- */

enum { LAWS = 40, BLOCKS = 5, BLOCK = 65536, MOST_SETS = 70 };

/* Blocks that are next to each other, far apart, and the last that 32 bits can name. */
static const uint32_t FIRST_OF_BLOCK[BLOCKS] = {0, 1 * BLOCK, 2 * BLOCK, 700u * BLOCK, 65535u * BLOCK};

/* One set's share of one block: nobody, a few, an array, the edge to bits, bits, stretches, all. */
static void random_block(gy_rng *rng, unsigned char *in) {
  static const uint32_t SIZES[] = {1, 2, 127, 128, 129, 500, 4095, 4096, 4097, 20000, 65535};
  uint64_t form = gy_rng_below(rng, 5);
  if (form == 0) return;
  if (form == 1) memset(in, 1, BLOCK);
  if (form == 2) { /* scattered, each number equally likely */
    uint32_t n = SIZES[gy_rng_below(rng, sizeof SIZES / sizeof *SIZES)];
    for (uint32_t left = n, of = BLOCK; of > 0; of--)
      if (gy_rng_below(rng, of) < left) in[of - 1] = 1, left--;
  }
  if (form == 3) /* stretches, some of one word's bits, some longer */
    for (uint64_t n = 1 + gy_rng_below(rng, 40); n > 0; n--) {
      uint64_t from = gy_rng_below(rng, BLOCK), length = 1 + gy_rng_below(rng, n % 2 == 0 ? 70 : 5000);
      memset(in + from, 1, from + length < BLOCK ? length : BLOCK - from);
    }
  if (form == 4) {
    uint64_t keep = 1 + gy_rng_below(rng, 300);
    for (uint32_t i = 0; i < BLOCK; i++) in[i] = gy_rng_below(rng, keep) == 0;
  }
}

static gy_member_sets *random_sets(gy_rng *rng, size_t n, unsigned char *in) {
  static uint32_t members[BLOCK];
  gy_member_sets *sets = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_member_sets_create(n, &sets, &err), GY_OK, "%s", err.text);
  memset(in, 0, n * BLOCKS * BLOCK);
  for (size_t s = 0; s < n; s++)
    for (size_t b = 0; b < BLOCKS; b++) {
      unsigned char *mine = in + (s * BLOCKS + b) * BLOCK;
      size_t n_members = 0;
      random_block(rng, mine);
      for (uint32_t i = 0; i < BLOCK; i++)
        if (mine[i]) members[n_members++] = FIRST_OF_BLOCK[b] + i;
      gy_member_sets_add(sets, s, members, n_members);
    }
  return sets;
}

static void count_one_by_one(const unsigned char *in, size_t n, uint64_t *shared) {
  for (size_t a = 0; a < n; a++)
    for (size_t b = a; b < n; b++) {
      const unsigned char *x = in + a * BLOCKS * BLOCK, *y = in + b * BLOCKS * BLOCK;
      uint64_t both = 0;
      for (size_t i = 0; i < (size_t)BLOCKS * BLOCK; i++) both += x[i] & y[i];
      shared[a * n + b] = shared[b * n + a] = both;
    }
}

static void expect_overlap(const gy_member_sets *sets, const uint64_t *expected, size_t n, int n_threads,
                           const char *how, int law) {
  uint64_t *shared = calloc(n * n + 1, sizeof *shared);
  gy_task task = {.n_threads = n_threads};
  gy_error err = {0};
  cr_assert_eq(gy_member_sets_overlap(sets, &task, shared, &err), GY_OK, "%s", err.text);
  for (size_t i = 0; i < n * n; i++)
    if (shared[i] != expected[i]) {
      cr_expect_fail("sets %d %s, %d threads, %zu and %zu: %llu, not %llu", law, how, n_threads, i / n, i % n,
                     (unsigned long long)shared[i], (unsigned long long)expected[i]);
      break;
    }
  free(shared);
}

/* Sets of every kind of block, more of them than meet at a time, compressed or not, on any number of threads.
 */
Test(overlap, of_random_sets_is_what_counting_gives, .timeout = 300) {
  gy_rng rng;
  gy_rng_init(&rng, 11, 0);
  unsigned char *in = malloc((size_t)MOST_SETS * BLOCKS * BLOCK);
  uint64_t *expected = calloc((size_t)MOST_SETS * MOST_SETS, sizeof *expected);
  for (int law = 0; law < LAWS; law++) {
    size_t n = law == 0 ? 0 : law == 1 ? MOST_SETS : 1 + gy_rng_below(&rng, 8);
    gy_member_sets *sets = random_sets(&rng, n, in);
    count_one_by_one(in, n, expected);
    for (int n_threads = 1; n_threads <= 5; n_threads += 2)
      expect_overlap(sets, expected, n, n_threads, "as they are", law);
    gy_member_sets_compress(sets);
    expect_overlap(sets, expected, n, 2, "compressed", law);
    for (size_t s = 0; s < n; s++) cr_expect_eq(gy_member_sets_size(sets, s), expected[s * n + s]);
    gy_member_sets_destroy(sets);
  }
  free(expected);
  free(in);
}

Test(overlap, stops_when_told) {
  gy_member_sets *sets = NULL;
  gy_error err = {0};
  atomic_bool cancel = true;
  const gy_task task = {.n_threads = 2, .cancel = &cancel};
  uint64_t shared[9] = {77};
  const uint32_t member = 5;
  cr_assert_eq(gy_member_sets_create(3, &sets, &err), GY_OK);
  gy_member_sets_add(sets, 1, &member, 1);
  cr_expect_eq(gy_member_sets_overlap(sets, &task, shared, &err), GY_ECANCELLED);
  cr_expect_eq(shared[0], 77, "nothing is written");
  gy_member_sets_destroy(sets);
}

static gy_status overlap_once(void *user, gy_error *err) {
  (void)user;
  static const uint32_t MEMBERS[] = {1, 2, 3, 70000, 4000000000u};
  gy_member_sets *sets = NULL;
  uint64_t shared[4];
  const gy_task task = {.n_threads = 2};
  gy_status status = gy_member_sets_create(2, &sets, err);
  if (status != GY_OK) return status;
  gy_member_sets_add(sets, 0, MEMBERS, 5);
  gy_member_sets_add(sets, 1, MEMBERS + 2, 2);
  status = gy_member_sets_overlap(sets, &task, shared, err);
  if (status == GY_OK) cr_expect_eq(shared[1], 2);
  gy_member_sets_destroy(sets);
  return status;
}

Test(overlap, failed_allocations_are_reported) {
  cr_expect_gt(alloc_fail_each("overlap", overlap_once, NULL), 5);
}

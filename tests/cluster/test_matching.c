/* SPDX-License-Identifier: Apache-2.0
 *
 * Identity of clusters: against all permutations, by example, and by its laws. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/matching.h>

#include "base/rng.h"
#include "support/alloc_fail.h"

/* The most rows that any one-to-one renumbering of `after` (k! of them) leaves in their cluster. */
static int64_t most_kept(const int64_t *counts, size_t k, size_t stride, size_t row, unsigned used) {
  int64_t best = 0;
  for (size_t c = 0; c < k; c++) {
    if (used >> c & 1) continue;
    int64_t rest = row + 1 < k ? most_kept(counts, k, stride, row + 1, used | 1u << c) : 0;
    if (counts[row * stride + c] + rest > best) best = counts[row * stride + c] + rest;
  }
  return best;
}

Test(matching, no_permutation_keeps_more_customers) {
  for (uint64_t seed = 0; seed < 200; seed++) {
    gy_rng rng;
    gy_rng_init(&rng, seed, 0);
    int32_t k = (int32_t)(1 + gy_rng_below(&rng, seed < 10 ? 8 : 6)), before[300], after[300];
    for (int i = 0; i < 300; i++) {
      before[i] = (int32_t)gy_rng_below(&rng, (uint64_t)k);
      after[i] = gy_rng_below(&rng, 3) > 0 ? (before[i] + 2) % k : (int32_t)gy_rng_below(&rng, (uint64_t)k);
    }
    gy_matching_options options = {.least_jaccard = 0, .most_of = 0.5};
    gy_matching m;
    cr_assert_eq(gy_matching_find(before, k, after, k, 300, &options, &m, NULL), GY_OK);
    int64_t best = most_kept(m.counts, (size_t)k, (size_t)k + 1, 0, 0);
    cr_assert_eq(m.n_kept, best, "seed %d: %d kept, %d could be", (int)seed, (int)m.n_kept, (int)best);
    gy_matching_clear(&m);
  }
}

/* Labels from a table of how many go from where to where; 9 stands for -1. */
typedef struct {
  int from, to, n;
} flow;

static size_t pour(const flow *flows, int32_t *before, int32_t *after) {
  size_t n = 0;
  for (; flows->n > 0; flows++)
    for (int i = 0; i < flows->n; i++, n++) {
      before[n] = flows->from == 9 ? -1 : flows->from;
      after[n] = flows->to == 9 ? -1 : flows->to;
    }
  return n;
}

static const struct {
  const char *what;
  flow flows[12];
  int32_t k_before, k_after;
  gy_cluster_change before[4], after[4];
  int32_t before_other[4], after_other[4];
} CHANGES[] = {{"renumbered",
                {{0, 1, 50}, {1, 0, 40}, {0, 0, 3}},
                2,
                2,
                {GY_CLUSTER_CONTINUES, GY_CLUSTER_CONTINUES},
                {GY_CLUSTER_CONTINUES, GY_CLUSTER_CONTINUES},
                {1, 0},
                {1, 0}},
               {"split in two",
                {{0, 0, 60}, {0, 1, 40}, {1, 2, 50}},
                2,
                3,
                {GY_CLUSTER_CONTINUES, GY_CLUSTER_CONTINUES},
                {GY_CLUSTER_CONTINUES, GY_CLUSTER_SPLIT, GY_CLUSTER_CONTINUES},
                {0, 2},
                {0, 0, 1}},
               {"merged",
                {{0, 0, 60}, {1, 0, 40}, {2, 1, 50}},
                3,
                2,
                {GY_CLUSTER_CONTINUES, GY_CLUSTER_MERGED, GY_CLUSTER_CONTINUES},
                {GY_CLUSTER_CONTINUES, GY_CLUSTER_CONTINUES},
                {0, 0, 1},
                {0, 2}},
               {"born of new customers",
                {{0, 0, 60}, {9, 1, 40}},
                1,
                2,
                {GY_CLUSTER_CONTINUES},
                {GY_CLUSTER_CONTINUES, GY_CLUSTER_BORN},
                {0},
                {0, -1}},
               {"died as its customers left",
                {{0, 0, 60}, {1, 9, 40}},
                2,
                1,
                {GY_CLUSTER_CONTINUES, GY_CLUSTER_DIED},
                {GY_CLUSTER_CONTINUES},
                {0, -1},
                {0}},
               {"newcomers do not blur a match",
                {{0, 0, 20}, {9, 0, 500}, {1, 1, 30}, {1, 9, 300}},
                2,
                2,
                {GY_CLUSTER_CONTINUES, GY_CLUSTER_CONTINUES},
                {GY_CLUSTER_CONTINUES, GY_CLUSTER_CONTINUES},
                {0, 1},
                {0, 1}},
               {"dispersed",
                {{0, 0, 60}, {1, 1, 60}, {2, 2, 60}, {3, 0, 14}, {3, 1, 13}, {3, 2, 13}},
                4,
                3,
                {GY_CLUSTER_CONTINUES, GY_CLUSTER_CONTINUES, GY_CLUSTER_CONTINUES, GY_CLUSTER_DIED},
                {GY_CLUSTER_CONTINUES, GY_CLUSTER_CONTINUES, GY_CLUSTER_CONTINUES},
                {0, 1, 2, -1},
                {0, 1, 2}},
               {"made of many",
                {{0, 0, 60}, {1, 1, 60}, {2, 2, 60}, {0, 3, 14}, {1, 3, 13}, {2, 3, 13}},
                3,
                4,
                {GY_CLUSTER_CONTINUES, GY_CLUSTER_CONTINUES, GY_CLUSTER_CONTINUES},
                {GY_CLUSTER_CONTINUES, GY_CLUSTER_CONTINUES, GY_CLUSTER_CONTINUES, GY_CLUSTER_BORN},
                {0, 1, 2},
                {0, 1, 2, -1}},
               {"split beyond recognition",
                {{0, 0, 20}, {0, 1, 24}, {0, 2, 20}, {0, 3, 20}, {0, 9, 5}, {0, 3, 16}},
                1,
                4,
                {GY_CLUSTER_CONTINUES},
                {GY_CLUSTER_SPLIT, GY_CLUSTER_SPLIT, GY_CLUSTER_SPLIT, GY_CLUSTER_CONTINUES},
                {3},
                {0, 0, 0, 0}}};

Test(matching, changes_have_names) {
  for (size_t i = 0; i < sizeof CHANGES / sizeof *CHANGES; i++) {
    int32_t before[1000], after[1000];
    size_t n = pour(CHANGES[i].flows, before, after);
    gy_matching_options options = gy_matching_defaults();
    gy_matching m;
    gy_error err = {0};
    cr_assert_eq(
        gy_matching_find(before, CHANGES[i].k_before, after, CHANGES[i].k_after, n, &options, &m, &err),
        GY_OK, "%s", err.text);
    for (int32_t a = 0; a < m.k_before; a++) {
      cr_expect_eq(m.before[a].change, CHANGES[i].before[a], "%s: old %d %s", CHANGES[i].what, a,
                   gy_cluster_change_name(m.before[a].change));
      cr_expect_eq(m.before[a].other, CHANGES[i].before_other[a], "%s: old %d", CHANGES[i].what, a);
    }
    for (int32_t b = 0; b < m.k_after; b++) {
      cr_expect_eq(m.after[b].change, CHANGES[i].after[b], "%s: new %d %s", CHANGES[i].what, b,
                   gy_cluster_change_name(m.after[b].change));
      cr_expect_eq(m.after[b].other, CHANGES[i].after_other[b], "%s: new %d", CHANGES[i].what, b);
    }
    gy_matching_clear(&m);
  }
}

Test(matching, a_cluster_that_no_part_continues_is_split) {
  int32_t before[100], after[100];
  for (int i = 0; i < 100; i++) before[i] = 0, after[i] = i % 5;
  gy_matching_options options = gy_matching_defaults();
  gy_matching m;
  cr_assert_eq(gy_matching_find(before, 1, after, 5, 100, &options, &m, NULL), GY_OK);
  cr_assert_eq(m.before[0].change, GY_CLUSTER_SPLIT);
  cr_assert_eq(m.before[0].other, 0);
  for (int b = 0; b < 5; b++) cr_assert_eq(m.after[b].change, GY_CLUSTER_SPLIT);
  cr_assert_eq(m.n_kept, 0);
  gy_matching_clear(&m);
}

Test(matching, ids_go_on_and_the_migration_adds_up) {
  static const flow flows[] = {{0, 1, 60}, {0, 0, 5}, {1, 2, 30}, {9, 2, 10},
                               {1, 9, 4},  {9, 9, 2}, {9, 0, 20}, {0, 0, 0}};
  int32_t before[200], after[200];
  size_t n = pour(flows, before, after);
  gy_matching_options options = gy_matching_defaults();
  gy_matching m;
  cr_assert_eq(gy_matching_find(before, 2, after, 3, n, &options, &m, NULL), GY_OK);
  cr_assert_eq(m.n_both, 95);
  cr_assert_eq(m.n_kept, 90);
  cr_assert_arr_eq(m.counts, ((int64_t[]){5, 60, 0, 0, 0, 0, 30, 4, 20, 0, 10, 2}), 12 * sizeof(int64_t));
  for (size_t a = 0; a < 3; a++) {
    double sum = 0;
    for (size_t b = 0; b < 4; b++) sum += m.shares[a * 4 + b];
    cr_assert_float_eq(sum, 1, 1e-12);
  }
  cr_assert_float_eq(m.shares[1], 60.0 / 65, 1e-12);
  int64_t ids_after[3], next_id = 12;
  gy_matching_hand_on_ids(&m, (int64_t[]){7, 11}, &next_id, ids_after);
  cr_assert_arr_eq(ids_after, ((int64_t[]){12, 7, 11}), sizeof ids_after);
  cr_assert_eq(next_id, 13);
  gy_matching_clear(&m);
}

Test(matching, a_labeling_continues_itself_under_any_numbers) {
  enum { N = 3000, K = 40 };
  gy_rng rng;
  gy_rng_init(&rng, 4, 0);
  int32_t before[N], after[N];
  for (int i = 0; i < N; i++) {
    before[i] = (int32_t)gy_rng_below(&rng, K);
    after[i] = (before[i] * 7 + 3) % K;
  }
  gy_matching_options options = gy_matching_defaults();
  gy_matching m;
  cr_assert_eq(gy_matching_find(before, K, after, K, N, &options, &m, NULL), GY_OK);
  cr_assert_eq(m.n_kept, N);
  for (int32_t a = 0; a < K; a++) {
    cr_assert_eq(m.before[a].other, (a * 7 + 3) % K);
    cr_assert_eq(m.before[a].share, 1);
  }
  gy_matching_clear(&m);
}

Test(matching, refuses_with_a_sentence) {
  int32_t labels[] = {0, 1, 2}, below[] = {0, -2, 1};
  gy_matching_options options = gy_matching_defaults(), strange = options;
  gy_matching m = {.k_before = -7};
  gy_error err = {0};
  strange.most_of = 2;
  cr_expect_eq(gy_matching_find(labels, 2, labels, 3, 3, &options, &m, &err), GY_EDATA);
  cr_expect_not_null(strstr(err.text, "row 3"), "%s", err.text);
  cr_expect_eq(gy_matching_find(labels, 3, below, 3, 3, &options, &m, &err), GY_EDATA);
  cr_expect_not_null(strstr(err.text, "row 2"), "%s", err.text);
  cr_expect_eq(gy_matching_find(labels, 0, labels, 3, 3, &options, &m, &err), GY_EUSAGE);
  cr_expect_eq(gy_matching_find(labels, 3, labels, 3, 3, &strange, &m, &err), GY_EUSAGE);
  cr_expect_eq(m.k_before, -7);
  cr_expect_eq(gy_matching_find(labels, 3, labels, 3, 0, &options, &m, &err), GY_OK);
  cr_expect_eq(m.before[0].change, GY_CLUSTER_DIED);
  gy_matching_clear(&m);
}

static gy_status find(void *user, gy_error *err) {
  int32_t labels[] = {0, 1, 2};
  gy_matching_options options = gy_matching_defaults();
  gy_matching m;
  (void)user;
  gy_status status = gy_matching_find(labels, 3, labels, 3, 3, &options, &m, err);
  if (status == GY_OK) gy_matching_clear(&m);
  return status;
}

Test(matching, every_failed_allocation_is_an_error_and_leaks_nothing) {
  cr_assert_geq(alloc_fail_each("gy_matching_find", find, NULL), 7);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/components.h>

#include "base/rng.h"

/* Labels spread over links until nothing changes, then numbered by the lowest node. */
static size_t reference(size_t n, const gy_link *links, size_t m, uint32_t *labels) {
  for (size_t i = 0; i < n; i++) labels[i] = (uint32_t)i;
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = 0; i < m; i++) {
      uint32_t a = labels[links[i].a], b = labels[links[i].b], low = a < b ? a : b;
      changed = changed || a != b;
      labels[links[i].a] = labels[links[i].b] = low;
    }
  }
  size_t count = 0;
  uint32_t *number = calloc(n + 1, sizeof *number);
  for (size_t i = 0; i < n; i++) {
    if (labels[i] == i) number[i] = (uint32_t)count++;
    labels[i] = number[labels[i]];
  }
  free(number);
  return count;
}

static gy_link *random_links(size_t n, size_t m, uint64_t seed) {
  gy_link *links = malloc((m + 1) * sizeof *links);
  gy_rng rng;
  gy_rng_init(&rng, seed, 0);
  for (size_t i = 0; i < m; i++)
    links[i] = (gy_link){(uint32_t)gy_rng_below(&rng, n), (uint32_t)gy_rng_below(&rng, n)};
  return links;
}

Test(components, are_those_of_brute_force) {
  static const size_t CASES[][2] = {{1, 0},   {1, 3},    {2, 1},       {50, 10},
                                    {50, 40}, {50, 300}, {3000, 1500}, {3000, 9000}};
  for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
    for (uint64_t seed = 0; seed < 20; seed++) {
      size_t n = CASES[c][0], m = CASES[c][1], count;
      gy_link *links = random_links(n, m, seed);
      uint32_t *labels = malloc(n * sizeof *labels), *expected = malloc(n * sizeof *expected);
      cr_assert_eq(gy_components(n, links, m, NULL, labels, &count, NULL), GY_OK);
      cr_assert_eq(count, reference(n, links, m, expected), "%zu nodes, %zu links, seed %d", n, m, (int)seed);
      cr_assert_arr_eq(labels, expected, n * sizeof *labels, "%zu nodes, %zu links, seed %d", n, m,
                       (int)seed);
      free(labels);
      free(expected);
      free(links);
    }
  }
}

/* Enough links for several threads, in a chain, a star and at random: the labels of one thread. */
Test(components, do_not_depend_on_threads_or_order) {
  enum { N = 400000, M = 600000 };
  for (int shape = 0; shape < 3; shape++) {
    gy_link *links = random_links(N, M, 7);
    for (uint32_t i = 0; shape < 2 && i < M; i++)
      links[i] = shape == 0 ? (gy_link){N - 1 - i % (N - 1), N - 2 - i % (N - 1)} : (gy_link){N / 2, i % N};
    uint32_t *labels = malloc(N * sizeof *labels), *again = malloc(N * sizeof *again);
    size_t count, more;
    gy_task alone = {.n_threads = 1}, four = {.n_threads = 4};
    cr_assert_eq(gy_components(N, links, M, &alone, labels, &count, NULL), GY_OK);
    for (int round = 0; round < 5; round++) {
      cr_assert_eq(gy_components(N, links, M, &four, again, &more, NULL), GY_OK);
      cr_assert_eq(count, more, "shape %d", shape);
      cr_assert_arr_eq(labels, again, N * sizeof *labels, "shape %d", shape);
    }
    for (size_t i = 0; i < M / 2; i++) {
      gy_link other = links[i];
      links[i] = (gy_link){links[M - 1 - i].b, links[M - 1 - i].a};
      links[M - 1 - i] = other;
    }
    cr_assert_eq(gy_components(N, links, M, &four, again, &more, NULL), GY_OK);
    cr_assert_arr_eq(labels, again, N * sizeof *labels, "shape %d, other order", shape);
    cr_expect_eq(count, shape < 2 ? 1u : count);
    free(labels);
    free(again);
    free(links);
  }
}

Test(components, a_link_beyond_the_nodes_is_named_and_nothing_is_joined) {
  gy_link links[] = {{0, 1}, {2, 5}};
  uint32_t forest[5];
  gy_error err = {0};
  gy_components_begin(forest, 5);
  cr_assert_eq(gy_components_join(forest, 5, links, 2, NULL, &err), GY_EUSAGE);
  cr_expect(strstr(err.text, "link 1 joins nodes 2 and 5") != NULL, "%s", err.text);
  cr_expect_eq(gy_components_number(forest, 5), 5);
}

Test(components, grow_with_further_links) {
  gy_link first[] = {{0, 3}, {1, 4}}, second[] = {{4, 3}};
  uint32_t forest[5];
  gy_components_begin(forest, 5);
  cr_assert_eq(gy_components_join(forest, 5, first, 2, NULL, NULL), GY_OK);
  cr_assert_eq(gy_components_join(forest, 5, second, 1, NULL, NULL), GY_OK);
  cr_assert_eq(gy_components_number(forest, 5), 2);
  static const uint32_t EXPECTED[] = {0, 0, 1, 0, 0};
  cr_expect_arr_eq(forest, EXPECTED, sizeof EXPECTED);
}

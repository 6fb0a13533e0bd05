/* SPDX-License-Identifier: Apache-2.0
 *
 * Trees from edges, and cuts of them, against what scipy 1.10.1 gives for the same small tree. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/hierarchical.h>

#include "support/alloc_fail.h"

/* The points 0, 1, 3, 7, 7.5, 20 on a line: their spanning tree, given out of order. */
static const gy_tree_edge LINE[] = {{4, 5, 12.5}, {1, 0, 1}, {2, 3, 4}, {2, 1, 2}, {3, 4, 0.5}};
enum { N_LINE = 6 };

static gy_dendrogram grow(const gy_tree_edge *edges, size_t n) {
  gy_dendrogram tree = {0};
  gy_error err = {0};
  cr_assert_eq(gy_dendrogram_from_edges(edges, n, NULL, &tree, &err), GY_OK, "%s", err.text);
  return tree;
}

Test(dendrogram, has_the_numbers_of_scipy) {
  static const gy_merge expected[] = {
      {3, 4, 0.5, 2}, {0, 1, 1, 2}, {2, 7, 2, 3}, {6, 8, 4, 5}, {5, 9, 12.5, 6}};
  gy_dendrogram tree = grow(LINE, N_LINE);
  for (int i = 0; i < N_LINE - 1; i++) {
    gy_merge got = tree.merges[i], want = expected[i];
    cr_expect(got.a == want.a && got.b == want.b && got.height == want.height && got.size == want.size,
              "merge %d: %d %d %g %g", i, got.a, got.b, got.height, got.size);
  }
  cr_expect_eq(tree.n_inversions, 0);
  gy_dendrogram_clear(&tree);
}

Test(dendrogram, equal_heights_keep_the_order_given) {
  static const gy_tree_edge edges[] = {{2, 3, 1}, {1, 2, 1}, {0, 1, 1}};
  gy_dendrogram tree = grow(edges, 4);
  cr_expect(tree.merges[0].a == 2 && tree.merges[1].a == 1 && tree.merges[2].a == 0);
  gy_dendrogram_clear(&tree);
}

Test(dendrogram, sizes_are_sums_of_weights) {
  static const double weights[] = {1, 2, 0.5, 4, 1, 8};
  gy_dendrogram tree = {0};
  cr_assert_eq(gy_dendrogram_from_edges(LINE, N_LINE, weights, &tree, NULL), GY_OK);
  cr_expect_float_eq(tree.merges[4].size, 16.5, 1e-12);
  int32_t labels[N_LINE];
  cr_assert_eq(gy_dendrogram_cut(&tree, 3, labels, NULL), GY_OK);
  static const int32_t expected[] = {2, 2, 2, 1, 1, 0}; /* weights 8, 5, 3.5 */
  cr_expect_arr_eq(labels, expected, sizeof expected);
  gy_dendrogram_clear(&tree);
}

Test(dendrogram, is_cut_by_number_and_by_height) {
  static const struct {
    int32_t k;
    double height;
    int32_t labels[N_LINE];
  } cases[] = {{1, 12.5, {0, 0, 0, 0, 0, 0}}, {2, 12.4, {0, 0, 0, 0, 0, 1}}, {3, 3.9, {0, 0, 0, 1, 1, 2}},
               {4, 1, {0, 0, 2, 1, 1, 3}},    {5, 0.5, {1, 2, 3, 0, 0, 4}},  {6, 0.4, {0, 1, 2, 3, 4, 5}}};
  gy_dendrogram tree = grow(LINE, N_LINE);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int32_t labels[N_LINE], k;
    cr_assert_eq(gy_dendrogram_cut(&tree, cases[i].k, labels, NULL), GY_OK);
    cr_expect_arr_eq(labels, cases[i].labels, sizeof labels, "k %d", cases[i].k);
    cr_assert_eq(gy_dendrogram_cut_at(&tree, cases[i].height, labels, &k, NULL), GY_OK);
    cr_expect_arr_eq(labels, cases[i].labels, sizeof labels, "height %g", cases[i].height);
    cr_expect_eq(k, cases[i].k, "height %g: %d clusters", cases[i].height, k);
  }
  gy_dendrogram_clear(&tree);
}

Test(dendrogram, the_longest_lived_cut) {
  gy_dendrogram tree = grow(LINE, N_LINE);
  gy_persistent_cut cut;
  cr_assert_eq(gy_dendrogram_persistent_cut(&tree, 10, &cut, NULL), GY_OK);
  cr_expect(cut.k == 2 && cut.low == 4 && cut.high == 12.5 && cut.runner_up == 2, "%d %g %g %g", cut.k,
            cut.low, cut.high, cut.runner_up);
  gy_dendrogram_clear(&tree);
  static const gy_tree_edge doubles[] = {{0, 1, 0}, {2, 3, 0}, {1, 2, 5}};
  tree = grow(doubles, 4);
  cr_assert_eq(gy_dendrogram_persistent_cut(&tree, 10, &cut, NULL), GY_OK);
  cr_expect(cut.k == 2 && isinf(cut.ratio));
  gy_dendrogram_clear(&tree);
}

Test(dendrogram, is_laid_out_as_scipy_draws_it) {
  static const int32_t expected[] = {5, 3, 4, 2, 0, 1};
  gy_dendrogram tree = grow(LINE, N_LINE);
  int32_t order[N_LINE];
  cr_assert_eq(gy_dendrogram_leaf_order(&tree, order, NULL), GY_OK);
  cr_expect_arr_eq(order, expected, sizeof expected);
  gy_dendrogram_clear(&tree);
}

Test(dendrogram, cophenetic_distances_of_scipy) {
  static const double expected[] = {1, 2, 4, 4, 12.5, 2, 4, 4, 12.5, 4, 4, 12.5, 0.5, 12.5, 12.5};
  static const float points[] = {0, 1, 3, 7, 7.5f, 20};
  gy_dendrogram tree = grow(LINE, N_LINE);
  double distances[15], correlation;
  cr_assert_eq(gy_dendrogram_cophenetic(&tree, NULL, distances, NULL), GY_OK);
  cr_expect_arr_eq(distances, expected, sizeof expected);
  gy_matrix x = {points, N_LINE, 1};
  cr_assert_eq(gy_dendrogram_cophenetic_correlation(&tree, x, NULL, &correlation, NULL), GY_OK);
  cr_expect_float_eq(correlation, 0.9487558868589261, 1e-12, "%.15g", correlation);
  gy_dendrogram_clear(&tree);
}

Test(dendrogram, refuses_with_a_sentence) {
  static const gy_tree_edge circle[] = {{0, 1, 1}, {1, 0, 2}}, outside[] = {{0, 1, 1}, {1, 3, 2}},
                            nan[] = {{0, 1, 1}, {1, 2, NAN}};
  const struct {
    const gy_tree_edge *edges;
    size_t n;
    gy_status status;
    const char *expected;
  } cases[] = {{circle, 3, GY_EDATA, "edge 2 closes a circle"},
               {outside, 3, GY_EDATA, "edge 2 joins 1 and 3"},
               {nan, 3, GY_EDATA, "height of edge 2"},
               {NULL, 0, GY_EUSAGE, "0 leaves"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_dendrogram tree = {0};
    gy_error err = {0};
    cr_expect_eq(gy_dendrogram_from_edges(cases[i].edges, cases[i].n, NULL, &tree, &err), cases[i].status);
    cr_expect_not_null(strstr(err.text, cases[i].expected), "case %zu: %s", i, err.text);
  }
  gy_dendrogram tree = grow(LINE, N_LINE);
  int32_t labels[N_LINE], k;
  gy_persistent_cut cut;
  cr_expect_eq(gy_dendrogram_cut(&tree, 0, labels, NULL), GY_EUSAGE);
  cr_expect_eq(gy_dendrogram_cut(&tree, 7, labels, NULL), GY_EUSAGE);
  cr_expect_eq(gy_dendrogram_cut_at(&tree, NAN, labels, &k, NULL), GY_EUSAGE);
  cr_expect_eq(gy_dendrogram_persistent_cut(&tree, 1, &cut, NULL), GY_EUSAGE);
  gy_dendrogram_clear(&tree);
}

Test(dendrogram, one_leaf_is_a_tree) {
  gy_dendrogram tree = grow(NULL, 1);
  int32_t label = 7, order = 7, k = 7;
  double correlation = 0;
  cr_assert_eq(gy_dendrogram_cut(&tree, 1, &label, NULL), GY_OK);
  cr_expect_eq(label, 0);
  cr_assert_eq(gy_dendrogram_cut_at(&tree, 1, &label, &k, NULL), GY_OK);
  cr_assert_eq(gy_dendrogram_leaf_order(&tree, &order, NULL), GY_OK);
  cr_expect(k == 1 && order == 0);
  gy_matrix x = {(float[]){1}, 1, 1};
  cr_assert_eq(gy_dendrogram_cophenetic_correlation(&tree, x, NULL, &correlation, NULL), GY_OK);
  cr_expect(isnan(correlation));
  gy_dendrogram_clear(&tree);
}

static gy_status use_everything(void *user, gy_error *err) {
  static const float points[N_LINE] = {0, 1, 3, 7, 7.5f, 20};
  static const double weights[N_LINE] = {1, 1, 1, 1, 1, 1};
  (void)user;
  gy_dendrogram tree = {0};
  int32_t labels[N_LINE], k;
  double distances[15], correlation;
  gy_status status = gy_dendrogram_from_edges(LINE, N_LINE, weights, &tree, err);
  if (status == GY_OK) status = gy_dendrogram_cut(&tree, 3, labels, err);
  if (status == GY_OK) status = gy_dendrogram_cut_at(&tree, 3, labels, &k, err);
  if (status == GY_OK) status = gy_dendrogram_leaf_order(&tree, labels, err);
  if (status == GY_OK) status = gy_dendrogram_cophenetic(&tree, NULL, distances, err);
  gy_matrix x = {points, N_LINE, 1};
  if (status == GY_OK) status = gy_dendrogram_cophenetic_correlation(&tree, x, NULL, &correlation, err);
  gy_dendrogram_clear(&tree);
  return status;
}

Test(dendrogram, every_allocation_may_fail) {
  cr_expect_geq(alloc_fail_each("dendrogram", use_everything, NULL), 15);
}

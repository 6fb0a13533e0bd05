/* SPDX-License-Identifier: Apache-2.0
 *
 * Agreement of two clusterings against definitions: pairs counted one by one, every permutation of labels
 * tried, and figures of scikit-learn. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/agreement.h>

#include "base/rng.h"
#include "num/assignment.h"
#include "support/alloc_fail.h"

/* Counting pairs one by one. */
static double plain_ari(const int32_t *a, const int32_t *b, size_t n) {
  double both = 0, only_a = 0, only_b = 0, none = 0;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < i; j++) {
      bool in_a = a[i] == a[j], in_b = b[i] == b[j];
      *(in_a && in_b ? &both : in_a ? &only_a : in_b ? &only_b : &none) += 1;
    }
  }
  return 2 * (both * none - only_a * only_b) /
         ((both + only_a) * (only_a + none) + (both + only_b) * (only_b + none));
}

Test(agreement, adjusted_rand_counts_pairs) {
  gy_rng rng;
  gy_rng_init(&rng, 8, 0);
  for (int round = 0; round < 20; round++) {
    int32_t a[60], b[60];
    double ari;
    for (int i = 0; i < 60; i++) {
      a[i] = (int32_t)gy_rng_below(&rng, 4);
      b[i] = gy_rng_uniform(&rng) < 0.05 * round ? a[i] : (int32_t)gy_rng_below(&rng, 5);
    }
    cr_assert_eq(gy_adjusted_rand(a, 4, b, 5, 60, &ari, NULL), GY_OK);
    cr_assert_float_eq(ari, plain_ari(a, b, 60), 1e-12, "round %d", round);
  }
}

Test(agreement, adjusted_rand_at_its_ends) {
  int32_t a[] = {0, 0, 1, 1, 2}, renamed[] = {2, 2, 0, 0, 1}, apart[] = {0, 1, 2, 3, 4}, together[5] = {0};
  double ari;
  cr_assert_eq(gy_adjusted_rand(a, 3, renamed, 3, 5, &ari, NULL), GY_OK);
  cr_assert_float_eq(ari, 1, 1e-12);
  cr_assert_eq(gy_adjusted_rand(apart, 5, together, 1, 5, &ari, NULL), GY_OK);
  cr_assert_float_eq(ari, 0, 1e-12);
  cr_assert_eq(gy_adjusted_rand(together, 1, together, 1, 5, &ari, NULL), GY_OK);
  cr_assert_float_eq(ari, 1, 1e-12);
  cr_assert_eq(gy_adjusted_rand(a, 2, apart, 5, 5, &ari, NULL), GY_EDATA);
}

Test(agreement, jaccard_of_each_cluster) {
  int32_t a[] = {0, 0, 0, 1, 1, 2}, b[] = {0, 0, 1, 1, 1, 1};
  double jaccard[4];
  cr_assert_eq(gy_cluster_jaccard(a, 4, b, 2, 6, jaccard, NULL), GY_OK);
  cr_assert_float_eq(jaccard[0], 2.0 / 3, 1e-12);
  cr_assert_float_eq(jaccard[1], 0.5, 1e-12);
  cr_assert_float_eq(jaccard[2], 0.25, 1e-12);
  cr_assert_float_eq(jaccard[3], 0, 1e-12);
}

static gy_agreement compare(const int32_t *a, int32_t k_a, const int32_t *b, int32_t k_b, size_t n) {
  gy_agreement found;
  gy_error err = {0};
  gy_labeling first = {.labels = a, .n_clusters = k_a}, second = {.labels = b, .n_clusters = k_b};
  cr_assert_eq(gy_agreement_of(&first, &second, n, &found, &err), GY_OK, "%s", err.text);
  return found;
}

static double information(const int32_t *a, const int32_t *b, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    double both = 0, in_a = 0, in_b = 0;
    for (size_t j = 0; j < n; j++) {
      both += a[i] == a[j] && b[i] == b[j];
      in_a += a[i] == a[j];
      in_b += b[i] == b[j];
    }
    sum += log((double)n * both / (in_a * in_b)) / (double)n;
  }
  return sum;
}

/* Mean over all orders of b's labels from place `from` on. */
static double mean_over_orders(const int32_t *a, int32_t *b, size_t n, size_t from, double *count) {
  double sum = 0;
  if (from == n) {
    *count += 1;
    return information(a, b, n);
  }
  for (size_t i = from; i < n; i++) {
    int32_t label = b[from];
    b[from] = b[i];
    b[i] = label;
    sum += mean_over_orders(a, b, n, from + 1, count);
    b[i] = b[from];
    b[from] = label;
  }
  return sum;
}

Test(agreement, expected_information_is_the_mean_over_all_orders) {
  static const struct {
    size_t n;
    int32_t a[8], b[8];
  } cases[] = {{4, {0, 0, 1, 1}, {0, 1, 2, 2}},
               {7, {0, 0, 0, 1, 1, 2, 2}, {0, 1, 1, 1, 0, 0, 0}},
               {7, {0, 0, 0, 0, 0, 0, 1}, {0, 1, 2, 3, 3, 3, 3}},
               {8, {0, 1, 2, 3, 0, 1, 2, 3}, {0, 0, 0, 0, 0, 1, 1, 2}},
               {3, {0, 0, 0}, {0, 1, 1}}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    size_t n = cases[c].n;
    int32_t b[8];
    double count = 0;
    memcpy(b, cases[c].b, sizeof b);
    gy_agreement found = compare(cases[c].a, 4, b, 4, n);
    double expected = mean_over_orders(cases[c].a, b, n, 0, &count) / count;
    cr_assert_float_eq(found.mutual_information, information(cases[c].a, b, n), 1e-12, "case %zu", c);
    cr_assert_float_eq(found.expected_information, expected, 1e-12, "case %zu: %g, not %g", c,
                       found.expected_information, expected);
  }
}

/* scikit-learn 1.2.1 on a[i] = i * i % 7 and b[i] = a[i] for every third i, else i * 13 % 11 / 3. */
Test(agreement, figures_are_those_of_scikit_learn) {
  static const struct {
    size_t n;
    double ari, ami, ami_max, nmi, nmi_max, homogeneity, completeness, v, fm;
  } cases[] = {
      {10, 0.08783783783783784, 0.1239374776785694, 0.11523298286000075, 0.5721892503209813,
       0.5518333054150103, 0.5518333054150103, 0.5941044883363261, 0.5721892503209813, 0.25},
      {100, 0.11356593522373142, 0.1356754487319558, 0.12752537657448998, 0.1749299550472043,
       0.16487165019115002, 0.16487165019115002, 0.1862952466666844, 0.17492995504720427, 0.3246123020081065},
      {1000, 0.11213274357126289, 0.1484926967268789, 0.13984692885333538, 0.15206372530818524,
       0.1432450166030531, 0.1432450166030531, 0.1620394935865823, 0.15206372530818524, 0.3309447720886276},
      {20000, 0.11221178438084321, 0.14968742030297624, 0.14102691210120727, 0.14986459872665023,
       0.14119554166452264, 0.14119554166452264, 0.1596678072087283, 0.14986459872665026, 0.3317341376136825},
  };
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    size_t n = cases[c].n;
    int32_t *a = malloc(n * sizeof *a), *b = malloc(n * sizeof *b);
    for (size_t i = 0; i < n; i++) {
      a[i] = (int32_t)(i * i % 7);
      b[i] = (int32_t)(i * 13 % 11 / 3);
      if (i % 3 == 0) b[i] = a[i];
    }
    gy_agreement found = compare(a, 7, b, 7, n);
    const struct {
      const char *name;
      double ours, theirs;
    } figures[] = {{"ARI", found.adjusted_rand, cases[c].ari},
                   {"AMI", found.adjusted_arithmetic, cases[c].ami},
                   {"AMI max", found.adjusted_max, cases[c].ami_max},
                   {"NMI", found.normalised_arithmetic, cases[c].nmi},
                   {"NMI max", found.normalised_max, cases[c].nmi_max},
                   {"homogeneity", found.homogeneity, cases[c].homogeneity},
                   {"completeness", found.completeness, cases[c].completeness},
                   {"V", found.v_measure, cases[c].v},
                   {"FM", found.fowlkes_mallows, cases[c].fm}};
    for (size_t f = 0; f < sizeof figures / sizeof *figures; f++)
      cr_assert_float_eq(figures[f].ours, figures[f].theirs, 1e-9, "n %zu, %s: %.12g, not %.12g", n,
                         figures[f].name, figures[f].ours, figures[f].theirs);
    free(a);
    free(b);
  }
}

/* The largest sum over all one-to-one matches of rows from `row` on. */
static double best_match(const double *values, size_t n_rows, size_t n_columns, size_t row, unsigned used) {
  double best = -INFINITY;
  if (row == n_rows) return 0;
  for (size_t c = 0; c < (n_columns > n_rows ? n_columns : n_rows); c++) {
    if (used >> c & 1) continue;
    double value = c < n_columns ? values[row * n_columns + c] : 0;
    best = fmax(best, value + best_match(values, n_rows, n_columns, row + 1, used | 1u << c));
  }
  return best;
}

Test(agreement, assignment_is_the_best_of_all) {
  gy_rng rng;
  gy_rng_init(&rng, 3, 0);
  for (int round = 0; round < 200; round++) {
    size_t n_rows = gy_rng_below(&rng, 7), n_columns = gy_rng_below(&rng, 7), match[7];
    double values[49], sum = 0;
    unsigned used = 0;
    for (size_t i = 0; i < 49; i++)
      values[i] = round % 2 ? gy_rng_normal(&rng) : (double)gy_rng_below(&rng, 4);
    cr_assert_eq(gy_assign_most(values, n_rows, n_columns, match, NULL), GY_OK);
    for (size_t r = 0; r < n_rows; r++) {
      cr_assert_eq(used >> match[r] & 1, 0, "round %d: a column twice", round);
      used |= 1u << match[r];
      if (match[r] < n_columns) sum += values[r * n_columns + match[r]];
    }
    double best = best_match(values, n_rows, n_columns, 0, 0);
    cr_assert_float_eq(sum, best, 1e-12, "round %d, %zu x %zu: %g, not %g", round, n_rows, n_columns, sum,
                       best);
  }
}

/* By hand: shares 2/3, 1/2, 1 of the truth's three clusters. */
Test(agreement, nca_weighs_the_clusters_of_the_truth_alike) {
  int32_t truth[] = {0, 0, 0, 1, 1, 1, 1, 2}, found[] = {1, 1, 0, 0, 0, 2, 2, 3};
  cr_assert_float_eq(compare(found, 4, truth, 3, 8).nca, (2.0 / 3 + 0.5 + 1 - 1) / 2, 1e-12);
  int32_t together[8] = {0};
  cr_assert_float_eq(compare(together, 1, truth, 3, 8).nca, 0, 1e-12);
  cr_assert_float_eq(compare(found, 4, together, 1, 8).nca, 3.0 / 8, 1e-12);
}

Test(agreement, equal_partitions_are_one_in_every_index_and_chance_is_zero) {
  static const int32_t partitions[][6] = {{0, 0, 0, 0, 0, 0}, {0, 1, 2, 3, 4, 5}, {2, 2, 0, 0, 1, 1}};
  for (size_t p = 0; p < 3; p++) {
    gy_agreement same = compare(partitions[p], 6, partitions[p], 6, 6);
    const double all[] = {same.rand,
                          same.adjusted_rand,
                          same.fowlkes_mallows,
                          same.normalised_arithmetic,
                          same.normalised_max,
                          same.adjusted_arithmetic,
                          same.adjusted_max,
                          same.homogeneity,
                          same.completeness,
                          same.v_measure,
                          same.nca};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
      cr_assert_float_eq(all[i], 1, 1e-12, "partition %zu, index %zu: %g", p, i, all[i]);
  }
  gy_agreement trivial = compare(partitions[0], 1, partitions[1], 6, 6);
  cr_assert_float_eq(trivial.adjusted_rand, 0, 1e-12);
  cr_assert_float_eq(trivial.adjusted_arithmetic, 0, 1e-12);
  cr_assert_float_eq(trivial.homogeneity, 0, 1e-12);
  cr_assert_float_eq(trivial.completeness, 1, 1e-12);
}

Test(agreement, noise_is_a_cluster_or_left_out) {
  int32_t found[] = {0, 0, 1, 1, -1, -1}, truth[] = {1, 1, 2, 2, 0, 2}, apart[] = {0, 0, 0, 0, 0, 0};
  gy_agreement result;
  gy_error err = {0};
  gy_labeling a = {found, 2, GY_NOISE_MINUS_ONE, true}, b = {truth, 2, GY_NOISE_ZERO, true};
  cr_assert_eq(gy_agreement_of(&a, &b, 6, &result, NULL), GY_OK);
  cr_assert_eq(result.n_used, 4);
  cr_assert_float_eq(result.adjusted_rand, 1, 1e-12);
  a.leave_out = false;
  cr_assert_eq(gy_agreement_of(&a, &b, 6, &result, NULL), GY_OK);
  cr_assert_eq(result.n_used, 5);
  int32_t plain_a[] = {0, 0, 1, 1, 2}, plain_b[] = {0, 0, 1, 1, 1};
  cr_assert_float_eq(result.adjusted_rand, plain_ari(plain_a, plain_b, 5), 1e-12);
  b.noise = GY_NOISE_NONE;
  cr_assert_eq(gy_agreement_of(&a, &b, 6, &result, &err), GY_EDATA);
  cr_assert_not_null(strstr(err.text, "row 3 has label 2 in the second labeling, outside 0..1"), "%s",
                     err.text);
  b = (gy_labeling){apart, 0, GY_NOISE_ZERO, true};
  cr_assert_eq(gy_agreement_of(&a, &b, 6, &result, &err), GY_EDATA);
  b = (gy_labeling){apart, 1, GY_NOISE_ZERO, true};
  cr_assert_eq(gy_agreement_of(&a, &b, 6, &result, &err), GY_EDATA);
  b = (gy_labeling){apart, 0, GY_NOISE_NONE, true};
  cr_assert_eq(gy_agreement_of(&a, &b, 6, &result, &err), GY_EUSAGE);
}

static gy_status compare_all(void *user, gy_error *err) {
  static const int32_t labels[] = {0, 1, 1, 2, 2, 2};
  gy_labeling a = {.labels = labels, .n_clusters = 3};
  (void)user;
  gy_agreement result;
  return gy_agreement_of(&a, &a, 6, &result, err);
}

Test(agreement, every_failed_allocation_is_an_error_and_leaks_nothing) {
  cr_assert_geq(alloc_fail_each("gy_agreement_of", compare_all, NULL), 6);
}

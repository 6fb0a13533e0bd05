/* SPDX-License-Identifier: Apache-2.0
 *
 * Indices against their definitions, computed by brute force. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/validity.h>

#include "base/rng.h"
#include "cluster/points.h"

static double distance(const float *a, const float *b, size_t d) {
  double sum = 0;
  for (size_t j = 0; j < d; j++) sum += ((double)a[j] - (double)b[j]) * ((double)a[j] - (double)b[j]);
  return sqrt(sum);
}

static double plain_silhouette(const gy_clustering *c, size_t i) {
  double sums[16] = {0}, counts[16] = {0}, a = 0, b = INFINITY;
  size_t d = c->x.n_columns;
  for (size_t other = 0; other < c->x.n_rows; other++) {
    if (other == i) continue;
    sums[c->labels[other]] += distance(gy_matrix_row(c->x, i), gy_matrix_row(c->x, other), d);
    counts[c->labels[other]]++;
  }
  if (counts[c->labels[i]] == 0) return 0;
  a = sums[c->labels[i]] / counts[c->labels[i]];
  for (int k = 0; k < c->n_clusters; k++)
    if (k != c->labels[i] && counts[k] > 0 && sums[k] / counts[k] < b) b = sums[k] / counts[k];
  return fmax(a, b) > 0 ? (b - a) / fmax(a, b) : 0;
}

/* Random labels 0..k-1; cluster k-1 gets row 3 alone, cluster k-2 none. */
static void odd_labels(int32_t *labels, size_t n, int32_t k) {
  gy_rng rng;
  gy_rng_init(&rng, 17, 0);
  for (size_t i = 0; i < n; i++) labels[i] = (int32_t)gy_rng_below(&rng, (uint64_t)k - 2);
  labels[3] = k - 1;
}

Test(silhouette, agrees_with_its_definition_also_with_singletons_and_empty_clusters) {
  static const size_t sizes[] = {10, 63, 64, 65, 700};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    size_t n = sizes[s], d = 1 + 3 * s;
    gy_matrix x = make_groups(n, d, 3, 2, s);
    int32_t *labels = malloc(n * sizeof *labels);
    float *values = malloc(n * sizeof *values);
    double means[6], expected_mean = 0, expected_means[6] = {0}, counts[6] = {0};
    odd_labels(labels, n, 6);
    gy_clustering c = {x, labels, 6};
    gy_silhouette result;
    cr_assert_eq(gy_silhouette_exact(&c, NULL, &result, values, means, NULL), GY_OK);
    for (size_t i = 0; i < n; i++) {
      double expected = plain_silhouette(&c, i);
      cr_assert_float_eq((double)values[i], expected, 1e-6, "n %zu, row %zu: %g, expected %g", n, i,
                         (double)values[i], expected);
      expected_mean += expected / (double)n;
      expected_means[labels[i]] += expected;
      counts[labels[i]]++;
    }
    cr_assert_float_eq(result.mean, expected_mean, 1e-6);
    cr_assert_eq(result.n_used, n);
    for (int k = 0; k < 6; k++)
      cr_assert_float_eq(means[k], counts[k] > 0 ? expected_means[k] / counts[k] : 0, 1e-6, "cluster %d", k);
    free(labels);
    free(values);
    free((void *)x.values);
  }
}

Test(silhouette, is_the_same_on_any_number_of_threads) {
  gy_matrix x = make_groups(5000, 5, 4, 2, 1);
  int32_t labels[5000];
  gy_silhouette first, again;
  for (int i = 0; i < 5000; i++) labels[i] = i % 4;
  gy_clustering c = {x, labels, 4};
  for (int threads = 1; threads <= 7; threads += 2) {
    gy_task task = {.n_threads = threads};
    cr_assert_eq(gy_silhouette_exact(&c, &task, threads == 1 ? &first : &again, NULL, NULL, NULL), GY_OK);
    if (threads > 1)
      cr_assert_eq(memcmp(&first.mean, &again.mean, sizeof first.mean), 0, "%d threads", threads);
  }
  free((void *)x.values);
}

Test(silhouette, of_a_sample_lies_within_its_error_and_keeps_small_clusters) {
  enum { N = 20000 };
  gy_matrix x = make_groups(N, 4, 4, 2, 5);
  int32_t *labels = malloc(sizeof(int32_t) * N);
  for (int i = 0; i < N; i++) labels[i] = i % 4;
  labels[0] = labels[4] = labels[8] = 4; /* three rows of twenty thousand */
  gy_clustering c = {x, labels, 5};
  gy_silhouette exact, sampled;
  double means[5];
  cr_assert_eq(gy_silhouette_exact(&c, NULL, &exact, NULL, NULL, NULL), GY_OK);
  for (uint64_t seed = 0; seed < 5; seed++) {
    cr_assert_eq(gy_silhouette_sampled(&c, 2000, seed, NULL, &sampled, means, NULL), GY_OK);
    cr_assert(sampled.n_used >= 1995 && sampled.n_used <= 2010, "%zu rows", sampled.n_used);
    cr_assert(fabs(sampled.mean - exact.mean) < 5 * sampled.standard_error, "seed %d: %g, exact %g, error %g",
              (int)seed, sampled.mean, exact.mean, sampled.standard_error);
    cr_assert_neq(means[4], 0, "the small cluster was left out");
  }
  cr_assert_eq(gy_silhouette_sampled(&c, N, 1, NULL, &sampled, NULL, NULL), GY_OK);
  cr_assert_eq(sampled.mean, exact.mean);
  free(labels);
  free((void *)x.values);
}

Test(silhouette, simplified_agrees_with_its_definition) {
  float x[] = {0, 2, 10, 12, 14};
  int32_t labels[] = {0, 0, 1, 1, 1};
  gy_clustering c = {{x, 5, 1}, labels, 2};
  gy_silhouette result;
  double means[2], expected[] = {11.0 / 12, 9.0 / 10, 7.0 / 9, 1, 11.0 / 13};
  cr_assert_eq(gy_silhouette_simplified(&c, NULL, &result, means, NULL), GY_OK);
  cr_assert_float_eq(means[0], (expected[0] + expected[1]) / 2, 1e-6);
  cr_assert_float_eq(result.mean, (expected[0] + expected[1] + expected[2] + expected[3] + expected[4]) / 5,
                     1e-6);
}

Test(silhouette, refuses_one_cluster_and_labels_out_of_range) {
  float x[] = {0, 1, 2};
  int32_t one[] = {1, 1, 1}, outside[] = {0, 1, 2};
  gy_silhouette result;
  gy_error err = {0};
  cr_assert_eq(gy_silhouette_exact(&(gy_clustering){{x, 3, 1}, one, 2}, NULL, &result, NULL, NULL, &err),
               GY_EDATA);
  cr_assert_eq(gy_silhouette_simplified(&(gy_clustering){{x, 3, 1}, one, 2}, NULL, &result, NULL, &err),
               GY_EDATA);
  cr_assert_eq(gy_silhouette_exact(&(gy_clustering){{x, 3, 1}, outside, 2}, NULL, &result, NULL, NULL, &err),
               GY_EDATA);
  cr_assert_not_null(strstr(err.text, "row 3 has label 2"), "%s", err.text);
}

/* By hand: means 1 and 12 on a line, grand mean 7.6. */
Test(dispersion, agrees_with_its_definitions) {
  float x[] = {0, 2, 10, 12, 14};
  int32_t labels[] = {0, 0, 2, 2, 2};
  gy_dispersion found;
  cr_assert_eq(gy_dispersion_of(&(gy_clustering){{x, 5, 1}, labels, 3}, NULL, &found, NULL), GY_OK);
  cr_assert_float_eq(found.inertia, 10, 1e-12);
  cr_assert_float_eq(found.calinski_harabasz, (2 * 6.6 * 6.6 + 3 * 4.4 * 4.4) / 1 / (10.0 / 3), 1e-9);
  cr_assert_float_eq(found.davies_bouldin, (1 + 4.0 / 3) / 11, 1e-12);
  int32_t together[5] = {0};
  cr_assert_eq(gy_dispersion_of(&(gy_clustering){{x, 5, 1}, together, 1}, NULL, &found, NULL), GY_OK);
  cr_assert(isnan(found.calinski_harabasz) && isnan(found.davies_bouldin));
}

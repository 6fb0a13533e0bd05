/* SPDX-License-Identifier: Apache-2.0
 *
 * Dunn's index, the gap statistic and knees of curves. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/gap.h>
#include <gyeol/validity.h>

#include "base/rng.h"
#include "cluster/points.h"
#include "support/alloc_fail.h"

static double plain_distance(const float *a, const float *b, size_t d) {
  double sum = 0;
  for (size_t j = 0; j < d; j++) sum += ((double)a[j] - (double)b[j]) * ((double)a[j] - (double)b[j]);
  return sqrt(sum);
}

Test(dunn, is_the_smallest_gap_over_the_largest_diameter_on_any_threads) {
  static const size_t shapes[][2] = {{2, 1}, {37, 3}, {400, 17}};
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    size_t n = shapes[s][0], d = shapes[s][1];
    gy_matrix x = make_groups(n, d, 3, 4, s);
    int32_t labels[400];
    double separation = INFINITY, diameter = 0;
    for (size_t i = 0; i < n; i++) labels[i] = (int32_t)(i % 3 * 2); /* clusters 1, 3 empty */
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < i; j++) {
        double distance = plain_distance(gy_matrix_row(x, i), gy_matrix_row(x, j), d);
        if (labels[i] == labels[j]) diameter = fmax(diameter, distance);
        if (labels[i] != labels[j]) separation = fmin(separation, distance);
      }
    for (int threads = 1; threads <= 3; threads++) {
      gy_task task = {.n_threads = threads};
      gy_clustering c = {x, labels, 5};
      gy_dunn found;
      cr_assert_eq(gy_dunn_index(&c, &task, &found, NULL), GY_OK);
      cr_assert_float_eq(found.separation, separation, 1e-6 * separation, "shape %zu", s);
      cr_assert_float_eq(found.diameter, diameter, 1e-6 * diameter, "shape %zu", s);
      cr_assert(isinf(separation / diameter) ? isinf(found.index)
                                             : fabs(found.index - separation / diameter) < 1e-6,
                "shape %zu: %g", s, found.index);
    }
    free((void *)x.values);
  }
}

Test(dunn, at_its_ends) {
  float x[] = {1, 1, 1, 1}, bad[] = {1, (float)NAN, 1, 1};
  int32_t two[] = {0, 0, 1, 1}, one[] = {1, 1, 1, 1};
  gy_dunn found;
  gy_error err = {0};
  cr_assert_eq(gy_dunn_index(&(gy_clustering){{x, 4, 1}, two, 2}, NULL, &found, NULL), GY_OK);
  cr_assert_eq(found.index, 0);
  cr_assert_eq(gy_dunn_index(&(gy_clustering){{x, 4, 1}, one, 2}, NULL, &found, &err), GY_EDATA);
  cr_assert_eq(gy_dunn_index(&(gy_clustering){{x, 0, 1}, one, 2}, NULL, &found, &err), GY_EDATA);
  cr_assert_eq(gy_dunn_index(&(gy_clustering){{bad, 4, 1}, two, 2}, NULL, &found, &err), GY_EDATA);
  cr_assert_not_null(strstr(err.text, "row 2, column 1"), "%s", err.text);
}

static int32_t by_rule(const gy_gap *gap) {
  for (int32_t k = 1; k < gap->n_judged; k++)
    if (gap->of[k - 1].gap >= gap->of[k].gap - gap->of[k].error) return k;
  return gap->n_judged;
}

/* The rule may stop at 1 before groups of groups; the gap itself is largest at the truth. */
Test(gap, finds_groups_and_says_one_where_there_are_none) {
  for (int box = 0; box <= GY_GAP_COLUMNS; box++) {
    gy_gap_options options = gy_gap_defaults();
    gy_gap found, again;
    options.box = (gy_gap_box)box;
    options.k_max = 7;
    options.n_references = 10;
    for (int k = 3; k <= 5; k++) {
      gy_matrix x = make_groups(300, 3, k, 12, (uint64_t)k);
      cr_assert_eq(gy_gap_statistic(x, &options, &(gy_task){.n_threads = 1}, &found, NULL), GY_OK);
      for (int j = 1; j <= 7; j++)
        cr_assert(found.of[j - 1].gap <= found.of[k - 1].gap + found.of[j - 1].error, "box %d: k %d, not %d",
                  box, j, k);
      cr_assert_eq(found.k, by_rule(&found));
      cr_assert_eq(gy_gap_statistic(x, &options, &(gy_task){.n_threads = 3}, &again, NULL), GY_OK);
      cr_assert_arr_eq(found.of, again.of, 7 * sizeof *found.of);
      free((void *)x.values);
    }
    gy_rng rng;
    gy_rng_init(&rng, 4, 0);
    float noise[500 * 2];
    for (size_t i = 0; i < 1000; i++) noise[i] = (float)gy_rng_uniform(&rng);
    options.sample_rows = 400;
    cr_assert_eq(gy_gap_statistic((gy_matrix){noise, 500, 2}, &options, NULL, &found, NULL), GY_OK);
    cr_assert_eq(found.k, 1, "noise: %d", found.k);
    cr_assert_eq(found.rows_judged, 400);
  }
}

/* One cluster: W is the sum of squares about the mean. */
Test(gap, judges_by_logarithms_of_the_inertia) {
  float x[] = {0, 2, 4, 10};
  gy_gap_options options = gy_gap_defaults();
  gy_gap found;
  options.box = GY_GAP_COLUMNS;
  cr_assert_eq(gy_gap_statistic((gy_matrix){x, 4, 1}, &options, NULL, &found, NULL), GY_OK);
  cr_assert_eq(found.n_judged, 3); /* four clusters cost nothing */
  cr_assert_float_eq(found.of[0].log_inertia, log(56), 1e-6);
  cr_assert_float_eq(found.of[1].log_inertia, log(8), 1e-6);
  cr_assert_float_eq(found.of[0].gap, found.of[0].expected - log(56), 1e-6);
}

Test(gap, refuses_what_it_cannot_use) {
  float same[] = {1, 1, 1, 1}, bad[] = {1, 2, (float)NAN, 3};
  gy_gap_options options = gy_gap_defaults(), none = gy_gap_defaults();
  gy_gap found;
  gy_error err = {0};
  none.n_references = 1;
  cr_assert_eq(gy_gap_statistic((gy_matrix){same, 4, 1}, &options, NULL, &found, &err), GY_EDATA);
  cr_assert_eq(gy_gap_statistic((gy_matrix){same, 2, 1}, &options, NULL, &found, &err), GY_EDATA);
  cr_assert_eq(gy_gap_statistic((gy_matrix){bad, 4, 1}, &options, NULL, &found, &err), GY_EDATA);
  cr_assert_eq(gy_gap_statistic((gy_matrix){same, 4, 1}, &none, NULL, &found, &err), GY_EUSAGE);
  cr_assert_eq(gy_gap_statistic((gy_matrix){NULL, 50000000, 8}, &none, NULL, &found, &err), GY_EUSAGE);
}

/* Satopaa et al. 2011, figure 2: y = -1 / x + 5, whose knee they give as x = 0.22 of 0..1; its mirrors have
 * theirs at the same place of the curve. */
Test(kneedle, finds_the_knee_of_every_shape) {
  double x[10], y[10], mirrored[10], fallen[10], turned[10];
  for (int i = 0; i < 10; i++) {
    x[i] = i / 9.0;
    y[i] = -1 / (x[i] + 0.1) + 5;
  }
  for (int i = 0; i < 10; i++) {
    mirrored[i] = -y[i];
    fallen[i] = y[9 - i];
    turned[i] = -y[9 - i];
  }
  cr_assert_eq(gy_kneedle(x, y, 10, GY_KNEE_RISING_CONCAVE, 1), 2);
  cr_assert_eq(gy_kneedle(x, mirrored, 10, GY_KNEE_FALLING_CONVEX, 1), 2);
  cr_assert_eq(gy_kneedle(x, fallen, 10, GY_KNEE_FALLING_CONCAVE, 1), 7);
  cr_assert_eq(gy_kneedle(x, turned, 10, GY_KNEE_RISING_CONVEX, 1), 7);
}

Test(kneedle, takes_the_first_of_two_knees_and_no_knee_of_a_line) {
  static const double x[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
                      two[] = {0, 4, 4.2, 4.4, 4.6, 9, 9.1, 9.2, 9.3, 9.4},
                      line[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, flat[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  cr_assert_eq(gy_kneedle(x, two, 10, GY_KNEE_RISING_CONCAVE, 1), 1);
  cr_assert_eq(gy_kneedle(x, two, 10, GY_KNEE_RISING_CONCAVE, 3), 5);
  cr_assert_eq(gy_kneedle(x, line, 10, GY_KNEE_RISING_CONCAVE, 1), 10);
  cr_assert_eq(gy_kneedle(x, flat, 10, GY_KNEE_FALLING_CONVEX, 1), 10);
  cr_assert_eq(gy_kneedle(x, two, 2, GY_KNEE_RISING_CONCAVE, 1), 2);
}

/* scikit-learn 1.2.1: silhouette_samples, calinski_harabasz_score and davies_bouldin_score of the same rows.
 */
Test(silhouette, figures_are_those_of_scikit_learn) {
  enum { N = 500, D = 3 };
  static const size_t rows[] = {0, 1, 2, 250, 499};
  static const double expected[] = {0.21092461876225652, -0.10618298428603506, 0.05936248436379736,
                                    0.14200469848194774, -0.16324336093712946};
  float x[N * D], values[N];
  int32_t labels[N];
  for (size_t i = 0; i < N; i++) {
    labels[i] = (int32_t)(i * 13 % 11 / 3);
    for (size_t j = 0; j < D; j++)
      x[i * D + j] = (float)((i * 7919 + j * 104729) % 1000) / 100 + (float)labels[i] * 2;
  }
  gy_clustering c = {{x, N, D}, labels, 4};
  gy_silhouette found;
  gy_dispersion dispersion;
  cr_assert_eq(gy_silhouette_exact(&c, NULL, &found, values, NULL, NULL), GY_OK);
  cr_assert_float_eq(found.mean, 0.05458361394433226, 1e-6, "%.9g", found.mean);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    cr_assert_float_eq((double)values[rows[i]], expected[i], 1e-6, "row %zu: %.9g", rows[i],
                       (double)values[rows[i]]);
  cr_assert_eq(gy_dispersion_of(&c, NULL, &dispersion, NULL), GY_OK);
  cr_assert_float_eq(dispersion.calinski_harabasz, 90.57221032732576, 1e-6 * dispersion.calinski_harabasz);
  cr_assert_float_eq(dispersion.davies_bouldin, 2.8620263595085906, 1e-6);
}

static gy_status judge(void *user, gy_error *err) {
  gy_matrix *x = user;
  int32_t labels[300];
  gy_dunn dunn;
  gy_gap gap;
  gy_gap_options options = gy_gap_defaults();
  options.k_max = 2;
  options.n_references = 2;
  options.sample_rows = 50;
  for (int i = 0; i < 300; i++) labels[i] = i % 3;
  gy_clustering c = {*x, labels, 3};
  gy_status status = gy_dunn_index(&c, NULL, &dunn, err);
  return status == GY_OK ? gy_gap_statistic(*x, &options, NULL, &gap, err) : status;
}

Test(indices, every_failed_allocation_is_an_error_and_leaks_nothing) {
  gy_matrix x = make_groups(300, 3, 3, 4, 1);
  cr_assert_geq(alloc_fail_each("Dunn, gap", judge, &x), 10);
  free((void *)x.values);
}

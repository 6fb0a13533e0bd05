/* SPDX-License-Identifier: Apache-2.0
 *
 * Expected centres and scales are computed by hand from the definitions in the header. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/scaling.h>

#include "base/rng.h"
#include "support/alloc_fail.h"

Test(scaling, fits_centre_and_scale_by_method) {
  static const struct {
    const char *name;
    float x[5];
    gy_scaling_method method;
    bool log;
    double center, scale;
    gy_scale_source source;
  } cases[] = {
      {"none", {1, 2, 3, 4, 5}, GY_SCALING_NONE, false, 0, 1, GY_SCALE_UNIT},
      {"standard, divisor n",
       {1, 2, 3, 4, 5},
       GY_SCALING_STANDARD,
       false,
       3,
       1.4142135623730951,
       GY_SCALE_SD},
      {"robust", {1, 2, 3, 4, 100}, GY_SCALING_ROBUST, false, 3, 2, GY_SCALE_IQR},
      {"robust without a range",
       {0, 0, 0, 0, 10},
       GY_SCALING_ROBUST,
       false,
       0,
       1.3489795003921634 * 4,
       GY_SCALE_SD_AS_IQR},
      {"constant, standard", {7, 7, 7, 7, 7}, GY_SCALING_STANDARD, false, 7, 1, GY_SCALE_CONSTANT},
      {"constant, robust",
       {0.1f, 0.1f, 0.1f, 0.1f, 0.1f},
       GY_SCALING_ROBUST,
       false,
       (double)0.1f,
       1,
       GY_SCALE_CONSTANT},
      {"log robust",
       {-3, 0, 1, 3, 7},
       GY_SCALING_ROBUST,
       true,
       0.6931471805599453,
       1.3862943611198906,
       GY_SCALE_IQR},
      {"missing left out",
       {NAN, 2, NAN, 4, 6},
       GY_SCALING_STANDARD,
       false,
       4,
       1.632993161855452,
       GY_SCALE_SD},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_column_scaling column = {.method = cases[i].method, .log = cases[i].log};
    gy_error err = {0};
    cr_assert_eq(gy_scaling_fit((gy_matrix){cases[i].x, 5, 1}, NULL, &column, &err), GY_OK, "%s", err.text);
    cr_assert_float_eq(column.center, cases[i].center, 1e-12, "%s: centre %.17g", cases[i].name,
                       column.center);
    cr_assert_float_eq(column.scale, cases[i].scale, 1e-12, "%s: scale %.17g", cases[i].name, column.scale);
    cr_assert_eq(column.source, cases[i].source, "%s: source %d", cases[i].name, (int)column.source);
  }
}

Test(scaling, missing_values_take_the_median_and_are_counted) {
  float x[] = {NAN, 1, 9, NAN, 5, 2}, out[6]; /* columns: NAN 9 5, 1 NAN 2 */
  gy_column_scaling columns[2] = {{.method = GY_SCALING_NONE}, {.method = GY_SCALING_STANDARD}};
  int64_t n_filled = -1;
  gy_matrix view = {x, 3, 2};
  cr_assert_eq(gy_scaling_fit(view, NULL, columns, NULL), GY_OK);
  cr_assert_eq(columns[0].n_missing, 1);
  cr_assert_eq(gy_scaling_apply(columns, view, NULL, out, &n_filled, NULL), GY_OK);
  cr_assert_eq(n_filled, 2);
  cr_assert_float_eq(out[0], 7, 0);
  cr_assert_float_eq(out[3], 0, 1e-6, "the median of two is their mean: %g", (double)out[3]);
}

Test(scaling, fills_with_the_median_even_if_none_was_missing_when_fitted) {
  float x[] = {1, 5, 30}, later[] = {NAN}, out;
  gy_column_scaling column = {.method = GY_SCALING_NONE};
  cr_assert_eq(gy_scaling_fit((gy_matrix){x, 3, 1}, NULL, &column, NULL), GY_OK);
  cr_assert_eq(gy_scaling_apply(&column, (gy_matrix){later, 1, 1}, NULL, &out, NULL, NULL), GY_OK);
  cr_assert_float_eq(out, 5, 0);
}

Test(scaling, a_column_without_values_becomes_zero) {
  float x[] = {NAN, NAN}, out[2];
  gy_column_scaling column = {.method = GY_SCALING_ROBUST};
  cr_assert_eq(gy_scaling_fit((gy_matrix){x, 2, 1}, NULL, &column, NULL), GY_OK);
  cr_assert_eq(gy_scaling_apply(&column, (gy_matrix){x, 2, 1}, NULL, out, NULL, NULL), GY_OK);
  cr_assert(out[0] == 0 && out[1] == 0 && column.source == GY_SCALE_CONSTANT && column.n_missing == 2);
}

Test(scaling, infinity_and_no_rows_are_refused) {
  float x[] = {1, 2, 3, -INFINITY}, out[4];
  gy_column_scaling columns[2] = {{.method = GY_SCALING_STANDARD, .center = 42},
                                  {.method = GY_SCALING_STANDARD}};
  gy_error err = {0};
  cr_assert_eq(gy_scaling_fit((gy_matrix){x, 2, 2}, NULL, columns, &err), GY_EDATA);
  cr_assert_not_null(strstr(err.text, "row 2, column 2"), "%s", err.text);
  cr_assert_eq(columns[0].center, 42, "outputs are assigned on success only");
  cr_assert_eq(gy_scaling_fit((gy_matrix){x, 0, 2}, NULL, columns, &err), GY_EDATA);
  columns[0].scale = columns[1].scale = 1;
  cr_assert_eq(gy_scaling_apply(columns, (gy_matrix){x, 2, 2}, NULL, out, NULL, &err), GY_EDATA);
}

static float *random_matrix(size_t n, size_t d) {
  gy_rng rng;
  gy_rng_init(&rng, 2, 0);
  float *x = malloc(n * d * sizeof *x);
  for (size_t i = 0; i < n * d; i++)
    x[i] = gy_rng_uniform(&rng) < 0.01 ? NAN : (float)(100 * gy_rng_normal(&rng) * gy_rng_normal(&rng));
  return x;
}

Test(scaling, written_with_17_digits_applies_to_the_same_bytes_on_any_number_of_threads) {
  enum { N = 10000, D = 6 };
  float *x = random_matrix(N, D), *first = malloc(sizeof(float) * N * D),
        *again = malloc(sizeof(float) * N * D);
  gy_column_scaling columns[D];
  gy_matrix view = {x, N, D};
  for (int threads = 1; threads <= 7; threads += 2) {
    gy_task task = {.n_threads = threads};
    for (int j = 0; j < D; j++)
      columns[j] = (gy_column_scaling){.method = (gy_scaling_method)(j % 3), .log = j >= 3};
    cr_assert_eq(gy_scaling_fit(view, &task, columns, NULL), GY_OK);
    for (int j = 0; j < D; j++) { /* through text and back */
      char text[100];
      snprintf(text, sizeof text, "%.17g %.17g %.17g", columns[j].center, columns[j].scale, columns[j].fill);
      cr_assert_eq(sscanf(text, "%lf %lf %lf", &columns[j].center, &columns[j].scale, &columns[j].fill), 3);
    }
    cr_assert_eq(gy_scaling_apply(columns, view, &task, threads == 1 ? first : again, NULL, NULL), GY_OK);
    if (threads > 1) cr_assert_arr_eq(first, again, sizeof(float) * N * D, "%d threads differ", threads);
  }
  cr_assert_eq(gy_scaling_apply(columns, view, NULL, x, NULL, NULL), GY_OK);
  cr_assert_arr_eq(first, x, sizeof(float) * N * D, "in place differs");
  free(x);
  free(first);
  free(again);
}

Test(scaling, inverts) {
  static const double values[] = {-1234.5, -1, 0, 0.25, 77183.6};
  for (int m = 0; m < 6; m++) {
    gy_column_scaling column = {
        .method = (gy_scaling_method)(m % 3), .log = m >= 3, .center = 1.5, .scale = 0.7};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
      double back = gy_scaling_invert(&column, gy_scaling_value(&column, values[i]));
      cr_assert_float_eq(back, values[i], 1e-9 * (1 + fabs(values[i])), "case %d: %g came back as %g", m,
                         values[i], back);
    }
  }
}

Test(scaling, method_names_parse_back) {
  for (int m = GY_SCALING_NONE; m <= GY_SCALING_ROBUST; m++) {
    gy_scaling_method method;
    cr_assert(gy_scaling_method_parse(gy_scaling_method_name((gy_scaling_method)m), &method));
    cr_assert_eq((int)method, m);
  }
  gy_scaling_method untouched;
  cr_assert_not(gy_scaling_method_parse("minmax", &untouched));
}

static gy_status fit_once(void *user, gy_error *err) {
  gy_column_scaling columns[6] = {{.method = GY_SCALING_ROBUST}};
  return gy_scaling_fit((gy_matrix){user, 50, 6}, NULL, columns, err);
}

Test(scaling, survives_failed_allocations) {
  float *x = random_matrix(50, 6);
  cr_assert_geq(alloc_fail_each("gy_scaling_fit", fit_once, x), 2);
  free(x);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "num/null_model.h"
#include "support/alloc_fail.h"

enum { N = 4000, D = 3 };

/* Column 0: two humps far apart; 1: log-normal, hanging together with 2, a normal one. */
static gy_matrix make_rows(void) {
  gy_rng rng;
  gy_rng_init(&rng, 4, 0);
  float *x = malloc(N * D * sizeof *x);
  for (size_t i = 0; i < N; i++) {
    double common = gy_rng_normal(&rng);
    x[i * D] = (float)((i % 2 ? 10 : -10) + gy_rng_normal(&rng));
    x[i * D + 1] = (float)exp(0.8 * common + 0.6 * gy_rng_normal(&rng));
    x[i * D + 2] = (float)common;
  }
  return (gy_matrix){x, N, D};
}

static double share_between(const float *rows, size_t j, double low, double high) {
  size_t n = 0;
  for (size_t i = 0; i < N; i++) n += (double)rows[i * D + j] > low && (double)rows[i * D + j] < high;
  return (double)n / N;
}

static int by_size(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static float median_of(const float *rows, size_t j) {
  float *column = malloc(N * sizeof *column);
  for (size_t i = 0; i < N; i++) column[i] = rows[i * D + j];
  qsort(column, N, sizeof *column, by_size);
  float median = column[N / 2];
  free(column);
  return median;
}

static double correlation(const float *rows, size_t a, size_t b) {
  double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
  for (size_t i = 0; i < N; i++) {
    ma += (double)rows[i * D + a] / N;
    mb += (double)rows[i * D + b] / N;
  }
  for (size_t i = 0; i < N; i++) {
    double u = (double)rows[i * D + a] - ma, v = (double)rows[i * D + b] - mb;
    aa += u * u;
    bb += v * v;
    ab += u * v;
  }
  return ab / sqrt(aa * bb);
}

Test(null_model, one_cloud_keeps_columns_and_how_they_hang_together_but_no_gap) {
  gy_matrix x = make_rows();
  gy_null_model model;
  gy_error err = {0};
  float *rows = malloc(N * D * sizeof *rows);
  cr_assert_eq(gy_null_model_fit(x, NULL, &model, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_null_model_draw(&model, GY_NULL_UNIMODAL, 1, 0, N, NULL, rows, &err), GY_OK, "%s",
               err.text);
  cr_expect_eq(share_between(x.values, 0, -5, 5), 0);
  cr_expect_gt(share_between(rows, 0, -5, 5), 0.15, "the gap is still there");
  cr_expect_float_eq(median_of(rows, 1), median_of(x.values, 1), 0.12);
  cr_expect_float_eq(correlation(rows, 1, 2), correlation(x.values, 1, 2), 0.08);
  cr_expect_gt(correlation(rows, 1, 2), 0.4);
  cr_expect_lt(fabs(correlation(rows, 0, 2)), 0.06);
  free(rows);
  gy_null_model_clear(&model);
  free((void *)x.values);
}

Test(null_model, uniform_rows_fill_the_box) {
  gy_matrix x = make_rows();
  gy_null_model model;
  gy_error err = {0};
  float *rows = malloc(N * D * sizeof *rows);
  cr_assert_eq(gy_null_model_fit(x, NULL, &model, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_null_model_draw(&model, GY_NULL_UNIFORM, 1, 0, N, NULL, rows, &err), GY_OK);
  cr_expect_float_eq(share_between(rows, 0, -5, 5), 10.0 / 26, 0.06);
  float *again = malloc(N * D * sizeof *again);
  cr_assert_eq(gy_null_model_draw(&model, GY_NULL_UNIFORM, 1, 0, N, NULL, again, &err), GY_OK);
  cr_expect_arr_eq(rows, again, N * D * sizeof *rows);
  free(again);
  free(rows);
  gy_null_model_clear(&model);
  free((void *)x.values);
}

Test(null_model, unimodal_pieces_rise_and_fall_once) {
  gy_rng rng;
  gy_rng_init(&rng, 9, 0);
  for (int round = 0; round < 200; round++) {
    enum { MANY = 500 };
    double values[MANY];
    size_t n = 1 + gy_rng_below(&rng, MANY);
    int kinds = 1 + (int)gy_rng_below(&rng, 100);
    for (size_t i = 0; i < n; i++)
      values[i] = round % 2 ? gy_rng_normal(&rng) + 6 * (double)gy_rng_below(&rng, 3)
                            : (double)gy_rng_below(&rng, (uint64_t)kinds);
    for (size_t i = 1; i < n; i++) /* insertion sort */
      for (size_t j = i; j > 0 && values[j - 1] > values[j]; j--) {
        double moved = values[j];
        values[j] = values[j - 1];
        values[j - 1] = moved;
      }
    gy_unimodal fit;
    gy_unimodal_fit(values, n, &fit);
    bool falling = false;
    double before = 0, last = 0;
    for (size_t i = 0; i < fit.n_pieces; i++) {
      double width = fit.high[i] - fit.low[i], density = (fit.until[i] - before) / (width > 0 ? width : 1);
      if (i > 0 && density < last * (1 - 1e-9)) falling = true;
      if (i > 0 && falling)
        cr_assert_leq(density, last * (1 + 1e-6) + 1e-12, "round %d: rises again at piece %zu", round, i);
      last = density;
      before = fit.until[i];
    }
    for (double u = 0; u <= 1; u += 0.125) {
      double value = gy_unimodal_quantile(&fit, u);
      cr_assert(value >= values[0] && value <= values[n - 1], "round %d: quantile %g is %g", round, u, value);
    }
  }
}

static gy_status fit_and_draw(void *user, gy_error *err) {
  static const gy_task ONE = {.n_threads = 1};
  gy_null_model model;
  float rows[60];
  gy_status status = gy_null_model_fit(*(gy_matrix *)user, &ONE, &model, err);
  if (status == GY_OK) status = gy_null_model_draw(&model, GY_NULL_UNIMODAL, 1, 0, 20, &ONE, rows, err);
  gy_null_model_clear(&model);
  return status;
}

Test(null_model, every_failed_allocation_is_an_error) {
  gy_matrix x = make_rows();
  x.n_rows = 50;
  cr_expect_geq(alloc_fail_each("null model", fit_and_draw, &x), 6);
  free((void *)x.values);
}

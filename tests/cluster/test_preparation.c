/* SPDX-License-Identifier: Apache-2.0
 *
 * Each way against its definition written out over sorted values; predictions against normal equations solved
 * by elimination and against the noise that the data were made with; and the laws: no order of threads, no
 * failed allocation and no odd column changes what is right. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/preparation.h>

#include "base/rng.h"
#include "support/alloc_fail.h"

enum { N = 600, D = 4, M = 2, TERMS_MAX = 40 };

typedef struct {
  float numbers[N * D];
  int32_t codes[N * M];
  int32_t n_levels[M];
  gy_attributes x;
} sample;

/* Numbers with holes and far values, categories with holes. */
static void draw(sample *s, uint64_t seed, size_t n) {
  gy_rng rng;
  gy_rng_init(&rng, seed, 0);
  s->n_levels[0] = 3;
  s->n_levels[1] = 25;
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < D; j++) {
      double value = j == 3 ? floor(5 * gy_rng_uniform(&rng)) : gy_rng_normal(&rng) * (double)(j + 1) + 10;
      if (j < 3 && gy_rng_below(&rng, 40) == 0) value *= 50;
      s->numbers[i * D + j] = gy_rng_below(&rng, 8) == 0 ? NAN : (float)value;
    }
    for (size_t j = 0; j < M; j++)
      s->codes[i * M + j] = (int32_t)gy_rng_below(&rng, (uint64_t)s->n_levels[j] + 1) - 1;
  }
  s->x = (gy_attributes){n, s->numbers, D, s->codes, M, s->n_levels};
}

static const gy_preparation_rule NUMBER = {.missing = GY_MISSING_MEDIAN},
                                 CATEGORY = {.missing = GY_MISSING_LEAVE};

static void set_rules(gy_preparation_rule *rules, gy_preparation_rule number, gy_preparation_rule category) {
  for (size_t j = 0; j < D; j++) rules[j] = number;
  for (size_t j = 0; j < M; j++) rules[D + j] = category;
}

static gy_preparation fit(const gy_attributes *x, const gy_preparation_rule *rules) {
  gy_preparation p;
  gy_error err = {0};
  cr_assert_eq(gy_preparation_fit(x, rules, 3, NULL, &p, &err), GY_OK, "%s", err.text);
  return p;
}

/* ---- definitions, written out ---- */

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static size_t sorted_column(const gy_attributes *x, size_t j, double *values) {
  size_t n = 0;
  for (size_t i = 0; i < x->n_rows; i++)
    if (!isnan(x->numbers[i * x->n_numbers + j])) values[n++] = (double)x->numbers[i * x->n_numbers + j];
  qsort(values, n, sizeof *values, by_value);
  return n;
}

static double quantile_of(const double *sorted, size_t n, double p) {
  double h = (double)(n - 1) * p, low = floor(h);
  double below = sorted[(size_t)low], above = (size_t)low + 1 < n ? sorted[(size_t)low + 1] : below;
  return below + (h - low) * (above - below);
}

static void expected_bounds(const double *sorted, size_t n, gy_outlier_way way, double at, double *low,
                            double *high) {
  double deviations[N], center = quantile_of(sorted, n, 0.5), sum = 0;
  *low = -INFINITY;
  *high = INFINITY;
  if (way == GY_OUTLIERS_WINSORISE) {
    *low = quantile_of(sorted, n, at);
    *high = quantile_of(sorted, n, 1 - at);
  } else if (way == GY_OUTLIERS_ISOLATE) {
    *low = sorted[(size_t)floor((double)(n - 1) * at)];
    *high = sorted[n - 1 - (size_t)floor((double)(n - 1) * at)];
  } else if (way == GY_OUTLIERS_ROBUST_Z || way == GY_OUTLIERS_FLAG) {
    for (size_t i = 0; i < n; i++) sum += deviations[i] = fabs(sorted[i] - center);
    qsort(deviations, n, sizeof *deviations, by_value);
    double s = 1.482602218505602 * quantile_of(deviations, n, 0.5);
    if (s == 0) s = sqrt(acos(-1.0) / 2) * sum / (double)n;
    if (s > 0) {
      *low = center - at * s;
      *high = center + at * s;
    }
  }
}

static bool is_near(double a, double b) { return a == b || fabs(a - b) <= 1e-12 * fabs(b); }

Test(preparation, outliers_are_bounded_by_the_definition) {
  static const struct {
    gy_outlier_way way;
    double at;
    bool caps;
  } CASES[] = {{GY_OUTLIERS_NONE, 0, false},        {GY_OUTLIERS_WINSORISE, 0.01, true},
               {GY_OUTLIERS_WINSORISE, 0.25, true}, {GY_OUTLIERS_WINSORISE, 0, true},
               {GY_OUTLIERS_ROBUST_Z, 3.5, true},   {GY_OUTLIERS_ROBUST_Z, 0.5, true},
               {GY_OUTLIERS_FLAG, 2, false},        {GY_OUTLIERS_ISOLATE, 0.01, false},
               {GY_OUTLIERS_ISOLATE, 0.001, false}};
  sample *s = malloc(sizeof *s);
  for (uint64_t seed = 0; seed < 12; seed++) {
    draw(s, seed, seed < 4 ? 1 + (size_t)seed * 7 : N);
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
      gy_preparation_rule rules[D + M];
      set_rules(rules, (gy_preparation_rule){GY_MISSING_MEDIAN, 0, CASES[c].way, CASES[c].at}, CATEGORY);
      float prepared[N * D];
      int32_t codes[N * M];
      uint8_t states[N];
      gy_error err = {0};
      gy_preparation p;
      if (gy_preparation_fit(&s->x, rules, 3, NULL, &p, &err) != GY_OK) {
        cr_expect_not_null(strstr(err.text, "no row is left"), "seed %d, case %zu: %s", (int)seed, c,
                           err.text);
        continue;
      }
      cr_assert_eq(gy_preparation_apply(&p, &s->x, NULL, prepared, codes, states, &err), GY_OK);
      bool outside[N] = {false};
      for (size_t j = 0; j < D; j++) {
        double sorted[N], low = -INFINITY, high = INFINITY;
        size_t n = sorted_column(&s->x, j, sorted);
        if (n > 0) expected_bounds(sorted, n, CASES[c].way, CASES[c].at, &low, &high);
        cr_expect(is_near(p.columns[j].low, low) && is_near(p.columns[j].high, high),
                  "seed %d, case %zu, column %zu: [%g, %g], not [%g, %g]", (int)seed, c, j, p.columns[j].low,
                  p.columns[j].high, low, high);
        int64_t n_low = 0, n_high = 0;
        for (size_t i = 0; i < s->x.n_rows; i++) {
          float value = s->numbers[i * D + j];
          n_low += (double)value < p.columns[j].low;
          n_high += (double)value > p.columns[j].high;
          outside[i] = outside[i] || gy_preparation_is_outlier(&p.columns[j], value);
          if (isnan(value)) continue;
          double t =
              CASES[c].caps ? fmin(fmax((double)value, p.columns[j].low), p.columns[j].high) : (double)value;
          cr_expect_eq(prepared[i * D + j], (float)t, "seed %d, case %zu, row %zu", (int)seed, c, i);
        }
        cr_expect_eq(p.columns[j].n_low, n_low);
        cr_expect_eq(p.columns[j].n_high, n_high);
        if (CASES[c].way == GY_OUTLIERS_ISOLATE)
          cr_expect_leq((double)(n_low > n_high ? n_low : n_high), CASES[c].at * (double)n);
      }
      for (size_t i = 0; i < s->x.n_rows; i++)
        cr_expect_eq(states[i],
                     CASES[c].way == GY_OUTLIERS_ISOLATE && outside[i] ? GY_ROW_ASIDE : GY_ROW_KEPT,
                     "seed %d, case %zu, row %zu", (int)seed, c, i);
      gy_preparation_clear(&p);
    }
  }
  free(s);
}

static double expected_fill(const double *sorted, size_t n, gy_missing_way way) {
  double sum = 0, mode = sorted[0];
  size_t most = 0;
  for (size_t i = 0; i < n; i++) {
    size_t count = 0;
    sum += sorted[i];
    for (size_t k = 0; k < n; k++) count += sorted[k] == sorted[i];
    if (count > most) {
      most = count;
      mode = sorted[i];
    }
  }
  return way == GY_MISSING_MEAN   ? sum / (double)n
         : way == GY_MISSING_MODE ? mode
                                  : quantile_of(sorted, n, 0.5);
}

Test(preparation, numbers_are_filled_by_the_definition) {
  static const gy_missing_way WAYS[] = {GY_MISSING_MEAN, GY_MISSING_MEDIAN, GY_MISSING_MODE};
  static const gy_outlier_way TREATS[] = {GY_OUTLIERS_NONE, GY_OUTLIERS_LOG, GY_OUTLIERS_WINSORISE};
  sample *s = malloc(sizeof *s);
  draw(s, 4, N);
  for (size_t w = 0; w < 3; w++)
    for (size_t t = 0; t < 3; t++) {
      gy_preparation_rule rules[D + M];
      set_rules(rules, (gy_preparation_rule){WAYS[w], 0, TREATS[t], 0.02}, CATEGORY);
      gy_preparation p = fit(&s->x, rules);
      for (size_t j = 0; j < D; j++) {
        double values[N];
        size_t n = sorted_column(&s->x, j, values);
        for (size_t i = 0; i < n; i++) {
          if (TREATS[t] == GY_OUTLIERS_LOG) values[i] = copysign(log(1 + fabs(values[i])), values[i]);
          if (TREATS[t] == GY_OUTLIERS_WINSORISE)
            values[i] = fmin(fmax(values[i], p.columns[j].low), p.columns[j].high);
        }
        double expected = expected_fill(values, n, WAYS[w]);
        cr_expect_float_eq(p.columns[j].fill, expected, 1e-9 * (1 + fabs(expected)),
                           "way %zu, treat %zu, column %zu: %g instead of %g", w, t, j, p.columns[j].fill,
                           expected);
        cr_expect_eq(p.columns[j].n_missing, (int64_t)(N - n));
        double back = gy_preparation_invert(&p.columns[j], p.columns[j].fill);
        if (TREATS[t] == GY_OUTLIERS_LOG && WAYS[w] == GY_MISSING_MODE)
          cr_expect_float_eq(back, expected_fill(values, n, GY_MISSING_MODE) > 0 ? exp(expected) - 1 : back,
                             1e-6);
      }
      gy_preparation_clear(&p);
    }
  free(s);
}

Test(preparation, rows_and_categories_by_each_way) {
  static const float NUMBERS[] = {1, NAN, 2, 9, NAN, 2};
  static const int32_t CODES[] = {0, 1, -1, 1, -1, 2}, LEVELS[] = {3};
  static const struct {
    gy_preparation_rule number, category;
    float numbers[6];
    int32_t codes[6];
    uint8_t states[6];
  } CASES[] = {
      {{.missing = GY_MISSING_LEAVE},
       {.missing = GY_MISSING_LEAVE},
       {1, NAN, 2, 9, NAN, 2},
       {0, 1, -1, 1, -1, 2},
       {0}},
      {{.missing = GY_MISSING_CONSTANT, .constant = -1},
       {.missing = GY_MISSING_OWN},
       {1, -1, 2, 9, -1, 2},
       {0, 1, 3, 1, 3, 2},
       {0}},
      {{.missing = GY_MISSING_MEAN},
       {.missing = GY_MISSING_MODE},
       {1, 3.5F, 2, 9, 3.5F, 2},
       {0, 1, 1, 1, 1, 2},
       {0}},
      {{.missing = GY_MISSING_CONSTANT, .constant = -3, .outliers = GY_OUTLIERS_WINSORISE, .at = 0.4},
       {.missing = GY_MISSING_CONSTANT, .constant = 2},
       {2, -3, 2, 2, -3, 2},
       {0, 1, 2, 1, 2, 2},
       {0}},
      {{.missing = GY_MISSING_DROP},
       {.missing = GY_MISSING_MODE},
       {1, NAN, 2, 9, NAN, 2},
       {0, 1, 0, 1, 0, 2},
       {0, 1, 0, 0, 1, 0}},
      {{.missing = GY_MISSING_MEDIAN, .outliers = GY_OUTLIERS_ISOLATE, .at = 0.4},
       {.missing = GY_MISSING_DROP},
       {1, 2, 2, 9, 2, 2},
       {0, 1, -1, 1, -1, 2},
       {2, 0, 1, 2, 1, 0}},
  };
  for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
    gy_attributes x = {6, NUMBERS, 1, CODES, 1, LEVELS};
    gy_preparation_rule rules[] = {CASES[c].number, CASES[c].category};
    gy_preparation p = fit(&x, rules);
    float numbers[6];
    int32_t codes[6];
    uint8_t states[6];
    cr_assert_eq(gy_preparation_apply(&p, &x, NULL, numbers, codes, states, NULL), GY_OK);
    for (size_t i = 0; i < 6; i++) {
      float expected = CASES[c].numbers[i];
      cr_expect(numbers[i] == expected || (isnan(numbers[i]) && isnan(expected)),
                "case %zu, row %zu: %g, not %g", c, i, (double)numbers[i], (double)expected);
      cr_expect_eq(codes[i], CASES[c].codes[i], "case %zu, row %zu: code %d", c, i, codes[i]);
      cr_expect_eq(states[i], CASES[c].states[i], "case %zu, row %zu: state %d", c, i, states[i]);
    }
    gy_preparation_clear(&p);
  }
}

/* ---- predictions ---- */

/* Gaussian elimination with pivoting, of another make than the kernel's factorisation. */
static void eliminate(double *a, double *b, size_t n) {
  for (size_t k = 0; k < n; k++) {
    size_t pivot = k;
    for (size_t i = k + 1; i < n; i++)
      if (fabs(a[i * n + k]) > fabs(a[pivot * n + k])) pivot = i;
    for (size_t j = 0; j < n; j++) {
      double kept = a[k * n + j];
      a[k * n + j] = a[pivot * n + j];
      a[pivot * n + j] = kept;
    }
    double kept = b[k];
    b[k] = b[pivot];
    b[pivot] = kept;
    for (size_t i = 0; i < n; i++) {
      if (i == k || a[i * n + k] == 0) continue;
      double times = a[i * n + k] / a[k * n + k];
      for (size_t j = k; j < n; j++) a[i * n + j] -= times * a[k * n + j];
      b[i] -= times * b[k];
    }
  }
  for (size_t k = 0; k < n; k++) b[k] /= a[k * n + k];
}

static double term_of(const gy_preparation_term *t, const float *numbers, const int32_t *codes) {
  bool number = t->column < D;
  bool missing = number ? isnan(numbers[t->column]) : codes[t->column - D] < 0;
  if (t->kind == GY_TERM_VALUE && missing) return 0;
  double v = t->kind == GY_TERM_VALUE     ? (double)numbers[t->column]
             : t->kind == GY_TERM_MISSING ? missing
                                          : codes[t->column - D] == t->level;
  return (v - t->center) / t->scale;
}

Test(preparation, a_prediction_is_the_ridge_regression_of_its_penalty) {
  sample *s = malloc(sizeof *s);
  draw(s, 11, N);
  for (size_t i = 0; i < N; i++)
    if (!isnan(s->numbers[i * D]) && !isnan(s->numbers[i * D + 1]))
      s->numbers[i * D + 2] += 0.5F * s->numbers[i * D] + (float)(s->codes[i * M] == 1) * 4;
  gy_preparation_rule rules[D + M];
  set_rules(rules, NUMBER, CATEGORY);
  rules[2].missing = GY_MISSING_PREDICT;
  gy_preparation p = fit(&s->x, rules);
  cr_assert(p.columns[2].predicted);
  cr_assert_lt(p.n_terms, TERMS_MAX);
  size_t n = p.n_terms + 1;
  double a[(TERMS_MAX + 1) * (TERMS_MAX + 1)] = {0}, b[TERMS_MAX + 1] = {0}, rows = 0;
  for (size_t i = 0; i < N; i++) {
    if (isnan(s->numbers[i * D + 2])) continue;
    double v[TERMS_MAX + 1] = {1};
    for (size_t t = 0; t < p.n_terms; t++)
      if (p.terms[t].column != 2) v[1 + t] = term_of(&p.terms[t], s->numbers + i * D, s->codes + i * M);
    for (size_t k = 0; k < n; k++) {
      for (size_t l = 0; l < n; l++) a[k * n + l] += v[k] * v[l];
      b[k] += v[k] * (double)s->numbers[i * D + 2];
    }
    rows++;
  }
  cr_expect_eq(p.columns[2].n_trained, (int64_t)rows);
  for (size_t k = 1; k < n; k++) a[k * n + k] += p.columns[2].penalty * rows;
  eliminate(a, b, n);
  cr_expect_float_eq(p.columns[2].intercept, b[0], 1e-8);
  for (size_t t = 0; t < p.n_terms; t++) {
    cr_expect_float_eq(p.columns[2].weights[t], b[1 + t], 1e-8, "term %zu: %g, not %g", t,
                       p.columns[2].weights[t], b[1 + t]);
    if (p.terms[t].column == 2) cr_expect_eq(p.columns[2].weights[t], 0);
  }
  float prepared[N * D];
  int32_t codes[N * M];
  cr_assert_eq(gy_preparation_apply(&p, &s->x, NULL, prepared, codes, NULL, NULL), GY_OK);
  for (size_t i = 0; i < N; i++) {
    if (!isnan(s->numbers[i * D + 2])) continue;
    double t = b[0];
    for (size_t k = 0; k < p.n_terms; k++)
      if (p.terms[k].column != 2) t += b[1 + k] * term_of(&p.terms[k], s->numbers + i * D, s->codes + i * M);
    t = fmin(fmax(t, p.columns[2].least), p.columns[2].most);
    cr_expect_float_eq((double)prepared[i * D + 2], t, 1e-4, "row %zu", i);
  }
  gy_preparation_clear(&p);
  free(s);
}

enum { KNOWN = 20000 };

/* y = 2a - 3b + noise of deviation 0.5; the category says b > 0 and is wrong for one row in ten. */
static void draw_known(float *numbers, int32_t *codes, double hole) {
  gy_rng rng;
  gy_rng_init(&rng, 8, 1);
  for (size_t i = 0; i < KNOWN; i++) {
    double a = gy_rng_normal(&rng), b = gy_rng_normal(&rng) * 4 + 1, noise = gy_rng_normal(&rng) / 2;
    numbers[i * 3] = (float)a;
    numbers[i * 3 + 1] = (float)b;
    numbers[i * 3 + 2] = (float)(2 * a - 3 * b + noise);
    codes[i] = (b > 0) != (gy_rng_below(&rng, 10) == 0);
    if (gy_rng_uniform(&rng) < hole) numbers[i * 3 + 2] = NAN;
    if (gy_rng_uniform(&rng) < hole) codes[i] = -1;
  }
}

Test(preparation, the_error_shown_is_the_noise_of_the_data) {
  float *numbers = malloc(KNOWN * 3 * sizeof *numbers);
  int32_t *codes = malloc(KNOWN * sizeof *codes), levels[] = {2};
  draw_known(numbers, codes, 0.2);
  gy_attributes x = {KNOWN, numbers, 3, codes, 1, levels};
  gy_preparation_rule rules[] = {
      NUMBER, NUMBER, {.missing = GY_MISSING_PREDICT}, {.missing = GY_MISSING_PREDICT}};
  gy_preparation p = fit(&x, rules);
  const gy_prepared_column *y = &p.columns[2], *c = &p.columns[3];
  cr_assert(y->predicted);
  cr_assert(c->predicted);
  cr_expect_float_eq(y->error, 0.5, 0.01, "%g", y->error);
  cr_expect_float_eq(y->baseline, sqrt(4 + 9 * 16 + 0.25), 0.15, "%g", y->baseline);
  cr_expect_float_eq(c->error, 0.1, 0.008, "%g", c->error);
  cr_expect_float_eq(c->baseline, 0.42, 0.02, "%g", c->baseline);
  cr_expect_eq(y->n_trained, KNOWN - y->n_missing);
  gy_preparation_clear(&p);
  free(numbers);
  free(codes);
}

/* A column of noise is predicted no better than by its mean, and the nested folds say so. */
Test(preparation, noise_is_not_predicted_and_the_error_is_no_flattery) {
  enum { FEW = 60 };
  double flattery = 0;
  for (uint64_t seed = 0; seed < 40; seed++) {
    float numbers[FEW * 12];
    gy_rng rng;
    gy_rng_init(&rng, seed, 5);
    for (size_t i = 0; i < FEW * 12; i++) numbers[i] = (float)gy_rng_normal(&rng);
    gy_attributes x = {.n_rows = FEW, .numbers = numbers, .n_numbers = 12};
    gy_preparation_rule rules[12] = {{.missing = GY_MISSING_PREDICT}};
    for (size_t j = 1; j < 12; j++) rules[j] = NUMBER;
    gy_preparation p = fit(&x, rules);
    cr_assert(p.columns[0].predicted);
    flattery += p.columns[0].baseline / p.columns[0].error - 1;
    gy_preparation_clear(&p);
  }
  cr_expect_gt(flattery / 40, -0.07, "a strong penalty would have kept near the mean: %g", flattery / 40);
  cr_expect_lt(flattery / 40, 0, "predictions of noise look %.3f better than the mean", flattery / 40);
}

/* ---- odd input ---- */

Test(preparation, odd_columns_have_right_results) {
  /* all missing, constant, two values, one value present */
  float numbers[40 * 4];
  for (size_t i = 0; i < 40; i++) {
    numbers[i * 4] = NAN;
    numbers[i * 4 + 1] = 7;
    numbers[i * 4 + 2] = (float)(i % 2);
    numbers[i * 4 + 3] = i == 3 ? 5.0F : NAN;
  }
  static const gy_outlier_way OUTLIERS[] = {GY_OUTLIERS_NONE,     GY_OUTLIERS_WINSORISE, GY_OUTLIERS_LOG,
                                            GY_OUTLIERS_ROBUST_Z, GY_OUTLIERS_FLAG,      GY_OUTLIERS_ISOLATE};
  static const gy_missing_way MISSING[] = {GY_MISSING_MEAN, GY_MISSING_MEDIAN, GY_MISSING_MODE,
                                           GY_MISSING_PREDICT};
  for (size_t o = 0; o < 6; o++)
    for (size_t w = 0; w < 4; w++)
      for (size_t n = 1; n <= 40; n += 39) {
        gy_attributes x = {.n_rows = n, .numbers = numbers, .n_numbers = 4};
        gy_preparation_rule rules[4];
        for (size_t j = 0; j < 4; j++) rules[j] = (gy_preparation_rule){MISSING[w], 0, OUTLIERS[o], 0.1};
        gy_preparation p = fit(&x, rules);
        float out[40 * 4];
        cr_assert_eq(gy_preparation_apply(&p, &x, NULL, out, NULL, NULL, NULL), GY_OK);
        for (size_t i = 0; i < n * 4; i++) cr_expect(isfinite(out[i]), "outliers %zu, missing %zu", o, w);
        double seven = OUTLIERS[o] == GY_OUTLIERS_LOG ? log(8) : 7;
        cr_expect_eq(out[0], 0);
        cr_expect_float_eq((double)out[1], seven, 1e-6);
        cr_expect_eq(p.columns[0].n_missing, (int64_t)n);
        cr_expect_eq(p.columns[1].n_low + p.columns[1].n_high, 0);
        for (size_t j = 0; j < 2; j++) cr_expect_not(p.columns[j].predicted, "a constant is not predicted");
        gy_preparation_clear(&p);
      }
}

Test(preparation, what_cannot_be_is_one_sentence) {
  float numbers[] = {1, 2, INFINITY, 4}, fine[] = {1, 2, 3, 4}, empty[] = {NAN, NAN, NAN, NAN};
  int32_t codes[] = {0, 1, 2, 0}, levels[] = {2}, enough[] = {3};
  const struct {
    gy_attributes x;
    gy_preparation_rule rules[2];
    gy_status status;
    const char *sentence;
  } CASES[] = {
      {{4, numbers, 1, NULL, 0, NULL}, {NUMBER}, GY_EDATA, "row 3, column 1 is infinite"},
      {{0, fine, 1, NULL, 0, NULL}, {NUMBER}, GY_EDATA, "no rows"},
      {{4, empty, 1, NULL, 0, NULL},
       {{.missing = GY_MISSING_DROP}},
       GY_EDATA,
       "no row is left: of 4 rows 4 lack"},
      {{4, NULL, 0, codes, 1, levels}, {CATEGORY}, GY_EDATA, "row 3, category 1 has code 2"},
      {{4, fine, 1, NULL, 0, NULL}, {{.missing = GY_MISSING_OWN}}, GY_EUSAGE, "no category of its own"},
      {{4, NULL, 0, codes, 1, enough}, {{.missing = GY_MISSING_MEAN}}, GY_EUSAGE, "no mean or median"},
      {{4, NULL, 0, codes, 1, enough},
       {{.missing = GY_MISSING_CONSTANT, .constant = 4}},
       GY_EUSAGE,
       "no level"},
      {{4, fine, 1, NULL, 0, NULL}, {{.missing = GY_MISSING_CONSTANT, .constant = NAN}}, GY_EUSAGE, "finite"},
      {{4, fine, 1, NULL, 0, NULL}, {{.outliers = GY_OUTLIERS_WINSORISE, .at = 0.5}}, GY_EUSAGE, "below 0.5"},
      {{4, fine, 1, NULL, 0, NULL}, {{.outliers = GY_OUTLIERS_ROBUST_Z}}, GY_EUSAGE, "above 0"},
      {{4, NULL, 0, codes, 1, enough}, {{.outliers = GY_OUTLIERS_LOG}}, GY_EUSAGE, "no outliers"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    gy_preparation p;
    gy_error err = {0};
    cr_expect_eq(gy_preparation_fit(&CASES[i].x, CASES[i].rules, 0, NULL, &p, &err), CASES[i].status,
                 "%zu: %s", i, err.text);
    cr_expect_not_null(strstr(err.text, CASES[i].sentence), "%zu: %s", i, err.text);
  }
  gy_attributes x = {4, fine, 1, NULL, 0, NULL}, other = {4, numbers, 1, NULL, 0, NULL};
  gy_preparation p = fit(&x, &NUMBER);
  gy_error err = {0};
  float out[4];
  cr_expect_eq(gy_preparation_apply(&p, &other, NULL, out, NULL, NULL, &err), GY_EDATA);
  cr_expect_not_null(strstr(err.text, "infinite"), "%s", err.text);
  other.n_numbers = 2;
  cr_expect_eq(gy_preparation_apply(&p, &other, NULL, out, NULL, NULL, &err), GY_EDATA);
  gy_preparation_clear(&p);
  gy_preparation_clear(NULL);
}

/* ---- laws ---- */

static void set_every_way(gy_preparation_rule *rules) {
  rules[0] = (gy_preparation_rule){GY_MISSING_PREDICT, 0, GY_OUTLIERS_WINSORISE, 0.01};
  rules[1] = (gy_preparation_rule){GY_MISSING_PREDICT, 0, GY_OUTLIERS_LOG, 0};
  rules[2] = (gy_preparation_rule){GY_MISSING_MEAN, 0, GY_OUTLIERS_ISOLATE, 0.005};
  rules[3] = (gy_preparation_rule){GY_MISSING_MODE, 0, GY_OUTLIERS_FLAG, 3};
  rules[4] = (gy_preparation_rule){.missing = GY_MISSING_PREDICT};
  rules[5] = (gy_preparation_rule){.missing = GY_MISSING_OWN};
}

Test(preparation, threads_and_place_change_nothing) {
  sample *s = malloc(sizeof *s);
  draw(s, 21, N);
  gy_preparation_rule rules[D + M];
  set_every_way(rules);
  static float first[N * D], again[N * D];
  static int32_t first_codes[N * M], again_codes[N * M];
  uint8_t states[N], again_states[N];
  for (int threads = 1; threads <= 5; threads += 2) {
    gy_task task = {.n_threads = threads};
    gy_preparation p;
    cr_assert_eq(gy_preparation_fit(&s->x, rules, 3, &task, &p, NULL), GY_OK);
    cr_assert_eq(gy_preparation_apply(&p, &s->x, &task, threads == 1 ? first : again,
                                      threads == 1 ? first_codes : again_codes,
                                      threads == 1 ? states : again_states, NULL),
                 GY_OK);
    if (threads > 1) {
      cr_expect_eq(memcmp(first, again, sizeof first), 0, "%d threads", threads);
      cr_expect_eq(memcmp(first_codes, again_codes, sizeof first_codes), 0, "%d threads", threads);
      cr_expect_eq(memcmp(states, again_states, sizeof states), 0, "%d threads", threads);
    } else { /* in place, and a row at a time */
      memcpy(again, s->numbers, sizeof again);
      memcpy(again_codes, s->codes, sizeof again_codes);
      gy_attributes x = {N, again, D, again_codes, M, s->n_levels};
      cr_assert_eq(gy_preparation_apply(&p, &x, &task, again, again_codes, NULL, NULL), GY_OK);
      cr_expect_eq(memcmp(first, again, sizeof first), 0, "in place");
      for (size_t i = 0; i < N; i++) {
        double row[D];
        int32_t codes[M];
        cr_expect_eq(gy_preparation_row(&p, s->numbers + i * D, s->codes + i * M, row, codes), states[i]);
        for (size_t j = 0; j < D; j++) cr_expect_eq((float)row[j], first[i * D + j]);
      }
    }
    gy_preparation_clear(&p);
  }
  free(s);
}

static gy_status fit_and_apply(void *user, gy_error *err) {
  sample *s = user;
  gy_preparation_rule rules[D + M];
  set_every_way(rules);
  gy_task task = {.n_threads = 2};
  gy_preparation p;
  static float out[N * D];
  static int32_t codes[N * M];
  gy_status status = gy_preparation_fit(&s->x, rules, 3, &task, &p, err);
  if (status != GY_OK) return status;
  status = gy_preparation_apply(&p, &s->x, &task, out, codes, NULL, err);
  gy_preparation_clear(&p);
  return status;
}

Test(preparation, every_failed_allocation_is_an_error_and_leaks_nothing) {
  sample *s = malloc(sizeof *s);
  draw(s, 2, 300);
  cr_expect_geq(alloc_fail_each("gy_preparation", fit_and_apply, s), 10);
  free(s);
}

Test(preparation, budgets_and_cancelling) {
  sample *s = malloc(sizeof *s);
  draw(s, 2, N);
  gy_preparation_rule rules[D + M];
  set_every_way(rules);
  gy_task task = {.n_threads = 1};
  size_t need = gy_preparation_memory(&s->x, rules, &task);
  gy_preparation p;
  gy_error err = {0};
  task.memory_bytes = need - 1;
  cr_expect_eq(gy_preparation_fit(&s->x, rules, 3, &task, &p, &err), GY_ELIMIT, "%s", err.text);
  task.memory_bytes = need;
  cr_expect_eq(gy_preparation_fit(&s->x, rules, 3, &task, &p, &err), GY_OK, "%s", err.text);
  gy_preparation_clear(&p);
  atomic_bool cancel = true;
  task.cancel = &cancel;
  cr_expect_eq(gy_preparation_fit(&s->x, rules, 3, &task, &p, &err), GY_ECANCELLED);
  free(s);
}

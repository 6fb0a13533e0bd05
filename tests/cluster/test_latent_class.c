/* SPDX-License-Identifier: Apache-2.0
 *
 * Latent classes: data drawn from known classes, the likelihood from its definition, and the laws. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/agreement.h>
#include <gyeol/latent_class.h>

#include "base/rng.h"
#include "support/alloc_fail.h"

enum { N_CATEGORICAL = 5, N_NUMERIC = 2 };
static const int32_t LEVELS[N_CATEGORICAL] = {2, 3, 4, 2, 3};

typedef struct {
  gy_indicators x;
  int32_t *codes, *truth;
  float *values;
} sample;

/* Rows of `k` classes: class c prefers level (c + column) % levels with probability 0.8, and its numbers lie
 * around 4 c and -3 c. A share of everything is missing. */
static sample draw(size_t n, int k, double missing, uint64_t seed) {
  gy_rng rng;
  gy_rng_init(&rng, seed, 0);
  sample s = {.codes = malloc(n * N_CATEGORICAL * sizeof(int32_t)), .truth = malloc(n * sizeof(int32_t))};
  s.values = malloc(n * N_NUMERIC * sizeof(float));
  for (size_t i = 0; i < n; i++) {
    int c = s.truth[i] = (int32_t)gy_rng_below(&rng, (uint64_t)k);
    for (int j = 0; j < N_CATEGORICAL; j++) {
      int32_t code =
          gy_rng_uniform(&rng) < 0.8 ? (c + j) % LEVELS[j] : (int32_t)gy_rng_below(&rng, (uint64_t)LEVELS[j]);
      s.codes[i * N_CATEGORICAL + (size_t)j] = gy_rng_uniform(&rng) < missing ? -1 : code;
    }
    for (int j = 0; j < N_NUMERIC; j++) {
      double value = c * (j == 0 ? 4 : -3) + gy_rng_normal(&rng) * (1 + j);
      s.values[i * N_NUMERIC + (size_t)j] = gy_rng_uniform(&rng) < missing ? NAN : (float)value;
    }
  }
  s.x = (gy_indicators){n, N_CATEGORICAL, s.codes, LEVELS, N_NUMERIC, s.values};
  return s;
}

static void drop(sample *s) {
  free(s->codes);
  free(s->truth);
  free(s->values);
}

static void fit(const gy_indicators *x, const gy_latent_class_options *options, int threads,
                gy_latent_class *m, const gy_latent_class_rows *rows) {
  gy_error err = {0};
  gy_task task = {.n_threads = threads};
  cr_assert_eq(gy_latent_class_fit(x, options, &task, m, rows, &err), GY_OK, "%s", err.text);
}

/* ln density of a row in class c, from the definition. */
static double plain_density(const gy_latent_class *m, const gy_indicators *x, size_t row, size_t c) {
  double density = m->weights[c];
  for (size_t j = 0; j < x->n_categorical; j++) {
    int32_t code = x->codes[row * x->n_categorical + j];
    if (code >= 0) density *= m->probabilities[c * m->n_levels_all + (size_t)(m->first_level[j] + code)];
  }
  for (size_t j = 0; j < x->n_numeric; j++) {
    double value = (double)x->values[row * x->n_numeric + j];
    if (isnan(value)) continue;
    double variance = m->variances[c * x->n_numeric + j], away = value - m->means[c * x->n_numeric + j];
    density *= exp(-away * away / (2 * variance)) / sqrt(2 * acos(-1) * variance);
  }
  return density;
}

Test(latent_class, finds_the_classes_behind_the_data) {
  for (int missing = 0; missing < 2; missing++) {
    sample s = draw(6000, 3, missing ? 0.3 : 0, 1);
    int32_t *labels = malloc(6000 * sizeof *labels);
    gy_latent_class_options options = gy_latent_class_defaults(3);
    gy_latent_class m;
    double ari;
    fit(&s.x, &options, 2, &m, &(gy_latent_class_rows){.labels = labels});
    cr_assert_eq(gy_adjusted_rand(labels, 3, s.truth, 3, 6000, &ari, NULL), GY_OK);
    cr_expect_gt(ari, missing ? 0.8 : 0.97, "ARI %g", ari);
    cr_expect_gt(m.entropy_r2, missing ? 0.8 : 0.95);
    for (size_t c = 0; c < 3; c++) {
      cr_expect_float_eq(m.weights[c], 1.0 / 3, 0.03);
      double sum = 0;
      for (int32_t l = m.first_level[2]; l < m.first_level[3]; l++)
        sum += m.probabilities[c * m.n_levels_all + (size_t)l];
      cr_expect_float_eq(sum, 1, 1e-9);
      double nearest = round(m.means[c * 2] / 4) * 4;
      cr_expect_float_eq(m.means[c * 2], nearest, 0.15);
      cr_expect_float_eq(m.variances[c * 2], 1, 0.15);
      cr_expect_float_eq(m.variances[c * 2 + 1], 4, 0.5);
    }
    gy_latent_class_clear(&m);
    free(labels);
    drop(&s);
  }
}

Test(latent_class, likelihood_posteriors_and_criteria_follow_from_the_definition) {
  enum { N = 800, K = 3 };
  sample s = draw(N, K, 0.2, 2);
  int32_t labels[N];
  float *posteriors = malloc(sizeof(float) * N * K), weights[N];
  gy_latent_class_options options = gy_latent_class_defaults(K);
  gy_latent_class m;
  double log_likelihood = 0, entropy = 0, total = 0;
  for (size_t i = 0; i < N; i++) total += (double)(weights[i] = (float)(i % 3));
  options.weights = weights;
  fit(&s.x, &options, 2, &m, &(gy_latent_class_rows){labels, posteriors});
  for (size_t i = 0; i < N; i++) {
    double p[K], sum = 0;
    for (size_t c = 0; c < K; c++) sum += p[c] = plain_density(&m, &s.x, i, c);
    log_likelihood += (double)weights[i] * log(sum);
    for (size_t c = 0; c < K; c++) {
      cr_assert_float_eq((double)posteriors[i * K + c], p[c] / sum, 1e-6);
      cr_assert(p[labels[i]] >= p[c]);
      if (p[c] > 0) entropy -= (double)weights[i] * p[c] / sum * log(p[c] / sum);
    }
  }
  cr_assert_eq(m.total_weight, total);
  cr_assert_float_eq(m.log_likelihood / log_likelihood, 1, 1e-12);
  cr_assert_float_eq(m.entropy / entropy, 1, 1e-9);
  cr_assert_float_eq(m.entropy_r2, 1 - entropy / (total * log(3)), 1e-9);
  cr_assert_eq(m.n_parameters, 2 + 3 * (1 + 2 + 3 + 1 + 2) + 3 * 4);
  cr_assert_float_eq(m.bic, -2 * log_likelihood + m.n_parameters * log(total), 1e-6);
  gy_latent_class_clear(&m);
  free(posteriors);
  drop(&s);
}

Test(latent_class, the_likelihood_never_falls) {
  sample s = draw(1500, 4, 0.2, 3);
  for (int seed = 0; seed < 3; seed++) {
    gy_latent_class_options options = gy_latent_class_defaults(4);
    double before = -INFINITY;
    options.n_starts = 1;
    options.tolerance = options.smoothing = options.regularization = 0;
    options.seed = (uint64_t)seed;
    for (options.max_iterations = 1; options.max_iterations < 80; options.max_iterations++) {
      gy_latent_class m;
      fit(&s.x, &options, 1, &m, NULL);
      cr_expect(m.log_likelihood >= before - 1e-11 * fabs(before), "seed %d, iteration %d: %.12g after %.12g",
                seed, options.max_iterations, m.log_likelihood, before);
      before = m.log_likelihood;
      gy_latent_class_clear(&m);
    }
  }
  drop(&s);
}

/* With one class the model is the margins, known in closed form. */
Test(latent_class, one_class_is_the_margins) {
  int32_t codes[] = {0, 1, 1, -1, 1, 0}, n_levels = 3;
  gy_indicators x = {.n_rows = 6, .n_categorical = 1, .codes = codes, .n_levels = &n_levels};
  gy_latent_class_options options = gy_latent_class_defaults(1);
  gy_latent_class m;
  options.smoothing = 0;
  fit(&x, &options, 1, &m, NULL);
  cr_assert_float_eq(m.probabilities[0], 0.4, 1e-12);
  cr_assert_float_eq(m.probabilities[1], 0.6, 1e-12);
  cr_assert_float_eq(m.probabilities[2], 0, 1e-12);
  cr_assert_float_eq(m.log_likelihood, 2 * log(0.4) + 3 * log(0.6), 1e-12);
  cr_assert_eq(m.entropy_r2, 1);
  gy_latent_class_clear(&m);
}

Test(latent_class, bic_finds_the_number_of_classes) {
  sample s = draw(3000, 3, 0.1, 4);
  double lowest = INFINITY;
  int32_t best = 0;
  for (int32_t k = 1; k <= 6; k++) {
    gy_latent_class_options options = gy_latent_class_defaults(k);
    gy_latent_class m;
    fit(&s.x, &options, 2, &m, NULL);
    if (m.bic < lowest) lowest = m.bic, best = k;
    gy_latent_class_clear(&m);
  }
  cr_assert_eq(best, 3, "BIC chose %d", best);
  drop(&s);
}

Test(latent_class, gives_the_same_bytes_on_any_number_of_threads_and_predicts_the_same) {
  enum { N = 20000, K = 4 };
  sample s = draw(N, K, 0.1, 5);
  int32_t *labels = malloc(sizeof(int32_t) * N), *again = malloc(sizeof(int32_t) * N);
  gy_latent_class first, m;
  gy_latent_class_options options = gy_latent_class_defaults(K);
  options.n_starts = 2;
  options.max_iterations = 20;
  fit(&s.x, &options, 1, &first, &(gy_latent_class_rows){.labels = labels});
  for (int threads = 2; threads < 5; threads++) {
    fit(&s.x, &options, threads, &m, &(gy_latent_class_rows){.labels = again});
    cr_assert_eq(memcmp(&first.bic, &m.bic, sizeof(double)), 0, "%d threads", threads);
    cr_assert_arr_eq(first.probabilities, m.probabilities, K * m.n_levels_all * sizeof(double));
    cr_assert_arr_eq(labels, again, sizeof(int32_t) * N);
    gy_latent_class_clear(&m);
  }
  memset(again, 0, sizeof(int32_t) * N);
  cr_assert_eq(gy_latent_class_predict(&first, &s.x, NULL, &(gy_latent_class_rows){.labels = again}, NULL),
               GY_OK);
  cr_assert_arr_eq(labels, again, sizeof(int32_t) * N);
  gy_latent_class_clear(&first);
  free(labels);
  free(again);
  drop(&s);
}

Test(latent_class, hard_data_give_finite_models) {
  enum { N = 60 };
  static int32_t missing[N], equal[N], each[N];
  static float nothing[N], same[N], wide[N];
  int32_t two = 2, many = N;
  for (int i = 0; i < N; i++) {
    missing[i] = -1, equal[i] = 1, each[i] = i;
    nothing[i] = NAN, same[i] = 3, wide[i] = i % 2 ? 1e17f : 1e-30f;
  }
  const gy_indicators cases[] = {{N, 1, missing, &two, 1, nothing}, {N, 1, equal, &two, 1, same},
                                 {N, 1, each, &many, 1, wide},      {N, 0, NULL, NULL, 1, wide},
                                 {N, 1, each, &many, 0, NULL},      {1, 1, each, &many, 1, same},
                                 {4, 1, each, &many, 1, wide}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    for (int32_t k = 1; k <= 4 && (size_t)k <= cases[i].n_rows; k++) {
      for (int plain = 0; plain < 2; plain++) {
        gy_latent_class_options options = gy_latent_class_defaults(k);
        gy_latent_class m;
        double sum = 0;
        if (plain) options.smoothing = options.regularization = 0;
        fit(&cases[i], &options, 2, &m, NULL);
        for (int32_t c = 0; c < k; c++) sum += m.weights[c];
        cr_expect(isfinite(m.log_likelihood) && isfinite(m.entropy_r2), "case %zu, k = %d: %g", i, k,
                  m.log_likelihood);
        cr_expect_float_eq(sum, 1, 1e-9);
        gy_latent_class_clear(&m);
      }
    }
  }
}

Test(latent_class, refuses_with_a_sentence) {
  int32_t codes[] = {0, 1, 2, 0}, three = 3, two = 2, none = 0;
  float values[] = {1, 2, INFINITY, 4}, weights[] = {1, -1, 1, 1};
  gy_indicators good = {4, 1, codes, &three, 0, NULL}, outside = good,
                infinite = {4, 0, NULL, NULL, 1, values};
  gy_indicators empty = {4, 0, NULL, NULL, 0, NULL}, levelless = good;
  outside.n_levels = &two;
  levelless.n_levels = &none;
  gy_latent_class_options ok = gy_latent_class_defaults(2), five = gy_latent_class_defaults(5),
                          zero = gy_latent_class_defaults(0), weighted = ok, rough = ok;
  weighted.weights = weights;
  rough.smoothing = NAN;
  const struct {
    const gy_indicators *x;
    const gy_latent_class_options *options;
    gy_status status;
    const char *expected;
  } cases[] = {{&outside, &ok, GY_EDATA, "row 3, categorical column 1 is 2"},
               {&infinite, &ok, GY_EDATA, "row 3, numeric column 1 is inf"},
               {&empty, &ok, GY_EUSAGE, "no columns"},
               {&levelless, &ok, GY_EUSAGE, "0 levels"},
               {&good, &five, GY_EDATA, "4 rows cannot make 5 classes"},
               {&good, &zero, GY_EUSAGE, "n_classes is 0"},
               {&good, &weighted, GY_EDATA, "weight of row 2 is -1"},
               {&good, &rough, GY_EUSAGE, "smoothing (nan)"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_error err = {0};
    gy_latent_class m = {.n_classes = -7};
    cr_expect_eq(gy_latent_class_fit(cases[i].x, cases[i].options, NULL, &m, NULL, &err), cases[i].status,
                 "case %zu: %s", i, err.text);
    cr_expect_not_null(strstr(err.text, cases[i].expected), "case %zu: %s", i, err.text);
    cr_expect_eq(m.n_classes, -7);
  }
}

Test(latent_class, keeps_to_its_memory_budget) {
  sample s = draw(5000, 3, 0, 6);
  gy_latent_class_options options = gy_latent_class_defaults(3);
  gy_task task = {.n_threads = 2};
  gy_latent_class m;
  gy_error err = {0};
  task.memory_bytes = gy_latent_class_memory(&s.x, &options, &task) - 1;
  cr_assert_eq(gy_latent_class_fit(&s.x, &options, &task, &m, NULL, &err), GY_ELIMIT);
  task.memory_bytes++;
  cr_assert_eq(gy_latent_class_fit(&s.x, &options, &task, &m, NULL, &err), GY_OK, "%s", err.text);
  gy_latent_class_clear(&m);
  drop(&s);
}

static gy_status fit_small(void *user, gy_error *err) {
  sample *s = user;
  gy_latent_class m;
  gy_latent_class_options options = gy_latent_class_defaults(2);
  gy_status status = gy_latent_class_fit(&s->x, &options, NULL, &m, NULL, err);
  if (status == GY_OK) gy_latent_class_clear(&m);
  return status;
}

Test(latent_class, every_failed_allocation_is_an_error_and_leaks_nothing) {
  sample s = draw(100, 2, 0.1, 7);
  cr_assert_geq(alloc_fail_each("gy_latent_class_fit", fit_small, &s), 9);
  drop(&s);
}

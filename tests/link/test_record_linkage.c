/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/record_linkage.h>

#include "base/rng.h"

enum { FIELDS = 4, LEVELS = 3, PATTERNS = 4 * 4 * 4 * 4 };

static const double M[FIELDS][LEVELS] = {{.02, .08, .90}, {.10, .10, .80}, {.05, .15, .80}, {.25, .05, .70}};
static const double U[FIELDS][LEVELS] = {{.95, .04, .01}, {.97, .02, .01}, {.80, .15, .05}, {.50, .30, .20}};

/* All patterns, with levels -1..2. */
static void list_patterns(int8_t *patterns) {
  for (int i = 0; i < PATTERNS; i++)
    for (int f = 0, rest = i; f < FIELDS; f++, rest /= 4) patterns[i * FIELDS + f] = (int8_t)(rest % 4 - 1);
}

static int draw(gy_rng *rng, const double chances[LEVELS]) {
  double at = gy_rng_uniform(rng);
  for (int l = 0; l < LEVELS - 1; l++) {
    if (at < chances[l]) return l;
    at -= chances[l];
  }
  return LEVELS - 1;
}

/* Pairs drawn from the model; a tenth of all values is unknown. */
static void count_pairs(double share, int n_pairs, uint64_t seed, double *counts) {
  gy_rng rng;
  gy_rng_init(&rng, seed, 0);
  memset(counts, 0, PATTERNS * sizeof *counts);
  for (int i = 0; i < n_pairs; i++) {
    bool is_match = gy_rng_uniform(&rng) < share;
    int pattern = 0;
    for (int f = FIELDS - 1; f >= 0; f--) {
      int level = draw(&rng, is_match ? M[f] : U[f]);
      pattern = pattern * 4 + (gy_rng_uniform(&rng) < 0.1 ? 0 : level + 1);
    }
    counts[pattern]++;
  }
}

Test(linkage, finds_the_probabilities_that_pairs_were_drawn_with) {
  int8_t patterns[PATTERNS * FIELDS];
  double counts[PATTERNS];
  list_patterns(patterns);
  for (uint64_t seed = 1; seed <= 5; seed++) {
    gy_linkage model;
    gy_linkage_options options = gy_linkage_defaults(FIELDS, LEVELS);
    count_pairs(0.1, 400000, seed, counts);
    cr_assert_eq(gy_linkage_fit(patterns, counts, PATTERNS, &options, NULL, &model, NULL), GY_OK);
    cr_expect(model.converged);
    cr_expect_float_eq(model.match_share, 0.1, 0.005, "%f", model.match_share);
    for (int f = 0; f < FIELDS; f++) {
      for (int l = 0; l < LEVELS; l++) {
        cr_expect_float_eq(model.m[f][l], M[f][l], 0.015, "m[%d][%d] %f", f, l, model.m[f][l]);
        cr_expect_float_eq(model.u[f][l], U[f][l], 0.005, "u[%d][%d] %f", f, l, model.u[f][l]);
      }
    }
  }
}

Test(linkage, likelihood_never_falls) {
  int8_t patterns[PATTERNS * FIELDS];
  double counts[PATTERNS], before = -INFINITY;
  list_patterns(patterns);
  count_pairs(0.02, 100000, 9, counts);
  for (int iterations = 1; iterations < 60; iterations++) {
    gy_linkage model;
    gy_linkage_options options = gy_linkage_defaults(FIELDS, LEVELS);
    options.max_iterations = iterations;
    cr_assert_eq(gy_linkage_fit(patterns, counts, PATTERNS, &options, NULL, &model, NULL), GY_OK);
    cr_assert_geq(model.log_likelihood, before - 1e-3, "iteration %d", iterations);
    before = model.log_likelihood;
  }
}

/* Bayes by hand over a model that is known. */
Test(linkage, weight_probability_and_threshold_agree) {
  gy_linkage model = {.n_fields = 2,
                      .levels = {2, 2},
                      .m = {{.1, .9}, {.2, .8}},
                      .u = {{.99, .01}, {.7, .3}},
                      .match_share = .01};
  static const int8_t BOTH[] = {1, 1}, FIRST[] = {1, GY_LEVEL_UNKNOWN}, NONE[] = {0, 0}, UNKNOWN[] = {-1, -1};
  cr_expect_float_eq(gy_linkage_weight(&model, BOTH), log2(.9 / .01) + log2(.8 / .3), 1e-12);
  cr_expect_float_eq(gy_linkage_weight(&model, FIRST), log2(.9 / .01), 1e-12);
  cr_expect_float_eq(gy_linkage_weight(&model, UNKNOWN), 0, 0);
  cr_expect_float_eq(gy_linkage_probability(&model, UNKNOWN), .01, 1e-12);
  double match = .01 * .9 * .8, other = .99 * .01 * .3;
  cr_expect_float_eq(gy_linkage_probability(&model, BOTH), match / (match + other), 1e-12);
  cr_expect_lt(gy_linkage_weight(&model, NONE), 0);
  double weight = gy_linkage_weight(&model, BOTH);
  cr_expect_float_eq(gy_linkage_threshold(&model, gy_linkage_probability(&model, BOTH)), weight, 1e-9);
}

Test(linkage, u_that_is_given_stays) {
  int8_t patterns[PATTERNS * FIELDS];
  double counts[PATTERNS], u[FIELDS][GY_LINKAGE_LEVELS_MAX] = {{0}};
  list_patterns(patterns);
  count_pairs(0.001, 400000, 4, counts);
  for (int f = 0; f < FIELDS; f++) memcpy(u[f], U[f], sizeof U[f]);
  gy_linkage model;
  gy_linkage_options options = gy_linkage_defaults(FIELDS, LEVELS);
  options.u = (const double(*)[GY_LINKAGE_LEVELS_MAX])u;
  cr_assert_eq(gy_linkage_fit(patterns, counts, PATTERNS, &options, NULL, &model, NULL), GY_OK);
  for (int f = 0; f < FIELDS; f++) cr_expect_arr_eq(model.u[f], u[f], sizeof U[f]);
  cr_expect_float_eq(model.match_share, 0.001, 0.0005, "%f", model.match_share);
}

Test(linkage, what_cannot_be_is_said) {
  static const int8_t GOOD[] = {0, 1}, ABOVE[] = {0, 2}, NOTHING[] = {-1, -1};
  double once = 1, less = -1;
  gy_linkage model;
  gy_error err;
  gy_linkage_options options = gy_linkage_defaults(2, 2), none = gy_linkage_defaults(0, 2),
                     flat = gy_linkage_defaults(2, 1);
  cr_expect_eq(gy_linkage_fit(GOOD, &once, 1, &none, NULL, &model, &err), GY_EUSAGE);
  cr_expect_eq(gy_linkage_fit(GOOD, &once, 1, &flat, NULL, &model, &err), GY_EUSAGE);
  cr_expect_eq(gy_linkage_fit(ABOVE, &once, 1, &options, NULL, &model, &err), GY_EUSAGE);
  cr_expect(strstr(err.text, "level 2 in field 1") != NULL, "%s", err.text);
  cr_expect_eq(gy_linkage_fit(GOOD, &less, 1, &options, NULL, &model, &err), GY_EUSAGE);
  cr_expect_eq(gy_linkage_fit(NOTHING, &once, 1, &options, NULL, &model, &err), GY_EDATA);
  cr_expect_eq(gy_linkage_fit(GOOD, &once, 0, &options, NULL, &model, &err), GY_EDATA);
  cr_expect_eq(gy_linkage_fit(GOOD, &once, 1, &options, NULL, &model, &err), GY_OK);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Gaussian mixtures on the benchmark sets: full covariances, the reference's number of clusters. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/mixture.h>

#include "cluster/battery.h"

/* The best agreement with a reference labeling of as many clusters as the first. */
static double score(const battery_set *set) {
  gy_matrix x = read_battery_points(set->battery, set->name);
  int32_t k = 0, *reference = read_battery_labels(set->battery, set->name, 0, x.n_rows, &k);
  int32_t *labels = malloc(x.n_rows * sizeof *labels);
  double best = -1;
  for (int which = 0; reference != NULL; which++) {
    gy_mixture_options options = gy_mixture_defaults(k);
    gy_mixture model;
    gy_error err = {0};
    gy_task task = {.n_threads = 1};
    options.n_starts = 30;
    cr_assert_eq(gy_mixture_fit(x, &options, &task, &model, &(gy_mixture_rows){.labels = labels}, &err),
                 GY_OK, "%s/%s: %s", set->battery, set->name, err.text);
    gy_mixture_clear(&model);
    best = fmax(best, battery_ari(labels, k, reference, k, x.n_rows));
    free(reference);
    reference = read_battery_labels(set->battery, set->name, which + 1, x.n_rows, &k);
  }
  free(labels);
  free((void *)x.values);
  return best;
}

static void expect_mean(const char *battery, double published) {
  double sum = 0;
  int n_sets = 0;
  for (const battery_set *set = BATTERY_SETS; set->name != NULL; set++) {
    if (strcmp(set->battery, battery) != 0) continue;
    double ari = score(set);
    cr_log_info("%s/%s: %.3f", set->battery, set->name, ari);
    sum += ari;
    n_sets++;
  }
  cr_expect(sum / n_sets >= published - 5e-4, "%s: mean ARI %.4f, published %.3f", battery, sum / n_sets,
            published);
}

Test(mixture_battery, fcps) { expect_mean("fcps", .826); }

Test(mixture_battery, graves) { expect_mean("graves", .704); }

Test(mixture_battery, other) { expect_mean("other", .623); }

Test(mixture_battery, sipu) {
#ifdef __SANITIZE_ADDRESS__
  cr_skip_test("minutes under the sanitizer; the other batteries run");
#endif
  expect_mean("sipu", .747);
}

/* scikit-learn 1.2.1 on the same floats: GaussianMixture._initialize with these labels, then 15 times _e_step
 * and _m_step. Log-likelihoods to 1e-6 of themselves, parameters to 2e-5. */
Test(mixture_battery, figures_are_those_of_scikit_learn) {
  static const struct {
    double log_likelihood, bic, covariance, mean;
  } expected[GY_COVARIANCE_COUNT] = {
      {-180.18549967104272, 580.8389522823206, 0.1217649869842682, 5.479759724965554},
      {-256.4655053313105, 633.1862577209312, 0.26387108277616883, 5.544976051722436},
      {-306.86546440570385, 744.0074464579103, 0.12176498698457547, 5.49076642930076},
      {-384.3252907060296, 853.8313814116955, 0.07575599874971904, 5.721117626323026}};
  gy_matrix x = read_battery_points("other", "iris");
  int32_t labels[150];
  cr_assert_eq(x.n_rows, 150);
  for (int32_t i = 0; i < 150; i++) labels[i] = i % 7 > 0 ? i / 50 : i % 3;
  for (int type = 0; type < GY_COVARIANCE_COUNT; type++) {
    gy_mixture_options options = gy_mixture_defaults(3);
    gy_mixture model;
    options.covariance = (gy_covariance)type;
    options.initial_labels = labels;
    options.max_iterations = 15;
    options.tolerance = 0;
    cr_assert_eq(gy_mixture_fit(x, &options, NULL, &model, NULL, NULL), GY_OK);
    const char *name = gy_covariance_name(options.covariance);
    cr_expect_float_eq(model.log_likelihood, expected[type].log_likelihood, 2e-4, "%s: %.9f, expected %.9f",
                       name, model.log_likelihood, expected[type].log_likelihood);
    cr_expect_float_eq(model.bic, expected[type].bic, 4e-4, "%s: %.9f", name, model.bic);
    cr_expect_float_eq(model.covariances[0], expected[type].covariance, 2e-5, "%s: %.9f", name,
                       model.covariances[0]);
    cr_expect_float_eq(model.means[2 * 4 + 2], expected[type].mean, 2e-5, "%s: %.9f", name, model.means[10]);
    gy_mixture_clear(&model);
  }
  free((void *)x.values);
}

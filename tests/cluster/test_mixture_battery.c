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

Test(mixture_battery, sipu) { expect_mean("sipu", .747); }

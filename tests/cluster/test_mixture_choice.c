/* SPDX-License-Identifier: Apache-2.0
 *
 * Choosing a mixture: the number and shape of clusters that the data were drawn with. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/mixture.h>

#include "cluster/points.h"
#include "support/alloc_fail.h"

static void choose(gy_matrix x, const gy_mixture_choice_options *options, gy_mixture_choice *choice) {
  gy_error err = {0};
  gy_task task = {.n_threads = 1};
  cr_assert_eq(gy_mixture_choose(x, options, &task, choice, NULL, &err), GY_OK, "%s", err.text);
}

/* Groups of three, as they are, stretched along the columns, and sheared. */
Test(mixture_choice, finds_the_number_and_the_shape) {
  for (int shape = 0; shape < 3; shape++) {
    gy_matrix x = make_groups(1500, 2, 3, 12, 1);
    float *values = (float *)x.values;
    for (size_t i = 0; i < 1500; i++) {
      float *row = values + 2 * i;
      if (shape == 1 && i % 3 == 0) row[0] *= 5;
      if (shape == 1 && i % 3 == 1) row[1] *= 4;
      if (shape == 2) row[1] += 3 * row[0];
    }
    gy_mixture_choice_options options = gy_mixture_choice_defaults();
    static const gy_covariance expected[] = {GY_COVARIANCE_SPHERICAL, GY_COVARIANCE_DIAGONAL,
                                             GY_COVARIANCE_TIED};
    gy_mixture_choice choice;
    options.k_max = 5;
    choose(x, &options, &choice);
    const gy_mixture_candidate *best = &choice.candidates[choice.best];
    cr_expect_eq(choice.n_candidates, 20);
    cr_expect_eq(best->n_clusters, 3, "shape %d: %d clusters", shape, best->n_clusters);
    cr_expect_eq(best->covariance, expected[shape], "shape %d: %s", shape,
                 gy_covariance_name(best->covariance));
    cr_expect_eq(choice.model.bic, best->bic);
    for (size_t i = 0; i < choice.n_candidates; i++) cr_expect_geq(choice.candidates[i].bic, best->bic);
    gy_mixture_choice_clear(&choice);
    free(values);
  }
}

/* One group that two normal distributions describe: BIC wants two, ICL one cluster. */
Test(mixture_choice, icl_wants_clusters_apart) {
  gy_matrix x = make_groups(3000, 2, 1, 0, 2);
  for (size_t i = 0; i < 3000; i += 3) {
    ((float *)x.values)[2 * i] *= 2.5f;
    ((float *)x.values)[2 * i + 1] *= 2.5f;
  }
  gy_mixture_choice_options options = gy_mixture_choice_defaults();
  gy_mixture_choice by_bic, by_icl;
  options.k_max = 3;
  choose(x, &options, &by_bic);
  options.criterion = GY_MIXTURE_ICL;
  choose(x, &options, &by_icl);
  cr_expect_eq(by_bic.model.n_clusters, 2, "BIC: %d", by_bic.model.n_clusters);
  cr_expect_eq(by_icl.model.n_clusters, 1, "ICL: %d", by_icl.model.n_clusters);
  gy_mixture_choice_clear(&by_bic);
  gy_mixture_choice_clear(&by_icl);
  free((void *)x.values);
}

/* Ten copies of one row make a cluster without volume and of any likelihood one wants. */
Test(mixture_choice, passes_over_collapsed_clusters) {
  gy_matrix x = make_groups(200, 2, 1, 0, 3);
  for (size_t i = 0; i < 40; i++) ((float *)x.values)[i] = 9;
  gy_mixture_choice_options options = gy_mixture_choice_defaults();
  gy_mixture_choice choice;
  options.k_max = 3;
  options.covariances = 1u << GY_COVARIANCE_FULL;
  choose(x, &options, &choice);
  cr_assert_eq(choice.candidates[choice.best].n_collapsed, 0);
  cr_assert_gt(choice.candidates[1].n_collapsed, 0);
  gy_mixture_choice_clear(&choice);
  free((void *)x.values);
}

Test(mixture_choice, refuses_with_a_sentence_and_stops_at_the_rows) {
  float x[6] = {0, 1, 2, 4, 8, 9};
  gy_mixture_choice_options options = gy_mixture_choice_defaults(), falling = options, none = options,
                            odd = options;
  gy_mixture_choice choice = {.best = 77};
  gy_error err = {0};
  falling.k_max = 0;
  none.covariances = 0;
  odd.covariances = 64;
  cr_expect_eq(gy_mixture_choose((gy_matrix){x, 3, 2}, &falling, NULL, &choice, NULL, &err), GY_EUSAGE);
  cr_expect_eq(gy_mixture_choose((gy_matrix){x, 3, 2}, &none, NULL, &choice, NULL, &err), GY_EUSAGE);
  cr_expect_eq(gy_mixture_choose((gy_matrix){x, 3, 2}, &odd, NULL, &choice, NULL, &err), GY_EUSAGE);
  cr_expect_not_null(strstr(err.text, "0x40"), "%s", err.text);
  cr_expect_eq(gy_mixture_choose((gy_matrix){x, 0, 2}, &options, NULL, &choice, NULL, &err), GY_EDATA);
  cr_expect_eq(choice.best, 77);
  cr_expect_eq(gy_mixture_choose((gy_matrix){x, 3, 2}, &options, NULL, &choice, NULL, &err), GY_OK, "%s",
               err.text);
  cr_expect_eq(choice.n_candidates, 12);
  gy_mixture_choice_clear(&choice);
}

static gy_status small_choice(void *user, gy_error *err) {
  gy_matrix *x = user;
  gy_mixture_choice_options options = gy_mixture_choice_defaults();
  gy_mixture_choice choice;
  int32_t labels[60];
  options.k_max = 2;
  gy_status status =
      gy_mixture_choose(*x, &options, NULL, &choice, &(gy_mixture_rows){.labels = labels}, err);
  if (status == GY_OK) gy_mixture_choice_clear(&choice);
  return status;
}

Test(mixture_choice, every_failed_allocation_is_an_error_and_leaks_nothing) {
  gy_matrix x = make_groups(60, 2, 2, 4, 1);
  cr_assert_geq(alloc_fail_each("gy_mixture_choose", small_choice, &x), 40);
  free((void *)x.values);
}

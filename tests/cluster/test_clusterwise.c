/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include <gyeol/kmeans.h>

#include "base/rng.h"
#include "cluster/clusterwise.h"
#include "cluster/points.h"

enum { N = 600, K = 4 };

static gy_status by_kmeans(void *user, gy_matrix x, const gy_task *task, int32_t *labels, int32_t *k,
                           gy_error *err) {
  gy_kmeans_options options = gy_kmeans_defaults(*(const int32_t *)user);
  gy_kmeans model;
  gy_status status = gy_kmeans_fit(x, &options, task, &model, labels, err);
  if (status != GY_OK) return status;
  *k = model.n_clusters;
  gy_kmeans_clear(&model);
  return GY_OK;
}

/* Puts every row into a random cluster. */
static gy_status by_chance(void *user, gy_matrix x, const gy_task *task, int32_t *labels, int32_t *k,
                           gy_error *err) {
  (void)task, (void)err;
  for (size_t i = 0; i < x.n_rows; i++) labels[i] = (int32_t)gy_rng_below(user, K);
  *k = K;
  return GY_OK;
}

Test(clusterwise, groups_come_back_and_chance_does_not) {
  gy_matrix x = make_groups(N, 3, K, 20, 1);
  int32_t labels[N], k = K;
  double jaccard[K];
  gy_rng rng;
  gy_rng_init(&rng, 1, 0);
  gy_clusterwise_options options = {.n_resamples = 6, .share = 0.6, .seed = 3};
  for (size_t i = 0; i < N; i++) labels[i] = (int32_t)(i % K);
  gy_refit good = {&k, by_kmeans}, bad = {&rng, by_chance};
  gy_error err = {0};
  cr_assert_eq(gy_clusterwise_jaccard(x, labels, K, &good, &options, NULL, jaccard, &err), GY_OK, "%s",
               err.text);
  for (int c = 0; c < K; c++) cr_expect_float_eq(jaccard[c], 1, 1e-12, "cluster %d: %g", c, jaccard[c]);
  cr_assert_eq(gy_clusterwise_jaccard(x, labels, K, &bad, &options, NULL, jaccard, &err), GY_OK, "%s",
               err.text);
  for (int c = 0; c < K; c++) cr_expect_lt(jaccard[c], 0.3, "cluster %d: %g", c, jaccard[c]);
  free((void *)x.values);
}

Test(clusterwise, only_the_cluster_that_is_torn_is_unstable) {
  gy_matrix x = make_groups(N, 3, 3, 20, 2); /* three groups, cut in four */
  int32_t labels[N], k = 3;
  double jaccard[K];
  gy_clusterwise_options options = {.n_resamples = 6, .share = 0.7, .seed = 3};
  for (size_t i = 0; i < N; i++) labels[i] = (int32_t)(i % 3 < 2 ? i % 3 : 2 + i % 2);
  gy_refit refit = {&k, by_kmeans};
  gy_error err = {0};
  cr_assert_eq(gy_clusterwise_jaccard(x, labels, K, &refit, &options, NULL, jaccard, &err), GY_OK);
  cr_expect_float_eq(jaccard[0], 1, 1e-12);
  cr_expect_float_eq(jaccard[1], 1, 1e-12);
  cr_expect_lt(jaccard[2], 0.65);
  cr_expect_lt(jaccard[3], 0.65);
  free((void *)x.values);
}

Test(clusterwise, options_out_of_range_are_refused) {
  gy_matrix x = make_groups(20, 2, 2, 9, 1);
  int32_t labels[20] = {0}, k = 2;
  double jaccard[2];
  gy_refit refit = {&k, by_kmeans};
  static const gy_clusterwise_options CASES[] = {{0, 0.5, 0}, {3, 0, 0}, {3, 1.5, 0}};
  for (size_t i = 0; i < 3; i++) {
    gy_error err = {0};
    cr_expect_eq(gy_clusterwise_jaccard(x, labels, 2, &refit, &CASES[i], NULL, jaccard, &err), GY_EUSAGE);
    cr_expect_neq(err.text[0], '\0');
  }
  free((void *)x.values);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include <gyeol/cluster_choice.h>
#include <gyeol/kmeans.h>
#include <gyeol/agreement.h>
#include <gyeol/validity.h>

#include "cluster/points.h"
#include "support/alloc_fail.h"

enum { N = 400, K = 3 };

typedef struct {
  gy_matrix x;
  int32_t labels[N];
  gy_kmeans model;
} material;

static const gy_task TASK = {.n_threads = 2};

static gy_status fit(void *user, gy_error *err) {
  material *m = user;
  gy_kmeans model;
  gy_kmeans_options options = gy_kmeans_defaults(K);
  options.n_starts = 2;
  gy_status status = gy_kmeans_fit(m->x, &options, &TASK, &model, m->labels, err);
  if (status == GY_OK) gy_kmeans_clear(&model);
  return status;
}

static gy_status predict(void *user, gy_error *err) {
  material *m = user;
  return gy_kmeans_predict(&m->model, m->x, &TASK, m->labels, NULL, err);
}

static gy_status reorder(void *user, gy_error *err) {
  material *m = user;
  return gy_kmeans_reorder(&m->model, (int32_t[]){1, 2, 0}, m->labels, N, err);
}

static gy_status silhouettes(void *user, gy_error *err) {
  material *m = user;
  gy_clustering c = {m->x, m->labels, K};
  gy_silhouette result;
  double means[K];
  gy_status status = gy_silhouette_exact(&c, &TASK, &result, NULL, means, err);
  if (status == GY_OK) status = gy_silhouette_sampled(&c, 100, 1, &TASK, &result, means, err);
  return status == GY_OK ? gy_silhouette_simplified(&c, &TASK, &result, means, err) : status;
}

static gy_status indices(void *user, gy_error *err) {
  material *m = user;
  gy_clustering c = {m->x, m->labels, K};
  gy_dispersion dispersion;
  double ari, jaccard[K];
  gy_status status = gy_dispersion_of(&c, &TASK, &dispersion, err);
  if (status == GY_OK) status = gy_adjusted_rand(m->labels, K, m->labels, K, N, &ari, err);
  return status == GY_OK ? gy_cluster_jaccard(m->labels, K, m->labels, K, N, jaccard, err) : status;
}

static gy_status choose(void *user, gy_error *err) {
  material *m = user;
  gy_k_choice choice;
  gy_k_choice_options options = gy_k_choice_defaults();
  options.k_max = 3;
  options.n_starts = options.resample_starts = 1;
  options.n_resamples = 2;
  options.sample_rows = 200;
  options.silhouette_rows = 100;
  return gy_k_choose(m->x, &options, &TASK, &choice, err);
}

Test(out_of_memory, every_failed_allocation_is_an_error_and_leaks_nothing) {
  static const struct {
    const char *name;
    gy_status (*body)(void *user, gy_error *err);
    int at_least;
  } cases[] = {{"gy_kmeans_fit", fit, 5},         {"gy_kmeans_predict", predict, 1},
               {"gy_kmeans_reorder", reorder, 3}, {"silhouettes", silhouettes, 15},
               {"indices", indices, 5},           {"gy_k_choose", choose, 40}};
  material *m = calloc(1, sizeof *m);
  m->x = make_groups(N, 3, K, 4, 1);
  gy_kmeans_options options = gy_kmeans_defaults(K);
  cr_assert_eq(gy_kmeans_fit(m->x, &options, NULL, &m->model, m->labels, NULL), GY_OK);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int failures = alloc_fail_each(cases[i].name, cases[i].body, m);
    cr_assert_geq(failures, cases[i].at_least, "%s: only %d allocations", cases[i].name, failures);
  }
  gy_kmeans_clear(&m->model);
  free((void *)m->x.values);
  free(m);
}

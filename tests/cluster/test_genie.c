/* SPDX-License-Identifier: Apache-2.0
 *
 * Genie against its definition carried out as simply as possible, and against the published mean agreement on
 * the benchmark batteries. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/genie.h>
#include <gyeol/agreement.h>

#include "cluster/battery.h"
#include "cluster/mst.h"
#include "cluster/points.h"
#include "support/alloc_fail.h"

static void fit(gy_matrix x, int32_t k, double threshold, int threads, gy_genie *model, int32_t *labels) {
  gy_error err = {0};
  gy_task task = {.n_threads = threads};
  gy_genie_options options = gy_genie_defaults(k);
  options.gini_threshold = threshold;
  cr_assert_eq(gy_genie_fit(x, &options, &task, model, labels, &err), GY_OK, "%s", err.text);
}

static double plain_gini(const int *sizes, int k, int n) {
  double sum = 0;
  for (int i = 0; i < k; i++)
    for (int j = 0; j < i; j++) sum += abs(sizes[i] - sizes[j]);
  return k < 2 ? 0 : sum / ((double)(k - 1) * n);
}

/* The definition: look at everything at each step. */
static void plain_genie(gy_matrix x, int k, double threshold, int32_t *labels) {
  int n = (int)x.n_rows;
  gy_mst_edge *edges = malloc((size_t)n * sizeof *edges);
  bool *used = calloc((size_t)n, sizeof *used);
  int *sizes = malloc((size_t)n * sizeof *sizes);
  cr_assert_eq(gy_mst_build(x, &(gy_mst_options){.min_samples = 1}, NULL, edges, NULL, NULL), GY_OK);
  for (int i = 0; i < n; i++) labels[i] = i;
  for (int n_clusters = n; n_clusters > k; n_clusters--) {
    int n_sizes = 0, smallest = n;
    for (int c = 0; c < n; c++) {
      int size = 0;
      for (int i = 0; i < n; i++) size += labels[i] == c;
      if (size == 0) continue;
      sizes[n_sizes++] = size;
      if (size < smallest) smallest = size;
    }
    bool turned = plain_gini(sizes, n_sizes, n) > threshold;
    for (int e = 0; e < n - 1; e++) {
      if (used[e]) continue;
      int32_t a = labels[edges[e].a], b = labels[edges[e].b];
      int size_a = 0, size_b = 0;
      for (int i = 0; i < n; i++) {
        size_a += labels[i] == a;
        size_b += labels[i] == b;
      }
      if (turned && size_a != smallest && size_b != smallest) continue;
      used[e] = true;
      for (int i = 0; i < n; i++)
        if (labels[i] == b) labels[i] = a;
      break;
    }
  }
  free(edges);
  free(used);
  free(sizes);
}

static double agreement(const int32_t *a, const int32_t *b, int32_t k, size_t n) {
  double ari;
  cr_assert_eq(gy_adjusted_rand(a, k, b, (int32_t)n, n, &ari, NULL), GY_OK);
  return ari;
}

Test(genie, follows_its_definition) {
  static const struct {
    size_t n, d;
    int k;
    double threshold;
  } cases[] = {{1, 1, 1, 0.3},   {2, 1, 2, 0.3},     {60, 1, 4, 0.3},  {150, 2, 3, 0.3},
               {150, 2, 7, 0},   {150, 3, 2, 1},     {200, 2, 5, 0.1}, {200, 5, 10, 0.5},
               {120, 2, 1, 0.3}, {100, 2, 100, 0.3}, {180, 30, 6, 0.3}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    gy_matrix x = make_groups(cases[c].n, cases[c].d, 4, 1.5, c);
    int32_t *labels = malloc(x.n_rows * sizeof *labels), *expected = malloc(x.n_rows * sizeof *expected);
    gy_genie model;
    fit(x, cases[c].k, cases[c].threshold, 2, &model, labels);
    plain_genie(x, cases[c].k, cases[c].threshold, expected);
    cr_expect_eq(agreement(labels, expected, cases[c].k, x.n_rows), 1, "case %zu", c);
    int sizes[200];
    for (int i = 0; i < cases[c].k; i++) {
      sizes[i] = (int)model.sizes[i];
      cr_expect(i == 0 || sizes[i] <= sizes[i - 1], "case %zu", c);
    }
    cr_expect_float_eq(model.gini, plain_gini(sizes, cases[c].k, (int)x.n_rows), 1e-12, "case %zu", c);
    gy_genie_clear(&model);
    free(labels);
    free(expected);
    free((void *)x.values);
  }
}

Test(genie, threshold_one_is_single_linkage) {
  gy_matrix x = make_groups(3000, 2, 4, 2, 3);
  gy_genie model;
  int32_t *labels = malloc(3000 * sizeof *labels);
  fit(x, 4, 1, 2, &model, labels);
  cr_assert_eq(model.n_turned, 0);
  cr_assert_eq(model.tree.n_inversions, 0);
  gy_genie_clear(&model);
  free(labels);
  free((void *)x.values);
}

Test(genie, neither_rows_nor_threads_nor_scale_matter) {
  enum { N = 4000, D = 3, K = 6 };
  gy_matrix x = make_groups(N, D, K, 1.5, 5);
  float *reversed = malloc(sizeof *reversed * N * D), *scaled = malloc(sizeof *scaled * N * D);
  int32_t *first = malloc(sizeof *first * N), *labels = malloc(sizeof *labels * N);
  gy_genie model;
  for (size_t i = 0; i < N; i++) memcpy(reversed + i * D, gy_matrix_row(x, N - 1 - i), D * sizeof *reversed);
  for (size_t i = 0; i < N * D; i++) scaled[i] = 8 * x.values[i];
  fit(x, K, 0.3, 1, &model, first);
  gy_genie_clear(&model);
  fit(x, K, 0.3, 3, &model, labels);
  gy_genie_clear(&model);
  cr_expect_arr_eq(first, labels, sizeof *labels * N);
  fit((gy_matrix){scaled, N, D}, K, 0.3, 2, &model, labels);
  gy_genie_clear(&model);
  cr_expect_arr_eq(first, labels, sizeof *labels * N);
  fit((gy_matrix){reversed, N, D}, K, 0.3, 2, &model, labels);
  gy_genie_clear(&model);
  for (size_t i = 0; i < N / 2; i++) {
    int32_t swap = labels[i];
    labels[i] = labels[N - 1 - i];
    labels[N - 1 - i] = swap;
  }
  cr_expect_eq(agreement(labels, first, K, N), 1);
  free(reversed);
  free(scaled);
  free(first);
  free(labels);
  free((void *)x.values);
}

/* The best agreement with any of a set's labelings, each with its own k. */
static double set_ari(const battery_set *set) {
  gy_matrix x = read_battery_points(set->battery, set->name);
  int32_t *labels = malloc(x.n_rows * sizeof *labels), *reference, k;
  double best = -1;
  for (int which = 0; (reference = read_battery_labels(set->battery, set->name, which, x.n_rows, &k)) != NULL;
       which++) {
    gy_genie model;
    fit(x, k, 0.3, 2, &model, labels);
    best = fmax(best, battery_ari(labels, k, reference, k, x.n_rows));
    gy_genie_clear(&model);
    free(reference);
  }
  free(labels);
  free((void *)x.values);
  return best;
}

/* Means of Gagolewski's published label vectors of Genie 0.3; ties broken otherwise may miss them by 0.01. */
Test(genie, agrees_with_the_references_as_published) {
  static const struct {
    const char *battery;
    double published;
    int n_sets;
  } batteries[] = {{"fcps", 0.980, 9}, {"graves", 0.928, 10}, {"other", 0.816, 8}, {"sipu", 0.842, 19}};
  for (size_t b = 0; b < sizeof batteries / sizeof *batteries; b++) {
    double sum = 0;
    int n = 0;
    for (const battery_set *set = BATTERY_SETS; set->name != NULL; set++) {
      if (strcmp(set->battery, batteries[b].battery) != 0) continue;
      double ari = set_ari(set);
      sum += ari;
      n++;
    }
    cr_expect(sum / n >= batteries[b].published - 0.01, "%s: mean ARI %.4f of %d, published %.3f of %d",
              batteries[b].battery, sum / n, n, batteries[b].published, batteries[b].n_sets);
  }
}

Test(genie, refuses_with_a_sentence) {
  float bad[] = {0, NAN, 1, 2}, good[] = {0, 1, 2, 3};
  const struct {
    gy_matrix x;
    gy_genie_options options;
    size_t memory;
    gy_status status;
    const char *expected;
  } cases[] = {{{bad, 4, 1}, {2, 0.3}, 0, GY_EDATA, "genie: row 2, column 1 is not a number"},
               {{good, 4, 1}, {5, 0.3}, 0, GY_EDATA, "4 rows cannot make 5 clusters"},
               {{good, 4, 1}, {0, 0.3}, 0, GY_EUSAGE, "n_clusters is 0"},
               {{good, 4, 1}, {2, 1.5}, 0, GY_EUSAGE, "gini_threshold is 1.5"},
               {{good, 4, 1}, {2, (double)NAN}, 0, GY_EUSAGE, "gini_threshold"},
               {{good, 4, 1}, {2, 0.3}, 100, GY_ELIMIT, "the budget is 100"},
               {{good, 50000000, 1}, {2, 0.3}, 1000000000, GY_ELIMIT, "50000000 rows"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_error err = {0};
    gy_genie model = {.n_clusters = -7};
    int32_t labels[5];
    gy_task task = {.memory_bytes = cases[i].memory};
    if (cases[i].x.n_rows > 100) continue;
    cr_expect_eq(gy_genie_fit(cases[i].x, &cases[i].options, &task, &model, labels, &err), cases[i].status,
                 "case %zu", i);
    cr_expect_not_null(strstr(err.text, cases[i].expected), "case %zu: %s", i, err.text);
    cr_expect_eq(model.n_clusters, -7, "case %zu: the model was touched", i);
  }
}

static gy_status fit_once(void *user, gy_error *err) {
  const gy_matrix *x = user;
  gy_task task = {.n_threads = 2};
  gy_genie model;
  int32_t labels[150];
  gy_genie_options options = gy_genie_defaults(3);
  gy_status status = gy_genie_fit(*x, &options, &task, &model, labels, err);
  if (status == GY_OK) gy_genie_clear(&model);
  return status;
}

Test(genie, every_failed_allocation_is_an_error_and_leaks_nothing) {
  gy_matrix x = make_groups(150, 2, 3, 1, 1);
  cr_assert_geq(alloc_fail_each("gy_genie_fit", fit_once, &x), 10);
  free((void *)x.values);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Micro-clusters against their definition, and the tree of them against the exact one. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/hierarchical.h>
#include <gyeol/validity.h>

#include "cluster/cf_tree.h"
#include "cluster/points.h"
#include "support/alloc_fail.h"

/* Weights, means and spreads of the rows that each micro-cluster says it has. */
static void check_features(gy_matrix x, const float *weights, const gy_micro_clusters *m,
                           const int32_t *of_row, int at) {
  size_t d = x.n_columns;
  double *sums = calloc(m->n * d, sizeof *sums), *mass = calloc(m->n, sizeof *mass),
         *spreads = calloc(m->n, sizeof *spreads);
  for (size_t i = 0; i < x.n_rows; i++) {
    size_t c = (size_t)of_row[i];
    double w = weights == NULL ? 1 : (double)weights[i];
    cr_assert_lt(c, m->n, "case %d, row %zu", at, i);
    mass[c] += w;
    for (size_t j = 0; j < d; j++) sums[c * d + j] += w * (double)gy_matrix_row(x, i)[j];
  }
  for (size_t i = 0; i < x.n_rows; i++)
    for (size_t j = 0; j < d; j++) {
      size_t c = (size_t)of_row[i];
      double w = weights == NULL ? 1 : (double)weights[i];
      spreads[c] += w * pow((double)gy_matrix_row(x, i)[j] - sums[c * d + j] / mass[c], 2);
    }
  for (size_t c = 0; c < m->n; c++) {
    cr_assert_float_eq(m->weights[c], mass[c], 1e-9 * mass[c], "case %d, micro-cluster %zu", at, c);
    cr_assert_float_eq(m->spreads[c], spreads[c], 1e-9 * spreads[c] + 1e-9, "case %d, micro-cluster %zu", at,
                       c);
    cr_assert_leq(m->spreads[c], m->radius * m->radius * m->weights[c] * (1 + 1e-9));
    for (size_t j = 0; j < d; j++)
      cr_assert_float_eq(m->means[c * d + j], sums[c * d + j] / mass[c], 1e-9, "case %d, micro-cluster %zu",
                         at, c);
  }
  free(sums);
  free(mass);
  free(spreads);
}

Test(two_stage, micro_clusters_are_what_they_say) {
  static const struct {
    size_t n, d, most;
    double apart;
    bool weighted;
  } cases[] = {{1, 1, 8, 1, false},     {40, 2, 64, 1, false},    {3000, 1, 50, 3, false},
               {3000, 3, 256, 0, true}, {5000, 8, 700, 4, false}, {2000, 30, 20, 5, true},
               {9000, 2, 8, 3, false}};
  for (int i = 0; i < (int)(sizeof cases / sizeof *cases); i++) {
    size_t n = cases[i].n;
    gy_matrix x = make_groups(n, cases[i].d, 7, cases[i].apart, (uint64_t)i);
    float *weights = malloc(n * sizeof *weights);
    int32_t *of_row = malloc(n * sizeof *of_row);
    for (size_t r = 0; r < n; r++) weights[r] = (float)(1 + r % 5);
    gy_micro_clusters m;
    const float *used = cases[i].weighted ? weights : NULL;
    cr_assert_eq(gy_micro_clusters_fit(x, used, cases[i].most, NULL, &m, of_row, NULL), GY_OK);
    cr_expect_leq(m.n, cases[i].most);
    if (n > 100) cr_expect_geq(m.n, cases[i].most / 4, "case %d: %zu of %zu", i, m.n, cases[i].most);
    check_features(x, used, &m, of_row, i);
    gy_micro_clusters_clear(&m);
    free(of_row);
    free(weights);
    free((void *)x.values);
  }
}

Test(two_stage, equal_rows_share_a_micro_cluster) {
  enum { N = 20000 };
  float *x = malloc(sizeof(float) * N);
  int32_t *of_row = malloc(sizeof(int32_t) * N);
  for (size_t i = 0; i < N; i++) x[i] = (float)(i * 7 % 20);
  gy_micro_clusters m;
  cr_assert_eq(gy_micro_clusters_fit((gy_matrix){x, N, 1}, NULL, 64, NULL, &m, of_row, NULL), GY_OK);
  cr_expect_eq(m.n, 20);
  cr_expect_eq(m.rebuilds, 0);
  gy_micro_clusters_clear(&m);
  free(x);
  free(of_row);
}

static double agreement(gy_matrix x, gy_linkage linkage, int32_t k, size_t n_micro, double *lost) {
  size_t n = x.n_rows;
  int32_t *exact = malloc(n * sizeof *exact), *quick = malloc(n * sizeof *quick);
  gy_hierarchical_options options = gy_hierarchical_defaults(linkage);
  gy_hierarchy whole, staged;
  gy_error err = {0};
  cr_assert_eq(gy_hierarchy_fit(x, &options, NULL, &whole, &err), GY_OK, "%s", err.text);
  options.exact_rows = 1;
  options.n_micro = n_micro;
  cr_assert_eq(gy_hierarchy_fit(x, &options, NULL, &staged, &err), GY_OK, "%s", err.text);
  cr_assert_str_eq(whole.method, "exact");
  cr_assert_str_eq(staged.method, "two-stage");
  cr_assert(whole.lost == 0 && whole.leaf_of_row == NULL && staged.leaf_of_row != NULL);
  cr_assert_float_eq(staged.tree.merges[staged.tree.n_leaves - 2].size, (double)n, 1e-9 * (double)n);
  cr_assert_eq(gy_hierarchy_cut(&whole, k, exact, NULL), GY_OK);
  cr_assert_eq(gy_hierarchy_cut(&staged, k, quick, NULL), GY_OK);
  double ari;
  cr_assert_eq(gy_adjusted_rand(exact, k, quick, k, n, &ari, NULL), GY_OK);
  *lost = staged.lost;
  gy_hierarchy_clear(&whole);
  gy_hierarchy_clear(&staged);
  free(exact);
  free(quick);
  return ari;
}

Test(two_stage, finds_the_clusters_of_the_exact_tree) {
  static const struct {
    gy_linkage linkage;
    double at_least;
  } cases[] = {{GY_LINKAGE_WARD, 0.99},
               {GY_LINKAGE_AVERAGE, 0.99},
               {GY_LINKAGE_COMPLETE, 0.99},
               {GY_LINKAGE_CENTROID, 0.99}};
  gy_matrix x = make_groups(4000, 5, 6, 10, 4);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    double lost, ari = agreement(x, cases[i].linkage, 6, 400, &lost);
    cr_expect_geq(ari, cases[i].at_least, "%s: %.3f", gy_linkage_name(cases[i].linkage), ari);
    cr_expect(lost > 0 && lost < 0.05, "%s: %.4f", gy_linkage_name(cases[i].linkage), lost);
  }
  free((void *)x.values);
}

Test(two_stage, large_data_are_refused_or_met_by_arithmetic) {
  gy_task task = {.n_threads = 2, .memory_bytes = (size_t)1 << 30};
  for (gy_linkage linkage = 0; linkage < GY_LINKAGE_COUNT; linkage++) {
    gy_hierarchical_options options = gy_hierarchical_defaults(linkage);
    size_t need = gy_hierarchy_memory(50000000, 8, &options, &task);
    if (linkage == GY_LINKAGE_SINGLE)
      cr_expect_gt(need, task.memory_bytes);
    else
      cr_expect_leq(need, task.memory_bytes, "%s: %zu", gy_linkage_name(linkage), need);
    gy_hierarchy model = {0};
    gy_error err = {0};
    gy_matrix x = {(float[]){0}, 500000000, 8};
    cr_expect_eq(gy_hierarchy_fit(x, &options, &task, &model, &err), GY_ELIMIT, "%s",
                 gy_linkage_name(linkage));
    cr_expect_not_null(strstr(err.text, "bytes are needed"), "%s", err.text);
  }
}

Test(two_stage, the_budget_chooses_the_way) {
  gy_matrix x = make_groups(6000, 3, 5, 8, 6);
  gy_task task = {.n_threads = 2, .memory_bytes = 20u << 20};
  for (gy_linkage linkage = 0; linkage < GY_LINKAGE_COUNT; linkage++) {
    gy_hierarchical_options options = gy_hierarchical_defaults(linkage);
    gy_hierarchy model;
    gy_error err = {0};
    cr_assert_eq(gy_hierarchy_fit(x, &options, &task, &model, &err), GY_OK, "%s", err.text);
    bool needs_matrix =
        linkage == GY_LINKAGE_AVERAGE || linkage == GY_LINKAGE_COMPLETE || linkage == GY_LINKAGE_WEIGHTED;
    cr_expect_str_eq(model.method, needs_matrix ? "two-stage" : "exact", "%s", gy_linkage_name(linkage));
    gy_hierarchy_clear(&model);
  }
  free((void *)x.values);
}

static gy_status fit_staged(void *user, gy_error *err) {
  gy_matrix *x = user;
  gy_hierarchical_options options = {.linkage = GY_LINKAGE_WARD, .exact_rows = 1, .n_micro = 256};
  gy_hierarchy model;
  int32_t labels[1000];
  gy_status status = gy_hierarchy_fit(*x, &options, NULL, &model, err);
  if (status != GY_OK) return status;
  status = gy_hierarchy_cut(&model, 3, labels, err);
  gy_hierarchy_clear(&model);
  return status;
}

Test(two_stage, every_allocation_may_fail) {
  gy_matrix x = make_groups(1000, 3, 4, 3, 1);
  cr_expect_geq(alloc_fail_each("gy_hierarchy_fit", fit_staged, &x), 15);
  free((void *)x.values);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * OPTICS against its definition in plain loops, its cuts against DBSCAN, and valleys drawn by hand. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/optics.h>

#include "cluster/density_reference.h"
#include "cluster/optics_order.h"
#include "cluster/points.h"
#include "support/alloc_fail.h"

typedef enum { GROUPS, EQUAL, LINE } kind_of_points;

static gy_matrix make_points(kind_of_points kind, size_t n, size_t d, uint64_t seed) {
  gy_matrix x = make_groups(n, d, 4, 4, seed);
  float *values = (float *)x.values;
  for (size_t i = 0; i < n * d && kind != GROUPS; i++) values[i] = kind == EQUAL ? 3 : (float)(i * i % 1009);
  return x;
}

static const struct {
  kind_of_points kind;
  size_t n, d;
  int32_t min_samples;
  double max_eps;
} CASES[] = {
    {GROUPS, 1, 1, 1, INFINITY},     {GROUPS, 1, 2, 2, INFINITY},     {GROUPS, 33, 2, 3, INFINITY},
    {GROUPS, 1000, 2, 5, INFINITY},  {GROUPS, 1000, 2, 5, 0.3},       {GROUPS, 1000, 2, 1, INFINITY},
    {GROUPS, 700, 1, 8, INFINITY},   {GROUPS, 800, 3, 10, 2},         {GROUPS, 600, 6, 20, INFINITY},
    {GROUPS, 200, 70, 5, INFINITY},  {GROUPS, 50, 2000, 4, INFINITY}, {GROUPS, 300, 2, 301, INFINITY},
    {GROUPS, 300, 2, 300, INFINITY}, {GROUPS, 500, 3, 2, 0},          {EQUAL, 200, 3, 5, INFINITY},
    {EQUAL, 200, 3, 5, 0},           {LINE, 400, 1, 3, INFINITY},     {LINE, 400, 1, 3, 2}};
enum { N_CASES = sizeof CASES / sizeof *CASES };

static gy_optics fit(const gy_kd_kernel *kernel, gy_matrix x, const gy_optics_options *options,
                     int n_threads) {
  gy_optics order;
  gy_error err = {0};
  gy_task task = {.n_threads = n_threads};
  cr_assert_eq(gy_optics_fit_with(kernel, x, options, &task, &order, &err), GY_OK, "%s", err.text);
  return order;
}

static void check_equal(const gy_optics *found, const gy_optics *expected, const char *kernel, size_t c) {
  for (size_t i = 0; i < expected->n; i++) {
    cr_assert_eq(found->core_distances[i], expected->core_distances[i], "%s, case %zu, row %zu", kernel, c,
                 i);
    cr_assert_eq(found->ordering[i], expected->ordering[i], "%s, case %zu: visit %zu is row %d, expected %d",
                 kernel, c, i, found->ordering[i], expected->ordering[i]);
    cr_assert_eq(found->reachability[i], expected->reachability[i],
                 "%s, case %zu, row %zu: %.17g, expected %.17g", kernel, c, i, found->reachability[i],
                 expected->reachability[i]);
    cr_assert_eq(found->predecessor[i], expected->predecessor[i], "%s, case %zu, row %zu", kernel, c, i);
  }
}

Test(optics, gives_the_order_of_its_definition) {
  size_t count;
  const gy_kd_kernel *const *kernels = gy_kd_kernels(&count);
  for (size_t c = 0; c < N_CASES; c++) {
    gy_matrix x = make_points(CASES[c].kind, CASES[c].n, CASES[c].d, c);
    gy_optics_options options = {CASES[c].min_samples, CASES[c].max_eps};
    gy_optics expected = reference_optics(x, &options);
    for (size_t k = 0; k < count; k++) {
      gy_optics found = fit(kernels[k], x, &options, 1 + (int)k);
      check_equal(&found, &expected, kernels[k]->name, c);
      gy_optics_clear(&found);
    }
    gy_optics_clear(&expected);
    free((void *)x.values);
  }
}

/* Core rows fall into the same clusters; others are noise or in a cluster of a core row within eps. */
Test(optics, cuts_are_the_clusters_of_dbscan) {
  enum { N = 2000 };
  gy_matrix x = make_groups(N, 2, 6, 4, 4);
  int32_t labels[N], dbscan_labels[N], renamed[N];
  bool core[N];
  size_t count;
  gy_optics_options options = {6, INFINITY};
  gy_optics order = fit(gy_kd_kernels(&count)[0], x, &options, 2);
  for (double eps = 0.05; eps < 3; eps *= 1.5) {
    gy_dbscan result;
    gy_dbscan_options same = {eps, 6, GY_DBSCAN_BORDER_NEAREST};
    cr_assert_eq(gy_dbscan_fit(x, &same, NULL, &result, dbscan_labels, core, NULL), GY_OK);
    cr_assert_eq(gy_optics_cut(&order, eps, labels), result.n_clusters, "eps %g", eps);
    memset(renamed, -1, sizeof renamed);
    for (size_t i = 0; i < N; i++) {
      if (dbscan_labels[i] < 0) cr_assert_eq(labels[i], -1, "eps %g, row %zu", eps, i);
      if (!core[i]) continue;
      if (renamed[labels[i]] < 0) renamed[labels[i]] = dbscan_labels[i];
      cr_assert_eq(renamed[labels[i]], dbscan_labels[i], "eps %g, row %zu", eps, i);
    }
  }
  gy_optics_clear(&order);
  free((void *)x.values);
}

Test(optics, is_not_slowed_by_many_duplicates, .timeout = 60) {
  enum { N = 200000 };
  float *values = malloc(2 * sizeof(float) * N);
  for (size_t i = 0; i < N; i++) {
    values[2 * i] = (float)(i % 3);
    values[2 * i + 1] = (float)(i % 5);
  }
  gy_optics order;
  gy_optics_options options = gy_optics_defaults();
  int32_t *labels = malloc(N * sizeof *labels);
  cr_assert_eq(gy_optics_fit((gy_matrix){values, N, 2}, &options, NULL, &order, NULL), GY_OK);
  cr_assert_eq(gy_optics_cut(&order, 0.5, labels), 15);
  cr_assert_eq(gy_optics_cut(&order, 1, labels), 1);
  gy_optics_clear(&order);
  free(labels);
  free(values);
}

/* A plot as a string of digits, 9 infinite, in the order of the rows; every row is reached from the first row
 * of its part. */
static gy_optics draw(const char *plot, double *reachability, int32_t *ordering, int32_t *predecessor) {
  size_t n = strlen(plot);
  for (size_t i = 0; i < n; i++) {
    reachability[i] = plot[i] == '9' ? INFINITY : (double)(plot[i] - '0');
    ordering[i] = (int32_t)i;
    predecessor[i] = plot[i] == '9' ? -1 : (int32_t)i - 1;
  }
  return (gy_optics){n, ordering, reachability, NULL, predecessor};
}

Test(optics, finds_valleys_and_valleys_in_valleys) {
  static const struct {
    const char *plot, *labels;
    size_t n_valleys;
  } cases[] = {{"9111111", "0000000", 1},
               {"91111118111111", "00000001111111", 3},
               {"911111171111119111111", "000000011111112222222", 4},
               {"9", "-", 0},
               {"9999", "----", 0},
               {"9222222", "0000000", 1},
               {"", "", 0}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    double reachability[64];
    int32_t ordering[64], predecessor[64], labels[64];
    gy_optics order = draw(cases[c].plot, reachability, ordering, predecessor);
    gy_optics_xi_options options = gy_optics_xi_defaults(3);
    gy_optics_valleys found;
    cr_assert_eq(gy_optics_xi(&order, &options, &found, labels, NULL), GY_OK);
    for (size_t i = 0; i < order.n; i++)
      cr_expect_eq(labels[i] < 0 ? '-' : '0' + labels[i], cases[c].labels[i], "case %zu, place %zu: %d", c, i,
                   labels[i]);
    cr_expect_eq(found.n_valleys, cases[c].n_valleys, "case %zu: %zu valleys", c, found.n_valleys);
    gy_optics_valleys_clear(&found);
  }
}

Test(optics, refuses_what_it_cannot_use_with_a_sentence) {
  float values[12] = {0};
  atomic_bool cancel = true;
  gy_task small = {.memory_bytes = 100}, cancelled = {.cancel = &cancel};
  const struct {
    float bad;
    size_t n, d;
    gy_optics_options options;
    const gy_task *task;
    gy_status status;
    const char *says;
  } cases[] = {{0, 6, 2, {0, 1}, NULL, GY_EUSAGE, "min_samples is 0"},
               {0, 6, 2, {5, NAN}, NULL, GY_EUSAGE, "max_eps"},
               {0, 6, 2, {5, -1}, NULL, GY_EUSAGE, "max_eps is -1"},
               {0, 0, 2, {5, 1}, NULL, GY_EDATA, "no rows"},
               {0, 6, 0, {5, 1}, NULL, GY_EUSAGE, "no columns"},
               {NAN, 6, 2, {5, 1}, NULL, GY_EDATA, "row 3, column 2"},
               {1e30f, 6, 2, {5, 1}, NULL, GY_EDATA, "scale the column"},
               {0, 6, 2, {5, 1}, &small, GY_ELIMIT, "budget is 100"},
               {0, 6, 2, {5, 1}, &cancelled, GY_ECANCELLED, ""}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    gy_error err = {0};
    gy_optics order;
    values[5] = cases[c].bad;
    gy_status status = gy_optics_fit((gy_matrix){values, cases[c].n, cases[c].d}, &cases[c].options,
                                     cases[c].task, &order, &err);
    cr_assert_eq(status, cases[c].status, "case %zu: %s", c, err.text);
    cr_assert_not_null(strstr(err.text, cases[c].says), "case %zu: %s", c, err.text);
  }
  gy_optics_valleys found;
  gy_optics empty = {0};
  gy_optics_xi_options options = gy_optics_xi_defaults(5);
  options.xi = 1;
  cr_assert_eq(gy_optics_xi(&empty, &options, &found, NULL, NULL), GY_EUSAGE);
}

static gy_status fit_and_read(void *user, gy_error *err) {
  gy_matrix *x = user;
  gy_task task = {.n_threads = 2};
  gy_optics order;
  gy_optics_valleys found;
  gy_optics_options options = gy_optics_defaults();
  gy_optics_xi_options xi = gy_optics_xi_defaults(5);
  gy_status status = gy_optics_fit(*x, &options, &task, &order, err);
  if (status != GY_OK) return status;
  status = gy_optics_xi(&order, &xi, &found, NULL, err);
  gy_optics_clear(&order);
  if (status == GY_OK) gy_optics_valleys_clear(&found);
  return status;
}

Test(optics, every_failed_allocation_is_an_error_and_leaks_nothing) {
  gy_matrix x = make_groups(300, 2, 3, 4, 1);
  cr_assert_geq(alloc_fail_each("optics", fit_and_read, &x), 12);
  free((void *)x.values);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Hierarchical clustering of what nobody would want to cluster: equal rows, extreme values, no room, no time.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/hierarchical.h>

#include "cluster/battery.h"
#include "cluster/points.h"
#include "support/alloc_fail.h"

Test(linkage_edges, strange_values_make_a_tree) {
  enum { N = 300, D = 3, KINDS = 7 };
  float *x = malloc(sizeof(float) * N * D);
  for (int kind = 0; kind < KINDS; kind++) {
    for (size_t i = 0; i < N * D; i++) {
      size_t row = i / D, column = i % D;
      float value = (float)((row * 7919 + column * 104729) % 1009);
      const float kinds[KINDS] = {2.5f,                    /* all equal */
                                  (float)(row % 3),        /* many duplicates */
                                  column == 1 ? 4 : value, /* a constant column */
                                  column == 0 ? value * 9e12f : value * 1e-30f,
                                  value * 1e-42f,           /* denormal */
                                  row % 2 ? 1e16f : -1e16f, /* the largest there are */
                                  row == 0 ? 1e16f : value * 1e-3f};
      x[i] = kinds[kind];
    }
    for (gy_linkage linkage = 0; linkage < GY_LINKAGE_COUNT; linkage++) {
      gy_dendrogram tree = {0};
      gy_error err = {0};
      gy_hierarchical_options options = gy_hierarchical_defaults(linkage);
      gy_status status = gy_hierarchical_fit((gy_matrix){x, N, D}, &options, NULL, &tree, &err);
      cr_assert_eq(status, GY_OK, "kind %d, %s: %s", kind, gy_linkage_name(linkage), err.text);
      int32_t labels[N];
      cr_assert_eq(gy_dendrogram_cut(&tree, 2, labels, NULL), GY_OK);
      for (int32_t i = 0; i < N - 1; i++)
        cr_assert(isfinite(tree.merges[i].height) && tree.merges[i].height >= 0, "kind %d, %s, merge %d: %g",
                  kind, gy_linkage_name(linkage), i, tree.merges[i].height);
      if (kind == 0) cr_assert_eq(tree.merges[N - 2].height, 0);
      if (kind == 6) cr_assert(labels[0] == 1 && labels[1] == 0);
      gy_dendrogram_clear(&tree);
    }
  }
  free(x);
}

Test(linkage_edges, two_thousand_columns) {
  gy_matrix x = make_groups(90, 2000, 3, 3, 5);
  for (gy_linkage linkage = 0; linkage < GY_LINKAGE_COUNT; linkage++) {
    gy_dendrogram tree = {0};
    gy_hierarchical_options options = gy_hierarchical_defaults(linkage);
    cr_assert_eq(gy_hierarchical_fit(x, &options, NULL, &tree, NULL), GY_OK);
    int32_t labels[90];
    cr_assert_eq(gy_dendrogram_cut(&tree, 3, labels, NULL), GY_OK);
    for (int i = 0; i < 90; i++)
      cr_assert_eq(labels[i], labels[i % 3], "%s, row %d", gy_linkage_name(linkage), i);
    gy_dendrogram_clear(&tree);
  }
  free((void *)x.values);
}

Test(linkage_edges, refuses_with_a_sentence) {
  float x[20] = {0}, bad[20] = {0}, endless[20] = {0}, weights[10] = {1, 1, 0};
  bad[7] = NAN;
  endless[9] = 1e30f;
  gy_matrix good = {x, 10, 2};
  const struct {
    gy_matrix x;
    gy_hierarchical_options options;
    size_t memory;
    gy_status status;
    const char *expected;
  } cases[] = {{{bad, 10, 2}, {0}, 0, GY_EDATA, "row 4, column 2 is not a number"},
               {{endless, 10, 2}, {0}, 0, GY_EDATA, "row 5, column 2 is 1e+30"},
               {{x, 0, 2}, {0}, 0, GY_EDATA, "no rows"},
               {{x, 10, 0}, {0}, 0, GY_EUSAGE, "no columns"},
               {good, {.linkage = GY_LINKAGE_COUNT}, 0, GY_EUSAGE, "no linkage"},
               {good, {.weights = weights}, 0, GY_EDATA, "weight of row 3 is 0"},
               {good, {0}, 100, GY_ELIMIT, "the budget is 100"},
               {{x, 50000000, 8}, {.linkage = GY_LINKAGE_AVERAGE}, 1u << 30, GY_ELIMIT, "bytes are needed"},
               {{x, 50000000, 8}, {.linkage = GY_LINKAGE_WARD}, 1u << 30, GY_ELIMIT, "bytes are needed"},
               {{x, SIZE_MAX / 8, 8}, {.linkage = GY_LINKAGE_COMPLETE}, 0, GY_ELIMIT, "at most"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_dendrogram tree = {0};
    gy_error err = {0};
    gy_task task = {.memory_bytes = cases[i].memory};
    cr_expect_eq(gy_hierarchical_fit(cases[i].x, &cases[i].options, &task, &tree, &err), cases[i].status,
                 "case %zu: %s", i, err.text);
    cr_expect_not_null(strstr(err.text, cases[i].expected), "case %zu: %s", i, err.text);
    cr_expect_null(tree.merges);
  }
}

static void stop_now(void *user, const char *phase, uint64_t done, uint64_t total, const char *unit) {
  (void)phase;
  (void)done;
  (void)total;
  (void)unit;
  atomic_store((atomic_bool *)user, true);
}

Test(linkage_edges, stops_when_asked) {
  gy_matrix x = make_groups(3000, 3, 5, 2, 2);
  for (gy_linkage linkage = 0; linkage < GY_LINKAGE_COUNT; linkage++) {
    atomic_bool cancel = false;
    gy_task task = {.n_threads = 2, .cancel = &cancel, .user = &cancel, .progress = stop_now};
    gy_dendrogram tree = {0};
    gy_hierarchical_options options = gy_hierarchical_defaults(linkage);
    cr_expect_eq(gy_hierarchical_fit(x, &options, &task, &tree, NULL), GY_ECANCELLED, "%s",
                 gy_linkage_name(linkage));
    cr_expect_null(tree.merges);
  }
  free((void *)x.values);
}

/* The means that published label vectors have; ties broken otherwise may cost a hundredth. Rows whose
 * reference label is 0 are noise. */
Test(linkage_edges, ward_finds_what_ward_finds, .timeout = 120) {
  static const struct {
    const char *battery;
    double mean;
    double ties;
  } expected[] = {{"fcps", 0.634, 0.01}, {"graves", 0.470, 0.01}, {"other", 0.592, 0.01}};
  for (size_t e = 0; e < sizeof expected / sizeof *expected; e++) {
    double sum = 0;
    int count = 0;
    for (const battery_set *set = BATTERY_SETS; set->name != NULL; set++) {
      if (strcmp(set->battery, expected[e].battery) != 0 || strcmp(set->name, "iris5") == 0) continue;
      gy_matrix x = read_battery_points(set->battery, set->name);
      gy_dendrogram tree = {0};
      gy_hierarchical_options options = gy_hierarchical_defaults(GY_LINKAGE_WARD);
      cr_assert_eq(gy_hierarchical_fit(x, &options, NULL, &tree, NULL), GY_OK);
      double best = -1;
      int32_t *labels = malloc(x.n_rows * sizeof *labels), *reference, k;
      for (int which = 0;
           (reference = read_battery_labels(set->battery, set->name, which, x.n_rows, &k)) != NULL; which++) {
        cr_assert_eq(gy_dendrogram_cut(&tree, k, labels, NULL), GY_OK);
        best = fmax(best, battery_ari(labels, k, reference, k, x.n_rows));
        free(reference);
      }
      sum += best;
      count++;
      free(labels);
      gy_dendrogram_clear(&tree);
      free((void *)x.values);
    }
    cr_expect_geq(sum / count, expected[e].mean - expected[e].ties, "%s: %.4f", expected[e].battery,
                  sum / count);
  }
}

static gy_status fit_small(void *user, gy_error *err) {
  gy_matrix *x = user;
  float weights[100];
  for (int i = 0; i < 100; i++) weights[i] = 1.5f;
  for (gy_linkage linkage = 0; linkage < GY_LINKAGE_COUNT; linkage++) {
    gy_dendrogram tree = {0};
    gy_task task = {.n_threads = 2};
    gy_hierarchical_options options = {.linkage = linkage, .weights = weights};
    gy_status status = gy_hierarchical_fit(*x, &options, &task, &tree, err);
    gy_dendrogram_clear(&tree);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

Test(linkage_edges, every_allocation_may_fail) {
  gy_matrix x = make_groups(100, 3, 4, 3, 1);
  cr_expect_geq(alloc_fail_each("gy_hierarchical_fit", fit_small, &x), 40);
  free((void *)x.values);
}

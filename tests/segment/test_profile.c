/* SPDX-License-Identifier: Apache-2.0
 *
 * Profiles against definitions written out the slow way, and the invariants of effect sizes. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "segment/profile.h"

enum { N = 997, GROUPS = 4, COLUMNS = 3 };

static float values[COLUMNS][N];
static int32_t labels[N];

static void make_data(void) {
  gy_rng rng;
  gy_rng_init(&rng, 11, 0);
  for (int i = 0; i < N; i++) {
    labels[i] = (int32_t)gy_rng_below(&rng, GROUPS + 1) - 1;
    values[0][i] = (float)(gy_rng_normal(&rng) + labels[i]);
    values[1][i] = (float)exp(2 * gy_rng_normal(&rng) + 0.3 * labels[i]);
    values[2][i] = gy_rng_uniform(&rng) < 0.3 ? NAN : (float)gy_rng_below(&rng, 7);
  }
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Median and moments of the values whose membership in `group` equals `inside`. */
static double slow_stats(const float *column, int group, bool inside, bool log, double *mean, double *ss,
                         double *n) {
  double kept[N];
  size_t count = 0;
  for (int i = 0; i < N; i++)
    if (!isnan(column[i]) && (group < 0 || (labels[i] == group) == inside)) kept[count++] = column[i];
  double sum = 0;
  for (size_t i = 0; i < count; i++) sum += log ? copysign(log1p(fabs(kept[i])), kept[i]) : kept[i];
  *mean = sum / (double)count;
  *ss = 0;
  for (size_t i = 0; i < count; i++) {
    double x = log ? copysign(log1p(fabs(kept[i])), kept[i]) : kept[i];
    *ss += (x - *mean) * (x - *mean);
  }
  *n = (double)count;
  qsort(kept, count, sizeof *kept, by_value);
  return (kept[(count - 1) / 2] + kept[count / 2]) / 2;
}

Test(profile, equals_the_definitions, .init = make_data) {
  gy_profile_column columns[COLUMNS] = {{values[0], false}, {values[1], true}, {values[2], false}};
  gy_profile_cell cells[(GROUPS + 1) * COLUMNS];
  gy_error err = {0};
  cr_assert_eq(gy_profile_columns(columns, COLUMNS, N, labels, GROUPS, NULL, cells, &err), GY_OK, "%s",
               err.text);
  for (int g = 0; g < GROUPS; g++) {
    for (int c = 0; c < COLUMNS; c++) {
      double mean, ss, n, rest_mean, rest_ss, rest_n;
      double median = slow_stats(values[c], g, true, columns[c].log, &mean, &ss, &n);
      slow_stats(values[c], g, false, columns[c].log, &rest_mean, &rest_ss, &rest_n);
      double d = (mean - rest_mean) / sqrt((ss + rest_ss) / (n + rest_n - 2));
      gy_profile_cell cell = cells[g * COLUMNS + c];
      cr_assert_float_eq(cell.median, median, 1e-9, "group %d column %d: median %g, expected %g", g, c,
                         cell.median, median);
      cr_assert_float_eq(cell.effect, d, 1e-9, "group %d column %d: effect %g, expected %g", g, c,
                         cell.effect, d);
    }
  }
  double mean, ss, n;
  cr_assert_float_eq(cells[GROUPS * COLUMNS].median, slow_stats(values[0], -1, true, false, &mean, &ss, &n),
                     1e-9);
  cr_assert_float_eq(cells[GROUPS * COLUMNS].mean, mean, 1e-9);
}

Test(profile, threads_change_nothing, .init = make_data) {
  gy_profile_column columns[COLUMNS] = {{values[0], false}, {values[1], true}, {values[2], false}};
  gy_profile_cell one[(GROUPS + 1) * COLUMNS], many[(GROUPS + 1) * COLUMNS];
  memset(one, 0, sizeof one);
  memset(many, 0, sizeof many);
  gy_task single = {.n_threads = 1}, seven = {.n_threads = 7};
  cr_assert_eq(gy_profile_columns(columns, COLUMNS, N, labels, GROUPS, &single, one, NULL), GY_OK);
  cr_assert_eq(gy_profile_columns(columns, COLUMNS, N, labels, GROUPS, &seven, many, NULL), GY_OK);
  cr_assert_eq(memcmp(one, many, sizeof one), 0);
}

Test(profile, two_groups_have_opposite_effects, .init = make_data) {
  for (int i = 0; i < N; i++) labels[i] = labels[i] > 1;
  gy_profile_column column = {values[1], true};
  gy_profile_cell cells[3];
  cr_assert_eq(gy_profile_columns(&column, 1, N, labels, 2, NULL, cells, NULL), GY_OK);
  cr_assert_float_eq(cells[0].effect, -cells[1].effect, 1e-12);
  cr_assert(cells[1].effect > 0.05);
}

Test(profile, edges_are_defined) {
  float equal[4] = {5, 5, 5, 5}, missing[4] = {NAN, NAN, NAN, NAN}, apart[4] = {1, 1, 2, 2};
  int32_t halves[4] = {0, 0, 1, 1}, lonely[4] = {0, 1, 1, 1};
  gy_profile_column columns[3] = {{equal, false}, {missing, false}, {apart, false}};
  gy_profile_cell cells[9];
  cr_assert_eq(gy_profile_columns(columns, 3, 4, halves, 2, NULL, cells, NULL), GY_OK);
  cr_assert_eq(cells[0].effect, 0);
  cr_assert_eq(cells[0].median, 5);
  cr_assert(isnan(cells[1].median) && cells[1].effect == 0);
  cr_assert(isinf(cells[2].effect) && cells[2].effect < 0);
  cr_assert_eq(gy_profile_columns(columns, 3, 4, lonely, 2, NULL, cells, NULL), GY_OK);
  cr_assert_eq(cells[2].effect, 0, "one member has no spread to compare with");
  cr_assert_eq(gy_profile_columns(columns, 3, 0, halves, 2, NULL, cells, NULL), GY_OK);
  cr_assert(isnan(cells[0].median));
}

Test(profile, share_effect_is_cohens_h) {
  cr_assert_float_eq(gy_profile_share_effect(0.5, 0.5), 0, 1e-12);
  cr_assert_float_eq(gy_profile_share_effect(1, 0), 3.14159265358979, 1e-12);
  cr_assert_float_eq(gy_profile_share_effect(0.4, 0.6), -gy_profile_share_effect(0.6, 0.4), 1e-12);
}

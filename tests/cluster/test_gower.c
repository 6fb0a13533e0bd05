/* SPDX-License-Identifier: Apache-2.0
 *
 * Gower's dissimilarity against R's cluster::daisy and against its definition. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/dissimilarity.h>

#include "base/rng.h"

#define NA (float)NAN

/* cluster 2.1.4: daisy(x, metric = "gower", type = list(asymm = "y"), weights = c(1, 2, 1, 0.5, 1)), the
 * third column ordered, the fourth a factor. */
Test(gower, figures_are_those_of_daisy) {
  static const float rows[] = {1.5f, 10, 1, 0,    0,  2, -5, 3, 1, 1, NA, 0, 2,
                               1,    0,  8, 2.5f, NA, 2, 0,  3, 7, 7, NA, 1};
  static const gy_gower_column columns[] = {{GY_GOWER_NUMBER, 1},
                                            {GY_GOWER_NUMBER, 2},
                                            {GY_GOWER_ORDERED, 1},
                                            {GY_GOWER_CATEGORY, 0.5f},
                                            {GY_GOWER_ASYMMETRIC, 1}};
  static const double expected[25] = {0,           0.771561772, 0.619047619, 0.714285714, 0.526153846,
                                      0.771561772, 0,           0.444444444, 0.760683761, 0.417435897,
                                      0.619047619, 0.444444444, 0,           0.333333333, 0.65,
                                      0.714285714, 0.760683761, 0.333333333, 0,           0.592307692,
                                      0.526153846, 0.417435897, 0.65,        0.592307692, 0};
  float encoded[25], table[25];
  cr_assert_eq(gy_gower_encode((gy_matrix){rows, 5, 5}, columns, NULL, encoded, NULL), GY_OK);
  gy_dissimilarity of = gy_dissimilarity_gower((gy_matrix){encoded, 5, 5}, columns);
  cr_assert_eq(gy_dissimilarity_table(&of, NULL, table, NULL), GY_OK);
  for (int i = 0; i < 25; i++)
    cr_assert_float_eq((double)table[i], expected[i], 1e-6, "rows %d and %d: %g, not %g", i / 5 + 1,
                       i % 5 + 1, (double)table[i], expected[i]);
}

static double rank_of(gy_matrix x, size_t column, float value, double *n_distinct) {
  double rank = 0;
  *n_distinct = 0;
  for (size_t i = 0; i < x.n_rows; i++) {
    float other = gy_matrix_row(x, i)[column];
    bool seen = isnan(other);
    for (size_t e = 0; e < i; e++) seen |= gy_matrix_row(x, e)[column] == other;
    if (seen) continue;
    *n_distinct += 1;
    rank += other < value;
  }
  return rank;
}

/* Gower 1971, column by column, from the raw rows. */
static double plain_gower(gy_matrix x, const gy_gower_column *columns, size_t a, size_t b) {
  double sum = 0, known = 0;
  for (size_t j = 0; j < x.n_columns; j++) {
    float u = gy_matrix_row(x, a)[j], v = gy_matrix_row(x, b)[j];
    double least = INFINITY, most = -INFINITY, distinct, difference = u != v;
    if (isnan(u) || isnan(v)) continue;
    if (columns[j].kind == GY_GOWER_ASYMMETRIC && u == 0 && v == 0) continue;
    if (columns[j].kind == GY_GOWER_ASYMMETRIC) difference = (u != 0) != (v != 0);
    for (size_t i = 0; i < x.n_rows; i++) {
      double value = (double)gy_matrix_row(x, i)[j];
      least = fmin(least, value);
      most = fmax(most, value);
    }
    if (columns[j].kind == GY_GOWER_NUMBER)
      difference = fabs((double)u - (double)v) / (most > least ? most - least : 1);
    if (columns[j].kind == GY_GOWER_ORDERED) {
      double rank_u = rank_of(x, j, u, &distinct), rank_v = rank_of(x, j, v, &distinct);
      difference = fabs(rank_u - rank_v) / fmax(distinct - 1, 1);
    }
    sum += (double)columns[j].weight * difference;
    known += (double)columns[j].weight;
  }
  return sum / known;
}

Test(gower, agrees_with_its_definition_also_in_place_and_with_missing_values) {
  enum { N = 37, D = 9 };
  for (uint64_t seed = 0; seed < 6; seed++) {
    gy_rng rng;
    gy_rng_init(&rng, seed, 0);
    gy_gower_column columns[D];
    float raw[N * D], encoded[N * D], table[N * N];
    for (size_t j = 0; j < D; j++) columns[j] = (gy_gower_column){(gy_gower_kind)(j % 4), (float)(j % 3)};
    for (size_t i = 0; i < N * D; i++) {
      raw[i] = i % D % 4 == 0 ? (float)(1e5 * gy_rng_normal(&rng)) : (float)gy_rng_below(&rng, 1 + i % D);
      if (gy_rng_uniform(&rng) < 0.2) raw[i] = NA;
    }
    memcpy(encoded, raw, sizeof raw);
    cr_assert_eq(gy_gower_encode((gy_matrix){encoded, N, D}, columns, NULL, encoded, NULL), GY_OK);
    gy_dissimilarity of = gy_dissimilarity_gower((gy_matrix){encoded, N, D}, columns);
    cr_assert_eq(gy_dissimilarity_table(&of, NULL, table, NULL), GY_OK);
    for (size_t i = 0; i < N * N; i++) {
      double expected = plain_gower((gy_matrix){raw, N, D}, columns, i / N, i % N);
      cr_assert(isnan(expected) ? isnan(table[i]) : fabs((double)table[i] - expected) <= 1e-6,
                "seed %d, pair %zu %zu: %g, not %g", (int)seed, i / N, i % N, (double)table[i], expected);
    }
  }
}

Test(gower, refuses_what_it_cannot_use) {
  float endless[] = {1, (float)INFINITY}, encoded[2];
  const gy_gower_column number = {GY_GOWER_NUMBER, 1}, none = {GY_GOWER_NUMBER, 0},
                        odd = {(gy_gower_kind)9, 1}, negative = {GY_GOWER_NUMBER, -1};
  const struct {
    const gy_gower_column *column;
    gy_status status;
    const char *part;
  } cases[] = {{&number, GY_EDATA, "row 2, column 1 is inf"},
               {&none, GY_EUSAGE, "weight above 0"},
               {&odd, GY_EUSAGE, "unknown kind 9"},
               {&negative, GY_EUSAGE, "weight of column 1 is -1"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_error err = {0};
    cr_assert_eq(gy_gower_encode((gy_matrix){endless, 2, 1}, cases[i].column, NULL, encoded, &err),
                 cases[i].status, "case %zu", i);
    cr_assert_not_null(strstr(err.text, cases[i].part), "case %zu: %s", i, err.text);
  }
}

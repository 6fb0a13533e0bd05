/* SPDX-License-Identifier: Apache-2.0
 *
 * A preparation of any small rows by any rules: every value filled that was to be, the same a row at a time,
 * or a sentence. */
#include <math.h>
#include <string.h>

#include <gyeol/preparation.h>

#include "fuzz_points.h"

enum { ROWS = 90, COLUMNS = 7, CATEGORIES = 4 };

static void check_column(const gy_preparation *p, size_t j) {
  const gy_prepared_column *column = &p->columns[j];
  must(column->n_missing >= 0 && column->n_missing <= p->n_rows);
  must(column->n_low + column->n_high + column->n_missing <= p->n_rows);
  must(column->low <= column->high);
  if (!column->predicted) return;
  must(column->rule.missing == GY_MISSING_PREDICT && column->n_trained >= GY_PREDICTED_ROWS_MIN);
  must(column->error >= 0 && column->baseline >= 0 && isfinite(column->error));
  if (column->is_category)
    must(column->error <= 1 && column->tree->n_nodes >= 1);
  else
    must(column->least <= column->most);
}

static void check(const gy_preparation *p, const gy_attributes *x) {
  static float numbers[ROWS * COLUMNS];
  static int32_t codes[ROWS * CATEGORIES];
  uint8_t states[ROWS];
  int64_t n_kept = 0;
  must(p->n_rows == (int64_t)x->n_rows && p->n_dropped + p->n_aside < p->n_rows);
  for (size_t j = 0; j < p->n_numbers + p->n_categories; j++) check_column(p, j);
  must(gy_preparation_apply(p, x, NULL, numbers, codes, states, NULL) == GY_OK);
  for (size_t i = 0; i < x->n_rows; i++) {
    double row[COLUMNS];
    int32_t row_codes[CATEGORIES];
    const float *given = x->n_numbers > 0 ? x->numbers + i * x->n_numbers : NULL;
    const int32_t *given_codes = x->n_categories > 0 ? x->codes + i * x->n_categories : NULL;
    must(gy_preparation_row(p, given, given_codes, row, row_codes) == states[i]);
    n_kept += states[i] == GY_ROW_KEPT;
    for (size_t j = 0; j < x->n_numbers; j++) {
      float value = numbers[i * x->n_numbers + j];
      gy_missing_way way = p->columns[j].rule.missing;
      must(isnan(value) ? isnan(row[j]) : (float)row[j] == value);
      must(isnan(value) == (isnan(given[j]) && (way == GY_MISSING_LEAVE || way == GY_MISSING_DROP)));
    }
    for (size_t j = 0; j < x->n_categories; j++) {
      must(codes[i * x->n_categories + j] == row_codes[j]);
      must(row_codes[j] >= -1 && row_codes[j] <= x->n_levels[j]);
    }
  }
  must(n_kept == p->n_rows - p->n_dropped - p->n_aside);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bytes bytes = {data, size};
  gy_preparation_rule rules[COLUMNS + CATEGORIES] = {0};
  int32_t n_levels[CATEGORIES];
  size_t m = fuzz_below(&bytes, CATEGORIES + 1);
  unsigned holes = 1 + fuzz_below(&bytes, 12), wrong = fuzz_below(&bytes, 12);
  uint64_t seed = fuzz_below(&bytes, 3);
  unsigned ways[COLUMNS + CATEGORIES];
  for (size_t j = 0; j < COLUMNS + CATEGORIES; j++) ways[j] = fuzz_below(&bytes, 256);
  gy_matrix given = fuzz_points(&bytes, ROWS, COLUMNS);
  size_t n = given.n_rows, d = given.n_columns;
  float *numbers = (float *)given.values;
  int32_t *codes = malloc((n * m + 1) * sizeof *codes);
  must(codes != NULL);
  for (size_t j = 0; j < m; j++) n_levels[j] = 1 + (int32_t)fuzz_below(&bytes, 30);
  for (size_t i = 0; i < n * m; i++)
    codes[i] = (int32_t)fuzz_below(&bytes, (unsigned)n_levels[i % m] + 1) - 1;
  for (size_t i = 0; i < n * d; i++)
    if (fuzz_below(&bytes, holes + 1) == 0) numbers[i] = NAN;
  for (size_t j = 0; j < d + m; j++) {
    unsigned way = ways[j];
    rules[j].missing =
        j < d && way % 8 == GY_MISSING_OWN && wrong != 1 ? GY_MISSING_PREDICT : (gy_missing_way)(way % 8);
    if (j >= d && (way % 8 == GY_MISSING_MEAN || way % 8 == GY_MISSING_MEDIAN) && wrong != 1)
      rules[j].missing = GY_MISSING_PREDICT;
    rules[j].constant = (double)(way / 8 % 3);
    if (j >= d && rules[j].constant > n_levels[j - d]) rules[j].constant = n_levels[j - d];
    if (j < d) rules[j].outliers = (gy_outlier_way)(way / 8 % 6);
    rules[j].at = (double)(1 + way / 48) * 0.09;
  }
  gy_attributes x = {n, numbers, d, codes, m, n_levels};
  gy_preparation p;
  gy_error err = {0};
  gy_status status = gy_preparation_fit(&x, rules, seed, NULL, &p, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  if (status == GY_OK) {
    check(&p, &x);
    gy_preparation_clear(&p);
  }
  free(codes);
  free(numbers);
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Encoding for Gower's dissimilarity: what depends on all rows (ranges, ranks) is done once, so that two rows
 * are compared column by column without looking at others (dissimilarity_kernel.c). */
#include <gyeol/gower.h>

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/dissimilarity.h>

static int by_value(const void *a, const void *b) {
  float first = *(const float *)a, second = *(const float *)b;
  return (first > second) - (first < second);
}

/* The different values of a column, ascending; NaN left out. Returns how many. */
static size_t distinct_values(gy_matrix x, size_t column, float *values) {
  size_t n = 0, n_distinct = 0;
  for (size_t i = 0; i < x.n_rows; i++) {
    float value = gy_matrix_row(x, i)[column];
    if (!isnan(value)) values[n++] = value;
  }
  if (n > 0) qsort(values, n, sizeof *values, by_value);
  for (size_t i = 0; i < n; i++)
    if (n_distinct == 0 || values[i] != values[n_distinct - 1]) values[n_distinct++] = values[i];
  return n_distinct;
}

static size_t rank_of(const float *values, size_t n, float value) {
  size_t low = 0, high = n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (values[middle] < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

static void encode_ordered(gy_matrix x, size_t column, float *values, float *encoded) {
  size_t n_distinct = distinct_values(x, column, values);
  double range = n_distinct > 1 ? (double)(n_distinct - 1) : 1;
  for (size_t i = 0; i < x.n_rows; i++) {
    float value = gy_matrix_row(x, i)[column];
    encoded[i * x.n_columns + column] =
        isnan(value) ? value : (float)((double)rank_of(values, n_distinct, value) / range);
  }
}

/* 0..1: nearer to zero than value / range, so that large values keep their differences. */
static void encode_number(gy_matrix x, size_t column, float *encoded) {
  double least = INFINITY, most = -INFINITY;
  for (size_t i = 0; i < x.n_rows; i++) {
    double value = (double)gy_matrix_row(x, i)[column];
    if (value < least) least = value;
    if (value > most) most = value;
  }
  double range = most > least ? most - least : 1;
  for (size_t i = 0; i < x.n_rows; i++)
    encoded[i * x.n_columns + column] = (float)(((double)gy_matrix_row(x, i)[column] - least) / range);
}

static gy_status check_columns(gy_matrix x, const gy_gower_column *columns, bool *any_ordered,
                               gy_error *err) {
  double sum = 0;
  *any_ordered = false;
  for (size_t j = 0; j < x.n_columns; j++) {
    if ((unsigned)columns[j].kind > GY_GOWER_ASYMMETRIC)
      return gy_fail(err, GY_EUSAGE, "gower: column %zu is of unknown kind %d", j + 1, (int)columns[j].kind);
    if (!(columns[j].weight >= 0 && columns[j].weight <= 1e6f))
      return gy_fail(err, GY_EUSAGE, "gower: the weight of column %zu is %g; weights are 0..1e6", j + 1,
                     (double)columns[j].weight);
    sum += (double)columns[j].weight;
    *any_ordered |= columns[j].kind == GY_GOWER_ORDERED;
  }
  if (!(sum > 0)) return gy_fail(err, GY_EUSAGE, "gower: no column has a weight above 0");
  return GY_OK;
}

static gy_status check_values(gy_matrix x, const gy_gower_column *columns, gy_error *err) {
  for (size_t i = 0; i < x.n_rows; i++) {
    for (size_t j = 0; j < x.n_columns; j++) {
      float value = gy_matrix_row(x, i)[j];
      if (isinf(value))
        return gy_fail(err, GY_EDATA, "gower: row %zu, column %zu is %g; fill it or drop the row", i + 1,
                       j + 1, (double)value);
      if (columns[j].kind >= GY_GOWER_CATEGORY && fabsf(value) > GY_DISSIMILARITY_VALUE_LIMIT)
        return gy_fail(err, GY_EDATA, "gower: row %zu, column %zu is %g, which is no code of a category",
                       i + 1, j + 1, (double)value);
    }
  }
  return GY_OK;
}

gy_status gy_gower_encode(gy_matrix x, const gy_gower_column *columns, const gy_task *task, float *encoded,
                          gy_error *err) {
  bool any_ordered;
  float *values = NULL;
  gy_status status = check_columns(x, columns, &any_ordered, err);
  if (status == GY_OK) status = check_values(x, columns, err);
  if (status != GY_OK) return status;
  if (any_ordered) {
    values = malloc((x.n_rows + 1) * sizeof *values);
    if (values == NULL) return gy_fail(err, GY_ENOMEM, "gower: out of memory for %zu rows", x.n_rows);
  }
  for (size_t j = 0; status == GY_OK && j < x.n_columns; j++) {
    if (columns[j].kind == GY_GOWER_ORDERED) {
      encode_ordered(x, j, values, encoded);
    } else if (columns[j].kind == GY_GOWER_NUMBER) {
      encode_number(x, j, encoded);
    } else if (encoded != x.values) {
      for (size_t i = 0; i < x.n_rows; i++) encoded[i * x.n_columns + j] = gy_matrix_row(x, i)[j];
    }
    status = gy_task_check(task, err);
  }
  free(values);
  return status;
}

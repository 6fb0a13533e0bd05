/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/preparation_columns.h"

#include <math.h>
#include <stdlib.h>

#include "num/moments.h"
#include "num/quantile.h"

/* What makes deviations of normal values estimate sigma: the median absolute one, and the mean absolute one.
 */
static const double FROM_MEDIAN = 1.482602218505602, FROM_MEAN = 1.2533141373155003;

/* ---- bounds ---- */

static double median(double *values, size_t n) {
  double found;
  gy_quantiles(values, n, (const double[]){0.5}, 1, &found);
  return found;
}

static void find_robust_bounds(gy_prepared_column *column, double *values, size_t n) {
  double center = median(values, n), sum = 0;
  for (size_t i = 0; i < n; i++) {
    values[i] = fabs(values[i] - center);
    sum += values[i];
  }
  double s = FROM_MEDIAN * median(values, n);
  if (!(s > 0)) s = FROM_MEAN * sum / (double)n;
  if (!(s > 0)) return;
  column->low = center - column->rule.at * s;
  column->high = center + column->rule.at * s;
}

static void find_bounds(gy_prepared_column *column, double *values, size_t n) {
  double at = column->rule.at;
  size_t outside = (size_t)((double)(n - 1) * at);
  switch (column->rule.outliers) {
    case GY_OUTLIERS_WINSORISE: {
      double quantiles[2];
      gy_quantiles(values, n, (const double[]){at, 1 - at}, 2, quantiles);
      column->low = quantiles[0];
      column->high = quantiles[1];
      break;
    }
    case GY_OUTLIERS_ISOLATE:
      column->low = gy_select(values, n, outside);
      column->high = gy_select(values, n, n - 1 - outside);
      break;
    case GY_OUTLIERS_ROBUST_Z:
    case GY_OUTLIERS_FLAG:
      find_robust_bounds(column, values, n);
      break;
    case GY_OUTLIERS_NONE:
    case GY_OUTLIERS_LOG:
      break;
  }
}

bool gy_preparation_bounds(gy_preparation_work *work, size_t j, double *values) {
  const gy_attributes *x = work->x;
  gy_prepared_column *column = &work->p->columns[j];
  size_t n = 0;
  for (size_t i = 0; i < x->n_rows; i++) {
    float value = x->numbers[i * x->n_numbers + j];
    if (isinf(value)) return false;
    if (!isnan(value)) values[n++] = (double)value;
  }
  column->n_missing = (int64_t)(x->n_rows - n);
  if (n > 0) find_bounds(column, values, n);
  for (size_t i = 0; i < x->n_rows; i++) {
    double value = (double)x->numbers[i * x->n_numbers + j];
    column->n_low += value < column->low;
    column->n_high += value > column->high;
  }
  return true;
}

/* ---- fills ---- */

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The longest run of equal values once sorted; the first of equals. */
static double mode(double *values, size_t n) {
  qsort(values, n, sizeof *values, by_value);
  size_t most = 0;
  double found = values[0];
  for (size_t first = 0, end; first < n; first = end) {
    for (end = first + 1; end < n && values[end] == values[first];) end++;
    if (end - first <= most) continue;
    most = end - first;
    found = values[first];
  }
  return found;
}

static double fill_of(const gy_prepared_column *column, double mean, double *values, size_t n) {
  switch (column->rule.missing) {
    case GY_MISSING_LEAVE:
    case GY_MISSING_DROP:
      return NAN;
    case GY_MISSING_CONSTANT:
      return column->rule.outliers == GY_OUTLIERS_LOG ? gy_treat(column, column->rule.constant)
                                                      : column->rule.constant;
    case GY_MISSING_MEAN:
      return mean;
    case GY_MISSING_MODE:
      return n > 0 ? mode(values, n) : 0;
    case GY_MISSING_MEDIAN:
    case GY_MISSING_PREDICT:
    case GY_MISSING_OWN:
      break;
  }
  return n > 0 ? median(values, n) : 0;
}

void gy_preparation_fill_number(gy_preparation_work *work, size_t j, double *values) {
  const gy_attributes *x = work->x;
  gy_prepared_column *column = &work->p->columns[j];
  size_t n = 0;
  for (size_t i = 0; i < x->n_rows; i++) {
    float value = x->numbers[i * x->n_numbers + j];
    if (work->states[i] == GY_ROW_KEPT && !isnan(value)) values[n++] = gy_treat(column, (double)value);
  }
  double mean = 0, variance = 0;
  if (n > 0) gy_moments(values, n, &mean, &variance);
  work->n_present[j] = (int64_t)n;
  work->centers[j] = mean;
  work->sds[j] = sqrt(variance);
  column->fill = fill_of(column, mean, values, n);
}

void gy_preparation_fill_category(gy_preparation_work *work, size_t j) {
  const gy_attributes *x = work->x;
  gy_prepared_column *column = &work->p->columns[j];
  for (int32_t l = 0; l < column->n_levels; l++) work->counts[l] = 0;
  int64_t n = 0;
  for (size_t i = 0; i < x->n_rows; i++) {
    int32_t code = x->codes[i * x->n_categories + j - x->n_numbers];
    column->n_missing += code < 0;
    if (work->states[i] != GY_ROW_KEPT || code < 0) continue;
    work->counts[code]++;
    n++;
  }
  work->n_present[j] = n;
  int32_t most = 0;
  for (int32_t l = 1; l < column->n_levels; l++)
    if (work->counts[l] > work->counts[most]) most = l;
  column->fill = -1;
  if (column->rule.missing == GY_MISSING_OWN) column->fill = column->n_levels;
  if (column->rule.missing == GY_MISSING_CONSTANT) column->fill = column->rule.constant;
  if (n > 0 && (column->rule.missing == GY_MISSING_MODE || column->rule.missing == GY_MISSING_PREDICT))
    column->fill = most;
}

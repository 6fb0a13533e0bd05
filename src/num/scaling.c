/* SPDX-License-Identifier: Apache-2.0
 *
 * Fitting and applying column transformations. Columns are fitted one by one, each copied out of the matrix
 * as doubles, so that quantiles and moments see exactly what gy_scaling_value will compute. */
#include <gyeol/scaling.h>

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "num/blocks.h"
#include "num/moments.h"
#include "num/quantile.h"
#include "num/threads.h"

/* The interquartile range of the standard normal distribution. */
static const double NORMAL_IQR = 1.3489795003921634;

static double transform(bool take_log, double x) { return take_log ? copysign(log1p(fabs(x)), x) : x; }

double gy_scaling_value(const gy_column_scaling *column, double x) {
  double present = isnan(x) ? column->fill : x;
  return (transform(column->log, present) - column->center) / column->scale;
}

double gy_scaling_invert(const gy_column_scaling *column, double y) {
  double t = y * column->scale + column->center;
  return column->log ? copysign(expm1(fabs(t)), t) : t;
}

/* Copies the present values of column `j`; returns how many, or SIZE_MAX when one is infinite. */
static size_t present_values(gy_matrix x, size_t j, double *values) {
  size_t n = 0;
  for (size_t i = 0; i < x.n_rows; i++) {
    double value = (double)gy_matrix_row(x, i)[j];
    if (isnan(value)) continue;
    if (isinf(value)) return SIZE_MAX;
    values[n++] = value;
  }
  return n;
}

static void choose_center_and_scale(gy_column_scaling *column, double *values, size_t n) {
  double mean, variance, quartiles[3];
  gy_moments(values, n, &mean, &variance);
  double sd = sqrt(variance);
  if (column->method == GY_SCALING_STANDARD) {
    column->center = mean;
    column->scale = sd;
    column->source = GY_SCALE_SD;
  } else {
    gy_quantiles(values, n, (const double[]){0.25, 0.5, 0.75}, 3, quartiles);
    double iqr = quartiles[2] - quartiles[0];
    column->center = quartiles[1];
    column->scale = iqr > 0 ? iqr : NORMAL_IQR * sd;
    column->source = iqr > 0 ? GY_SCALE_IQR : GY_SCALE_SD_AS_IQR;
  }
  /* A deviation below the rounding of the values themselves is a constant column, not a tiny spread. */
  if (!(column->scale > 1e-12 * fabs(column->center))) {
    column->scale = 1;
    column->source = GY_SCALE_CONSTANT;
  }
}

static void fit_column(gy_column_scaling *column, double *values, size_t n_present, size_t n_rows) {
  column->n_missing = (int64_t)(n_rows - n_present);
  column->center = 0;
  column->scale = 1;
  column->fill = 0;
  column->source = n_present == 0 ? GY_SCALE_CONSTANT : GY_SCALE_UNIT;
  if (n_present == 0) return;
  gy_quantiles(values, n_present, (const double[]){0.5}, 1, &column->fill);
  if (column->method == GY_SCALING_NONE) return;
  for (size_t i = 0; i < n_present; i++) values[i] = transform(column->log, values[i]);
  choose_center_and_scale(column, values, n_present);
}

static gy_status fail_infinite(gy_matrix x, gy_error *err) {
  for (size_t i = 0; i < x.n_rows * x.n_columns; i++) {
    if (isinf(x.values[i]))
      return gy_fail(err, GY_EDATA, "scaling: row %zu, column %zu is infinite; clean it before scaling",
                     i / x.n_columns + 1, i % x.n_columns + 1);
  }
  return gy_fail(err, GY_EINTERNAL, "scaling: an infinite value was seen and then not found");
}

gy_status gy_scaling_fit(gy_matrix x, const gy_task *task, gy_column_scaling *columns, gy_error *err) {
  size_t n = x.n_rows, d = x.n_columns;
  if (n == 0) return gy_fail(err, GY_EDATA, "scaling: there are no rows to fit on");
  int n_threads = gy_task_threads(task);
  if ((size_t)n_threads > d) n_threads = d > 0 ? (int)d : 1;
  gy_status status = GY_OK;
  atomic_bool infinite = false;
  gy_column_scaling *fitted = malloc((d + 1) * sizeof *fitted);
  double *values = malloc((size_t)n_threads * n * sizeof *values);
  if (fitted == NULL || values == NULL) {
    status =
        gy_fail(err, GY_ENOMEM, "scaling: out of memory for %d copies of a column of %zu rows", n_threads, n);
    goto done;
  }
  memcpy(fitted, columns, d * sizeof *fitted);
#pragma omp parallel for schedule(dynamic) num_threads(n_threads)
  for (size_t j = 0; j < d; j++) {
    if (gy_task_cancelled(task)) continue;
    double *column = values + gy_thread_number() * n;
    size_t n_present = present_values(x, j, column);
    if (n_present == SIZE_MAX) {
      atomic_store_explicit(&infinite, true, memory_order_relaxed);
    } else {
      fit_column(&fitted[j], column, n_present, n);
    }
  }
  status = gy_task_check(task, err);
  if (status == GY_OK && infinite) status = fail_infinite(x, err);
  if (status == GY_OK) memcpy(columns, fitted, d * sizeof *fitted);
done:
  free(values);
  free(fitted);
  return status;
}

/* Scales rows first..end-1; returns how many NaN were filled, or -1 when a value is infinite. */
static int64_t apply_rows(const gy_column_scaling *columns, gy_matrix x, size_t first, size_t end,
                          float *out) {
  int64_t n_filled = 0;
  size_t d = x.n_columns;
  for (size_t i = first; i < end; i++) {
    for (size_t j = 0; j < d; j++) {
      double value = (double)x.values[i * d + j];
      if (isinf(value)) return -1;
      n_filled += isnan(value);
      out[i * d + j] = (float)gy_scaling_value(&columns[j], value);
    }
  }
  return n_filled;
}

gy_status gy_scaling_apply(const gy_column_scaling *columns, gy_matrix x, const gy_task *task, float *out,
                           int64_t *n_filled, gy_error *err) {
  gy_blocks blocks = gy_blocks_of(x.n_rows, 2048);
  atomic_bool infinite = false;
  int64_t filled = 0;
#pragma omp parallel for schedule(static) num_threads(gy_task_threads(task)) reduction(+ : filled) \
    if (blocks.count > 1)
  for (size_t b = 0; b < blocks.count; b++) {
    if (gy_task_cancelled(task)) continue;
    int64_t count = apply_rows(columns, x, gy_block_first(&blocks, b), gy_block_end(&blocks, b), out);
    if (count < 0) atomic_store_explicit(&infinite, true, memory_order_relaxed);
    filled += count;
  }
  gy_status status = gy_task_check(task, err);
  if (status == GY_OK && infinite) status = fail_infinite(x, err);
  if (status == GY_OK && n_filled != NULL) *n_filled = filled;
  return status;
}

static const char *const METHOD_NAMES[] = {"none", "standard", "robust"};

const char *gy_scaling_method_name(gy_scaling_method method) { return METHOD_NAMES[method]; }

bool gy_scaling_method_parse(const char *name, gy_scaling_method *method) {
  for (int m = GY_SCALING_NONE; m <= GY_SCALING_ROBUST; m++) {
    if (strcmp(name, METHOD_NAMES[m]) != 0) continue;
    *method = (gy_scaling_method)m;
    return true;
  }
  return false;
}

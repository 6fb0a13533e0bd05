/* SPDX-License-Identifier: Apache-2.0
 *
 * Columns brought to one scale, and values that no method can compute with refused where they can still be
 * named: by their line in the file and their column. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study/point_table.h"

/* Below this range squared differences leave what a float holds with all its digits. */
static const float LEAST_RANGE = 1e-15f;

gy_status gy_points_refuse_infinite(const gy_point_table *table, gy_error *err) {
  size_t d = table->n_columns;
  for (size_t i = 0; i < table->n * d; i++) {
    if (!isinf(table->values[i])) continue;
    return gy_fail(err, GY_EDATA,
                   "line %lld: column '%s' is infinite or beyond 3.4e38; correct the value or drop the row",
                   (long long)table->row_no[i / d], table->names[i % d]);
  }
  return GY_OK;
}

static gy_status refuse_beyond_limit(const gy_point_table *table, const char *how, gy_error *err) {
  size_t d = table->n_columns;
  for (size_t i = 0; i < table->n * d; i++) {
    if (fabsf(table->values[i]) <= GY_POINT_LIMIT || isnan(table->values[i])) continue;
    return gy_fail(
        err, GY_EDATA,
        "line %lld: column '%s' is %g with --scale %s, beyond %g, where squared distances no longer "
        "fit; use --scale standard or log, or correct the value",
        (long long)table->row_no[i / d], table->names[i % d], (double)table->values[i], how,
        (double)GY_POINT_LIMIT);
  }
  return GY_OK;
}

/* The widest column's range; 0 where all rows are equal. */
static float widest_range(const gy_point_table *table) {
  size_t d = table->n_columns;
  float widest = 0;
  for (size_t j = 0; j < d && widest < LEAST_RANGE; j++) {
    float least = table->values[j], most = least;
    for (size_t i = 1; i < table->n; i++) {
      least = fminf(least, table->values[i * d + j]);
      most = fmaxf(most, table->values[i * d + j]);
    }
    widest = fmaxf(widest, most - least);
  }
  return widest;
}

static gy_status refuse_vanishing(const gy_point_table *table, gy_error *err) {
  float range = widest_range(table);
  if (range == 0 || range >= LEAST_RANGE) return GY_OK;
  return gy_fail(err, GY_EDATA,
                 "no column spreads over more than %g, where squared distances vanish; use --scale standard",
                 (double)range);
}

/* From the values that were there: a fill shall not make a column look narrower than it is. */
static gy_status fit(const gy_point_table *table, const gy_task *task, gy_column_scaling *scaling,
                     gy_error *err) {
  size_t d = table->n_columns, n = table->n * d;
  if (table->filled == NULL)
    return gy_scaling_fit((gy_matrix){table->values, table->n, d}, task, scaling, err);
  float *present = malloc((n + 1) * sizeof *present);
  if (present == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu rows", table->n);
  for (size_t i = 0; i < n; i++) present[i] = table->filled[i] ? NAN : table->values[i];
  gy_status status = gy_scaling_fit((gy_matrix){present, table->n, d}, task, scaling, err);
  free(present);
  return status;
}

/* What is still missing once prepared was to be left. */
static gy_status apply(gy_point_table *table, const gy_task *task, gy_column_scaling *scaling,
                       gy_error *err) {
  size_t d = table->n_columns;
  gy_column_scaling *leaving = table->filled != NULL ? malloc((d + 1) * sizeof *leaving) : scaling;
  if (leaving == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu columns", d);
  for (size_t j = 0; j < d && leaving != scaling; j++) {
    leaving[j] = scaling[j];
    leaving[j].fill = NAN;
  }
  gy_status status =
      gy_scaling_apply(leaving, (gy_matrix){table->values, table->n, d}, task, table->values, NULL, err);
  if (leaving != scaling) free(leaving);
  return status;
}

gy_status gy_points_scale(gy_point_table *table, const char *how, const gy_task *task,
                          gy_column_scaling **scaling, gy_error *err) {
  const char *name = how != NULL ? how : "standard";
  size_t d = table->n_columns;
  bool log = strcmp(name, "log") == 0;
  gy_scaling_method method = GY_SCALING_STANDARD;
  if (!log && !gy_scaling_method_parse(name, &method))
    return gy_fail(err, GY_EUSAGE, "--scale %s is not known; use none, standard, robust or log", name);
  gy_column_scaling *fitted = calloc(d + 1, sizeof *fitted);
  if (fitted == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu columns", d);
  for (size_t j = 0; j < d; j++) fitted[j] = (gy_column_scaling){.method = method, .log = log};
  gy_status status = gy_points_refuse_infinite(table, err);
  if (status == GY_OK && d > 0) status = fit(table, task, fitted, err);
  if (status == GY_OK && d > 0) status = apply(table, task, fitted, err);
  if (status == GY_OK) status = refuse_beyond_limit(table, name, err);
  if (status == GY_OK && d > 0) status = refuse_vanishing(table, err);
  if (status == GY_OK && scaling != NULL) {
    *scaling = fitted;
  } else {
    free(fitted);
  }
  return status;
}

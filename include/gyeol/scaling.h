/* SPDX-License-Identifier: Apache-2.0
 *
 * Bringing columns to a common footing before distances are taken between rows.
 *
 * A column is transformed in two steps, both recorded, so that a model can be applied years later to new
 * rows and give the same bytes:
 *
 *   t = x                          or   sign(x) * log1p(|x|)      for long-tailed columns (spend, counts)
 *   y = (float)((t - center) / scale)
 *
 * standard: center = mean, scale = standard deviation (divisor n).
 * robust:   center = median, scale = interquartile range (quantiles of type 7). A column of which more than
 *           half is one value has no interquartile range; then scale = 1.349 standard deviations, which is
 *           the interquartile range of a normal column with that deviation.
 * A constant column gets scale 1 and becomes zero.
 *
 * NaN: a missing value takes the median of its column's present values (in units of x), and is counted. A
 * column without any value is filled with 0. Infinite values are an error that names row and column.
 * Determinism: the same bytes on any number of threads. Cost: O(n) expected a column; scratch 8 n bytes a
 * thread. */
#ifndef GYEOL_SCALING_H
#define GYEOL_SCALING_H

#include <stdbool.h>
#include <stdint.h>

#include <gyeol/matrix.h>
#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gy_scaling_method { GY_SCALING_NONE, GY_SCALING_STANDARD, GY_SCALING_ROBUST } gy_scaling_method;

/* Where the scale came from. */
typedef enum gy_scale_source {
  GY_SCALE_UNIT,      /* method none */
  GY_SCALE_SD,        /* standard deviation */
  GY_SCALE_IQR,       /* interquartile range */
  GY_SCALE_SD_AS_IQR, /* 1.349 standard deviations, where the interquartile range is 0 */
  GY_SCALE_CONSTANT   /* 1: the column has a single value or none */
} gy_scale_source;

/* The fitted transformation of one column: plain data. Stored with 17 significant digits (or as its
 * doubles) it re-applies exactly. */
typedef struct gy_column_scaling {
  gy_scaling_method method;
  bool log; /* take sign(x) * log1p(|x|) first */
  gy_scale_source source;
  double center;     /* in units of t */
  double scale;      /* in units of t; > 0 */
  double fill;       /* what replaces NaN, in units of x */
  int64_t n_missing; /* NaN seen while fitting */
} gy_column_scaling;

/* Fits every column of `x` (n x d, n >= 1). `columns` is the caller's, d long; on entry `method` and `log`
 * say what is wanted, on success the rest is filled in. Errors: GY_EDATA (no rows, an infinite value),
 * GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_scaling_fit(gy_matrix x, const gy_task *task, gy_column_scaling *columns,
                                     gy_error *err);

/* Writes the scaled rows of `x` to `out` (n x d, the caller's; may be x's own storage). Any number of rows.
 * `n_filled` (may be NULL) receives how many NaN were replaced. Errors: GY_EDATA (an infinite value; `out` is
 * then partly written), GY_ECANCELLED. */
GY_MUST_USE gy_status gy_scaling_apply(const gy_column_scaling *columns, gy_matrix x, const gy_task *task,
                                       float *out, int64_t *n_filled, gy_error *err);

/* One value forward, and back: a scaled value in the units of x again (a centre, for people to read). */
double gy_scaling_value(const gy_column_scaling *column, double x);
double gy_scaling_invert(const gy_column_scaling *column, double y);

/* "standard", "robust", "none"; and back (false when the name is none of these). */
const char *gy_scaling_method_name(gy_scaling_method method);
bool gy_scaling_method_parse(const char *name, gy_scaling_method *method);

#ifdef __cplusplus
}
#endif
#endif

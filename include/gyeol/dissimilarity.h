/* SPDX-License-Identifier: Apache-2.0
 *
 * How unlike are two rows? A gy_dissimilarity answers for any pair of n things: from a table that the caller
 * has, or from rows and a named metric. It is a view and owns nothing.
 *
 * Values are floats, 0 for a thing and itself, the same both ways, 0..1e30. Tables are trusted to be
 * symmetric (which of the two cells is read is not said); a diagonal other than 0, NaN and values outside are
 * refused by whoever reads them, naming the pair. Rows must be without NaN (Gower: NaN is missing) and within
 * +-GY_DISSIMILARITY_VALUE_LIMIT. */
#ifndef GYEOL_DISSIMILARITY_H
#define GYEOL_DISSIMILARITY_H

#include <gyeol/gower.h>
#include <gyeol/matrix.h>
#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GY_DISSIMILARITY_LIMIT       1e30f
#define GY_DISSIMILARITY_VALUE_LIMIT 1e17f

typedef enum gy_metric {
  GY_METRIC_EUCLIDEAN, /* root of summed squares */
  GY_METRIC_MANHATTAN, /* summed |differences| */
  GY_METRIC_COSINE,    /* 1 - cosine of the angle; a row of zeros has no direction and is refused */
  GY_METRIC_GOWER      /* of rows encoded by gy_gower_encode */
} gy_metric;

typedef enum gy_dissimilarity_form {
  GY_DISSIMILARITY_FULL,      /* values: n x n */
  GY_DISSIMILARITY_CONDENSED, /* values: n (n - 1) / 2: (0,1) (0,2) ... (1,2) ..., as scipy and R's dist */
  GY_DISSIMILARITY_ROWS       /* x and metric */
} gy_dissimilarity_form;

typedef struct gy_dissimilarity {
  gy_dissimilarity_form form;
  size_t n;
  const float *values;
  gy_matrix x;
  gy_metric metric;
  const gy_gower_column *columns; /* Gower: one a column of x */
} gy_dissimilarity;

/* Fields in order: C++17 has no designators. */
static inline gy_dissimilarity gy_dissimilarity_full(const float *values, size_t n) {
  gy_dissimilarity of = {GY_DISSIMILARITY_FULL, n, values, {NULL, 0, 0}, GY_METRIC_EUCLIDEAN, NULL};
  return of;
}

static inline gy_dissimilarity gy_dissimilarity_condensed(const float *values, size_t n) {
  gy_dissimilarity of = {GY_DISSIMILARITY_CONDENSED, n, values, {NULL, 0, 0}, GY_METRIC_EUCLIDEAN, NULL};
  return of;
}

/* Euclidean, Manhattan, cosine. */
static inline gy_dissimilarity gy_dissimilarity_rows(gy_matrix x, gy_metric metric) {
  gy_dissimilarity of = {GY_DISSIMILARITY_ROWS, x.n_rows, NULL, x, metric, NULL};
  return of;
}

static inline gy_dissimilarity gy_dissimilarity_gower(gy_matrix encoded, const gy_gower_column *columns) {
  gy_dissimilarity of = {GY_DISSIMILARITY_ROWS, encoded.n_rows, NULL, encoded, GY_METRIC_GOWER, columns};
  return of;
}

/* "euclidean", "manhattan", "cosine", "gower"; never NULL. */
const char *gy_metric_name(gy_metric metric);

/* Writes the n x n table to `full` (the caller's). A pair without a column that both know is NaN (Gower).
 * Cost: O(n^2 d) time, one copy of x in scratch. Errors: GY_EUSAGE, GY_EDATA (unusable rows), GY_ENOMEM,
 * GY_ECANCELLED. */
GY_MUST_USE gy_status gy_dissimilarity_table(const gy_dissimilarity *of, const gy_task *task, float *full,
                                             gy_error *err);

#ifdef __cplusplus
}
#endif
#endif

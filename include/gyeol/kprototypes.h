/* SPDX-License-Identifier: Apache-2.0
 *
 * k-prototypes: clusters of rows that have numbers and categories; k-modes where there are categories only.
 *
 * Method (Huang 1998): a row is as far from a prototype as the sum of its squared differences in numbers plus
 * gamma for each category that differs; a prototype is the mean of its rows' numbers and the commonest level
 * of each category (ties: the lower code). Rows and prototypes follow each other, as in Lloyd's k-means,
 * until no row changes cluster. The first start begins with dense rows far apart (Cao, Liang and Bai 2009;
 * density by categories), the others with rows drawn in proportion to their distance (Arthur and
 * Vassilvitskii 2007); the lowest cost wins.
 *
 * Shapes: numbers are n x p and codes n x q, row-major; p + q >= 1, 1 <= k <= n. Scale the numbers first
 * (gyeol/scaling.h). Codes are levels 0, 1, 2 ... below 2^24; -1 is missing and differs from nothing; a
 * cluster none of whose rows knows a category has mode -1 there, which differs from every level. NaN and |x|
 * > 1e17 are refused with row and column, as are other codes. Ties: the lower cluster. Empty clusters take
 * the row farthest from its own prototype; where fewer than k rows are distinct, `n_empty` stay empty.
 * Determinism: the same bytes on any number of threads. Cost: O(n k (p + q)) an iteration; memory O(n + k (p
 * + all levels)). */
#ifndef GYEOL_KPROTOTYPES_H
#define GYEOL_KPROTOTYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { GY_MISSING_CODE = -1 };

/* A view of rows of numbers and categories. */
typedef struct gy_mixed {
  size_t n_rows;
  const float *numbers; /* n x n_numbers */
  size_t n_numbers;
  const int32_t *codes; /* n x n_codes */
  size_t n_codes;
} gy_mixed;

typedef struct gy_kprototypes_options {
  int32_t n_clusters;
  int32_t n_starts;
  int32_t max_iterations; /* of each start */
  double gamma; /* what a differing category weighs; 0: half the mean standard deviation of the numbers
                   (Huang 1998), 1 where there are none or they do not vary */
  uint64_t seed;
} gy_kprototypes_options;

/* 5 starts, 100 iterations, gamma by the rule, seed 0. */
gy_kprototypes_options gy_kprototypes_defaults(int32_t n_clusters);

typedef struct gy_kprototypes {
  int32_t n_clusters;
  size_t n_numbers, n_codes;
  float *centers; /* n_clusters x n_numbers */
  int32_t *modes; /* n_clusters x n_codes */
  int64_t *sizes;
  double gamma;
  double cost;        /* sum over rows of the distance to the own prototype */
  int32_t iterations; /* of the start that won */
  bool converged;
  int32_t start, n_empty;
} gy_kprototypes;

/* Bytes that a fit will hold beside x and `labels`, which depend on the levels that occur; SIZE_MAX when they
 * overflow. */
size_t gy_kprototypes_memory(const gy_mixed *x, const gy_kprototypes_options *options, const gy_task *task);

/* Fits. `labels` (n, the caller's, may be NULL): exactly what gy_kprototypes_predict gives for x. On success
 * *model gives a result for gy_kprototypes_clear. Errors: GY_EUSAGE, GY_EDATA, GY_ELIMIT, GY_ENOMEM,
 * GY_ECANCELLED. */
GY_MUST_USE gy_status gy_kprototypes_fit(const gy_mixed *x, const gy_kprototypes_options *options,
                                         const gy_task *task, gy_kprototypes *model, int32_t *labels,
                                         gy_error *err);

/* Each row's nearest prototype into `labels` and its distance into `distances` (n, the caller's, may be
 * NULL). Errors: GY_EDATA, GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_kprototypes_predict(const gy_kprototypes *model, const gy_mixed *x,
                                             const gy_task *task, int32_t *labels, float *distances,
                                             gy_error *err);

/* Frees what a fit gave. NULL-safe, and safe on a zeroed model. */
void gy_kprototypes_clear(gy_kprototypes *model);

#ifdef __cplusplus
}
#endif
#endif

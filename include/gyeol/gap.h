/* SPDX-License-Identifier: Apache-2.0
 *
 * The gap statistic: is a k-means clustering tighter than one of rows without any clusters?
 *
 * Method (Tibshirani, Walther and Hastie 2001): gap(k) = mean of log W of reference sets - log W of the rows,
 * W being the inertia of k clusters. References are uniform in a box around the rows, along their principal
 * components or along the columns. Their k is the smallest with gap(k) >= gap(k + 1) - s(k + 1), s being the
 * deviation over the references times sqrt(1 + 1 / B).
 *
 * Shapes: x is n x d, row-major floats, n >= 3; NaN and |x| > 1e17 refused with row and column. With more
 * than sample_rows rows a random sample of so many is judged. Determinism: the same bytes on any number of
 * threads. Cost: (B + 1) k_max k-means fits of n_starts starts; memory two matrices of the rows judged and
 * what k-means takes. */
#ifndef GYEOL_GAP_H
#define GYEOL_GAP_H

#include <stdbool.h>
#include <stdint.h>

#include <gyeol/matrix.h>
#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { GY_GAP_K_MAX = 64 };

typedef enum gy_gap_box { GY_GAP_PRINCIPAL, GY_GAP_COLUMNS } gy_gap_box;

typedef struct gy_gap_options {
  int32_t k_max; /* 1..GY_GAP_K_MAX; fewer where there are fewer rows */
  int32_t n_references;
  gy_gap_box box;
  int32_t n_starts;
  size_t sample_rows; /* 0: all */
  uint64_t seed;
} gy_gap_options;

/* k up to 10, 20 references along principal components, 3 starts, 5,000 rows, seed 0. */
gy_gap_options gy_gap_defaults(void);

typedef struct gy_gap_of_k {
  double log_inertia, expected, gap, error; /* error: s(k) */
} gy_gap_of_k;

typedef struct gy_gap {
  int32_t k;                    /* by the rule; the largest judged where none satisfies it */
  bool found;                   /* one does */
  int32_t n_judged;             /* k = 1..n_judged; shorter than k_max where the inertia is 0 */
  size_t rows_judged;           /* n, or the sample */
  gy_gap_of_k of[GY_GAP_K_MAX]; /* [k - 1] */
} gy_gap;

/* Judges. Errors: GY_EUSAGE, GY_EDATA (fewer than 3 rows, unusable values, all rows equal), GY_ELIMIT,
 * GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_gap_statistic(gy_matrix x, const gy_gap_options *options, const gy_task *task,
                                       gy_gap *result, gy_error *err);

#ifdef __cplusplus
}
#endif
#endif

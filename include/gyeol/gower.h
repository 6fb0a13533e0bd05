/* SPDX-License-Identifier: Apache-2.0
 *
 * Gower's dissimilarity (1971) of rows whose columns are of different kinds: the weighted mean, over the
 * columns that both rows know, of each column's difference between 0 and 1.
 *
 * Shapes: x is n x d, row-major floats; `columns` describes the d columns. Numbers stand as they are, ordered
 * levels and categories as codes (any numbers). NaN means missing: a pair skips a column
 * that either lacks. Infinities are refused with row and column. Conventions are those of R's
 * cluster::daisy (Kaufman and Rousseeuw 1990): numbers by their range, a constant column's range being 1;
 * ordered levels by rank among the values that occur; a pair of zeros of an asymmetric binary column is
 * skipped like a missing one. */
#ifndef GYEOL_GOWER_H
#define GYEOL_GOWER_H

#include <gyeol/matrix.h>
#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gy_gower_kind {
  GY_GOWER_NUMBER,    /* |a - b| / range */
  GY_GOWER_ORDERED,   /* the same on ranks of the values that occur */
  GY_GOWER_CATEGORY,  /* 0 when equal, else 1 */
  GY_GOWER_ASYMMETRIC /* binary, where only presence (not 0) says something */
} gy_gower_kind;

typedef struct gy_gower_column {
  gy_gower_kind kind;
  float weight; /* >= 0, finite; 1 for an ordinary column */
} gy_gower_column;

/* Brings x to the form in which rows are compared: numbers and ranks divided by their range. `encoded` (n x
 * d, the caller's, may be x.values itself) receives it. Cost: O(n d), with ordered columns O(n log n) each
 * and n floats of scratch. Errors: GY_EUSAGE (a weight, a kind, no column of positive weight), GY_EDATA
 * (infinities, codes beyond 1e17), GY_ENOMEM, GY_ECANCELLED. When cancelled, `encoded` may be half
 * written. */
GY_MUST_USE gy_status gy_gower_encode(gy_matrix x, const gy_gower_column *columns, const gy_task *task,
                                      float *encoded, gy_error *err);

#ifdef __cplusplus
}
#endif
#endif

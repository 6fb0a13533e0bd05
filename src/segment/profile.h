/* SPDX-License-Identifier: Apache-2.0
 *
 * What sets a group of customers apart: for every feature and group the median, and an effect size
 * against everybody else.
 *
 * Effect size is Cohen's d (Cohen 1988, chapter 2) with the pooled standard deviation, taken on
 * sign(x) * log1p(|x|) where the feature's scale is long-tailed, so that one large spender does not
 * decide: about 0.2 is small, 0.5 medium, 0.8 large; its sign says over (+) or under (-). For shares it
 * is Cohen's h, the difference of 2 asin(sqrt(p)) (same book, chapter 6), with the same reading. */
#ifndef GYEOL_SEGMENT_PROFILE_H
#define GYEOL_SEGMENT_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include <gyeol/task.h>

/* One feature over all customers: n values, NaN where it is undefined. Lends. */
typedef struct gy_profile_column {
  const float *values;
  bool log; /* compare on the log scale */
} gy_profile_column;

typedef struct gy_profile_cell {
  double median; /* NaN when no member has a value */
  double mean;
  double effect; /* Cohen's d against the rest; 0 when either side has fewer than two values */
} gy_profile_cell;

/* Profiles of n_groups groups (labels 0..n_groups-1; a negative label belongs to none, but to
 * everybody). `cells` is the caller's: (n_groups + 1) x n_columns, the last row everybody with effect 0.
 * NaN values are left out. Same bytes on any number of threads. Cost: O(n) expected a column; scratch
 * 8 n bytes a thread. Errors: GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_profile_columns(const gy_profile_column *columns, size_t n_columns, size_t n,
                                         const int32_t *labels, size_t n_groups, const gy_task *task,
                                         gy_profile_cell *cells, gy_error *err);

/* Cohen's h of two shares in 0..1. */
double gy_profile_share_effect(double share, double other_share);

#endif

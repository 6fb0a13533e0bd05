/* SPDX-License-Identifier: Apache-2.0
 *
 * The k-th smallest of n integers without sorting them all, and interpolated quantiles.
 *
 * Two levels of histograms: the first by sign, exponent and four bits of mantissa, so that skewed spend falls
 * apart as well as day counts do; the second, linear, inside the bucket that holds the wanted rank. What is
 * left is a handful of values. */
#ifndef GYEOL_FEATURE_ORDER_STATISTICS_H
#define GYEOL_FEATURE_ORDER_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

/* out[i] = the value at ascending position ranks[i] (from 0, below n). */
GY_MUST_USE gy_status gy_select_ranks(const int64_t *values, size_t n, const size_t *ranks, size_t n_ranks,
                                      int64_t *out, gy_error *err);

/* The quantile p in 0..1, linear between order statistics (Hyndman and Fan type 7, as numpy, R and
 * quantile_cont). n > 0. */
GY_MUST_USE gy_status gy_quantile(const int64_t *values, size_t n, double p, double *quantile, gy_error *err);

/* Sorts ascending; `scratch` has room for n. Radix sort of the digits that differ. */
void gy_sort_int64(int64_t *values, int64_t *scratch, size_t n);

#endif

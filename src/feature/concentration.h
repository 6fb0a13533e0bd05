/* SPDX-License-Identifier: Apache-2.0
 *
 * How unevenly revenue is spread over customers: the Gini coefficient, the share of the best, the Pareto
 * curve.
 *
 * With values ascending x_1 <= ... <= x_n, Gini = 2 sum(i x_i) / (n sum(x_i)) - (n + 1) / n, summed
 * exactly in integers. The share of the top fraction q counts the floor(q n) best customers, at least
 * one; points of the curve interpolate between customers. Negative values count as zero. */
#ifndef GYEOL_FEATURE_CONCENTRATION_H
#define GYEOL_FEATURE_CONCENTRATION_H

#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

/* `n_points` points of the curve: curve[i] is the share of the total that the best (i + 1) / n_points of the
 * customers hold, so that the last is 1. `curve` may be NULL. With n = 0 or no positive value, Gini, share
 * and curve are 0. O(n) by radix sort, 16 n bytes of scratch. */
GY_MUST_USE gy_status gy_concentration(const int64_t *values, size_t n, double top_fraction, double *gini,
                                       double *top_share, double *curve, size_t n_points, gy_error *err);

#endif

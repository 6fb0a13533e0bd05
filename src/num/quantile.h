/* SPDX-License-Identifier: Apache-2.0
 *
 * Quantiles of unsorted values by selection: linear expected time, no sort.
 *
 * Type 7 of Hyndman and Fan (1996), the default of R and NumPy: with h = (n - 1) p, the quantile lies between
 * the order statistics floor(h) and floor(h) + 1, interpolated linearly. */
#ifndef GYEOL_NUM_QUANTILE_H
#define GYEOL_NUM_QUANTILE_H

#include <stddef.h>

/* The k-th smallest of `values` (from 0; k < n; no NaN). Reorders: afterwards everything before position k is
 * <= values[k] and everything after it is >= values[k]. */
double gy_select(double *values, size_t n, size_t k);

/* Writes the quantile of each of the `n_probs` ascending probabilities to `quantiles`. Reorders `values`
 * (n >= 1, no NaN). */
void gy_quantiles(double *values, size_t n, const double *probs, size_t n_probs, double *quantiles);

#endif

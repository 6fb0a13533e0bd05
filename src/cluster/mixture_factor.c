/* SPDX-License-Identifier: Apache-2.0
 *
 * The inverse of a covariance's Cholesky factor. With S = L L^T, the rows of L^-1 turn a deviation y into
 * z = L^-1 y of unit covariance, and |z|^2 is the squared Mahalanobis distance; nothing else is needed for a
 * normal density. Both steps walk along rows, so that the compiler can vectorise them.
 *
 * Rounding, or columns that are copies of each other, can leave S without a Cholesky factor. Then its
 * diagonal is lifted by 1e-10 of its mean, ten times as much at each further try. */
#include "cluster/mixture_factor.h"

#include <math.h>
#include <string.h>

/* A pivot below this share of its variance is rounding error. */
static const double LEAST_PIVOT = 1e-14;
/* What no variance in the frame (where columns have about variance 1) goes below. */
static const double LEAST_VARIANCE = 1e-24;

static bool is_usable(double pivot, double variance) {
  return pivot > LEAST_PIVOT * variance && pivot >= LEAST_VARIANCE && pivot < INFINITY;
}

/* L of S = L L^T (lower; what is above is left alone); false when S is not positive definite. */
static bool decompose(const double *restrict s, size_t d, double *restrict lower) {
  memcpy(lower, s, d * d * sizeof *lower);
  for (size_t j = 0; j < d; j++) {
    double *row_j = lower + j * d;
    if (!is_usable(row_j[j], s[j * d + j])) return false;
    double root = sqrt(row_j[j]);
    for (size_t i = j; i < d; i++) row_j[i] /= root; /* row j above the diagonal stands for column j */
    for (size_t i = j + 1; i < d; i++) {
      double factor = row_j[i];
      double *row_i = lower + i * d;
      for (size_t m = i; m < d; m++) row_i[m] -= factor * row_j[m];
    }
  }
  return true;
}

/* Rows of L^-1, where `upper` holds L^T. */
static void invert(const double *restrict upper, size_t d, double *restrict inverse) {
  memset(inverse, 0, d * d * sizeof *inverse);
  for (size_t i = 0; i < d; i++) {
    double *row = inverse + i * d;
    for (size_t j = 0; j < i; j++) {
      double factor = upper[j * d + i];
      const double *from = inverse + j * d;
      for (size_t m = 0; m <= j; m++) row[m] -= factor * from[m];
    }
    double pivot = upper[i * d + i];
    for (size_t m = 0; m < i; m++) row[m] /= pivot;
    row[i] = 1 / pivot;
  }
}

gy_factoring gy_factor_covariance(double *covariance, size_t d, const double *floors, double *lower,
                                  double *inverse) {
  gy_factoring result = {.least_variance = INFINITY};
  double mean = 0;
  for (size_t j = 0; j < d; j++) mean += covariance[j * d + j] / (double)d;
  double lift = fmax(1e-10 * mean, LEAST_VARIANCE);
  while (!decompose(covariance, d, lower)) {
    result.was_lifted = true;
    for (size_t j = 0; j < d; j++) covariance[j * d + j] += lift;
    lift *= 10;
  }
  invert(lower, d, inverse);
  for (size_t j = 0; j < d; j++) {
    double pivot = lower[j * d + j];
    result.least_variance = fmin(result.least_variance, pivot * pivot / floors[j]);
  }
  return result;
}

gy_factoring gy_factor_variances(double *variances, size_t d, const double *floors, double *inverse) {
  gy_factoring result = {.least_variance = INFINITY};
  for (size_t j = 0; j < d; j++) {
    if (!is_usable(variances[j], variances[j])) {
      variances[j] = fmax(LEAST_VARIANCE, floors[j]);
      result.was_lifted = true;
    }
    inverse[j] = 1 / sqrt(variances[j]);
    result.least_variance = fmin(result.least_variance, variances[j] / floors[j]);
  }
  return result;
}

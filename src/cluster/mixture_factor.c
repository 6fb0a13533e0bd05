/* SPDX-License-Identifier: Apache-2.0
 *
 * The inverse of a covariance's Cholesky factor. With S = L L^T, the rows of L^-1 turn a deviation y into
 * z = L^-1 y of unit covariance, and |z|^2 is the squared Mahalanobis distance; nothing else is needed for a
 * normal density. Up to 32 columns it is computed here, a row at a time; beyond, LAPACK's blocks pay.
 *
 * Rounding, or columns that are copies of each other, can leave S without a Cholesky factor. Then its
 * diagonal is lifted by 1e-10 of its mean, ten times as much at each further try. */
#include "cluster/mixture_factor.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

enum { MOST_COLUMNS_HERE = 32 };

/* A pivot below this share of its variance is rounding error. */
static const double LEAST_PIVOT = 1e-14;
/* What no variance in the frame (where columns have about variance 1) goes below. */
static const double LEAST_VARIANCE = 1e-24;

static bool is_usable(double pivot, double variance) {
  return pivot > LEAST_PIVOT * variance && pivot >= LEAST_VARIANCE && pivot < INFINITY;
}

/* L of S = L L^T, in place of the lower triangle of `s`; false when a pivot is not positive. */
static bool decompose(double *s, size_t d) {
  for (size_t i = 0; i < d; i++) {
    for (size_t j = 0; j <= i; j++) {
      double sum = s[i * d + j];
      for (size_t m = 0; m < j; m++) sum -= s[i * d + m] * s[j * d + m];
      if (i == j && !(sum > 0)) return false;
      s[i * d + j] = i == j ? sqrt(sum) : sum / s[j * d + j];
    }
  }
  return true;
}

/* L^-1 in place of L. */
static void invert(double *lower, size_t d) {
  for (size_t i = 0; i < d; i++) {
    double pivot = lower[i * d + i];
    for (size_t j = 0; j < i; j++) {
      double sum = 0;
      for (size_t m = j; m < i; m++) sum += lower[i * d + m] * lower[m * d + j];
      lower[i * d + j] = -sum / pivot;
    }
    lower[i * d + i] = 1 / pivot;
  }
}

/* Our lower triangle is LAPACK's upper one: it counts columns first. One thread, as its sums depend on that.
 */
static bool decompose_large(double *s, size_t d) {
  openblas_set_num_threads(1);
  return LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'U', (lapack_int)d, s, (lapack_int)d) == 0;
}

static void invert_large(double *lower, size_t d) {
  int info = LAPACKE_dtrtri_work(LAPACK_COL_MAJOR, 'U', 'N', (lapack_int)d, lower, (lapack_int)d);
  (void)info; /* no pivot is 0 */
}

static bool decomposes(const double *covariance, size_t d, double *lower) {
  memcpy(lower, covariance, d * d * sizeof *lower);
  if (!(d > MOST_COLUMNS_HERE ? decompose_large(lower, d) : decompose(lower, d))) return false;
  for (size_t j = 0; j < d; j++)
    if (!is_usable(lower[j * d + j] * lower[j * d + j], covariance[j * d + j])) return false;
  return true;
}

gy_factoring gy_factor_covariance(double *covariance, size_t d, const double *floors, double *inverse) {
  gy_factoring result = {.least_variance = INFINITY};
  double mean = 0;
  for (size_t j = 0; j < d; j++) mean += covariance[j * d + j] / (double)d;
  double lift = fmax(1e-10 * mean, LEAST_VARIANCE);
  while (!decomposes(covariance, d, inverse)) {
    result.was_lifted = true;
    for (size_t j = 0; j < d; j++) covariance[j * d + j] += lift;
    lift *= 10;
  }
  for (size_t j = 0; j < d; j++) {
    double pivot = inverse[j * d + j];
    result.least_variance = fmin(result.least_variance, pivot * pivot / floors[j]);
  }
  if (d > MOST_COLUMNS_HERE) {
    invert_large(inverse, d);
  } else {
    invert(inverse, d);
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

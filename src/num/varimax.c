/* SPDX-License-Identifier: Apache-2.0
 *
 * Varimax (Kaiser 1958): the rotation of factors that maximises the variance of the squared loadings, summed
 * over factors. Two factors a, b are turned in their plane by the angle phi at which the criterion is
 * stationary and largest: with u = a^2 - b^2 and v = 2 a b,
 *
 *   tan 4 phi = (2 sum u v - 2 sum u sum v / d) / (sum (u^2 - v^2) - ((sum u)^2 - (sum v)^2) / d)
 *
 * in the quadrant of numerator and denominator. All pairs in turn, until no angle is worth turning by. The
 * criterion never falls, so the sweeps end. */
#include <gyeol/pca.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/symmetric_eigen.h"

enum { MAX_SWEEPS = 1000 };

static const double SMALL_ANGLE = 1e-10, LOADING_LIMIT = 1e75;

/* 0 where the criterion is the same at every angle, up to rounding. */
static double best_angle(const double *a, const double *b, size_t d) {
  double sum_u = 0, sum_v = 0, squares = 0, products = 0, size = 0;
  for (size_t j = 0; j < d; j++) {
    double u = a[j] * a[j] - b[j] * b[j], v = 2 * a[j] * b[j];
    sum_u += u;
    sum_v += v;
    squares += u * u - v * v;
    products += u * v;
    size += u * u + v * v;
  }
  double numerator = 2 * (products - sum_u * sum_v / (double)d);
  double denominator = squares - (sum_u * sum_u - sum_v * sum_v) / (double)d;
  if (hypot(numerator, denominator) <= 1e-14 * size) return 0;
  return atan2(numerator, denominator) / 4;
}

static void turn(double *a, double *b, size_t n, double angle) {
  double c = cos(angle), s = sin(angle);
  for (size_t j = 0; j < n; j++) {
    double kept = a[j];
    a[j] = c * kept + s * b[j];
    b[j] = c * b[j] - s * kept;
  }
}

/* Factors as rows: `factors` k x d, and `turned` k x k, which starts as the identity and is turned along. */
static gy_varimax_result sweep(double *factors, double *turned, size_t d, size_t k) {
  gy_varimax_result result = {0};
  while (!result.converged && result.iterations < MAX_SWEEPS) {
    double largest = 0;
    for (size_t p = 0; p < k; p++) {
      for (size_t q = p + 1; q < k; q++) {
        double angle = best_angle(factors + p * d, factors + q * d, d);
        if (fabs(angle) <= SMALL_ANGLE) continue;
        largest = fmax(largest, fabs(angle));
        turn(factors + p * d, factors + q * d, d, angle);
        turn(turned + p * k, turned + q * k, k, angle);
      }
    }
    result.iterations++;
    result.converged = largest <= SMALL_ANGLE;
  }
  return result;
}

static double sum_of_squares(const double *v, size_t n) {
  double sum = 0;
  for (size_t j = 0; j < n; j++) sum += v[j] * v[j];
  return sum;
}

static void swap_rows(double *a, double *b, size_t n) {
  for (size_t j = 0; j < n; j++) {
    double kept = a[j];
    a[j] = b[j];
    b[j] = kept;
  }
}

/* Largest factor first, its largest loading positive. */
static void put_in_order(double *factors, double *turned, size_t d, size_t k) {
  for (size_t p = 0; p < k; p++) {
    size_t most = p;
    double largest = sum_of_squares(factors + p * d, d);
    for (size_t q = p + 1; q < k; q++) {
      double size = sum_of_squares(factors + q * d, d);
      if (size <= largest) continue;
      largest = size;
      most = q;
    }
    if (most != p) {
      swap_rows(factors + p * d, factors + most * d, d);
      swap_rows(turned + p * k, turned + most * k, k);
    }
    bool turn_over = gy_fix_sign(factors + p * d, d);
    for (size_t j = 0; turn_over && j < k; j++) turned[p * k + j] = -turned[p * k + j];
  }
}

static void transpose_out(const double *from, size_t rows, size_t columns, double *to) {
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) to[j * rows + i] = from[i * columns + j];
}

static gy_status check_loadings(const double *loadings, size_t d, size_t k, gy_error *err) {
  if (d < 1 || k < 1)
    return gy_fail(err, GY_EDATA, "varimax: loadings of %zu columns on %zu factors; both must be 1 or more",
                   d, k);
  for (size_t i = 0; i < d * k; i++)
    if (!(fabs(loadings[i]) <= LOADING_LIMIT))
      return gy_fail(err, GY_EDATA, "varimax: the loading of column %zu on factor %zu is %g", i / k + 1,
                     i % k + 1, loadings[i]);
  return GY_OK;
}

gy_status gy_varimax(double *loadings, size_t d, size_t k, bool normalise, double *rotation,
                     double *communalities, gy_varimax_result *result, gy_error *err) {
  gy_status status = check_loadings(loadings, d, k, err);
  if (status != GY_OK) return status;
  double *factors = malloc((d * k + k * k + d) * sizeof *factors);
  if (factors == NULL) return gy_fail(err, GY_ENOMEM, "varimax: out of memory for %zu x %zu loadings", d, k);
  double *turned = factors + d * k, *lengths = turned + k * k;
  for (size_t i = 0; i < k * k; i++) turned[i] = i % (k + 1) == 0;
  for (size_t j = 0; j < d; j++) {
    double communality = sum_of_squares(loadings + j * k, k);
    if (communalities != NULL) communalities[j] = communality;
    lengths[j] = normalise && communality > 0 ? sqrt(communality) : 1;
    for (size_t p = 0; p < k; p++) factors[p * d + j] = loadings[j * k + p] / lengths[j];
  }
  *result = sweep(factors, turned, d, k);
  for (size_t p = 0; p < k; p++)
    for (size_t j = 0; j < d; j++) factors[p * d + j] *= lengths[j];
  put_in_order(factors, turned, d, k);
  transpose_out(factors, k, d, loadings);
  if (rotation != NULL) transpose_out(turned, k, k, rotation);
  free(factors);
  return GY_OK;
}

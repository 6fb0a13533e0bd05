/* SPDX-License-Identifier: Apache-2.0
 *
 * Covariances to precision factors. */
#ifndef GYEOL_CLUSTER_MIXTURE_FACTOR_H
#define GYEOL_CLUSTER_MIXTURE_FACTOR_H

#include <stdbool.h>
#include <stddef.h>

typedef struct gy_factoring {
  double least_variance; /* the smallest pivot relative to the floor it was given */
  bool was_lifted;       /* the matrix was not positive definite and was added to */
} gy_factoring;

/* The inverse of the lower Cholesky factor of `covariance` (d x d; its diagonal is lifted until it is
 * positive definite), into `inverse` (d x d, the lower triangle alone). `floors`: d variances to compare the
 * pivots with. */
gy_factoring gy_factor_covariance(double *covariance, size_t d, const double *floors, double *inverse);

/* The same of variances alone: `inverse` receives d numbers. */
gy_factoring gy_factor_variances(double *variances, size_t d, const double *floors, double *inverse);

#endif

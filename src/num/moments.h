/* SPDX-License-Identifier: Apache-2.0
 *
 * Means and variances of the columns of a matrix, and the check that its values are usable. */
#ifndef GYEOL_NUM_MOMENTS_H
#define GYEOL_NUM_MOMENTS_H

#include <gyeol/matrix.h>
#include <gyeol/task.h>

/* Mean and variance (divisor n) of each column, in double. `means` and `variances` are the caller's, d long.
 * NaN and infinity spread into the result. n >= 1. Errors: GY_ENOMEM. */
GY_MUST_USE gy_status gy_column_moments(gy_matrix x, const gy_task *task, double *means, double *variances,
                                        gy_error *err);

/* Mean and variance (divisor n) of one array; n >= 1. */
void gy_moments(const double *values, size_t n, double *mean, double *variance);

/* GY_EDATA, naming the first row and column (from 1), when a value is NaN or beyond +-`limit`. */
GY_MUST_USE gy_status gy_matrix_check(gy_matrix x, float limit, const gy_task *task, gy_error *err);

#endif

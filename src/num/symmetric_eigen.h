/* SPDX-License-Identifier: Apache-2.0
 *
 * Eigenvectors of a symmetric matrix, by LAPACK's divide and conquer (dsyevd). */
#ifndef GYEOL_NUM_SYMMETRIC_EIGEN_H
#define GYEOL_NUM_SYMMETRIC_EIGEN_H

#include <gyeol/status.h>

#include "base/layout.h"

/* LAPACK counts its workspace, 2 n^2, in 32 bits. */
enum { GY_EIGEN_MAX = 32000 };

typedef struct gy_eigen_work {
  double *work;
  int32_t *whole;
} gy_eigen_work;

/* Takes the workspace of an n x n problem, n <= GY_EIGEN_MAX. */
void gy_eigen_layout(gy_eigen_work *work, size_t n, gy_layout *at);

/* `a` (n x n, symmetric, finite) is replaced by its orthonormal eigenvectors, one a row, and `values` (n) by
 * the eigenvalues, largest first. Signs: a vector's entry of largest magnitude (the first of equals) is
 * positive. The same bytes on any number of threads: sets OpenBLAS to one thread, for the whole process.
 * Errors: GY_EINTERNAL when LAPACK gives up. */
GY_MUST_USE gy_status gy_symmetric_eigen(double *a, size_t n, double *values, const gy_eigen_work *work,
                                         gy_error *err);

/* Turns `v` so that its entry of largest magnitude is positive; returns whether it was turned. */
bool gy_fix_sign(double *v, size_t n);

#endif

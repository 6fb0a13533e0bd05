/* SPDX-License-Identifier: Apache-2.0
 *
 * Means and covariances of the columns of a matrix, in one pass. */
#ifndef GYEOL_NUM_COVARIANCE_H
#define GYEOL_NUM_COVARIANCE_H

#include <gyeol/matrix.h>
#include <gyeol/task.h>

#include "base/layout.h"
#include "num/blocks.h"
#include "num/product_kernel.h"

typedef struct gy_covariance_work {
  const gy_product_kernel *kernel;
  const gy_task *task;
  gy_matrix x;
  size_t width; /* columns, rounded up to whole panels */
  size_t chunk; /* rows that are widened at a time */
  gy_blocks blocks;
  int n_threads;
  double *shift;    /* width */
  double *sums;     /* block x width: of rows minus shift */
  double *products; /* block x width x width, in panels: upper part */
  double *packed;   /* one chunk a thread */
} gy_covariance_work;

/* Describes the work and takes its scratch; `x.values` may be NULL while counting. */
void gy_covariance_layout(gy_covariance_work *work, gy_matrix x, const gy_product_kernel *kernel,
                          const gy_task *task, gy_layout *at);

/* `mean` (d) and `covariance` (d x d, divisor n - 1; both the caller's). n >= 2. Errors: GY_EDATA naming the
 * first value that is not finite, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_covariance_compute(const gy_covariance_work *work, double *mean, double *covariance,
                                            gy_error *err);

/* A point amid the rows: the mean of at most 256 of them, evenly spread, to `shift` (d). Sums about it keep
 * their digits however far from zero the data lie. */
void gy_middle_of_rows(gy_matrix x, double *shift);

#endif

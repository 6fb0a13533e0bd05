/* SPDX-License-Identifier: Apache-2.0
 *
 * The two ways to principal components. Each lays out its scratch, so that it can be counted beforehand, and
 * then fits into a model whose arrays are there. */
#ifndef GYEOL_NUM_PCA_WORK_H
#define GYEOL_NUM_PCA_WORK_H

#include <gyeol/pca.h>

#include "base/layout.h"
#include "num/covariance.h"
#include "num/symmetric_eigen.h"

/* Through the covariance matrix. */
typedef struct gy_pca_exact {
  gy_covariance_work sums;
  gy_eigen_work eigen;
  double *matrix; /* d x d: covariance, then eigenvectors */
  double *values; /* d */
} gy_pca_exact;

void gy_pca_exact_layout(gy_pca_exact *work, gy_matrix x, const gy_product_kernel *kernel,
                         const gy_task *task, gy_layout *at);
GY_MUST_USE gy_status gy_pca_exact_fit(const gy_pca_exact *work, gy_pca *model, gy_error *err);

/* Through a random subspace of m dimensions. Rows and columns are counted in whole stripes. */
typedef struct gy_pca_random {
  const gy_product_kernel *kernel;
  const gy_task *task;
  gy_matrix x;
  size_t m, n_padded, d_padded;
  int n_threads;
  double *shift;    /* d_padded: the mean */
  double *basis;    /* d_padded x m, panels: orthonormal columns */
  double *image;    /* n_padded x m, panels: centred rows times basis */
  double *vectors;  /* m x d: the columns of the basis, one after the other */
  double *gram;     /* m x m in panels of m rows, rounded up */
  double *small;    /* m x m */
  double *values;   /* m */
  double *variance; /* d */
  double *widened;  /* one chunk a thread */
  size_t widened_share;
  gy_eigen_work eigen;
} gy_pca_random;

void gy_pca_random_layout(gy_pca_random *work, gy_matrix x, size_t m, const gy_product_kernel *kernel,
                          const gy_task *task, gy_layout *at);
GY_MUST_USE gy_status gy_pca_random_fit(const gy_pca_random *work, const gy_pca_options *options,
                                        gy_pca *model, gy_error *err);

/* With a kernel of one's choice. */
GY_MUST_USE gy_status gy_pca_fit_with(const gy_product_kernel *kernel, gy_matrix x,
                                      const gy_pca_options *options, const gy_task *task, gy_pca *model,
                                      gy_error *err);

#endif

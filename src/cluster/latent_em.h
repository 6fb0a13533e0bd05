/* SPDX-License-Identifier: Apache-2.0
 *
 * What a latent class fit holds while it runs, and its steps. Classes are the fastest index of every table,
 * so that a row walks along them. */
#ifndef GYEOL_CLUSTER_LATENT_EM_H
#define GYEOL_CLUSTER_LATENT_EM_H

#include <gyeol/latent_class.h>

#include "num/blocks.h"

/* Sums of rows by class; r is a row's posterior times its weight. */
typedef struct gy_latent_sums {
  double log_likelihood, entropy;
  double *mass;    /* k: sum of r */
  double *levels;  /* n_levels_all x k: sum of r where the level was seen */
  double *present; /* n_numeric x k: sum of r where the number was seen */
  double *first;   /* n_numeric x k: sum of r (x - mean) */
  double *second;  /* n_numeric x k: sum of r (x - mean)^2 */
} gy_latent_sums;

typedef struct gy_latent_work {
  gy_indicators x;
  const float *row_weights;
  const gy_task *task;
  size_t k, n_levels_all;
  int n_threads;
  gy_blocks blocks;
  const int32_t *first_level; /* n_categorical + 1 */

  double *weights;                         /* k */
  double *probabilities;                   /* n_levels_all x k */
  double *means, *variances;               /* n_numeric x k */
  double *base;                            /* k: what every row of the class begins with: ln weight */
  double *log_levels;                      /* n_levels_all x k */
  double *log_peaks;                       /* n_numeric x k: -ln(2 pi variance) / 2 */
  double *steepness;                       /* n_numeric x k: 1 / (2 variance) */
  double *level_shares;                    /* n_levels_all: of all rows */
  double *column_means, *column_variances; /* n_numeric: of all rows */
  double *scratch;                         /* 2 k a thread */

  gy_latent_sums *block_sums, totals;
  void *storage;
} gy_latent_work;

/* Bytes of the work; SIZE_MAX when they overflow. */
size_t gy_latent_work_bytes(const gy_indicators *x, size_t k, size_t n_levels_all, const gy_task *task);

GY_MUST_USE gy_status gy_latent_work_init(gy_latent_work *work, const gy_indicators *x, size_t k,
                                          const int32_t *first_level, const gy_task *task, gy_error *err);
void gy_latent_work_clear(gy_latent_work *work);

/* Shares of levels, means and variances of all rows, missing ones left out: where starts begin. */
void gy_latent_describe_columns(gy_latent_work *work, double regularization);

/* One pass: posteriors, written to `rows` where wanted, and with `gather` the sums for gy_latent_maximise. */
GY_MUST_USE gy_status gy_latent_expect(gy_latent_work *work, bool gather, const gy_latent_class_rows *rows,
                                       gy_error *err);

/* New parameters from the sums. */
void gy_latent_maximise(gy_latent_work *work, double smoothing, double regularization);

#endif

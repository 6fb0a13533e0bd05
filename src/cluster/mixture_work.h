/* SPDX-License-Identifier: Apache-2.0
 *
 * What a mixture fit holds while it runs, and the steps that share it. */
#ifndef GYEOL_CLUSTER_MIXTURE_WORK_H
#define GYEOL_CLUSTER_MIXTURE_WORK_H

#include <gyeol/mixture.h>

#include "cluster/mixture_kernel.h"
#include "num/blocks.h"

/* The mixture's parameters, in the frame: x' = (x - offset) scale. */
typedef struct gy_mixture_state {
  double *weights;     /* k */
  double *means;       /* k x d */
  double *covariances; /* as gy_covariance says */
} gy_mixture_state;

typedef struct gy_mixture_work {
  const gy_mixture_kernel *kernel;
  const gy_task *task;
  const float *weights;
  gy_matrix x;
  size_t k, d_padded;
  gy_covariance covariance;
  double regularization;
  int n_threads;
  gy_blocks blocks;

  float *offset, *scale; /* of the frame; padded */
  double log_scale;      /* sum of ln scale: log density of x less that of x' */
  gy_mixture_state state;
  gy_mixture_pack pack; /* the state as the kernels read it */
  void *centers, *shifts, *factors;
  double *bias;
  double *log_determinants; /* of each factor */
  bool *collapsed;          /* k, by gy_mixture_factor_all */
  double *amplification;    /* k: by how much a rounding of x' grows in z */

  gy_mixture_sums *block_sums; /* one a block; none for judging alone */
  gy_mixture_sums totals;
  gy_mixture_judgement *block_judgements;
  unsigned char *scratch; /* one share a thread */
  size_t scratch_share;
  double *factor_scratch; /* one share a thread */
  size_t factor_share;

  void *storage; /* everything above lies in this one allocation */
} gy_mixture_work;

typedef enum gy_mixture_steps { GY_MIXTURE_JUDGE, GY_MIXTURE_FIT } gy_mixture_steps;

/* Bytes of the work on n x d in `k` clusters; SIZE_MAX when they overflow. */
size_t gy_mixture_work_bytes(size_t n, size_t d, size_t k, gy_covariance covariance, gy_mixture_steps steps,
                             const gy_task *task);

GY_MUST_USE gy_status gy_mixture_work_init(gy_mixture_work *work, gy_matrix x, size_t k,
                                           gy_covariance covariance, gy_mixture_steps steps,
                                           const gy_task *task, gy_error *err);
void gy_mixture_work_clear(gy_mixture_work *work);

/* How many covariance matrices there are, and the numbers in each. */
size_t gy_covariance_count(gy_covariance covariance, size_t k);
size_t gy_covariance_length(gy_covariance covariance, size_t d);

/* Lets the frame follow the columns' means and variances. Scales are powers of two, so that nothing is
 * rounded on the way into the frame but the difference; spherical covariances have one for all columns. */
void gy_mixture_set_frame(gy_mixture_work *work, const double *means, const double *variances);

/* Factors the state's covariances, adding to those that are not positive definite, and packs the state for
 * the kernels. */
GY_MUST_USE gy_status gy_mixture_pack_state(gy_mixture_work *work, gy_error *err);

/* Whether single precision loses digits that matter in the packed state. */
bool gy_mixture_wants_double(const gy_mixture_work *work);

typedef struct gy_mixture_run {
  double mean_log_likelihood; /* of a row, in x's units, before the last maximisation */
  int32_t iterations;
  bool converged;
  bool wants_double; /* stopped because single precision is not enough */
} gy_mixture_run;

/* One maximisation with each row wholly in its label's cluster; state.means are where to measure from. */
GY_MUST_USE gy_status gy_mixture_start_from_labels(gy_mixture_work *work, const int32_t *labels,
                                                   gy_error *err);

/* EM from the state on. */
GY_MUST_USE gy_status gy_mixture_run_em(gy_mixture_work *work, int32_t max_iterations, double tolerance,
                                        gy_mixture_run *run, gy_error *err);

/* Judges every row of x by the packed state; `rows` as in gyeol/mixture.h, in x's units. */
GY_MUST_USE gy_status gy_mixture_judge_rows(gy_mixture_work *work, const gy_mixture_rows *rows,
                                            gy_mixture_judgement *judgement, gy_error *err);

/* The model in the units of x from the state, and the state (with its frame) from a model. */
void gy_mixture_state_to_model(const gy_mixture_work *work, gy_mixture *model);
void gy_mixture_state_from_model(gy_mixture_work *work, const gy_mixture *model);
/* The frame that a model itself implies: that of its mixture's mean and variance. */
GY_MUST_USE gy_status gy_mixture_frame_of_model(gy_mixture_work *work, const gy_mixture *model,
                                                gy_error *err);

/* gy_mixture_fit with kernels of one's choice. */
GY_MUST_USE gy_status gy_mixture_fit_with(const gy_mixture_kernels *kernels, gy_matrix x,
                                          const gy_mixture_options *options, const gy_task *task,
                                          gy_mixture *model, const gy_mixture_rows *rows, gy_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Latent class models: customers belong, with a probability, to one of k classes; within a class, all
 * indicators (categories and numbers together) are independent of each other.
 *
 * Method: latent class analysis (Lazarsfeld and Henry 1968; Goodman 1974) by expectation-maximisation, with
 * normal distributions for numbers (latent profile analysis); the most likely of several starts.
 *
 * Shapes: `codes` is n x n_categorical, row-major int32, 0..levels-1, -1 where missing; `values` is
 * n x n_numeric, row-major floats, NaN where missing. Either may be absent (0 columns), not both. Missing
 * indicators are left out of a row's likelihood, which is right where they are missing at random. Infinity,
 * any |value| > 1e17 and codes out of range are refused with row and column. Determinism: the same bytes for
 * the same seed on any number of threads. Cost: O(n k (n_categorical + n_numeric)) an iteration. */
#ifndef GYEOL_LATENT_CLASS_H
#define GYEOL_LATENT_CLASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The rows: views only. */
typedef struct gy_indicators {
  size_t n_rows;
  size_t n_categorical;
  const int32_t *codes;
  const int32_t *n_levels; /* of each categorical column, 1 or more */
  size_t n_numeric;
  const float *values;
} gy_indicators;

typedef struct gy_latent_class_options {
  int32_t n_classes;
  int32_t n_starts;
  int32_t max_iterations;
  double tolerance;      /* stop when the mean log-likelihood of a row changes by less */
  double regularization; /* added to every variance */
  double
      smoothing; /* rows added to each class and categorical column, spread as all rows are: keeps
                    probabilities off 0. With 0 the likelihood never falls from one iteration to the next */
  uint64_t seed;
  const float *weights; /* lends n weights >= 0, finite, not all 0; NULL: all 1 */
} gy_latent_class_options;

/* 10 starts, 500 iterations, tolerance 1e-7, regularization 1e-6, smoothing 0.01, seed 0. */
gy_latent_class_options gy_latent_class_defaults(int32_t n_classes);

/* A fitted model. Level l of categorical column j is number first_level[j] + l of `n_levels_all`. */
typedef struct gy_latent_class {
  int32_t n_classes;
  size_t n_categorical, n_numeric, n_levels_all;
  int32_t *first_level;  /* n_categorical + 1: the last is n_levels_all */
  double *weights;       /* k: the classes' shares, sum 1 */
  double *probabilities; /* k x n_levels_all: of each level in each class */
  double *means;         /* k x n_numeric */
  double *variances;     /* k x n_numeric */
  int64_t *sizes;        /* rows whose most probable class it is */
  double total_weight;
  double log_likelihood;
  double bic, aic;
  double entropy; /* -sum p ln p over rows and classes, weighted */
  double
      entropy_r2; /* 1 - entropy / (total weight ln k): 1 where every row is sure of its class; 1 for k = 1 */
  double n_parameters;
  int32_t iterations; /* of the start that won */
  bool converged;
  int32_t start;
  int32_t
      n_agreeing; /* starts that ended within 1e-4 a row of the best: few mean that more starts are needed */
} gy_latent_class;

/* What is wanted for each row; each array is the caller's and may be NULL. */
typedef struct gy_latent_class_rows {
  int32_t *labels;   /* n: the most probable class (ties: the lowest) */
  float *posteriors; /* n x k */
} gy_latent_class_rows;

/* Bytes of scratch and result that a fit will hold, beside the indicators and the rows' arrays; SIZE_MAX when
 * that overflows. */
size_t gy_latent_class_memory(const gy_indicators *x, const gy_latent_class_options *options,
                              const gy_task *task);

/* Fits. `rows` (may be NULL) receives exactly what gy_latent_class_predict gives. On success *model gives a
 * result for gy_latent_class_clear. Errors: GY_EUSAGE (an option out of range, no columns), GY_EDATA (n < k,
 * unusable values), GY_ELIMIT (the budget is below gy_latent_class_memory), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_latent_class_fit(const gy_indicators *x, const gy_latent_class_options *options,
                                          const gy_task *task, gy_latent_class *model,
                                          const gy_latent_class_rows *rows, gy_error *err);

/* Judges rows by a fitted model. A code that the model does not know is refused. Errors as above. */
GY_MUST_USE gy_status gy_latent_class_predict(const gy_latent_class *model, const gy_indicators *x,
                                              const gy_task *task, const gy_latent_class_rows *rows,
                                              gy_error *err);

/* Frees what a fit gave. NULL-safe, and safe on a zeroed model. */
void gy_latent_class_clear(gy_latent_class *model);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Gaussian mixtures: each cluster is a normal distribution with its own weight, mean and covariance, and each
 * row belongs to each cluster with a probability.
 *
 * Method: expectation-maximisation (Dempster, Laird and Rubin 1977) from a k-means clustering, the most
 * likely of several starts. Vocabulary, regularisation and stopping rule are scikit-learn's.
 *
 * Shapes: x is n x d, row-major floats; 1 <= k <= n, d >= 1. NaN: refused with the row and column, as is any
 * |x| > 1e17. Scaling: the covariances fit themselves to the units, but the k-means that seeds does not, nor
 * do spherical covariances: scale columns first (gyeol/scaling.h). `regularization` is in squared units of x.
 * Collapse: a cluster that is flat in some direction keeps the regularisation as its variance there; where
 * that is too little to compute with (or 0), more is added. Both are counted in `n_collapsed`, never NaN.
 * Precision: single for the densities of well-conditioned clusters, double sums; a fit that meets covariances
 * too flat for that starts again in double (`used_double`). Determinism: the same bytes for the same seed on
 * any number of threads; instruction sets differ in the last bits. Cost: O(n k d^2) an iteration (diagonal
 * and spherical: O(n k d)), one pass over x; gy_mixture_memory says the scratch beforehand. */
#ifndef GYEOL_MIXTURE_H
#define GYEOL_MIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include <gyeol/matrix.h>
#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gy_covariance {
  GY_COVARIANCE_FULL,      /* each cluster its own matrix: k x d x d */
  GY_COVARIANCE_TIED,      /* one matrix for all: d x d */
  GY_COVARIANCE_DIAGONAL,  /* each cluster its own variances: k x d */
  GY_COVARIANCE_SPHERICAL, /* each cluster one variance: k */
  GY_COVARIANCE_COUNT
} gy_covariance;

/* "full", "tied", "diagonal", "spherical". Never NULL. */
const char *gy_covariance_name(gy_covariance covariance);

/* A fitted mixture, in the units of x. */
typedef struct gy_mixture {
  int32_t n_clusters;
  size_t n_columns;
  gy_covariance covariance;
  double *weights;       /* k, sum 1 */
  double *means;         /* k x d */
  double *covariances;   /* as gy_covariance says; with the regularisation */
  int64_t *sizes;        /* rows whose most probable cluster it is */
  double total_weight;   /* of the rows: n without weights */
  double log_likelihood; /* of all rows, weighted */
  double bic;            /* -2 log_likelihood + parameters ln(total weight): lower is better */
  double aic;            /* -2 log_likelihood + 2 parameters */
  double icl;            /* bic + twice the entropy of the responsibilities: also wants them clear */
  double entropy;        /* -sum r ln r over rows and clusters, weighted */
  double n_parameters;
  int32_t iterations; /* of the start that won */
  bool converged;
  int32_t start;       /* which start won, from 0 */
  int32_t n_collapsed; /* clusters whose variance in some direction is little more than the regularisation */
  bool used_double;
} gy_mixture;

typedef struct gy_mixture_options {
  int32_t n_clusters;
  gy_covariance covariance;
  int32_t n_starts;       /* k-means seedings tried; the highest log-likelihood wins, the first of equals */
  int32_t max_iterations; /* of each start */
  double tolerance;       /* stop when the mean log-likelihood of a row changes by less */
  double regularization;  /* added to every variance */
  uint64_t seed;
  const float *weights;          /* lends n weights >= 0, finite, not all 0; NULL: all 1 */
  const int32_t *initial_labels; /* lends n labels 0..k-1 to start from, once, instead of k-means; or */
  const gy_mixture *initial; /* lends weights, means and covariances of the same shape to start from, once */
} gy_mixture_options;

/* Full covariances, 10 starts, 100 iterations, tolerance 1e-3, regularization 1e-6, seed 0. */
gy_mixture_options gy_mixture_defaults(int32_t n_clusters);

/* What is wanted for each row; each array is the caller's and may be NULL. */
typedef struct gy_mixture_rows {
  int32_t *labels;         /* n: the most probable cluster (ties: the lowest) */
  float *responsibilities; /* n x k: the probability of each cluster */
  float *log_density;      /* n: the logarithm of the mixture's density at the row */
} gy_mixture_rows;

/* Bytes of scratch and result that a fit will hold, beside x and the rows' arrays; SIZE_MAX when that
 * overflows. */
size_t gy_mixture_memory(size_t n, size_t d, const gy_mixture_options *options, const gy_task *task);

/* Fits. `rows` (may be NULL) receives exactly what gy_mixture_predict gives for x. On success *model gives a
 * result for gy_mixture_clear. Errors: GY_EUSAGE (an option out of range), GY_EDATA (n < k, unusable values
 * or labels), GY_ELIMIT (the task's memory budget is below gy_mixture_memory), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_mixture_fit(gy_matrix x, const gy_mixture_options *options, const gy_task *task,
                                     gy_mixture *model, const gy_mixture_rows *rows, gy_error *err);

/* Judges rows by a fitted mixture. Errors: GY_EDATA (another number of columns, unusable values, covariances
 * that are not positive definite), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_mixture_predict(const gy_mixture *model, gy_matrix x, const gy_task *task,
                                         const gy_mixture_rows *rows, gy_error *err);

/* Frees what a fit gave. NULL-safe, and safe on a zeroed model. */
void gy_mixture_clear(gy_mixture *model);

/* How many clusters, and how free their shape? Every combination is fitted and judged by a criterion. */

typedef enum gy_mixture_criterion {
  GY_MIXTURE_BIC, /* (Schwarz 1978) how many normal distributions the data speak for */
  GY_MIXTURE_ICL, /* (Biernacki, Celeux and Govaert 2000) how many clusters that are also apart */
  GY_MIXTURE_AIC
} gy_mixture_criterion;

typedef struct gy_mixture_choice_options {
  gy_mixture_options fit; /* for each fit; its n_clusters, covariance and initial_* are not read */
  int32_t k_min, k_max;   /* k above the number of rows is left out */
  uint32_t covariances;   /* bit 1 << type for each type to try */
  gy_mixture_criterion criterion;
} gy_mixture_choice_options;

/* 1 to 10 clusters, all four types, BIC; each fit with its defaults but 3 starts. */
gy_mixture_choice_options gy_mixture_choice_defaults(void);

typedef struct gy_mixture_candidate {
  int32_t n_clusters;
  gy_covariance covariance;
  double log_likelihood, n_parameters, bic, aic, icl;
  bool converged;
  int32_t n_collapsed;
} gy_mixture_candidate;

typedef struct gy_mixture_choice {
  gy_mixture_candidate *candidates; /* by type, then by k */
  size_t n_candidates;
  size_t best;      /* the lowest criterion; one with collapsed clusters, whose likelihood means nothing, only
                       where all have some */
  gy_mixture model; /* the fit of the best */
} gy_mixture_choice;

/* `rows` (may be NULL) receives the rows of the best fit. On success *choice gives a result for
 * gy_mixture_choice_clear. Errors: as gy_mixture_fit; GY_EUSAGE where there is nothing to try. */
GY_MUST_USE gy_status gy_mixture_choose(gy_matrix x, const gy_mixture_choice_options *options,
                                        const gy_task *task, gy_mixture_choice *choice,
                                        const gy_mixture_rows *rows, gy_error *err);

/* NULL-safe, and safe on a zeroed choice. */
void gy_mixture_choice_clear(gy_mixture_choice *choice);

#ifdef __cplusplus
}
#endif
#endif

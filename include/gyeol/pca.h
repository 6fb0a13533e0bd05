/* SPDX-License-Identifier: Apache-2.0
 *
 * Principal components: the orthogonal directions along which rows differ most, the rows seen along them, and
 * factors that are easier to name (varimax).
 *
 * Method: eigenvectors of the covariance matrix, summed in double (Pearson 1901, Hotelling 1933), or, for
 * wide data of which few components are wanted, a randomised range finder with power iterations (Halko,
 * Martinsson and Tropp 2011, algorithm 4.4). Vocabulary is scikit-learn's.
 *
 * Shapes: x is n x d, row-major floats, n >= 2, d >= 1. Columns are centred, not scaled: scale them first
 * (gyeol/scaling.h) unless they share a unit. NaN and infinity: refused with the row and column; any finite
 * float is fine. Variances have divisor n - 1. Signs: the entry of a component that is largest in magnitude
 * is positive (the first of equals). Components of equal variance are any basis of their plane. Determinism:
 * the same bytes on any number of threads (a fit sets OpenBLAS to one thread for the whole process).
 * Processors with and without fused multiply-add, and other builds of LAPACK, differ in the last bits. Cost:
 * covariance O(n d^2 + d^3) time, one pass over x; randomised O(n d m (p + 1)) for m = components +
 * oversampling and p power iterations. gy_pca_memory says the scratch. */
#ifndef GYEOL_PCA_H
#define GYEOL_PCA_H

#include <stdbool.h>
#include <stdint.h>

#include <gyeol/matrix.h>
#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gy_pca_method {
  GY_PCA_AUTO,       /* covariance unless the other is cheaper, or alone fits the memory budget */
  GY_PCA_COVARIANCE, /* exact */
  GY_PCA_RANDOMISED, /* nearly exact; exact where components + oversampling reach min(n, d) */
} gy_pca_method;

typedef struct gy_pca_options {
  int32_t n_components; /* 0: all there can be, min(n, d) */
  gy_pca_method method;
  int32_t oversampling;     /* randomised: directions tried beyond n_components */
  int32_t power_iterations; /* randomised: more of them separate variances that are close */
  uint64_t seed;            /* randomised */
} gy_pca_options;

/* Method chosen by cost, oversampling 10, 4 power iterations, seed 0. */
gy_pca_options gy_pca_defaults(int32_t n_components);

/* Fitted components. */
typedef struct gy_pca {
  int32_t n_components;
  size_t n_columns;
  size_t n_rows;                    /* fitted on */
  gy_pca_method method;             /* what was used; never GY_PCA_AUTO */
  double *mean;                     /* n_columns */
  double *components;               /* n_components x n_columns, rows orthonormal, largest variance first */
  double *explained_variance;       /* n_components */
  double *explained_variance_ratio; /* of total_variance; 0 where that is 0 */
  double total_variance;            /* summed over the columns */
} gy_pca;

/* Bytes of scratch and result that a fit will hold beside x; SIZE_MAX when that overflows. */
size_t gy_pca_memory(size_t n, size_t d, const gy_pca_options *options, const gy_task *task);

/* Fits. On success *model gives a result for gy_pca_clear. Errors: GY_EUSAGE (an option out of range),
 * GY_EDATA (n < 2, n_components > min(n, d), unusable values), GY_ELIMIT (no method fits the task's budget),
 * GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_pca_fit(gy_matrix x, const gy_pca_options *options, const gy_task *task,
                                 gy_pca *model, gy_error *err);

typedef enum gy_pca_view {
  GY_PCA_SCORES, /* coordinates along the components: n x n_components */
  GY_PCA_WHITE,  /* the same divided by their standard deviations: uncorrelated, variance 1 */
  GY_PCA_ZCA, /* white, then turned back to the columns' axes: the white rows nearest to the centred ones */
} gy_pca_view;

/* Columns of such a view: n_components, or n_columns for GY_PCA_ZCA. */
size_t gy_pca_view_columns(const gy_pca *model, gy_pca_view view);

/* Rows of x (m x n_columns) in that view, to `out` (m x gy_pca_view_columns, the caller's). A component whose
 * deviation is below 1e-7 of the first's is noise of rounding: whitening gives 0 for it. Errors: GY_EDATA
 * (another number of columns, unusable values), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_pca_transform(const gy_pca *model, gy_pca_view view, gy_matrix x,
                                       const gy_task *task, float *out, gy_error *err);

/* Back from a view to columns: `out` (m x n_columns, the caller's). The identity when all components are
 * kept. Errors as gy_pca_transform. */
GY_MUST_USE gy_status gy_pca_inverse(const gy_pca *model, gy_pca_view view, gy_matrix z, const gy_task *task,
                                     float *out, gy_error *err);

/* Frees what a fit gave. NULL-safe, and safe on a zeroed model. */
void gy_pca_clear(gy_pca *model);

/* Loadings: components times standard deviations, to `loadings` (n_columns x n_components, the caller's). For
 * standardised columns they are correlations of columns (rows here) with components. */
void gy_pca_loadings(const gy_pca *model, double *loadings);

typedef struct gy_varimax_result {
  int32_t iterations; /* sweeps over all pairs of factors */
  bool converged;     /* the last sweep turned no pair by more than 1e-10 */
} gy_varimax_result;

/* Varimax (Kaiser 1958): turns `loadings` (d x k, changed in place) so that each factor has few large
 * loadings and many near zero, by planar rotations of each pair of factors in turn. `normalise`: rows count
 * alike whatever their communality (Kaiser's normalisation, the usual way). Factors come out by falling sum
 * of squares; the largest loading of each is positive. `rotation` (k x k, the caller's, may be NULL):
 * loadings in times rotation = loadings out. `communalities` (d, the caller's, may be NULL): each row's sum
 * of squares, which no rotation changes. d, k >= 1; loadings finite and at most 1e75, else GY_EDATA. Errors:
 * GY_ENOMEM. */
GY_MUST_USE gy_status gy_varimax(double *loadings, size_t d, size_t k, bool normalise, double *rotation,
                                 double *communalities, gy_varimax_result *result, gy_error *err);

#ifdef __cplusplus
}
#endif
#endif

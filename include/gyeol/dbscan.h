/* SPDX-License-Identifier: Apache-2.0
 *
 * DBSCAN: clusters are regions where rows lie densely; rows in thin regions are noise.
 *
 * Method: Ester, Kriegel, Sander and Xu 1996, with the names of Schubert et al. 2017. A row with at least
 * `min_samples` rows (itself counted) within the distance `eps` is a core row. Core rows within eps of each
 * other are in one cluster. A row that is not core but within eps of a core row is a border row of that
 * cluster; all others are noise, label -1.
 *
 * Exact: distances are compared as their squares with eps^2 in double, `<=` as in scikit-learn, whatever the
 * instruction set (num/kd_tree.h). Never a list of all neighbours: rows are counted until they are core,
 * parts of the tree that lie wholly within eps are taken without distances, and clusters grow by joining sets
 * of core rows.
 *
 * Shapes: x is n x d, row-major floats; n >= 1, d >= 1, n < 2^31. Scale columns first (gyeol/scaling.h).
 * NaN: refused with the row and column, as is any |x| > 1e16. eps may be 0 (equal rows are neighbours) or
 * infinite (all are); with min_samples > n every row is noise. Determinism: the same bytes on any number of
 * threads and any instruction set. Clusters are numbered by their lowest core row, as scikit-learn does.
 * Cost: a kd-tree; then about n log n plus the neighbours that had to be looked at, at worst n^2 d where eps
 * or d leaves nothing to cut. Memory: gy_dbscan_memory, about n (5 d + 20) bytes. */
#ifndef GYEOL_DBSCAN_H
#define GYEOL_DBSCAN_H

#include <stdbool.h>
#include <stdint.h>

#include <gyeol/matrix.h>
#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Beyond this a squared distance may not fit a float. */
#define GY_DBSCAN_VALUE_LIMIT 1e16f

/* A border row may be near core rows of several clusters. */
typedef enum gy_dbscan_border {
  GY_DBSCAN_BORDER_NEAREST, /* it joins that of the nearest core row (ties: the lowest row); what
                               gy_dbscan_predict gives, and independent of the order of rows but for ties */
  GY_DBSCAN_BORDER_FIRST,   /* that of the lowest number: scikit-learn's labels, number for number */
  GY_DBSCAN_BORDER_NOISE    /* none, it is noise: DBSCAN* (Campello, Moulavi and Sander 2013) */
} gy_dbscan_border;

typedef struct gy_dbscan_options {
  double eps;          /* 0 or more, in the units of x; may be infinite */
  int32_t min_samples; /* 1 or more; the row itself counts */
  gy_dbscan_border border;
} gy_dbscan_options;

/* min_samples 5, border rows to the nearest core row. */
gy_dbscan_options gy_dbscan_defaults(double eps);

typedef struct gy_dbscan {
  int32_t n_clusters;
  int64_t n_core;
  int64_t n_border;
  int64_t n_noise;
} gy_dbscan;

/* Bytes of scratch that a fit takes at its peak, beside x, `labels` and `core`; SIZE_MAX when that overflows.
 */
size_t gy_dbscan_memory(size_t n, size_t d);

/* Fits. `labels` (n, the caller's) receives each row's cluster or -1, `core` (n, the caller's, may be NULL)
 * whether it is a core row. Nothing is given that must be freed. Errors: GY_EUSAGE (an option out of range),
 * GY_EDATA (no rows, unusable values), GY_ELIMIT (the task's memory budget is below gy_dbscan_memory, or too
 * many rows), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_dbscan_fit(gy_matrix x, const gy_dbscan_options *options, const gy_task *task,
                                    gy_dbscan *result, int32_t *labels, bool *core, gy_error *err);

/* A fitted clustering of rows, to which new ones are compared: views only. */
typedef struct gy_dbscan_fitted {
  gy_matrix x;
  const int32_t *labels;
  const bool *core;
  double eps;
} gy_dbscan_fitted;

/* The cluster of the nearest core row within eps of each row of `x` (ties: the lowest row), or -1, into
 * `labels` (x.n_rows, the caller's); its distance, or infinity, into `distances` (the same, may be NULL).
 * Errors: GY_EDATA (another number of columns, unusable values), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_dbscan_predict(const gy_dbscan_fitted *fitted, gy_matrix x, const gy_task *task,
                                        int32_t *labels, double *distances, gy_error *err);

enum { GY_EPS_CURVE_POINTS = 256 };

/* The k-distance curve: how far rows are from their `min_samples`-th nearest row (itself counted), which is
 * the eps from which on they would be core rows. */
typedef struct gy_eps_suggestion {
  double eps;    /* at the knee of the curve; where it has none, the distance that 95 % of rows stay within */
  bool has_knee; /* false: the rows look equally dense everywhere; be careful */
  double core_share;                 /* of the rows looked at, that would be core rows at eps */
  size_t n_rows;                     /* rows looked at: all up to 20,000, else that many, evenly drawn */
  double curve[GY_EPS_CURVE_POINTS]; /* distances, greatest first, at equal steps from the first row to the
                                        last */
} gy_eps_suggestion;

/* Suggests eps for DBSCAN: the knee (Kneedle, Satopaa et al. 2011) of the sorted k-distances (Ester et al.
 * 1996, section 4.2), sought in the farther half of the rows without the farthest 1 %, so that neither a few
 * outliers nor one very dense cluster decides. Look at the curve before you believe it. It is the same on any
 * number of threads. O(n log n). Errors: as gy_dbscan_fit, and GY_EDATA where there are fewer than
 * min_samples rows. */
GY_MUST_USE gy_status gy_dbscan_suggest_eps(gy_matrix x, int32_t min_samples, const gy_task *task,
                                            gy_eps_suggestion *suggestion, gy_error *err);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * OPTICS: an order of the rows in which dense regions are valleys, for all eps at once.
 *
 * Method: Ankerst, Breunig, Kriegel and Sander 1999. The core distance of a row is the distance to its
 * `min_samples`-th nearest row (itself counted), infinite beyond `max_eps`. Rows are visited one after the
 * other; each visited row p offers every unvisited row q within max_eps the reachability max(core(p), |p -
 * q|), q keeps the least and its predecessor, and the next row is the one of the least reachability (ties:
 * the lowest row). Clusters are read off afterwards: DBSCAN's for one eps (gy_optics_cut), or valleys with
 * steep sides (gy_optics_xi), as many eps as there are.
 *
 * Shapes: x is n x d, row-major floats; n >= 1, d >= 1, n < 2^31. Scale columns first (gyeol/scaling.h). NaN:
 * refused with the row and column, as is any |x| > 1e16. min_samples > n: no row is core, all are noise.
 * Determinism: the same bytes on any number of threads and any instruction set. Cost: about n log n on few
 * columns, n^2 d at worst; threads help with the core distances only. Memory: gy_optics_memory, about
 * n (5 d + 60) bytes. */
#ifndef GYEOL_OPTICS_H
#define GYEOL_OPTICS_H

#include <stdbool.h>
#include <stdint.h>

#include <gyeol/matrix.h>
#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gy_optics_options {
  int32_t min_samples; /* 1 or more; the row itself counts */
  double max_eps;      /* 0 or more; infinite: no limit. A limit saves time and hides sparser clusters */
} gy_optics_options;

/* min_samples 5, no limit. */
gy_optics_options gy_optics_defaults(void);

/* An order of n rows. Arrays are n long and by row number, but for `ordering`. */
typedef struct gy_optics {
  size_t n;
  int32_t *ordering;      /* row numbers in the order of the visits */
  double *reachability;   /* infinite: never reached (the first row of each part) */
  double *core_distances; /* infinite: not core within max_eps */
  int32_t *predecessor;   /* the row it was reached from; -1: none */
} gy_optics;

/* Bytes of scratch and result that a fit takes at its peak, beside x; SIZE_MAX when that overflows. */
size_t gy_optics_memory(size_t n, size_t d);

/* Orders the rows. On success *order gives a result for gy_optics_clear. Errors: GY_EUSAGE (an option out of
 * range), GY_EDATA (no rows, unusable values), GY_ELIMIT (the task's memory budget is below gy_optics_memory,
 * or too many rows), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_optics_fit(gy_matrix x, const gy_optics_options *options, const gy_task *task,
                                    gy_optics *order, gy_error *err);

/* NULL-safe, and safe on a zeroed order. */
void gy_optics_clear(gy_optics *order);

/* DBSCAN's clusters for an eps of at most max_eps, into `labels` (n, the caller's; -1: noise); returns their
 * number. Core rows are as in DBSCAN; a border row may be noise where it was visited before any core row near
 * it. O(n). */
int32_t gy_optics_cut(const gy_optics *order, double eps, int32_t *labels);

typedef struct gy_optics_xi_options {
  double xi;           /* 0 < xi < 1: a step of the plot is steep where it changes by this part of itself */
  int32_t min_samples; /* as of the fit: so many rows of a slope may be less steep */
  int32_t min_cluster_size;  /* 2 or more */
  bool correct_predecessors; /* ends a valley at rows that were reached from within it (Schubert and Gertz
                                2018) */
} gy_optics_xi_options;

/* xi 0.05, both sizes min_samples (at least 2), corrected. */
gy_optics_xi_options gy_optics_xi_defaults(int32_t min_samples);

/* A valley of the plot: places of `ordering`, both included. */
typedef struct gy_optics_valley {
  int32_t first, last;
} gy_optics_valley;

typedef struct gy_optics_valleys {
  size_t n_valleys;
  gy_optics_valley *valleys; /* smaller ones before those that hold them */
  int32_t n_clusters;        /* valleys without smaller ones in them: what labels number */
} gy_optics_valleys;

/* Finds the valleys; `labels` (n, the caller's, may be NULL) receives the smallest one's number for each row,
 * -1 outside of all. On success *found gives a result for gy_optics_valleys_clear. Errors: GY_EUSAGE (an
 * option out of range), GY_ENOMEM. */
GY_MUST_USE gy_status gy_optics_xi(const gy_optics *order, const gy_optics_xi_options *options,
                                   gy_optics_valleys *found, int32_t *labels, gy_error *err);

/* NULL-safe, and safe on zeroed valleys. */
void gy_optics_valleys_clear(gy_optics_valleys *found);

#ifdef __cplusplus
}
#endif
#endif

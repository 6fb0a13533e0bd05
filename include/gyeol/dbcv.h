/* SPDX-License-Identifier: Apache-2.0
 *
 * How good is a density-based clustering? Density-based clustering validation: clusters of any shape are good
 * when they are denser within than between.
 *
 * Method (Moulavi, Jaskowiak, Campello, Zimek and Sander 2014). Within a cluster of m rows the density at a
 * row a is told by the all-points core distance core(a) = (sum over its other rows b of |a - b|^-d / (m -
 * 1))^(-1/d); the cluster's spanning tree under max(core(a), core(b), |a - b|) has inner rows, those with two
 * edges or more. Sparseness is the longest edge between inner rows, separation the shortest such distance
 * from an inner row to one of another cluster, and
 *
 *      value = (separation - sparseness) / max of the two,   -1 .. 1
 *
 * The index is the mean of the values, each weighted by its cluster's share of all rows: noise counts as 0.
 * What the paper leaves open: a tree without inner edges uses all its edges (as its authors' program does),
 * one without inner rows all its rows; a cluster of one row counts as noise; equal rows are infinitely dense,
 * core distance 0; of edges of equal weight the shorter comes first, then the one of lower rows.
 *
 * Shapes: x is n x d, row-major floats, |x| <= 1e16, no NaN (else GY_EDATA with row and column); labels are
 * -1 (noise) or 0..k-1. Determinism: the same bytes on any number of threads; processors with and without
 * fused multiply-add differ in the last bits. Cost: O(sum of m^2 (d + log d)) time, which is O(n^2 d) for few
 * clusters; O(n d) memory, no matrix of distances. */
#ifndef GYEOL_DBCV_H
#define GYEOL_DBCV_H

#include <gyeol/matrix.h>
#include <gyeol/status.h>
#include <gyeol/task.h>
#include <gyeol/validity.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gy_dbcv {
  double value;     /* the index */
  size_t n_noise;   /* rows that counted as noise */
  int32_t n_judged; /* clusters of two rows or more */
} gy_dbcv;

/* Bytes of scratch at most, beside x and labels; SIZE_MAX when that overflows. */
size_t gy_dbcv_memory(size_t n, size_t d, int32_t n_clusters, const gy_task *task);

/* The index, and each cluster's value into `values` (n_clusters, the caller's, may be NULL; NaN where it was
 * not judged). Errors: GY_EDATA (fewer than two clusters of two rows, labels or values out of range),
 * GY_ELIMIT (the task's memory budget is below gy_dbcv_memory, or too many rows), GY_ENOMEM, GY_ECANCELLED.
 */
GY_MUST_USE gy_status gy_dbcv_of(const gy_clustering *c, const gy_task *task, gy_dbcv *result, double *values,
                                 gy_error *err);

#ifdef __cplusplus
}
#endif
#endif

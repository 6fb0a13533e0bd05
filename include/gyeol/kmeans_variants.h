/* SPDX-License-Identifier: Apache-2.0
 *
 * Relatives of k-means (gyeol/kmeans.h), for rows in memory: by direction, with outliers set aside, by
 * halving, and by small batches.
 *
 * Everywhere, unless said otherwise: shapes, weights, NaN policy, empty clusters, ties, errors and
 * determinism are those of gyeol/kmeans.h, as are the options; results are gy_kmeans for gy_kmeans_clear;
 * `labels` is the caller's, n long, may be NULL. `..._memory` says beforehand what a fit will hold beside x
 * and labels; a fit that would exceed the task's budget is refused with the number (GY_ELIMIT). */
#ifndef GYEOL_KMEANS_VARIANTS_H
#define GYEOL_KMEANS_VARIANTS_H

#include <gyeol/kmeans.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Spherical k-means (Dhillon and Modha 2001): rows are compared by the angle between them, so that only the
 * mix of a customer's basket counts, not its size. Rows are brought to length 1; centres are directions of
 * length
 * 1. The model's inertia is the weighted sum of 1 - cosine. A row of zeros has no direction: GY_EDATA, with
 * the row. Cost: a copy of x, then as k-means. */
size_t gy_spherical_memory(size_t n, size_t d, const gy_kmeans_options *options, const gy_task *task);
GY_MUST_USE gy_status gy_spherical_fit(gy_matrix x, const gy_kmeans_options *options, const gy_task *task,
                                       gy_kmeans *model, int32_t *labels, gy_error *err);

/* Each row's nearest direction, and its cosine with it into `cosines` (n, the caller's, may be NULL). */
GY_MUST_USE gy_status gy_spherical_predict(const gy_kmeans *model, gy_matrix x, const gy_task *task,
                                           int32_t *labels, float *cosines, gy_error *err);

/* Trimmed k-means (Cuesta-Albertos, Gordaliza and Matran 1997), by concentration steps (Garcia-Escudero,
 * Gordaliza, Matran and Mayo-Iscar 2008): the floor(trim_fraction n) rows farthest from their centres are set
 * aside, belong to no cluster (label -1) and pull at no centre. A few extreme customers then do not get a
 * cluster of their own. Starts alternate between k-means++ and random rows, since k-means++ likes outliers.
 */
typedef struct gy_trimmed_options {
  gy_kmeans_options kmeans; /* its defaults, but 20 starts; `seeding` is not looked at */
  double trim_fraction;     /* 0 <= f < 1, at least k rows remaining */
} gy_trimmed_options;

typedef struct gy_trimmed {
  gy_kmeans kmeans; /* sizes and inertia are those of the rows kept */
  size_t n_trimmed;
  double radius; /* no row kept is farther than this from its centre */
} gy_trimmed;

gy_trimmed_options gy_trimmed_defaults(int32_t n_clusters, double trim_fraction);
size_t gy_trimmed_memory(size_t n, size_t d, const gy_trimmed_options *options, const gy_task *task);
GY_MUST_USE gy_status gy_trimmed_fit(gy_matrix x, const gy_trimmed_options *options, const gy_task *task,
                                     gy_trimmed *model, int32_t *labels, gy_error *err);

/* Each row's nearest centre, or -1 beyond the model's radius. */
GY_MUST_USE gy_status gy_trimmed_predict(const gy_trimmed *model, gy_matrix x, const gy_task *task,
                                         int32_t *labels, gy_error *err);
void gy_trimmed_clear(gy_trimmed *model);

/* Bisecting k-means (Steinbach, Karypis and Kumar 2000): all rows are one cluster; the cluster of the largest
 * inertia is halved by k-means with k = 2, until there are k. Cheap for large k, and the clusters form a
 * tree. `parents` (2 k - 1, the caller's, may be NULL) receives the tree: clusters are the leaves 0..k-1;
 * node k + i is the i-th that was halved; -1 for the root and for what does not exist. Without `refine` a row
 * stays where the halvings put it, which need not be its nearest centre; with it, Lloyd's iteration follows
 * and the tree says only where the centres came from. */
typedef struct gy_bisecting_options {
  gy_kmeans_options kmeans; /* n_starts and iterations of each halving; no initial_centers */
  bool refine;
} gy_bisecting_options;

gy_bisecting_options gy_bisecting_defaults(int32_t n_clusters); /* 3 starts, refined */
size_t gy_bisecting_memory(size_t n, size_t d, const gy_bisecting_options *options, const gy_task *task);
GY_MUST_USE gy_status gy_bisecting_fit(gy_matrix x, const gy_bisecting_options *options, const gy_task *task,
                                       gy_kmeans *model, int32_t *parents, int32_t *labels, gy_error *err);

/* Mini-batch k-means (Sculley 2010). For rows in memory the fused pass of Lloyd's iteration is so cheap that
 * it wins: it is used, from the centres of a sample, wherever the budget holds it, and `full_lloyd` says so.
 * Otherwise, or when asked, batches of random rows move the centres, each by a step of one over the number of
 * rows it has had, until batches stop improving. No weights (GY_EUSAGE). */
typedef struct gy_minibatch_options {
  gy_kmeans_options kmeans; /* 3 starts on the sample */
  size_t batch_rows;
  int32_t max_batches;
  bool batches_only; /* never the full iteration */
} gy_minibatch_options;

typedef struct gy_minibatch {
  gy_kmeans kmeans;
  bool full_lloyd;
  int32_t n_batches;
} gy_minibatch;

gy_minibatch_options gy_minibatch_defaults(int32_t n_clusters); /* 1,024 rows, 1,000 batches */
size_t gy_minibatch_memory(size_t n, size_t d, const gy_minibatch_options *options, const gy_task *task);
GY_MUST_USE gy_status gy_minibatch_fit(gy_matrix x, const gy_minibatch_options *options, const gy_task *task,
                                       gy_minibatch *model, int32_t *labels, gy_error *err);
void gy_minibatch_clear(gy_minibatch *model);

#ifdef __cplusplus
}
#endif
#endif

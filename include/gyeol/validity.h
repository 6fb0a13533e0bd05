/* SPDX-License-Identifier: Apache-2.0
 *
 * How good is a clustering? Internal indices look at the rows themselves: silhouette, Calinski-Harabasz,
 * Davies-Bouldin, Dunn; and the knee of a curve. Indices that compare two clusterings of the same rows are in
 * gyeol/agreement.h, which comes with this header.
 *
 * Everywhere: x is n x d, row-major floats without NaN; `labels` are n numbers 0..k-1. Labels outside are
 * refused with the row (GY_EDATA). Empty clusters are left out of every mean. Distances are Euclidean,
 * results double and the same bytes on any number of threads. */
#ifndef GYEOL_VALIDITY_H
#define GYEOL_VALIDITY_H

#include <stdint.h>

#include <gyeol/agreement.h>
#include <gyeol/matrix.h>
#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A clustering to be judged: views only. */
typedef struct gy_clustering {
  gy_matrix x;
  const int32_t *labels;
  int32_t n_clusters;
} gy_clustering;

typedef struct gy_silhouette {
  double mean;           /* over rows: -1..1 */
  double standard_error; /* of the mean, as if the rows used were a random sample */
  size_t n_used;         /* rows that were judged; n unless sampled */
} gy_silhouette;

/* Silhouette (Rousseeuw 1987): of row i, s = (b - a) / max(a, b), where a is the mean distance to the other
 * rows of its cluster and b the smallest mean distance to another cluster; 0 for the only row of a cluster.
 * `values` (n, the caller's, may be NULL) receives each row's, `cluster_means` (k, the caller's, may be NULL)
 * each cluster's mean (0 for an empty one). Needs two non-empty clusters, else GY_EDATA. Cost: O(n^2 d) time,
 * O(n d) scratch. */
GY_MUST_USE gy_status gy_silhouette_exact(const gy_clustering *c, const gy_task *task, gy_silhouette *result,
                                          float *values, double *cluster_means, gy_error *err);

/* The same on a sample of `n_sample` rows, drawn from each cluster in proportion to its size, but at least 50
 * of each that has them (so a few more than n_sample may be used). Distances are taken within the sample.
 * Exact when n <= n_sample. The clusters' means are weighted by their true sizes. */
GY_MUST_USE gy_status gy_silhouette_sampled(const gy_clustering *c, size_t n_sample, uint64_t seed,
                                            const gy_task *task, gy_silhouette *result, double *cluster_means,
                                            gy_error *err);

/* Simplified silhouette (Hruschka, de Castro and Campello 2004): distances to cluster means stand for mean
 * distances, so that it costs O(n k d) and suits any n. It is a different, usually higher, number: never
 * compare it with the above. */
GY_MUST_USE gy_status gy_silhouette_simplified(const gy_clustering *c, const gy_task *task,
                                               gy_silhouette *result, double *cluster_means, gy_error *err);

typedef struct gy_dispersion {
  double inertia;           /* sum of squared distances to the cluster means */
  double calinski_harabasz; /* (1974) between / within variance ratio: higher is better; infinite when within
                               is 0 */
  double davies_bouldin;    /* (1979) mean likeness to the most alike cluster: lower is better */
} gy_dispersion;

/* Indices from cluster means, in O(n d + k^2 d). Calinski-Harabasz needs more rows than clusters, both it and
 * Davies-Bouldin two non-empty clusters; otherwise they are NaN. */
GY_MUST_USE gy_status gy_dispersion_of(const gy_clustering *c, const gy_task *task, gy_dispersion *result,
                                       gy_error *err);

typedef struct gy_dunn {
  double index;      /* separation / diameter: higher is better; infinite when every cluster is one place */
  double separation; /* smallest distance between rows of two clusters */
  double diameter;   /* largest distance within a cluster */
} gy_dunn;

/* Dunn's index (1974). Needs two non-empty clusters. Cost: O(n^2 d) time, one copy of x and 16 n floats a
 * thread. Errors: GY_EDATA (also NaN and |x| > 1e17, naming row and column), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_dunn_index(const gy_clustering *c, const gy_task *task, gy_dunn *result,
                                    gy_error *err);

typedef enum gy_knee_shape {
  GY_KNEE_RISING_CONCAVE, /* rises fast, then slowly: gains */
  GY_KNEE_FALLING_CONVEX, /* falls fast, then slowly: inertia over k; an elbow */
  GY_KNEE_RISING_CONVEX,  /* rises slowly, then fast: sorted k-distances */
  GY_KNEE_FALLING_CONCAVE
} gy_knee_shape;

/* The place of the knee of the curve y over ascending x, or n when there is none (Kneedle; Satopaa, Albrecht,
 * Irwin and Raghavan 2011, without smoothing): the first after which the curve comes `sensitivity` mean steps
 * of x nearer to its chord. Sensitivity 1 for small clean curves; more for noisy ones. Values are finite. */
size_t gy_kneedle(const double *x, const double *y, size_t n, gy_knee_shape shape, double sensitivity);

#ifdef __cplusplus
}
#endif
#endif

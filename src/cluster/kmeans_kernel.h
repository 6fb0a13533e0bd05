/* SPDX-License-Identifier: Apache-2.0
 *
 * The inner loops of k-means, compiled once an instruction set. All of them work on a range of rows
 * first..end-1 of one matrix, allocate nothing, and depend on nothing but their arguments. */
#ifndef GYEOL_CLUSTER_KMEANS_KERNEL_H
#define GYEOL_CLUSTER_KMEANS_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/matrix.h>

enum { GY_CENTERS_A_GROUP = 4, GY_CANDIDATES_MAX = 24 };

/* Centres as the kernels read them: groups of four, the four values of a feature beside each other.
 *
 * The nearest centre of x is the one with the largest x.c - |c|^2/2: no square root, no |x|^2. Because that
 * difference cancels when the data lie far from zero, x and c are both taken relative to `offset`, the mean
 * of the centres. Centres that fill up the last group have bias -infinity and never win. */
typedef struct gy_packed_centers {
  size_t d;
  size_t k;
  size_t n_groups;
  float *offset; /* GY_LANES_MAX-padded d */
  float *values; /* n_groups x d x 4 */
  float *bias;   /* n_groups x 4: -|c|^2/2 */
} gy_packed_centers;

/* Running totals of the rows of one block, by cluster. */
typedef struct gy_cluster_sums {
  double *sums;    /* k x d: sum of weight * x */
  double *weights; /* k */
  int64_t *counts; /* k: rows of positive weight */
} gy_cluster_sums;

typedef struct gy_kmeans_kernel {
  const char *name;
  /* Puts each row's nearest centre (ties: the lowest) into `labels` and returns how many labels changed. With
   * `totals`, a row that changed is moved from its old cluster's totals to its new one's; with `fresh` the
   * totals start from zero and every row is added. `weights` NULL: all 1. */
  size_t (*assign)(const gy_packed_centers *centers, gy_matrix x, const float *weights, size_t first,
                   size_t end, int32_t *labels, gy_cluster_sums *totals, bool fresh, float *scratch);
  /* One step of seeding. With `newest` (a row; NULL: none), nearest[i] becomes the smaller of itself and
   * |x_i - newest|^2. Then potentials[c], for each of `n_candidates` rows in `packed` (groups of four as
   * above, without offset), is the weighted sum of what candidate c would make of nearest. */
  void (*approach)(const float *newest, const float *packed, size_t n_candidates, gy_matrix x,
                   const float *weights, size_t first, size_t end, float *nearest, double *potentials,
                   float *scratch);
  /* |x_i - center of its label|^2 in double: weighted sum, and each row's value in `distances` (may be NULL).
   */
  double (*spread)(const float *centers, gy_matrix x, const float *weights, size_t first, size_t end,
                   const int32_t *labels, float *distances);
} gy_kmeans_kernel;

/* Floats of scratch that a kernel call needs. */
size_t gy_kmeans_kernel_scratch(size_t d);

/* The kernels this processor can run, fastest first; never empty. */
const gy_kmeans_kernel *const *gy_kmeans_kernels(size_t *count);

#endif

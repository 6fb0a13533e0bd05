/* SPDX-License-Identifier: Apache-2.0
 *
 * Sums of distances from each point to each cluster, for the silhouette; compiled once an instruction set. */
#ifndef GYEOL_CLUSTER_PAIRS_KERNEL_H
#define GYEOL_CLUSTER_PAIRS_KERNEL_H

#include <stddef.h>
#include <stdint.h>

enum { GY_PAIRS_BLOCK = 16, GY_PAIRS_ROWS = 4 };

/* Points sorted by cluster, each cluster padded to whole blocks of 16 points, features apart:
 * blocks[b][j][i] is feature j of the i-th point of block b. */
typedef struct gy_sorted_points {
  size_t d;
  size_t k;
  const size_t *first_block; /* k + 1 */
  const size_t *sizes;       /* k: real points of each cluster */
  const float *blocks;       /* first_block[k] x d x 16 */
} gy_sorted_points;

typedef struct gy_pairs_kernel {
  const char *name;
  /* sums[r * k + c] = sum of distances from row r to the points of cluster c, for four rows given feature by
   * feature: rows[j * 4 + r]. */
  void (*distance_sums)(const gy_sorted_points *points, const float *rows, double *sums);
} gy_pairs_kernel;

/* The kernels this processor can run, fastest first; never empty. */
const gy_pairs_kernel *const *gy_pairs_kernels(size_t *count);

#endif

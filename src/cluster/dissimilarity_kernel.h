/* SPDX-License-Identifier: Apache-2.0
 *
 * Dissimilarities from four rows to many points at once; compiled once an instruction set. */
#ifndef GYEOL_CLUSTER_DISSIMILARITY_KERNEL_H
#define GYEOL_CLUSTER_DISSIMILARITY_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include <gyeol/dissimilarity.h>

enum { GY_POINTS_BLOCK = 16, GY_POINTS_FOUR = 4 };

/* Points in blocks of 16, features apart: blocks[b][j][i] is feature j of the i-th point of block b. */
typedef struct gy_point_blocks {
  gy_metric metric;
  size_t n, d;
  const gy_gower_column *columns; /* Gower */
  const float *blocks;            /* n / 16, rounded up, x d x 16 */
} gy_point_blocks;

typedef struct gy_dissimilarity_kernel {
  const char *name;
  /* out[r][i] = dissimilarity of row r to point i, for four rows given feature by feature: four[j * 4 + r].
   */
  void (*to_points)(const gy_point_blocks *points, const float *four, float *const out[GY_POINTS_FOUR]);
  /* The nearest of `n_rows` rows, packed as above group by group, to each point, the first of equals:
   * nearest[i], its distance best[i] and that of the nearest other, next[i]. The three are whole blocks long.
   */
  void (*nearest)(const gy_point_blocks *points, const float *groups, size_t n_rows, int32_t *nearest,
                  float *best, float *next);
} gy_dissimilarity_kernel;

/* The kernels this processor can run, fastest first; never empty. */
const gy_dissimilarity_kernel *const *gy_dissimilarity_kernels(size_t *count);

#endif

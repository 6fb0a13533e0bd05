/* SPDX-License-Identifier: Apache-2.0
 *
 * Distances from four rows to a vector of points at once. Points come sorted by cluster, so that one loop
 * feeds one sum and no label is looked at. Sums run in float over 64 blocks at most, then go on in double.
 *
 * This file is compiled once an instruction set, with GY_KERNEL naming the result. */
#include "cluster/pairs_kernel.h"

#include <math.h>

#include "num/simd.h"

extern const gy_pairs_kernel GY_KERNEL;

enum { BLOCKS_A_FLOAT_SUM = 64, LANES_USED = GY_LANES };

/* The compiler has no square root of a vector; it makes one of this loop. */
static inline gy_vf square_roots(gy_vf v) {
  for (int i = 0; i < LANES_USED; i++) v[i] = sqrtf(v[i]);
  return v;
}

/* Adds the distances to the points of one vector; lanes from `n_real` on are padding. */
static inline void add_distances(const float *points, size_t d, const float *rows, size_t n_real,
                                 gy_vf sum[GY_PAIRS_ROWS]) {
  gy_vf squared[GY_PAIRS_ROWS] = {{0}};
  for (size_t j = 0; j < d; j++) {
    gy_vf x = gy_vf_load(points + j * GY_PAIRS_BLOCK);
    for (int r = 0; r < GY_PAIRS_ROWS; r++) {
      gy_vf difference = x - rows[j * GY_PAIRS_ROWS + r];
      squared[r] += difference * difference;
    }
  }
  if (n_real < LANES_USED) {
    for (int r = 0; r < GY_PAIRS_ROWS; r++)
      for (size_t i = n_real; i < LANES_USED; i++) squared[r][i] = 0;
  }
  for (int r = 0; r < GY_PAIRS_ROWS; r++) sum[r] += square_roots(squared[r]);
}

static void add_blocks(const float *blocks, size_t n_points, size_t d, const float *rows,
                       double total[GY_PAIRS_ROWS]) {
  gy_vf sum[GY_PAIRS_ROWS] = {{0}};
  for (size_t first = 0; first < n_points; first += LANES_USED) {
    const float *block = blocks + first / GY_PAIRS_BLOCK * GY_PAIRS_BLOCK * d + first % GY_PAIRS_BLOCK;
    add_distances(block, d, rows, n_points - first, sum);
  }
  for (int r = 0; r < GY_PAIRS_ROWS; r++)
    for (int i = 0; i < LANES_USED; i++) total[r] += (double)sum[r][i];
}

static void distance_sums(const gy_sorted_points *points, const float *rows, double *sums) {
  size_t stretch = (size_t)BLOCKS_A_FLOAT_SUM * GY_PAIRS_BLOCK;
  for (size_t c = 0; c < points->k; c++) {
    double total[GY_PAIRS_ROWS] = {0};
    const float *blocks = points->blocks + points->first_block[c] * points->d * GY_PAIRS_BLOCK;
    for (size_t first = 0; first < points->sizes[c]; first += stretch) {
      size_t left = points->sizes[c] - first;
      add_blocks(blocks + first * points->d, left < stretch ? left : stretch, points->d, rows, total);
    }
    for (size_t r = 0; r < GY_PAIRS_ROWS; r++) sums[r * points->k + c] = total[r];
  }
}

#define GY_TEXT(x)    #x
#define GY_NAME_OF(x) GY_TEXT(x)
const gy_pairs_kernel GY_KERNEL = {.name = GY_NAME_OF(GY_KERNEL), .distance_sums = distance_sums};

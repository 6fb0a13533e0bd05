/* SPDX-License-Identifier: Apache-2.0
 *
 * The inner loops of the kd-tree: float distances from a few points to all points of a leaf; compiled once an
 * instruction set. */
#ifndef GYEOL_NUM_KD_KERNEL_H
#define GYEOL_NUM_KD_KERNEL_H

#include <stddef.h>
#include <stdint.h>

enum { GY_KD_LEAF = 32 };

/* Some of the points of a group, which are to be compared with a leaf. Feature j of point i is
 * values[j * step + i]. */
typedef struct gy_kd_points {
  const float *values;
  size_t step;
  const uint8_t *which; /* the points meant */
  size_t n;
} gy_kd_points;

typedef struct gy_kd_kernel {
  const char *name;
  /* Bit i: point i of the block is within limits[i] (squared) of the box. `limits`: GY_KD_LEAF floats. */
  uint32_t (*near_box)(const float *block, size_t d, const float *lower, const float *upper,
                       const float *limits);
  /* For p = points->which[q], bit i of within[q]: point i of the block is at most limits[p] (squared) from
   * point p; of closer[q]: at most closer_limits[p]. closer may be NULL. */
  void (*near_points)(const float *block, size_t d, const gy_kd_points *points, const float *limits,
                      uint32_t *within, const float *closer_limits, uint32_t *closer);
} gy_kd_kernel;

/* The kernels this processor can run, fastest first; never empty. */
const gy_kd_kernel *const *gy_kd_kernels(size_t *count);

#endif

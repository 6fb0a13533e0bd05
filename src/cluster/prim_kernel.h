/* SPDX-License-Identifier: Apache-2.0
 *
 * The inner loops of Prim's algorithm; compiled once an instruction set. */
#ifndef GYEOL_CLUSTER_PRIM_KERNEL_H
#define GYEOL_CLUSTER_PRIM_KERNEL_H

#include <stddef.h>
#include <stdint.h>

/* Points in blocks, features apart: blocks[b][j][i] is feature j of point i of block b. */
enum { GY_PRIM_BLOCK = 16 };

typedef struct gy_prim_kernel {
  const char *name;
  /* Places (0 .. 16 n_blocks - 1, ascending) whose squared distance from `query`, in float, is at most
   * limits[place]. `places` has room for all. Returns how many. */
  size_t (*within)(const float *blocks, size_t n_blocks, size_t d, const float *query, const float *limits,
                   uint32_t *places);
  /* The lowest of n values (n >= 1 and a multiple of 16, none NaN) and the places that hold it, ascending.
   * Returns how many. */
  size_t (*lowest)(const double *values, size_t n, double *lowest, uint32_t *places);
} gy_prim_kernel;

/* The kernels this processor can run, fastest first; never empty. */
const gy_prim_kernel *const *gy_prim_kernels(size_t *count);

#endif

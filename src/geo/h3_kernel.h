/* SPDX-License-Identifier: Apache-2.0
 *
 * The inner loops from points, and from places, to cells; compiled once an instruction set, and the same bit
 * for bit in each. */
#ifndef GYEOL_GEO_H3_KERNEL_H
#define GYEOL_GEO_H3_KERNEL_H

#include <stddef.h>
#include <stdint.h>

typedef struct gy_h3_kernel {
  const char *name;
  /* As gy_h3_lat_lng_to_cells; the resolution is 0..15. Returns the points that are no cell. */
  size_t (*cells)(const double *lat, const double *lng, size_t n, int resolution, uint64_t *cells);
  /* gy_h3_cell_at for n places a + b w in the plane of one face. */
  void (*cells_at)(int face, const int32_t *a, const int32_t *b, size_t n, int resolution, uint64_t *cells);
} gy_h3_kernel;

/* The kernels this processor can run, fastest first; never empty. */
const gy_h3_kernel *const *gy_h3_kernels(size_t *count);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Points to cells, by the fastest kernel that the processor runs; all of them give the same indexes. */
#include <gyeol/h3.h>

#include "geo/h3_kernel.h"
#include "num/simd_level.h"

GY_KERNEL_LIST(gy_h3_kernel, gy_h3, gy_h3_kernels)

gy_status gy_h3_lat_lng_to_cells(const double *lat, const double *lng, size_t n, int resolution,
                                 uint64_t *cells, size_t *n_outside, gy_error *err) {
  if (resolution < 0 || resolution > GY_H3_RESOLUTION_MAX)
    return gy_fail(err, GY_EUSAGE, "a resolution of hexagons is 0 to 15, not %d", resolution);
  size_t count;
  size_t outside = gy_h3_kernels(&count)[0]->cells(lat, lng, n, resolution, cells);
  if (n_outside != NULL) *n_outside = outside;
  return GY_OK;
}

uint64_t gy_h3_lat_lng_to_cell(double lat, double lng, int resolution) {
  uint64_t cell = GY_H3_NONE;
  return gy_h3_lat_lng_to_cells(&lat, &lng, 1, resolution, &cell, NULL, NULL) == GY_OK ? cell : GY_H3_NONE;
}

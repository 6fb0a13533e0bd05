/* SPDX-License-Identifier: Apache-2.0
 *
 * Cells as polygons of directions, for tests of hexagons. */
#ifndef TEST_H3_FIXTURE_H
#define TEST_H3_FIXTURE_H

#include <gyeol/h3.h>

#include "base/rng.h"
#include "sphere.h"

static inline uint64_t base_cell(unsigned base) { return UINT64_C(0x8001fffffffffff) | (uint64_t)base << 45; }

static inline direction centre_of(uint64_t cell) {
  double lat, lng;
  gy_h3_cells_to_lat_lngs(&cell, 1, &lat, &lng, NULL);
  return direction_of(lat, lng);
}

static inline uint64_t cell_of(direction v, int resolution) {
  return gy_h3_lat_lng_to_cell(latitude_of(v), longitude_of(v), resolution);
}

typedef struct polygon {
  int n;
  direction centre, v[GY_H3_BOUNDARY_MAX];
} polygon;

static inline polygon polygon_of(uint64_t cell) {
  double lat[GY_H3_BOUNDARY_MAX], lng[GY_H3_BOUNDARY_MAX];
  polygon p = {.n = gy_h3_cell_to_boundary(cell, lat, lng), .centre = centre_of(cell)};
  for (int i = 0; i < p.n; i++) p.v[i] = direction_of(lat[i], lng[i]);
  return p;
}

static inline direction anywhere(gy_rng *rng) {
  double z = 2 * gy_rng_uniform(rng) - 1, angle = 2 * M_PI * gy_rng_uniform(rng);
  return (direction){sqrt(1 - z * z) * cos(angle), sqrt(1 - z * z) * sin(angle), z};
}

#endif

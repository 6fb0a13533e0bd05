/* SPDX-License-Identifier: Apache-2.0
 *
 * A cell as a place in the plane of a face: where geometry is done. */
#ifndef GYEOL_GEO_H3_ADDRESS_H
#define GYEOL_GEO_H3_ADDRESS_H

#include "geo/h3_lattice.h"

/* The place z in the plane of a face, which is continued beyond its edges as if its neighbours were folded
 * up. In units of `scale`: a face's vertices lie at 2 scale, 2 scale w, 2 scale w^2. */
typedef struct gy_h3_address {
  int face;
  gy_h3_z z;
} gy_h3_address;

/* The face that holds the centre of a cell, or one of them, and the place there, in units of the cell's
 * resolution. The index must be valid. */
gy_h3_address gy_h3_address_of(uint64_t cell);

/* The cell at a place within two cells of its face; 0 where a pentagon leaves none. */
uint64_t gy_h3_cell_at(gy_h3_address at, int resolution);

/* Weights of a face's vertices i, j, k at z, times three; they sum to 6 scale. The scale is a whole number:
 * of an even resolution, or a multiple of one. */
static inline void gy_h3_weights(gy_h3_z z, int64_t scale, int64_t weights[3]) {
  weights[0] = 2 * scale + 2 * z.a - z.b;
  weights[1] = 2 * scale - z.a + 2 * z.b;
  weights[2] = 2 * scale - z.a - z.b;
}

/* The corner opposite the edge that z is beyond, or -1 where it is in the face or on its edge. */
static inline int gy_h3_beyond(gy_h3_z z, int64_t scale) {
  int64_t weights[3];
  gy_h3_weights(z, scale, weights);
  int least = weights[1] < weights[0] ? 1 : 0;
  if (weights[2] < weights[least]) least = 2;
  return weights[least] < 0 ? least : -1;
}

/* The same place from the face across the edge opposite `corner`. */
gy_h3_address gy_h3_across(gy_h3_address at, int corner, gy_h3_z scale);

/* A place of a resolution as one of an even resolution (itself or the next) with a whole scale. */
static inline gy_h3_z gy_h3_even(gy_h3_z z, int resolution) {
  return resolution % 2 != 0 ? gy_h3_z_times(z, gy_h3_step(resolution + 1)) : z;
}

static inline int64_t gy_h3_even_scale(int resolution) { return gy_h3_scale(resolution + resolution % 2).a; }

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A grid over regions that answers "which region holds this place?" from one cell.
 *
 *   +------+------+     a  no edge meets it: its state is its region
 *   |  a   | b \  |     b  edges meet it: for each region concerned, in file order, its edges here and
 * whether |      |    \ |        the cell's upper right corner r is inside
 *   +------+-----\r
 *
 * A place p of cell b is inside a region when the way p -> q -> r, first along p's latitude to the cell's
 * right side, then up to r, crosses an even number of its edges and r is inside, or an odd number and r is
 * outside. Only edges that meet the cell can be crossed; more of them in its list change nothing.
 *
 * q and r may lie on edges, even on vertices. Everything is therefore asked of places moved by (epsilon,
 * delta), right and up, delta much the smaller, infinitely small both (simulation of simplicity), so that
 * none is on a line: no case is special, and the corner's answer computed along its row is the one the cell
 * needs. */
#ifndef GYEOL_GEO_REGION_GRID_H
#define GYEOL_GEO_REGION_GRID_H

#include <stdint.h>

#include "geo/region_rings.h"

/* Which rings are a region's. */
typedef struct gy_region_span {
  size_t first_ring, n_rings;
  double x_min, y_min, x_max, y_max;
} gy_region_span;

typedef struct gy_cell_region {
  int32_t region;
  uint32_t first_edge, n_edges; /* in `edges`; an edge runs from that place to the next */
  bool corner_inside;
  bool is_last; /* of its cell */
} gy_cell_region;

typedef struct gy_region_grid {
  size_t n_columns, n_rows;
  double x_scale, y_scale; /* cells a degree */
  double *x, *y;           /* n_columns + 1, n_rows + 1 sides of cells, rising */
  uint32_t *states;        /* a cell: 0 nowhere, region + 1, or GY_CELL_MIXED and its first cell_region */
  gy_cell_region *mixed;
  uint32_t *edges;
  const gy_place *places; /* lent */
} gy_region_grid;

#define GY_CELL_MIXED UINT32_C(0x80000000)

/* Whether the place, moved as said above, is left of an edge that straddles its latitude, moved. */
static inline bool gy_edge_is_right_of(gy_place a, gy_place b, gy_place p) {
  return (a.y < b.y ? gy_orientation(a, b, p) : gy_orientation(b, a, p)) > 0;
}

/* `cells_most` 0: see gyeol/regions.h. `rings` is lent for as long as the grid lives. */
GY_MUST_USE gy_status gy_region_grid_build(const gy_rings *rings, const gy_region_span *regions, size_t n,
                                           size_t cells_most, gy_region_grid *grid, gy_error *err);
void gy_region_grid_clear(gy_region_grid *grid);

/* The first region that holds the place, or -1. */
int32_t gy_region_grid_find(const gy_region_grid *grid, double x, double y);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a cell lies: its centre and its boundary on the globe.
 *
 * Centres and vertices are whole numbers in the plane of a face, so that the face each lies on is known
 * exactly; only then does a place become a direction: the sum of the face's three vertices by its weights.
 *
 * Sides are straight in the plane of a face. Where a side crosses an edge of the icosahedron it bends, and
 * gets a vertex there. In even resolutions edges run through vertices or along sides, so this happens in odd
 * resolutions alone; the signs of whole numbers tell. */
#include <gyeol/h3.h>

#include <math.h>

#include "geo/h3_address.h"

typedef struct shape {
  double *lat;
  double *lng;
  int n;
} shape;

static void add_point(shape *to, int face, const double weights[3]) {
  double v[3] = {0, 0, 0};
  for (int corner = 0; corner < 3; corner++)
    for (int axis = 0; axis < 3; axis++)
      v[axis] += weights[corner] * gy_h3_vertices[gy_h3_face_vertices[face][corner]][axis];
  to->lat[to->n] = atan2(v[2], hypot(v[0], v[1])) * (180 / M_PI);
  to->lng[to->n++] = atan2(v[1], v[0]) * (180 / M_PI);
}

/* A place in units of a whole scale, at most one edge beyond its face. */
static void add_place(shape *to, gy_h3_address at, int64_t scale) {
  int beyond = gy_h3_beyond(at.z, scale);
  if (beyond >= 0) at = gy_h3_across(at, beyond, (gy_h3_z){scale, 0});
  int64_t weights[3];
  gy_h3_weights(at.z, scale, weights);
  add_point(to, at.face, (double[]){(double)weights[0], (double)weights[1], (double)weights[2]});
}

void gy_h3_cells_to_lat_lngs(const uint64_t *cells, size_t n, double *lat, double *lng, size_t *n_invalid) {
  size_t invalid = 0;
  for (size_t i = 0; i < n; i++) {
    if (!gy_h3_is_valid_cell(cells[i])) {
      lat[i] = lng[i] = NAN;
      invalid++;
      continue;
    }
    shape centre = {lat + i, lng + i, 0};
    int resolution = gy_h3_index_resolution(cells[i]);
    gy_h3_address at = gy_h3_address_of(cells[i]);
    at.z = gy_h3_even(at.z, resolution);
    add_place(&centre, at, gy_h3_even_scale(resolution));
  }
  if (n_invalid != NULL) *n_invalid = invalid;
}

/* A cell in the plane of a face with everything times three, so that vertices are whole numbers. */
typedef struct outline {
  int face;
  int64_t scale;
  gy_h3_z vertices[6];
} outline;

static outline outline_of(gy_h3_address at, int resolution) {
  outline cell = {at.face, 3 * gy_h3_even_scale(resolution), {{0, 0}}};
  gy_h3_z centre = gy_h3_z_times((gy_h3_z){3, 0}, at.z);
  for (int d = 0; d < 6; d++) {
    gy_h3_z between = gy_h3_z_plus(gy_h3_unit(d), gy_h3_unit((d + 1) % 6));
    cell.vertices[d] = gy_h3_even(gy_h3_z_plus(centre, between), resolution);
  }
  return cell;
}

/* Where the side from vertex d to the next crosses an edge of the face, if it does. */
static void add_crossing(shape *to, const outline *cell, int d) {
  int64_t from[3], onto[3];
  gy_h3_weights(cell->vertices[d], cell->scale, from);
  gy_h3_weights(cell->vertices[(d + 1) % 6], cell->scale, onto);
  for (int edge = 0; edge < 3; edge++) {
    if (!((from[edge] < 0 && onto[edge] > 0) || (from[edge] > 0 && onto[edge] < 0))) continue;
    double part = (double)from[edge] / (double)(from[edge] - onto[edge]), weights[3];
    for (int c = 0; c < 3; c++)
      weights[c] = c == edge ? 0 : (double)from[c] + part * (double)(onto[c] - from[c]);
    if (weights[(edge + 1) % 3] >= 0 && weights[(edge + 2) % 3] >= 0) add_point(to, cell->face, weights);
  }
}

static bool is_beyond(const outline *cell, int d) {
  return gy_h3_beyond(cell->vertices[d % 6], cell->scale) >= 0;
}

/* Each of the five faces around a pentagon gives the last vertex before its next edge. */
static void add_pentagon(shape *to, gy_h3_address at, int resolution) {
  gy_h3_z scale = gy_h3_scale(resolution);
  for (int sector = 0, corner = 0; sector < 5; sector++) {
    outline cell = outline_of(at, resolution);
    for (int d = 0; d < 6; d++) {
      if (is_beyond(&cell, d) || !is_beyond(&cell, d + 1)) continue;
      add_place(to, (gy_h3_address){cell.face, cell.vertices[d]}, cell.scale);
      add_crossing(to, &cell, d);
    }
    int edge = (corner + 1) % 3;
    corner = (gy_h3_crossings[at.face][edge].corner + 1) % 3;
    at = gy_h3_across(at, edge, scale);
  }
}

int gy_h3_cell_to_boundary(uint64_t cell, double *lat, double *lng) {
  if (!gy_h3_is_valid_cell(cell)) return 0;
  int resolution = gy_h3_index_resolution(cell);
  gy_h3_address at = gy_h3_address_of(cell);
  shape boundary = {lat, lng, 0};
  if (gy_h3_is_pentagon(cell)) {
    add_pentagon(&boundary, at, resolution);
    return boundary.n;
  }
  outline hexagon = outline_of(at, resolution);
  for (int d = 0; d < 6; d++) {
    add_place(&boundary, (gy_h3_address){hexagon.face, hexagon.vertices[d]}, hexagon.scale);
    add_crossing(&boundary, &hexagon, d);
  }
  return boundary.n;
}

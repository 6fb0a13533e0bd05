/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables of the icosahedron and of the 122 base cells, made at build by h3_tables.mjs, which also teaches
 * them. Directions and turns count 60 degrees counter-clockwise; places in the plane of a face are Eisenstein
 * integers a + b w (h3_lattice.h) in units of resolution 0. */
#ifndef GYEOL_GEO_H3_TABLES_H
#define GYEOL_GEO_H3_TABLES_H

#include <stdbool.h>
#include <stdint.h>

enum { GY_H3_FACES = 20, GY_H3_BASES = 122, GY_H3_NOWHERE = 255, GY_H3_SPAN = 3 };

/* What lies across the edge opposite a corner: the face, the corner opposite the edge there, and the turns
 * that take directions along. */
typedef struct gy_h3_crossing {
  uint8_t face;
  uint8_t corner;
  uint8_t turns;
} gy_h3_crossing;

/* The base cell at a place in a face's plane, and by how much digits read there turn into the cell's own
 * orientation; by their first that is not 0. GY_H3_NOWHERE: no such place, or no such sector. */
typedef struct gy_h3_place {
  uint8_t base;
  uint8_t turns[7];
} gy_h3_place;

/* A face and a place there from which a base cell's digits lead to its descendants, after turns. */
typedef struct gy_h3_home {
  uint8_t face;
  uint8_t turns;
  int8_t a;
  int8_t b;
} gy_h3_home;

/* Vertices on the unit sphere, and those of a face: i, j, k, counter-clockwise from outside. */
extern const double gy_h3_vertices[12][3];
extern const uint8_t gy_h3_face_vertices[GY_H3_FACES][3];
/* Three rows: with weights i + j + k = 2 of a face's vertices for a direction v (gnomonic projection),
 * i - j = row 0 . v / row 2 . v, and j - k = row 1 . v / row 2 . v. */
extern const double gy_h3_projections[GY_H3_FACES][9];
extern const uint8_t gy_h3_opposite_faces[GY_H3_FACES];
extern const gy_h3_crossing gy_h3_crossings[GY_H3_FACES][3];
/* By face, a + GY_H3_SPAN, b + GY_H3_SPAN. */
extern const gy_h3_place gy_h3_places[GY_H3_FACES][7][7];
/* By base cell and first digit that is not 0 (0: none). */
extern const gy_h3_home gy_h3_homes[GY_H3_BASES][7];
extern const bool gy_h3_base_is_pentagon[GY_H3_BASES];

#endif

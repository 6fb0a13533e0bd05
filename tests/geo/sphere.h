/* SPDX-License-Identifier: Apache-2.0
 *
 * Directions and great circles, for tests of hexagons. */
#ifndef TEST_SPHERE_H
#define TEST_SPHERE_H

#include <math.h>

typedef struct direction {
  double x, y, z;
} direction;

static inline direction direction_of(double lat, double lng) {
  double p = lat * (M_PI / 180), l = lng * (M_PI / 180);
  return (direction){cos(p) * cos(l), cos(p) * sin(l), sin(p)};
}

static inline double latitude_of(direction v) { return atan2(v.z, hypot(v.x, v.y)) * (180 / M_PI); }

static inline double longitude_of(direction v) { return atan2(v.y, v.x) * (180 / M_PI); }

/* a + part (b - a), not made unit: directions need no length. */
static inline direction between(direction a, direction b, double part) {
  return (direction){a.x + part * (b.x - a.x), a.y + part * (b.y - a.y), a.z + part * (b.z - a.z)};
}

static inline double apart(direction a, direction b) { return hypot(hypot(a.x - b.x, a.y - b.y), a.z - b.z); }

/* Six times the volume of 0, a, b, c: positive where they turn counter-clockwise from outside. By
 * differences, so that it is exact enough where they are close together. */
static inline double triple(direction a, direction b, direction c) {
  direction u = {b.x - a.x, b.y - a.y, b.z - a.z}, v = {c.x - a.x, c.y - a.y, c.z - a.z};
  return a.x * (u.y * v.z - u.z * v.y) + a.y * (u.z * v.x - u.x * v.z) + a.z * (u.x * v.y - u.y * v.x);
}

/* Area of a triangle on the unit sphere (Van Oosterom and Strackee 1983). */
static inline double spherical_area(direction a, direction b, direction c) {
  double ab = a.x * b.x + a.y * b.y + a.z * b.z, bc = b.x * c.x + b.y * c.y + b.z * c.z,
         ca = c.x * a.x + c.y * a.y + c.z * a.z;
  return 2 * atan2(triple(a, b, c), 1 + ab + bc + ca);
}

#endif

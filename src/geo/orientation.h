/* SPDX-License-Identifier: Apache-2.0
 *
 * On which side of the line from a to b lies c? The sign of
 *
 *   (b - a) x (c - a) = (b.x - a.x) (c.y - a.y) - (b.y - a.y) (c.x - a.x)
 *
 * +1 left, -1 right, 0 on the line, without rounding: the double result is right when it is larger than its
 * error can be (Shewchuk 1997, ccwerrboundA); what is nearer to zero is computed as an exact sum of doubles.
 * Coordinates whose products underflow (below 1e-146) are outside the promise. */
#ifndef GYEOL_GEO_ORIENTATION_H
#define GYEOL_GEO_ORIENTATION_H

#include <math.h>

typedef struct gy_place {
  double x, y; /* longitude, latitude */
} gy_place;

int gy_orientation_exact(gy_place a, gy_place b, gy_place c);

static inline int gy_orientation(gy_place a, gy_place b, gy_place c) {
  double left = (b.x - a.x) * (c.y - a.y), right = (b.y - a.y) * (c.x - a.x), det = left - right;
  double bound = 3.3306690738754716e-16 * (fabs(left) + fabs(right));
  if (det > bound) return 1;
  if (det < -bound) return -1;
  return gy_orientation_exact(a, b, c);
}

#endif

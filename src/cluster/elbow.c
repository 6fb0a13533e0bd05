/* SPDX-License-Identifier: Apache-2.0
 *
 * Elbows and knees of curves (Kneedle; Satopaa, Albrecht, Irwin and Raghavan 2011). Both axes are brought to
 * 0..1; the knee of a concave rising curve is where it stands highest above the diagonal. The other three
 * shapes are mirrors of that one. gy_elbow takes the highest place of the whole curve; gy_kneedle the first
 * that is high enough above what follows. Ties: the first. */
#include "cluster/elbow.h"

#include <gyeol/validity.h>

size_t gy_elbow(const double *x, const double *y, size_t n) {
  size_t elbow = n;
  double most = 1e-9;
  if (n < 3 || !(y[0] > y[n - 1])) return n;
  for (size_t i = 1; i + 1 < n; i++) {
    double across = (x[i] - x[0]) / (x[n - 1] - x[0]);
    double down = (y[0] - y[i]) / (y[0] - y[n - 1]);
    if (down - across <= most) continue;
    most = down - across;
    elbow = i;
  }
  return elbow;
}

/* A curve seen as concave and rising; point i of it is point n - 1 - i of the caller's where it is mirrored.
 */
typedef struct {
  const double *x, *y;
  size_t n;
  bool mirrored, overturned;
  double low, range;
} curve;

static double height(const curve *c, size_t i) {
  size_t at = c->mirrored ? c->n - 1 - i : i;
  double across = (c->x[at] - c->x[0]) / (c->x[c->n - 1] - c->x[0]);
  double up = (c->y[at] - c->low) / c->range;
  return (c->overturned ? 1 - up : up) - (c->mirrored ? 1 - across : across);
}

static curve look_at(const double *x, const double *y, size_t n, gy_knee_shape shape) {
  curve c = {.x = x, .y = y, .n = n, .low = y[0]};
  double high = y[0];
  c.mirrored = shape == GY_KNEE_RISING_CONVEX || shape == GY_KNEE_FALLING_CONCAVE;
  c.overturned = shape == GY_KNEE_FALLING_CONVEX || shape == GY_KNEE_RISING_CONVEX;
  for (size_t i = 1; i < n; i++) {
    c.low = y[i] < c.low ? y[i] : c.low;
    high = y[i] > high ? y[i] : high;
  }
  c.range = high - c.low;
  return c;
}

size_t gy_kneedle(const double *x, const double *y, size_t n, gy_knee_shape shape, double sensitivity) {
  if (n < 3 || !(x[n - 1] > x[0])) return n;
  curve c = look_at(x, y, n, shape);
  size_t candidate = n;
  double threshold = 0, step = 1 / (double)(n - 1);
  if (!(c.range > 0)) return n;
  for (size_t i = 1; i < n; i++) {
    double here = height(&c, i), next = i + 1 < n ? height(&c, i + 1) : here;
    if (candidate < n && here < threshold) return c.mirrored ? n - 1 - candidate : candidate;
    /* Rounding leaves a straight line no higher than this. */
    if (i + 1 < n && here > 1e-9 && here > height(&c, i - 1) && here >= next) {
      candidate = i;
      threshold = here - sensitivity * step;
    }
  }
  return n;
}

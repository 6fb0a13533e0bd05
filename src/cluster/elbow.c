/* SPDX-License-Identifier: Apache-2.0
 *
 * The elbow of a curve: both axes brought to 0..1, the point farthest below the chord from the first point to
 * the last. It is Kneedle's criterion (Satopaa, Albrecht, Irwin and Raghavan 2011) for a whole curve without
 * noise. Ties: the first. */
#include "cluster/elbow.h"

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

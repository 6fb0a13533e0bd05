/* SPDX-License-Identifier: Apache-2.0 */
#include "geo/orientation.h"

/* Sums of doubles that do not overlap, smallest first, hold any sum of products exactly. */
enum { TERMS = 12 };

static void two_sum(double a, double b, double *sum, double *error) {
  volatile double s = a + b;
  volatile double of_b = s - a;
  volatile double of_a = s - of_b;
  *sum = s;
  *error = (a - of_a) + (b - of_b);
}

/* Adds a double to the expansion e of n parts. */
static int grow(double *e, int n, double b) {
  int kept = 0;
  for (int i = 0; i < n; i++) {
    double error;
    two_sum(b, e[i], &b, &error);
    if (error != 0) e[kept++] = error;
  }
  if (b != 0) e[kept++] = b;
  return kept;
}

static int add_product(double *e, int n, double a, double b) {
  double product = a * b, error = fma(a, b, -product);
  n = grow(e, n, error);
  return grow(e, n, product);
}

int gy_orientation_exact(gy_place a, gy_place b, gy_place c) {
  double e[TERMS + 1];
  int n = 0;
  n = add_product(e, n, a.x, b.y);
  n = add_product(e, n, -a.y, b.x);
  n = add_product(e, n, b.x, c.y);
  n = add_product(e, n, -b.y, c.x);
  n = add_product(e, n, c.x, a.y);
  n = add_product(e, n, -c.y, a.x);
  return n == 0 ? 0 : e[n - 1] > 0 ? 1 : -1;
}

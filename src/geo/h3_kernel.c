/* SPDX-License-Identifier: Apache-2.0
 *
 * Points to cells, a block at a time: direction on the sphere, face, gnomonic projection, nearest centre,
 * digits. Each stage is one loop over the block that the compiler turns into vectors of the instruction set
 * at hand.
 *
 * A point near the border of two cells must have one answer. So every set does the same operations in the
 * same order: no multiply-add is contracted (meson.build: -ffp-contract=off), no library function is called,
 * and sine and cosine are sums here. The width of a vector then changes nothing. */
#include "geo/h3_kernel.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "geo/h3_lattice.h"

enum { BLOCK = 256 };

typedef struct block {
  double x[BLOCK], y[BLOCK], z[BLOCK]; /* direction; then p, q of the plane */
  double best[BLOCK];
  int64_t face[BLOCK];
  int32_t a[BLOCK], b[BLOCK];
  uint64_t digits[BLOCK];
  bool outside[BLOCK];
} block;

/* The nearest whole number, ties to even, below 2^51. */
static inline double nearest(double value) {
  const double shift = 0x1.8p52;
  return value + shift - shift;
}

/* Of degrees within +-720. The quarter turn is taken off exactly; what is left, within 45 degrees, goes into
 * the series up to the term that doubles no longer see (0.79^19 / 19! < 2^-63). */
static inline void sine_cosine(double degrees, double *sine, double *cosine) {
  double quarters = nearest(degrees * (1.0 / 90));
  double t = (degrees - 90 * quarters) * (M_PI / 180), u = t * t;
  double s = 1.0 / 355687428096000;
  s = s * u - 1.0 / 1307674368000;
  s = s * u + 1.0 / 6227020800;
  s = s * u - 1.0 / 39916800;
  s = s * u + 1.0 / 362880;
  s = s * u - 1.0 / 5040;
  s = s * u + 1.0 / 120;
  s = s * u - 1.0 / 6;
  s = t + t * u * s;
  double c = -1.0 / 6402373705728000;
  c = c * u + 1.0 / 20922789888000;
  c = c * u - 1.0 / 87178291200;
  c = c * u + 1.0 / 479001600;
  c = c * u - 1.0 / 3628800;
  c = c * u + 1.0 / 40320;
  c = c * u - 1.0 / 720;
  c = c * u + 1.0 / 24;
  c = 1 - (0.5 * u - u * u * c);
  double halves = nearest(quarters * 0.5 - 0.25); /* floor(quarters / 2) */
  bool swapped = quarters - 2 * halves > 0.5;
  double sign = 1 - 2 * (halves - 2 * nearest(halves * 0.5 - 0.25)); /* -1 where halves is odd */
  *sine = sign * (swapped ? c : s);
  *cosine = sign * (swapped ? -s : c);
}

static void find_directions(block *to, const double *lat, const double *lng, size_t n) {
  for (size_t i = n; i < BLOCK; i++) { /* any */
    to->x[i] = 1;
    to->y[i] = to->z[i] = 0;
  }
  for (size_t i = 0; i < n; i++) {
    bool inside = (lat[i] >= -90) & (lat[i] <= 90) & (lng[i] >= -180) & (lng[i] <= 360);
    double up, round, north, east;
    sine_cosine(inside ? lat[i] : 0, &up, &round);
    sine_cosine(inside ? lng[i] : 0, &east, &north);
    to->outside[i] = !inside;
    to->x[i] = round * north;
    to->y[i] = round * east;
    to->z[i] = up;
  }
}

/* The face whose centre is nearest: of ten axes, and then which end. On an edge either will do. */
static void find_faces(block *to) {
  for (size_t i = 0; i < BLOCK; i++) to->best[i] = -1;
  for (int face = 0; face < GY_H3_FACES / 2; face++) {
    const double *axis = gy_h3_projections[face] + 6;
    const double ax = axis[0], ay = axis[1], az = axis[2];
    const int64_t here = face, opposite = gy_h3_opposite_faces[face];
    for (size_t i = 0; i < BLOCK; i++) {
      double along = to->x[i] * ax + to->y[i] * ay + to->z[i] * az;
      double far = fabs(along);
      int64_t end = along > 0 ? here : opposite;
      to->face[i] = far > to->best[i] ? end : to->face[i];
      to->best[i] = far > to->best[i] ? far : to->best[i];
    }
  }
}

/* Gnomonic: x = n (i - j), y = n (j - k) of the weights i + j + k = 2 of the face's vertices. */
static void project(block *to, double n) {
  const double *rows = gy_h3_projections[0];
  for (size_t i = 0; i < BLOCK; i++) {
    int64_t at = to->face[i] * 9;
    double x = to->x[i], y = to->y[i], z = to->z[i];
    double centre = rows[at + 6] * x + rows[at + 7] * y + rows[at + 8] * z;
    to->x[i] = n * (rows[at] * x + rows[at + 1] * y + rows[at + 2] * z) / centre;
    to->y[i] = n * (rows[at + 3] * x + rows[at + 4] * y + rows[at + 5] * z) / centre;
  }
}

/* The nearest Eisenstein integer: p = a - b, q = b and -a sum to 0; each is rounded, and that which moved
 * most gives way so that they still do. An odd resolution is turned by 2 - w first. */
static void find_nearest(block *to, bool odd) {
  for (size_t i = 0; i < BLOCK; i++) {
    double p = to->x[i], q = to->y[i];
    double a = odd ? 2 * (p + q) + q : p + q;
    double b = odd ? 2 * q - p : q;
    p = a - b;
    double near_p = nearest(p), near_b = nearest(b), near_a = nearest(a);
    double off_p = fabs(near_p - p), off_b = fabs(near_b - b), off_a = fabs(near_a - a);
    bool p_most = (off_p > off_b) & (off_p > off_a);
    bool b_most = !p_most & (off_b > off_a);
    to->a[i] = (int32_t)((p_most | b_most) ? near_a : near_p + near_b);
    to->b[i] = (int32_t)(b_most ? near_a - near_p : near_b);
  }
}

/* As gy_h3_cell_at, with a's and b's below 2^23. Exact division by 7 is a product modulo 2^32. */
static void find_digits(block *to, int resolution) {
  for (size_t i = 0; i < BLOCK; i++) to->digits[i] = 0;
  const uint32_t large = UINT32_C(7) << 26, seventh = UINT32_C(0xb6db6db7);
  for (int r = resolution; r > 0; r--) {
    const bool odd = r % 2 != 0;
    const int shift = 3 * (GY_H3_FINEST - r);
    const uint32_t a_a = odd ? 3 : 2, a_b = odd ? -1u : 1, b_a = odd ? 1 : -1u, b_b = odd ? 2 : 3;
    for (size_t i = 0; i < BLOCK; i++) {
      uint32_t a = (uint32_t)to->a[i], b = (uint32_t)to->b[i];
      uint32_t residue = ((odd ? a : 4 * a) + 2 * b + large) % 7;
      uint32_t reversed = (residue >> 2) | (residue & 2) | (residue << 2 & 4);
      uint32_t digit = odd ? reversed : residue;
      uint32_t k = digit & 1;
      a -= (digit >> 2) - k;
      b -= (digit >> 1 & 1) - k;
      to->a[i] = (int32_t)((a_a * a + a_b * b) * seventh);
      to->b[i] = (int32_t)((b_a * a + b_b * b) * seventh);
      to->digits[i] |= (uint64_t)digit << shift;
    }
  }
}

static void cells_at(int face, const int32_t *a, const int32_t *b, size_t n, int resolution, uint64_t *to) {
  block work;
  for (size_t done = 0; done < n; done += BLOCK) {
    size_t here = n - done < BLOCK ? n - done : BLOCK;
    memset(work.a, 0, sizeof work.a);
    memset(work.b, 0, sizeof work.b);
    memcpy(work.a, a + done, here * sizeof *a);
    memcpy(work.b, b + done, here * sizeof *b);
    find_digits(&work, resolution);
    for (size_t i = 0; i < here; i++)
      to[done + i] = gy_h3_index_from(resolution, face, work.a[i], work.b[i], work.digits[i]);
  }
}

static size_t cells(const double *lat, const double *lng, size_t n, int resolution, uint64_t *to) {
  block work;
  size_t n_outside = 0;
  double scale = 1;
  for (int r = 2; r <= resolution; r += 2) scale *= 7;
  for (size_t done = 0; done < n; done += BLOCK) {
    size_t here = n - done < BLOCK ? n - done : BLOCK;
    find_directions(&work, lat + done, lng + done, here);
    find_faces(&work);
    project(&work, scale);
    find_nearest(&work, resolution % 2 != 0);
    find_digits(&work, resolution);
    for (size_t i = 0; i < here; i++) {
      uint64_t cell = gy_h3_index_from(resolution, (int)work.face[i], work.a[i], work.b[i], work.digits[i]);
      to[done + i] = work.outside[i] ? 0 : cell;
      n_outside += work.outside[i];
    }
  }
  return n_outside;
}

#define GY_TEXT(x)    #x
#define GY_NAME_OF(x) GY_TEXT(x)
const gy_h3_kernel GY_KERNEL = {.name = GY_NAME_OF(GY_KERNEL), .cells = cells, .cells_at = cells_at};

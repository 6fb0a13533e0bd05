/* SPDX-License-Identifier: Apache-2.0
 *
 * The arithmetic of H3's hexagons. Centres of cells in the plane of a face are Eisenstein integers a + b w,
 * w = exp(2 pi i / 3): 1, w and w^2 are H3's axes i, j, k. Then
 *
 *   a finer resolution   is a product with one of two numbers of norm 7, in turns: 2 - w into odd resolutions
 *                        ("class III"), 3 + w into even ones; together they are 7
 *   a child              adds 0 or one of the six units, which are H3's digits: the bits 4, 2, 1 of a digit
 *                        say whether i, j, k are in it
 *   the digit of a place is its residue in Z[w] / (2 - w) or Z[w] / (3 + w), both of which are Z / 7: there
 *                        w is 2 or 4, and i + 2 j + 4 k or 4 i + 2 j + k is the digit, its bits in reverse or
 *                        as they are
 *   a turn by 60 degrees is a product with 1 + w, in Z / 7 with 5 = -2: on a digit, bits moved round by one
 *                        and complemented; so all digits of an index turn at once
 *
 * docs/methods/hexagons.md derives it. */
#ifndef GYEOL_GEO_H3_LATTICE_H
#define GYEOL_GEO_H3_LATTICE_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/h3_tables.h"

enum { GY_H3_FINEST = 15, GY_H3_DIGITS_BITS = 45 };

typedef struct gy_h3_z {
  int64_t a;
  int64_t b;
} gy_h3_z;

static inline gy_h3_z gy_h3_z_plus(gy_h3_z x, gy_h3_z y) { return (gy_h3_z){x.a + y.a, x.b + y.b}; }

static inline gy_h3_z gy_h3_z_minus(gy_h3_z x, gy_h3_z y) { return (gy_h3_z){x.a - y.a, x.b - y.b}; }

static inline gy_h3_z gy_h3_z_times(gy_h3_z x, gy_h3_z y) {
  int64_t bb = x.b * y.b; /* w^2 = -1 - w */
  return (gy_h3_z){x.a * y.a - bb, x.a * y.b + x.b * y.a - bb};
}

/* The unit at `direction`, 0..5 turns from i. */
static inline gy_h3_z gy_h3_unit(int direction) {
  static const gy_h3_z units[6] = {{1, 0}, {1, 1}, {0, 1}, {-1, 0}, {-1, -1}, {0, -1}};
  return units[direction];
}

/* The unit to corner 0, 1 or 2 of a face: i, j, k. */
static inline gy_h3_z gy_h3_corner(int corner) { return gy_h3_unit(2 * corner); }

/* What a digit adds. */
static inline gy_h3_z gy_h3_digit_unit(unsigned digit) {
  int i = digit >> 2 & 1, j = digit >> 1 & 1, k = digit & 1;
  return (gy_h3_z){i - k, j - k};
}

/* The number that leads from the resolution above into `resolution`. */
static inline gy_h3_z gy_h3_step(int resolution) {
  return resolution % 2 != 0 ? (gy_h3_z){2, -1} : (gy_h3_z){3, 1};
}

/* The product of all steps down to `resolution`. */
static inline gy_h3_z gy_h3_scale(int resolution) {
  int64_t n = 1;
  for (int r = 2; r <= resolution; r += 2) n *= 7;
  return resolution % 2 != 0 ? (gy_h3_z){2 * n, -n} : (gy_h3_z){n, 0};
}

/* The digits of an index: three bits each, the finest resolution's lowest. */

/* Turns every digit by 60 degrees, `turns` times (0..5). Digits behind the resolution must be 0 and stay so.
 */
static inline uint64_t gy_h3_turn(uint64_t digits, unsigned turns) {
  const uint64_t ones = UINT64_C(0111111111111111);
  unsigned by = turns % 3;
  uint64_t some = ((digits | digits >> 1 | digits >> 2) & ones) * 7; /* digits that are not 0 */
  uint64_t moved = (digits << by & ones * (7 << by & 7)) | (digits >> (3 - by) & ones * (7 >> (3 - by)));
  return moved ^ (some & -(uint64_t)(turns % 2));
}

/* The first digit that is not 0; 0 where all are. */
static inline unsigned gy_h3_leading_digit(uint64_t digits) {
  if (digits == 0) return 0;
  int bit = 63 - __builtin_clzll(digits);
  return (unsigned)(digits >> (bit / 3 * 3)) & 7;
}

/* An index: 0, its mode 1 (4 bits), 0 (3), the resolution (4), the base cell (7), 15 digits, 7 where finer
 * than the resolution. `digits` has 0 there. */
static inline uint64_t gy_h3_index(int resolution, unsigned base, uint64_t digits) {
  uint64_t unused = (UINT64_C(1) << 3 * (GY_H3_FINEST - resolution)) - 1;
  return UINT64_C(1) << 59 | (uint64_t)resolution << 52 | (uint64_t)base << GY_H3_DIGITS_BITS | digits |
         unused;
}

static inline int gy_h3_index_resolution(uint64_t index) { return (int)(index >> 52 & 15); }

static inline unsigned gy_h3_index_base(uint64_t index) { return index >> GY_H3_DIGITS_BITS & 127; }

/* The digits of an index, 0 where finer than its resolution. */
static inline uint64_t gy_h3_index_digits(uint64_t index) {
  uint64_t unused = (UINT64_C(1) << 3 * (GY_H3_FINEST - gy_h3_index_resolution(index))) - 1;
  return index & ((UINT64_C(1) << GY_H3_DIGITS_BITS) - 1) & ~unused;
}

/* The index of the cell that has base cell `place` (in the plane of `face`) and `digits` as read there; 0 for
 * a place that is nowhere. */
static inline uint64_t gy_h3_index_from(int resolution, int face, int64_t a, int64_t b, uint64_t digits) {
  if (a < -GY_H3_SPAN || a > GY_H3_SPAN || b < -GY_H3_SPAN || b > GY_H3_SPAN) return 0;
  const gy_h3_place *place = &gy_h3_places[face][a + GY_H3_SPAN][b + GY_H3_SPAN];
  unsigned turns = place->turns[gy_h3_leading_digit(digits)];
  if (turns == GY_H3_NOWHERE) return 0;
  return gy_h3_index(resolution, place->base, gy_h3_turn(digits, turns));
}

#endif

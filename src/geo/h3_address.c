/* SPDX-License-Identifier: Apache-2.0
 *
 * From the digits of an index to a place in the plane of a face and back.
 *
 * Down: each digit is a product and a sum. A place that ends beyond an edge of the face moves to the
 * neighbour, which is a turn about the middle of their edge. Up: each digit is a residue, and what remains is
 * divided exactly. All in whole numbers: a cell on an edge is the same from both sides. */
#include "geo/h3_address.h"

gy_h3_address gy_h3_across(gy_h3_address at, int corner, gy_h3_z scale) {
  const gy_h3_crossing *to = &gy_h3_crossings[at.face][corner];
  /* The middle of the edge lies opposite the corner. */
  gy_h3_z z = gy_h3_z_plus(at.z, gy_h3_z_times(scale, gy_h3_corner(corner)));
  z = gy_h3_z_times(z, gy_h3_unit(to->turns));
  return (gy_h3_address){to->face, gy_h3_z_minus(z, gy_h3_z_times(scale, gy_h3_corner(to->corner)))};
}

gy_h3_address gy_h3_address_of(uint64_t cell) {
  int resolution = gy_h3_index_resolution(cell);
  uint64_t digits = gy_h3_index_digits(cell);
  const gy_h3_home *home = &gy_h3_homes[gy_h3_index_base(cell)][gy_h3_leading_digit(digits)];
  digits = gy_h3_turn(digits, home->turns);
  gy_h3_address at = {home->face, {home->a, home->b}};
  for (int r = 1; r <= resolution; r++) {
    unsigned digit = digits >> 3 * (GY_H3_FINEST - r) & 7;
    at.z = gy_h3_z_plus(gy_h3_z_times(at.z, gy_h3_step(r)), gy_h3_digit_unit(digit));
  }
  int beyond = gy_h3_beyond(gy_h3_even(at.z, resolution), gy_h3_even_scale(resolution));
  return beyond < 0 ? at : gy_h3_across(at, beyond, gy_h3_scale(resolution));
}

/* The digit of z, and z of the parent. Residues are taken of sums made positive by a multiple of 7. */
static unsigned parent(gy_h3_z *z, int resolution) {
  static const uint8_t reversed[7] = {0, 4, 2, 6, 1, 5, 3};
  const int64_t large = INT64_C(7) << 32;
  bool odd = resolution % 2 != 0;
  uint64_t sum = (uint64_t)((odd ? z->a : 4 * z->a) + 2 * z->b + large);
  unsigned digit = odd ? reversed[sum % 7] : sum % 7;
  gy_h3_z rest = gy_h3_z_minus(*z, gy_h3_digit_unit(digit));
  rest = gy_h3_z_times(rest, gy_h3_step(resolution + 1)); /* the conjugate: their product is 7 */
  const uint64_t seventh = UINT64_C(0x6db6db6db6db6db7); /* times 7 it is 1, so this divides what 7 divides */
  *z = (gy_h3_z){(int64_t)((uint64_t)rest.a * seventh), (int64_t)((uint64_t)rest.b * seventh)};
  return digit;
}

uint64_t gy_h3_cell_at(gy_h3_address at, int resolution) {
  uint64_t digits = 0;
  for (int r = resolution; r > 0; r--) digits |= (uint64_t)parent(&at.z, r) << 3 * (GY_H3_FINEST - r);
  return gy_h3_index_from(resolution, at.face, at.z.a, at.z.b, digits);
}

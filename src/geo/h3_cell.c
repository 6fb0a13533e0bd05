/* SPDX-License-Identifier: Apache-2.0
 *
 * What an index says by itself: is it a cell, of which resolution, whose child and parent; and as text. A
 * parent has fewer digits, so all of it is arithmetic of bits. */
#include <gyeol/h3.h>

#include "geo/h3_lattice.h"

enum { K_DIGIT = 1 }; /* the direction that pentagons lack */

static uint64_t unused_digits(int resolution) { return (UINT64_C(1) << 3 * (GY_H3_FINEST - resolution)) - 1; }

bool gy_h3_is_valid_cell(uint64_t cell) {
  if (cell >> 59 != 1 || (cell >> 56 & 7) != 0 || gy_h3_index_base(cell) >= GY_H3_BASES) return false;
  uint64_t unused = unused_digits(gy_h3_index_resolution(cell)), digits = gy_h3_index_digits(cell);
  if ((cell & unused) != unused) return false;
  if ((digits & digits >> 1 & digits >> 2 & UINT64_C(0111111111111111)) != 0) return false; /* a 7 */
  return !gy_h3_base_is_pentagon[gy_h3_index_base(cell)] || gy_h3_leading_digit(digits) != K_DIGIT;
}

bool gy_h3_is_pentagon(uint64_t cell) {
  return gy_h3_is_valid_cell(cell) && gy_h3_base_is_pentagon[gy_h3_index_base(cell)] &&
         gy_h3_index_digits(cell) == 0;
}

int gy_h3_resolution(uint64_t cell) { return gy_h3_is_valid_cell(cell) ? gy_h3_index_resolution(cell) : -1; }

static uint64_t with_resolution(uint64_t cell, int resolution, uint64_t digits) {
  return gy_h3_index(resolution, gy_h3_index_base(cell), digits);
}

uint64_t gy_h3_cell_to_parent(uint64_t cell, int resolution) {
  if (resolution < 0 || resolution > gy_h3_resolution(cell)) return GY_H3_NONE;
  return with_resolution(cell, resolution, gy_h3_index_digits(cell) & ~unused_digits(resolution));
}

gy_status gy_h3_cells_to_parents(const uint64_t *cells, size_t n, int resolution, uint64_t *parents,
                                 size_t *n_invalid, gy_error *err) {
  if (resolution < 0 || resolution > GY_H3_RESOLUTION_MAX)
    return gy_fail(err, GY_EUSAGE, "a resolution of hexagons is 0 to 15, not %d", resolution);
  size_t invalid = 0;
  for (size_t i = 0; i < n; i++) {
    parents[i] = gy_h3_cell_to_parent(cells[i], resolution);
    invalid += parents[i] == GY_H3_NONE;
  }
  if (n_invalid != NULL) *n_invalid = invalid;
  return GY_OK;
}

uint64_t gy_h3_cell_to_center_child(uint64_t cell, int resolution) {
  int own = gy_h3_resolution(cell);
  if (own < 0 || resolution < own || resolution > GY_H3_RESOLUTION_MAX) return GY_H3_NONE;
  return with_resolution(cell, resolution, gy_h3_index_digits(cell));
}

int64_t gy_h3_children_count(uint64_t cell, int resolution) {
  if (gy_h3_cell_to_center_child(cell, resolution) == GY_H3_NONE) return 0;
  int64_t count = 1;
  for (int r = gy_h3_index_resolution(cell); r < resolution; r++) count *= 7;
  return gy_h3_is_pentagon(cell) ? 1 + 5 * (count - 1) / 6 : count; /* one of six sectors is missing */
}

void gy_h3_cell_to_children(uint64_t cell, int resolution, uint64_t *children) {
  int64_t count = gy_h3_children_count(cell, resolution);
  bool pentagon = gy_h3_is_pentagon(cell);
  int lowest = 3 * (GY_H3_FINEST - resolution);
  uint64_t digits = gy_h3_index_digits(cell);
  for (int64_t i = 0; i < count; i++) {
    children[i] = with_resolution(cell, resolution, digits);
    digits += UINT64_C(1) << lowest;
    for (int bit = lowest; bit < GY_H3_DIGITS_BITS && (digits >> bit & 7) == 7; bit += 3)
      digits += UINT64_C(1) << bit;                         /* 7 carries: 6 is the highest digit */
    if (pentagon && gy_h3_leading_digit(digits) == K_DIGIT) /* on to the next sector */
      digits += UINT64_C(1) << (63 - __builtin_clzll(digits));
  }
}

void gy_h3_to_text(uint64_t cell, char *text) {
  int digits = 1;
  while (digits < 16 && cell >> 4 * digits != 0) digits++;
  for (int i = 0; i < digits; i++) text[i] = "0123456789abcdef"[cell >> 4 * (digits - 1 - i) & 15];
  text[digits] = '\0';
}

static int hexadecimal(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

uint64_t gy_h3_from_text(const char *text, size_t length) {
  if (length < 1 || length > 16) return GY_H3_NONE;
  uint64_t cell = 0;
  for (size_t i = 0; i < length; i++) {
    int digit = hexadecimal(text[i]);
    if (digit < 0) return GY_H3_NONE;
    cell = cell << 4 | (uint64_t)digit;
  }
  return gy_h3_is_valid_cell(cell) ? cell : GY_H3_NONE;
}

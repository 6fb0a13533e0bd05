/* SPDX-License-Identifier: Apache-2.0
 *
 * The level at which two values of a field agree. Jaro's common letters are found bit by bit: for each letter
 * the places where the left value has it are one word of 64 bits, made once for a left value and used for all
 * it is compared with (Myers 1999 for edit distances; the same idea serves here). */
#ifndef GYEOL_LINK_LINK_COMPARE_H
#define GYEOL_LINK_LINK_COMPARE_H

#include "link/link_values.h"

/* Where the left value of a field has each letter; one a field and thread. Zero-initialise. */
typedef struct link_places {
  uint64_t of[256];
  uint32_t code; /* whose places these are; 0: nobody's */
  uint8_t letters[64];
  size_t n;
} link_places;

/* GY_LEVEL_UNKNOWN, or 0 to gy_link_compare_levels - 1; codes as records hold them. Symmetric. */
int link_level(const link_values *of, uint32_t left, uint32_t right, link_places *places);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether what two customers say of themselves contradicts that they are one person, though they share a key:
 * a family's phone, a number given twice by the carrier, an address of a shop's own. The rule has no
 * parameter and looks at no frequencies:
 *
 *             equal  near  alike or unknown  differs
 *   name        +2    +1          0            -2
 *   birth       +2    +1          0            -2
 *   gender       0                0            -1
 *
 * They contradict where the sum is below zero and the name or the birth differs. So one name with another
 * birth date is a slip, another name with the same birth date a change of name; both, or a name alone, tell
 * two people, and so does a birth date with names that are only near, as those of siblings are. */
#ifndef GYEOL_PEOPLE_CONTRADICTION_H
#define GYEOL_PEOPLE_CONTRADICTION_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/engine.h"

typedef enum gy_sameness {
  GY_SAME_UNKNOWN, /* one is missing, or they cannot be compared */
  GY_SAME_EQUAL,
  GY_SAME_NEAR,
  GY_SAME_ALIKE,
  GY_SAME_DIFFERS,
} gy_sameness;

/* Equal: the same letters but for case, blanks and marks, or the same words in another order. Near: one
 * letter off, or Jaro-Winkler of at least 0.92, in letters of Hangul. Alike: 0.85, or one is the other's
 * beginning, end or word. Names in Hangul and in other letters are not compared. */
gy_sameness gy_compare_names(gy_text a, gy_text b);
/* YYYY-MM-DD, YYYYMMDD or YYYY. Near: two of year, month and day. Alike: the year. The first of January and a
 * year alone say only the year, as forms fill them in; years one apart are alike; before 1905 nothing. */
gy_sameness gy_compare_births(gy_text a, gy_text b);
/* m, male, 남 and f, w, female, 여; anything else is unknown. */
gy_sameness gy_compare_genders(gy_text a, gy_text b);

int gy_contradiction_score(gy_sameness name, gy_sameness birth, gy_sameness gender);
bool gy_contradicts(gy_sameness name, gy_sameness birth, gy_sameness gender);

#endif

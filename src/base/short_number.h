/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers for people: the shortest one that does the work, and its shortest text. */
#ifndef GYEOL_BASE_SHORT_NUMBER_H
#define GYEOL_BASE_SHORT_NUMBER_H

#include <stdbool.h>

/* A number t with a <= t < b of as few decimal digits as there is, near to their middle; a and b are finite,
 * a < b. With `whole`, a and b are whole numbers, and so is t. */
double gy_short_between(double a, double b, bool whole);

enum { GY_SHORT_TEXT = 40 };

/* The shortest decimal text that reads back as `value` (finite); an exponent only below 1e-6 or from 1e15 on.
 * Returns `text`. */
const char *gy_short_text(double value, char text[GY_SHORT_TEXT]);

/* Decimal digits from the first to the last that is not 0: 1 for 300, 3 for 0.0401. */
int gy_short_digits(double value);

#endif

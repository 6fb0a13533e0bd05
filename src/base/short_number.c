/* SPDX-License-Identifier: Apache-2.0
 *
 * Rounding to ever smaller powers of ten until a multiple falls between the two bounds; every candidate is
 * read back from its text, so what is printed is what is meant. */
#include "base/short_number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_DIGITS = 17 };

static double decimal(double multiple, int power) {
  char text[GY_SHORT_TEXT];
  snprintf(text, sizeof text, "%.0fe%d", multiple, power);
  return strtod(text, NULL);
}

double gy_short_between(double a, double b, bool whole) {
  double middle = whole ? a + (b - 1 - a) / 2 : a + (b - a) / 2;
  double size = fmax(fabs(a), fabs(b));
  int first = (int)floor(log10(size)) + 1, last = whole ? 0 : first - MOST_DIGITS;
  for (int power = first; power >= last; power--) {
    double near = nearbyint(middle / pow(10, power));
    for (int i = 0; i < 3; i++) {
      double t = decimal(near + (i == 1 ? -1 : i == 2 ? 1 : 0), power);
      if (t >= a && t < b) return t == 0 ? 0 : t; /* never -0 */
    }
  }
  return a;
}

/* Digits after the first that the shortest text with an exponent has. */
static int shortest(double value, char text[GY_SHORT_TEXT]) {
  int more = 0;
  do snprintf(text, GY_SHORT_TEXT, "%.*e", more, value);
  while (strtod(text, NULL) != value && ++more < MOST_DIGITS);
  return more;
}

const char *gy_short_text(double value, char text[GY_SHORT_TEXT]) {
  int more = shortest(value, text);
  double size = fabs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-6)) {
    snprintf(text, GY_SHORT_TEXT, "%.*g", more + 1, value);
    return text;
  }
  int exponent = size > 0 ? (int)floor(log10(size)) : 0;
  int decimals = more > exponent ? more - exponent : 0;
  do snprintf(text, GY_SHORT_TEXT, "%.*f", decimals, value);
  while (strtod(text, NULL) != value && ++decimals < 2 * MOST_DIGITS);
  return text;
}

int gy_short_digits(double value) {
  char text[GY_SHORT_TEXT];
  return shortest(value, text) + 1;
}

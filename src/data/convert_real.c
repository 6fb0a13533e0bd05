/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers of at most 15 digits whose power of ten is at most 22 are one exact integer multiplied or divided
 * by one exact power, and so rounded once (Clinger 1990); that is nearly all there are. strtod takes the
 * rest, in the C locale's form, which this process never leaves for numbers. */
#include "data/convert_real.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EXACT_DIGITS = 15, EXACT_POWER = 22, LONGEST = 400 };

static const double POWERS[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* Digits with at most one decimal mark, and a sign: nothing else. */
static bool plain_number(const char *text, size_t length, char mark, double *value) {
  size_t at = length > 0 && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  int n_digits = 0, n_decimals = -1;
  int64_t digits = 0;
  for (; at < length; at++) {
    unsigned digit = (unsigned)(unsigned char)text[at] - '0';
    if (digit <= 9) {
      digits = digits * 10 + digit;
      if (digits > 0 && ++n_digits > EXACT_DIGITS) return false;
      if (n_decimals >= 0) n_decimals++;
    } else if (text[at] == mark && n_decimals < 0) {
      n_decimals = 0;
    } else {
      return false;
    }
  }
  size_t n_marks = n_decimals >= 0, n_signs = text[0] == '-' || text[0] == '+';
  if (length <= n_marks + n_signs || n_decimals > EXACT_POWER) return false;
  double size = n_decimals > 0 ? (double)digits / POWERS[n_decimals] : (double)digits;
  *value = text[0] == '-' ? -size : size;
  return true;
}

/* strtod's decimal numbers and infinities; neither its hexadecimal ones nor trailing text. */
static bool any_number(const char *text, size_t length, char mark, double *value) {
  char copy[LONGEST + 1];
  if (length == 0 || length > LONGEST || isspace((unsigned char)text[0])) return false;
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '\0' || text[i] == 'x' || text[i] == 'X' || (mark == ',' && text[i] == '.')) return false;
    copy[i] = text[i] == mark ? '.' : text[i];
  }
  copy[length] = '\0';
  char *end;
  double read = strtod(copy, &end);
  if (end != copy + length || isnan(read)) return false;
  *value = read;
  return true;
}

gy_field gy_convert_real(const char *text, size_t length, gy_number_form form, double *value) {
  char mark = form == GY_NUMBER_COMMA ? ',' : '.';
  if (length > 0 && plain_number(text, length, mark, value)) return GY_FIELD_VALUE;
  gy_text_trim(&text, &length);
  if (gy_text_is_empty(text, length)) return GY_FIELD_EMPTY;
  if (any_number(text, length, mark, value)) return GY_FIELD_VALUE;
  int64_t dressed = 0;
  gy_field field = gy_convert_number(text, length, form, &dressed);
  if (field == GY_FIELD_VALUE || field == GY_FIELD_ROUNDED) *value = (double)dressed / 10000;
  return field == GY_FIELD_ROUNDED ? GY_FIELD_VALUE : field;
}

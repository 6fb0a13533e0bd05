/* SPDX-License-Identifier: Apache-2.0
 *
 * What the normal forms of identifiers share: texts in one form of Unicode, digits among signs, words that
 * stand for nothing. Inside src/privacy/identifier*.c only. */
#ifndef GYEOL_PRIVACY_IDENTIFIER_TEXT_H
#define GYEOL_PRIVACY_IDENTIFIER_TEXT_H

#include "privacy/identifier.h"

typedef enum {
  IDENTIFIER_KEEPS_CASE = 0,
  IDENTIFIER_FOLDS_CASE = 1,
  IDENTIFIER_COMMA_IS_SPACE = 2,
} identifier_folding;

/* NFC without control characters, white space as single spaces and none at the ends, in `out`; false for what
 * is no UTF-8 or too long. */
bool identifier_fold(const char *text, size_t n, int folding, char out[GY_IDENTIFIER_MAX], size_t *out_n);

enum { IDENTIFIER_DIGITS_MAX = 24 };

/* The digits of a number among spaces, dashes, points, brackets and slashes, full-width ones too; `plus`
 * tells a '+' before them. False where there is anything else or there are too many. */
bool identifier_digits(const char *text, size_t n, char digits[IDENTIFIER_DIGITS_MAX], size_t *n_digits,
                       bool *plus);

/* "null", "n/a", "없음", ... and signs alone, in folded case. */
bool identifier_is_nothing(const char *text, size_t n);

/* One character again and again: at least `least` of them. */
bool identifier_is_repeated(const char *text, size_t n, size_t least);

/* 1234567890, 0123456789, 12345678, 987654321: digits in order. */
bool identifier_is_counting(const char *digits, size_t n);

/* Phone digits, led by '+' or not, as +821012345678; see gy_identifier_normalise. */
gy_normal identifier_phone(const char *digits, size_t n, bool plus, char out[GY_IDENTIFIER_MAX],
                           size_t *out_n);
/* Whether digits behind Korea's 0 are a number there. */
bool identifier_is_korean(const char *digits, size_t n);

gy_normal identifier_email(const char *folded, size_t n, char out[GY_IDENTIFIER_MAX], size_t *out_n);

typedef enum {
  RESIDENT_BY_DATE,  /* 13 digits that begin with a date */
  RESIDENT_BY_RULES, /* and add up where the law has them add up */
  RESIDENT_FOR_SURE, /* and are of a time when all of them did */
} resident_proof;
bool identifier_is_resident(const char *digits, resident_proof proof);
bool identifier_is_luhn(const char *digits, size_t n);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Text of a field -> typed value, in the forms that real exports hold. Every function trims blanks first
 * and says what it found; the value is assigned only for GY_FIELD_VALUE and GY_FIELD_ROUNDED. */
#ifndef GYEOL_DATA_CONVERT_H
#define GYEOL_DATA_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum gy_field {
  GY_FIELD_VALUE,
  GY_FIELD_EMPTY, /* nothing, or a word for nothing: NULL, \N, NaN, None, NA, N/A, #N/A */
  GY_FIELD_INVALID,
  GY_FIELD_ROUNDED, /* a number with more than four decimals */
} gy_field;

/* Cuts blanks (ASCII, no-break and ideographic spaces) off both ends. */
void gy_text_trim(const char **text, size_t *length);

/* No text, or a word for nothing; of trimmed text. */
bool gy_text_is_empty(const char *text, size_t length);

/* An id that is an integer: no leading zeros, at most 18 digits; `17850.0`, as spreadsheets write it, is
 * 17850. INVALID: this id is text. */
gy_field gy_convert_integer_id(const char *text, size_t length, int64_t *id);

/* An id as text: trimmed, and an integer without its `.0`. Points into `text`. */
gy_field gy_convert_text_id(const char *text, size_t length, const char **id, size_t *id_length);

/* How numbers are written. */
typedef enum gy_number_form {
  GY_NUMBER_POINT, /* 1,234.56 */
  GY_NUMBER_COMMA, /* 1.234,56 */
} gy_number_form;

/* A number or an amount of money in 1/10000, exact; further decimals are rounded half away from zero.
 * Accepts thousands separators in groups of three, currency signs and codes at either end, a sign in front
 * or behind, parentheses for negative, an exponent. INVALID also for more than 14 digits before the point. */
gy_field gy_convert_number(const char *text, size_t length, gy_number_form form, int64_t *value);

/* true/false, yes/no, y/n, t/f, 1/0, o/x, on/off, 예/아니오, 동의/거부, granted/withdrawn and the like. */
gy_field gy_convert_bool(const char *text, size_t length, bool *value);
/* Its words in lower case; NULL behind the last. */
const char *gy_bool_word(size_t i, bool *value);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What a person can be known by. Direct identifiers say who somebody is; their text never enters the store.
 * The others are keys that only the house that gave them can read.
 *
 * Values of the same person are written in many ways. The normal form of a value is the one under which two
 * writings are the same: " Kim.Min+shop@Googlemail.com" and "kimmin@gmail.com", "010 1234 5678" and
 * "+82-10-1234-5678". It is idempotent: the normal form of a normal form is itself. */
#ifndef GYEOL_PRIVACY_IDENTIFIER_H
#define GYEOL_PRIVACY_IDENTIFIER_H

#include <stdbool.h>
#include <stddef.h>

typedef enum gy_identifier {
  GY_IDENTIFIER_EMAIL,
  GY_IDENTIFIER_PHONE,
  GY_IDENTIFIER_PERSON_NAME,
  GY_IDENTIFIER_ADDRESS,
  GY_IDENTIFIER_RESIDENT_NUMBER, /* of Korean residents, 13 digits */
  GY_IDENTIFIER_CARD_NUMBER,
  GY_IDENTIFIER_CUSTOMER_ID,
  GY_IDENTIFIER_LOYALTY_CARD,
  GY_IDENTIFIER_HASHED_EMAIL, /* SHA-256 of an address, hexadecimal */
  GY_IDENTIFIER_DEVICE_ID,
  GY_IDENTIFIER_COOKIE,
  GY_IDENTIFIER_COUNT,
} gy_identifier;

const char *gy_identifier_name(gy_identifier kind); /* "email", ...: the names of the columns */
bool gy_identifier_from_name(const char *name, gy_identifier *kind);
/* Whether its text never enters the store. A hash without a key is as good as what it was made of. */
bool gy_identifier_is_direct(gy_identifier kind);

/* ---- normal forms ---- */

enum { GY_IDENTIFIER_MAX = 512 }; /* bytes of a normal form */

typedef enum gy_normal {
  GY_NORMAL_VALUE,
  GY_NORMAL_EMPTY,
  GY_NORMAL_JUNK,    /* stands for nobody: zeros, -1, none, anonymous, test@..., one digit repeated */
  GY_NORMAL_INVALID, /* no such identifier: an e-mail address without '@', a card number that does not add up
                      */
} gy_normal;

/* Writes the normal form of `n` bytes of `text` into `out` and its length into `out_n`; only for
 * GY_NORMAL_VALUE is there one. `text` may be any bytes; what is no UTF-8 is invalid. Allocates nothing.
 *   e-mail           NFC, folded case; at Gmail without dots and +tag, googlemail.com as gmail.com
 *   phone            +821012345678; numbers without a country are Korean where Korea has such a number, other
 *                    ones stay their digits
 *   person name      NFC, folded case, single spaces; Hangul without spaces
 *   address          the same with commas as spaces; 서울특별시 and 서울시 are 서울, so all provinces
 *   resident number  13 digits of a valid date, whose last digit adds up for people born before October 2020
 *   card number      12 to 19 digits that add up (Luhn, ISO/IEC 7812-1)
 *   loyalty card     folded case, without spaces and dashes
 *   hashed e-mail    64 hexadecimal digits in lower case
 *   device           NFC, folded case
 *   customer, cookie NFC */
gy_normal gy_identifier_normalise(gy_identifier kind, const char *text, size_t n, char out[GY_IDENTIFIER_MAX],
                                  size_t *out_n);

/* ---- by look ---- */

/* Whether all of a value reads as a direct identifier whatever its column is called: an e-mail address, a
 * phone number as people write it, a resident number, a card number in groups. */
bool gy_identifier_look(const char *text, size_t n, gy_identifier *kind);

typedef struct gy_identifier_span {
  gy_identifier kind;
  size_t begin, end; /* bytes of the text */
} gy_identifier_span;

/* The next e-mail address, phone, resident or card number in free text at or behind `from`; false where there
 * is none. Eight bytes at a time up to the next '@', digit or full-width form. */
bool gy_identifier_find(const char *text, size_t n, size_t from, gy_identifier_span *span);

#endif

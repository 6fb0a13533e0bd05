/* SPDX-License-Identifier: Apache-2.0
 *
 * What a person can be known by. Direct identifiers say who somebody is; their text never enters the store.
 * The others are keys that only the house that gave them can read. */
#ifndef GYEOL_PRIVACY_IDENTIFIER_H
#define GYEOL_PRIVACY_IDENTIFIER_H

#include <stdbool.h>

typedef enum gy_identifier {
  GY_IDENTIFIER_EMAIL,
  GY_IDENTIFIER_PHONE,
  GY_IDENTIFIER_PERSON_NAME,
  GY_IDENTIFIER_ADDRESS,
  GY_IDENTIFIER_RESIDENT_NUMBER, /* of Korean residents, 13 digits */
  GY_IDENTIFIER_CARD_NUMBER,
  GY_IDENTIFIER_CUSTOMER_ID,
  GY_IDENTIFIER_LOYALTY_CARD,
  GY_IDENTIFIER_HASHED_EMAIL, /* SHA-256 of an address in its normal form, hexadecimal */
  GY_IDENTIFIER_DEVICE_ID,
  GY_IDENTIFIER_COOKIE,
  GY_IDENTIFIER_COUNT,
} gy_identifier;

const char *gy_identifier_name(gy_identifier kind); /* "email", ...: the names of the roles */
bool gy_identifier_from_name(const char *name, gy_identifier *kind);
bool gy_identifier_is_direct(gy_identifier kind);

#endif

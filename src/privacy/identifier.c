/* SPDX-License-Identifier: Apache-2.0 */
#include "privacy/identifier.h"

#include <string.h>

static const char *const NAMES[GY_IDENTIFIER_COUNT] = {
    "email",       "phone",        "person_name",  "address",   "resident_number", "card_number",
    "customer_id", "loyalty_card", "hashed_email", "device_id", "anonymous_id",
};

const char *gy_identifier_name(gy_identifier kind) { return NAMES[kind]; }

bool gy_identifier_from_name(const char *name, gy_identifier *kind) {
  for (int i = 0; i < GY_IDENTIFIER_COUNT; i++) {
    if (strcmp(NAMES[i], name) != 0) continue;
    *kind = (gy_identifier)i;
    return true;
  }
  return false;
}

bool gy_identifier_is_direct(gy_identifier kind) {
  return kind <= GY_IDENTIFIER_CARD_NUMBER || kind == GY_IDENTIFIER_HASHED_EMAIL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "privacy/pseudonym.h"

#include <sodium.h>
#include <string.h>

void gy_pseudonym_key_derive(const uint8_t root[GY_PSEUDONYM_KEY_BYTES], gy_pseudonym_key *key) {
  for (int kind = 0; kind < GY_IDENTIFIER_COUNT; kind++) {
    const char *name = gy_identifier_name((gy_identifier)kind);
    crypto_generichash(key->kinds[kind], sizeof key->kinds[kind], (const uint8_t *)name, strlen(name), root,
                       GY_PSEUDONYM_KEY_BYTES);
  }
  gy_pseudonym_key_absorb(key);
}

void gy_pseudonym_make(const gy_pseudonym_key *key, gy_identifier kind, const char *normal, size_t n,
                       gy_pseudonym *pseudonym) {
  crypto_generichash(pseudonym->bytes, sizeof pseudonym->bytes, (const uint8_t *)normal, n, key->kinds[kind],
                     sizeof key->kinds[kind]);
}

/* A dash follows these bytes. */
static bool ends_group(int byte) { return byte == 3 || byte == 5 || byte == 7 || byte == 9; }

void gy_pseudonym_text(const gy_pseudonym *pseudonym, char text[GY_PSEUDONYM_CHARS + 1]) {
  static const char DIGITS[] = "0123456789abcdef";
  char *at = text;
  for (int i = 0; i < 16; i++) {
    *at++ = DIGITS[pseudonym->bytes[i] >> 4];
    *at++ = DIGITS[pseudonym->bytes[i] & 15];
    if (ends_group(i)) *at++ = '-';
  }
  *at = '\0';
}

static int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool gy_pseudonym_parse(const char *text, size_t n, gy_pseudonym *pseudonym) {
  gy_pseudonym parsed;
  if (n != GY_PSEUDONYM_CHARS) return false;
  for (int i = 0; i < 16; i++) {
    int high = digit_of(text[0]), low = digit_of(text[1]);
    if (high < 0 || low < 0) return false;
    parsed.bytes[i] = (uint8_t)(high << 4 | low);
    text += 2;
    if (ends_group(i) && *text++ != '-') return false;
  }
  *pseudonym = parsed;
  return true;
}

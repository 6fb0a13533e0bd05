/* SPDX-License-Identifier: Apache-2.0
 *
 * Phone numbers as E.164. A number without a country is Korean where the Korean numbering plan (Ministry of
 * Science and ICT, 2023) has it, also without the 0 that Excel took from a mobile number; other numbers
 * without a country stay their digits, for nobody can say whose they are. */
#include <string.h>

#include "privacy/identifier_text.h"

enum { E164_MIN = 8, E164_MAX = 15, NATIONAL_MIN = 7 };

static bool begins(const char *digits, size_t n, const char *with) {
  size_t length = strlen(with);
  return n >= length && memcmp(digits, with, length) == 0;
}

/* 15xx-xxxx, 16xx-xxxx, 18xx-xxxx: one number for the whole country. */
static bool is_nationwide(const char *digits, size_t n) {
  return n == 8 && (begins(digits, n, "15") || begins(digits, n, "16") || begins(digits, n, "18"));
}

bool identifier_is_korean(const char *digits, size_t n) {
  static const struct {
    const char *code;
    size_t least, most; /* digits behind it */
  } CODES[] = {{"10", 8, 8}, {"11", 7, 8}, {"16", 7, 8}, {"17", 7, 8}, {"18", 7, 8}, {"19", 7, 8},
               {"2", 7, 8},  {"31", 7, 8}, {"32", 7, 8}, {"33", 7, 8}, {"41", 7, 8}, {"42", 7, 8},
               {"43", 7, 8}, {"44", 7, 8}, {"51", 7, 8}, {"52", 7, 8}, {"53", 7, 8}, {"54", 7, 8},
               {"55", 7, 8}, {"61", 7, 8}, {"62", 7, 8}, {"63", 7, 8}, {"64", 7, 8}, {"70", 8, 8},
               {"80", 7, 8}, {"60", 7, 8}, {"50", 8, 9}, {"30", 7, 8}};
  for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++) {
    size_t code = strlen(CODES[i].code);
    if (!begins(digits, n, CODES[i].code)) continue;
    return n - code >= CODES[i].least && n - code <= CODES[i].most;
  }
  return false;
}

static bool is_mobile(const char *digits, size_t n) {
  return n >= 9 && digits[0] == '1' && strchr("016789", digits[1]) != NULL && identifier_is_korean(digits, n);
}

/* 010-0000-0000, 02-1111-1111, 1234567890. */
static bool is_nobody(const char *digits, size_t n) {
  size_t tail = n >= 8 ? 8 : n;
  return identifier_is_repeated(digits + n - tail, tail, 6) || identifier_is_counting(digits, n);
}

static gy_normal give(const char *country, const char *digits, size_t n, char *out, size_t *out_n) {
  size_t used = 0;
  for (; country[used] != '\0'; used++) out[used] = country[used];
  memcpy(out + used, digits, n);
  *out_n = used + n;
  return GY_NORMAL_VALUE;
}

/* Behind '+'. */
static gy_normal international(const char *digits, size_t n, char *out, size_t *out_n) {
  if (is_nobody(digits, n)) return GY_NORMAL_JUNK;
  if (begins(digits, n, "82")) {
    const char *rest = digits + 2;
    size_t rest_n = n - 2;
    if (begins(rest, rest_n, "0")) rest++, rest_n--; /* +82 (0)10 */
    bool known = identifier_is_korean(rest, rest_n) || is_nationwide(rest, rest_n);
    return known ? give("+82", rest, rest_n, out, out_n) : GY_NORMAL_INVALID;
  }
  bool fits = n >= E164_MIN && n <= E164_MAX && digits[0] != '0' && (digits[0] != '1' || n == 11);
  return fits ? give("+", digits, n, out, out_n) : GY_NORMAL_INVALID;
}

gy_normal identifier_phone(const char *digits, size_t n, bool plus, char out[GY_IDENTIFIER_MAX],
                           size_t *out_n) {
  if (is_nobody(digits, n)) return GY_NORMAL_JUNK;
  if (plus) return international(digits, n, out, out_n);
  if (n > 10 && begins(digits, n, "00")) return international(digits + 2, n - 2, out, out_n);
  if (digits[0] == '0' && identifier_is_korean(digits + 1, n - 1))
    return give("+82", digits + 1, n - 1, out, out_n);
  if (is_mobile(digits, n) || is_nationwide(digits, n)) return give("+82", digits, n, out, out_n);
  if (begins(digits, n, "82") && is_mobile(digits + 2, n - 2)) return give("+", digits, n, out, out_n);
  if (begins(digits, n, "820") && is_mobile(digits + 3, n - 3))
    return give("+82", digits + 3, n - 3, out, out_n);
  return n >= NATIONAL_MIN && n <= E164_MAX ? give("", digits, n, out, out_n) : GY_NORMAL_INVALID;
}

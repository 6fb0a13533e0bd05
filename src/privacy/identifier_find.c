/* SPDX-License-Identifier: Apache-2.0
 *
 * Identifiers in free text. Words are passed over eight bytes at a time; at a digit, an '@' or a full-width
 * form the text around it is read as an address or a number. Numbers must be written as people write phones,
 * cards and resident numbers: bare digits are an order's number more often than a person's, so that only
 * those are taken that check themselves or can be nothing else. */
#include <stdint.h>
#include <string.h>

#include "privacy/identifier_text.h"

enum {
  REACH = 64, /* bytes of an address before its '@' */
  GROUPS_MAX = 8,
  RESIDENT_DIGITS = 13,
};

#define ONES UINT64_C(0x0101010101010101)
#define TOPS UINT64_C(0x8080808080808080)

static bool is_digit(char c) { return (unsigned char)(c - '0') <= 9; }
static bool is_alnum(char c) { return is_digit(c) || (unsigned char)((c | 0x20) - 'a') < 26; }

/* Bytes that are a digit, '@' or 0xEF, as their top bits. */
static uint64_t interesting(uint64_t word) {
  uint64_t low = ~TOPS, digit = word ^ (0x30 * ONES), at = word ^ (0x40 * ONES), wide = word ^ (0xEF * ONES);
  uint64_t no_digit = ((digit & low) + 0x76 * ONES) | digit;
  uint64_t no_at = ((at & low) + low) | at, no_wide = ((wide & low) + low) | wide;
  return ~(no_digit & no_at & no_wide) & TOPS;
}

static size_t next_interesting(const char *text, size_t n, size_t at) {
  for (; n - at >= 8; at += 8) {
    uint64_t word;
    memcpy(&word, text + at, sizeof word);
    uint64_t found = interesting(word);
    if (found != 0) return at + (size_t)__builtin_ctzll(found) / 8;
  }
  while (at < n && !is_digit(text[at]) && text[at] != '@' && text[at] != '\xEF') at++;
  return at;
}

/* ---- addresses ---- */

static bool is_local_byte(char c) {
  return is_alnum(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
}

/* An address around the '@' at `at`, which begins no earlier than `from`. */
static bool email_at(const char *text, size_t n, size_t from, size_t at, gy_identifier_span *span) {
  size_t begin = at, end = at + 1;
  while (begin > from && at - begin < REACH && is_local_byte(text[begin - 1])) begin--;
  while (end < n && (is_alnum(text[end]) || text[end] == '.' || text[end] == '-')) end++;
  while (end > at + 1 && (text[end - 1] == '.' || text[end - 1] == '-')) end--;
  while (begin < at && (text[begin] == '.' || text[begin] == '-')) begin++;
  const char *point = memrchr(text + at, '.', end - at);
  size_t last = point != NULL ? (size_t)(text + end - point) - 1 : 0;
  if (begin == at || point == NULL || point == text + at + 1 || last < 2) return false;
  bool is_name = false;
  for (size_t i = end - last; i < end; i++) is_name = is_name || !is_digit(text[i]);
  *span = (gy_identifier_span){GY_IDENTIFIER_EMAIL, begin, end};
  return is_name;
}

/* ---- numbers ---- */

/* Digits in groups, as they stand in the text from `begin`. */
typedef struct {
  char digits[IDENTIFIER_DIGITS_MAX];
  size_t n_digits, n_groups;
  size_t group_digits[GROUPS_MAX]; /* digits up to the end of each group */
  size_t group_end[GROUPS_MAX];    /* byte behind it */
  char sign[GROUPS_MAX];           /* before it: '-', ' ', '.', '(' or 0 */
  bool plus;
  size_t begin;
} number;

/* The digit at `at` and its bytes: an ASCII or full-width one. */
static size_t digit_at(const char *text, size_t n, size_t at, char *digit) {
  if (at < n && is_digit(text[at])) {
    *digit = text[at];
    return 1;
  }
  bool wide = n > at && n - at >= 3 && memcmp(text + at, "\xEF\xBC", 2) == 0 &&
              (unsigned char)text[at + 2] >= 0x90 && (unsigned char)text[at + 2] <= 0x99;
  if (wide) *digit = (char)('0' + ((unsigned char)text[at + 2] - 0x90));
  return wide ? 3 : 0;
}

/* What may part groups: one sign, or a bracket and a space. */
static size_t sign_at(const char *text, size_t n, size_t at, char *sign) {
  size_t used = 0;
  *sign = '\0';
  for (int i = 0; i < 2 && at + used < n; i++) {
    const char *c = text + at + used;
    size_t left = n - at - used, length = 0;
    bool is_dash =
        left >= 3 &&
        ((memcmp(c, "\xE2\x80", 2) == 0 && (unsigned char)c[2] >= 0x90 && (unsigned char)c[2] <= 0x95) ||
         memcmp(c, "\xEF\xBC\x8D", 3) == 0 || memcmp(c, "\xE2\x88\x92", 3) == 0);
    if (is_dash) {
      length = 3;
      *sign = '-';
    } else if (*c != '\0' && strchr(" -.()", *c) != NULL) {
      length = 1;
      if (*sign == '\0' || *c != ' ') *sign = *c == ')' ? '(' : *c;
    }
    if (length == 0) break;
    used += length;
    if (i == 0 && *sign != '(' && *sign != ' ' && *sign != '-') break;
  }
  return used;
}

static void read_number(const char *text, size_t n, size_t from, size_t at, number *found) {
  *found = (number){.begin = at};
  if (at > from && text[at - 1] == '(') found->begin--;
  if (found->begin > from && text[found->begin - 1] == '+') {
    found->begin--;
    found->plus = true;
  }
  for (char sign = '\0';;) {
    char digit = '0';
    size_t length, group = found->n_groups;
    if (group == GROUPS_MAX) return;
    bool any = false;
    while (found->n_digits < IDENTIFIER_DIGITS_MAX && (length = digit_at(text, n, at, &digit)) > 0) {
      found->digits[found->n_digits++] = digit;
      at += length;
      any = true;
    }
    if (!any) return;
    found->sign[group] = sign;
    found->group_digits[group] = found->n_digits;
    found->group_end[group] = at;
    found->n_groups++;
    size_t gap = sign_at(text, n, at, &sign);
    if (gap == 0) return;
    at += gap;
  }
}

static size_t group_length(const number *f, size_t group) {
  return f->group_digits[group] - (group > 0 ? f->group_digits[group - 1] : 0);
}

/* Phones of North America, 3-3-4 with signs. */
static bool is_nanp(const number *f, size_t n_groups) {
  bool parted =
      n_groups == 3 && group_length(f, 0) == 3 && group_length(f, 1) == 3 && group_length(f, 2) == 4;
  return parted && f->digits[0] >= '2' && f->digits[3] >= '2' && f->sign[2] != ' ';
}

static bool is_phone(const number *f, size_t n_groups) {
  size_t n = f->group_digits[n_groups - 1];
  const char *d = f->digits;
  char out[GY_IDENTIFIER_MAX];
  size_t out_n;
  if (n < 8 || n > 15) return false;
  if (f->plus) return n >= 9 && identifier_phone(d, n, true, out, &out_n) != GY_NORMAL_INVALID;
  bool is_mobile =
      n >= 10 && d[0] == '0' && ((d[1] == '1' && strchr("016789", d[2]) != NULL) || memcmp(d, "070", 3) == 0);
  bool korean = d[0] == '0' && identifier_is_korean(d + 1, n - 1);
  if (n_groups == 1) return is_mobile && korean;
  bool has_point = false; /* 0.0212345678 is a share */
  for (size_t i = 1; i < n_groups; i++) has_point = has_point || f->sign[i] == '.';
  if (group_length(f, 0) < 2 || (has_point && n_groups < 3)) return false;
  bool ends_in_four = group_length(f, n_groups - 1) == 4 && group_length(f, n_groups - 2) >= 3;
  if (korean) return n_groups <= 4 && (ends_in_four || is_mobile);
  bool with_country = n >= 11 && memcmp(d, "82", 2) == 0 && group_length(f, 0) == 2 && ends_in_four;
  if (with_country) return identifier_is_korean(d + 2 + (d[2] == '0'), n - 2 - (d[2] == '0'));
  return is_nanp(f, n_groups);
}

static bool is_resident(const number *f, size_t n_groups) {
  if (f->group_digits[n_groups - 1] != RESIDENT_DIGITS || f->plus) return false;
  bool parted = n_groups == 2 && group_length(f, 0) == 6 && f->sign[1] != '.';
  bool in_use = f->digits[6] >= '1' && f->digits[6] <= '8';
  return in_use && (parted || n_groups == 1) &&
         identifier_is_resident(f->digits, parted ? RESIDENT_BY_DATE : RESIDENT_FOR_SURE);
}

/* Cards in groups of four (American Express 4-6-5), or bare where their first digits are those of cards. */
static bool is_card(const number *f, size_t n_groups) {
  size_t n = f->group_digits[n_groups - 1];
  const char *d = f->digits;
  if ((n != 16 && n != 15) || f->plus || !identifier_is_luhn(d, n) || identifier_is_repeated(d, n, n))
    return false;
  bool express = n == 15 && d[0] == '3' && (d[1] == '4' || d[1] == '7');
  if (n == 15)
    return express &&
           (n_groups == 1 || (n_groups == 3 && group_length(f, 0) == 4 && group_length(f, 1) == 6));
  if (n_groups == 4) {
    for (size_t i = 0; i < 4; i++)
      if (group_length(f, i) != 4) return false;
    return d[0] >= '2';
  }
  bool mastercard2 = memcmp(d, "2221", 4) >= 0 && memcmp(d, "2720", 4) <= 0;
  return n_groups == 1 && ((d[0] >= '3' && d[0] <= '6') || mastercard2 || d[0] == '9');
}

/* The longest run of groups from the first that is an identifier. A letter or digit at either side makes it
 * part of a code. */
static bool number_at(const char *text, size_t n, const number *f, gy_identifier_span *span) {
  if (f->begin > 0 && (is_alnum(text[f->begin - 1]) || text[f->begin - 1] == '_')) return false;
  for (size_t k = f->n_groups; k > 0; k--) {
    size_t end = f->group_end[k - 1];
    if (end < n && (is_alnum(text[end]) || text[end] == '_' || text[end] == '@')) continue;
    gy_identifier kind = is_resident(f, k) ? GY_IDENTIFIER_RESIDENT_NUMBER
                         : is_card(f, k)   ? GY_IDENTIFIER_CARD_NUMBER
                         : is_phone(f, k)  ? GY_IDENTIFIER_PHONE
                                           : GY_IDENTIFIER_COUNT;
    if (kind == GY_IDENTIFIER_COUNT) continue;
    *span = (gy_identifier_span){kind, f->begin, end};
    return true;
  }
  return false;
}

/* An '@' that ends the word at `at`: the digits are of an address. */
static size_t at_sign_behind(const char *text, size_t n, size_t at) {
  size_t end = at;
  while (end < n && end - at < REACH && is_local_byte(text[end])) end++;
  return end < n && text[end] == '@' ? end : SIZE_MAX;
}

bool gy_identifier_find(const char *text, size_t n, size_t from, gy_identifier_span *span) {
  for (size_t at = from; (at = next_interesting(text, n, at)) < n;) {
    if (text[at] == '@') {
      if (email_at(text, n, from, at, span)) return true;
      at++;
      continue;
    }
    char digit;
    if (digit_at(text, n, at, &digit) == 0) {
      at++;
      continue;
    }
    size_t sign = at_sign_behind(text, n, at);
    if (sign != SIZE_MAX && email_at(text, n, from, sign, span)) return true;
    number found;
    read_number(text, n, from, at, &found);
    if (number_at(text, n, &found, span)) return true;
    at = found.group_end[0];
    if (found.n_digits == IDENTIFIER_DIGITS_MAX)
      while (at < n && is_digit(text[at])) at++;
  }
  return false;
}

bool gy_identifier_look(const char *text, size_t n, gy_identifier *kind) {
  while (n > 0 && (unsigned char)text[0] <= ' ') text++, n--;
  while (n > 0 && (unsigned char)text[n - 1] <= ' ') n--;
  gy_identifier_span span;
  char out[GY_IDENTIFIER_MAX];
  size_t out_n;
  bool addresses = n > 0 && (unsigned char)text[0] >= 0x80 && memchr(text, '@', n) != NULL;
  if (addresses && gy_identifier_normalise(GY_IDENTIFIER_EMAIL, text, n, out, &out_n) == GY_NORMAL_VALUE) {
    *kind = GY_IDENTIFIER_EMAIL;
    return true;
  }
  if (!gy_identifier_find(text, n, 0, &span) || span.begin != 0 || span.end != n) return false;
  *kind = span.kind;
  return true;
}

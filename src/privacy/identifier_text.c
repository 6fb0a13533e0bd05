/* SPDX-License-Identifier: Apache-2.0
 *
 * Text of identifiers in one form. Plain ASCII, which is nearly all, is folded byte by byte; the rest goes
 * through utf8proc on the stack. Case folding of a composed text need not be composed, so it is repeated
 * until it stays (Unicode 15, section 3.13). */
#include "privacy/identifier_text.h"

#include <string.h>
#include <utf8proc.h>

enum { CODEPOINTS_MAX = 2 * GY_IDENTIFIER_MAX, ROUNDS = 4 };

static bool is_ascii(const char *text, size_t n) {
  unsigned char any = 0;
  for (size_t i = 0; i < n; i++) any |= (unsigned char)text[i];
  return any < 0x80;
}

static bool fold_ascii(const char *text, size_t n, int folding, char *out, size_t *out_n) {
  size_t used = 0;
  bool gap = false;
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c <= ' ' || c == 0x7F || (c == ',' && (folding & IDENTIFIER_COMMA_IS_SPACE) != 0)) {
      gap = used > 0;
      continue;
    }
    if (used + 2 > GY_IDENTIFIER_MAX) return false;
    if (gap) out[used++] = ' ';
    gap = false;
    bool upper = c >= 'A' && c <= 'Z' && (folding & IDENTIFIER_FOLDS_CASE) != 0;
    out[used++] = (char)(upper ? c | 0x20 : c);
  }
  *out_n = used;
  return true;
}

static bool is_space(utf8proc_int32_t c, int folding) {
  if (c <= ' ' || c == 0x7F) return true;
  if ((c == ',' || c == 0xFF0C || c == 0x3001) && (folding & IDENTIFIER_COMMA_IS_SPACE) != 0) return true;
  utf8proc_category_t kind = utf8proc_category(c);
  bool is_separator = kind == UTF8PROC_CATEGORY_ZS || kind == UTF8PROC_CATEGORY_ZL ||
                      kind == UTF8PROC_CATEGORY_ZP || kind == UTF8PROC_CATEGORY_CC;
  return is_separator || c == 0x200B || c == 0xFEFF;
}

/* White space of a text taken apart, as single spaces. */
static size_t close_gaps(utf8proc_int32_t *text, size_t n, int folding) {
  size_t used = 0;
  bool gap = false;
  for (size_t i = 0; i < n; i++) {
    if (is_space(text[i], folding)) {
      gap = used > 0;
      continue;
    }
    if (gap) text[used++] = ' '; /* never beyond i: the gap was at least as long */
    gap = false;
    text[used++] = text[i];
  }
  return used;
}

static bool fold_once(const char *text, size_t n, int folding, char *out, size_t *out_n) {
  utf8proc_int32_t points[CODEPOINTS_MAX + 1];
  int options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
  if ((folding & IDENTIFIER_FOLDS_CASE) != 0) options |= UTF8PROC_CASEFOLD;
  utf8proc_ssize_t found = utf8proc_decompose((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)n, points,
                                              CODEPOINTS_MAX, (utf8proc_option_t)options);
  if (found < 0 || found > CODEPOINTS_MAX) return false;
  size_t kept = close_gaps(points, (size_t)found, folding);
  found = utf8proc_reencode(points, (utf8proc_ssize_t)kept, (utf8proc_option_t)options);
  if (found < 0 || found > GY_IDENTIFIER_MAX) return false;
  memcpy(out, points, (size_t)found);
  *out_n = (size_t)found;
  return true;
}

bool identifier_fold(const char *text, size_t n, int folding, char out[GY_IDENTIFIER_MAX], size_t *out_n) {
  if (is_ascii(text, n)) return fold_ascii(text, n, folding, out, out_n);
  char before[GY_IDENTIFIER_MAX];
  if (!fold_once(text, n, folding, out, out_n)) return false;
  for (int round = 0; round < ROUNDS; round++) {
    size_t before_n = *out_n;
    memcpy(before, out, before_n);
    if (!fold_once(before, before_n, folding, out, out_n)) return false;
    if (*out_n == before_n && memcmp(before, out, before_n) == 0) return true;
  }
  return false;
}

/* Signs between digits, and their bytes; 0 for anything else. */
static size_t sign_length(const char *text, size_t n) {
  if (text[0] != '\0' && strchr(" -.()/\t", text[0]) != NULL) return 1;
  if (n >= 2 && memcmp(text, "\xC2\xA0", 2) == 0) return 2;
  if (n < 3) return 0;
  bool is_dash =
      memcmp(text, "\xE2\x80", 2) == 0 && (unsigned char)text[2] >= 0x90 && (unsigned char)text[2] <= 0x95;
  static const char *const SIGNS[] = {"\xE2\x88\x92", "\xE3\x80\x80", "\xEF\xBC\x8D", "\xEF\xBC\x88",
                                      "\xEF\xBC\x89", "\xEF\xBC\x8E", "\xEF\xBB\xBF", "\xE2\x80\x8B"};
  for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS && !is_dash; i++)
    is_dash = memcmp(text, SIGNS[i], 3) == 0;
  return is_dash ? 3 : 0;
}

bool identifier_digits(const char *text, size_t n, char digits[IDENTIFIER_DIGITS_MAX], size_t *n_digits,
                       bool *plus) {
  size_t used = 0;
  *plus = false;
  for (size_t i = 0; i < n;) {
    bool is_wide = n - i >= 3 && memcmp(text + i, "\xEF\xBC", 2) == 0;
    unsigned wide = is_wide ? (unsigned char)text[i + 2] : 0;
    bool is_wide_digit = wide >= 0x90 && wide <= 0x99;
    if ((unsigned char)(text[i] - '0') <= 9 || is_wide_digit) {
      if (used == IDENTIFIER_DIGITS_MAX) return false;
      digits[used++] = is_wide_digit ? (char)('0' + (wide - 0x90)) : text[i];
      i += is_wide_digit ? 3 : 1;
      continue;
    }
    if ((text[i] == '+' || wide == 0x8B) && used == 0 && !*plus) {
      *plus = true;
      i += wide == 0x8B ? 3 : 1;
      continue;
    }
    size_t sign = sign_length(text + i, n - i);
    if (sign == 0) return false;
    i += sign;
  }
  *n_digits = used;
  return used > 0;
}

bool identifier_is_nothing(const char *text, size_t n) {
  static const char *const WORDS[] = {
      "null",     "(null)",    "none",          "nil",          "nan",      "n/a",       "#n/a",
      "n.a.",     "unknown",   "undefined",     "anonymous",    "empty",    "\\n",       "no",
      "없음",     "없다",      "미상",          "모름",         "무",       "익명",      "비회원",
      "해당없음", "해당 없음", "미입력",        "정보없음",     "미등록",   "test",      "테스트",
      "tbd",      "missing",   "not available", "not provided", "알수없음", "알 수 없음"};
  enum { WORD_MAX = 16 };
  for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS && n <= WORD_MAX && n > 0; i++)
    if (WORDS[i][0] == text[0] && strlen(WORDS[i]) == n && memcmp(WORDS[i], text, n) == 0) return true;
  for (size_t i = 0; i < n; i++)
    if (text[i] == '\0' || strchr("-_.,?*#/ 0", text[i]) == NULL) return n == 2 && memcmp(text, "-1", 2) == 0;
  return true;
}

bool identifier_is_repeated(const char *text, size_t n, size_t least) {
  for (size_t i = 1; i < n; i++)
    if (text[i] != text[0]) return false;
  return n >= least;
}

bool identifier_is_counting(const char *digits, size_t n) {
  if (n < 7) return false;
  bool up = true, down = true;
  for (size_t i = 1; i < n; i++) {
    int step = digits[i] - digits[i - 1];
    up = up && (step == 1 || step == -9);
    down = down && (step == -1 || step == 9);
  }
  return up || down;
}

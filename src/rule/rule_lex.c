/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/rule_lex.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/civil.h"

static gy_status fail_at(rule_lexer *lexer, size_t at, const char *what) {
  return rule_fail(lexer->err, GY_EPARSE, lexer->source, lexer->length, at, "%s", what);
}

static gy_status no_memory(rule_lexer *lexer) {
  return gy_fail(lexer->err, GY_ENOMEM, "no memory for a rule of %zu bytes", lexer->length);
}

/* The source is NUL-terminated, so that looking one or two bytes ahead is safe. */
static gy_status skip_space(rule_lexer *lexer) {
  const char *source = lexer->source;
  for (;;) {
    char c = source[lexer->at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      lexer->at++;
    } else if (c == '-' && source[lexer->at + 1] == '-') {
      lexer->at += strcspn(source + lexer->at, "\n");
    } else if (c == '/' && source[lexer->at + 1] == '*') {
      const char *end = strstr(source + lexer->at + 2, "*/");
      if (end == NULL) return fail_at(lexer, lexer->at, "this comment is never closed; end it with */");
      lexer->at = (size_t)(end + 2 - source);
    } else {
      return GY_OK;
    }
  }
}

static const utf8proc_option_t NFC = UTF8PROC_STABLE | UTF8PROC_COMPOSE;

/* Form NFC, in the arena; plain ASCII has it. */
static gy_status normalise(rule_lexer *lexer, const char *text, size_t length, gy_rule_text *out) {
  const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text;
  utf8proc_ssize_t n = 0;
  bool is_ascii = true;
  for (size_t i = 0; i < length && is_ascii; i++) is_ascii = bytes[i] < 0x80;
  if (is_ascii) {
    char *copy = gy_arena_strndup(lexer->arena, text, length);
    *out = (gy_rule_text){copy, length};
    return copy != NULL ? GY_OK : no_memory(lexer);
  }
  n = utf8proc_decompose(bytes, (utf8proc_ssize_t)length, NULL, 0, NFC);
  utf8proc_int32_t *points = n > 0 ? gy_arena_calloc(lexer->arena, (size_t)n + 1, sizeof *points) : NULL;
  if (points == NULL) return no_memory(lexer);
  n = utf8proc_decompose(bytes, (utf8proc_ssize_t)length, points, n, NFC);
  n = utf8proc_reencode(points, n, NFC); /* in place, ended by a NUL */
  *out = (gy_rule_text){(const char *)points, (size_t)n};
  return GY_OK;
}

/* No more than what stands between the marks takes. */
static size_t quoted_bytes(const char *start, char mark) {
  const char *at = start;
  while (*at != '\0' && (*at != mark || at[1] == mark)) at += 1 + (*at == mark);
  return (size_t)(at - start);
}

/* Between marks, which are doubled inside. */
static gy_status lex_quoted(rule_lexer *lexer, rule_token *token, char mark) {
  const char *start = lexer->source + lexer->at + 1, *at = start;
  char *plain = gy_arena_alloc(lexer->arena, quoted_bytes(start, mark) + 1);
  if (plain == NULL) return no_memory(lexer);
  size_t n = 0;
  for (;; at++) {
    if (*at == '\0')
      return fail_at(lexer, lexer->at,
                     mark == '\'' ? "this text is never closed; end it with '"
                                  : "this name is never closed; end it with \"");
    if (*at == mark && *++at != mark) break;
    plain[n++] = *at;
  }
  lexer->at = (size_t)(at - lexer->source);
  token->kind = mark == '\'' ? RULE_TOKEN_TEXT : RULE_TOKEN_QUOTED;
  if (mark == '"' && n == 0) return fail_at(lexer, token->at, "a name cannot be empty");
  return normalise(lexer, plain, n, &token->text);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* `n` digits as a number; -1: they are not all digits. */
static int digits(const char *text, int n) {
  int value = 0;
  for (int i = 0; i < n; i++) {
    if (!is_digit(text[i])) return -1;
    value = value * 10 + text[i] - '0';
  }
  return value;
}

/* T09:30, T09:30:15, T09:30:15.123456 */
static gy_status lex_clock(rule_lexer *lexer, rule_token *token) {
  const char *at = lexer->source + lexer->at + 1;
  int hour = digits(at, 2), minute = hour < 0 || at[2] != ':' ? -1 : digits(at + 3, 2), second = 0;
  int64_t micros = 0;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59)
    return fail_at(lexer, lexer->at, "a time of day is written T09:30 or T09:30:15");
  at += 5;
  if (*at == ':') {
    second = digits(at + 1, 2);
    if (second < 0 || second > 59) return fail_at(lexer, lexer->at, "seconds are 00 to 59");
    at += 3;
    if (*at == '.' && is_digit(at[1])) {
      int64_t scale = 100000;
      for (at++; is_digit(*at); at++, scale /= 10) micros += scale * (*at - '0');
    }
  }
  lexer->at = (size_t)(at - lexer->source);
  token->kind = RULE_TOKEN_TIME;
  token->integer =
      ((token->integer * 24 + hour) * 60 + minute) * 60000000 + second * INT64_C(1000000) + micros;
  return GY_OK;
}

static gy_status lex_date(rule_lexer *lexer, rule_token *token) {
  const char *text = lexer->source + lexer->at;
  int year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > gy_civil_month_days(year, month))
    return rule_fail(lexer->err, GY_EPARSE, lexer->source, lexer->length, lexer->at,
                     "%.10s is no date; dates are written YYYY-MM-DD", text);
  lexer->at += 10;
  token->kind = RULE_TOKEN_DATE;
  token->integer = gy_civil_days(year, month, day);
  return text[10] == 'T' && is_digit(text[11]) ? lex_clock(lexer, token) : GY_OK;
}

static bool starts_date(const char *text) {
  return digits(text, 4) >= 0 && text[4] == '-' && digits(text + 5, 2) >= 0 && text[7] == '-' &&
         digits(text + 8, 2) >= 0 && !is_digit(text[10]);
}

/* 1, 1_000, 1.5, 1e6; read by strtod from plain ASCII, whatever the locale's point would be. */
static gy_status lex_number(rule_lexer *lexer, rule_token *token) {
  const char *text = lexer->source + lexer->at;
  if (starts_date(text)) return lex_date(lexer, token);
  char plain[64];
  size_t n = 0;
  const char *at = text;
  bool point = false, exponent = false;
  for (;; at++) {
    bool is_point = *at == '.' && !point && !exponent && is_digit(at[1]);
    bool is_exponent = (*at == 'e' || *at == 'E') && !exponent &&
                       (is_digit(at[1]) || ((at[1] == '-' || at[1] == '+') && is_digit(at[2])));
    bool is_gap = *at == '_' && at > text && is_digit(at[-1]) && is_digit(at[1]);
    if (!is_digit(*at) && !is_point && !is_exponent && !is_gap) break;
    if (n + 3 >= sizeof plain) return fail_at(lexer, lexer->at, "this number has too many digits");
    if (!is_gap) plain[n++] = *at;
    point |= is_point;
    if (is_exponent && !is_digit(at[1])) plain[n++] = *++at;
    exponent |= is_exponent;
  }
  plain[n] = '\0';
  token->number = strtod(plain, NULL);
  token->kind = RULE_TOKEN_NUMBER;
  double size = fabs(token->number);
  if (size > 1e15 || (size > 0 && size < 1e-15))
    return fail_at(lexer, lexer->at, "numbers are 0, or between 1e-15 and 1e15");
  lexer->at = (size_t)(at - lexer->source);
  return GY_OK;
}

static bool is_word_start(utf8proc_int32_t c) {
  utf8proc_category_t category = utf8proc_category(c);
  return c == '_' || (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO);
}

static bool is_word_part(utf8proc_int32_t c) {
  utf8proc_category_t category = utf8proc_category(c);
  return is_word_start(c) || (category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_NL);
}

static gy_status lex_word(rule_lexer *lexer, rule_token *token) {
  size_t start = lexer->at;
  for (;;) {
    utf8proc_int32_t c;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)lexer->source + lexer->at, -1, &c);
    if (n <= 0 || c == 0 || !is_word_part(c)) break;
    lexer->at += (size_t)n;
  }
  token->kind = RULE_TOKEN_NAME;
  return normalise(lexer, lexer->source + start, lexer->at - start, &token->text);
}

static gy_status lex_sign(rule_lexer *lexer, rule_token *token) {
  static const char *const SIGNS[] = {"!=", "<>", "<=", ">=", "==", "&&", "||", "(", ")",
                                      ",",  ".",  "+",  "-",  "*",  "/",  "=",  "<", ">"};
  const char *text = lexer->source + lexer->at;
  for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++) {
    size_t n = strlen(SIGNS[i]);
    if (strncmp(text, SIGNS[i], n) != 0) continue;
    if (strcmp(SIGNS[i], "==") == 0) return fail_at(lexer, lexer->at, "equality is written =");
    if (strcmp(SIGNS[i], "&&") == 0) return fail_at(lexer, lexer->at, "this is written and");
    if (strcmp(SIGNS[i], "||") == 0) return fail_at(lexer, lexer->at, "this is written or");
    token->kind = RULE_TOKEN_SIGN;
    token->text = (gy_rule_text){strcmp(SIGNS[i], "<>") == 0 ? "!=" : SIGNS[i], n};
    lexer->at += n;
    return GY_OK;
  }
  if (*text == '#') return fail_at(lexer, lexer->at, "comments begin with --");
  if (strncmp(text, "\xe2\x80\x98", 3) == 0 || strncmp(text, "\xe2\x80\x99", 3) == 0 ||
      strncmp(text, "\xe2\x80\x9c", 3) == 0)
    return fail_at(lexer, lexer->at, "texts stand between straight quotes '...'");
  return fail_at(lexer, lexer->at, "this sign means nothing in a rule");
}

gy_status rule_lex(rule_lexer *lexer, rule_token *token) {
  gy_status status = skip_space(lexer);
  if (status != GY_OK) return status;
  *token = (rule_token){.at = (uint32_t)lexer->at};
  char first = lexer->source[lexer->at];
  if (lexer->at >= lexer->length) return GY_OK;
  if (first == '\'' || first == '"')
    status = lex_quoted(lexer, token, first);
  else if (is_digit(first))
    status = lex_number(lexer, token);
  else {
    utf8proc_int32_t c;
    utf8proc_iterate((const utf8proc_uint8_t *)lexer->source + lexer->at, -1, &c);
    status = is_word_start(c) ? lex_word(lexer, token) : lex_sign(lexer, token);
  }
  token->end = (uint32_t)lexer->at;
  return status;
}

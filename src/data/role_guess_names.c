/* SPDX-License-Identifier: Apache-2.0
 *
 * Names against synonyms (role_guess_synonyms.c). A phrase of several words must stand in the name in that
 * order, without gaps; how much of the name it covers decides how much it says. Korean compounds are not
 * spaced, so there the phrase may stand anywhere inside, best at the end, where Korean puts the head of a
 * compound (총결제금액 is a kind of 금액).
 */
#include "data/role_guess_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "data/role_guess_synonyms.h"

enum { WORDS_MAX = 12, TEXT_MAX = 256 };

typedef struct {
  char words[WORDS_MAX][TEXT_MAX / 2];
  int n_words;
  char joined[TEXT_MAX]; /* without spaces and signs */
} name_parts;

static bool starts_word(utf8proc_int32_t before, utf8proc_int32_t at, utf8proc_int32_t after) {
  utf8proc_category_t was = utf8proc_category(before), is = utf8proc_category(at),
                      next = utf8proc_category(after);
  if (is != UTF8PROC_CATEGORY_LU) return false;
  return was == UTF8PROC_CATEGORY_LL || (was == UTF8PROC_CATEGORY_LU && next == UTF8PROC_CATEGORY_LL);
}

static bool is_letter(utf8proc_int32_t c) {
  utf8proc_category_t kind = utf8proc_category(c);
  return (kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_LO) || kind == UTF8PROC_CATEGORY_ND;
}

static void end_word(name_parts *parts, bool *in_word) {
  if (*in_word && parts->n_words < WORDS_MAX) parts->n_words++;
  *in_word = false;
}

static void add_character(char *text, size_t capacity, utf8proc_int32_t c) {
  utf8proc_uint8_t bytes[4];
  size_t used = strlen(text);
  utf8proc_ssize_t n = utf8proc_encode_char(c, bytes);
  if (n <= 0 || used + (size_t)n >= capacity) return;
  memcpy(text + used, bytes, (size_t)n);
  text[used + (size_t)n] = '\0';
}

static void split(const char *name, name_parts *parts) {
  utf8proc_uint8_t *composed = NULL;
  *parts = (name_parts){0};
  utf8proc_ssize_t length =
      utf8proc_map((const utf8proc_uint8_t *)name, 0, &composed,
                   UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
  if (length < 0) return;
  utf8proc_int32_t before = 0, at = 0, after = 0;
  bool in_word = false;
  const utf8proc_uint8_t *next = composed;
  next += utf8proc_iterate(next, -1, &at);
  while (at > 0 && !(at == '(' && before != 0)) { /* what stands in brackets is a unit */
    utf8proc_ssize_t n = *next != '\0' ? utf8proc_iterate(next, -1, &after) : 0;
    if (n <= 0) after = 0;
    if (!is_letter(at) || starts_word(before, at, after)) end_word(parts, &in_word);
    if (is_letter(at)) {
      utf8proc_int32_t lower = utf8proc_tolower(at);
      if (parts->n_words < WORDS_MAX) add_character(parts->words[parts->n_words], TEXT_MAX / 2, lower);
      add_character(parts->joined, TEXT_MAX, lower);
      in_word = true;
    }
    before = at;
    at = after;
    next += n > 0 ? n : 0;
  }
  end_word(parts, &in_word);
  free(composed);
}

/* How much of the name a phrase of spaced words covers, by words; 0 when it is not in there. */
static double match_words(const name_parts *parts, const char *phrase, size_t length) {
  char words[TEXT_MAX], joined[TEXT_MAX];
  if (length >= sizeof words) return 0;
  memcpy(words, phrase, length);
  words[length] = '\0';
  size_t n_joined = 0;
  for (size_t i = 0; i < length; i++) {
    if (words[i] != ' ') joined[n_joined++] = words[i];
  }
  joined[n_joined] = '\0';
  if (strcmp(joined, parts->joined) == 0) return 1;
  const char *list[WORDS_MAX];
  int n = 0;
  for (char *rest = words, *word; n < WORDS_MAX && (word = strsep(&rest, " ")) != NULL;) list[n++] = word;
  for (int start = 0; start + n <= parts->n_words; start++) {
    int i = 0;
    while (i < n && strcmp(parts->words[start + i], list[i]) == 0) i++;
    if (i < n) continue;
    bool at_end = start + n == parts->n_words;
    return (at_end ? 0.6 : 0.4) + 0.35 * n / parts->n_words;
  }
  return 0;
}

static double match_hangul(const name_parts *parts, const char *phrase, size_t length) {
  size_t whole = strlen(parts->joined);
  const char *at = memmem(parts->joined, whole, phrase, length);
  if (at == NULL || whole == 0) return 0;
  if (whole == length) return 1;
  bool at_end = at + length == parts->joined + whole;
  return (at_end ? 0.55 : 0.25) + 0.35 * (double)length / (double)whole;
}

static void score_phrases(const name_parts *parts, const gy_role_synonyms *row, double *score) {
  const char *phrase = row->phrases;
  while (*phrase != '\0') {
    size_t length = strcspn(phrase, "|");
    bool is_hangul = (unsigned char)phrase[0] >= 0x80;
    double match = is_hangul ? match_hangul(parts, phrase, length) : match_words(parts, phrase, length);
    if (match * row->weight > *score) *score = match * row->weight;
    phrase += length + (phrase[length] == '|');
  }
}

/* A rate of something is no amount of it. */
static bool is_rate(const name_parts *parts) {
  static const char *const WORDS[] = {"pct", "percent", "percentage", "rate", "ratio"};
  size_t length = strlen(parts->joined), n = strlen("율");
  if (length > n &&
      (strcmp(parts->joined + length - n, "율") == 0 || strcmp(parts->joined + length - n, "률") == 0))
    return true;
  for (int i = 0; i < parts->n_words; i++) {
    for (size_t w = 0; w < sizeof WORDS / sizeof WORDS[0]; w++) {
      if (strcmp(parts->words[i], WORDS[w]) == 0) return true;
    }
  }
  return false;
}

gy_name_evidence gy_role_name_evidence(const char *name) {
  gy_name_evidence evidence = {0};
  name_parts parts;
  split(name, &parts);
  for (const gy_role_synonyms *row = gy_role_synonyms_table; row->phrases != NULL; row++) {
    double *score = row->role == GY_SYNONYM_PERSONAL ? &evidence.personal
                    : row->role == GY_SYNONYM_PERSON ? &evidence.person
                    : row->role == GY_SYNONYM_MOMENT ? &evidence.moment
                                                     : &evidence.roles[row->role];
    score_phrases(&parts, row, score);
  }
  if (is_rate(&parts)) {
    evidence.roles[GY_ROLE_DISCOUNT] = evidence.roles[GY_ROLE_AMOUNT] = evidence.roles[GY_ROLE_UNIT_PRICE] =
        0;
  }
  return evidence;
}

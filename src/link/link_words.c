/* SPDX-License-Identifier: Apache-2.0 */
#include "link/link_words.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static const char *const SHORT_FORMS[][2] = {
    {"서울특별시", "서울"},
    {"서울시", "서울"},
    {"부산광역시", "부산"},
    {"부산시", "부산"},
    {"대구광역시", "대구"},
    {"대구시", "대구"},
    {"인천광역시", "인천"},
    {"인천시", "인천"},
    {"광주광역시", "광주"},
    {"광주시", "광주"},
    {"대전광역시", "대전"},
    {"대전시", "대전"},
    {"울산광역시", "울산"},
    {"울산시", "울산"},
    {"세종특별자치시", "세종"},
    {"세종시", "세종"},
    {"경기도", "경기"},
    {"강원특별자치도", "강원"},
    {"강원도", "강원"},
    {"충청북도", "충북"},
    {"충청남도", "충남"},
    {"전북특별자치도", "전북"},
    {"전라북도", "전북"},
    {"전라남도", "전남"},
    {"경상북도", "경북"},
    {"경상남도", "경남"},
    {"제주특별자치도", "제주"},
    {"제주도", "제주"},
    {"아파트", "apt"},
    {"apartment", "apt"},
    {"street", "st"},
    {"road", "rd"},
    {"avenue", "ave"},
    {"lane", "ln"},
    {"drive", "dr"},
    {"boulevard", "blvd"},
};

/* Behind a number they say nothing. */
static const char *const UNITS[] = {"동", "호", "번지", "층", "번", "호실"};

typedef struct word {
  char text[LINK_NORMAL_MAX];
  size_t n;
  bool is_number;
} word;

static bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }

/* The next word of chars from *at; false at the end. */
static bool next_word(const link_text *text, size_t *at, word *out) {
  size_t i = *at;
  while (i < text->n_chars && text->chars[i] == ' ') i++;
  if (i == text->n_chars) return false;
  out->is_number = is_digit(text->chars[i]);
  out->n = 0;
  for (; i < text->n_chars && text->chars[i] != ' ' && is_digit(text->chars[i]) == out->is_number; i++)
    out->n += (size_t)utf8proc_encode_char((utf8proc_int32_t)text->chars[i],
                                           (utf8proc_uint8_t *)out->text + out->n);
  *at = i;
  return true;
}

static bool is_unit(const word *w) {
  for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
    if (strlen(UNITS[i]) == w->n && memcmp(UNITS[i], w->text, w->n) == 0) return true;
  return false;
}

static void shorten(word *w) {
  for (size_t i = 0; i < sizeof SHORT_FORMS / sizeof *SHORT_FORMS; i++) {
    const char *longer = SHORT_FORMS[i][0];
    if (strlen(longer) != w->n || memcmp(longer, w->text, w->n) != 0) continue;
    w->n = strlen(SHORT_FORMS[i][1]);
    memcpy(w->text, SHORT_FORMS[i][1], w->n);
    return;
  }
}

static int by_value(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static int by_hash(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

uint64_t link_words_hash(uint64_t *hashes, size_t n) {
  qsort(hashes, n, sizeof *hashes, by_hash);
  return link_hash(hashes, n * sizeof *hashes);
}

static void sort_once(link_text *text) {
  size_t kept = 0;
  qsort(text->words, text->n_words, sizeof *text->words, by_value);
  for (size_t i = 0; i < text->n_words; i++)
    if (i == 0 || text->words[i] != text->words[i - 1]) text->words[kept++] = text->words[i];
  text->n_words = kept;
}

void link_words_read(link_text *text) {
  word w;
  bool after_number = false;
  size_t at = 0;
  text->n_normal = text->n_words = 0;
  while (text->n_words < LINK_WORDS_MAX && next_word(text, &at, &w)) {
    if (after_number && is_unit(&w)) continue;
    after_number = w.is_number;
    if (!w.is_number) shorten(&w);
    if (text->n_normal + w.n + 1 > LINK_NORMAL_MAX) break;
    if (text->n_normal > 0) text->normal[text->n_normal++] = ' ';
    memcpy(text->normal + text->n_normal, w.text, w.n);
    text->n_normal += w.n;
    text->words[text->n_words++] = ((uint32_t)link_hash(w.text, w.n) & ~1u) | w.is_number;
  }
  sort_once(text);
  text->stem = link_hash(text->words, text->n_words * sizeof *text->words);
  text->n_chars = 0;
}

double link_words_dice(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b, bool *same_numbers) {
  size_t i = 0, j = 0, common = 0;
  *same_numbers = true;
  while (i < n_a && j < n_b) {
    if (a[i] == b[j]) {
      common++;
      i++;
      j++;
    } else {
      uint32_t alone = a[i] < b[j] ? a[i++] : b[j++];
      if (alone & 1) *same_numbers = false;
    }
  }
  for (; i < n_a; i++) *same_numbers = *same_numbers && !(a[i] & 1);
  for (; j < n_b; j++) *same_numbers = *same_numbers && !(b[j] & 1);
  return n_a + n_b > 0 ? 2.0 * (double)common / (double)(n_a + n_b) : 0;
}

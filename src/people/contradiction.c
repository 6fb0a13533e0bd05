/* SPDX-License-Identifier: Apache-2.0 */
#include "people/contradiction.h"

#include <gyeol/name_similarity.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "link/link_text.h"

static const double NEAR = 0.92, ALIKE = 0.85;

/* ---- names ---- */

static bool has_hangul(const link_text *name) {
  for (size_t i = 0; i < name->n_chars; i++) {
    uint32_t c = name->chars[i];
    if ((c >= 0x1100 && c <= 0x11ff) || (c >= 0x3131 && c <= 0x318e) || (c >= 0xac00 && c <= 0xd7a3))
      return true;
  }
  return false;
}

/* At most one letter more, less or other, or two neighbours exchanged. */
static bool is_one_off(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b) {
  if (n_a > n_b) return is_one_off(b, n_b, a, n_a);
  size_t head = 0, tail = 0;
  if (n_b - n_a > 1) return false;
  while (head < n_a && a[head] == b[head]) head++;
  while (tail < n_a - head && a[n_a - 1 - tail] == b[n_b - 1 - tail]) tail++;
  size_t rest = n_b - head - tail;
  return rest <= 1 || (n_a == n_b && rest == 2 && a[head] == b[head + 1] && a[head + 1] == b[head]);
}

/* The shorter of two names is the beginning or the end of the other: 민준 of 김민준, Kim of Kim Lee. */
static bool is_part(const link_text *a, const link_text *b) {
  if (a->n_normal > b->n_normal) return is_part(b, a);
  return memcmp(a->normal, b->normal, a->n_normal) == 0 ||
         memcmp(a->normal, b->normal + b->n_normal - a->n_normal, a->n_normal) == 0;
}

gy_sameness gy_compare_names(gy_text a, gy_text b) {
  link_text left, right;
  uint32_t letters[2][GY_NAME_LETTERS_MAX];
  link_text_read(GY_LINK_NAME, a.data, a.length, &left);
  link_text_read(GY_LINK_NAME, b.data, b.length, &right);
  if (left.n_chars < 2 || right.n_chars < 2) return GY_SAME_UNKNOWN;
  if (left.n_normal == right.n_normal && memcmp(left.normal, right.normal, left.n_normal) == 0)
    return GY_SAME_EQUAL;
  if (left.stem == right.stem && left.stem != 0) return GY_SAME_EQUAL;
  if (has_hangul(&left) != has_hangul(&right)) return GY_SAME_UNKNOWN;
  double similarity = gy_jaro_winkler_hangul(left.chars, left.n_chars, right.chars, right.n_chars);
  size_t n_left = gy_hangul_letters(left.chars, left.n_chars, letters[0]);
  size_t n_right = gy_hangul_letters(right.chars, right.n_chars, letters[1]);
  if (similarity >= NEAR || is_one_off(letters[0], n_left, letters[1], n_right)) return GY_SAME_NEAR;
  return similarity >= ALIKE || is_part(&left, &right) ? GY_SAME_ALIKE : GY_SAME_DIFFERS;
}

/* ---- births ---- */

typedef struct {
  int year, month, day; /* 0: unknown */
} birth_date;

static birth_date read_birth(gy_text text) {
  char digits[9] = "";
  size_t n = 0;
  for (size_t i = 0; i < text.length && n < 8; i++) {
    if (text.data[i] >= '0' && text.data[i] <= '9')
      digits[n++] = text.data[i];
    else if (text.data[i] != '-' && text.data[i] != '.' && text.data[i] != '/')
      break;
  }
  long number = strtol(digits, NULL, 10);
  birth_date made = {0};
  if (n == 4) made.year = (int)number;
  if (n == 8) made = (birth_date){(int)(number / 10000), (int)(number / 100 % 100), (int)(number % 100)};
  if (made.year < 1905) return (birth_date){0};
  if (made.month < 1 || made.month > 12 || made.day < 1 || made.day > 31 ||
      (made.month == 1 && made.day == 1))
    made.month = made.day = 0;
  return made;
}

gy_sameness gy_compare_births(gy_text a, gy_text b) {
  birth_date left = read_birth(a), right = read_birth(b);
  if (left.year == 0 || right.year == 0) return GY_SAME_UNKNOWN;
  if (left.month == 0 || right.month == 0)
    return abs(left.year - right.year) <= 1 ? GY_SAME_ALIKE : GY_SAME_DIFFERS;
  bool swapped = left.month == right.day && left.day == right.month;
  int same =
      (left.year == right.year) + (swapped ? 2 : (left.month == right.month) + (left.day == right.day));
  if (same == 3) return swapped && left.month != right.month ? GY_SAME_NEAR : GY_SAME_EQUAL;
  if (same == 2) return GY_SAME_NEAR;
  return left.year == right.year ? GY_SAME_ALIKE : GY_SAME_DIFFERS;
}

/* ---- genders ---- */

static char read_gender(gy_text text) {
  static const struct {
    const char *word;
    char gender;
  } WORDS[] = {{"m", 'm'},    {"male", 'm'}, {"man", 'm'}, {"남", 'm'},     {"남자", 'm'},
               {"남성", 'm'}, {"f", 'f'},    {"w", 'f'},   {"female", 'f'}, {"woman", 'f'},
               {"여", 'f'},   {"여자", 'f'}, {"여성", 'f'}};
  for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
    if (strlen(WORDS[i].word) == text.length && strncasecmp(WORDS[i].word, text.data, text.length) == 0)
      return WORDS[i].gender;
  return '\0';
}

gy_sameness gy_compare_genders(gy_text a, gy_text b) {
  char left = read_gender(a), right = read_gender(b);
  if (left == '\0' || right == '\0') return GY_SAME_UNKNOWN;
  return left == right ? GY_SAME_EQUAL : GY_SAME_DIFFERS;
}

/* ---- together ---- */

int gy_contradiction_score(gy_sameness name, gy_sameness birth, gy_sameness gender) {
  static const int SCORES[] = {
      [GY_SAME_UNKNOWN] = 0, [GY_SAME_EQUAL] = 2, [GY_SAME_NEAR] = 1, [GY_SAME_DIFFERS] = -2};
  return SCORES[name] + SCORES[birth] - (gender == GY_SAME_DIFFERS);
}

bool gy_contradicts(gy_sameness name, gy_sameness birth, gy_sameness gender) {
  return (name == GY_SAME_DIFFERS || birth == GY_SAME_DIFFERS) &&
         gy_contradiction_score(name, birth, gender) < 0;
}

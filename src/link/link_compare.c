/* SPDX-License-Identifier: Apache-2.0 */
#include "link/link_compare.h"

#include <stdlib.h>
#include <string.h>

#include <gyeol/name_similarity.h>

#include "link/link_words.h"

static const double NEAR = 0.92, ALIKE = 0.85, SAME_WORDS = 0.8, HALF_WORDS = 0.5;
enum { PREFIX_MAX = 4, TAIL_SHORT = 4, TAIL_LONG = 8, POSTCODE_AREA = 3, SLIP_LETTERS_MIN = 4 };

static const struct {
  const char *name;
  int levels;
} COMPARISONS[GY_LINK_COMPARE_COUNT] = {
    [GY_LINK_EXACT] = {"exact", 2},       [GY_LINK_NAME] = {"name", 4},   [GY_LINK_ADDRESS] = {"address", 4},
    [GY_LINK_EMAIL] = {"email", 4},       [GY_LINK_PHONE] = {"phone", 4}, [GY_LINK_DATE] = {"date", 4},
    [GY_LINK_POSTCODE] = {"postcode", 3}, [GY_LINK_TEXT] = {"text", 4}};

const char *gy_link_compare_name(gy_link_compare compare) { return COMPARISONS[compare].name; }
int gy_link_compare_levels(gy_link_compare compare) { return COMPARISONS[compare].levels; }

bool gy_link_compare_from_name(const char *name, gy_link_compare *compare) {
  for (int i = 0; i < GY_LINK_COMPARE_COUNT; i++) {
    if (strcmp(name, COMPARISONS[i].name) != 0) continue;
    *compare = (gy_link_compare)i;
    return true;
  }
  return false;
}

static const uint8_t *narrow_of(const link_values *of, const link_value *value) {
  return of->narrow.data + value->letters_at;
}

static const uint32_t *wide_of(const link_values *of, const link_value *value) {
  return (const uint32_t *)(const void *)of->wide.data + value->letters_at;
}

static void place(const link_values *of, const link_value *value, uint32_t code, link_places *places) {
  for (size_t i = 0; i < places->n; i++) places->of[places->letters[i]] = 0;
  places->n = value->n_letters;
  places->code = code;
  if (places->n > 0) memcpy(places->letters, narrow_of(of, value), places->n);
  for (size_t i = 0; i < places->n; i++) places->of[places->letters[i]] |= 1ull << i;
}

static uint64_t first_bits(size_t n) { return n >= 64 ? ~0ull : (1ull << n) - 1; }

/* As gy_jaro: each letter of b takes the first free place of the left value that is near enough. */
static double jaro_placed(const link_places *a, const uint8_t *b, size_t n_b) {
  if (a->n == 0 || n_b == 0) return a->n == n_b ? 1 : 0;
  size_t longer = a->n > n_b ? a->n : n_b, window = longer / 2 > 0 ? longer / 2 - 1 : 0;
  uint64_t taken = 0;
  uint8_t in_b[64];
  size_t m = 0;
  for (size_t j = 0; j < n_b; j++) {
    uint64_t near = first_bits(j + window + 1) & ~(j > window ? first_bits(j - window) : 0);
    uint64_t free_places = a->of[b[j]] & near & ~taken;
    if (free_places == 0) continue;
    taken |= free_places & -free_places;
    in_b[m++] = b[j];
  }
  if (m == 0) return 0;
  size_t out_of_order = 0;
  for (size_t k = 0; taken != 0; taken &= taken - 1, k++)
    out_of_order += a->letters[__builtin_ctzll(taken)] != in_b[k];
  const size_t n_transpositions = out_of_order / 2;
  double common = (double)m, in_order = (double)(m - n_transpositions);
  return (common / (double)a->n + common / (double)n_b + in_order / common) / 3;
}

static double similarity_placed(const link_places *a, const uint8_t *b, size_t n_b) {
  double jaro = jaro_placed(a, b, n_b);
  size_t prefix = 0;
  while (prefix < PREFIX_MAX && prefix < a->n && prefix < n_b && a->letters[prefix] == b[prefix]) prefix++;
  return jaro + 0.1 * (double)prefix * (1 - jaro);
}

static size_t widen(const link_values *of, const link_value *value, uint32_t *letters) {
  for (size_t i = 0; i < value->n_letters; i++)
    letters[i] = value->is_wide ? wide_of(of, value)[i] : link_wide_letter(narrow_of(of, value)[i]);
  return value->n_letters;
}

static double similarity_wide(const link_values *of, const link_value *a, const link_value *b) {
  uint32_t letters_a[GY_NAME_LETTERS_MAX], letters_b[GY_NAME_LETTERS_MAX];
  size_t n_a = widen(of, a, letters_a), n_b = widen(of, b, letters_b);
  return gy_jaro_winkler(letters_a, n_a, letters_b, n_b);
}

/* No two texts of these lengths can be more alike than this. */
static double most_alike(size_t n_a, size_t n_b) {
  size_t fewer = n_a < n_b ? n_a : n_b, more = n_a < n_b ? n_b : n_a;
  if (more == 0) return 1;
  double jaro = (2 + (double)fewer / (double)more) / 3;
  return jaro + 0.4 * (1 - jaro);
}

static double similarity(const link_values *of, uint32_t left, const link_value *a, const link_value *b,
                         double at_least, link_places *places) {
  if (most_alike(a->n_letters, b->n_letters) < at_least) return 0;
  if (a->is_wide || b->is_wide) return similarity_wide(of, a, b);
  if (places->code != left) place(of, a, left, places);
  return similarity_placed(places, narrow_of(of, b), b->n_letters);
}

static bool same_letters(const uint32_t *a, const uint32_t *b, size_t n) {
  return n == 0 || memcmp(a, b, n * sizeof *a) == 0;
}

/* One letter other, missing or too many, or two neighbours exchanged. Jaro's greedy pairing can count that as
 * many letters out of order where a letter comes again: 김민준 and 긴민준. */
static bool one_letter_off(const link_values *of, const link_value *a, const link_value *b) {
  uint32_t x[GY_NAME_LETTERS_MAX], y[GY_NAME_LETTERS_MAX];
  if (a->n_letters > b->n_letters + 1 || b->n_letters > a->n_letters + 1) return false;
  size_t n = widen(of, a, x), m = widen(of, b, y), i = 0;
  if (n < SLIP_LETTERS_MIN || m < SLIP_LETTERS_MIN) return false;
  while (i < n && i < m && x[i] == y[i]) i++;
  if (n < m) return same_letters(x + i, y + i + 1, n - i);
  if (n > m) return same_letters(x + i + 1, y + i, m - i);
  if (i == n || same_letters(x + i + 1, y + i + 1, n - i - 1)) return true;
  return i + 1 < n && x[i] == y[i + 1] && x[i + 1] == y[i] && same_letters(x + i + 2, y + i + 2, n - i - 2);
}

static int name_level(const link_values *of, uint32_t left, const link_value *a, const link_value *b,
                      link_places *places) {
  if (of->compare == GY_LINK_NAME && a->stem == b->stem) return 2;
  double alike = similarity(of, left, a, b, ALIKE, places);
  if (alike >= NEAR || one_letter_off(of, a, b)) return 2;
  return alike >= ALIKE;
}

static int email_level(const link_values *of, uint32_t left, const link_value *a, const link_value *b,
                       link_places *places) {
  if (a->stem == b->stem && a->n_letters > 0) return 2;
  return similarity(of, left, a, b, NEAR, places) >= NEAR || one_letter_off(of, a, b);
}

static int address_level(const link_values *of, const link_value *a, const link_value *b) {
  bool same_numbers;
  double dice = link_words_dice(wide_of(of, a), a->n_letters, wide_of(of, b), b->n_letters, &same_numbers);
  return dice >= SAME_WORDS && same_numbers ? 2 : dice >= HALF_WORDS ? 1 : 0;
}

static bool same_tail(const uint8_t *a, size_t n_a, const uint8_t *b, size_t n_b, size_t n) {
  return n_a >= n && n_b >= n && memcmp(a + n_a - n, b + n_b - n, n) == 0;
}

/* One digit other, or two neighbours exchanged. */
static bool one_slip(const uint8_t *a, const uint8_t *b, size_t n) {
  size_t i = 0;
  while (i < n && a[i] == b[i]) i++;
  if (i == n) return true;
  if (memcmp(a + i + 1, b + i + 1, n - i - 1) == 0) return true;
  return i + 1 < n && a[i] == b[i + 1] && a[i + 1] == b[i] && memcmp(a + i + 2, b + i + 2, n - i - 2) == 0;
}

static int phone_level(const link_values *of, const link_value *a, const link_value *b) {
  const uint8_t *x = narrow_of(of, a), *y = narrow_of(of, b);
  size_t n = a->n_letters, m = b->n_letters;
  if (same_tail(x, n, y, m, TAIL_LONG) || (n == m && n > TAIL_LONG && one_slip(x, y, n))) return 2;
  return same_tail(x, n, y, m, TAIL_SHORT);
}

static int date_level(const link_value *a, const link_value *b) {
  uint64_t x = a->stem, y = b->stem;
  if (x == 0 || y == 0) return 0;
  bool same_year = x >> 16 == y >> 16, same_month = (x >> 8 & 255) == (y >> 8 & 255);
  bool same_day = (x & 255) == (y & 255);
  bool exchanged = same_year && (x >> 8 & 255) == (y & 255) && (y >> 8 & 255) == (x & 255);
  if (exchanged || same_year + same_month + same_day == 2) return 2;
  return same_year;
}

static int postcode_level(const link_values *of, const link_value *a, const link_value *b) {
  if (a->n_text < POSTCODE_AREA || b->n_text < POSTCODE_AREA) return 0;
  return memcmp(of->texts.data + a->text_at, of->texts.data + b->text_at, POSTCODE_AREA) == 0;
}

int link_level(const link_values *of, uint32_t left, uint32_t right, link_places *places) {
  if (left == 0 || right == 0) return GY_LEVEL_UNKNOWN;
  if (left == right) return COMPARISONS[of->compare].levels - 1;
  if (of->compare == GY_LINK_EXACT) return 0;
  const link_value *a = link_value_at(of, left), *b = link_value_at(of, right);
  switch (of->compare) {
    case GY_LINK_NAME:
    case GY_LINK_TEXT:
      return name_level(of, left, a, b, places);
    case GY_LINK_ADDRESS:
      return address_level(of, a, b);
    case GY_LINK_EMAIL:
      return email_level(of, left, a, b, places);
    case GY_LINK_PHONE:
      return phone_level(of, a, b);
    case GY_LINK_DATE:
      return date_level(a, b);
    default:
      return postcode_level(of, a, b);
  }
}

int gy_link_level(gy_link_compare compare, const char *a, size_t n_a, const char *b, size_t n_b) {
  link_values values = {0};
  link_places places = {0};
  uint64_t ends_a[2] = {0, n_a}, ends_b[2] = {0, n_b};
  gy_link_column left = {a, ends_a}, right = {b, ends_b};
  const gy_link_column *columns[2] = {&left, &right};
  int level = GY_LEVEL_UNKNOWN;
  if (link_values_read(&values, compare, columns, (const size_t[2]){1, 1}))
    level = link_level(&values, values.codes[0][0], values.codes[1][0], &places);
  link_values_clear(&values);
  return level;
}

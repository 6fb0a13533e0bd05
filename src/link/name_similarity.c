/* SPDX-License-Identifier: Apache-2.0 */
#include <gyeol/name_similarity.h>

#include <stdbool.h>
#include <string.h>

enum { SYLLABLES_BEGIN = 0xAC00, SYLLABLES_END = 0xD7A4, VOWELS = 21, FINALS = 28 };
enum { INITIAL_JAMO = 0x1100, VOWEL_JAMO = 0x1161, FINAL_JAMO = 0x11A7 };
enum { COMPATIBILITY_BEGIN = 0x3131, COMPATIBILITY_VOWELS = 0x314F, COMPATIBILITY_END = 0x3164 };
enum { PREFIX_MAX = 4 };

/* The initial consonant that each compatibility consonant from U+3131 on shows, 255 for clusters that no
 * syllable begins with. */
static const uint8_t INITIAL_OF[] = {0,   1, 255, 2, 255, 255, 3,  4,  5,  255, 255, 255, 255, 255, 255,
                                     255, 6, 7,   8, 255, 9,   10, 11, 12, 13,  14,  15,  16,  17,  18};

static uint32_t letter_of(uint32_t c) {
  if (c < COMPATIBILITY_BEGIN || c >= COMPATIBILITY_END) return c;
  if (c >= COMPATIBILITY_VOWELS) return VOWEL_JAMO + (c - COMPATIBILITY_VOWELS);
  uint8_t initial = INITIAL_OF[c - COMPATIBILITY_BEGIN];
  return initial == 255 ? c : (uint32_t)INITIAL_JAMO + initial;
}

size_t gy_hangul_letters(const uint32_t *text, size_t length, uint32_t *letters) {
  size_t n = 0;
  for (size_t i = 0; i < length && n < GY_NAME_LETTERS_MAX; i++) {
    if (text[i] < SYLLABLES_BEGIN || text[i] >= SYLLABLES_END) {
      letters[n++] = letter_of(text[i]);
      continue;
    }
    uint32_t syllable = text[i] - SYLLABLES_BEGIN, final = syllable % FINALS;
    letters[n++] = INITIAL_JAMO + syllable / (VOWELS * FINALS);
    if (n < GY_NAME_LETTERS_MAX) letters[n++] = VOWEL_JAMO + syllable / FINALS % VOWELS;
    if (final > 0 && n < GY_NAME_LETTERS_MAX) letters[n++] = FINAL_JAMO + final;
  }
  return n;
}

static size_t at_most(size_t n, size_t most) { return n < most ? n : most; }

/* Pairs each letter of a with the first letter of b that is equal, near enough and free. */
static size_t match(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b, size_t window, bool *in_a,
                    bool *in_b) {
  size_t m = 0;
  for (size_t i = 0; i < n_a; i++) {
    size_t end = at_most(i + window + 1, n_b);
    for (size_t j = i > window ? i - window : 0; j < end && !in_a[i]; j++) {
      if (in_b[j] || a[i] != b[j]) continue;
      in_a[i] = in_b[j] = true;
      m++;
    }
  }
  return m;
}

double gy_jaro(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b) {
  bool in_a[GY_NAME_LETTERS_MAX] = {0}, in_b[GY_NAME_LETTERS_MAX] = {0};
  n_a = at_most(n_a, GY_NAME_LETTERS_MAX);
  n_b = at_most(n_b, GY_NAME_LETTERS_MAX);
  if (n_a == 0 || n_b == 0) return n_a == n_b ? 1 : 0;
  size_t longer = n_a > n_b ? n_a : n_b, window = longer / 2 > 0 ? longer / 2 - 1 : 0;
  size_t m = match(a, n_a, b, n_b, window, in_a, in_b), out_of_order = 0;
  if (m == 0) return 0;
  for (size_t i = 0, j = 0; i < n_a; i++) {
    if (!in_a[i]) continue;
    while (!in_b[j]) j++;
    out_of_order += a[i] != b[j++];
  }
  size_t transpositions = out_of_order / 2;
  double common = (double)m, in_order = (double)(m - transpositions);
  return (common / (double)n_a + common / (double)n_b + in_order / common) / 3;
}

double gy_jaro_winkler(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b) {
  double jaro = gy_jaro(a, n_a, b, n_b);
  size_t prefix = 0;
  while (prefix < PREFIX_MAX && prefix < n_a && prefix < n_b && a[prefix] == b[prefix]) prefix++;
  return jaro + 0.1 * (double)prefix * (1 - jaro);
}

double gy_jaro_winkler_hangul(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b) {
  uint32_t letters_a[GY_NAME_LETTERS_MAX], letters_b[GY_NAME_LETTERS_MAX];
  size_t m_a = gy_hangul_letters(a, n_a, letters_a), m_b = gy_hangul_letters(b, n_b, letters_b);
  return gy_jaro_winkler(letters_a, m_a, letters_b, m_b);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * How single values are compared: what is the same in other clothes, what is near, what is not. */
#include <criterion/criterion.h>
#include <string.h>

#include <gyeol/linkage.h>
#include <gyeol/name_similarity.h>

#include "base/rng.h"
#include "link/link_compare.h"

static const struct {
  gy_link_compare compare;
  const char *a, *b;
  int level;
} CASES[] = {
    {GY_LINK_EXACT, "A-1", " a-1 ", 1},
    {GY_LINK_EXACT, "A-1", "A1", 0},
    {GY_LINK_EXACT, "", "A1", -1},
    {GY_LINK_NAME, "김민준", "김 민준", 3},
    {GY_LINK_NAME, "김민준", "\xe1\x84\x80\xe1\x85\xb5\xe1\x86\xb7민준", 3}, /* conjoining jamo */
    {GY_LINK_NAME, "김민준", "긴민준", 2},
    {GY_LINK_NAME, "김민준", "박서연", 0},
    {GY_LINK_NAME, "MARTHA", "Marhta", 2},
    {GY_LINK_NAME, "DWAYNE", "DUANE", 0},
    {GY_LINK_NAME, "DIXON", "DICKSONX", 0},
    {GY_LINK_NAME, "Smith, John", "john smith", 2},
    {GY_LINK_NAME, "José", "JOSE\xcc\x81", 3},
    {GY_LINK_NAME, "---", "x", -1},
    {GY_LINK_TEXT, "Smith John", "john smith", 0},
    {GY_LINK_EMAIL, "Kim.Minjun+shop@GMAIL.com", "kimminjun@googlemail.com", 3},
    {GY_LINK_EMAIL, "kim.minjun@naver.com", "kimminjun@naver.com", 2},
    {GY_LINK_EMAIL, "kimminjun@naver.com", "kimminjun@hanmail.net", 2},
    {GY_LINK_EMAIL, "kimminjun@naver.com", "kimmijnun@naver.com", 1},
    {GY_LINK_EMAIL, "kimminjun@naver.com", "lee@naver.com", 0},
    {GY_LINK_PHONE, "010-1234-5678", "+82 10 1234 5678", 3},
    {GY_LINK_PHONE, "010-1234-5678", "0082-10-1234-5678", 3},
    {GY_LINK_PHONE, "010-1234-5678", "1234-5678", 2},
    {GY_LINK_PHONE, "010-1234-5678", "010-1234-5679", 2},
    {GY_LINK_PHONE, "010-1234-5678", "010-1243-5678", 2},
    {GY_LINK_PHONE, "010-1234-5678", "010-9876-5678", 1},
    {GY_LINK_PHONE, "010-1234-5678", "010-1111-2222", 0},
    {GY_LINK_PHONE, "없음", "010-1111-2222", -1},
    {GY_LINK_DATE, "1990-01-02", "19900102", 3},
    {GY_LINK_DATE, "1990-01-02", "1990년 1월 2일", 3},
    {GY_LINK_DATE, "1990-01-02", "900102", 3},
    {GY_LINK_DATE, "1990-01-02", "01/02/1990", 3},
    {GY_LINK_DATE, "1990-01-22", "22.01.1990", 3},
    {GY_LINK_DATE, "1990-01-02 00:00:00", "1990-02-01", 2},
    {GY_LINK_DATE, "1990-01-02", "1991-01-02", 2},
    {GY_LINK_DATE, "1990-01-02", "1990-03-04", 1},
    {GY_LINK_DATE, "1990-01-02", "1985-03-04", 0},
    {GY_LINK_POSTCODE, "06134", "061-34", 2},
    {GY_LINK_POSTCODE, "06134", "06199", 1},
    {GY_LINK_POSTCODE, "06134", "13579", 0},
    {GY_LINK_ADDRESS, "서울특별시 강남구 테헤란로 123, 101동 202호", "서울 강남구 테헤란로123 101-202", 3},
    {GY_LINK_ADDRESS, "강남구 테헤란로 123 101동 202호", "서울시 강남구 테헤란로 123, 101-202", 2},
    {GY_LINK_ADDRESS, "서울 강남구 테헤란로 123 101동 202호", "서울 강남구 테헤란로 123 101동 203호", 1},
    {GY_LINK_ADDRESS, "12 Baker Street London", "12 baker st, London", 3},
    {GY_LINK_ADDRESS, "12 Baker Street London", "부산 해운대구", 0},
};

Test(link_level, of_pairs) {
  for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
    const char *a = CASES[c].a, *b = CASES[c].b;
    int level = gy_link_level(CASES[c].compare, a, strlen(a), b, strlen(b));
    int back = gy_link_level(CASES[c].compare, b, strlen(b), a, strlen(a));
    cr_expect_eq(level, CASES[c].level, "%s: '%s', '%s': %d", gy_link_compare_name(CASES[c].compare), a, b,
                 level);
    cr_expect_eq(level, back, "%s: '%s', '%s' the other way: %d", gy_link_compare_name(CASES[c].compare), a,
                 b, back);
  }
}

static size_t random_name(gy_rng *rng, char *text, bool foreign) {
  static const char *const PIECES[] = {"김", "긴", "민", "믽", "준", "ㅎ", "a",
                                       "b",  "ab", "é",  "1",  "王", "я"};
  size_t n = 0, count = 1 + gy_rng_below(rng, foreign ? 90 : 12);
  for (size_t i = 0; i < count; i++) {
    const char *piece = PIECES[gy_rng_below(rng, foreign ? 13 : 10)];
    memcpy(text + n, piece, strlen(piece));
    n += strlen(piece);
  }
  return n;
}

/* Edit distance of at most one with exchanges (optimal string alignment), by its recurrence. */
static bool one_edit(const uint32_t *x, size_t n, const uint32_t *y, size_t m) {
  static unsigned d[GY_NAME_LETTERS_MAX + 1][GY_NAME_LETTERS_MAX + 1];
  for (size_t i = 0; i <= n; i++) {
    for (size_t j = 0; j <= m; j++) {
      if (i == 0 || j == 0) {
        d[i][j] = (unsigned)(i + j);
        continue;
      }
      unsigned best = d[i - 1][j - 1] + (x[i - 1] != y[j - 1]);
      if (d[i - 1][j] + 1 < best) best = d[i - 1][j] + 1;
      if (d[i][j - 1] + 1 < best) best = d[i][j - 1] + 1;
      bool exchanged = i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1];
      if (exchanged && d[i - 2][j - 2] + 1 < best) best = d[i - 2][j - 2] + 1;
      d[i][j] = best;
    }
  }
  return d[n][m] <= 1 && n >= 4 && m >= 4;
}

/* Bit by bit, in one byte a letter or not: the level that gy_jaro_winkler's similarity gives. */
Test(link_level, of_names_is_by_jaro_winkler) {
  gy_rng rng;
  size_t near = 0;
  gy_rng_init(&rng, 4, 0);
  for (int round = 0; round < 60000; round++) {
    char a[400], b[400];
    uint32_t chars_a[LINK_CHARS_MAX], chars_b[LINK_CHARS_MAX];
    size_t n_a = random_name(&rng, a, round % 4 == 0), n_b = random_name(&rng, b, round % 4 == 0);
    if (round % 3 == 0) memcpy(b, a, n_b = n_a < 20 ? n_a : 20);
    if (n_b > n_a && round % 3 == 0) n_b = n_a;
    size_t m_a = link_fold(a, n_a, false, chars_a), m_b = link_fold(b, n_b, false, chars_b);
    double similar = gy_jaro_winkler_hangul(chars_a, m_a, chars_b, m_b);
    bool equal = m_a == m_b && memcmp(chars_a, chars_b, m_a * sizeof *chars_a) == 0;
    uint32_t letters_a[GY_NAME_LETTERS_MAX], letters_b[GY_NAME_LETTERS_MAX];
    size_t l_a = gy_hangul_letters(chars_a, m_a, letters_a), l_b = gy_hangul_letters(chars_b, m_b, letters_b);
    if (l_a < 40 && l_b < 40 && similar < 0.92 && one_edit(letters_a, l_a, letters_b, l_b)) similar = 0.92;
    int expected = m_a == 0 || m_b == 0 ? -1 : equal ? 3 : similar >= 0.92 ? 2 : similar >= 0.85 ? 1 : 0;
    int level = gy_link_level(GY_LINK_TEXT, a, n_a, b, n_b);
    near += level == 1 || level == 2;
    cr_assert_eq(level, expected, "%.*s, %.*s: level %d, similarity %g", (int)n_a, a, (int)n_b, b, level,
                 similar);
  }
  cr_assert_gt(near, 1000, "only %zu near ones", near);
}

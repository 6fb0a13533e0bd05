/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>
#include <utf8proc.h>

#include <gyeol/name_similarity.h>

#include "base/rng.h"

static size_t code_points(const char *text, uint32_t *out) {
  utf8proc_ssize_t n = utf8proc_decompose((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)strlen(text),
                                          (utf8proc_int32_t *)out, GY_NAME_LETTERS_MAX, 0);
  cr_assert_geq(n, 0);
  return (size_t)n;
}

typedef double (*similarity)(const uint32_t *, size_t, const uint32_t *, size_t);

static double of(similarity f, const char *a, const char *b) {
  uint32_t x[GY_NAME_LETTERS_MAX], y[GY_NAME_LETTERS_MAX];
  size_t n = code_points(a, x), m = code_points(b, y);
  return f(x, n, y, m);
}

/* Winkler, Overview of Record Linkage and Current Research Directions (2006), table 6, to three places. */
Test(names, jaro_and_winkler_as_published) {
  static const struct {
    const char *a, *b;
    double jaro, winkler;
  } PUBLISHED[] = {{"SHACKLEFORD", "SHACKELFORD", .970, .982},
                   {"DUNNINGHAM", "CUNNIGHAM", .896, .896},
                   {"NICHLESON", "NICHULSON", .926, .956},
                   {"JONES", "JOHNSON", .790, .832},
                   {"MASSEY", "MASSIE", .889, .933},
                   {"ABROMS", "ABRAMS", .889, .922},
                   {"MARTHA", "MARHTA", .944, .961},
                   {"DIXON", "DICKSONX", .767, .813},
                   {"DWAYNE", "DUANE", .822, .840},
                   {"MICHELLE", "MICHAEL", .869, .921},
                   {"JULIES", "JULIUS", .889, .933},
                   {"", "", 1, 1},
                   {"A", "", 0, 0},
                   {"A", "A", 1, 1},
                   {"AB", "CD", 0, 0}};
  for (size_t i = 0; i < sizeof PUBLISHED / sizeof *PUBLISHED; i++) {
    double jaro = of(gy_jaro, PUBLISHED[i].a, PUBLISHED[i].b),
           winkler = of(gy_jaro_winkler, PUBLISHED[i].a, PUBLISHED[i].b);
    cr_expect_float_eq(jaro, PUBLISHED[i].jaro, 6e-4, "%s %s: %f", PUBLISHED[i].a, PUBLISHED[i].b, jaro);
    cr_expect_float_eq(winkler, PUBLISHED[i].winkler, 6e-4, "%s %s: %f", PUBLISHED[i].a, PUBLISHED[i].b,
                       winkler);
  }
}

/* NFD is the standard's own way to take syllables apart. */
Test(names, letters_of_every_syllable_are_those_of_unicode) {
  for (uint32_t c = 0xAC00; c <= 0xD7A3; c++) {
    uint32_t ours[GY_NAME_LETTERS_MAX];
    utf8proc_int32_t theirs[4];
    int bound_class = 0;
    size_t n = gy_hangul_letters(&c, 1, ours);
    utf8proc_ssize_t m =
        utf8proc_decompose_char((utf8proc_int32_t)c, theirs, 4, UTF8PROC_DECOMPOSE, &bound_class);
    cr_assert_eq(n, (size_t)m, "U+%04X", c);
    for (size_t i = 0; i < n; i++) cr_assert_eq(ours[i], (uint32_t)theirs[i], "U+%04X", c);
  }
}

Test(names, a_mistyped_letter_of_a_syllable_costs_less_than_another_name) {
  double typo = of(gy_jaro_winkler_hangul, "김민준", "긴민준"),
         other = of(gy_jaro_winkler_hangul, "김민준", "박서연");
  cr_expect_gt(typo, of(gy_jaro_winkler, "김민준", "긴민준"));
  cr_expect_gt(typo, 0.8);
  cr_expect_lt(other, 0.6);
  cr_expect_float_eq(of(gy_jaro_winkler_hangul, "ㄱ", "가"), of(gy_jaro_winkler_hangul, "가", "ㄱ"), 0);
  cr_expect_gt(of(gy_jaro_winkler_hangul, "ㄱ", "가"), 0.8);
}

Test(names, similarity_is_symmetric_and_within_0_and_1) {
  gy_rng rng;
  gy_rng_init(&rng, 3, 0);
  for (int round = 0; round < 20000; round++) {
    uint32_t a[400], b[400];
    size_t n = (size_t)gy_rng_below(&rng, round % 50 == 0 ? 400 : 12), m = (size_t)gy_rng_below(&rng, 12);
    for (size_t i = 0; i < n; i++) a[i] = 'a' + (uint32_t)gy_rng_below(&rng, 4);
    for (size_t i = 0; i < m; i++) b[i] = 'a' + (uint32_t)gy_rng_below(&rng, 4);
    double there = gy_jaro_winkler_hangul(a, n, b, m), back = gy_jaro_winkler_hangul(b, m, a, n);
    cr_assert_geq(there, 0);
    cr_assert_leq(there, 1);
    cr_assert_float_eq(gy_jaro(a, n, a, n), n > 0 ? 1 : 1, 1e-12);
    cr_assert_float_eq(there, back, 0.1, "%zu and %zu letters: %f and %f", n, m, there, back);
  }
}

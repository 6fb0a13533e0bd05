/* SPDX-License-Identifier: Apache-2.0
 *
 * What contradicts that two customers are one person, value by value and together. */
#include <criterion/criterion.h>
#include <string.h>

#include "people/contradiction.h"

typedef struct {
  const char *a, *b;
  gy_sameness want;
} comparison;

static gy_text text(const char *of) { return (gy_text){of, strlen(of)}; }

static void expect_all(const comparison *cases, size_t n, gy_sameness (*compare)(gy_text, gy_text)) {
  for (size_t i = 0; i < n; i++) {
    gy_sameness there = compare(text(cases[i].a), text(cases[i].b)),
                back = compare(text(cases[i].b), text(cases[i].a));
    cr_expect_eq(there, cases[i].want, "'%s' and '%s': %d, not %d", cases[i].a, cases[i].b, there,
                 cases[i].want);
    cr_expect_eq(there, back, "'%s' and '%s': %d one way, %d the other", cases[i].a, cases[i].b, there, back);
  }
}

Test(contradiction, names) {
  static const comparison CASES[] = {
      {"김민준", "김 민준", GY_SAME_EQUAL},      {"Jane Miller", "miller, JANE", GY_SAME_EQUAL},
      {"김민준", "긴민준", GY_SAME_NEAR},        {"Jane Miller", "Jane Miler", GY_SAME_NEAR},
      {"민준", "김민준", GY_SAME_ALIKE},         {"Jane", "Jane Alexandra Miller", GY_SAME_ALIKE},
      {"김민준", "박서연", GY_SAME_DIFFERS},     {"Jane Miller", "Oscar Lindt", GY_SAME_DIFFERS},
      {"김민준", "Kim Minjun", GY_SAME_UNKNOWN}, {"", "김민준", GY_SAME_UNKNOWN},
      {"김", "박서연", GY_SAME_UNKNOWN},         {"", "", GY_SAME_UNKNOWN},
  };
  expect_all(CASES, sizeof CASES / sizeof *CASES, gy_compare_names);
}

Test(contradiction, births) {
  static const comparison CASES[] = {
      {"1990-03-04", "19900304", GY_SAME_EQUAL},
      {"1990-03-04", "1990-03-05", GY_SAME_NEAR},
      {"1990-03-04", "1990-04-03", GY_SAME_NEAR},
      {"1990-03-04", "1980-03-04", GY_SAME_NEAR},
      {"1990-03-04", "1990-11-25", GY_SAME_ALIKE},
      {"1990-03-04", "1961-11-25", GY_SAME_DIFFERS},
      {"1990-01-01", "1991-06-07", GY_SAME_ALIKE},
      {"1990", "1990-06-07", GY_SAME_ALIKE},
      {"1990", "1961", GY_SAME_DIFFERS},
      {"1900-01-01", "1961-11-25", GY_SAME_UNKNOWN},
      {"1990-03-04 00:00:00", "1990-03-04", GY_SAME_EQUAL},
      {"", "1990-03-04", GY_SAME_UNKNOWN},
      {"unknown", "1990-03-04", GY_SAME_UNKNOWN},
      {"0000-00-00", "1990-03-04", GY_SAME_UNKNOWN},
  };
  expect_all(CASES, sizeof CASES / sizeof *CASES, gy_compare_births);
}

Test(contradiction, genders) {
  static const comparison CASES[] = {
      {"M", "male", GY_SAME_EQUAL},    {"남", "M", GY_SAME_EQUAL},  {"F", "m", GY_SAME_DIFFERS},
      {"여성", "남", GY_SAME_DIFFERS}, {"x", "M", GY_SAME_UNKNOWN}, {"", "F", GY_SAME_UNKNOWN},
  };
  expect_all(CASES, sizeof CASES / sizeof *CASES, gy_compare_genders);
}

Test(contradiction, together) {
  static const struct {
    gy_sameness name, birth, gender;
    bool want;
    const char *who;
  } CASES[] = {
      {GY_SAME_UNKNOWN, GY_SAME_UNKNOWN, GY_SAME_UNKNOWN, false, "nothing is known"},
      {GY_SAME_UNKNOWN, GY_SAME_UNKNOWN, GY_SAME_DIFFERS, false, "a gender alone"},
      {GY_SAME_DIFFERS, GY_SAME_UNKNOWN, GY_SAME_UNKNOWN, true, "a name alone"},
      {GY_SAME_UNKNOWN, GY_SAME_DIFFERS, GY_SAME_UNKNOWN, true, "a birth alone"},
      {GY_SAME_DIFFERS, GY_SAME_EQUAL, GY_SAME_EQUAL, false, "a change of name"},
      {GY_SAME_DIFFERS, GY_SAME_EQUAL, GY_SAME_DIFFERS, true, "twins, a boy and a girl"},
      {GY_SAME_EQUAL, GY_SAME_DIFFERS, GY_SAME_EQUAL, false, "a birth date that was mistyped"},
      {GY_SAME_NEAR, GY_SAME_DIFFERS, GY_SAME_EQUAL, true, "siblings"},
      {GY_SAME_ALIKE, GY_SAME_ALIKE, GY_SAME_DIFFERS, false, "nothing differs but the gender"},
      {GY_SAME_DIFFERS, GY_SAME_DIFFERS, GY_SAME_DIFFERS, true, "a family's phone"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
    cr_expect_eq(gy_contradicts(CASES[i].name, CASES[i].birth, CASES[i].gender), CASES[i].want, "%s",
                 CASES[i].who);
}

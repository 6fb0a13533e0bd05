/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "data/convert_real.h"

Test(convert_real, forms) {
  static const struct {
    const char *text;
    gy_number_form form;
    gy_field field;
    double value;
  } CASES[] = {
      {"0.00001", GY_NUMBER_POINT, GY_FIELD_VALUE, 0.00001},
      {"-12.5", GY_NUMBER_POINT, GY_FIELD_VALUE, -12.5},
      {"+3", GY_NUMBER_POINT, GY_FIELD_VALUE, 3},
      {".5", GY_NUMBER_POINT, GY_FIELD_VALUE, 0.5},
      {"5.", GY_NUMBER_POINT, GY_FIELD_VALUE, 5},
      {"1e30", GY_NUMBER_POINT, GY_FIELD_VALUE, 1e30},
      {"1E-30", GY_NUMBER_POINT, GY_FIELD_VALUE, 1e-30},
      {"  7 ", GY_NUMBER_POINT, GY_FIELD_VALUE, 7},
      {"1,234.50", GY_NUMBER_POINT, GY_FIELD_VALUE, 1234.5},
      {"1.234,50", GY_NUMBER_COMMA, GY_FIELD_VALUE, 1234.5},
      {"2,5", GY_NUMBER_COMMA, GY_FIELD_VALUE, 2.5},
      {"₩12,000", GY_NUMBER_POINT, GY_FIELD_VALUE, 12000},
      {"inf", GY_NUMBER_POINT, GY_FIELD_VALUE, INFINITY},
      {"-Infinity", GY_NUMBER_POINT, GY_FIELD_VALUE, -INFINITY},
      {"123456789012345678901234567890", GY_NUMBER_POINT, GY_FIELD_VALUE, 123456789012345678901234567890.0},
      {"0.1000000000000000055511151231257827", GY_NUMBER_POINT, GY_FIELD_VALUE, 0.1},
      {"nan", GY_NUMBER_POINT, GY_FIELD_EMPTY, 0},
      {"", GY_NUMBER_POINT, GY_FIELD_EMPTY, 0},
      {"  ", GY_NUMBER_POINT, GY_FIELD_EMPTY, 0},
      {"NULL", GY_NUMBER_POINT, GY_FIELD_EMPTY, 0},
      {"0x10", GY_NUMBER_POINT, GY_FIELD_INVALID, 0},
      {"1.2.3", GY_NUMBER_POINT, GY_FIELD_INVALID, 0},
      {"-", GY_NUMBER_POINT, GY_FIELD_INVALID, 0},
      {".", GY_NUMBER_POINT, GY_FIELD_INVALID, 0},
      {"12abc", GY_NUMBER_POINT, GY_FIELD_INVALID, 0},
      {"red", GY_NUMBER_POINT, GY_FIELD_INVALID, 0},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    double value = -1;
    gy_field field = gy_convert_real(CASES[i].text, strlen(CASES[i].text), CASES[i].form, &value);
    cr_expect_eq(field, CASES[i].field, "'%s': field %d", CASES[i].text, (int)field);
    if (field == GY_FIELD_VALUE) cr_expect_eq(value, CASES[i].value, "'%s': %.17g", CASES[i].text, value);
  }
}

Test(convert_real, what_was_written_comes_back) {
  static const char *const FORMATS[] = {"%.17g", "%.6f", "%.3f", "%.0f", "%.12e", "%.15g"};
  gy_rng rng;
  gy_rng_init(&rng, 3, 0);
  for (int i = 0; i < 200000; i++) {
    double x = gy_rng_normal(&rng) * pow(10, gy_rng_uniform(&rng) * 40 - 20), value = 0;
    char text[512];
    int length = snprintf(text, sizeof text, FORMATS[i % 6], x);
    gy_field field = gy_convert_real(text, (size_t)length, GY_NUMBER_POINT, &value);
    cr_assert_eq(field, GY_FIELD_VALUE, "%s", text);
    cr_assert_eq(value, strtod(text, NULL), "%s: %.17g", text, value);
  }
}

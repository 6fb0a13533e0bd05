/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/civil.h"
#include "base/rng.h"
#include "data/convert.h"
#include "data/convert_time.h"

typedef struct id_case {
  const char *text;
  gy_field field;
  int64_t id;
} id_case;

Test(convert, integer_ids) {
  const id_case CASES[] = {
      {"17850", GY_FIELD_VALUE, 17850},
      {"17850.0", GY_FIELD_VALUE, 17850},
      {"17850.00", GY_FIELD_VALUE, 17850},
      {" 17850\t", GY_FIELD_VALUE, 17850},
      {"\xC2\xA0"
       "17850",
       GY_FIELD_VALUE, 17850},
      {"0", GY_FIELD_VALUE, 0},
      {"0.0", GY_FIELD_VALUE, 0},
      {"9", GY_FIELD_VALUE, 9},
      {"12345678", GY_FIELD_VALUE, 12345678},
      {"123456789", GY_FIELD_VALUE, 123456789},
      {"999999999999999999", GY_FIELD_VALUE, INT64_C(999999999999999999)},
      {"-5", GY_FIELD_VALUE, -5},
      {"1000000000000000000", GY_FIELD_INVALID, 0},
      {"00004", GY_FIELD_INVALID, 0},
      {"-0", GY_FIELD_INVALID, 0},
      {"17850.5", GY_FIELD_INVALID, 0},
      {"17850.", GY_FIELD_INVALID, 0},
      {"C536379", GY_FIELD_INVALID, 0},
      {"85123A", GY_FIELD_INVALID, 0},
      {"1e5", GY_FIELD_INVALID, 0},
      {"1 2", GY_FIELD_INVALID, 0},
      {"-", GY_FIELD_INVALID, 0},
      {"", GY_FIELD_EMPTY, 0},
      {"   ", GY_FIELD_EMPTY, 0},
      {"NULL", GY_FIELD_EMPTY, 0},
      {"nan", GY_FIELD_EMPTY, 0},
      {"\\N", GY_FIELD_EMPTY, 0},
      {"#N/A", GY_FIELD_EMPTY, 0},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    int64_t id = 0;
    gy_field field = gy_convert_integer_id(CASES[i].text, strlen(CASES[i].text), &id);
    cr_assert_eq(field, CASES[i].field, "'%s': %d", CASES[i].text, (int)field);
    if (field == GY_FIELD_VALUE) cr_assert_eq(id, CASES[i].id, "'%s': %" PRId64, CASES[i].text, id);
  }
}

Test(convert, text_ids_lose_blanks_and_spreadsheet_decimals_only) {
  const struct {
    const char *text, *id;
  } CASES[] = {{"85123A", "85123A"}, {" C536379 ", "C536379"}, {"17850.0", "17850"}, {"007", "007"},
               {"1.5", "1.5"},       {"고객-1", "고객-1"},     {"NULL", NULL},       {"", NULL}};
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    const char *id = NULL;
    size_t length = 0;
    gy_field field = gy_convert_text_id(CASES[i].text, strlen(CASES[i].text), &id, &length);
    if (CASES[i].id == NULL) {
      cr_assert_eq(field, GY_FIELD_EMPTY);
    } else {
      cr_assert(
          field == GY_FIELD_VALUE && length == strlen(CASES[i].id) && memcmp(id, CASES[i].id, length) == 0,
          "'%s' gave '%.*s'", CASES[i].text, (int)length, id);
    }
  }
}

typedef struct number_case {
  const char *text;
  gy_field field;
  int64_t value; /* in 1/10000 */
} number_case;

static void check_numbers(const number_case *cases, size_t n, gy_number_form form) {
  for (size_t i = 0; i < n; i++) {
    int64_t value = 0;
    gy_field field = gy_convert_number(cases[i].text, strlen(cases[i].text), form, &value);
    cr_assert_eq(field, cases[i].field, "'%s': %d", cases[i].text, (int)field);
    if (field == GY_FIELD_VALUE || field == GY_FIELD_ROUNDED) {
      cr_assert_eq(value, cases[i].value, "'%s': %" PRId64, cases[i].text, value);
    }
  }
}

Test(convert, numbers_with_a_decimal_point) {
  const number_case CASES[] = {
      {"2.55", GY_FIELD_VALUE, 25500},
      {"6", GY_FIELD_VALUE, 60000},
      {"-6", GY_FIELD_VALUE, -60000},
      {"+6", GY_FIELD_VALUE, 60000},
      {"6-", GY_FIELD_VALUE, -60000},
      {"0", GY_FIELD_VALUE, 0},
      {"-0.0001", GY_FIELD_VALUE, -1},
      {".5", GY_FIELD_VALUE, 5000},
      {"5.", GY_FIELD_VALUE, 50000},
      {"1234.5678", GY_FIELD_VALUE, 12345678},
      {"1,234", GY_FIELD_VALUE, 12340000},
      {"1,234,567.89", GY_FIELD_VALUE, INT64_C(12345678900)},
      {"1 234,567", GY_FIELD_VALUE, INT64_C(12345670000)},
      {"1'234.5", GY_FIELD_VALUE, 12345000},
      {"₩12,000", GY_FIELD_VALUE, 120000000},
      {"12,000원", GY_FIELD_VALUE, 120000000},
      {"￦ 12,000", GY_FIELD_VALUE, 120000000},
      {"$1,234.50", GY_FIELD_VALUE, 12345000},
      {"-$5", GY_FIELD_VALUE, -50000},
      {"$-5", GY_FIELD_VALUE, -50000},
      {"($5.00)", GY_FIELD_VALUE, -50000},
      {"(5)", GY_FIELD_VALUE, -50000},
      {"€5", GY_FIELD_VALUE, 50000},
      {"5 EUR", GY_FIELD_VALUE, 50000},
      {"£5", GY_FIELD_VALUE, 50000},
      {"\xE2\x88\x92"
       "5",
       GY_FIELD_VALUE, -50000},
      {"1e3", GY_FIELD_VALUE, 10000000},
      {"1.5E+03", GY_FIELD_VALUE, 15000000},
      {"25e-1", GY_FIELD_VALUE, 25000},
      {"1.23457E+12", GY_FIELD_VALUE, INT64_C(12345700000000000)},
      {"0.00005", GY_FIELD_ROUNDED, 1},
      {"0.00004999", GY_FIELD_ROUNDED, 0},
      {"-0.00005", GY_FIELD_ROUNDED, -1},
      {"2.00015", GY_FIELD_ROUNDED, 20002},
      {"2.000150000", GY_FIELD_ROUNDED, 20002},
      {"2.00010000", GY_FIELD_VALUE, 20001},
      {"1e-9", GY_FIELD_ROUNDED, 0},
      {"1e-40", GY_FIELD_ROUNDED, 0},
      {"0e40", GY_FIELD_VALUE, 0},
      {"99999999999999.9999", GY_FIELD_VALUE, INT64_C(999999999999999999)},
      {"99999999999999.99994", GY_FIELD_ROUNDED, INT64_C(999999999999999999)},
      {"99999999999999.99995", GY_FIELD_INVALID, 0},
      {"100000000000000", GY_FIELD_INVALID, 0},
      {"1e15", GY_FIELD_INVALID, 0},
      {"0.000000000000000000000000000001", GY_FIELD_ROUNDED, 0},
      {"00000000000000000000000000012.5", GY_FIELD_VALUE, 125000},
      {"", GY_FIELD_EMPTY, 0},
      {" ", GY_FIELD_EMPTY, 0},
      {"NaN", GY_FIELD_EMPTY, 0},
      {"N/A", GY_FIELD_EMPTY, 0},
      {"1,23", GY_FIELD_INVALID, 0},
      {"1,2345", GY_FIELD_INVALID, 0},
      {"1234,567", GY_FIELD_INVALID, 0},
      {",123", GY_FIELD_INVALID, 0},
      {"1.2.3", GY_FIELD_INVALID, 0},
      {"1.5,000", GY_FIELD_INVALID, 0},
      {"--5", GY_FIELD_INVALID, 0},
      {"(-5)", GY_FIELD_INVALID, 0},
      {"-5-", GY_FIELD_INVALID, 0},
      {"$", GY_FIELD_INVALID, 0},
      {".", GY_FIELD_INVALID, 0},
      {"-", GY_FIELD_INVALID, 0},
      {"12abc", GY_FIELD_INVALID, 0},
      {"abc", GY_FIELD_INVALID, 0},
      {"1e", GY_FIELD_INVALID, 0},
      {"e5", GY_FIELD_INVALID, 0},
      {"0x10", GY_FIELD_INVALID, 0},
      {"inf", GY_FIELD_INVALID, 0},
      {"10%", GY_FIELD_INVALID, 0},
  };
  check_numbers(CASES, sizeof CASES / sizeof CASES[0], GY_NUMBER_POINT);
}

Test(convert, numbers_with_a_decimal_comma) {
  const number_case CASES[] = {
      {"1.234,56", GY_FIELD_VALUE, 12345600}, {"2,5", GY_FIELD_VALUE, 25000},
      {"1.234", GY_FIELD_VALUE, 12340000},    {"2.5", GY_FIELD_INVALID, 0},
      {"7", GY_FIELD_VALUE, 70000},           {"-1.234.567,8 €", GY_FIELD_VALUE, INT64_C(-12345678000)},
  };
  check_numbers(CASES, sizeof CASES / sizeof CASES[0], GY_NUMBER_COMMA);
}

/* Every decimal of four places comes back, whatever the length of its text. */
Test(convert, random_decimals_are_exact) {
  gy_rng rng;
  gy_rng_init(&rng, 11, 0);
  for (int i = 0; i < 200000; i++) {
    uint64_t digits = 1 + gy_rng_below(&rng, 18), most = 1;
    for (uint64_t d = 0; d < digits; d++) most *= 10;
    int64_t expected = (int64_t)gy_rng_below(&rng, most);
    if (gy_rng_below(&rng, 3) == 0) expected = -expected;
    int64_t size = expected < 0 ? -expected : expected;
    char text[64];
    int decimals = 4;
    int64_t part = size % 10000;
    while (decimals > 0 && part % 10 == 0 && gy_rng_below(&rng, 4) > 0) decimals--, part /= 10;
    int n = snprintf(text, sizeof text, "%s%" PRId64, expected < 0 ? "-" : "", size / 10000);
    if (decimals > 0) snprintf(text + n, sizeof text - (size_t)n, ".%0*" PRId64, decimals, part);
    int64_t value = 0;
    gy_field field = gy_convert_number(text, strlen(text), GY_NUMBER_POINT, &value);
    cr_assert(field == GY_FIELD_VALUE && value == expected, "%s: %d, %" PRId64, text, (int)field, value);
  }
}

Test(convert, truth_values) {
  bool value = false;
  cr_assert(gy_convert_bool("TRUE", 4, &value) == GY_FIELD_VALUE && value);
  cr_assert(gy_convert_bool(" n ", 3, &value) == GY_FIELD_VALUE && !value);
  cr_assert(gy_convert_bool("예", strlen("예"), &value) == GY_FIELD_VALUE && value);
  cr_assert_eq(gy_convert_bool("2", 1, &value), GY_FIELD_INVALID);
  const char *word;
  bool expected = false;
  for (size_t i = 0; (word = gy_bool_word(i, &expected)) != NULL; i++) {
    cr_assert(gy_convert_bool(word, strlen(word), &value) == GY_FIELD_VALUE && value == expected, "%s", word);
    for (size_t j = 0; j < i; j++) {
      bool other;
      cr_assert_str_neq(word, gy_bool_word(j, &other), "%s stands there twice", word);
    }
  }
  cr_assert_eq(gy_convert_bool("", 0, &value), GY_FIELD_EMPTY);
}

typedef struct time_case {
  const char *text;
  gy_time_form form;
  const char *utc; /* with the zone Asia/Seoul; NULL: invalid; "": empty */
} time_case;

static const time_case TIMES[] = {
    {"2010-12-01 08:26:00", GY_TIME_YEAR_FIRST, "2010-11-30 23:26:00.000000"},
    {"2010-12-01T08:26:00", GY_TIME_MONTH_FIRST, "2010-11-30 23:26:00.000000"},
    {"2010-12-01T08:26:00Z", GY_TIME_YEAR_FIRST, "2010-12-01 08:26:00.000000"},
    {"2010-12-01T08:26:00.123Z", GY_TIME_YEAR_FIRST, "2010-12-01 08:26:00.123000"},
    {"2010-12-01 08:26:00.1234567", GY_TIME_YEAR_FIRST, "2010-11-30 23:26:00.123456"},
    {"2010-12-01T08:26:00+02:00", GY_TIME_YEAR_FIRST, "2010-12-01 06:26:00.000000"},
    {"2010-12-01 08:26:00-0530", GY_TIME_YEAR_FIRST, "2010-12-01 13:56:00.000000"},
    {"2010-12-01 08:26:00 +09", GY_TIME_YEAR_FIRST, "2010-11-30 23:26:00.000000"},
    {"2010-12-01 08:26:00 UTC", GY_TIME_YEAR_FIRST, "2010-12-01 08:26:00.000000"},
    {"2010-12-01 08:26", GY_TIME_YEAR_FIRST, "2010-11-30 23:26:00.000000"},
    {"2010-12-01", GY_TIME_YEAR_FIRST, "2010-11-30 15:00:00.000000"},
    {"2010/12/1", GY_TIME_YEAR_FIRST, "2010-11-30 15:00:00.000000"},
    {"20190101", GY_TIME_YEAR_FIRST, "2018-12-31 15:00:00.000000"},
    {"20190101123000", GY_TIME_YEAR_FIRST, "2019-01-01 03:30:00.000000"},
    {"201901011230", GY_TIME_YEAR_FIRST, "2019-01-01 03:30:00.000000"},
    {"20190101T123000", GY_TIME_YEAR_FIRST, "2019-01-01 03:30:00.000000"},
    {"20190101 12:30", GY_TIME_YEAR_FIRST, "2019-01-01 03:30:00.000000"},
    {"2011.12.09", GY_TIME_YEAR_FIRST, "2011-12-08 15:00:00.000000"},
    {"2011. 12. 9.", GY_TIME_YEAR_FIRST, "2011-12-08 15:00:00.000000"},
    {"2011. 12. 9. 오후 3:05", GY_TIME_YEAR_FIRST, "2011-12-09 06:05:00.000000"},
    {"2011년 12월 9일", GY_TIME_YEAR_FIRST, "2011-12-08 15:00:00.000000"},
    {"2011년 12월 9일 오후 3시 5분", GY_TIME_YEAR_FIRST, "2011-12-09 06:05:00.000000"},
    {"2011년 12월 9일 오후 3시", GY_TIME_YEAR_FIRST, "2011-12-09 06:00:00.000000"},
    {"2011년12월9일 15시5분7초", GY_TIME_YEAR_FIRST, "2011-12-09 06:05:07.000000"},
    {"2011-12-09 오후 3:05:00", GY_TIME_YEAR_FIRST, "2011-12-09 06:05:00.000000"},
    {"2011-12-09 오전 12:05:00", GY_TIME_YEAR_FIRST, "2011-12-08 15:05:00.000000"},
    {"2011-12-09(금) 15:05", GY_TIME_YEAR_FIRST, "2011-12-09 06:05:00.000000"},
    {"24.01.05", GY_TIME_YEAR_FIRST, "2024-01-04 15:00:00.000000"},
    {"12/1/2010 8:26", GY_TIME_MONTH_FIRST, "2010-11-30 23:26:00.000000"},
    {"12/1/2010 8:26", GY_TIME_DAY_FIRST, "2010-01-11 23:26:00.000000"},
    {"1/31/2019", GY_TIME_MONTH_FIRST, "2019-01-30 15:00:00.000000"},
    {"1/31/2019", GY_TIME_DAY_FIRST, NULL},
    {"31.01.2019", GY_TIME_DAY_FIRST, "2019-01-30 15:00:00.000000"},
    {"12/1/10 8:26 PM", GY_TIME_MONTH_FIRST, "2010-12-01 11:26:00.000000"},
    {"12/1/2010 12:00:00 AM", GY_TIME_MONTH_FIRST, "2010-11-30 15:00:00.000000"},
    {"2010-12-01 08:26:00", GY_TIME_DAY_FIRST, "2010-11-30 23:26:00.000000"},
    {"1 Dec 2010 08:26", GY_TIME_YEAR_FIRST, "2010-11-30 23:26:00.000000"},
    {"01-Dec-10", GY_TIME_YEAR_FIRST, "2010-11-30 15:00:00.000000"},
    {"December 1, 2010", GY_TIME_YEAR_FIRST, "2010-11-30 15:00:00.000000"},
    {"2010-12-01 24:00:00", GY_TIME_YEAR_FIRST, "2010-12-01 15:00:00.000000"},
    {"1988-07-01 12:00:00", GY_TIME_YEAR_FIRST, "1988-07-01 02:00:00.000000"},
    {"0", GY_TIME_EPOCH_S, "1970-01-01 00:00:00.000000"},
    {"1291191960", GY_TIME_EPOCH_S, "2010-12-01 08:26:00.000000"},
    {"1291191960.5", GY_TIME_EPOCH_S, "2010-12-01 08:26:00.500000"},
    {"1291191960123", GY_TIME_EPOCH_MS, "2010-12-01 08:26:00.123000"},
    {"1291191960123456", GY_TIME_EPOCH_US, "2010-12-01 08:26:00.123456"},
    {"-1", GY_TIME_EPOCH_S, "1969-12-31 23:59:59.000000"},
    {"", GY_TIME_YEAR_FIRST, ""},
    {"  ", GY_TIME_YEAR_FIRST, ""},
    {"NULL", GY_TIME_YEAR_FIRST, ""},
    {"", GY_TIME_EPOCH_S, ""},
    {"0000-00-00 00:00:00", GY_TIME_YEAR_FIRST, NULL},
    {"2011-02-29 00:00:00", GY_TIME_YEAR_FIRST, NULL},
    {"2011-02-29", GY_TIME_YEAR_FIRST, NULL},
    {"2011-13-01", GY_TIME_YEAR_FIRST, NULL},
    {"2011-00-10", GY_TIME_YEAR_FIRST, NULL},
    {"2011-04-31 10:00:00", GY_TIME_YEAR_FIRST, NULL},
    {"2011-04-30 24:00:01", GY_TIME_YEAR_FIRST, NULL},
    {"2011-04-30 10:60:00", GY_TIME_YEAR_FIRST, NULL},
    {"2011-04-30 10:00:60", GY_TIME_YEAR_FIRST, NULL},
    {"2011-04-30 1O:00:00", GY_TIME_YEAR_FIRST, NULL},
    {"2011-04-30 10;00:00", GY_TIME_YEAR_FIRST, NULL},
    {"2011-04-30 25:00", GY_TIME_YEAR_FIRST, NULL},
    {"2011-04-30 13:00 오전", GY_TIME_YEAR_FIRST, NULL},
    {"2011-04-30 10", GY_TIME_YEAR_FIRST, NULL},
    {"2011-04-30 10:00 tomorrow", GY_TIME_YEAR_FIRST, NULL},
    {"2011-04-30x", GY_TIME_YEAR_FIRST, NULL},
    {"12/1/2010", GY_TIME_YEAR_FIRST, NULL},
    {"2011-4", GY_TIME_YEAR_FIRST, NULL},
    {"20111301", GY_TIME_YEAR_FIRST, NULL},
    {"2019010", GY_TIME_YEAR_FIRST, NULL},
    {"yesterday", GY_TIME_YEAR_FIRST, NULL},
    {"abc", GY_TIME_EPOCH_S, NULL},
    {"99999999999999", GY_TIME_EPOCH_S, NULL},
};

static void print_utc(int64_t us, char *text, size_t room) {
  int64_t days = us / 86400000000 - (us % 86400000000 < 0), rest = us - days * 86400000000, year;
  int month, day;
  gy_civil_date(days, &year, &month, &day);
  snprintf(text, room, "%04d-%02d-%02d %02d:%02d:%02d.%06d", (int)year, month, day, (int)(rest / 3600000000),
           (int)(rest / 60000000 % 60), (int)(rest / 1000000 % 60), (int)(rest % 1000000));
}

Test(convert_time, forms_of_real_exports) {
  gy_zone *zone = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_zone_load("Asia/Seoul", &zone, &err), GY_OK, "%s", err.text);
  for (size_t i = 0; i < sizeof TIMES / sizeof TIMES[0]; i++) {
    const time_case *c = &TIMES[i];
    gy_time_reader reader;
    gy_time_reader_init(&reader, c->form, zone);
    for (int again = 0; again < 2; again++) { /* the second time from the reader's memory */
      int64_t us = 0;
      char text[64] = "";
      gy_field field = gy_time_reader_convert(&reader, c->text, strlen(c->text), &us);
      gy_field expected = c->utc == NULL      ? GY_FIELD_INVALID
                          : c->utc[0] == '\0' ? GY_FIELD_EMPTY
                                              : GY_FIELD_VALUE;
      cr_assert_eq(field, expected, "'%s' as %s: %d", c->text, gy_time_form_name(c->form), (int)field);
      if (field != GY_FIELD_VALUE) continue;
      print_utc(us, text, sizeof text);
      cr_assert_str_eq(text, c->utc, "'%s' as %s gave %s", c->text, gy_time_form_name(c->form), text);
    }
  }
  gy_zone_destroy(zone);
}

/* The usual form against the C library, on sorted and on random times. */
Test(convert_time, iso_times_are_those_of_the_c_library) {
  gy_zone *zone = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_zone_load("America/New_York", &zone, &err), GY_OK, "%s", err.text);
  setenv("TZ", "America/New_York", 1);
  tzset();
  gy_rng rng;
  gy_rng_init(&rng, 5, 0);
  gy_time_reader reader;
  gy_time_reader_init(&reader, GY_TIME_YEAR_FIRST, zone);
  for (int i = 0; i < 100000; i++) {
    time_t t = i % 2 == 0 ? (time_t)gy_rng_below(&rng, 4000000000u) : 1000000000 + i * 977;
    struct tm local, before;
    localtime_r(&t, &local);
    char text[32];
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
    int64_t us = 0;
    cr_assert_eq(gy_time_reader_convert(&reader, text, strlen(text), &us), GY_FIELD_VALUE, "%s", text);
    time_t an_hour_ago = t - 3600; /* of a local time that occurs twice the first is meant */
    localtime_r(&an_hour_ago, &before);
    bool second_of_two = before.tm_hour == local.tm_hour;
    cr_assert_eq(us, (int64_t)(second_of_two ? an_hour_ago : t) * 1000000, "%s", text);
  }
  gy_zone_destroy(zone);
}

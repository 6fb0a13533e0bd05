/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/rng.h"
#include "base/time_zone.h"

static gy_zone *load(const char *name) {
  gy_zone *zone = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_zone_load(name, &zone, &err), GY_OK, "%s", err.text);
  return zone;
}

static const char *const ZONES[] = {"Asia/Seoul",
                                    "America/New_York",
                                    "Europe/London",
                                    "Europe/Dublin",
                                    "Australia/Sydney",
                                    "Asia/Kolkata",
                                    "UTC",
                                    "America/Sao_Paulo",
                                    "Africa/Casablanca",
                                    "Asia/Pyongyang",
                                    "Australia/Lord_Howe"};
enum { N_ZONES = sizeof ZONES / sizeof ZONES[0] };

/* The C library reads the same files with other code. */
Test(time_zone, offsets_are_those_of_the_c_library) {
  gy_rng rng;
  gy_rng_init(&rng, 3, 0);
  for (size_t z = 0; z < N_ZONES; z++) {
    gy_zone *zone = load(ZONES[z]);
    setenv("TZ", ZONES[z], 1);
    tzset();
    for (int i = 0; i < 20000; i++) {
      int64_t first = gy_civil_days(1905, 1, 1) * 86400, last = gy_civil_days(2150, 1, 1) * 86400;
      time_t t = (time_t)(first + (int64_t)gy_rng_below(&rng, (uint64_t)(last - first)));
      struct tm local;
      cr_assert_not_null(localtime_r(&t, &local));
      gy_zone_span span = gy_zone_of_utc(zone, t);
      cr_assert_eq(span.offset_s, local.tm_gmtoff, "%s at %lld: %d, the C library says %ld", ZONES[z],
                   (long long)t, span.offset_s, local.tm_gmtoff);
      cr_assert(span.from_s <= t && t < span.until_s);
    }
    gy_zone_destroy(zone);
  }
}

Test(time_zone, spans_end_exactly_where_the_offset_changes) {
  for (size_t z = 0; z < N_ZONES; z++) {
    gy_zone *zone = load(ZONES[z]);
    for (int64_t t = gy_civil_days(1950, 1, 1) * 86400; t < gy_civil_days(2100, 1, 1) * 86400;) {
      gy_zone_span span = gy_zone_of_utc(zone, t);
      if (span.until_s == INT64_MAX) break;
      cr_assert_eq(gy_zone_of_utc(zone, span.until_s - 1).offset_s, span.offset_s);
      cr_assert_neq(gy_zone_of_utc(zone, span.until_s).offset_s, span.offset_s, "%s", ZONES[z]);
      cr_assert_eq(gy_zone_of_utc(zone, span.until_s).from_s, span.until_s);
      t = span.until_s;
    }
    gy_zone_destroy(zone);
  }
}

/* Local times that occur once come back; of those that occur twice, the first instant does. */
Test(time_zone, local_times_lead_back_to_their_first_instant) {
  gy_rng rng;
  gy_rng_init(&rng, 4, 0);
  for (size_t z = 0; z < N_ZONES; z++) {
    gy_zone *zone = load(ZONES[z]);
    for (int i = 0; i < 20000; i++) {
      int64_t utc = (int64_t)gy_rng_below(&rng, 4000000000u) - 1000000000;
      if (i % 2 == 0) { /* near a change */
        int64_t change = gy_zone_of_utc(zone, utc).until_s;
        if (change < 4000000000) utc = change + (int64_t)gy_rng_below(&rng, 10800) - 5400;
      }
      int64_t local = utc + gy_zone_of_utc(zone, utc).offset_s;
      int64_t back = local - gy_zone_of_local(zone, local).offset_s;
      cr_assert_leq(back, utc, "%s: %lld", ZONES[z], (long long)utc);
      int64_t again = back + gy_zone_of_utc(zone, back).offset_s;
      cr_assert_eq(again, local, "%s: %lld comes back as another local time", ZONES[z], (long long)utc);
    }
    gy_zone_destroy(zone);
  }
}

typedef struct local_case {
  const char *zone;
  int year, month, day, hour, minute;
  int utc_day, utc_hour, utc_minute; /* in the same month */
} local_case;

Test(time_zone, gaps_and_overlaps_follow_the_stated_rule) {
  const local_case CASES[] = {
      {"Asia/Seoul", 2024, 3, 2, 0, 0, 1, 15, 0},
      {"Asia/Seoul", 1988, 7, 2, 0, 0, 1, 14, 0},   /* summer time for the Olympic Games */
      {"Asia/Seoul", 1988, 5, 8, 2, 30, 7, 17, 30}, /* gap: 03:30 summer time */
      {"America/New_York", 2024, 3, 10, 2, 30, 10, 7, 30},
      {"America/New_York", 2024, 11, 3, 1, 30, 3, 5, 30}, /* the first of two */
      {"Europe/London", 2024, 10, 27, 1, 30, 27, 0, 30},
      {"Europe/London", 2024, 3, 31, 1, 30, 31, 1, 30},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    const local_case *c = &CASES[i];
    gy_zone *zone = load(c->zone);
    int64_t local = gy_civil_days(c->year, c->month, c->day) * 86400 + c->hour * 3600 + c->minute * 60;
    int64_t expected =
        gy_civil_days(c->year, c->month, c->utc_day) * 86400 + c->utc_hour * 3600 + c->utc_minute * 60;
    int64_t utc = local - gy_zone_of_local(zone, local).offset_s;
    cr_assert_eq(utc, expected, "case %zu: off by %lld s", i, (long long)(utc - expected));
    gy_zone_destroy(zone);
  }
}

Test(time_zone, wrong_names_are_refused_with_a_hint) {
  const char *const NAMES[] = {"Seoul", "../../etc/passwd", "/etc/passwd", "", "Asia", "Asia/Seoul;rm"};
  for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
    gy_zone *zone = NULL;
    gy_error err = {0};
    cr_assert_eq(gy_zone_load(NAMES[i], &zone, &err), GY_ENOTFOUND, "'%s'", NAMES[i]);
    cr_assert_null(zone);
  }
}

/* A file of one type, UTC, twice, as version 2 has it, and the rule behind it. */
static void write_zone(const char *path, const char *rule) {
  static const char HEAD[44] = {'T', 'Z', 'i', 'f', '2', [39] = 1, [43] = 4}, TYPE[10] = "\0\0\0\0\0\0UTC";
  FILE *file = fopen(path, "w");
  cr_assert_not_null(file);
  for (int i = 0; i < 2; i++) {
    fwrite(HEAD, sizeof HEAD, 1, file);
    fwrite(TYPE, sizeof TYPE, 1, file);
  }
  fprintf(file, "\n%s\n", rule);
  fclose(file);
}

Test(time_zone, a_rule_beyond_every_clock_is_no_rule) {
  static const struct {
    const char *rule;
    gy_status status;
  } CASES[] = {{"UTC0", GY_OK},
               {"EST5EDT,M3.2.0,M11.1.0", GY_OK},
               {"A0B,J60/-167,J300/167:59:59", GY_OK},
               {"UTC640511", GY_ECORRUPT},
               {"UTC168", GY_ECORRUPT},
               {"UTC5:60", GY_ECORRUPT},
               {"UTC5:00:999999", GY_ECORRUPT},
               {"A0B,J60/999999,J300", GY_ECORRUPT}};
  char folder[] = "/tmp/gyeol-zones-XXXXXX", path[64];
  cr_assert_not_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/Here", folder);
  setenv("TZDIR", folder, 1);
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    gy_zone *zone = NULL;
    gy_error err = {0};
    write_zone(path, CASES[i].rule);
    gy_status status = gy_zone_load("Here", &zone, &err);
    cr_expect_eq(status, CASES[i].status, "%s: %d %s", CASES[i].rule, status, err.text);
    gy_zone_destroy(zone);
  }
  unlink(path);
  rmdir(folder);
}

Test(civil, dates_and_day_numbers_are_each_others_inverse) {
  int64_t expected = gy_civil_days(-1, 12, 31);
  for (int64_t year = 0; year < 2801; year++) {
    for (int month = 1; month <= 12; month++) {
      for (int day = 1; day <= gy_civil_month_days(year, month); day++) {
        cr_assert_eq(gy_civil_days(year, month, day), ++expected);
        int64_t y;
        int m, d;
        gy_civil_date(expected, &y, &m, &d);
        cr_assert(y == year && m == month && d == day);
      }
    }
  }
  cr_assert_eq(gy_civil_days(1970, 1, 1), 0);
  cr_assert_eq(gy_civil_weekday(gy_civil_days(2026, 11, 21)), 6);
  cr_assert_eq(gy_civil_weekday(gy_civil_days(1969, 12, 28)), 0);
}

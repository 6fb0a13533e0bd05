/* SPDX-License-Identifier: Apache-2.0
 *
 * Days, weeks and months by the clock on the wall: golden sets for a zone without summer time and one with
 * it, on every back end, and lunar holidays against the moon. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "rule/rule_holiday.h"
#include "rule_fixture.h"
#include "rule_server.h"

static const gy_rule_column SEEN[] = {{.name = "at", .storage = GY_RULE_AS_TIMESTAMP}};
static const gy_rule_table VISITS[] = {{"visits", NULL, "id", "at", SEEN, 1}};
static const gy_rule_catalogue SEEN_CATALOGUE = {.relation = "seen",
                                                 .customer_id = "id",
                                                 .columns = SEEN,
                                                 .n_columns = 1,
                                                 .tables = VISITS,
                                                 .n_tables = 1};

static int64_t utc(const char *text) {
  int year, month, day, hour, minute, second;
  cr_assert_eq(sscanf(text, "%d-%d-%dT%d:%d:%d", &year, &month, &day, &hour, &minute, &second), 6, "%s",
               text);
  return (gy_civil_days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second) * 1000000;
}

typedef struct golden {
  const char *now, *rule, *first, *last; /* the first and last second that it holds, in UTC; NULL: no end */
} golden;

/* A customer for each second around the two ends, who was seen and visited then. */
enum { EDGES = 4, FORMS = 3 };

typedef struct people {
  int64_t at[EDGES];
  bool inside[EDGES];
  size_t n;
} people;

static people people_around(const golden *g) {
  people p = {.n = 0};
  for (int edge = 0; edge < EDGES; edge++) {
    const char *of = edge < 2 ? g->first : g->last;
    if (of == NULL) continue;
    p.inside[p.n] = edge == 1 || edge == 2;
    p.at[p.n++] = utc(of) + (edge == 0 ? -1000000 : edge == 3 ? 1000000 : 0);
  }
  return p;
}

/* The rule of the customer's own time, of a row's, and, where it is nothing but a window, of rows in it. */
static size_t forms_of(const char *rule, char forms[FORMS][200]) {
  snprintf(forms[0], 200, "%s", rule);
  snprintf(forms[1], 200, "exists(visits where %s)", rule);
  if (strncmp(rule, "at in ", 6) != 0 || strstr(rule, " and ") != NULL) return 2;
  snprintf(forms[2], 200, "exists(visits, %s)", rule + 6);
  return 3;
}

static char *sql_of(const people *p) {
  gy_buffer sql;
  gy_buffer_init(&sql, 1 << 16);
  for (int t = 0; t < 2; t++) {
    const char *table = t == 0 ? "seen" : "visits";
    gy_buffer_printf(&sql, "DROP TABLE IF EXISTS %s; CREATE TABLE %s (id BIGINT, \"at\" TIMESTAMP);", table,
                     table);
    for (size_t i = 0; i < p->n; i++)
      gy_buffer_printf(&sql, "INSERT INTO %s VALUES (%zu, TIMESTAMP '1970-01-01' + INTERVAL '%lld seconds');",
                       table, 7 * i + 1, (long long)(p->at[i] / 1000000));
  }
  return gy_buffer_take(&sql);
}

typedef struct back_ends {
  gy_engine *engine;
  PGconn *server; /* NULL: not installed */
} back_ends;

static void check_one(const back_ends *all, const char *zone, const golden *g) {
  static const uint64_t STARTS[EDGES + 1] = {0, 1, 2, 3, 4};
  people p = people_around(g);
  char forms[FORMS][200], *sql = sql_of(&p);
  size_t n = forms_of(g->rule, forms);
  gy_rule_clock clock = shop_clock(zone);
  clock.now_us = utc(g->now);
  gy_rule_set *set =
      must_compile_of(&SEEN_CATALOGUE, (const char *const[]){forms[0], forms[1], forms[2]}, n, clock);
  gy_error err = {0};
  cr_assert_eq(gy_engine_execute(all->engine, sql, NULL, 0, NULL, NULL, NULL, &err), GY_OK, "%s", err.text);
  if (all->server != NULL) rule_server_execute(all->server, sql);
  gy_rule_vector column = {p.at, NULL};
  gy_rule_rows rows = {STARTS, &column};
  gy_rule_data data = {.n_customers = p.n, .columns = &column, .tables = &rows};
  char *answers[] = {answers_about(set, n, &data), answers_of_engine(set, n, p.n, all->engine),
                     all->server != NULL ? answers_of_server(set, n, p.n, all->server) : NULL};
  static const char *const WHO[] = {"in memory", "DuckDB", "PostgreSQL"};
  for (size_t w = 0; w < 3 && answers[w] != NULL; w++)
    for (size_t i = 0; i < n * p.n; i++) {
      size_t form = i / p.n, who = i % p.n;
      bool expected =
          p.inside[who] && (form == 0 || p.at[who] <= clock.now_us); /* later rows do not count yet */
      cr_expect_eq(answers[w][i] == 'T', expected, "%s, %s, now %s: %s of second %lld (end %zu) should be %s",
                   WHO[w], zone, g->now, forms[form], (long long)(p.at[who] / 1000000), who,
                   expected ? "true" : "false");
    }
  for (size_t w = 0; w < 3; w++) free(answers[w]);
  free(sql);
  gy_rule_set_destroy(set);
}

static void check_golden(const char *zone, const golden *cases, size_t n) {
  back_ends all = {.server = rule_server_connect()};
  gy_engine_options options = {.n_threads = 1};
  gy_error err = {0};
  cr_assert_eq(gy_engine_open(&options, &all.engine, &err), GY_OK, "%s", err.text);
  for (size_t i = 0; i < n; i++) check_one(&all, zone, &cases[i]);
  if (all.server != NULL) PQfinish(all.server);
  gy_engine_close(all.engine);
}

TestSuite(rule_calendar, .fini = postgres_stop, .timeout = 120);

/* Korea is nine hours ahead all year. */
Test(rule_calendar, seoul) {
  static const golden CASES[] = {
      {"2026-11-22T03:00:00", "at in today", "2026-11-21T15:00:00", "2026-11-22T14:59:59"},
      {"2026-11-22T15:00:00", "at in today", "2026-11-22T15:00:00", "2026-11-23T14:59:59"},
      {"2026-11-22T03:00:00", "at in yesterday", "2026-11-20T15:00:00", "2026-11-21T14:59:59"},
      {"2026-11-22T03:00:00", "at in this week", "2026-11-15T15:00:00",
       "2026-11-22T14:59:59"}, /* Monday 16th on */
      {"2026-11-22T03:00:00", "at in previous week", "2026-11-08T15:00:00", "2026-11-15T14:59:59"},
      {"2026-11-22T03:00:00", "at in this month", "2026-10-31T15:00:00", "2026-11-30T14:59:59"},
      {"2026-11-30T15:00:00", "at in this month", "2026-11-30T15:00:00", "2026-12-31T14:59:59"},
      {"2026-03-31T03:00:00", "at in previous month", "2026-01-31T15:00:00", "2026-02-28T14:59:59"},
      {"2026-11-22T03:00:00", "at in this quarter", "2026-09-30T15:00:00", "2026-12-31T14:59:59"},
      {"2026-01-05T03:00:00", "at in previous quarter", "2025-09-30T15:00:00", "2025-12-31T14:59:59"},
      {"2026-11-22T03:00:00", "at in this year", "2025-12-31T15:00:00", "2026-12-31T14:59:59"},
      {"2026-11-22T03:00:00", "at in last 30 days", "2026-10-23T03:00:01", "2026-11-22T03:00:00"},
      {"2026-03-31T03:00:00", "at in last 1 months", "2026-02-28T03:00:01", "2026-03-31T03:00:00"},
      {"2026-11-22T03:00:00", "at in since 2026-11-01", "2026-10-31T15:00:00", NULL},
      {"2026-11-22T03:00:00", "at in until 2026-11-01", NULL, "2026-11-01T14:59:59"},
      {"2026-11-22T03:00:00", "at in before 2026-11-01", NULL, "2026-10-31T14:59:59"},
      {"2026-11-22T03:00:00", "at in after 2026-11-01", "2026-11-01T15:00:00", NULL},
      {"2026-11-22T03:00:00", "at in from 2026-11-01 to 2026-11-02", "2026-10-31T15:00:00",
       "2026-11-02T14:59:59"},
      {"2026-11-22T03:00:00", "at = 2026-11-01", "2026-10-31T15:00:00", "2026-11-01T14:59:59"},
      {"2026-11-22T03:00:00", "at > 2026-11-01", "2026-11-01T15:00:00", NULL},
      {"2026-11-22T03:00:00", "at <= 2026-11-01", NULL, "2026-11-01T14:59:59"},
      {"2026-11-22T03:00:00", "at in on holiday('추석')", "2026-09-24T15:00:00", "2026-09-25T14:59:59"},
      {"2026-11-22T03:00:00", "weekday(at) = sunday and at in this week", "2026-11-21T15:00:00",
       "2026-11-22T14:59:59"},
      {"2026-11-22T03:00:00", "hour(at) = 9 and at in today", "2026-11-22T00:00:00", "2026-11-22T00:59:59"},
      {"2026-11-22T03:00:00", "days_since(at) = 1", "2026-11-20T15:00:00", "2026-11-21T14:59:59"},
      /* an order at 00:30 in Seoul is still of yesterday in London */
      {"2026-11-21T15:30:00", "at in today", "2026-11-21T15:00:00", "2026-11-22T14:59:59"},
      {"2026-11-21T14:30:00", "at in today", "2026-11-20T15:00:00", "2026-11-21T14:59:59"},
      {"2026-11-22T03:00:00", "hour(at) = 0 and at = 2026-11-22", "2026-11-21T15:00:00",
       "2026-11-21T15:59:59"},
      {"2026-11-22T03:00:00", "at in on 2026-02-17", "2026-02-16T15:00:00", "2026-02-17T14:59:59"},
      {"2026-03-01T03:00:00", "at in last 30 days", "2026-01-30T03:00:01", "2026-03-01T03:00:00"},
      {"2024-03-01T03:00:00", "at in last 1 months", "2024-02-01T03:00:01", "2024-03-01T03:00:00"},
      {"2026-11-22T03:00:00", "at > 2026-11-01T09:30", "2026-11-01T00:30:01", NULL},
  };
  check_golden("Asia/Seoul", CASES, sizeof CASES / sizeof *CASES);
}

/* In 2026 clocks go forward on 8 March at 07:00 UTC and back on 1 November at 06:00 UTC. */
Test(rule_calendar, new_york) {
  static const golden CASES[] = {
      {"2026-03-08T18:00:00", "at in today", "2026-03-08T05:00:00", "2026-03-09T03:59:59"}, /* 23 hours */
      {"2026-11-01T18:00:00", "at in today", "2026-11-01T04:00:00", "2026-11-02T04:59:59"}, /* 25 hours */
      {"2026-03-15T12:00:00", "at in last 7 days", "2026-03-08T12:00:01", "2026-03-15T12:00:00"},
      {"2026-03-09T12:00:00", "at in last 2 days", "2026-03-07T13:00:01",
       "2026-03-09T12:00:00"}, /* 08:00 to 08:00 */
      {"2026-03-09T12:00:00", "at in last 48 hours", "2026-03-07T12:00:01", "2026-03-09T12:00:00"},
      {"2026-11-02T13:00:00", "at in last 2 days", "2026-10-31T12:00:01", "2026-11-02T13:00:00"},
      {"2026-03-20T12:00:00", "at in this month", "2026-03-01T05:00:00", "2026-04-01T03:59:59"},
      {"2026-11-20T12:00:00", "at in this month", "2026-11-01T04:00:00", "2026-12-01T04:59:59"},
      {"2026-11-20T12:00:00", "at in this year", "2026-01-01T05:00:00", "2027-01-01T04:59:59"},
      {"2026-11-03T12:00:00", "at in previous week", "2026-10-26T04:00:00", "2026-11-02T04:59:59"},
      {"2026-11-20T12:00:00", "at = 2026-11-01", "2026-11-01T04:00:00", "2026-11-02T04:59:59"},
      {"2026-11-20T12:00:00", "hour(at) = 1 and at = 2026-11-01", "2026-11-01T05:00:00",
       "2026-11-01T06:59:59"}, /* twice */
      {"2026-03-20T12:00:00", "hour(at) = 3 and at = 2026-03-08", "2026-03-08T07:00:00",
       "2026-03-08T07:59:59"},
      {"2026-03-20T12:00:00", "date(at) = 2026-03-08", "2026-03-08T05:00:00", "2026-03-09T03:59:59"},
      {"2026-03-20T12:00:00", "days_since(at) = 12", "2026-03-08T05:00:00", "2026-03-09T03:59:59"},
      {"2026-03-20T12:00:00", "at >= 2026-03-08T02:30", "2026-03-08T07:30:00",
       NULL}, /* never on the wall: 03:30 */
      {"2026-11-20T12:00:00", "at >= 2026-11-01T01:30", "2026-11-01T05:30:00", NULL}, /* twice: the first */
      {"2026-03-20T12:00:00", "at in last 30 days", "2026-02-18T13:00:01", "2026-03-20T12:00:00"}, /* 08:00 */
      {"2026-11-20T13:00:00", "at in last 30 days", "2026-10-21T12:00:01", "2026-11-20T13:00:00"},
      {"2026-03-20T12:00:00", "at in since 2026-03-08", "2026-03-08T05:00:00", NULL},
      {"2026-03-20T12:00:00", "at in after 2026-03-08", "2026-03-09T04:00:00", NULL},
      {"2026-11-20T12:00:00", "at in since 2026-11-01", "2026-11-01T04:00:00", NULL},
      {"2026-11-20T12:00:00", "at in until 2026-11-01", NULL, "2026-11-02T04:59:59"},
      {"2026-11-20T12:00:00", "at in before 2026-11-02", NULL, "2026-11-02T04:59:59"},
      {"2026-03-20T12:00:00", "at in on 2026-03-08", "2026-03-08T05:00:00", "2026-03-09T03:59:59"},
      {"2026-11-20T12:00:00", "at in on 2026-11-01", "2026-11-01T04:00:00", "2026-11-02T04:59:59"},
      {"2026-03-09T12:00:00", "at in yesterday", "2026-03-08T05:00:00", "2026-03-09T03:59:59"},
      {"2026-11-02T13:00:00", "at in yesterday", "2026-11-01T04:00:00", "2026-11-02T04:59:59"},
      {"2026-03-12T12:00:00", "at in previous week", "2026-03-02T05:00:00", "2026-03-09T03:59:59"},
      {"2026-03-20T12:00:00", "weekday(at) = sunday and at in since 2026-03-07 and at < 2026-03-15",
       "2026-03-08T05:00:00", "2026-03-09T03:59:59"},
      {"2026-11-20T12:00:00", "weekday(at) = sunday and at in since 2026-10-31 and at < 2026-11-08",
       "2026-11-01T04:00:00", "2026-11-02T04:59:59"},
      {"2026-11-20T12:00:00", "hour(at) = 0 and at = 2026-11-01", "2026-11-01T04:00:00",
       "2026-11-01T04:59:59"}, /* 00:30 on the long day */
      {"2026-03-20T12:00:00", "hour(at) = 0 and at = 2026-03-08", "2026-03-08T05:00:00",
       "2026-03-08T05:59:59"},
      {"2026-11-20T12:00:00", "weekday(at) = saturday and at in from 2026-10-31 to 2026-11-01",
       "2026-10-31T04:00:00", "2026-11-01T03:59:59"},
  };
  check_golden("America/New_York", CASES, sizeof CASES / sizeof *CASES);
}

/* ---- lunar holidays ---- */

/* Mean new moon k (Meeus, Astronomical Algorithms, chapter 49), as days since 1970 by Korea's clock; the true
 * one is within 0.6 days. */
static double mean_new_moon(int k) {
  double t = k / 1236.85;
  return 2451550.09766 + 29.530588861 * k + 0.00015437 * t * t - 2440587.5 + 9.0 / 24;
}

static double days_after_new_moon(int64_t day) {
  int k = (int)floor(((double)day - 10957.0) / 29.530588861) - 2;
  while (mean_new_moon(k + 1) < (double)day + 1) k++;
  return (double)day - mean_new_moon(k);
}

Test(rule_calendar, holidays_follow_the_moon) {
  static const double AFTER[] = {
      0, 14, 7}; /* 설날 on the day of the new moon, 추석 on the 15th, 부처님오신날 on the 8th */
  for (int holiday = 0; rule_holiday_name(holiday) != NULL; holiday++)
    for (int year = RULE_HOLIDAY_FIRST_YEAR; year <= RULE_HOLIDAY_LAST_YEAR; year++) {
      int64_t day, in_year;
      int month, day_of_month;
      cr_assert(rule_holiday_date(holiday, year, &day));
      gy_civil_date(day, &in_year, &month, &day_of_month);
      double age = fmod(days_after_new_moon(day) - AFTER[holiday] + 2 * 29.530588861 + 14, 29.530588861) - 14;
      cr_expect(age > -1.7 && age < 0.8, "%s %d-%02d-%02d is %.2f days off the moon",
                rule_holiday_name(holiday), (int)in_year, month, day_of_month, age);
      bool in_season = holiday == 0 ? (month == 1 && day_of_month >= 21) || (month == 2 && day_of_month <= 20)
                       : holiday == 1
                           ? (month == 9 && day_of_month >= 7) || (month == 10 && day_of_month <= 8)
                           : (month == 4 && day_of_month >= 28) || (month == 5 && day_of_month <= 29);
      cr_expect(in_season && in_year == year, "%s %d-%02d-%02d", rule_holiday_name(holiday), (int)in_year,
                month, day_of_month);
    }
}

/* As proclaimed. 1997 and 2027: China's new year is a day earlier or later. */
Test(rule_calendar, holidays_as_proclaimed) {
  static const struct {
    const char *name;
    int year, month, day;
  } DAYS[] = {{"설날", 1997, 2, 8},         {"설날", 2020, 1, 25},         {"설날", 2021, 2, 12},
              {"설날", 2022, 2, 1},         {"설날", 2023, 1, 22},         {"설날", 2024, 2, 10},
              {"설날", 2025, 1, 29},        {"설날", 2026, 2, 17},         {"설날", 2027, 2, 7},
              {"추석", 2017, 10, 4},        {"추석", 2020, 10, 1},         {"추석", 2021, 9, 21},
              {"추석", 2022, 9, 10},        {"추석", 2023, 9, 29},         {"추석", 2024, 9, 17},
              {"추석", 2025, 10, 6},        {"추석", 2026, 9, 25},         {"부처님오신날", 2020, 4, 30},
              {"부처님오신날", 2022, 5, 8}, {"부처님오신날", 2023, 5, 27}, {"부처님오신날", 2024, 5, 15},
              {"부처님오신날", 2025, 5, 5}, {"부처님오신날", 2026, 5, 24}};
  for (size_t i = 0; i < sizeof DAYS / sizeof *DAYS; i++) {
    int64_t day;
    int holiday = rule_holiday_find((gy_rule_text){DAYS[i].name, strlen(DAYS[i].name)});
    cr_assert(holiday >= 0 && rule_holiday_date(holiday, DAYS[i].year, &day));
    cr_expect_eq(day, gy_civil_days(DAYS[i].year, DAYS[i].month, DAYS[i].day), "%s %d", DAYS[i].name,
                 DAYS[i].year);
  }
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Persons over tables with keys, written by hand: what is joined, what is blocked, who gets which id. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "../engine/engine_fixture.h"
#include "data/project_file.h"
#include "people/identity.h"
#include "people/person_relation.h"

TestSuite(identity, .timeout = 120);

typedef struct {
  gy_engine *engine;
  gy_project_config config;
  gy_identity_source sources[2];
  gy_identity_result result;
} shop;

/* source_people(customer_id, email, phone) and source_events(customer_id, anonymous_id, seen_at). */
static void shop_open(shop *s, const char *customer_type) {
  *s = (shop){.engine = memory_store(2)};
  MUST(gy_project_config_init(&s->config, &err));
  run_sql(s->engine, gy_sql("schema/0001_store"));
  run_sql(s->engine, gy_sql("schema/0004_people"));
  char sql[512];
  snprintf(sql, sizeof sql,
           "CREATE TABLE source_people(customer_id %s, email VARCHAR, phone VARCHAR);"
           "CREATE TABLE source_events(customer_id %s, anonymous_id VARCHAR, seen_at TIMESTAMP)",
           customer_type, customer_type);
  run_sql(s->engine, sql);
  s->sources[0] = (gy_identity_source){.name = "people", .relation = "source_people"};
  s->sources[0].types[GY_KEY_CUSTOMER] = customer_type;
  s->sources[0].types[GY_KEY_EMAIL] = s->sources[0].types[GY_KEY_PHONE] = "VARCHAR";
  s->sources[1] = (gy_identity_source){.name = "events", .relation = "source_events", .time = "seen_at"};
  s->sources[1].types[GY_KEY_CUSTOMER] = customer_type;
  s->sources[1].types[GY_KEY_ANONYMOUS] = "VARCHAR";
}

static void shop_close(shop *s) {
  gy_engine_close(s->engine);
  gy_project_config_clear(&s->config);
}

static void resolve(shop *s) {
  gy_identity_plan plan = {s->engine, &s->config.identity, s->sources, 2, NULL, NULL};
  MUST(gy_identity_resolve(&plan, NULL, &s->result, &err));
}

static void people(shop *s, const char *rows) {
  char sql[4096];
  snprintf(sql, sizeof sql, "DELETE FROM source_people; INSERT INTO source_people VALUES %s", rows);
  run_sql(s->engine, sql);
}

static const char KEYS[] =
    "SELECT coalesce(string_agg(key || '=' || person, ' ' ORDER BY kind, length(key), key), '') FROM "
    "person_keys";

static void expect_keys(shop *s, const char *want) {
  resolve(s);
  assert_text(s->engine, KEYS, want);
}

Test(identity, customers_with_one_key_in_common_are_one_person) {
  static const struct {
    const char *rows, *want;
  } CASES[] = {
      {"(1, 'a', NULL), (2, 'b', NULL)", "1=1 2=2 a=1 b=2"},
      {"(1, 'a', NULL), (2, 'a', NULL)", "1=1 2=1 a=1"},
      {"(10, 'a', NULL), (9, 'a', NULL)", "9=9 10=9 a=9"},
      {"(1, 'a', 'p'), (2, 'b', 'p'), (3, 'b', NULL)", "1=1 2=1 3=1 a=1 b=1 p=1"},
      {"(1, 'a', NULL), (NULL, 'a', 'p'), (2, NULL, 'p')", "1=1 2=1 a=1 p=1"},
      {"(NULL, 'a', NULL), (NULL, 'b', 'p')", "a=guest-1 b=guest-2 p=guest-2"},
      {"(5, 'a', NULL), (NULL, 'b', 'p'), (6, NULL, NULL)", "5=5 a=5 b=guest-1 p=guest-1"},
  };
  for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
    shop s;
    shop_open(&s, "BIGINT");
    people(&s, CASES[c].rows);
    resolve(&s);
    assert_text(s.engine, KEYS, CASES[c].want);
    shop_close(&s);
  }
}

Test(identity, ids_stay_when_data_come_and_go) {
  shop s;
  shop_open(&s, "BIGINT");
  people(&s, "(2, 'a', NULL), (3, 'b', NULL), (NULL, 'g', NULL), (NULL, 'h', 'q')");
  expect_keys(&s, "2=2 3=3 a=2 b=3 g=guest-1 h=guest-2 q=guest-2");
  people(&s, "(2, 'a', NULL), (1, 'a', NULL), (3, 'b', NULL), (NULL, 'g', 'q'), (NULL, 'h', 'q')");
  expect_keys(&s, "1=2 2=2 3=3 a=2 b=3 g=guest-2 h=guest-2 q=guest-2");
  people(&s, "(2, 'a', NULL), (1, 'b', NULL), (3, 'b', NULL), (NULL, 'g', NULL), (NULL, 'h', 'q')");
  expect_keys(&s, "1=3 2=2 3=3 a=2 b=3 g=guest-1 h=guest-2 q=guest-2");
  people(&s, "(1, 'b', NULL), (NULL, 'h', 'q'), (NULL, 'i', NULL)");
  expect_keys(&s, "1=3 b=3 h=guest-2 i=guest-3 q=guest-2");
  people(&s, "(1, 'b', NULL), (3, NULL, 'z'), (7, 'h', 'q')");
  expect_keys(&s, "1=1 3=3 7=7 b=1 h=7 q=7 z=3");
  shop_close(&s);
}

Test(identity, a_value_of_too_many_customers_is_blocked_and_told) {
  shop s;
  shop_open(&s, "BIGINT");
  run_sql(s.engine, "INSERT INTO source_people SELECT range + 1, 'shared', 'p' || range FROM range(10000)");
  run_sql(
      s.engine,
      "INSERT INTO source_people VALUES (20001, 'own', NULL), (20002, 'own', NULL), (NULL, 'shared', NULL)");
  resolve(&s);
  cr_expect_eq(s.result.n_merged, 1);
  cr_expect_eq(s.result.n_shared, 1);
  cr_expect_eq(s.result.n_people, 10001);
  assert_text(s.engine, "SELECT kind || ' ' || key || ' ' || reason || ' ' || n FROM identity_blocked",
              "email shared shared 10000");
  assert_text(s.engine, "SELECT count(*)::VARCHAR FROM person_keys WHERE key = 'shared'", "0");
  shop_close(&s);
}

/* Somebody who registered often: customers that say the same name and birth count as one against limits. */
Test(identity, who_registered_often_is_one_person_by_what_is_said) {
  static const struct {
    const char *rows;
    bool ignore;
    int people, shared;
    const char *why;
  } CASES[] = {
      {"SELECT range + 1, 'e', NULL, '김민준', '1990-03-04' FROM range(12)", false, 1, 0,
       "one e-mail, one name"},
      {"SELECT range + 1, 'e', NULL, '김민준', NULL FROM range(12)", false, 1, 0, "no birth is told"},
      {"SELECT range + 1, 'e', NULL, NULL, NULL FROM range(12)", false, 12, 1, "no name is told"},
      {"SELECT range + 1, 'e', NULL, '김민준', '1990-03-04' FROM range(12)", true, 12, 1, "by settings"},
      {"SELECT range + 1, 'e', NULL, '이름' || range, '1990-03-04' FROM range(12)", false, 12, 1,
       "an office"},
      {"SELECT range + 1, 'e', NULL, '김민준', '19' || (50 + range) || '-05-06' FROM range(12)", false, 12, 1,
       "one name, other births"},
      {"SELECT range + 1, 'e', NULL, '김민준', '1990-03-04' FROM range(65)", false, 65, 1,
       "too many to look at"},
      {"SELECT range + 1, 'e', NULL, CASE WHEN range = 6 THEN '김밈준' ELSE '김민준' END, '1990-03-04' FROM "
       "range(12)",
       false, 1, 0, "a slip"},
      {"SELECT range + 1, 'e', NULL, CASE WHEN range = 6 THEN '박서연' ELSE '김민준' END, CASE WHEN range = "
       "6 "
       "THEN '1961-07-08' ELSE '1990-03-04' END FROM range(12)",
       false, 2, 0, "somebody of the family too"},
      {"SELECT range + 1, 'e' || (range // 2), 'p' || ((range + 1) // 2), '김민준', '1990-03-04' FROM "
       "range(15)",
       false, 1, 0, "a chain of one name"},
      {"SELECT range + 1, 'e' || (range // 2), 'p' || ((range + 1) // 2), NULL, NULL FROM range(15)", false,
       8, 0, "a chain without names"},
  };
  for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
    shop s;
    char sql[512];
    shop_open(&s, "BIGINT");
    run_sql(s.engine,
            "ALTER TABLE source_people ADD COLUMN n VARCHAR; ALTER TABLE source_people ADD COLUMN b "
            "VARCHAR");
    s.sources[0].says[GY_SAYS_NAME] = "n";
    s.sources[0].says[GY_SAYS_BIRTH] = "b";
    if (CASES[c].ignore) s.config.identity.contradictions = GY_CONTRADICTIONS_IGNORE;
    snprintf(sql, sizeof sql, "INSERT INTO source_people %s", CASES[c].rows);
    run_sql(s.engine, sql);
    resolve(&s);
    cr_expect_eq(s.result.n_people, CASES[c].people, "%s: %d people", CASES[c].why, (int)s.result.n_people);
    cr_expect_eq(s.result.n_shared, CASES[c].shared, "%s: %d shared", CASES[c].why, (int)s.result.n_shared);
    shop_close(&s);
  }
}

/* A chain of a million keys in one component, and a ring: neither becomes a person. */
Test(identity, what_is_too_large_is_not_merged_and_told, .timeout = 600) {
  static const struct {
    const char *rows;
    int keys, people;
  } SHAPES[] = {
      {"SELECT range + 1, 'e' || (range // 2), 'p' || ((range + 1) // 2) FROM range(500000)", 1000001,
       250000},
      {"SELECT range + 1, 'e' || (range // 2), 'p' || (((range + 1) // 2) % 50000) FROM range(100000)",
       200000, 50000}};
  for (size_t i = 0; i < 2; i++) {
    shop s;
    char sql[256];
    shop_open(&s, "BIGINT");
    snprintf(sql, sizeof sql, "INSERT INTO source_people %s", SHAPES[i].rows);
    run_sql(s.engine, sql);
    resolve(&s);
    cr_expect_eq(s.result.n_people, SHAPES[i].people, "%d", (int)s.result.n_people);
    cr_expect_eq(int_of(s.engine,
                        "SELECT count(*) FROM (SELECT DISTINCT left_kind, left_key FROM "
                        "identity_links UNION SELECT DISTINCT right_kind, right_key FROM "
                        "identity_links)"),
                 SHAPES[i].keys);
    cr_expect_eq(
        int_of(s.engine, "SELECT max(n) FROM (SELECT count(*) AS n FROM person_keys GROUP BY person)"), 3);
    cr_expect_gt(s.result.n_too_large, 0);
    cr_expect_eq(int_of(s.engine,
                        "SELECT count(*) FROM identity_links WHERE state = 'too_large' AND right_kind <> "
                        "'phone'"),
                 0, "e-mails are trusted more than phones");
#ifndef __SANITIZE_ADDRESS__ /* which takes several times the memory */
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    cr_expect_lt(usage.ru_maxrss, 2 << 20, "%ld KB", usage.ru_maxrss);
#endif
    shop_close(&s);
  }
}

Test(identity, anonymous_rows_go_to_who_was_known_last_before_else_next_after) {
  shop s;
  shop_open(&s, "BIGINT");
  people(&s, "(1, 'a', NULL), (2, 'b', NULL), (3, 'a', NULL)");
  run_sql(
      s.engine,
      "INSERT INTO source_events VALUES (NULL, 'c', '2026-01-01'), (3, 'c', '2026-01-02'), (NULL, 'c', "
      "'2026-01-03'), (2, 'c', '2026-01-04'), (NULL, 'c', '2026-01-05'), (NULL, 'c', NULL), (NULL, 'd', "
      "'2026-01-01'), (2, 'd', NULL), (NULL, 'd', NULL), (NULL, 'x', '2026-01-01'), (2, 'e', '2026-01-01'), "
      "(1, 'e', '2026-01-01'), (NULL, 'e', '2026-01-01')");
  resolve(&s);
  gy_buffer sql;
  gy_buffer_init(&sql, 1 << 20);
  gy_buffer_text(&sql,
                 "SELECT string_agg(anonymous_id || coalesce(customer_id::VARCHAR, '-'), ' ' ORDER BY "
                 "anonymous_id, seen_at NULLS LAST, customer_id) FROM (");
  gy_person_relation(&s.result.tables, &s.config.identity, &s.sources[1], GY_KEY_COUNT, &sql);
  gy_buffer_text(&sql, ")");
  assert_text(s.engine, sql.data, "c1 c1 c1 c2 c2 c- d2 d2 d2 e1 e1 e2 x-");
  assert_text(s.engine, "SELECT string_agg(customer_id || '=' || person, ' ') FROM person_aliases", "3=1");
  gy_buffer_clear(&sql);
  shop_close(&s);
}

static void decide(shop *s, int decision, const char *action, const char *left, const char *right_kind,
                   const char *right) {
  char sql[512];
  snprintf(sql, sizeof sql,
           "INSERT INTO identity_decisions VALUES (%d, '%s', 'customer_id', '%s', '%s', '%s', NULL, "
           "now()::TIMESTAMP, NULL)",
           decision, action, left, right_kind, right);
  run_sql(s->engine, sql);
}

Test(identity, decisions_by_hand_hold_and_are_undone_without_a_trace) {
  shop s;
  shop_open(&s, "BIGINT");
  people(&s, "(1, 'a', NULL), (2, 'a', 'p'), (3, 'b', 'q'), (4, NULL, 'q')");
  expect_keys(&s, "1=1 2=1 3=3 4=3 a=1 b=3 p=1 q=3");
  decide(&s, 1, "merge", "1", "customer_id", "4");
  expect_keys(&s, "1=1 2=1 3=1 4=1 a=1 b=1 p=1 q=1");
  run_sql(s.engine, "UPDATE identity_decisions SET undone_at = now()::TIMESTAMP");
  expect_keys(&s, "1=1 2=1 3=3 4=3 a=1 b=3 p=1 q=3");
  decide(&s, 2, "unmerge", "1", "customer_id", "2");
  expect_keys(&s, "1=1 2=2 3=3 4=3 a=1 b=3 p=2 q=3");
  decide(&s, 3, "pin", "2", "email", "a");
  expect_keys(&s, "1=1 2=2 3=3 4=3 a=2 b=3 p=2 q=3");
  decide(&s, 4, "unmerge", "3", "phone", "q");
  expect_keys(&s, "1=1 2=2 3=3 4=4 a=2 b=3 p=2 q=4");
  run_sql(s.engine, "UPDATE identity_decisions SET undone_at = now()::TIMESTAMP");
  expect_keys(&s, "1=1 2=1 3=3 4=3 a=1 b=3 p=1 q=3");
  shop_close(&s);
}

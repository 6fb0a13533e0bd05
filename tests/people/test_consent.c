/* SPDX-License-Identifier: Apache-2.0
 *
 * What holds of a person, against the rules taken literally: random ledgers in which people have several
 * customer ids, addresses and numbers, and share some of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/engine_fixture.h"
#include "../support/rounds.h"
#include "base/buffer.h"
#include "base/rng.h"
#include "people/consent_views.h"

enum { CUSTOMERS = 30, KEYS = 12, ROWS = 300, MOMENT = 20, UNDATED = -1000 };

typedef struct said_row {
  int customer, key;             /* -1: none; keys below KEYS are addresses, the others numbers */
  int purpose, channel, granted; /* granted -1: unknown */
  int second;                    /* UNDATED */
} said_row;

typedef struct world {
  said_row rows[ROWS];
  int n_rows;
  bool owns[CUSTOMERS][2 * KEYS]; /* addresses and numbers of customers */
  int person[CUSTOMERS];
  bool has_keys, has_aliases;
} world;

/* ---- the rules, literally ---- */

/* -1: said nothing; else whether it is granted, and since when. */
static int identifier_holds(const world *w, int customer, int key, int purpose, int channel, int *since) {
  int holds = -1;
  for (int i = 0; i < w->n_rows; i++) {
    const said_row *r = &w->rows[i];
    bool same = key >= 0 ? r->customer < 0 && r->key == key : r->customer == customer;
    bool spoken = r->channel == channel || r->channel == GY_CHANNEL_ANY;
    if (!same || r->purpose != purpose || !spoken || r->granted < 0 || r->second > MOMENT) continue;
    bool later = holds < 0 || r->second > *since || (r->second == *since && holds == 1 && r->granted == 0);
    if (!later) continue;
    holds = r->granted;
    *since = r->second;
  }
  return holds;
}

static void take(int holds, int since, int *result, int *result_since) {
  if (holds < 0) return;
  bool first = *result < 0, heavier = holds < *result, later = holds == *result && since > *result_since;
  if (!first && !heavier && !later) return;
  *result = holds;
  *result_since = since;
}

static int person_holds(const world *w, int person, int purpose, int channel, int *since) {
  int result = -1;
  for (int c = 0; c < CUSTOMERS; c++) {
    if (w->person[c] != person) continue;
    int at = 0, holds = identifier_holds(w, c, -1, purpose, channel, &at);
    take(holds, at, &result, since);
    for (int k = 0; k < 2 * KEYS; k++) {
      if (!w->owns[c][k]) continue;
      holds = identifier_holds(w, -1, k, purpose, channel, &at);
      take(holds, at, &result, since);
    }
  }
  return result;
}

/* ---- the same in a store ---- */

static int below(gy_rng *rng, int n) { return (int)(gy_rng_uniform(rng) * n); }

static void draw(world *w, uint64_t seed) {
  gy_rng rng;
  gy_rng_init(&rng, seed, 1);
  *w = (world){.n_rows = ROWS, .has_keys = seed % 2 == 1, .has_aliases = seed % 3 == 2};
  for (int c = 0; c < CUSTOMERS; c++) {
    w->person[c] = w->has_aliases && below(&rng, 3) == 0 ? below(&rng, CUSTOMERS) / 4 * 4 : c;
    for (int k = 0; k < 2 * KEYS; k++) w->owns[c][k] = w->has_keys && below(&rng, 12) == 0;
  }
  for (int c = 0; c < CUSTOMERS; c++)
    w->person[c] = w->person[w->person[c]] == w->person[c] ? w->person[c] : c;
  for (int i = 0; i < ROWS; i++) {
    bool by_key = w->has_keys && below(&rng, 2) == 0;
    w->rows[i] = (said_row){.customer = by_key ? -1 : below(&rng, CUSTOMERS),
                            .key = by_key ? below(&rng, 2 * KEYS) : -1,
                            .purpose = below(&rng, 2) + 1,
                            .channel = below(&rng, 4),
                            .granted = below(&rng, 10) == 0 ? -1 : below(&rng, 2),
                            .second = below(&rng, 10) == 0 ? UNDATED : below(&rng, 26)};
  }
}

static void put_row(const said_row *r, gy_buffer *sql) {
  char customer[16] = "NULL", email[64] = "NULL", phone[64] = "NULL", second[64] = "NULL",
       channel[32] = "NULL";
  if (r->customer >= 0) snprintf(customer, sizeof customer, "%d", r->customer);
  if (r->key >= 0)
    snprintf(r->key < KEYS ? email : phone, 64, "'00000000-0000-0000-0000-%012d'::UUID", r->key);
  if (r->second != UNDATED)
    snprintf(second, sizeof second, "make_timestamp(%d * 1000000 + 123456)", r->second);
  if (r->channel != 0) snprintf(channel, sizeof channel, "'%s'", gy_channel_name((gy_channel)r->channel));
  gy_buffer_printf(sql, ", (%s, %s, %s, '%s', %s, %s, %s)", customer, email, phone,
                   gy_purpose_name((gy_purpose)r->purpose), channel,
                   r->granted < 0 ? "NULL"
                   : r->granted   ? "true"
                                  : "false",
                   second);
}

/* Begins with a row of nothing, so that each list has a first line. */
static void put_rows(const world *w, gy_buffer *sql) {
  gy_buffer_text(sql, "INSERT INTO source_consents VALUES (NULL, NULL, NULL, NULL, NULL, NULL, NULL)");
  for (int i = 0; i < w->n_rows; i++) put_row(&w->rows[i], sql);
  gy_buffer_text(sql, "; INSERT INTO source_people VALUES (NULL, NULL, NULL)");
  for (int c = 0; c < CUSTOMERS; c++)
    for (int k = 0; k < 2 * KEYS; k++)
      if (w->owns[c][k])
        gy_buffer_printf(sql, ", (%d, %s'00000000-0000-0000-0000-%012d'::UUID%s)", c,
                         k < KEYS ? "" : "NULL, ", k, k < KEYS ? ", NULL" : "");
  if (!w->has_aliases) return;
  gy_buffer_text(sql, "; CREATE OR REPLACE TABLE person_aliases (customer_id BIGINT, person BIGINT)");
  for (int c = 0; c < CUSTOMERS; c++)
    if (w->person[c] != c)
      gy_buffer_printf(sql, "; INSERT INTO person_aliases VALUES (%d, %d)", c, w->person[c]);
}

static gy_engine *store_of(const world *w) {
  gy_engine *engine = memory_store(2);
  gy_buffer sql;
  gy_buffer_init(&sql, 1 << 20);
  run_sql(engine, gy_sql("schema/0001_store"));
  run_sql(engine, gy_sql("schema/0003_imports"));
  run_sql(engine, gy_sql("schema/0004_people"));
  run_sql(engine,
          "CREATE TABLE source_consents (customer_id BIGINT, email UUID, phone UUID, purpose VARCHAR, "
          "channel VARCHAR, granted BOOLEAN, decided_at TIMESTAMP)");
  run_sql(engine, "CREATE TABLE source_people (customer_id BIGINT, email UUID, phone UUID)");
  put_rows(w, &sql);
  run_sql(engine, sql.data);
  gy_buffer_clear(&sql);
  return engine;
}

static void open_config(gy_project_config *config) {
  static const char YAML[] =
      "sources:\n"
      "  - {name: consents, target: consents, files: [a.csv], columns: {c: customer, e: email, p: phone, x: "
      "purpose, "
      "y: channel, g: granted, t: time}}\n"
      "  - {name: people, target: customers, files: [b.csv], columns: {c: customer, e: email, p: phone}}\n";
  MUST(gy_project_config_parse(YAML, strlen(YAML), "p.yaml", config, &err));
}

/* A line for each of the questions: what holds, by the rules and by the store. */
static void expect_held(const world *w, gy_engine *engine, uint64_t seed) {
  gy_buffer want;
  char *got = NULL;
  gy_buffer_init(&want, 1 << 20);
  for (int person = 0; person < CUSTOMERS; person++)
    for (int purpose = 1; purpose < 3; purpose++)
      for (int channel = 0; channel < 5; channel++) {
        int since = 0, holds = person_holds(w, person, purpose, channel, &since);
        if (holds < 0) continue;
        gy_buffer_printf(&want, "person %d %s %s %s since %d\n", person, gy_purpose_name((gy_purpose)purpose),
                         gy_channel_name((gy_channel)channel), holds == 1 ? "true" : "false", since);
      }
  MUST(gy_engine_text(
      engine,
      "SELECT string_agg(format('person {} {} {} {} since {}' || chr(10), customer_id, purpose, "
      "channel, granted, coalesce(epoch_us(since) // 1000000, -1000)), '' ORDER BY customer_id, "
      "purpose DESC, list_position(['*', 'email', 'sms', 'push', 'kakao', 'ads', 'mail'], channel)) "
      "FROM held WHERE channel IN ('*', 'email', 'sms', 'push', 'kakao')",
      NULL, 0, &got, &err));
  cr_expect_str_eq(got, want.data, "seed %llu:\n%s\nnot\n%s", (unsigned long long)seed, got, want.data);
  free(got);
  gy_buffer_clear(&want);
}

Test(consent, what_holds_is_what_the_rules_say) {
  for (uint64_t seed = 0; seed < ROUNDS(12); seed++) {
    world *w = malloc(sizeof *w);
    draw(w, seed);
    gy_engine *engine = store_of(w);
    gy_project_config config;
    gy_consent_shape shape;
    open_config(&config);
    MUST(gy_consent_views_create(engine, &config, NULL, &shape, &err));
    cr_expect_eq(shape.has_aliases, w->has_aliases);
    run_sql(engine, "CREATE TABLE held AS FROM consent_at(make_timestamp(20999999))");
    cr_expect_eq(
        int_of(engine, "SELECT count(*) - count(DISTINCT (customer_id, purpose, channel)) FROM held"), 0);
    expect_held(w, engine, seed);
    gy_project_config_clear(&config);
    gy_engine_close(engine);
    free(w);
  }
}

/* The truth table of docs/privacy.md. */
Test(consent, the_truth_table) {
  static const struct {
    const char *rows; /* who, channel, yes or no, second */
    const char *holds;
  } CASES[] = {
      {"(1, NULL, 'email', true, 1)", "true"},
      {"(1, NULL, 'email', true, 1), (1, NULL, 'email', false, 2)", "false"},
      {"(1, NULL, 'email', false, 1), (1, NULL, 'email', true, 2)", "true"},
      {"(1, NULL, 'email', true, 2), (1, NULL, 'email', false, 2)", "false"},
      {"(1, NULL, '*', true, 1)", "true"},
      {"(1, NULL, '*', true, 1), (1, NULL, 'email', false, 2)", "false"},
      {"(1, NULL, 'email', false, 1), (1, NULL, '*', true, 2)", "true"},
      {"(1, NULL, 'email', true, 1), (1, NULL, '*', false, 2)", "false"},
      {"(1, NULL, 'sms', false, 2)", "-"},
      {"(NULL, 7, 'email', false, 1), (1, NULL, 'email', true, 2)", "false"},
      {"(NULL, 7, 'email', false, 1), (NULL, 7, 'email', true, 2), (1, NULL, 'email', true, 1)", "true"},
      {"(1, NULL, 'email', true, 1), (NULL, 7, 'email', false, 2)", "false"},
      {"(NULL, 8, 'email', false, 1), (1, NULL, 'email', true, 2)", "true"},
      {"(1, NULL, 'email', true, 99)", "-"},
      {"(1, NULL, 'email', false, 1), (1, NULL, 'email', true, 99)", "false"},
      {"(1, NULL, 'email', false, NULL), (1, NULL, 'email', true, 1)", "true"},
      {"(1, NULL, 'email', true, NULL), (1, NULL, 'email', false, NULL)", "false"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    world *w = calloc(1, sizeof *w);
    gy_engine *engine = store_of(w);
    gy_project_config config;
    gy_consent_shape shape;
    char sql[1024];
    open_config(&config);
    run_sql(engine,
            "INSERT INTO source_people VALUES (1, '00000000-0000-0000-0000-000000000007'::UUID, NULL)");
    snprintf(sql, sizeof sql,
             "INSERT INTO source_consents SELECT c, '00000000-0000-0000-0000-00000000000' || k, NULL, "
             "'marketing', ch, g, "
             "make_timestamp(s * 1000000) FROM (VALUES %s) AS v(c, k, ch, g, s)",
             CASES[i].rows);
    run_sql(engine, sql);
    MUST(gy_consent_views_create(engine, &config, NULL, &shape, &err));
    char *got = NULL;
    MUST(gy_engine_text(
        engine,
        "SELECT coalesce((SELECT CAST(granted AS VARCHAR) FROM consent_at(make_timestamp(50000000)) WHERE "
        "customer_id = 1 AND purpose = 'marketing' AND channel = 'email'), '-')",
        NULL, 0, &got, &err));
    cr_expect_str_eq(got, CASES[i].holds, "case %zu, %s: %s, not %s", i, CASES[i].rows, got, CASES[i].holds);
    free(got);
    gy_project_config_clear(&config);
    gy_engine_close(engine);
    free(w);
  }
}

Test(consent, columns_of_customers_and_the_ledger_speak_too) {
  static const char YAML[] =
      "sources:\n"
      "  - {name: people, target: customers, files: [b.csv], columns: {c: customer, consent_sms: consent, "
      "ok: "
      "'consent:analytics:sms', joined: signup}}\n";
  gy_engine *engine = memory_store(2);
  gy_project_config config;
  gy_consent_shape shape;
  MUST(gy_project_config_parse(YAML, strlen(YAML), "p.yaml", &config, &err));
  run_sql(engine, gy_sql("schema/0001_store"));
  run_sql(engine, gy_sql("schema/0003_imports"));
  run_sql(engine, gy_sql("schema/0004_people"));
  run_sql(engine,
          "CREATE TABLE source_people AS SELECT * FROM (VALUES (1, true, false, TIMESTAMP '2024-01-01'), (2, "
          "NULL, true, "
          "NULL), (3, false, NULL, NULL)) AS v(customer_id, consent_sms, ok, signed_up_at)");
  run_sql(engine, "ALTER TABLE source_people ALTER customer_id TYPE BIGINT");
  run_sql(engine,
          "INSERT INTO consent_ledger VALUES (1, '1', NULL, NULL, 'marketing', 'sms', false, TIMESTAMP "
          "'2024-02-01', NULL, "
          "NULL, 'hand', now()), (2, 'x', NULL, NULL, 'marketing', 'sms', false, NULL, NULL, NULL, 'hand', "
          "now())");
  MUST(gy_consent_views_create(engine, &config, NULL, &shape, &err));
  cr_expect(shape.has_rows && !shape.has_keys && shape.ids_are_integers);
  assert_text(
      engine,
      "SELECT string_agg(concat_ws(' ', customer_id, purpose, channel, granted, CAST(since AS DATE)), ', ' "
      "ORDER BY customer_id, purpose, channel) FROM consent_now WHERE purpose <> 'analytics' OR channel = "
      "'*'",
      "1 analytics * false 2024-01-01, 1 marketing sms false 2024-02-01, 2 analytics * true, 3 marketing sms "
      "false");
  gy_project_config_clear(&config);
  gy_engine_close(engine);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Laws of identity on random graphs: the people are those of brute force, neither the order of rows nor
 * threads nor what was decided and undone leaves a trace, ids stay, and keys that were parted are never
 * together. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/engine_fixture.h"
#include "../support/rounds.h"
#include "base/rng.h"
#include "data/project_file.h"
#include "people/identity.h"

TestSuite(identity_laws, .timeout = 300);

enum { CUSTOMERS = 14, EMAILS = 12, PHONES = 12, ROWS = 26 };

typedef struct {
  int customer, email, phone; /* -1: none */
} row;

typedef struct {
  gy_engine *engine;
  gy_project_config config;
  row rows[ROWS];
  size_t n_rows;
} shop;

static void shop_open(shop *s, int n_threads) {
  *s = (shop){.engine = memory_store(n_threads)};
  MUST(gy_project_config_init(&s->config, &err));
  run_sql(s->engine, gy_sql("schema/0001_store"));
  run_sql(s->engine, gy_sql("schema/0004_people"));
  run_sql(s->engine, "CREATE TABLE source_people(customer_id BIGINT, email VARCHAR, phone VARCHAR)");
}

static void shop_close(shop *s) {
  gy_engine_close(s->engine);
  gy_project_config_clear(&s->config);
}

static int draw(gy_rng *rng, int n, int often) {
  return gy_rng_below(rng, 100) < (uint64_t)often ? (int)gy_rng_below(rng, (uint64_t)n) : -1;
}

static void draw_rows(shop *s, gy_rng *rng, size_t n) {
  s->n_rows = n;
  for (size_t i = 0; i < n; i++)
    s->rows[i] = (row){draw(rng, CUSTOMERS, 70), draw(rng, EMAILS, 45), draw(rng, PHONES, 30)};
}

static void put_value(gy_buffer *sql, const char *form, int value) {
  if (value < 0)
    gy_buffer_text(sql, "NULL");
  else
    gy_buffer_printf(sql, form, value);
}

/* The rows into the store, from row `first` on around. */
static void store_rows(const shop *s, size_t first) {
  gy_buffer sql;
  gy_buffer_init(&sql, 1 << 20);
  gy_buffer_text(&sql, "DELETE FROM source_people; INSERT INTO source_people VALUES (NULL, NULL, NULL)");
  for (size_t i = 0; i < s->n_rows; i++) {
    const row *r = &s->rows[(i + first) % s->n_rows];
    gy_buffer_text(&sql, ", (");
    put_value(&sql, "%d", r->customer);
    gy_buffer_text(&sql, ", ");
    put_value(&sql, "'e%d'", r->email);
    gy_buffer_text(&sql, ", ");
    put_value(&sql, "'p%d'", r->phone);
    gy_buffer_text(&sql, ")");
  }
  run_sql(s->engine, sql.data);
  gy_buffer_clear(&sql);
}

static gy_identity_result resolve(shop *s) {
  gy_identity_source source = {.name = "people", .relation = "source_people"};
  source.types[GY_KEY_CUSTOMER] = "BIGINT";
  source.types[GY_KEY_EMAIL] = source.types[GY_KEY_PHONE] = "VARCHAR";
  gy_identity_plan plan = {s->engine, &s->config.identity, &source, 1, NULL, NULL};
  gy_identity_result result;
  MUST(gy_identity_resolve(&plan, NULL, &result, &err));
  return result;
}

static char *text_of(gy_engine *engine, const char *sql) {
  char *text = NULL;
  MUST(gy_engine_text(engine, sql, NULL, 0, &text, &err));
  return text;
}

/* All tables that come out, in one text. */
static char *tables_of(const shop *s) {
  return text_of(
      s->engine,
      "SELECT string_agg(line, chr(10) ORDER BY line) FROM (SELECT CAST(k AS VARCHAR) AS line FROM "
      "person_keys AS k "
      "UNION ALL SELECT CAST(l AS VARCHAR) FROM identity_links AS l UNION ALL SELECT CAST(b AS VARCHAR) FROM "
      "identity_blocked AS b UNION ALL SELECT 'alias ' || CAST(a AS VARCHAR) FROM person_aliases AS a UNION "
      "ALL "
      "SELECT 'email ' || CAST(e AS VARCHAR) FROM person_by_email AS e UNION ALL SELECT 'phone ' || CAST(p "
      "AS VARCHAR) "
      "FROM person_by_phone AS p UNION ALL SELECT '')");
}

static void expect_tables(const shop *s, const char *want, const char *when, int seed) {
  char *now = tables_of(s);
  cr_assert_str_eq(now, want, "seed %d, %s:\n%s\nnot\n%s", seed, when, now, want);
  free(now);
}

/* ---- brute force ---- */

enum { N_NODES = CUSTOMERS + EMAILS + PHONES };

/* Labels spread over rows until nothing changes; a key is there where some row with an e-mail or phone has
 * it. */
static void brute_force(const shop *s, int label[N_NODES]) {
  for (int i = 0; i < N_NODES; i++) label[i] = -1;
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = 0; i < s->n_rows; i++) {
      const row *r = &s->rows[i];
      if (r->email < 0 && r->phone < 0) continue;
      int nodes[3] = {r->customer, r->email < 0 ? -1 : CUSTOMERS + r->email,
                      r->phone < 0 ? -1 : CUSTOMERS + EMAILS + r->phone};
      int lowest = N_NODES;
      for (int n = 0; n < 3; n++) {
        if (nodes[n] < 0) continue;
        int own = label[nodes[n]] < 0 ? nodes[n] : label[nodes[n]];
        lowest = own < lowest ? own : lowest;
      }
      for (int n = 0; n < 3; n++) {
        if (nodes[n] < 0 || label[nodes[n]] == lowest) continue;
        label[nodes[n]] = lowest;
        changed = true;
      }
    }
  }
}

/* person_keys in the order of brute force: the person of every node, "" where there is none. */
static void people_of(const shop *s, char people[N_NODES][16]) {
  json_t *rows = NULL, *r;
  size_t i;
  MUST(gy_engine_json(s->engine, "SELECT kind, key, person FROM person_keys", NULL, 0, NULL, &rows, &err));
  memset(people, 0, N_NODES * sizeof *people);
  json_array_foreach(rows, i, r) {
    const char *kind = json_string_value(json_object_get(r, "kind")),
               *key = json_string_value(json_object_get(r, "key"));
    int node = strcmp(kind, "customer_id") == 0 ? atoi(key)
               : strcmp(kind, "email") == 0     ? CUSTOMERS + atoi(key + 1)
                                                : CUSTOMERS + EMAILS + atoi(key + 1);
    snprintf(people[node], sizeof people[node], "%s", json_string_value(json_object_get(r, "person")));
  }
  json_decref(rows);
}

static void no_limits(shop *s) {
  for (gy_key_kind k = 0; k < GY_KEY_COUNT; k++) s->config.identity.limits[k] = (gy_key_limit){0, 0};
  s->config.identity.largest_person = 1000;
}

Test(identity_laws, people_are_those_of_brute_force) {
  for (int seed = 0; seed < ROUNDS(16); seed++) {
    shop s;
    gy_rng rng;
    int label[N_NODES];
    char people[N_NODES][16];
    gy_rng_init(&rng, (uint64_t)seed, 0);
    shop_open(&s, 1 + seed % 3);
    no_limits(&s);
    draw_rows(&s, &rng, 8 + gy_rng_below(&rng, ROWS - 8));
    store_rows(&s, 0);
    resolve(&s);
    brute_force(&s, label);
    people_of(&s, people);
    for (int i = 0; i < N_NODES; i++) {
      cr_assert_eq(label[i] >= 0, people[i][0] != '\0', "seed %d: key %d", seed, i);
      for (int j = 0; j < i; j++)
        if (label[i] >= 0 && label[j] >= 0)
          cr_assert_eq(label[i] == label[j], strcmp(people[i], people[j]) == 0, "seed %d: keys %d and %d",
                       seed, i, j);
      if (label[i] >= 0 && label[i] < CUSTOMERS)
        cr_assert_eq(atoi(people[i]), label[i], "seed %d: a person is named after its lowest customer", seed);
    }
    shop_close(&s);
  }
}

Test(identity_laws, order_of_rows_threads_and_another_run_change_nothing) {
  for (int seed = 0; seed < ROUNDS(15); seed++) {
    shop s, other;
    gy_rng rng;
    gy_rng_init(&rng, (uint64_t)seed, 1);
    shop_open(&s, 1);
    draw_rows(&s, &rng, ROWS);
    store_rows(&s, 0);
    gy_identity_result first = resolve(&s);
    char *want = tables_of(&s);
    gy_identity_result again = resolve(&s);
    cr_assert_str_eq(first.digest, again.digest, "seed %d", seed);
    expect_tables(&s, want, "another run", seed);
    shop_open(&other, 4);
    memcpy(other.rows, s.rows, sizeof s.rows);
    other.n_rows = s.n_rows;
    store_rows(&other, 7);
    resolve(&other);
    expect_tables(&other, want, "other order and threads", seed);
    free(want);
    shop_close(&s);
    shop_close(&other);
  }
}

static const char *const KINDS[] = {"customer_id", "email", "phone"};

static void draw_key(gy_rng *rng, char *kind, char *key) {
  int k = (int)gy_rng_below(rng, 3);
  strcpy(kind, KINDS[k]);
  sprintf(key, "%s%d", k == 0 ? "" : k == 1 ? "e" : "p", (int)gy_rng_below(rng, k == 0 ? CUSTOMERS : EMAILS));
}

static void decide(const shop *s, gy_rng *rng, int number, const char *action) {
  char left_kind[16], left[16], right_kind[16], right[16], sql[512];
  do {
    draw_key(rng, left_kind, left);
    draw_key(rng, right_kind, right);
  } while (strcmp(left, right) == 0);
  snprintf(sql, sizeof sql,
           "INSERT INTO identity_decisions SELECT %d, '%s', l.kind, l.key, r.kind, r.key, NULL, "
           "now()::TIMESTAMP, NULL "
           "FROM person_keys AS l, person_keys AS r WHERE l.kind = '%s' AND l.key = '%s' AND r.kind = '%s' "
           "AND r.key = "
           "'%s'",
           number, action, left_kind, left, right_kind, right);
  run_sql(s->engine, sql);
}

/* Guests' numbers go on, so that tables are compared in which no cut made new guests: merges alone. */
Test(identity_laws, what_was_merged_and_unmerged_leaves_no_trace) {
  for (int seed = 0; seed < ROUNDS(16); seed++) {
    shop s;
    gy_rng rng;
    gy_rng_init(&rng, (uint64_t)seed, 2);
    shop_open(&s, 2);
    draw_rows(&s, &rng, ROWS);
    store_rows(&s, 0);
    resolve(&s);
    char *want = tables_of(&s);
    int n = 1 + (int)gy_rng_below(&rng, 6);
    for (int i = 0; i < n; i++) {
      decide(&s, &rng, i + 1, "merge");
      resolve(&s);
    }
    for (int left = n; left > 0; left--) { /* taken back one by one, in any order */
      char sql[256];
      snprintf(
          sql, sizeof sql,
          "UPDATE identity_decisions SET undone_at = now()::TIMESTAMP WHERE undone_at IS NULL AND decision = "
          "(SELECT decision FROM identity_decisions WHERE undone_at IS NULL ORDER BY hash(decision + %d) "
          "LIMIT 1)",
          seed);
      run_sql(s.engine, sql);
      resolve(&s);
    }
    expect_tables(&s, want, "merged and unmerged", seed);
    free(want);
    shop_close(&s);
  }
}

Test(identity_laws, parted_keys_are_apart_merged_ones_together_and_undoing_restores) {
  for (int seed = 0; seed < ROUNDS(16); seed++) {
    shop s;
    gy_rng rng;
    gy_rng_init(&rng, (uint64_t)seed, 3);
    shop_open(&s, 2);
    draw_rows(&s, &rng, ROWS);
    store_rows(&s, 0);
    resolve(&s);
    char *want = tables_of(&s);
    for (int i = 0; i < 5; i++) decide(&s, &rng, i + 1, i % 2 == 0 ? "unmerge" : i == 1 ? "merge" : "pin");
    resolve(&s);
    cr_expect_eq(
        int_of(s.engine,
               "SELECT count(*) FROM identity_decisions AS d JOIN person_keys AS l ON l.kind = "
               "d.left_kind AND l.key = d.left_key JOIN person_keys AS r ON r.kind = d.right_kind AND "
               "r.key = d.right_key WHERE d.action = 'unmerge' AND l.person = r.person"),
        0, "seed %d: parted keys are together", seed);
    cr_expect_eq(int_of(s.engine,
                        "SELECT count(*) FROM identity_decisions AS d JOIN person_keys AS l ON l.kind = "
                        "d.left_kind AND l.key = "
                        "d.left_key JOIN person_keys AS r ON r.kind = d.right_kind AND r.key = d.right_key "
                        "WHERE d.action <> "
                        "'unmerge' AND l.person <> r.person AND NOT EXISTS (SELECT 1 FROM identity_decisions "
                        "WHERE action = "
                        "'unmerge')"),
                 0, "seed %d: merged keys are apart", seed);
    run_sql(s.engine, "UPDATE identity_decisions SET undone_at = now()::TIMESTAMP");
    resolve(&s);
    expect_tables(&s, want, "decided and undone", seed);
    free(want);
    shop_close(&s);
  }
}

/* Data come and go: whoever has the same keys as before has the same id, an id that is a customer's is the
 * person of that customer, and no two people share one. */
Test(identity_laws, ids_stay_while_data_come_and_go) {
  for (int seed = 0; seed < ROUNDS(8); seed++) {
    shop s;
    gy_rng rng;
    gy_rng_init(&rng, (uint64_t)seed, 4);
    shop_open(&s, 2);
    draw_rows(&s, &rng, ROWS);
    for (int round = 0; round < 8; round++) {
      run_sql(s.engine,
              "CREATE OR REPLACE TABLE people_before AS SELECT person, string_agg(kind || key, ' ' ORDER BY "
              "kind, key) AS keys FROM person_keys GROUP BY person");
      for (int i = 0; i < 3 && round > 0; i++) {
        size_t at = gy_rng_below(&rng, s.n_rows);
        row drawn = {draw(&rng, CUSTOMERS, 70), draw(&rng, EMAILS, 60), draw(&rng, PHONES, 40)};
        s.rows[at] = drawn;
      }
      store_rows(&s, 0);
      resolve(&s);
      cr_assert_eq(int_of(s.engine,
                          "SELECT count(*) FROM people_before AS b JOIN (SELECT person, string_agg(kind || "
                          "key, ' ' ORDER BY "
                          "kind, key) AS keys FROM person_keys GROUP BY person) AS n USING (keys) WHERE "
                          "n.person <> b.person AND "
                          "NOT EXISTS (SELECT 1 FROM source_people AS c WHERE CAST(c.customer_id AS VARCHAR) "
                          "= b.person)"),
                   0, "seed %d, round %d: the same keys have another id", seed, round);
      cr_assert_eq(
          int_of(s.engine,
                 "SELECT count(*) FROM person_keys AS k JOIN source_people AS c ON "
                 "CAST(c.customer_id AS VARCHAR) = k.person LEFT JOIN person_keys AS own ON own.kind "
                 "= 'customer_id' AND own.key = k.person WHERE own.person IS DISTINCT FROM k.person"),
          0, "seed %d, round %d: somebody has another customer's id", seed, round);
    }
    shop_close(&s);
  }
}

Test(identity_laws, nobody_is_larger_than_the_limits) {
  for (int seed = 0; seed < ROUNDS(12); seed++) {
    shop s;
    gy_rng rng;
    gy_rng_init(&rng, (uint64_t)seed, 5);
    shop_open(&s, 2);
    no_limits(&s);
    s.config.identity.largest_person = 2 + (uint32_t)gy_rng_below(&rng, 5);
    s.config.identity.limits[GY_KEY_EMAIL] = (gy_key_limit){1 + (uint32_t)gy_rng_below(&rng, 2), 0};
    draw_rows(&s, &rng, ROWS);
    store_rows(&s, 0);
    resolve(&s);
    char sql[256];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM (SELECT person FROM person_keys GROUP BY person HAVING count(*) > %u OR "
             "count(*) FILTER "
             "(kind = 'email') > %u)",
             s.config.identity.largest_person, s.config.identity.limits[GY_KEY_EMAIL].values);
    cr_assert_eq(int_of(s.engine, sql), 0, "seed %d", seed);
    cr_assert_eq(
        int_of(s.engine,
               "SELECT count(*) FROM identity_links AS l JOIN person_keys AS a ON a.kind = l.left_kind "
               "AND a.key = l.left_key JOIN person_keys AS b ON b.kind = l.right_kind AND b.key = "
               "l.right_key WHERE l.state = 'used' AND a.person <> b.person"),
        0, "seed %d: a link that is used joins two people", seed);
    shop_close(&s);
  }
}

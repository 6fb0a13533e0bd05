/* SPDX-License-Identifier: Apache-2.0
 *
 * Random rules over random data with NULLs, evaluated in memory, by DuckDB and, where it is installed, by
 * PostgreSQL: what each rule says of each customer is the same. GYEOL_RULES sets how many rules are tried
 * (`make rules`: 10,000). A failure prints the smallest part of it that is to be known: the rule and the
 * customer. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "random_rule.h"
#include "rule_fixture.h"
#include "rule_server.h"

enum { RULES_A_SET = 20, DEFAULT_RULES = 200, RULES_A_SHOP = 200, CUSTOMERS = 120, PROGRESS = 1000 };

static const char *const ZONES[] = {"Asia/Seoul", "America/New_York", "Europe/London", "UTC"};

static void refill(gy_engine *engine, PGconn *server, const shop *s) {
  static const char DROP[] =
      "DROP TABLE IF EXISTS customers; DROP TABLE IF EXISTS scores; DROP TABLE IF EXISTS orders; DROP TABLE "
      "IF EXISTS site_events;";
  char *sql = shop_sql(s);
  gy_error err = {0};
  cr_assert_eq(gy_engine_execute(engine, DROP, NULL, 0, NULL, NULL, NULL, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, &err), GY_OK, "%s", err.text);
  if (server != NULL) {
    rule_server_execute(server, DROP);
    rule_server_execute(server, sql);
  }
  free(sql);
}

static size_t compare(const char *who, const char *const *texts, size_t n, const shop *s, const char *zone,
                      const char *memory, const char *other) {
  size_t n_faults = 0;
  for (size_t r = 0; r < n; r++)
    for (size_t c = 0; c < shop_size(s); c++) {
      size_t at = r * shop_size(s) + c;
      if (memory[at] == other[at]) continue;
      cr_expect_fail("%s, %s, customer %zu: memory %c, %s %c", texts[r], zone, c, memory[at], who, other[at]);
      n_faults++;
      break;
    }
  return n_faults;
}

static size_t try_set(gy_rng *rng, const shop *s, gy_engine *engine, PGconn *server) {
  char *texts[RULES_A_SET];
  const char *zone = ZONES[gy_rng_below(rng, 4)];
  for (size_t i = 0; i < RULES_A_SET; i++) {
    gy_buffer text;
    gy_buffer_init(&text, 1 << 20);
    random_rule(rng, &text);
    texts[i] = gy_buffer_take(&text);
  }
  gy_rule_set *set = must_compile((const char *const *)texts, RULES_A_SET, zone);
  char *memory = answers_in_memory(set, RULES_A_SET, s),
       *stored = answers_of_engine(set, RULES_A_SET, shop_size(s), engine);
  size_t n_faults = compare("DuckDB", (const char *const *)texts, RULES_A_SET, s, zone, memory, stored);
  if (server != NULL) {
    char *served = answers_of_server(set, RULES_A_SET, shop_size(s), server);
    n_faults += compare("PostgreSQL", (const char *const *)texts, RULES_A_SET, s, zone, memory, served);
    free(served);
  }
  free(memory);
  free(stored);
  gy_rule_set_destroy(set);
  for (size_t i = 0; i < RULES_A_SET; i++) free(texts[i]);
  return n_faults;
}

TestSuite(rule_differential, .fini = postgres_stop, .timeout = 7200);

/* ---- characters that mean something in SQL ---- */

enum { HOSTILE = 1000, HOSTILE_A_SET = 50 };

static void hostile_text(gy_rng *rng, gy_buffer *out) {
  static const char *const PARTS[] = {"'",
                                      "''",
                                      "\"",
                                      "\\",
                                      "\\'",
                                      ";",
                                      "--",
                                      "/*",
                                      "*/",
                                      "$$",
                                      "$1",
                                      "$tag$",
                                      "%",
                                      "_",
                                      "{{a}}",
                                      "{{",
                                      "?",
                                      ":x",
                                      "\n",
                                      "\r",
                                      "\t",
                                      "\x1b",
                                      "\x7f",
                                      "E'",
                                      "U&'",
                                      "B'1",
                                      "x'41'",
                                      "’",
                                      "＇",
                                      "ʼ",
                                      "DROP TABLE customers",
                                      "' OR 1=1 --",
                                      "'); DROP TABLE customers; --",
                                      "\\'; DELETE FROM customers; --",
                                      "' UNION SELECT 1 --",
                                      "customers",
                                      "(",
                                      ")",
                                      ",",
                                      "NULL",
                                      "0x27",
                                      "%27",
                                      "&#39;",
                                      "\xef\xbb\xbf",
                                      "\xe2\x80\xae",
                                      "서울",
                                      "`",
                                      "[",
                                      "]",
                                      "{",
                                      "}",
                                      "@",
                                      "#",
                                      "!",
                                      "||",
                                      "~",
                                      "^",
                                      "=",
                                      "a",
                                      " "};
  for (uint64_t n = 1 + gy_rng_below(rng, 6); n > 0; n--)
    gy_buffer_text(out, PARTS[gy_rng_below(rng, sizeof PARTS / sizeof *PARTS)]);
}

/* As a rule or SQL writes it; the mark is doubled. */
static char *quoted(const char *text, bool pattern) {
  gy_buffer escaped;
  gy_buffer_init(&escaped, 1 << 16);
  for (; *text != '\0'; text++) {
    if (pattern && strchr("%_\\", *text) != NULL) gy_buffer_text(&escaped, "\\");
    gy_buffer_append(&escaped, text, 1);
  }
  char *made = gy_sql_literal(escaped.data);
  gy_buffer_clear(&escaped);
  return made;
}

static char *hostile_rule(gy_rng *rng, const char *text) {
  char *literal = quoted(text, false), *pattern = quoted(text, true), *rule = NULL;
  int n = 0;
  switch (gy_rng_below(rng, 6)) {
    case 0:
      n = asprintf(&rule, "name = %s", literal);
      break;
    case 1:
      n = asprintf(&rule, "name in ('\x01', %s)", literal);
      break;
    case 2:
      n = asprintf(&rule, "name like %s", pattern);
      break;
    case 3:
      n = asprintf(&rule, "count(notes where note = %s) = 1", literal);
      break;
    case 4:
      n = asprintf(&rule, "coalesce(name, %s) = %s", literal, literal);
      break;
    default:
      n = asprintf(&rule, "exists(notes where note like %s) and random_bucket(%s, 5) >= 0", pattern, literal);
  }
  cr_assert_gt(n, 0);
  free(literal);
  free(pattern);
  return rule;
}

static void fill_hostile(gy_engine *engine, PGconn *server, char *const *texts) {
  gy_buffer sql;
  gy_error err = {0};
  gy_buffer_init(&sql, 64 << 20);
  gy_buffer_text(&sql,
                 "CREATE TABLE people (id BIGINT, \"we\"\"ird; --\" VARCHAR); CREATE TABLE \"no'tes\" (id "
                 "BIGINT, note VARCHAR);\n");
  for (int i = 0; i < HOSTILE; i++) {
    char *literal = gy_sql_literal(texts[i]);
    gy_buffer_printf(&sql, "INSERT INTO people VALUES (%d, %s); INSERT INTO \"no'tes\" VALUES (%d, %s);\n", i,
                     literal, i, literal);
    free(literal);
  }
  cr_assert_eq(gy_engine_execute(engine, sql.data, NULL, 0, NULL, NULL, NULL, &err), GY_OK, "%s", err.text);
  if (server != NULL) rule_server_execute(server, sql.data);
  gy_buffer_clear(&sql);
}

static const gy_rule_column PERSON[] = {
    {.name = "name", .storage = GY_RULE_AS_TEXT, .sql_name = "we\"ird; --"}};
static const gy_rule_column NOTE[] = {{.name = "note", .storage = GY_RULE_AS_TEXT}};
static const gy_rule_table NOTES[] = {{"notes", "no'tes", "id", NULL, NOTE, 1}};
static const gy_rule_catalogue HOSTILE_CATALOGUE = {.relation = "people",
                                                    .customer_id = "id",
                                                    .columns = PERSON,
                                                    .n_columns = 1,
                                                    .tables = NOTES,
                                                    .n_tables = 1};

static void expect_own(const char *who, const char *rule, const char *own, const char *text, bool answer) {
  bool expected = strcmp(own, text) == 0;
  if (answer != expected)
    cr_expect_fail("%s, %s: %s of the customer called %s", rule, who, answer ? "true" : "not true", text);
}

static void ask_engine(gy_engine *engine, const char *sql, const gy_rule_definition *rules, char *const *own,
                       char *const *texts) {
  gy_result *result = NULL;
  gy_chunk chunk;
  gy_error err = {0};
  cr_assert_eq(gy_engine_query(engine, sql, NULL, 0, NULL, &result, &err), GY_OK, "%s\n%.4000s", err.text,
               sql);
  do {
    cr_assert_eq(gy_result_next(result, &chunk, &err), GY_OK);
    for (size_t row = 0; row < chunk.n_rows; row++)
      for (size_t r = 0; r < HOSTILE_A_SET; r++) {
        bool answer = !gy_column_is_null(&chunk.columns[r + 1], row) &&
                      ((const uint8_t *)chunk.columns[r + 1].data)[row];
        expect_own("DuckDB", rules[r].text, own[r], texts[((const int64_t *)chunk.columns[0].data)[row]],
                   answer);
      }
  } while (chunk.n_rows > 0);
  gy_result_destroy(result);
}

static void ask_server(PGconn *server, const char *sql, const gy_rule_definition *rules, char *const *own,
                       char *const *texts) {
  PGresult *rows = PQexec(server, sql);
  cr_assert_eq(PQresultStatus(rows), PGRES_TUPLES_OK, "%s\n%.4000s", PQerrorMessage(server), sql);
  cr_assert_eq(PQntuples(rows), HOSTILE);
  for (int row = 0; row < HOSTILE; row++)
    for (int r = 0; r < HOSTILE_A_SET; r++)
      expect_own("PostgreSQL", rules[r].text, own[r], texts[strtol(PQgetvalue(rows, row, 0), NULL, 10)],
                 *PQgetvalue(rows, row, r + 1) == 't');
  PQclear(rows);
}

/* Each rule is true of the customers who are called as it says, and of no others. */
static void try_hostile(gy_rng *rng, gy_engine *engine, PGconn *server, char *const *texts, size_t first) {
  gy_rule_definition rules[HOSTILE_A_SET] = {{NULL, NULL}};
  gy_rule_clock clock = shop_clock("UTC");
  gy_rule_set *set = NULL;
  gy_error err = {0};
  for (size_t i = 0; i < HOSTILE_A_SET; i++) rules[i].text = hostile_rule(rng, texts[first + i]);
  cr_assert_eq(gy_rule_set_compile(&HOSTILE_CATALOGUE, &clock, rules, HOSTILE_A_SET, &set, &err), GY_OK, "%s",
               err.text);
  for (int dialect = 0; dialect < (server != NULL ? 2 : 1); dialect++) {
    char *sql = NULL;
    cr_assert_eq(gy_rule_set_sql(set, (gy_rule_dialect)dialect, false, &sql, &err), GY_OK);
    if (dialect == 0)
      ask_engine(engine, sql, rules, texts + first, texts);
    else
      ask_server(server, sql, rules, texts + first, texts);
    free(sql);
  }
  gy_rule_set_destroy(set);
  for (size_t i = 0; i < HOSTILE_A_SET; i++) free((char *)rules[i].text);
}

Test(rule_differential, characters_of_sql_in_texts_change_nothing) {
  gy_engine *engine = NULL;
  gy_engine_options options = {.n_threads = 1};
  gy_error err = {0};
  char *texts[HOSTILE];
  PGconn *server = rule_server_connect();
  cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s", err.text);
  gy_rng rng;
  gy_rng_init(&rng, 9, 0);
  for (int i = 0; i < HOSTILE; i++) {
    gy_buffer text;
    gy_buffer_init(&text, 4096);
    hostile_text(&rng, &text);
    texts[i] = gy_buffer_take(&text);
  }
  fill_hostile(engine, server, texts);
  for (size_t first = 0; first < HOSTILE; first += HOSTILE_A_SET)
    try_hostile(&rng, engine, server, texts, first);
  int64_t left = 0;
  cr_expect_eq(gy_engine_int64(engine, "SELECT count(*) FROM people", NULL, 0, &left, &err), GY_OK);
  cr_expect_eq(left, HOSTILE);
  for (int i = 0; i < HOSTILE; i++) free(texts[i]);
  if (server != NULL) PQfinish(server);
  gy_engine_close(engine);
}

Test(rule_differential, three_ways_of_asking_agree) {
  size_t n_rules = getenv("GYEOL_RULES") != NULL ? strtoul(getenv("GYEOL_RULES"), NULL, 10) : DEFAULT_RULES;
  uint64_t seed = getenv("GYEOL_SEED") != NULL ? strtoull(getenv("GYEOL_SEED"), NULL, 10) : 1;
  gy_engine *engine = NULL;
  gy_engine_options options = {.n_threads = 1};
  gy_error err = {0};
  shop *s = NULL;
  PGconn *server = rule_server_connect();
  cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s", err.text);
  gy_rng rng;
  gy_rng_init(&rng, seed, 0);
  for (size_t done = 0, faults = 0; done < n_rules && faults < 5; done += RULES_A_SET) {
    if (done % RULES_A_SHOP == 0) {
      if (s != NULL) shop_free(s);
      s = shop_make(gy_rng_next(&rng), CUSTOMERS);
      refill(engine, server, s);
    }
    faults += try_set(&rng, s, engine, server);
    if ((done + RULES_A_SET) % PROGRESS == 0) fprintf(stderr, "%zu rules\n", done + RULES_A_SET);
  }
  fprintf(stderr, "%zu rules over %d customers%s\n", n_rules, CUSTOMERS,
          server != NULL ? "" : "; PostgreSQL is not installed");
  if (server != NULL) PQfinish(server);
  gy_engine_close(engine);
  if (s != NULL) shop_free(s);
}

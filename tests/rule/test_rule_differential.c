/* SPDX-License-Identifier: Apache-2.0
 *
 * Random rules over random data with NULLs, evaluated in memory, by DuckDB and, where it is installed, by
 * PostgreSQL: what each rule says of each customer is the same. GYEOL_RULES sets how many rules are tried
 * (`make rules`: 10,000). A failure prints the smallest part of it that is to be known: the rule and the
 * customer. */
#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "../postgres/postgres_server.h"
#include "random_rule.h"
#include "rule_fixture.h"

enum { RULES_A_SET = 20, DEFAULT_RULES = 200, RULES_A_SHOP = 200, CUSTOMERS = 120 };

static const char *const ZONES[] = {"Asia/Seoul", "America/New_York", "Europe/London", "UTC"};

static void refill(gy_engine *engine, PGconn *server, const shop *s) {
  static const char DROP[] =
      "DROP TABLE IF EXISTS customers; DROP TABLE IF EXISTS scores; DROP TABLE IF EXISTS orders; DROP TABLE "
      "IF EXISTS site_events;";
  char *sql = shop_sql(s);
  gy_error err = {0};
  cr_assert_eq(gy_engine_execute(engine, DROP, NULL, 0, NULL, NULL, NULL, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, &err), GY_OK, "%s", err.text);
  for (int i = 0; i < 2 && server != NULL; i++) {
    PGresult *done = PQexec(server, i == 0 ? DROP : sql);
    cr_assert_eq(PQresultStatus(done), PGRES_COMMAND_OK, "%s", PQerrorMessage(server));
    PQclear(done);
  }
  free(sql);
}

static char *answers_of_server(const gy_rule_set *set, size_t n_rules, const shop *s, PGconn *server) {
  char *sql = NULL, *answers = calloc(n_rules * shop_size(s) + 1, 1);
  gy_error err = {0};
  cr_assert_eq(gy_rule_set_sql(set, GY_RULE_POSTGRES, false, &sql, &err), GY_OK, "%s", err.text);
  PGresult *rows = PQexec(server, sql);
  cr_assert_eq(PQresultStatus(rows), PGRES_TUPLES_OK, "%s\n%.6000s", PQerrorMessage(server), sql);
  cr_assert_eq((size_t)PQntuples(rows), shop_size(s));
  for (int i = 0; i < PQntuples(rows); i++) {
    size_t customer = (size_t)(atol(PQgetvalue(rows, i, 0)) - 1) / 7; /* lint-ok */
    for (size_t r = 0; r < n_rules; r++)
      answers[r * shop_size(s) + customer] = PQgetisnull(rows, i, (int)r + 1)          ? '?'
                                             : *PQgetvalue(rows, i, (int)r + 1) == 't' ? 'T'
                                                                                       : 'F';
  }
  PQclear(rows);
  free(sql);
  return answers;
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
       *stored = answers_of_engine(set, RULES_A_SET, s, engine);
  size_t n_faults = compare("DuckDB", (const char *const *)texts, RULES_A_SET, s, zone, memory, stored);
  if (server != NULL) {
    char *served = answers_of_server(set, RULES_A_SET, s, server);
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

Test(rule_differential, three_ways_of_asking_agree) {
  size_t n_rules = getenv("GYEOL_RULES") != NULL ? strtoul(getenv("GYEOL_RULES"), NULL, 10) : DEFAULT_RULES;
  uint64_t seed = getenv("GYEOL_SEED") != NULL ? strtoull(getenv("GYEOL_SEED"), NULL, 10) : 1;
  gy_engine *engine = NULL;
  gy_engine_options options = {.n_threads = 1};
  gy_error err = {0};
  shop *s = NULL;
  PGconn *server = postgres_start() ? PQconnectdb(postgres_address("")) : NULL;
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
  }
  fprintf(stderr, "%zu rules over %d customers%s\n", n_rules, CUSTOMERS,
          server != NULL ? "" : "; PostgreSQL is not installed");
  if (server != NULL) PQfinish(server);
  gy_engine_close(engine);
  if (s != NULL) shop_free(s);
}

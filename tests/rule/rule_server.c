/* SPDX-License-Identifier: Apache-2.0 */
#include "rule_server.h"

#include <criterion/criterion.h>
#include <stdlib.h>

/* Compiling expressions of a megabyte to machine code takes minutes; asking a few customers does not. */
PGconn *rule_server_connect(void) {
  PGconn *server = postgres_start() ? PQconnectdb(postgres_address("")) : NULL;
  if (server == NULL) return NULL;
  rule_server_execute(server, "SET jit = off");
  rule_server_execute(server, "SET client_min_messages = warning");
  return server;
}

void rule_server_execute(PGconn *server, const char *sql) {
  PGresult *done = PQexec(server, sql);
  cr_assert_eq(PQresultStatus(done), PGRES_COMMAND_OK, "%s", PQerrorMessage(server));
  PQclear(done);
}

char *answers_of_server(const gy_rule_set *set, size_t n_rules, size_t n_customers, PGconn *server) {
  char *sql = NULL, *answers = calloc(n_rules * n_customers + 1, 1);
  gy_error err = {0};
  cr_assert_eq(gy_rule_set_sql(set, GY_RULE_POSTGRES, false, &sql, &err), GY_OK, "%s", err.text);
  PGresult *rows = PQexec(server, sql);
  cr_assert_eq(PQresultStatus(rows), PGRES_TUPLES_OK, "%s\n%.6000s", PQerrorMessage(server), sql);
  cr_assert_eq((size_t)PQntuples(rows), n_customers);
  for (int i = 0; i < PQntuples(rows); i++) {
    size_t customer = (size_t)(strtol(PQgetvalue(rows, i, 0), NULL, 10) - 1) / 7;
    for (size_t r = 0; r < n_rules; r++)
      answers[r * n_customers + customer] = PQgetisnull(rows, i, (int)r + 1)          ? '?'
                                            : *PQgetvalue(rows, i, (int)r + 1) == 't' ? 'T'
                                                                                      : 'F';
  }
  PQclear(rows);
  free(sql);
  return answers;
}

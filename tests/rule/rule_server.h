/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules asked of a PostgreSQL server of the test's own. */
#ifndef GYEOL_TESTS_RULE_SERVER_H
#define GYEOL_TESTS_RULE_SERVER_H

#include <libpq-fe.h>

#include "../postgres/postgres_server.h"
#include "rule/rule.h"

/* NULL where PostgreSQL is not installed. PQfinish() it; the suite's .fini is postgres_stop. */
PGconn *rule_server_connect(void);

/* Runs statements that give no rows; asserts that they succeed. */
void rule_server_execute(PGconn *server, const char *sql);

/* As answers_of_engine() (rule_fixture.h). */
char *answers_of_server(const gy_rule_set *set, size_t n_rules, size_t n_customers, PGconn *server);

#endif

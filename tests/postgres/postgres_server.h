/* SPDX-License-Identifier: Apache-2.0
 *
 * A PostgreSQL server of the test's own: its own data folder, a free port on loopback, ended by its process
 * id. */
#ifndef GYEOL_TESTS_POSTGRES_SERVER_H
#define GYEOL_TESTS_POSTGRES_SERVER_H

#include <stdbool.h>

/* Starts a server with a database `shop`; false where PostgreSQL is not installed. Every test runs in a
 * process of its own and so has its own server. */
bool postgres_start(void);
void postgres_stop(void); /* also when none was started */

/* Runs statements in the database; asserts that they succeed. */
void postgres_sql(const char *sql);

/* "postgresql://postgres@127.0.0.1:PORT/shop" with `fragment` behind it; valid until the next call. */
const char *postgres_address(const char *fragment);

#endif

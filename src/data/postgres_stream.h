/* SPDX-License-Identifier: Apache-2.0
 *
 * A table or query of a PostgreSQL server as a stream of CSV with a header: where a path of a file may stand,
 * so may an address
 *
 *   postgresql://USER@HOST:PORT/DATABASE#TABLE
 *   postgresql://USER@HOST/DATABASE#SCHEMA.TABLE
 *   postgresql://HOST/DATABASE?sslmode=require#SELECT id, paid_at FROM orders WHERE paid_at >= '2025-01-01'
 *
 * What stands before # is libpq's connection URI, so everything that libpq takes works, its environment and
 * password file among it. An address with a password is refused: it would end in gyeol.yaml and in messages.
 * Behind # stand a table or view, or one query; %XX stands for a byte.
 *
 * One COPY in one read-only transaction: the rows are those of one moment. Times come with ISO form in UTC.
 */
#ifndef GYEOL_DATA_POSTGRES_STREAM_H
#define GYEOL_DATA_POSTGRES_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

#include "base/arena.h"

bool gy_postgres_is_address(const char *path);

typedef struct gy_postgres_stream gy_postgres_stream;

/* Connects and starts the COPY. GY_ECONFIG for an address that cannot be read or has a password, GY_ENOTFOUND
 * for a table that is not there, GY_EIO for a server that is not or does not let in; the sentence holds the
 * server's. */
GY_MUST_USE gy_status gy_postgres_open(const char *address, gy_postgres_stream **stream, gy_error *err);
/* Ends the COPY where it is. NULL-safe. */
void gy_postgres_close(gy_postgres_stream *stream);

/* Fills `data` up to `capacity`; fewer bytes only at the end. GY_EIO when the server goes away. */
GY_MUST_USE gy_status gy_postgres_read(gy_postgres_stream *stream, char *data, size_t capacity,
                                       size_t *length, gy_error *err);
uint64_t gy_postgres_position(const gy_postgres_stream *stream); /* bytes received */

/* Gives a text that changes with any of the rows: their number and the sum of their hashes, which the server
 * computes without sending them. In `arena`. */
GY_MUST_USE gy_status gy_postgres_fingerprint(const char *address, gy_arena *arena, char **text,
                                              gy_error *err);

/* Gives the addresses of all tables and views of a database, in order of their names; `address` has no #.
 * All in `arena`. GY_EDATA when there are none. */
GY_MUST_USE gy_status gy_postgres_tables(const char *address, gy_arena *arena, char ***addresses, size_t *n,
                                         gy_error *err);

#endif

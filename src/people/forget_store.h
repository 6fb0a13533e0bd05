/* SPDX-License-Identifier: Apache-2.0
 *
 * The store without some people. Deleting rows leaves their bytes in the file's free blocks, so nothing is
 * deleted: everything that remains is copied into a new file beside the old one, which then takes its name.
 *
 *   store.duckdb ── rows of others, sums of theirs ──▶ store.duckdb.forget ── rename ──▶ store.duckdb
 *
 * Until the rename the old file is as it was; after it the new one says in its table `forgettings` that it
 * has been through this. Both are whole, whenever a process is killed. */
#ifndef GYEOL_PEOPLE_FORGET_STORE_H
#define GYEOL_PEOPLE_FORGET_STORE_H

#include <jansson.h>

#include "people/trace_tables.h"

/* How the figures of reports are computed, as the last run did: SQL over order_lines. */
typedef struct gy_forget_figures {
  const char *counts, *orders; /* conditions on flags; NULL: there are no figures yet */
  const char *zone;            /* IANA name */
  int64_t as_of_us;
  int active_days;
} gy_forget_figures;

typedef struct gy_forget_request {
  const json_t *traces; /* forget_resolve.h */
  const json_t *texts;  /* [text...]: originals and names, for what stands within JSON */
  const char *receipt;
  int64_t people, at_us;
  gy_forget_figures figures;
  const char *vault; /* what the table store_vault is to say */
  int64_t vault_generation, vault_forgotten;
} gy_forget_request;

/* Gives rows by table that are theirs, {table: rows}; tables without any are not there. Needs forget_traces.
 */
GY_MUST_USE gy_status gy_forget_store_count(gy_engine *engine, const gy_trace_tables *tables, json_t **rows,
                                            gy_error *err);

/* Writes the store without them to `path`, which is not there yet or left by one that was killed. The
 * temporary table forget_rows (relation, id) names further rows that are theirs. Gives what was left out. */
GY_MUST_USE gy_status gy_forget_store_write(gy_engine *engine, const char *path,
                                            const gy_forget_request *request, const gy_task *task,
                                            json_t **removed, gy_error *err);

/* What a store that has been through this forgetting says: rows removed by table; NULL where it has not. */
GY_MUST_USE gy_status gy_forget_store_done(gy_engine *engine, const char *receipt, json_t **removed,
                                           gy_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is meant: from what a user named to everything that the store knows these people by.
 *
 *   names ─ customer ids and keys of rows ─ ids of the same person ─ keys that are theirs alone
 *
 * A key that somebody else has too (the phone of a household, a shared browser) leads to nobody alone: it is
 * not among the traces, and what it stands on is kept for the other one. */
#ifndef GYEOL_PEOPLE_FORGET_RESOLVE_H
#define GYEOL_PEOPLE_FORGET_RESOLVE_H

#include <jansson.h>

#include "people/trace_tables.h"

/* `given` is [{"n", "kind", "value"}...]: every form that the n-th name may have, as the store would hold it.
 * Gives `traces`, {kind: [value...]} with the kinds customer_id and key columns, and `found`, [{"n",
 * "people", "customers"}...] for names that something is held on, and how many `people` these are. Leaves the
 * temporary tables forget_traces and forget_found. */
GY_MUST_USE gy_status gy_forget_resolve(gy_engine *engine, const gy_trace_tables *tables, const json_t *given,
                                        json_t **traces, json_t **found, int64_t *people, gy_error *err);

/* Makes the temporary table forget_traces of such traces. */
GY_MUST_USE gy_status gy_forget_traces_load(gy_engine *engine, const json_t *traces, gy_error *err);

#endif

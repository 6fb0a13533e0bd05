/* SPDX-License-Identifier: Apache-2.0
 *
 * What an import does with identifiers of people. A direct identifier becomes its pseudonym, and its original
 * goes to the vault; identifiers in free text are masked; rows of people who were forgotten are passed over.
 *
 * Keys and vault are asked for when the first direct identifier is met, so that a source without any makes
 * none. Each thread has a worker with a cache of the values that it met last and a vault writer of its own,
 * so that a value which comes again costs a look-up, and a new one is normalised, hashed and copied once. */
#ifndef GYEOL_DATA_IMPORT_PRIVACY_H
#define GYEOL_DATA_IMPORT_PRIVACY_H

#include <gyeol/task.h>

#include "privacy/identifier.h"
#include "privacy/key_ring.h"
#include "privacy/pseudonym.h"
#include "privacy/tombstones.h"
#include "privacy/vault.h"

typedef struct gy_import_privacy {
  void *context;
  /* Lends the ring and the vault, made where there are none; called on any thread, again and again. */
  gy_status (*open)(void *context, gy_key_ring **ring, gy_vault **vault, gy_error *err);
  bool keeps_free_text;            /* identifiers in free text are counted, not masked */
  bool keeps_no_originals;         /* nothing is put into the vault: the table is thrown away */
  const gy_tombstones *tombstones; /* people who were forgotten; NULL: nobody was */
} gy_import_privacy;

typedef struct gy_pseudonymiser gy_pseudonymiser; /* of one import */
typedef struct gy_pseudonym_worker gy_pseudonym_worker;

/* `privacy` is lent; it opens nothing yet. `task` says how much memory originals may take until the commit.
 */
GY_MUST_USE gy_status gy_pseudonymiser_create(const gy_import_privacy *privacy, const gy_task *task,
                                              gy_pseudonymiser **made, gy_error *err);

/* A worker that nobody has, or a new one; any thread. It stays the pseudonymiser's: what it added to the
 * vault is committed or dropped with it. */
GY_MUST_USE gy_status gy_pseudonymiser_take(gy_pseudonymiser *p, gy_pseudonym_worker **worker, gy_error *err);
void gy_pseudonymiser_give_back(gy_pseudonymiser *p, gy_pseudonym_worker *worker); /* NULL is fine */

/* Puts the originals of all workers into the vault; before the store's commit. */
GY_MUST_USE gy_status gy_pseudonymiser_commit(gy_pseudonymiser *p, gy_error *err);
/* Forgets what workers hold: everything is read again. Nobody has a worker now. */
void gy_pseudonymiser_reset(gy_pseudonymiser *p);
void gy_pseudonymiser_destroy(gy_pseudonymiser *p); /* NULL is fine */

/* The ring, opened if it is not yet. */
GY_MUST_USE gy_status gy_pseudonymiser_ring(gy_pseudonymiser *p, gy_key_ring **ring, gy_error *err);

/* The pseudonym of a value of a direct `kind`; only for GY_NORMAL_VALUE is there one. */
GY_MUST_USE gy_status gy_pseudonym_worker_value(gy_pseudonym_worker *worker, gy_identifier kind,
                                                const char *text, size_t n, gy_normal *normal,
                                                gy_pseudonym *pseudonym, gy_error *err);

/* One value of a batch. */
typedef struct gy_identifier_cell {
  const char *text; /* trimmed, not empty */
  size_t length;
  gy_normal normal;       /* out */
  gy_pseudonym pseudonym; /* out, of GY_NORMAL_VALUE */
} gy_identifier_cell;

enum { GY_IDENTIFIER_BATCH = 64 };

/* The same of up to GY_IDENTIFIER_BATCH values of one kind: memory is asked for ahead, and pseudonyms are
 * made side by side. */
GY_MUST_USE gy_status gy_pseudonym_worker_values(gy_pseudonym_worker *worker, gy_identifier kind,
                                                 gy_identifier_cell *cells, size_t n, gy_error *err);

/* An id that is an e-mail address, a phone or a resident number as people write them: of it the same, so that
 * it is the same text in every source; `is_direct` is false for all other ids. */
GY_MUST_USE gy_status gy_pseudonym_worker_id(gy_pseudonym_worker *worker, const char *text, size_t n,
                                             bool *is_direct, gy_normal *normal, gy_pseudonym *pseudonym,
                                             gy_error *err);

/* Whether it is one of those. */
bool gy_id_is_direct(const char *text, size_t n);

enum { GY_OF_ORDER = GY_IDENTIFIER_COUNT }; /* a kind here alone: the id of an order that was one person's */

/* Whether a value of `kind` (GY_OF_ORDER too), or an id that is a direct identifier itself, is of somebody
 * who was forgotten. Puts nothing into the vault. */
GY_MUST_USE gy_status gy_pseudonym_worker_forgotten(gy_pseudonym_worker *worker, int kind, const char *text,
                                                    size_t n, bool *forgotten, gy_error *err);
bool gy_import_forgets(const gy_import_privacy *privacy); /* NULL is fine */

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The vault: originals of direct identifiers by their pseudonyms, encrypted, beside the store.
 *
 *   writers (one a thread) --spill--> sealed runs --commit--> a segment --manifest--> vault
 *
 * Segments are immutable, sorted by kind and pseudonym, and made of pages under XChaCha20-Poly1305; a key is
 * in at most one of them. The manifest lists them with a generation that only rises; replacing it is what
 * commits. A truncated, exchanged or older file is found and named. docs/internals/vault.md has the formats.
 *
 * Write the vault before the store: an original without a row is swept later, a row without its original
 * would be a loss. */
#ifndef GYEOL_PRIVACY_VAULT_H
#define GYEOL_PRIVACY_VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

#include "base/buffer.h"
#include "privacy/key_ring.h"
#include "privacy/pseudonym.h"

enum { GY_VAULT_TEXT_MOST = 8 << 10 }; /* bytes of an original */

typedef struct gy_vault gy_vault;
typedef struct gy_vault_writer gy_vault_writer;

typedef struct gy_vault_key {
  gy_identifier kind;
  gy_pseudonym pseudonym;
} gy_vault_key;

typedef struct gy_vault_record {
  gy_vault_key key;
  const char *text; /* not terminated; lent until the visit ends */
  size_t length;
} gy_vault_record;

typedef struct gy_vault_state {
  uint64_t records[GY_IDENTIFIER_COUNT];
  uint64_t n_records, n_segments, bytes;
  uint64_t generation; /* remember it elsewhere too: a vault with a lower one was put back */
  uint32_t key_number; /* rises with every rotation */
} gy_vault_state;

/* Opens the vault of a ring, which must outlive it; one that was never written to is empty. What a crash left
 * is read as it was committed, and swept by the next change. GY_ECORRUPT: a file is damaged, missing,
 * exchanged or older than the ring says. */
GY_MUST_USE gy_status gy_vault_open(gy_key_ring *ring, gy_vault **vault, gy_error *err);
void gy_vault_close(gy_vault *vault); /* NULL is fine */

gy_vault_state gy_vault_look(const gy_vault *vault);

/* ---- reading: what was committed when the vault was opened or last written to through this handle; from any
 * number of threads while nobody writes through it ---- */

/* Appends the original of a key. Some page reads of 32 KiB each, the logarithm of the vault's size. */
GY_MUST_USE gy_status gy_vault_get(const gy_vault *vault, const gy_vault_key *key, gy_buffer *text,
                                   bool *found, gy_error *err);

/* Visits the records of one kind (GY_IDENTIFIER_COUNT: of all) by kind and pseudonym; ends with the first
 * status of `visit` that is not GY_OK. */
typedef gy_status gy_vault_visit(void *context, const gy_vault_record *record, gy_error *err);
GY_MUST_USE gy_status gy_vault_scan(const gy_vault *vault, gy_identifier kind, gy_vault_visit *visit,
                                    void *context, gy_error *err);

/* Reads and authenticates every page. */
GY_MUST_USE gy_status gy_vault_check(const gy_vault *vault, gy_error *err);

/* ---- writing: several processes may; one waits for the other ---- */

/* Collects originals for a commit, of one thread. Beyond `budget_bytes` (0: 64 MiB) it spills to a sealed
 * file without a name. */
GY_MUST_USE gy_status gy_vault_writer_create(gy_vault *vault, size_t budget_bytes, gy_vault_writer **writer,
                                             gy_error *err);
/* A key that this writer holds already costs one look-up. GY_ELIMIT: longer than GY_VAULT_TEXT_MOST. */
GY_MUST_USE gy_status gy_vault_writer_add(gy_vault_writer *writer, gy_identifier kind,
                                          const gy_pseudonym *pseudonym, const char *text, size_t n,
                                          gy_error *err);
/* Tells that the key comes soon, so that memory is fetched meanwhile; changes nothing. */
void gy_vault_writer_expect(const gy_vault_writer *writer, gy_identifier kind, const gy_pseudonym *pseudonym);
/* Without a commit nothing is left. NULL is fine. */
void gy_vault_writer_destroy(gy_vault_writer *writer);

/* Adds what the writers hold and the vault does not: all of it or, on any failure, nothing. Of several texts
 * of one key the vault's stays, else the first in the order of bytes: threads change nothing. `added` may be
 * NULL. The writers are to be destroyed then. */
GY_MUST_USE gy_status gy_vault_writers_commit(gy_vault *vault, gy_vault_writer *const *writers,
                                              size_t n_writers, uint64_t *added, gy_error *err);

/* Removes keys (in any order; those that are not there are fine) with their originals: segments that hold one
 * are written anew and deleted. `removed` may be NULL. */
GY_MUST_USE gy_status gy_vault_remove(gy_vault *vault, const gy_vault_key *keys, size_t n_keys,
                                      uint64_t *removed, gy_error *err);

/* Seals everything under a fresh key, all or nothing; the old key is forgotten. */
GY_MUST_USE gy_status gy_vault_rotate(gy_vault *vault, gy_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Tombstones: who was forgotten, as pseudonyms only, so that another import of the same source does not bring
 * them back. STATE/vault/tombstones, sealed; the ring knows how often it was saved, so that an older one that
 * is put back, or a missing one, is found. */
#ifndef GYEOL_PRIVACY_TOMBSTONES_H
#define GYEOL_PRIVACY_TOMBSTONES_H

#include "privacy/key_ring.h"
#include "privacy/vault.h"

typedef struct gy_tombstones gy_tombstones;

/* Reads those of a ring, which must outlive them; none is no error. GY_ECORRUPT: damaged, older, or missing.
 */
GY_MUST_USE gy_status gy_tombstones_load(gy_key_ring *ring, gy_tombstones **tombstones, gy_error *err);
void gy_tombstones_destroy(gy_tombstones *tombstones); /* NULL is fine */

size_t gy_tombstones_count(const gy_tombstones *tombstones);

/* One look-up in a hash table; false at once for NULL and where there are none. From any number of threads.
 */
bool gy_tombstones_contains(const gy_tombstones *tombstones, const gy_vault_key *key);

/* What a text is known by here: the pseudonym of its normal form; of a customer id that is none (0, -1, too
 * long for one) that of the text itself, for where a source has such a customer it can be forgotten. False:
 * nobody is known by it. */
bool gy_tombstone_key(const gy_pseudonym_key *key, gy_identifier kind, const char *text, size_t n,
                      gy_vault_key *tombstone);

/* The same of an order that was theirs alone: lines, reviews and events may name their order and nobody. It
 * is kept among customer ids, before which stands what no id begins with. False: too long for one. */
bool gy_tombstone_order(const gy_pseudonym_key *key, const char *text, size_t n, gy_vault_key *tombstone);

/* Those that are there already are fine. Identifiers that are not direct have a pseudonym for this too. */
GY_MUST_USE gy_status gy_tombstones_add(gy_tombstones *tombstones, const gy_vault_key *keys, size_t n,
                                        gy_error *err);

/* Adds those of another project, or of another copy of this one, with the same pseudonym key. */
GY_MUST_USE gy_status gy_tombstones_merge(gy_tombstones *into, const gy_tombstones *from, gy_error *err);

/* Replaces the file, together with what others saved meanwhile. */
GY_MUST_USE gy_status gy_tombstones_save(gy_tombstones *tombstones, gy_error *err);

#endif

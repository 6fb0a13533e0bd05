/* SPDX-License-Identifier: Apache-2.0
 *
 * The key ring of a project: STATE/vault/ring holds its data keys, wrapped by one key that comes from outside
 * (key_source.h). So the outer key can be replaced without touching data, and data keys can be replaced
 * without anybody learning a new passphrase.
 *
 *   pseudonym key   never changes: pseudonyms must stay what they are
 *   audit key       never changes: chains the log
 *   vault key       seals segments and manifest of the vault; rotation replaces it
 *   seal keys       seal small texts and files; rotation adds one, older ones open older texts
 *
 * Being sealed itself and replaced as a whole, it also anchors what other files may not fall behind: the
 * generation of the vault, the end of the audit log, the tombstones.
 *
 * Keys lie in locked memory where the system allows it, fenced by guard pages, and are wiped on closing.
 * docs/internals/vault.md has the format. */
#ifndef GYEOL_PRIVACY_KEY_RING_H
#define GYEOL_PRIVACY_KEY_RING_H

#include <stdbool.h>
#include <stdint.h>

#include <gyeol/status.h>

#include "privacy/pseudonym.h"

enum { GY_VAULT_ID_BYTES = 16, GY_DATA_KEY_BYTES = 32, GY_SEAL_KEYS_MOST = 256 };

typedef struct gy_key_ring gy_key_ring;

/* Opens the ring below a project's state folder (ROOT/.gyeol). `source` is the setting privacy.key, NULL for
 * "file". `create`: a ring that is not there is made, with its key file where that is the source; otherwise
 * GY_ENOTFOUND. GY_ECONFIG: the key is missing, wrong, or not where the setting says; GY_ECORRUPT: the file
 * is damaged. Each in one sentence. */
GY_MUST_USE gy_status gy_key_ring_open(const char *state_dir, const char *source, bool create,
                                       gy_key_ring **ring, gy_error *err);
void gy_key_ring_close(gy_key_ring *ring); /* NULL is fine */

/* Is there a ring? Projects without direct identifiers have none. */
bool gy_key_ring_exists(const char *state_dir);

/* Lent until the ring is closed. */
const gy_pseudonym_key *gy_key_ring_pseudonyms(const gy_key_ring *ring);
const char *gy_key_ring_state_dir(const gy_key_ring *ring);
const char *gy_key_ring_folder(const gy_key_ring *ring); /* STATE/vault */
const char *gy_key_ring_source(const gy_key_ring *ring); /* "the key file /shop/.gyeol/vault.key" */

/* ---- for the rest of this room ---- */

const uint8_t *gy_key_ring_vault_id(const gy_key_ring *ring);
const uint8_t *gy_key_ring_audit_key(const gy_key_ring *ring);

/* Seal keys by their number; the newest is the last. NULL: there is none of this number. */
const uint8_t *gy_key_ring_seal_key(const gy_key_ring *ring, uint32_t number);
uint32_t gy_key_ring_newest_seal(const gy_key_ring *ring);

/* The vault's key by its number, or the one that a rotation in progress goes to; NULL for any other. */
const uint8_t *gy_key_ring_vault_key(const gy_key_ring *ring, uint32_t number);
uint32_t gy_key_ring_vault_number(const gy_key_ring *ring);
bool gy_key_ring_is_rotating(const gy_key_ring *ring);

/* Generation of the vault's manifest that was committed last, as far as the ring knows. */
uint64_t gy_key_ring_generation(const gy_key_ring *ring);

/* What else must not be put back unseen: the end of the audit log, and how often tombstones were saved. */
typedef struct gy_ring_anchor {
  uint64_t audit_lines, audit_bytes;
  uint8_t audit_hash[32]; /* of the last line; zeros before the first */
  uint64_t tombstones;
} gy_ring_anchor;

gy_ring_anchor gy_key_ring_anchor(const gy_key_ring *ring);

/* Writers of the ring hold the vault's lock (vault_lock.h) and have reloaded it. A rotation begins with a
 * next vault key (`number`), and ends with that of the committed manifest, old or next, as the only one. */
GY_MUST_USE gy_status gy_key_ring_reload(gy_key_ring *ring, gy_error *err);
GY_MUST_USE gy_status gy_key_ring_begin_rotation(gy_key_ring *ring, uint32_t *number, gy_error *err);
GY_MUST_USE gy_status gy_key_ring_settle(gy_key_ring *ring, uint32_t number, uint64_t generation,
                                         gy_error *err);
GY_MUST_USE gy_status gy_key_ring_set_anchor(gy_key_ring *ring, const gy_ring_anchor *anchor, gy_error *err);

#endif

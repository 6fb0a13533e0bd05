/* SPDX-License-Identifier: Apache-2.0
 *
 * Store and vault belong together: pseudonyms of the one are opened by the other, and people whom the vault
 * knows as forgotten are not in the store. So the store notes which vault it was written beside, in which
 * generation, and how many tombstones there were:
 *
 *   vault behind the note   an older vault was copied beside the store: originals would be missing, and the
 *                           forgotten come back
 *   tombstones beyond it    an older store was copied beside the vault: it still has people who were
 * forgotten
 *
 * A vault of a later generation alone is fine: it is written before the store, and rotated without it. */
#ifndef GYEOL_STUDY_STORE_VAULT_H
#define GYEOL_STUDY_STORE_VAULT_H

#include "privacy/key_ring.h"
#include "study/project_store.h"

typedef struct gy_store_vault {
  char vault[2 * GY_VAULT_ID_BYTES + 1]; /* its id in hexadecimal digits; "": the store knows of none */
  int64_t generation, forgotten;
} gy_store_vault;

/* What the vault of a ring is now. */
GY_MUST_USE gy_status gy_store_vault_of(gy_key_ring *ring, gy_store_vault *vault, gy_error *err);

/* GY_ECORRUPT with one sentence when the project's open store was not written beside its vault. Opens the
 * ring where the store notes one. Stores of an older gyeol note none and are fine. */
GY_MUST_USE gy_status gy_store_vault_check(gy_project *project, gy_error *err);

/* Notes the vault in the open store; nothing where the project has none. */
GY_MUST_USE gy_status gy_store_vault_note(gy_project *project, gy_error *err);

#endif

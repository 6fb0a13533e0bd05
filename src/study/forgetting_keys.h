/* SPDX-License-Identifier: Apache-2.0
 *
 * Forgetting where keys are needed: names as pseudonyms, tombstones, the vault, sealed records, the audit
 * log. */
#ifndef GYEOL_STUDY_FORGETTING_KEYS_H
#define GYEOL_STUDY_FORGETTING_KEYS_H

#include "privacy/key_ring.h"
#include "privacy/vault.h"
#include "study/forgetting.h"

/* Lent by the project. */
typedef struct gy_forgetting_keys {
  gy_key_ring *ring;
  gy_vault *vault;
} gy_forgetting_keys;

/* Opens the project's keys and vault; a project that had none gets keys, for tombstones need one. */
GY_MUST_USE gy_status gy_forgetting_keys_open(gy_project *project, gy_forgetting_keys *keys, gy_error *err);

/* Every form that the store may hold a name in: as a customer id, and as the pseudonym of each identifier
 * that it may be. Appends {"n", "kind", "value"} to `given`, and the name's references to `references`. */
GY_MUST_USE gy_status gy_forgetting_forms(const gy_forgetting_keys *keys, size_t n, const char *text,
                                          json_t *given, json_t *references, gy_error *err);

/* The pseudonym that tombstones know a text by; false where it is none of that kind. */
bool gy_forgetting_pseudonym(const gy_forgetting_keys *keys, gy_identifier kind, const char *text,
                             gy_pseudonym *pseudonym);

/* References of customer ids that were found, as receipts have them. */
GY_MUST_USE gy_status gy_forgetting_reference(const gy_forgetting_keys *keys, const char *kind,
                                              const char *value, json_t *references, gy_error *err);

/* Appends the originals of all pseudonyms among the traces to `texts`, and counts them by kind. */
GY_MUST_USE gy_status gy_forgetting_originals(const gy_forgetting_keys *keys, const json_t *traces,
                                              json_t *texts, json_t *counts, gy_error *err);

/* The steps of forgetting.h that need keys; each may be done again. */
GY_MUST_USE gy_status gy_forgetting_tombstones(gy_forgetting_keys *keys, const json_t *plan, gy_error *err);
GY_MUST_USE gy_status gy_forgetting_vault(gy_forgetting_keys *keys, const json_t *plan, gy_error *err);
/* Rejected records that are theirs, into forget_rows. */
GY_MUST_USE gy_status gy_forgetting_rejects(gy_engine *engine, const gy_forgetting_keys *keys,
                                            const json_t *plan, gy_error *err);
/* Appends to the audit log, once a receipt; gives number and chain of the line. */
GY_MUST_USE gy_status gy_forgetting_audit(gy_forgetting_keys *keys, const json_t *plan, json_t **entry,
                                          gy_error *err);

#endif

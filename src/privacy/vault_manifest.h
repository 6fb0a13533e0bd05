/* SPDX-License-Identifier: Apache-2.0
 *
 * The manifest: which segments are the vault, and in which generation. Replacing it commits.
 *
 *   "gyeolman" | version | number of the vault key | box of: generation, next id, segments (id, salt, pages,
 *   records by kind)
 *
 * What stands before the box, and the vault's id, are its place. */
#ifndef GYEOL_PRIVACY_VAULT_MANIFEST_H
#define GYEOL_PRIVACY_VAULT_MANIFEST_H

#include "privacy/vault_segment.h"

enum { GY_MANIFEST_SEGMENTS_MOST = 4096, GY_MANIFEST_MOST = 4 << 20 };

typedef struct gy_vault_manifest {
  uint32_t key_number;
  uint64_t generation, next_id;
  gy_segment *segments; /* not open */
  size_t n_segments;
} gy_vault_manifest;

void gy_vault_manifest_clear(gy_vault_manifest *manifest);

/* Reads STATE/vault/manifest; an absent one is a manifest of generation 0. */
GY_MUST_USE gy_status gy_vault_manifest_load(const gy_key_ring *ring, gy_vault_manifest *manifest,
                                             gy_error *err);
/* Replaces it, sealed by the key that it names. */
GY_MUST_USE gy_status gy_vault_manifest_save(const gy_key_ring *ring, const gy_vault_manifest *manifest,
                                             gy_error *err);

/* What is in the box; false when it does not follow its format. Clear it in either case. */
bool gy_vault_manifest_parse(const void *bytes, size_t n, gy_vault_manifest *manifest);
void gy_vault_manifest_emit(const gy_vault_manifest *manifest, gy_buffer *out);

#endif

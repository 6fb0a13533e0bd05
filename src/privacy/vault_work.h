/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the vault share. */
#ifndef GYEOL_PRIVACY_VAULT_WORK_H
#define GYEOL_PRIVACY_VAULT_WORK_H

#include "privacy/vault_manifest.h"

struct gy_vault {
  gy_key_ring *ring;
  gy_vault_manifest manifest; /* its segments are open */
  uint8_t *key;               /* locked memory: a copy that outlives a rotation elsewhere */
};

/* Reads manifest and segments anew, under the lock (either kind). */
GY_MUST_USE gy_status gy_vault_load(gy_vault *vault, gy_error *err);

/* "STATE/vault/00000007.seg", given; NULL when memory is spent. */
char *gy_vault_segment_path(const gy_key_ring *ring, uint64_t id);

/* What a writer spilled, as sorted runs. */
const gy_segment *gy_vault_writer_runs(const gy_vault_writer *writer, size_t *n_runs);

/* Sorts what it still has in memory; nothing is added then. */
GY_MUST_USE gy_status gy_vault_writer_sort(gy_vault_writer *writer, gy_error *err);
/* The record at `at` of these, or behind it where its key was there already; false at the end. Moves `at`
 * behind it. */
bool gy_vault_writer_record(const gy_vault_writer *writer, size_t *at, gy_vault_record *record);
uint64_t gy_vault_writer_pages(const gy_vault_writer *writer); /* that these take up, about; 0: none */

/* ---- merging ---- */

/* The records of several segments and writers in order; of equal keys that of the lowest rank, then the text
 * that is first by its bytes. */
typedef struct gy_vault_merge {
  gy_segment_cursor *cursors;
  size_t n_cursors;
  int *ranks;                   /* of cursors */
  const gy_vault_writer **held; /* of cursors: whose memory is walked; NULL: pages are read */
  size_t *held_at;
  size_t *heap; /* cursors that have not ended, the least first */
  size_t n_heap;
} gy_vault_merge;

/* Room for `n_most` segments and writers. Clear it in either case. */
GY_MUST_USE gy_status gy_vault_merge_init(gy_vault_merge *merge, size_t n_most, gy_error *err);
GY_MUST_USE gy_status gy_vault_merge_add(gy_vault_merge *merge, const gy_segment *segment, int rank,
                                         gy_error *err);
/* What a sorted writer has in memory. */
void gy_vault_merge_add_held(gy_vault_merge *merge, const gy_vault_writer *writer, int rank);
/* The least record, NULL at the end; valid until the next call of any of these. */
const gy_vault_record *gy_vault_merge_peek(const gy_vault_merge *merge);
/* Past all records with the key of the least one. */
GY_MUST_USE gy_status gy_vault_merge_next(gy_vault_merge *merge, gy_error *err);
/* On to the first record at or after a key. */
GY_MUST_USE gy_status gy_vault_merge_seek(gy_vault_merge *merge, const gy_vault_key *key, gy_error *err);
void gy_vault_merge_clear(gy_vault_merge *merge);

#endif

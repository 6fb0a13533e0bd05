/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening a vault and reading it. */
#include "privacy/vault.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "privacy/vault_lock.h"
#include "privacy/vault_work.h"

char *gy_vault_segment_path(const gy_key_ring *ring, uint64_t id) {
  char *path = NULL;
  return asprintf(&path, "%s/%08" PRIu64 ".seg", gy_key_ring_folder(ring), id) < 0 ? NULL : path;
}

static gy_status open_segment(const gy_vault *vault, gy_segment *segment, gy_error *err) {
  segment->seal.key = vault->key;
  memcpy(segment->seal.vault_id, gy_key_ring_vault_id(vault->ring), GY_VAULT_ID_BYTES);
  segment->path = gy_vault_segment_path(vault->ring, segment->seal.id);
  if (segment->path == NULL) return gy_fail(err, GY_ENOMEM, "no memory to open the vault");
  segment->fd = open(segment->path, O_RDONLY | O_CLOEXEC);
  struct stat info;
  if (segment->fd < 0 || fstat(segment->fd, &info) != 0) {
    gy_fail_errno(err, "read the vault file", segment->path);
    return gy_fail(err, GY_ECORRUPT,
                   "the vault file %s is missing; put it back from a backup (gyeol restore)", segment->path);
  }
  if ((uint64_t)info.st_size == segment->n_pages * GY_SEGMENT_STRIDE) return GY_OK;
  return gy_fail(
      err, GY_ECORRUPT,
      "the vault file %s has %lld bytes and should have %llu: it was cut off, added to or exchanged; "
      "put it back from a backup (gyeol restore)",
      segment->path, (long long)info.st_size, (unsigned long long)(segment->n_pages * GY_SEGMENT_STRIDE));
}

gy_status gy_vault_load(gy_vault *vault, gy_error *err) {
  gy_vault_manifest fresh;
  gy_status status = gy_key_ring_reload(vault->ring, err);
  if (status == GY_OK) status = gy_vault_manifest_load(vault->ring, &fresh, err);
  if (status != GY_OK) return status;
  uint8_t *key = sodium_malloc(GY_DATA_KEY_BYTES), *kept = vault->key;
  if (key == NULL) status = gy_fail(err, GY_ENOMEM, "no locked memory for the vault's key");
  if (status == GY_OK) {
    memcpy(key, gy_key_ring_vault_key(vault->ring, fresh.key_number), GY_DATA_KEY_BYTES);
    vault->key = key;
  }
  for (size_t i = 0; i < fresh.n_segments && status == GY_OK; i++)
    status = open_segment(vault, &fresh.segments[i], err);
  if (status == GY_OK) {
    gy_vault_manifest_clear(&vault->manifest);
    vault->manifest = fresh;
    sodium_free(kept);
  } else {
    gy_vault_manifest_clear(&fresh);
    vault->key = kept;
    sodium_free(key);
  }
  return status;
}

gy_status gy_vault_open(gy_key_ring *ring, gy_vault **vault, gy_error *err) {
  int lock = -1;
  gy_vault *made = calloc(1, sizeof *made);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory to open the vault");
  made->ring = ring;
  gy_status status = gy_vault_lock_take(gy_key_ring_folder(ring), GY_VAULT_READS, &lock, err);
  if (status == GY_OK) status = gy_vault_load(made, err);
  gy_vault_lock_release(lock);
  if (status == GY_OK)
    *vault = made;
  else
    gy_vault_close(made);
  return status;
}

void gy_vault_close(gy_vault *vault) {
  if (vault == NULL) return;
  gy_vault_manifest_clear(&vault->manifest);
  sodium_free(vault->key);
  free(vault);
}

gy_vault_state gy_vault_look(const gy_vault *vault) {
  gy_vault_state state = {.generation = vault->manifest.generation,
                          .n_segments = vault->manifest.n_segments,
                          .key_number = vault->manifest.key_number};
  for (size_t i = 0; i < vault->manifest.n_segments; i++) {
    const gy_segment *segment = &vault->manifest.segments[i];
    for (int kind = 0; kind < GY_IDENTIFIER_COUNT; kind++) state.records[kind] += segment->records[kind];
    state.n_records += gy_segment_n_records(segment);
    state.bytes += segment->n_pages * GY_SEGMENT_STRIDE;
  }
  return state;
}

gy_status gy_vault_get(const gy_vault *vault, const gy_vault_key *key, gy_buffer *text, bool *found,
                       gy_error *err) {
  gy_status status = GY_OK;
  bool is_found = false;
  for (size_t i = 0; i < vault->manifest.n_segments && status == GY_OK && !is_found; i++) {
    gy_segment_cursor cursor;
    status = gy_segment_cursor_init(&cursor, &vault->manifest.segments[i], err);
    if (status == GY_OK) status = gy_segment_cursor_seek(&cursor, key, err);
    is_found = status == GY_OK && !cursor.ended && gy_vault_key_compare(&cursor.record.key, key) == 0;
    if (is_found && !gy_buffer_append(text, cursor.record.text, cursor.record.length))
      status = gy_fail(err, GY_ENOMEM, "no memory for what the vault holds");
    gy_segment_cursor_clear(&cursor);
  }
  if (status == GY_OK) *found = is_found;
  return status;
}

gy_status gy_vault_scan(const gy_vault *vault, gy_identifier kind, gy_vault_visit *visit, void *context,
                        gy_error *err) {
  gy_vault_merge merge;
  const gy_vault_key first = {.kind = kind};
  bool is_all = kind == GY_IDENTIFIER_COUNT;
  gy_status status = gy_vault_merge_init(&merge, vault->manifest.n_segments, err);
  for (size_t i = 0; i < vault->manifest.n_segments && status == GY_OK; i++)
    status = gy_vault_merge_add(&merge, &vault->manifest.segments[i], 0, err);
  if (status == GY_OK && !is_all) status = gy_vault_merge_seek(&merge, &first, err);
  const gy_vault_record *record;
  while (status == GY_OK && (record = gy_vault_merge_peek(&merge)) != NULL &&
         (is_all || record->key.kind == kind)) {
    status = visit(context, record, err);
    if (status == GY_OK) status = gy_vault_merge_next(&merge, err);
  }
  gy_vault_merge_clear(&merge);
  return status;
}

static gy_status count_record(void *context, const gy_vault_record *record, gy_error *err) {
  (void)err;
  ((uint64_t *)context)[record->key.kind]++;
  return GY_OK;
}

gy_status gy_vault_check(const gy_vault *vault, gy_error *err) {
  uint64_t seen[GY_IDENTIFIER_COUNT] = {0};
  gy_vault_state state = gy_vault_look(vault);
  gy_status status = gy_vault_scan(vault, GY_IDENTIFIER_COUNT, count_record, seen, err);
  if (status == GY_OK && memcmp(seen, state.records, sizeof seen) != 0)
    status = gy_fail(err, GY_ECORRUPT, "the vault %s holds other numbers of records than its manifest says",
                     gy_key_ring_folder(vault->ring));
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "privacy/vault_manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "privacy/box.h"
#include "privacy/pack.h"

enum { MANIFEST_VERSION = 1, HEAD_BYTES = 8 + 4 + 4 };

static const char MAGIC[8] = "gyeolman";

void gy_vault_manifest_clear(gy_vault_manifest *manifest) {
  for (size_t i = 0; i < manifest->n_segments; i++) gy_segment_close(&manifest->segments[i]);
  free(manifest->segments);
  *manifest = (gy_vault_manifest){0};
}

/* ---- what is in the box ---- */

void gy_vault_manifest_emit(const gy_vault_manifest *manifest, gy_buffer *out) {
  gy_pack_u64(out, manifest->generation);
  gy_pack_u64(out, manifest->next_id);
  gy_pack_u8(out, GY_IDENTIFIER_COUNT);
  gy_pack_u32(out, (uint32_t)manifest->n_segments);
  for (size_t i = 0; i < manifest->n_segments; i++) {
    const gy_segment *segment = &manifest->segments[i];
    gy_pack_u64(out, segment->seal.id);
    gy_buffer_append(out, segment->seal.salt, sizeof segment->seal.salt);
    gy_pack_u64(out, segment->n_pages);
    for (int kind = 0; kind < GY_IDENTIFIER_COUNT; kind++) gy_pack_u64(out, segment->records[kind]);
  }
}

static void parse_segment(gy_unpack *from, size_t n_kinds, gy_segment *segment) {
  *segment = (gy_segment){.fd = -1};
  segment->seal.id = gy_unpack_u64(from);
  gy_unpack_copy(from, segment->seal.salt, sizeof segment->seal.salt);
  segment->n_pages = gy_unpack_u64(from);
  for (size_t kind = 0; kind < n_kinds; kind++) segment->records[kind] = gy_unpack_u64(from);
}

/* Ids rise, so that none is there twice; sizes are such that a file could have them. */
static bool is_sound(const gy_vault_manifest *manifest) {
  uint64_t last = 0;
  for (size_t i = 0; i < manifest->n_segments; i++) {
    const gy_segment *segment = &manifest->segments[i];
    bool fits = segment->seal.id > last && segment->seal.id < manifest->next_id && segment->n_pages > 0 &&
                segment->n_pages < (uint64_t)INT64_MAX / GY_SEGMENT_STRIDE;
    if (!fits) return false;
    last = segment->seal.id;
  }
  return true;
}

bool gy_vault_manifest_parse(const void *bytes, size_t n, gy_vault_manifest *manifest) {
  gy_unpack from = {.at = bytes, .left = n};
  *manifest = (gy_vault_manifest){.generation = gy_unpack_u64(&from), .next_id = gy_unpack_u64(&from)};
  size_t n_kinds = gy_unpack_u8(&from), n_segments = gy_unpack_u32(&from);
  if (from.failed || n_kinds > GY_IDENTIFIER_COUNT || n_segments > GY_MANIFEST_SEGMENTS_MOST) return false;
  manifest->segments = calloc(n_segments + 1, sizeof *manifest->segments);
  if (manifest->segments == NULL) return false;
  for (; manifest->n_segments < n_segments; manifest->n_segments++)
    parse_segment(&from, n_kinds, &manifest->segments[manifest->n_segments]);
  return gy_unpack_ended(&from) && is_sound(manifest);
}

/* ---- the file ---- */

static void pack_head(uint32_t key_number, gy_buffer *out) {
  gy_buffer_append(out, MAGIC, sizeof MAGIC);
  gy_pack_u32(out, MANIFEST_VERSION);
  gy_pack_u32(out, key_number);
}

static gy_status damaged(const char *path, gy_error *err) {
  return gy_fail(
      err, GY_ECORRUPT,
      "the vault's manifest %s is damaged or was exchanged; put it back from a backup (gyeol restore)", path);
}

static gy_status out_of_memory(gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory for the vault's manifest");
}

/* Opens the box of a manifest's file. */
static gy_status open_box(const gy_key_ring *ring, const char *path, const gy_buffer *file, uint32_t *number,
                          gy_buffer *plain, gy_error *err) {
  gy_unpack from = {.at = (const uint8_t *)file->data, .left = file->length};
  const uint8_t *magic = gy_unpack_bytes(&from, sizeof MAGIC);
  uint32_t version = gy_unpack_u32(&from);
  *number = gy_unpack_u32(&from);
  const uint8_t *key = gy_key_ring_vault_key(ring, *number);
  if (from.failed || memcmp(magic, MAGIC, sizeof MAGIC) != 0) return damaged(path, err);
  if (version > MANIFEST_VERSION)
    return gy_fail(err, GY_ECORRUPT, "the vault's manifest %s is of a newer gyeol (version %u); update gyeol",
                   path, version);
  if (version != MANIFEST_VERSION || key == NULL) return damaged(path, err);
  uint8_t place[HEAD_BYTES + GY_VAULT_ID_BYTES];
  memcpy(place, file->data, HEAD_BYTES);
  memcpy(place + HEAD_BYTES, gy_key_ring_vault_id(ring), GY_VAULT_ID_BYTES);
  if (gy_box_open(key, place, sizeof place, from.at, from.left, plain)) return GY_OK;
  return plain->failed ? out_of_memory(err) : damaged(path, err);
}

static gy_status read_manifest(const gy_key_ring *ring, const char *path, gy_vault_manifest *manifest,
                               gy_error *err) {
  gy_buffer file, plain;
  gy_buffer_init(&file, GY_MANIFEST_MOST);
  gy_buffer_init(&plain, GY_MANIFEST_MOST);
  uint32_t number = 0;
  gy_status status = gy_file_read(path, &file, err);
  if (status == GY_ELIMIT) status = damaged(path, err);
  if (status == GY_OK) status = open_box(ring, path, &file, &number, &plain, err);
  if (status == GY_OK && !gy_vault_manifest_parse(plain.data, plain.length, manifest))
    status = manifest->segments == NULL ? out_of_memory(err) : damaged(path, err);
  manifest->key_number = number;
  if (status != GY_OK) gy_vault_manifest_clear(manifest);
  gy_buffer_clear(&file);
  gy_buffer_clear(&plain);
  return status;
}

gy_status gy_vault_manifest_load(const gy_key_ring *ring, gy_vault_manifest *manifest, gy_error *err) {
  *manifest = (gy_vault_manifest){.key_number = gy_key_ring_vault_number(ring), .next_id = 1};
  char *path = gy_path_join(gy_key_ring_folder(ring), "manifest");
  if (path == NULL) return out_of_memory(err);
  uint64_t known = gy_key_ring_generation(ring);
  gy_status status = GY_OK;
  if (gy_path_exists(path)) status = read_manifest(ring, path, manifest, err);
  /* The ring is told after the manifest is in place: one ahead is a crash in between, anything else is not.
   */
  if (status == GY_OK && (manifest->generation < known || manifest->generation > known + 1)) {
    bool is_gone = manifest->generation == 0;
    gy_fail(err, GY_ECORRUPT,
            is_gone
                ? "the vault's manifest %s is missing; put it back from a backup (gyeol restore)"
                : "the vault's manifest %s and its key ring are of different times: one was exchanged for "
                  "an older one; put both back from one backup (gyeol restore)",
            path);
    status = GY_ECORRUPT;
    gy_vault_manifest_clear(manifest);
  }
  free(path);
  return status;
}

gy_status gy_vault_manifest_save(const gy_key_ring *ring, const gy_vault_manifest *manifest, gy_error *err) {
  gy_buffer file, plain, place;
  gy_buffer_init(&file, GY_MANIFEST_MOST);
  gy_buffer_init(&plain, GY_MANIFEST_MOST);
  gy_buffer_init(&place, GY_MANIFEST_MOST);
  pack_head(manifest->key_number, &file);
  gy_vault_manifest_emit(manifest, &plain);
  pack_head(manifest->key_number, &place);
  gy_buffer_append(&place, gy_key_ring_vault_id(ring), GY_VAULT_ID_BYTES);
  char *path = gy_path_join(gy_key_ring_folder(ring), "manifest");
  bool fits = path != NULL && !plain.failed && !place.failed &&
              gy_box_seal(gy_key_ring_vault_key(ring, manifest->key_number), place.data, place.length,
                          plain.data, plain.length, &file);
  gy_status status = fits ? gy_file_replace_private(path, file.data, file.length, err) : out_of_memory(err);
  free(path);
  gy_buffer_clear(&file);
  gy_buffer_clear(&plain);
  gy_buffer_clear(&place);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of the vault: any bytes as they are, and any bytes sealed under the right key, so that what lies
 * behind authentication is reached too: ring, manifest, pages of segments, tombstones. A page walked and a
 * page sought in hold the same. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "fuzz_file.h"
#include "privacy/box.h"
#include "privacy/pack.h"
#include "privacy/seal.h"
#include "privacy/tombstones.h"
#include "privacy/vault_manifest.h"

static const char STATE[] = "/dev/shm/gyeol-fuzz-vault";
static const uint8_t OUTER[32];
static gy_key_ring *ring;

static const char *in_vault(const char *name) {
  static char path[256];
  snprintf(path, sizeof path, "%s/vault/%s", STATE, name);
  return path;
}

static gy_key_ring *open_ring(const char *state_dir, bool create, gy_error *err) {
  gy_key_ring *opened = NULL;
  return gy_key_ring_open(state_dir, "env:GYEOL_FUZZ_KEY", create, &opened, err) == GY_OK ? opened : NULL;
}

static void prepare(void) {
  if (ring != NULL) return;
  must(setenv("GYEOL_FUZZ_KEY", "0000000000000000000000000000000000000000000000000000000000000000", 1) == 0);
  must(gy_dir_remove(STATE, NULL) == GY_OK && gy_dir_create(STATE, NULL) == GY_OK);
  ring = open_ring(STATE, true, NULL);
  must(ring != NULL);
}

static void put(const char *path, const void *bytes, size_t length) {
  FILE *file = fopen(path, "wb");
  must(file != NULL && fwrite(bytes, 1, length, file) == length);
  fclose(file);
}

/* ---- the ring ---- */

static void try_ring(const uint8_t *data, size_t size, bool sealed) {
  static char state[] = "/dev/shm/gyeol-fuzz-ring/vault";
  gy_buffer file;
  gy_buffer_init(&file, 1 << 20);
  must(gy_dir_create(state, NULL) == GY_OK && gy_buffer_reserve(&file, size + 1024));
  if (sealed) {
    static const uint8_t ID[16] = {1};
    uint8_t check[16], cost[32] = {0};
    crypto_generichash(check, sizeof check, ID, sizeof ID, OUTER, sizeof OUTER);
    gy_buffer_append(&file, "gyeolrng", 8);
    gy_pack_u32(&file, 1);
    gy_buffer_append(&file, ID, sizeof ID);
    gy_pack_u8(&file, 0);
    gy_buffer_append(&file, cost, sizeof cost);
    gy_buffer_append(&file, check, 8);
    must(gy_box_seal(OUTER, file.data, file.length, data, size, &file));
  } else {
    gy_buffer_append(&file, data, size);
  }
  put("/dev/shm/gyeol-fuzz-ring/vault/ring", file.data, file.length);
  gy_buffer_clear(&file);
  gy_error err = {0};
  gy_key_ring *opened = open_ring("/dev/shm/gyeol-fuzz-ring", false, &err);
  must((opened != NULL) == (err.text[0] == '\0'));
  if (opened != NULL) must(gy_key_ring_seal_key(opened, gy_key_ring_newest_seal(opened)) != NULL);
  gy_key_ring_close(opened);
}

/* ---- the manifest ---- */

static void try_manifest(const uint8_t *data, size_t size, bool sealed) {
  gy_vault_manifest manifest;
  gy_buffer again, file;
  gy_buffer_init(&again, 1 << 20);
  gy_buffer_init(&file, 1 << 20);
  if (gy_vault_manifest_parse(data, size, &manifest)) {
    gy_vault_manifest reread;
    gy_vault_manifest_emit(&manifest, &again);
    must(gy_vault_manifest_parse(again.data, again.length, &reread));
    must(reread.generation == manifest.generation && reread.n_segments == manifest.n_segments);
    gy_vault_manifest_clear(&reread);
  }
  gy_vault_manifest_clear(&manifest);
  uint8_t place[16 + GY_VAULT_ID_BYTES] = "gyeolman\1\0\0\0\1\0\0";
  memcpy(place + 16, gy_key_ring_vault_id(ring), GY_VAULT_ID_BYTES);
  must(gy_buffer_append(&file, place, sealed ? 16 : 0));
  if (sealed)
    must(gy_box_seal(gy_key_ring_vault_key(ring, 1), place, sizeof place, data, size, &file));
  else
    must(gy_buffer_append(&file, data, size));
  put(in_vault("manifest"), file.data, file.length);
  gy_vault *vault = NULL;
  gy_error err = {0};
  gy_status status = gy_vault_open(ring, &vault, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  if (status == GY_OK) must(gy_vault_check(vault, NULL) == GY_OK || gy_vault_look(vault).n_records > 0);
  gy_vault_close(vault);
  unlink(in_vault("manifest"));
  gy_buffer_clear(&again);
  gy_buffer_clear(&file);
}

/* ---- pages ---- */

static void seal_page(uint8_t *page, const gy_segment *segment, uint64_t at) {
  uint8_t nonce[24], place[32];
  memcpy(nonce, segment->seal.salt, 16);
  gy_store_u64(nonce + 16, at);
  memcpy(place, segment->seal.vault_id, 16);
  gy_store_u64(place + 16, segment->seal.id);
  gy_store_u64(place + 24, at);
  crypto_aead_xchacha20poly1305_ietf_encrypt(page, NULL, page, GY_SEGMENT_PAGE_BYTES, place, sizeof place,
                                             NULL, nonce, segment->seal.key);
}

/* Each half of the bytes is a page. */
static void try_pages(const uint8_t *data, size_t size) {
  static uint8_t pages[2][GY_SEGMENT_STRIDE];
  gy_segment segment = {.seal = {.key = OUTER, .id = 3}, .fd = memfd_create("segment", 0), .n_pages = 2};
  must(segment.fd >= 0);
  for (int p = 0; p < 2; p++) {
    size_t n = p == 0 ? size / 2 : size - size / 2;
    memset(pages[p], 0, sizeof pages[p]);
    memcpy(pages[p], data + (p == 0 ? 0 : size / 2), n < GY_SEGMENT_PAGE_BYTES ? n : GY_SEGMENT_PAGE_BYTES);
    seal_page(pages[p], &segment, (uint64_t)p);
  }
  must(write(segment.fd, pages, sizeof pages) == (ssize_t)sizeof pages);
  gy_segment_cursor walk, seek;
  gy_status status = gy_segment_cursor_init(&walk, &segment, NULL);
  while (status == GY_OK && !walk.ended) {
    must(walk.record.length <= GY_VAULT_TEXT_MOST && walk.record.key.kind < GY_IDENTIFIER_COUNT);
    must(gy_segment_cursor_init(&seek, &segment, NULL) == GY_OK);
    if (gy_segment_cursor_seek(&seek, &walk.record.key, NULL) == GY_OK)
      must(!seek.ended && gy_vault_key_compare(&seek.record.key, &walk.record.key) == 0);
    gy_segment_cursor_clear(&seek);
    status = gy_segment_cursor_next(&walk, NULL);
  }
  gy_segment_cursor_clear(&walk);
  gy_segment_close(&segment);
}

/* ---- sealed things ---- */

static void try_tombstones(const uint8_t *data, size_t size, bool sealed) {
  gy_buffer file;
  gy_buffer_init(&file, 1 << 20);
  if (sealed)
    must(gy_seal_bytes(ring, "tombstones", data, size, &file, NULL) == GY_OK);
  else
    must(gy_buffer_append(&file, data, size));
  put(in_vault("tombstones"), file.data, file.length);
  gy_tombstones *tombstones = NULL;
  gy_error err = {0};
  gy_status status = gy_tombstones_load(ring, &tombstones, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  gy_tombstones_destroy(tombstones);
  unlink(in_vault("tombstones"));
  gy_buffer_clear(&file);
}

static void try_text(const uint8_t *data, size_t size) {
  gy_buffer sealed, opened;
  gy_buffer_init(&sealed, 1 << 20);
  gy_buffer_init(&opened, 1 << 20);
  must(gy_unseal_text(ring, (const char *)data, size, &opened, NULL) != GY_OK);
  must(gy_seal_text(ring, (const char *)data, size, &sealed, NULL) == GY_OK);
  must(gy_unseal_text(ring, sealed.data, sealed.length, &opened, NULL) == GY_OK);
  must(opened.length == size && (size == 0 || memcmp(opened.data, data, size) == 0));
  gy_buffer_clear(&sealed);
  gy_buffer_clear(&opened);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1) return 0;
  prepare();
  bool sealed = data[0] & 128;
  switch (data[0] % 8) {
    case 0:
      try_ring(data + 1, size - 1, sealed);
      break;
    case 1:
      try_manifest(data + 1, size - 1, sealed);
      break;
    case 2:
      try_tombstones(data + 1, size - 1, sealed);
      break;
    case 3:
      try_text(data + 1, size - 1);
      break;
    default:
      try_pages(data + 1, size - 1);
  }
  return 0;
}

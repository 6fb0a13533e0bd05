/* SPDX-License-Identifier: Apache-2.0
 *
 * The ring's file, all numbers little-endian:
 *
 *   "gyeolrng" | version | vault id | kind of outer key | Argon2id salt, operations, memory | check | box
 *
 * The check is a keyed hash that tells a wrong key from a damaged file; everything before the box is its
 * place. */
#include "privacy/key_ring.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "privacy/box.h"
#include "privacy/key_source.h"
#include "privacy/pack.h"
#include "privacy/vault_lock.h"

enum { RING_VERSION = 1, RING_MOST = 64 << 10, CHECK_BYTES = 8, DESCRIPTION_BYTES = 512 };

static const char MAGIC[8] = "gyeolrng";

typedef struct {
  uint8_t outer[GY_KEY_BYTES];
  uint8_t pseudonym_root[GY_PSEUDONYM_KEY_BYTES];
  gy_pseudonym_key pseudonyms;
  uint8_t audit[GY_DATA_KEY_BYTES];
  uint64_t generation;
  gy_ring_anchor anchor;
  uint32_t vault_number; /* of `vault`; `next`, if any, has the number after it */
  uint8_t is_rotating;
  uint8_t vault[GY_DATA_KEY_BYTES], next[GY_DATA_KEY_BYTES];
  uint32_t n_seals;
  uint8_t seals[GY_SEAL_KEYS_MOST][GY_DATA_KEY_BYTES];
} ring_keys;

struct gy_key_ring {
  char *state_dir, *folder, *path;
  gy_key_source source;
  gy_passphrase_cost cost;
  uint8_t vault_id[GY_VAULT_ID_BYTES];
  ring_keys *keys; /* locked memory */
  char description[DESCRIPTION_BYTES];
};

/* ---- the file ---- */

static void pack_head(const gy_key_ring *ring, gy_buffer *out) {
  gy_buffer_append(out, MAGIC, sizeof MAGIC);
  gy_pack_u32(out, RING_VERSION);
  gy_buffer_append(out, ring->vault_id, sizeof ring->vault_id);
  gy_pack_u8(out, ring->source.kind == GY_KEY_PASSPHRASE);
  gy_buffer_append(out, ring->cost.salt, sizeof ring->cost.salt);
  gy_pack_u64(out, ring->cost.operations);
  gy_pack_u64(out, ring->cost.memory_bytes);
  uint8_t check[crypto_generichash_BYTES_MIN];
  crypto_generichash(check, sizeof check, ring->vault_id, sizeof ring->vault_id, ring->keys->outer,
                     GY_KEY_BYTES);
  gy_buffer_append(out, check, CHECK_BYTES);
}

static void pack_keys(const ring_keys *keys, gy_buffer *out) {
  gy_buffer_append(out, keys->pseudonym_root, sizeof keys->pseudonym_root);
  gy_buffer_append(out, keys->audit, sizeof keys->audit);
  gy_pack_u64(out, keys->generation);
  gy_pack_u64(out, keys->anchor.audit_lines);
  gy_pack_u64(out, keys->anchor.audit_bytes);
  gy_buffer_append(out, keys->anchor.audit_hash, sizeof keys->anchor.audit_hash);
  gy_pack_u64(out, keys->anchor.tombstones);
  gy_pack_u32(out, keys->vault_number);
  gy_pack_u8(out, keys->is_rotating);
  gy_buffer_append(out, keys->vault, sizeof keys->vault);
  gy_buffer_append(out, keys->next, sizeof keys->next);
  gy_pack_u32(out, keys->n_seals);
  gy_buffer_append(out, keys->seals, keys->n_seals * sizeof keys->seals[0]);
}

static bool unpack_keys(gy_unpack *from, ring_keys *keys) {
  gy_unpack_copy(from, keys->pseudonym_root, sizeof keys->pseudonym_root);
  gy_unpack_copy(from, keys->audit, sizeof keys->audit);
  keys->generation = gy_unpack_u64(from);
  keys->anchor.audit_lines = gy_unpack_u64(from);
  keys->anchor.audit_bytes = gy_unpack_u64(from);
  gy_unpack_copy(from, keys->anchor.audit_hash, sizeof keys->anchor.audit_hash);
  keys->anchor.tombstones = gy_unpack_u64(from);
  keys->vault_number = gy_unpack_u32(from);
  keys->is_rotating = gy_unpack_u8(from);
  gy_unpack_copy(from, keys->vault, sizeof keys->vault);
  gy_unpack_copy(from, keys->next, sizeof keys->next);
  keys->n_seals = gy_unpack_u32(from);
  if (keys->n_seals < 1 || keys->n_seals > GY_SEAL_KEYS_MOST || keys->is_rotating > 1) return false;
  gy_unpack_copy(from, keys->seals, keys->n_seals * sizeof keys->seals[0]);
  gy_pseudonym_key_derive(keys->pseudonym_root, &keys->pseudonyms);
  return gy_unpack_ended(from);
}

static gy_status save(const gy_key_ring *ring, gy_error *err) {
  gy_buffer file, plain;
  gy_buffer_init(&file, RING_MOST);
  gy_buffer_init(&plain, RING_MOST);
  /* Room for all at once: no copy is left behind by growing, and the place of the box stays where it is. */
  bool fits =
      gy_buffer_reserve(&plain, sizeof *ring->keys) && gy_buffer_reserve(&file, 2 * sizeof *ring->keys);
  pack_head(ring, &file);
  pack_keys(ring->keys, &plain);
  fits = fits && !plain.failed && !file.failed &&
         gy_box_seal(ring->keys->outer, file.data, file.length, plain.data, plain.length, &file);
  gy_status status = fits ? gy_file_replace_private(ring->path, file.data, file.length, err)
                          : gy_fail(err, GY_ENOMEM, "no memory to write %s", ring->path);
  gy_buffer_wipe(&plain);
  gy_buffer_clear(&file);
  return status;
}

static gy_status damaged(const gy_key_ring *ring, gy_error *err) {
  return gy_fail(err, GY_ECORRUPT,
                 "the key ring %s is damaged or was exchanged; put it back from a backup (gyeol restore)",
                 ring->path);
}

/* What stands before the box: whose ring it is and how its key is made. */
static gy_status unpack_head(gy_key_ring *ring, gy_unpack *from, const uint8_t **check, gy_error *err) {
  const uint8_t *magic = gy_unpack_bytes(from, sizeof MAGIC);
  uint32_t version = gy_unpack_u32(from);
  if (magic == NULL || memcmp(magic, MAGIC, sizeof MAGIC) != 0 || from->failed) return damaged(ring, err);
  if (version != RING_VERSION)
    return gy_fail(
        err, GY_ECORRUPT,
        "the key ring %s has version %u and this gyeol knows %d; update gyeol, or put the file back",
        ring->path, version, RING_VERSION);
  gy_unpack_copy(from, ring->vault_id, sizeof ring->vault_id);
  uint8_t kind = gy_unpack_u8(from);
  gy_unpack_copy(from, ring->cost.salt, sizeof ring->cost.salt);
  ring->cost.operations = gy_unpack_u64(from);
  ring->cost.memory_bytes = gy_unpack_u64(from);
  *check = gy_unpack_bytes(from, CHECK_BYTES);
  if (from->failed || kind > 1) return damaged(ring, err);
  if (kind == (ring->source.kind == GY_KEY_PASSPHRASE)) return GY_OK;
  return gy_fail(err, GY_ECONFIG,
                 "the vault %s was made with %s, but privacy.key in gyeol.yaml names %s; set it to %s",
                 ring->folder, kind == 1 ? "a passphrase" : "a key", ring->description,
                 kind == 1 ? "passphrase" : "file, file:PATH or env:NAME");
}

/* Opens the box with the outer key, which is loaded. */
static gy_status unpack_box(gy_key_ring *ring, const gy_buffer *file, const gy_unpack *box,
                            const uint8_t *check, gy_error *err) {
  gy_buffer place, plain;
  gy_buffer_init(&place, RING_MOST);
  gy_buffer_init(&plain, RING_MOST);
  pack_head(ring, &place);
  size_t place_length = file->length - box->left;
  gy_status status = GY_OK;
  if (place.failed) status = gy_fail(err, GY_ENOMEM, "no memory to open %s", ring->path);
  if (status == GY_OK && memcmp(place.data + place.length - CHECK_BYTES, check, CHECK_BYTES) != 0)
    status = gy_fail(err, GY_ECONFIG, "%s does not open the vault %s: it is the key of another one",
                     ring->description, ring->folder);
  if (status == GY_OK &&
      !gy_box_open(ring->keys->outer, file->data, place_length, box->at, box->left, &plain))
    status = plain.failed ? gy_fail(err, GY_ENOMEM, "no memory to open %s", ring->path) : damaged(ring, err);
  ring_keys *fresh = status == GY_OK ? sodium_malloc(sizeof *fresh) : NULL;
  if (status == GY_OK && fresh == NULL) status = gy_fail(err, GY_ENOMEM, "no locked memory for keys");
  if (status == GY_OK) {
    *fresh = (ring_keys){0};
    gy_unpack from = {.at = (const uint8_t *)plain.data, .left = plain.length};
    if (!unpack_keys(&from, fresh)) status = damaged(ring, err);
    memcpy(fresh->outer, ring->keys->outer, sizeof fresh->outer);
  }
  if (status == GY_OK) *ring->keys = *fresh;
  sodium_free(fresh);
  gy_buffer_wipe(&plain);
  gy_buffer_clear(&place);
  return status;
}

/* Reads the file; the outer key is loaded from its source when `with_outer`. */
static gy_status read_ring(gy_key_ring *ring, bool with_outer, gy_error *err) {
  gy_buffer file;
  gy_buffer_init(&file, RING_MOST + (64 << 10) + 1);
  const uint8_t *check = NULL;
  gy_status status = gy_file_read(ring->path, &file, err);
  gy_unpack from = {.at = (const uint8_t *)file.data, .left = file.length};
  if (status == GY_OK) status = unpack_head(ring, &from, &check, err);
  if (status == GY_OK && with_outer)
    status = gy_key_source_load(&ring->source, false, &ring->cost, ring->keys->outer, err);
  if (status == GY_OK) status = unpack_box(ring, &file, &from, check, err);
  gy_buffer_clear(&file);
  return status;
}

/* ---- opening ---- */

static void fill_keys(ring_keys *keys) {
  randombytes_buf(keys->pseudonym_root, sizeof keys->pseudonym_root);
  randombytes_buf(keys->audit, sizeof keys->audit);
  randombytes_buf(keys->vault, sizeof keys->vault);
  randombytes_buf(keys->seals[0], sizeof keys->seals[0]);
  keys->vault_number = 1;
  keys->n_seals = 1;
  gy_pseudonym_key_derive(keys->pseudonym_root, &keys->pseudonyms);
}

static gy_status check_nothing_is_lost(const gy_key_ring *ring, gy_error *err) {
  char *manifest = gy_path_join(ring->folder, "manifest");
  if (manifest == NULL) return gy_fail(err, GY_ENOMEM, "no memory to open %s", ring->path);
  gy_status status = GY_OK;
  if (gy_path_exists(manifest))
    status = gy_fail(err, GY_ECORRUPT,
                     "the key ring %s is missing beside a vault that needs it; put it back from a backup "
                     "(gyeol restore)",
                     ring->path);
  free(manifest);
  return status;
}

/* Makes a ring, unless another process was faster. */
static gy_status make_ring(gy_key_ring *ring, gy_error *err) {
  int lock = -1;
  gy_status status = gy_dir_create(ring->folder, err);
  if (status == GY_OK && chmod(ring->folder, 0700) != 0)
    status = gy_fail_errno(err, "close to others", ring->folder);
  if (status == GY_OK) status = gy_vault_lock_take(ring->folder, GY_VAULT_WRITES, &lock, err);
  if (status != GY_OK) return status;
  if (gy_path_exists(ring->path)) {
    status = read_ring(ring, true, err);
  } else {
    status = check_nothing_is_lost(ring, err);
    randombytes_buf(ring->vault_id, sizeof ring->vault_id);
    if (ring->source.kind == GY_KEY_PASSPHRASE) gy_passphrase_cost_make(&ring->cost);
    if (status == GY_OK)
      status = gy_key_source_load(&ring->source, true, &ring->cost, ring->keys->outer, err);
    if (status == GY_OK) fill_keys(ring->keys);
    if (status == GY_OK) status = save(ring, err);
  }
  gy_vault_lock_release(lock);
  return status;
}

static gy_status name_files(gy_key_ring *ring, const char *state_dir, const char *source, gy_error *err) {
  ring->state_dir = strdup(state_dir);
  ring->folder = gy_path_join(state_dir, "vault");
  ring->path = gy_path_join(state_dir, "vault/ring");
  ring->keys = sodium_malloc(sizeof *ring->keys);
  if (ring->state_dir == NULL || ring->folder == NULL || ring->path == NULL || ring->keys == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for the key ring of %s", state_dir);
  *ring->keys = (ring_keys){0};
  gy_status status = gy_key_source_parse(source, state_dir, &ring->source, err);
  if (status == GY_OK) gy_key_source_describe(&ring->source, ring->description, sizeof ring->description);
  return status;
}

gy_status gy_key_ring_open(const char *state_dir, const char *source, bool create, gy_key_ring **ring,
                           gy_error *err) {
  if (sodium_init() < 0) return gy_fail(err, GY_EINTERNAL, "libsodium cannot be started");
  gy_key_ring *made = calloc(1, sizeof *made);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory for a key ring");
  gy_status status = name_files(made, state_dir, source, err);
  if (status == GY_OK && gy_path_exists(made->path))
    status = read_ring(made, true, err);
  else if (status == GY_OK && create)
    status = make_ring(made, err);
  else if (status == GY_OK)
    status =
        check_nothing_is_lost(made, err) != GY_OK
            ? GY_ECORRUPT
            : gy_fail(err, GY_ENOTFOUND, "there is no vault in %s: nothing in it is personal yet", state_dir);
  if (status == GY_OK)
    *ring = made;
  else
    gy_key_ring_close(made);
  return status;
}

void gy_key_ring_close(gy_key_ring *ring) {
  if (ring == NULL) return;
  sodium_free(ring->keys);
  gy_key_source_clear(&ring->source);
  free(ring->state_dir);
  free(ring->folder);
  free(ring->path);
  free(ring);
}

bool gy_key_ring_exists(const char *state_dir) {
  char *path = gy_path_join(state_dir, "vault/ring");
  bool exists = path != NULL && gy_path_exists(path);
  free(path);
  return exists;
}

/* ---- what is on it ---- */

const gy_pseudonym_key *gy_key_ring_pseudonyms(const gy_key_ring *ring) { return &ring->keys->pseudonyms; }
const char *gy_key_ring_state_dir(const gy_key_ring *ring) { return ring->state_dir; }
const char *gy_key_ring_folder(const gy_key_ring *ring) { return ring->folder; }
const char *gy_key_ring_source(const gy_key_ring *ring) { return ring->description; }
const uint8_t *gy_key_ring_vault_id(const gy_key_ring *ring) { return ring->vault_id; }
const uint8_t *gy_key_ring_audit_key(const gy_key_ring *ring) { return ring->keys->audit; }
uint32_t gy_key_ring_newest_seal(const gy_key_ring *ring) { return ring->keys->n_seals; }
uint32_t gy_key_ring_vault_number(const gy_key_ring *ring) { return ring->keys->vault_number; }
bool gy_key_ring_is_rotating(const gy_key_ring *ring) { return ring->keys->is_rotating; }
uint64_t gy_key_ring_generation(const gy_key_ring *ring) { return ring->keys->generation; }

gy_ring_anchor gy_key_ring_anchor(const gy_key_ring *ring) { return ring->keys->anchor; }

const uint8_t *gy_key_ring_seal_key(const gy_key_ring *ring, uint32_t number) {
  return number >= 1 && number <= ring->keys->n_seals ? ring->keys->seals[number - 1] : NULL;
}

const uint8_t *gy_key_ring_vault_key(const gy_key_ring *ring, uint32_t number) {
  if (number == ring->keys->vault_number) return ring->keys->vault;
  return ring->keys->is_rotating && number == ring->keys->vault_number + 1 ? ring->keys->next : NULL;
}

/* ---- changing it ---- */

gy_status gy_key_ring_reload(gy_key_ring *ring, gy_error *err) { return read_ring(ring, false, err); }

gy_status gy_key_ring_begin_rotation(gy_key_ring *ring, uint32_t *number, gy_error *err) {
  randombytes_buf(ring->keys->next, sizeof ring->keys->next);
  ring->keys->is_rotating = 1;
  gy_status status = save(ring, err);
  if (status == GY_OK) *number = ring->keys->vault_number + 1;
  return status;
}

gy_status gy_key_ring_settle(gy_key_ring *ring, uint32_t number, uint64_t generation, gy_error *err) {
  ring_keys *keys = ring->keys;
  if (keys->is_rotating && number == keys->vault_number + 1) {
    memcpy(keys->vault, keys->next, sizeof keys->vault);
    keys->vault_number = number;
    if (keys->n_seals < GY_SEAL_KEYS_MOST) randombytes_buf(keys->seals[keys->n_seals++], GY_DATA_KEY_BYTES);
  }
  keys->is_rotating = 0;
  sodium_memzero(keys->next, sizeof keys->next);
  keys->generation = generation;
  return save(ring, err);
}

gy_status gy_key_ring_set_anchor(gy_key_ring *ring, const gy_ring_anchor *anchor, gy_error *err) {
  ring->keys->anchor = *anchor;
  return save(ring, err);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * In memory an open-addressing table of keys, whose hash is their pseudonym; in the file: how often it was
 * saved, how many there are, and kind and pseudonym of each. */
#include "privacy/tombstones.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "privacy/box.h"
#include "privacy/pack.h"
#include "privacy/seal.h"
#include "privacy/vault_lock.h"

enum { SLOTS_LEAST = 64 };
#define FILE_MOST ((size_t)1 << 30)

static const char PLACE[] = "tombstones";

typedef struct {
  bool is_taken;
  gy_vault_key key;
} slot;

struct gy_tombstones {
  gy_key_ring *ring;
  slot *slots;
  size_t n_slots, n;
  uint64_t generation;
};

static slot *find_slot(const gy_tombstones *t, const gy_vault_key *key) {
  uint64_t hash;
  memcpy(&hash, key->pseudonym.bytes, sizeof hash);
  for (size_t at = (size_t)hash;; at++) {
    slot *s = &t->slots[at & (t->n_slots - 1)];
    bool is_it =
        s->key.kind == key->kind && memcmp(&s->key.pseudonym, &key->pseudonym, sizeof key->pseudonym) == 0;
    if (!s->is_taken || is_it) return s;
  }
}

bool gy_tombstone_key(const gy_pseudonym_key *key, gy_identifier kind, const char *text, size_t n,
                      gy_vault_key *tombstone) {
  char form[GY_IDENTIFIER_MAX];
  size_t form_n = 0;
  gy_normal normal = gy_identifier_normalise(kind, text, n, form, &form_n);
  bool is_odd_id = kind == GY_IDENTIFIER_CUSTOMER_ID && normal != GY_NORMAL_EMPTY;
  if (normal != GY_NORMAL_VALUE && !is_odd_id) return false;
  tombstone->kind = kind;
  gy_pseudonym_make(key, kind, normal == GY_NORMAL_VALUE ? form : text,
                    normal == GY_NORMAL_VALUE ? form_n : n, &tombstone->pseudonym);
  return true;
}

bool gy_tombstone_order(const gy_pseudonym_key *key, const char *text, size_t n, gy_vault_key *tombstone) {
  static const char MARK[] =
      "\x1e"
      "order\x1e";
  char form[sizeof MARK + GY_IDENTIFIER_MAX];
  if (n == 0 || n > GY_IDENTIFIER_MAX) return false;
  memcpy(form, MARK, sizeof MARK - 1);
  memcpy(form + sizeof MARK - 1, text, n);
  tombstone->kind = GY_IDENTIFIER_CUSTOMER_ID;
  gy_pseudonym_make(key, GY_IDENTIFIER_CUSTOMER_ID, form, sizeof MARK - 1 + n, &tombstone->pseudonym);
  return true;
}

bool gy_tombstones_contains(const gy_tombstones *tombstones, const gy_vault_key *key) {
  return tombstones != NULL && tombstones->n > 0 && find_slot(tombstones, key)->is_taken;
}

size_t gy_tombstones_count(const gy_tombstones *tombstones) { return tombstones->n; }

static gy_status reserve(gy_tombstones *t, size_t extra, gy_error *err) {
  size_t n_slots = t->n_slots > 0 ? t->n_slots : SLOTS_LEAST;
  while (n_slots < 2 * (t->n + extra)) n_slots *= 2;
  if (n_slots == t->n_slots) return GY_OK;
  slot *old = t->slots, *fresh = calloc(n_slots, sizeof *fresh);
  if (fresh == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu tombstones", t->n + extra);
  size_t n_old = t->n_slots;
  t->slots = fresh;
  t->n_slots = n_slots;
  for (size_t i = 0; i < n_old; i++)
    if (old[i].is_taken) *find_slot(t, &old[i].key) = old[i];
  free(old);
  return GY_OK;
}

gy_status gy_tombstones_add(gy_tombstones *tombstones, const gy_vault_key *keys, size_t n, gy_error *err) {
  gy_status status = reserve(tombstones, n, err);
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    slot *s = find_slot(tombstones, &keys[i]);
    tombstones->n += !s->is_taken;
    *s = (slot){.is_taken = true, .key = keys[i]};
  }
  return status;
}

gy_status gy_tombstones_merge(gy_tombstones *into, const gy_tombstones *from, gy_error *err) {
  gy_status status = reserve(into, from->n, err);
  for (size_t i = 0; i < from->n_slots && status == GY_OK; i++)
    if (from->slots[i].is_taken) status = gy_tombstones_add(into, &from->slots[i].key, 1, err);
  return status;
}

/* ---- the file ---- */

static bool unpack(gy_unpack *from, gy_tombstones *t) {
  t->generation = gy_unpack_u64(from);
  uint64_t n = gy_unpack_u64(from);
  if (from->failed || n != from->left / 17 || from->left % 17 != 0) return false;
  if (reserve(t, (size_t)n, NULL) != GY_OK) return false;
  for (uint64_t i = 0; i < n; i++) {
    gy_vault_key key = {.kind = (gy_identifier)gy_unpack_u8(from)};
    gy_unpack_copy(from, &key.pseudonym, sizeof key.pseudonym);
    if (key.kind >= GY_IDENTIFIER_COUNT || gy_tombstones_add(t, &key, 1, NULL) != GY_OK) return false;
  }
  return true;
}

static gy_status fault(const char *path, const char *what, gy_error *err) {
  return gy_fail(
      err, GY_ECORRUPT,
      "the list of the forgotten %s %s; put it back from a backup (gyeol restore), or people who were "
      "forgotten could come back",
      path, what);
}

static gy_status read_file(gy_tombstones *t, const char *path, gy_error *err) {
  gy_buffer file, plain;
  gy_buffer_init(&file, FILE_MOST);
  gy_buffer_init(&plain, FILE_MOST);
  gy_status status = gy_file_read(path, &file, err);
  if (status == GY_OK) {
    status = gy_unseal_bytes(t->ring, PLACE, file.data, file.length, &plain, err);
    gy_unpack from = {.at = (const uint8_t *)plain.data, .left = plain.length};
    if (status == GY_ECORRUPT || (status == GY_OK && !unpack(&from, t)))
      status = fault(path, "is damaged or was exchanged", err);
  }
  gy_buffer_clear(&file);
  gy_buffer_clear(&plain);
  return status;
}

/* Adds what the file holds. */
static gy_status load(gy_tombstones *t, gy_error *err) {
  char *path = gy_path_join(gy_key_ring_folder(t->ring), "tombstones");
  if (path == NULL) return gy_fail(err, GY_ENOMEM, "no memory for tombstones");
  uint64_t known = gy_key_ring_anchor(t->ring).tombstones;
  t->generation = 0;
  gy_status status = GY_OK;
  if (gy_path_exists(path))
    status = read_file(t, path, err);
  else if (known > 0)
    status = fault(path, "is missing", err);
  if (status == GY_OK && (t->generation < known || t->generation > known + 1))
    status = fault(path, "was exchanged for one of another time", err);
  free(path);
  return status;
}

gy_status gy_tombstones_load(gy_key_ring *ring, gy_tombstones **tombstones, gy_error *err) {
  gy_tombstones *made = calloc(1, sizeof *made);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory for tombstones");
  made->ring = ring;
  int lock = -1;
  gy_status status = gy_vault_lock_take(gy_key_ring_folder(ring), GY_VAULT_READS, &lock, err);
  if (status == GY_OK) status = gy_key_ring_reload(ring, err);
  if (status == GY_OK) status = load(made, err);
  gy_vault_lock_release(lock);
  if (status == GY_OK)
    *tombstones = made;
  else
    gy_tombstones_destroy(made);
  return status;
}

void gy_tombstones_destroy(gy_tombstones *tombstones) {
  if (tombstones == NULL) return;
  free(tombstones->slots);
  free(tombstones);
}

static gy_status write_file(const gy_tombstones *t, const char *path, gy_error *err) {
  gy_buffer plain, file;
  gy_buffer_init(&plain, FILE_MOST);
  gy_buffer_init(&file, FILE_MOST);
  gy_pack_u64(&plain, t->generation);
  gy_pack_u64(&plain, t->n);
  for (size_t i = 0; i < t->n_slots; i++) {
    if (!t->slots[i].is_taken) continue;
    gy_pack_u8(&plain, (uint8_t)t->slots[i].key.kind);
    gy_buffer_append(&plain, &t->slots[i].key.pseudonym, sizeof(gy_pseudonym));
  }
  gy_status status = plain.failed ? gy_fail(err, GY_ENOMEM, "no memory to write %s", path)
                                  : gy_seal_bytes(t->ring, PLACE, plain.data, plain.length, &file, err);
  if (status == GY_OK) status = gy_file_replace_private(path, file.data, file.length, err);
  gy_buffer_clear(&plain);
  gy_buffer_clear(&file);
  return status;
}

gy_status gy_tombstones_save(gy_tombstones *tombstones, gy_error *err) {
  gy_key_ring *ring = tombstones->ring;
  int lock = -1;
  char *path = gy_path_join(gy_key_ring_folder(ring), "tombstones");
  gy_status status = path != NULL ? gy_vault_lock_take(gy_key_ring_folder(ring), GY_VAULT_WRITES, &lock, err)
                                  : gy_fail(err, GY_ENOMEM, "no memory for tombstones");
  if (status == GY_OK) status = gy_key_ring_reload(ring, err);
  if (status == GY_OK) status = load(tombstones, err);
  gy_ring_anchor anchor = gy_key_ring_anchor(ring);
  if (status == GY_OK && anchor.tombstones != tombstones->generation) { /* a crash came between the two */
    anchor.tombstones = tombstones->generation;
    status = gy_key_ring_set_anchor(ring, &anchor, err);
  }
  if (status == GY_OK) {
    anchor.tombstones = ++tombstones->generation;
    status = write_file(tombstones, path, err);
  }
  if (status == GY_OK) status = gy_key_ring_set_anchor(ring, &anchor, err);
  gy_vault_lock_release(lock);
  free(path);
  return status;
}

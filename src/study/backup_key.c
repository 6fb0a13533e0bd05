/* SPDX-License-Identifier: Apache-2.0 */
#include "study/backup_key.h"

#include <sodium.h>
#include <string.h>

#include "privacy/key_source.h"
#include "privacy/passphrase.h"

/* What another file may ask Argon2id for: beyond it somebody wants to spend our memory. */
enum { ABOUT_MAX = 1 << 16, OPERATIONS_MOST = 16 };
static const uint64_t MEMORY_MOST = (uint64_t)2 << 30;

static gy_status from_words(bool fresh, const gy_archive_header *header, uint8_t key[GY_ARCHIVE_KEY_BYTES],
                            gy_error *err) {
  gy_passphrase_cost cost = {.operations = header->operations, .memory_bytes = header->memory_bytes};
  memcpy(cost.salt, header->salt, sizeof cost.salt);
  return gy_passphrase_key(fresh, &cost, key, err);
}

static gy_status from_key(const char *setting, const char *state_dir, const gy_archive_header *header,
                          uint8_t key[GY_ARCHIVE_KEY_BYTES], gy_error *err) {
  gy_key_source source = {0};
  uint8_t own[GY_KEY_BYTES];
  gy_status status = gy_key_source_parse(setting, state_dir, &source, err);
  if (status == GY_OK && source.kind == GY_KEY_PASSPHRASE)
    status =
        gy_fail(err, GY_EUSAGE,
                "this backup was made with a key, not with a passphrase; say which with --key file:PATH");
  if (status == GY_OK) status = gy_key_source_load(&source, false, NULL, own, err);
  if (status == GY_OK) gy_archive_key(own, header->salt, key);
  if (status == GY_ENOTFOUND)
    status = gy_fail(err, GY_ECONFIG,
                     "there is no key for a backup yet; use --passphrase, or name one with --key file:PATH");
  sodium_memzero(own, sizeof own);
  gy_key_source_clear(&source);
  return status;
}

static const char *setting_of(const gy_backup_options *options, const char *setting) {
  return options->key != NULL ? options->key : setting;
}

gy_status gy_backup_key_make(const gy_backup_options *options, const char *setting, const char *state_dir,
                             gy_archive_header *header, uint8_t key[GY_ARCHIVE_KEY_BYTES], gy_error *err) {
  gy_passphrase_cost cost;
  const char *from = setting_of(options, setting);
  bool words = options->passphrase || (from != NULL && strcmp(from, "passphrase") == 0);
  if (sodium_init() < 0) return gy_fail(err, GY_EINTERNAL, "libsodium cannot start");
  gy_passphrase_cost_make(&cost);
  *header = (gy_archive_header){.lock = words ? GY_ARCHIVE_PASSPHRASE : GY_ARCHIVE_KEY,
                                .operations = words ? cost.operations : 0,
                                .memory_bytes = words ? cost.memory_bytes : 0};
  memcpy(header->salt, cost.salt, sizeof header->salt);
  return words ? from_words(true, header, key, err) : from_key(from, state_dir, header, key, err);
}

gy_status gy_backup_key_find(const gy_backup_options *options, const char *setting, const char *state_dir,
                             const gy_archive_header *header, uint8_t key[GY_ARCHIVE_KEY_BYTES],
                             gy_error *err) {
  if (header->lock == GY_ARCHIVE_KEY)
    return from_key(setting_of(options, setting), state_dir, header, key, err);
  if (header->operations == 0 || header->operations > OPERATIONS_MOST || header->memory_bytes > MEMORY_MOST)
    return gy_fail(err, GY_ECORRUPT, "this backup's header is damaged; use another copy of it");
  return from_words(false, header, key, err);
}

/* The first entry. */
static gy_status read_about(gy_archive_reader *reader, const char *path, json_t **about, gy_error *err) {
  gy_archive_entry entry;
  bool more = false;
  char text[ABOUT_MAX];
  size_t n = 0, got = 1;
  gy_status status = gy_archive_next(reader, &entry, &more, err);
  bool is_about =
      status == GY_OK && more && strcmp(entry.path, GY_BACKUP_ABOUT) == 0 && entry.size <= sizeof text;
  while (status == GY_OK && is_about && got > 0) {
    status = gy_archive_read(reader, text + n, sizeof text - n, &got, err);
    n += got;
    if (n == sizeof text) break;
  }
  json_t *made = status == GY_OK && is_about ? json_loadb(text, n, 0, NULL) : NULL;
  if (status == GY_OK && !json_is_object(made)) {
    json_decref(made);
    return gy_fail(err, GY_ECORRUPT, "%s does not begin as a backup does; use another copy of it", path);
  }
  if (status == GY_OK) *about = made;
  return status;
}

gy_status gy_backup_open(const char *path, const gy_backup_options *options, const char *setting,
                         const char *state_dir, gy_archive_reader **reader_out, json_t **about,
                         gy_error *err) {
  gy_archive_header header;
  gy_archive_reader *reader = NULL;
  uint8_t key[GY_ARCHIVE_KEY_BYTES];
  gy_status status = gy_archive_open(path, &reader, &header, err);
  if (status == GY_OK) status = gy_backup_key_find(options, setting, state_dir, &header, key, err);
  if (status == GY_OK) status = gy_archive_start(reader, key, err);
  if (status == GY_OK) status = read_about(reader, path, about, err);
  sodium_memzero(key, sizeof key);
  if (status == GY_OK)
    *reader_out = reader;
  else
    gy_archive_reader_destroy(reader);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "privacy/archive_format.h"
#include "privacy/pack.h"

struct gy_archive_reader {
  char *name;
  int fd;               /* -1: bytes are read */
  const uint8_t *bytes; /* lent */
  size_t n_bytes, byte;
  crypto_secretstream_xchacha20poly1305_state stream;
  uint8_t header[GY_ARCHIVE_HEADER_BYTES];
  uint8_t sealed[GY_ARCHIVE_SEALED_BYTES], block[GY_ARCHIVE_BLOCK_BYTES];
  size_t at, filled;
  bool opened_any, is_final, ended;
  uint64_t left; /* of the entry */
  uint64_t n_entries;
  char **paths; /* read so far, a set by open addressing */
  size_t n_slots;
};

static gy_status damaged(const gy_archive_reader *reader, const char *how, gy_error *err) {
  return gy_fail(err, GY_ECORRUPT, "%s is %s; use another copy of this backup", reader->name, how);
}

/* As many of n bytes as there are. */
static gy_status take(gy_archive_reader *reader, uint8_t *to, size_t n, size_t *got, gy_error *err) {
  *got = 0;
  if (reader->fd < 0) {
    size_t there = reader->n_bytes - reader->byte;
    *got = n < there ? n : there;
    if (*got > 0) memcpy(to, reader->bytes + reader->byte, *got);
    reader->byte += *got;
    return GY_OK;
  }
  while (*got < n) {
    ssize_t part = read(reader->fd, to + *got, n - *got);
    if (part < 0 && errno == EINTR) continue;
    if (part < 0) return gy_fail_errno(err, "read", reader->name);
    if (part == 0) break;
    *got += (size_t)part;
  }
  return GY_OK;
}

static gy_status read_header(gy_archive_reader *reader, gy_archive_header *header, gy_error *err) {
  size_t got = 0;
  gy_status status = take(reader, reader->header, sizeof reader->header, &got, err);
  if (status != GY_OK) return status;
  const uint8_t *at = reader->header + GY_ARCHIVE_MAGIC_BYTES;
  if (got < GY_ARCHIVE_MAGIC_BYTES || memcmp(reader->header, GY_ARCHIVE_MAGIC, GY_ARCHIVE_MAGIC_BYTES) != 0)
    return gy_fail(err, GY_EPARSE, "%s is no backup that gyeol backup wrote", reader->name);
  if (got < sizeof reader->header) return damaged(reader, "truncated", err);
  if (at[0] != GY_ARCHIVE_VERSION)
    return gy_fail(err, GY_ECORRUPT,
                   "%s is a backup of version %d, this gyeol reads version %d; update gyeol", reader->name,
                   at[0], GY_ARCHIVE_VERSION);
  if (at[1] != GY_ARCHIVE_KEY && at[1] != GY_ARCHIVE_PASSPHRASE) return damaged(reader, "damaged", err);
  header->lock = (gy_archive_lock)at[1];
  memcpy(header->salt, at + 2, GY_ARCHIVE_SALT_BYTES);
  header->operations = gy_load_u64(at + 2 + GY_ARCHIVE_SALT_BYTES);
  header->memory_bytes = gy_load_u64(at + 2 + GY_ARCHIVE_SALT_BYTES + 8);
  return GY_OK;
}

static gy_status open_reader(const char *name, int fd, const void *bytes, size_t n,
                             gy_archive_reader **reader_out, gy_archive_header *header, gy_error *err) {
  gy_archive_reader *reader = calloc(1, sizeof *reader);
  if (reader != NULL)
    *reader = (gy_archive_reader){.name = strdup(name), .fd = fd, .bytes = bytes, .n_bytes = n};
  gy_status status;
  if (reader == NULL || reader->name == NULL)
    status = gy_fail(err, GY_ENOMEM, "no memory to read %s", name);
  else if (sodium_init() < 0)
    status = gy_fail(err, GY_EINTERNAL, "libsodium cannot start");
  else
    status = read_header(reader, header, err);
  if (status == GY_OK) {
    *reader_out = reader;
  } else {
    if (reader == NULL && fd >= 0) close(fd);
    gy_archive_reader_destroy(reader);
  }
  return status;
}

gy_status gy_archive_open(const char *path, gy_archive_reader **reader, gy_archive_header *header,
                          gy_error *err) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return gy_fail_errno(err, "read", path);
  return open_reader(path, fd, NULL, 0, reader, header, err);
}

gy_status gy_archive_open_bytes(const char *name, const void *bytes, size_t n, gy_archive_reader **reader,
                                gy_archive_header *header, gy_error *err) {
  return open_reader(name, -1, bytes, n, reader, header, err);
}

/* Opens the next block; the first one also says whether the key is right. */
static gy_status next_block(gy_archive_reader *reader, gy_error *err) {
  size_t got = 0;
  unsigned long long n = 0;
  unsigned char tag = 0;
  if (reader->is_final) return damaged(reader, "damaged", err);
  gy_status status = take(reader, reader->sealed, sizeof reader->sealed, &got, err);
  if (status != GY_OK) return status;
  if (got < crypto_secretstream_xchacha20poly1305_ABYTES) return damaged(reader, "truncated", err);
  bool binds = !reader->opened_any;
  int opened = crypto_secretstream_xchacha20poly1305_pull(&reader->stream, reader->block, &n, &tag,
                                                          reader->sealed, got, binds ? reader->header : NULL,
                                                          binds ? GY_ARCHIVE_STREAM_AT : 0);
  if (opened != 0 && binds)
    return gy_fail(err, GY_ECONFIG,
                   "%s does not open: the key or passphrase is another one, or its beginning is damaged",
                   reader->name);
  if (opened != 0)
    return damaged(reader, got < sizeof reader->sealed ? "truncated or damaged" : "damaged", err);
  reader->opened_any = true;
  reader->is_final = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  if (!reader->is_final && n < GY_ARCHIVE_BLOCK_BYTES) return damaged(reader, "damaged", err);
  reader->at = 0;
  reader->filled = (size_t)n;
  return GY_OK;
}

gy_status gy_archive_start(gy_archive_reader *reader, const uint8_t key[GY_ARCHIVE_KEY_BYTES],
                           gy_error *err) {
  if (crypto_secretstream_xchacha20poly1305_init_pull(&reader->stream, reader->header + GY_ARCHIVE_STREAM_AT,
                                                      key) != 0)
    return damaged(reader, "damaged", err);
  return next_block(reader, err);
}

/* Exactly n bytes. */
static gy_status get(gy_archive_reader *reader, void *bytes, size_t n, gy_error *err) {
  uint8_t *to = bytes;
  while (n > 0) {
    if (reader->at == reader->filled) {
      gy_status status = next_block(reader, err);
      if (status != GY_OK) return status;
      continue;
    }
    size_t part = reader->filled - reader->at;
    if (part > n) part = n;
    memcpy(to, reader->block + reader->at, part);
    reader->at += part;
    to += part;
    n -= part;
  }
  return GY_OK;
}

/* ---- paths ---- */

bool gy_archive_path_is_safe(const char *path, size_t n) {
  if (n == 0 || n > GY_ARCHIVE_PATH_MAX || path[0] == '/' || path[n - 1] == '/') return false;
  for (size_t begin = 0; begin < n;) {
    const char *slash = memchr(path + begin, '/', n - begin);
    size_t length = slash != NULL ? (size_t)(slash - path) - begin : n - begin;
    const char *part = path + begin;
    bool is_dots = (length == 1 && part[0] == '.') || (length == 2 && part[0] == '.' && part[1] == '.');
    if (length == 0 || length > 255 || is_dots) return false;
    for (size_t i = 0; i < length; i++)
      if ((unsigned char)part[i] < 0x20 || part[i] == 0x7f || part[i] == '\\') return false;
    begin += length + 1;
  }
  return true;
}

static size_t hash_of(const char *path) {
  size_t hash = (size_t)1469598103934665603u;
  for (; *path != '\0'; path++) hash = (hash ^ (unsigned char)*path) * (size_t)1099511628211u;
  return hash ^ hash >> 29;
}

static char **slot_of(char **slots, size_t n_slots, const char *path) {
  size_t at = hash_of(path) & (n_slots - 1);
  while (slots[at] != NULL && strcmp(slots[at], path) != 0) at = (at + 1) & (n_slots - 1);
  return &slots[at];
}

static bool grow_paths(gy_archive_reader *reader) {
  size_t n = reader->n_slots > 0 ? 2 * reader->n_slots : 64;
  char **slots = calloc(n, sizeof *slots);
  if (slots == NULL) return false;
  for (size_t i = 0; i < reader->n_slots; i++)
    if (reader->paths[i] != NULL) *slot_of(slots, n, reader->paths[i]) = reader->paths[i];
  free(reader->paths);
  reader->paths = slots;
  reader->n_slots = n;
  return true;
}

/* A path that was not there yet. */
static gy_status add_path(gy_archive_reader *reader, const char *path, gy_error *err) {
  if (reader->n_entries >= GY_ARCHIVE_ENTRIES_MAX)
    return damaged(reader, "damaged: it has too many files", err);
  if (2 * (reader->n_entries + 1) > reader->n_slots && !grow_paths(reader))
    return gy_fail(err, GY_ENOMEM, "no memory for the files in %s", reader->name);
  char **slot = slot_of(reader->paths, reader->n_slots, path);
  if (*slot != NULL) return damaged(reader, "damaged: it has a file twice", err);
  *slot = strdup(path);
  if (*slot == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the files in %s", reader->name);
  reader->n_entries++;
  return GY_OK;
}

/* ---- entries ---- */

static gy_status check_end(gy_archive_reader *reader, gy_error *err) {
  uint8_t bytes[8], more;
  size_t got = 0;
  gy_status status = get(reader, bytes, sizeof bytes, err);
  if (status != GY_OK) return status;
  if (gy_load_u64(bytes) != reader->n_entries) return damaged(reader, "damaged", err);
  /* A full block before the last is followed by an empty final one. */
  if (!reader->is_final && reader->at == reader->filled) status = next_block(reader, err);
  if (status == GY_OK && (!reader->is_final || reader->at != reader->filled))
    return damaged(reader, "damaged", err);
  if (status == GY_OK) status = take(reader, &more, 1, &got, err);
  if (status == GY_OK && got > 0) return damaged(reader, "longer than it was written", err);
  reader->ended = status == GY_OK;
  return status;
}

static gy_status skip_rest(gy_archive_reader *reader, gy_error *err) {
  uint8_t bytes[4096];
  gy_status status = GY_OK;
  for (size_t got = 1; status == GY_OK && got > 0;)
    status = gy_archive_read(reader, bytes, sizeof bytes, &got, err);
  return status;
}

static gy_status read_entry(gy_archive_reader *reader, gy_archive_entry *entry, gy_error *err) {
  uint8_t bytes[12];
  gy_status status = get(reader, bytes, 4, err);
  if (status != GY_OK) return status;
  uint32_t length =
      (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
  if (length == 0 || length > GY_ARCHIVE_PATH_MAX) return damaged(reader, "damaged", err);
  status = get(reader, entry->path, length, err);
  entry->path[length] = '\0';
  if (status == GY_OK && (strlen(entry->path) != length || !gy_archive_path_is_safe(entry->path, length)))
    return damaged(reader, "not to be trusted: a file in it would be written outside its folder", err);
  if (status == GY_OK) status = get(reader, bytes, sizeof bytes, err);
  if (status == GY_OK) status = add_path(reader, entry->path, err);
  if (status != GY_OK) return status;
  entry->mode = ((uint32_t)bytes[0] | (uint32_t)bytes[1] << 8) & 0777;
  entry->size = reader->left = gy_load_u64(bytes + 4);
  return GY_OK;
}

gy_status gy_archive_next(gy_archive_reader *reader, gy_archive_entry *entry, bool *more, gy_error *err) {
  uint8_t kind = 0;
  *more = false;
  if (reader->ended) return GY_OK;
  gy_status status = skip_rest(reader, err);
  if (status == GY_OK) status = get(reader, &kind, 1, err);
  if (status != GY_OK) return status;
  if (kind == 'E') return check_end(reader, err);
  if (kind != 'F') return damaged(reader, "damaged", err);
  status = read_entry(reader, entry, err);
  *more = status == GY_OK;
  return status;
}

gy_status gy_archive_read(gy_archive_reader *reader, void *bytes, size_t n, size_t *got, gy_error *err) {
  if (n > reader->left) n = (size_t)reader->left;
  gy_status status = get(reader, bytes, n, err);
  *got = status == GY_OK ? n : 0;
  reader->left -= *got;
  return status;
}

void gy_archive_reader_destroy(gy_archive_reader *reader) {
  if (reader == NULL) return;
  if (reader->fd >= 0) close(reader->fd);
  for (size_t i = 0; i < reader->n_slots; i++) free(reader->paths[i]);
  free(reader->paths);
  free(reader->name);
  sodium_memzero(reader, sizeof *reader);
  free(reader);
}

void gy_archive_key(const uint8_t from[GY_ARCHIVE_KEY_BYTES], const uint8_t salt[GY_ARCHIVE_SALT_BYTES],
                    uint8_t key[GY_ARCHIVE_KEY_BYTES]) {
  static const char PURPOSE[crypto_generichash_blake2b_PERSONALBYTES] = "gyeol archive";
  crypto_generichash_blake2b_salt_personal(key, GY_ARCHIVE_KEY_BYTES, NULL, 0, from, GY_ARCHIVE_KEY_BYTES,
                                           salt, (const unsigned char *)PURPOSE);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * An encrypted archive: files of a project in one file, written and read as a stream.
 *
 *   header    "gyeol-archive\n", version, where the key comes from, salt and cost of Argon2id, header of the
 * stream blocks    64 KiB of plain bytes each under XChaCha20-Poly1305 (libsodium's secretstream); the last
 * one is shorter and tagged final, the first authenticates the header inside    entries: 'F', length of the
 * path, path, mode, size, bytes; 'E' and the number of entries at the end
 *
 * Nothing is believed before its block opened. A block that is changed, missing, doubled or moved does not
 * open; a stream that ends without its final block is truncated; bytes behind it are refused. Paths are
 * relative, without
 * "..", and each occurs once. Memory: one block, and the paths. Numbers are little-endian. */
#ifndef GYEOL_PRIVACY_ARCHIVE_H
#define GYEOL_PRIVACY_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/task.h>

enum {
  GY_ARCHIVE_KEY_BYTES = 32,
  GY_ARCHIVE_SALT_BYTES = 16,
  GY_ARCHIVE_BLOCK_BYTES = 64 << 10,
  GY_ARCHIVE_PATH_MAX = 1024,
  GY_ARCHIVE_ENTRIES_MAX = 1 << 20,
};

/* How the archive's key is had again. */
typedef enum gy_archive_lock {
  GY_ARCHIVE_KEY = 1,        /* the bytes of a key */
  GY_ARCHIVE_PASSPHRASE = 2, /* Argon2id of words */
} gy_archive_lock;

typedef struct gy_archive_header {
  gy_archive_lock lock;
  uint8_t salt[GY_ARCHIVE_SALT_BYTES];
  uint64_t operations, memory_bytes; /* of Argon2id; 0 for a key */
} gy_archive_header;

/* ---- writing ---- */

typedef struct gy_archive_writer gy_archive_writer;

/* Begins an archive beside `path`, which gets its name when it is whole. The key is used by itself: derive
 * one that is used for nothing else (gy_archive_key). */
GY_MUST_USE gy_status gy_archive_create(const char *path, const gy_archive_header *header,
                                        const uint8_t key[GY_ARCHIVE_KEY_BYTES], const gy_task *task,
                                        uint64_t expected_bytes, gy_archive_writer **writer, gy_error *err);
/* Adds a file under a name of its own; GY_EIO when it shrinks meanwhile. */
GY_MUST_USE gy_status gy_archive_add_file(gy_archive_writer *writer, const char *name, const char *path,
                                          gy_error *err);
GY_MUST_USE gy_status gy_archive_add_bytes(gy_archive_writer *writer, const char *name, const void *bytes,
                                           size_t n, gy_error *err);
/* Ends it, flushes it to disk and gives it its name. */
GY_MUST_USE gy_status gy_archive_finish(gy_archive_writer *writer, gy_error *err);
uint64_t gy_archive_written(const gy_archive_writer *writer); /* bytes of files so far */
void gy_archive_writer_destroy(gy_archive_writer *writer); /* without finish: nothing is left. NULL is fine */

/* ---- reading ---- */

typedef struct gy_archive_reader gy_archive_reader;

typedef struct gy_archive_entry {
  char path[GY_ARCHIVE_PATH_MAX + 1];
  uint32_t mode; /* permission bits */
  uint64_t size;
} gy_archive_entry;

/* Reads the header; GY_EPARSE: it is no archive, GY_ECORRUPT: of a newer version, or damaged. */
GY_MUST_USE gy_status gy_archive_open(const char *path, gy_archive_reader **reader, gy_archive_header *header,
                                      gy_error *err);
/* The same for bytes that are lent, called `name` in messages. */
GY_MUST_USE gy_status gy_archive_open_bytes(const char *name, const void *bytes, size_t n,
                                            gy_archive_reader **reader, gy_archive_header *header,
                                            gy_error *err);
/* GY_ECONFIG: the key does not open it. */
GY_MUST_USE gy_status gy_archive_start(gy_archive_reader *reader, const uint8_t key[GY_ARCHIVE_KEY_BYTES],
                                       gy_error *err);
/* The next entry; *more is false at the end, which was then authenticated. What of the last entry was not
 * read is passed over. */
GY_MUST_USE gy_status gy_archive_next(gy_archive_reader *reader, gy_archive_entry *entry, bool *more,
                                      gy_error *err);
/* Up to n bytes of the entry; 0 at its end. */
GY_MUST_USE gy_status gy_archive_read(gy_archive_reader *reader, void *bytes, size_t n, size_t *got,
                                      gy_error *err);
void gy_archive_reader_destroy(gy_archive_reader *reader); /* NULL is fine */

/* The archive's own key from one that is used for other things too. */
void gy_archive_key(const uint8_t from[GY_ARCHIVE_KEY_BYTES], const uint8_t salt[GY_ARCHIVE_SALT_BYTES],
                    uint8_t key[GY_ARCHIVE_KEY_BYTES]);

/* Is it a path that may be written below a folder: relative, of named parts, no "." and "..", no control
 * characters? */
bool gy_archive_path_is_safe(const char *path, size_t n);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "privacy/archive_format.h"
#include "privacy/pack.h"

struct gy_archive_writer {
  char *path, *beside;
  int fd;
  crypto_secretstream_xchacha20poly1305_state stream;
  uint8_t header[GY_ARCHIVE_HEADER_BYTES];
  bool header_is_bound; /* the first block authenticated it */
  uint8_t block[GY_ARCHIVE_BLOCK_BYTES], sealed[GY_ARCHIVE_SEALED_BYTES];
  size_t used;
  uint64_t n_entries, written, expected;
  const gy_task *task; /* lent */
};

static gy_status write_all(gy_archive_writer *writer, const uint8_t *bytes, size_t n, gy_error *err) {
  while (n > 0) {
    ssize_t put = write(writer->fd, bytes, n);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return gy_fail_errno(err, "write", writer->path);
    bytes += put;
    n -= (size_t)put;
  }
  return GY_OK;
}

static gy_status flush_block(gy_archive_writer *writer, bool is_last, gy_error *err) {
  unsigned char tag = is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;
  bool binds = !writer->header_is_bound;
  unsigned long long n = 0;
  crypto_secretstream_xchacha20poly1305_push(&writer->stream, writer->sealed, &n, writer->block, writer->used,
                                             binds ? writer->header : NULL, binds ? GY_ARCHIVE_STREAM_AT : 0,
                                             tag);
  writer->header_is_bound = true;
  writer->used = 0;
  return write_all(writer, writer->sealed, (size_t)n, err);
}

static gy_status put(gy_archive_writer *writer, const void *bytes, size_t n, gy_error *err) {
  const uint8_t *from = bytes;
  gy_status status = GY_OK;
  while (n > 0 && status == GY_OK) {
    size_t room = GY_ARCHIVE_BLOCK_BYTES - writer->used, part = n < room ? n : room;
    memcpy(writer->block + writer->used, from, part);
    writer->used += part;
    from += part;
    n -= part;
    /* A full block waits for more: the last one is to be tagged. */
    if (writer->used == GY_ARCHIVE_BLOCK_BYTES && n > 0) status = flush_block(writer, false, err);
  }
  if (status == GY_OK && writer->used == GY_ARCHIVE_BLOCK_BYTES) status = flush_block(writer, false, err);
  return status;
}

static void fill_header(gy_archive_writer *writer, const gy_archive_header *header,
                        const uint8_t key[GY_ARCHIVE_KEY_BYTES]) {
  uint8_t *at = writer->header;
  memcpy(at, GY_ARCHIVE_MAGIC, GY_ARCHIVE_MAGIC_BYTES);
  at += GY_ARCHIVE_MAGIC_BYTES;
  *at++ = GY_ARCHIVE_VERSION;
  *at++ = (uint8_t)header->lock;
  memcpy(at, header->salt, GY_ARCHIVE_SALT_BYTES);
  gy_store_u64(at + GY_ARCHIVE_SALT_BYTES, header->operations);
  gy_store_u64(at + GY_ARCHIVE_SALT_BYTES + 8, header->memory_bytes);
  crypto_secretstream_xchacha20poly1305_init_push(&writer->stream, writer->header + GY_ARCHIVE_STREAM_AT,
                                                  key);
}

gy_status gy_archive_create(const char *path, const gy_archive_header *header,
                            const uint8_t key[GY_ARCHIVE_KEY_BYTES], const gy_task *task,
                            uint64_t expected_bytes, gy_archive_writer **writer_out, gy_error *err) {
  if (sodium_init() < 0) return gy_fail(err, GY_EINTERNAL, "libsodium cannot start");
  gy_archive_writer *writer = calloc(1, sizeof *writer);
  gy_status status = GY_OK;
  if (writer == NULL) return gy_fail(err, GY_ENOMEM, "no memory to write %s", path);
  writer->fd = -1;
  writer->task = task;
  writer->expected = expected_bytes;
  writer->path = strdup(path);
  if (writer->path == NULL || asprintf(&writer->beside, "%s.XXXXXX", path) < 0) {
    writer->beside = NULL;
    status = gy_fail(err, GY_ENOMEM, "no memory to write %s", path);
    goto done;
  }
  writer->fd = mkostemp(writer->beside, O_CLOEXEC); /* 0600 */
  if (writer->fd < 0) {
    status = gy_fail_errno(err, "write", path);
    goto done;
  }
  fill_header(writer, header, key);
  status = write_all(writer, writer->header, sizeof writer->header, err);
done:
  if (status == GY_OK)
    *writer_out = writer;
  else
    gy_archive_writer_destroy(writer);
  return status;
}

static gy_status put_entry(gy_archive_writer *writer, const char *name, uint32_t mode, uint64_t size,
                           gy_error *err) {
  size_t length = strlen(name);
  if (!gy_archive_path_is_safe(name, length) || writer->n_entries >= GY_ARCHIVE_ENTRIES_MAX)
    return gy_fail(err, GY_ELIMIT, "%s cannot be put into an archive: its name is too long or unusual", name);
  uint8_t head[5] = {'F'}, tail[12];
  for (int i = 0; i < 4; i++) head[1 + i] = (uint8_t)(length >> 8 * i);
  for (int i = 0; i < 4; i++) tail[i] = (uint8_t)(mode >> 8 * i);
  gy_store_u64(tail + 4, size);
  writer->n_entries++;
  gy_status status = put(writer, head, sizeof head, err);
  if (status == GY_OK) status = put(writer, name, length, err);
  return status == GY_OK ? put(writer, tail, sizeof tail, err) : status;
}

gy_status gy_archive_add_bytes(gy_archive_writer *writer, const char *name, const void *bytes, size_t n,
                               gy_error *err) {
  gy_status status = put_entry(writer, name, 0600, n, err);
  writer->written += n;
  return status == GY_OK ? put(writer, bytes, n, err) : status;
}

static gy_status put_contents(gy_archive_writer *writer, int fd, const char *path, uint64_t size,
                              gy_error *err) {
  uint8_t bytes[32 << 10];
  gy_status status = GY_OK;
  while (size > 0 && status == GY_OK) {
    ssize_t got = read(fd, bytes, size < sizeof bytes ? (size_t)size : sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return gy_fail_errno(err, "read", path);
    if (got == 0) return gy_fail(err, GY_EIO, "%s became shorter while it was read; try again", path);
    status = put(writer, bytes, (size_t)got, err);
    size -= (uint64_t)got;
    writer->written += (uint64_t)got;
    gy_task_progress(writer->task, "writing", writer->written, writer->expected, "bytes");
    if (status == GY_OK) status = gy_task_check(writer->task, err);
  }
  return status;
}

gy_status gy_archive_add_file(gy_archive_writer *writer, const char *name, const char *path, gy_error *err) {
  struct stat info;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return gy_fail_errno(err, "read", path);
  gy_status status = fstat(fd, &info) == 0 ? GY_OK : gy_fail_errno(err, "read", path);
  if (status == GY_OK && !S_ISREG(info.st_mode)) status = gy_fail(err, GY_EIO, "%s is no plain file", path);
  if (status == GY_OK) status = put_entry(writer, name, info.st_mode & 0777, (uint64_t)info.st_size, err);
  if (status == GY_OK) status = put_contents(writer, fd, path, (uint64_t)info.st_size, err);
  close(fd);
  return status;
}

gy_status gy_archive_finish(gy_archive_writer *writer, gy_error *err) {
  uint8_t end[9] = {'E'};
  gy_store_u64(end + 1, writer->n_entries);
  gy_status status = put(writer, end, sizeof end, err);
  if (status == GY_OK) status = flush_block(writer, true, err);
  if (status == GY_OK && fsync(writer->fd) != 0) status = gy_fail_errno(err, "write", writer->path);
  if (status == GY_OK && rename(writer->beside, writer->path) != 0)
    status = gy_fail_errno(err, "write", writer->path);
  if (status != GY_OK) return status;
  gy_file_flush_folder(writer->path);
  free(writer->beside);
  writer->beside = NULL;
  return GY_OK;
}

uint64_t gy_archive_written(const gy_archive_writer *writer) { return writer->written; }

void gy_archive_writer_destroy(gy_archive_writer *writer) {
  if (writer == NULL) return;
  if (writer->fd >= 0) close(writer->fd);
  if (writer->fd >= 0 && writer->beside != NULL) unlink(writer->beside);
  free(writer->beside);
  free(writer->path);
  sodium_memzero(writer, sizeof *writer);
  free(writer);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of up to three blocks are hashed whole; of larger ones three blocks are. */
#include "data/fingerprint.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "data/postgres_stream.h"

enum { BLOCK_BYTES = 256 * 1024, HASH_BYTES = 16 };

static gy_status hash_block(int fd, const char *path, uint64_t offset, unsigned char *block,
                            crypto_generichash_state *state, gy_error *err) {
  size_t held = 0;
  while (held < BLOCK_BYTES) {
    ssize_t got = pread(fd, block + held, BLOCK_BYTES - held, (off_t)(offset + held));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return gy_fail_errno(err, "read", path);
    if (got == 0) break;
    held += (size_t)got;
  }
  crypto_generichash_update(state, block, held);
  return GY_OK;
}

static gy_status hash_content(int fd, const char *path, uint64_t n_bytes, char *hex, gy_error *err) {
  crypto_generichash_state state;
  unsigned char *block = malloc(BLOCK_BYTES);
  if (block == NULL) return gy_fail(err, GY_ENOMEM, "out of memory while looking at %s", path);
  if (sodium_init() < 0 || crypto_generichash_init(&state, NULL, 0, HASH_BYTES) != 0) {
    free(block);
    return gy_fail(err, GY_EINTERNAL, "libsodium could not be started");
  }
  crypto_generichash_update(&state, (const unsigned char *)&n_bytes, sizeof n_bytes);
  uint64_t last = n_bytes > BLOCK_BYTES ? n_bytes - BLOCK_BYTES : 0;
  uint64_t offsets[3] = {0, last / 2, last};
  gy_status status = GY_OK;
  for (int i = 0; i < 3 && status == GY_OK; i++)
    status = hash_block(fd, path, offsets[i], block, &state, err);
  unsigned char hash[HASH_BYTES];
  crypto_generichash_final(&state, hash, sizeof hash);
  sodium_bin2hex(hex, 2 * HASH_BYTES + 1, hash, sizeof hash);
  free(block);
  return status;
}

gy_status gy_file_fingerprint_take(const char *path, gy_file_fingerprint *fingerprint, gy_error *err) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return gy_fail_errno(err, "open", path);
  struct stat info;
  gy_file_fingerprint found = {0};
  gy_status status = fstat(fd, &info) == 0 ? GY_OK : gy_fail_errno(err, "examine", path);
  if (status == GY_OK && !S_ISREG(info.st_mode)) {
    status = gy_fail(err, GY_EUSAGE, "%s is no regular file: whether it changed cannot be told", path);
  }
  if (status == GY_OK) {
    found.n_bytes = (uint64_t)info.st_size;
    found.modified_us = (int64_t)info.st_mtim.tv_sec * 1000000 + info.st_mtim.tv_nsec / 1000;
    status = hash_content(fd, path, found.n_bytes, found.content, err);
  }
  close(fd);
  if (status == GY_OK) *fingerprint = found;
  return status;
}

static int64_t nanoseconds(struct timespec time) { return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec; }

gy_status gy_file_state_take(const char *path, gy_file_state *state, gy_error *err) {
  struct stat info;
  if (stat(path, &info) != 0) return gy_fail_errno(err, "open", path);
  if (!S_ISREG(info.st_mode))
    return gy_fail(err, GY_EUSAGE, "%s is no regular file: whether it changed cannot be told", path);
  *state = (gy_file_state){.device = (uint64_t)info.st_dev,
                           .inode = (uint64_t)info.st_ino,
                           .n_bytes = (uint64_t)info.st_size,
                           .modified_ns = nanoseconds(info.st_mtim),
                           .changed_ns = nanoseconds(info.st_ctim)};
  return GY_OK;
}

bool gy_file_state_equal(const gy_file_state *a, const gy_file_state *b) {
  return a->device == b->device && a->inode == b->inode && a->n_bytes == b->n_bytes &&
         a->modified_ns == b->modified_ns && a->changed_ns == b->changed_ns;
}

void gy_file_fingerprint_text(const gy_file_fingerprint *fingerprint, char *text) {
  snprintf(text, GY_FINGERPRINT_TEXT_MAX, "%" PRIu64 ":%" PRId64 ":%s", fingerprint->n_bytes,
           fingerprint->modified_us, fingerprint->content);
}

static gy_status add_table(crypto_generichash_state *state, const char *address, gy_error *err) {
  gy_arena arena;
  gy_arena_init(&arena, 0, 0);
  char *text = NULL;
  gy_status status = gy_postgres_fingerprint(address, &arena, &text, err);
  crypto_generichash_update(state, (const unsigned char *)address, strlen(address) + 1);
  if (status == GY_OK) crypto_generichash_update(state, (const unsigned char *)text, strlen(text) + 1);
  gy_arena_clear(&arena);
  return status;
}

static gy_status add_file(crypto_generichash_state *state, const char *path, gy_error *err) {
  if (gy_postgres_is_address(path)) return add_table(state, path, err);
  gy_file_fingerprint found;
  char text[GY_FINGERPRINT_TEXT_MAX] = "absent";
  gy_status status = gy_file_fingerprint_take(path, &found, err);
  if (status == GY_OK) gy_file_fingerprint_text(&found, text);
  crypto_generichash_update(state, (const unsigned char *)path, strlen(path) + 1);
  crypto_generichash_update(state, (const unsigned char *)text, strlen(text) + 1);
  return status == GY_ENOTFOUND ? GY_OK : status; /* reading it will say so better */
}

gy_status gy_files_fingerprint(const char *const *patterns, size_t n_patterns,
                               char hex[GY_FILES_FINGERPRINT_CHARS + 1], gy_error *err) {
  crypto_generichash_state state;
  unsigned char hash[HASH_BYTES];
  if (sodium_init() < 0 || crypto_generichash_init(&state, NULL, 0, HASH_BYTES) != 0)
    return gy_fail(err, GY_EINTERNAL, "libsodium could not be started");
  gy_status status = GY_OK;
  for (size_t i = 0; i < n_patterns && status == GY_OK; i++) {
    glob_t found = {0};
    bool is_pattern = !gy_path_is_address(patterns[i]) && !gy_path_exists(patterns[i]) &&
                      glob(patterns[i], 0, NULL, &found) == 0;
    if (!is_pattern) status = add_file(&state, patterns[i], err);
    for (size_t f = 0; f < found.gl_pathc && status == GY_OK; f++)
      status = add_file(&state, found.gl_pathv[f], err);
    globfree(&found);
  }
  crypto_generichash_final(&state, hash, sizeof hash);
  sodium_bin2hex(hex, GY_FILES_FINGERPRINT_CHARS + 1, hash, sizeof hash);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "data/fingerprint.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum { BLOCK_BYTES = 64 * 1024 };

static void add_bytes(crypto_generichash_state *state, const void *bytes, size_t length) {
  crypto_generichash_update(state, bytes, length);
}

static gy_status add_contents(crypto_generichash_state *state, const char *path, int fd, off_t size,
                              unsigned char *block, gy_error *err) {
  off_t places[] = {0, size / 2, size > BLOCK_BYTES ? size - BLOCK_BYTES : 0};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    ssize_t got = pread(fd, block, BLOCK_BYTES, places[i]);
    if (got < 0) return gy_fail_errno(err, "read", path);
    add_bytes(state, block, (size_t)got);
  }
  return GY_OK;
}

static gy_status add_file(crypto_generichash_state *state, const char *path, unsigned char *block,
                          gy_error *err) {
  struct stat info;
  add_bytes(state, path, strlen(path) + 1);
  if (stat(path, &info) != 0) return errno == ENOENT ? GY_OK : gy_fail_errno(err, "read", path);
  int64_t facts[] = {info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
  add_bytes(state, facts, sizeof facts);
  if (!S_ISREG(info.st_mode)) return GY_OK;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return gy_fail_errno(err, "read", path);
  gy_status status = add_contents(state, path, fd, info.st_size, block, err);
  close(fd);
  return status;
}

gy_status gy_files_fingerprint(const char *const *patterns, size_t n_patterns,
                               char hex[GY_FILES_HASH_CHARS + 1], gy_error *err) {
  crypto_generichash_state state;
  unsigned char hash[GY_FILES_HASH_CHARS / 2];
  unsigned char *block = malloc(BLOCK_BYTES);
  if (block == NULL) return gy_fail(err, GY_ENOMEM, "no memory to look at the files");
  crypto_generichash_init(&state, NULL, 0, sizeof hash);
  gy_status status = GY_OK;
  for (size_t i = 0; i < n_patterns && status == GY_OK; i++) {
    glob_t found = {0};
    bool is_pattern = !gy_path_exists(patterns[i]) && glob(patterns[i], 0, NULL, &found) == 0;
    if (!is_pattern) status = add_file(&state, patterns[i], block, err);
    for (size_t f = 0; f < found.gl_pathc && status == GY_OK; f++)
      status = add_file(&state, found.gl_pathv[f], block, err);
    globfree(&found);
  }
  crypto_generichash_final(&state, hash, sizeof hash);
  sodium_bin2hex(hex, GY_FILES_HASH_CHARS + 1, hash, sizeof hash);
  free(block);
  return status;
}

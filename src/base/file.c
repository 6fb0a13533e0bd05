/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE_BYTES = 64 * 1024 };

gy_status gy_fail_errno(gy_error *err, const char *action, const char *path) {
  int reason = errno;
  gy_status code = reason == ENOSPC || reason == EDQUOT ? GY_ENOSPACE
                   : reason == ENOENT                   ? GY_ENOTFOUND
                   : reason == ENOMEM                   ? GY_ENOMEM
                                                        : GY_EIO;
  return gy_fail(err, code, "cannot %s %s: %s", action, path, strerror(reason));
}

gy_status gy_file_read(const char *path, gy_buffer *buffer, gy_error *err) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return gy_fail_errno(err, "read", path);
  gy_status status = GY_OK;
  for (;;) {
    if (!gy_buffer_reserve(buffer, PIECE_BYTES)) {
      bool is_full = buffer->max - buffer->length <= PIECE_BYTES;
      status = is_full ? gy_fail(err, GY_ELIMIT, "%s is larger than %zu bytes, the limit for such a file",
                                 path, buffer->max)
                       : gy_fail(err, GY_ENOMEM, "no memory to read %s", path);
      break;
    }
    ssize_t got = read(fd, buffer->data + buffer->length, PIECE_BYTES);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) status = gy_fail_errno(err, "read", path);
    if (got <= 0) break;
    buffer->length += (size_t)got;
    buffer->data[buffer->length] = '\0';
  }
  close(fd);
  return status;
}

static bool write_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t put = write(fd, bytes, length);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    bytes += put;
    length -= (size_t)put;
  }
  return true;
}

void gy_file_flush_folder(const char *path) {
  char folder[PATH_MAX];
  const char *slash = strrchr(path, '/');
  if (slash != NULL && (size_t)(slash - path) >= sizeof folder) return;
  snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : (int)(slash - path) + (slash == path),
           slash == NULL ? "." : path);
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  (void)!fsync(fd);
  close(fd);
}

static gy_status replace(const char *path, const void *bytes, size_t length, mode_t mode, gy_error *err) {
  gy_status status = GY_OK;
  char *beside = NULL;
  if (asprintf(&beside, "%s.XXXXXX", path) < 0) return gy_fail(err, GY_ENOMEM, "no memory to write %s", path);
  int fd = mkostemp(beside, O_CLOEXEC);
  if (fd < 0) {
    status = gy_fail_errno(err, "write", path);
    goto done;
  }
  bool written = write_all(fd, bytes, length) && fchmod(fd, mode) == 0 && fsync(fd) == 0;
  if (!written) status = gy_fail_errno(err, "write", path);
  if (close(fd) != 0 && written) status = gy_fail_errno(err, "write", path);
  if (status == GY_OK && rename(beside, path) != 0) status = gy_fail_errno(err, "write", path);
  if (status == GY_OK)
    gy_file_flush_folder(path);
  else
    unlink(beside);
done:
  free(beside);
  return status;
}

gy_status gy_file_replace(const char *path, const void *bytes, size_t length, gy_error *err) {
  return replace(path, bytes, length, 0644, err);
}

gy_status gy_file_replace_private(const char *path, const void *bytes, size_t length, gy_error *err) {
  return replace(path, bytes, length, 0600, err);
}

gy_status gy_dir_create(const char *path, gy_error *err) {
  char *prefix = strdup(path);
  if (prefix == NULL) return gy_fail(err, GY_ENOMEM, "no memory to create %s", path);
  gy_status status = GY_OK;
  for (char *at = prefix + 1; status == GY_OK; at++) {
    if (*at != '/' && *at != '\0') continue;
    char kept = *at;
    *at = '\0';
    if (mkdir(prefix, 0755) != 0 && errno != EEXIST) status = gy_fail_errno(err, "create folder", prefix);
    *at = kept;
    if (kept == '\0') break;
  }
  if (status == GY_OK && !gy_path_is_dir(path))
    status = gy_fail(err, GY_EEXISTS, "%s is there already and is not a folder", path);
  free(prefix);
  return status;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk) {
  (void)info, (void)kind, (void)walk;
  return remove(path);
}

gy_status gy_dir_remove(const char *path, gy_error *err) {
  if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT) return GY_OK;
  return gy_fail_errno(err, "remove", path);
}

bool gy_path_exists(const char *path) { return access(path, F_OK) == 0; }

bool gy_path_is_dir(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool gy_path_is_address(const char *path) {
  size_t letters = strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
  return letters > 1 && strncmp(path + letters, "://", 3) == 0;
}

char *gy_path_join(const char *a, const char *b) {
  if (b[0] == '/' || a[0] == '\0' || gy_path_is_address(b)) return strdup(b);
  char *path = NULL;
  bool slash = a[strlen(a) - 1] == '/';
  return asprintf(&path, slash ? "%s%s" : "%s/%s", a, b) < 0 ? NULL : path;
}

const char *gy_path_name(const char *path) {
  size_t end = gy_path_is_address(path) ? strcspn(path, "#") : strlen(path);
  while (end > 0 && path[end - 1] != '/') end--;
  return path + end;
}

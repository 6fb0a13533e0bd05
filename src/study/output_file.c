/* SPDX-License-Identifier: Apache-2.0
 *
 * Partial file, fsync, rename: the order in which a crash can leave the old file or the new one. */
#include "study/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"

gy_status gy_output_file_name(gy_output_file *file, const char *dir, const char *name, gy_error *err) {
  *file = (gy_output_file){.descriptor = -1};
  int length = snprintf(file->path, sizeof file->path, "%s/%s", dir, name);
  int partial = snprintf(file->partial, sizeof file->partial, "%s/.%s.partial", dir, name);
  if (length >= 0 && (size_t)length < sizeof file->path && partial >= 0 &&
      (size_t)partial < sizeof file->partial)
    return GY_OK;
  file->partial[0] = '\0';
  return gy_fail(err, GY_EUSAGE, "the path of %s is too long", name);
}

gy_status gy_output_file_open(gy_output_file *file, const char *dir, const char *name, gy_error *err) {
  gy_status status = gy_output_file_name(file, dir, name, err);
  if (status != GY_OK) return status;
  file->descriptor = open(file->partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (file->descriptor >= 0) return GY_OK;
  status = gy_fail_errno(err, "create", file->path);
  file->partial[0] = '\0';
  return status;
}

gy_status gy_output_file_write(gy_output_file *file, const void *data, size_t length, gy_error *err) {
  const char *at = data;
  while (length > 0) {
    ssize_t written = write(file->descriptor, at, length);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return gy_fail_errno(err, "write", file->path);
    at += written;
    length -= (size_t)written;
    file->bytes += (uint64_t)written;
  }
  return GY_OK;
}

gy_status gy_output_file_finish(gy_output_file *file, gy_error *err) {
  if (file->descriptor < 0) file->descriptor = open(file->partial, O_RDONLY | O_CLOEXEC);
  if (file->descriptor < 0) return gy_fail_errno(err, "open", file->path);
  off_t size = lseek(file->descriptor, 0, SEEK_END);
  if (size >= 0) file->bytes = (uint64_t)size;
  if (fsync(file->descriptor) != 0) return gy_fail_errno(err, "flush", file->path);
  int closed = close(file->descriptor);
  file->descriptor = -1;
  return closed == 0 ? GY_OK : gy_fail_errno(err, "close", file->path);
}

gy_status gy_output_file_publish(gy_output_file *file, gy_error *err) {
  if (rename(file->partial, file->path) != 0) return gy_fail_errno(err, "replace", file->path);
  file->partial[0] = '\0';
  return GY_OK;
}

void gy_output_file_abandon(gy_output_file *file) {
  if (file == NULL) return;
  if (file->descriptor >= 0) close(file->descriptor);
  file->descriptor = -1;
  if (file->partial[0] != '\0') unlink(file->partial);
  file->partial[0] = '\0';
}

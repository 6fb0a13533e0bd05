/* SPDX-License-Identifier: Apache-2.0 */
#include "privacy/vault_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"

gy_status gy_vault_lock_take(const char *folder, gy_vault_access access, int *lock, gy_error *err) {
  char *path = gy_path_join(folder, "lock");
  if (path == NULL) return gy_fail(err, GY_ENOMEM, "no memory to lock %s", folder);
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 && access == GY_VAULT_READS) fd = open(path, O_RDONLY | O_CLOEXEC);
  gy_status status = fd < 0 ? gy_fail_errno(err, "lock", path) : GY_OK;
  while (status == GY_OK && flock(fd, access == GY_VAULT_WRITES ? LOCK_EX : LOCK_SH) != 0)
    if (errno != EINTR) status = gy_fail_errno(err, "lock", path);
  if (status == GY_OK)
    *lock = fd;
  else if (fd >= 0)
    close(fd);
  free(path);
  return status;
}

void gy_vault_lock_release(int lock) {
  if (lock >= 0) close(lock);
}

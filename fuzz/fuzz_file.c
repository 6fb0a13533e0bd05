/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz_file.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

const char *fuzz_file(const void *bytes, size_t length) {
  static int fd = -1; /* libFuzzer keeps the process */
  static char path[32];
  if (fd < 0) {
    fd = memfd_create("fuzz", MFD_CLOEXEC);
    must(fd >= 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  }
  must(ftruncate(fd, 0) == 0);
  must(length == 0 || pwrite(fd, bytes, length, 0) == (ssize_t)length);
  return path;
}

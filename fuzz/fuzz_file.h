/* SPDX-License-Identifier: Apache-2.0
 *
 * What fuzz programs share: a check that stops them, and bytes as a file that is in memory only. */
#ifndef FUZZ_FILE_H
#define FUZZ_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Called by libFuzzer. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void must(bool truth) {
  if (!truth) abort();
}

/* The path of a file that holds these bytes until the next call. The same file each time. */
const char *fuzz_file(const void *bytes, size_t length);

#endif

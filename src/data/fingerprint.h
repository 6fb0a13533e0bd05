/* SPDX-License-Identifier: Apache-2.0
 *
 * What tells a file that changed from one that did not, without reading all of it: its size, its time of
 * change, and an unkeyed BLAKE2b hash (libsodium) of its beginning, middle and end. A file that is rewritten
 * with the same bytes keeps its content hash; one whose middle changes without touching size and time does not
 * always show. */
#ifndef GYEOL_DATA_FINGERPRINT_H
#define GYEOL_DATA_FINGERPRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

enum { GY_FINGERPRINT_TEXT_MAX = 128 };

typedef struct gy_fingerprint {
  uint64_t n_bytes;
  int64_t modified_us;
  char content[33]; /* hexadecimal hash of size and sampled blocks */
} gy_fingerprint;

GY_MUST_USE gy_status gy_fingerprint_file(const char *path, gy_fingerprint *fingerprint, gy_error *err);

/* "size:modified:content"; `text` holds GY_FINGERPRINT_TEXT_MAX bytes. */
void gy_fingerprint_text(const gy_fingerprint *fingerprint, char *text);

#endif

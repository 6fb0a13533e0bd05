/* SPDX-License-Identifier: Apache-2.0
 *
 * What tells a file that changed from one that did not, without reading all of it: its size, its time of
 * change, and an unkeyed BLAKE2b hash (libsodium) of its beginning, middle and end. A file that is rewritten
 * with the same bytes keeps its content hash; one whose middle changes without touching size and time does
 * not always show. */
#ifndef GYEOL_DATA_FINGERPRINT_H
#define GYEOL_DATA_FINGERPRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

enum { GY_FINGERPRINT_TEXT_MAX = 128 };

typedef struct gy_file_fingerprint {
  uint64_t n_bytes;
  int64_t modified_us;
  char content[33]; /* hexadecimal hash of size and sampled blocks */
} gy_file_fingerprint;

GY_MUST_USE gy_status gy_file_fingerprint_take(const char *path, gy_file_fingerprint *fingerprint,
                                               gy_error *err);

/* Which file a name stands for and when it last changed, by what the system says of it. Two equal states that
 * were not taken within the system's clock tick of a change are the same bytes. */
typedef struct gy_file_state {
  uint64_t device, inode, n_bytes;
  int64_t modified_ns, changed_ns; /* of the content; of the content or of what the system keeps of it */
} gy_file_state;

GY_MUST_USE gy_status gy_file_state_take(const char *path, gy_file_state *state, gy_error *err);
bool gy_file_state_equal(const gy_file_state *a, const gy_file_state *b);

/* "size:modified:content"; `text` holds GY_FINGERPRINT_TEXT_MAX bytes. */
void gy_file_fingerprint_text(const gy_file_fingerprint *fingerprint, char *text);

/* One text for all files that the patterns find, in the order they are found: paths and fingerprints. A
 * pattern that finds nothing is part of it too, so that a file that appears later changes it. */
enum { GY_FILES_FINGERPRINT_CHARS = 32 };
GY_MUST_USE gy_status gy_files_fingerprint(const char *const *patterns, size_t n_patterns,
                                           char hex[GY_FILES_FINGERPRINT_CHARS + 1], gy_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether files are still what they were: their paths, sizes, times of change, and a BLAKE2b hash of blocks
 * from beginning, middle and end. A file that is touched but not changed counts as changed; one that is
 * changed in place with its size and time forged, outside those blocks, does not. */
#ifndef GYEOL_DATA_FINGERPRINT_H
#define GYEOL_DATA_FINGERPRINT_H

#include <stddef.h>

#include <gyeol/status.h>

enum { GY_FILES_HASH_CHARS = 32 };

/* Of the files that the patterns find, in the order they are found. A pattern without a file is part of it
 * too, so that a file that appears later changes it. */
GY_MUST_USE gy_status gy_files_fingerprint(const char *const *patterns, size_t n_patterns,
                                           char hex[GY_FILES_HASH_CHARS + 1], gy_error *err);

#endif

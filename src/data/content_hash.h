/* SPDX-License-Identifier: Apache-2.0
 *
 * A hash of all bytes of a file, fast enough to be taken while the file is read: XXH3 with 128 bits over
 * blocks of 4 MB, and once more over the blocks' hashes, so that several threads can check a file that was
 * hashed while it streamed by, and a prefix of it as well. It tells changed files from unchanged ones; it is
 * no proof against somebody who forges a file (ADR 14). */
#ifndef GYEOL_DATA_CONTENT_HASH_H
#define GYEOL_DATA_CONTENT_HASH_H

#include <stddef.h>
#include <stdint.h>

#include <gyeol/task.h>

enum { GY_CONTENT_HASH_CHARS = 32, GY_CONTENT_BLOCK_BYTES = 4 << 20 };

typedef struct gy_content_hash gy_content_hash;

gy_content_hash *gy_content_hash_create(void); /* NULL when memory is spent */
void gy_content_hash_destroy(gy_content_hash *hash);
void gy_content_hash_update(gy_content_hash *hash, const void *bytes, size_t length);
/* The hash of everything added so far, in hexadecimal; more may be added afterwards. */
void gy_content_hash_text(const gy_content_hash *hash, char hex[GY_CONTENT_HASH_CHARS + 1]);

/* The same of the first `n_prefix` and the first `n_bytes` (at least as many) bytes of a file, on all threads
 * of the task. GY_EIO when the file ends before that; GY_ECANCELLED when the task says so. */
GY_MUST_USE gy_status gy_content_hash_file(const char *path, uint64_t n_prefix, uint64_t n_bytes,
                                           const gy_task *task, char prefix[GY_CONTENT_HASH_CHARS + 1],
                                           char whole[GY_CONTENT_HASH_CHARS + 1], gy_error *err);

/* In two parts: all threads but the caller's begin at once, and the caller, which goes on with other work,
 * takes a share of what is left when it wants to know. Lends the task until then; finishing and abandoning
 * take the hashing. */
typedef struct gy_content_hashing gy_content_hashing;

GY_MUST_USE gy_status gy_content_hash_start(const char *path, uint64_t n_prefix, uint64_t n_bytes,
                                            const gy_task *task, gy_content_hashing **hashing, gy_error *err);
GY_MUST_USE gy_status gy_content_hash_finish(gy_content_hashing *hashing,
                                             char prefix[GY_CONTENT_HASH_CHARS + 1],
                                             char whole[GY_CONTENT_HASH_CHARS + 1], gy_error *err);
void gy_content_hash_abandon(gy_content_hashing *hashing); /* NULL-safe */

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "data/content_hash.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <xxh_x86dispatch.h> /* the same functions, on the widest vectors that this processor has */
#else
#include <xxhash.h>
#endif

#include "base/file.h"

enum { PIECE_BYTES = 64 << 10 }; /* what is copied is still near when it is hashed */

struct gy_content_hash {
  XXH3_state_t *block; /* of the block not yet full */
  XXH3_state_t *all;   /* of the hashes of full blocks */
  uint64_t n_bytes;
};

static void add_hash(XXH3_state_t *all, XXH128_hash_t hash) {
  XXH128_canonical_t bytes;
  XXH128_canonicalFromHash(&bytes, hash);
  (void)XXH3_128bits_update(all, &bytes, sizeof bytes);
}

static void write_text(const XXH3_state_t *all, uint64_t n_bytes, char *hex) {
  XXH128_canonical_t bytes;
  XXH128_hash_t hash = XXH3_128bits_digest(all);
  hash.low64 ^= n_bytes; /* of equal blocks, as of zeros, the number shows as well */
  XXH128_canonicalFromHash(&bytes, hash);
  for (size_t i = 0; i < sizeof bytes.digest; i++) {
    hex[2 * i] = "0123456789abcdef"[bytes.digest[i] >> 4];
    hex[2 * i + 1] = "0123456789abcdef"[bytes.digest[i] & 15];
  }
  hex[GY_CONTENT_HASH_CHARS] = '\0';
}

gy_content_hash *gy_content_hash_create(void) {
  gy_content_hash *hash = calloc(1, sizeof *hash);
  if (hash == NULL) return NULL;
  hash->block = XXH3_createState();
  hash->all = XXH3_createState();
  if (hash->block == NULL || hash->all == NULL) {
    gy_content_hash_destroy(hash);
    return NULL;
  }
  (void)XXH3_128bits_reset(hash->block);
  (void)XXH3_128bits_reset(hash->all);
  return hash;
}

void gy_content_hash_destroy(gy_content_hash *hash) {
  if (hash == NULL) return;
  (void)XXH3_freeState(hash->block);
  (void)XXH3_freeState(hash->all);
  free(hash);
}

void gy_content_hash_update(gy_content_hash *hash, const void *bytes, size_t length) {
  const char *next = bytes;
  while (length > 0) {
    size_t room = GY_CONTENT_BLOCK_BYTES - (size_t)(hash->n_bytes % GY_CONTENT_BLOCK_BYTES);
    size_t part = length < room ? length : room;
    (void)XXH3_128bits_update(hash->block, next, part);
    hash->n_bytes += part;
    next += part;
    length -= part;
    if (part < room) continue;
    add_hash(hash->all, XXH3_128bits_digest(hash->block));
    (void)XXH3_128bits_reset(hash->block);
  }
}

void gy_content_hash_text(const gy_content_hash *hash, char hex[GY_CONTENT_HASH_CHARS + 1]) {
  memset(hex, '0', GY_CONTENT_HASH_CHARS);
  hex[GY_CONTENT_HASH_CHARS] = '\0';
  XXH3_state_t *all = XXH3_createState();
  if (all == NULL) return; /* equal to no hash: the file is read again */
  XXH3_copyState(all, hash->all);
  if (hash->n_bytes % GY_CONTENT_BLOCK_BYTES != 0) add_hash(all, XXH3_128bits_digest(hash->block));
  write_text(all, hash->n_bytes, hex);
  (void)XXH3_freeState(all);
}

/* ---- a file on all threads ---- */

/* Hashes of one block: up to where the prefix ends in it, and whole. */
typedef struct block_hash {
  XXH128_hash_t prefix, whole;
} block_hash;

/* Blocks are taken in turn by whoever is free. */
struct gy_content_hashing {
  int fd;
  char *path;
  uint64_t n_prefix, n_bytes;
  size_t n_blocks;
  block_hash *blocks;
  const gy_task *task;
  atomic_size_t next_block;
  atomic_bool failed; /* a block could not be read */
  atomic_bool spent;  /* no memory */
  pthread_t *helpers;
  size_t n_helpers;
};

static bool read_piece(int fd, char *data, size_t length, uint64_t offset) {
  for (size_t held = 0; held < length;) {
    ssize_t got = pread(fd, data + held, length - held, (off_t)(offset + held));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    held += (size_t)got;
  }
  return true;
}

static bool hash_block(const gy_content_hashing *f, size_t index, XXH3_state_t *state, char *piece) {
  uint64_t at = (uint64_t)index * GY_CONTENT_BLOCK_BYTES, end = at + GY_CONTENT_BLOCK_BYTES;
  if (end > f->n_bytes) end = f->n_bytes;
  (void)XXH3_128bits_reset(state);
  while (at < end) {
    uint64_t stop = at < f->n_prefix && f->n_prefix < end ? f->n_prefix : end;
    size_t length = stop - at < PIECE_BYTES ? (size_t)(stop - at) : PIECE_BYTES;
    if (!read_piece(f->fd, piece, length, at)) return false;
    (void)XXH3_128bits_update(state, piece, length);
    at += length;
    if (at == f->n_prefix) f->blocks[index].prefix = XXH3_128bits_digest(state);
  }
  f->blocks[index].whole = XXH3_128bits_digest(state);
  return true;
}

static void *hash_blocks(void *hashing) {
  gy_content_hashing *f = hashing;
  XXH3_state_t *state = XXH3_createState();
  char *piece = malloc(PIECE_BYTES);
  if (state == NULL || piece == NULL) atomic_store(&f->spent, true);
  while (!atomic_load(&f->failed) && !atomic_load(&f->spent) && !gy_task_cancelled(f->task)) {
    size_t block = atomic_fetch_add(&f->next_block, 1);
    if (block >= f->n_blocks) break;
    if (!hash_block(f, block, state, piece)) atomic_store(&f->failed, true);
  }
  (void)XXH3_freeState(state);
  free(piece);
  return NULL;
}

static bool write_hash(const gy_content_hashing *f, uint64_t n_bytes, char *hex) {
  XXH3_state_t *all = XXH3_createState();
  if (all == NULL) return false;
  (void)XXH3_128bits_reset(all);
  size_t n_whole = (size_t)(n_bytes / GY_CONTENT_BLOCK_BYTES);
  for (size_t i = 0; i < n_whole; i++) add_hash(all, f->blocks[i].whole);
  if (n_bytes % GY_CONTENT_BLOCK_BYTES != 0)
    add_hash(all, n_bytes == f->n_prefix ? f->blocks[n_whole].prefix : f->blocks[n_whole].whole);
  write_text(all, n_bytes, hex);
  (void)XXH3_freeState(all);
  return true;
}

static void hashing_destroy(gy_content_hashing *f) {
  for (size_t i = 0; i < f->n_helpers; i++) pthread_join(f->helpers[i], NULL);
  if (f->fd >= 0) close(f->fd);
  free(f->helpers);
  free(f->blocks);
  free(f->path);
  free(f);
}

/* Fewer helpers than asked for are enough: the caller does what they did not. */
static void start_helpers(gy_content_hashing *f) {
  size_t n = (size_t)gy_task_threads(f->task) - 1;
  if (n + 1 > f->n_blocks) n = f->n_blocks > 0 ? f->n_blocks - 1 : 0;
  if (n == 0) return;
  f->helpers = calloc(n, sizeof *f->helpers);
  while (f->helpers != NULL && f->n_helpers < n &&
         pthread_create(&f->helpers[f->n_helpers], NULL, hash_blocks, f) == 0)
    f->n_helpers++;
}

gy_status gy_content_hash_start(const char *path, uint64_t n_prefix, uint64_t n_bytes, const gy_task *task,
                                gy_content_hashing **hashing, gy_error *err) {
  gy_content_hashing *f = calloc(1, sizeof *f);
  if (f == NULL) return gy_fail(err, GY_ENOMEM, "out of memory while looking at %s", path);
  f->n_prefix = n_prefix;
  f->n_bytes = n_bytes;
  f->n_blocks = (size_t)((n_bytes + GY_CONTENT_BLOCK_BYTES - 1) / GY_CONTENT_BLOCK_BYTES);
  f->blocks = calloc(f->n_blocks + 1, sizeof *f->blocks);
  f->path = strdup(path);
  f->task = task;
  f->fd = open(path, O_RDONLY | O_CLOEXEC);
  gy_status status = GY_OK;
  if (f->fd < 0)
    status = gy_fail_errno(err, "open", path);
  else if (f->blocks == NULL || f->path == NULL)
    status = gy_fail(err, GY_ENOMEM, "out of memory while looking at %s", path);
  if (status != GY_OK) {
    hashing_destroy(f);
    return status;
  }
  start_helpers(f);
  *hashing = f;
  return GY_OK;
}

gy_status gy_content_hash_finish(gy_content_hashing *f, char prefix[GY_CONTENT_HASH_CHARS + 1],
                                 char whole[GY_CONTENT_HASH_CHARS + 1], gy_error *err) {
  hash_blocks(f);
  for (size_t i = 0; i < f->n_helpers; i++) pthread_join(f->helpers[i], NULL);
  f->n_helpers = 0;
  gy_status status = gy_task_check(f->task, err);
  if (status == GY_OK && atomic_load(&f->failed))
    status =
        gy_fail(err, GY_EIO, "%s changed, or could not be read to its end, while it was looked at", f->path);
  else if (status == GY_OK && (atomic_load(&f->spent) || !write_hash(f, f->n_prefix, prefix) ||
                               !write_hash(f, f->n_bytes, whole)))
    status = gy_fail(err, GY_ENOMEM, "out of memory while looking at %s", f->path);
  hashing_destroy(f);
  return status;
}

void gy_content_hash_abandon(gy_content_hashing *f) {
  if (f == NULL) return;
  atomic_store(&f->failed, true);
  hashing_destroy(f);
}

gy_status gy_content_hash_file(const char *path, uint64_t n_prefix, uint64_t n_bytes, const gy_task *task,
                               char prefix[GY_CONTENT_HASH_CHARS + 1], char whole[GY_CONTENT_HASH_CHARS + 1],
                               gy_error *err) {
  gy_content_hashing *hashing = NULL;
  gy_status status = gy_content_hash_start(path, n_prefix, n_bytes, task, &hashing, err);
  return status == GY_OK ? gy_content_hash_finish(hashing, prefix, whole, err) : status;
}

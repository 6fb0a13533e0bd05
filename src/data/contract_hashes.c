/* SPDX-License-Identifier: Apache-2.0 */
#include "data/contract_hashes.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* A part of 20 million values is looked through in half a megabyte. */
enum { PART_BITS = 10, PARTS = 1 << PART_BITS, LOCKS = 64, HELD = 32, AHEAD = 8 };

typedef struct part {
  uint64_t *list;
  size_t n, capacity;
} part;

struct contract_hashes {
  pthread_mutex_t locks[LOCKS];
  part parts[PARTS];
  size_t most;             /* hashes */
  _Atomic size_t n_bytes;  /* room taken */
  _Atomic bool overflowed; /* the bound is reached */
  _Atomic bool spent;      /* memory is */
};

struct contract_hash_buffer {
  contract_hashes *hashes;
  uint8_t n[PARTS];
  uint64_t held[PARTS][HELD];
};

gy_status contract_hashes_create(size_t most_bytes, contract_hashes **hashes, gy_error *err) {
  contract_hashes *made = calloc(1, sizeof *made);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory to check a key");
  for (int i = 0; i < LOCKS; i++) pthread_mutex_init(&made->locks[i], NULL);
  made->most = most_bytes;
  *hashes = made;
  return GY_OK;
}

void contract_hashes_destroy(contract_hashes *hashes) {
  if (hashes == NULL) return;
  for (int i = 0; i < LOCKS; i++) pthread_mutex_destroy(&hashes->locks[i]);
  for (int p = 0; p < PARTS; p++) free(hashes->parts[p].list);
  free(hashes);
}

gy_status contract_hash_buffer_create(contract_hashes *hashes, contract_hash_buffer **buffer, gy_error *err) {
  contract_hash_buffer *made = malloc(sizeof *made);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory to check a key");
  made->hashes = hashes;
  memset(made->n, 0, sizeof made->n);
  *buffer = made;
  return GY_OK;
}

/* Room for `n` more, by halves; false when there is none, and why is noted. */
static bool make_room(contract_hashes *hashes, part *p, size_t n) {
  if (p->n + n <= p->capacity) return true;
  size_t capacity = p->capacity + p->capacity / 2 + 4 * HELD,
         more = (capacity - p->capacity) * sizeof *p->list;
  if (hashes->n_bytes + more > hashes->most) {
    hashes->overflowed = true;
    return false;
  }
  uint64_t *list = realloc(p->list, capacity * sizeof *list);
  if (list == NULL) {
    hashes->spent = true;
    return false;
  }
  hashes->n_bytes += more;
  p->list = list;
  p->capacity = capacity;
  return true;
}

static void hand_over(contract_hash_buffer *buffer, size_t index) {
  contract_hashes *hashes = buffer->hashes;
  size_t n = buffer->n[index];
  buffer->n[index] = 0;
  if (n == 0 || hashes->overflowed || hashes->spent) return;
  part *p = &hashes->parts[index];
  pthread_mutex_lock(&hashes->locks[index % LOCKS]);
  if (make_room(hashes, p, n)) {
    memcpy(p->list + p->n, buffer->held[index], n * sizeof *p->list);
    p->n += n;
  }
  pthread_mutex_unlock(&hashes->locks[index % LOCKS]);
}

void contract_hash_buffer_add(contract_hash_buffer *buffer, const void *value, size_t length) {
  uint64_t hash = XXH3_64bits(value, length);
  size_t index = hash >> (64 - PART_BITS);
  buffer->held[index][buffer->n[index]++] = hash;
  if (buffer->n[index] == HELD) hand_over(buffer, index);
}

void contract_hash_buffer_close(contract_hash_buffer *buffer) {
  if (buffer == NULL) return;
  for (size_t p = 0; p < PARTS; p++) hand_over(buffer, p);
  free(buffer);
}

/* A table of at least twice as many places, 0 for an empty one. */
static bool all_differ(const part *p, _Atomic bool *spent) {
  size_t size = 64;
  bool has_zero = false, differ = true;
  while (size < 2 * p->n) size *= 2;
  uint64_t *table = calloc(size, sizeof *table);
  if (table == NULL) {
    *spent = true;
    return false;
  }
  for (size_t i = 0; i < p->n && differ; i++) {
    uint64_t hash = p->list[i];
    if (i + AHEAD < p->n) __builtin_prefetch(&table[p->list[i + AHEAD] & (size - 1)], 1);
    if (hash == 0) {
      differ = !has_zero;
      has_zero = true;
      continue;
    }
    size_t at = hash & (size - 1);
    while (table[at] != 0 && table[at] != hash) at = (at + 1) & (size - 1);
    differ = table[at] == 0;
    table[at] = hash;
  }
  free(table);
  return differ;
}

gy_status contract_hashes_all_differ(contract_hashes *hashes, int n_threads, bool *differ, gy_error *err) {
  _Atomic bool all = !hashes->overflowed && !hashes->spent;
#pragma omp parallel for num_threads(n_threads) schedule(dynamic, 16)
  for (int p = 0; p < PARTS; p++)
    if (all && !all_differ(&hashes->parts[p], &hashes->spent)) all = false;
  if (hashes->spent) return gy_fail(err, GY_ENOMEM, "no memory to check a key");
  *differ = all;
  return GY_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64, DEFAULT_BLOCK_BYTES = 64 * 1024 };

struct gy_arena_block {
  gy_arena_block *older;
  size_t used;
  size_t capacity;
  _Alignas(ALIGNMENT) unsigned char bytes[];
};

void gy_arena_init(gy_arena *arena, size_t block_bytes, size_t max_bytes) {
  *arena = (gy_arena){.block_bytes = block_bytes ? block_bytes : DEFAULT_BLOCK_BYTES, .max_bytes = max_bytes};
}

static gy_arena_block *add_block(gy_arena *arena, size_t bytes) {
  size_t capacity = bytes > arena->block_bytes ? bytes : arena->block_bytes;
  if (capacity > SIZE_MAX - sizeof(gy_arena_block) - ALIGNMENT) return NULL;
  size_t whole = (sizeof(gy_arena_block) + capacity + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (arena->max_bytes != 0 && whole > arena->max_bytes - arena->held_bytes) return NULL;
  gy_arena_block *block = aligned_alloc(ALIGNMENT, whole);
  if (block == NULL) return NULL;
  *block = (gy_arena_block){.older = arena->newest, .capacity = whole - sizeof(gy_arena_block)};
  arena->newest = block;
  arena->held_bytes += whole;
  return block;
}

void *gy_arena_alloc(gy_arena *arena, size_t bytes) {
  if (bytes > SIZE_MAX - ALIGNMENT) return NULL;
  size_t padded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  gy_arena_block *block = arena->newest;
  if (block == NULL || block->capacity - block->used < padded) block = add_block(arena, padded);
  if (block == NULL) return NULL;
  void *storage = block->bytes + block->used;
  block->used += padded;
  return storage;
}

void *gy_arena_calloc(gy_arena *arena, size_t n, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(n, size, &bytes)) return NULL;
  void *storage = gy_arena_alloc(arena, bytes);
  if (storage != NULL) memset(storage, 0, bytes);
  return storage;
}

char *gy_arena_strndup(gy_arena *arena, const char *text, size_t length) {
  char *copy = gy_arena_alloc(arena, length + 1);
  if (copy == NULL) return NULL;
  memcpy(copy, text, length);
  copy[length] = '\0';
  return copy;
}

void gy_arena_clear(gy_arena *arena) {
  for (gy_arena_block *block = arena->newest; block != NULL;) {
    gy_arena_block *older = block->older;
    free(block);
    block = older;
  }
  arena->newest = NULL;
  arena->held_bytes = 0;
}

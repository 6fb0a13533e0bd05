/* SPDX-License-Identifier: Apache-2.0
 *
 * A bump allocator: many small allocations, freed together.
 *
 *   block -> block -> block          each at least `block_bytes` long
 *   [used...|free]                   the newest is filled first
 *
 * Everything allocated from an arena lives until gy_arena_clear. An arena is not
 * shared between threads. */
#ifndef GYEOL_BASE_ARENA_H
#define GYEOL_BASE_ARENA_H

#include <stddef.h>

typedef struct gy_arena_block gy_arena_block;

typedef struct gy_arena {
  gy_arena_block *newest;
  size_t block_bytes;
  size_t max_bytes;  /* 0: unlimited */
  size_t held_bytes; /* taken from the system so far */
} gy_arena;

/* `block_bytes` 0 means 64 KiB; `max_bytes` 0 means unlimited. Takes nothing yet. */
void gy_arena_init(gy_arena *arena, size_t block_bytes, size_t max_bytes);

/* `bytes` of storage aligned to 64, contents undefined; NULL when memory or the maximum is spent. */
void *gy_arena_alloc(gy_arena *arena, size_t bytes);

/* As gy_arena_alloc for n items of `size`, zeroed; NULL also when n * size overflows. */
void *gy_arena_calloc(gy_arena *arena, size_t n, size_t size);

/* A copy of the first `length` bytes of `text`, NUL-terminated. */
char *gy_arena_strndup(gy_arena *arena, const char *text, size_t length);

/* Frees every block. The arena may be used again. */
void gy_arena_clear(gy_arena *arena);

#endif

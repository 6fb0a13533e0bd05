/* SPDX-License-Identifier: Apache-2.0
 *
 * Many arrays in one allocation, laid out by the same code that counts them, so that the memory a kernel
 * announces is the memory it takes. The function that lays out runs twice: once with `base` NULL, which only
 * counts, and once over the storage.
 *
 *   static size_t lay_out(work *w, void *base) {
 *     gy_layout at = {.base = base};
 *     w->labels = gy_layout_take(&at, w->n, sizeof *w->labels);
 *     w->sums = gy_layout_take(&at, w->k * w->d, sizeof *w->sums);
 *     return gy_layout_bytes(&at);
 *   } */
#ifndef GYEOL_BASE_LAYOUT_H
#define GYEOL_BASE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every array begins at a multiple of this; so must the storage (aligned_alloc). */
enum { GY_LAYOUT_ALIGNMENT = 64 };

typedef struct gy_layout {
  unsigned char *base; /* NULL: count only */
  size_t used;
  bool overflow;
} gy_layout;

/* The next `n` items of `size` bytes; NULL while counting. */
static inline void *gy_layout_take(gy_layout *at, size_t n, size_t size) {
  size_t bytes, start = at->used;
  if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX / 2 - at->used) {
    at->overflow = true;
    return NULL;
  }
  at->used = (start + bytes + GY_LAYOUT_ALIGNMENT - 1) / GY_LAYOUT_ALIGNMENT * GY_LAYOUT_ALIGNMENT;
  return at->base == NULL ? NULL : at->base + start;
}

/* Bytes taken so far, or SIZE_MAX when they overflow. */
static inline size_t gy_layout_bytes(const gy_layout *at) { return at->overflow ? SIZE_MAX : at->used; }

#endif

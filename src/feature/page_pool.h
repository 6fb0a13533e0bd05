/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks of equal size cut from large mapped slabs, freed together.
 *
 * Touching fresh 4 KiB pages costs several times what writing to them does; slabs are aligned to 2 MiB
 * and ask for huge pages. A pool belongs to one thread; what all pools of a kernel hold together is
 * counted in one shared total, against one budget. */
#ifndef GYEOL_FEATURE_PAGE_POOL_H
#define GYEOL_FEATURE_PAGE_POOL_H

#include <stdatomic.h>
#include <stddef.h>

typedef struct gy_page_budget {
  atomic_size_t held_bytes;
  size_t max_bytes; /* SIZE_MAX: none */
} gy_page_budget;

typedef struct gy_page_slab gy_page_slab;

typedef struct gy_page_pool {
  gy_page_budget *budget; /* lent */
  size_t block_bytes;     /* a multiple of 64 */
  size_t slab_bytes;
  gy_page_slab *newest;
  gy_page_slab *spare; /* used before, free again */
  char *next;          /* the newest slab's uncut rest */
  char *end;
} gy_page_pool;

/* Cuts blocks of `block_bytes` (rounded up to 64) from slabs of at least `slab_bytes`. Takes nothing yet. */
void gy_page_pool_init(gy_page_pool *pool, gy_page_budget *budget, size_t block_bytes, size_t slab_bytes);

/* A block aligned to 64, contents undefined; NULL when memory or the budget is spent. */
void *gy_page_pool_block(gy_page_pool *pool);

/* Makes every block free again but keeps the slabs, which are warm. */
void gy_page_pool_reset(gy_page_pool *pool);
void gy_page_pool_clear(gy_page_pool *pool);

#endif

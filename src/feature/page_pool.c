/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/page_pool.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20, LINE = 64 };

struct gy_page_slab {
  _Alignas(LINE) gy_page_slab *older;
  void *mapping;
  size_t mapped_bytes;
};

void gy_page_pool_init(gy_page_pool *pool, gy_page_budget *budget, size_t block_bytes, size_t slab_bytes) {
  size_t block = (block_bytes + LINE - 1) / LINE * LINE;
  size_t least = block + sizeof(gy_page_slab);
  size_t slab = slab_bytes > least ? slab_bytes : least;
  *pool = (gy_page_pool){
      .budget = budget, .block_bytes = block, .slab_bytes = (slab + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE};
}

static bool take_from_budget(gy_page_budget *budget, size_t bytes) {
  size_t held = atomic_fetch_add(&budget->held_bytes, bytes) + bytes;
  if (held <= budget->max_bytes) return true;
  atomic_fetch_sub(&budget->held_bytes, bytes);
  return false;
}

static void use_slab(gy_page_pool *pool, gy_page_slab *slab) {
  slab->older = pool->newest;
  pool->newest = slab;
  pool->next = (char *)(slab + 1);
  pool->end = (char *)slab + pool->slab_bytes;
}

static bool add_slab(gy_page_pool *pool) {
  if (pool->spare != NULL) {
    gy_page_slab *slab = pool->spare;
    pool->spare = slab->older;
    use_slab(pool, slab);
    return true;
  }
  if (!take_from_budget(pool->budget, pool->slab_bytes)) return false;
  size_t mapped = pool->slab_bytes + HUGE_PAGE;
  char *mapping = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) {
    atomic_fetch_sub(&pool->budget->held_bytes, pool->slab_bytes);
    return false;
  }
  char *aligned = (char *)(((uintptr_t)mapping + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);
  (void)madvise(aligned, pool->slab_bytes, MADV_HUGEPAGE);
  gy_page_slab *slab = (gy_page_slab *)aligned;
  *slab = (gy_page_slab){.mapping = mapping, .mapped_bytes = mapped};
  use_slab(pool, slab);
  return true;
}

void *gy_page_pool_block(gy_page_pool *pool) {
  if ((size_t)(pool->end - pool->next) < pool->block_bytes && !add_slab(pool)) return NULL;
  void *block = pool->next;
  pool->next += pool->block_bytes;
  return block;
}

void gy_page_pool_reset(gy_page_pool *pool) {
  while (pool->newest != NULL) {
    gy_page_slab *slab = pool->newest;
    pool->newest = slab->older;
    slab->older = pool->spare;
    pool->spare = slab;
  }
  pool->next = pool->end = NULL;
}

void gy_page_pool_clear(gy_page_pool *pool) {
  gy_page_pool_reset(pool);
  while (pool->spare != NULL) {
    gy_page_slab *slab = pool->spare;
    pool->spare = slab->older;
    atomic_fetch_sub(&pool->budget->held_bytes, pool->slab_bytes);
    munmap(slab->mapping, slab->mapped_bytes);
  }
}

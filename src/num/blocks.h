/* SPDX-License-Identifier: Apache-2.0
 *
 * Fixed blocks of rows. Floating-point sums depend on their order, so work that is shared among threads is
 * cut into blocks whose boundaries depend on the number of rows only; each block is summed by one thread, and
 * the block sums are added in block order. That gives the same bytes on any number of threads. */
#ifndef GYEOL_NUM_BLOCKS_H
#define GYEOL_NUM_BLOCKS_H

#include <stddef.h>

typedef struct gy_blocks {
  size_t n_rows;
  size_t rows; /* of each block but the last; a multiple of 64 */
  size_t count;
} gy_blocks;

enum { GY_BLOCKS_MAX = 128 };

/* At most GY_BLOCKS_MAX blocks of at least `min_rows` rows. */
static inline gy_blocks gy_blocks_of(size_t n_rows, size_t min_rows) {
  size_t rows = n_rows / GY_BLOCKS_MAX + 1;
  if (rows < min_rows) rows = min_rows;
  rows = (rows + 63) / 64 * 64;
  return (gy_blocks){.n_rows = n_rows, .rows = rows, .count = (n_rows + rows - 1) / rows};
}

static inline size_t gy_block_first(const gy_blocks *blocks, size_t block) { return block * blocks->rows; }

static inline size_t gy_block_end(const gy_blocks *blocks, size_t block) {
  size_t end = (block + 1) * blocks->rows;
  return end < blocks->n_rows ? end : blocks->n_rows;
}

#endif

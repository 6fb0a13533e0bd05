/* SPDX-License-Identifier: Apache-2.0
 *
 * A Roaring bitmap, block by block. Every 65,536 numbers that share their upper 16 bits are a block, which
 * the bitmap keeps in one of three ways: up to 4,096 members as a sorted array, more as one bit a number,
 * long stretches as runs. CRoaring hides its blocks, but what it writes is specified
 * (github.com/RoaringBitmap/ RoaringFormatSpec): a directory of keys and sizes, then the blocks one after the
 * other. */
#ifndef GYEOL_SEGMENT_OVERLAP_BLOCK_H
#define GYEOL_SEGMENT_OVERLAP_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>
#include <roaring/roaring.h>

enum { GY_BLOCK_BITS = 65536, GY_BLOCK_WORDS = GY_BLOCK_BITS / 64 };

typedef enum gy_block_kind { GY_BLOCK_ARRAY, GY_BLOCK_BITSET, GY_BLOCK_RUNS } gy_block_kind;

typedef struct gy_block {
  const unsigned char *data; /* lent by its gy_blocks */
  uint32_t n;                /* members */
  uint16_t key;              /* the upper 16 bits of all of them */
  uint8_t kind;              /* gy_block_kind */
} gy_block;

typedef struct gy_blocks {
  char *bytes;
  gy_block *blocks; /* in the order of their keys */
  size_t n;
} gy_blocks;

/* The blocks of a bitmap, copied once. GY_ENOMEM. Clear in either case. */
GY_MUST_USE gy_status gy_blocks_init(gy_blocks *blocks, const roaring_bitmap_t *bitmap, gy_error *err);
void gy_blocks_clear(gy_blocks *blocks);

/* NULL: the bitmap has no member in the block. */
const gy_block *gy_blocks_find(const gy_blocks *blocks, uint16_t key);

/* Its members as bits; all of `words` is written. */
void gy_block_expand(const gy_block *block, uint64_t words[GY_BLOCK_WORDS]);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "segment/overlap_block.h"

#include <stdlib.h>
#include <string.h>

/* Of the format: cookies of the head, and where kinds of blocks meet. */
enum { HEAD_WITH_RUNS = 12347, ARRAY_MAX = 4096, OFFSETS_FROM = 4 };

static uint16_t u16_at(const unsigned char *at) { return (uint16_t)(at[0] | at[1] << 8); }

static size_t bytes_of(const gy_block *block) {
  if (block->kind == GY_BLOCK_RUNS) return 2 + 4 * (size_t)u16_at(block->data);
  return block->kind == GY_BLOCK_ARRAY ? 2 * (size_t)block->n : GY_BLOCK_BITS / 8;
}

gy_status gy_blocks_init(gy_blocks *blocks, const roaring_bitmap_t *bitmap, gy_error *err) {
  *blocks = (gy_blocks){.bytes = malloc(roaring_bitmap_portable_size_in_bytes(bitmap))};
  if (blocks->bytes == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the members of a segment");
  roaring_bitmap_portable_serialize(bitmap, blocks->bytes);
  const unsigned char *at = (const unsigned char *)blocks->bytes, *runs = NULL;
  if (u16_at(at) == HEAD_WITH_RUNS) {
    blocks->n = (size_t)u16_at(at + 2) + 1;
    runs = at + 4;
    at = runs + (blocks->n + 7) / 8;
  } else {
    blocks->n = u16_at(at + 4) + ((size_t)u16_at(at + 6) << 16);
    at += 8;
  }
  blocks->blocks = calloc(blocks->n + 1, sizeof *blocks->blocks);
  if (blocks->blocks == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the members of a segment");
  const unsigned char *directory = at;
  at += 4 * blocks->n + (runs == NULL || blocks->n >= OFFSETS_FROM ? 4 * blocks->n : 0);
  for (size_t i = 0; i < blocks->n; i++) {
    gy_block *block = &blocks->blocks[i];
    *block = (gy_block){
        .data = at, .n = (uint32_t)u16_at(directory + 4 * i + 2) + 1, .key = u16_at(directory + 4 * i)};
    bool has_runs = runs != NULL && runs[i / 8] >> (i % 8) & 1;
    block->kind = has_runs ? GY_BLOCK_RUNS : block->n <= ARRAY_MAX ? GY_BLOCK_ARRAY : GY_BLOCK_BITSET;
    at += bytes_of(block);
  }
  return GY_OK;
}

void gy_blocks_clear(gy_blocks *blocks) {
  free(blocks->bytes);
  free(blocks->blocks);
  *blocks = (gy_blocks){0};
}

static int by_key(const void *key, const void *block) {
  return (int)*(const uint16_t *)key - (int)((const gy_block *)block)->key;
}

const gy_block *gy_blocks_find(const gy_blocks *blocks, uint16_t key) {
  return bsearch(&key, blocks->blocks, blocks->n, sizeof *blocks->blocks, by_key);
}

static void set_run(uint64_t *words, uint32_t first, uint32_t last) {
  for (uint32_t w = first / 64; w <= last / 64; w++) {
    uint64_t mask = UINT64_MAX;
    if (w == first / 64) mask &= UINT64_MAX << first % 64;
    if (w == last / 64) mask &= UINT64_MAX >> (63 - last % 64);
    words[w] |= mask;
  }
}

void gy_block_expand(const gy_block *block, uint64_t words[GY_BLOCK_WORDS]) {
  if (block->kind == GY_BLOCK_BITSET) {
    memcpy(words, block->data, GY_BLOCK_BITS / 8); /* little-endian, as the machine */
    return;
  }
  memset(words, 0, GY_BLOCK_BITS / 8);
  size_t n = block->kind == GY_BLOCK_RUNS ? u16_at(block->data) : block->n;
  for (size_t i = 0; i < n; i++) {
    if (block->kind == GY_BLOCK_ARRAY) {
      uint16_t member = u16_at(block->data + 2 * i);
      words[member / 64] |= UINT64_C(1) << member % 64;
    } else {
      const unsigned char *run = block->data + 2 + 4 * i;
      set_run(words, u16_at(run), (uint32_t)u16_at(run) + u16_at(run + 2));
    }
  }
}

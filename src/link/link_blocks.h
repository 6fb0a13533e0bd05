/* SPDX-License-Identifier: Apache-2.0
 *
 * Blocks: records of both lists that share a rule's key stand together, and only they are compared. A pair
 * belongs to the first rule that finds it, so a union of rules has no pair twice: the blocks of a record by
 * each rule are remembered, and a pair that shares an earlier one is passed over. */
#ifndef GYEOL_LINK_LINK_BLOCKS_H
#define GYEOL_LINK_LINK_BLOCKS_H

#include <gyeol/task.h>

#include "link/link_values.h"

enum { LINK_NO_BLOCK = 0 };

typedef struct link_block {
  uint32_t left_first, n_left, right_first, n_right; /* in records[] of the rule */
} link_block;

typedef struct link_rule_blocks {
  uint32_t *block_of[2]; /* of each record: 1 + number of its block; LINK_NO_BLOCK */
  uint32_t *records[2];  /* of the blocks, behind each other, ascending in each */
  link_block *blocks;
  size_t n_blocks;
} link_rule_blocks;

typedef struct link_lists {
  link_values *fields; /* n_fields */
  size_t n[2];         /* records; of one list n[1] is n[0] and codes[1] are codes[0] */
  bool is_one;         /* one list with itself: pairs i < j */
} link_lists;

/* Pairs of a block. */
static inline uint64_t link_block_pairs(const link_block *block, bool is_one) {
  return is_one ? (uint64_t)block->n_left * (block->n_left - 1) / 2
                : (uint64_t)block->n_left * block->n_right;
}

GY_MUST_USE gy_status link_blocks_make(const link_lists *lists, const gy_link_options *options, size_t rule,
                                       link_rule_blocks *made, gy_link_rule_report *report, gy_error *err);
void link_blocks_clear(link_rule_blocks *blocks);

size_t link_blocks_memory(const size_t n[2]);

#endif

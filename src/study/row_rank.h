/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows come out of the engine in any order, each with its row number; numbers ascend in file order but skip
 * what was rejected. A bit a number, with counts by word, turns a number into a place without a sort. */
#ifndef GYEOL_STUDY_ROW_RANK_H
#define GYEOL_STUDY_ROW_RANK_H

#include "engine/engine.h"

typedef struct gy_row_rank {
  size_t n;         /* rows */
  uint64_t *bits;   /* bit r % 64 of word r / 64: there is a row number r */
  uint32_t *before; /* rows in the words before */
  size_t n_words;
} gy_row_rank;

/* Reads the column row_no of `table`, a relation of at most 2^32 - 1 rows. Clear in either case. */
GY_MUST_USE gy_status gy_row_rank_load(gy_engine *engine, const char *table, const gy_task *task,
                                       gy_row_rank *rank, gy_error *err);
void gy_row_rank_clear(gy_row_rank *rank);

/* The place of a row number that exists, from 0. */
static inline size_t gy_row_rank_of(const gy_row_rank *rank, int64_t row_no) {
  size_t word = (size_t)row_no / 64;
  uint64_t below = rank->bits[word] & ((UINT64_C(1) << ((uint64_t)row_no % 64)) - 1);
  return rank->before[word] + (size_t)__builtin_popcountll(below);
}

/* The row number at each place, ascending; `row_no` is the caller's, n long. */
void gy_row_rank_list(const gy_row_rank *rank, int64_t *row_no);

#endif

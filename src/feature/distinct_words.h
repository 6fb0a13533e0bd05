/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts the distinct 64-bit words that several threads saw.
 *
 * Each thread appends to its own chains of blocks, one a part of the words' hash; then every part is
 * counted alone in a table that fits the cache. */
#ifndef GYEOL_FEATURE_DISTINCT_WORDS_H
#define GYEOL_FEATURE_DISTINCT_WORDS_H

#include <stdint.h>

#include "feature/page_pool.h"

#include <gyeol/status.h>

typedef struct gy_word_block {
  struct gy_word_block *next;
  size_t n_words;
  uint64_t words[];
} gy_word_block;

typedef struct gy_word_log {
  gy_page_pool pool;
  gy_word_block **newest; /* one chain a part */
  size_t block_words;
  int part_bits;
} gy_word_log;

/* `expected_words` over all threads sizes the parts; every log counted together needs the same. */
GY_MUST_USE gy_status gy_word_log_init(gy_word_log *log, gy_page_budget *budget, uint64_t expected_words,
                                       gy_error *err);
void gy_word_log_clear(gy_word_log *log);

/* False when memory or the budget is spent. */
_Bool gy_word_log_add(gy_word_log *log, uint64_t word);

/* Distinct words over all logs. Parallel over parts. */
GY_MUST_USE gy_status gy_word_log_count(gy_word_log *const *logs, size_t n_logs, int n_threads,
                                        uint64_t *n_distinct, gy_error *err);

#endif

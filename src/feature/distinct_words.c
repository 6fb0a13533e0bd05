/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/distinct_words.h"

#include <stdbool.h>
#include <stdlib.h>

#include "feature/row_hash.h"

enum { WORDS_A_PART = 1 << 15, BLOCK_WORDS = 1 << 11, MAX_PART_BITS = 10, SLAB_BYTES = 2 << 20 };

gy_status gy_word_log_init(gy_word_log *log, gy_page_budget *budget, uint64_t expected_words, gy_error *err) {
  int bits = 0;
  while (bits < MAX_PART_BITS && expected_words >> bits > WORDS_A_PART) bits++;
  *log = (gy_word_log){.part_bits = bits, .block_words = BLOCK_WORDS};
  gy_page_pool_init(&log->pool, budget, sizeof(gy_word_block) + BLOCK_WORDS * sizeof(uint64_t), SLAB_BYTES);
  log->newest = calloc((size_t)1 << bits, sizeof(gy_word_block *));
  if (log->newest == NULL) return gy_fail(err, GY_ENOMEM, "no memory to count distinct orders");
  return GY_OK;
}

void gy_word_log_clear(gy_word_log *log) {
  gy_page_pool_clear(&log->pool);
  free(log->newest);
  log->newest = NULL;
}

_Bool gy_word_log_add(gy_word_log *log, uint64_t word) {
  size_t part = gy_hash_word(word) >> (63 - log->part_bits) >> 1;
  gy_word_block *block = log->newest[part];
  if (block == NULL || block->n_words == log->block_words) {
    gy_word_block *fresh = gy_page_pool_block(&log->pool);
    if (fresh == NULL) return false;
    fresh->next = block;
    fresh->n_words = 0;
    log->newest[part] = block = fresh;
  }
  block->words[block->n_words++] = word;
  return true;
}

static size_t words_in_part(gy_word_log *const *logs, size_t n_logs, size_t part) {
  size_t n = 0;
  for (size_t i = 0; i < n_logs; i++) {
    for (const gy_word_block *block = logs[i]->newest[part]; block != NULL; block = block->next)
      n += block->n_words;
  }
  return n;
}

/* Linear probing; the table starts filled with GY_WORD_NULL, which no word is. */
static uint64_t count_part(gy_word_log *const *logs, size_t n_logs, size_t part, uint64_t *table,
                           int table_bits) {
  uint64_t n = 0;
  size_t mask = ((size_t)1 << table_bits) - 1;
  for (size_t i = 0; i <= mask; i++) table[i] = GY_WORD_NULL;
  for (size_t i = 0; i < n_logs; i++) {
    for (const gy_word_block *block = logs[i]->newest[part]; block != NULL; block = block->next) {
      for (size_t j = 0; j < block->n_words; j++) {
        uint64_t word = block->words[j];
        size_t slot = gy_hash_word(word) & mask;
        while (table[slot] != GY_WORD_NULL && table[slot] != word) slot = (slot + 1) & mask;
        n += table[slot] == GY_WORD_NULL;
        table[slot] = word;
      }
    }
  }
  return n;
}

gy_status gy_word_log_count(gy_word_log *const *logs, size_t n_logs, int n_threads, uint64_t *n_distinct,
                            gy_error *err) {
  uint64_t total = 0;
  bool failed = false;
  size_t n_parts = n_logs > 0 ? (size_t)1 << logs[0]->part_bits : 0;
#pragma omp parallel for num_threads(n_threads) schedule(dynamic, 1) reduction(+ : total) reduction(|| : failed)
  for (size_t part = 0; part < n_parts; part++) {
    size_t n = words_in_part(logs, n_logs, part);
    if (n == 0) continue;
    int bits = 4;
    while ((size_t)1 << bits < 2 * n) bits++;
    uint64_t *table = malloc(sizeof(uint64_t) << bits);
    if (table == NULL) {
      failed = true;
      continue;
    }
    total += count_part(logs, n_logs, part, table, bits);
    free(table);
  }
  if (failed) return gy_fail(err, GY_ENOMEM, "no memory to count distinct orders");
  *n_distinct = total;
  return GY_OK;
}

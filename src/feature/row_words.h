/* SPDX-License-Identifier: Apache-2.0
 *
 * A chunk of order lines as words: one 64-bit word a value, as row_partition.h lays them out. */
#ifndef GYEOL_FEATURE_ROW_WORDS_H
#define GYEOL_FEATURE_ROW_WORDS_H

#include "feature/row_partition.h"

/* Arrays of GY_CHUNK_ROWS words in a writer's scratch; the first ones take the words of a row. */
enum {
  GY_SCRATCH_PARTS = GY_ROW_MAX_WORDS,
  GY_SCRATCH_HEADERS,
  GY_SCRATCH_FOLLOWS,
  GY_SCRATCH_FLAGS,
  GY_SCRATCH_PRICES,
  GY_SCRATCH_STATED,
  GY_SCRATCH_ARRAYS
};

/* Points words[0..n_words) at the values: in the chunk where they can be read in place, else in scratch. The
 * word after a text customer's hash is not set. Finds amounts and flags where the partition has rules. */
GY_MUST_USE gy_status gy_row_words_load(const gy_row_partition *partition, const gy_chunk *chunk,
                                        uint64_t *const *scratch, const uint64_t **words, gy_error *err);

#endif

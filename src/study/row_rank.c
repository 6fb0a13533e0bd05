/* SPDX-License-Identifier: Apache-2.0 */
#include "study/row_rank.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
  _Atomic uint64_t *bits;
  size_t n_words;
} bit_target;

static gy_status set_bits(void *shared, void *local, const gy_chunk *chunk, gy_error *err) {
  (void)local;
  bit_target *target = shared;
  const int64_t *row_no = chunk->columns[0].data;
  for (size_t row = 0; row < chunk->n_rows; row++) {
    if (row_no[row] < 0 || (size_t)row_no[row] / 64 >= target->n_words)
      return gy_fail(err, GY_EINTERNAL, "row number %lld is out of range", (long long)row_no[row]);
    atomic_fetch_or_explicit(&target->bits[row_no[row] / 64], UINT64_C(1) << (row_no[row] % 64),
                             memory_order_relaxed);
  }
  return GY_OK;
}

static void count_before(gy_row_rank *rank) {
  uint32_t before = 0;
  for (size_t w = 0; w < rank->n_words; w++) {
    rank->before[w] = before;
    before += (uint32_t)__builtin_popcountll(rank->bits[w]);
  }
  rank->n = before;
}

gy_status gy_row_rank_load(gy_engine *engine, const char *table, const gy_task *task, gy_row_rank *rank,
                           gy_error *err) {
  *rank = (gy_row_rank){0};
  char sql[256];
  int64_t last = 0;
  snprintf(sql, sizeof sql, "SELECT coalesce(max(row_no), 0) FROM %s", table);
  gy_status status = gy_engine_int64(engine, sql, NULL, 0, &last, err);
  if (status != GY_OK) return status;
  rank->n_words = (size_t)last / 64 + 1;
  rank->bits = calloc(rank->n_words, sizeof *rank->bits);
  rank->before = calloc(rank->n_words, sizeof *rank->before);
  if (rank->bits == NULL || rank->before == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for the numbers of %lld rows", (long long)last);
  bit_target target = {(_Atomic uint64_t *)rank->bits, rank->n_words};
  gy_sink sink = {.shared = &target, .consume = set_bits};
  snprintf(sql, sizeof sql, "SELECT row_no FROM %s", table);
  status = gy_engine_scan(engine, sql, NULL, 0, &sink, NULL, task, err);
  if (status == GY_OK) count_before(rank);
  return status;
}

void gy_row_rank_clear(gy_row_rank *rank) {
  free(rank->bits);
  free(rank->before);
  *rank = (gy_row_rank){0};
}

void gy_row_rank_list(const gy_row_rank *rank, int64_t *row_no) {
  for (size_t w = 0; w < rank->n_words; w++)
    for (uint64_t bits = rank->bits[w]; bits != 0; bits &= bits - 1)
      *row_no++ = (int64_t)(w * 64 + (size_t)__builtin_ctzll(bits));
}

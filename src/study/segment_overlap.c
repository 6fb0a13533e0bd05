/* SPDX-License-Identifier: Apache-2.0 */
#include "study/segment_overlap.h"

#include <stdlib.h>

typedef struct loading {
  const int64_t *numbers;
  size_t n;
  gy_member_sets *all;
} loading;

static gy_status open_local(void *shared, void **local, gy_error *err) {
  const loading *l = shared;
  gy_member_sets *sets = NULL;
  gy_status status = gy_member_sets_create(l->n, &sets, err);
  *local = sets;
  return status;
}

static int by_number(const void *a, const void *b) {
  const int64_t *x = a, *y = b;
  return *x < *y ? -1 : *x > *y;
}

/* Rows of one segment often stand together: they are added at once. */
static gy_status consume(void *shared, void *local, const gy_chunk *chunk, gy_error *err) {
  (void)err;
  const loading *l = shared;
  const int32_t *numbers = chunk->columns[0].data, *customers = chunk->columns[1].data;
  uint32_t members[GY_CHUNK_ROWS];
  for (size_t r = 0; r < chunk->n_rows;) {
    int64_t number = numbers[r];
    size_t n = 0;
    while (r < chunk->n_rows && numbers[r] == number) members[n++] = (uint32_t)customers[r++];
    const int64_t *found = bsearch(&number, l->numbers, l->n, sizeof *l->numbers, by_number);
    if (found != NULL) gy_member_sets_add(local, (size_t)(found - l->numbers), members, n);
  }
  return GY_OK;
}

static gy_status close_local(void *shared, void *local, bool failed, gy_error *err) {
  (void)err;
  const loading *l = shared;
  if (!failed && local != NULL) gy_member_sets_join(l->all, local);
  gy_member_sets_destroy(local);
  return GY_OK;
}

gy_status gy_segment_sets_load(const gy_run_context *run, const int64_t *numbers, size_t n,
                               gy_member_sets **sets, gy_error *err) {
  loading l = {.numbers = numbers, .n = n};
  gy_status status = gy_member_sets_create(n, &l.all, err);
  if (status != GY_OK) return status;
  const gy_sink sink = {.shared = &l, .open = open_local, .consume = consume, .close = close_local};
  status = gy_engine_scan(run->project.engine, gy_sql("segment/pairs"), NULL, 0, &sink, "segments", run->task,
                          err);
  if (status != GY_OK) {
    gy_member_sets_destroy(l.all);
    return status;
  }
  gy_member_sets_compress(l.all);
  *sets = l.all;
  return GY_OK;
}

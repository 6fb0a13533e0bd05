/* SPDX-License-Identifier: Apache-2.0
 *
 * The storage of a k-medoids fit. A table of n x n floats is by far its largest part: it is made where the
 * caller has none and the budget allows it; otherwise dissimilarities are computed when they are wanted. */
#include "cluster/kmedoids_work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/layout.h"
#include "num/threads.h"

/* Without a budget, a table beyond this is not made either: 23,000 rows. */
#define TABLE_WITHOUT_BUDGET ((size_t)1 << 31)

static size_t lay_out(gy_kmedoids_work *work, void *base) {
  gy_layout at = {.base = base};
  size_t n = work->n, k = work->k, n_threads = (size_t)work->n_threads;
  const gy_dissimilarity *of = work->given;
  bool copies = !work->tabled && of->form != GY_DISSIMILARITY_FULL;
  size_t cells, table, blocks = 0, buffers;
  if (__builtin_mul_overflow(k, n, &cells) || __builtin_mul_overflow(n, n, &table)) return SIZE_MAX;
  if (of->form == GY_DISSIMILARITY_ROWS) blocks = gy_point_blocks_floats(n, of->x.n_columns);
  if (__builtin_mul_overflow(work->buffer_share, n_threads, &buffers)) return SIZE_MAX;
  work->medoids = gy_layout_take(&at, k, sizeof(size_t));
  work->rows = gy_layout_take(&at, k, sizeof *work->rows);
  work->taken = gy_layout_take(&at, n, 1);
  work->places = gy_layout_take(&at, n, sizeof *work->places);
  work->next = gy_layout_take(&at, n, sizeof(float));
  work->removal = gy_layout_take(&at, k, sizeof(double));
  work->sums = gy_layout_take(&at, n, sizeof(double));
  work->nearest = gy_layout_take(&at, n, sizeof(float));
  work->queue = gy_layout_take(&at, n, sizeof(size_t));
  work->stamps = gy_layout_take(&at, n, sizeof(size_t));
  work->swaps = gy_layout_take(&at, GY_CANDIDATES_MAX, sizeof *work->swaps);
  work->changes = gy_layout_take(&at, k * n_threads, sizeof(double));
  work->buffers = gy_layout_take(&at, buffers, sizeof(float));
  work->blocks = gy_layout_take(&at, blocks, sizeof(float));
  work->row_copies = gy_layout_take(&at, copies ? cells : 0, sizeof(float));
  work->table = gy_layout_take(&at, work->tabled ? table : 0, sizeof(float));
  return gy_layout_bytes(&at);
}

static size_t describe(gy_kmedoids_work *work, const gy_dissimilarity *of, size_t k, const gy_task *task) {
  *work = (gy_kmedoids_work){.given = of, .n = of->n, .k = k, .task = task};
  size_t budget = gy_task_memory(task);
  work->n_threads = of->n < 256 ? 1 : gy_task_threads(task);
  work->buffer_share = gy_dissimilarity_buffer(of);
  work->tabled = of->form != GY_DISSIMILARITY_FULL;
  size_t bytes = lay_out(work, NULL);
  if (work->tabled && bytes > (budget == SIZE_MAX ? TABLE_WITHOUT_BUDGET : budget)) {
    work->tabled = false;
    bytes = lay_out(work, NULL);
  }
  return bytes;
}

size_t gy_kmedoids_work_bytes(const gy_dissimilarity *of, size_t k, const gy_task *task) {
  gy_kmedoids_work work;
  return describe(&work, of, k, task);
}

gy_status gy_kmedoids_work_init(gy_kmedoids_work *work, const gy_kmedoids_kernel *kernel,
                                const gy_dissimilarity_kernel *compare, const gy_dissimilarity *of, size_t k,
                                const gy_task *task, gy_error *err) {
  size_t count, bytes = describe(work, of, k, task);
  if (compare == NULL) compare = gy_dissimilarity_kernels(&count)[0];
  work->kernel = kernel != NULL ? kernel : gy_kmedoids_kernels(&count)[0];
  work->storage = bytes == SIZE_MAX ? NULL : aligned_alloc(GY_LAYOUT_ALIGNMENT, bytes);
  if (work->storage == NULL)
    return gy_fail(err, GY_ENOMEM, "k-medoids: out of memory; %zu bytes are needed for %zu rows, k = %zu",
                   bytes, of->n, k);
  lay_out(work, work->storage);
  memset(work->taken, 0, work->n);
  gy_dissimilarity_open(&work->reader, of, compare, work->blocks);
  if (!work->tabled) return GY_OK;
  gy_status status = gy_dissimilarity_write(&work->reader, task, work->buffers, work->table, err);
  work->reader.of = gy_dissimilarity_full(work->table, work->n);
  return status;
}

void gy_kmedoids_work_clear(gy_kmedoids_work *work) {
  free(work->storage);
  work->storage = NULL;
}

static bool is_usable(const float *values, size_t n, size_t row) {
  bool usable = values[row] == 0;
  for (size_t o = 0; o < n && usable; o++) usable = values[o] >= 0 && values[o] <= GY_DISSIMILARITY_LIMIT;
  return usable;
}

/* Sums of the rows first..first+count-1; NaN where one cannot be used. */
static void survey_batch(gy_kmedoids_work *work, size_t first, size_t count) {
  size_t rows[GY_READ_ROWS];
  const float *at[GY_READ_ROWS];
  for (size_t r = 0; r < count; r++) rows[r] = first + r;
  gy_dissimilarity_read(&work->reader, rows, count, work->buffers + gy_thread_number() * work->buffer_share,
                        at);
  for (size_t r = 0; r < count; r++) {
    gy_row_facts facts = work->kernel->facts(at[r], work->n);
    bool plain = facts.sum <= (double)GY_DISSIMILARITY_LIMIT && facts.lowest >= 0 && at[r][first + r] == 0;
    work->sums[first + r] = plain || is_usable(at[r], work->n, first + r) ? facts.sum : (double)NAN;
  }
}

gy_status gy_kmedoids_survey(gy_kmedoids_work *work, gy_error *err) {
  size_t n = work->n;
#pragma omp parallel for schedule(dynamic) num_threads(work->n_threads) if (work->n_threads > 1)
  for (size_t first = 0; first < n; first += GY_READ_ROWS)
    if (!gy_task_cancelled(work->task))
      survey_batch(work, first, n - first < GY_READ_ROWS ? n - first : GY_READ_ROWS);
  gy_status status = gy_task_check(work->task, err);
  for (size_t i = 0; status == GY_OK && i < n; i++) {
    const float *at;
    if (!isnan(work->sums[i])) continue;
    gy_dissimilarity_read(&work->reader, &i, 1, work->buffers, &at);
    return gy_dissimilarity_refuse(work->given, "k-medoids", i, at, err);
  }
  return status;
}

void gy_kmedoids_take(gy_kmedoids_work *work, size_t m, size_t row, const float *values) {
  work->medoids[m] = row;
  work->taken[row] = 1;
  if (work->reader.of.form == GY_DISSIMILARITY_FULL) {
    work->rows[m] = work->reader.of.values + row * work->n;
    return;
  }
  float *copy = work->row_copies + m * work->n;
  memcpy(copy, values, work->n * sizeof *copy);
  work->rows[m] = copy;
}

void gy_kmedoids_take_row(gy_kmedoids_work *work, size_t m, size_t row) {
  const float *at;
  gy_dissimilarity_read(&work->reader, &row, 1, work->buffers, &at);
  gy_kmedoids_take(work, m, row, at);
}

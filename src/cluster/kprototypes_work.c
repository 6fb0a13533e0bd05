/* SPDX-License-Identifier: Apache-2.0
 *
 * The two steps of k-prototypes. Assignment compares a row with all prototypes at once, column by column, a
 * vector of prototypes at a time. Renewal keeps for each cluster the sums of its numbers and a count of every
 * level, and moves only the rows that changed cluster, in the order of rows. */
#include "cluster/kprototypes_work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/layout.h"
#include "base/simd.h"
#include "num/threads.h"

enum { MIN_BLOCK_ROWS = 1024, PROTOTYPES_AT_ONCE = 16 };

/* Where each category's levels begin among all (`first_level`, n_codes + 1, may be NULL); how many there are.
 */
static size_t count_levels(const gy_mixed *x, size_t *first_level) {
  size_t n_levels = 0;
  for (size_t j = 0; j < x->n_codes; j++) {
    int32_t most = 0;
    for (size_t i = 0; i < x->n_rows; i++) {
      int32_t code = x->codes[i * x->n_codes + j];
      if (code > most) most = code;
    }
    if (first_level != NULL) first_level[j] = n_levels;
    n_levels += (size_t)most + 1;
  }
  if (first_level != NULL) first_level[x->n_codes] = n_levels;
  return n_levels;
}

static size_t lay_out(gy_kprototypes_work *work, void *base) {
  gy_layout at = {.base = base};
  gy_prototypes *p = &work->prototypes;
  size_t n = work->x->n_rows, cells, level_cells;
  if (__builtin_mul_overflow(p->k_padded, p->n_numbers + p->n_codes, &cells)) return SIZE_MAX;
  if (__builtin_mul_overflow(p->k, work->n_levels, &level_cells)) return SIZE_MAX;
  work->first_level = gy_layout_take(&at, p->n_codes + 1, sizeof *work->first_level);
  p->centers = gy_layout_take(&at, p->k_padded * p->n_numbers, sizeof(float));
  p->modes = gy_layout_take(&at, p->k_padded * p->n_codes, sizeof(int32_t));
  work->labels = gy_layout_take(&at, n, sizeof(int32_t));
  work->nearest = gy_layout_take(&at, n, sizeof(int32_t));
  work->distances = gy_layout_take(&at, n, sizeof(float));
  work->weights = gy_layout_take(&at, n, sizeof(float));
  work->block_costs = gy_layout_take(&at, work->blocks.count, sizeof(double));
  work->scratch = gy_layout_take(&at, p->k_padded * (size_t)work->n_threads, sizeof(float));
  work->sums = gy_layout_take(&at, p->k * p->n_numbers, sizeof(double));
  work->counts = gy_layout_take(&at, level_cells, sizeof(int64_t));
  work->sizes = gy_layout_take(&at, p->k, sizeof(int64_t));
  return gy_layout_bytes(&at);
}

static size_t describe(gy_kprototypes_work *work, const gy_mixed *x, size_t k, const gy_task *task) {
  *work = (gy_kprototypes_work){.task = task, .x = x};
  work->blocks = gy_blocks_of(x->n_rows, MIN_BLOCK_ROWS);
  work->n_threads = gy_task_threads(task);
  work->n_levels = count_levels(x, NULL);
  size_t padded = (k + PROTOTYPES_AT_ONCE - 1) / PROTOTYPES_AT_ONCE * PROTOTYPES_AT_ONCE;
  work->prototypes =
      (gy_prototypes){.k = k, .k_padded = padded, .n_numbers = x->n_numbers, .n_codes = x->n_codes};
  return lay_out(work, NULL);
}

size_t gy_kprototypes_work_bytes(const gy_mixed *x, size_t k, const gy_task *task) {
  gy_kprototypes_work work;
  return describe(&work, x, k, task);
}

gy_status gy_kprototypes_work_init(gy_kprototypes_work *work, const gy_mixed *x, size_t k, double gamma,
                                   const gy_task *task, gy_error *err) {
  size_t bytes = describe(work, x, k, task);
  work->storage = bytes == SIZE_MAX ? NULL : aligned_alloc(GY_LAYOUT_ALIGNMENT, bytes);
  if (work->storage == NULL)
    return gy_fail(err, GY_ENOMEM, "k-prototypes: out of memory; %zu bytes are needed for %zu rows, k = %zu",
                   bytes, x->n_rows, k);
  lay_out(work, work->storage);
  count_levels(x, work->first_level);
  gy_prototypes *p = &work->prototypes;
  p->gamma = (float)gamma;
  memset(p->centers, 0, p->k_padded * p->n_numbers * sizeof *p->centers);
  memset(p->modes, -1, p->k_padded * p->n_codes * sizeof *p->modes);
  return GY_OK;
}

void gy_kprototypes_work_clear(gy_kprototypes_work *work) {
  free(work->storage);
  work->storage = NULL;
}

void gy_kprototypes_reset(gy_kprototypes_work *work) {
  const gy_prototypes *p = &work->prototypes;
  memset(work->labels, -1, work->x->n_rows * sizeof *work->labels);
  memset(work->sums, 0, p->k * p->n_numbers * sizeof *work->sums);
  memset(work->counts, 0, p->k * work->n_levels * sizeof *work->counts);
  memset(work->sizes, 0, p->k * sizeof *work->sizes);
}

void gy_prototype_from_row(gy_kprototypes_work *work, size_t c, size_t row) {
  gy_prototypes *p = &work->prototypes;
  for (size_t j = 0; j < p->n_numbers; j++)
    p->centers[j * p->k_padded + c] = work->x->numbers[row * p->n_numbers + j];
  for (size_t j = 0; j < p->n_codes; j++)
    p->modes[j * p->k_padded + c] = work->x->codes[row * p->n_codes + j];
}

/* Distances of a row to prototypes first..end-1 (whole vectors of them), into `distances`. */
GY_SIMD_CLONES static void compare(const gy_prototypes *p, const float *numbers, const int32_t *codes,
                                   size_t first, size_t end, float *restrict distances) {
  for (size_t c = first; c < end; c++) distances[c] = 0;
  for (size_t j = 0; j < p->n_numbers; j++) {
    const float *centers = p->centers + j * p->k_padded;
    for (size_t c = first; c < end; c++)
      distances[c] += (numbers[j] - centers[c]) * (numbers[j] - centers[c]);
  }
  for (size_t j = 0; j < p->n_codes; j++) {
    const int32_t *modes = p->modes + j * p->k_padded;
    if (codes[j] == GY_MISSING_CODE) continue;
    for (size_t c = first; c < end; c++) distances[c] += modes[c] != codes[j] ? p->gamma : 0;
  }
}

static void compare_row(const gy_kprototypes_work *work, size_t row, size_t first, size_t end,
                        float *distances) {
  const gy_prototypes *p = &work->prototypes;
  compare(p, work->x->numbers + row * p->n_numbers, work->x->codes + row * p->n_codes, first, end, distances);
}

static double assign_block(gy_kprototypes_work *work, size_t first, size_t end) {
  const gy_prototypes *p = &work->prototypes;
  float *distances = work->scratch + gy_thread_number() * p->k_padded;
  double cost = 0;
  for (size_t i = first; i < end; i++) {
    size_t nearest = 0;
    compare_row(work, i, 0, p->k_padded, distances);
    for (size_t c = 1; c < p->k; c++)
      if (distances[c] < distances[nearest]) nearest = c;
    work->nearest[i] = (int32_t)nearest;
    work->distances[i] = distances[nearest];
    cost += (double)distances[nearest];
  }
  return cost;
}

gy_status gy_kprototypes_assign(gy_kprototypes_work *work, double *cost, gy_error *err) {
  const gy_blocks *blocks = &work->blocks;
#pragma omp parallel for schedule(static) num_threads(work->n_threads) if (blocks->count > 1)
  for (size_t b = 0; b < blocks->count; b++)
    if (!gy_task_cancelled(work->task))
      work->block_costs[b] = assign_block(work, gy_block_first(blocks, b), gy_block_end(blocks, b));
  gy_status status = gy_task_check(work->task, err);
  if (status != GY_OK) return status;
  *cost = 0;
  for (size_t b = 0; b < blocks->count; b++) *cost += work->block_costs[b];
  return GY_OK;
}

void gy_kprototypes_approach(gy_kprototypes_work *work, size_t c) {
  size_t first = c / PROTOTYPES_AT_ONCE * PROTOTYPES_AT_ONCE, n = work->x->n_rows;
#pragma omp parallel for schedule(static) num_threads(work->n_threads) if (work->blocks.count > 1)
  for (size_t i = 0; i < n; i++) {
    float *distances = work->scratch + gy_thread_number() * work->prototypes.k_padded;
    compare_row(work, i, first, first + PROTOTYPES_AT_ONCE, distances);
    if (c == 0 || distances[c] < work->distances[i]) work->distances[i] = distances[c];
  }
}

/* Adds `sign` times a row to the sums of cluster c. */
static void add_row(gy_kprototypes_work *work, size_t c, size_t row, int sign) {
  const gy_prototypes *p = &work->prototypes;
  const float *numbers = work->x->numbers + row * p->n_numbers;
  const int32_t *codes = work->x->codes + row * p->n_codes;
  for (size_t j = 0; j < p->n_numbers; j++) work->sums[c * p->n_numbers + j] += sign * (double)numbers[j];
  for (size_t j = 0; j < p->n_codes; j++)
    if (codes[j] != GY_MISSING_CODE)
      work->counts[c * work->n_levels + work->first_level[j] + (size_t)codes[j]] += sign;
  work->sizes[c] += sign;
}

static void move_row(gy_kprototypes_work *work, size_t row, int32_t to) {
  if (work->labels[row] >= 0) add_row(work, (size_t)work->labels[row], row, -1);
  add_row(work, (size_t)to, row, 1);
  work->labels[row] = to;
}

/* Gives an empty cluster the row farthest from its prototype, of a cluster that has others. */
static size_t mend_empty(gy_kprototypes_work *work) {
  size_t n_mended = 0;
  for (size_t c = 0; c < work->prototypes.k; c++) {
    size_t farthest = 0;
    float most = 0;
    for (size_t i = 0; work->sizes[c] == 0 && i < work->x->n_rows; i++) {
      if (work->distances[i] <= most || work->sizes[work->labels[i]] < 2) continue;
      most = work->distances[i];
      farthest = i;
    }
    if (most <= 0) continue;
    work->distances[farthest] = 0;
    move_row(work, farthest, (int32_t)c);
    n_mended++;
  }
  return n_mended;
}

static int32_t commonest(const int64_t *counts, size_t n_levels) {
  size_t best = 0;
  for (size_t level = 1; level < n_levels; level++)
    if (counts[level] > counts[best]) best = level;
  return counts[best] > 0 ? (int32_t)best : GY_MISSING_CODE;
}

static void renew_prototype(gy_kprototypes_work *work, size_t c) {
  gy_prototypes *p = &work->prototypes;
  if (work->sizes[c] == 0) return;
  for (size_t j = 0; j < p->n_numbers; j++)
    p->centers[j * p->k_padded + c] = (float)(work->sums[c * p->n_numbers + j] / (double)work->sizes[c]);
  for (size_t j = 0; j < p->n_codes; j++)
    p->modes[j * p->k_padded + c] = commonest(work->counts + c * work->n_levels + work->first_level[j],
                                              work->first_level[j + 1] - work->first_level[j]);
}

size_t gy_kprototypes_renew(gy_kprototypes_work *work) {
  size_t n_moved = 0;
  for (size_t i = 0; i < work->x->n_rows; i++) {
    if (work->nearest[i] == work->labels[i]) continue;
    move_row(work, i, work->nearest[i]);
    n_moved++;
  }
  if (n_moved == 0) return 0;
  n_moved += mend_empty(work);
  for (size_t c = 0; c < work->prototypes.k; c++) renew_prototype(work, c);
  return n_moved;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * All rows against several sets of medoids in one pass. A stretch of rows is transposed once into first- or
 * second-level cache and then met by every set, so that memory is read once, however many sets there are.
 * Costs are summed by block of rows, and blocks in their order. */
#include "cluster/medoid_assign.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/layout.h"
#include "cluster/dissimilarity.h"
#include "num/threads.h"

enum { STRETCH = 128, MIN_BLOCK_ROWS = 2048 };

typedef struct {
  const gy_dissimilarity_kernel *kernel;
  gy_blocks blocks;
  double *block_costs; /* block x set */
  size_t share;        /* floats of scratch a thread */
  float *scratch;
  void *storage;
} assign_work;

size_t gy_medoid_set_floats(size_t k, size_t d) {
  return (k + GY_POINTS_FOUR - 1) / GY_POINTS_FOUR * GY_POINTS_FOUR * d;
}

void gy_medoid_set_pack(gy_matrix x, gy_metric metric, const size_t *medoids, size_t k, float *groups) {
  size_t d = x.n_columns;
  for (size_t m = 0; m < (k + GY_POINTS_FOUR - 1) / GY_POINTS_FOUR * GY_POINTS_FOUR; m++) {
    float *to = groups + m / GY_POINTS_FOUR * GY_POINTS_FOUR * d + m % GY_POINTS_FOUR;
    gy_point_pack(x, metric, medoids[m < k ? m : 0], to);
  }
}

static size_t lay_out(assign_work *work, size_t n, size_t d, size_t n_sets, const gy_task *task, void *base) {
  gy_layout at = {.base = base};
  work->blocks = gy_blocks_of(n, MIN_BLOCK_ROWS);
  work->share = gy_point_blocks_floats(STRETCH, d) + (size_t)3 * STRETCH;
  work->block_costs = gy_layout_take(&at, work->blocks.count * n_sets, sizeof(double));
  work->scratch = gy_layout_take(&at, work->share * (size_t)gy_task_threads(task), sizeof(float));
  return gy_layout_bytes(&at);
}

size_t gy_medoid_assign_memory(size_t n, size_t d, size_t n_sets, const gy_task *task) {
  assign_work work;
  return lay_out(&work, n, d, n_sets, task, NULL);
}

static void tell(const gy_medoid_rows *rows, size_t first, size_t n, const int32_t *nearest,
                 const float *best, const float *next) {
  if (rows->labels != NULL) memcpy(rows->labels + first, nearest, n * sizeof *nearest);
  if (rows->distances != NULL) memcpy(rows->distances + first, best, n * sizeof *best);
  if (rows->next_distances != NULL) memcpy(rows->next_distances + first, next, n * sizeof *next);
}

static void assign_stretch(const assign_work *work, const gy_medoid_sets *sets, gy_matrix x, size_t first,
                           size_t end, const gy_medoid_rows *rows, double *costs) {
  size_t d = x.n_columns, n = end - first;
  float *copy = work->scratch + gy_thread_number() * work->share;
  float *best = copy + gy_point_blocks_floats(STRETCH, d), *next = best + STRETCH;
  int32_t *nearest = (int32_t *)(next + STRETCH);
  gy_point_blocks_fill(x, sets->metric, first, end, copy);
  gy_point_blocks points = {sets->metric, n, d, sets->columns, copy};
  for (size_t s = 0; s < sets->n_sets; s++) {
    const float *groups = sets->groups + s * gy_medoid_set_floats(sets->k, d);
    work->kernel->nearest(&points, groups, sets->k, nearest, best, next);
    for (size_t i = 0; i < n; i++) costs[s] += (double)best[i];
    if (rows != NULL && s + 1 == sets->n_sets) tell(rows, first, n, nearest, best, next);
  }
}

static gy_status add_blocks(const assign_work *work, const gy_medoid_sets *sets, double *costs,
                            gy_error *err) {
  for (size_t s = 0; s < sets->n_sets; s++) {
    costs[s] = 0;
    for (size_t b = 0; b < work->blocks.count; b++) {
      double cost = work->block_costs[b * sets->n_sets + s];
      if (!isfinite(cost))
        return gy_fail(err, GY_EDATA,
                       "k-medoids: among rows %zu..%zu one knows no column in common with any medoid; fill "
                       "or drop it",
                       gy_block_first(&work->blocks, b) + 1, gy_block_end(&work->blocks, b));
      costs[s] += cost;
    }
  }
  return GY_OK;
}

gy_status gy_medoid_assign(const gy_medoid_sets *sets, gy_matrix x, const gy_task *task,
                           const gy_medoid_rows *rows, double *costs, gy_error *err) {
  size_t count, n_sets = sets->n_sets;
  assign_work work = {.kernel = gy_dissimilarity_kernels(&count)[0]};
  size_t bytes = lay_out(&work, x.n_rows, x.n_columns, n_sets, task, NULL);
  work.storage = bytes == SIZE_MAX ? NULL : aligned_alloc(GY_LAYOUT_ALIGNMENT, bytes + GY_LAYOUT_ALIGNMENT);
  if (work.storage == NULL)
    return gy_fail(err, GY_ENOMEM, "k-medoids: out of memory for %zu sets of medoids", n_sets);
  lay_out(&work, x.n_rows, x.n_columns, n_sets, task, work.storage);
  size_t n_blocks = work.blocks.count;
#pragma omp parallel for schedule(dynamic) num_threads(gy_task_threads(task)) if (n_blocks > 1)
  for (size_t b = 0; b < n_blocks; b++) {
    size_t end = gy_block_end(&work.blocks, b);
    double *own = work.block_costs + b * n_sets;
    for (size_t s = 0; s < n_sets; s++) own[s] = 0;
    for (size_t at = gy_block_first(&work.blocks, b); at < end && !gy_task_cancelled(task); at += STRETCH)
      assign_stretch(&work, sets, x, at, at + STRETCH < end ? at + STRETCH : end, rows, own);
  }
  gy_status status = gy_task_check(task, err);
  if (status == GY_OK) status = add_blocks(&work, sets, costs, err);
  free(work.storage);
  return status;
}

gy_status gy_kmedoids_predict(const gy_dissimilarity *medoids, gy_matrix x, const gy_task *task,
                              const gy_medoid_rows *rows, double *cost, gy_error *err) {
  size_t k = medoids->x.n_rows, d = x.n_columns;
  double total = 0;
  if (medoids->form != GY_DISSIMILARITY_ROWS || k < 1 || medoids->x.n_columns != d)
    return gy_fail(err, GY_EUSAGE, "k-medoids: medoids must be rows of %zu columns to label such rows", d);
  gy_dissimilarity of = *medoids;
  of.x = x;
  of.n = x.n_rows;
  gy_status status = gy_dissimilarity_check(medoids, "k-medoids: medoids", task, err);
  if (status == GY_OK) status = gy_dissimilarity_check(&of, "k-medoids", task, err);
  if (status != GY_OK) return status;
  size_t *numbers = malloc(k * sizeof *numbers);
  float *groups = malloc(gy_medoid_set_floats(k, d) * sizeof *groups);
  if (numbers == NULL || groups == NULL) {
    status = gy_fail(err, GY_ENOMEM, "k-medoids: out of memory for %zu medoids", k);
    goto done;
  }
  for (size_t m = 0; m < k; m++) numbers[m] = m;
  gy_medoid_set_pack(medoids->x, medoids->metric, numbers, k, groups);
  gy_medoid_sets sets = {1, k, medoids->metric, medoids->columns, groups};
  status = gy_medoid_assign(&sets, x, task, rows, &total, err);
  if (status == GY_OK && cost != NULL) *cost = total;
done:
  free(groups);
  free(numbers);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Lloyd's iteration (1982), assignment and update in one pass over the rows.
 *
 * Each block of rows keeps the sums of its rows by cluster from one iteration to the next, and moves only
 * rows that changed cluster; the new centres are the blocks' sums added in block order. Sums are doubles of
 * float values, so a row added and later removed leaves next to nothing behind; every sixteenth iteration
 * they are nevertheless built anew. Where rows are expensive to compare, bounds let most of them be skipped
 * once the centres have calmed down (kmeans_bounds.c); the labels, and so every byte, are the same.
 *
 * The iteration ends when no row changes cluster, or when the centres have moved by no more than the limit;
 * in the second case rows are labelled once more, so that labels always belong to the centres returned. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "cluster/kmeans_work.h"
#include "num/threads.h"

enum { REFRESH_EVERY = 16 };

/* Labels the rows of block b; `sums` NULL: only that. */
static size_t assign_block(const gy_kmeans_work *work, size_t b, bool bounded, gy_cluster_sums *sums,
                           bool fresh) {
  size_t first = gy_block_first(&work->blocks, b), end = gy_block_end(&work->blocks, b);
  if (!bounded)
    return work->kernel->assign(&work->packed, work->x, work->weights, first, end, work->labels, sums, fresh,
                                gy_kmeans_work_scratch(work));
  return gy_bounds_kernel_beside(work->kernel)
      ->assign(&work->packed, work->centers, &work->bounds.motion, work->x, work->weights, first, end,
               work->labels, &work->bounds.blocks[b], sums, fresh, &work->bounds.scratch[gy_thread_number()]);
}

/* One pass: labels and block sums; `n_changed` holds how many rows changed cluster in the last pass, and
 * receives how many in this. */
static gy_status assign_rows(gy_kmeans_work *work, bool fresh, size_t *n_changed, gy_error *err) {
  size_t changed = 0;
  bool bounded = gy_kmeans_bounds_pay(&work->bounds, work->x.n_rows, *n_changed);
  gy_kmeans_pack(work);
  if (bounded) gy_kmeans_bounds_prepare(&work->bounds, &work->packed);
#pragma omp parallel for schedule(dynamic) num_threads(work->n_threads) reduction(+ : changed) \
    if (work->n_threads > 1)
  for (size_t b = 0; b < work->blocks.count; b++)
    if (!gy_task_cancelled(work->task))
      changed += assign_block(work, b, bounded, &work->block_sums[b], fresh);
  work->bounds.motion.known = bounded;
  *n_changed = changed;
  return gy_task_check(work->task, err);
}

static void add_up_blocks(gy_kmeans_work *work) {
  size_t d = work->x.n_columns, k = work->k;
  gy_cluster_sums *totals = &work->totals;
  memset(totals->sums, 0, k * d * sizeof *totals->sums);
  memset(totals->weights, 0, k * sizeof *totals->weights);
  memset(totals->counts, 0, k * sizeof *totals->counts);
  for (size_t b = 0; b < work->blocks.count; b++) {
    const gy_cluster_sums *block = &work->block_sums[b];
    for (size_t i = 0; i < k * d; i++) totals->sums[i] += block->sums[i];
    for (size_t c = 0; c < k; c++) {
      totals->weights[c] += block->weights[c];
      totals->counts[c] += block->counts[c];
    }
  }
}

static void measure_to_own_center(gy_kmeans_work *work, float *distances) {
#pragma omp parallel for schedule(dynamic) num_threads(work->n_threads) if (work->n_threads > 1)
  for (size_t b = 0; b < work->blocks.count; b++)
    work->kernel->spread(work->centers, work->x, NULL, gy_block_first(&work->blocks, b),
                         gy_block_end(&work->blocks, b), work->labels, distances);
}

/* The row farthest from its centre, of those that leave others behind in their cluster; n when none is away.
 */
static size_t farthest_row(const gy_kmeans_work *work, const float *distances) {
  size_t n = work->x.n_rows, farthest = n;
  float most = 0;
  for (size_t i = 0; i < n; i++) {
    bool weightless = work->weights != NULL && work->weights[i] <= 0;
    if (distances[i] <= most || weightless || work->totals.counts[work->labels[i]] < 2) continue;
    most = distances[i];
    farthest = i;
  }
  return farthest;
}

static void move_row(gy_kmeans_work *work, size_t row, int32_t to) {
  size_t d = work->x.n_columns;
  int32_t from = work->labels[row];
  const float *values = gy_matrix_row(work->x, row);
  double weight = work->weights == NULL ? 1.0 : (double)work->weights[row];
  gy_cluster_sums *all[] = {&work->block_sums[row / work->blocks.rows], &work->totals};
  for (int s = 0; s < 2; s++) {
    for (size_t j = 0; j < d; j++) {
      all[s]->sums[(size_t)to * d + j] += weight * (double)values[j];
      all[s]->sums[(size_t)from * d + j] -= weight * (double)values[j];
    }
    all[s]->weights[to] += weight;
    all[s]->weights[from] -= weight;
    all[s]->counts[to]++;
    all[s]->counts[from]--;
  }
  work->labels[row] = to;
  size_t block = row / work->blocks.rows;
  if (work->bounds.motion.known)
    gy_kmeans_bounds_forget(&work->bounds, block, row - gy_block_first(&work->blocks, block));
}

/* Gives every empty cluster the farthest row there is; returns how many rows moved. */
static size_t repair_empty(gy_kmeans_work *work) {
  size_t n_moved = 0;
  float *distances = NULL;
  for (size_t c = 0; c < work->k; c++) {
    if (work->totals.counts[c] > 0) continue;
    if (distances == NULL) measure_to_own_center(work, distances = work->nearest);
    size_t row = farthest_row(work, distances);
    if (row == work->x.n_rows) break;
    move_row(work, row, (int32_t)c);
    distances[row] = 0;
    n_moved++;
  }
  return n_moved;
}

/* What a cluster's sum is divided by: its weight, or its length where centres are directions. */
static double divisor_of(const gy_kmeans_work *work, size_t c) {
  size_t d = work->x.n_columns;
  if (!work->unit_centers) return work->totals.weights[c];
  double squared = 0;
  for (size_t j = 0; j < d; j++) squared += work->totals.sums[c * d + j] * work->totals.sums[c * d + j];
  return sqrt(squared);
}

/* Moves the centres to their clusters' means; returns the summed squared shift. Empty clusters stay. */
static double update_centers(gy_kmeans_work *work) {
  size_t d = work->x.n_columns;
  double shift = 0;
  for (size_t c = 0; c < work->k; c++) {
    double squared = 0, divisor = work->totals.counts[c] > 0 ? divisor_of(work, c) : 0;
    for (size_t j = 0; divisor > 0 && j < d; j++) {
      float *center = &work->centers[c * d + j];
      double before = (double)*center;
      *center = (float)(work->totals.sums[c * d + j] / divisor);
      squared += ((double)*center - before) * ((double)*center - before);
    }
    shift += squared;
    if (work->bounds.shifts != NULL) work->bounds.shifts[c] = (float)sqrt(squared) * (1 + 2 * FLT_EPSILON);
  }
  return shift;
}

gy_status gy_kmeans_label(gy_kmeans_work *work, float *distances, double *inertia, gy_error *err) {
  bool bounded = work->bounds.motion.known;
  if (bounded) gy_kmeans_bounds_prepare(&work->bounds, &work->packed);
#pragma omp parallel for schedule(dynamic) num_threads(work->n_threads) if (work->n_threads > 1)
  for (size_t b = 0; b < work->blocks.count; b++) {
    if (gy_task_cancelled(work->task)) continue;
    size_t first = gy_block_first(&work->blocks, b), end = gy_block_end(&work->blocks, b);
    assign_block(work, b, bounded, NULL, false);
    if (distances != NULL || inertia != NULL)
      work->block_inertia[b] =
          work->kernel->spread(work->centers, work->x, work->weights, first, end, work->labels, distances);
  }
  gy_status status = gy_task_check(work->task, err);
  if (status != GY_OK || inertia == NULL) return status;
  double sum = 0;
  for (size_t b = 0; b < work->blocks.count; b++) sum += work->block_inertia[b];
  *inertia = sum;
  return GY_OK;
}

gy_status gy_kmeans_lloyd(gy_kmeans_work *work, int32_t max_iterations, double shift_limit,
                          gy_lloyd_result *result, gy_error *err) {
  gy_lloyd_result found = {0};
  size_t n_changed = work->x.n_rows;
  memset(work->labels, -1, work->x.n_rows * sizeof *work->labels);
  work->bounds.motion.known = false;
  while (!found.converged && found.iterations < max_iterations) {
    gy_status status = assign_rows(work, found.iterations % REFRESH_EVERY == 0, &n_changed, err);
    if (status != GY_OK) return status;
    found.iterations++;
    if (n_changed > 0 || found.iterations == 1) add_up_blocks(work);
    n_changed += repair_empty(work);
    if (n_changed == 0) {
      found.converged = true;
    } else {
      found.converged = update_centers(work) <= shift_limit;
    }
  }
  gy_kmeans_pack(work);
  gy_status status = gy_kmeans_label(work, NULL, &found.inertia, err);
  if (status == GY_OK) *result = found;
  return status;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The covariance matrix in one pass: with y = x - s for any fixed s near the mean,
 *
 *   (n - 1) cov = sum y y' - (sum y) (sum y)' / n
 *
 * loses no digits as long as s is within a few deviations of the mean (Chan, Golub and LeVeque 1983); the
 * mean of a few rows spread over the data serves. Rows are widened to double a chunk at a time, and the chunk
 * is multiplied with itself while it is in cache. Each block of rows has its own sums, added in block order.
 */
#include "num/covariance.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "num/moments.h"
#include "num/threads.h"

enum { MIN_BLOCK_ROWS = 2048, MIDDLE_ROWS = 256, NARROW = 64 };

void gy_covariance_layout(gy_covariance_work *work, gy_matrix x, const gy_product_kernel *kernel,
                          const gy_task *task, gy_layout *at) {
  size_t d = x.n_columns, width = (d + GY_PANEL - 1) / GY_PANEL * GY_PANEL;
  /* A block's products take d x d; blocks of at least 4 d rows keep them small beside the rows themselves. */
  size_t min_rows = d > MIN_BLOCK_ROWS / 4 ? 4 * d : MIN_BLOCK_ROWS;
  *work = (gy_covariance_work){.kernel = kernel, .task = task, .x = x, .width = width};
  work->chunk = d <= NARROW ? 64 : 256;
  work->blocks = gy_blocks_of(x.n_rows, min_rows);
  size_t n_blocks = work->blocks.count;
  int n_threads = gy_task_threads(task);
  work->n_threads = (size_t)n_threads < n_blocks ? n_threads : (int)n_blocks;
  work->shift = gy_layout_take(at, width, sizeof(double));
  work->sums = gy_layout_take(at, n_blocks * width, sizeof(double));
  work->products = gy_layout_take(at, n_blocks * width, width * sizeof(double));
  work->packed = gy_layout_take(at, (size_t)work->n_threads * work->chunk, width * sizeof(double));
}

void gy_middle_of_rows(gy_matrix x, double *shift) {
  size_t stride = x.n_rows / MIDDLE_ROWS + 1, n_used = 0;
  memset(shift, 0, x.n_columns * sizeof *shift);
  for (size_t i = 0; i < x.n_rows; i += stride, n_used++)
    for (size_t j = 0; j < x.n_columns; j++) shift[j] += (double)gy_matrix_row(x, i)[j];
  for (size_t j = 0; j < x.n_columns; j++) shift[j] /= (double)n_used;
}

static void sum_block(const gy_covariance_work *work, size_t block) {
  size_t d = work->x.n_columns, width = work->width, end = gy_block_end(&work->blocks, block);
  double *packed = work->packed + gy_thread_number() * work->chunk * width;
  double *sums = work->sums + block * width, *products = work->products + block * width * width;
  memset(sums, 0, width * sizeof *sums);
  memset(products, 0, width * width * sizeof *products);
  for (size_t first = gy_block_first(&work->blocks, block); first < end; first += work->chunk) {
    size_t n = end - first < work->chunk ? end - first : work->chunk;
    work->kernel->pack(gy_matrix_row(work->x, first), n, d, work->shift, packed, sums);
    gy_left_side left = {.values = packed, .group = n * GY_PANEL, .entry = 1, .step = GY_PANEL};
    work->kernel->multiply(left, width, packed, n, width / GY_PANEL, n, products, width, true);
  }
}

/* Adds the blocks into the first, in order. */
static void add_blocks(const gy_covariance_work *work) {
  size_t width = work->width;
  for (size_t b = 1; b < work->blocks.count; b++) {
    for (size_t j = 0; j < width; j++) work->sums[j] += work->sums[b * width + j];
    for (size_t i = 0; i < width * width; i++) work->products[i] += work->products[b * width * width + i];
  }
}

static bool all_finite(const double *values, size_t n) {
  bool finite = true;
  for (size_t i = 0; i < n; i++) finite = finite && isfinite(values[i]);
  return finite;
}

gy_status gy_covariance_compute(const gy_covariance_work *work, double *mean, double *covariance,
                                gy_error *err) {
  size_t n = work->x.n_rows, d = work->x.n_columns, width = work->width;
  memset(work->shift, 0, width * sizeof *work->shift);
  gy_middle_of_rows(work->x, work->shift);
#pragma omp parallel for schedule(dynamic, 1) num_threads(work->n_threads)
  for (size_t b = 0; b < work->blocks.count; b++) {
    if (gy_task_cancelled(work->task)) continue;
    sum_block(work, b);
    gy_task_progress(work->task, "covariance", gy_block_end(&work->blocks, b), n, "rows");
  }
  gy_status status = gy_task_check(work->task, err);
  if (status != GY_OK) return status;
  add_blocks(work);
  /* Sums of finite floats are finite: only now does anybody need to look for the value that was not. */
  if (!all_finite(work->sums, d)) return gy_matrix_check(work->x, FLT_MAX, work->task, err);
  for (size_t i = 0; i < d; i++) {
    mean[i] = work->shift[i] + work->sums[i] / (double)n;
    for (size_t j = i; j < d; j++) {
      double products = work->products[gy_panel_at(width, i, j)];
      double centred = products - work->sums[i] * work->sums[j] / (double)n;
      covariance[i * d + j] = covariance[j * d + i] = centred / (double)(n - 1);
    }
  }
  return GY_OK;
}

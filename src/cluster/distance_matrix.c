/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/distance_matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/layout.h"
#include "num/simd.h"

/* Fresh memory by the page costs more than the distances in it. */
enum { HUGE_PAGE = 2 << 20 };

static size_t lay_out(gy_distance_matrix *m, size_t d, void *base) {
  gy_layout at = {.base = base};
  size_t n = m->n_start, threads = (size_t)m->n_threads, padded = gy_round_up(n, GY_STRETCH);
  m->weights = gy_layout_take(&at, n, sizeof *m->weights);
  m->heights = gy_layout_take(&at, n, sizeof *m->heights);
  m->penalties = gy_layout_take(&at, n, sizeof *m->penalties);
  m->leaves = gy_layout_take(&at, n, sizeof *m->leaves);
  m->nearest = gy_layout_take(&at, n, sizeof *m->nearest);
  m->joined = gy_layout_take(&at, n, sizeof *m->joined);
  m->chain = gy_layout_take(&at, n, sizeof *m->chain);
  m->on_chain = gy_layout_take(&at, n, sizeof *m->on_chain);
  m->points = gy_layout_take(&at, d, padded * sizeof *m->points);
  m->column_lowest = gy_layout_take(&at, threads, padded * sizeof *m->column_lowest);
  m->column_row = gy_layout_take(&at, threads, padded * sizeof *m->column_row);
  m->scratch = gy_layout_take(&at, 2 * threads, padded * sizeof *m->scratch);
  return gy_layout_bytes(&at);
}

size_t gy_distance_matrix_memory(const gy_linkage_input *input) {
  gy_distance_matrix m = {.n_start = input->n, .n_threads = gy_task_threads(input->task)};
  return lay_out(&m, input->d, NULL);
}

static gy_nearest nearest_point(const gy_linkage_input *input, size_t i) {
  const double *a = input->rows + i * input->d, *b = input->rows + (size_t)input->nearest[i] * input->d;
  double sum = 0;
  for (size_t j = 0; j < input->d; j++) sum += (a[j] - b[j]) * (a[j] - b[j]);
  return (gy_nearest){input->nearest[i], sqrt(sum)};
}

gy_status gy_distance_matrix_init(gy_distance_matrix *m, const gy_linkage_input *input, gy_error *err) {
  size_t n = input->n, d = input->d;
  *m = (gy_distance_matrix){.linkage = input->linkage,
                            .kernel = input->kernel,
                            .task = input->task,
                            .n_threads = gy_task_threads(input->task),

                            .n_start = n,
                            .d = d,
                            .rows = input->rows,
                            .n = n,
                            .n_live = n};
  size_t bytes = lay_out(m, d, NULL);
  m->storage = bytes == SIZE_MAX ? NULL : aligned_alloc(GY_LAYOUT_ALIGNMENT, bytes);
  if (m->storage == NULL)
    return gy_fail(err, GY_ENOMEM, "hierarchical clustering: out of memory; %zu bytes are needed", bytes);
  lay_out(m, d, m->storage);
  memset(m->points, 0, gy_round_up(n, GY_STRETCH) * d * sizeof *m->points);
  for (size_t i = 0; i < n; i++) {
    double *to = m->points + i / GY_STRETCH * GY_STRETCH * d + i % GY_STRETCH;
    for (size_t j = 0; j < d; j++) to[j * GY_STRETCH] = input->rows[i * d + j];
    m->weights[i] = input->weights == NULL ? 1 : input->weights[i];
    m->leaves[i] = (int32_t)i;
    m->heights[i] = m->penalties[i] = 0;
    m->on_chain[i] = false;
    m->nearest[i] = nearest_point(input, i);
  }
  return GY_OK;
}

void gy_distance_matrix_clear(gy_distance_matrix *m) {
  free(m->storage);
  free(m->cells);
  m->storage = NULL;
  m->cells = NULL;
}

size_t gy_triangle_bytes(size_t n) {
  size_t cells;
  if (n > SIZE_MAX >> 32) return SIZE_MAX;
  cells = gy_triangle_cells(n) + GY_LANES_MAX;
  return cells > SIZE_MAX / 4 / sizeof(double) ? SIZE_MAX : gy_round_up(cells * sizeof(double), HUGE_PAGE);
}

double *gy_triangle_alloc(size_t n) {
  size_t bytes = gy_triangle_bytes(n);
  if (bytes == SIZE_MAX) return NULL;
  double *cells = aligned_alloc(HUGE_PAGE, bytes);
#ifdef MADV_HUGEPAGE
  if (cells != NULL) (void)madvise(cells, bytes, MADV_HUGEPAGE);
#endif
  return cells;
}

void gy_nearest_reset(gy_distance_matrix *m) {
  size_t padded = gy_round_up(m->n_start, GY_STRETCH);
  for (size_t i = 0; i < padded * (size_t)m->n_threads; i++) {
    m->column_lowest[i] = INFINITY;
    m->column_row[i] = -1;
  }
}

void gy_nearest_note(gy_distance_matrix *m, size_t thread, size_t row, const double *values) {
  size_t own = thread * gy_round_up(m->n_start, GY_STRETCH);
  m->nearest[row] = m->kernel->note(values, row, (int64_t)row, m->column_lowest + own, m->column_row + own);
}

void gy_nearest_collect(gy_distance_matrix *m, size_t n) {
  size_t padded = gy_round_up(m->n_start, GY_STRETCH);
  for (size_t i = 0; i < n; i++) {
    gy_nearest *best = &m->nearest[i];
    for (size_t t = 0; t < (size_t)m->n_threads; t++) {
      double lowest = m->column_lowest[t * padded + i];
      int32_t row = (int32_t)m->column_row[t * padded + i];
      if (row < 0 || (best->slot >= 0 && lowest > best->score)) continue;
      if (best->slot < 0 || lowest < best->score || row < best->slot) *best = (gy_nearest){row, lowest};
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of dissimilarities from a full table (no copy), a condensed one, or rows and a metric. Of a condensed
 * table a row is a stretch and a column; sixteen neighbouring rows share the cache lines of their columns. */
#include "cluster/dissimilarity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/moments.h"
#include "num/threads.h"

const char *gy_metric_name(gy_metric metric) {
  switch (metric) {
    case GY_METRIC_EUCLIDEAN:
      return "euclidean";
    case GY_METRIC_MANHATTAN:
      return "manhattan";
    case GY_METRIC_COSINE:
      return "cosine";
    case GY_METRIC_GOWER:
      return "gower";
  }
  return "unknown";
}

size_t gy_point_blocks_floats(size_t n, size_t d) {
  size_t places, floats;
  if (n > SIZE_MAX - GY_POINTS_BLOCK) return SIZE_MAX;
  places = (n + GY_POINTS_BLOCK - 1) / GY_POINTS_BLOCK * GY_POINTS_BLOCK;
  return __builtin_mul_overflow(places, d, &floats) ? SIZE_MAX : floats;
}

/* 1 / |row|, or 1 where length does not matter. */
static double shrink_of(const float *row, size_t d, gy_metric metric) {
  double squares = 0;
  if (metric != GY_METRIC_COSINE) return 1;
  for (size_t j = 0; j < d; j++) squares += (double)row[j] * (double)row[j];
  return 1 / sqrt(squares);
}

void gy_point_blocks_fill(gy_matrix x, gy_metric metric, size_t first, size_t end, float *blocks) {
  size_t d = x.n_columns, places = (end - first + GY_POINTS_BLOCK - 1) / GY_POINTS_BLOCK * GY_POINTS_BLOCK;
  for (size_t i = 0; i < places; i++) {
    size_t row = first + i < end ? first + i : end - 1; /* the last row again fills the last block */
    const float *from = gy_matrix_row(x, row);
    double shrink = shrink_of(from, d, metric);
    float *to = blocks + i / GY_POINTS_BLOCK * GY_POINTS_BLOCK * d + i % GY_POINTS_BLOCK;
    for (size_t j = 0; j < d; j++) to[j * GY_POINTS_BLOCK] = (float)((double)from[j] * shrink);
  }
}

void gy_point_pack(gy_matrix x, gy_metric metric, size_t row, float *to) {
  const float *from = gy_matrix_row(x, row);
  double shrink = shrink_of(from, x.n_columns, metric);
  for (size_t j = 0; j < x.n_columns; j++) to[j * GY_POINTS_FOUR] = (float)((double)from[j] * shrink);
}

static gy_status check_columns(const gy_dissimilarity *of, const char *who, gy_error *err) {
  double sum = 0;
  if (of->columns == NULL) return gy_fail(err, GY_EUSAGE, "%s: Gower's columns are not described", who);
  for (size_t j = 0; j < of->x.n_columns; j++) {
    if (!(of->columns[j].weight >= 0 && of->columns[j].weight <= 1e6f))
      return gy_fail(err, GY_EUSAGE, "%s: the weight of column %zu is %g; weights are 0..1e6", who, j + 1,
                     (double)of->columns[j].weight);
    sum += (double)of->columns[j].weight;
  }
  if (!(sum > 0)) return gy_fail(err, GY_EUSAGE, "%s: no column has a weight above 0", who);
  return GY_OK;
}

static gy_status check_infinities(gy_matrix x, const char *who, gy_error *err) {
  for (size_t i = 0; i < x.n_rows * x.n_columns; i++)
    if (fabsf(x.values[i]) > GY_DISSIMILARITY_VALUE_LIMIT)
      return gy_fail(err, GY_EDATA, "%s: row %zu, column %zu is %g; encode the rows first", who,
                     i / x.n_columns + 1, i % x.n_columns + 1, (double)x.values[i]);
  return GY_OK;
}

static gy_status check_directions(gy_matrix x, const char *who, gy_error *err) {
  for (size_t i = 0; i < x.n_rows; i++) {
    const float *row = gy_matrix_row(x, i);
    size_t j = 0;
    while (j < x.n_columns && row[j] == 0) j++;
    if (j == x.n_columns)
      return gy_fail(err, GY_EDATA,
                     "%s: row %zu is all zero and has no direction; drop it or take another metric than "
                     "cosine",
                     who, i + 1);
  }
  return GY_OK;
}

gy_status gy_dissimilarity_check(const gy_dissimilarity *of, const char *who, const gy_task *task,
                                 gy_error *err) {
  if (of->form != GY_DISSIMILARITY_ROWS) return GY_OK;
  if (of->x.n_columns < 1) return gy_fail(err, GY_EUSAGE, "%s: there are no columns to compare", who);
  if ((unsigned)of->metric > GY_METRIC_GOWER)
    return gy_fail(err, GY_EUSAGE, "%s: metric %d is unknown", who, (int)of->metric);
  if (of->metric == GY_METRIC_GOWER) {
    gy_status status = check_columns(of, who, err);
    return status == GY_OK ? check_infinities(of->x, who, err) : status;
  }
  gy_status status = gy_matrix_check(of->x, GY_DISSIMILARITY_VALUE_LIMIT, task, err);
  if (status != GY_OK) {
    gy_error_prefix(err, "%s", who);
    return status;
  }
  return of->metric == GY_METRIC_COSINE ? check_directions(of->x, who, err) : GY_OK;
}

void gy_dissimilarity_open(gy_dissimilarity_reader *reader, const gy_dissimilarity *of,
                           const gy_dissimilarity_kernel *kernel, float *blocks) {
  *reader = (gy_dissimilarity_reader){.kernel = kernel, .of = *of};
  if (of->form != GY_DISSIMILARITY_ROWS) return;
  gy_point_blocks_fill(of->x, of->metric, 0, of->n, blocks);
  reader->points = (gy_point_blocks){of->metric, of->n, of->x.n_columns, of->columns, blocks};
}

/* Place of pair (row, first column after it) in a condensed table. */
static size_t condensed_at(size_t n, size_t row) { return row * (2 * n - row - 1) / 2; }

static void read_condensed(const gy_dissimilarity *of, const size_t *rows, size_t n_rows, float *buffer) {
  size_t n = of->n, lowest = n;
  for (size_t r = 0; r < n_rows; r++) lowest = rows[r] < lowest ? rows[r] : lowest;
  for (size_t o = 0; o < lowest; o++) {
    const float *at = of->values + condensed_at(n, o) - o - 1;
    for (size_t r = 0; r < n_rows; r++) buffer[r * n + o] = at[rows[r]];
  }
  for (size_t r = 0; r < n_rows; r++) {
    float *to = buffer + r * n;
    size_t row = rows[r];
    for (size_t o = lowest; o < row; o++) to[o] = of->values[condensed_at(n, o) + row - o - 1];
    to[row] = 0;
    memcpy(to + row + 1, of->values + condensed_at(n, row), (n - row - 1) * sizeof *to);
  }
}

/* A feature of row `row`, from the copy. */
static inline float feature(const gy_point_blocks *points, size_t row, size_t j) {
  return points->blocks[(row / GY_POINTS_BLOCK * points->d + j) * GY_POINTS_BLOCK + row % GY_POINTS_BLOCK];
}

/* Rows past `n_rows` repeat the first: the kernel works on four. */
static void compute_four(const gy_dissimilarity_reader *reader, const size_t *rows, size_t n_rows,
                         float *four, float *const out[GY_POINTS_FOUR]) {
  const gy_point_blocks *points = &reader->points;
  for (size_t j = 0; j < points->d; j++)
    for (size_t r = 0; r < GY_POINTS_FOUR; r++)
      four[j * GY_POINTS_FOUR + r] = feature(points, rows[r < n_rows ? r : 0], j);
  reader->kernel->to_points(points, four, out);
}

size_t gy_dissimilarity_buffer(const gy_dissimilarity *of) {
  size_t d = of->form == GY_DISSIMILARITY_ROWS ? of->x.n_columns : 0, floats, four;
  if (of->form == GY_DISSIMILARITY_FULL) return 0;
  if (__builtin_mul_overflow(of->n, GY_READ_ROWS, &floats)) return SIZE_MAX;
  if (__builtin_mul_overflow(d, GY_POINTS_FOUR, &four)) return SIZE_MAX;
  return floats > SIZE_MAX - four ? SIZE_MAX : floats + four;
}

void gy_dissimilarity_read(const gy_dissimilarity_reader *reader, const size_t *rows, size_t n_rows,
                           float *buffer, const float **at) {
  const gy_dissimilarity *of = &reader->of;
  size_t n = of->n;
  if (of->form == GY_DISSIMILARITY_FULL) {
    for (size_t r = 0; r < n_rows; r++) at[r] = of->values + rows[r] * n;
    return;
  }
  if (of->form == GY_DISSIMILARITY_CONDENSED) read_condensed(of, rows, n_rows, buffer);
  for (size_t r = 0; of->form == GY_DISSIMILARITY_ROWS && r < n_rows; r += GY_POINTS_FOUR) {
    float *out[GY_POINTS_FOUR];
    for (size_t i = 0; i < GY_POINTS_FOUR; i++) out[i] = buffer + (r + i) * n;
    compute_four(reader, rows + r, n_rows - r, buffer + GY_READ_ROWS * n, out);
  }
  for (size_t r = 0; r < n_rows; r++) at[r] = buffer + r * n;
}

gy_status gy_dissimilarity_refuse(const gy_dissimilarity *of, const char *who, size_t row,
                                  const float *values, gy_error *err) {
  for (size_t o = 0; o < of->n; o++) {
    if (o == row && values[o] != 0 && !isnan(values[o]))
      return gy_fail(err, GY_EDATA, "%s: row %zu is %g from itself; the diagonal must be 0", who, row + 1,
                     (double)values[o]);
    if (values[o] >= 0 && values[o] <= GY_DISSIMILARITY_LIMIT) continue;
    if (of->form == GY_DISSIMILARITY_ROWS && isnan(values[o]))
      return gy_fail(err, GY_EDATA, "%s: rows %zu and %zu know no column in common; fill or drop them", who,
                     row + 1, o + 1);
    return gy_fail(err, GY_EDATA, "%s: the dissimilarity of rows %zu and %zu is %g, outside 0..%g", who,
                   row + 1, o + 1, (double)values[o], (double)GY_DISSIMILARITY_LIMIT);
  }
  return GY_OK;
}

/* Four rows of the full table. */
static void write_four(const gy_dissimilarity_reader *reader, size_t first, float *buffer, float *full) {
  size_t n = reader->of.n, rows[GY_POINTS_FOUR], n_rows = n - first < GY_POINTS_FOUR ? n - first : 4;
  float *out[GY_POINTS_FOUR];
  const float *at[GY_POINTS_FOUR];
  for (size_t r = 0; r < GY_POINTS_FOUR; r++) {
    rows[r] = first + (r < n_rows ? r : 0);
    out[r] = full + rows[r] * n;
  }
  if (reader->of.form == GY_DISSIMILARITY_ROWS) {
    compute_four(reader, rows, n_rows, buffer + GY_READ_ROWS * n, out);
    return;
  }
  gy_dissimilarity_read(reader, rows, n_rows, buffer, at);
  for (size_t r = 0; r < n_rows; r++) memcpy(out[r], at[r], n * sizeof **out);
}

gy_status gy_dissimilarity_write(const gy_dissimilarity_reader *reader, const gy_task *task, float *buffers,
                                 float *full, gy_error *err) {
  size_t n = reader->of.n, share = gy_dissimilarity_buffer(&reader->of);
#pragma omp parallel for schedule(dynamic, 4) num_threads(gy_task_threads(task)) if (n > 256)
  for (size_t first = 0; first < n; first += GY_POINTS_FOUR)
    if (!gy_task_cancelled(task)) write_four(reader, first, buffers + gy_thread_number() * share, full);
  return gy_task_check(task, err);
}

gy_status gy_dissimilarity_table(const gy_dissimilarity *of, const gy_task *task, float *full,
                                 gy_error *err) {
  size_t count, n_threads = (size_t)gy_task_threads(task);
  gy_dissimilarity_reader reader;
  gy_status status = gy_dissimilarity_check(of, "dissimilarity", task, err);
  if (status != GY_OK || of->n == 0) return status;
  size_t copy = of->form == GY_DISSIMILARITY_ROWS ? gy_point_blocks_floats(of->n, of->x.n_columns) : 0;
  size_t share = gy_dissimilarity_buffer(of);
  float *blocks = calloc(copy + 1, sizeof *blocks);
  float *buffers = calloc(share * n_threads + 1, sizeof *buffers);
  if (blocks == NULL || buffers == NULL) {
    status = gy_fail(err, GY_ENOMEM, "dissimilarity: out of memory for %zu rows", of->n);
    goto done;
  }
  gy_dissimilarity_open(&reader, of, gy_dissimilarity_kernels(&count)[0], blocks);
  status = gy_dissimilarity_write(&reader, task, buffers, full, err);
done:
  free(buffers);
  free(blocks);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading dissimilarities a few rows at a time, wherever they come from. */
#ifndef GYEOL_CLUSTER_DISSIMILARITY_H
#define GYEOL_CLUSTER_DISSIMILARITY_H

#include <stdbool.h>

#include <gyeol/dissimilarity.h>

#include "cluster/dissimilarity_kernel.h"

enum { GY_READ_ROWS = 16 };

typedef struct gy_dissimilarity_reader {
  const gy_dissimilarity_kernel *kernel;
  gy_dissimilarity of;
  gy_point_blocks points; /* of rows: their copy */
} gy_dissimilarity_reader;

/* Floats that the copy of `n` rows of `d` columns takes. */
size_t gy_point_blocks_floats(size_t n, size_t d);

/* Copies rows first..end-1 of x into `blocks`; cosine: brought to length 1. */
void gy_point_blocks_fill(gy_matrix x, gy_metric metric, size_t first, size_t end, float *blocks);

/* Row `row` of x as the kernels want a fourth of a group: to[j * 4]. */
void gy_point_pack(gy_matrix x, gy_metric metric, size_t row, float *to);

/* GY_EUSAGE or GY_EDATA when the view, its rows or its columns cannot be used; tables are checked as they are
 * read (gy_dissimilarity_refuse). `who` begins the sentence. */
GY_MUST_USE gy_status gy_dissimilarity_check(const gy_dissimilarity *of, const char *who, const gy_task *task,
                                             gy_error *err);

/* Ready to read; `blocks` (gy_point_blocks_floats long, for rows; else NULL) is filled and used. */
void gy_dissimilarity_open(gy_dissimilarity_reader *reader, const gy_dissimilarity *of,
                           const gy_dissimilarity_kernel *kernel, float *blocks);

/* Floats of the buffer that reading wants, one a thread; 0 for a full table. */
size_t gy_dissimilarity_buffer(const gy_dissimilarity *of);

/* at[r]: the n dissimilarities of row rows[r], for n_rows <= 16 rows; either in the caller's table or in
 * `buffer`. */
void gy_dissimilarity_read(const gy_dissimilarity_reader *reader, const size_t *rows, size_t n_rows,
                           float *buffer, const float **at);

/* GY_EDATA, naming the pair, when a row that was read holds a value that cannot be used. */
GY_MUST_USE gy_status gy_dissimilarity_refuse(const gy_dissimilarity *of, const char *who, size_t row,
                                              const float *values, gy_error *err);

/* gy_dissimilarity_table through an open reader; `buffers`: one a thread. */
GY_MUST_USE gy_status gy_dissimilarity_write(const gy_dissimilarity_reader *reader, const gy_task *task,
                                             float *buffers, float *full, gy_error *err);

#endif

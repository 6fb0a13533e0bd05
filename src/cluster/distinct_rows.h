/* SPDX-License-Identifier: Apache-2.0
 *
 * Which rows of a matrix are equal. */
#ifndef GYEOL_CLUSTER_DISTINCT_ROWS_H
#define GYEOL_CLUSTER_DISTINCT_ROWS_H

#include <gyeol/matrix.h>
#include <gyeol/status.h>

#include <stdint.h>

/* Distinct rows are numbered in the order of their first appearance. 0 and -0 are equal. */
typedef struct gy_distinct_rows {
  size_t n;
  uint32_t *number; /* row -> its number */
  uint32_t *first;  /* number -> its first row */
  uint32_t *counts; /* number -> how many rows */
  void *storage;
} gy_distinct_rows;

/* Bytes that finding them takes at most. */
size_t gy_distinct_rows_memory(size_t n);

/* A hash table with open addressing (Knuth, TAOCP 3, 6.4 L): O(n d). x: fewer than 2^31 rows, no NaN. On
 * success *rows gives storage for gy_distinct_rows_clear. Errors: GY_ENOMEM. */
GY_MUST_USE gy_status gy_distinct_rows_find(gy_matrix x, gy_distinct_rows *rows, gy_error *err);

/* The same, and the matrix of the distinct rows: a view of x itself where all are, of *copy (free it; else
 * NULL) where some are equal. */
GY_MUST_USE gy_status gy_distinct_matrix(gy_matrix x, gy_distinct_rows *rows, float **copy,
                                         gy_matrix *distinct, gy_error *err);

/* NULL-safe, and safe when zeroed. */
void gy_distinct_rows_clear(gy_distinct_rows *rows);

#endif

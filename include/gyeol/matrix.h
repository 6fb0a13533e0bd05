/* SPDX-License-Identifier: Apache-2.0
 *
 * A view of a dense matrix: `n_rows` x `n_columns` floats, row-major, without gaps. A view owns nothing;
 * whoever holds the values keeps them alive for as long as the view is used. */
#ifndef GYEOL_MATRIX_H
#define GYEOL_MATRIX_H

#include <stddef.h>

typedef struct gy_matrix {
  const float *values;
  size_t n_rows;
  size_t n_columns;
} gy_matrix;

static inline const float *gy_matrix_row(gy_matrix x, size_t row) { return x.values + row * x.n_columns; }

#endif

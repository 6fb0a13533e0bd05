/* SPDX-License-Identifier: Apache-2.0
 *
 * Products of matrices in double, for data that come as float rows; compiled once an instruction set.
 *
 * A matrix of r rows and c columns is kept in "panels" of eight columns, padded with zeros:
 *
 *   panels[p][i][0..7] = columns 8 p .. 8 p + 7 of row i
 *
 * so that whatever is read while a product walks down the rows is contiguous. */
#ifndef GYEOL_NUM_PRODUCT_KERNEL_H
#define GYEOL_NUM_PRODUCT_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

enum { GY_PANEL = 8 };

/* Doubles that hold `rows` x `columns` in panels. */
static inline size_t gy_panels_size(size_t rows, size_t columns) {
  return (columns + GY_PANEL - 1) / GY_PANEL * GY_PANEL * rows;
}

/* Where row i, column j of panels with `rows` rows is. */
static inline size_t gy_panel_at(size_t rows, size_t i, size_t j) {
  return (j / GY_PANEL * rows + i) * GY_PANEL + j % GY_PANEL;
}

/* The left side of a product, a transposed k x m: entry i of step s is
 * values[i / 8 * group + i % 8 * entry + s * step]. */
typedef struct gy_left_side {
  const double *values;
  size_t group;
  size_t entry;
  size_t step;
} gy_left_side;

typedef struct gy_product_kernel {
  const char *name;
  /* `n` rows of `d` floats minus `shift` (padded to panels, as `sums`), into panels of n rows; adds the
   * columns to `sums`. */
  void (*pack)(const float *rows, size_t n, size_t d, const double *shift, double *panels, double *sums);
  /* The first `width` columns of `n` rows that lie `d` floats apart, minus `shift`, row by row, `stride`
   * doubles each (a multiple of 8, at least width), padded with zeros. */
  void (*widen)(const float *rows, size_t n, size_t d, size_t width, const double *shift, double *to,
                size_t stride);
  /* c[i][j] += sum over s of a(i, s) b[s][j], for m x n_panels panels; m a multiple of 8, `b` panels of
   * b_rows rows, `c` panels of c_rows rows. `upper`: panels of c left of the diagonal are left alone. */
  void (*multiply)(gy_left_side a, size_t m, const double *b, size_t b_rows, size_t n_panels, size_t n_steps,
                   double *c, size_t c_rows, bool upper);
} gy_product_kernel;

/* The kernels this processor can run, fastest first; never empty. */
const gy_product_kernel *const *gy_product_kernels(size_t *count);

#endif

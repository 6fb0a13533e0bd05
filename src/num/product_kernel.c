/* SPDX-License-Identifier: Apache-2.0
 *
 * C += A B in tiles that stay in registers (Goto and van de Geijn 2008): a tile of C is a few rows by a few
 * vectors; each step of the sum loads those vectors of B once and multiplies them by one entry of A a row. A
 * loaded value is so used as often as the tile is high or wide, and multiply-add, not memory, is the limit.
 *
 * Floats are widened before: 53 bits hold the product of two floats exactly, so that what a sum loses is only
 * its own rounding.
 *
 * This file is compiled once an instruction set, with GY_KERNEL naming the result. */
#include "num/product_kernel.h"

#include "num/simd.h"

extern const gy_product_kernel GY_KERNEL;

/* Registers: 32 of them hold 8 x 3 sums; 16 hold 4 x 3, or 4 x 2 where a vector is two doubles. */
#if GY_LANES == 16
enum { LANES = 8, HIGH = 8, WIDE = 3 };
#elif GY_LANES == 8
enum { LANES = 4, HIGH = 4, WIDE = 2 };
#else
enum { LANES = 2, HIGH = 4, WIDE = 2 };
#endif
enum { VECTORS_A_PANEL = GY_PANEL / LANES, AT_ONCE = 4 };

typedef double vd __attribute__((vector_size(8 * LANES)));
typedef float half_vf __attribute__((vector_size(4 * LANES)));

static inline vd vd_load(const double *from) {
  vd v;
  memcpy(&v, from, sizeof v);
  return v;
}

static inline void vd_store(double *to, vd v) { memcpy(to, &v, sizeof v); }

static inline vd widen_vector(const float *from) {
  half_vf v;
  memcpy(&v, from, sizeof v);
  return __builtin_convertvector(v, vd);
}

/* HIGH rows of C from a (row r at a[r * entry]) by `wide` vectors; vector v begins at b[v], c[v]. */
static inline __attribute__((always_inline)) void multiply_tile(const double *a, size_t entry, size_t step,
                                                                const double *const b[WIDE],
                                                                double *const c[WIDE], size_t n_steps,
                                                                int wide) {
  vd sum[HIGH][WIDE];
#pragma GCC unroll 8
  for (int r = 0; r < HIGH; r++)
#pragma GCC unroll 3
    for (int v = 0; v < wide; v++) sum[r][v] = vd_load(c[v] + r * GY_PANEL);
  for (size_t s = 0; s < n_steps; s++) {
    vd right[WIDE];
#pragma GCC unroll 3
    for (int v = 0; v < wide; v++) right[v] = vd_load(b[v] + s * GY_PANEL);
#pragma GCC unroll 8
    for (int r = 0; r < HIGH; r++) {
      double left = a[(size_t)r * entry + s * step];
#pragma GCC unroll 3
      for (int v = 0; v < wide; v++) sum[r][v] += right[v] * left;
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < HIGH; r++)
#pragma GCC unroll 3
    for (int v = 0; v < wide; v++) vd_store(c[v] + r * GY_PANEL, sum[r][v]);
}

static void multiply(gy_left_side a, size_t m, const double *b, size_t b_rows, size_t n_panels,
                     size_t n_steps, double *c, size_t c_rows, bool upper) {
  for (size_t i = 0; i < m; i += HIGH) {
    const double *left = a.values + i / GY_PANEL * a.group + i % GY_PANEL * a.entry;
    size_t first = upper ? i / GY_PANEL * VECTORS_A_PANEL : 0;
    for (size_t j = first; j < n_panels * VECTORS_A_PANEL; j += WIDE) {
      const double *right[WIDE];
      double *to[WIDE];
      size_t wide = n_panels * VECTORS_A_PANEL - j < WIDE ? n_panels * VECTORS_A_PANEL - j : WIDE;
      for (size_t v = 0; v < wide; v++) {
        right[v] = b + gy_panel_at(b_rows, 0, (j + v) * LANES);
        to[v] = c + gy_panel_at(c_rows, i, (j + v) * LANES);
      }
      if (wide == WIDE)
        multiply_tile(left, a.entry, a.step, right, to, n_steps, WIDE);
      else if (wide == 2)
        multiply_tile(left, a.entry, a.step, right, to, n_steps, 2);
      else
        multiply_tile(left, a.entry, a.step, right, to, n_steps, 1);
    }
  }
}

/* Row i of a panel, and its share of the sums. */
static inline void pack_row(const float *row, const vd less[VECTORS_A_PANEL], double *to,
                            vd sum[VECTORS_A_PANEL]) {
  for (int v = 0; v < VECTORS_A_PANEL; v++) {
    vd value = widen_vector(row + v * LANES) - less[v];
    sum[v] += value;
    vd_store(to + v * LANES, value);
  }
}

/* A panel of which all columns are there. Four rows at a time have sums of their own, so that no addition
 * waits for the one before. */
static void pack_panel(const float *rows, size_t n, size_t d, const double *shift, double *panel,
                       double *sums) {
  vd sum[AT_ONCE][VECTORS_A_PANEL] = {{{0}}}, less[VECTORS_A_PANEL];
  size_t i = 0;
  for (int v = 0; v < VECTORS_A_PANEL; v++) less[v] = vd_load(shift + v * LANES);
  for (; i + AT_ONCE <= n; i += AT_ONCE)
    for (size_t r = 0; r < AT_ONCE; r++)
      pack_row(rows + (i + r) * d, less, panel + (i + r) * GY_PANEL, sum[r]);
  for (; i < n; i++) pack_row(rows + i * d, less, panel + i * GY_PANEL, sum[0]);
  for (int v = 0; v < VECTORS_A_PANEL; v++)
    vd_store(sums + v * LANES, vd_load(sums + v * LANES) + (sum[0][v] + sum[1][v]) + (sum[2][v] + sum[3][v]));
}

/* The last panel, narrower than the others. */
static void pack_narrow(const float *rows, size_t n, size_t d, size_t width, const double *shift,
                        double *panel, double *sums) {
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < GY_PANEL; j++) {
      double value = j < width ? (double)rows[i * d + j] - shift[j] : 0;
      panel[i * GY_PANEL + j] = value;
      sums[j] += value;
    }
  }
}

static void pack(const float *rows, size_t n, size_t d, const double *shift, double *panels, double *sums) {
  size_t j = 0;
  for (; j + GY_PANEL <= d; j += GY_PANEL) pack_panel(rows + j, n, d, shift + j, panels + j * n, sums + j);
  if (j < d) pack_narrow(rows + j, n, d, d - j, shift + j, panels + j * n, sums + j);
}

static void widen(const float *rows, size_t n, size_t d, size_t width, const double *shift, double *to,
                  size_t stride) {
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < width; j++) to[i * stride + j] = (double)rows[i * d + j] - shift[j];
    for (size_t j = width; j < stride; j++) to[i * stride + j] = 0;
  }
}

#define GY_TEXT(x)    #x
#define GY_NAME_OF(x) GY_TEXT(x)
const gy_product_kernel GY_KERNEL = {
    .name = GY_NAME_OF(GY_KERNEL), .pack = pack, .widen = widen, .multiply = multiply};

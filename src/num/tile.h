/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading rows into a tile (num/simd.h), transposed in registers. Half a vector of each of two rows is loaded
 * and transposed at a time: that keeps all of it in registers, takes three quarters of the shuffles that
 * whole vectors would, and does not waste half of them on rows of 8 columns or less.
 *
 * Half vectors are read whole: up to GY_HALF_LANES - 1 floats past a row. `offset` is that much longer, too,
 * and a tile holds d rounded up to GY_HALF_LANES features. */
#ifndef GYEOL_NUM_TILE_H
#define GYEOL_NUM_TILE_H

#include <gyeol/matrix.h>

#include "num/simd.h"

enum { GY_HALF_LANES = GY_LANES / 2 };

/* GY_HALF_LANES columns, from `rows` on, of GY_LANES rows that are `stride` apart. */
static inline void gy_tile_columns(const float *rows, size_t stride, const float *offset, float *tile) {
  gy_vf block[GY_HALF_LANES];
  for (size_t i = 0; i < GY_HALF_LANES; i++)
    block[i] = gy_vf_load_halves(rows + 2 * i * stride, rows + (2 * i + 1) * stride);
  gy_transpose_halves(block);
  for (size_t j = 0; j < GY_HALF_LANES; j++) gy_vf_store(tile + j * GY_TILE, block[j] - offset[j]);
}

/* GY_TILE rows of d floats into `tile`, minus `offset`. */
static inline void gy_tile_load(const float *rows, size_t d, const float *offset, float *tile) {
  for (size_t v = 0; v < GY_VECTORS; v++)
    for (size_t j = 0; j < d; j += GY_HALF_LANES)
      gy_tile_columns(rows + v * GY_LANES * d + j, d, offset + j, tile + j * GY_TILE + v * GY_LANES);
}

/* The tile that starts at row `first`. Rows past `end`, and reads past the matrix, are met by a copy, padded
 * with zeros, that is kept behind the tile. */
static inline void gy_tile_fetch(gy_matrix x, size_t first, size_t end, const float *offset, float *tile) {
  size_t d = x.n_columns, d_padded = gy_round_up(d, GY_HALF_LANES);
  if (first + GY_TILE <= end && (first + GY_TILE - 1) * d + d_padded <= x.n_rows * d) {
    gy_tile_load(gy_matrix_row(x, first), d, offset, tile);
    return;
  }
  float *copy = tile + d_padded * GY_TILE;
  size_t n = end - first < GY_TILE ? end - first : GY_TILE;
  memcpy(copy, gy_matrix_row(x, first), n * d * sizeof *copy);
  memset(copy + n * d, 0, ((GY_TILE - n) * d + GY_HALF_LANES) * sizeof *copy);
  gy_tile_load(copy, d, offset, tile);
}

/* A tile of rows that lie anywhere. */
static inline void gy_tile_gather(const float *const rows[GY_TILE], size_t d, const float *offset,
                                  float *tile) {
  for (size_t v = 0; v < GY_VECTORS; v++) {
    for (size_t j = 0; j < d; j += GY_HALF_LANES) {
      gy_vf block[GY_HALF_LANES];
      for (size_t i = 0; i < GY_HALF_LANES; i++)
        block[i] = gy_vf_load_halves(rows[v * GY_LANES + 2 * i] + j, rows[v * GY_LANES + 2 * i + 1] + j);
      gy_transpose_halves(block);
      for (size_t i = 0; i < GY_HALF_LANES; i++)
        gy_vf_store(tile + (j + i) * GY_TILE + v * GY_LANES, block[i] - offset[j + i]);
    }
  }
}

/* Floats that a tile and its copy take, whatever the instruction set. */
static inline size_t gy_tile_floats(size_t d) {
  return gy_round_up(d, GY_LANES_MAX) * GY_TILE_MAX + d * GY_TILE_MAX + GY_LANES_MAX;
}

#endif

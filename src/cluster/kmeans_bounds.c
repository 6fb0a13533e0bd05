/* SPDX-License-Identifier: Apache-2.0
 *
 * Bounds cost memory (four bytes a row and set) and a more scattered pass. They pay where comparing a row
 * with all centres costs clearly more than reading it, which is a matter of d k, and only once the centres
 * have calmed down: before that hardly a row can be skipped. Sets of sixteen centres are the best compromise
 * between skipping finely and comparing a gathered tile with enough of them (measured:
 * docs/methods/kmeans.md).
 */
#include "cluster/kmeans_bounds.h"

#include <float.h>
#include <math.h>

#include "num/simd.h"

enum { MIN_PRODUCTS_A_ROW = 2000, SET_CENTERS = 16, CALM_SHARE = 50, MOST_SETS = 64 };

static size_t groups_of_set(size_t k) {
  size_t size = SET_CENTERS;
  while (size * MOST_SETS < k) size += GY_CENTERS_A_GROUP;
  return size / GY_CENTERS_A_GROUP;
}

size_t gy_kmeans_bounds_sets(size_t d, size_t k) {
  if (d * k < MIN_PRODUCTS_A_ROW) return 0;
  size_t size = groups_of_set(k) * GY_CENTERS_A_GROUP;
  return (k + size - 1) / size;
}

static gy_bounds_scratch take_scratch(gy_layout *at, size_t n_sets, size_t d) {
  size_t places = n_sets * GY_BOUNDS_CHUNK;
  return (gy_bounds_scratch){.tile = gy_layout_take(at, gy_kmeans_kernel_scratch(d), sizeof(float)),
                             .queue = gy_layout_take(at, places, sizeof(uint16_t)),
                             .n_queued = gy_layout_take(at, n_sets, sizeof(size_t)),
                             .winners = gy_layout_take(at, GY_BOUNDS_CHUNK, sizeof(gy_bounds_winner))};
}

void gy_kmeans_bounds_take(gy_kmeans_bounds *bounds, gy_layout *at, size_t n_sets, const gy_blocks *blocks,
                           size_t d, size_t k, int n_threads) {
  bounds->motion = (gy_bounds_motion){.n_sets = n_sets, .set_groups = groups_of_set(k)};
  if (n_sets == 0) return;
  bounds->motion.shifts = bounds->shifts = gy_layout_take(at, k, sizeof(float));
  bounds->motion.set_shifts = bounds->set_shifts = gy_layout_take(at, n_sets, sizeof(float));
  bounds->blocks = gy_layout_take(at, blocks->count, sizeof *bounds->blocks);
  bounds->scratch = gy_layout_take(at, (size_t)n_threads, sizeof *bounds->scratch);
  for (size_t b = 0; b < blocks->count; b++) {
    size_t stride = gy_round_up(gy_block_end(blocks, b) - gy_block_first(blocks, b), GY_LANES_MAX);
    gy_row_bounds rows = {.stride = stride};
    rows.upper = gy_layout_take(at, stride, sizeof(float));
    rows.lower = gy_layout_take(at, stride * n_sets, sizeof(float));
    if (at->base != NULL) bounds->blocks[b] = rows;
  }
  for (size_t t = 0; t < (size_t)n_threads; t++) {
    gy_bounds_scratch scratch = take_scratch(at, n_sets, d);
    if (at->base != NULL) bounds->scratch[t] = scratch;
  }
}

bool gy_kmeans_bounds_pay(const gy_kmeans_bounds *bounds, size_t n_rows, size_t n_changed) {
  if (bounds->motion.n_sets == 0) return false;
  return bounds->motion.known || n_changed < n_rows / CALM_SHARE;
}

void gy_kmeans_bounds_prepare(gy_kmeans_bounds *bounds, const gy_packed_centers *packed) {
  size_t size = bounds->motion.set_groups * GY_CENTERS_A_GROUP;
  double longest = 0;
  for (size_t set = 0; set < bounds->motion.n_sets; set++) bounds->set_shifts[set] = 0;
  for (size_t c = 0; c < packed->k; c++) {
    float *most = &bounds->set_shifts[c / size];
    *most = fmaxf(*most, bounds->shifts[c]);
    longest = fmax(longest, -2 * (double)packed->bias[c]);
  }
  bounds->motion.reach = (float)sqrt(longest) * (1 + 2 * FLT_EPSILON);
}

void gy_kmeans_bounds_forget(gy_kmeans_bounds *bounds, size_t block, size_t row) {
  const gy_row_bounds *rows = &bounds->blocks[block];
  for (size_t set = 0; set < bounds->motion.n_sets; set++) rows->lower[set * rows->stride + row] = 0;
}

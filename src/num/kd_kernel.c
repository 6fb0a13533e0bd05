/* SPDX-License-Identifier: Apache-2.0
 *
 * Four points against the 32 of a leaf at a time: each feature of the leaf is loaded once for the four, and
 * eight sums are in flight, which hides the latency of multiply-add. Comparisons become one bit a point.
 *
 * This file is compiled once an instruction set, with GY_KERNEL naming the result. */
#include "num/kd_kernel.h"

#include "num/simd.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

extern const gy_kd_kernel GY_KERNEL;

enum { POINTS_AT_ONCE = 4, STRETCH = 64 };

/* Bit i: lane i of a comparison is set. */
static inline uint32_t lane_bits(gy_vi mask) {
#if defined(__AVX512F__)
  return (uint32_t)_mm512_movepi32_mask((__m512i)mask);
#elif defined(__AVX2__)
  return (uint32_t)_mm256_movemask_ps((__m256)mask);
#elif defined(__SSE2__)
  return (uint32_t)_mm_movemask_ps((__m128)mask);
#else
  uint32_t bits = 0;
  for (int i = 0; i < GY_LANES; i++) bits |= (uint32_t)(mask[i] & 1) << i;
  return bits;
#endif
}

static uint32_t near_box(const float *block, size_t d, const float *lower, const float *upper,
                         const float *limits) {
  uint32_t bits = 0;
  for (size_t i = 0; i < GY_KD_LEAF; i += GY_LANES) {
    gy_vf sum = {0}, zero = {0};
    for (size_t j = 0; j < d; j++) {
      gy_vf x = gy_vf_load(block + j * GY_KD_LEAF + i);
      gy_vf below = lower[j] - x, above = x - upper[j];
      gy_vf gap = gy_vf_select(below > above, below, above);
      gap = gy_vf_select(gap > zero, gap, zero);
      sum += gap * gap;
    }
    bits |= lane_bits(sum <= gy_vf_load(limits + i)) << i;
  }
  return bits;
}

typedef struct {
  gy_vf squares[POINTS_AT_ONCE][GY_VECTORS];
} pair_squares;

static inline void add_features(const float *block, const float *const *points, size_t step, size_t first,
                                size_t end, pair_squares *sums) {
  for (size_t j = first; j < end; j++) {
    gy_vf x[GY_VECTORS];
    for (int v = 0; v < GY_VECTORS; v++) x[v] = gy_vf_load(block + j * GY_KD_LEAF + v * GY_LANES);
    for (int q = 0; q < POINTS_AT_ONCE; q++) {
      for (int v = 0; v < GY_VECTORS; v++) {
        gy_vf difference = x[v] - points[q][j * step];
        sums->squares[q][v] += difference * difference;
      }
    }
  }
}

static inline uint32_t at_most(const gy_vf *squares, float limit) {
  uint32_t bits = 0;
  for (int v = 0; v < GY_VECTORS; v++) bits |= lane_bits(squares[v] <= limit) << (v * GY_LANES);
  return bits;
}

/* Long rows are left as soon as nothing can come near any more. */
static inline void sum_squares(const float *block, size_t d, const float *const *points, size_t step,
                               const float *limits, pair_squares *sums) {
  *sums = (pair_squares){0};
  for (size_t j = 0; j < d; j += STRETCH) {
    add_features(block, points, step, j, d - j < STRETCH ? d : j + STRETCH, sums);
    if (d <= STRETCH) return;
    uint32_t near = 0;
    for (int q = 0; q < POINTS_AT_ONCE; q++) near |= at_most(sums->squares[q], limits[q]);
    if (near == 0) return;
  }
}

static void near_points(const float *block, size_t d, const gy_kd_points *points, const float *limits,
                        uint32_t *within, const float *closer_limits, uint32_t *closer) {
  for (size_t first = 0; first < points->n; first += POINTS_AT_ONCE) {
    size_t n = points->n - first < POINTS_AT_ONCE ? points->n - first : POINTS_AT_ONCE;
    const float *four[POINTS_AT_ONCE];
    float four_limits[POINTS_AT_ONCE];
    for (size_t q = 0; q < POINTS_AT_ONCE; q++) {
      uint8_t which = points->which[first + (q < n ? q : 0)];
      four[q] = points->values + which;
      four_limits[q] = limits[which];
    }
    for (size_t q = 0; q < n; q++) within[first + q] = 0;
    for (size_t q = 0; closer != NULL && q < n; q++) closer[first + q] = 0;
    for (size_t i = 0; i < GY_KD_LEAF; i += GY_TILE) {
      pair_squares sums;
      sum_squares(block + i, d, four, points->step, four_limits, &sums);
      for (size_t q = 0; q < n; q++) {
        within[first + q] |= at_most(sums.squares[q], four_limits[q]) << i;
        if (closer == NULL) continue;
        closer[first + q] |= at_most(sums.squares[q], closer_limits[points->which[first + q]]) << i;
      }
    }
  }
}

#define GY_TEXT(x)    #x
#define GY_NAME_OF(x) GY_TEXT(x)
const gy_kd_kernel GY_KERNEL = {
    .name = GY_NAME_OF(GY_KERNEL), .near_box = near_box, .near_points = near_points};

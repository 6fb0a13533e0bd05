/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors of the widest kind that this translation unit is compiled for, written once with the compiler's
 * vector extensions. Kernels that include this are compiled once an instruction set (see the room's
 * meson.build) and chosen at run time; what they compute a lane at a time does not depend on the width.
 *
 * Kernels see a "tile" of points: GY_TILE points, transposed so that feature j of all points is contiguous.
 *
 *      rows in memory            tile
 *      p0: a b c d               a a' a'' a''' ...     feature 0 of GY_TILE points
 *      p1: a' b' c' d'     ->    b b' b'' b''' ...     feature 1
 *
 * Short rows (most customers have 5-40 features) then fill vectors completely. */
#ifndef GYEOL_NUM_SIMD_H
#define GYEOL_NUM_SIMD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define GY_LANES 16
#elif defined(__AVX2__)
#define GY_LANES 8
#else
#define GY_LANES 4
#endif

/* Two vectors a tile: every broadcast centre coordinate is then used twice, and eight sums are in flight,
 * which hides the latency of multiply-add. */
enum { GY_VECTORS = 2, GY_TILE = GY_VECTORS * GY_LANES, GY_TILE_MAX = 32, GY_LANES_MAX = 16 };

typedef float gy_vf __attribute__((vector_size(4 * GY_LANES)));
typedef int32_t gy_vi __attribute__((vector_size(4 * GY_LANES)));

static inline gy_vf gy_vf_load(const float *from) {
  gy_vf v;
  memcpy(&v, from, sizeof v);
  return v;
}

/* Half a vector from each of two places. */
static inline gy_vf gy_vf_load_halves(const float *low, const float *high) {
  typedef float half __attribute__((vector_size(2 * GY_LANES)));
  half a, b;
  memcpy(&a, low, sizeof a);
  memcpy(&b, high, sizeof b);
#if GY_LANES == 16
  return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#elif GY_LANES == 8
  return __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7);
#else
  return __builtin_shufflevector(a, b, 0, 1, 2, 3);
#endif
}

static inline void gy_vf_store(float *to, gy_vf v) { memcpy(to, &v, sizeof v); }

static inline gy_vf gy_vf_splat(float value) { return value - (gy_vf){0}; }

static inline gy_vi gy_vi_splat(int32_t value) { return value - (gy_vi){0}; }

/* Where the mask is set (all bits of a lane), a; elsewhere b. */
static inline gy_vf gy_vf_select(gy_vi mask, gy_vf a, gy_vf b) {
  return (gy_vf)((mask & (gy_vi)a) | (~mask & (gy_vi)b));
}

static inline gy_vi gy_vi_select(gy_vi mask, gy_vi a, gy_vi b) { return (mask & a) | (~mask & b); }

/* Bit i: lane i of the mask is set. */
static inline uint32_t gy_vi_bits(gy_vi mask) {
#if GY_LANES == 16
  return (uint32_t)_cvtmask16_u32(_mm512_movepi32_mask((__m512i)mask));
#elif GY_LANES == 8
  return (uint32_t)_mm256_movemask_ps((__m256)mask);
#elif defined(__SSE2__)
  return (uint32_t)_mm_movemask_ps((__m128)mask);
#else
  uint32_t bits = 0;
  for (int i = 0; i < GY_LANES; i++) bits |= (uint32_t)(mask[i] < 0) << i;
  return bits;
#endif
}

/* The compiler has no square root of a vector; it makes one of this loop. */
static inline gy_vf gy_vf_sqrt(gy_vf v) {
  for (int i = 0; i < GY_LANES; i++) v[i] = __builtin_sqrtf(v[i]);
  return v;
}

/* The sum of the lanes, halves first. */
static inline float gy_vf_sum(gy_vf v) {
  float lanes[GY_LANES];
  memcpy(lanes, &v, sizeof lanes);
  for (int half = GY_LANES / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
  return lanes[0];
}

/* Comparisons whose result picks lanes; where one of a pair is not a number, max and min give b. AVX-512
 * keeps it in a register of its own, a bit a lane; the compiler does not find that by itself. */
#if GY_LANES == 16
typedef __mmask16 gy_vmask;
static inline gy_vmask gy_vf_greater(gy_vf a, gy_vf b) {
  return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_GT_OQ);
}
static inline gy_vf gy_vf_max(gy_vf a, gy_vf b) { return (gy_vf)_mm512_max_ps((__m512)a, (__m512)b); }
static inline gy_vf gy_vf_min(gy_vf a, gy_vf b) { return (gy_vf)_mm512_min_ps((__m512)a, (__m512)b); }
static inline gy_vi gy_vi_pick(gy_vmask mask, gy_vi a, gy_vi b) {
  return (gy_vi)_mm512_mask_blend_epi32(mask, (__m512i)b, (__m512i)a);
}
/* Bit i: lane i of a and b differ. */
static inline uint32_t gy_vi_differ(gy_vi a, gy_vi b) {
  return _mm512_cmpneq_epi32_mask((__m512i)a, (__m512i)b);
}
#else
typedef gy_vi gy_vmask;
static inline gy_vmask gy_vf_greater(gy_vf a, gy_vf b) { return a > b; }
static inline gy_vf gy_vf_max(gy_vf a, gy_vf b) { return gy_vf_select(a > b, a, b); }
static inline gy_vf gy_vf_min(gy_vf a, gy_vf b) { return gy_vf_select(a < b, a, b); }
static inline gy_vi gy_vi_pick(gy_vmask mask, gy_vi a, gy_vi b) { return gy_vi_select(mask, a, b); }
static inline uint32_t gy_vi_differ(gy_vi a, gy_vi b) { return gy_vi_bits(a != b); }
#endif

/* Lanes a0 b0 a1 b1 ... of the first and of the second halves of a and b. */
#if GY_LANES == 16
#define GY_EVENS(a, b) \
  __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#define GY_ODDS(a, b) __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)
#define GY_LOW_HALVES(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define GY_HIGH_HALVES(a, b) \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#elif GY_LANES == 8
#define GY_EVENS(a, b)       __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#define GY_ODDS(a, b)        __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15)
#define GY_LOW_HALVES(a, b)  __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define GY_HIGH_HALVES(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#else
#define GY_EVENS(a, b)       __builtin_shufflevector(a, b, 0, 2, 4, 6)
#define GY_ODDS(a, b)        __builtin_shufflevector(a, b, 1, 3, 5, 7)
#define GY_LOW_HALVES(a, b)  __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define GY_HIGH_HALVES(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#endif

/* Transposes GY_LANES vectors in place: log2(GY_LANES) perfect shuffles of row i with row i + half (Stone
 * 1971). */
static inline void gy_transpose(gy_vf rows[GY_LANES]) {
  for (int round = 1; round < GY_LANES; round *= 2) {
    gy_vf shuffled[GY_LANES];
    for (int i = 0; i < GY_LANES / 2; i++) {
      shuffled[2 * i] = GY_LOW_HALVES(rows[i], rows[i + GY_LANES / 2]);
      shuffled[2 * i + 1] = GY_HIGH_HALVES(rows[i], rows[i + GY_LANES / 2]);
    }
    for (int i = 0; i < GY_LANES; i++) rows[i] = shuffled[i];
  }
}

/* The same for half rows, two in a vector (rows[i]: rows 2 i and 2 i + 1): afterwards rows[j] holds column j.
 */
static inline void gy_transpose_halves(gy_vf rows[GY_LANES / 2]) {
  for (int round = 1; round < GY_LANES / 2; round *= 2) {
    gy_vf sorted[GY_LANES / 2];
    for (int i = 0; i < GY_LANES / 4; i++) {
      sorted[i] = GY_EVENS(rows[2 * i], rows[2 * i + 1]);
      sorted[i + GY_LANES / 4] = GY_ODDS(rows[2 * i], rows[2 * i + 1]);
    }
    for (int i = 0; i < GY_LANES / 2; i++) rows[i] = sorted[i];
  }
}

static inline size_t gy_round_up(size_t n, size_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

#endif

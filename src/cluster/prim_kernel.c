/* SPDX-License-Identifier: Apache-2.0
 *
 * One point against blocks of 16: four sums along the features keep multiply-adds in flight, the comparison
 * ends as a bit a point, and only set bits are looked at.
 *
 * This file is compiled once an instruction set, with GY_KERNEL naming the result. */
#include "cluster/prim_kernel.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "num/simd.h"

extern const gy_prim_kernel GY_KERNEL;

enum { SUMS = 4, VECTORS_A_BLOCK = GY_PRIM_BLOCK / GY_LANES, DOUBLES = GY_LANES / 2 };

typedef double vector_of_doubles __attribute__((vector_size(8 * DOUBLES)));
typedef int64_t mask_of_doubles __attribute__((vector_size(8 * DOUBLES)));

/* Bit i is set where a[i] <= b[i]. */
static inline uint32_t at_most(gy_vf a, gy_vf b) {
#if defined(__AVX512F__)
  return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_LE_OQ);
#elif defined(__AVX2__)
  return (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps((__m256)a, (__m256)b, _CMP_LE_OQ));
#elif defined(__SSE2__)
  return (uint32_t)_mm_movemask_ps(_mm_cmple_ps((__m128)a, (__m128)b));
#else
  uint32_t bits = 0;
  for (int i = 0; i < GY_LANES; i++) bits |= (uint32_t)(a[i] <= b[i]) << i;
  return bits;
#endif
}

static inline gy_vf squared_distances(const float *points, size_t d, const float *query) {
  gy_vf sum[SUMS] = {{0}};
  size_t j = 0;
  for (; j + SUMS <= d; j += SUMS) {
    for (size_t s = 0; s < SUMS; s++) {
      gy_vf difference = gy_vf_load(points + (j + s) * GY_PRIM_BLOCK) - query[j + s];
      sum[s] += difference * difference;
    }
  }
  for (; j < d; j++) {
    gy_vf difference = gy_vf_load(points + j * GY_PRIM_BLOCK) - query[j];
    sum[0] += difference * difference;
  }
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static inline size_t list_bits(uint32_t bits, size_t first, uint32_t *places) {
  size_t n = 0;
  for (; bits != 0; bits &= bits - 1) places[n++] = (uint32_t)(first + (size_t)__builtin_ctz(bits));
  return n;
}

static size_t within(const float *blocks, size_t n_blocks, size_t d, const float *query, const float *limits,
                     uint32_t *places) {
  size_t n = 0;
  for (size_t v = 0; v < n_blocks * VECTORS_A_BLOCK; v++) {
    size_t first = v * GY_LANES, block = first / GY_PRIM_BLOCK;
    const float *points = blocks + block * GY_PRIM_BLOCK * d + first % GY_PRIM_BLOCK;
    gy_vf squared = squared_distances(points, d, query);
    n += list_bits(at_most(squared, gy_vf_load(limits + first)), first, places + n);
  }
  return n;
}

static inline vector_of_doubles load_doubles(const double *from) {
  vector_of_doubles v;
  memcpy(&v, from, sizeof v);
  return v;
}

static size_t lowest(const double *values, size_t n, double *lowest_value, uint32_t *places) {
  vector_of_doubles low[2] = {load_doubles(values), load_doubles(values + DOUBLES)};
  for (size_t i = 0; i < n; i += GY_LANES) {
    for (size_t v = 0; v < 2; v++) {
      vector_of_doubles x = load_doubles(values + i + v * DOUBLES);
      mask_of_doubles lower = x < low[v];
      low[v] = (vector_of_doubles)((lower & (mask_of_doubles)x) | (~lower & (mask_of_doubles)low[v]));
    }
  }
  double least = low[0][0];
  for (size_t v = 0; v < 2; v++)
    for (int i = 0; i < DOUBLES; i++)
      if (low[v][i] < least) least = low[v][i];
  size_t n_places = 0;
  for (size_t i = 0; i < n; i += GY_PRIM_BLOCK) {
    int n_equal = 0;
    for (size_t lane = 0; lane < GY_PRIM_BLOCK; lane++) n_equal += values[i + lane] <= least;
    for (size_t lane = 0; n_equal > 0 && lane < GY_PRIM_BLOCK; lane++)
      if (values[i + lane] <= least) places[n_places++] = (uint32_t)(i + lane);
  }
  *lowest_value = least;
  return n_places;
}

#define GY_TEXT(x)    #x
#define GY_NAME_OF(x) GY_TEXT(x)
const gy_prim_kernel GY_KERNEL = {.name = GY_NAME_OF(GY_KERNEL), .within = within, .lowest = lowest};

/* SPDX-License-Identifier: Apache-2.0
 *
 * What would the swap of medoid m with candidate c change? (Schubert and Rousseeuw 2021, FastPAM.) A row o is
 * d from c, n from its nearest medoid and s from the next. Without its nearest medoid o costs s - n more;
 * that part does not know c and is kept by medoid. With c,
 *
 *     d >= s       o does not notice c
 *     n <= d < s   only if its nearest medoid goes, o goes to c rather than to the next: d - s
 *     d < n        o goes to c whatever medoid goes: d - n for all, and n - s for its nearest
 *
 * so that one pass over c's row judges all k swaps. Most rows do not notice c: a vector comparison finds the
 * few that do, and only those are looked at one by one, in double, in the order of rows.
 *
 * This file is compiled once an instruction set, with GY_KERNEL naming the result. */
#include "cluster/kmedoids_kernel.h"

#include <math.h>

#include "num/simd.h"

extern const gy_kmedoids_kernel GY_KERNEL;

/* Sums run in 16 float lanes for so many steps, then go on in double: the same on any width of vectors. */
enum { SUM_LANES = 16, VECTORS_A_SUM = SUM_LANES / GY_LANES, STEPS_A_FLOAT_SUM = 64 };

static inline gy_vf smaller(gy_vf a, gy_vf b) { return gy_vf_select(a < b, a, b); }

static double total_of(const gy_vf sum[VECTORS_A_SUM]) {
  double total = 0;
  for (int v = 0; v < VECTORS_A_SUM; v++)
    for (int i = 0; i < GY_LANES; i++) total += (double)sum[v][i];
  return total;
}

static gy_row_facts facts(const float *row, size_t n) {
  gy_row_facts found = {0, INFINITY};
  gy_vf lowest = gy_vf_splat(INFINITY);
  size_t whole = n / SUM_LANES * SUM_LANES, stretch = (size_t)STEPS_A_FLOAT_SUM * SUM_LANES;
  for (size_t first = 0; first < whole; first += stretch) {
    gy_vf sum[VECTORS_A_SUM] = {{0}};
    size_t end = first + stretch < whole ? first + stretch : whole;
    for (size_t o = first; o < end; o += SUM_LANES) {
      for (size_t v = 0; v < VECTORS_A_SUM; v++) {
        gy_vf d = gy_vf_load(row + o + v * GY_LANES);
        sum[v] += d;
        lowest = smaller(d, lowest);
      }
    }
    found.sum += total_of(sum);
  }
  for (int i = 0; i < GY_LANES; i++) found.lowest = lowest[i] < found.lowest ? lowest[i] : found.lowest;
  for (size_t o = whole; o < n; o++) {
    found.sum += (double)row[o];
    found.lowest = row[o] < found.lowest ? row[o] : found.lowest;
  }
  return found;
}

static double gain(const float *row, const float *nearest, size_t n) {
  double total = 0;
  size_t whole = n / SUM_LANES * SUM_LANES, stretch = (size_t)STEPS_A_FLOAT_SUM * SUM_LANES;
  for (size_t first = 0; first < whole; first += stretch) {
    gy_vf sum[VECTORS_A_SUM] = {{0}};
    size_t end = first + stretch < whole ? first + stretch : whole;
    for (size_t o = first; o < end; o += SUM_LANES) {
      for (size_t v = 0; v < VECTORS_A_SUM; v++) {
        gy_vf now = gy_vf_load(nearest + o + v * GY_LANES);
        sum[v] += now - smaller(gy_vf_load(row + o + v * GY_LANES), now);
      }
    }
    total += total_of(sum);
  }
  for (size_t o = whole; o < n; o++)
    if (row[o] < nearest[o]) total += (double)nearest[o] - (double)row[o];
  return total;
}

static inline void notice(double d, const gy_medoid_place *place, double *for_all, double *change) {
  double nearest = (double)place->nearest_distance;
  double closer = d < nearest ? d - nearest : 0;
  *for_all += closer;
  change[place->nearest] += d - closer - (double)place->next_distance;
}

static double judge(const float *row, const gy_medoid_place *places, const float *next, size_t n,
                    double *change) {
  double for_all = 0;
  size_t whole = n / GY_LANES * GY_LANES;
  for (size_t o = 0; o < whole; o += GY_LANES) {
    uint32_t noticed = gy_vi_bits(gy_vf_load(row + o) < gy_vf_load(next + o));
    for (; noticed != 0; noticed &= noticed - 1) {
      size_t at = o + (size_t)__builtin_ctz(noticed);
      notice((double)row[at], places + at, &for_all, change);
    }
  }
  for (size_t o = whole; o < n; o++)
    if (row[o] < next[o]) notice((double)row[o], places + o, &for_all, change);
  return for_all;
}

#define GY_TEXT(x)    #x
#define GY_NAME_OF(x) GY_TEXT(x)
const gy_kmedoids_kernel GY_KERNEL = {
    .name = GY_NAME_OF(GY_KERNEL), .facts = facts, .gain = gain, .judge = judge};

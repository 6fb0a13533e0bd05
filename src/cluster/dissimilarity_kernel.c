/* SPDX-License-Identifier: Apache-2.0
 *
 * Dissimilarities a vector of points at a time, from four rows, so that each load of a feature is used four
 * times. The metric is chosen once for all points; each has its loop, unrolled by the compiler from one text.
 * Sums over the columns run in float, in column order, each lane its own point: what a pair gets does not
 * depend on where it stands or on the width of vectors.
 *
 * This file is compiled once an instruction set, with GY_KERNEL naming the result. */
#include "cluster/dissimilarity_kernel.h"

#include <math.h>

#include "num/simd.h"

extern const gy_dissimilarity_kernel GY_KERNEL;

#define INLINE static inline __attribute__((always_inline))

typedef struct {
  gy_vf of[GY_POINTS_FOUR];
} four_vectors;

INLINE gy_vf square_roots(gy_vf v) {
  for (int i = 0; i < GY_LANES; i++) v[i] = sqrtf(v[i]);
  return v;
}

INLINE gy_vf absolute(gy_vf v) { return (gy_vf)((gy_vi)v & gy_vi_splat(INT32_MAX)); }

INLINE four_vectors add_squares(const float *points, const float *four, size_t d) {
  four_vectors sum = {{{0}}};
  for (size_t j = 0; j < d; j++) {
    gy_vf x = gy_vf_load(points + j * GY_POINTS_BLOCK);
    for (int r = 0; r < GY_POINTS_FOUR; r++) {
      gy_vf difference = x - four[j * GY_POINTS_FOUR + r];
      sum.of[r] += difference * difference;
    }
  }
  return sum;
}

INLINE four_vectors add_absolutes(const float *points, const float *four, size_t d) {
  four_vectors sum = {{{0}}};
  for (size_t j = 0; j < d; j++) {
    gy_vf x = gy_vf_load(points + j * GY_POINTS_BLOCK);
    for (int r = 0; r < GY_POINTS_FOUR; r++) sum.of[r] += absolute(x - four[j * GY_POINTS_FOUR + r]);
  }
  return sum;
}

/* Weighted differences over the weights of the columns that both know; 0 / 0 = NaN where there is none. */
INLINE four_vectors gower(const float *points, const float *four, const gy_gower_column *columns, size_t d) {
  four_vectors sum = {{{0}}}, known = {{{0}}};
  for (size_t j = 0; j < d; j++) {
    gy_vf x = gy_vf_load(points + j * GY_POINTS_BLOCK), weight = gy_vf_splat(columns[j].weight);
    gy_vi present = x != gy_vf_splat(0);
    for (int r = 0; r < GY_POINTS_FOUR; r++) {
      gy_vf y = gy_vf_splat(four[j * GY_POINTS_FOUR + r]);
      gy_vi both = (x == x) & (y == y);
      gy_vf difference = absolute(x - y);
      if (columns[j].kind == GY_GOWER_ASYMMETRIC) {
        gy_vi present_too = y != gy_vf_splat(0);
        both &= present | present_too;
        difference = (gy_vf)((present ^ present_too) & (gy_vi)gy_vf_splat(1));
      } else if (columns[j].kind == GY_GOWER_CATEGORY) {
        difference = (gy_vf)((x != y) & (gy_vi)gy_vf_splat(1));
      }
      sum.of[r] += gy_vf_select(both, weight * difference, gy_vf_splat(0));
      known.of[r] += gy_vf_select(both, weight, gy_vf_splat(0));
    }
  }
  for (int r = 0; r < GY_POINTS_FOUR; r++) sum.of[r] /= known.of[r];
  return sum;
}

INLINE four_vectors compare(const gy_point_blocks *points, const float *at, const float *four,
                            gy_metric metric) {
  if (metric == GY_METRIC_GOWER) return gower(at, four, points->columns, points->d);
  if (metric == GY_METRIC_MANHATTAN) return add_absolutes(at, four, points->d);
  four_vectors v = add_squares(at, four, points->d);
  for (int r = 0; r < GY_POINTS_FOUR; r++)
    v.of[r] = metric == GY_METRIC_EUCLIDEAN ? square_roots(v.of[r]) : v.of[r] * 0.5f;
  return v;
}

INLINE void to_points_by(const gy_point_blocks *points, const float *four, float *const out[GY_POINTS_FOUR],
                         gy_metric metric) {
  for (size_t first = 0; first < points->n; first += GY_LANES) {
    const float *at =
        points->blocks + first / GY_POINTS_BLOCK * GY_POINTS_BLOCK * points->d + first % GY_POINTS_BLOCK;
    four_vectors v = compare(points, at, four, metric);
    for (int r = 0; r < GY_POINTS_FOUR; r++) {
      if (first + GY_LANES <= points->n) {
        gy_vf_store(out[r] + first, v.of[r]);
      } else {
        memcpy(out[r] + first, &v.of[r], (points->n - first) * sizeof(float));
      }
    }
  }
}

static void to_points(const gy_point_blocks *points, const float *four, float *const out[GY_POINTS_FOUR]) {
  switch (points->metric) {
    case GY_METRIC_EUCLIDEAN:
      to_points_by(points, four, out, GY_METRIC_EUCLIDEAN);
      break;
    case GY_METRIC_MANHATTAN:
      to_points_by(points, four, out, GY_METRIC_MANHATTAN);
      break;
    case GY_METRIC_COSINE:
      to_points_by(points, four, out, GY_METRIC_COSINE);
      break;
    case GY_METRIC_GOWER:
      to_points_by(points, four, out, GY_METRIC_GOWER);
      break;
  }
}

/* Of squares the nearest is the same: roots are taken of the two winners only. */
INLINE four_vectors compare_rootless(const gy_point_blocks *points, const float *at, const float *four,
                                     gy_metric metric) {
  return metric == GY_METRIC_EUCLIDEAN ? add_squares(at, four, points->d) : compare(points, at, four, metric);
}

INLINE void nearest_by(const gy_point_blocks *points, const float *groups, size_t n_rows, int32_t *nearest,
                       float *best, float *next, gy_metric metric) {
  for (size_t first = 0; first < points->n; first += GY_LANES) {
    const float *at =
        points->blocks + first / GY_POINTS_BLOCK * GY_POINTS_BLOCK * points->d + first % GY_POINTS_BLOCK;
    gy_vf least = gy_vf_splat(INFINITY), second = least;
    gy_vi which = gy_vi_splat(0);
    for (size_t g = 0; g < n_rows; g += GY_POINTS_FOUR) {
      four_vectors v = compare_rootless(points, at, groups + g * points->d, metric);
      for (size_t r = 0; r < GY_POINTS_FOUR && g + r < n_rows; r++) {
        gy_vi nearer = v.of[r] < least, near = v.of[r] < second;
        second = gy_vf_select(nearer, least, gy_vf_select(near, v.of[r], second));
        which = gy_vi_select(nearer, gy_vi_splat((int32_t)(g + r)), which);
        least = gy_vf_select(nearer, v.of[r], least);
      }
    }
    memcpy(nearest + first, &which, sizeof which);
    gy_vf_store(best + first, metric == GY_METRIC_EUCLIDEAN ? square_roots(least) : least);
    gy_vf_store(next + first, metric == GY_METRIC_EUCLIDEAN ? square_roots(second) : second);
  }
}

static void nearest_of(const gy_point_blocks *points, const float *groups, size_t n_rows, int32_t *nearest,
                       float *best, float *next) {
  switch (points->metric) {
    case GY_METRIC_EUCLIDEAN:
      nearest_by(points, groups, n_rows, nearest, best, next, GY_METRIC_EUCLIDEAN);
      break;
    case GY_METRIC_MANHATTAN:
      nearest_by(points, groups, n_rows, nearest, best, next, GY_METRIC_MANHATTAN);
      break;
    case GY_METRIC_COSINE:
      nearest_by(points, groups, n_rows, nearest, best, next, GY_METRIC_COSINE);
      break;
    case GY_METRIC_GOWER:
      nearest_by(points, groups, n_rows, nearest, best, next, GY_METRIC_GOWER);
      break;
  }
}

#define GY_TEXT(x)    #x
#define GY_NAME_OF(x) GY_TEXT(x)
const gy_dissimilarity_kernel GY_KERNEL = {
    .name = GY_NAME_OF(GY_KERNEL), .to_points = to_points, .nearest = nearest_of};

/* SPDX-License-Identifier: Apache-2.0
 *
 * Repulsion: points run across vectors and sources are broadcast, so that the order of each point's sum is
 * that of its sources, whatever the width. Attraction: the neighbours of one point run across vectors; their
 * positions are collected first, because storing pairs and loading vectors of them later is faster than
 * gathering.
 *
 * This file is compiled once an instruction set, with GY_KERNEL naming the result. */
#include "cluster/tsne_kernel.h"

#include "num/simd.h"

extern const gy_tsne_kernel GY_KERNEL;

enum { COLLECTED = 256 };

typedef struct {
  gy_vf x, y, force_x, force_y, sum;
} targets;

static inline targets load_targets(const gy_tsne_group *group, size_t at) {
  return (targets){gy_vf_load(group->x + at), gy_vf_load(group->y + at), gy_vf_load(group->force_x + at),
                   gy_vf_load(group->force_y + at), gy_vf_load(group->sum + at)};
}

static inline void store_targets(gy_tsne_group *group, size_t at, const targets *t) {
  gy_vf_store(group->force_x + at, t->force_x);
  gy_vf_store(group->force_y + at, t->force_y);
  gy_vf_store(group->sum + at, t->sum);
}

static inline void feel(targets *t, float x, float y, float weight) {
  gy_vf right = t->x - x, up = t->y - y;
  gy_vf nearness = 1 / (1 + right * right + up * up);
  gy_vf share = nearness * weight, push = share * nearness;
  t->sum += share;
  t->force_x += push * right;
  t->force_y += push * up;
}

static void push(const gy_tsne_sources *sources, gy_tsne_group *group) {
  for (size_t at = 0; at < group->n; at += GY_TILE) {
    targets a = load_targets(group, at);
    if (at + GY_LANES >= group->n) {
      for (size_t s = 0; s < sources->n; s++) feel(&a, sources->x[s], sources->y[s], sources->weight[s]);
      store_targets(group, at, &a);
      return;
    }
    targets b = load_targets(group, at + GY_LANES);
    for (size_t s = 0; s < sources->n; s++) {
      feel(&a, sources->x[s], sources->y[s], sources->weight[s]);
      feel(&b, sources->x[s], sources->y[s], sources->weight[s]);
    }
    store_targets(group, at, &a);
    store_targets(group, at + GY_LANES, &b);
  }
}

static inline float add_lanes(gy_vf v) {
  float lanes[GY_LANES], sum = 0;
  gy_vf_store(lanes, v);
  for (int i = 0; i < GY_LANES; i++) sum += lanes[i];
  return sum;
}

static gy_tsne_pull pull(const float *positions, const float here[2], const uint32_t *columns,
                         const float *values, size_t n) {
  float pairs[2 * COLLECTED], weights[COLLECTED];
  gy_vf force_x = {0}, force_y = {0};
  for (size_t first = 0; first < n; first += COLLECTED) {
    size_t count = n - first < COLLECTED ? n - first : COLLECTED, padded = gy_round_up(count, GY_LANES);
    for (size_t i = 0; i < count; i++)
      memcpy(pairs + 2 * i, positions + 2 * (size_t)columns[first + i], 2 * sizeof *pairs);
    memcpy(weights, values + first, count * sizeof *weights);
    memset(weights + count, 0, (padded - count) * sizeof *weights);
    memset(pairs + 2 * count, 0, 2 * (padded - count) * sizeof *pairs);
    for (size_t i = 0; i < padded; i += GY_LANES) {
      gy_vf low = gy_vf_load(pairs + 2 * i), high = gy_vf_load(pairs + 2 * i + GY_LANES);
      gy_vf right = here[0] - GY_EVENS(low, high), up = here[1] - GY_ODDS(low, high);
      gy_vf share = gy_vf_load(weights + i) / (1 + right * right + up * up);
      force_x += share * right;
      force_y += share * up;
    }
  }
  return (gy_tsne_pull){add_lanes(force_x), add_lanes(force_y)};
}

#define GY_TEXT(x)    #x
#define GY_NAME_OF(x) GY_TEXT(x)
const gy_tsne_kernel GY_KERNEL = {.name = GY_NAME_OF(GY_KERNEL), .push = push, .pull = pull};

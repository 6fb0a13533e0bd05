/* SPDX-License-Identifier: Apache-2.0
 *
 * k-means a tile of points at a time. A tile is read once from memory, transposed in registers, held in the
 * first-level cache, compared with four centres at a time, and, while it is still there, its points that
 * changed cluster move between the clusters' sums. An iteration is thus one pass over the data at memory
 * speed.
 *
 * This file is compiled once an instruction set, with GY_KERNEL naming the result. */
#include "cluster/kmeans_kernel.h"

#include <math.h>

#include "cluster/kmeans_tile.h"

extern const gy_kmeans_kernel GY_KERNEL;

/* Asks for floats that will be wanted soon. Rows read column by column are a pattern that no prefetcher of
 * the processor knows, and asking for all at once would block it: each group of centres asks for its share.
 */
static inline void prefetch_floats(const float *from, size_t n) {
  for (size_t i = 0; i < n; i += 16) __builtin_prefetch(from + i);
}

/* The best score of each point so far, whose it is, and the number of the next centre. */
typedef struct {
  gy_vf best[GY_VECTORS];
  gy_vi nearest[GY_VECTORS];
  gy_vi next;
} search;

static inline __attribute__((always_inline)) void search_group(search *so_far, const float *tile, size_t d,
                                                               const float *values, const float *bias,
                                                               int n) {
  gy_group_scores s = gy_score_group(tile, d, values, bias, n);
  for (int c = 0; c < n; c++) {
    for (int v = 0; v < GY_VECTORS; v++) {
      gy_vmask better = gy_vf_greater(s.score[c][v], so_far->best[v]);
      so_far->nearest[v] = gy_vi_pick(better, so_far->next, so_far->nearest[v]);
      so_far->best[v] = gy_vf_max(s.score[c][v], so_far->best[v]);
    }
    so_far->next += 1;
  }
}

/* The nearest centre of each point of the tile: the first with the highest score. Meanwhile the next tile's
 * `ahead` floats a group of centres are fetched from `next` on. */
static inline search search_tile(const gy_packed_centers *centers, const float *tile, const float *next,
                                 size_t ahead) {
  search found = {0};
  size_t d = centers->d, last = centers->n_groups - 1, stride = d * GY_CENTERS_A_GROUP;
  for (int v = 0; v < GY_VECTORS; v++) found.best[v] = gy_vf_splat(-INFINITY);
  for (size_t g = 0; g < last; g++) {
    prefetch_floats(next + g * ahead, ahead);
    search_group(&found, tile, d, centers->values + g * stride, centers->bias + g * GY_CENTERS_A_GROUP,
                 GY_CENTERS_A_GROUP);
  }
  prefetch_floats(next + last * ahead, ahead);
  const float *values = centers->values + last * stride, *bias = centers->bias + last * GY_CENTERS_A_GROUP;
  if (centers->k - last * GY_CENTERS_A_GROUP > GY_CENTERS_A_GROUP / 2)
    search_group(&found, tile, d, values, bias, GY_CENTERS_A_GROUP);
  else
    search_group(&found, tile, d, values, bias, GY_CENTERS_A_GROUP / 2);
  return found;
}

/* Which of the n first places of the tile have another label than before: bit i for place i. */
static inline uint32_t changed_places(const gy_vi nearest[GY_VECTORS], const int32_t *labels, size_t n) {
  int32_t padded[GY_TILE] = {0};
  uint32_t changed = 0;
  if (n < GY_TILE) labels = memcpy(padded, labels, n * sizeof *labels);
  for (int v = 0; v < GY_VECTORS; v++) {
    gy_vi before;
    memcpy(&before, labels + v * GY_LANES, sizeof before);
    changed |= gy_vi_differ(nearest[v], before) << v * GY_LANES;
  }
  return n < GY_TILE ? changed & ((1u << n) - 1) : changed;
}

/* Adds every row of the tile to the totals of its cluster. */
static void enter_tile(gy_cluster_sums *totals, gy_matrix x, const float *weights, size_t row, size_t n,
                       const int32_t *nearest) {
  for (size_t i = 0; i < n; i++) {
    double weight = weights == NULL ? 1.0 : (double)weights[row + i];
    gy_totals_add(totals, nearest[i], gy_matrix_row(x, row + i), x.n_columns, weight);
  }
}

/* Moves the rows at the `changed` places from the totals of their old cluster to those of their new one. */
static void move_changed(gy_cluster_sums *totals, gy_matrix x, const float *weights, size_t row,
                         uint32_t changed, const int32_t *labels, const int32_t *nearest) {
  for (; changed != 0; changed &= changed - 1) {
    size_t i = (size_t)__builtin_ctz(changed);
    double weight = weights == NULL ? 1.0 : (double)weights[row + i];
    gy_totals_add(totals, nearest[i], gy_matrix_row(x, row + i), x.n_columns, weight);
    gy_totals_add(totals, labels[i], gy_matrix_row(x, row + i), x.n_columns, -weight);
  }
}

static size_t assign(const gy_packed_centers *centers, gy_matrix x, const float *weights, size_t first,
                     size_t end, int32_t *labels, gy_cluster_sums *totals, bool fresh, float *scratch) {
  size_t n_changed = 0, d = x.n_columns, ahead = GY_TILE * d / centers->n_groups;
  if (totals != NULL && fresh) gy_totals_clear(totals, centers->k, d);
  for (size_t row = first; row < end; row += GY_TILE) {
    int32_t nearest[GY_TILE];
    size_t n = end - row < GY_TILE ? end - row : GY_TILE;
    const float *next = gy_matrix_row(x, row + 2 * GY_TILE <= end ? row + GY_TILE : row);
    gy_tile_fetch(x, row, end, centers->offset, scratch);
    search found = search_tile(centers, scratch, next, ahead);
    uint32_t changed = changed_places(found.nearest, labels + row, n);
    memcpy(nearest, found.nearest, sizeof nearest);
    if (totals != NULL && fresh) enter_tile(totals, x, weights, row, n, nearest);
    if (changed == 0) continue;
    n_changed += (size_t)__builtin_popcount(changed);
    if (totals != NULL && !fresh) move_changed(totals, x, weights, row, changed, labels + row, nearest);
    memcpy(labels + row, nearest, n * sizeof *labels);
  }
  return n_changed;
}

/* Squared distances of the tile's points to the first `n` of four candidates: differences, not the scores
 * above, so that a point equal to a candidate is at distance exactly 0 and is never drawn again. */
static inline __attribute__((always_inline)) gy_group_scores distances_to_group(const float *tile, size_t d,
                                                                                const float *values, int n) {
  gy_group_scores s = {0};
  for (size_t j = 0; j < d; j++) {
    gy_vf x[GY_VECTORS];
    for (int v = 0; v < GY_VECTORS; v++) x[v] = gy_vf_load(tile + j * GY_TILE + v * GY_LANES);
    for (int c = 0; c < n; c++) {
      for (int v = 0; v < GY_VECTORS; v++) {
        gy_vf difference = x[v] - values[j * GY_CENTERS_A_GROUP + c];
        s.score[c][v] += difference * difference;
      }
    }
  }
  return s;
}

static inline void approach_newest(const float *tile, size_t d, const float *newest,
                                   gy_vf nearest[GY_VECTORS]) {
  for (int v = 0; v < GY_VECTORS; v++) {
    gy_vf sum = gy_vf_splat(0);
    for (size_t j = 0; j < d; j++) {
      gy_vf difference = gy_vf_load(tile + j * GY_TILE + v * GY_LANES) - newest[j];
      sum += difference * difference;
    }
    nearest[v] = gy_vf_min(sum, nearest[v]);
  }
}

/* Adds what the n first candidates of a group would make of the tile, weighted, to their eight sums each. The
 * order of a sum is that of the rows, eight apart, whatever the width of a tile. */
static inline __attribute__((always_inline)) void add_potentials(const float *tile, size_t d,
                                                                 const float *values,
                                                                 const gy_vf nearest[GY_VECTORS],
                                                                 const float weights[GY_TILE], int n,
                                                                 gy_eight_doubles *sums) {
  gy_group_scores s = distances_to_group(tile, d, values, n);
  for (int c = 0; c < n; c++) {
    float would_be[GY_TILE];
    for (int v = 0; v < GY_VECTORS; v++)
      gy_vf_store(would_be + v * GY_LANES, gy_vf_min(s.score[c][v], nearest[v]));
    for (int i = 0; i < GY_TILE; i += 8) sums[c] += gy_load_eight(would_be + i) * gy_load_eight(weights + i);
  }
}

static double sum_of_eight(gy_eight_doubles sum) {
  return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

/* Four candidates, or two where no more are left, with the tile's weights: 1 unless given, 0 past the end. */
static void approach(const float *newest, const float *packed, size_t n_candidates, gy_matrix x,
                     const float *weights, size_t first, size_t end, float *nearest, double *potentials,
                     float *scratch) {
  size_t d = x.n_columns;
  size_t ahead = n_candidates == 0
                     ? 0
                     : GY_TILE * d / gy_round_up(n_candidates, GY_CENTERS_A_GROUP) * GY_CENTERS_A_GROUP;
  float *zero = scratch, *tile = scratch + gy_round_up(d, GY_LANES_MAX);
  gy_eight_doubles sums[GY_CANDIDATES_MAX] = {{0}};
  memset(zero, 0, gy_round_up(d, GY_LANES_MAX) * sizeof *zero);
  for (size_t row = first; row < end; row += GY_TILE) {
    size_t n = end - row < GY_TILE ? end - row : GY_TILE;
    float here[GY_TILE] = {0}, share[GY_TILE] = {0};
    gy_vf so_far[GY_VECTORS];
    memcpy(here, nearest + row, n * sizeof *here);
    for (size_t i = 0; i < n; i++) share[i] = weights == NULL ? 1 : weights[row + i];
    memcpy(so_far, here, sizeof so_far);
    gy_tile_fetch(x, row, end, zero, tile);
    if (newest != NULL) {
      approach_newest(tile, d, newest, so_far);
      memcpy(here, so_far, sizeof here);
      memcpy(nearest + row, here, n * sizeof *here);
    }
    for (size_t c = 0; c < n_candidates; c += GY_CENTERS_A_GROUP) {
      if (row + 2 * GY_TILE <= end)
        prefetch_floats(gy_matrix_row(x, row + GY_TILE) + c / GY_CENTERS_A_GROUP * ahead, ahead);
      if (n_candidates - c > GY_CENTERS_A_GROUP / 2)
        add_potentials(tile, d, packed + c * d, so_far, share, GY_CENTERS_A_GROUP, sums + c);
      else
        add_potentials(tile, d, packed + c * d, so_far, share, GY_CENTERS_A_GROUP / 2, sums + c);
    }
  }
  for (size_t c = 0; c < n_candidates; c++) potentials[c] = sum_of_eight(sums[c]);
}

static double squared_distance(const float *a, const float *b, size_t d) {
  gy_eight_doubles sum = {0};
  size_t j = 0;
  for (; j + 8 <= d; j += 8) {
    gy_eight_doubles difference = gy_load_eight(a + j) - gy_load_eight(b + j);
    sum += difference * difference;
  }
  double total = sum_of_eight(sum);
  for (; j < d; j++) {
    double difference = (double)a[j] - (double)b[j];
    total += difference * difference;
  }
  return total;
}

static double spread(const float *centers, gy_matrix x, const float *weights, size_t first, size_t end,
                     const int32_t *labels, float *distances) {
  size_t d = x.n_columns;
  double total = 0;
  for (size_t i = first; i < end; i++) {
    double distance = squared_distance(gy_matrix_row(x, i), centers + (size_t)labels[i] * d, d);
    if (distances != NULL) distances[i] = (float)distance;
    total += weights == NULL ? distance : distance * (double)weights[i];
  }
  return total;
}

#define GY_TEXT(x)    #x
#define GY_NAME_OF(x) GY_TEXT(x)
const gy_kmeans_kernel GY_KERNEL = {
    .name = GY_NAME_OF(GY_KERNEL), .assign = assign, .approach = approach, .spread = spread};

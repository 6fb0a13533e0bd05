/* SPDX-License-Identifier: Apache-2.0
 *
 * What the k-means kernels do with a tile of points (num/tile.h): score it against groups of four centres,
 * keep the best, and add rows to the sums of their clusters. Only for kernels: compiled once an instruction
 * set. */
#ifndef GYEOL_CLUSTER_KMEANS_TILE_H
#define GYEOL_CLUSTER_KMEANS_TILE_H

#include "cluster/kmeans_kernel.h"
#include "num/tile.h"

typedef struct {
  gy_vf score[GY_CENTERS_A_GROUP][GY_VECTORS];
} gy_group_scores;

/* Scores of the first `n` of a group's centres; n is a constant to the compiler. */
static inline __attribute__((always_inline)) gy_group_scores gy_score_group(const float *tile, size_t d,
                                                                            const float *values,
                                                                            const float *bias, int n) {
  gy_group_scores s;
  for (int c = 0; c < n; c++)
    for (int v = 0; v < GY_VECTORS; v++) s.score[c][v] = gy_vf_splat(bias[c]);
  for (size_t j = 0; j < d; j++) {
    gy_vf x[GY_VECTORS];
    for (int v = 0; v < GY_VECTORS; v++) x[v] = gy_vf_load(tile + j * GY_TILE + v * GY_LANES);
    for (int c = 0; c < n; c++)
      for (int v = 0; v < GY_VECTORS; v++) s.score[c][v] += x[v] * values[j * GY_CENTERS_A_GROUP + c];
  }
  return s;
}

/* Eight double lanes whatever the instruction set, so that the order of a sum is always the same. */
typedef double gy_eight_doubles __attribute__((vector_size(64)));
typedef float gy_eight_floats __attribute__((vector_size(32)));

static inline gy_eight_doubles gy_load_eight(const float *from) {
  gy_eight_floats values;
  memcpy(&values, from, sizeof values);
  return __builtin_convertvector(values, gy_eight_doubles);
}

static inline void gy_add_row(double *restrict sum, const float *restrict row, size_t d, double weight) {
  size_t j = 0;
  for (; j + 8 <= d; j += 8) {
    gy_eight_doubles total;
    memcpy(&total, sum + j, sizeof total);
    total += weight * gy_load_eight(row + j);
    memcpy(sum + j, &total, sizeof total);
  }
  for (; j < d; j++) sum[j] += weight * (double)row[j];
}

/* Adds a row to its cluster; with a negative weight takes it away. */
static inline void gy_totals_add(gy_cluster_sums *totals, int32_t cluster, const float *row, size_t d,
                                 double weight) {
  gy_add_row(totals->sums + (size_t)cluster * d, row, d, weight);
  totals->weights[cluster] += weight;
  totals->counts[cluster] += (weight > 0) - (weight < 0);
}

static inline void gy_totals_clear(gy_cluster_sums *totals, size_t k, size_t d) {
  memset(totals->sums, 0, k * d * sizeof *totals->sums);
  memset(totals->weights, 0, k * sizeof *totals->weights);
  memset(totals->counts, 0, k * sizeof *totals->counts);
}

#endif

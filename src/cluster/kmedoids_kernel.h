/* SPDX-License-Identifier: Apache-2.0
 *
 * The inner loops of k-medoids over one row of dissimilarities; compiled once an instruction set. */
#ifndef GYEOL_CLUSTER_KMEDOIDS_KERNEL_H
#define GYEOL_CLUSTER_KMEDOIDS_KERNEL_H

#include <stddef.h>
#include <stdint.h>

/* Where a row stands among the medoids. */
typedef struct gy_medoid_place {
  float nearest_distance, next_distance;
  int32_t nearest, next; /* numbers of medoids */
} gy_medoid_place;

typedef struct gy_row_facts {
  double sum;
  float lowest; /* NaN aside */
} gy_row_facts;

typedef struct gy_kmedoids_kernel {
  const char *name;
  gy_row_facts (*facts)(const float *row, size_t n);
  /* What the cost would fall by if the row's thing became one more medoid: sum of max(nearest - row, 0). */
  double (*gain)(const float *row, const float *nearest, size_t n);
  /* What the cost would rise by, were the row's thing put in place of each medoid: returned, the part that is
   * the same for all; added to change[m], the part of medoid m. next[i] = places[i].next_distance. */
  double (*judge)(const float *row, const gy_medoid_place *places, const float *next, size_t n,
                  double *change);
} gy_kmedoids_kernel;

/* The kernels this processor can run, fastest first; never empty. */
const gy_kmedoids_kernel *const *gy_kmedoids_kernels(size_t *count);

#endif

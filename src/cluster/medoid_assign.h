/* SPDX-License-Identifier: Apache-2.0
 *
 * All rows against several sets of medoids in one pass. */
#ifndef GYEOL_CLUSTER_MEDOID_ASSIGN_H
#define GYEOL_CLUSTER_MEDOID_ASSIGN_H

#include <gyeol/kmedoids.h>

#include "num/blocks.h"

/* Sets of k rows each, as the kernels want them. */
typedef struct gy_medoid_sets {
  size_t n_sets, k;
  gy_metric metric;
  const gy_gower_column *columns;
  const float *groups; /* set after set, gy_medoid_set_floats each */
} gy_medoid_sets;

/* Floats of one set of k rows of d columns. */
size_t gy_medoid_set_floats(size_t k, size_t d);

/* Packs the rows numbered `medoids` of x as one set. */
void gy_medoid_set_pack(gy_matrix x, gy_metric metric, const size_t *medoids, size_t k, float *groups);

/* Bytes of scratch that gy_medoid_assign takes. */
size_t gy_medoid_assign_memory(size_t n, size_t d, size_t n_sets, const gy_task *task);

/* costs[s] = sum of the distances of all rows of x to the nearest of set s. `rows` (may be NULL) is told of
 * the last set. Errors: GY_EDATA (a row that no medoid can be compared with), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_medoid_assign(const gy_medoid_sets *sets, gy_matrix x, const gy_task *task,
                                       const gy_medoid_rows *rows, double *costs, gy_error *err);

#endif

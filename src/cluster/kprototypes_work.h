/* SPDX-License-Identifier: Apache-2.0
 *
 * What a k-prototypes fit holds while it runs. */
#ifndef GYEOL_CLUSTER_KPROTOTYPES_WORK_H
#define GYEOL_CLUSTER_KPROTOTYPES_WORK_H

#include <gyeol/kprototypes.h>

#include "num/blocks.h"

/* Prototypes side by side, so that one row is compared with all of them at once: the k values of a column lie
 * beside each other, padded to whole vectors. */
typedef struct gy_prototypes {
  size_t k, k_padded, n_numbers, n_codes;
  float gamma;
  float *centers; /* n_numbers x k_padded */
  int32_t *modes; /* n_codes x k_padded */
} gy_prototypes;

typedef struct gy_kprototypes_work {
  const gy_task *task;
  const gy_mixed *x;
  int n_threads;
  gy_blocks blocks;
  gy_prototypes prototypes;
  size_t n_levels;     /* of all categories */
  size_t *first_level; /* n_codes + 1: where each category's levels begin among all */
  int32_t *labels;     /* n; -1: none yet */
  int32_t *nearest;    /* n: of the last assignment */
  float *distances;    /* n: to it */
  float *weights;      /* n: densities, for seeding */
  double *block_costs;
  float *scratch;  /* k_padded a thread */
  double *sums;    /* k x n_numbers */
  int64_t *counts; /* k x all levels */
  int64_t *sizes;  /* k */
  void *storage;
} gy_kprototypes_work;

size_t gy_kprototypes_work_bytes(const gy_mixed *x, size_t k, const gy_task *task);
GY_MUST_USE gy_status gy_kprototypes_work_init(gy_kprototypes_work *work, const gy_mixed *x, size_t k,
                                               double gamma, const gy_task *task, gy_error *err);
void gy_kprototypes_work_clear(gy_kprototypes_work *work);

/* Prototype c becomes row `row`. */
void gy_prototype_from_row(gy_kprototypes_work *work, size_t c, size_t row);

/* Prototypes from where to begin: `start` 0 by Cao's rule, others drawn. */
GY_MUST_USE gy_status gy_kprototypes_seed(gy_kprototypes_work *work, uint64_t seed, uint64_t start,
                                          gy_error *err);

/* Every row's nearest prototype and distance; the cost. */
GY_MUST_USE gy_status gy_kprototypes_assign(gy_kprototypes_work *work, double *cost, gy_error *err);

/* Distances of every row to prototype c alone, where smaller, into work->distances. */
void gy_kprototypes_approach(gy_kprototypes_work *work, size_t c);

/* Moves rows to their nearest prototypes' sums, mends empty clusters, renews the prototypes. Returns how many
 * rows moved. */
size_t gy_kprototypes_renew(gy_kprototypes_work *work);

/* Forgets all labels and sums. */
void gy_kprototypes_reset(gy_kprototypes_work *work);

#endif

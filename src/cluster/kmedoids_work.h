/* SPDX-License-Identifier: Apache-2.0
 *
 * What a k-medoids fit holds while it runs, and the steps that share it. */
#ifndef GYEOL_CLUSTER_KMEDOIDS_WORK_H
#define GYEOL_CLUSTER_KMEDOIDS_WORK_H

#include <gyeol/kmedoids.h>

#include "cluster/dissimilarity.h"
#include "cluster/kmedoids_kernel.h"

/* The best that one candidate can do. */
typedef struct gy_medoid_swap {
  double change; /* of the cost */
  int32_t medoid;
} gy_medoid_swap;

typedef struct gy_kmedoids_work {
  const gy_kmedoids_kernel *kernel;
  const gy_task *task;
  const gy_dissimilarity *given;
  size_t n, k;
  int n_threads;
  bool tabled; /* `table` holds what `given` would have to compute */
  gy_dissimilarity_reader reader;

  size_t *medoids;         /* k */
  const float **rows;      /* k: dissimilarities of each medoid to all */
  float *row_copies;       /* k x n, where no table holds them */
  unsigned char *taken;    /* n: is a medoid */
  gy_medoid_place *places; /* n */
  float *next;             /* n: next_distance of each place */
  double *removal;         /* k: what the loss of each medoid alone would cost */
  double cost, next_sum;

  double *sums;           /* n: of each row's dissimilarities; then BUILD's gains */
  float *nearest;         /* n: distance to the nearest medoid chosen so far */
  size_t *queue, *stamps; /* n: BUILD's */
  gy_medoid_swap *swaps;  /* GY_CANDIDATES_MAX */
  double *changes;        /* k a thread */
  float *buffers;         /* buffer_share a thread */
  size_t buffer_share;
  float *blocks, *table;

  void *storage; /* everything above lies in this one allocation */
} gy_kmedoids_work;

enum { GY_CANDIDATES_MAX = 4096 };

/* Bytes of the work; what it holds depends on the task's budget. */
size_t gy_kmedoids_work_bytes(const gy_dissimilarity *of, size_t k, const gy_task *task);

GY_MUST_USE gy_status gy_kmedoids_work_init(gy_kmedoids_work *work, const gy_kmedoids_kernel *kernel,
                                            const gy_dissimilarity_kernel *compare,
                                            const gy_dissimilarity *of, size_t k, const gy_task *task,
                                            gy_error *err);
void gy_kmedoids_work_clear(gy_kmedoids_work *work);

/* Reads every row once: refuses what cannot be used, and fills work->sums. */
GY_MUST_USE gy_status gy_kmedoids_survey(gy_kmedoids_work *work, gy_error *err);

/* Row `row` becomes medoid number m. `values`: its dissimilarities, read already. */
void gy_kmedoids_take(gy_kmedoids_work *work, size_t m, size_t row, const float *values);

/* The same, reading them. */
void gy_kmedoids_take_row(gy_kmedoids_work *work, size_t m, size_t row);

/* work->medoids by BUILD or LAB; the survey was made. */
GY_MUST_USE gy_status gy_kmedoids_build(gy_kmedoids_work *work, gy_error *err);
GY_MUST_USE gy_status gy_kmedoids_lab(gy_kmedoids_work *work, uint64_t seed, gy_error *err);

/* Places of all rows among the medoids, and what follows from them. */
void gy_kmedoids_place(gy_kmedoids_work *work);

/* Swaps until none helps or `max_iterations` sweeps are over; counts them in `model`. */
GY_MUST_USE gy_status gy_kmedoids_swap(gy_kmedoids_work *work, int32_t max_iterations, gy_kmedoids *model,
                                       gy_error *err);

/* gy_kmedoids_fit with kernels of one's choice (NULL: the fastest). */
GY_MUST_USE gy_status gy_kmedoids_fit_with(const gy_kmedoids_kernel *kernel,
                                           const gy_dissimilarity_kernel *compare, const gy_dissimilarity *of,
                                           const gy_kmedoids_options *options, const gy_task *task,
                                           gy_kmedoids *model, const gy_medoid_rows *rows, gy_error *err);

#endif

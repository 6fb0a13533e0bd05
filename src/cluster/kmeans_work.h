/* SPDX-License-Identifier: Apache-2.0
 *
 * What a k-means fit holds while it runs, and the steps that share it: seeding, Lloyd's iteration. */
#ifndef GYEOL_CLUSTER_KMEANS_WORK_H
#define GYEOL_CLUSTER_KMEANS_WORK_H

#include <gyeol/kmeans.h>

#include "cluster/kmeans_bounds.h"
#include "cluster/kmeans_kernel.h"
#include "num/blocks.h"

/* What a work must be enough for. */
typedef enum gy_kmeans_steps {
  GY_KMEANS_LABEL,
  GY_KMEANS_SEED,
  GY_KMEANS_LLOYD,
  GY_KMEANS_SEED_AND_LLOYD
} gy_kmeans_steps;

typedef struct gy_kmeans_work {
  const gy_kmeans_kernel *kernel;
  const gy_task *task;
  const float *weights;
  bool unit_centers; /* centres are directions: of length 1 */
  gy_matrix x;
  size_t k;
  gy_kmeans_steps steps;
  int n_threads;
  gy_blocks blocks;

  float *centers;              /* k x d */
  gy_packed_centers packed;    /* the same, as the kernels read them */
  int32_t *labels;             /* n */
  gy_cluster_sums *block_sums; /* one a block */
  gy_cluster_sums totals;      /* their sum */
  double *block_inertia;       /* one a block */
  float *scratch;              /* one share a thread */
  size_t scratch_share;
  gy_kmeans_bounds bounds; /* of Lloyd's iteration, where they pay */

  float *nearest; /* n squared distances: seeding's, to the nearest centre so far; a repair's, to their own.
                     Not for labelling alone */

  size_t n_trials;    /* candidates a seeding step; 0 without seeding */
  float *candidates;  /* n_trials rows, packed in groups of four */
  double *potentials; /* block x trial */

  void *storage; /* everything above lies in this one allocation */
} gy_kmeans_work;

/* Storage for work on `x` in `k` clusters; `steps` says what it must be enough for. */
GY_MUST_USE gy_status gy_kmeans_work_init(gy_kmeans_work *work, gy_matrix x, size_t k, gy_kmeans_steps steps,
                                          const gy_kmeans_kernel *kernel, const gy_task *task, gy_error *err);
void gy_kmeans_work_clear(gy_kmeans_work *work);

/* The scratch of the calling thread, in a parallel loop over work->n_threads. */
float *gy_kmeans_work_scratch(const gy_kmeans_work *work);

/* Fills work->packed from work->centers. */
void gy_kmeans_pack(gy_kmeans_work *work);

/* Rows in groups of four: to[(g * d + j) * 4 + c] = rows[4 g + c][j] - offset[j]; absent rows are zero. */
void gy_pack_groups(const float *const *rows, size_t n_rows, size_t d, const float *offset, float *to);

/* Greedy k-means++ into work->centers, from stream `stream` of `seed`. */
GY_MUST_USE gy_status gy_kmeans_seed(gy_kmeans_work *work, uint64_t seed, uint64_t stream, gy_error *err);

/* The same on a random sample of `m` rows, without weights. */
GY_MUST_USE gy_status gy_kmeans_seed_sample(gy_kmeans_work *work, size_t m, uint64_t seed, uint64_t stream,
                                            gy_error *err);
size_t gy_kmeans_sample_bytes(size_t m, size_t d, size_t k, const gy_task *task);

/* k-means||: the same, by a few passes that draw many rows each. */
GY_MUST_USE gy_status gy_kmeans_seed_parallel(gy_kmeans_work *work, uint64_t seed, uint64_t stream,
                                              gy_error *err);
size_t gy_kmeans_parallel_bytes(size_t n, size_t d, size_t k, const gy_task *task);

/* Moves one of work->centers, of which work->labels are the labels, to a row: a considered choice after an
 * even number of failures, a random one after an odd one. `swapped`: false where there is nothing to gain. */
GY_MUST_USE gy_status gy_kmeans_swap(gy_kmeans_work *work, uint64_t seed, uint64_t stream, size_t n_failed,
                                     bool *swapped, gy_error *err);

/* How a fit of n rows is seeded. Of `sample` rows where that is not 0. */
typedef struct gy_kmeans_seed_plan {
  gy_kmeans_steps steps; /* what the work must be enough for */
  gy_kmeans_seeding seeding;
  size_t sample;
  size_t bytes; /* beside the work */
} gy_kmeans_seed_plan;

gy_kmeans_seed_plan gy_kmeans_plan_seed(size_t n, size_t d, const gy_kmeans_options *options,
                                        const gy_task *task);
GY_MUST_USE gy_status gy_kmeans_seed_as(gy_kmeans_work *work, const gy_kmeans_seed_plan *plan, uint64_t seed,
                                        uint64_t stream, gy_error *err);

/* The task for work beside `bytes` that are held already; and for silent work within a budget that was
 * checked before. */
gy_task gy_kmeans_task_beside(const gy_task *task, size_t bytes);
gy_task gy_kmeans_task_within(const gy_task *task);

/* Bytes of a work, with the result that it becomes. */
size_t gy_kmeans_work_bytes(size_t n, size_t d, size_t k, gy_kmeans_steps steps, const gy_task *task);

typedef struct gy_lloyd_result {
  double inertia;
  int32_t iterations;
  bool converged;
} gy_lloyd_result;

/* Lloyd's iteration from work->centers, to work->centers and work->labels. `shift_limit`: stop when the
 * summed squared shift of the centres is at most this. */
GY_MUST_USE gy_status gy_kmeans_lloyd(gy_kmeans_work *work, int32_t max_iterations, double shift_limit,
                                      gy_lloyd_result *result, gy_error *err);

/* Puts each row's nearest centre into work->labels (which hold labels, or -1), and, where wanted (not NULL),
 * its squared distance into `distances` and the inertia into `inertia`. */
GY_MUST_USE gy_status gy_kmeans_label(gy_kmeans_work *work, float *distances, double *inertia, gy_error *err);

/* What every fit checks of its options. */
GY_MUST_USE gy_status gy_kmeans_check_options(gy_matrix x, const gy_kmeans_options *options, gy_error *err);

/* tolerance * mean variance of the columns: what the stopping rule compares the shift of the centres with. */
GY_MUST_USE gy_status gy_kmeans_shift_limit(gy_matrix x, double tolerance, const gy_task *task, double *limit,
                                            gy_error *err);

/* gy_kmeans_fit with a kernel of one's choice; `unit_centers`: centres are brought to length 1, as rows must
 * be. */
GY_MUST_USE gy_status gy_kmeans_fit_with(const gy_kmeans_kernel *kernel, gy_matrix x,
                                         const gy_kmeans_options *options, bool unit_centers,
                                         const gy_task *task, gy_kmeans *model, int32_t *labels,
                                         gy_error *err);

/* The same for options, values, weights and memory that were checked, with the limit of gy_kmeans_lloyd. */
GY_MUST_USE gy_status gy_kmeans_fit_checked(const gy_kmeans_kernel *kernel, gy_matrix x,
                                            const gy_kmeans_options *options, bool unit_centers,
                                            double shift_limit, const gy_task *task, gy_kmeans *model,
                                            int32_t *labels, gy_error *err);

#endif

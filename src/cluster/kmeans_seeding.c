/* SPDX-License-Identifier: Apache-2.0
 *
 * How a k-means fit is seeded. Greedy k-means++ passes over its rows once a centre, which on many rows takes
 * longer than the iteration that follows; a thousand rows a cluster are as good to choose from. */
#include <stdlib.h>
#include <string.h>

#include "cluster/kmeans_work.h"
#include "num/sample.h"

enum { SAMPLE_MIN = 65536, SAMPLE_A_CLUSTER = 1024 };

gy_task gy_kmeans_task_beside(const gy_task *task, size_t bytes) {
  gy_task left = task == NULL ? (gy_task){0} : *task;
  if (left.memory_bytes > 0) left.memory_bytes = left.memory_bytes > bytes ? left.memory_bytes - bytes : 1;
  return left;
}

gy_task gy_kmeans_task_within(const gy_task *task) {
  gy_task left = task == NULL ? (gy_task){0} : *task;
  left.memory_bytes = 0;
  left.progress = NULL;
  return left;
}

size_t gy_kmeans_sample_bytes(size_t m, size_t d, size_t k, const gy_task *task) {
  size_t row, copied, work = gy_kmeans_work_bytes(m, d, k, GY_KMEANS_SEED, task);
  if (__builtin_mul_overflow(d, sizeof(float), &row) ||
      __builtin_mul_overflow(m, row + sizeof(size_t), &copied))
    return SIZE_MAX;
  return work > SIZE_MAX - copied ? SIZE_MAX : work + copied;
}

gy_status gy_kmeans_seed_sample(gy_kmeans_work *work, size_t m, uint64_t seed, uint64_t stream,
                                gy_error *err) {
  size_t d = work->x.n_columns;
  gy_task task = gy_kmeans_task_within(work->task);
  gy_kmeans_work sample = {0};
  gy_rng rng;
  gy_rng_init(&rng, seed ^ 0x73616d706c65u, stream);
  size_t *rows = malloc(m * sizeof *rows);
  float *values = malloc(m * d * sizeof *values);
  gy_status status = GY_OK;
  if (rows == NULL || values == NULL) {
    status = gy_fail(err, GY_ENOMEM, "k-means: out of memory for a sample of %zu rows", m);
    goto done;
  }
  gy_sample_rows(&rng, work->x.n_rows, m, rows);
  for (size_t i = 0; i < m; i++) memcpy(values + i * d, gy_matrix_row(work->x, rows[i]), d * sizeof *values);
  status = gy_kmeans_work_init(&sample, (gy_matrix){values, m, d}, work->k, GY_KMEANS_SEED, work->kernel,
                               &task, err);
  if (status == GY_OK) status = gy_kmeans_seed(&sample, seed, stream, err);
  if (status == GY_OK) memcpy(work->centers, sample.centers, work->k * d * sizeof(float));
done:
  gy_kmeans_work_clear(&sample);
  free(values);
  free(rows);
  return status;
}

gy_kmeans_seed_plan gy_kmeans_plan_seed(size_t n, size_t d, const gy_kmeans_options *options,
                                        const gy_task *task) {
  size_t k = (size_t)options->n_clusters, sample = k * SAMPLE_A_CLUSTER;
  if (sample < SAMPLE_MIN) sample = SAMPLE_MIN;
  gy_kmeans_seed_plan plan = {.steps = GY_KMEANS_LLOYD, .seeding = options->seeding};
  if (options->initial_centers != NULL) return plan;
  plan.steps = GY_KMEANS_SEED_AND_LLOYD;
  if (plan.seeding == GY_KMEANS_SEEDING_AUTO && options->weights == NULL && n > sample) {
    plan.sample = sample;
    plan.bytes = gy_kmeans_sample_bytes(sample, d, k, task);
  } else if (plan.seeding == GY_KMEANS_SEEDING_PARALLEL) {
    plan.bytes = gy_kmeans_parallel_bytes(n, d, k, task);
  }
  return plan;
}

gy_status gy_kmeans_seed_as(gy_kmeans_work *work, const gy_kmeans_seed_plan *plan, uint64_t seed,
                            uint64_t stream, gy_error *err) {
  if (plan->sample > 0) return gy_kmeans_seed_sample(work, plan->sample, seed, stream, err);
  if (plan->seeding == GY_KMEANS_SEEDING_PARALLEL) return gy_kmeans_seed_parallel(work, seed, stream, err);
  return gy_kmeans_seed(work, seed, stream, err);
}

size_t gy_kmeans_memory(size_t n, size_t d, const gy_kmeans_options *options, const gy_task *task) {
  size_t k = (size_t)options->n_clusters;
  gy_kmeans_seed_plan plan = gy_kmeans_plan_seed(n, d, options, task);
  gy_task left = gy_kmeans_task_beside(task, plan.bytes);
  size_t bytes = gy_kmeans_work_bytes(n, d, k, plan.steps, &left);
  return bytes > SIZE_MAX - plan.bytes ? SIZE_MAX : bytes + plan.bytes;
}

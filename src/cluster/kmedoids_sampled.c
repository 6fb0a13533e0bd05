/* SPDX-License-Identifier: Apache-2.0
 *
 * k-medoids of many rows from samples (CLARA, Kaufman and Rousseeuw 1990). CLARA takes many samples of 40 +
 * 2k rows because its PAM is slow; FasterPAM affords samples twenty times as large, and then few are enough
 * (Schubert and Rousseeuw 2021, section 7). Samples are independent of each other, a thread each, and all
 * their medoids meet all rows in one pass (medoid_assign.c).
 *
 * A sample takes one random row of each of m equal stretches of the rows: any row is as likely as any other,
 * and a file that drifts from its first row to its last is represented evenly. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/kmedoids.h>

#include "base/rng.h"
#include "cluster/dissimilarity.h"
#include "cluster/medoid_assign.h"

gy_kmedoids_sampling gy_kmedoids_sampling_defaults(void) { return (gy_kmedoids_sampling){.n_samples = 8}; }

static size_t sample_size(size_t n, size_t k, const gy_kmedoids_sampling *sampling) {
  size_t m = sampling->sample_rows > 0 ? sampling->sample_rows : 800 + 20 * k;
  return m < n ? m : n;
}

/* What one sample came to. */
typedef struct {
  gy_kmedoids model; /* medoids: rows of the sample, then of all */
  gy_status status;
  gy_error err;
} sample_result;

/* Where stretch i of m begins: i n / m, without its overflow. */
static size_t stretch_first(size_t n, size_t m, size_t i) { return i * (n / m) + i * (n % m) / m; }

static void draw(gy_rng *rng, size_t n, size_t m, size_t *rows) {
  for (size_t i = 0; i < m; i++) {
    size_t first = stretch_first(n, m, i);
    rows[i] = first + gy_rng_below(rng, stretch_first(n, m, i + 1) - first);
  }
}

/* A sample's task: one thread, and its share of the budget. */
static gy_task task_of_sample(const gy_task *task, size_t n_samples) {
  size_t budget = gy_task_memory(task), n_threads = (size_t)gy_task_threads(task);
  if (n_threads > n_samples) n_threads = n_samples;
  return (gy_task){.n_threads = 1,
                   .memory_bytes = budget == SIZE_MAX ? 0 : budget / n_threads,
                   .cancel = task == NULL ? NULL : task->cancel};
}

/* Clusters sample `number`; one thread. */
static gy_status fit_sample(const gy_dissimilarity *of, const gy_kmedoids_options *options, size_t m,
                            uint64_t number, const gy_task *alone, gy_kmedoids *model, gy_error *err) {
  size_t d = of->x.n_columns;
  gy_rng rng;
  gy_rng_init(&rng, options->seed, number);
  size_t *numbers = malloc(m * sizeof *numbers);
  float *values = malloc(m * d * sizeof *values);
  gy_status status = GY_OK;
  if (numbers == NULL || values == NULL) {
    status = gy_fail(err, GY_ENOMEM, "k-medoids: out of memory for a sample of %zu rows", m);
    goto done;
  }
  draw(&rng, of->n, m, numbers);
  for (size_t i = 0; i < m; i++) memcpy(values + i * d, gy_matrix_row(of->x, numbers[i]), d * sizeof *values);
  gy_dissimilarity part = *of;
  part.x = (gy_matrix){values, m, d};
  part.n = m;
  gy_kmedoids_options own = *options;
  own.seed = gy_rng_next(&rng);
  status = gy_kmedoids_fit(&part, &own, alone, model, NULL, err);
  if (status != GY_OK) goto done;
  for (int32_t c = 0; c < model->n_clusters; c++) model->medoids[c] = numbers[model->medoids[c]];
done:
  free(values);
  free(numbers);
  return status;
}

static gy_status fit_samples(const gy_dissimilarity *of, const gy_kmedoids_options *options, size_t m,
                             size_t n_samples, const gy_task *task, sample_result *results, gy_error *err) {
  gy_task alone = task_of_sample(task, n_samples);
#pragma omp parallel for schedule(dynamic) num_threads(gy_task_threads(task)) if (n_samples > 1)
  for (size_t s = 0; s < n_samples; s++) {
    results[s].status = fit_sample(of, options, m, (uint64_t)s, &alone, &results[s].model, &results[s].err);
    gy_task_progress(task, "k-medoids samples", s + 1, n_samples, "samples");
  }
  for (size_t s = 0; s < n_samples; s++) {
    if (results[s].status == GY_OK) continue;
    gy_status status = gy_fail(err, results[s].status, "%s", results[s].err.text);
    if (status == GY_EDATA) gy_error_prefix(err, "sample %zu, whose rows are counted from 1", s + 1);
    return status;
  }
  return GY_OK;
}

/* Sums, then the deviation and the gap. */
static void judge(const sample_result *results, const double *costs, size_t n_samples, size_t n, size_t m,
                  size_t best, gy_kmedoids_quality *quality) {
  double grow = (double)n / (double)m, count = (double)n_samples, squares = 0, hopeful_squares = 0;
  *quality = (gy_kmedoids_quality){.n_samples = (int32_t)n_samples, .sample_rows = m};
  for (size_t s = 0; s < n_samples; s++) {
    quality->mean_cost += costs[s] / count;
    quality->hopeful_cost += results[s].model.cost * grow / count;
    quality->worst_cost = fmax(quality->worst_cost, costs[s]);
  }
  for (size_t s = 0; s < n_samples; s++) {
    double hopeful = results[s].model.cost * grow - quality->hopeful_cost;
    squares += (costs[s] - quality->mean_cost) * (costs[s] - quality->mean_cost);
    hopeful_squares += hopeful * hopeful;
  }
  if (n_samples > 1) {
    quality->cost_deviation = sqrt(squares / (count - 1));
    quality->hopeful_error = sqrt(hopeful_squares / (count - 1) / count);
  }
  if (costs[best] > quality->hopeful_cost) quality->gap = 1 - quality->hopeful_cost / costs[best];
}

size_t gy_kmedoids_sampled_memory(const gy_dissimilarity *of, const gy_kmedoids_options *options,
                                  const gy_kmedoids_sampling *sampling, const gy_task *task) {
  size_t k = (size_t)options->n_clusters, m = sample_size(of->n, k, sampling), d = of->x.n_columns;
  if (m == of->n) return gy_kmedoids_memory(of, options, task);
  size_t n_samples = (size_t)sampling->n_samples;
  gy_task alone = task_of_sample(task, n_samples);
  gy_dissimilarity part = *of;
  part.n = m;
  size_t n_threads = (size_t)gy_task_threads(task), bytes, all;
  size_t one = gy_kmedoids_memory(&part, options, &alone);
  if (__builtin_add_overflow(one, m * d * sizeof(float) + m * sizeof(size_t), &one)) return SIZE_MAX;
  if (__builtin_mul_overflow(one, n_threads < n_samples ? n_threads : n_samples, &bytes)) return SIZE_MAX;
  all = n_samples * (sizeof(sample_result) + gy_medoid_set_floats(k, d) * sizeof(float) + sizeof(double) +
                     k * (sizeof(size_t) + sizeof(int64_t)));
  if (__builtin_add_overflow(bytes, all, &bytes)) return SIZE_MAX;
  all = gy_medoid_assign_memory(of->n, d, n_samples, task);
  return __builtin_add_overflow(bytes, all, &bytes) ? SIZE_MAX : bytes;
}

static gy_status check(const gy_dissimilarity *of, const gy_kmedoids_options *options,
                       const gy_kmedoids_sampling *sampling, const gy_task *task, gy_error *err) {
  if (of->form != GY_DISSIMILARITY_ROWS)
    return gy_fail(err, GY_EUSAGE, "k-medoids: samples are taken of rows, not of a table of dissimilarities");
  if (options->initial_medoids != NULL)
    return gy_fail(err, GY_EUSAGE, "k-medoids: samples cannot begin from given medoids");
  if (sampling->n_samples < 1 || options->n_clusters < 1)
    return gy_fail(err, GY_EUSAGE, "k-medoids: n_samples (%d) and n_clusters (%d) must be 1 or more",
                   sampling->n_samples, options->n_clusters);
  size_t k = (size_t)options->n_clusters, m = sample_size(of->n, k, sampling);
  if (m < of->n && m < 2 * k)
    return gy_fail(err, GY_EUSAGE, "k-medoids: samples of %zu rows are too small for %zu clusters; take %zu",
                   m, k, 2 * k);
  size_t need = gy_kmedoids_sampled_memory(of, options, sampling, task);
  if (need > gy_task_memory(task))
    return gy_fail(err, GY_ELIMIT,
                   "k-medoids: %zu bytes are needed for samples of %zu rows; the budget is %zu", need, m,
                   gy_task_memory(task));
  return gy_dissimilarity_check(of, "k-medoids", task, err);
}

/* Labels by the set that won; a medoid belongs to itself, also beside a twin. */
static gy_status finish(const gy_dissimilarity *of, const gy_medoid_sets *won, const gy_task *task,
                        gy_kmedoids *model, const gy_medoid_rows *rows, gy_error *err) {
  gy_medoid_rows own = rows == NULL ? (gy_medoid_rows){0} : *rows;
  int32_t *labels = own.labels == NULL ? malloc(of->n * sizeof *labels) : own.labels;
  if (labels == NULL) return gy_fail(err, GY_ENOMEM, "k-medoids: out of memory for %zu labels", of->n);
  bool lent = own.labels != NULL;
  own.labels = labels;
  gy_status status = gy_medoid_assign(won, of->x, task, &own, &model->cost, err);
  if (status == GY_OK) {
    for (int32_t c = 0; c < model->n_clusters; c++) labels[model->medoids[c]] = c;
    memset(model->sizes, 0, (size_t)model->n_clusters * sizeof *model->sizes);
    for (size_t i = 0; i < of->n; i++) model->sizes[labels[i]]++;
  }
  if (!lent) free(labels);
  return status;
}

static gy_status fit_all(const gy_dissimilarity *of, const gy_kmedoids_options *options, const gy_task *task,
                         gy_kmedoids *model, gy_kmedoids_quality *quality, const gy_medoid_rows *rows,
                         gy_error *err) {
  gy_status status = gy_kmedoids_fit(of, options, task, model, rows, err);
  if (status != GY_OK) return status;
  sample_result all = {.model = *model};
  judge(&all, &model->cost, 1, of->n, of->n, 0, quality);
  return GY_OK;
}

gy_status gy_kmedoids_fit_sampled(const gy_dissimilarity *of, const gy_kmedoids_options *options,
                                  const gy_kmedoids_sampling *sampling, const gy_task *task,
                                  gy_kmedoids *model, gy_kmedoids_quality *quality,
                                  const gy_medoid_rows *rows, gy_error *err) {
  gy_status status = check(of, options, sampling, task, err);
  if (status != GY_OK) return status;
  size_t k = (size_t)options->n_clusters, n_samples = (size_t)sampling->n_samples, best = 0;
  size_t m = sample_size(of->n, k, sampling), floats = gy_medoid_set_floats(k, of->x.n_columns);
  if (m == of->n) return fit_all(of, options, task, model, quality, rows, err);
  sample_result *results = calloc(n_samples, sizeof *results);
  double *costs = malloc(n_samples * sizeof *costs);
  float *groups = malloc(n_samples * floats * sizeof *groups);
  if (results == NULL || costs == NULL || groups == NULL) {
    status = gy_fail(err, GY_ENOMEM, "k-medoids: out of memory for %zu samples", n_samples);
    goto done;
  }
  status = fit_samples(of, options, m, n_samples, task, results, err);
  if (status != GY_OK) goto done;
  for (size_t s = 0; s < n_samples; s++)
    gy_medoid_set_pack(of->x, of->metric, results[s].model.medoids, k, groups + s * floats);
  gy_medoid_sets sets = {n_samples, k, of->metric, of->columns, groups};
  status = gy_medoid_assign(&sets, of->x, task, NULL, costs, err);
  if (status != GY_OK) goto done;
  for (size_t s = 1; s < n_samples; s++)
    if (costs[s] < costs[best]) best = s;
  gy_kmedoids_quality found;
  judge(results, costs, n_samples, of->n, m, best, &found);
  gy_medoid_sets won = {1, k, of->metric, of->columns, groups + best * floats};
  status = finish(of, &won, task, &results[best].model, rows, err);
  if (status != GY_OK) goto done;
  *model = results[best].model;
  *quality = found;
  results[best].model = (gy_kmedoids){0};
done:
  for (size_t s = 0; results != NULL && s < n_samples; s++) gy_kmedoids_clear(&results[s].model);
  free(groups);
  free(costs);
  free(results);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The gap statistic (Tibshirani, Walther and Hastie 2001). References along the principal components are
 * drawn in the box of the rotated rows and stay there: k-means does not see a rotation. */
#include <gyeol/gap.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/kmeans.h>
#include <gyeol/pca.h>

#include "base/rng.h"
#include "num/moments.h"
#include "num/sample.h"

typedef struct {
  const gy_gap_options *options;
  const gy_task *task;
  size_t n, d;
  float *rows;        /* n x d: the rows judged */
  float *reference;   /* n x d */
  double *low, *high; /* d: the box */
  double *logs;       /* reference x k */
} gap_work;

gy_gap_options gy_gap_defaults(void) {
  return (gy_gap_options){.k_max = 10, .n_references = 20, .n_starts = 3, .sample_rows = 5000};
}

static gy_status check(gy_matrix x, const gy_gap_options *options, const gy_task *task, gy_error *err) {
  if (options->k_max < 1 || options->k_max > GY_GAP_K_MAX || options->n_references < 2 ||
      options->n_starts < 1)
    return gy_fail(err, GY_EUSAGE,
                   "gap: k_max is %d (1..%d), n_references %d (2 or more), n_starts %d (1 or more)",
                   options->k_max, GY_GAP_K_MAX, options->n_references, options->n_starts);
  if (x.n_columns < 1) return gy_fail(err, GY_EUSAGE, "gap: there are no columns");
  if (x.n_rows < 3 || (options->sample_rows > 0 && options->sample_rows < 3))
    return gy_fail(err, GY_EDATA, "gap: %zu rows are too few; 3 are needed", x.n_rows);
  gy_status status = gy_matrix_check(x, GY_KMEANS_VALUE_LIMIT, task, err);
  if (status != GY_OK) gy_error_prefix(err, "gap");
  return status;
}

static gy_status allocate(gap_work *work, gy_error *err) {
  size_t floats, bytes, n_logs = (size_t)work->options->n_references * GY_GAP_K_MAX;
  size_t most = gy_task_memory(work->task);
  if (__builtin_mul_overflow(work->n, work->d, &floats) ||
      __builtin_mul_overflow(floats, 2 * sizeof(float), &bytes))
    bytes = SIZE_MAX;
  if (bytes > most)
    return gy_fail(err, GY_ELIMIT, "gap: %zu bytes are needed for %zu rows; the budget is %zu", bytes,
                   work->n, most);
  work->rows = malloc(bytes / 2);
  work->reference = malloc(bytes / 2);
  work->low = malloc((2 * work->d + n_logs) * sizeof(double));
  if (work->rows == NULL || work->reference == NULL || work->low == NULL)
    return gy_fail(err, GY_ENOMEM, "gap: out of memory for %zu rows of %zu columns", work->n, work->d);
  work->high = work->low + work->d;
  work->logs = work->high + work->d;
  return GY_OK;
}

static gy_status take_rows(gap_work *work, gy_matrix x, gy_error *err) {
  size_t d = work->d;
  if (work->n == x.n_rows) {
    memcpy(work->rows, x.values, work->n * d * sizeof *work->rows);
    return GY_OK;
  }
  size_t *numbers = malloc(work->n * sizeof *numbers);
  if (numbers == NULL) return gy_fail(err, GY_ENOMEM, "gap: out of memory for a sample of %zu rows", work->n);
  gy_rng rng;
  gy_rng_init(&rng, work->options->seed, 0);
  gy_sample_rows(&rng, x.n_rows, work->n, numbers);
  for (size_t i = 0; i < work->n; i++)
    memcpy(work->rows + i * d, gy_matrix_row(x, numbers[i]), d * sizeof *work->rows);
  free(numbers);
  return GY_OK;
}

/* Turns the rows to their principal components; fewer components than columns leave zeros behind. */
static gy_status rotate(gap_work *work, gy_error *err) {
  gy_matrix rows = {work->rows, work->n, work->d};
  gy_pca_options options = gy_pca_defaults(0);
  gy_pca pca;
  options.method = GY_PCA_COVARIANCE;
  gy_status status = gy_pca_fit(rows, &options, work->task, &pca, err);
  if (status != GY_OK) return status;
  size_t n_components = (size_t)pca.n_components;
  float *scores = malloc(work->n * n_components * sizeof *scores);
  status = scores == NULL ? gy_fail(err, GY_ENOMEM, "gap: out of memory for %zu rows", work->n)
                          : gy_pca_transform(&pca, GY_PCA_SCORES, rows, work->task, scores, err);
  if (status == GY_OK) {
    memcpy(work->rows, scores, work->n * n_components * sizeof *scores);
    work->d = n_components;
  }
  free(scores);
  gy_pca_clear(&pca);
  return status;
}

static void find_box(gap_work *work) {
  for (size_t j = 0; j < work->d; j++) {
    work->low[j] = INFINITY;
    work->high[j] = -INFINITY;
  }
  for (size_t i = 0; i < work->n * work->d; i++) {
    size_t j = i % work->d;
    work->low[j] = fmin(work->low[j], (double)work->rows[i]);
    work->high[j] = fmax(work->high[j], (double)work->rows[i]);
  }
}

static void draw_reference(gap_work *work, uint64_t number) {
  gy_rng rng;
  gy_rng_init(&rng, work->options->seed, number);
  for (size_t i = 0; i < work->n * work->d; i++) {
    size_t j = i % work->d;
    work->reference[i] = (float)(work->low[j] + gy_rng_uniform(&rng) * (work->high[j] - work->low[j]));
  }
}

/* log W for k = 1..*n_judged; ends before the first inertia of 0. */
static gy_status judge(const gap_work *work, const float *rows, int32_t *n_judged, double *logs,
                       gy_error *err) {
  for (int32_t k = 1; k <= *n_judged; k++) {
    gy_kmeans_options options = gy_kmeans_defaults(k);
    gy_kmeans model;
    options.n_starts = work->options->n_starts;
    options.seed = work->options->seed;
    gy_status status =
        gy_kmeans_fit((gy_matrix){rows, work->n, work->d}, &options, work->task, &model, NULL, err);
    if (status != GY_OK) return status;
    if (model.inertia > 0) {
      logs[k - 1] = log(model.inertia);
    } else {
      *n_judged = k - 1;
    }
    gy_kmeans_clear(&model);
  }
  return GY_OK;
}

static void summarise(const gap_work *work, const double *own, gy_gap *result) {
  double count = (double)work->options->n_references;
  for (int32_t k = 0; k < result->n_judged; k++) {
    double mean = 0, squares = 0;
    for (int32_t b = 0; b < work->options->n_references; b++)
      mean += work->logs[b * GY_GAP_K_MAX + k] / count;
    for (int32_t b = 0; b < work->options->n_references; b++) {
      double deviation = work->logs[b * GY_GAP_K_MAX + k] - mean;
      squares += deviation * deviation;
    }
    result->of[k] = (gy_gap_of_k){own[k], mean, mean - own[k], sqrt(squares / count) * sqrt(1 + 1 / count)};
  }
  result->k = result->n_judged;
  for (int32_t k = 0; k + 1 < result->n_judged && !result->found; k++) {
    result->found = result->of[k].gap >= result->of[k + 1].gap - result->of[k + 1].error;
    if (result->found) result->k = k + 1;
  }
}

static gy_status judge_all(gap_work *work, gy_gap *result, gy_error *err) {
  double own[GY_GAP_K_MAX];
  gy_status status = judge(work, work->rows, &result->n_judged, own, err);
  if (status == GY_OK && result->n_judged == 0)
    status = gy_fail(err, GY_EDATA, "gap: all %zu rows are equal; there is nothing to divide", work->n);
  for (int32_t b = 0; status == GY_OK && b < work->options->n_references; b++) {
    draw_reference(work, (uint64_t)b + 1);
    status = judge(work, work->reference, &result->n_judged, work->logs + b * GY_GAP_K_MAX, err);
    gy_task_progress(work->task, "gap statistic", (uint64_t)b + 1, (uint64_t)work->options->n_references,
                     "references");
  }
  if (status == GY_OK) summarise(work, own, result);
  return status;
}

gy_status gy_gap_statistic(gy_matrix x, const gy_gap_options *options, const gy_task *task, gy_gap *result,
                           gy_error *err) {
  gy_status status = check(x, options, task, err);
  if (status != GY_OK) return status;
  gap_work work = {.options = options, .task = task, .n = x.n_rows, .d = x.n_columns};
  if (options->sample_rows > 0 && options->sample_rows < x.n_rows) work.n = options->sample_rows;
  gy_gap found = {.rows_judged = work.n};
  found.n_judged = (size_t)options->k_max < work.n ? options->k_max : (int32_t)work.n;
  status = allocate(&work, err);
  if (status == GY_OK) status = take_rows(&work, x, err);
  if (status == GY_OK && options->box == GY_GAP_PRINCIPAL) status = rotate(&work, err);
  if (status == GY_OK) {
    find_box(&work);
    status = judge_all(&work, &found, err);
  }
  if (status == GY_OK) *result = found;
  free(work.low);
  free(work.reference);
  free(work.rows);
  return status;
}

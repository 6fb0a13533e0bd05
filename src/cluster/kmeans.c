/* SPDX-License-Identifier: Apache-2.0
 *
 * Fitting and applying k-means: checks, several starts, the best of them. The algorithm itself is in
 * kmeans_seeding.c (where the centres begin), kmeans_lloyd.c (how they move) and kmeans_kernel.c (the inner
 * loops). */
#include <gyeol/kmeans.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/kmeans_work.h"
#include "num/moments.h"
#include "num/row_weights.h"

gy_kmeans_options gy_kmeans_defaults(int32_t n_clusters) {
  return (gy_kmeans_options){
      .n_clusters = n_clusters, .n_starts = 10, .n_swaps = 8, .max_iterations = 300, .tolerance = 1e-4};
}

gy_status gy_kmeans_check_options(gy_matrix x, const gy_kmeans_options *options, gy_error *err) {
  if (options->n_clusters < 1)
    return gy_fail(err, GY_EUSAGE, "k-means: n_clusters is %d; it must be 1 or more", options->n_clusters);
  if (options->max_iterations < 1 || (options->n_starts < 1 && options->initial_centers == NULL))
    return gy_fail(err, GY_EUSAGE, "k-means: max_iterations (%d) and n_starts (%d) must be 1 or more",
                   options->max_iterations, options->n_starts);
  if (options->n_swaps < 0)
    return gy_fail(err, GY_EUSAGE, "k-means: n_swaps is %d; it must be 0 or more", options->n_swaps);
  if (!(options->tolerance >= 0))
    return gy_fail(err, GY_EUSAGE, "k-means: tolerance is %g; it must be 0 or more", options->tolerance);
  if (options->seeding < GY_KMEANS_SEEDING_AUTO || options->seeding > GY_KMEANS_SEEDING_PARALLEL)
    return gy_fail(err, GY_EUSAGE, "k-means: %d is not a way of seeding", (int)options->seeding);
  if (x.n_columns < 1) return gy_fail(err, GY_EUSAGE, "k-means: there are no columns to cluster on");
  if (x.n_rows < (size_t)options->n_clusters)
    return gy_fail(err, GY_EDATA, "k-means: %zu rows cannot make %d clusters; ask for fewer", x.n_rows,
                   options->n_clusters);
  return GY_OK;
}

static gy_status check_values(gy_matrix x, const gy_kmeans_options *options, const gy_task *task,
                              gy_error *err) {
  gy_status status = gy_matrix_check(x, GY_KMEANS_VALUE_LIMIT, task, err);
  if (status == GY_OK && options->initial_centers != NULL) {
    gy_matrix centers = {options->initial_centers, (size_t)options->n_clusters, x.n_columns};
    status = gy_matrix_check(centers, GY_KMEANS_VALUE_LIMIT, task, err);
    if (status != GY_OK) gy_error_prefix(err, "initial centres");
  }
  double total;
  if (status == GY_OK) status = gy_row_weights_check(options->weights, x.n_rows, &total, err);
  if (status != GY_OK) gy_error_prefix(err, "k-means");
  return status;
}

static gy_status check_memory(gy_matrix x, const gy_kmeans_options *options, const gy_task *task,
                              gy_error *err) {
  size_t need = gy_kmeans_memory(x.n_rows, x.n_columns, options, task);
  if (need <= gy_task_memory(task)) return GY_OK;
  return gy_fail(err, GY_ELIMIT, "k-means: %zu bytes are needed for %zu rows, and the budget is %zu", need,
                 x.n_rows, gy_task_memory(task));
}

gy_status gy_kmeans_shift_limit(gy_matrix x, double tolerance, const gy_task *task, double *limit,
                                gy_error *err) {
  *limit = 0;
  if (tolerance <= 0) return GY_OK;
  size_t d = x.n_columns;
  double *moments = malloc(2 * d * sizeof *moments);
  if (moments == NULL) return gy_fail(err, GY_ENOMEM, "k-means: out of memory for %zu columns", d);
  gy_status status = gy_column_moments(x, task, moments, moments + d, err);
  double sum = 0;
  for (size_t j = 0; status == GY_OK && j < d; j++) sum += moments[d + j];
  *limit = tolerance * sum / (double)d;
  free(moments);
  return status;
}

/* A swap that lowers the inertia by a smaller share than this has only moved rounding about. */
#define SWAP_GAIN 1e-6

/* The best start so far. */
typedef struct {
  gy_kmeans model;
  int32_t *labels;
} best_start;

static void keep(best_start *best, gy_kmeans_work *work, const gy_lloyd_result *result, int32_t start) {
  best->model.inertia = result->inertia;
  best->model.iterations = result->iterations;
  best->model.converged = result->converged;
  best->model.start = start;
  memcpy(best->model.centers, work->centers, work->k * work->x.n_columns * sizeof(float));
  int32_t *labels = work->labels;
  work->labels = best->labels;
  best->labels = labels;
}

static void count_sizes(gy_kmeans *model, const int32_t *labels, size_t n) {
  for (size_t i = 0; i < n; i++) model->sizes[labels[i]]++;
  for (int32_t c = 0; c < model->n_clusters; c++) model->n_empty += model->sizes[c] == 0;
}

/* Tries swaps from the best start on, until so many in a row have failed as `n_swaps` says; then lets the
 * best iterate to the end, whatever the tolerance. Failures go on to centres that are missed more. */
static gy_status search_on(gy_kmeans_work *work, const gy_kmeans_options *options, double limit,
                           best_start *best, gy_error *err) {
  gy_lloyd_result result;
  size_t bytes = work->k * work->x.n_columns * sizeof(float);
  int32_t start = best->model.start;
  size_t failed = 0;
  for (uint64_t swap = 1; failed < (size_t)options->n_swaps; swap++) {
    bool swapped;
    memcpy(work->centers, best->model.centers, bytes);
    memcpy(work->labels, best->labels, work->x.n_rows * sizeof(int32_t));
    gy_status status = gy_kmeans_swap(work, options->seed, ~swap, failed, &swapped, err);
    if (status == GY_OK && !swapped) break;
    if (status == GY_OK) status = gy_kmeans_lloyd(work, options->max_iterations, limit, &result, err);
    if (status != GY_OK) return status;
    bool better = result.inertia < best->model.inertia * (1 - SWAP_GAIN);
    if (better) keep(best, work, &result, start);
    failed = better ? 0 : failed + 1;
  }
  memcpy(work->centers, best->model.centers, bytes);
  gy_status status = gy_kmeans_lloyd(work, options->max_iterations, 0, &result, err);
  if (status == GY_OK && result.inertia < best->model.inertia) keep(best, work, &result, start);
  return status;
}

static gy_status run_starts(gy_kmeans_work *work, const gy_kmeans_options *options,
                            const gy_kmeans_seed_plan *plan, double limit, best_start *best, gy_error *err) {
  int32_t n_starts = options->initial_centers == NULL ? options->n_starts : 1;
  for (int32_t start = 0; start < n_starts; start++) {
    gy_lloyd_result result;
    gy_status status = GY_OK;
    if (options->initial_centers != NULL) {
      memcpy(work->centers, options->initial_centers, work->k * work->x.n_columns * sizeof(float));
    } else {
      status = gy_kmeans_seed_as(work, plan, options->seed, (uint64_t)start, err);
    }
    if (status == GY_OK) status = gy_kmeans_lloyd(work, options->max_iterations, limit, &result, err);
    if (status != GY_OK) return status;
    if (start == 0 || result.inertia < best->model.inertia) keep(best, work, &result, start);
    gy_task_progress(work->task, "k-means", (uint64_t)start + 1, (uint64_t)n_starts, "starts");
  }
  return n_starts > 1 && options->n_swaps > 0 ? search_on(work, options, limit, best, err) : GY_OK;
}

gy_status gy_kmeans_fit_checked(const gy_kmeans_kernel *kernel, gy_matrix x, const gy_kmeans_options *options,
                                bool unit_centers, double shift_limit, const gy_task *task, gy_kmeans *model,
                                int32_t *labels, gy_error *err) {
  gy_kmeans_work work = {0};
  best_start best = {0};
  int32_t *wanted = labels;
  gy_status status = GY_OK;
  size_t k = (size_t)options->n_clusters, d = x.n_columns;
  best.model = (gy_kmeans){.n_clusters = options->n_clusters, .n_columns = d};
  best.model.centers = malloc(k * d * sizeof(float));
  best.model.sizes = calloc(k, sizeof(int64_t));
  if (labels == NULL) labels = malloc(x.n_rows * sizeof(int32_t));
  if (best.model.centers == NULL || best.model.sizes == NULL || labels == NULL) {
    status = gy_fail(err, GY_ENOMEM, "k-means: out of memory for the labels of %zu rows", x.n_rows);
    goto done;
  }
  gy_kmeans_seed_plan plan = gy_kmeans_plan_seed(x.n_rows, d, options, task);
  gy_task left = gy_kmeans_task_beside(task, plan.bytes);
  status = gy_kmeans_work_init(&work, x, k, plan.steps, kernel, &left, err);
  if (status != GY_OK) goto done;
  work.weights = options->weights;
  work.unit_centers = unit_centers;
  best.labels = work.labels;
  work.labels = labels; /* so that the labels of a single start end where they are wanted */
  status = run_starts(&work, options, &plan, shift_limit, &best, err);
  if (status != GY_OK) goto done;
  count_sizes(&best.model, best.labels, x.n_rows);
  if (wanted != NULL && best.labels != wanted) memcpy(wanted, best.labels, x.n_rows * sizeof(int32_t));
  *model = best.model;
  best.model = (gy_kmeans){0};
done:
  gy_kmeans_work_clear(&work);
  gy_kmeans_clear(&best.model);
  if (wanted == NULL) free(labels);
  return status;
}

gy_status gy_kmeans_fit_with(const gy_kmeans_kernel *kernel, gy_matrix x, const gy_kmeans_options *options,
                             bool unit_centers, const gy_task *task, gy_kmeans *model, int32_t *labels,
                             gy_error *err) {
  double limit;
  gy_status status = gy_kmeans_check_options(x, options, err);
  if (status == GY_OK) status = check_memory(x, options, task, err);
  if (status == GY_OK) status = check_values(x, options, task, err);
  if (status == GY_OK) status = gy_kmeans_shift_limit(x, options->tolerance, task, &limit, err);
  if (status != GY_OK) return status;
  return gy_kmeans_fit_checked(kernel, x, options, unit_centers, limit, task, model, labels, err);
}

gy_status gy_kmeans_fit(gy_matrix x, const gy_kmeans_options *options, const gy_task *task, gy_kmeans *model,
                        int32_t *labels, gy_error *err) {
  size_t count;
  return gy_kmeans_fit_with(gy_kmeans_kernels(&count)[0], x, options, false, task, model, labels, err);
}

gy_status gy_kmeans_predict(const gy_kmeans *model, gy_matrix x, const gy_task *task, int32_t *labels,
                            float *distances, gy_error *err) {
  size_t count;
  gy_kmeans_work work = {0};
  if (x.n_columns != model->n_columns)
    return gy_fail(err, GY_EDATA, "k-means: the rows have %zu columns, the model was fitted on %zu",
                   x.n_columns, model->n_columns);
  if (x.n_rows == 0) return GY_OK;
  gy_status status = gy_matrix_check(x, GY_KMEANS_VALUE_LIMIT, task, err);
  if (status != GY_OK) return status;
  status = gy_kmeans_work_init(&work, x, (size_t)model->n_clusters, GY_KMEANS_LABEL,
                               gy_kmeans_kernels(&count)[0], task, err);
  if (status != GY_OK) return status;
  memcpy(work.centers, model->centers, work.k * x.n_columns * sizeof(float));
  gy_kmeans_pack(&work);
  memset(work.labels, -1, x.n_rows * sizeof *work.labels);
  status = gy_kmeans_label(&work, distances, NULL, err);
  if (status == GY_OK) memcpy(labels, work.labels, x.n_rows * sizeof *labels);
  gy_kmeans_work_clear(&work);
  return status;
}

void gy_kmeans_clear(gy_kmeans *model) {
  if (model == NULL) return;
  free(model->centers);
  free(model->sizes);
  *model = (gy_kmeans){0};
}

void gy_kmeans_order_by_size(const gy_kmeans *model, int32_t *order) {
  for (int32_t c = 0; c < model->n_clusters; c++) {
    int32_t place = c;
    while (place > 0 && model->sizes[order[place - 1]] < model->sizes[c]) {
      order[place] = order[place - 1];
      place--;
    }
    order[place] = c;
  }
}

gy_status gy_kmeans_reorder(gy_kmeans *model, const int32_t *order, int32_t *labels, size_t n,
                            gy_error *err) {
  size_t k = (size_t)model->n_clusters, d = model->n_columns;
  gy_status status = GY_OK;
  int32_t *number = malloc(k * sizeof *number); /* old -> new */
  float *centers = malloc(k * d * sizeof *centers);
  int64_t *sizes = malloc(k * sizeof *sizes);
  if (number == NULL || centers == NULL || sizes == NULL) {
    status = gy_fail(err, GY_ENOMEM, "k-means: out of memory while renumbering %zu clusters", k);
    goto done;
  }
  memset(number, -1, k * sizeof *number);
  for (size_t c = 0; c < k; c++) {
    if (order[c] < 0 || (size_t)order[c] >= k || number[order[c]] >= 0) {
      status = gy_fail(err, GY_EUSAGE, "k-means: the new order names cluster %d wrongly or twice", order[c]);
      goto done;
    }
    number[order[c]] = (int32_t)c;
    sizes[c] = model->sizes[order[c]];
    memcpy(centers + c * d, model->centers + (size_t)order[c] * d, d * sizeof *centers);
  }
  for (size_t i = 0; labels != NULL && i < n; i++) labels[i] = number[labels[i]];
  memcpy(model->centers, centers, k * d * sizeof *centers);
  memcpy(model->sizes, sizes, k * sizeof *sizes);
done:
  free(sizes);
  free(centers);
  free(number);
  return status;
}

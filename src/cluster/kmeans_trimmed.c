/* SPDX-License-Identifier: Apache-2.0
 *
 * Trimmed k-means by concentration steps (Garcia-Escudero et al. 2008): give every row to its nearest centre,
 * keep the n - floor(f n) rows that are nearest to theirs, move the centres to the means of the rows kept.
 * Each step lowers the inertia of the rows kept or leaves it, so that the steps end. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/kmeans_variants.h>

#include "base/rng.h"
#include "cluster/kmeans_work.h"
#include "num/moments.h"
#include "num/quantile.h"
#include "num/row_weights.h"
#include "num/sample.h"

gy_trimmed_options gy_trimmed_defaults(int32_t n_clusters, double trim_fraction) {
  gy_trimmed_options options = {gy_kmeans_defaults(n_clusters), trim_fraction};
  options.kmeans.n_starts = 20;
  return options;
}

typedef struct {
  gy_kmeans_work work;
  size_t n_kept;
  double *order;  /* n: distances, to be put in order */
  int32_t *best;  /* n: labels of the best start, -1 trimmed */
  size_t *rows;   /* k: a random start */
  double radius2; /* of the rows kept last */
  double inertia;
} trimming;

/* Marks all but the n_kept rows of the least distance with label -1; of equals the first are kept. */
static void trim(trimming *t) {
  gy_kmeans_work *work = &t->work;
  size_t n = work->x.n_rows, n_below = 0;
  for (size_t i = 0; i < n; i++) t->order[i] = (double)work->nearest[i];
  t->radius2 = gy_select(t->order, n, t->n_kept - 1);
  for (size_t i = 0; i < n; i++) n_below += (double)work->nearest[i] < t->radius2;
  size_t n_equal = t->n_kept - n_below;
  for (size_t i = 0; i < n; i++) {
    double distance = (double)work->nearest[i];
    bool keep = distance < t->radius2 || (distance <= t->radius2 && n_equal > 0);
    if (keep && !(distance < t->radius2)) n_equal--;
    if (!keep) work->labels[i] = -1;
  }
}

/* Sums of the rows kept, row by row; and their inertia. */
static void add_up(trimming *t) {
  gy_kmeans_work *work = &t->work;
  size_t d = work->x.n_columns;
  memset(work->totals.sums, 0, work->k * d * sizeof(double));
  memset(work->totals.weights, 0, work->k * sizeof(double));
  memset(work->totals.counts, 0, work->k * sizeof(int64_t));
  t->inertia = 0;
  for (size_t i = 0; i < work->x.n_rows; i++) {
    if (work->labels[i] < 0) continue;
    size_t c = (size_t)work->labels[i];
    double weight = work->weights == NULL ? 1.0 : (double)work->weights[i];
    const float *row = gy_matrix_row(work->x, i);
    for (size_t j = 0; j < d; j++) work->totals.sums[c * d + j] += weight * (double)row[j];
    work->totals.weights[c] += weight;
    work->totals.counts[c] += weight > 0;
    t->inertia += weight * (double)work->nearest[i];
  }
}

/* Moves the centres to the means; a cluster that lost its rows takes the row kept that is farthest from its
 * centre. Returns the summed squared shift. */
static double move_centers(trimming *t) {
  gy_kmeans_work *work = &t->work;
  size_t d = work->x.n_columns;
  double shift = 0;
  for (size_t c = 0; c < work->k; c++) {
    float *center = work->centers + c * d;
    size_t farthest = work->x.n_rows;
    for (size_t i = 0; work->totals.counts[c] == 0 && i < work->x.n_rows; i++)
      if (work->labels[i] >= 0 && work->nearest[i] > 0 &&
          (farthest == work->x.n_rows || work->nearest[i] > work->nearest[farthest]))
        farthest = i;
    if (farthest < work->x.n_rows) work->nearest[farthest] = 0;
    for (size_t j = 0; j < d; j++) {
      double before = (double)center[j];
      if (work->totals.counts[c] > 0)
        center[j] = (float)(work->totals.sums[c * d + j] / work->totals.weights[c]);
      else if (farthest < work->x.n_rows)
        center[j] = gy_matrix_row(work->x, farthest)[j];
      shift += ((double)center[j] - before) * ((double)center[j] - before);
    }
  }
  return shift;
}

/* One pass: labels, distances, what is kept, its sums. */
static gy_status concentrate(trimming *t, gy_error *err) {
  gy_kmeans_work *work = &t->work;
  gy_kmeans_pack(work);
  memset(work->labels, -1, work->x.n_rows * sizeof *work->labels);
  gy_status status = gy_kmeans_label(work, work->nearest, NULL, err);
  if (status != GY_OK) return status;
  trim(t);
  add_up(t);
  return GY_OK;
}

static gy_status run_start(trimming *t, const gy_kmeans_options *options, double limit,
                           gy_lloyd_result *result, gy_error *err) {
  gy_lloyd_result found = {0};
  while (!found.converged && found.iterations < options->max_iterations) {
    gy_status status = concentrate(t, err);
    if (status != GY_OK) return status;
    found.iterations++;
    found.converged = move_centers(t) <= limit;
  }
  gy_status status = concentrate(t, err);
  found.inertia = t->inertia;
  *result = found;
  return status;
}

static gy_status begin(trimming *t, const gy_kmeans_options *options, int32_t start, gy_error *err) {
  gy_kmeans_work *work = &t->work;
  size_t d = work->x.n_columns;
  if (options->initial_centers != NULL) {
    memcpy(work->centers, options->initial_centers, work->k * d * sizeof(float));
    return GY_OK;
  }
  if (start % 2 == 0) return gy_kmeans_seed(work, options->seed, (uint64_t)start, err);
  gy_rng rng;
  gy_rng_init(&rng, options->seed, (uint64_t)start);
  gy_sample_rows(&rng, work->x.n_rows, work->k, t->rows);
  for (size_t c = 0; c < work->k; c++)
    memcpy(work->centers + c * d, gy_matrix_row(work->x, t->rows[c]), d * sizeof(float));
  return GY_OK;
}

static size_t bytes_beside_work(size_t n, size_t k) {
  return n > SIZE_MAX / 64 ? SIZE_MAX / 2 : n * sizeof(double) + k * sizeof(size_t);
}

size_t gy_trimmed_memory(size_t n, size_t d, const gy_trimmed_options *options, const gy_task *task) {
  size_t k = (size_t)options->kmeans.n_clusters, beside = bytes_beside_work(n, k);
  gy_task left = gy_kmeans_task_beside(task, beside);
  size_t work = gy_kmeans_work_bytes(n, d, k, GY_KMEANS_SEED, &left);
  return work > SIZE_MAX - beside ? SIZE_MAX : work + beside;
}

static gy_status check(gy_matrix x, const gy_trimmed_options *options, const gy_task *task, gy_error *err) {
  double total;
  gy_status status = gy_kmeans_check_options(x, &options->kmeans, err);
  if (status != GY_OK) return status;
  if (!(options->trim_fraction >= 0 && options->trim_fraction < 1))
    return gy_fail(err, GY_EUSAGE,
                   "trimmed k-means: the fraction to trim is %g; it must be from 0 to below 1",
                   options->trim_fraction);
  size_t kept = x.n_rows - (size_t)(options->trim_fraction * (double)x.n_rows);
  if (kept < (size_t)options->kmeans.n_clusters)
    return gy_fail(err, GY_EDATA, "trimmed k-means: %zu rows remain, too few for %d clusters", kept,
                   options->kmeans.n_clusters);
  size_t need = gy_trimmed_memory(x.n_rows, x.n_columns, options, task);
  if (need > gy_task_memory(task))
    return gy_fail(err, GY_ELIMIT,
                   "trimmed k-means: %zu bytes are needed for %zu rows, and the budget is %zu", need,
                   x.n_rows, gy_task_memory(task));
  status = gy_matrix_check(x, GY_KMEANS_VALUE_LIMIT, task, err);
  if (status == GY_OK && options->kmeans.initial_centers != NULL) {
    gy_matrix given = {options->kmeans.initial_centers, (size_t)options->kmeans.n_clusters, x.n_columns};
    status = gy_matrix_check(given, GY_KMEANS_VALUE_LIMIT, task, err);
    if (status != GY_OK) gy_error_prefix(err, "initial centres");
  }
  if (status == GY_OK) status = gy_row_weights_check(options->kmeans.weights, x.n_rows, &total, err);
  if (status != GY_OK) gy_error_prefix(err, "trimmed k-means");
  return status;
}

/* Keeps a start that is better than those before. */
static void keep(trimming *t, gy_trimmed *best, const gy_lloyd_result *result, int32_t start) {
  gy_kmeans_work *work = &t->work;
  best->radius = sqrt(t->radius2);
  best->kmeans.inertia = result->inertia;
  best->kmeans.iterations = result->iterations;
  best->kmeans.converged = result->converged;
  best->kmeans.start = start;
  memcpy(best->kmeans.centers, work->centers, work->k * work->x.n_columns * sizeof(float));
  memcpy(t->best, work->labels, work->x.n_rows * sizeof *t->best);
}

static gy_status run_starts(trimming *t, const gy_kmeans_options *options, double limit, gy_trimmed *best,
                            gy_error *err) {
  int32_t n_starts = options->initial_centers == NULL ? options->n_starts : 1;
  for (int32_t start = 0; start < n_starts; start++) {
    gy_lloyd_result result;
    gy_status status = begin(t, options, start, err);
    if (status == GY_OK) status = run_start(t, options, limit, &result, err);
    if (status != GY_OK) return status;
    if (start == 0 || result.inertia < best->kmeans.inertia) keep(t, best, &result, start);
    gy_task_progress(t->work.task, "trimmed k-means", (uint64_t)start + 1, (uint64_t)n_starts, "starts");
  }
  return GY_OK;
}

gy_status gy_trimmed_fit(gy_matrix x, const gy_trimmed_options *options, const gy_task *task,
                         gy_trimmed *model, int32_t *labels, gy_error *err) {
  size_t count, d = x.n_columns, n = x.n_rows;
  double limit;
  trimming t = {0};
  gy_status status = check(x, options, task, err);
  if (status == GY_OK) status = gy_kmeans_shift_limit(x, options->kmeans.tolerance, task, &limit, err);
  if (status != GY_OK) return status;
  size_t k = (size_t)options->kmeans.n_clusters;
  gy_trimmed best = {.kmeans = {.n_clusters = (int32_t)k, .n_columns = d}};
  gy_task left = gy_kmeans_task_beside(task, bytes_beside_work(n, k));
  best.n_trimmed = (size_t)(options->trim_fraction * (double)n);
  best.kmeans.centers = malloc(k * d * sizeof(float));
  best.kmeans.sizes = calloc(k, sizeof(int64_t));
  t.n_kept = n - best.n_trimmed;
  t.order = malloc(n * sizeof *t.order);
  t.best = malloc(n * sizeof *t.best);
  t.rows = malloc(k * sizeof *t.rows);
  if (best.kmeans.centers == NULL || best.kmeans.sizes == NULL || t.order == NULL || t.best == NULL ||
      t.rows == NULL) {
    status = gy_fail(err, GY_ENOMEM, "trimmed k-means: out of memory for %zu rows", n);
    goto done;
  }
  status = gy_kmeans_work_init(&t.work, x, k, GY_KMEANS_SEED, gy_kmeans_kernels(&count)[0], &left, err);
  if (status != GY_OK) goto done;
  t.work.weights = options->kmeans.weights;
  status = run_starts(&t, &options->kmeans, limit, &best, err);
  if (status != GY_OK) goto done;
  for (size_t i = 0; i < n; i++)
    if (t.best[i] >= 0) best.kmeans.sizes[t.best[i]]++;
  for (size_t c = 0; c < k; c++) best.kmeans.n_empty += best.kmeans.sizes[c] == 0;
  if (labels != NULL) memcpy(labels, t.best, n * sizeof *labels);
  *model = best;
  best = (gy_trimmed){0};
done:
  gy_kmeans_work_clear(&t.work);
  gy_trimmed_clear(&best);
  free(t.rows);
  free(t.best);
  free(t.order);
  return status;
}

gy_status gy_trimmed_predict(const gy_trimmed *model, gy_matrix x, const gy_task *task, int32_t *labels,
                             gy_error *err) {
  float *distances = malloc((x.n_rows + 1) * sizeof *distances);
  if (distances == NULL)
    return gy_fail(err, GY_ENOMEM, "trimmed k-means: out of memory for %zu rows", x.n_rows);
  gy_status status = gy_kmeans_predict(&model->kmeans, x, task, labels, distances, err);
  for (size_t i = 0; status == GY_OK && i < x.n_rows; i++)
    if (sqrt((double)distances[i]) > model->radius) labels[i] = -1;
  free(distances);
  return status;
}

void gy_trimmed_clear(gy_trimmed *model) {
  if (model == NULL) return;
  gy_kmeans_clear(&model->kmeans);
  *model = (gy_trimmed){0};
}

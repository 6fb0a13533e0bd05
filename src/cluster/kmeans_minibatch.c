/* SPDX-License-Identifier: Apache-2.0
 *
 * Mini-batch k-means (Sculley 2010). Each batch gives its random rows to their nearest centres, then each row
 * pulls its centre towards itself by 1 / (rows the centre has had). Batches stop when their inertia, smoothed
 * over about two passes' worth of rows, has not improved for ten batches (the rule of scikit-learn).
 *
 * Both ways begin with a fit of a sample, which costs little and is most of the answer. Then, in memory, a
 * few fused passes over everything cost less than the random reads of the batches and end lower: they are the
 * rule, the batches are for budgets that hold no labels and sums of all rows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/kmeans_variants.h>

#include "base/layout.h"
#include "base/rng.h"
#include "cluster/kmeans_work.h"
#include "num/moments.h"
#include "num/sample.h"

enum { SAMPLE_MIN = 65536, SAMPLE_A_CLUSTER = 256, LABEL_ROWS = 65536, PATIENCE = 10 };

gy_minibatch_options gy_minibatch_defaults(int32_t n_clusters) {
  gy_minibatch_options options = {
      .kmeans = gy_kmeans_defaults(n_clusters), .batch_rows = 1024, .max_batches = 1000};
  options.kmeans.n_starts = 3;
  return options;
}

static size_t sample_rows(size_t n, size_t k) {
  size_t m = k * SAMPLE_A_CLUSTER < SAMPLE_MIN ? SAMPLE_MIN : k * SAMPLE_A_CLUSTER;
  return m < n ? m : n;
}

static size_t add_up(size_t a, size_t b) { return a > SIZE_MAX - b ? SIZE_MAX : a + b; }

static size_t rows_bytes(size_t rows, size_t d) {
  size_t bytes;
  return __builtin_mul_overflow(rows, d * sizeof(float), &bytes) ? SIZE_MAX : bytes;
}

/* The fit of the sample, and the batches after it; neither depends on n. */
static size_t batch_memory(size_t n, size_t d, const gy_minibatch_options *options, const gy_task *task) {
  size_t k = (size_t)options->kmeans.n_clusters, m = sample_rows(n, k);
  gy_kmeans_options seeding = options->kmeans;
  gy_task within = gy_kmeans_task_within(task);
  seeding.seeding = GY_KMEANS_SEEDING_GREEDY;
  size_t sample = add_up(rows_bytes(m, d + 2), gy_kmeans_memory(m, d, &seeding, &within));
  size_t batch = add_up(rows_bytes(options->batch_rows, d + 1),
                        gy_kmeans_work_bytes(options->batch_rows, d, k, GY_KMEANS_LABEL, &within));
  size_t label = add_up(LABEL_ROWS * (sizeof(float) + sizeof(int32_t)),
                        gy_kmeans_work_bytes(LABEL_ROWS, d, k, GY_KMEANS_LABEL, &within));
  size_t most = sample > batch ? sample : batch;
  return add_up(most > label ? most : label, rows_bytes(k, 4 * d));
}

static bool takes_all(size_t n, size_t d, const gy_minibatch_options *options, const gy_task *task) {
  gy_kmeans_options full = options->kmeans;
  static const float any = 0;
  full.initial_centers = &any;
  return !options->batches_only && gy_kmeans_memory(n, d, &full, task) <= gy_task_memory(task);
}

size_t gy_minibatch_memory(size_t n, size_t d, const gy_minibatch_options *options, const gy_task *task) {
  size_t bytes = batch_memory(n, d, options, task), all;
  if (!takes_all(n, d, options, task)) return bytes;
  gy_kmeans_options full = options->kmeans;
  static const float any = 0;
  full.initial_centers = &any;
  all = gy_kmeans_memory(n, d, &full, task);
  return all > bytes ? all : bytes;
}

static gy_status check(gy_matrix x, const gy_minibatch_options *options, const gy_task *task, gy_error *err) {
  gy_status status = gy_kmeans_check_options(x, &options->kmeans, err);
  if (status != GY_OK) return status;
  if (options->kmeans.weights != NULL)
    return gy_fail(err, GY_EUSAGE, "mini-batch k-means: rows cannot have weights here; use k-means");
  if (options->batch_rows < 1 || options->max_batches < 1)
    return gy_fail(err, GY_EUSAGE,
                   "mini-batch k-means: batch_rows (%zu) and max_batches (%d) must be 1 or more",
                   options->batch_rows, options->max_batches);
  size_t need = batch_memory(x.n_rows, x.n_columns, options, task);
  if (need > gy_task_memory(task))
    return gy_fail(err, GY_ELIMIT, "mini-batch k-means: %zu bytes are needed, and the budget is %zu", need,
                   gy_task_memory(task));
  status = gy_matrix_check(x, GY_KMEANS_VALUE_LIMIT, task, err);
  if (status != GY_OK) gy_error_prefix(err, "mini-batch k-means");
  return status;
}

/* k-means of a random sample: where both ways begin. `shift_limit`: when an iteration over all rows may stop,
 * by the variance of the sample. */
static gy_status fit_sample(gy_matrix x, const gy_kmeans_options *options, const gy_task *task,
                            gy_kmeans *model, double *shift_limit, gy_error *err) {
  size_t d = x.n_columns, m = sample_rows(x.n_rows, (size_t)options->n_clusters);
  gy_kmeans_options on_sample = *options;
  gy_task within = gy_kmeans_task_within(task);
  gy_rng rng;
  gy_rng_init(&rng, options->seed, 0);
  size_t *rows = malloc(m * sizeof *rows);
  float *values = malloc(m * d * sizeof *values);
  gy_status status = GY_OK;
  if (rows == NULL || values == NULL) {
    status = gy_fail(err, GY_ENOMEM, "mini-batch k-means: out of memory for a sample of %zu rows", m);
    goto done;
  }
  gy_sample_rows(&rng, x.n_rows, m, rows);
  for (size_t i = 0; i < m; i++) memcpy(values + i * d, gy_matrix_row(x, rows[i]), d * sizeof *values);
  on_sample.seeding = GY_KMEANS_SEEDING_GREEDY;
  status = gy_kmeans_shift_limit((gy_matrix){values, m, d}, options->tolerance, &within, shift_limit, err);
  if (status == GY_OK)
    status = gy_kmeans_fit((gy_matrix){values, m, d}, &on_sample, &within, model, NULL, err);
done:
  free(values);
  free(rows);
  return status;
}

typedef struct {
  gy_kmeans_work work; /* over the batch */
  gy_rng rng;
  gy_matrix x;
  float *values; /* the batch */
  float *distances;
  double *centers; /* k x d */
  double *had;     /* k: rows that each centre has had */
} batches;

/* One batch; returns its mean squared distance through `mean`. */
static gy_status run_batch(batches *b, double *mean, gy_error *err) {
  gy_kmeans_work *work = &b->work;
  size_t d = b->x.n_columns, m = work->x.n_rows;
  for (size_t i = 0; i < m; i++) {
    size_t row = (size_t)gy_rng_below(&b->rng, b->x.n_rows);
    memcpy(b->values + i * d, gy_matrix_row(b->x, row), d * sizeof *b->values);
  }
  gy_kmeans_pack(work);
  memset(work->labels, -1, m * sizeof *work->labels);
  gy_status status = gy_kmeans_label(work, b->distances, NULL, err);
  if (status != GY_OK) return status;
  double sum = 0;
  for (size_t i = 0; i < m; i++) {
    size_t c = (size_t)work->labels[i];
    double *center = b->centers + c * d, step = 1 / ++b->had[c];
    for (size_t j = 0; j < d; j++) center[j] += step * ((double)b->values[i * d + j] - center[j]);
    sum += (double)b->distances[i];
  }
  for (size_t j = 0; j < work->k * d; j++) work->centers[j] = (float)b->centers[j];
  *mean = sum / (double)m;
  return GY_OK;
}

static gy_status run_batches(batches *b, const gy_minibatch_options *options, const gy_task *task,
                             gy_minibatch *model, gy_error *err) {
  double smooth = 0, best = INFINITY;
  double share = 2 * (double)options->batch_rows / ((double)b->x.n_rows + 1);
  if (share > 1) share = 1;
  int32_t no_better = 0, done = 0;
  for (; done < options->max_batches && no_better < PATIENCE; done++) {
    double mean;
    gy_status status = run_batch(b, &mean, err);
    if (status != GY_OK) return status;
    smooth = done == 0 ? mean : smooth + share * (mean - smooth);
    no_better = smooth < best ? 0 : no_better + 1;
    best = fmin(best, smooth);
    gy_task_progress(task, "mini-batch k-means", (uint64_t)done + 1, (uint64_t)options->max_batches,
                     "batches");
  }
  model->n_batches = done;
  model->kmeans.iterations = done;
  model->kmeans.converged = no_better >= PATIENCE;
  return GY_OK;
}

/* Sizes, inertia and labels, a stretch of rows at a time. */
static gy_status label_all(gy_matrix x, const gy_task *task, gy_kmeans *model, int32_t *labels,
                           gy_error *err) {
  gy_status status = GY_OK;
  float *distances = malloc(LABEL_ROWS * sizeof *distances);
  int32_t *own = malloc(LABEL_ROWS * sizeof *own);
  if (distances == NULL || own == NULL) status = gy_fail(err, GY_ENOMEM, "mini-batch k-means: out of memory");
  model->inertia = 0;
  memset(model->sizes, 0, (size_t)model->n_clusters * sizeof *model->sizes);
  for (size_t first = 0; status == GY_OK && first < x.n_rows; first += LABEL_ROWS) {
    size_t m = x.n_rows - first < LABEL_ROWS ? x.n_rows - first : LABEL_ROWS;
    status = gy_kmeans_predict(model, (gy_matrix){gy_matrix_row(x, first), m, x.n_columns}, task, own,
                               distances, err);
    for (size_t i = 0; status == GY_OK && i < m; i++) {
      model->inertia += (double)distances[i];
      model->sizes[own[i]]++;
    }
    if (status == GY_OK && labels != NULL) memcpy(labels + first, own, m * sizeof *own);
  }
  model->n_empty = 0;
  for (int32_t c = 0; c < model->n_clusters; c++) model->n_empty += model->sizes[c] == 0;
  free(own);
  free(distances);
  return status;
}

static gy_status fit_batches(gy_matrix x, const gy_minibatch_options *options, const gy_task *task,
                             gy_minibatch *model, int32_t *labels, gy_error *err) {
  size_t count, d = x.n_columns, k = (size_t)model->kmeans.n_clusters, m = options->batch_rows;
  gy_task within = gy_kmeans_task_within(task);
  batches b = {.x = x};
  gy_status status = GY_OK;
  gy_rng_init(&b.rng, options->kmeans.seed, 1);
  b.values = malloc(m * d * sizeof *b.values);
  b.distances = malloc(m * sizeof *b.distances);
  b.centers = malloc(k * d * sizeof *b.centers);
  b.had = malloc(k * sizeof *b.had);
  if (b.values == NULL || b.distances == NULL || b.centers == NULL || b.had == NULL) {
    status = gy_fail(err, GY_ENOMEM, "mini-batch k-means: out of memory for a batch of %zu rows", m);
    goto done;
  }
  status = gy_kmeans_work_init(&b.work, (gy_matrix){b.values, m, d}, k, GY_KMEANS_LABEL,
                               gy_kmeans_kernels(&count)[0], &within, err);
  if (status != GY_OK) goto done;
  memcpy(b.work.centers, model->kmeans.centers, k * d * sizeof(float));
  for (size_t j = 0; j < k * d; j++) b.centers[j] = (double)b.work.centers[j];
  /* The sample counts as rows that a centre has had: batches refine it rather than begin again. */
  for (size_t c = 0; c < k; c++) b.had[c] = (double)model->kmeans.sizes[c];
  status = run_batches(&b, options, task, model, err);
  if (status != GY_OK) goto done;
  memcpy(model->kmeans.centers, b.work.centers, k * d * sizeof(float));
  status = label_all(x, &within, &model->kmeans, labels, err);
done:
  gy_kmeans_work_clear(&b.work);
  free(b.had);
  free(b.centers);
  free(b.distances);
  free(b.values);
  return status;
}

gy_status gy_minibatch_fit(gy_matrix x, const gy_minibatch_options *options, const gy_task *task,
                           gy_minibatch *model, int32_t *labels, gy_error *err) {
  gy_minibatch found = {0};
  gy_kmeans full;
  double shift_limit;
  gy_status status = check(x, options, task, err);
  if (status == GY_OK) status = fit_sample(x, &options->kmeans, task, &found.kmeans, &shift_limit, err);
  if (status != GY_OK) return status;
  if (takes_all(x.n_rows, x.n_columns, options, task)) {
    gy_kmeans_options lloyd = options->kmeans;
    lloyd.initial_centers = found.kmeans.centers;
    size_t count;
    status = gy_kmeans_fit_checked(gy_kmeans_kernels(&count)[0], x, &lloyd, false, shift_limit, task, &full,
                                   labels, err);
    gy_kmeans_clear(&found.kmeans);
    if (status == GY_OK) *model = (gy_minibatch){.kmeans = full, .full_lloyd = true};
    return status;
  }
  status = fit_batches(x, options, task, &found, labels, err);
  if (status == GY_OK)
    *model = found;
  else
    gy_kmeans_clear(&found.kmeans);
  return status;
}

void gy_minibatch_clear(gy_minibatch *model) {
  if (model == NULL) return;
  gy_kmeans_clear(&model->kmeans);
  *model = (gy_minibatch){0};
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Fitting and applying Gaussian mixtures: checks, several starts, the most likely of them. The algorithm
 * itself is in mixture_em.c, its inner loops in mixture_kernel.c, covariances to factors in mixture_factor.c.
 */
#include <gyeol/mixture.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/kmeans.h>

#include "base/rng.h"
#include "cluster/cluster_means.h"
#include "cluster/mixture_work.h"
#include "num/moments.h"
#include "num/row_weights.h"

gy_mixture_options gy_mixture_defaults(int32_t n_clusters) {
  return (gy_mixture_options){.n_clusters = n_clusters,
                              .n_starts = 10,
                              .max_iterations = 100,
                              .tolerance = 1e-3,
                              .regularization = 1e-6};
}

const char *gy_covariance_name(gy_covariance covariance) {
  static const char *const names[] = {"full", "tied", "diagonal", "spherical"};
  return (unsigned)covariance < GY_COVARIANCE_COUNT ? names[covariance] : "unknown";
}

static gy_status check_options(gy_matrix x, const gy_mixture_options *options, gy_error *err) {
  bool seeded = options->initial_labels == NULL && options->initial == NULL;
  if (options->n_clusters < 1)
    return gy_fail(err, GY_EUSAGE, "mixture: n_clusters is %d; it must be 1 or more", options->n_clusters);
  if ((unsigned)options->covariance >= GY_COVARIANCE_COUNT)
    return gy_fail(err, GY_EUSAGE, "mixture: there is no covariance type %d", (int)options->covariance);
  if (options->max_iterations < 1 || (options->n_starts < 1 && seeded))
    return gy_fail(err, GY_EUSAGE, "mixture: max_iterations (%d) and n_starts (%d) must be 1 or more",
                   options->max_iterations, options->n_starts);
  if (!(options->tolerance >= 0))
    return gy_fail(err, GY_EUSAGE, "mixture: tolerance is %g; it must be 0 or more", options->tolerance);
  if (!(options->regularization >= 0) || isinf(options->regularization))
    return gy_fail(err, GY_EUSAGE, "mixture: regularization is %g; it must be 0 or more",
                   options->regularization);
  if (x.n_columns < 1) return gy_fail(err, GY_EUSAGE, "mixture: there are no columns to cluster on");
  if (x.n_rows < (size_t)options->n_clusters)
    return gy_fail(err, GY_EDATA, "mixture: %zu rows cannot make %d clusters; ask for fewer", x.n_rows,
                   options->n_clusters);
  if (options->initial_labels != NULL && options->initial != NULL)
    return gy_fail(err, GY_EUSAGE, "mixture: start from labels or from a mixture, not from both");
  const gy_mixture *initial = options->initial;
  if (initial != NULL && (initial->n_clusters != options->n_clusters || initial->n_columns != x.n_columns ||
                          initial->covariance != options->covariance))
    return gy_fail(err, GY_EUSAGE,
                   "mixture: the initial mixture has another shape than what is to be fitted");
  return GY_OK;
}

static gy_status check_values(gy_matrix x, const gy_task *task, gy_error *err) {
  gy_status status = gy_matrix_check(x, GY_KMEANS_VALUE_LIMIT, task, err);
  if (status != GY_OK) gy_error_prefix(err, "mixture");
  return status;
}

/* Weights that are probabilities, means and covariances that are finite, variances that are positive. */
static gy_status check_mixture(const gy_mixture *model, gy_error *err) {
  size_t k = (size_t)model->n_clusters, d = model->n_columns;
  size_t count = gy_covariance_count(model->covariance, k);
  size_t length = gy_covariance_length(model->covariance, d);
  double limit = (double)GY_KMEANS_VALUE_LIMIT;
  for (size_t c = 0; c < k; c++)
    if (!(model->weights[c] >= 0 && model->weights[c] <= 1 + 1e-6))
      return gy_fail(err, GY_EDATA, "mixture: the weight of cluster %zu is %g; it must be 0..1", c,
                     model->weights[c]);
  for (size_t i = 0; i < k * d; i++)
    if (!(fabs(model->means[i]) <= limit))
      return gy_fail(err, GY_EDATA, "mixture: the mean of cluster %zu is %g in column %zu", i / d,
                     model->means[i], i % d + 1);
  for (size_t i = 0; i < count * length; i++) {
    double value = model->covariances[i];
    bool on_diagonal = length < d * d || i % length % (d + 1) == 0;
    if (!(fabs(value) <= limit * limit) || (on_diagonal && !(value > 0)))
      return gy_fail(err, GY_EDATA, "mixture: covariance %zu of matrix %zu is %g", i % length, i / length,
                     value);
  }
  return GY_OK;
}

static gy_status check_start(const gy_mixture_options *options, size_t n, double *total_weight,
                             gy_error *err) {
  gy_status status = gy_row_weights_check(options->weights, n, total_weight, err);
  if (status != GY_OK) gy_error_prefix(err, "mixture");
  if (status != GY_OK || options->initial == NULL) return status;
  return check_mixture(options->initial, err);
}

static gy_kmeans_options seeding(const gy_mixture_options *options, int32_t start) {
  gy_rng rng;
  gy_rng_init(&rng, options->seed, (uint64_t)start);
  gy_kmeans_options kmeans = gy_kmeans_defaults(options->n_clusters);
  kmeans.n_starts = 1;
  kmeans.weights = options->weights;
  kmeans.seed = start == 0 ? options->seed : gy_rng_next(&rng);
  return kmeans;
}

static size_t model_bytes(size_t k, size_t d, gy_covariance covariance) {
  size_t numbers = k * (d + 1) + gy_covariance_count(covariance, k) * gy_covariance_length(covariance, d);
  return numbers * sizeof(double) + k * sizeof(int64_t);
}

size_t gy_mixture_memory(size_t n, size_t d, const gy_mixture_options *options, const gy_task *task) {
  size_t k = options->n_clusters < 1 ? 1 : (size_t)options->n_clusters;
  size_t bytes = gy_mixture_work_bytes(n, d, k, options->covariance, GY_MIXTURE_FIT, task);
  if (bytes == SIZE_MAX || n > SIZE_MAX / 64) return SIZE_MAX;
  bytes += model_bytes(k, d, options->covariance);
  if (options->initial != NULL) return bytes;
  size_t means = k * (d * sizeof(double) + sizeof(int64_t));
  if (options->initial_labels != NULL) return bytes + means;
  gy_kmeans_options kmeans = seeding(options, 0);
  size_t seeds = gy_kmeans_memory(n, d, &kmeans, task);
  return seeds > SIZE_MAX - bytes ? SIZE_MAX : bytes + seeds + means + n * sizeof(int32_t);
}

static gy_status check_memory(gy_matrix x, const gy_mixture_options *options, const gy_task *task,
                              gy_error *err) {
  size_t need = gy_mixture_memory(x.n_rows, x.n_columns, options, task);
  if (need <= gy_task_memory(task)) return GY_OK;
  return gy_fail(
      err, GY_ELIMIT,
      "mixture: %zu bytes are needed for %zu rows and %zu columns, and the budget is %zu; diagonal "
      "covariances need less",
      need, x.n_rows, x.n_columns, gy_task_memory(task));
}

static gy_status make_model(gy_mixture *model, const gy_mixture_options *options, size_t d, gy_error *err) {
  size_t k = (size_t)options->n_clusters, n_covariances = gy_covariance_count(options->covariance, k);
  size_t length = gy_covariance_length(options->covariance, d);
  *model = (gy_mixture){.n_clusters = options->n_clusters, .n_columns = d, .covariance = options->covariance};
  model->weights = malloc(k * sizeof(double));
  model->means = malloc(k * d * sizeof(double));
  model->covariances = malloc(n_covariances * length * sizeof(double));
  model->sizes = calloc(k, sizeof(int64_t));
  if (model->weights == NULL || model->means == NULL || model->covariances == NULL || model->sizes == NULL)
    return gy_fail(err, GY_ENOMEM, "mixture: out of memory for %zu clusters of %zu columns", k, d);
  return GY_OK;
}

static gy_status start_from_labels(gy_mixture_work *work, const int32_t *labels, gy_error *err) {
  gy_cluster_means means = {0};
  gy_clustering clustering = {work->x, labels, (int32_t)work->k};
  gy_status status = gy_cluster_means_of(&clustering, &means, err);
  if (status != GY_OK) return status;
  size_t d = work->x.n_columns;
  for (size_t i = 0; i < work->k * d; i++)
    work->state.means[i] = (means.means[i] - (double)work->offset[i % d]) * (double)work->scale[i % d];
  gy_cluster_means_clear(&means);
  return gy_mixture_start_from_labels(work, labels, err);
}

/* Start `start` up to the state that EM goes on from; `labels`: n of scratch for k-means. */
static gy_status begin(gy_mixture_work *work, const gy_mixture_options *options, int32_t start,
                       int32_t *labels, gy_error *err) {
  if (options->initial != NULL) {
    gy_mixture_state_from_model(work, options->initial);
    return GY_OK;
  }
  if (options->initial_labels != NULL) return start_from_labels(work, options->initial_labels, err);
  gy_kmeans_options kmeans = seeding(options, start);
  gy_task quiet = work->task == NULL ? (gy_task){0} : *work->task;
  quiet.progress = NULL;
  gy_kmeans seeds;
  gy_status status = gy_kmeans_fit(work->x, &kmeans, &quiet, &seeds, labels, err);
  if (status != GY_OK) return status;
  gy_kmeans_clear(&seeds);
  return start_from_labels(work, labels, err);
}

/* One start, in single precision if that is enough; once it is not, the others begin in double. */
static gy_status run_start(gy_mixture_work *work, const gy_mixture_kernels *kernels,
                           const gy_mixture_options *options, int32_t start, int32_t *labels,
                           gy_mixture_run *run, gy_error *err) {
  gy_status status = begin(work, options, start, labels, err);
  if (status == GY_OK)
    status = gy_mixture_run_em(work, options->max_iterations, options->tolerance, run, err);
  if (status != GY_OK || !run->wants_double) return status;
  work->kernel = kernels->in_double;
  status = begin(work, options, start, labels, err);
  if (status != GY_OK) return status;
  return gy_mixture_run_em(work, options->max_iterations, options->tolerance, run, err);
}

static gy_status run_starts(gy_mixture_work *work, const gy_mixture_kernels *kernels,
                            const gy_mixture_options *options, int32_t *labels, gy_mixture *best,
                            gy_error *err) {
  bool seeded = options->initial_labels == NULL && options->initial == NULL;
  int32_t n_starts = seeded ? options->n_starts : 1;
  double highest = -INFINITY;
  for (int32_t start = 0; start < n_starts; start++) {
    gy_mixture_run run;
    gy_status status = run_start(work, kernels, options, start, labels, &run, err);
    if (status != GY_OK) return status;
    if (start == 0 || run.mean_log_likelihood > highest) {
      highest = run.mean_log_likelihood;
      gy_mixture_state_to_model(work, best);
      best->iterations = run.iterations;
      best->converged = run.converged;
      best->start = start;
    }
    gy_task_progress(work->task, "mixture", (uint64_t)start + 1, (uint64_t)n_starts, "starts");
  }
  return GY_OK;
}

/* Packs `model` for judging, in the frame that it implies and the precision that it needs. */
static gy_status prepare_to_judge(gy_mixture_work *work, const gy_mixture_kernels *kernels,
                                  const gy_mixture *model, gy_error *err) {
  gy_status status = gy_mixture_frame_of_model(work, model, err);
  if (status != GY_OK) return status;
  gy_mixture_state_from_model(work, model);
  work->kernel = kernels->in_float;
  status = gy_mixture_pack_state(work, err);
  if (status != GY_OK || !gy_mixture_wants_double(work)) return status;
  work->kernel = kernels->in_double;
  return gy_mixture_pack_state(work, err);
}

static double count_parameters(const gy_mixture *model) {
  double k = model->n_clusters, d = (double)model->n_columns;
  double of_covariances[] = {k * d * (d + 1) / 2, d * (d + 1) / 2, k * d, k};
  return k - 1 + k * d + of_covariances[model->covariance];
}

static gy_status finish(gy_mixture_work *work, const gy_mixture_kernels *kernels, double total_weight,
                        gy_mixture *model, const gy_mixture_rows *rows, int32_t *labels, gy_error *err) {
  gy_mixture_rows wanted = rows == NULL ? (gy_mixture_rows){0} : *rows;
  if (wanted.labels == NULL) wanted.labels = labels;
  model->used_double = work->kernel == kernels->in_double;
  gy_mixture_judgement judgement;
  gy_status status = prepare_to_judge(work, kernels, model, err);
  if (status == GY_OK) status = gy_mixture_judge_rows(work, &wanted, &judgement, err);
  if (status != GY_OK) return status;
  for (size_t i = 0; i < work->x.n_rows; i++) model->sizes[wanted.labels[i]]++;
  for (size_t c = 0; c < work->k; c++) model->n_collapsed += work->collapsed[c];
  model->total_weight = total_weight;
  model->log_likelihood = judgement.log_likelihood + total_weight * work->log_scale;
  model->entropy = judgement.entropy;
  model->n_parameters = count_parameters(model);
  model->bic = -2 * model->log_likelihood + model->n_parameters * log(total_weight);
  model->aic = -2 * model->log_likelihood + 2 * model->n_parameters;
  model->icl = model->bic + 2 * model->entropy;
  return GY_OK;
}

static gy_status set_frame_to_data(gy_mixture_work *work, gy_error *err) {
  size_t d = work->x.n_columns;
  double *moments = malloc(2 * d * sizeof *moments);
  if (moments == NULL) return gy_fail(err, GY_ENOMEM, "mixture: out of memory for %zu columns", d);
  gy_status status = gy_column_moments(work->x, work->task, moments, moments + d, err);
  if (status == GY_OK) gy_mixture_set_frame(work, moments, moments + d);
  free(moments);
  return status;
}

gy_status gy_mixture_fit_with(const gy_mixture_kernels *kernels, gy_matrix x,
                              const gy_mixture_options *options, const gy_task *task, gy_mixture *model,
                              const gy_mixture_rows *rows, gy_error *err) {
  gy_mixture_work work = {0};
  gy_mixture best = {0};
  int32_t *labels = NULL;
  double total_weight = 0;
  gy_status status = check_options(x, options, err);
  if (status == GY_OK) status = check_memory(x, options, task, err);
  if (status == GY_OK) status = check_values(x, task, err);
  if (status == GY_OK) status = check_start(options, x.n_rows, &total_weight, err);
  if (status != GY_OK) return status;
  labels = malloc(x.n_rows * sizeof *labels);
  if (labels == NULL) {
    status = gy_fail(err, GY_ENOMEM, "mixture: out of memory for the labels of %zu rows", x.n_rows);
    goto done;
  }
  status = make_model(&best, options, x.n_columns, err);
  if (status == GY_OK)
    status = gy_mixture_work_init(&work, x, (size_t)options->n_clusters, options->covariance, GY_MIXTURE_FIT,
                                  task, err);
  if (status != GY_OK) goto done;
  work.kernel = kernels->in_float;
  work.weights = options->weights;
  work.regularization = options->regularization;
  status = set_frame_to_data(&work, err);
  if (status == GY_OK) status = run_starts(&work, kernels, options, labels, &best, err);
  if (status == GY_OK) status = finish(&work, kernels, total_weight, &best, rows, labels, err);
  if (status != GY_OK) goto done;
  *model = best;
  best = (gy_mixture){0};
done:
  gy_mixture_work_clear(&work);
  gy_mixture_clear(&best);
  free(labels);
  return status;
}

gy_status gy_mixture_fit(gy_matrix x, const gy_mixture_options *options, const gy_task *task,
                         gy_mixture *model, const gy_mixture_rows *rows, gy_error *err) {
  size_t count;
  return gy_mixture_fit_with(gy_mixture_kernel_sets(&count), x, options, task, model, rows, err);
}

gy_status gy_mixture_predict(const gy_mixture *model, gy_matrix x, const gy_task *task,
                             const gy_mixture_rows *rows, gy_error *err) {
  size_t count;
  gy_mixture_work work = {0};
  gy_mixture_judgement judgement;
  if (x.n_columns != model->n_columns)
    return gy_fail(err, GY_EDATA, "mixture: the rows have %zu columns, the model was fitted on %zu",
                   x.n_columns, model->n_columns);
  if (x.n_rows == 0) return GY_OK;
  gy_status status = check_values(x, task, err);
  if (status == GY_OK) status = check_mixture(model, err);
  if (status != GY_OK) return status;
  status = gy_mixture_work_init(&work, x, (size_t)model->n_clusters, model->covariance, GY_MIXTURE_JUDGE,
                                task, err);
  if (status == GY_OK) status = prepare_to_judge(&work, gy_mixture_kernel_sets(&count), model, err);
  if (status == GY_OK) status = gy_mixture_judge_rows(&work, rows, &judgement, err);
  gy_mixture_work_clear(&work);
  return status;
}

void gy_mixture_clear(gy_mixture *model) {
  if (model == NULL) return;
  free(model->weights);
  free(model->means);
  free(model->covariances);
  free(model->sizes);
  *model = (gy_mixture){0};
}

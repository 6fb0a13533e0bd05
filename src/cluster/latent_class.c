/* SPDX-License-Identifier: Apache-2.0
 *
 * Fitting and applying latent class models: checks, several starts, the most likely of them. EM itself is in
 * latent_em.c.
 *
 * A start draws k rows. A class begins half-way between its row and all rows: its row's levels get half of
 * the probability, its row's numbers are its means, and the variances are those of all rows. */
#include <gyeol/latent_class.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "cluster/latent_em.h"
#include "num/row_weights.h"

static const float VALUE_LIMIT = 1e17f;

gy_latent_class_options gy_latent_class_defaults(int32_t n_classes) {
  return (gy_latent_class_options){.n_classes = n_classes,
                                   .n_starts = 10,
                                   .max_iterations = 500,
                                   .tolerance = 1e-7,
                                   .regularization = 1e-6,
                                   .smoothing = 0.01};
}

static gy_status check_options(const gy_indicators *x, const gy_latent_class_options *options,
                               gy_error *err) {
  if (options->n_classes < 1)
    return gy_fail(err, GY_EUSAGE, "latent classes: n_classes is %d; it must be 1 or more",
                   options->n_classes);
  if (options->n_starts < 1 || options->max_iterations < 1)
    return gy_fail(err, GY_EUSAGE, "latent classes: n_starts (%d) and max_iterations (%d) must be 1 or more",
                   options->n_starts, options->max_iterations);
  if (!(options->tolerance >= 0) || !(options->regularization >= 0) || !(options->smoothing >= 0) ||
      isinf(options->regularization) || isinf(options->smoothing))
    return gy_fail(err, GY_EUSAGE,
                   "latent classes: tolerance (%g), regularization (%g) and smoothing (%g) must be 0 or more",
                   options->tolerance, options->regularization, options->smoothing);
  if (x->n_categorical + x->n_numeric == 0)
    return gy_fail(err, GY_EUSAGE, "latent classes: there are no columns");
  if (x->n_rows < (size_t)options->n_classes)
    return gy_fail(err, GY_EDATA, "latent classes: %zu rows cannot make %d classes; ask for fewer", x->n_rows,
                   options->n_classes);
  return GY_OK;
}

static gy_status check_levels(const gy_indicators *x, size_t *n_levels_all, gy_error *err) {
  int64_t sum = 0;
  for (size_t j = 0; j < x->n_categorical; j++) {
    if (x->n_levels[j] < 1)
      return gy_fail(err, GY_EUSAGE, "latent classes: categorical column %zu has %d levels", j + 1,
                     x->n_levels[j]);
    sum += x->n_levels[j];
  }
  if (sum > INT32_MAX) return gy_fail(err, GY_EUSAGE, "latent classes: there are too many levels");
  *n_levels_all = (size_t)sum;
  return GY_OK;
}

/* `first_level` as in the model. */
static gy_status check_data(const gy_indicators *x, const int32_t *first_level, const gy_task *task,
                            gy_error *err) {
  for (size_t i = 0; i < x->n_rows; i++) {
    if (i % 65536 == 0 && gy_task_cancelled(task)) return gy_task_check(task, err);
    for (size_t j = 0; j < x->n_categorical; j++) {
      int32_t code = x->codes[i * x->n_categorical + j], n_levels = first_level[j + 1] - first_level[j];
      if (code < -1 || code >= n_levels)
        return gy_fail(err, GY_EDATA, "latent classes: row %zu, categorical column %zu is %d, outside -1..%d",
                       i + 1, j + 1, code, n_levels - 1);
    }
    for (size_t j = 0; j < x->n_numeric; j++) {
      float value = x->values[i * x->n_numeric + j];
      if (fabsf(value) > VALUE_LIMIT)
        return gy_fail(err, GY_EDATA, "latent classes: row %zu, numeric column %zu is %g, beyond %g", i + 1,
                       j + 1, (double)value, (double)VALUE_LIMIT);
    }
  }
  return GY_OK;
}

static size_t model_bytes(size_t k, size_t n_categorical, size_t n_numeric, size_t n_levels_all) {
  return (n_categorical + 1) * sizeof(int32_t) + k * sizeof(int64_t) +
         k * (1 + n_levels_all + 2 * n_numeric) * sizeof(double);
}

size_t gy_latent_class_memory(const gy_indicators *x, const gy_latent_class_options *options,
                              const gy_task *task) {
  size_t n_levels_all = 0, k = options->n_classes < 1 ? 1 : (size_t)options->n_classes;
  if (x->n_categorical + x->n_numeric == 0 || check_levels(x, &n_levels_all, NULL) != GY_OK) return 0;
  size_t bytes = gy_latent_work_bytes(x, k, n_levels_all, task);
  if (bytes == SIZE_MAX || x->n_rows > SIZE_MAX / 64) return SIZE_MAX;
  return bytes + model_bytes(k, x->n_categorical, x->n_numeric, n_levels_all) + x->n_rows * sizeof(int32_t) +
         (size_t)options->n_starts * sizeof(double);
}

static gy_status make_model(gy_latent_class *m, const gy_indicators *x, int32_t k, size_t n_levels_all,
                            gy_error *err) {
  size_t classes = (size_t)k;
  *m = (gy_latent_class){.n_classes = k, .n_levels_all = n_levels_all};
  m->n_categorical = x->n_categorical;
  m->n_numeric = x->n_numeric;
  m->first_level = calloc(x->n_categorical + 1, sizeof *m->first_level);
  m->weights = calloc(classes, sizeof(double));
  m->probabilities = calloc(classes * n_levels_all + 1, sizeof(double));
  m->means = calloc(classes * x->n_numeric + 1, sizeof(double));
  m->variances = calloc(classes * x->n_numeric + 1, sizeof(double));
  m->sizes = calloc(classes, sizeof *m->sizes);
  if (m->first_level == NULL || m->weights == NULL || m->probabilities == NULL || m->means == NULL ||
      m->variances == NULL || m->sizes == NULL)
    return gy_fail(err, GY_ENOMEM, "latent classes: out of memory for %d classes", k);
  for (size_t j = 0; j < x->n_categorical; j++) m->first_level[j + 1] = m->first_level[j] + x->n_levels[j];
  return GY_OK;
}

/* The model's tables run along levels, the work's along classes. */
static void keep(const gy_latent_work *work, gy_latent_class *m) {
  size_t k = work->k;
  for (size_t c = 0; c < k; c++) {
    m->weights[c] = work->weights[c];
    for (size_t l = 0; l < m->n_levels_all; l++)
      m->probabilities[c * m->n_levels_all + l] = work->probabilities[l * k + c];
    for (size_t j = 0; j < m->n_numeric; j++) {
      m->means[c * m->n_numeric + j] = work->means[j * k + c];
      m->variances[c * m->n_numeric + j] = work->variances[j * k + c];
    }
  }
}

static void take_back(gy_latent_work *work, const gy_latent_class *m) {
  size_t k = work->k;
  for (size_t c = 0; c < k; c++) {
    work->weights[c] = m->weights[c];
    for (size_t l = 0; l < m->n_levels_all; l++)
      work->probabilities[l * k + c] = m->probabilities[c * m->n_levels_all + l];
    for (size_t j = 0; j < m->n_numeric; j++) {
      work->means[j * k + c] = m->means[c * m->n_numeric + j];
      work->variances[j * k + c] = m->variances[c * m->n_numeric + j];
    }
  }
}

/* Class c begins half-way between row `row` and all rows. */
static void begin_at_row(gy_latent_work *work, size_t c, size_t row) {
  const gy_indicators *x = &work->x;
  size_t k = work->k;
  work->weights[c] = 1 / (double)k;
  for (size_t j = 0; j < x->n_categorical; j++) {
    int32_t code = x->codes[row * x->n_categorical + j];
    for (int32_t l = work->first_level[j]; l < work->first_level[j + 1]; l++) {
      double own = l - work->first_level[j] == code;
      double all = work->level_shares[l];
      work->probabilities[(size_t)l * k + c] = code < 0 ? all : (own + all) / 2;
    }
  }
  for (size_t j = 0; j < x->n_numeric; j++) {
    double value = (double)x->values[row * x->n_numeric + j];
    work->means[j * k + c] = isnan(value) ? work->column_means[j] : value;
    work->variances[j * k + c] = work->column_variances[j];
  }
}

static gy_status run_start(gy_latent_work *work, const gy_latent_class_options *options, int32_t start,
                           double total_weight, gy_latent_class *run, gy_error *err) {
  gy_rng rng;
  gy_rng_init(&rng, options->seed, (uint64_t)start);
  for (size_t c = 0; c < work->k; c++) begin_at_row(work, c, gy_rng_below(&rng, work->x.n_rows));
  run->log_likelihood = -INFINITY;
  run->iterations = 0;
  run->converged = false;
  while (!run->converged && run->iterations < options->max_iterations) {
    gy_status status = gy_latent_expect(work, true, NULL, err);
    if (status != GY_OK) return status;
    double before = run->log_likelihood;
    run->log_likelihood = work->totals.log_likelihood;
    run->iterations++;
    run->converged = fabs(run->log_likelihood - before) < options->tolerance * total_weight;
    gy_latent_maximise(work, options->smoothing, options->regularization);
  }
  return GY_OK;
}

static gy_status run_starts(gy_latent_work *work, const gy_latent_class_options *options, double total_weight,
                            double *ends, gy_latent_class *best, gy_error *err) {
  for (int32_t start = 0; start < options->n_starts; start++) {
    gy_latent_class run;
    gy_status status = run_start(work, options, start, total_weight, &run, err);
    if (status != GY_OK) return status;
    ends[start] = run.log_likelihood;
    if (start == 0 || run.log_likelihood > best->log_likelihood) {
      keep(work, best);
      best->log_likelihood = run.log_likelihood;
      best->iterations = run.iterations;
      best->converged = run.converged;
      best->start = start;
    }
    gy_task_progress(work->task, "latent classes", (uint64_t)start + 1, (uint64_t)options->n_starts,
                     "starts");
  }
  for (int32_t start = 0; start < options->n_starts; start++)
    best->n_agreeing += best->log_likelihood - ends[start] <= 1e-4 * total_weight;
  return GY_OK;
}

static gy_status finish(gy_latent_work *work, double total_weight, gy_latent_class *m,
                        const gy_latent_class_rows *rows, int32_t *labels, gy_error *err) {
  gy_latent_class_rows wanted = rows == NULL ? (gy_latent_class_rows){0} : *rows;
  if (wanted.labels == NULL) wanted.labels = labels;
  take_back(work, m);
  gy_status status = gy_latent_expect(work, false, &wanted, err);
  if (status != GY_OK) return status;
  double k = m->n_classes;
  for (size_t i = 0; i < work->x.n_rows; i++) m->sizes[wanted.labels[i]]++;
  m->total_weight = total_weight;
  m->log_likelihood = work->totals.log_likelihood;
  m->entropy = work->totals.entropy;
  m->entropy_r2 = m->n_classes > 1 ? 1 - m->entropy / (total_weight * log(k)) : 1;
  m->n_parameters = k - 1 + k * (double)(m->n_levels_all - m->n_categorical) + 2 * k * (double)m->n_numeric;
  m->bic = -2 * m->log_likelihood + m->n_parameters * log(total_weight);
  m->aic = -2 * m->log_likelihood + 2 * m->n_parameters;
  return GY_OK;
}

static gy_status check_fit(const gy_indicators *x, const gy_latent_class_options *options,
                           const gy_task *task, size_t *n_levels_all, double *total_weight, gy_error *err) {
  gy_status status = check_options(x, options, err);
  if (status == GY_OK) status = check_levels(x, n_levels_all, err);
  if (status != GY_OK) return status;
  size_t need = gy_latent_class_memory(x, options, task);
  if (need > gy_task_memory(task))
    return gy_fail(err, GY_ELIMIT, "latent classes: %zu bytes are needed for %zu rows, and the budget is %zu",
                   need, x->n_rows, gy_task_memory(task));
  status = gy_row_weights_check(options->weights, x->n_rows, total_weight, err);
  if (status != GY_OK) gy_error_prefix(err, "latent classes");
  return status;
}

gy_status gy_latent_class_fit(const gy_indicators *x, const gy_latent_class_options *options,
                              const gy_task *task, gy_latent_class *model, const gy_latent_class_rows *rows,
                              gy_error *err) {
  gy_latent_work work = {0};
  gy_latent_class best = {0};
  int32_t *labels = NULL;
  double *ends = NULL, total_weight = 0;
  size_t n_levels_all = 0;
  gy_status status = check_fit(x, options, task, &n_levels_all, &total_weight, err);
  if (status != GY_OK) return status;
  labels = malloc(x->n_rows * sizeof *labels);
  ends = malloc((size_t)options->n_starts * sizeof *ends);
  if (labels == NULL || ends == NULL) {
    status = gy_fail(err, GY_ENOMEM, "latent classes: out of memory for the labels of %zu rows", x->n_rows);
    goto done;
  }
  status = make_model(&best, x, options->n_classes, n_levels_all, err);
  if (status == GY_OK) status = check_data(x, best.first_level, task, err);
  if (status == GY_OK)
    status = gy_latent_work_init(&work, x, (size_t)options->n_classes, best.first_level, task, err);
  if (status != GY_OK) goto done;
  work.row_weights = options->weights;
  gy_latent_describe_columns(&work, options->regularization);
  status = run_starts(&work, options, total_weight, ends, &best, err);
  if (status == GY_OK) status = finish(&work, total_weight, &best, rows, labels, err);
  if (status != GY_OK) goto done;
  *model = best;
  best = (gy_latent_class){0};
done:
  gy_latent_work_clear(&work);
  gy_latent_class_clear(&best);
  free(labels);
  free(ends);
  return status;
}

gy_status gy_latent_class_predict(const gy_latent_class *model, const gy_indicators *x, const gy_task *task,
                                  const gy_latent_class_rows *rows, gy_error *err) {
  gy_latent_work work = {0};
  if (x->n_categorical != model->n_categorical || x->n_numeric != model->n_numeric)
    return gy_fail(
        err, GY_EDATA,
        "latent classes: the rows have %zu categorical and %zu numeric columns, the model %zu and %zu",
        x->n_categorical, x->n_numeric, model->n_categorical, model->n_numeric);
  if (x->n_rows == 0) return GY_OK;
  gy_status status = check_data(x, model->first_level, task, err);
  if (status != GY_OK) return status;
  status = gy_latent_work_init(&work, x, (size_t)model->n_classes, model->first_level, task, err);
  if (status == GY_OK) {
    take_back(&work, model);
    status = gy_latent_expect(&work, false, rows, err);
  }
  gy_latent_work_clear(&work);
  return status;
}

void gy_latent_class_clear(gy_latent_class *model) {
  if (model == NULL) return;
  free(model->first_level);
  free(model->weights);
  free(model->probabilities);
  free(model->means);
  free(model->variances);
  free(model->sizes);
  *model = (gy_latent_class){0};
}

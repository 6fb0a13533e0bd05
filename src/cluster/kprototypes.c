/* SPDX-License-Identifier: Apache-2.0
 *
 * Fitting and applying k-prototypes: checks, gamma, several starts, the best of them. The steps are in
 * kprototypes_work.c, the beginnings in kprototypes_seed.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/kprototypes_work.h"
#include "num/moments.h"

enum { CODE_LIMIT = 1 << 24 };

#define VALUE_LIMIT 1e17f

gy_kprototypes_options gy_kprototypes_defaults(int32_t n_clusters) {
  return (gy_kprototypes_options){.n_clusters = n_clusters, .n_starts = 5, .max_iterations = 100};
}

static gy_matrix numbers_of(const gy_mixed *x) { return (gy_matrix){x->numbers, x->n_rows, x->n_numbers}; }

static size_t kept_bytes(const gy_mixed *x, size_t k) {
  return k * ((x->n_numbers + x->n_codes) * sizeof(float) + sizeof(int64_t)) + x->n_rows * sizeof(int32_t);
}

size_t gy_kprototypes_memory(const gy_mixed *x, const gy_kprototypes_options *options, const gy_task *task) {
  size_t k = (size_t)options->n_clusters, bytes = gy_kprototypes_work_bytes(x, k, task);
  return bytes > SIZE_MAX - kept_bytes(x, k) ? SIZE_MAX : bytes + kept_bytes(x, k);
}

static gy_status check_values(const gy_mixed *x, const gy_task *task, gy_error *err) {
  gy_status status = x->n_numbers > 0 ? gy_matrix_check(numbers_of(x), VALUE_LIMIT, task, err) : GY_OK;
  if (status != GY_OK) gy_error_prefix(err, "k-prototypes");
  for (size_t i = 0; status == GY_OK && i < x->n_rows * x->n_codes; i++) {
    if (x->codes[i] >= GY_MISSING_CODE && x->codes[i] < CODE_LIMIT) continue;
    status =
        gy_fail(err, GY_EDATA,
                "k-prototypes: row %zu, category %zu has code %d, outside -1..%d; number the levels from 0",
                i / x->n_codes + 1, i % x->n_codes + 1, x->codes[i], CODE_LIMIT - 1);
  }
  return status;
}

static gy_status check_options(const gy_mixed *x, const gy_kprototypes_options *options, gy_error *err) {
  if (options->n_clusters < 1 || options->n_starts < 1 || options->max_iterations < 1)
    return gy_fail(err, GY_EUSAGE,
                   "k-prototypes: n_clusters (%d), n_starts (%d) and max_iterations (%d) must be 1 or more",
                   options->n_clusters, options->n_starts, options->max_iterations);
  if (!(options->gamma >= 0 && options->gamma <= 1e30))
    return gy_fail(err, GY_EUSAGE, "k-prototypes: gamma is %g; it must be 0 (by the rule) or more",
                   options->gamma);
  if (x->n_numbers + x->n_codes < 1)
    return gy_fail(err, GY_EUSAGE, "k-prototypes: there are no columns to cluster on");
  if (x->n_rows < (size_t)options->n_clusters)
    return gy_fail(err, GY_EDATA, "k-prototypes: %zu rows cannot make %d clusters; ask for fewer", x->n_rows,
                   options->n_clusters);
  return GY_OK;
}

static gy_status check_memory(const gy_mixed *x, const gy_kprototypes_options *options, const gy_task *task,
                              gy_error *err) {
  size_t need = gy_kprototypes_memory(x, options, task);
  if (need <= gy_task_memory(task)) return GY_OK;
  return gy_fail(err, GY_ELIMIT, "k-prototypes: %zu bytes are needed for %zu rows, and the budget is %zu",
                 need, x->n_rows, gy_task_memory(task));
}

/* Half the mean standard deviation of the numbers. */
static gy_status gamma_of(const gy_mixed *x, double given, const gy_task *task, double *gamma,
                          gy_error *err) {
  size_t p = x->n_numbers;
  double sum = 0;
  *gamma = given > 0 ? given : 1;
  if (given > 0 || p == 0) return GY_OK;
  double *moments = malloc(2 * p * sizeof *moments);
  if (moments == NULL) return gy_fail(err, GY_ENOMEM, "k-prototypes: out of memory for %zu columns", p);
  gy_status status = gy_column_moments(numbers_of(x), task, moments, moments + p, err);
  for (size_t j = 0; status == GY_OK && j < p; j++) sum += sqrt(moments[p + j]);
  if (sum > 0) *gamma = sum / (double)p / 2;
  free(moments);
  return status;
}

/* From the prototypes that are there until no row moves. The labels are those of the last prototypes. */
static gy_status iterate(gy_kprototypes_work *work, int32_t max_iterations, gy_kprototypes *model,
                         gy_error *err) {
  gy_status status = GY_OK;
  model->converged = false;
  for (model->iterations = 0; model->iterations < max_iterations; model->iterations++) {
    status = gy_kprototypes_assign(work, &model->cost, err);
    if (status != GY_OK) return status;
    model->converged = gy_kprototypes_renew(work) == 0;
    if (model->converged) break;
  }
  return model->converged ? GY_OK : gy_kprototypes_assign(work, &model->cost, err);
}

static void keep(const gy_kprototypes_work *work, const gy_kprototypes *fitted, int32_t start,
                 gy_kprototypes *best, int32_t *labels) {
  const gy_prototypes *p = &work->prototypes;
  best->cost = fitted->cost;
  best->iterations = fitted->iterations;
  best->converged = fitted->converged;
  best->start = start;
  for (size_t c = 0; c < p->k; c++) {
    for (size_t j = 0; j < p->n_numbers; j++)
      best->centers[c * p->n_numbers + j] = p->centers[j * p->k_padded + c];
    for (size_t j = 0; j < p->n_codes; j++) best->modes[c * p->n_codes + j] = p->modes[j * p->k_padded + c];
  }
  memcpy(labels, work->nearest, work->x->n_rows * sizeof *labels);
}

static gy_status run_starts(gy_kprototypes_work *work, const gy_kprototypes_options *options,
                            gy_kprototypes *best, int32_t *labels, gy_error *err) {
  for (int32_t start = 0; start < options->n_starts; start++) {
    gy_kprototypes fitted;
    gy_status status = gy_kprototypes_seed(work, options->seed, (uint64_t)start, err);
    if (status == GY_OK) status = iterate(work, options->max_iterations, &fitted, err);
    if (status != GY_OK) return status;
    if (start == 0 || fitted.cost < best->cost) keep(work, &fitted, start, best, labels);
    gy_task_progress(work->task, "k-prototypes", (uint64_t)start + 1, (uint64_t)options->n_starts, "starts");
  }
  return GY_OK;
}

static gy_status allocate(gy_kprototypes *model, const gy_mixed *x, int32_t **labels, gy_error *err) {
  size_t k = (size_t)model->n_clusters;
  model->n_numbers = x->n_numbers;
  model->n_codes = x->n_codes;
  model->centers = malloc((k * x->n_numbers + 1) * sizeof *model->centers);
  model->modes = malloc((k * x->n_codes + 1) * sizeof *model->modes);
  model->sizes = calloc(k, sizeof *model->sizes);
  *labels = malloc(x->n_rows * sizeof **labels);
  if (model->centers != NULL && model->modes != NULL && model->sizes != NULL && *labels != NULL) return GY_OK;
  return gy_fail(err, GY_ENOMEM, "k-prototypes: out of memory for the labels of %zu rows", x->n_rows);
}

gy_status gy_kprototypes_fit(const gy_mixed *x, const gy_kprototypes_options *options, const gy_task *task,
                             gy_kprototypes *model, int32_t *labels, gy_error *err) {
  gy_kprototypes_work work = {0};
  gy_kprototypes best = {.n_clusters = options->n_clusters};
  int32_t *own_labels = NULL;
  gy_status status = check_options(x, options, err);
  if (status == GY_OK) status = check_values(x, task, err);
  if (status == GY_OK) status = check_memory(x, options, task, err);
  if (status == GY_OK) status = gamma_of(x, options->gamma, task, &best.gamma, err);
  if (status != GY_OK) return status;
  status = allocate(&best, x, &own_labels, err);
  if (status == GY_OK)
    status = gy_kprototypes_work_init(&work, x, (size_t)options->n_clusters, best.gamma, task, err);
  if (status == GY_OK) status = run_starts(&work, options, &best, own_labels, err);
  if (status != GY_OK) goto done;
  for (size_t i = 0; i < x->n_rows; i++) best.sizes[own_labels[i]]++;
  for (int32_t c = 0; c < best.n_clusters; c++) best.n_empty += best.sizes[c] == 0;
  if (labels != NULL) memcpy(labels, own_labels, x->n_rows * sizeof *labels);
  *model = best;
  best = (gy_kprototypes){0};
done:
  gy_kprototypes_work_clear(&work);
  gy_kprototypes_clear(&best);
  free(own_labels);
  return status;
}

gy_status gy_kprototypes_predict(const gy_kprototypes *model, const gy_mixed *x, const gy_task *task,
                                 int32_t *labels, float *distances, gy_error *err) {
  gy_kprototypes_work work;
  double cost;
  if (x->n_numbers != model->n_numbers || x->n_codes != model->n_codes)
    return gy_fail(err, GY_EDATA,
                   "k-prototypes: the rows have %zu numbers and %zu categories, the model %zu and %zu",
                   x->n_numbers, x->n_codes, model->n_numbers, model->n_codes);
  if (x->n_rows == 0) return GY_OK;
  gy_status status = check_values(x, task, err);
  if (status == GY_OK)
    status = gy_kprototypes_work_init(&work, x, (size_t)model->n_clusters, model->gamma, task, err);
  if (status != GY_OK) return status;
  gy_prototypes *p = &work.prototypes;
  for (size_t c = 0; c < p->k; c++) {
    for (size_t j = 0; j < p->n_numbers; j++)
      p->centers[j * p->k_padded + c] = model->centers[c * p->n_numbers + j];
    for (size_t j = 0; j < p->n_codes; j++) p->modes[j * p->k_padded + c] = model->modes[c * p->n_codes + j];
  }
  status = gy_kprototypes_assign(&work, &cost, err);
  if (status == GY_OK) memcpy(labels, work.nearest, x->n_rows * sizeof *labels);
  if (status == GY_OK && distances != NULL) memcpy(distances, work.distances, x->n_rows * sizeof *distances);
  gy_kprototypes_work_clear(&work);
  return status;
}

void gy_kprototypes_clear(gy_kprototypes *model) {
  if (model == NULL) return;
  free(model->centers);
  free(model->modes);
  free(model->sizes);
  *model = (gy_kprototypes){0};
}

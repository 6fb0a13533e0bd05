/* SPDX-License-Identifier: Apache-2.0
 *
 * Fitting principal components: checks, which of two ways, and the exact one. The covariance matrix of d
 * columns costs n d^2 and its eigenvectors about 9 d^3; the randomised way (pca_randomised.c) costs 4 n d m
 * for each of its passes. */
#include <gyeol/pca.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/pca_work.h"

enum { OPTION_MAX = 1 << 20 };

gy_pca_options gy_pca_defaults(int32_t n_components) {
  return (gy_pca_options){.n_components = n_components, .oversampling = 10, .power_iterations = 4};
}

static size_t lesser(size_t a, size_t b) { return a < b ? a : b; }

static size_t components_wanted(size_t n, size_t d, const gy_pca_options *options) {
  return options->n_components == 0 ? lesser(n, d) : (size_t)options->n_components;
}

static size_t directions_tried(size_t n, size_t d, const gy_pca_options *options) {
  return lesser(components_wanted(n, d, options) + (size_t)options->oversampling, lesser(n, d));
}

void gy_pca_exact_layout(gy_pca_exact *work, gy_matrix x, const gy_product_kernel *kernel,
                         const gy_task *task, gy_layout *at) {
  size_t d = x.n_columns;
  gy_covariance_layout(&work->sums, x, kernel, task, at);
  gy_eigen_layout(&work->eigen, d, at);
  work->matrix = gy_layout_take(at, d, d * sizeof *work->matrix);
  work->values = gy_layout_take(at, d, sizeof *work->values);
}

gy_status gy_pca_exact_fit(const gy_pca_exact *work, gy_pca *model, gy_error *err) {
  size_t d = model->n_columns, k = (size_t)model->n_components;
  gy_status status = gy_covariance_compute(&work->sums, model->mean, work->matrix, err);
  if (status != GY_OK) return status;
  for (size_t j = 0; j < d; j++) model->total_variance += fmax(work->matrix[j * d + j], 0);
  status = gy_symmetric_eigen(work->matrix, d, work->values, &work->eigen, err);
  if (status != GY_OK) return status;
  memcpy(model->components, work->matrix, k * d * sizeof *model->components);
  memcpy(model->explained_variance, work->values, k * sizeof *model->explained_variance);
  return GY_OK;
}

static size_t result_size(size_t d, size_t k) { return d + k * d + 2 * k; }

/* One allocation, which `mean` begins. */
static gy_status make_model(gy_matrix x, size_t k, gy_pca *model, gy_error *err) {
  size_t d = x.n_columns;
  *model = (gy_pca){.n_components = (int32_t)k, .n_columns = d, .n_rows = x.n_rows};
  model->mean = calloc(result_size(d, k), sizeof(double));
  if (model->mean == NULL)
    return gy_fail(err, GY_ENOMEM, "PCA: out of memory for %zu components of %zu columns", k, d);
  model->components = model->mean + d;
  model->explained_variance = model->components + k * d;
  model->explained_variance_ratio = model->explained_variance + k;
  return GY_OK;
}

static size_t bytes_of(gy_pca_method method, gy_matrix x, const gy_pca_options *options,
                       const gy_task *task) {
  size_t n = x.n_rows, d = x.n_columns, k = components_wanted(n, d, options);
  gy_layout at = {0};
  gy_layout_take(&at, result_size(1, k), d * sizeof(double));
  if (method == GY_PCA_COVARIANCE) {
    gy_pca_exact exact;
    if (d > GY_EIGEN_MAX) return SIZE_MAX;
    gy_pca_exact_layout(&exact, x, NULL, task, &at);
  } else {
    gy_pca_random random;
    if (directions_tried(n, d, options) > GY_EIGEN_MAX) return SIZE_MAX;
    gy_pca_random_layout(&random, x, directions_tried(n, d, options), NULL, task, &at);
  }
  return gy_layout_bytes(&at);
}

static gy_pca_method choose(gy_matrix x, const gy_pca_options *options, const gy_task *task) {
  if (options->method != GY_PCA_AUTO) return options->method;
  double n = (double)x.n_rows, d = (double)x.n_columns;
  double m = (double)directions_tried(x.n_rows, x.n_columns, options);
  double exact = n * d * d + 9 * d * d * d;
  double random = 4 * (options->power_iterations + 1) * n * d * m;
  gy_pca_method cheaper = 2 * random < exact ? GY_PCA_RANDOMISED : GY_PCA_COVARIANCE;
  gy_pca_method other = cheaper == GY_PCA_COVARIANCE ? GY_PCA_RANDOMISED : GY_PCA_COVARIANCE;
  size_t budget = gy_task_memory(task), need = bytes_of(cheaper, x, options, task);
  bool only_other_fits = (need > budget || need == SIZE_MAX) && bytes_of(other, x, options, task) <= budget;
  return only_other_fits ? other : cheaper;
}

size_t gy_pca_memory(size_t n, size_t d, const gy_pca_options *options, const gy_task *task) {
  gy_matrix x = {.n_rows = n, .n_columns = d};
  return bytes_of(choose(x, options, task), x, options, task);
}

static gy_status check(gy_matrix x, const gy_pca_options *options, gy_error *err) {
  if (options->n_components < 0)
    return gy_fail(err, GY_EUSAGE, "PCA: n_components is %d; it must be 1 or more, or 0 for all",
                   options->n_components);
  if (options->oversampling < 0 || options->oversampling > OPTION_MAX || options->power_iterations < 0 ||
      options->power_iterations > OPTION_MAX)
    return gy_fail(err, GY_EUSAGE, "PCA: oversampling (%d) and power_iterations (%d) must be 0 to %d",
                   options->oversampling, options->power_iterations, OPTION_MAX);
  if ((unsigned)options->method > GY_PCA_RANDOMISED)
    return gy_fail(err, GY_EUSAGE, "PCA: there is no method %d", (int)options->method);
  if (x.n_columns < 1) return gy_fail(err, GY_EUSAGE, "PCA: there are no columns");
  if (x.n_rows < 2)
    return gy_fail(err, GY_EDATA, "PCA: %zu rows have no variance; at least 2 are needed", x.n_rows);
  size_t most = lesser(x.n_rows, x.n_columns);
  if ((size_t)options->n_components > most || most > INT32_MAX)
    return gy_fail(err, GY_EDATA, "PCA: %zu rows of %zu columns have at most %zu components, not %d",
                   x.n_rows, x.n_columns, most, options->n_components);
  return GY_OK;
}

static void finish(gy_pca *model) {
  for (size_t i = 0; i < (size_t)model->n_components; i++) {
    double variance = fmax(model->explained_variance[i], 0);
    model->explained_variance[i] = variance;
    model->explained_variance_ratio[i] = model->total_variance > 0 ? variance / model->total_variance : 0;
  }
}

static gy_status fit_by(const gy_product_kernel *kernel, gy_matrix x, const gy_pca_options *options,
                        const gy_task *task, gy_pca *model, gy_error *err) {
  gy_pca_exact exact;
  gy_pca_random random;
  void *storage = NULL;
  size_t m = directions_tried(x.n_rows, x.n_columns, options);
  for (int pass = 0; pass < 2; pass++) { /* count, then lay out */
    gy_layout at = {.base = storage};
    if (model->method == GY_PCA_COVARIANCE)
      gy_pca_exact_layout(&exact, x, kernel, task, &at);
    else
      gy_pca_random_layout(&random, x, m, kernel, task, &at);
    size_t bytes = gy_layout_bytes(&at);
    if (pass == 0 && bytes != SIZE_MAX) storage = aligned_alloc(GY_LAYOUT_ALIGNMENT, bytes);
    if (storage == NULL)
      return gy_fail(err, GY_ENOMEM, "PCA: out of memory; %zu bytes are needed for %zu rows, %zu columns",
                     bytes, x.n_rows, x.n_columns);
  }
  gy_status status = model->method == GY_PCA_COVARIANCE ? gy_pca_exact_fit(&exact, model, err)
                                                        : gy_pca_random_fit(&random, options, model, err);
  free(storage);
  return status;
}

gy_status gy_pca_fit_with(const gy_product_kernel *kernel, gy_matrix x, const gy_pca_options *options,
                          const gy_task *task, gy_pca *model, gy_error *err) {
  gy_pca fitted = {0};
  gy_status status = check(x, options, err);
  if (status != GY_OK) return status;
  size_t need = gy_pca_memory(x.n_rows, x.n_columns, options, task);
  if (need > gy_task_memory(task) || need == SIZE_MAX)
    return gy_fail(err, GY_ELIMIT, "PCA: %zu bytes are needed for %zu rows of %zu columns, budget %zu", need,
                   x.n_rows, x.n_columns, gy_task_memory(task));
  status = make_model(x, components_wanted(x.n_rows, x.n_columns, options), &fitted, err);
  if (status != GY_OK) return status;
  fitted.method = choose(x, options, task);
  status = fit_by(kernel, x, options, task, &fitted, err);
  if (status != GY_OK) {
    if (status == GY_EDATA) gy_error_prefix(err, "PCA");
    gy_pca_clear(&fitted);
    return status;
  }
  finish(&fitted);
  *model = fitted;
  return GY_OK;
}

gy_status gy_pca_fit(gy_matrix x, const gy_pca_options *options, const gy_task *task, gy_pca *model,
                     gy_error *err) {
  size_t count;
  return gy_pca_fit_with(gy_product_kernels(&count)[0], x, options, task, model, err);
}

void gy_pca_clear(gy_pca *model) {
  if (model == NULL) return;
  free(model->mean);
  *model = (gy_pca){0};
}

void gy_pca_loadings(const gy_pca *model, double *loadings) {
  size_t d = model->n_columns, k = (size_t)model->n_components;
  for (size_t i = 0; i < k; i++) {
    double deviation = sqrt(model->explained_variance[i]);
    for (size_t j = 0; j < d; j++) loadings[j * k + i] = model->components[i * d + j] * deviation;
  }
}

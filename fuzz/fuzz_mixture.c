/* SPDX-License-Identifier: Apache-2.0
 *
 * Gaussian mixtures on any small matrix with any options: a finite model whose rows agree with it, or a
 * sentence. */
#include <math.h>

#include <gyeol/mixture.h>

#include "fuzz_points.h"

static void check_model(const gy_mixture *m, gy_matrix x, const gy_mixture_rows *rows) {
  size_t k = (size_t)m->n_clusters;
  double sum = 0;
  must(isfinite(m->log_likelihood) && isfinite(m->bic) && isfinite(m->icl) && m->entropy >= -1e-3);
  for (size_t c = 0; c < k; c++) sum += m->weights[c];
  must(fabs(sum - 1) < 1e-9);
  for (size_t i = 0; i < k * x.n_columns; i++) must(isfinite(m->means[i]));
  for (size_t i = 0; i < x.n_rows; i++) {
    double whole = 0;
    must(rows->labels[i] >= 0 && rows->labels[i] < m->n_clusters && !isnan(rows->log_density[i]));
    for (size_t c = 0; c < k; c++) whole += (double)rows->responsibilities[i * k + c];
    must(fabs(whole - 1) < 1e-5);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bytes bytes = {data, size};
  gy_mixture_options options = gy_mixture_defaults((int32_t)fuzz_below(&bytes, 8));
  options.covariance = (gy_covariance)fuzz_below(&bytes, GY_COVARIANCE_COUNT + 1);
  options.n_starts = 1 + (int32_t)fuzz_below(&bytes, 2);
  options.max_iterations = (int32_t)fuzz_below(&bytes, 12);
  options.tolerance = fuzz_below(&bytes, 2) ? 1e-3 : 0;
  static const double regularizations[] = {1e-6, 0, 1e-30, 1e6};
  options.regularization = regularizations[fuzz_below(&bytes, 4)];
  float weights[120];
  int32_t labels_in[120];
  bool from_labels = fuzz_below(&bytes, 3) == 0, weighted = fuzz_below(&bytes, 3) == 0;
  for (int i = 0; i < 120; i++) {
    weights[i] = weighted ? (float)fuzz_below(&bytes, 4) : 1;
    labels_in[i] = from_labels ? (int32_t)fuzz_below(&bytes, 8) : 0;
  }
  if (weighted) options.weights = weights;
  if (from_labels) options.initial_labels = labels_in;
  gy_matrix x = fuzz_points(&bytes, 120, 20);
  size_t n = x.n_rows + 1;
  gy_mixture_rows rows = {malloc(n * sizeof(int32_t)), malloc(n * 8 * sizeof(float)),
                          malloc(n * sizeof(float))};
  must(rows.labels != NULL && rows.responsibilities != NULL && rows.log_density != NULL);
  gy_mixture model;
  gy_error err = {0};
  gy_task task = {.n_threads = 1};
  gy_status status = gy_mixture_fit(x, &options, &task, &model, &rows, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  if (status == GY_OK) {
    check_model(&model, x, &rows);
    gy_mixture_clear(&model);
  }
  free(rows.labels);
  free(rows.responsibilities);
  free(rows.log_density);
  free((void *)x.values);
  return 0;
}

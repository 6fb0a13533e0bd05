/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <gyeol/mixture.h>

#include "fits/fit.h"

enum { K = 6 };

/* Equal weights, the first rows as means, unit covariances. */
static void *parameters(gy_matrix x) {
  size_t d = x.n_columns;
  double *numbers = calloc(K + K * d + K * d * d, sizeof *numbers);
  if (numbers == NULL) abort();
  double *means = numbers + K, *covariances = means + K * d;
  for (size_t c = 0; c < K; c++) {
    numbers[c] = 1.0 / K;
    for (size_t j = 0; j < d; j++) {
      means[c * d + j] = (double)x.values[c * d + j];
      covariances[c * d * d + j * (d + 1)] = 1;
    }
  }
  return numbers;
}

static gy_status em_full(gy_matrix x, void *prepared, const gy_task *task, double *quality, gy_error *err) {
  double *numbers = prepared;
  gy_mixture initial = {.n_clusters = K, .n_columns = x.n_columns, .weights = numbers};
  initial.means = numbers + K;
  initial.covariances = initial.means + K * x.n_columns;
  gy_mixture_options options = gy_mixture_defaults(K);
  options.initial = &initial;
  options.max_iterations = 20;
  options.tolerance = 0;
  int32_t *labels = malloc(x.n_rows * sizeof *labels);
  gy_mixture model;
  gy_mixture_rows rows = {.labels = labels};
  gy_status status = gy_mixture_fit(x, &options, task, &model, &rows, err);
  free(labels);
  if (status != GY_OK) return status;
  *quality = model.log_likelihood / (double)x.n_rows;
  gy_mixture_clear(&model);
  return GY_OK;
}

int main(int argc, char **argv) {
  static const fit_case cases[] = {{"em_full", parameters, em_full}};
  return fit_main(argc, argv, cases, sizeof cases / sizeof *cases);
}

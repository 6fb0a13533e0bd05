/* SPDX-License-Identifier: Apache-2.0
 *
 * Latent classes on any small table of codes and numbers: a finite model, or a sentence. */
#include <math.h>

#include <gyeol/latent_class.h>

#include "fuzz_points.h"

static void check_model(const gy_latent_class *m, const int32_t *labels, size_t n) {
  double sum = 0;
  must(isfinite(m->log_likelihood) && isfinite(m->bic) && !isnan(m->entropy_r2));
  for (int32_t c = 0; c < m->n_classes; c++) sum += m->weights[c];
  must(fabs(sum - 1) < 1e-9);
  for (size_t i = 0; i < n; i++) must(labels[i] >= 0 && labels[i] < m->n_classes);
  for (size_t i = 0; i < (size_t)m->n_classes * m->n_levels_all; i++)
    must(m->probabilities[i] >= 0 && m->probabilities[i] <= 1 + 1e-9);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bytes bytes = {data, size};
  gy_latent_class_options options = gy_latent_class_defaults((int32_t)fuzz_below(&bytes, 6));
  options.n_starts = 1 + (int32_t)fuzz_below(&bytes, 2);
  options.max_iterations = (int32_t)fuzz_below(&bytes, 20);
  if (fuzz_below(&bytes, 2)) options.smoothing = 0;
  if (fuzz_below(&bytes, 2)) options.regularization = 0;
  int32_t n_levels[5], codes[60 * 5];
  gy_indicators x = {.n_categorical = fuzz_below(&bytes, 6), .codes = codes, .n_levels = n_levels};
  for (int j = 0; j < 5; j++) n_levels[j] = (int32_t)fuzz_below(&bytes, 5);
  for (int i = 0; i < 60 * 5; i++) codes[i] = (int32_t)fuzz_below(&bytes, 5) - 1;
  gy_matrix numbers = fuzz_points(&bytes, 60, 4);
  x.n_rows = numbers.n_rows;
  x.n_numeric = fuzz_below(&bytes, 2) ? numbers.n_columns : 0;
  x.values = numbers.values;
  int32_t *labels = malloc((x.n_rows + 1) * sizeof *labels);
  must(labels != NULL);
  gy_latent_class model;
  gy_error err = {0};
  gy_task task = {.n_threads = 1};
  gy_status status =
      gy_latent_class_fit(&x, &options, &task, &model, &(gy_latent_class_rows){.labels = labels}, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  if (status == GY_OK) {
    check_model(&model, labels, x.n_rows);
    gy_latent_class_clear(&model);
  }
  free(labels);
  free((void *)numbers.values);
  return 0;
}

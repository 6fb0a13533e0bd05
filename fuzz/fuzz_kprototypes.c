/* SPDX-License-Identifier: Apache-2.0
 *
 * k-prototypes on any small rows of numbers and categories: a result whose labels, sizes and cost agree and
 * that predicts itself, or a sentence. */
#include <math.h>
#include <string.h>

#include <gyeol/kprototypes.h>

#include "fuzz_points.h"

static void check_model(const gy_kprototypes *model, const gy_mixed *x, const int32_t *labels) {
  int32_t *again = malloc((x->n_rows + 1) * sizeof *again);
  int64_t counts[32] = {0};
  must(again != NULL);
  must(model->cost >= 0 && isfinite(model->cost));
  for (size_t i = 0; i < x->n_rows; i++) {
    must(labels[i] >= 0 && labels[i] < model->n_clusters);
    counts[labels[i]]++;
  }
  for (int32_t c = 0; c < model->n_clusters; c++) must(model->sizes[c] == counts[c]);
  must(gy_kprototypes_predict(model, x, NULL, again, NULL, NULL) == GY_OK);
  must(memcmp(labels, again, x->n_rows * sizeof *labels) == 0);
  free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bytes bytes = {data, size};
  gy_kprototypes_options options = gy_kprototypes_defaults((int32_t)fuzz_below(&bytes, 20));
  options.n_starts = (int32_t)fuzz_below(&bytes, 4);
  options.max_iterations = (int32_t)fuzz_below(&bytes, 12);
  options.gamma = (double)fuzz_below(&bytes, 4) - 1;
  size_t n_codes = fuzz_below(&bytes, 5);
  bool with_numbers = fuzz_below(&bytes, 4) > 0;
  gy_matrix numbers = fuzz_points(&bytes, 120, 20);
  int32_t *codes = malloc((numbers.n_rows * n_codes + 1) * sizeof *codes);
  int32_t *labels = malloc((numbers.n_rows + 1) * sizeof *labels);
  must(codes != NULL && labels != NULL);
  for (size_t i = 0; i < numbers.n_rows * n_codes; i++) codes[i] = (int32_t)fuzz_below(&bytes, 9) - 1;
  if (n_codes > 0 && numbers.n_rows > 0 && fuzz_below(&bytes, 16) == 1) codes[0] = -5;
  gy_mixed x = {numbers.n_rows, numbers.values, with_numbers ? numbers.n_columns : 0, codes, n_codes};
  gy_kprototypes model;
  gy_error err = {0};
  gy_status status = gy_kprototypes_fit(&x, &options, NULL, &model, labels, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  if (status == GY_OK) {
    check_model(&model, &x, labels);
    gy_kprototypes_clear(&model);
  }
  free(labels);
  free(codes);
  free((void *)numbers.values);
  return 0;
}

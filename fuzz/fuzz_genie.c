/* SPDX-License-Identifier: Apache-2.0
 *
 * Genie on any small matrix with any options: k clusters whose sizes and Gini index agree, or a sentence. */
#include <math.h>

#include <gyeol/genie.h>

#include "fuzz_points.h"

static void check_model(const gy_genie *model, const int32_t *labels, size_t n) {
  int64_t counts[256] = {0};
  double differences = 0;
  for (size_t i = 0; i < n; i++) {
    must(labels[i] >= 0 && labels[i] < model->n_clusters);
    counts[labels[i]]++;
  }
  for (int32_t c = 0; c < model->n_clusters; c++) {
    must(counts[c] > 0 && model->sizes[c] == counts[c]);
    for (int32_t b = 0; b < c; b++) differences += fabs((double)(counts[b] - counts[c]));
  }
  double pairs = (double)(model->n_clusters - 1) * (double)n;
  must(fabs(model->gini * pairs - differences) <= 1e-6);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bytes bytes = {data, size};
  gy_genie_options options = gy_genie_defaults((int32_t)fuzz_below(&bytes, 20));
  options.gini_threshold = (double)fuzz_below(&bytes, 12) / 10;
  gy_matrix x = fuzz_points(&bytes, 200, 20);
  int32_t *labels = malloc((x.n_rows + 1) * sizeof *labels);
  must(labels != NULL);
  gy_genie model;
  gy_error err = {0};
  gy_task task = {.n_threads = 1};
  gy_status status = gy_genie_fit(x, &options, &task, &model, labels, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  if (status == GY_OK) {
    check_model(&model, labels, x.n_rows);
    gy_genie_clear(&model);
  }
  free(labels);
  free((void *)x.values);
  return 0;
}

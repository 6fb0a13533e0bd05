/* SPDX-License-Identifier: Apache-2.0
 *
 * k-means on any small matrix with any options: a result whose labels, sizes and inertia agree, or a
 * sentence. */
#include <math.h>

#include <gyeol/kmeans.h>

#include "fuzz_points.h"

static void check_model(const gy_kmeans *model, const int32_t *labels, size_t n) {
  must(model->inertia >= 0 && isfinite(model->inertia));
  int64_t counts[256] = {0};
  for (size_t i = 0; i < n; i++) {
    must(labels[i] >= 0 && labels[i] < model->n_clusters);
    counts[labels[i]]++;
  }
  for (int32_t c = 0; c < model->n_clusters; c++) must(model->sizes[c] == counts[c]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bytes bytes = {data, size};
  gy_kmeans_options options = gy_kmeans_defaults((int32_t)fuzz_below(&bytes, 20));
  options.n_starts = 1 + (int32_t)fuzz_below(&bytes, 2);
  options.max_iterations = (int32_t)fuzz_below(&bytes, 30);
  options.tolerance = fuzz_below(&bytes, 2) ? 1e-4 : 0;
  gy_matrix x = fuzz_points(&bytes, 120, 200);
  int32_t *labels = malloc((x.n_rows + 1) * sizeof *labels);
  must(labels != NULL);
  gy_kmeans model;
  gy_error err = {0};
  gy_status status = gy_kmeans_fit(x, &options, NULL, &model, labels, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  if (status == GY_OK) {
    check_model(&model, labels, x.n_rows);
    gy_kmeans_clear(&model);
  }
  free(labels);
  free((void *)x.values);
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * A picture of any small matrix with any options: finite points, a divergence that is not negative, or a
 * sentence. */
#include <math.h>

#include <gyeol/embedding.h>

#include "fuzz_points.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bytes bytes = {data, size};
  gy_embedding_options options = gy_embedding_defaults();
  options.perplexity = (double)fuzz_below(&bytes, 40);
  options.iterations = (int32_t)fuzz_below(&bytes, 30);
  options.exaggerated = (int32_t)fuzz_below(&bytes, 20);
  options.learning_rate = (double)fuzz_below(&bytes, 3) * 500;
  options.angle = (double)fuzz_below(&bytes, 5) / 4;
  options.max_points = fuzz_below(&bytes, 150);
  gy_matrix x = fuzz_points(&bytes, 120, 20);
  float *points = malloc((2 * x.n_rows + 1) * sizeof *points);
  must(points != NULL);
  gy_task task = {.n_threads = 1};
  gy_embedding result;
  gy_error err = {0};
  gy_status status = gy_embedding_fit(x, &options, &task, points, &result, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  if (status == GY_OK) {
    must(result.kl_divergence >= 0 && isfinite(result.kl_divergence));
    must(result.n_embedded <= x.n_rows);
    for (size_t i = 0; i < 2 * x.n_rows; i++) must(isfinite(points[i]));
    gy_embedding_quality_result quality;
    gy_matrix picture = {points, x.n_rows, 2};
    int32_t k = 1 + (int32_t)fuzz_below(&bytes, 20);
    must(gy_embedding_quality(x, picture, k, 20, 0, &task, &quality, NULL) == GY_OK);
    must(quality.trustworthiness >= -1e-9 && quality.trustworthiness <= 1 + 1e-9);
    must(quality.neighbours_kept >= 0 && quality.neighbours_kept <= 1);
  }
  free(points);
  free((void *)x.values);
  return 0;
}

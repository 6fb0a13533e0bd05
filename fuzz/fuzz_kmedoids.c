/* SPDX-License-Identifier: Apache-2.0
 *
 * k-medoids on any small matrix with any metric, whole or sampled, with a table or without: a result whose
 * medoids, labels, sizes and cost agree, or a sentence. */
#include <math.h>

#include <gyeol/kmedoids.h>

#include "fuzz_points.h"

static void check_model(const gy_kmedoids *model, const gy_medoid_rows *rows, size_t n) {
  int64_t counts[256] = {0};
  double cost = 0;
  for (size_t i = 0; i < n; i++) {
    must(rows->labels[i] >= 0 && rows->labels[i] < model->n_clusters);
    must(rows->distances[i] <= rows->next_distances[i]);
    counts[rows->labels[i]]++;
    cost += (double)rows->distances[i];
  }
  must(isfinite(cost) && fabs(cost - model->cost) <= 1e-6 * cost);
  for (int32_t c = 0; c < model->n_clusters; c++) {
    must(model->sizes[c] == counts[c] && counts[c] > 0);
    must(rows->labels[model->medoids[c]] == c);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bytes bytes = {data, size};
  gy_kmedoids_options options = gy_kmedoids_defaults((int32_t)fuzz_below(&bytes, 20));
  options.from = (gy_medoids_from)fuzz_below(&bytes, 2);
  options.max_iterations = (int32_t)fuzz_below(&bytes, 6);
  gy_kmedoids_sampling sampling = {(int32_t)fuzz_below(&bytes, 4), fuzz_below(&bytes, 60)};
  gy_metric metric = (gy_metric)fuzz_below(&bytes, 4);
  bool sampled = fuzz_below(&bytes, 2), scarce = fuzz_below(&bytes, 2);
  gy_gower_column columns[40];
  for (size_t j = 0; metric == GY_METRIC_GOWER && j < 40; j++)
    columns[j] = (gy_gower_column){(gy_gower_kind)fuzz_below(&bytes, 4), (float)fuzz_below(&bytes, 3)};
  gy_matrix x = fuzz_points(&bytes, 120, 40);
  gy_error err = {0};
  gy_dissimilarity of = gy_dissimilarity_rows(x, metric);
  gy_status status = GY_OK;
  if (metric == GY_METRIC_GOWER) {
    of = gy_dissimilarity_gower(x, columns);
    status = gy_gower_encode(x, columns, NULL, (float *)x.values, &err);
  }
  int32_t *labels = malloc((x.n_rows + 1) * sizeof *labels);
  float *distances = malloc((2 * x.n_rows + 1) * sizeof *distances);
  must(labels != NULL && distances != NULL);
  gy_medoid_rows rows = {labels, distances, distances + x.n_rows};
  gy_task task = {.memory_bytes = scarce ? 150000 : 0};
  gy_kmedoids model;
  gy_kmedoids_quality quality;
  if (status == GY_OK)
    status = sampled ? gy_kmedoids_fit_sampled(&of, &options, &sampling, &task, &model, &quality, &rows, &err)
                     : gy_kmedoids_fit(&of, &options, &task, &model, &rows, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  if (status == GY_OK) {
    check_model(&model, &rows, x.n_rows);
    gy_kmedoids_clear(&model);
  }
  free(distances);
  free(labels);
  free((void *)x.values);
  return 0;
}

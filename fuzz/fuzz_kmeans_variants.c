/* SPDX-License-Identifier: Apache-2.0
 *
 * The relatives of k-means on any small matrix with any options: a result whose labels and sizes agree, or a
 * sentence. */
#include <math.h>
#include <string.h>

#include <gyeol/kmeans_stream.h>
#include <gyeol/kmeans_variants.h>

#include "fuzz_points.h"

static void check_labels(const gy_kmeans *model, const int32_t *labels, size_t n, int32_t lowest) {
  int64_t counts[64] = {0};
  must(model->inertia >= 0 && isfinite(model->inertia));
  for (size_t i = 0; i < n; i++) {
    must(labels[i] >= lowest && labels[i] < model->n_clusters);
    if (labels[i] >= 0) counts[labels[i]]++;
  }
  for (int32_t c = 0; c < model->n_clusters; c++) must(model->sizes[c] == counts[c]);
}

typedef struct {
  gy_matrix x;
  size_t block, at;
  int32_t *labels;
} rows_source;

static gy_status to_start(void *user, gy_error *err) {
  (void)err;
  ((rows_source *)user)->at = 0;
  return GY_OK;
}

static gy_status next_block(void *user, gy_matrix *block, const float **weights, gy_error *err) {
  (void)err, (void)weights;
  rows_source *s = user;
  size_t n = s->x.n_rows - s->at < s->block ? s->x.n_rows - s->at : s->block;
  *block = (gy_matrix){gy_matrix_row(s->x, s->at), n, s->x.n_columns};
  s->at += n;
  return GY_OK;
}

static gy_status keep_labels(void *user, size_t first, const int32_t *labels, size_t n, gy_error *err) {
  (void)err;
  memcpy(((rows_source *)user)->labels + first, labels, n * sizeof *labels);
  return GY_OK;
}

static gy_status fit(unsigned method, gy_matrix x, const gy_kmeans_options *options, fuzz_bytes *bytes,
                     int32_t *labels, gy_kmeans *model, gy_error *err) {
  gy_trimmed_options trim = {*options, (double)fuzz_below(bytes, 256) / 250};
  gy_bisecting_options halves = {*options, fuzz_below(bytes, 2)};
  gy_minibatch_options batch = {*options, fuzz_below(bytes, 60), (int32_t)fuzz_below(bytes, 9),
                                fuzz_below(bytes, 2)};
  rows_source rows = {x, 1 + fuzz_below(bytes, 50), 0, labels};
  gy_row_source source = {&rows, x.n_columns, false, to_start, next_block};
  gy_kmeans_stream_options stream = {*options, 1 + fuzz_below(bytes, 80), keep_labels, &rows};
  gy_trimmed trimmed;
  gy_minibatch minibatch;
  gy_status status;
  switch (method) {
    case 0:
      return gy_spherical_fit(x, options, NULL, model, labels, err);
    case 1:
      return gy_bisecting_fit(x, &halves, NULL, model, NULL, labels, err);
    case 2:
      status = gy_trimmed_fit(x, &trim, NULL, &trimmed, labels, err);
      if (status == GY_OK) *model = trimmed.kmeans;
      return status;
    case 3:
      status = gy_minibatch_fit(x, &batch, NULL, &minibatch, labels, err);
      if (status == GY_OK) *model = minibatch.kmeans;
      return status;
    default:
      return gy_kmeans_stream_fit(&source, &stream, NULL, model, err);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  enum { N_METHODS = 5, TRIMMED = 2 };
  fuzz_bytes bytes = {data, size};
  unsigned method = fuzz_below(&bytes, N_METHODS);
  gy_kmeans_options options = gy_kmeans_defaults((int32_t)fuzz_below(&bytes, 20));
  options.n_starts = 1 + (int32_t)fuzz_below(&bytes, 2);
  options.max_iterations = (int32_t)fuzz_below(&bytes, 20);
  options.seeding = (gy_kmeans_seeding)fuzz_below(&bytes, 4);
  gy_matrix x = fuzz_points(&bytes, 100, 30);
  int32_t *labels = malloc((x.n_rows + 1) * sizeof *labels);
  must(labels != NULL);
  gy_kmeans model;
  gy_error err = {0};
  gy_status status = fit(method, x, &options, &bytes, labels, &model, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  if (status == GY_OK) {
    check_labels(&model, labels, x.n_rows, method == TRIMMED ? -1 : 0);
    gy_kmeans_clear(&model);
  }
  free(labels);
  free((void *)x.values);
  return 0;
}

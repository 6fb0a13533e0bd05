/* SPDX-License-Identifier: Apache-2.0
 *
 * k-means over a stream against k-means in memory. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/kmeans_stream.h>

#include "cluster/points.h"
#include "support/alloc_fail.h"

/* Rows of a matrix in blocks of `block` rows; `shrink`: later passes lack a row. */
typedef struct {
  gy_matrix x;
  const float *weights;
  size_t block, at;
  int n_passes;
  bool shrink;
  int32_t *labels;
} rows_source;

static gy_status to_start(void *user, gy_error *err) {
  (void)err;
  rows_source *s = user;
  s->at = 0;
  s->n_passes++;
  if (s->shrink && s->n_passes == 2) s->x.n_rows--;
  return GY_OK;
}

static gy_status next_block(void *user, gy_matrix *block, const float **weights, gy_error *err) {
  (void)err;
  rows_source *s = user;
  size_t n = s->x.n_rows - s->at < s->block ? s->x.n_rows - s->at : s->block;
  *block = (gy_matrix){gy_matrix_row(s->x, s->at), n, s->x.n_columns};
  if (s->weights != NULL) *weights = s->weights + s->at;
  s->at += n;
  return GY_OK;
}

static gy_status keep_labels(void *user, size_t first, const int32_t *labels, size_t n, gy_error *err) {
  (void)err;
  rows_source *s = user;
  memcpy(s->labels + first, labels, n * sizeof *labels);
  return GY_OK;
}

static gy_row_source source_of(rows_source *rows) {
  return (gy_row_source){.user = rows,
                         .n_columns = rows->x.n_columns,
                         .has_weights = rows->weights != NULL,
                         .rewind = to_start,
                         .next = next_block};
}

Test(stream, from_given_centres_it_is_the_fit_in_memory) {
  enum { N = 100000, D = 5, K = 6 };
  gy_matrix x = make_groups(N, D, K, 2, 4);
  float *weights = malloc(N * sizeof *weights);
  int32_t *expected = malloc(N * sizeof *expected), *labels = malloc(N * sizeof *labels);
  for (size_t i = 0; i < N; i++) weights[i] = (float)(i % 3);
  for (int weighted = 0; weighted < 2; weighted++) {
    gy_kmeans in_memory, streamed;
    gy_error err = {0};
    gy_kmeans_stream_options options = gy_kmeans_stream_defaults(K);
    options.kmeans.initial_centers = x.values;
    options.kmeans.max_iterations = 15;
    gy_kmeans_options plain = options.kmeans;
    plain.weights = weighted ? weights : NULL;
    rows_source rows = {.x = x, .weights = plain.weights, .block = 7777, .labels = labels};
    gy_row_source source = source_of(&rows);
    options.labelled = keep_labels;
    options.user = &rows;
    cr_assert_eq(gy_kmeans_fit(x, &plain, NULL, &in_memory, expected, NULL), GY_OK);
    cr_assert_eq(gy_kmeans_stream_fit(&source, &options, NULL, &streamed, &err), GY_OK, "%s", err.text);
    cr_expect_eq(streamed.iterations, in_memory.iterations);
    cr_expect_eq(rows.n_passes, streamed.iterations + 2);
    cr_expect_float_eq(streamed.inertia, in_memory.inertia, 1e-9 * in_memory.inertia);
    cr_expect_arr_eq(labels, expected, N * sizeof *labels, "weighted %d", weighted);
    cr_expect_arr_eq(streamed.sizes, in_memory.sizes, K * sizeof(int64_t));
    gy_kmeans_clear(&in_memory);
    gy_kmeans_clear(&streamed);
  }
  free(weights);
  free(expected);
  free(labels);
  free((void *)x.values);
}

Test(stream, blocks_and_threads_change_no_byte) {
  enum { N = 90000, D = 3, K = 4 };
  static const size_t blocks[] = {1000, 32768, 90000, 7};
  gy_matrix x = make_groups(N, D, K, 3, 4);
  float first[K * D];
  for (size_t t = 0; t < 4; t++) {
    gy_kmeans model;
    rows_source rows = {.x = x, .block = blocks[t]};
    gy_row_source source = source_of(&rows);
    gy_kmeans_stream_options options = gy_kmeans_stream_defaults(K);
    options.sample_rows = 5000;
    gy_task task = {.n_threads = (int)t + 1};
    task.memory_bytes = gy_kmeans_stream_memory(D, &options, &task);
    gy_error err = {0};
    cr_assert_eq(gy_kmeans_stream_fit(&source, &options, &task, &model, &err), GY_OK, "%s", err.text);
    if (t == 0) memcpy(first, model.centers, sizeof first);
    cr_expect_arr_eq(model.centers, first, sizeof first, "blocks of %zu", blocks[t]);
    gy_kmeans_clear(&model);
  }
  free((void *)x.values);
}

static gy_status broken(void *user, gy_matrix *block, const float **weights, gy_error *err) {
  (void)user, (void)block, (void)weights;
  return gy_fail(err, GY_EIO, "the disk is gone");
}

Test(stream, refuses_with_a_sentence) {
  float x[60];
  for (int i = 0; i < 60; i++) x[i] = (float)(i % 11);
  gy_kmeans model;
  gy_kmeans_stream_options options = gy_kmeans_stream_defaults(3);
  rows_source rows = {.x = {x, 30, 2}, .block = 8, .shrink = true};
  gy_row_source source = source_of(&rows);
  gy_error err = {0};
  cr_expect_eq(gy_kmeans_stream_fit(&source, &options, NULL, &model, &err), GY_EDATA);
  cr_expect_not_null(strstr(err.text, "gave 29 rows, the first 30"), "%s", err.text);
  rows = (rows_source){.x = {x, 2, 2}, .block = 8};
  cr_expect_eq(gy_kmeans_stream_fit(&source, &options, NULL, &model, &err), GY_EDATA);
  cr_expect_not_null(strstr(err.text, "2 rows cannot make 3"), "%s", err.text);
  rows = (rows_source){.x = {x, 30, 2}, .block = 8};
  x[21] = NAN;
  cr_expect_eq(gy_kmeans_stream_fit(&source, &options, NULL, &model, &err), GY_EDATA);
  cr_expect_not_null(strstr(err.text, "row 11, column 2"), "%s", err.text);
  source.next = broken;
  cr_expect_eq(gy_kmeans_stream_fit(&source, &options, NULL, &model, &err), GY_EIO);
  cr_expect_not_null(strstr(err.text, "the disk is gone"), "%s", err.text);
  gy_task task = {.memory_bytes = 1000};
  cr_expect_eq(gy_kmeans_stream_fit(&source, &options, &task, &model, &err), GY_ELIMIT);
}

Test(stream, an_empty_cluster_takes_the_farthest_row) {
  float x[] = {0, 0.1f, 0.2f, 10, 10.1f, 30}, start[] = {0, 10, 1000};
  rows_source rows = {.x = {x, 6, 1}, .block = 4};
  gy_row_source source = source_of(&rows);
  gy_kmeans_stream_options options = gy_kmeans_stream_defaults(3);
  options.kmeans.initial_centers = start;
  gy_kmeans model;
  cr_assert_eq(gy_kmeans_stream_fit(&source, &options, NULL, &model, NULL), GY_OK);
  cr_expect_eq(model.n_empty, 0);
  cr_expect_float_eq((double)model.centers[2], 30, 1e-6);
  gy_kmeans_clear(&model);
}

static gy_status fit_stream(void *user, gy_error *err) {
  rows_source *rows = user;
  gy_row_source source = source_of(rows);
  gy_kmeans_stream_options options = gy_kmeans_stream_defaults(3);
  gy_kmeans model;
  gy_status status = gy_kmeans_stream_fit(&source, &options, NULL, &model, err);
  if (status == GY_OK) gy_kmeans_clear(&model);
  return status;
}

Test(stream, every_failed_allocation_is_an_error_and_leaks_nothing) {
  rows_source rows = {.x = make_groups(300, 2, 3, 4, 1), .block = 64};
  cr_expect_geq(alloc_fail_each("stream", fit_stream, &rows), 6);
  free((void *)rows.x.values);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * k-means over rows that do not fit in memory: they are pulled in blocks, as often as needed.
 *
 * Method: a random sample drawn in the first pass (reservoir, Vitter 1985) is clustered for the initial
 * centres; each further pass is one Lloyd iteration (gyeol/kmeans.h), its sums kept and its rows forgotten;
 * the last pass labels. So a fit reads the rows 2 + iterations times. A cluster that lost its rows takes the
 * row that was farthest from its centre, one cluster a pass.
 *
 * NaN, ties, options: as gyeol/kmeans.h; n_starts are those on the sample, `initial_centers` save it.
 * Determinism: the same bytes on any number of threads and whatever the size of the source's blocks. Memory:
 * as gy_kmeans_stream_memory says, whatever the number of rows. */
#ifndef GYEOL_KMEANS_STREAM_H
#define GYEOL_KMEANS_STREAM_H

#include <gyeol/kmeans.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Rows from anywhere: a file, a query. The functions belong to whoever provides the source; an error of
 * theirs ends the fit and is handed on. */
typedef struct gy_row_source {
  void *user;
  size_t n_columns;
  bool has_weights;
  /* Goes back to the first row. */
  gy_status (*rewind)(void *user, gy_error *err);
  /* The next block of any number of rows, lent until the next call; no rows: the end. `weights` receives
   * theirs where the source has any. */
  gy_status (*next)(void *user, gy_matrix *block, const float **weights, gy_error *err);
} gy_row_source;

typedef struct gy_kmeans_stream_options {
  gy_kmeans_options kmeans; /* `weights` is not looked at */
  size_t sample_rows;       /* at least n_clusters */
  /* Each row's cluster, in order, as the last pass finds it; NULL: not wanted. */
  gy_status (*labelled)(void *user, size_t first_row, const int32_t *labels, size_t n, gy_error *err);
  void *user; /* for `labelled` */
} gy_kmeans_stream_options;

gy_kmeans_stream_options gy_kmeans_stream_defaults(int32_t n_clusters); /* 65,536 rows, 3 starts */

size_t gy_kmeans_stream_memory(size_t d, const gy_kmeans_stream_options *options, const gy_task *task);

/* Errors: those of gy_kmeans_fit, those of the source, and GY_EDATA when passes differ in their rows. */
GY_MUST_USE gy_status gy_kmeans_stream_fit(const gy_row_source *source,
                                           const gy_kmeans_stream_options *options, const gy_task *task,
                                           gy_kmeans *model, gy_error *err);

#ifdef __cplusplus
}
#endif
#endif

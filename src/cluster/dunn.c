/* SPDX-License-Identifier: Apache-2.0
 *
 * Dunn's index (1974): the smallest distance between rows of two clusters over the largest within one. Every
 * pair is looked at, four rows against all at a time; smallest and largest do not depend on the order. */
#include <math.h>
#include <stdlib.h>

#include "cluster/cluster_means.h"
#include "cluster/dissimilarity.h"
#include "num/threads.h"

enum { ROWS = GY_POINTS_FOUR };

typedef struct {
  float separation, diameter;
} extremes;

static void look(const float *distances, const int32_t *labels, size_t n, int32_t own, extremes *found) {
  float separation = found->separation, diameter = found->diameter;
  for (size_t o = 0; o < n; o++) {
    float within = labels[o] == own ? distances[o] : 0;
    float between = labels[o] == own ? INFINITY : distances[o];
    diameter = within > diameter ? within : diameter;
    separation = between < separation ? between : separation;
  }
  *found = (extremes){separation, diameter};
}

static gy_status count_present(const gy_clustering *c, gy_error *err) {
  size_t n = c->x.n_rows, first = 0;
  while (first < n && c->labels[first] == c->labels[0]) first++;
  if (first < n) return GY_OK;
  return gy_fail(err, GY_EDATA, "Dunn's index compares clusters, but all %zu rows are in one", n);
}

static gy_status look_at_all(const gy_clustering *c, const gy_dissimilarity_reader *reader, float *buffers,
                             extremes *found, const gy_task *task, gy_error *err) {
  size_t n = c->x.n_rows, share = gy_dissimilarity_buffer(&reader->of);
#pragma omp parallel for schedule(dynamic, 4) num_threads(gy_task_threads(task)) if (n > 256)
  for (size_t first = 0; first < n; first += ROWS) {
    size_t rows[ROWS], n_rows = n - first < ROWS ? n - first : ROWS;
    const float *at[ROWS];
    if (gy_task_cancelled(task)) continue;
    for (size_t r = 0; r < n_rows; r++) rows[r] = first + r;
    gy_dissimilarity_read(reader, rows, n_rows, buffers + gy_thread_number() * share, at);
    for (size_t r = 0; r < n_rows; r++)
      look(at[r], c->labels, n, c->labels[first + r], found + gy_thread_number());
  }
  return gy_task_check(task, err);
}

gy_status gy_dunn_index(const gy_clustering *c, const gy_task *task, gy_dunn *result, gy_error *err) {
  size_t count, n_threads = (size_t)gy_task_threads(task);
  gy_dissimilarity of = gy_dissimilarity_rows(c->x, GY_METRIC_EUCLIDEAN);
  gy_status status = gy_labels_check(c, err);
  if (status == GY_OK) status = count_present(c, err);
  if (status == GY_OK) status = gy_dissimilarity_check(&of, "Dunn's index", task, err);
  if (status != GY_OK) return status;
  float *blocks = malloc(gy_point_blocks_floats(c->x.n_rows, c->x.n_columns) * sizeof *blocks);
  float *buffers = malloc(gy_dissimilarity_buffer(&of) * n_threads * sizeof *buffers);
  extremes *found = malloc(n_threads * sizeof *found);
  if (blocks == NULL || buffers == NULL || found == NULL) {
    status = gy_fail(err, GY_ENOMEM, "Dunn's index: out of memory for %zu rows", c->x.n_rows);
    goto done;
  }
  for (size_t t = 0; t < n_threads; t++) found[t] = (extremes){INFINITY, 0};
  gy_dissimilarity_reader reader;
  gy_dissimilarity_open(&reader, &of, gy_dissimilarity_kernels(&count)[0], blocks);
  status = look_at_all(c, &reader, buffers, found, task, err);
  if (status != GY_OK) goto done;
  gy_dunn all = {.separation = INFINITY};
  for (size_t t = 0; t < n_threads; t++) {
    all.separation = fmin(all.separation, (double)found[t].separation);
    all.diameter = fmax(all.diameter, (double)found[t].diameter);
  }
  all.index = all.separation > 0 ? all.separation / all.diameter : 0;
  *result = all;
done:
  free(found);
  free(buffers);
  free(blocks);
  return status;
}

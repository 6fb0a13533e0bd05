/* SPDX-License-Identifier: Apache-2.0
 *
 * The silhouette of a stratified sample: what the exact one would cost n^2 distances for. */
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "cluster/cluster_means.h"
#include "cluster/silhouette.h"

/* A small cluster is the nearest neighbour of whole others; judged by two of its rows it would mislead them
 * all. */
enum { MIN_OF_CLUSTER = 50 };

/* How many rows of each cluster to draw: in proportion, but MIN_OF_CLUSTER of each that has so many. */
static size_t allocate(const size_t *sizes, size_t k, size_t n, size_t n_sample, size_t *wanted) {
  size_t total = 0;
  for (size_t c = 0; c < k; c++) {
    wanted[c] = (size_t)((double)sizes[c] / (double)n * (double)n_sample + 0.5);
    if (wanted[c] < MIN_OF_CLUSTER) wanted[c] = MIN_OF_CLUSTER;
    if (wanted[c] > sizes[c]) wanted[c] = sizes[c];
    total += wanted[c];
  }
  return total;
}

/* Selection sampling in every cluster at once (Knuth, TAOCP 2, algorithm 3.4.2 S): a row is taken with
 * probability (still wanted of its cluster) / (still to come of it). `wanted` and `sizes` are used up. */
static void draw_rows(const gy_clustering *c, uint64_t seed, size_t *wanted, size_t *sizes, float *rows,
                      int32_t *labels) {
  gy_rng rng;
  gy_rng_init(&rng, seed, 0);
  size_t d = c->x.n_columns, taken = 0;
  for (size_t i = 0; i < c->x.n_rows; i++) {
    size_t cluster = (size_t)c->labels[i];
    bool take = gy_rng_uniform(&rng) * (double)sizes[cluster] < (double)wanted[cluster];
    sizes[cluster]--;
    if (!take) continue;
    wanted[cluster]--;
    memcpy(rows + taken * d, gy_matrix_row(c->x, i), d * sizeof *rows);
    labels[taken++] = c->labels[i];
  }
}

gy_status gy_silhouette_sampled(const gy_clustering *c, size_t n_sample, uint64_t seed, const gy_task *task,
                                gy_silhouette *result, double *cluster_means, gy_error *err) {
  size_t n = c->x.n_rows, d = c->x.n_columns, count;
  if (n <= n_sample) return gy_silhouette_exact(c, task, result, NULL, cluster_means, err);
  gy_status status = gy_labels_check(c, err);
  if (status != GY_OK) return status;
  size_t k = (size_t)c->n_clusters;
  float *rows = NULL;
  int32_t *labels = NULL;
  size_t *sizes = calloc(3 * k, sizeof *sizes);
  if (sizes == NULL) goto no_memory;
  size_t *left = sizes + k, *wanted = sizes + 2 * k;
  for (size_t i = 0; i < n; i++) sizes[c->labels[i]]++;
  memcpy(left, sizes, k * sizeof *left);
  size_t n_used = allocate(sizes, k, n, n_sample, wanted);
  rows = malloc(n_used * d * sizeof *rows);
  labels = malloc(n_used * sizeof *labels);
  if (rows == NULL || labels == NULL) goto no_memory;
  draw_rows(c, seed, wanted, left, rows, labels);
  gy_clustering sample = {.x = {rows, n_used, d}, .labels = labels, .n_clusters = c->n_clusters};
  status = gy_silhouette_judge(gy_pairs_kernels(&count)[0], &sample, sizes, task, result, NULL, cluster_means,
                               err);
  goto done;
no_memory:
  status = gy_fail(err, GY_ENOMEM, "silhouette: out of memory for a sample of %zu rows", n_sample);
done:
  free(labels);
  free(rows);
  free(sizes);
  return status;
}

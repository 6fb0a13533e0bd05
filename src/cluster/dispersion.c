/* SPDX-License-Identifier: Apache-2.0
 *
 * Indices that need cluster means only: inertia, Calinski-Harabasz (1974), Davies-Bouldin (1979). */
#include <math.h>
#include <stdlib.h>

#include "cluster/cluster_means.h"
#include "num/blocks.h"

/* Distances of the rows of one block to their cluster's mean, summed by cluster. */
static void add_block(const gy_clustering *c, const gy_cluster_means *means, size_t first, size_t end,
                      double *distances, double *squares) {
  for (size_t i = first; i < end; i++) {
    size_t cluster = (size_t)c->labels[i];
    double distance =
        gy_distance_to_mean(gy_matrix_row(c->x, i), means->means + cluster * means->d, means->d);
    distances[cluster] += distance;
    squares[cluster] += distance * distance;
  }
}

/* Sums over all blocks, in block order, into the first block's share of `sums`. */
static void add_rows(const gy_clustering *c, const gy_cluster_means *means, const gy_blocks *blocks,
                     const gy_task *task, double *sums) {
  size_t k = means->k;
#pragma omp parallel for schedule(dynamic) num_threads(gy_task_threads(task)) if (blocks->count > 1)
  for (size_t b = 0; b < blocks->count; b++) {
    double *own = sums + b * 2 * k;
    add_block(c, means, gy_block_first(blocks, b), gy_block_end(blocks, b), own, own + k);
  }
  for (size_t b = 1; b < blocks->count; b++)
    for (size_t i = 0; i < 2 * k; i++) sums[i] += sums[b * 2 * k + i];
}

static double between_squares(const gy_cluster_means *means, size_t n) {
  double between = 0;
  for (size_t j = 0; j < means->d; j++) {
    double grand = 0;
    for (size_t c = 0; c < means->k; c++) grand += (double)means->sizes[c] * means->means[c * means->d + j];
    grand /= (double)n;
    for (size_t c = 0; c < means->k; c++) {
      double deviation = means->means[c * means->d + j] - grand;
      between += (double)means->sizes[c] * deviation * deviation;
    }
  }
  return between;
}

static double distance_of_means(const gy_cluster_means *means, size_t a, size_t b) {
  double sum = 0;
  for (size_t j = 0; j < means->d; j++) {
    double difference = means->means[a * means->d + j] - means->means[b * means->d + j];
    sum += difference * difference;
  }
  return sqrt(sum);
}

/* Mean over clusters of the largest (s_a + s_b) / |m_a - m_b|, s being mean distances to the own mean. Two
 * clusters at one place are alike beyond measure only if they have an extent; two points at one place count
 * 0. */
static double davies_bouldin(const gy_cluster_means *means, const double *distances) {
  double sum = 0;
  for (size_t a = 0; a < means->k; a++) {
    double most = 0;
    if (means->sizes[a] == 0) continue;
    for (size_t b = 0; b < means->k; b++) {
      if (b == a || means->sizes[b] == 0) continue;
      double extents = distances[a] / (double)means->sizes[a] + distances[b] / (double)means->sizes[b];
      double likeness = extents > 0 ? extents / distance_of_means(means, a, b) : 0;
      if (likeness > most) most = likeness;
    }
    sum += most;
  }
  return sum / (double)means->n_present;
}

gy_status gy_dispersion_of(const gy_clustering *c, const gy_task *task, gy_dispersion *result,
                           gy_error *err) {
  gy_cluster_means means;
  gy_status status = gy_cluster_means_of(c, &means, err);
  if (status != GY_OK) return status;
  gy_blocks blocks = gy_blocks_of(c->x.n_rows, 2048);
  double *sums = calloc((blocks.count + 1) * 2 * means.k, sizeof *sums);
  if (sums == NULL) {
    status = gy_fail(err, GY_ENOMEM, "validity: out of memory for %d clusters", c->n_clusters);
    goto done;
  }
  add_rows(c, &means, &blocks, task, sums);
  const double *distances = sums, *squares = sums + means.k;
  gy_dispersion found = {.inertia = 0, .calinski_harabasz = NAN, .davies_bouldin = NAN};
  for (size_t cluster = 0; cluster < means.k; cluster++) found.inertia += squares[cluster];
  size_t n = c->x.n_rows, present = means.n_present;
  if (present >= 2) {
    double ratio = between_squares(&means, n) / found.inertia;
    if (n > present) found.calinski_harabasz = ratio * (double)(n - present) / (double)(present - 1);
    found.davies_bouldin = davies_bouldin(&means, distances);
  }
  *result = found;
done:
  free(sums);
  gy_cluster_means_clear(&means);
  return status;
}

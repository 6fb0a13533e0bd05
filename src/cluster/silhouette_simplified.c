/* SPDX-License-Identifier: Apache-2.0
 *
 * The simplified silhouette (Hruschka, de Castro and Campello 2004): cluster means instead of members. */
#include <math.h>
#include <stdlib.h>

#include "cluster/cluster_means.h"
#include "cluster/silhouette.h"
#include "num/blocks.h"

static float simplified_of(const gy_cluster_means *means, const float *row, size_t own) {
  if (means->sizes[own] < 2) return 0;
  double a = gy_distance_to_mean(row, means->means + own * means->d, means->d), b = INFINITY;
  for (size_t c = 0; c < means->k; c++) {
    if (c == own || means->sizes[c] == 0) continue;
    double distance = gy_distance_to_mean(row, means->means + c * means->d, means->d);
    if (distance < b) b = distance;
  }
  double most = a > b ? a : b;
  return most > 0 ? (float)((b - a) / most) : 0;
}

gy_status gy_silhouette_simplified(const gy_clustering *c, const gy_task *task, gy_silhouette *result,
                                   double *cluster_means, gy_error *err) {
  gy_cluster_means means;
  gy_status status = gy_cluster_means_of(c, &means, err);
  if (status != GY_OK) return status;
  size_t n = c->x.n_rows;
  gy_blocks blocks = gy_blocks_of(n, 2048);
  size_t *sizes = calloc(means.k, sizeof *sizes);
  float *values = malloc((n + 1) * sizeof *values);
  if (sizes == NULL || values == NULL) {
    status = gy_fail(err, GY_ENOMEM, "silhouette: out of memory for %zu rows", n);
    goto done;
  }
  for (size_t a = 0; a < means.k; a++) sizes[a] = (size_t)means.sizes[a];
#pragma omp parallel for schedule(dynamic) num_threads(gy_task_threads(task)) if (blocks.count > 1)
  for (size_t b = 0; b < blocks.count; b++) {
    if (gy_task_cancelled(task)) continue;
    for (size_t i = gy_block_first(&blocks, b); i < gy_block_end(&blocks, b); i++)
      values[i] = simplified_of(&means, gy_matrix_row(c->x, i), (size_t)c->labels[i]);
  }
  status = gy_task_check(task, err);
  if (status == GY_OK) status = gy_silhouette_summarise(values, c, sizes, result, cluster_means, err);
done:
  free(values);
  free(sizes);
  gy_cluster_means_clear(&means);
  return status;
}

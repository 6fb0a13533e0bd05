/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/cluster_means.h"

#include <math.h>
#include <stdlib.h>

gy_status gy_labels_check(const gy_clustering *c, gy_error *err) {
  if (c->n_clusters < 1)
    return gy_fail(err, GY_EUSAGE, "validity: %d clusters; there must be 1 or more", c->n_clusters);
  for (size_t i = 0; i < c->x.n_rows; i++) {
    if (c->labels[i] < 0 || c->labels[i] >= c->n_clusters)
      return gy_fail(err, GY_EDATA, "validity: row %zu has label %d, outside 0..%d", i + 1, c->labels[i],
                     c->n_clusters - 1);
  }
  return GY_OK;
}

static void average(const gy_clustering *c, gy_cluster_means *result) {
  size_t d = result->d;
  for (size_t i = 0; i < c->x.n_rows; i++) {
    const float *row = gy_matrix_row(c->x, i);
    double *sum = result->means + (size_t)c->labels[i] * d;
    result->sizes[c->labels[i]]++;
    for (size_t j = 0; j < d; j++) sum[j] += (double)row[j];
  }
  for (size_t cluster = 0; cluster < result->k; cluster++) {
    if (result->sizes[cluster] == 0) continue;
    result->n_present++;
    for (size_t j = 0; j < d; j++) result->means[cluster * d + j] /= (double)result->sizes[cluster];
  }
}

gy_status gy_cluster_means_of(const gy_clustering *c, gy_cluster_means *result, gy_error *err) {
  gy_status status = gy_labels_check(c, err);
  if (status != GY_OK) return status;
  gy_cluster_means found = {.k = (size_t)c->n_clusters, .d = c->x.n_columns};
  found.sizes = calloc(found.k, sizeof *found.sizes);
  found.means = calloc(found.k * found.d + 1, sizeof *found.means);
  if (found.sizes == NULL || found.means == NULL) {
    gy_cluster_means_clear(&found);
    return gy_fail(err, GY_ENOMEM, "validity: out of memory for the means of %d clusters", c->n_clusters);
  }
  average(c, &found);
  *result = found;
  return GY_OK;
}

void gy_cluster_means_clear(gy_cluster_means *means) {
  free(means->sizes);
  free(means->means);
  *means = (gy_cluster_means){0};
}

double gy_distance_to_mean(const float *row, const double *mean, size_t d) {
  double sum = 0;
  for (size_t j = 0; j < d; j++) sum += ((double)row[j] - mean[j]) * ((double)row[j] - mean[j]);
  return sqrt(sum);
}

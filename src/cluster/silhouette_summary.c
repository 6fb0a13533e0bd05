/* SPDX-License-Identifier: Apache-2.0
 *
 * From the silhouettes of rows to those of clusters and of the whole, with a standard error. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/silhouette.h"

/* Sums and squared deviations of `values` by cluster. */
typedef struct {
  size_t k;
  size_t *n;
  double *mean, *variance; /* variance: divisor n - 1 */
} strata;

static void clear_strata(strata *s) {
  free(s->n);
  free(s->mean);
}

static gy_status make_strata(const float *values, const int32_t *labels, size_t n, size_t k, strata *result,
                             gy_error *err) {
  strata s = {.k = k, .n = calloc(k, sizeof(size_t)), .mean = calloc(2 * k, sizeof(double))};
  if (s.n == NULL || s.mean == NULL) {
    clear_strata(&s);
    return gy_fail(err, GY_ENOMEM, "silhouette: out of memory for %zu clusters", k);
  }
  s.variance = s.mean + k;
  for (size_t i = 0; i < n; i++) {
    s.n[labels[i]]++;
    s.mean[labels[i]] += (double)values[i];
  }
  for (size_t c = 0; c < k; c++) s.mean[c] /= s.n[c] > 0 ? (double)s.n[c] : 1;
  for (size_t i = 0; i < n; i++) {
    double deviation = (double)values[i] - s.mean[labels[i]];
    s.variance[labels[i]] += deviation * deviation;
  }
  for (size_t c = 0; c < k; c++) s.variance[c] /= s.n[c] > 1 ? (double)(s.n[c] - 1) : 1;
  *result = s;
  return GY_OK;
}

/* Mean of the strata, weighted by the clusters' true sizes, with the standard error of a simple random
 * sample: the variance of one value is the mean variance within clusters and the variance of their means. */
static gy_silhouette summarise(const strata *s, const size_t *true_sizes, size_t n_used) {
  double n = 0, mean = 0, variance = 0;
  for (size_t c = 0; c < s->k; c++) n += (double)true_sizes[c];
  for (size_t c = 0; c < s->k; c++) mean += (double)true_sizes[c] / n * s->mean[c];
  for (size_t c = 0; c < s->k; c++) {
    double deviation = s->mean[c] - mean;
    variance += (double)true_sizes[c] / n * (s->variance[c] + deviation * deviation);
  }
  return (gy_silhouette){.mean = mean, .standard_error = sqrt(variance / (double)n_used), .n_used = n_used};
}

gy_status gy_silhouette_possible(const size_t *sizes, size_t k, gy_error *err) {
  size_t n_present = 0;
  for (size_t c = 0; c < k; c++) n_present += sizes[c] > 0;
  if (n_present >= 2) return GY_OK;
  return gy_fail(err, GY_EDATA, "silhouette: %zu non-empty clusters; at least two are compared", n_present);
}

gy_status gy_silhouette_summarise(const float *values, const gy_clustering *c, const size_t *true_sizes,
                                  gy_silhouette *result, double *cluster_means, gy_error *err) {
  size_t k = (size_t)c->n_clusters;
  strata s = {0};
  gy_status status = gy_silhouette_possible(true_sizes, k, err);
  if (status == GY_OK) status = make_strata(values, c->labels, c->x.n_rows, k, &s, err);
  if (status != GY_OK) return status;
  *result = summarise(&s, true_sizes, c->x.n_rows);
  if (cluster_means != NULL) memcpy(cluster_means, s.mean, k * sizeof *cluster_means);
  clear_strata(&s);
  return GY_OK;
}

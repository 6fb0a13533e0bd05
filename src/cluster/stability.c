/* SPDX-License-Identifier: Apache-2.0
 *
 * Bootstrap stability of k-means. A resample is drawn with replacement, clustered, and its centres label all
 * rows of x; the adjusted Rand index with the base clustering says how much of it came back. Labelling the
 * same rows with both makes the comparison free of any matching (Ben-Hur, Elisseeff and Guyon 2002 compare
 * sub-samples on their common rows; Hennig 2007 draws bootstrap samples). Each resample has a random stream
 * of its own. */
#include "cluster/stability.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/agreement.h>

#include "base/rng.h"

static void draw_with_replacement(gy_matrix x, gy_rng *rng, size_t m, float *rows) {
  size_t d = x.n_columns;
  for (size_t i = 0; i < m; i++)
    memcpy(rows + i * d, gy_matrix_row(x, gy_rng_below(rng, x.n_rows)), d * sizeof *rows);
}

gy_status gy_kmeans_resample(gy_matrix x, const int32_t *labels, const gy_resampling *resampling,
                             uint64_t number, const gy_task *task, double *ari, gy_error *err) {
  size_t m = resampling->resample_rows, d = x.n_columns;
  int32_t k = resampling->n_clusters;
  gy_kmeans model = {0};
  gy_rng rng;
  gy_rng_init(&rng, resampling->seed, number);
  gy_status status = GY_OK;
  float *rows = malloc(m * d * sizeof *rows);
  int32_t *again = malloc(x.n_rows * sizeof *again);
  if (rows == NULL || again == NULL) {
    status = gy_fail(err, GY_ENOMEM, "stability: out of memory for a resample of %zu rows", m);
    goto done;
  }
  draw_with_replacement(x, &rng, m, rows);
  gy_kmeans_options fit = gy_kmeans_defaults(k);
  fit.n_starts = resampling->n_starts;
  fit.n_swaps = 0;
  fit.seed = gy_rng_next(&rng);
  status = gy_kmeans_fit((gy_matrix){rows, m, d}, &fit, task, &model, NULL, err);
  if (status == GY_OK) status = gy_kmeans_predict(&model, x, task, again, NULL, err);
  if (status == GY_OK) status = gy_adjusted_rand(labels, k, again, k, x.n_rows, ari, err);
done:
  gy_kmeans_clear(&model);
  free(again);
  free(rows);
  return status;
}

void gy_stability_summarise(const double *ari, size_t n, double *mean, double *sd) {
  double sum = 0, squares = 0;
  for (size_t b = 0; b < n; b++) sum += ari[b];
  *mean = n > 0 ? sum / (double)n : NAN;
  for (size_t b = 0; b < n; b++) squares += (ari[b] - *mean) * (ari[b] - *mean);
  *sd = n > 1 ? sqrt(squares / (double)(n - 1)) : n > 0 ? 0 : NAN;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/clusterwise.h"

#include <stdlib.h>
#include <string.h>

#include <gyeol/validity.h>

#include "num/sample.h"

typedef struct {
  size_t m;
  size_t *drawn;           /* m rows of x */
  float *rows;             /* m x d */
  int32_t *before, *after; /* m: noise is a cluster behind the others */
  double *once;            /* k + 1 */
} resample;

static gy_status resample_init(resample *r, gy_matrix x, int32_t k, double share, gy_error *err) {
  size_t m = (size_t)(share * (double)x.n_rows + 0.5);
  *r = (resample){.m = m < 2 ? 2 : m};
  r->drawn = malloc(r->m * sizeof *r->drawn);
  r->rows = malloc(r->m * x.n_columns * sizeof *r->rows);
  r->before = malloc(r->m * sizeof *r->before);
  r->after = malloc(r->m * sizeof *r->after);
  r->once = malloc(((size_t)k + 1) * sizeof *r->once);
  if (r->drawn == NULL || r->rows == NULL || r->before == NULL || r->after == NULL || r->once == NULL)
    return gy_fail(err, GY_ENOMEM, "stability: out of memory for a resample of %zu rows", r->m);
  return GY_OK;
}

static void resample_clear(resample *r) {
  free(r->drawn);
  free(r->rows);
  free(r->before);
  free(r->after);
  free(r->once);
}

static void noise_last(int32_t *labels, size_t n, int32_t k) {
  for (size_t i = 0; i < n; i++)
    if (labels[i] < 0) labels[i] = k;
}

static gy_status draw(resample *r, gy_matrix x, const int32_t *labels, int32_t k, const gy_refit *refit,
                      uint64_t seed, uint64_t number, const gy_task *task, gy_error *err) {
  gy_rng rng;
  gy_rng_init(&rng, seed, number);
  gy_sample_rows(&rng, x.n_rows, r->m, r->drawn);
  for (size_t i = 0; i < r->m; i++) {
    memcpy(r->rows + i * x.n_columns, gy_matrix_row(x, r->drawn[i]), x.n_columns * sizeof *r->rows);
    r->before[i] = labels[r->drawn[i]];
  }
  int32_t k_after = 0;
  gy_status status =
      refit->fit(refit->user, (gy_matrix){r->rows, r->m, x.n_columns}, task, r->after, &k_after, err);
  if (status != GY_OK) return status;
  noise_last(r->before, r->m, k);
  noise_last(r->after, r->m, k_after);
  return gy_cluster_jaccard(r->before, k + 1, r->after, k_after + 1, r->m, r->once, err);
}

gy_status gy_clusterwise_jaccard(gy_matrix x, const int32_t *labels, int32_t k, const gy_refit *refit,
                                 const gy_clusterwise_options *options, const gy_task *task, double *jaccard,
                                 gy_error *err) {
  if (options->n_resamples < 1 || !(options->share > 0 && options->share <= 1) || x.n_rows < 2 || k < 1)
    return gy_fail(err, GY_EUSAGE, "stability needs resamples, a share of the rows in 0..1 and two rows");
  resample r;
  gy_status status = resample_init(&r, x, k, options->share, err);
  double *sums = calloc((size_t)k, sizeof *sums);
  if (status == GY_OK && sums == NULL)
    status = gy_fail(err, GY_ENOMEM, "stability: out of memory for %d clusters", k);
  for (int32_t b = 0; b < options->n_resamples && status == GY_OK; b++) {
    status = gy_task_check(task, err);
    if (status == GY_OK) status = draw(&r, x, labels, k, refit, options->seed, (uint64_t)b, task, err);
    for (int32_t c = 0; c < k && status == GY_OK; c++) sums[c] += r.once[c];
  }
  for (int32_t c = 0; c < k && status == GY_OK; c++) jaccard[c] = sums[c] / options->n_resamples;
  free(sums);
  resample_clear(&r);
  return status;
}

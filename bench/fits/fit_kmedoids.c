/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <gyeol/kmedoids.h>

#include "fits/fit.h"

/* The condensed table, as the peer's dist holds it. */
static void *distances(gy_matrix x) {
  size_t n = x.n_rows;
  float *full = malloc(n * n * sizeof *full), *condensed = malloc(n * (n - 1) / 2 * sizeof *condensed);
  gy_dissimilarity rows = gy_dissimilarity_rows(x, GY_METRIC_EUCLIDEAN);
  if (full == NULL || condensed == NULL || gy_dissimilarity_table(&rows, NULL, full, NULL) != GY_OK) abort();
  for (size_t i = 0, at = 0; i < n; i++)
    for (size_t j = i + 1; j < n; j++) condensed[at++] = full[i * n + j];
  free(full);
  return condensed;
}

static gy_status pam(gy_matrix x, const float *table, int32_t k, const gy_task *task, double *quality,
                     gy_error *err) {
  gy_dissimilarity of = gy_dissimilarity_condensed(table, x.n_rows);
  gy_kmedoids_options options = gy_kmedoids_defaults(k);
  gy_kmedoids model;
  gy_status status = gy_kmedoids_fit(&of, &options, task, &model, NULL, err);
  if (status != GY_OK) return status;
  *quality = model.cost;
  gy_kmedoids_clear(&model);
  return GY_OK;
}

static gy_status pam_k10(gy_matrix x, void *table, const gy_task *task, double *quality, gy_error *err) {
  return pam(x, table, 10, task, quality, err);
}

static gy_status pam_k100(gy_matrix x, void *table, const gy_task *task, double *quality, gy_error *err) {
  return pam(x, table, 100, task, quality, err);
}

static gy_status clara_k8(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  gy_dissimilarity of = gy_dissimilarity_rows(x, GY_METRIC_EUCLIDEAN);
  gy_kmedoids_options options = gy_kmedoids_defaults(8);
  gy_kmedoids_sampling sampling = gy_kmedoids_sampling_defaults();
  gy_kmedoids_quality judged;
  gy_kmedoids model;
  gy_status status = gy_kmedoids_fit_sampled(&of, &options, &sampling, task, &model, &judged, NULL, err);
  if (status != GY_OK) return status;
  *quality = model.cost;
  gy_kmedoids_clear(&model);
  return GY_OK;
}

int main(int argc, char **argv) {
  static const fit_case cases[] = {
      {"pam_k10", distances, pam_k10}, {"pam_k100", distances, pam_k100}, {"clara_k8", NULL, clara_k8}};
  return fit_main(argc, argv, cases, sizeof cases / sizeof *cases);
}

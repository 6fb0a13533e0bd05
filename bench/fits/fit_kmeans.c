/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <gyeol/kmeans.h>

#include "fits/fit.h"

/* 20 iterations from the first k rows. */
static gy_status lloyd(gy_matrix x, int32_t k, const gy_task *task, double *quality, gy_error *err) {
  gy_kmeans_options options = gy_kmeans_defaults(k);
  options.initial_centers = x.values;
  options.max_iterations = 20;
  options.tolerance = 0;
  int32_t *labels = malloc(x.n_rows * sizeof *labels);
  gy_kmeans model;
  gy_status status = gy_kmeans_fit(x, &options, task, &model, labels, err);
  free(labels);
  if (status != GY_OK) return status;
  *quality = model.inertia;
  gy_kmeans_clear(&model);
  return GY_OK;
}

static gy_status lloyd_k5(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  return lloyd(x, 5, task, quality, err);
}

static gy_status lloyd_k8(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  return lloyd(x, 8, task, quality, err);
}

static gy_status lloyd_k50(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  return lloyd(x, 50, task, quality, err);
}

int main(int argc, char **argv) {
  static const fit_case cases[] = {
      {"lloyd_k5", NULL, lloyd_k5}, {"lloyd_k8", NULL, lloyd_k8}, {"lloyd_k50", NULL, lloyd_k50}};
  return fit_main(argc, argv, cases, sizeof cases / sizeof *cases);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * DBSCAN with min_samples 10, its quality the number of noise rows; OPTICS, its quality the rows reached. */
#include <math.h>
#include <stdlib.h>

#include <gyeol/dbscan.h>
#include <gyeol/optics.h>

#include "fits/fit.h"

static gy_status dbscan(gy_matrix x, double eps, const gy_task *task, double *quality, gy_error *err) {
  gy_dbscan_options options = gy_dbscan_defaults(eps);
  gy_dbscan result;
  options.min_samples = 10;
  int32_t *labels = malloc(x.n_rows * sizeof *labels);
  gy_status status = gy_dbscan_fit(x, &options, task, &result, labels, NULL, err);
  free(labels);
  if (status == GY_OK) *quality = (double)result.n_noise;
  return status;
}

static gy_status uniform_2(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  return dbscan(x, 0.00977, task, quality, err);
}

static gy_status uniform_5(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  return dbscan(x, 0.1415, task, quality, err);
}

static gy_status groups_2(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  return dbscan(x, 0.1, task, quality, err);
}

static gy_status groups_5(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  return dbscan(x, 0.6, task, quality, err);
}

static gy_status large(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  return dbscan(x, 0.00098, task, quality, err);
}

static gy_status optics(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  gy_optics_options options = gy_optics_defaults();
  gy_optics order;
  options.min_samples = 10;
  gy_status status = gy_optics_fit(x, &options, task, &order, err);
  if (status != GY_OK) return status;
  *quality = 0;
  for (size_t i = 0; i < order.n; i++) *quality += isfinite(order.reachability[i]);
  gy_optics_clear(&order);
  return GY_OK;
}

int main(int argc, char **argv) {
  static const fit_case cases[] = {
      {"dbscan_uniform_2", NULL, uniform_2}, {"dbscan_uniform_5", NULL, uniform_5},
      {"dbscan_groups_2", NULL, groups_2},   {"dbscan_groups_5", NULL, groups_5},
      {"dbscan_large", NULL, large},         {"optics", NULL, optics}};
  return fit_main(argc, argv, cases, sizeof cases / sizeof *cases);
}

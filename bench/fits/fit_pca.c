/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <gyeol/pca.h>

#include "fits/fit.h"

/* `quality`: the variance explained by what was asked for. */
static gy_status pca(gy_matrix x, int32_t k, gy_pca_method method, const gy_task *task, double *quality,
                     gy_error *err) {
  gy_pca_options options = gy_pca_defaults(k);
  options.method = method;
  gy_pca model;
  gy_status status = gy_pca_fit(x, &options, task, &model, err);
  if (status != GY_OK) return status;
  *quality = 0;
  for (int32_t i = 0; i < k; i++) *quality += model.explained_variance[i];
  gy_pca_clear(&model);
  return GY_OK;
}

static gy_status pca_k4(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  return pca(x, 4, GY_PCA_AUTO, task, quality, err);
}

static gy_status pca_k10(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  return pca(x, 10, GY_PCA_RANDOMISED, task, quality, err);
}

int main(int argc, char **argv) {
  static const fit_case cases[] = {{"pca_k4", NULL, pca_k4}, {"pca_k10", NULL, pca_k10}};
  return fit_main(argc, argv, cases, sizeof cases / sizeof *cases);
}

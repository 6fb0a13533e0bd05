/* SPDX-License-Identifier: Apache-2.0 */
#include <gyeol/hdbscan.h>

#include "fits/fit.h"

/* min_cluster_size and min_samples 10. */
static gy_status ten(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  gy_hdbscan_options options = gy_hdbscan_defaults();
  options.min_cluster_size = 10;
  gy_hdbscan model;
  gy_status status = gy_hdbscan_fit(x, &options, task, &model, NULL, err);
  if (status != GY_OK) return status;
  *quality = model.n_clusters;
  gy_hdbscan_clear(&model);
  return GY_OK;
}

int main(int argc, char **argv) {
  static const fit_case cases[] = {{"ten", NULL, ten}};
  return fit_main(argc, argv, cases, sizeof cases / sizeof *cases);
}

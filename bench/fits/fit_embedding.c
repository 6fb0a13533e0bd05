/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <gyeol/embedding.h>

#include "fits/fit.h"

/* `quality`: the divergence that is minimised. */
static gy_status embed(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  gy_embedding_options options = gy_embedding_defaults();
  gy_embedding result;
  float *points = malloc(2 * x.n_rows * sizeof *points);
  if (points == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu points", x.n_rows);
  gy_status status = gy_embedding_fit(x, &options, task, points, &result, err);
  free(points);
  if (status == GY_OK) *quality = result.kl_divergence;
  return status;
}

int main(int argc, char **argv) {
  static const fit_case cases[] = {{"tsne", NULL, embed}};
  return fit_main(argc, argv, cases, sizeof cases / sizeof *cases);
}

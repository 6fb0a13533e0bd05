/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include <gyeol/validity.h>

#include "fits/fit.h"

/* Labels that both sides make for themselves: the stretch of the first column that a row lies in. */
static void *stretches(gy_matrix x) {
  int32_t *labels = malloc(x.n_rows * sizeof *labels);
  if (labels == NULL) abort();
  for (size_t i = 0; i < x.n_rows; i++)
    labels[i] = (int32_t)fminf(fmaxf(floorf(gy_matrix_row(x, i)[0]) + 4, 0), 7);
  return labels;
}

static gy_status exact(gy_matrix x, void *labels, const gy_task *task, double *quality, gy_error *err) {
  gy_clustering c = {x, labels, 8};
  gy_silhouette found;
  gy_status status = gy_silhouette_exact(&c, task, &found, NULL, NULL, err);
  if (status == GY_OK) *quality = found.mean;
  return status;
}

int main(int argc, char **argv) {
  static const fit_case cases[] = {{"silhouette", stretches, exact}};
  return fit_main(argc, argv, cases, sizeof cases / sizeof *cases);
}

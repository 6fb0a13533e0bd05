/* SPDX-License-Identifier: Apache-2.0
 *
 * Principal components of any small matrix with any options, transformed and turned: finite variances that
 * fall and add up, communalities that stay, or a sentence. */
#include <math.h>

#include <gyeol/pca.h>

#include "fuzz_points.h"

static void check_model(const gy_pca *model) {
  double before = INFINITY;
  for (int32_t i = 0; i < model->n_components; i++) {
    must(model->explained_variance[i] >= 0 && isfinite(model->explained_variance[i]));
    must(model->explained_variance[i] <= before);
    must(model->explained_variance_ratio[i] >= 0 && model->explained_variance_ratio[i] <= 1 + 1e-6);
    before = model->explained_variance[i];
  }
  for (size_t j = 0; j < (size_t)model->n_components * model->n_columns; j++)
    must(fabs(model->components[j]) <= 1 + 1e-6);
}

static void check_views(const gy_pca *model, gy_matrix x) {
  for (int view = GY_PCA_SCORES; view <= GY_PCA_ZCA; view++) {
    size_t k = gy_pca_view_columns(model, (gy_pca_view)view);
    float *z = malloc((x.n_rows * k + 1) * sizeof *z),
          *back = malloc((x.n_rows * x.n_columns + 1) * sizeof *z);
    must(z != NULL && back != NULL);
    gy_error err = {0};
    must(gy_pca_transform(model, (gy_pca_view)view, x, NULL, z, &err) == GY_OK);
    gy_status status =
        gy_pca_inverse(model, (gy_pca_view)view, (gy_matrix){z, x.n_rows, k}, NULL, back, &err);
    must(status == GY_OK || status == GY_EDATA); /* scores of the largest floats may not fit a float */
    free(z);
    free(back);
  }
}

static void check_varimax(const gy_pca *model) {
  size_t d = model->n_columns, k = (size_t)model->n_components;
  double *loadings = malloc(d * k * sizeof *loadings), *communalities = malloc(d * sizeof *communalities);
  must(loadings != NULL && communalities != NULL);
  gy_pca_loadings(model, loadings);
  gy_varimax_result result;
  must(gy_varimax(loadings, d, k, true, NULL, communalities, &result, NULL) == GY_OK);
  for (size_t j = 0; j < d; j++) {
    double sum = 0;
    for (size_t p = 0; p < k; p++) sum += loadings[j * k + p] * loadings[j * k + p];
    must(fabs(sum - communalities[j]) <= 1e-6 * communalities[j]);
  }
  free(loadings);
  free(communalities);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bytes bytes = {data, size};
  gy_pca_options options = gy_pca_defaults((int32_t)fuzz_below(&bytes, 12));
  options.method = (gy_pca_method)fuzz_below(&bytes, 3);
  options.oversampling = (int32_t)fuzz_below(&bytes, 12);
  options.power_iterations = (int32_t)fuzz_below(&bytes, 5);
  gy_matrix x = fuzz_points(&bytes, 90, 40);
  gy_pca model;
  gy_error err = {0};
  gy_status status = gy_pca_fit(x, &options, NULL, &model, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  if (status == GY_OK) {
    check_model(&model);
    check_views(&model, x);
    check_varimax(&model);
    gy_pca_clear(&model);
  }
  free((void *)x.values);
  return 0;
}

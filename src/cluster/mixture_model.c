/* SPDX-License-Identifier: Apache-2.0
 *
 * Between a mixture in the units of the data and the same in the frame: x' = (x - offset) scale. */
#include <assert.h>
#include <stdlib.h>

#include "cluster/mixture_work.h"

/* What covariance number i of a matrix is multiplied by on the way into the frame. */
static double scale_of_covariance(const gy_mixture_work *work, size_t i) {
  size_t d = work->x.n_columns;
  assert(d > 0);
  if (work->covariance == GY_COVARIANCE_SPHERICAL) return (double)work->scale[0] * (double)work->scale[0];
  if (work->covariance == GY_COVARIANCE_DIAGONAL) return (double)work->scale[i] * (double)work->scale[i];
  return (double)work->scale[i / d] * (double)work->scale[i % d];
}

void gy_mixture_state_to_model(const gy_mixture_work *work, gy_mixture *model) {
  size_t k = work->k, d = work->x.n_columns;
  size_t length = gy_covariance_length(work->covariance, d);
  size_t count = gy_covariance_count(work->covariance, k);
  for (size_t c = 0; c < k; c++) model->weights[c] = work->state.weights[c];
  for (size_t i = 0; i < k * d; i++)
    model->means[i] = work->state.means[i] / (double)work->scale[i % d] + (double)work->offset[i % d];
  for (size_t i = 0; i < count * length; i++)
    model->covariances[i] = work->state.covariances[i] / scale_of_covariance(work, i % length);
}

void gy_mixture_state_from_model(gy_mixture_work *work, const gy_mixture *model) {
  size_t k = work->k, d = work->x.n_columns;
  size_t length = gy_covariance_length(work->covariance, d);
  size_t count = gy_covariance_count(work->covariance, k);
  for (size_t c = 0; c < k; c++) work->state.weights[c] = model->weights[c];
  for (size_t i = 0; i < k * d; i++)
    work->state.means[i] = (model->means[i] - (double)work->offset[i % d]) * (double)work->scale[i % d];
  for (size_t i = 0; i < count * length; i++)
    work->state.covariances[i] = model->covariances[i] * scale_of_covariance(work, i % length);
}

static double variance_of(const gy_mixture *model, size_t c, size_t j) {
  size_t d = model->n_columns;
  if (model->covariance == GY_COVARIANCE_SPHERICAL) return model->covariances[c];
  if (model->covariance == GY_COVARIANCE_DIAGONAL) return model->covariances[c * d + j];
  size_t matrix = model->covariance == GY_COVARIANCE_TIED ? 0 : c;
  return model->covariances[matrix * d * d + j * (d + 1)];
}

gy_status gy_mixture_frame_of_model(gy_mixture_work *work, const gy_mixture *model, gy_error *err) {
  size_t k = work->k, d = work->x.n_columns;
  double *means = malloc(2 * d * sizeof *means), total = 0;
  if (means == NULL) return gy_fail(err, GY_ENOMEM, "mixture: out of memory for %zu columns", d);
  double *variances = means + d;
  for (size_t c = 0; c < k; c++) total += model->weights[c];
  if (!(total > 0)) total = 1;
  for (size_t j = 0; j < d; j++) {
    means[j] = variances[j] = 0;
    for (size_t c = 0; c < k; c++) means[j] += model->weights[c] / total * model->means[c * d + j];
    for (size_t c = 0; c < k; c++) {
      double away = model->means[c * d + j] - means[j];
      variances[j] += model->weights[c] / total * (variance_of(model, c, j) + away * away);
    }
  }
  gy_mixture_set_frame(work, means, variances);
  free(means);
  return GY_OK;
}

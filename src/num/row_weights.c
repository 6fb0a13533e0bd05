/* SPDX-License-Identifier: Apache-2.0 */
#include "num/row_weights.h"

#include <math.h>

gy_status gy_row_weights_check(const float *weights, size_t n, double *total, gy_error *err) {
  double sum = 0;
  for (size_t i = 0; weights != NULL && i < n; i++) {
    if (!(weights[i] >= 0) || isinf(weights[i]))
      return gy_fail(err, GY_EDATA, "the weight of row %zu is %g; weights are finite and not negative", i + 1,
                     (double)weights[i]);
    sum += (double)weights[i];
  }
  if (weights != NULL && sum <= 0) return gy_fail(err, GY_EDATA, "all weights are zero");
  *total = weights == NULL ? (double)n : sum;
  return GY_OK;
}

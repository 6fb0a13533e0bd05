/* SPDX-License-Identifier: Apache-2.0 */
#include "num/sample.h"

void gy_sample_rows(gy_rng *rng, size_t n, size_t m, size_t *rows) {
  size_t taken = 0;
  for (size_t row = 0; taken < m; row++) {
    if (gy_rng_uniform(rng) * (double)(n - row) < (double)(m - taken)) rows[taken++] = row;
  }
}

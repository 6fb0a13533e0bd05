/* SPDX-License-Identifier: Apache-2.0
 *
 * Where k-prototypes begins.
 *
 * Cao, Liang and Bai (2009): a row is dense when its categories are common, on average over the categories.
 * The densest row is first; each next has the largest product of density and distance to the nearest row
 * chosen so far. Nothing is drawn.
 *
 * k-means++ (Arthur and Vassilvitskii 2007): each next row is drawn with probability proportional to its
 * distance, which is a squared one in the numbers already. */
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "cluster/kprototypes_work.h"

/* Counts of levels of all rows, in the place of cluster 0's. */
static void fill_densities(gy_kprototypes_work *work) {
  const gy_mixed *x = work->x;
  for (size_t i = 0; i < x->n_rows; i++)
    for (size_t j = 0; j < x->n_codes; j++) {
      int32_t code = x->codes[i * x->n_codes + j];
      if (code != GY_MISSING_CODE) work->counts[work->first_level[j] + (size_t)code]++;
    }
  for (size_t i = 0; i < x->n_rows; i++) {
    double sum = 0;
    for (size_t j = 0; j < x->n_codes; j++) {
      int32_t code = x->codes[i * x->n_codes + j];
      if (code != GY_MISSING_CODE) sum += (double)work->counts[work->first_level[j] + (size_t)code];
    }
    work->weights[i] = x->n_codes == 0 ? 1 : (float)(sum / (double)x->n_rows / (double)x->n_codes);
  }
}

/* The row where density times distance is largest; `first`: density alone. */
static size_t densest(const gy_kprototypes_work *work, bool first) {
  size_t best = 0;
  float most = -1;
  for (size_t i = 0; i < work->x->n_rows; i++) {
    float value = first ? work->weights[i] : work->weights[i] * work->distances[i];
    if (value <= most) continue;
    most = value;
    best = i;
  }
  return best;
}

static size_t draw(const gy_kprototypes_work *work, gy_rng *rng) {
  size_t n = work->x->n_rows;
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += (double)work->distances[i];
  double left = gy_rng_uniform(rng) * sum;
  if (!(sum > 0)) return gy_rng_below(rng, n);
  for (size_t i = 0; i < n; i++) {
    left -= (double)work->distances[i];
    if (left < 0) return i;
  }
  return n - 1;
}

gy_status gy_kprototypes_seed(gy_kprototypes_work *work, uint64_t seed, uint64_t start, gy_error *err) {
  gy_rng rng;
  gy_rng_init(&rng, seed, start);
  gy_kprototypes_reset(work);
  if (start == 0) fill_densities(work);
  for (size_t c = 0; c < work->prototypes.k; c++) {
    gy_status status = gy_task_check(work->task, err);
    if (status != GY_OK) return status;
    size_t row = start == 0 ? densest(work, c == 0)
                 : c == 0   ? gy_rng_below(&rng, work->x->n_rows)
                            : draw(work, &rng);
    gy_prototype_from_row(work, c, row);
    gy_kprototypes_approach(work, c);
  }
  gy_kprototypes_reset(work);
  return GY_OK;
}

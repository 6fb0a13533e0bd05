/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/concentration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "feature/order_statistics.h"

__extension__ typedef __int128 wide;

/* Spend of the `count` best of n ascending values; a fractional customer counts with its fraction. */
static double best_sum(const double *sum_to, size_t n, double count) {
  size_t whole = (size_t)count;
  if (whole >= n) return sum_to[n];
  return sum_to[whole] + (count - (double)whole) * (sum_to[whole + 1] - sum_to[whole]);
}

/* sum_to[k] = the k largest, of ascending values. */
static void sum_from_best(const int64_t *ascending, size_t n, double *sum_to) {
  int64_t sum = 0;
  sum_to[0] = 0;
  for (size_t k = 0; k < n; k++) {
    sum += ascending[n - 1 - k];
    sum_to[k + 1] = (double)sum;
  }
}

static double gini_of(const int64_t *ascending, size_t n) {
  wide weighted = 0, sum = 0;
  for (size_t i = 0; i < n; i++) {
    weighted += (wide)ascending[i] * (wide)(i + 1);
    sum += ascending[i];
  }
  wide numerator = 2 * weighted - (wide)(n + 1) * sum;
  return sum == 0 ? 0 : (double)numerator / ((double)n * (double)sum);
}

gy_status gy_concentration(const int64_t *values, size_t n, double top_fraction, double *gini,
                           double *top_share, double *curve, size_t n_points, gy_error *err) {
  int64_t *ascending = malloc((n + 1) * sizeof *ascending);
  double *sum_to = malloc((n + 1) * sizeof *sum_to);
  gy_status status = GY_OK;
  if (ascending == NULL || sum_to == NULL) {
    status = gy_fail(err, GY_ENOMEM, "no memory for the concentration of %zu customers", n);
    goto done;
  }
  for (size_t i = 0; i < n; i++) ascending[i] = values[i] > 0 ? values[i] : 0;
  gy_sort_int64(ascending, (int64_t *)(void *)sum_to, n);
  *gini = n > 0 ? gini_of(ascending, n) : 0;
  sum_from_best(ascending, n, sum_to);
  double total = sum_to[n], scale = total > 0 ? 1 / total : 0;
  double top = floor(top_fraction * (double)n + 1e-9);
  *top_share = n > 0 ? best_sum(sum_to, n, top < 1 ? 1 : top) * scale : 0;
  for (size_t i = 0; curve != NULL && i < n_points; i++) {
    curve[i] = best_sum(sum_to, n, (double)n * (double)(i + 1) / (double)n_points) * scale;
  }
done:
  free(ascending);
  free(sum_to);
  return status;
}

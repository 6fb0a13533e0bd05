/* SPDX-License-Identifier: Apache-2.0
 *
 * Selection after Floyd and Rivest (1975, Algorithm 489): before a large range is partitioned, a small sample
 * around the expected place of the k-th value is selected first, so that the pivot is almost the answer.
 * About n + min(k, n - k) comparisons on average, against 2-3 n of plain quickselect. */
#include "num/quantile.h"

#include <math.h>

static void swap(double *a, double *b) {
  double kept = *a;
  *a = *b;
  *b = kept;
}

/* Hoare's partition of values[left..right] around values[k]; returns where the pivot came to rest. */
static ptrdiff_t partition(double *values, ptrdiff_t left, ptrdiff_t right, ptrdiff_t k) {
  double pivot = values[k];
  ptrdiff_t i = left, j = right;
  swap(&values[left], &values[k]);
  int pivot_left = values[right] <= pivot;
  if (!pivot_left) swap(&values[right], &values[left]);
  while (i < j) {
    swap(&values[i++], &values[j--]);
    while (values[i] < pivot) i++;
    while (values[j] > pivot) j--;
  }
  if (values[left] == pivot) {
    swap(&values[left], &values[j]);
  } else {
    swap(&values[++j], &values[right]);
  }
  return j;
}

static void select_range(double *values, ptrdiff_t left, ptrdiff_t right, ptrdiff_t k) {
  while (right > left) {
    if (right - left > 600) {
      double n = (double)(right - left + 1), i = (double)(k - left + 1);
      double z = log(n), s = 0.5 * exp(2 * z / 3);
      double spread = 0.5 * sqrt(z * s * (n - s) / n) * (i < n / 2 ? -1 : 1);
      ptrdiff_t low = k - (ptrdiff_t)(i * s / n - spread);
      ptrdiff_t high = k + (ptrdiff_t)((n - i) * s / n + spread);
      select_range(values, low > left ? low : left, high < right ? high : right, k);
    }
    ptrdiff_t middle = partition(values, left, right, k);
    if (middle <= k) left = middle + 1;
    if (k <= middle) right = middle - 1;
  }
}

double gy_select(double *values, size_t n, size_t k) {
  select_range(values, 0, (ptrdiff_t)n - 1, (ptrdiff_t)k);
  return values[k];
}

static double smallest(const double *values, size_t n) {
  double least = values[0];
  for (size_t i = 1; i < n; i++) least = values[i] < least ? values[i] : least;
  return least;
}

void gy_quantiles(double *values, size_t n, const double *probs, size_t n_probs, double *quantiles) {
  size_t done = 0; /* everything before this position is in its final half */
  for (size_t q = 0; q < n_probs; q++) {
    double place = (double)(n - 1) * probs[q];
    size_t k = (size_t)place;
    double fraction = place - (double)k;
    double below = gy_select(values + done, n - done, k - done);
    double above = k + 1 < n ? smallest(values + k + 1, n - k - 1) : below;
    quantiles[q] = below + fraction * (above - below);
    done = k;
  }
}

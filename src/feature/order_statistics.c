/* SPDX-License-Identifier: Apache-2.0 */
#include "feature/order_statistics.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 1 << 16, DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, N_DIGITS = 6, SIGN_SHIFT = 63 };

/* The top bits of the double nearest to x, made ascending: a bucket never holds a larger value than the next.
 */
static inline uint32_t bucket_of(int64_t x) {
  double real = (double)x;
  uint64_t bits;
  memcpy(&bits, &real, sizeof bits);
  bits ^= bits >> SIGN_SHIFT ? UINT64_MAX : (uint64_t)1 << SIGN_SHIFT;
  return (uint32_t)(bits >> 48);
}

/* Moves `rank` from all values to those of the bucket that holds it, and returns that bucket. */
static uint32_t find_bucket(const uint32_t *counts, size_t *rank) {
  uint32_t bucket = 0;
  while (*rank >= counts[bucket]) *rank -= counts[bucket++];
  return bucket;
}

static int compare(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

/* The value of that rank among `n` values between low and high, which may be reordered. */
static int64_t select_within(int64_t *values, size_t n, size_t rank, int64_t low, int64_t high,
                             uint32_t *counts) {
  if (low == high) return low;
  uint64_t width = ((uint64_t)high - (uint64_t)low) / BUCKETS + 1;
  memset(counts, 0, BUCKETS * sizeof *counts);
  for (size_t i = 0; i < n; i++) counts[((uint64_t)values[i] - (uint64_t)low) / width]++;
  uint64_t bucket = find_bucket(counts, &rank);
  if (width == 1) return low + (int64_t)bucket;
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    if (((uint64_t)values[i] - (uint64_t)low) / width == bucket) values[kept++] = values[i];
  }
  qsort(values, kept, sizeof *values, compare);
  return values[rank];
}

gy_status gy_select_ranks(const int64_t *values, size_t n, const size_t *ranks, size_t n_ranks, int64_t *out,
                          gy_error *err) {
  gy_status status = GY_OK;
  uint32_t *counts = calloc(2 * BUCKETS, sizeof *counts);
  int64_t *within = malloc((n + 1) * sizeof *within);
  if (counts == NULL || within == NULL || n > UINT32_MAX) {
    status = gy_fail(err, GY_ENOMEM, "no memory to rank %zu values", n);
    goto done;
  }
  for (size_t i = 0; i < n; i++) counts[bucket_of(values[i])]++;
  for (size_t r = 0; r < n_ranks; r++) {
    size_t rank = ranks[r], kept = 0;
    uint32_t bucket = find_bucket(counts, &rank);
    int64_t low = INT64_MAX, high = INT64_MIN;
    for (size_t i = 0; i < n; i++) {
      within[kept] = values[i];
      bool inside = bucket_of(values[i]) == bucket;
      kept += inside;
      if (inside && values[i] < low) low = values[i];
      if (inside && values[i] > high) high = values[i];
    }
    out[r] = select_within(within, kept, rank, low, high, counts + BUCKETS);
  }
done:
  free(counts);
  free(within);
  return status;
}

gy_status gy_quantile(const int64_t *values, size_t n, double p, double *quantile, gy_error *err) {
  double position = p * (double)(n - 1);
  size_t below = (size_t)position;
  size_t ranks[2] = {below, below + 1 < n ? below + 1 : below};
  int64_t found[2];
  gy_status status = gy_select_ranks(values, n, ranks, 2, found, err);
  if (status != GY_OK) return status;
  double fraction = position - (double)below;
  *quantile = (double)found[0] + fraction * ((double)found[1] - (double)found[0]);
  return GY_OK;
}

void gy_sort_int64(int64_t *values, int64_t *scratch, size_t n) {
  int64_t *from = values, *to = scratch;
  uint64_t differing = 0;
  for (size_t i = 1; i < n; i++) differing |= (uint64_t)values[i] ^ (uint64_t)values[0];
  for (int digit = 0; digit < N_DIGITS; digit++) {
    int shift = digit * DIGIT_BITS;
    if ((differing >> shift & (DIGITS - 1)) == 0) continue;
    size_t start[DIGITS] = {0};
    uint64_t flip = (uint64_t)1 << SIGN_SHIFT;
    for (size_t i = 0; i < n; i++) start[((uint64_t)from[i] ^ flip) >> shift & (DIGITS - 1)]++;
    size_t sum = 0;
    for (int d = 0; d < DIGITS; d++) {
      size_t count = start[d];
      start[d] = sum;
      sum += count;
    }
    for (size_t i = 0; i < n; i++) to[start[((uint64_t)from[i] ^ flip) >> shift & (DIGITS - 1)]++] = from[i];
    int64_t *swap = from;
    from = to;
    to = swap;
  }
  if (from != values && n > 0) memcpy(values, from, n * sizeof *values);
}

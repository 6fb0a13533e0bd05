/* SPDX-License-Identifier: Apache-2.0
 *
 * Agreement of two clusterings of the same rows, from their table of joint counts. */
#include <stdlib.h>

#include <gyeol/validity.h>

typedef struct {
  size_t k_a, k_b;
  int64_t *cells; /* k_a x k_b */
  int64_t *rows;  /* k_a: sizes of the clusters of a */
  int64_t *columns;
} joint_counts;

static gy_status count_jointly(const int32_t *a, int32_t k_a, const int32_t *b, int32_t k_b, size_t n,
                               joint_counts *counts, gy_error *err) {
  if (k_a < 1 || k_b < 1)
    return gy_fail(err, GY_EUSAGE, "agreement: %d and %d clusters; both must be 1 or more", k_a, k_b);
  size_t n_cells = (size_t)k_a * (size_t)k_b;
  int64_t *storage = calloc(n_cells + (size_t)k_a + (size_t)k_b, sizeof *storage);
  if (storage == NULL)
    return gy_fail(err, GY_ENOMEM, "agreement: out of memory for %d x %d clusters", k_a, k_b);
  joint_counts c = {(size_t)k_a, (size_t)k_b, storage, storage + n_cells, storage + n_cells + k_a};
  for (size_t i = 0; i < n; i++) {
    if (a[i] < 0 || a[i] >= k_a || b[i] < 0 || b[i] >= k_b) {
      free(storage);
      return gy_fail(err, GY_EDATA, "agreement: row %zu has labels %d and %d, outside 0..%d and 0..%d", i + 1,
                     a[i], b[i], k_a - 1, k_b - 1);
    }
    c.cells[(size_t)a[i] * c.k_b + (size_t)b[i]]++;
    c.rows[a[i]]++;
    c.columns[b[i]]++;
  }
  *counts = c;
  return GY_OK;
}

static double pairs_within(const int64_t *counts, size_t n) {
  double pairs = 0;
  for (size_t i = 0; i < n; i++) pairs += (double)counts[i] * (double)(counts[i] - 1) / 2;
  return pairs;
}

gy_status gy_adjusted_rand(const int32_t *a, int32_t k_a, const int32_t *b, int32_t k_b, size_t n,
                           double *ari, gy_error *err) {
  joint_counts counts;
  gy_status status = count_jointly(a, k_a, b, k_b, n, &counts, err);
  if (status != GY_OK) return status;
  double both = pairs_within(counts.cells, counts.k_a * counts.k_b);
  double in_a = pairs_within(counts.rows, counts.k_a);
  double in_b = pairs_within(counts.columns, counts.k_b);
  double all = (double)n * ((double)n - 1) / 2;
  double expected = all > 0 ? in_a * in_b / all : 0;
  double most = (in_a + in_b) / 2;
  /* Both together or both apart: the partitions are equal and chance can do no worse. */
  *ari = most == expected ? 1 : (both - expected) / (most - expected);
  free(counts.cells);
  return GY_OK;
}

gy_status gy_cluster_jaccard(const int32_t *a, int32_t k_a, const int32_t *b, int32_t k_b, size_t n,
                             double *jaccard, gy_error *err) {
  joint_counts counts;
  gy_status status = count_jointly(a, k_a, b, k_b, n, &counts, err);
  if (status != GY_OK) return status;
  for (size_t i = 0; i < counts.k_a; i++) {
    jaccard[i] = 0;
    for (size_t j = 0; j < counts.k_b; j++) {
      int64_t both = counts.cells[i * counts.k_b + j];
      int64_t either = counts.rows[i] + counts.columns[j] - both;
      double similarity = either > 0 ? (double)both / (double)either : 0;
      if (similarity > jaccard[i]) jaccard[i] = similarity;
    }
  }
  free(counts.cells);
  return GY_OK;
}

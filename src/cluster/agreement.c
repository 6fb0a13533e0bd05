/* SPDX-License-Identifier: Apache-2.0
 *
 * Agreement of two clusterings of the same rows, from their table of joint counts: pairs of rows that are
 * together in both, and clusters matched one to one. Mutual information is in agreement_information.c. */
#include <math.h>
#include <stdlib.h>

#include "cluster/joint_counts.h"
#include "num/assignment.h"

/* Pairs of rows that lie together. */
typedef struct {
  double both, in_a, in_b, all;
} pair_counts;

static double pairs_within(const int64_t *counts, size_t n) {
  double pairs = 0;
  for (size_t i = 0; i < n; i++) pairs += (double)counts[i] * (double)(counts[i] - 1) / 2;
  return pairs;
}

static pair_counts count_pairs(const gy_joint_counts *counts) {
  double n = (double)counts->n;
  return (pair_counts){pairs_within(counts->cells, counts->k_a * counts->k_b),
                       pairs_within(counts->rows, counts->k_a), pairs_within(counts->columns, counts->k_b),
                       n * (n - 1) / 2};
}

static double adjusted_rand(const pair_counts *pairs) {
  double expected = pairs->all > 0 ? pairs->in_a * pairs->in_b / pairs->all : 0;
  double most = (pairs->in_a + pairs->in_b) / 2;
  /* Both together or both apart: the partitions are equal and chance can do no worse. */
  return most == expected ? 1 : (pairs->both - expected) / (most - expected);
}

static double fowlkes_mallows(const pair_counts *pairs) {
  if (pairs->in_a == 0 && pairs->in_b == 0) return 1; /* all apart in both */
  return pairs->both > 0 ? sqrt(pairs->both / pairs->in_a) * sqrt(pairs->both / pairs->in_b) : 0;
}

/* For each cluster of b, by row, the share of it that each cluster of a holds; clusters without rows are left
 * out. Returns the number of rows. */
static size_t fill_shares(const gy_joint_counts *counts, double *shares) {
  size_t n_rows = 0;
  for (size_t j = 0; j < counts->k_b; j++) {
    if (counts->columns[j] == 0) continue;
    for (size_t i = 0; i < counts->k_a; i++)
      shares[n_rows * counts->k_a + i] =
          (double)counts->cells[i * counts->k_b + j] / (double)counts->columns[j];
    n_rows++;
  }
  return n_rows;
}

static gy_status accuracy(const gy_joint_counts *counts, double *nca, gy_error *err) {
  double *shares = malloc(counts->k_a * counts->k_b * sizeof *shares), sum = 0;
  size_t *match = malloc(counts->k_b * sizeof *match);
  gy_status status = GY_OK;
  if (shares == NULL || match == NULL) {
    status =
        gy_fail(err, GY_ENOMEM, "agreement: out of memory for %zu x %zu clusters", counts->k_a, counts->k_b);
    goto done;
  }
  size_t k = fill_shares(counts, shares);
  status = gy_assign_most(shares, k, counts->k_a, match, err);
  if (status != GY_OK) goto done;
  for (size_t j = 0; j < k; j++)
    if (match[j] < counts->k_a) sum += shares[j * counts->k_a + match[j]];
  *nca = k > 1 ? (sum - 1) / ((double)k - 1) : sum;
done:
  free(match);
  free(shares);
  return status;
}

gy_status gy_agreement_of(const gy_labeling *a, const gy_labeling *b, size_t n, gy_agreement *result,
                          gy_error *err) {
  gy_joint_counts counts;
  gy_status status = gy_joint_counts_of(a, b, n, &counts, err);
  if (status != GY_OK) return status;
  gy_agreement found = {.n_used = (size_t)counts.n};
  if (counts.n == 0) {
    status = gy_fail(err, GY_EDATA, "agreement: of %zu rows none is left to compare", n);
    goto done;
  }
  status = accuracy(&counts, &found.nca, err);
  if (status != GY_OK) goto done;
  pair_counts pairs = count_pairs(&counts);
  found.rand = pairs.all > 0 ? (pairs.all + 2 * pairs.both - pairs.in_a - pairs.in_b) / pairs.all : 1;
  found.adjusted_rand = adjusted_rand(&pairs);
  found.fowlkes_mallows = fowlkes_mallows(&pairs);
  gy_agreement_information(&counts, &found);
  *result = found;
done:
  gy_joint_counts_clear(&counts);
  return status;
}

static gy_status count_plain(const int32_t *a, int32_t k_a, const int32_t *b, int32_t k_b, size_t n,
                             gy_joint_counts *counts, gy_error *err) {
  gy_labeling first = {.labels = a, .n_clusters = k_a}, second = {.labels = b, .n_clusters = k_b};
  return gy_joint_counts_of(&first, &second, n, counts, err);
}

gy_status gy_adjusted_rand(const int32_t *a, int32_t k_a, const int32_t *b, int32_t k_b, size_t n,
                           double *ari, gy_error *err) {
  gy_joint_counts counts;
  gy_status status = count_plain(a, k_a, b, k_b, n, &counts, err);
  if (status != GY_OK) return status;
  pair_counts pairs = count_pairs(&counts);
  *ari = adjusted_rand(&pairs);
  gy_joint_counts_clear(&counts);
  return GY_OK;
}

gy_status gy_cluster_jaccard(const int32_t *a, int32_t k_a, const int32_t *b, int32_t k_b, size_t n,
                             double *jaccard, gy_error *err) {
  gy_joint_counts counts;
  gy_status status = count_plain(a, k_a, b, k_b, n, &counts, err);
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
  gy_joint_counts_clear(&counts);
  return GY_OK;
}

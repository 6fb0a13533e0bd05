/* SPDX-License-Identifier: Apache-2.0
 *
 * Cutting a dendrogram: at a number of clusters, at a height, or where a cut lives longest. A cut keeps some
 * merges and drops those above; what remains are subtrees, which are numbered from the largest. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/dendrogram.h"

typedef struct {
  double size;
  int32_t first; /* lowest leaf */
  int32_t label; /* before they are put in order */
} subtree;

static int larger_first(const void *left, const void *right) {
  const subtree *a = left, *b = right;
  if (a->size > b->size) return -1;
  if (a->size < b->size) return 1;
  return a->first < b->first ? -1 : 1;
}

/* Renumbers labels 0..k-1 by size; ties by lowest leaf. */
static gy_status order_by_size(const gy_dendrogram *tree, int32_t k, int32_t *labels, gy_error *err) {
  size_t n = (size_t)tree->n_leaves;
  subtree *parts = calloc((size_t)k, sizeof *parts);
  int32_t *number = malloc((size_t)k * sizeof *number);
  gy_status status = GY_OK;
  if (parts == NULL || number == NULL) {
    status = gy_fail(err, GY_ENOMEM, "dendrogram: out of memory for %d clusters", k);
    goto done;
  }
  for (size_t i = n; i-- > 0;) {
    subtree *part = &parts[labels[i]];
    part->size += tree->leaf_sizes == NULL ? 1 : tree->leaf_sizes[i];
    part->first = (int32_t)i;
    part->label = labels[i];
  }
  qsort(parts, (size_t)k, sizeof *parts, larger_first);
  for (int32_t c = 0; c < k; c++) number[parts[c].label] = c;
  for (size_t i = 0; i < n; i++) labels[i] = number[labels[i]];
done:
  free(parts);
  free(number);
  return status;
}

/* Labels of the subtrees left when only merges with kept[i] are made; kept is closed downwards. */
static gy_status label_subtrees(const gy_dendrogram *tree, const bool *kept, int32_t *labels, int32_t *k,
                                gy_error *err) {
  int32_t n = tree->n_leaves, count = 0;
  int32_t *of_cluster = malloc(2 * (size_t)n * sizeof *of_cluster), *found = NULL;
  if (of_cluster == NULL) return gy_fail(err, GY_ENOMEM, "dendrogram: out of memory for %d leaves", n);
  found = of_cluster; /* label of each cluster, handed down from its parent; -1: it has none above */
  memset(found, -1, 2 * (size_t)n * sizeof *found);
  for (int32_t i = n - 2; i >= 0; i--) {
    if (!kept[i]) continue;
    if (found[n + i] < 0) found[n + i] = count++;
    found[tree->merges[i].a] = found[tree->merges[i].b] = found[n + i];
  }
  for (int32_t i = 0; i < n; i++)
    if (found[i] < 0) found[i] = count++;
  gy_status status = order_by_size(tree, count, found, err);
  if (status == GY_OK) {
    memcpy(labels, found, (size_t)n * sizeof *labels);
    if (k != NULL) *k = count;
  }
  free(of_cluster);
  return status;
}

gy_status gy_dendrogram_cut(const gy_dendrogram *tree, int32_t k, int32_t *labels, gy_error *err) {
  int32_t n = tree->n_leaves;
  if (k < 1 || k > n)
    return gy_fail(err, GY_EUSAGE, "dendrogram: %d clusters asked of %d leaves; 1 to %d are possible", k, n,
                   n);
  bool *kept = malloc((size_t)n * sizeof *kept);
  if (kept == NULL) return gy_fail(err, GY_ENOMEM, "dendrogram: out of memory for %d leaves", n);
  for (int32_t i = 0; i < n - 1; i++) kept[i] = i < n - k;
  gy_status status = label_subtrees(tree, kept, labels, NULL, err);
  free(kept);
  return status;
}

gy_status gy_dendrogram_cut_at(const gy_dendrogram *tree, double height, int32_t *labels, int32_t *k,
                               gy_error *err) {
  int32_t n = tree->n_leaves;
  if (isnan(height)) return gy_fail(err, GY_EUSAGE, "dendrogram: the height of the cut is not a number");
  bool *kept = malloc((size_t)n * sizeof *kept);
  if (kept == NULL) return gy_fail(err, GY_ENOMEM, "dendrogram: out of memory for %d leaves", n);
  for (int32_t i = 0; i < n - 1; i++) {
    const gy_merge *merge = &tree->merges[i];
    kept[i] = merge->height <= height && (merge->a < n || kept[merge->a - n]) &&
              (merge->b < n || kept[merge->b - n]);
  }
  gy_status status = label_subtrees(tree, kept, labels, k, err);
  free(kept);
  return status;
}

gy_status gy_dendrogram_persistent_cut(const gy_dendrogram *tree, int32_t k_max, gy_persistent_cut *cut,
                                       gy_error *err) {
  int32_t n = tree->n_leaves;
  gy_persistent_cut best = {.ratio = 0, .runner_up = 1};
  if (k_max < 2) return gy_fail(err, GY_EUSAGE, "dendrogram: k_max is %d; it must be 2 or more", k_max);
  if (n < 3) return gy_fail(err, GY_EDATA, "dendrogram: %d leaves have no cut to choose", n);
  for (int32_t k = 2; k <= k_max && k < n; k++) {
    double low = tree->merges[n - k - 1].height, high = tree->merges[n - k].height;
    if (!(high > 0)) break;
    double ratio = low > 0 ? high / low : INFINITY;
    if (ratio > best.ratio) {
      double second = best.ratio > 1 ? best.ratio : 1;
      best = (gy_persistent_cut){k, ratio, second, low, high};
    } else if (ratio > best.runner_up) {
      best.runner_up = ratio;
    }
  }
  if (best.k == 0) return gy_fail(err, GY_EDATA, "dendrogram: all leaves are equal; there is nothing to cut");
  *cut = best;
  return GY_OK;
}

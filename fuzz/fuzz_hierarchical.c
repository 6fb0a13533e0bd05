/* SPDX-License-Identifier: Apache-2.0
 *
 * Every linkage on any small matrix, exact and in two stages: a tree that can be cut, or a sentence. */
#include <math.h>

#include <gyeol/hierarchical.h>

#include "fuzz_points.h"

static void check_tree(const gy_dendrogram *tree, bool may_invert) {
  int32_t n = tree->n_leaves;
  bool *used = calloc(2 * (size_t)n, sizeof *used);
  must(used != NULL);
  for (int32_t i = 0; i < n - 1; i++) {
    gy_merge m = tree->merges[i];
    must(m.a >= 0 && m.a < m.b && m.b < n + i && !used[m.a] && !used[m.b]);
    used[m.a] = used[m.b] = true;
    must(m.height >= 0 && isfinite(m.height) && m.size > 0);
    must(may_invert || i == 0 || m.height >= tree->merges[i - 1].height);
  }
  must(may_invert || tree->n_inversions == 0);
  free(used);
}

static void check_cuts(const gy_hierarchy *h, int32_t k, int32_t *labels) {
  gy_error err = {0};
  gy_status status = gy_hierarchy_cut(h, k, labels, &err);
  must((status == GY_OK) == (k >= 1 && k <= h->tree.n_leaves));
  for (size_t i = 0; status == GY_OK && i < h->n_rows; i++) must(labels[i] >= 0 && labels[i] < k);
  gy_persistent_cut cut;
  status = gy_dendrogram_persistent_cut(&h->tree, 10, &cut, &err);
  must(status != GY_OK || (cut.k >= 2 && cut.k <= 10 && cut.ratio >= 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bytes bytes = {data, size};
  gy_hierarchical_options options =
      gy_hierarchical_defaults((gy_linkage)fuzz_below(&bytes, GY_LINKAGE_COUNT + 1));
  int32_t k = (int32_t)fuzz_below(&bytes, 20);
  bool weighted = fuzz_below(&bytes, 2);
  if (fuzz_below(&bytes, 2)) options.exact_rows = 1;
  gy_matrix x = fuzz_points(&bytes, 255, 12);
  /* Two stages begin above 256 rows. */
  size_t n = x.n_rows, repeats = options.exact_rows == 1 && n > 200 ? 2 : 1, values = n * x.n_columns;
  float *rows = malloc((repeats * values + 1) * sizeof *rows), weights[600];
  int32_t *labels = malloc((repeats * n + 1) * sizeof *labels);
  must(rows != NULL && labels != NULL);
  for (size_t i = 0; i < repeats * values; i++) rows[i] = x.values[i % values] * (float)(1 + i / values);
  for (size_t i = 0; i < 600; i++) weights[i] = (float)(1 + i % 3);
  if (weighted) options.weights = weights;
  gy_hierarchy h;
  gy_error err = {0};
  gy_status status = gy_hierarchy_fit((gy_matrix){rows, repeats * n, x.n_columns}, &options, NULL, &h, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  if (status == GY_OK) {
    check_tree(&h.tree, options.linkage == GY_LINKAGE_CENTROID || options.linkage == GY_LINKAGE_MEDIAN);
    check_cuts(&h, k, labels);
    gy_hierarchy_clear(&h);
  }
  free(rows);
  free(labels);
  free((void *)x.values);
  return 0;
}

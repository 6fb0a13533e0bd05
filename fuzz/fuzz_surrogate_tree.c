/* SPDX-License-Identifier: Apache-2.0
 *
 * A surrogate tree of any small matrix with any labels: a tree that adds up and rules that end, or a
 * sentence. */
#include <gyeol/surrogate_tree.h>

#include "fuzz_points.h"

static const char *const NAMES[] = {"a", "b", "c", "d", "e", "f"};

static void check(const gy_surrogate_tree *tree, gy_matrix x) {
  int64_t rows = 0;
  must(tree->n_nodes >= 1 && tree->n_nodes <= GY_SURROGATE_NODES_MAX && tree->n_nodes % 2 == 1);
  must(tree->fidelity >= 0 && tree->fidelity <= 1 && tree->nodes[0].n_rows == (int64_t)x.n_rows);
  for (int32_t i = 0; i < tree->n_nodes; i++) {
    const gy_surrogate_node *node = &tree->nodes[i];
    must(node->n_rows > 0 && node->label >= -1 && node->label < tree->n_clusters);
    if (node->column < 0) rows += node->n_rows;
    if (node->column >= 0)
      must(node->left == i + 1 && node->right > node->left && node->right < tree->n_nodes);
  }
  must(rows == (int64_t)x.n_rows);
  for (int32_t c = 0; c < tree->n_clusters; c++) {
    char *rule = NULL;
    must(gy_surrogate_tree_rule(tree, c, NAMES, &rule, NULL) == GY_OK);
    free(rule);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bytes bytes = {data, size};
  int32_t k = (int32_t)fuzz_below(&bytes, 9), labels[100];
  gy_surrogate_options options = {.max_depth = (int32_t)fuzz_below(&bytes, 6),
                                  .min_leaf_share = fuzz_below(&bytes, 60) / 100.0,
                                  .min_leaf_gain = fuzz_below(&bytes, 102) / 100.0};
  unsigned weighted = fuzz_below(&bytes, 2);
  float weights[100];
  for (size_t i = 0; i < 100; i++) {
    labels[i] = (int32_t)fuzz_below(&bytes, k > 0 ? (unsigned)k + 1 : 2) - 1;
    weights[i] = (float)fuzz_below(&bytes, 5);
  }
  options.weights = weighted ? weights : NULL;
  gy_matrix x = fuzz_points(&bytes, 100, 6);
  gy_surrogate_tree tree;
  gy_error err = {0};
  gy_status status = gy_surrogate_tree_fit(x, labels, k, &options, NULL, &tree, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  if (status == GY_OK) {
    check(&tree, x);
    gy_surrogate_tree_clear(&tree);
  }
  free((void *)x.values);
  return 0;
}

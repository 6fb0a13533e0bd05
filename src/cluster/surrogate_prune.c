/* SPDX-License-Identifier: Apache-2.0
 *
 * Weakest-link pruning (Breiman et al. 1984, chapter 3): the subtree that brings the least agreement a leaf
 * is cut first, until each brings enough. Leaves of one parent that say the same bring nothing, so they go
 * with any threshold. A subtree that has a cluster's only leaf stays: every cluster keeps its rule. */
#include "cluster/surrogate_prune.h"

#include <math.h>

/* Under a node: agreement of its leaves, and how many they are. */
typedef struct {
  double agreeing;
  int32_t n_leaves;
} subtree;

static subtree look(const gy_surrogate_tree *tree, int32_t at) {
  const gy_surrogate_node *node = &tree->nodes[at];
  if (node->column < 0) return (subtree){node->agreeing, 1};
  subtree left = look(tree, node->left), right = look(tree, node->right);
  return (subtree){left.agreeing + right.agreeing, left.n_leaves + right.n_leaves};
}

static int32_t leaves_saying(const gy_surrogate_tree *tree, int32_t at, int32_t label) {
  const gy_surrogate_node *node = &tree->nodes[at];
  if (node->column < 0) return node->label == label;
  return leaves_saying(tree, node->left, label) + leaves_saying(tree, node->right, label);
}

/* Would a leaf at `top` leave a label without any? Asks this of the leaves under `at`. */
static bool has_only_leaf(const gy_surrogate_tree *tree, int32_t top, int32_t at) {
  const gy_surrogate_node *node = &tree->nodes[at];
  if (node->column >= 0) return has_only_leaf(tree, top, node->left) || has_only_leaf(tree, top, node->right);
  return node->label != tree->nodes[top].label &&
         leaves_saying(tree, 0, node->label) == leaves_saying(tree, top, node->label);
}

/* The inner node, reachable from `at`, whose subtree brings least a leaf; -1 for none that may go. */
static int32_t weakest(const gy_surrogate_tree *tree, int32_t at, double *brings) {
  const gy_surrogate_node *node = &tree->nodes[at];
  if (node->column < 0) return -1;
  double of_left = INFINITY, of_right = INFINITY;
  int32_t left = weakest(tree, node->left, &of_left), right = weakest(tree, node->right, &of_right);
  subtree below = look(tree, at);
  int32_t best = of_right < of_left ? right : left;
  *brings = fmin(of_left, of_right);
  double own = (below.agreeing - node->agreeing) / (below.n_leaves - 1);
  if (own > *brings || has_only_leaf(tree, at, at)) return best;
  *brings = own;
  return at;
}

/* Copies what is reachable; returns where it begins. */
static int32_t copy_from(const gy_surrogate_tree *from, int32_t at, gy_surrogate_tree *to) {
  int32_t here = to->n_nodes++;
  to->nodes[here] = from->nodes[at];
  if (from->nodes[at].column < 0) return here;
  int32_t left = copy_from(from, from->nodes[at].left, to);
  to->nodes[here].left = left;
  int32_t right = copy_from(from, from->nodes[at].right, to);
  to->nodes[here].right = right;
  return here;
}

void gy_surrogate_prune(gy_surrogate_tree *tree, double least, double total) {
  for (;;) {
    double brings = INFINITY;
    int32_t at = weakest(tree, 0, &brings);
    if (at < 0 || brings > least * total) break;
    gy_surrogate_node *node = &tree->nodes[at];
    node->column = node->left = node->right = -1;
    node->threshold = node->gain = 0;
    node->whole = false;
  }
  gy_surrogate_tree all = *tree;
  tree->n_nodes = 0;
  copy_from(&all, 0, tree);
}

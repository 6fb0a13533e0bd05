/* SPDX-License-Identifier: Apache-2.0
 *
 * The condensed tree (Campello, Moulavi and Sander 2013, section 4). Seen from the top, a merge of the
 * dendrogram is a split at density lambda = 1 / height. Merges of one height that hang together are one split
 * into several parts: in which order a dendrogram of two-way merges names them is an accident. Of these parts
 *
 *      two or more have min_cluster_size rows    each is a new cluster; the rows of the others fall out
 *      one has                                   the cluster goes on there; the rows of the others fall out
 *      none has                                  all rows fall out, and the cluster ends
 *
 * Parents have higher numbers than their children, so scans over the merges from the last to the first meet
 * every cluster after its parent, and need no recursion. The stability of a cluster is the sum over its rows
 * of lambda when they leave it (fall out, or go on into a child) minus lambda when it appeared. */
#include "cluster/condensed_tree.h"

#include <math.h>
#include <stdlib.h>

/* Where a cluster of the dendrogram is: in a node, and, if it has fallen out, since when. */
typedef struct {
  int32_t node;
  double fallen; /* lambda, or -1: it has not */
} position;

typedef struct {
  gy_hdbscan_node *nodes;
  int32_t n_nodes, room;
} node_list;

static double least_distance(const gy_dendrogram *tree) {
  for (int32_t i = 0; i < tree->n_leaves - 1; i++)
    if (tree->merges[i].height > 0) return tree->merges[i].height / 2;
  return 1;
}

static bool add_node(node_list *list, int32_t parent, double birth, double size) {
  if (list->n_nodes == list->room) {
    int32_t room = 2 * list->room + 16;
    gy_hdbscan_node *nodes = realloc(list->nodes, (size_t)room * sizeof *nodes);
    if (nodes == NULL) return false;
    list->nodes = nodes;
    list->room = room;
  }
  list->nodes[list->n_nodes++] =
      (gy_hdbscan_node){.parent = parent, .label = -1, .size = (int32_t)size, .birth = birth, .death = birth};
  return true;
}

/* `size` rows leave `node` at `lambda`. */
static void leave(node_list *list, int32_t node, double lambda, double size) {
  gy_hdbscan_node *left = &list->nodes[node];
  left->stability += (lambda - left->birth) * size;
  if (lambda > left->death) left->death = lambda;
}

static double size_of(const gy_dendrogram *tree, int32_t cluster) {
  return cluster < tree->n_leaves ? 1 : tree->merges[cluster - tree->n_leaves].size;
}

static double height_of(const gy_dendrogram *tree, int32_t cluster) {
  return cluster < tree->n_leaves ? -1 : tree->merges[cluster - tree->n_leaves].height;
}

/* For each merge, how many parts of the split that it belongs to are large. A split is counted at its topmost
 * merge and handed down again when all of it is known. */
static void count_large_parts(const gy_dendrogram *tree, double min_size, int32_t *top, int32_t *large) {
  int32_t n = tree->n_leaves;
  for (int32_t i = 0; i < n - 1; i++) top[i] = i;
  for (int32_t i = n - 2; i >= 0; i--) {
    const int32_t sides[2] = {tree->merges[i].a, tree->merges[i].b};
    large[i] = 0;
    for (int s = 0; s < 2; s++) {
      if (height_of(tree, sides[s]) == tree->merges[i].height)
        top[sides[s] - n] = top[i];
      else
        large[top[i]] += size_of(tree, sides[s]) >= min_size;
    }
  }
  for (int32_t i = n - 2; i >= 0; i--) large[i] = large[top[i]];
}

/* Tells the two sides of a merge where they are. */
static bool split(const gy_dendrogram *tree, int32_t merge, double lambda, double min_size, int32_t n_large,
                  position *at, node_list *list) {
  const int32_t sides[2] = {tree->merges[merge].a, tree->merges[merge].b};
  position here = at[tree->n_leaves + merge];
  for (int s = 0; s < 2; s++) {
    double size = size_of(tree, sides[s]);
    at[sides[s]] = here;
    if (here.fallen >= 0 || height_of(tree, sides[s]) == tree->merges[merge].height) continue;
    if (size < min_size) {
      at[sides[s]].fallen = lambda;
      leave(list, here.node, lambda, size);
    } else if (n_large > 1) {
      leave(list, here.node, lambda, size);
      at[sides[s]].node = list->n_nodes;
      if (!add_node(list, here.node, lambda, size)) return false;
    }
  }
  return true;
}

gy_status gy_condense(const gy_dendrogram *tree, int32_t min_cluster_size, gy_hdbscan *model, gy_error *err) {
  int32_t n = tree->n_leaves;
  node_list list = {0};
  position *at = malloc(2 * (size_t)n * sizeof *at);
  int32_t *top = malloc((size_t)n * sizeof *top), *large = malloc((size_t)n * sizeof *large);
  gy_status status = GY_OK;
  bool done = at != NULL && top != NULL && large != NULL && add_node(&list, -1, 0, n);
  double least = least_distance(tree);
  if (done) {
    count_large_parts(tree, min_cluster_size, top, large);
    /* A row alone has no merge to fall out by. */
    at[2 * n - 2] = (position){.fallen = n > 1 ? -1 : 1 / least};
  }
  for (int32_t i = n - 2; done && i >= 0; i--) {
    double height = tree->merges[i].height;
    done = split(tree, i, 1 / (height > least ? height : least), min_cluster_size, large[i], at, &list);
  }
  if (!done) {
    status = gy_fail(err, GY_ENOMEM, "hdbscan: out of memory for the condensed tree of %d rows", n);
    free(list.nodes);
    goto done;
  }
  for (int32_t i = 0; i < n; i++) {
    model->row_nodes[i] = at[i].node;
    model->row_lambdas[i] = at[i].fallen;
  }
  model->nodes = list.nodes;
  model->n_nodes = list.n_nodes;
  model->least_distance = least;
done:
  free(at);
  free(top);
  free(large);
  return status;
}

/* GLOSH (Campello et al. 2015): how much denser than at x it gets in the cluster that x fell out of, or below
 * it. */
gy_status gy_condensed_outliers(gy_hdbscan *model, gy_error *err) {
  size_t n_nodes = (size_t)model->n_nodes;
  double *densest = malloc(n_nodes * sizeof *densest);
  if (densest == NULL) return gy_fail(err, GY_ENOMEM, "hdbscan: out of memory for %zu nodes", n_nodes);
  for (size_t c = 0; c < n_nodes; c++) densest[c] = model->nodes[c].death;
  for (size_t c = n_nodes; c-- > 1;) {
    double *above = &densest[model->nodes[c].parent];
    if (densest[c] > *above) *above = densest[c];
  }
  for (size_t i = 0; i < model->n_rows; i++) {
    double most = densest[model->row_nodes[i]];
    model->outlier_scores[i] = most > 0 ? (float)(1 - model->row_lambdas[i] / most) : 0;
  }
  free(densest);
  return GY_OK;
}

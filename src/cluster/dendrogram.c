/* SPDX-License-Identifier: Apache-2.0
 *
 * From edges to a tree. Every agglomeration can be told as a list of edges: each merge named by one leaf of
 * either side, at a height. Sorted by height and united one by one (union-find), they give the clusters their
 * numbers. Minimum spanning trees come in this form (Gower and Ross 1969), and so do the merges of a
 * nearest-neighbour chain, which finds them out of order (Muellner 2011, section 3.1). */
#include "cluster/dendrogram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int32_t root_of(int32_t *parent, int32_t leaf) {
  while (parent[leaf] != leaf) {
    parent[leaf] = parent[parent[leaf]];
    leaf = parent[leaf];
  }
  return leaf;
}

typedef struct {
  double height;
  size_t place; /* in the list given */
} ranked_edge;

static int by_height_then_place(const void *left, const void *right) {
  const ranked_edge *a = left, *b = right;
  if (a->height < b->height) return -1;
  if (a->height > b->height) return 1;
  return a->place < b->place ? -1 : 1;
}

static gy_status check_edges(const gy_tree_edge *edges, size_t n_leaves, gy_error *err) {
  if (n_leaves < 1 || n_leaves > GY_DENDROGRAM_LEAVES_MAX)
    return gy_fail(err, GY_EUSAGE, "dendrogram: %zu leaves; 1 to %d are possible", n_leaves,
                   GY_DENDROGRAM_LEAVES_MAX);
  for (size_t i = 0; i + 1 < n_leaves; i++) {
    int32_t a = edges[i].a, b = edges[i].b;
    if (a < 0 || b < 0 || (size_t)a >= n_leaves || (size_t)b >= n_leaves)
      return gy_fail(err, GY_EDATA, "dendrogram: edge %zu joins %d and %d, and there are %zu leaves", i + 1,
                     a, b, n_leaves);
    if (isnan(edges[i].height))
      return gy_fail(err, GY_EDATA, "dendrogram: the height of edge %zu is not a number", i + 1);
  }
  return GY_OK;
}

/* What uniting needs: the forest of leaves, and the cluster that each root now is. */
typedef struct {
  int32_t *parent;
  int32_t *cluster;
  double *size;
} forest;

static gy_status unite_all(const gy_tree_edge *edges, const ranked_edge *ranked, forest *f,
                           gy_dendrogram *tree, gy_error *err) {
  int32_t n = tree->n_leaves;
  for (int32_t i = 0; i < n - 1; i++) {
    const gy_tree_edge *edge = &edges[ranked[i].place];
    int32_t from = root_of(f->parent, edge->a), to = root_of(f->parent, edge->b);
    if (from == to)
      return gy_fail(err, GY_EDATA, "dendrogram: edge %zu closes a circle; a spanning tree is needed",
                     ranked[i].place + 1);
    if (f->size[from] > f->size[to]) {
      int32_t swap = from;
      from = to;
      to = swap;
    }
    int32_t a = f->cluster[from], b = f->cluster[to];
    f->parent[from] = to;
    f->size[to] += f->size[from];
    f->cluster[to] = n + i;
    tree->merges[i] = (gy_merge){a < b ? a : b, a < b ? b : a, edge->height, f->size[to]};
    if ((a >= n && tree->merges[a - n].height > edge->height) ||
        (b >= n && tree->merges[b - n].height > edge->height))
      tree->n_inversions++;
  }
  return GY_OK;
}

static void plant(forest *f, const double *sizes, gy_dendrogram *tree) {
  for (int32_t i = 0; i < tree->n_leaves; i++) {
    f->parent[i] = f->cluster[i] = i;
    f->size[i] = sizes == NULL ? 1 : sizes[i];
    if (sizes != NULL) tree->leaf_sizes[i] = f->size[i];
  }
}

gy_status gy_dendrogram_grow(const gy_tree_edge *edges, size_t n_leaves, const double *sizes, bool sorted,
                             gy_dendrogram *tree, gy_error *err) {
  gy_dendrogram grown = {.n_leaves = (int32_t)n_leaves};
  forest f = {0};
  gy_status status = check_edges(edges, n_leaves, err);
  if (status != GY_OK) return status;
  ranked_edge *ranked = malloc(n_leaves * sizeof *ranked);
  f.parent = malloc(n_leaves * sizeof *f.parent);
  f.cluster = malloc(n_leaves * sizeof *f.cluster);
  f.size = malloc(n_leaves * sizeof *f.size);
  grown.merges = malloc(n_leaves * sizeof *grown.merges);
  if (sizes != NULL) grown.leaf_sizes = malloc(n_leaves * sizeof *grown.leaf_sizes);
  if (ranked == NULL || f.parent == NULL || f.cluster == NULL || f.size == NULL || grown.merges == NULL ||
      (sizes != NULL && grown.leaf_sizes == NULL)) {
    status = gy_fail(err, GY_ENOMEM, "dendrogram: out of memory for %zu leaves", n_leaves);
    goto done;
  }
  for (size_t i = 0; i + 1 < n_leaves; i++) ranked[i] = (ranked_edge){edges[i].height, i};
  if (!sorted) qsort(ranked, n_leaves - 1, sizeof *ranked, by_height_then_place);
  plant(&f, sizes, &grown);
  status = unite_all(edges, ranked, &f, &grown, err);
  if (status != GY_OK) goto done;
  *tree = grown;
  grown = (gy_dendrogram){0};
done:
  free(ranked);
  free(f.parent);
  free(f.cluster);
  free(f.size);
  gy_dendrogram_clear(&grown);
  return status;
}

size_t gy_dendrogram_memory(size_t n_leaves) {
  size_t a_leaf = sizeof(ranked_edge) + 2 * sizeof(int32_t) + 2 * sizeof(double) + sizeof(gy_merge);
  return n_leaves > SIZE_MAX / a_leaf ? SIZE_MAX : n_leaves * a_leaf;
}

gy_status gy_dendrogram_from_edges(const gy_tree_edge *edges, size_t n_leaves, const double *sizes,
                                   gy_dendrogram *tree, gy_error *err) {
  return gy_dendrogram_grow(edges, n_leaves, sizes, false, tree, err);
}

gy_status gy_dendrogram_weigh(gy_dendrogram *tree, const double *weights, gy_error *err) {
  int32_t n = tree->n_leaves;
  double *sizes = malloc((size_t)n * sizeof *sizes);
  if (sizes == NULL) return gy_fail(err, GY_ENOMEM, "dendrogram: out of memory for %d leaves", n);
  memcpy(sizes, weights, (size_t)n * sizeof *sizes);
  for (int32_t i = 0; i < n - 1; i++) {
    gy_merge *m = &tree->merges[i];
    m->size = (m->a < n ? sizes[m->a] : tree->merges[m->a - n].size) +
              (m->b < n ? sizes[m->b] : tree->merges[m->b - n].size);
  }
  free(tree->leaf_sizes);
  tree->leaf_sizes = sizes;
  return GY_OK;
}

void gy_dendrogram_clear(gy_dendrogram *tree) {
  if (tree == NULL) return;
  free(tree->merges);
  free(tree->leaf_sizes);
  *tree = (gy_dendrogram){0};
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster/single_linkage.h"

#include <stdlib.h>

#include "cluster/dendrogram.h"
#include "cluster/mst.h"

static const gy_mst_options PLAIN = {.min_samples = 1};

size_t gy_single_linkage_memory(size_t n, size_t d, const gy_task *task) {
  size_t tree = gy_mst_memory(n, d, &PLAIN, task), growing = n * 64, edges = n * sizeof(gy_mst_edge);
  if (tree == SIZE_MAX) return SIZE_MAX;
  size_t later = growing + n * (sizeof(gy_merge) + sizeof(gy_tree_edge));
  return edges + (tree > later ? tree : later);
}

gy_status gy_dendrogram_of_mst(const gy_mst_edge *edges, size_t n, gy_dendrogram *tree, gy_error *err) {
  gy_tree_edge *plain = malloc(n * sizeof *plain);
  if (plain == NULL) return gy_fail(err, GY_ENOMEM, "out of memory for a dendrogram of %zu rows", n);
  for (size_t e = 0; e + 1 < n; e++)
    plain[e] = (gy_tree_edge){(int32_t)edges[e].a, (int32_t)edges[e].b, edges[e].weight};
  gy_status status = gy_dendrogram_grow(plain, n, NULL, true, tree, err);
  free(plain);
  return status;
}

gy_status gy_single_linkage(gy_matrix x, const gy_task *task, gy_dendrogram *tree, gy_error *err) {
  size_t n = x.n_rows;
  gy_status status = gy_mst_check(x, 1, "single linkage", task, err);
  if (status != GY_OK) return status;
  size_t need = gy_single_linkage_memory(n, x.n_columns, task);
  if (need > gy_task_memory(task))
    return gy_fail(err, GY_ELIMIT, "single linkage: %zu bytes are needed for %zu rows, and the budget is %zu",
                   need, n, gy_task_memory(task));
  gy_mst_edge *edges = malloc(n * sizeof *edges);
  if (edges == NULL) return gy_fail(err, GY_ENOMEM, "single linkage: out of memory for %zu rows", n);
  status = gy_mst_build(x, &PLAIN, task, edges, NULL, err);
  if (status == GY_OK) status = gy_dendrogram_of_mst(edges, n, tree, err);
  free(edges);
  return status;
}

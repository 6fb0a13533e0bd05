/* SPDX-License-Identifier: Apache-2.0
 *
 * Spanning trees of any small matrix: Prim and Boruvka give the same edges, in order and without circles. */
#include <math.h>
#include <string.h>

#include "cluster/mst.h"
#include "fuzz_points.h"

static uint32_t root_of(uint32_t *parent, uint32_t row) {
  while (parent[row] != row) row = parent[row] = parent[parent[row]];
  return row;
}

static void check_edges(const gy_mst_edge *edges, size_t n) {
  uint32_t parent[256];
  for (uint32_t i = 0; i < n; i++) parent[i] = i;
  for (size_t e = 0; e + 1 < n; e++) {
    must(isfinite(edges[e].weight) && edges[e].weight >= edges[e].distance && edges[e].distance >= 0);
    must(edges[e].a < edges[e].b && edges[e].b < n);
    must(e == 0 || edges[e].weight >= edges[e - 1].weight);
    uint32_t a = root_of(parent, edges[e].a), b = root_of(parent, edges[e].b);
    must(a != b);
    parent[a] = b;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bytes bytes = {data, size};
  gy_mst_options options = {.min_samples = fuzz_below(&bytes, 20), .method = GY_MST_PRIM};
  gy_matrix x = fuzz_points(&bytes, 200, 20);
  gy_mst_edge edges[256], again[256];
  double core[256];
  gy_error err = {0};
  gy_task task = {.n_threads = 1};
  if (gy_mst_check(x, options.min_samples, "tree", &task, &err) != GY_OK) {
    must(err.text[0] != '\0');
  } else {
    must(gy_mst_build(x, &options, &task, edges, core, &err) == GY_OK);
    options.method = GY_MST_BORUVKA;
    must(gy_mst_build(x, &options, &task, again, core, &err) == GY_OK);
    must(x.n_rows < 2 || memcmp(edges, again, (x.n_rows - 1) * sizeof *edges) == 0);
    check_edges(edges, x.n_rows);
  }
  free((void *)x.values);
  return 0;
}

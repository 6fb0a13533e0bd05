/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers for h3_peer.mjs: each line of stdin, "lat lng resolution k", becomes a line
 *   cell | lat lng of its centre | its boundary | all its parents | neighbors | disk of k, a resolution
 * coarser too
 */
#include <gyeol/h3.h>

#include <stdio.h>
#include <stdlib.h>

enum { K_MAX = 12 };

static void print_cells(const uint64_t *cells, size_t n) {
  char text[GY_H3_TEXT_MAX];
  for (size_t i = 0; i < n; i++) {
    gy_h3_to_text(cells[i], text);
    printf(" %s", text);
  }
  printf(" |");
}

static int answer(double lat, double lng, int resolution, int k) {
  static uint64_t cells[1 + 3 * K_MAX * (K_MAX + 1)];
  uint64_t cell = gy_h3_lat_lng_to_cell(lat, lng, resolution);
  print_cells(&cell, 1);
  double lats[GY_H3_BOUNDARY_MAX], lngs[GY_H3_BOUNDARY_MAX];
  gy_h3_cells_to_lat_lngs(&cell, 1, lats, lngs, NULL);
  printf("%.15g %.15g |", lats[0], lngs[0]);
  int n_vertices = gy_h3_cell_to_boundary(cell, lats, lngs);
  for (int i = 0; i < n_vertices; i++) printf(" %.15g %.15g", lats[i], lngs[i]);
  printf(" |");
  for (int r = 0; r <= resolution; r++) cells[r] = gy_h3_cell_to_parent(cell, r);
  print_cells(cells, (size_t)resolution + 1);
  print_cells(cells, (size_t)gy_h3_neighbors(cell, cells));
  size_t n = 0;
  if (k > K_MAX || gy_h3_grid_disk(cell, k, cells, NULL, &n, NULL) != GY_OK) return 1;
  print_cells(cells, n);
  puts("");
  return 0;
}

int main(void) {
  double lat, lng;
  int resolution, k;
  while (scanf("%lf %lf %d %d", &lat, &lng, &resolution, &k) == 4)
    if (answer(lat, lng, resolution, k) != 0) return 1;
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Regions from any text, GeoJSON or TopoJSON: a failure has a sentence; of what is read, every vertex lies in
 * a region, not behind its own, and a grid of one cell gives the answers of any other. */
#include <string.h>

#include <gyeol/regions.h>

#include "fuzz_file.h"

enum { VERTICES_ASKED = 400 };

static void check_place(const gy_regions *regions, const gy_regions *coarse, double lat, double lng) {
  must(gy_regions_find_one(regions, lat, lng) == gy_regions_find_one(coarse, lat, lng));
}

static void check_ring(const gy_regions *regions, const gy_regions *coarse, size_t region, size_t ring) {
  size_t n;
  bool is_hole;
  const double *at = gy_regions_ring(regions, region, ring, &n, &is_hole);
  must(n >= 4 && at[0] == at[2 * n - 2] && at[1] == at[2 * n - 1]);
  for (size_t i = 0; i + 1 < n && i < VERTICES_ASKED; i++, at += 2) {
    int32_t found = gy_regions_find_one(regions, at[1], at[0]);
    must(found >= 0 && (size_t)found <= region);
    check_place(regions, coarse, at[1], at[0]);
    check_place(regions, coarse, (at[1] + at[3]) / 2, (at[0] + at[2]) / 2);
    check_place(regions, coarse, at[1], (at[0] + at[2]) / 2);
    check_place(regions, coarse, at[0], at[1]);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const gy_regions_options one_cell = {.cells_most = 1};
  gy_regions *regions = NULL, *coarse = NULL;
  gy_error err = {0};
  gy_status status = gy_regions_parse((const char *)data, size, NULL, &regions, &err);
  must((status == GY_OK) == (err.text[0] == '\0'));
  must((status == GY_OK) == (regions != NULL));
  if (status != GY_OK) return 0;
  must(gy_regions_parse((const char *)data, size, &one_cell, &coarse, &err) == GY_OK);
  must(gy_regions_count(regions) == gy_regions_count(coarse));
  for (size_t i = 0; i < gy_regions_count(regions); i++)
    for (size_t ring = 0; ring < gy_regions_at(regions, i).n_rings; ring++)
      check_ring(regions, coarse, i, ring);
  gy_regions_destroy(regions);
  gy_regions_destroy(coarse);
  return 0;
}

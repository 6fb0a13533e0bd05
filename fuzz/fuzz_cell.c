/* SPDX-License-Identifier: Apache-2.0
 *
 * Any text, any 64 bits, any pair of doubles as a cell: a valid cell keeps its laws, whatever else is none.
 */
#include <gyeol/h3.h>

#include <math.h>
#include <string.h>

#include "fuzz_points.h"

static void check_shape(uint64_t cell, int resolution) {
  double lat[GY_H3_BOUNDARY_MAX], lng[GY_H3_BOUNDARY_MAX];
  int n = gy_h3_cell_to_boundary(cell, lat, lng);
  must(n >= 5 && n <= GY_H3_BOUNDARY_MAX);
  for (int i = 0; i < n; i++) must(fabs(lat[i]) <= 90 && fabs(lng[i]) <= 180);
  gy_h3_cells_to_lat_lngs(&cell, 1, lat, lng, NULL);
  must(gy_h3_lat_lng_to_cell(lat[0], lng[0], resolution) == cell);
}

static void check_cell(uint64_t cell, int other, int k) {
  uint64_t around[6], disk[1 + 3 * 4 * 5], again;
  char text[GY_H3_TEXT_MAX];
  int resolution = gy_h3_resolution(cell), n_around = gy_h3_neighbors(cell, around);
  size_t n = 0;
  must((resolution >= 0) == gy_h3_is_valid_cell(cell));
  gy_h3_to_text(cell, text);
  must(gy_h3_from_text(text, strlen(text)) == (resolution >= 0 ? cell : GY_H3_NONE));
  gy_status status = gy_h3_grid_disk(cell, k, disk, NULL, &n, NULL);
  must((status == GY_OK) == (resolution >= 0));
  must((gy_h3_cell_to_parent(cell, other) != GY_H3_NONE) == (other >= 0 && other <= resolution));
  if (resolution < 0) return;
  must(n_around == (gy_h3_is_pentagon(cell) ? 5 : 6) && n <= gy_h3_disk_size_max(k));
  for (int i = 0; i < n_around; i++) {
    uint64_t back[6];
    int n_back = gy_h3_neighbors(around[i], back), found = 0;
    for (int j = 0; j < n_back; j++) found += back[j] == cell;
    must(found == 1 && around[i] != cell);
  }
  again = gy_h3_cell_to_center_child(cell, other);
  must((again != GY_H3_NONE) == (other >= resolution && other <= 15));
  must(again == GY_H3_NONE || gy_h3_cell_to_parent(again, resolution) == cell);
  check_shape(cell, resolution);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_bytes bytes = {data, size};
  int resolution = (int)fuzz_below(&bytes, 18) - 1, k = (int)fuzz_below(&bytes, 5);
  uint64_t index = 0;
  double place[2] = {0, 0};
  check_cell(gy_h3_from_text((const char *)bytes.data, bytes.size), resolution, k);
  if (bytes.size >= sizeof index) memcpy(&index, bytes.data, sizeof index);
  check_cell(index, resolution, k);
  check_cell(index >> 5 | UINT64_C(1) << 59, resolution, k); /* more often valid */
  if (bytes.size >= sizeof place) memcpy(place, bytes.data, sizeof place);
  check_cell(gy_h3_lat_lng_to_cell(place[0], place[1], resolution), resolution, k);
  check_cell(gy_h3_lat_lng_to_cell(remainder(place[0], 180), remainder(place[1], 360), resolution),
             resolution, k);
  return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Neighbours and disks. A neighbour is one unit away in the plane of the cell's face; the place found there
 * becomes an index again. Inside a face a disk is therefore counted off ring by ring; where it leaves the
 * face, it grows breadth first with a table of the cells that it has. */
#include <gyeol/h3.h>

#include <stdlib.h>

#include "geo/h3_address.h"
#include "geo/h3_kernel.h"

enum { PLACES = 256 };

int gy_h3_neighbors(uint64_t cell, uint64_t *neighbors) {
  if (!gy_h3_is_valid_cell(cell)) return 0;
  int resolution = gy_h3_index_resolution(cell), n = 0;
  gy_h3_address at = gy_h3_address_of(cell);
  for (int d = 0; d < 6; d++) {
    uint64_t next = gy_h3_cell_at((gy_h3_address){at.face, gy_h3_z_plus(at.z, gy_h3_unit(d))}, resolution);
    if (next != GY_H3_NONE) neighbors[n++] = next;
  }
  return n;
}

size_t gy_h3_disk_size_max(int k) {
  return k < 0 || k > GY_H3_DISK_K_MAX ? 0 : 1 + 3 * (size_t)k * ((size_t)k + 1);
}

typedef struct disk {
  uint64_t *cells;
  int32_t *distances; /* may be NULL */
  size_t n;
} disk;

static void add(disk *to, uint64_t cell, int distance) {
  if (to->distances != NULL) to->distances[to->n] = distance;
  to->cells[to->n++] = cell;
}

/* Does every cell within k steps have its centre in the face? A step of an odd resolution is sqrt(7) < 3
 * units of the next, and a unit changes a weight by at most 2. */
static bool stays_in_face(gy_h3_address at, int resolution, int k) {
  int64_t weights[3];
  gy_h3_weights(gy_h3_even(at.z, resolution), gy_h3_even_scale(resolution), weights);
  int64_t reach = (int64_t)k * (resolution % 2 != 0 ? 6 : 2);
  return weights[0] >= reach && weights[1] >= reach && weights[2] >= reach;
}

/* Places that wait for their cells. */
typedef struct places {
  int32_t a[PLACES], b[PLACES];
  size_t n;
} places;

static void add_places(disk *to, places *from, int face, int resolution) {
  size_t count;
  gy_h3_kernels(&count)[0]->cells_at(face, from->a, from->b, from->n, resolution, to->cells + to->n);
  to->n += from->n;
  from->n = 0;
}

static void add_rings(disk *to, gy_h3_address at, int resolution, int k) {
  places waiting = {.n = 0};
  for (int ring = 1; ring <= k; ring++) {
    at.z = gy_h3_z_plus(at.z, gy_h3_unit(0)); /* from the last ring's first cell */
    gy_h3_z z = at.z;
    for (int i = 0; i < 6 * ring; i++) {
      if (to->distances != NULL) to->distances[to->n + waiting.n] = ring;
      waiting.a[waiting.n] = (int32_t)z.a;
      waiting.b[waiting.n++] = (int32_t)z.b;
      if (waiting.n == PLACES) add_places(to, &waiting, at.face, resolution);
      z = gy_h3_z_plus(z, gy_h3_unit((i / ring + 2) % 6));
    }
  }
  add_places(to, &waiting, at.face, resolution);
}

/* Whether `cell` was new to the table of 2^bits places. */
static bool remember(uint64_t *table, int bits, uint64_t cell) {
  uint64_t mask = (UINT64_C(1) << bits) - 1;
  uint64_t at = cell * UINT64_C(0x9e3779b97f4a7c15) >> (64 - bits);
  while (table[at] != GY_H3_NONE && table[at] != cell) at = (at + 1) & mask;
  if (table[at] == cell) return false;
  table[at] = cell;
  return true;
}

static gy_status grow(disk *to, int k, gy_error *err) {
  int bits = 4;
  while (UINT64_C(1) << bits < 2 * gy_h3_disk_size_max(k)) bits++;
  uint64_t *table = calloc(UINT64_C(1) << bits, sizeof *table);
  if (table == NULL) return gy_fail(err, GY_ENOMEM, "no memory for a disk of %d steps", k);
  remember(table, bits, to->cells[0]);
  size_t begin = 0;
  for (int ring = 1; ring <= k; ring++) {
    size_t end = to->n;
    for (; begin < end; begin++) {
      uint64_t neighbors[6];
      int n = gy_h3_neighbors(to->cells[begin], neighbors);
      for (int i = 0; i < n; i++)
        if (remember(table, bits, neighbors[i])) add(to, neighbors[i], ring);
    }
  }
  free(table);
  return GY_OK;
}

gy_status gy_h3_grid_disk(uint64_t cell, int k, uint64_t *cells, int32_t *distances, size_t *n,
                          gy_error *err) {
  if (!gy_h3_is_valid_cell(cell)) {
    char text[GY_H3_TEXT_MAX];
    gy_h3_to_text(cell, text);
    return gy_fail(err, GY_EUSAGE, "%s is no H3 cell", text);
  }
  if (k < 0 || k > GY_H3_DISK_K_MAX)
    return gy_fail(err, GY_EUSAGE, "a disk of hexagons has 0 to %d steps, not %d", GY_H3_DISK_K_MAX, k);
  disk found = {cells, distances, 0};
  add(&found, cell, 0);
  int resolution = gy_h3_index_resolution(cell);
  gy_h3_address at = gy_h3_address_of(cell);
  gy_status status = GY_OK;
  if (stays_in_face(at, resolution, k))
    add_rings(&found, at, resolution, k);
  else
    status = grow(&found, k, err);
  if (status == GY_OK) *n = found.n;
  return status;
}

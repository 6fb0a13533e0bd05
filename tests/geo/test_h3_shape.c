/* SPDX-License-Identifier: Apache-2.0
 *
 * Hexagons as shapes: boundaries, centres, neighbours and disks keep their laws on the whole globe, and where
 * it is hardest. */
#include <gyeol/h3.h>

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "h3_fixture.h"
#include "support/alloc_fail.h"
#include "support/rounds.h"

/* Counter-clockwise around its centre; just inside its vertices and the middles of its sides is the cell,
 * just outside of the sides is none but a neighbour. Returns its area. */
static double check_polygon(uint64_t cell) {
  polygon p = polygon_of(cell);
  int resolution = gy_h3_resolution(cell), corners = gy_h3_is_pentagon(cell) ? 5 : 6;
  uint64_t around[6];
  int n_around = gy_h3_neighbors(cell, around);
  double area = 0;
  cr_expect(n_around == corners, "%" PRIx64 ": %d neighbours", cell, n_around);
  if (resolution % 2 == 0 || corners == 5)
    cr_expect_eq(p.n, resolution % 2 == 0 ? corners : 10, "%" PRIx64 ": %d vertices", cell, p.n);
  cr_expect(p.n >= corners && p.n <= 10, "%" PRIx64 ": %d vertices", cell, p.n);
  for (int i = 0; i < p.n; i++) {
    direction next = p.v[(i + 1) % p.n], middle = between(p.v[i], next, 0.5);
    area += spherical_area(p.centre, p.v[i], next);
    cr_expect(triple(p.centre, p.v[i], next) > 0, "%" PRIx64 ": side %d turns the wrong way", cell, i);
    cr_expect_eq(cell_of(between(p.centre, p.v[i], 0.9999), resolution), cell, "%" PRIx64 ": vertex %d", cell,
                 i);
    cr_expect_eq(cell_of(between(p.centre, middle, 0.9999), resolution), cell, "%" PRIx64 ": side %d", cell,
                 i);
    uint64_t other = cell_of(between(p.centre, middle, 1.0001), resolution);
    bool known = false;
    for (int j = 0; j < n_around; j++) known |= around[j] == other;
    cr_expect(known, "%" PRIx64 ": beyond side %d is %" PRIx64, cell, i, other);
  }
  return area;
}

/* Every cell of the coarse resolutions: as many as there must be, ascending, each in the middle of itself,
 * and together they cover the globe once. */
Test(h3_shape, whole_globe) {
  for (int resolution = 0; resolution <= ROUNDS(4) - 1; resolution++) {
    int64_t n = 0, n_pentagons = 0;
    double area = 0;
    uint64_t last = 0;
    for (unsigned base = 0; base < 122; base++) {
      int64_t count = gy_h3_children_count(base_cell(base), resolution);
      uint64_t *cells = malloc((size_t)count * sizeof *cells);
      gy_h3_cell_to_children(base_cell(base), resolution, cells);
      for (int64_t i = 0; i < count; i++) {
        cr_assert(gy_h3_is_valid_cell(cells[i]) && cells[i] > last, "%" PRIx64, cells[i]);
        cr_expect_eq(gy_h3_cell_to_parent(cells[i], 0), base_cell(base));
        cr_expect_eq(cell_of(centre_of(cells[i]), resolution), cells[i], "centre of %" PRIx64, cells[i]);
        area += check_polygon(cells[i]);
        n_pentagons += gy_h3_is_pentagon(cells[i]);
        last = cells[i];
      }
      n += count;
      free(cells);
    }
    int64_t expected = 120;
    for (int r = 0; r < resolution; r++) expected *= 7;
    cr_expect_eq(n, expected + 2, "resolution %d: %" PRId64 " cells", resolution, n);
    cr_expect_eq(n_pentagons, 12);
    cr_expect_float_eq(area, 4 * M_PI, 1e-10, "resolution %d: area %.15f", resolution, area);
  }
}

/* In a triangle of the centre and a side, but for rounding. */
static bool contains(const polygon *p, direction v) {
  for (int i = 0; i < p->n; i++) {
    direction a = p->v[i], b = p->v[(i + 1) % p->n];
    double rounding = -1e-7 * triple(p->centre, a, b);
    if (triple(p->centre, a, v) >= rounding && triple(a, b, v) >= rounding &&
        triple(b, p->centre, v) >= rounding)
      return true;
  }
  return false;
}

Test(h3_shape, points_lie_inside_their_cells) {
  gy_rng rng;
  gy_rng_init(&rng, 7, 1);
  for (int i = 0; i < ROUNDS(64000); i++) {
    int resolution = i % 16;
    direction v = anywhere(&rng);
    uint64_t cell = cell_of(v, resolution);
    polygon p = polygon_of(cell);
    cr_assert(contains(&p, v), "%.12f %.12f is not in %" PRIx64, latitude_of(v), longitude_of(v), cell);
    if (i % 8 == 0) check_polygon(cell);
    for (int r = 0; r <= resolution; r++) {
      uint64_t parent = gy_h3_cell_to_parent(cell, r), child = gy_h3_cell_to_center_child(cell, 15 - r / 2);
      cr_assert_eq(gy_h3_resolution(parent), r);
      cr_assert(child == 0 || gy_h3_cell_to_parent(child, resolution) == cell);
      cr_assert(child == 0 || apart(centre_of(child), centre_of(cell)) < 1e-15);
    }
    char text[GY_H3_TEXT_MAX];
    gy_h3_to_text(cell, text);
    cr_assert_eq(gy_h3_from_text(text, strlen(text)), cell, "%s", text);
  }
}

/* The icosahedron's vertices are pentagons of every resolution; its edges and the surroundings of vertices
 * are where cells bend. */
Test(h3_shape, pentagons_edges_and_what_is_around) {
  gy_rng rng;
  gy_rng_init(&rng, 7, 2);
  direction vertices[12];
  int n = 0;
  for (unsigned base = 0; base < 122; base++)
    if (gy_h3_is_pentagon(base_cell(base))) vertices[n++] = centre_of(base_cell(base));
  cr_assert_eq(n, 12);
  for (int resolution = 0; resolution <= 15; resolution++) {
    double width = 0.3 / pow(7, resolution / 2.0);
    for (int i = 0; i < 12; i++) {
      uint64_t pentagon = cell_of(vertices[i], resolution), disk[7];
      size_t found;
      cr_expect(gy_h3_is_pentagon(pentagon), "%" PRIx64, pentagon);
      cr_expect_eq(gy_h3_grid_disk(pentagon, 1, disk, NULL, &found, NULL), GY_OK);
      cr_expect_eq(found, 6);
      for (int j = 0; j < ROUNDS(40); j++) {
        direction v = between(vertices[i], anywhere(&rng), width * (j + 1) / 20);
        check_polygon(cell_of(v, resolution));
        if (apart(vertices[i], vertices[j % 12]) < 1.2 && j % 12 != i)
          check_polygon(cell_of(between(vertices[i], vertices[j % 12], gy_rng_uniform(&rng)), resolution));
      }
    }
  }
}

static bool has(const uint64_t *cells, size_t n, uint64_t cell) {
  for (size_t i = 0; i < n; i++)
    if (cells[i] == cell) return true;
  return false;
}

/* Its size away from pentagons, no cell twice, distances as breadth first, and symmetry. */
static void check_disk(uint64_t cell, int k, bool plain) {
  enum { MOST = 1 + 3 * 6 * 7 };
  uint64_t cells[MOST], around[6], back[MOST];
  int32_t distances[MOST];
  size_t n, n_back;
  cr_assert_eq(gy_h3_grid_disk(cell, k, cells, distances, &n, NULL), GY_OK);
  cr_expect(cells[0] == cell && n <= gy_h3_disk_size_max(k));
  if (plain) cr_expect_eq(n, gy_h3_disk_size_max(k), "%" PRIx64 ": %zu cells within %d", cell, n, k);
  for (size_t i = 0; i < n; i++) {
    cr_expect_not(has(cells, i, cells[i]), "%" PRIx64 " twice around %" PRIx64, cells[i], cell);
    cr_expect(distances[i] >= (i == 0 ? 0 : distances[i - 1]) && distances[i] <= k);
    int n_around = gy_h3_neighbors(cells[i], around), least = k + 1;
    for (int j = 0; j < n_around; j++)
      for (size_t m = 0; m < n; m++)
        if (cells[m] == around[j] && distances[m] < least) least = distances[m];
    cr_expect(i == 0 || distances[i] == least + 1, "%" PRIx64 " around %" PRIx64, cells[i], cell);
    if (distances[i] < k)
      for (int j = 0; j < n_around; j++) cr_expect(has(cells, n, around[j]));
  }
  uint64_t other = cells[n - 1];
  cr_assert_eq(gy_h3_grid_disk(other, k, back, NULL, &n_back, NULL), GY_OK);
  cr_expect(has(back, n_back, cell), "%" PRIx64 " is not around %" PRIx64, cell, other);
}

Test(h3_shape, disks) {
  gy_rng rng;
  gy_rng_init(&rng, 7, 3);
  for (int i = 0; i < ROUNDS(800); i++) {
    direction v = anywhere(&rng);
    int resolution = i % 16, k = i / 16 % 7;
    double nearest = 9;
    for (unsigned base = 0; base < 122; base++) {
      if (!gy_h3_is_pentagon(base_cell(base))) continue;
      direction vertex = centre_of(base_cell(base));
      if (i % 3 == 0 && (unsigned)i % 122 < base) v = between(vertex, v, k / pow(7, resolution / 2.0) / 2);
      nearest = fmin(nearest, apart(vertex, v));
    }
    check_disk(cell_of(v, resolution), k, nearest > 2.0 * (k + 1) / pow(7, resolution / 2.0));
  }
}

static gy_status disk_on_a_pentagon(void *cells, gy_error *err) {
  size_t n;
  return gy_h3_grid_disk(base_cell(4), 2, cells, NULL, &n, err);
}

Test(h3_shape, disks_without_memory) {
  uint64_t cells[1 + 3 * 2 * 3];
  cr_expect_eq(alloc_fail_each("disk", disk_on_a_pentagon, cells), 1);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Hexagons by their indexes: those that the H3 library gives, and what is none. */
#include <gyeol/h3.h>

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "geo/h3_kernel.h"
#include "h3_fixture.h"

static uint64_t parsed(const char *text) { return gy_h3_from_text(text, strlen(text)); }

/* From the H3 library 4.5.0. */
Test(h3, known_places) {
  static const struct {
    double lat, lng;
    int resolution;
    const char *cell;
  } cases[] = {
      {37.775938728915946, -122.41795063018799, 9, "8928308280fffff"},
      {37.769377, -122.388903, 9, "89283082e73ffff"},
      {37.5665, 126.978, 9, "8930e1d8c0bffff"},
      {37.5665, 126.978, 15, "8f30e1d8c0b1d2a"},
      {35.1796, 129.0756, 7, "8730c1619ffffff"},
      {90, 0, 5, "85032623fffffff"},
      {-90, 0, 15, "8ff29380e0d0cc4"},
      {0, 180, 3, "837eb5fffffffff"},
      {0, 0, 15, "8f754e64992d6d8"},
      {64.7000001279, 10.5361990755, 15, "8f0800000000000"},
      {39.100000034, 122.3000004078, 8, "8830000001fffff"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[GY_H3_TEXT_MAX];
    gy_h3_to_text(gy_h3_lat_lng_to_cell(cases[i].lat, cases[i].lng, cases[i].resolution), text);
    cr_expect_str_eq(text, cases[i].cell, "%.6f %.6f at %d: %s, not %s", cases[i].lat, cases[i].lng,
                     cases[i].resolution, text, cases[i].cell);
  }
}

/* A quarter of the points anywhere, the others around the twelve pentagons, at all resolutions in turn. */
static void point_of(int i, double *lat, double *lng) {
  static const double pentagons[12][2] = {
      {64.7000001279, 10.5361990755},  {50.1032014822, -143.478490015},   {39.100000034, 122.3000004078},
      {23.7179252712, -67.1323263664}, {10.4473451875, 58.1577058396},    {2.3008821116, -5.2453902968},
      {-2.3008821116, 174.7546097032}, {-10.4473451875, -121.8422941604}, {-23.7179252712, 112.8676736336},
      {-39.100000034, -57.6999995922}, {-50.1032014822, 36.521509985},    {-64.7000001279, -169.4638009245}};
  double u = fmod(i * 0.7548776662466927, 1) - 0.5, v = fmod(i * 0.5698402909980532, 1) - 0.5;
  double width = 60 / pow(7, i % 16 / 2.0);
  const double *near = pentagons[i / 16 % 12];
  *lat = i % 4 == 0 ? 180 * u : near[0] + width * u;
  *lng = i % 4 == 0 ? 360 * v : near[1] + width * v / cos(near[0] * (M_PI / 180));
  if (*lng < -180) *lng += 360;
}

/* The sum of the answers of the H3 library 4.5.0, each times an odd number. */
Test(h3, sum_of_the_library) {
  uint64_t sum = 0;
  for (int i = 0; i < 192000; i++) {
    double lat, lng;
    point_of(i, &lat, &lng);
    uint64_t cell = gy_h3_lat_lng_to_cell(lat, lng, i / 3 % 16);
    sum += cell * (uint64_t)(2 * i + 1);
  }
  cr_expect_eq(sum, UINT64_C(0xf7416ed2ab99312), "%" PRIx64, sum);
}

/* Lines "index lat lng" of the library's own test inputs: the point is in the cell; in files of centres it is
 * the centre, to the digits there. */
static int check_vectors(const char *path, bool centres, double precision) {
  gzFile file = gzopen(path, "rb");
  if (file == NULL) return 0;
  char line[128], text[32];
  int n = 0, wrong = 0;
  while (gzgets(file, line, sizeof line) != NULL) {
    double lat, lng, own_lat, own_lng;
    if (sscanf(line, "%31s %lf %lf", text, &lat, &lng) != 3) continue;
    n++;
    uint64_t cell = parsed(text);
    gy_h3_cells_to_lat_lngs(&cell, 1, &own_lat, &own_lng, NULL);
    double off = fabs(remainder(own_lng - lng, 360)) * cos(lat * (M_PI / 180));
    bool same = gy_h3_lat_lng_to_cell(lat, lng, gy_h3_resolution(cell)) == cell &&
                (!centres || (fabs(own_lat - lat) <= precision && off <= precision));
    if (!same && wrong++ < 5) cr_log_error("%s: %s is at %.10f %.10f", path, text, own_lat, own_lng);
  }
  gzclose(file);
  cr_expect_eq(wrong, 0, "%s: %d of %d lines", path, wrong, n);
  return n;
}

Test(h3, vectors_of_the_library) {
  static const struct {
    const char *stem, *ending;
    int from, to, n;
    bool centres;
    double precision;
  } sets[] = {{"res", "ic", 0, 2, 6846, true, 1e-10},
              {"rand", "centers", 5, 14, 50000, false, 0},
              {"bc05r", "centers", 8, 15, 5600, true, 1e-6},
              {"bc14r", "centers", 8, 15, 4668, true, 1e-6}};
  const char *data = getenv("GYEOL_DATA");
  for (size_t s = 0; s < sizeof sets / sizeof *sets; s++) {
    int n = 0;
    for (int r = sets[s].from; r <= sets[s].to; r++) {
      char path[512];
      snprintf(path, sizeof path, "%s/h3/%s%02d%s.txt.gz", data == NULL ? "." : data, sets[s].stem, r,
               sets[s].ending);
      n += check_vectors(path, sets[s].centres, sets[s].precision);
    }
    if (n == 0) cr_skip_test("vectors_of_the_library: skipped, no h3 in GYEOL_DATA");
    cr_expect_eq(n, sets[s].n, "%s: %d lines", sets[s].stem, n);
  }
}

Test(h3, wrong_use) {
  uint64_t cells[7];
  size_t n;
  gy_error err = {0};
  cr_expect_eq(gy_h3_grid_disk(0, 1, cells, NULL, &n, &err), GY_EUSAGE);
  cr_expect_str_eq(err.text, "0 is no H3 cell");
  cr_expect_eq(gy_h3_grid_disk(base_cell(0), -1, cells, NULL, &n, &err), GY_EUSAGE);
  cr_expect_eq(gy_h3_grid_disk(base_cell(0), GY_H3_DISK_K_MAX + 1, cells, NULL, &n, &err), GY_EUSAGE);
  cr_expect_eq(gy_h3_disk_size_max(-1) + gy_h3_disk_size_max(GY_H3_DISK_K_MAX + 1), 0);
  for (int resolution = -1; resolution <= 16; resolution += 17) {
    double zero = 0;
    cr_expect_eq(gy_h3_lat_lng_to_cells(&zero, &zero, 1, resolution, cells, &n, &err), GY_EUSAGE);
    cr_expect_eq(gy_h3_cells_to_parents(cells, 0, resolution, cells, &n, &err), GY_EUSAGE);
    cr_expect_eq(gy_h3_lat_lng_to_cell(0, 0, resolution), GY_H3_NONE);
    cr_expect_eq(gy_h3_cell_to_parent(base_cell(1), resolution), GY_H3_NONE);
    cr_expect_eq(gy_h3_cell_to_center_child(base_cell(1), resolution), GY_H3_NONE);
  }
}

Test(h3, invalid_indexes) {
  static const struct {
    const char *name;
    uint64_t index;
  } cases[] = {{"nothing", 0},
               {"all bits", UINT64_MAX},
               {"high bit", UINT64_C(0x8928308280fffff) | UINT64_C(1) << 63},
               {"mode 2", UINT64_C(0x8928308280fffff) ^ UINT64_C(3) << 59},
               {"reserved bits", UINT64_C(0x8928308280fffff) | UINT64_C(1) << 56},
               {"base cell 122", UINT64_C(0x80f5fffffffffff)},
               {"digit 7", UINT64_C(0x8928308280fffff) | UINT64_C(7) << 18},
               {"digit behind its resolution", UINT64_C(0x8928308280ffffe)},
               {"sector that a pentagon lacks", UINT64_C(0x81087ffffffffff)},
               {"the same, further in", UINT64_C(0x82080ffffffffff)}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    uint64_t cell = cases[i].index, out[7];
    double lat[GY_H3_BOUNDARY_MAX], lng[GY_H3_BOUNDARY_MAX];
    size_t n_invalid = 0;
    char text[GY_H3_TEXT_MAX];
    gy_h3_to_text(cell, text);
    cr_expect_not(gy_h3_is_valid_cell(cell), "%s", cases[i].name);
    cr_expect_eq(parsed(text), GY_H3_NONE, "%s", cases[i].name);
    cr_expect(gy_h3_resolution(cell) == -1 && !gy_h3_is_pentagon(cell) && gy_h3_neighbors(cell, out) == 0);
    cr_expect(gy_h3_cell_to_boundary(cell, lat, lng) == 0 && gy_h3_children_count(cell, 15) == 0);
    cr_expect(gy_h3_cell_to_parent(cell, 0) == 0 && gy_h3_cell_to_center_child(cell, 15) == 0);
    gy_h3_cells_to_lat_lngs(&cell, 1, lat, lng, &n_invalid);
    cr_expect(n_invalid == 1 && isnan(lat[0]) && isnan(lng[0]), "%s", cases[i].name);
    cr_expect_eq(gy_h3_cells_to_parents(&cell, 1, 0, out, &n_invalid, NULL), GY_OK);
    cr_expect(n_invalid == 1 && out[0] == GY_H3_NONE, "%s", cases[i].name);
  }
  static const char *const texts[] = {"",
                                      "8928308280ffff",
                                      "8928308280fffff ",
                                      " 8928308280fffff",
                                      "0x8928308280fffff",
                                      "8928308280fffffg",
                                      "00008928308280fffff",
                                      "-8928308280fffff"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    cr_expect_eq(parsed(texts[i]), GY_H3_NONE, "%s", texts[i]);
  cr_expect_eq(parsed("08928308280FFFFF"), UINT64_C(0x8928308280fffff));
}

Test(h3, outside_the_world) {
  const double lat[] = {37.5, NAN, 37.5, 90.000001, -91, 127.0, 37.5, 37.5, INFINITY, 37.5};
  const double lng[] = {127, 127, NAN, 0, 0, 37.5, -180.000001, 360.000001, 0, -INFINITY};
  uint64_t cells[10];
  size_t n_outside;
  cr_assert_eq(gy_h3_lat_lng_to_cells(lat, lng, 10, 9, cells, &n_outside, NULL), GY_OK);
  cr_expect_eq(n_outside, 9);
  cr_expect_neq(cells[0], GY_H3_NONE);
  for (int i = 1; i < 10; i++) cr_expect_eq(cells[i], GY_H3_NONE, "point %d", i);
  cr_assert_eq(gy_h3_lat_lng_to_cells(NULL, NULL, 0, 9, NULL, &n_outside, NULL), GY_OK);
  cr_expect_eq(n_outside, 0);
}

/* One place, one cell, however its longitude is written. */
Test(h3, longitudes_go_round) {
  gy_rng rng;
  gy_rng_init(&rng, 7, 4);
  for (int resolution = 0; resolution <= 15; resolution++) {
    for (int i = 0; i < 200; i++) {
      double lat = 180 * gy_rng_uniform(&rng) - 90,
             lng = -ldexp(floor(ldexp(gy_rng_uniform(&rng), 20)), -20) * 180;
      cr_expect_eq(gy_h3_lat_lng_to_cell(lat, lng, resolution),
                   gy_h3_lat_lng_to_cell(lat, lng + 360, resolution), "%.17g %.17g at %d", lat, lng,
                   resolution);
      cr_expect_eq(gy_h3_lat_lng_to_cell(lat, 180, resolution), gy_h3_lat_lng_to_cell(lat, -180, resolution));
      cr_expect_eq(gy_h3_lat_lng_to_cell(90, lng, resolution), gy_h3_lat_lng_to_cell(90, 0, resolution));
      cr_expect_eq(gy_h3_lat_lng_to_cell(-90, lng, resolution), gy_h3_lat_lng_to_cell(-90, 0, resolution));
    }
  }
}

/* Points at random and on borders: vertices, middles of sides, edges of the icosahedron. Each instruction set
 * and each length of array gives the same cells. */
Test(h3, instruction_sets_agree_on_borders) {
  enum { N = 4000 };
  static double lat[N], lng[N];
  static uint64_t cells[N], others[N];
  gy_rng rng;
  gy_rng_init(&rng, 7, 5);
  size_t count;
  const gy_h3_kernel *const *kernels = gy_h3_kernels(&count);
  for (int resolution = 0; resolution <= 15; resolution++) {
    for (int i = 0; i < N; i++) {
      direction v = anywhere(&rng);
      polygon p = polygon_of(cell_of(v, resolution));
      if (i % 4 == 1) v = p.v[i % p.n];
      if (i % 4 == 2) v = between(p.v[0], p.v[1], 0.5);
      if (i % 4 == 3) v = between(centre_of(base_cell(4)), centre_of(base_cell(14)), i / (double)N);
      lat[i] = latitude_of(v);
      lng[i] = longitude_of(v);
    }
    kernels[0]->cells(lat, lng, N, resolution, cells);
    for (size_t k = 1; k < count; k++) {
      kernels[k]->cells(lat, lng, N, resolution, others);
      for (int i = 0; i < N; i++)
        cr_expect_eq(cells[i], others[i], "%s: %.17g %.17g at %d", kernels[k]->name, lat[i], lng[i],
                     resolution);
    }
    for (int i = 0; i < N; i += 7) {
      cr_expect_neq(cells[i], GY_H3_NONE);
      cr_expect_eq(cells[i], gy_h3_lat_lng_to_cell(lat[i], lng[i], resolution), "%.17g %.17g at %d", lat[i],
                   lng[i], resolution);
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Points into regions against GEOS, asked region by region: anywhere, near borders, exactly on vertices and
 * edges; over real municipalities and over shapes made to be difficult. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/regions.h>

#include "base/rng.h"
#include "geo/geos_reference.h"

static gy_regions *parsed(const char *text, size_t cells) {
  gy_regions *regions = NULL;
  gy_error err = {0};
  gy_regions_options options = {.cells_most = cells};
  cr_assert_eq(gy_regions_parse(text, strlen(text), &options, &regions, &err), GY_OK, "%s", err.text);
  return regions;
}

static double between(gy_rng *rng, double a, double b) { return a + (b - a) * gy_rng_uniform(rng); }

/* A point of one of these kinds, of a region taken at random. */
static void draw(gy_rng *rng, const gy_regions *regions, double *lat, double *lng) {
  size_t at = (size_t)gy_rng_below(rng, gy_regions_count(regions)), n;
  gy_region region = gy_regions_at(regions, at);
  bool is_hole;
  const double *ring = gy_regions_ring(regions, at, (size_t)gy_rng_below(rng, region.n_rings), &n, &is_hole);
  size_t i = (size_t)gy_rng_below(rng, n - 1);
  const double *a = ring + 2 * i, *b = a + 2, t = gy_rng_uniform(rng);
  *lng = between(rng, region.lng_min - .05, region.lng_max + .05);
  *lat = between(rng, region.lat_min - .05, region.lat_max + .05);
  switch (gy_rng_below(rng, 7)) {
    case 0: /* a vertex */
      *lng = a[0], *lat = a[1];
      break;
    case 1: /* as near an edge as rounding lets it be */
      *lng = a[0] + t * (b[0] - a[0]), *lat = a[1] + t * (b[1] - a[1]);
      break;
    case 2: /* its middle */
      *lng = (a[0] + b[0]) / 2, *lat = (a[1] + b[1]) / 2;
      break;
    case 3: /* level with a vertex */
      *lat = a[1];
      break;
    case 4: /* above or below a vertex */
      *lng = a[0];
      break;
    case 5: /* one step of a double off */
      *lng = nextafter(a[0], gy_rng_below(rng, 2) ? 400 : -400), *lat = a[1];
      break;
    default:
      break;
  }
}

static void compare(const char *name, const gy_regions *regions, size_t n) {
  geos_reference *reference = geos_reference_of(regions);
  gy_rng rng;
  gy_rng_init(&rng, 7, 0);
  size_t n_found = 0;
  for (size_t i = 0; i < n; i++) {
    double lat, lng;
    draw(&rng, regions, &lat, &lng);
    int32_t ours = gy_regions_find_one(regions, lat, lng), theirs = geos_reference_find(reference, lat, lng);
    cr_assert_eq(ours, theirs, "%s: latitude %.17g longitude %.17g: %d, GEOS says %d", name, lat, lng, ours,
                 theirs);
    n_found += ours >= 0;
  }
  cr_assert(n_found > n / 10 && n_found <= n, "%s: %zu of %zu found", name, n_found, n);
  geos_reference_destroy(reference);
}

#define FEATURE(coordinates)                                                         \
  "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"MultiPolygon\"," \
  "\"coordinates\":" coordinates "}}"
#define COLLECTION(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"

static const struct {
  const char *name, *text;
} SHAPES[] = {
    {"two squares that share a side", COLLECTION(FEATURE("[[[[0,0],[1,0],[1,1],[0,1],[0,0]]]]") "," FEATURE(
                                          "[[[[1,0],[2,0],[2,1],[1,1],[1,0]]]]"))},
    {"a hole with an island in it, filled by another region",
     COLLECTION(
         FEATURE("[[[[0,0],[9,0],[9,9],[0,9],[0,0]],[[2,2],[2,7],[7,7],[7,2],[2,2]]],"
                 "[[[4,4],[5,4],[5,5],[4,5],[4,4]]]]") "," FEATURE("[[[[2,2],[7,2],[7,7],[2,7],[2,2]],"
                                                                   "[[4,4],[4,5],[5,5],[5,4],[4,4]]]]"))},
    {"regions that overlap",
     COLLECTION(FEATURE("[[[[0,0],[4,0],[4,4],[0,4],[0,0]]]]") "," FEATURE(
         "[[[[2,2],[6,1],[6,6],[1,6],[2,2]]]]") "," FEATURE("[[[[-1,-1],[8,-1],[3,8],[-1,-1]]]]"))},
    {"parts and holes that touch at places",
     COLLECTION(FEATURE("[[[[0,0],[2,0],[2,2],[0,2],[0,0]],[[1,0],[1.5,1],[0.5,1],[1,0]]],"
                        "[[[2,2],[4,2],[4,4],[2,4],[2,2]]],[[[4,2],[5,1],[5,3],[4,2]]]]"))},
    {"slivers and steep, level and slanted sides",
     COLLECTION(FEATURE(
         "[[[[0.1,0.1],[100.3,0.1000001],[0.1,0.1000002],[0.1,0.1]]],[[[50,10],[50.0000001,80],"
         "[49.9,45],[50,10]]]]") "," FEATURE("[[[[0.1,0.1],[33.3,-40.7],[100.3,0.1000001],[0.1,0.1]]]]"))},
    {"a whole world and a place in it",
     COLLECTION(FEATURE("[[[[10,10],[11,10],[11,11],[10,10]]]]") "," FEATURE(
         "[[[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]]]"))},
};

Test(region_points, made_shapes_are_as_geos_says_on_any_grid) {
  static const size_t CELLS[] = {0, 1, 4, 100, 5000};
  for (size_t s = 0; s < sizeof SHAPES / sizeof *SHAPES; s++)
    for (size_t c = 0; c < sizeof CELLS / sizeof *CELLS; c++) {
      gy_regions *regions = parsed(SHAPES[s].text, CELLS[c]);
      compare(SHAPES[s].name, regions, 4000);
      gy_regions_destroy(regions);
    }
}

/* Vertices on whole numbers: sides of cells, corners and points meet vertices and edges all the time. */
Test(region_points, stars_on_whole_numbers_are_as_geos_says) {
  gy_rng rng;
  gy_rng_init(&rng, 11, 0);
  for (int round = 0; round < 60; round++) {
    char text[8192];
    int used = snprintf(text, sizeof text, "{\"type\":\"FeatureCollection\",\"features\":[");
    for (int f = 0; f < 4; f++) {
      int n = 5 + (int)gy_rng_below(&rng, 12), cx = (int)gy_rng_below(&rng, 9),
          cy = (int)gy_rng_below(&rng, 9);
      used += snprintf(text + used, sizeof text - (size_t)used,
                       "%s{\"type\":\"Feature\",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[",
                       f > 0 ? "," : "");
      char first[64] = "";
      for (int i = 0; i < n; i++) {
        double angle = 6.283185307179586 * i / n, r = between(&rng, 3, 9);
        char place[64];
        snprintf(place, sizeof place, "[%.0f,%.0f]", cx + r * cos(angle), cy + r * sin(angle));
        if (i == 0) snprintf(first, sizeof first, "%s", place);
        used += snprintf(text + used, sizeof text - (size_t)used, "%s,", place);
      }
      used += snprintf(text + used, sizeof text - (size_t)used, "%s]]}}", first);
    }
    snprintf(text + used, sizeof text - (size_t)used, "]}");
    gy_regions *regions = NULL;
    gy_error err = {0};
    gy_regions_options options = {.cells_most = round % 3 == 0 ? 0 : 256};
    gy_status status = gy_regions_parse(text, strlen(text), &options, &regions, &err);
    if (status != GY_OK) { /* rounded to a star that crosses itself */
      cr_assert_eq(status, GY_EDATA, "%s", err.text);
      continue;
    }
    geos_reference *reference = geos_reference_of(regions);
    for (int x = -20; x < 40; x++)
      for (int y = -20; y < 40; y++) {
        int32_t ours = gy_regions_find_one(regions, y / 2.0, x / 2.0),
                theirs = geos_reference_find(reference, y / 2.0, x / 2.0);
        cr_assert_eq(ours, theirs, "%s\nat [%g, %g]: %d, GEOS says %d", text, x / 2.0, y / 2.0, ours, theirs);
      }
    geos_reference_destroy(reference);
    gy_regions_destroy(regions);
  }
}

Test(region_points, a_shared_border_is_the_first_region_s) {
  gy_regions *regions = parsed(SHAPES[0].text, 0);
  static const struct {
    double lat, lng;
    int32_t region;
  } CASES[] = {{0.5, 1, 0}, {0, 1, 0}, {1, 1, 0},     {0.5, 0.5, 0}, {0.5, 1.0000001, 1}, {0.5, 2, 1},
               {0, 2, 1},   {0, 0, 0}, {1.01, 1, -1}, {NAN, 1, -1},  {0.5, NAN, -1},      {INFINITY, 1, -1}};
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
    cr_expect_eq(gy_regions_find_one(regions, CASES[i].lat, CASES[i].lng), CASES[i].region, "%g %g",
                 CASES[i].lat, CASES[i].lng);
  gy_regions_destroy(regions);
}

Test(region_points, figures_count_every_point_once_and_notice_a_swap) {
  gy_regions *regions = parsed(SHAPES[0].text, 0);
  const double lat[] = {0.5, 0.5, 0.5, 200, NAN, 1.5, 50}, lng[] = {0.5, 1.5, 9, 0.5, 0.5, 0.5, 60};
  int32_t region[7];
  gy_regions_figures figures;
  gy_error err = {0};
  cr_assert_eq(gy_regions_find(regions, lat, lng, 7, NULL, region, &figures, &err), GY_OK);
  cr_expect_eq(figures.n_found, 2);
  cr_expect_eq(figures.n_nowhere, 3);
  cr_expect_eq(figures.n_outside, 1);
  cr_expect_eq(figures.n_missing, 1);
  cr_expect_eq(figures.n_if_swapped, 1);
  cr_expect(figures.looks_swapped);
  cr_assert_eq(gy_regions_find(regions, lat, lng, 3, NULL, region, &figures, &err), GY_OK);
  cr_expect_not(figures.looks_swapped);
  cr_assert_eq(gy_regions_find(regions, lat, lng, 0, NULL, region, &figures, &err), GY_OK);
  cr_expect_eq(figures.n_found + figures.n_nowhere, 0);
  gy_regions_destroy(regions);
}

Test(region_points, a_cancelled_task_ends_with_its_status) {
  gy_regions *regions = parsed(SHAPES[0].text, 0);
  atomic_bool cancel = true;
  gy_task task = {.cancel = &cancel};
  double at = 0.5;
  int32_t region;
  gy_regions_figures figures;
  gy_error err = {0};
  cr_expect_eq(gy_regions_find(regions, &at, &at, 1, &task, &region, &figures, &err), GY_ECANCELLED);
  gy_regions_destroy(regions);
}

/* Cells under 5000 boxes as wide as the world would be a thousand million: the grid is made coarser. */
Test(region_points, many_wide_regions_have_a_coarse_grid) {
  enum { N = 5000, EACH = 200 };
  char *text = malloc(N * EACH);
  size_t used = (size_t)snprintf(text, EACH, "{\"type\":\"FeatureCollection\",\"features\":[");
  for (int i = 0; i < N; i++)
    used += (size_t)snprintf(
        text + used, EACH,
        "%s{\"type\":\"Feature\",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[-180,-90],"
        "[180,%d],[180,%d],[-180,90],[-180,-90]]]}}",
        i > 0 ? "," : "", -80 + i % 50, -20 + (N - i) % 50);
  snprintf(text + used, EACH, "]}");
  gy_regions *regions = parsed(text, 0);
  free(text);
  compare("wide", regions, 2000);
  gy_regions_destroy(regions);
}

/* ---- the municipalities of Korea ---- */

static gy_regions *korea(const char *kind) {
  const char *data = getenv("GYEOL_DATA");
  char path[4096];
  snprintf(path, sizeof path, "%s/korea_geo/2018_skorea-%s-2018-topo-simple.json", data != NULL ? data : ".",
           kind);
  FILE *file = data != NULL ? fopen(path, "rb") : NULL;
  if (file == NULL) cr_skip_test("skipped: no korea_geo in GYEOL_DATA");
  fclose(file);
  gy_regions *regions = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_regions_load(path, NULL, &regions, &err), GY_OK, "%s", err.text);
  return regions;
}

Test(region_points, korea_is_as_geos_says) {
  gy_regions *regions = korea("municipalities");
  cr_assert_eq(gy_regions_count(regions), 250);
  compare("municipalities", regions, 300000);
  gy_regions_destroy(regions);
  regions = korea("provinces");
  cr_assert_eq(gy_regions_count(regions), 17);
  compare("provinces", regions, 100000);
  gy_regions_destroy(regions);
}

Test(region_points, known_places_are_where_they_are) {
  static const struct {
    const char *place;
    double lat, lng;
    const char *code, *name, *province;
  } PLACES[] = {{"Seoul City Hall", 37.5663, 126.9779, "11020", "중구", "11"},
                {"Gangnam-gu Office", 37.5172, 127.0473, "11230", "강남구", "11"},
                {"Busan City Hall", 35.1798, 129.0750, "21130", "연제구", "21"},
                {"Haeundae beach", 35.1600, 129.1620, "21090", "해운대구", "21"},
                {"Jeju airport", 33.5070, 126.4930, "39010", "제주시", "39"},
                {"Hallasan's south: Seogwipo City Hall", 33.2541, 126.5600, "39020", "서귀포시", "39"},
                {"Ulleung", 37.5000, 130.8600, "37430", "울릉군", "37"},
                {"Daejeon City Hall", 36.3505, 127.3848, "25030", "서구", "25"},
                {"Suwon, Yeongtong-gu office", 37.2596, 127.0465, "31014", "수원시영통구", "31"},
                {"Sejong", 36.4801, 127.2890, "29010", "세종시", "29"},
                {"at sea, south of Jeju", 32.5, 126.5, NULL, NULL, NULL},
                {"at sea, between Ulleung and the mainland", 37.4, 130.1, NULL, NULL, NULL},
                {"Tokyo", 35.68, 139.77, NULL, NULL, NULL}};
  gy_regions *regions = korea("municipalities"), *provinces = korea("provinces");
  for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
    int32_t at = gy_regions_find_one(regions, PLACES[i].lat, PLACES[i].lng),
            province = gy_regions_find_one(provinces, PLACES[i].lat, PLACES[i].lng);
    cr_expect_str_eq(at < 0 ? "" : gy_regions_at(regions, (size_t)at).code,
                     PLACES[i].code ? PLACES[i].code : "", "%s", PLACES[i].place);
    cr_expect_str_eq(at < 0 ? "" : gy_regions_at(regions, (size_t)at).name,
                     PLACES[i].name ? PLACES[i].name : "", "%s", PLACES[i].place);
    cr_expect_str_eq(province < 0 ? "" : gy_regions_at(provinces, (size_t)province).code,
                     PLACES[i].province ? PLACES[i].province : "", "%s", PLACES[i].place);
  }
  gy_regions_destroy(regions);
  gy_regions_destroy(provinces);
}

Test(region_points, threads_and_grids_change_nothing_and_swaps_are_noticed) {
  enum { N = 200000 };
  gy_regions *regions = korea("municipalities");
  double *lat = malloc(N * sizeof *lat), *lng = malloc(N * sizeof *lng);
  int32_t *one = malloc(N * sizeof *one), *four = malloc(N * sizeof *four);
  gy_rng rng;
  gy_rng_init(&rng, 3, 0);
  for (size_t i = 0; i < N; i++) lat[i] = between(&rng, 34.5, 38), lng[i] = between(&rng, 126.5, 129.3);
  gy_task single = {.n_threads = 1}, several = {.n_threads = 4};
  gy_regions_figures a, b, swapped;
  gy_error err = {0};
  cr_assert_eq(gy_regions_find(regions, lat, lng, N, &single, one, &a, &err), GY_OK);
  cr_assert_eq(gy_regions_find(regions, lat, lng, N, &several, four, &b, &err), GY_OK);
  cr_expect_arr_eq(one, four, N * sizeof *one);
  cr_expect(a.n_found == b.n_found && a.n_nowhere == b.n_nowhere && a.n_if_swapped == b.n_if_swapped);
  cr_expect_eq(a.n_found + a.n_nowhere, N);
  cr_expect_not(a.looks_swapped);
  cr_assert_eq(gy_regions_find(regions, lng, lat, N, &several, four, &swapped, &err), GY_OK);
  cr_expect_eq(swapped.n_found, 0);
  cr_expect_eq(swapped.n_outside, N);
  cr_expect_eq(swapped.n_if_swapped, a.n_found);
  cr_expect(swapped.looks_swapped);
  free(lat), free(lng), free(one), free(four);
  gy_regions_destroy(regions);
}

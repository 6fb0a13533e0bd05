/* SPDX-License-Identifier: Apache-2.0
 *
 * Points into regions on one core and on all, and beside GEOS (an STRtree of prepared geometries, the first
 * in file order that covers the point), in turn, in one process; the answers are compared. everywhere points
 * anywhere in the box of all regions inside       points inside a region, regions as likely as their boxes
 * are large bench_regions FILE [POINTS [GEOS_POINTS [ROUNDS]]]      default 10000000 300000 3
 */
#include <geos_c.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/rng.h"
#include <gyeol/regions.h>

enum { PARTS_MAX = 65536 };

typedef struct peer {
  GEOSContextHandle_t geos;
  GEOSSTRtree *tree;
  const GEOSPreparedGeometry **areas;
  const GEOSGeometry *point;
  int32_t found;
  int32_t *numbers;
} peer;

typedef struct cloud {
  double *lat, *lng;
  int32_t *ours;
  size_t n, n_peer;
} cloud;

static void must(gy_status status, const gy_error *err) {
  if (status == GY_OK) return;
  fprintf(stderr, "bench_regions: %s\n", err->text);
  exit(1);
}

static GEOSGeometry *area_of(GEOSContextHandle_t geos, const gy_regions *regions, size_t region) {
  static GEOSGeometry *polygons[PARTS_MAX], *holes[PARTS_MAX];
  size_t n_rings = gy_regions_at(regions, region).n_rings, n_polygons = 0, n_holes = 0;
  GEOSGeometry *shell = NULL;
  for (size_t r = 0; r < n_rings && r < PARTS_MAX; r++) {
    size_t n;
    bool is_hole;
    const double *pairs = gy_regions_ring(regions, region, r, &n, &is_hole);
    GEOSGeometry *ring =
        GEOSGeom_createLinearRing_r(geos, GEOSCoordSeq_copyFromBuffer_r(geos, pairs, (unsigned)n, 0, 0));
    if (is_hole) {
      holes[n_holes++] = ring;
      continue;
    }
    if (shell != NULL)
      polygons[n_polygons++] = GEOSGeom_createPolygon_r(geos, shell, holes, (unsigned)n_holes);
    shell = ring;
    n_holes = 0;
  }
  polygons[n_polygons++] = GEOSGeom_createPolygon_r(geos, shell, holes, (unsigned)n_holes);
  return GEOSGeom_createCollection_r(geos, GEOS_MULTIPOLYGON, polygons, (unsigned)n_polygons);
}

static void peer_open(peer *p, const gy_regions *regions) {
  size_t n = gy_regions_count(regions);
  p->geos = GEOS_init_r();
  p->tree = GEOSSTRtree_create_r(p->geos, 10);
  p->areas = calloc(n, sizeof(void *));
  p->numbers = calloc(n, sizeof *p->numbers);
  for (size_t i = 0; i < n; i++) {
    GEOSGeometry *area = area_of(p->geos, regions, i);
    p->areas[i] = GEOSPrepare_r(p->geos, area);
    p->numbers[i] = (int32_t)i;
    GEOSSTRtree_insert_r(p->geos, p->tree, area, &p->numbers[i]);
  }
}

static void ask(void *item, void *user) {
  peer *p = user;
  int32_t number = *(int32_t *)item;
  if ((p->found < 0 || number < p->found) && GEOSPreparedCovers_r(p->geos, p->areas[number], p->point) == 1)
    p->found = number;
}

static int32_t peer_find(peer *p, double lat, double lng) {
  GEOSGeometry *point = GEOSGeom_createPointFromXY_r(p->geos, lng, lat);
  p->point = point;
  p->found = -1;
  GEOSSTRtree_query_r(p->geos, p->tree, point, ask, p);
  GEOSGeom_destroy_r(p->geos, point);
  return p->found;
}

static double processor_seconds(void) {
  struct timespec at;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
  return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

static double between(gy_rng *rng, double a, double b) { return a + (b - a) * gy_rng_uniform(rng); }

static void draw(cloud *points, const gy_regions *regions, bool inside) {
  gy_rng rng;
  gy_rng_init(&rng, 1, inside);
  gy_region all = gy_regions_at(regions, 0);
  for (size_t i = 1; i < gy_regions_count(regions); i++) {
    gy_region region = gy_regions_at(regions, i);
    if (region.lng_min < all.lng_min) all.lng_min = region.lng_min;
    if (region.lat_min < all.lat_min) all.lat_min = region.lat_min;
    if (region.lng_max > all.lng_max) all.lng_max = region.lng_max;
    if (region.lat_max > all.lat_max) all.lat_max = region.lat_max;
  }
  for (size_t i = 0; i < points->n; i++) do {
      points->lng[i] = between(&rng, all.lng_min, all.lng_max);
      points->lat[i] = between(&rng, all.lat_min, all.lat_max);
    } while (inside && gy_regions_find_one(regions, points->lat[i], points->lng[i]) < 0);
}

static double find(const gy_regions *regions, const cloud *points, int n_threads, double *share) {
  gy_task task = {.n_threads = n_threads};
  gy_regions_figures figures;
  gy_error err = {0};
  double start = n_threads == 1 ? processor_seconds() : gy_clock_seconds();
  must(gy_regions_find(regions, points->lat, points->lng, points->n, &task, points->ours, &figures, &err),
       &err);
  double took = (n_threads == 1 ? processor_seconds() : gy_clock_seconds()) - start;
  *share = (double)figures.n_found / (double)points->n;
  return (double)points->n / took / 1e6;
}

static double find_peer(peer *p, const cloud *points) {
  size_t n_other = 0;
  double start = processor_seconds();
  for (size_t i = 0; i < points->n_peer; i++)
    n_other += peer_find(p, points->lat[i], points->lng[i]) != points->ours[i];
  double took = processor_seconds() - start;
  if (n_other > 0) fprintf(stderr, "bench_regions: %zu answers differ from GEOS\n", n_other), exit(1);
  return (double)points->n_peer / took / 1e6;
}

int main(int argc, char **argv) {
  if (argc < 2) return fprintf(stderr, "bench_regions FILE [POINTS [GEOS_POINTS [ROUNDS]]]\n"), 2;
  cloud points = {.n = argc > 2 ? strtoul(argv[2], NULL, 10) : 10000000,
                  .n_peer = argc > 3 ? strtoul(argv[3], NULL, 10) : 300000};
  int rounds = argc > 4 ? atoi(argv[4]) : 3;
  if (points.n_peer > points.n) points.n_peer = points.n;
  points.lat = malloc(points.n * sizeof(double));
  points.lng = malloc(points.n * sizeof(double));
  points.ours = malloc(points.n * sizeof(int32_t));
  gy_regions *regions = NULL;
  gy_error err = {0};
  peer p = {0};
  double start = gy_clock_seconds();
  must(gy_regions_load(argv[1], NULL, &regions, &err), &err);
  printf("%zu regions, loaded with their grid in %.3f s\n", gy_regions_count(regions),
         gy_clock_seconds() - start);
  peer_open(&p, regions);
  for (int inside = 0; inside < 2; inside++) {
    draw(&points, regions, inside);
    for (int round = 0; round < rounds; round++) {
      double share, one = find(regions, &points, 1, &share), geos = find_peer(&p, &points),
                    all = find(regions, &points, 0, &share);
      printf(
          "%-10s %.0f %% in a region: one core %6.2f M/s, all %6.2f M/s, GEOS %6.3f M/s: %.1f x, same "
          "answers\n",
          inside ? "inside" : "everywhere", 100 * share, one, all, geos, one / geos);
    }
  }
  gy_regions_destroy(regions);
  return 0;
}

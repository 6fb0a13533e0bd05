/* SPDX-License-Identifier: Apache-2.0 */
#include "geo/geos_reference.h"

#include <criterion/criterion.h>
#include <geos_c.h>
#include <stdlib.h>

struct geos_reference {
  GEOSContextHandle_t geos;
  size_t n;
  gy_region *boxes;
  GEOSGeometry **areas;
  const GEOSPreparedGeometry **prepared;
};

static GEOSGeometry *ring_of(GEOSContextHandle_t geos, const gy_regions *regions, size_t region, size_t ring,
                             bool *is_hole) {
  size_t n;
  const double *pairs = gy_regions_ring(regions, region, ring, &n, is_hole);
  return GEOSGeom_createLinearRing_r(geos, GEOSCoordSeq_copyFromBuffer_r(geos, pairs, (unsigned)n, 0, 0));
}

static GEOSGeometry *area_of(GEOSContextHandle_t geos, const gy_regions *regions, size_t region) {
  size_t n_rings = gy_regions_at(regions, region).n_rings, n = 0, n_holes = 0;
  GEOSGeometry *polygons[8192], *holes[8192], *shell = NULL;
  cr_assert_lt(n_rings, 8192);
  for (size_t r = 0; r < n_rings; r++) {
    bool is_hole;
    GEOSGeometry *ring = ring_of(geos, regions, region, r, &is_hole);
    cr_assert_not_null(ring);
    if (is_hole) {
      holes[n_holes++] = ring;
      continue;
    }
    if (shell != NULL) polygons[n++] = GEOSGeom_createPolygon_r(geos, shell, holes, (unsigned)n_holes);
    shell = ring;
    n_holes = 0;
  }
  polygons[n++] = GEOSGeom_createPolygon_r(geos, shell, holes, (unsigned)n_holes);
  return GEOSGeom_createCollection_r(geos, GEOS_MULTIPOLYGON, polygons, (unsigned)n);
}

geos_reference *geos_reference_of(const gy_regions *regions) {
  geos_reference *reference = calloc(1, sizeof *reference);
  reference->geos = GEOS_init_r();
  reference->n = gy_regions_count(regions);
  reference->boxes = calloc(reference->n, sizeof *reference->boxes);
  reference->areas = calloc(reference->n, sizeof *reference->areas);
  reference->prepared = calloc(reference->n, sizeof(void *));
  for (size_t i = 0; i < reference->n; i++) {
    reference->boxes[i] = gy_regions_at(regions, i);
    reference->areas[i] = area_of(reference->geos, regions, i);
    cr_assert_eq(GEOSisValid_r(reference->geos, reference->areas[i]), 1, "region %zu is not valid", i);
    reference->prepared[i] = GEOSPrepare_r(reference->geos, reference->areas[i]);
  }
  return reference;
}

int32_t geos_reference_find(const geos_reference *reference, double lat, double lng) {
  int32_t found = -1;
  GEOSGeometry *point = GEOSGeom_createPointFromXY_r(reference->geos, lng, lat);
  for (size_t i = 0; i < reference->n && found < 0; i++) {
    const gy_region *box = &reference->boxes[i];
    if (lng < box->lng_min || lng > box->lng_max || lat < box->lat_min || lat > box->lat_max) continue;
    if (GEOSPreparedCovers_r(reference->geos, reference->prepared[i], point) == 1) found = (int32_t)i;
  }
  GEOSGeom_destroy_r(reference->geos, point);
  return found;
}

void geos_reference_destroy(geos_reference *reference) {
  for (size_t i = 0; i < reference->n; i++) {
    GEOSPreparedGeom_destroy_r(reference->geos, reference->prepared[i]);
    GEOSGeom_destroy_r(reference->geos, reference->areas[i]);
  }
  GEOS_finish_r(reference->geos);
  free(reference->boxes);
  free(reference->areas);
  free(reference->prepared);
  free(reference);
}

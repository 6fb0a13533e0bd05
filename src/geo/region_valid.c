/* SPDX-License-Identifier: Apache-2.0
 *
 * Validity by GEOS: rings of an area may touch at places, never cross, and holes lie within their outer ring.
 * An area that is not so is made valid by structure (outer rings united, holes taken away), and taken when it
 * has, to 1 %, the area that the rings enclose by the shoelace formula. That holds of spikes, slivers and
 * small loops; where a ring crosses itself in the middle, or a hole lies outside, nobody knows what was
 * meant. */
#include <stdlib.h>
#include <string.h>

#include "geo/region_reader.h"

static const double SAFE_SHARE = 0.01;

static gy_status fail_geos(const gy_region_reader *reader, gy_error *err) {
  bool no_memory = strstr(reader->geos_message, "bad_alloc") != NULL || reader->geos_message[0] == '\0';
  return no_memory ? gy_fail(err, GY_ENOMEM, "no memory to check the area")
                   : gy_fail(err, GY_EDATA, "GEOS refuses the area: %s", reader->geos_message);
}

static GEOSGeometry *ring_geometry(const gy_region_reader *reader, const gy_ring *ring) {
  GEOSCoordSequence *places = GEOSCoordSeq_copyFromBuffer_r(
      reader->geos, &reader->regions->rings.places[ring->first].x, (unsigned)ring->count, 0, 0);
  return places == NULL ? NULL : GEOSGeom_createLinearRing_r(reader->geos, places);
}

/* The polygon of ring `at` and its holes; *n of them in all. */
static GEOSGeometry *polygon_geometry(const gy_region_reader *reader, size_t at, size_t *n) {
  const gy_rings *rings = &reader->regions->rings;
  for (*n = 1; at + *n < rings->n_rings && rings->rings[at + *n].is_hole;) ++*n;
  GEOSGeometry **parts = calloc(*n, sizeof *parts), *polygon = NULL;
  bool complete = parts != NULL;
  for (size_t i = 0; i < *n && complete; i++)
    complete = (parts[i] = ring_geometry(reader, &rings->rings[at + i])) != NULL;
  if (complete)
    polygon = GEOSGeom_createPolygon_r(reader->geos, parts[0], parts + 1, (unsigned)(*n - 1));
  else
    for (size_t i = 0; parts != NULL && i < *n; i++)
      if (parts[i] != NULL) GEOSGeom_destroy_r(reader->geos, parts[i]);
  free(parts);
  return polygon;
}

static GEOSGeometry *area_geometry(const gy_region_reader *reader) {
  const gy_rings *rings = &reader->regions->rings;
  size_t n = 0, taken;
  GEOSGeometry **polygons = calloc(rings->n_rings - reader->first_ring, sizeof *polygons), *area = NULL;
  bool complete = polygons != NULL;
  for (size_t at = reader->first_ring; at < rings->n_rings && complete; at += taken, n++)
    complete = (polygons[n] = polygon_geometry(reader, at, &taken)) != NULL;
  if (complete)
    area = GEOSGeom_createCollection_r(reader->geos, GEOS_MULTIPOLYGON, polygons, (unsigned)n);
  else
    for (size_t i = 0; polygons != NULL && i < n; i++)
      if (polygons[i] != NULL) GEOSGeom_destroy_r(reader->geos, polygons[i]);
  free(polygons);
  return area;
}

static double enclosed_area(const gy_region_reader *reader) {
  const gy_rings *rings = &reader->regions->rings;
  double sum = 0;
  for (size_t i = reader->first_ring; i < rings->n_rings; i++) {
    double area = fabs(gy_ring_area2(rings->places + rings->rings[i].first, rings->rings[i].count)) / 2;
    sum += rings->rings[i].is_hole ? -area : area;
  }
  return sum;
}

static gy_status take_ring(gy_region_reader *reader, const GEOSGeometry *ring, bool is_hole, gy_error *err) {
  const GEOSCoordSequence *places = GEOSGeom_getCoordSeq_r(reader->geos, ring);
  gy_rings *rings = &reader->regions->rings;
  unsigned n = 0;
  size_t first = rings->n_places;
  if (places == NULL || !GEOSCoordSeq_getSize_r(reader->geos, places, &n)) return fail_geos(reader, err);
  for (unsigned i = 0; i < n; i++) {
    gy_place place;
    if (!GEOSCoordSeq_getXY_r(reader->geos, places, i, &place.x, &place.y)) return fail_geos(reader, err);
    gy_status status = gy_rings_add_place(rings, place, err);
    if (status != GY_OK) return status;
  }
  return gy_rings_add_ring(rings, first, is_hole, err);
}

/* Rings of every polygon within; lines and points are left. */
static gy_status take_polygons(gy_region_reader *reader, const GEOSGeometry *area, gy_error *err) {
  gy_status status = GY_OK;
  int n = GEOSGetNumGeometries_r(reader->geos, area);
  for (int i = 0; i < n && status == GY_OK; i++) {
    const GEOSGeometry *part = GEOSGetGeometryN_r(reader->geos, area, i);
    int type = GEOSGeomTypeId_r(reader->geos, part);
    if (type == GEOS_MULTIPOLYGON || type == GEOS_GEOMETRYCOLLECTION) {
      status = take_polygons(reader, part, err);
    } else if (type == GEOS_POLYGON && GEOSisEmpty_r(reader->geos, part) == 0) {
      status = take_ring(reader, GEOSGetExteriorRing_r(reader->geos, part), false, err);
      int n_holes = GEOSGetNumInteriorRings_r(reader->geos, part);
      for (int k = 0; k < n_holes && status == GY_OK; k++)
        status = take_ring(reader, GEOSGetInteriorRingN_r(reader->geos, part, k), true, err);
    }
  }
  return status;
}

static GEOSGeometry *repaired(const gy_region_reader *reader, const GEOSGeometry *area) {
  GEOSMakeValidParams *how = GEOSMakeValidParams_create_r(reader->geos);
  if (how == NULL) return NULL;
  GEOSMakeValidParams_setMethod_r(reader->geos, how, GEOS_MAKE_VALID_STRUCTURE);
  GEOSMakeValidParams_setKeepCollapsed_r(reader->geos, how, 0);
  GEOSGeometry *valid = GEOSMakeValidWithParams_r(reader->geos, area, how);
  GEOSMakeValidParams_destroy_r(reader->geos, how);
  return valid;
}

static gy_status repair(gy_region_reader *reader, const GEOSGeometry *area, const char *reason,
                        gy_place place, gy_error *err) {
  GEOSGeometry *valid = repaired(reader, area);
  double before = enclosed_area(reader), after = 0;
  gy_status status = GY_OK;
  if (valid == NULL || !GEOSArea_r(reader->geos, valid, &after)) {
    status = fail_geos(reader, err);
  } else if (!(fabs(after - before) <= SAFE_SHARE * before)) {
    status =
        gy_fail(err, GY_EDATA,
                "%s at longitude %.9g, latitude %.9g, and what is meant cannot be told: its rings enclose "
                "%.4g square degrees, a repair would leave %.4g; correct the border there",
                reason, place.x, place.y, before, after);
  } else {
    gy_rings_cut(&reader->regions->rings, reader->first_ring, reader->first_place);
    status = take_polygons(reader, valid, err);
    if (status == GY_OK)
      status = gy_region_note(reader, err,
                              "%s at longitude %.9g, latitude %.9g; repaired, its area is %.4g %% off",
                              reason, place.x, place.y, 100 * fabs(after - before) / before);
  }
  if (valid != NULL) GEOSGeom_destroy_r(reader->geos, valid);
  return status;
}

gy_status gy_region_make_valid(gy_region_reader *reader, gy_error *err) {
  char *reason = NULL;
  GEOSGeometry *where = NULL;
  gy_place place = {0, 0};
  gy_status status = GY_OK;
  reader->geos_message[0] = '\0';
  GEOSGeometry *area = area_geometry(reader);
  char valid = area == NULL ? 2 : GEOSisValidDetail_r(reader->geos, area, 0, &reason, &where);
  if (valid == 0 && where != NULL) {
    (void)GEOSGeomGetX_r(reader->geos, where, &place.x);
    (void)GEOSGeomGetY_r(reader->geos, where, &place.y);
  }
  if (valid == 0)
    status = repair(reader, area, reason != NULL ? reason : "its area is not valid", place, err);
  else if (valid != 1)
    status = fail_geos(reader, err);
  if (reason != NULL) GEOSFree_r(reader->geos, reason);
  if (where != NULL) GEOSGeom_destroy_r(reader->geos, where);
  if (area != NULL) GEOSGeom_destroy_r(reader->geos, area);
  return status;
}

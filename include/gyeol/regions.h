/* SPDX-License-Identifier: Apache-2.0
 *
 * Points into regions: which municipality, province or sales area holds a place.
 *
 * Regions come from GeoJSON (RFC 7946: FeatureCollection or Feature, Polygon and MultiPolygon, with holes) or
 * TopoJSON (shared arcs, quantised or not). Coordinates are degrees of WGS 84, longitude first in the files,
 * longitude -180..180, latitude -90..90; borders are straight lines in degrees, as in every GIS. A region
 * that passes the antimeridian is to be cut there, as RFC 7946 says.
 *
 * What is broken in a file is repaired where that is safe, and said in a note; else the file is refused
 * (GY_EDATA) with the feature's number, from 1, its name and the place. Repaired: rings that do not end where
 * they begin (closed), rings without area (left out), features without geometry or of other kinds than areas
 * (left out), and invalid areas (crossing rings, holes outside, overlapping parts) when GEOS's make-valid
 * changes the area that the rings enclose by at most 1 %. Refused: coordinates outside the world (also those
 * that look swapped, or like metres), rings that enclose two things at once, arcs that do not meet. The
 * direction of rings means nothing here.
 *
 * A region holds its border. A point on a border that regions share, or where regions overlap, belongs to the
 * first of them in the file. So the answer is that of GEOS's `covers` asked of each region in turn, exactly:
 * the side of a line is decided without rounding.
 *
 * Method: a grid over the regions. A cell that no border meets knows its region; any other keeps the edges
 * that meet it and, for each region, whether the cell's corner is inside: a point is inside when the way to
 * the corner crosses an even number of edges (odd when the corner is outside). Shewchuk, Adaptive Precision
 * Floating-Point Arithmetic (1997) for the side of a line; Edelsbrunner and Muecke, Simulation of Simplicity
 * (1990) for corners that lie on edges. Validity and repair: GEOS.
 *
 * Ownership: a gy_regions is the caller's, immutable after loading, and may be asked by any number of threads
 * at once; texts and rings that it lends live as long. Determinism: answers do not depend on threads or on
 * the grid. Cost: loading O(vertices) and the memory of the JSON; a point a few tens of nanoseconds, more
 * near borders. */
#ifndef GYEOL_REGIONS_H
#define GYEOL_REGIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gy_regions gy_regions;

/* All zero: every property is looked for by its usual names. */
typedef struct gy_regions_options {
  const char *object;   /* TopoJSON: which object; NULL: the only one */
  const char *name_key; /* property of the name; NULL: name, adm_nm, SIG_KOR_NM, CTP_KOR_NM, NAME, ... */
  const char *code_key; /* of the code; NULL: code, adm_cd, SIG_CD, CTPRVN_CD, ISO_A2, ... */
  size_t cells_most;    /* of the grid; 0: eight an edge, at most 4 million. Changes times, no answer */
  size_t max_bytes;     /* of a file; 0: 256 MiB */
} gy_regions_options;

/* Reads a file of either format; on success *regions gives a handle for gy_regions_destroy. `options` may be
 * NULL. Errors: GY_EIO, GY_ENOTFOUND, GY_ELIMIT (a larger file, more than 100,000 regions or 20 million
 * vertices), GY_EPARSE (no JSON, or neither format; with line and column), GY_EDATA (nothing usable, or a
 * feature that cannot be repaired), GY_ENOMEM. */
GY_MUST_USE gy_status gy_regions_load(const char *path, const gy_regions_options *options,
                                      gy_regions **regions, gy_error *err);

/* The same from text. */
GY_MUST_USE gy_status gy_regions_parse(const char *text, size_t length, const gy_regions_options *options,
                                       gy_regions **regions, gy_error *err);

/* Frees it; NULL-safe. */
void gy_regions_destroy(gy_regions *regions);

size_t gy_regions_count(const gy_regions *regions);

typedef struct gy_region {
  const char *name;    /* "" where the file has none */
  const char *name_en; /* from name_eng, name_en, SIG_ENG_NM, CTP_ENG_NM; "" where there is none */
  const char *code;    /* "" where there is none */
  size_t feature;      /* its number in the file, from 1 */
  size_t n_rings;
  double lng_min, lat_min, lng_max, lat_max;
} gy_region;

/* Region 0 .. count-1, in file order. */
gy_region gy_regions_at(const gy_regions *regions, size_t region);

/* A ring for drawing, its last vertex equal to its first: *n pairs of longitude and latitude, lent. Each
 * outer ring is followed by its holes. */
const double *gy_regions_ring(const gy_regions *regions, size_t region, size_t ring, size_t *n,
                              bool *is_hole);

/* What was repaired or left out: the i-th sentence, NULL past the last. At most 100 are kept; `count` counts
 * all. */
const char *gy_regions_note(const gy_regions *regions, size_t i);
size_t gy_regions_note_count(const gy_regions *regions);

/* The first region in file order that holds the point, or -1. NaN and places outside the world: -1. */
int32_t gy_regions_find_one(const gy_regions *regions, double lat, double lng);

typedef struct gy_regions_figures {
  size_t n_found;
  size_t n_nowhere;    /* on the world, in no region */
  size_t n_outside;    /* latitude or longitude outside the world, or infinite */
  size_t n_missing;    /* NaN in either */
  size_t n_if_swapped; /* of nowhere and outside: would be in a region with latitude and longitude changed
                          round */
  bool looks_swapped;  /* at least one in twenty of the points that are there would */
} gy_regions_figures;

/* Many points. `lat`, `lng`: n degrees each, NaN where missing; `region` (n, the caller's) receives -1 or the
 * region; *figures is assigned on success. Errors: GY_ECANCELLED. On threads of `task` (may be NULL). */
GY_MUST_USE gy_status gy_regions_find(const gy_regions *regions, const double *lat, const double *lng,
                                      size_t n, const gy_task *task, int32_t *region,
                                      gy_regions_figures *figures, gy_error *err);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a file of regions: the two formats give rings, one feature after the other; what is common to them
 * is here: names, checks of places and rings, validity, notes. */
#ifndef GYEOL_GEO_REGION_READER_H
#define GYEOL_GEO_REGION_READER_H

#include <geos_c.h>
#include <jansson.h>

#include "base/arena.h"
#include "geo/region_grid.h"
#include <gyeol/regions.h>

enum { GY_REGIONS_MAX = 100000, GY_REGION_NOTES_KEPT = 100 };

struct gy_regions {
  gy_arena texts;
  gy_rings rings;
  gy_region *entries;
  gy_region_span *spans;
  size_t n, room;
  const char *notes[GY_REGION_NOTES_KEPT];
  size_t n_notes;
  gy_region_grid grid;
};

typedef struct gy_region_reader {
  gy_regions *regions;
  const gy_regions_options *options;
  GEOSContextHandle_t geos;
  char geos_message[256];
  gy_region entry;                   /* the feature at hand */
  char label[GY_ERROR_TEXT_MAX / 2]; /* "feature 3 ('중구')" */
  size_t first_ring, first_place;    /* of the feature */
  size_t n_rings_seen;
  bool shell_is_out; /* the last outer ring was left out, and so are its holes */
} gy_region_reader;

/* A place of the ring being read; refused outside the world. */
GY_MUST_USE gy_status gy_region_reader_place(gy_region_reader *reader, double lng, double lat, gy_error *err);

/* Ends the ring of the places from `first` on: closed where it is not, left out without an area. */
GY_MUST_USE gy_status gy_region_reader_ring(gy_region_reader *reader, size_t first, bool is_hole,
                                            gy_error *err);

/* Makes the feature's rings a valid area, or says why that is not safe. GEOS. */
GY_MUST_USE gy_status gy_region_make_valid(gy_region_reader *reader, gy_error *err);

/* "LABEL: " and the sentence, kept in the regions. */
GY_MUST_USE gy_status gy_region_note(gy_region_reader *reader, gy_error *err, const char *format, ...)
    GY_PRINTF(3, 4);

/* Every feature of a parsed file. */
GY_MUST_USE gy_status gy_region_read_features(gy_region_reader *reader, const json_t *file, gy_error *err);

/* Rings of a geometry; areas only. */
GY_MUST_USE gy_status gy_geojson_rings(gy_region_reader *reader, const json_t *geometry, gy_error *err);

/* A topology's arcs, decoded. */
typedef struct gy_topology {
  gy_rings arcs; /* a ring an arc, not closed */
} gy_topology;

GY_MUST_USE gy_status gy_topology_open(const json_t *file, gy_topology *topology, gy_error *err);
void gy_topology_clear(gy_topology *topology);
GY_MUST_USE gy_status gy_topojson_rings(gy_region_reader *reader, const gy_topology *topology,
                                        const json_t *geometry, gy_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Rings of all regions in two arrays: places, and where in them each ring lies. A ring's last place is its
 * first; an outer ring is followed by its holes. */
#ifndef GYEOL_GEO_REGION_RINGS_H
#define GYEOL_GEO_REGION_RINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "geo/orientation.h"
#include <gyeol/status.h>

enum { GY_REGION_PLACES_MAX = 20000000 };

typedef struct gy_ring {
  size_t first, count; /* places */
  bool is_hole;
} gy_ring;

typedef struct gy_rings {
  gy_place *places;
  size_t n_places, place_room;
  gy_ring *rings;
  size_t n_rings, ring_room;
} gy_rings;

GY_MUST_USE gy_status gy_rings_add_place(gy_rings *rings, gy_place place, gy_error *err);

/* Makes a ring of the places from `first` on. */
GY_MUST_USE gy_status gy_rings_add_ring(gy_rings *rings, size_t first, bool is_hole, gy_error *err);

/* Takes rings and places from these on away. */
void gy_rings_cut(gy_rings *rings, size_t n_rings, size_t n_places);

/* Twice the signed area of a ring, in square degrees. */
double gy_ring_area2(const gy_place *places, size_t n);

void gy_rings_clear(gy_rings *rings);

#endif

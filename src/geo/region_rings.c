/* SPDX-License-Identifier: Apache-2.0 */
#include "geo/region_rings.h"

#include <stdlib.h>

gy_status gy_rings_add_place(gy_rings *rings, gy_place place, gy_error *err) {
  if (rings->n_places == rings->place_room) {
    if (rings->n_places >= GY_REGION_PLACES_MAX)
      return gy_fail(err, GY_ELIMIT, "more than %d vertices; simplify the borders", GY_REGION_PLACES_MAX);
    size_t room = rings->place_room == 0 ? 1024 : 2 * rings->place_room;
    gy_place *places = realloc(rings->places, room * sizeof *places);
    if (places == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu vertices", room);
    rings->places = places;
    rings->place_room = room;
  }
  rings->places[rings->n_places++] = place;
  return GY_OK;
}

gy_status gy_rings_add_ring(gy_rings *rings, size_t first, bool is_hole, gy_error *err) {
  if (rings->n_rings == rings->ring_room) {
    size_t room = rings->ring_room == 0 ? 64 : 2 * rings->ring_room;
    gy_ring *grown = realloc(rings->rings, room * sizeof *grown);
    if (grown == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu rings", room);
    rings->rings = grown;
    rings->ring_room = room;
  }
  rings->rings[rings->n_rings++] = (gy_ring){first, rings->n_places - first, is_hole};
  return GY_OK;
}

void gy_rings_cut(gy_rings *rings, size_t n_rings, size_t n_places) {
  rings->n_rings = n_rings;
  rings->n_places = n_places;
}

double gy_ring_area2(const gy_place *places, size_t n) {
  double sum = 0;
  for (size_t i = 0; i + 1 < n; i++) {
    gy_place a = places[i], b = places[i + 1];
    sum += (a.x - places[0].x) * (b.y - places[0].y) - (b.x - places[0].x) * (a.y - places[0].y);
  }
  return sum;
}

void gy_rings_clear(gy_rings *rings) {
  free(rings->places);
  free(rings->rings);
  *rings = (gy_rings){0};
}

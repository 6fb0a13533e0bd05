/* SPDX-License-Identifier: Apache-2.0
 *
 * Rings of TopoJSON (Bostock and Metcalf, the TopoJSON format specification): borders are cut where
 * regions meet into arcs, which rings name by number; ~i is arc i backwards; the first place of an arc is the
 * last of the one before it. With a transform, places are whole numbers, each the difference to the one
 * before, to be scaled and moved. */
#include <string.h>

#include "geo/region_reader.h"

typedef struct transform {
  bool is_there;
  double scale[2], translate[2];
} transform;

static bool pair_of(const json_t *array, double *pair) {
  for (size_t i = 0; i < 2; i++) {
    const json_t *value = json_array_get(array, i);
    if (!json_is_number(value)) return false;
    pair[i] = json_number_value(value);
  }
  return true;
}

static gy_status read_transform(const json_t *file, transform *t, gy_error *err) {
  const json_t *stored = json_object_get(file, "transform");
  t->is_there = stored != NULL && !json_is_null(stored);
  if (t->is_there && (!pair_of(json_object_get(stored, "scale"), t->scale) ||
                      !pair_of(json_object_get(stored, "translate"), t->translate)))
    return gy_fail(err, GY_EPARSE, "a Topology whose transform is not two scales and two translations");
  return GY_OK;
}

static gy_status read_arc(gy_rings *arcs, const transform *t, const json_t *arc, size_t number,
                          gy_error *err) {
  size_t i, first = arcs->n_places;
  double x = 0, y = 0;
  const json_t *place;
  if (!json_is_array(arc)) return gy_fail(err, GY_EPARSE, "arc %zu is no array of places", number);
  json_array_foreach(arc, i, place) {
    double at[2];
    if (!pair_of(place, at))
      return gy_fail(err, GY_EPARSE, "arc %zu holds a place that is not two numbers", number);
    x = t->is_there ? x + at[0] : at[0];
    y = t->is_there ? y + at[1] : at[1];
    gy_place decoded = {x, y};
    if (t->is_there)
      decoded = (gy_place){x * t->scale[0] + t->translate[0], y * t->scale[1] + t->translate[1]};
    gy_status status = gy_rings_add_place(arcs, decoded, err);
    if (status != GY_OK) return status;
  }
  return gy_rings_add_ring(arcs, first, false, err);
}

gy_status gy_topology_open(const json_t *file, gy_topology *topology, gy_error *err) {
  const json_t *arcs = json_object_get(file, "arcs"), *arc;
  transform t = {0};
  size_t i;
  if (!json_is_array(arcs)) return gy_fail(err, GY_EPARSE, "a Topology without an array of arcs");
  gy_status status = read_transform(file, &t, err);
  if (status == GY_OK) json_array_foreach(arcs, i, arc) {
      status = read_arc(&topology->arcs, &t, arc, i, err);
      if (status != GY_OK) break;
    }
  return status;
}

void gy_topology_clear(gy_topology *topology) { gy_rings_clear(&topology->arcs); }

/* Puts an arc's places behind those of the ring; its first is to be the ring's last. */
static gy_status follow_arc(gy_region_reader *reader, const gy_topology *topology, const json_t *index,
                            size_t ring_first, gy_error *err) {
  gy_rings *rings = &reader->regions->rings;
  json_int_t at = json_integer_value(index);
  size_t number = (size_t)(at < 0 ? ~at : at), ring = reader->n_rings_seen + 1;
  if (!json_is_integer(index) || number >= topology->arcs.n_rings)
    return gy_fail(err, GY_EDATA, "ring %zu names an arc that is not there; the Topology has %zu", ring,
                   topology->arcs.n_rings);
  const gy_ring *arc = &topology->arcs.rings[number];
  const gy_place *places = topology->arcs.places + arc->first;
  for (size_t i = 0; i < arc->count; i++) {
    gy_place place = places[at < 0 ? arc->count - 1 - i : i];
    if (i == 0 && rings->n_places > ring_first) {
      gy_place last = rings->places[rings->n_places - 1];
      if (last.x != place.x || last.y != place.y)
        return gy_fail(err, GY_EDATA, "ring %zu: arc %zu does not begin where the one before it ends", ring,
                       number);
      continue;
    }
    gy_status status = gy_region_reader_place(reader, place.x, place.y, err);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

static gy_status read_polygon(gy_region_reader *reader, const gy_topology *topology, const json_t *polygon,
                              gy_error *err) {
  const json_t *ring, *index;
  size_t i, k;
  if (!json_is_array(polygon)) return gy_fail(err, GY_EDATA, "arcs that are no array of rings");
  json_array_foreach(polygon, i, ring) {
    size_t first = reader->regions->rings.n_places;
    if (!json_is_array(ring))
      return gy_fail(err, GY_EDATA, "ring %zu is no array of arcs", reader->n_rings_seen + 1);
    json_array_foreach(ring, k, index) {
      gy_status status = follow_arc(reader, topology, index, first, err);
      if (status != GY_OK) return status;
    }
    gy_status status = gy_region_reader_ring(reader, first, i > 0, err);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

gy_status gy_topojson_rings(gy_region_reader *reader, const gy_topology *topology, const json_t *geometry,
                            gy_error *err) {
  const char *type = json_string_value(json_object_get(geometry, "type"));
  const json_t *arcs = json_object_get(geometry, "arcs"), *polygon;
  size_t i;
  if (strcmp(type, "Polygon") == 0) return read_polygon(reader, topology, arcs, err);
  if (!json_is_array(arcs)) return gy_fail(err, GY_EDATA, "arcs that are no array of polygons");
  json_array_foreach(arcs, i, polygon) {
    gy_status status = read_polygon(reader, topology, polygon, err);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

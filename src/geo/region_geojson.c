/* SPDX-License-Identifier: Apache-2.0
 *
 * Rings of GeoJSON (RFC 7946): a Polygon is an array of rings, the first of which is outside; a MultiPolygon
 * an array of those; a place [longitude, latitude] and whatever may follow. */
#include <string.h>

#include "geo/region_reader.h"

static gy_status read_place(gy_region_reader *reader, const json_t *place, gy_error *err) {
  const json_t *lng = json_array_get(place, 0), *lat = json_array_get(place, 1);
  if (!json_is_number(lng) || !json_is_number(lat))
    return gy_fail(err, GY_EDATA, "ring %zu holds a place that is not [longitude, latitude]",
                   reader->n_rings_seen + 1);
  return gy_region_reader_place(reader, json_number_value(lng), json_number_value(lat), err);
}

static gy_status read_polygon(gy_region_reader *reader, const json_t *polygon, gy_error *err) {
  const json_t *ring, *place;
  size_t i, k;
  if (!json_is_array(polygon)) return gy_fail(err, GY_EDATA, "coordinates that are no array of rings");
  json_array_foreach(polygon, i, ring) {
    size_t first = reader->regions->rings.n_places;
    if (!json_is_array(ring))
      return gy_fail(err, GY_EDATA, "ring %zu is no array of places", reader->n_rings_seen + 1);
    json_array_foreach(ring, k, place) {
      gy_status status = read_place(reader, place, err);
      if (status != GY_OK) return status;
    }
    gy_status status = gy_region_reader_ring(reader, first, i > 0, err);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

gy_status gy_geojson_rings(gy_region_reader *reader, const json_t *geometry, gy_error *err) {
  const char *type = json_string_value(json_object_get(geometry, "type"));
  const json_t *coordinates = json_object_get(geometry, "coordinates"), *polygon;
  size_t i;
  if (strcmp(type, "Polygon") == 0) return read_polygon(reader, coordinates, err);
  if (!json_is_array(coordinates)) return gy_fail(err, GY_EDATA, "coordinates that are no array of polygons");
  json_array_foreach(coordinates, i, polygon) {
    gy_status status = read_polygon(reader, polygon, err);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

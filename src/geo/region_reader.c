/* SPDX-License-Identifier: Apache-2.0
 *
 * Features of either format, one by one: name, rings, validity. The first feature that cannot be used stops
 * the reading: a map with a hole in it would send customers nowhere in silence. */
#include "geo/region_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/region_text.h"

static const char *const NAME_KEYS[] = {"name",       "NAME",   "adm_nm",  "ADM_NM",     "SIG_KOR_NM",
                                        "CTP_KOR_NM", "SGG_NM", "SIDO_NM", "EMD_KOR_NM", "name_ko",
                                        "NAME_1",     "title",  NULL};
static const char *const ENGLISH_KEYS[] = {"name_eng",   "name_en",    "NAME_EN",
                                           "SIG_ENG_NM", "CTP_ENG_NM", NULL};
static const char *const CODE_KEYS[] = {"code",      "CODE",   "adm_cd", "ADM_CD", "SIG_CD",
                                        "CTPRVN_CD", "SGG_CD", "EMD_CD", "ISO_A2", "iso_a2",
                                        "iso",       "id",     NULL};

gy_status gy_region_note(gy_region_reader *reader, gy_error *err, const char *format, ...) {
  gy_regions *regions = reader->regions;
  if (regions->n_notes++ >= GY_REGION_NOTES_KEPT) return GY_OK;
  char text[GY_ERROR_TEXT_MAX];
  int n = snprintf(text, sizeof text, "%s: ", reader->label);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text + n, sizeof text - (size_t)n, format, arguments);
  va_end(arguments);
  char *kept = gy_arena_strndup(&regions->texts, text, strlen(text));
  if (kept == NULL) return gy_fail(err, GY_ENOMEM, "no memory for a note");
  regions->notes[regions->n_notes - 1] = kept;
  return GY_OK;
}

/* ---- names ---- */

/* A text or number as text in NFC, cut at GY_REGION_TEXT_MAX; "" for anything else. */
static gy_status text_of(gy_region_reader *reader, const json_t *value, const char **text, gy_error *err) {
  char number[32], composed[GY_REGION_TEXT_ROOM];
  const char *from = json_string_value(value);
  if (json_is_integer(value)) {
    snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    from = number;
  }
  *text = "";
  if (from == NULL) return GY_OK;
  size_t length = gy_region_text_compose(from, strlen(from), composed);
  char *kept = gy_arena_strndup(&reader->regions->texts, composed, length);
  if (kept == NULL) return gy_fail(err, GY_ENOMEM, "no memory for a name");
  *text = kept;
  return GY_OK;
}

static gy_status property(gy_region_reader *reader, const json_t *feature, const char *wanted,
                          const char *const *keys, const char **text, gy_error *err) {
  const json_t *properties = json_object_get(feature, "properties");
  const char *const own[] = {wanted, NULL};
  *text = "";
  for (const char *const *key = wanted != NULL ? own : keys; *key != NULL && **text == '\0'; key++) {
    gy_status status = text_of(reader, json_object_get(properties, *key), text, err);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

static gy_status read_names(gy_region_reader *reader, const json_t *feature, gy_error *err) {
  gy_region *entry = &reader->entry;
  snprintf(reader->label, sizeof reader->label, "feature %zu", entry->feature);
  gy_status status = property(reader, feature, reader->options->name_key, NAME_KEYS, &entry->name, err);
  if (status == GY_OK) status = property(reader, feature, NULL, ENGLISH_KEYS, &entry->name_en, err);
  if (status == GY_OK)
    status = property(reader, feature, reader->options->code_key, CODE_KEYS, &entry->code, err);
  if (status == GY_OK && entry->code[0] == '\0' && reader->options->code_key == NULL)
    status = text_of(reader, json_object_get(feature, "id"), &entry->code, err);
  if (status == GY_OK && entry->name[0] != '\0')
    snprintf(reader->label, sizeof reader->label, "feature %zu ('%s')", entry->feature, entry->name);
  return status;
}

/* ---- places and rings ---- */

gy_status gy_region_reader_place(gy_region_reader *reader, double lng, double lat, gy_error *err) {
  if (fabs(lng) <= 180 && fabs(lat) <= 90)
    return gy_rings_add_place(&reader->regions->rings, (gy_place){lng + 0.0, lat + 0.0}, err);
  const char *hint = "coordinates are to be degrees of WGS 84, longitude first";
  if (fabs(lng) <= 90 && fabs(lat) <= 180)
    hint = "latitude and longitude look swapped: longitude comes first";
  else if (fabs(lng) > 1000 || fabs(lat) > 1000)
    hint = "they look like metres of a projection: convert the file to degrees of WGS 84 (EPSG:4326)";
  return gy_fail(err, GY_EDATA,
                 "ring %zu holds longitude %.10g, latitude %.10g, which is outside the world; %s",
                 reader->n_rings_seen + 1, lng, lat, hint);
}

/* Whether all places are on one line. */
static bool is_level(const gy_place *places, size_t n) {
  for (size_t i = 2; i < n; i++)
    if (gy_orientation(places[0], places[1], places[i]) != 0) return false;
  return true;
}

gy_status gy_region_reader_ring(gy_region_reader *reader, size_t first, bool is_hole, gy_error *err) {
  gy_rings *rings = &reader->regions->rings;
  gy_status status = GY_OK;
  size_t number = ++reader->n_rings_seen, n = first;
  for (size_t i = first; i < rings->n_places; i++) {
    gy_place at = rings->places[i];
    if (n == first || at.x != rings->places[n - 1].x || at.y != rings->places[n - 1].y)
      rings->places[n++] = at;
  }
  rings->n_places = n;
  if (is_hole && reader->shell_is_out) {
    rings->n_places = first;
    return GY_OK;
  }
  bool is_closed = n > first && rings->places[first].x == rings->places[n - 1].x &&
                   rings->places[first].y == rings->places[n - 1].y;
  if (n >= first + 3 && !is_closed) {
    status = gy_rings_add_place(rings, rings->places[first], err);
    if (status == GY_OK)
      status = gy_region_note(reader, err, "ring %zu does not end where it begins; closed", number);
    if (status != GY_OK) return status;
    n++;
  }
  bool is_out = n < first + 4 || is_level(rings->places + first, n - first);
  if (!is_hole) reader->shell_is_out = is_out;
  if (!is_out) return gy_rings_add_ring(rings, first, is_hole, err);
  rings->n_places = first;
  return gy_region_note(reader, err, "ring %zu has no area; left out", number);
}

/* ---- features ---- */

static gy_status add_region(gy_region_reader *reader, gy_error *err) {
  gy_regions *regions = reader->regions;
  if (regions->n == GY_REGIONS_MAX) return gy_fail(err, GY_ELIMIT, "more than %d regions", GY_REGIONS_MAX);
  if (regions->n == regions->room) {
    size_t room = regions->room == 0 ? 64 : 2 * regions->room;
    gy_region *entries = realloc(regions->entries, room * sizeof *entries);
    if (entries != NULL) regions->entries = entries;
    gy_region_span *spans = realloc(regions->spans, room * sizeof *spans);
    if (spans != NULL) regions->spans = spans;
    if (entries == NULL || spans == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu regions", room);
    regions->room = room;
  }
  const gy_rings *rings = &regions->rings;
  gy_place from = rings->places[reader->first_place];
  gy_region_span span = {
      reader->first_ring, rings->n_rings - reader->first_ring, from.x, from.y, from.x, from.y};
  for (size_t i = reader->first_place; i < rings->n_places; i++) {
    gy_place at = rings->places[i];
    span.x_min = fmin(span.x_min, at.x);
    span.y_min = fmin(span.y_min, at.y);
    span.x_max = fmax(span.x_max, at.x);
    span.y_max = fmax(span.y_max, at.y);
  }
  gy_region entry = reader->entry;
  entry.n_rings = span.n_rings;
  entry.lng_min = span.x_min;
  entry.lat_min = span.y_min;
  entry.lng_max = span.x_max;
  entry.lat_max = span.y_max;
  regions->entries[regions->n] = entry;
  regions->spans[regions->n++] = span;
  return GY_OK;
}

static gy_status read_geometry(gy_region_reader *reader, const gy_topology *topology, const json_t *geometry,
                               gy_error *err) {
  const char *type = json_string_value(json_object_get(geometry, "type"));
  if (geometry == NULL || json_is_null(geometry) || type == NULL)
    return gy_region_note(reader, err, "no geometry; left out");
  if (strcmp(type, "Polygon") != 0 && strcmp(type, "MultiPolygon") != 0)
    return gy_region_note(reader, err, "%.40s is no Polygon or MultiPolygon; left out", type);
  gy_status status = topology != NULL ? gy_topojson_rings(reader, topology, geometry, err)
                                      : gy_geojson_rings(reader, geometry, err);
  size_t n_rings = reader->regions->rings.n_rings;
  if (status == GY_OK && n_rings > reader->first_ring) status = gy_region_make_valid(reader, err);
  if (status != GY_OK) return status;
  if (reader->regions->rings.n_rings == reader->first_ring)
    return gy_region_note(reader, err, "nothing with an area; left out");
  return add_region(reader, err);
}

static gy_status read_feature(gy_region_reader *reader, const gy_topology *topology, const json_t *feature,
                              const json_t *geometry, size_t number, gy_error *err) {
  const gy_rings *rings = &reader->regions->rings;
  reader->entry = (gy_region){.feature = number};
  reader->first_ring = rings->n_rings;
  reader->first_place = rings->n_places;
  reader->n_rings_seen = 0;
  reader->shell_is_out = true;
  gy_status status = read_names(reader, feature, err);
  if (status == GY_OK) status = read_geometry(reader, topology, geometry, err);
  if (status != GY_OK) gy_error_prefix(err, "%s", reader->label);
  return status;
}

static gy_status read_collection(gy_region_reader *reader, const json_t *file, gy_error *err) {
  const json_t *features = json_object_get(file, "features"), *feature;
  gy_status status = GY_OK;
  size_t i;
  if (!json_is_array(features))
    return gy_fail(err, GY_EPARSE, "a FeatureCollection without an array of features");
  json_array_foreach(features, i, feature) {
    status = read_feature(reader, NULL, feature, json_object_get(feature, "geometry"), i + 1, err);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

/* The object that was asked for, or the only one. */
static gy_status choose_object(const gy_region_reader *reader, const json_t *file, const json_t **object,
                               gy_error *err) {
  json_t *objects = json_object_get(file, "objects");
  const char *wanted = reader->options->object;
  if (!json_is_object(objects) || json_object_size(objects) == 0)
    return gy_fail(err, GY_EPARSE, "a Topology without objects");
  const char *first = json_object_iter_key(json_object_iter(objects));
  *object = json_object_get(objects, wanted != NULL ? wanted : first);
  if (wanted != NULL && *object == NULL)
    return gy_fail(err, GY_EDATA, "no object '%.80s' in the Topology; it has '%.80s'%s", wanted, first,
                   json_object_size(objects) > 1 ? " and others" : "");
  if (wanted == NULL && json_object_size(objects) > 1)
    return gy_fail(err, GY_EDATA, "%zu objects in the Topology ('%.80s' and others); say which one",
                   json_object_size(objects), first);
  return GY_OK;
}

static gy_status read_topology(gy_region_reader *reader, const json_t *file, gy_error *err) {
  gy_topology topology = {0};
  const json_t *object = NULL, *geometry;
  gy_status status = choose_object(reader, file, &object, err);
  if (status == GY_OK) status = gy_topology_open(file, &topology, err);
  const json_t *geometries = json_object_get(object, "geometries");
  size_t i;
  if (status == GY_OK && !json_is_array(geometries))
    status = read_feature(reader, &topology, object, object, 1, err);
  else if (status == GY_OK)
    json_array_foreach(geometries, i, geometry) {
      status = read_feature(reader, &topology, geometry, geometry, i + 1, err);
      if (status != GY_OK) break;
    }
  gy_topology_clear(&topology);
  return status;
}

gy_status gy_region_read_features(gy_region_reader *reader, const json_t *file, gy_error *err) {
  const char *type = json_string_value(json_object_get(file, "type"));
  if (type == NULL) return gy_fail(err, GY_EPARSE, "neither GeoJSON nor TopoJSON: no \"type\"");
  if (strcmp(type, "FeatureCollection") == 0) return read_collection(reader, file, err);
  if (strcmp(type, "Topology") == 0) return read_topology(reader, file, err);
  if (strcmp(type, "Feature") == 0)
    return read_feature(reader, NULL, file, json_object_get(file, "geometry"), 1, err);
  if (strcmp(type, "Polygon") == 0 || strcmp(type, "MultiPolygon") == 0)
    return read_feature(reader, NULL, file, file, 1, err);
  return gy_fail(err, GY_EPARSE, "\"type\" is '%.40s'; regions are a FeatureCollection or a Topology", type);
}

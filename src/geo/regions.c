/* SPDX-License-Identifier: Apache-2.0 */
#include <gyeol/regions.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "geo/region_reader.h"

static const size_t FILE_MAX = (size_t)256 << 20, TEXTS_MAX = (size_t)256 << 20;
enum { POINTS_A_CHECK = 1 << 16, ONE_IN_SWAPPED = 20 };

static void keep_message(const char *message, void *user) {
  gy_region_reader *reader = user;
  snprintf(reader->geos_message, sizeof reader->geos_message, "%s", message);
}

static gy_status read_regions(gy_regions *regions, const json_t *file, const gy_regions_options *options,
                              gy_error *err) {
  gy_region_reader reader = {.regions = regions, .options = options};
  reader.geos = GEOS_init_r();
  if (reader.geos == NULL) return gy_fail(err, GY_ENOMEM, "no memory for GEOS");
  GEOSContext_setErrorMessageHandler_r(reader.geos, keep_message, &reader);
  gy_status status = gy_region_read_features(&reader, file, err);
  GEOS_finish_r(reader.geos);
  if (status == GY_OK && regions->n == 0)
    status = gy_fail(err, GY_EDATA, "no region in it%s%s", regions->n_notes > 0 ? "; " : "",
                     regions->n_notes > 0 ? regions->notes[0] : "");
  if (status != GY_OK) return status;
  return gy_region_grid_build(&regions->rings, regions->spans, regions->n, options->cells_most,
                              &regions->grid, err);
}

static gy_status parse_json(const char *text, size_t length, json_t **file, gy_error *err) {
  static const char MARK[] = "\xef\xbb\xbf";
  size_t skipped = length >= 3 && memcmp(text, MARK, 3) == 0 ? 3 : 0;
  json_error_t where;
  *file = json_loadb(text + skipped, length - skipped, 0, &where);
  if (*file != NULL) return GY_OK;
  enum json_error_code code = json_error_code(&where);
  if (code == json_error_out_of_memory)
    return gy_fail(err, GY_ENOMEM, "no memory to read %zu bytes of JSON", length);
  return gy_fail(err, GY_EPARSE, "line %d, column %d: %s%s", where.line, where.column, where.text,
                 code == json_error_invalid_utf8 ? "; convert the file to UTF-8" : "");
}

gy_status gy_regions_parse(const char *text, size_t length, const gy_regions_options *options,
                           gy_regions **regions, gy_error *err) {
  static const gy_regions_options USUAL = {0};
  json_t *file = NULL;
  gy_regions *made = NULL;
  gy_status status = parse_json(text, length, &file, err);
  if (status != GY_OK) return status;
  made = calloc(1, sizeof *made);
  if (made == NULL) {
    status = gy_fail(err, GY_ENOMEM, "no memory for regions");
  } else {
    gy_arena_init(&made->texts, 0, TEXTS_MAX);
    status = read_regions(made, file, options != NULL ? options : &USUAL, err);
  }
  json_decref(file);
  if (status == GY_OK)
    *regions = made;
  else
    gy_regions_destroy(made);
  return status;
}

gy_status gy_regions_load(const char *path, const gy_regions_options *options, gy_regions **regions,
                          gy_error *err) {
  gy_buffer text;
  gy_buffer_init(&text, options != NULL && options->max_bytes > 0 ? options->max_bytes : FILE_MAX);
  gy_status status = gy_file_read(path, &text, err);
  if (status == GY_OK) {
    status = gy_regions_parse(text.data != NULL ? text.data : "", text.length, options, regions, err);
    if (status != GY_OK) gy_error_prefix(err, "%s", path);
  }
  gy_buffer_clear(&text);
  return status;
}

void gy_regions_destroy(gy_regions *regions) {
  if (regions == NULL) return;
  gy_region_grid_clear(&regions->grid);
  gy_rings_clear(&regions->rings);
  gy_arena_clear(&regions->texts);
  free(regions->entries);
  free(regions->spans);
  free(regions);
}

size_t gy_regions_count(const gy_regions *regions) { return regions->n; }

gy_region gy_regions_at(const gy_regions *regions, size_t region) { return regions->entries[region]; }

const double *gy_regions_ring(const gy_regions *regions, size_t region, size_t ring, size_t *n,
                              bool *is_hole) {
  const gy_ring *at = &regions->rings.rings[regions->spans[region].first_ring + ring];
  *n = at->count;
  *is_hole = at->is_hole;
  return &regions->rings.places[at->first].x;
}

const char *gy_regions_note(const gy_regions *regions, size_t i) {
  return i < regions->n_notes && i < GY_REGION_NOTES_KEPT ? regions->notes[i] : NULL;
}

size_t gy_regions_note_count(const gy_regions *regions) { return regions->n_notes; }

/* ---- points ---- */

int32_t gy_regions_find_one(const gy_regions *regions, double lat, double lng) {
  return gy_region_grid_find(&regions->grid, lng, lat);
}

static void count_point(const gy_regions *regions, double lat, double lng, int32_t found,
                        gy_regions_figures *figures) {
  if (found >= 0) {
    figures->n_found++;
  } else if (isnan(lat) || isnan(lng)) {
    figures->n_missing++;
  } else {
    bool on_world = fabs(lat) <= 90 && fabs(lng) <= 180;
    figures->n_nowhere += on_world;
    figures->n_outside += !on_world;
    figures->n_if_swapped += gy_region_grid_find(&regions->grid, lat, lng) >= 0;
  }
}

static void add_figures(gy_regions_figures *sum, const gy_regions_figures *part) {
  sum->n_found += part->n_found;
  sum->n_nowhere += part->n_nowhere;
  sum->n_outside += part->n_outside;
  sum->n_missing += part->n_missing;
  sum->n_if_swapped += part->n_if_swapped;
}

gy_status gy_regions_find(const gy_regions *regions, const double *lat, const double *lng, size_t n,
                          const gy_task *task, int32_t *region, gy_regions_figures *figures, gy_error *err) {
  gy_regions_figures sum = {0};
  size_t n_blocks = (n + POINTS_A_CHECK - 1) / POINTS_A_CHECK;
#pragma omp parallel for schedule(dynamic) num_threads(gy_task_threads(task))
  for (size_t block = 0; block < n_blocks; block++) {
    gy_regions_figures part = {0};
    size_t end = (block + 1) * POINTS_A_CHECK < n ? (block + 1) * POINTS_A_CHECK : n;
    if (gy_task_cancelled(task)) continue;
    for (size_t i = block * POINTS_A_CHECK; i < end; i++) {
      region[i] = gy_region_grid_find(&regions->grid, lng[i], lat[i]);
      count_point(regions, lat[i], lng[i], region[i], &part);
    }
#pragma omp critical(gy_regions_figures)
    add_figures(&sum, &part);
  }
  size_t n_there = n - sum.n_missing;
  sum.looks_swapped = n_there > 0 && sum.n_if_swapped * ONE_IN_SWAPPED >= n_there;
  gy_status status = gy_task_check(task, err);
  if (status == GY_OK) *figures = sum;
  return status;
}

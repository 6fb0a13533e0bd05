/* SPDX-License-Identifier: Apache-2.0
 *
 * Which sales area holds a place, and which region does a text name? Points into areas of a GeoJSON, then
 * names as people write them.
 *
 * Prints:
 *   north: 37.6, 127.0
 *   south: 37.5, 127.0
 *   none: 35.2, 129.1
 *   found 31014 수원시 영통구: 경기 수원 영통
 *   partly 11230 강남구: 서울 강남구 테헤란로 1
 *   ambiguous, 6 regions: 중구 */
#include <gyeol/region_names.h>
#include <gyeol/regions.h>
#include <stdio.h>
#include <string.h>

/* They share the border at 37.5, which is the first one's. */
static const char AREAS[] =
    "{\"type\": \"FeatureCollection\", \"features\": ["
    "{\"type\": \"Feature\", \"properties\": {\"name\": \"south\"}, \"geometry\": {\"type\": \"Polygon\","
    " \"coordinates\": [[[126.8, 37.4], [127.2, 37.4], [127.2, 37.5], [126.8, 37.5], [126.8, 37.4]]]}},"
    "{\"type\": \"Feature\", \"properties\": {\"name\": \"north\"}, \"geometry\": {\"type\": \"Polygon\","
    " \"coordinates\": [[[126.8, 37.5], [127.2, 37.5], [127.2, 37.7], [126.8, 37.7], [126.8, 37.5]]]}}]}";

static gy_status show_points(gy_error *err) {
  const double lat[] = {37.6, 37.5, 35.2}, lng[] = {127.0, 127.0, 129.1};
  int32_t region[3];
  gy_regions *areas = NULL;
  gy_regions_figures figures;
  gy_status status = gy_regions_parse(AREAS, strlen(AREAS), NULL, &areas, err);
  if (status == GY_OK) status = gy_regions_find(areas, lat, lng, 3, NULL, region, &figures, err);
  for (int i = 0; i < 3 && status == GY_OK; i++)
    printf("%s: %.1f, %.1f\n", region[i] < 0 ? "none" : gy_regions_at(areas, (size_t)region[i]).name, lat[i],
           lng[i]);
  gy_regions_destroy(areas);
  return status;
}

static gy_status show_names(gy_error *err) {
  static const char *const TEXTS[] = {"경기 수원 영통", "서울 강남구 테헤란로 1", "중구"};
  gy_region_names *names = NULL;
  gy_status status = gy_region_names_create(NULL, 0, &names, err);
  for (int i = 0; i < 3 && status == GY_OK; i++) {
    gy_region_match match = gy_region_name_find(names, TEXTS[i], strlen(TEXTS[i]));
    if (match.region < 0) {
      printf("%s, %zu regions: %s\n", gy_region_match_name(match.kind), match.n_candidates, TEXTS[i]);
      continue;
    }
    gy_named_region region = gy_region_names_at(names, (size_t)match.region);
    printf("%s %s %s: %s\n", gy_region_match_name(match.kind), region.code, region.name, TEXTS[i]);
  }
  gy_region_names_destroy(names);
  return status;
}

int main(void) {
  gy_error err = {0};
  gy_status status = show_points(&err);
  if (status == GY_OK) status = show_names(&err);
  if (status != GY_OK) fprintf(stderr, "%s\n", err.text);
  return gy_status_exit_code(status);
}

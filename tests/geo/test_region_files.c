/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of regions: both formats, names, what is repaired, what is refused and in which words. */
#include <criterion/criterion.h>
#include <string.h>

#include <gyeol/regions.h>

#include "support/alloc_fail.h"
#include "support/rounds.h"

#define POLYGON(coordinates)                                                                                  \
  "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"name\":\"중구\"}," \
  "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":" coordinates "}}]}"
#define SQUARE "[[0,0],[4,0],[4,4],[0,4],[0,0]]"

static const struct {
  const char *text;
  gy_status status;
  const char *says; /* in the sentence, or the first note */
} FILES[] = {
    /* repaired or left out */
    {POLYGON("[" SQUARE "]"), GY_OK, ""},
    {POLYGON("[[[0,0],[0,4],[4,4],[4,0],[0,0]]]"), GY_OK, ""},
    {POLYGON("[[[0,0,7],[4,0,7],[4,4,7],[0,0,7]]]"), GY_OK, ""},
    {POLYGON("[[[0,0],[4,0],[4,0],[4,4],[0,4]]]"), GY_OK,
     "feature 1 ('중구'): ring 1 does not end where it begins; closed"},
    {POLYGON("[" SQUARE ",[[1,1],[2,2],[1,1]]]"), GY_OK, "ring 2 has no area; left out"},
    {POLYGON("[" SQUARE ",[]]"), GY_OK, "ring 2 has no area; left out"},
    {POLYGON("[[[0,0],[4,0],[4,4],[2,4],[2,9],[2,4],[0,4],[0,0]]]"), GY_OK, "repaired"},
    {POLYGON("[[[0,0],[4,0],[4,4],[2,4],[2.02,4.02],[1.98,4.02],[2,4],[0,4],[0,0]]]"), GY_OK,
     "Ring Self-intersection at longitude 2, latitude 4; repaired"},
    {POLYGON("[[[0,0],[4,0],[4,4],[1.98,4],[2,4.02],[2.02,3.98],[0,4],[0,0]]]"), GY_OK,
     "repaired, its area is"},
    {"{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"geometry\":null},{\"type\":"
     "\"Feature\","
     "\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,1]}},{\"type\":\"Feature\",\"geometry\":{\"type\":"
     "\"Polygon\",\"coordinates\":[" SQUARE "]}}]}",
     GY_OK, "feature 1: no geometry; left out"},
    {"{\"type\":\"Polygon\",\"coordinates\":[" SQUARE "]}", GY_OK, ""},
    {"\xef\xbb\xbf{\"type\":\"Polygon\",\"coordinates\":[" SQUARE "]}", GY_OK, ""},
    /* refused */
    {"{\"type\":\"Polygon\",\"name\":\"\xc1\xdf\xb1\xb8\"}", GY_EPARSE, "convert the file to UTF-8"},
    {POLYGON("[[[0,0],[4,4],[4,0],[0,4],[0,0]]]"), GY_EDATA,
     "feature 1 ('중구'): Self-intersection at longitude 2, latitude 2"},
    {POLYGON("[" SQUARE ",[[5,5],[7,5],[7,7],[5,5]]]"), GY_EDATA,
     "feature 1 ('중구'): Hole lies outside shell"},
    {POLYGON("[[[37.5,126.9],[37.6,126.9],[37.6,127],[37.5,126.9]]]"), GY_EDATA, "look swapped"},
    {POLYGON("[[[953901,1952032],[953999,1952032],[953999,1952099],[953901,1952032]]]"), GY_EDATA,
     "metres of a projection"},
    {POLYGON("[[[0,0],[200,0],[200,50],[0,0]]]"), GY_EDATA,
     "ring 1 holds longitude 200, latitude 0, which is outside the world"},
    {POLYGON("[[[0,0],[1],[1,1],[0,0]]]"), GY_EDATA,
     "ring 1 holds a place that is not [longitude, latitude]"},
    {POLYGON("[[[0,0],[\"1\",0],[1,1],[0,0]]]"), GY_EDATA,
     "ring 1 holds a place that is not [longitude, latitude]"},
    {POLYGON("[7]"), GY_EDATA, "ring 1 is no array of places"},
    {POLYGON("7"), GY_EDATA, "coordinates that are no array of rings"},
    {POLYGON("[]"), GY_EDATA, "no region in it; feature 1 ('중구'): nothing with an area; left out"},
    {POLYGON("[[[0,0],[1,1]]]"), GY_EDATA, "no region in it"},
    {"{\"type\":\"FeatureCollection\",\"features\":[]}", GY_EDATA, "no region in it"},
    {"{\"type\":\"FeatureCollection\"}", GY_EPARSE, "without an array of features"},
    {"{\"type\":\"Table\"}", GY_EPARSE, "\"type\" is 'Table'"},
    {"[1]", GY_EPARSE, "neither GeoJSON nor TopoJSON"},
    {"{\"type\":\n\"Feature", GY_EPARSE, "line 2, column"},
    {"", GY_EPARSE, "line 1, column 0"},
};

static void check_file(const char *text, gy_status expected, const char *says) {
  gy_regions *regions = NULL;
  gy_error err = {0};
  gy_status status = gy_regions_parse(text, strlen(text), NULL, &regions, &err);
  cr_expect_eq(status, expected, "%s: %s", text, err.text);
  const char *said = status != GY_OK ? err.text : gy_regions_note(regions, 0);
  cr_expect(strstr(said != NULL ? said : "", says) != NULL, "%s: '%s' does not say '%s'", text, said, says);
  if (status == GY_OK && says[0] == '\0')
    cr_expect_eq(gy_regions_note_count(regions), 0, "%s: %s", text, said);
  gy_regions_destroy(regions);
}

Test(region_files, what_is_broken_is_repaired_or_refused_in_a_sentence) {
  for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++)
    check_file(FILES[i].text, FILES[i].status, FILES[i].says);
}

/* Two squares that share arc 0; `more` may change what follows. */
#define TOPOLOGY(transform, arcs, geometries)              \
  "{\"type\":\"Topology\"," transform "\"arcs\":[" arcs    \
  "],\"objects\":{\"o\":{\"type\":\"GeometryCollection\"," \
  "\"geometries\":[" geometries "]}}}"
#define ARCS      "[[10,0],[10,10]],[[10,10],[0,10],[0,0],[10,0]],[[10,10],[20,10],[20,0],[10,0]]"
#define QUANTISED "[[0,0],[0,5]],[[0,5],[-5,0],[0,-5],[5,0]],[[0,5],[5,0],[0,-5],[-5,0]]"
#define BOTH                                                                                    \
  "{\"type\":\"Polygon\",\"arcs\":[[0,1]],\"id\":7,\"properties\":{\"NAME\":\"a\"}},{\"type\":" \
  "\"MultiPolygon\",\"arcs\":[[[-1,-3]]]}"

Test(region_files, topologies_are_read_with_and_without_a_transform) {
  static const char *const TEXTS[] = {
      TOPOLOGY("", ARCS,
               "{\"type\":\"Polygon\",\"arcs\":[[0,1]],\"id\":7,\"properties\":{\"NAME\":\"a\"}},"
               "{\"type\":\"MultiPolygon\",\"arcs\":[[[0,2]]],\"properties\":{\"code\":\"b\"}}"),
      TOPOLOGY("\"transform\":{\"scale\":[2,2],\"translate\":[10,0]},", QUANTISED,
               "{\"type\":\"Polygon\",\"arcs\":[[0,1]],\"id\":7,\"properties\":{\"NAME\":\"a\"}},"
               "{\"type\":\"MultiPolygon\",\"arcs\":[[[-3,-1]]],\"properties\":{\"code\":\"b\"}}")};
  for (size_t i = 0; i < 2; i++) {
    gy_regions *regions = NULL;
    gy_error err = {0};
    cr_assert_eq(gy_regions_parse(TEXTS[i], strlen(TEXTS[i]), NULL, &regions, &err), GY_OK, "%zu: %s", i,
                 err.text);
    cr_assert_eq(gy_regions_count(regions), 2);
    gy_region a = gy_regions_at(regions, 0), b = gy_regions_at(regions, 1);
    cr_expect_str_eq(a.name, "a");
    cr_expect_str_eq(a.code, "7");
    cr_expect_str_eq(b.code, "b");
    cr_expect_str_eq(b.name, "");
    cr_expect(a.lng_min == 0 && a.lng_max == 10 && b.lng_min == 10 && b.lng_max == 20 && b.lat_max == 10);
    cr_expect_eq(gy_regions_find_one(regions, 5, 5), 0);
    cr_expect_eq(gy_regions_find_one(regions, 5, 15), 1);
    cr_expect_eq(gy_regions_find_one(regions, 5, 10), 0);
    cr_expect_eq(gy_regions_note_count(regions), 0, "%s", gy_regions_note(regions, 0));
    gy_regions_destroy(regions);
  }
}

Test(region_files, broken_topologies_are_refused_in_a_sentence) {
  check_file(TOPOLOGY("", ARCS, "{\"type\":\"Polygon\",\"arcs\":[[0,9]]}"), GY_EDATA,
             "feature 1: ring 1 names an arc that is not there; the Topology has 3");
  check_file(TOPOLOGY("", ARCS, "{\"type\":\"Polygon\",\"arcs\":[[0,-9]]}"), GY_EDATA,
             "names an arc that is not there");
  check_file(TOPOLOGY("", ARCS, "{\"type\":\"Polygon\",\"arcs\":[[0,\"1\"]]}"), GY_EDATA,
             "names an arc that is not there");
  check_file(TOPOLOGY("", ARCS, "{\"type\":\"Polygon\",\"arcs\":[[1,2]]}"), GY_EDATA,
             "ring 1: arc 2 does not begin where the one before it ends");
  check_file(TOPOLOGY("\"transform\":{\"scale\":[2],\"translate\":[10,0]},", ARCS, ""), GY_EPARSE,
             "transform");
  check_file(TOPOLOGY("", "[[1,2],[3]]", ""), GY_EPARSE, "arc 0 holds a place");
  check_file("{\"type\":\"Topology\",\"arcs\":[],\"objects\":{\"a\":{},\"b\":{}}}", GY_EDATA,
             "2 objects in the Topology");
  check_file("{\"type\":\"Topology\",\"arcs\":[]}", GY_EPARSE, "without objects");
  check_file("{\"type\":\"Topology\",\"objects\":{\"a\":{}}}", GY_EPARSE, "without an array of arcs");
}

Test(region_files, options_choose_the_object_the_name_and_the_code) {
  const char *text = "{\"type\":\"Topology\",\"arcs\":[" ARCS
                     "],\"objects\":{\"a\":{\"type\":\"Polygon\",\"arcs\":[[0,1]]},"
                     "\"b\":{\"type\":\"Polygon\",\"arcs\":[[0,2]],\"properties\":{\"name\":\"n\",\"동\":"
                     "\"영통\",\"no\":12}}}}";
  gy_regions *regions = NULL;
  gy_error err = {0};
  gy_regions_options options = {.object = "b", .name_key = "동", .code_key = "no"};
  cr_assert_eq(gy_regions_parse(text, strlen(text), &options, &regions, &err), GY_OK, "%s", err.text);
  cr_expect_str_eq(gy_regions_at(regions, 0).name, "영통"); /* composed */
  cr_expect_str_eq(gy_regions_at(regions, 0).code, "12");
  gy_regions_destroy(regions);
  regions = NULL;
  options.object = "c";
  cr_expect_eq(gy_regions_parse(text, strlen(text), &options, &regions, &err), GY_EDATA);
  cr_expect(strstr(err.text, "no object 'c'") != NULL, "%s", err.text);
}

Test(region_files, a_file_that_is_missing_or_too_large_is_said) {
  gy_regions *regions = NULL;
  gy_error err = {0};
  cr_expect_eq(gy_regions_load("/nowhere/regions.json", NULL, &regions, &err), GY_ENOTFOUND);
  cr_expect(strstr(err.text, "/nowhere/regions.json") != NULL, "%s", err.text);
  gy_regions_options options = {.max_bytes = 2};
  cr_expect_eq(gy_regions_load("/proc/self/status", &options, &regions, &err), GY_ELIMIT, "%s", err.text);
}

static gy_status parse_and_free(void *user, gy_error *err) {
  gy_regions *regions = NULL;
  gy_status status = gy_regions_parse(user, strlen(user), NULL, &regions, err);
  gy_regions_destroy(regions);
  return status;
}

Test(region_files, every_failing_allocation_is_a_status) {
  cr_expect_gt(alloc_fail_each("topology", parse_and_free, (void *)TOPOLOGY("", ARCS, BOTH)), 10);
  cr_expect_gt(alloc_fail_each("repaired", parse_and_free, (void *)FILES[8].text), 10);
}

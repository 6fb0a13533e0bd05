/* SPDX-License-Identifier: Apache-2.0
 *
 * Regions asked from SQL: the answers of gyeol/regions.h and gyeol/region_names.h, NULL where there is none,
 * on all threads. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "study/region_functions.h"

static const char SQUARES[] =
    "{\"type\":\"FeatureCollection\",\"features\":["
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"A\"},\"geometry\":{\"type\":\"Polygon\","
    "\"coordinates\":"
    "[[[0,0],[10,0],[10,10],[0,10],[0,0]]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"name\":\"둘\"},\"geometry\":{\"type\":\"Polygon\","
    "\"coordinates\":"
    "[[[10,0],[20,0],[20,10],[10,10],[10,0]]]}}]}";

static char *answer(gy_engine *engine, const char *sql) {
  json_t *rows = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_engine_json(engine, sql, NULL, 0, NULL, &rows, &err), GY_OK, "%s: %s", sql, err.text);
  char *text = json_dumps(json_object_get(json_array_get(rows, 0), "x"), JSON_ENCODE_ANY);
  json_decref(rows);
  return text;
}

Test(region_functions, sql_asks_for_points_and_names) {
  static const struct {
    const char *sql, *answer;
  } CASES[] = {
      {"SELECT gyeol_region_at('5', '5') AS x", "\"A\""},
      {"SELECT gyeol_region_at(CAST(5.5 AS VARCHAR), CAST(15.25 AS VARCHAR)) AS x", "\"둘\""},
      {"SELECT gyeol_region_at('5', '10') AS x", "\"A\""},
      {"SELECT gyeol_region_at('15', '5') AS x", "null"},
      {"SELECT gyeol_region_at('5', NULL) AS x", "null"},
      {"SELECT gyeol_region_at('5', 'east') AS x", "null"},
      {"SELECT gyeol_region_at('', '') AS x", "null"},
      {"SELECT gyeol_region_at('5 ', '1e1') AS x", "\"A\""},
      {"SELECT gyeol_region_named('경기 수원시 영통구') AS x", "\"31014\""},
      {"SELECT gyeol_region_named('서울 강남구 테헤란로 1') AS x", "\"11230\""},
      {"SELECT gyeol_region_named('중구') AS x", "null"},
      {"SELECT gyeol_region_named(NULL) AS x", "null"},
      {"SELECT gyeol_region_named('') AS x", "null"},
      {"SELECT count(*) FILTER (gyeol_region_at(CAST(i % 40 AS VARCHAR), CAST(i // 40 % 40 AS VARCHAR)) = "
       "'A') AS x"
       " FROM range(160000) t(i)",
       "12100"},
  };
  gy_engine *engine = NULL;
  gy_regions *regions = NULL;
  gy_region_names *names = NULL;
  gy_error err = {0};
  gy_engine_options options = {.n_threads = 2};
  cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_regions_parse(SQUARES, strlen(SQUARES), NULL, &regions, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_region_names_create(NULL, 0, &names, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_region_functions_define(engine, regions, names, &err), GY_OK, "%s", err.text);
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char *text = answer(engine, CASES[i].sql);
    cr_expect_str_eq(text, CASES[i].answer, "%s", CASES[i].sql);
    free(text);
  }
  gy_engine_close(engine);
  gy_region_names_destroy(names);
  gy_regions_destroy(regions);
}

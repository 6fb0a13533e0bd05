/* SPDX-License-Identifier: Apache-2.0 */
#include "engine_fixture.h"

#include <stdlib.h>
#include <string.h>

Test(json, every_form) {
  gy_engine *engine = memory_store(2);
  static const struct {
    const char *sql, *json;
  } CASES[] = {
      {"NULL", "null"},
      {"true", "true"},
      {"-5", "-5"},
      {"9007199254740993", "9007199254740993"},
      {"sum(7)", "7"},
      {"CAST('12.50' AS DECIMAL(18, 4))", "\"12.5000\""},
      {"CAST('8911407.904' AS DECIMAL(38, 10))", "\"8911407.9040000000\""},
      {"CAST('-0.05' AS DECIMAL(3, 2))", "\"-0.05\""},
      {"CAST(0.5 AS FLOAT)", "0.5"},
      {"CAST(0.1 AS DOUBLE)", "0.1"},
      {"CAST('nan' AS DOUBLE)", "null"},
      {"CAST('-inf' AS FLOAT)", "null"},
      {"TIMESTAMP '2011-12-09 12:50:01'", "\"2011-12-09T12:50:01Z\""},
      {"TIMESTAMP '2011-12-09 12:50:01.5'", "\"2011-12-09T12:50:01.500000Z\""},
      {"TIMESTAMP '1969-12-31 23:59:59.999999'", "\"1969-12-31T23:59:59.999999Z\""},
      {"TIMESTAMPTZ '2011-12-10 00:00:00+09'", "\"2011-12-09T15:00:00Z\""},
      {"CAST('infinity' AS TIMESTAMP)", "null"},
      {"DATE '2000-02-29'", "\"2000-02-29\""},
      {"DATE '1899-12-31'", "\"1899-12-31\""},
      {"'결 \"quoted\"'", "\"결 \\\"quoted\\\"\""},
      {"[1, 2]", "\"[1, 2]\""},
      {"uuid '6ba7b810-9dad-11d1-80b4-00c04fd430c8'", "\"6ba7b810-9dad-11d1-80b4-00c04fd430c8\""},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char *sql = NULL, *want = NULL;
    json_t *rows = NULL;
    cr_assert(asprintf(&sql, "SELECT %s AS v", CASES[i].sql) > 0);
    cr_assert(asprintf(&want, "[{\"v\": %s}]", CASES[i].json) > 0);
    MUST(gy_engine_json(engine, sql, NULL, 0, NULL, &rows, &err));
    char *text = json_dumps(rows, JSON_REAL_PRECISION(15));
    cr_assert_str_eq(text, want, "%s", sql);
    json_decref(rows);
    free(text);
    free(want);
    free(sql);
  }
  gy_engine_close(engine);
}

Test(json, dates_agree_with_the_engine_over_six_centuries) {
  gy_engine *engine = memory_store(2);
  json_t *rows = NULL;
  MUST(gy_engine_json(engine,
                      "SELECT d, strftime(d, '%Y-%m-%d') AS s, CAST(d AS TIMESTAMP) AS t FROM (SELECT "
                      "DATE '1600-01-01' + CAST(range * 3 AS INTEGER) AS d FROM range(73000)) ORDER BY d",
                      NULL, 0, NULL, &rows, &err));
  cr_assert_eq(json_array_size(rows), 73000u);
  for (size_t i = 0; i < 73000; i++) {
    json_t *row = json_array_get(rows, i);
    const char *date = json_string_value(json_object_get(row, "d"));
    cr_assert_str_eq(date, json_string_value(json_object_get(row, "s")));
    cr_assert_eq(strncmp(json_string_value(json_object_get(row, "t")), date, 10), 0);
  }
  json_decref(rows);
  gy_engine_close(engine);
}

Test(json, rows_keep_order_and_parameters) {
  gy_engine *engine = memory_store(2);
  json_t *rows = NULL;
  gy_value bound[] = {gy_bind_text("결"), gy_bind_int64(3)};
  MUST(gy_engine_json(engine, "SELECT CAST($1 AS VARCHAR) AS name, range AS i FROM range($2) ORDER BY i DESC",
                      bound, 2, NULL, &rows, &err));
  char *text = json_dumps(rows, 0);
  cr_assert_str_eq(
      text, "[{\"name\": \"결\", \"i\": 2}, {\"name\": \"결\", \"i\": 1}, {\"name\": \"결\", \"i\": 0}]");
  free(text);
  json_decref(rows);
  rows = NULL;
  MUST(gy_engine_json(engine, "SELECT 1 AS one WHERE false", NULL, 0, NULL, &rows, &err));
  cr_assert_eq(json_array_size(rows), 0u);
  json_decref(rows);
  gy_engine_close(engine);
}

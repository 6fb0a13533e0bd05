/* SPDX-License-Identifier: Apache-2.0
 *
 * UUIDs in, and functions of ours in SQL: every row once, NULL for NULL, failures with their own status. */
#include "engine_fixture.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t BYTES[3][16] = {
    {0x0f, 0x8f, 0xad, 0x5b, 0xd9, 0xcb, 0x46, 0x9f, 0xa1, 0x65, 0x70, 0x86, 0x77, 0x28, 0x95, 0x0e},
    {0},
    {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

static gy_status fill_uuids(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows,
                            gy_error *err) {
  (void)local;
  (void)err;
  atomic_int *taken = shared;
  *n_rows = atomic_exchange(taken, 1) ? 0 : 4;
  for (size_t row = 0; row < 3 && *n_rows > 0; row++) gy_writer_uuid(writer, 0, row, BYTES[row]);
  if (*n_rows > 0) gy_writer_null(writer, 0, 3);
  return GY_OK;
}

Test(function, uuids_are_written_in_the_order_of_their_bytes) {
  gy_engine *engine = memory_store(2);
  static const gy_source_column COLUMN = {"u", GY_TYPE_UUID};
  atomic_int taken = 0;
  gy_source source = {.shared = &taken, .columns = &COLUMN, .n_columns = 1, .fill = fill_uuids};
  MUST(gy_engine_store(engine, "t", "uuids", &source, NULL, NULL, &err));
  assert_text(engine, "SELECT string_agg(coalesce(CAST(u AS VARCHAR), '-'), ' ' ORDER BY u) FROM t",
              "00000000-0000-0000-0000-000000000000 0f8fad5b-d9cb-469f-a165-70867728950e "
              "ffffffff-ffff-ffff-ffff-ffffffffffff -");
  assert_text(engine, "SELECT typeof(u) FROM t LIMIT 1", "UUID");
  json_t *rows = NULL;
  MUST(gy_engine_json(engine, "SELECT u FROM t WHERE u IS NOT NULL ORDER BY u LIMIT 1 OFFSET 1", NULL, 0,
                      NULL, &rows, &err));
  cr_expect_str_eq(json_string_value(json_object_get(json_array_get(rows, 0), "u")),
                   "0f8fad5b-d9cb-469f-a165-70867728950e");
  json_decref(rows);
  gy_engine_close(engine);
}

/* Joins its arguments; refuses the text that it is told to. */
static gy_status join(void *shared, const gy_chunk *arguments, gy_chunk_writer *writer, gy_error *err) {
  const char *refused = shared;
  const gy_text *a = arguments->columns[0].data, *b = arguments->columns[1].data;
  for (size_t row = 0; row < arguments->n_rows; row++) {
    char text[128];
    if (gy_column_is_null(&arguments->columns[0], row) || gy_column_is_null(&arguments->columns[1], row)) {
      gy_writer_null(writer, 0, row);
      continue;
    }
    if (refused != NULL && a[row].length == strlen(refused) &&
        memcmp(a[row].data, refused, a[row].length) == 0)
      return gy_fail(err, GY_EDATA, "%s is refused", refused);
    int n = snprintf(text, sizeof text, "%.*s+%.*s", (int)a[row].length, a[row].data, (int)b[row].length,
                     b[row].data);
    gy_writer_text(writer, 0, row, text, (size_t)n);
  }
  return GY_OK;
}

static const char REFUSED[] = "r77777";

Test(function, sql_calls_it_for_every_row) {
  gy_engine *engine = memory_store(2);
  gy_function function = {.n_arguments = 2, .result = GY_TYPE_TEXT, .apply = join};
  MUST(gy_engine_define(engine, "joined", &function, &err));
  run_sql(engine,
          "CREATE TABLE t AS SELECT CASE WHEN range % 5 = 0 THEN NULL ELSE 'r' || range END AS a, "
          "CASE WHEN range % 7 = 0 THEN NULL ELSE 'a longer text than fits inline ' || range END AS b "
          "FROM range(300000)");
  assert_text(engine, "SELECT count(*) FROM t WHERE joined(a, b) IS DISTINCT FROM a || '+' || b", "0");
  assert_text(engine, "SELECT joined('x', 'y')", "x+y");
  assert_text(engine, "SELECT count(joined(a, NULL)) FROM t", "0");
  function.shared = (void *)(uintptr_t)REFUSED;
  MUST(gy_engine_define(engine, "joined", &function, &err));
  MUST_FAIL(gy_engine_execute(engine, "CREATE TABLE u AS SELECT joined(a, 'z') AS j FROM t", NULL, 0, NULL,
                              NULL, NULL, &err),
            GY_EDATA, "r77777 is refused");
  assert_text(engine, "SELECT joined('r1', 'z')", "r1+z");
  gy_engine_close(engine);
}

Test(function, is_defined_again_after_a_rollback) {
  gy_engine *engine = memory_store(1);
  gy_function function = {.n_arguments = 2, .result = GY_TYPE_TEXT, .apply = join};
  MUST(gy_engine_begin(engine, &err));
  MUST(gy_engine_define(engine, "joined", &function, &err));
  gy_engine_rollback(engine);
  MUST(gy_engine_define(engine, "joined", &function, &err));
  assert_text(engine, "SELECT joined('x', 'y')", "x+y");
  gy_engine_close(engine);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Stores of earlier versions: who only looks is told, a run brings them up to date, and what people had
 * decided in them is still there. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "engine/engine.h"
#include "project_fixture.h"

TestSuite(store_versions, .fini = workspace_remove, .timeout = 300);

/* Runs the statements of a file that was never changed since. */
static void make_store(const char *statements) {
  gy_engine *engine = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_dir_create(in_workspace("shop/.gyeol"), &err), GY_OK, "%s", err.text);
  gy_engine_options options = {.path = in_workspace("shop/.gyeol/store.duckdb"), .n_threads = 1};
  char *sql = file_text(statements);
  cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, &err), GY_OK, "%s", err.text);
  gy_engine_close(engine);
  free(sql);
}

static void expect_rows(const char *sql, const char *expected) {
  char *rows = project_rows("shop", sql);
  cr_expect_str_eq(rows, expected, "%s: %s", sql, rows);
  free(rows);
}

Test(store_versions, three_had_no_segments_of_ones_own) {
  write_small_shop(in_workspace("orders.csv"), 3000, 1);
  project_make("shop", "orders.csv");
  make_store(GYEOL_STORE_VERSION_3);
  expect_rows("SELECT max(version) FROM store_migrations", "3");
  process_result older = run_gyeol("segment list shop");
  cr_expect_eq(older.exit_code, 2, "%s", older.err);
  cr_expect_not_null(strstr(older.err, "older gyeol; bring it up to date with: gyeol run shop"), "%s",
                     older.err);
  process_clear(&older);
  cr_assert_eq(gy_dir_create(in_workspace("shop/segments"), NULL), GY_OK);
  write_text(in_workspace("shop/segments/loyal.yaml"), "rule: orders >= 3\n");
  json_decref(project_run("shop", ""));
  expect_rows("SELECT count(*) FROM store_migrations WHERE version = 4", "1");
  expect_rows("SELECT entry, customer_id, purpose, granted, origin FROM consent_ledger ORDER BY entry",
              "1,103,analytics,false,hand | 2,104,marketing,true,list.csv");
  expect_rows("SELECT decision, action, left_key, right_key, reason FROM identity_decisions",
              "1,merge,105,106,the same household");
  expect_rows("SELECT lines, revenue FROM forgotten_totals WHERE scope = 'total'", "3,30.5000");
  expect_rows("SELECT count(*) FROM runs WHERE run = '2026-01-01T00-00-00Z'", "1");
  /* Decisions of then hold: 103 refused analytics, 105 and 106 are one. */
  expect_rows("SELECT count(*) FROM customer_features WHERE CAST(customer_id AS VARCHAR) = '103'", "0");
  expect_rows("SELECT count(*) FROM customer_features WHERE CAST(customer_id AS VARCHAR) IN ('105', '106')",
              "1");
  expect_rows(
      "SELECT (SELECT members FROM segments) = (SELECT count(*) FROM customer_features WHERE orders >= 3) "
      "AND (SELECT count(*) FROM segment_members) > 0",
      "true");
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows are kept for as long as gyeol.yaml says, whatever way they came in, and a person is given all that is
 * held. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/engine.h"
#include "project_fixture.h"

TestSuite(retention, .fini = workspace_remove, .timeout = 300);

enum { KEEP_DAYS = 30, ROWS_A_DAY = 12 };

/* Orders of the days before today, one line each, in the order of `order` (1: as they came). */
static void write_days(const char *path, int oldest, int newest, int order) {
  char *text = malloc(1 << 20), *end = stpcpy(text, "order_id,customer_id,ordered_at,amount\n");
  int n = (oldest - newest + 1) * ROWS_A_DAY;
  for (int i = 0; i < n; i++) {
    int row = (int)((long)i * order % n), age = oldest - row / ROWS_A_DAY;
    time_t day = time(NULL) - (time_t)age * 86400;
    struct tm parts;
    char date[32];
    gmtime_r(&day, &parts);
    strftime(date, sizeof date, "%Y-%m-%d", &parts);
    end += sprintf(end, "%d,%d,%s 12:00:00,%d\n", age * ROWS_A_DAY + row % ROWS_A_DAY, row * 7 % 40, date,
                   1000 + row % 10);
  }
  write_text(path, text);
  free(text);
}

static void keep_for(const char *project, int days) {
  char to[128];
  snprintf(to, sizeof to,
           "privacy:\n  retention: [{table: orders, keep_days: %d}, {table: order_items, keep_days: %d}]",
           days, days);
  project_set(project, "privacy:", to);
}

static void expect_rows(const char *project, const char *sql, const char *expected) {
  char *rows = project_rows(project, sql);
  cr_expect_str_eq(rows, expected, "%s: %s gives %s, not %s", project, sql, rows, expected);
  free(rows);
}

static const char SUMS[] =
    "SELECT count(*) AS n, min(ordered_at) AS first, sum(amount) AS amount, CAST(bit_xor(hash(order_id, "
    "customer_id, "
    "ordered_at, amount)) AS VARCHAR) AS h FROM order_items";

static void expect_same(const char *a, const char *b, const char *sql) {
  char *rows = project_rows(b, sql);
  expect_rows(a, sql, rows);
  free(rows);
}

Test(retention, old_rows_leave_and_come_back_when_they_are_kept_longer) {
  write_days(in_workspace("orders.csv"), 60, 1, 1);
  project_make("shop", "orders.csv");
  project_set("shop", "timezone: Asia/Seoul", "timezone: UTC");
  json_decref(project_run("shop", ""));
  expect_rows("shop", "SELECT count(*) FROM order_items", "720");
  keep_for("shop", KEEP_DAYS);
  json_t *manifest = project_run("shop", "");
  cr_expect_eq(int_of(manifest, "quality.sources.orders.retention.expired"), 30 * ROWS_A_DAY);
  cr_expect_eq(int_of(manifest, "lines"), 30 * ROWS_A_DAY);
  json_decref(manifest);
  manifest = project_run("shop", "");
  cr_expect(json_is_false(json_at(manifest, "changed")), "on the same day nothing more is to be done");
  json_decref(manifest);
  project_set("shop", "table: orders, keep_days: 30", "table: orders, keep_days: 40");
  json_decref(project_run("shop", ""));
  expect_rows("shop", "SELECT count(*) FROM order_items", "480");
}

/* As if the last run had been some days ago: rows of the days between are there, and the cutoff is older. */
static void go_back(const char *project, const char *sql) {
  gy_engine *engine = NULL;
  gy_error err = {0};
  gy_engine_options options = {.path = in_workspace("%s/.gyeol/store.duckdb", project)};
  cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, &err), GY_OK, "%s", err.text);
  gy_engine_close(engine);
}

Test(retention, rows_of_files_that_stay_as_they_are_grow_old_too) {
  write_days(in_workspace("orders.csv"), 60, 1, 1);
  project_make("shop", "orders.csv");
  project_set("shop", "timezone: Asia/Seoul", "timezone: UTC");
  keep_for("shop", KEEP_DAYS);
  json_decref(project_run("shop", ""));
  char *before = project_rows("shop", SUMS);
  go_back("shop",
          "INSERT INTO source_orders SELECT * REPLACE (ordered_at - INTERVAL 40 DAY AS ordered_at) FROM "
          "source_orders "
          "LIMIT 25; UPDATE retention_cutoffs SET cutoff = cutoff - INTERVAL 20 DAY");
  json_t *manifest = project_run("shop", "");
  cr_expect(json_is_true(json_at(manifest, "changed")));
  cr_expect_eq(int_of(manifest, "quality.sources.orders.retention.expired"), 30 * ROWS_A_DAY + 25);
  expect_rows("shop", SUMS, before);
  cr_expect_eq(int_of(manifest, "lines"), 30 * ROWS_A_DAY, "what follows was computed anew");
  json_decref(manifest);
  free(before);
}

Test(retention, a_file_that_stays_in_place_is_seen_through_the_period) {
  write_days(in_workspace("orders.csv"), 60, 1, 1);
  project_make("made", "orders.csv");
  json_decref(project_run("made", ""));
  process_result out = gyeol_ok(
      "query \"SELECT order_id, customer_id, ordered_at, amount FROM order_items\" made --out "
      "orders.parquet");
  process_clear(&out);
  project_make("shop", "orders.parquet");
  project_set("shop", "timezone: Asia/Seoul", "timezone: UTC");
  keep_for("shop", KEEP_DAYS);
  json_t *manifest = project_run("shop", "");
  cr_expect_eq(int_of(manifest, "quality.sources.orders.retention.expired"), 30 * ROWS_A_DAY);
  expect_rows("shop", "SELECT count(*) FROM order_items", "360");
  json_decref(manifest);
  go_back("shop", "UPDATE retention_cutoffs SET cutoff = cutoff - INTERVAL 5 DAY");
  expect_rows("shop", "SELECT count(*) FROM order_items", "420");
  manifest = project_run("shop", "");
  cr_expect(json_is_true(json_at(manifest, "changed")));
  expect_rows("shop", "SELECT count(*) FROM order_items", "360");
  json_decref(manifest);
}

/* Files that grow, with rows of any age and lines that come twice: as a fresh import of the same. */
Test(retention, reading_on_is_the_same_as_reading_anew) {
  static const char *const SETTING =
      "    duplicates: {exact: drop, key: [customer], keep: first}\n    columns:";
  write_days(in_workspace("orders.csv"), 45, 20, 1);
  project_make("shop", "orders.csv");
  project_set("shop", "    columns:", SETTING);
  keep_for("shop", KEEP_DAYS);
  json_decref(project_run("shop", "--until features"));
  for (int round = 1; round < 4; round++) {
    char name[16];
    write_days(in_workspace("more.csv"), 45 - 4 * round, 12 - 3 * round, 7);
    char *old = file_text(in_workspace("orders.csv")), *more = file_text(in_workspace("more.csv"));
    char *both = malloc(strlen(old) + strlen(more) + 1);
    strcpy(stpcpy(both, old), strchr(more, '\n') + 1);
    write_text(in_workspace("orders.csv"), both);
    free(old);
    free(more);
    free(both);
    json_decref(project_run("shop", "--until features"));
    snprintf(name, sizeof name, "fresh%d", round);
    project_make(name, "orders.csv");
    project_set(name, "    columns:", SETTING);
    keep_for(name, KEEP_DAYS);
    json_decref(project_run(name, "--until features"));
    expect_same("shop", name, SUMS);
    expect_same("shop", name,
                "SELECT count(*) AS n, sum(orders) AS orders, sum(monetary) AS spent FROM customer_features");
    expect_same("shop", name, "SELECT kind, count(*) AS n FROM duplicates GROUP BY kind ORDER BY kind");
  }
}

/* ---- what is held on a person ---- */

Test(retention, a_person_is_given_all_that_is_held) {
  write_days(in_workspace("orders.csv"), 40, 1, 1);
  static const char CLEAN[] =
      "customer_id,email,phone,joined_at,consent_sms\n7,Kim.Min+shop@Gmail.com,010-1234-5678,2024-01-05,Y\n"
      "8,lee@example.com,010-9999-1234,2024-01-06,N\n9,park@example.com,010-2222-1234,2024-01-06,N\n";
  char grown[1024];
  write_text(in_workspace("customers.csv"), CLEAN);
  project_make("shop", "orders.csv customers.csv");
  snprintf(
      grown, sizeof grown,
      "%s7,kim.min@gmail.com,010-1234-5678,2024-01-05,perhaps\n9,park@example.com,010-2222-1234,2024-01-06,"
      "perhaps\n",
      CLEAN);
  write_text(in_workspace("customers.csv"), grown);
  json_decref(project_run("shop", ""));
  process_result by_id = gyeol_ok("subject export 7 shop --json"),
                 by_mail = gyeol_ok("subject export kimmin@gmail.com shop --json"),
                 by_phone = gyeol_ok("subject export '+82 10 1234 5678' shop --out seven.json --json"),
                 again = gyeol_ok("subject export 7 shop --json");
  static const char *const SAID[] = {"Kim.Min+shop@Gmail.com", "010-1234-5678", "source_orders",
                                     "customer_features",      "\"marketing\"", "perhaps"};
  for (size_t i = 0; i < sizeof SAID / sizeof *SAID; i++) {
    cr_expect_not_null(strstr(by_id.out, SAID[i]), "%s", SAID[i]);
    cr_expect_not_null(strstr(by_mail.out, SAID[i]), "%s, found by the address", SAID[i]);
  }
  cr_expect_null(strstr(by_id.out, "lee@example.com"), "another person's");
  cr_expect_null(strstr(by_id.out, "park@example.com"), "another person's rejected row");
  cr_expect_str_eq(text_of(by_id.json, "person"), "7");
  cr_expect_str_eq(text_of(by_mail.json, "person"), "7");
  cr_expect_str_eq(text_of(by_phone.json, "person"), "7");
  cr_expect_eq(json_array_size(json_at(by_id.json, "rejected")), 1);
  cr_expect_eq(int_of(by_phone.json, "originals"),
               (json_int_t)json_array_size(json_at(by_id.json, "originals")));
  cr_expect_geq((int)json_array_size(json_at(again.json, "audit")), 3, "each request is in the log: %s",
                again.out);
  process_result nobody = run_gyeol("subject export 999999 shop"), nothing = run_gyeol("subject export");
  cr_expect_eq(nobody.exit_code, 1);
  cr_expect_eq(nothing.exit_code, 2);
  process_result *const results[] = {&by_id, &by_mail, &by_phone, &again, &nobody, &nothing};
  for (size_t i = 0; i < sizeof results / sizeof *results; i++) process_clear(results[i]);
}

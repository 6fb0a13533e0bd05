/* SPDX-License-Identifier: Apache-2.0
 *
 * Forgetting and restoring where the store's tables are views of Parquet files: the views become tables
 * without the people, and a restored backup, whose views see everybody again, forgets them again. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "project_fixture.h"

TestSuite(forgotten_parquet, .fini = workspace_remove, .timeout = 240);

static const char *const FIGURES[] = {"customers", "orders", "revenue", "lines", "first_order", "last_order"};

static void write_parquet(void) {
  char text[8192], *end = stpcpy(text, "customer_id,town,note\n");
  write_small_shop(in_workspace("orders.csv"), 900, 1);
  for (int i = 100; i < 137; i++) end += sprintf(end, "%d,town%d,call 010-1234-5%03d\n", i, i % 5, i);
  write_text(in_workspace("customers.csv"), text);
  project_make("plain", "orders.csv customers.csv");
  project_set("plain", "free_text: mask", "free_text: keep");
  json_decref(project_run("plain", "--until features"));
  process_result orders = gyeol_ok(
                     "query 'SELECT order_id, customer_id, ordered_at, product_id, category, "
                     "quantity, unit_price FROM order_items' plain --out orders.parquet"),
                 customers = gyeol_ok("query 'SELECT * FROM customers' plain --out customers.parquet");
  process_clear(&orders);
  process_clear(&customers);
}

static void expect_rows(const char *sql, const char *expected, const char *when) {
  process_result rows = gyeol_ok("query \"%s\" shop --json", sql); /* views call gyeol's functions */
  json_t *row = json_object_get(rows.json, "rows");
  char *text = json_dumps(json_array_get(row, 0), JSON_COMPACT);
  cr_expect(json_array_size(row) == 1 && strstr(text, expected) != NULL, "%s: %s gives %s, not %s", when, sql,
            rows.out, expected);
  free(text);
  process_clear(&rows);
}

static void expect_gone(const char *when) {
  expect_rows("SELECT count(*) AS n FROM order_items WHERE customer_id = 107", ":0}", when);
  expect_rows("SELECT count(*) AS n FROM customers WHERE customer_id = 107", ":0}", when);
  expect_rows("SELECT count(*) AS n FROM customers", ":36}", when);
  expect_rows("SELECT count(*) AS n FROM customers WHERE note LIKE '%010-%'", ":0}", when);
}

static void expect_figures(const json_t *before, const char *options, const char *when) {
  json_t *after = project_run("shop", options);
  for (size_t i = 0; i < sizeof FIGURES / sizeof *FIGURES; i++) {
    const json_t *a = json_at(before, FIGURES[i]), *b = json_at(after, FIGURES[i]);
    cr_expect(json_equal(a, b), "%s: %s changed", when, FIGURES[i]);
  }
  expect_gone(when);
  json_decref(after);
}

Test(forgotten_parquet, views_become_tables_and_a_restore_forgets_again) {
  static const char KINDS[] =
      "SELECT DISTINCT table_type FROM information_schema.tables WHERE table_name "
      "LIKE 'source_%'";
  write_parquet();
  project_make("shop", "orders.parquet customers.parquet");
  json_t *before = project_run("shop", "");
  expect_rows(KINDS, "VIEW", "before");
  setenv("GYEOL_PASSPHRASE", "a few words for a backup", 1);
  process_result saved = gyeol_ok("backup shop.backup shop --passphrase");
  process_result done = gyeol_ok("forget 107 shop --json");
  cr_expect_eq(int_of(done.json, "people"), 1, "%s", done.out);
  cr_expect_str_eq(text_of(done.json, "sources.0.file"), "orders.parquet", "%s", done.out);
  expect_rows(KINDS, "BASE TABLE", "forgotten");
  expect_gone("forgotten");
  expect_figures(before, "", "run");
  expect_figures(before, "--force", "imported again");
  process_result restored = gyeol_ok("restore shop.backup shop --force --passphrase --json");
  cr_expect_eq(int_of(restored.json, "forgotten"), 1, "%s", restored.out);
  expect_gone("restored");
  expect_figures(before, "", "run after a restore");
  expect_figures(before, "--force", "imported again after a restore");
  unsetenv("GYEOL_PASSPHRASE");
  process_clear(&saved);
  process_clear(&done);
  process_clear(&restored);
  json_decref(before);
}

/* A view cannot be read without its file: nothing is done by halves, and the sentence says what helps. */
Test(forgotten_parquet, a_file_that_is_gone_is_asked_for) {
  static const char *const COMMANDS[] = {"forget 107 shop", "run shop --force", "subject export 107 shop"};
  write_parquet();
  project_make("shop", "orders.parquet customers.parquet");
  json_decref(project_run("shop", "--until features"));
  cr_assert_eq(rename(in_workspace("orders.parquet"), in_workspace("elsewhere.parquet")), 0);
  for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++) {
    process_result refused = run_gyeol("%s", COMMANDS[i]);
    cr_expect_eq(refused.exit_code, 1, "%s: %d", COMMANDS[i], refused.exit_code);
    cr_expect(strstr(refused.err, "orders.parquet") != NULL &&
                  strstr(refused.err, "is not there: put it back") != NULL,
              "%s: %s", COMMANDS[i], refused.err);
    process_clear(&refused);
  }
  cr_assert_eq(rename(in_workspace("elsewhere.parquet"), in_workspace("orders.parquet")), 0);
  process_result done = gyeol_ok("forget 107 shop --json");
  cr_expect_eq(int_of(done.json, "people"), 1, "%s", done.out);
  expect_gone("put back");
  process_clear(&done);
}

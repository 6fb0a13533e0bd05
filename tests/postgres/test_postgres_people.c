/* SPDX-License-Identifier: Apache-2.0
 *
 * People who were forgotten stay away from what is read of a server, whose rows gyeol cannot remove; so after
 * a backup from before was restored. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "postgres_server.h"
#include "project_fixture.h"

static void start_server(void) {
  if (!postgres_start()) cr_skip_test("PostgreSQL is not installed");
}

static void stop_server(void) {
  postgres_stop();
  workspace_remove();
}

TestSuite(postgres_people, .init = start_server, .fini = stop_server, .timeout = 300);

/* Lines name their order alone. */
static const char MAKE_SHOP[] =
    "CREATE TABLE orders AS SELECT i AS order_id, 1000 + i % 40 AS customer_id, timestamptz '2025-01-01 "
    "00:30:00+09' + i * interval '3 hours' AS ordered_at FROM generate_series(0, 999) i; "
    "CREATE TABLE items AS SELECT i / 2 AS order_id, 'P' || i % 17 AS product_id, 1 + i % 4 AS quantity, "
    "(i % 50) * 100 + 100 AS unit_price FROM generate_series(0, 1999) i; "
    "CREATE TABLE people AS SELECT 1000 + i AS customer_id, 'okapi.' || i || '@example.com' AS email "
    "FROM generate_series(0, 39) i";

static void make_project(void) {
  char address[512];
  snprintf(address, sizeof address, "'%s'", postgres_address(""));
  project_make("shop", address);
}

static void expect_gone(const char *when) {
  char *rows = project_rows("shop",
                            "SELECT count(*) FILTER (customer_id = 1005), count(*), (SELECT count(*) FROM "
                            "order_items), (SELECT count(*) FROM source_customers) FROM orders");
  cr_expect_str_eq(rows, "0,975,1950,39", "%s: %s", when, rows);
  free(rows);
}

static void expect_figures(const json_t *before, const char *options, const char *when) {
  static const char *const FIGURES[] = {"customers", "orders",      "revenue",
                                        "lines",     "first_order", "last_order"};
  json_t *after = project_run("shop", options);
  for (size_t i = 0; i < sizeof FIGURES / sizeof *FIGURES; i++)
    cr_expect(json_equal(json_at(before, FIGURES[i]), json_at(after, FIGURES[i])), "%s: %s changed", when,
              FIGURES[i]);
  expect_gone(when);
  json_decref(after);
}

Test(postgres_people, who_was_forgotten_stays_away) {
  postgres_sql(MAKE_SHOP);
  make_project();
  json_t *before = project_run("shop", "");
  process_result saved = gyeol_ok("backup shop.backup shop");
  process_result done = gyeol_ok("forget Okapi.5@example.com shop --json");
  cr_expect_eq(int_of(done.json, "people"), 1, "%s", done.out);
  expect_gone("forgotten");
  expect_figures(before, "", "run");
  expect_figures(before, "--force", "read again");
  postgres_sql(
      "INSERT INTO orders VALUES (2000, 1005, '2025-02-02'), (2001, 1006, '2025-02-02'); "
      "INSERT INTO items VALUES (2001, 'P1', 1, 100)");
  json_decref(project_run("shop", ""));
  char *rows = project_rows("shop", "SELECT count(*) FILTER (customer_id = 1005), count(*) FROM orders");
  cr_expect_str_eq(rows, "0,976", "a new order: %s", rows);
  free(rows);
  postgres_sql("DELETE FROM orders WHERE order_id >= 2000; DELETE FROM items WHERE order_id >= 2000");
  process_result restored = gyeol_ok("restore shop.backup shop --force --json");
  cr_expect_eq(int_of(restored.json, "forgotten"), 1, "%s", restored.out);
  expect_gone("restored");
  expect_figures(before, "--force", "read again after a restore");
  process_clear(&saved);
  process_clear(&done);
  process_clear(&restored);
  json_decref(before);
}

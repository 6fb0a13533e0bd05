/* SPDX-License-Identifier: Apache-2.0
 *
 * Contracts of sources whose people were forgotten: their rows are passed over by `gyeol check` as by a run,
 * also where lines and reviews name an order and nobody, and no rule blames the rows that remain. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "project_fixture.h"

TestSuite(forgotten_contracts, .fini = workspace_remove, .timeout = 240);

enum { ORDERS = 400, CUSTOMERS = 20, LINES = 2 };

/* Every row of customer 101 is one that a range would fail. */
static void write_files(int further) {
  FILE *orders = fopen(in_workspace("orders.csv"), "w"), *items = fopen(in_workspace("items.csv"), "w"),
       *reviews = fopen(in_workspace("reviews.csv"), "w"), *people = fopen(in_workspace("people.csv"), "w");
  cr_assert(orders != NULL && items != NULL && reviews != NULL && people != NULL);
  fputs("order,customer,time\n", orders);
  fputs("order,product,quantity,price\n", items);
  fputs("order,product,rating,text\n", reviews);
  fputs("customer,email\n", people);
  for (int i = 0; i < ORDERS + further; i++) {
    int customer = i < ORDERS ? 100 + i % CUSTOMERS : 105;
    fprintf(orders, "O%d,%d,2024-%02d-%02d 10:00:00\n", i, customer, 1 + i % 12, 1 + i % 28);
    for (int k = 0; k < LINES; k++)
      fprintf(items, "O%d,p%d,%d,%d\n", i, (i + k) % 9, customer == 101 ? 99 : 2, 1000 + i % 37 * 100);
    fprintf(reviews, "O%d,p%d,%d,good\n", i, i % 9, 1 + i % 5);
  }
  for (int i = 0; i < CUSTOMERS; i++) fprintf(people, "%d,okapi.%d@example.com\n", 100 + i, i);
  fclose(orders);
  fclose(items);
  fclose(reviews);
  fclose(people);
}

static const char YAML[] =
    "name: shop\nlanguage: en\nsources:\n"
    "  - name: orders\n    target: orders\n    files: [\"../orders.csv\"]\n"
    "    columns: {order: order, customer: customer, time: time}\n"
    "  - name: items\n    target: order_items\n    files: [\"../items.csv\"]\n"
    "    columns: {order: order, product: product, quantity: quantity, price: unit_price}\n"
    "    contracts:\n"
    "      - {rule: foreign_key, column: order, references: orders.order, severity: stop}\n"
    "      - {rule: range, column: quantity, min: 1, max: %d, severity: stop}\n"
    "      - {rule: row_change, percent: 5%%, severity: stop}\n"
    "  - name: reviews\n    target: reviews\n    files: [\"../reviews.csv\"]\n"
    "    columns: {order: order, product: product, rating: rating, text: text}\n"
    "    contracts: [{rule: foreign_key, column: order, references: orders.order, severity: stop}]\n"
    "  - name: people\n    target: customers\n    files: [\"../people.csv\"]\n"
    "    columns: {customer: customer, email: email}\n"
    "    contracts:\n"
    "      - {rule: required, column: email, severity: stop}\n"
    "      - {rule: row_change, percent: 1%%, severity: stop}\n";

static void write_project(int most) {
  char text[2048];
  gy_error err = {0};
  cr_assert_eq(gy_dir_create(in_workspace("shop"), &err), GY_OK, "%s", err.text);
  snprintf(text, sizeof text, YAML, most);
  write_text(in_workspace("shop/gyeol.yaml"), text);
}

static void expect_check(const char *when, int accepted_orders, int accepted_items) {
  process_result check = gyeol_ok("check shop --json");
  cr_expect_str_eq(text_of(check.json, "verdict"), "pass", "%s: %s", when, check.out);
  cr_expect_eq(int_of(check.json, "sources.orders.accepted"), accepted_orders, "%s: %s", when, check.out);
  cr_expect_eq(int_of(check.json, "sources.items.accepted"), accepted_items, "%s: %s", when, check.out);
  process_clear(&check);
}

Test(forgotten_contracts, nobody_is_blamed_for_who_was_forgotten) {
  static const char *const SAME[] = {"customers", "orders", "revenue", "lines", "first_order", "last_order"};
  enum { GONE = ORDERS / CUSTOMERS };
  write_files(0);
  write_project(99);
  json_t *before = project_run("shop", "");
  process_result done = gyeol_ok("forget okapi.1@example.com shop --json");
  cr_expect_eq(int_of(done.json, "removed.tables.source_items"), GONE * LINES, "%s", done.out);
  cr_expect_eq(int_of(done.json, "removed.tables.source_reviews"), GONE, "%s", done.out);
  process_clear(&done);
  write_project(10); /* what is forgotten would break it */
  process_result vault = gyeol_ok("vault status shop --json");
  expect_check("after forgetting", ORDERS - GONE, (ORDERS - GONE) * LINES);
  process_result same = gyeol_ok("vault status shop --json");
  cr_expect_eq(int_of(vault.json, "generation"), int_of(same.json, "generation"),
               "a check wrote to the vault");
  cr_expect_eq(int_of(vault.json, "n_records"), int_of(same.json, "n_records"), "%s", same.out);
  json_t *after = project_run("shop", "--force");
  for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++)
    cr_expect(json_equal(json_at(before, SAME[i]), json_at(after, SAME[i])), "%s changed", SAME[i]);
  char *rows = project_rows("shop",
                            "SELECT count(*), count(DISTINCT order_id), (SELECT count(*) FROM reviews) FROM "
                            "order_items");
  char expected[64];
  snprintf(expected, sizeof expected, "%d,%d,%d", (ORDERS - GONE) * LINES, ORDERS - GONE, ORDERS - GONE);
  cr_expect_str_eq(rows, expected, "%s", rows);
  write_files(4);
  expect_check("a file that grew", ORDERS + 4 - GONE, (ORDERS + 4 - GONE) * LINES);
  free(rows);
  json_decref(before);
  json_decref(after);
  process_clear(&vault);
  process_clear(&same);
}

Test(forgotten_contracts, examples_and_suggestions_show_none_of_them) {
  write_files(0);
  write_project(99);
  json_decref(project_run("shop", "--until import"));
  process_result done = gyeol_ok("forget 101 shop");
  process_clear(&done);
  write_project(1); /* everybody breaks it */
  process_result check = run_gyeol("check shop --json");
  cr_expect_eq(check.exit_code, 3, "%d: %s", check.exit_code, check.err);
  cr_expect_null(strstr(check.out, "\"99\""), "%s", check.out);
  process_clear(&check);
  process_result suggested = gyeol_ok("contracts suggest shop");
  cr_expect_null(strstr(suggested.out, "99"), "%s", suggested.out);
  process_clear(&suggested);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * People with addresses and phones are forgotten by any of their names, and no later import of the same files
 * brings them back. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "project_fixture.h"
#include "support/byte_search.h"

TestSuite(forget_again, .fini = workspace_remove, .timeout = 300);

enum { LINES = 4000, CUSTOMERS = 200 };

static const char *const THEIRS[] = {"cust-00017-zebra", "okapi.00017@example.com", "010-2345-0017",
                                     "01023450017"};

static void write_files(int lines) {
  FILE *file = fopen(in_workspace("orders.csv"), "w");
  cr_assert_not_null(file);
  fputs("order,customer,time,product,quantity,price\n", file);
  for (int i = 0; i < lines; i++)
    fprintf(file, "%d,cust-%05d-zebra,2024-%02d-%02d 10:00:00,p%d,%s,%d\n", i, i * 7 % CUSTOMERS, 1 + i % 12,
            1 + i % 28, i % 40, i % 250 == 17 ? "many" : "2", 1000 + i % 37 * 100);
  fclose(file);
  file = fopen(in_workspace("customers.csv"), "w");
  cr_assert_not_null(file);
  fputs("customer,email,phone,town\n", file);
  for (int i = 0; i < CUSTOMERS; i++)
    fprintf(file, "cust-%05d-zebra,okapi.%05d@example.com,010-2345-%04d,town%d\n", i, i, i, i % 9);
  fclose(file);
}

static void make_shop(void) {
  gy_error err = {0};
  cr_assert_eq(gy_dir_create(in_workspace("shop"), &err), GY_OK, "%s", err.text);
  write_files(LINES);
  write_text(
      in_workspace("shop/gyeol.yaml"),
      "name: shop\nlanguage: en\nsources:\n"
      "  - name: orders\n    target: order_items\n    files: [\"../orders.csv\"]\n    format: csv\n"
      "    time_format: ymd\n    columns: {order: order, customer: customer, time: time, product: product, "
      "quantity: quantity, price: unit_price}\n"
      "  - name: customers\n    target: customers\n    files: [\"../customers.csv\"]\n    format: csv\n"
      "    columns: {customer: customer, email: email, phone: phone, town: attribute}\n");
}

static void expect_gone(const char *when) {
  char where[512] = "";
  size_t which = 0;
  cr_expect_not(byte_search_any(in_workspace("shop"), THEIRS, 4, &which, where, sizeof where), "%s: %s %s",
                when, THEIRS[which], where);
  char *rows = project_rows(
      "shop", "SELECT count(*) FILTER (WHERE customer_id = 'cust-00017-zebra') FROM order_lines");
  cr_expect_str_eq(rows, "0", "%s: %s", when, rows);
  free(rows);
  rows = project_rows(
      "shop", "SELECT count(*) FILTER (WHERE customer_id = 'cust-00017-zebra'), count(*) FROM customers");
  cr_expect_str_eq(rows, "0,199", "%s: %s", when, rows);
  free(rows);
}

static void forget_and_run_again(const char *name) {
  static const char *const SAME[] = {"customers",  "orders",      "revenue",
                                     "lines_kept", "first_order", "last_order"};
  make_shop();
  json_t *before = project_run("shop", "");
  process_result done = gyeol_ok("forget '%s' shop --json", name);
  cr_expect_eq(int_of(done.json, "people"), 1, "%s: %s", name, done.out);
  cr_expect_eq(int_of(done.json, "removed.vault.email"), 1, "%s: %s", name, done.out);
  cr_expect_eq(int_of(done.json, "removed.vault.phone"), 1, "%s: %s", name, done.out);
  expect_gone(name);
  json_t *after = project_run("shop", "--force"); /* reads all files again */
  expect_gone("imported again");
  for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++) {
    const json_t *a = json_at(before, SAME[i]), *b = json_at(after, SAME[i]);
    cr_expect(json_equal(a, b), "%s: %s changed", name, SAME[i]);
  }
  process_result status = gyeol_ok("vault status shop --check --json");
  cr_expect_eq(int_of(status.json, "records.email"), CUSTOMERS - 1, "%s: %s", name, status.out);
  process_result again = gyeol_ok("forget '%s' shop --json", name);
  cr_expect_eq(int_of(again.json, "already"), 1, "%s: %s", name, again.out);
  json_decref(before);
  json_decref(after);
  process_clear(&status);
  process_clear(&done);
  process_clear(&again);
}

Test(forget_again, by_customer_id) { forget_and_run_again("cust-00017-zebra"); }
Test(forget_again, by_address_in_another_writing) { forget_and_run_again("OKAPI.00017@Example.COM"); }
Test(forget_again, by_phone_in_another_writing) { forget_and_run_again("+82 10 2345 0017"); }

/* A source that grows is read on from its end; the tail may name them, too. */
Test(forget_again, a_tail_that_names_them_is_left_out) {
  make_shop();
  json_decref(project_run("shop", ""));
  process_result done = gyeol_ok("forget cust-00017-zebra shop");
  write_files(LINES + 1000);
  json_decref(project_run("shop", ""));
  expect_gone("a tail");
  process_clear(&done);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Which of the rows of a key stays, by every rule, worked out by hand; and which of two sources wins, also
 * after one of them changed. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "engine/engine.h"
#include <gyeol/project.h>

typedef struct {
  char folder[64];
  gy_error err;
} fixture;

static void write_in(fixture *f, const char *name, const char *text) {
  char path[160];
  snprintf(path, sizeof path, "%s/%s", f->folder, name);
  cr_assert_eq(gy_file_replace(path, text, strlen(text), &f->err), GY_OK, "%s", f->err.text);
}

static void open_fixture(fixture *f) {
  *f = (fixture){.folder = "/tmp/gyeol-duplicates-XXXXXX"};
  cr_assert_not_null(mkdtemp(f->folder));
}

static void close_fixture(fixture *f) {
  cr_assert_eq(gy_dir_remove(f->folder, &f->err), GY_OK, "%s", f->err.text);
}

static json_t *run(fixture *f) {
  gy_run_options options = {.until = "import"};
  char *text = NULL;
  gy_status status = gy_project_run(f->folder, &options, NULL, &text, &f->err);
  cr_assert_eq(status, GY_OK, "%s", f->err.text);
  json_t *manifest = json_loads(text, 0, NULL);
  gy_text_free(text);
  return manifest;
}

static char *value_of(fixture *f, const char *sql) {
  char path[160], *value = NULL;
  snprintf(path, sizeof path, "%s/.gyeol/store.duckdb", f->folder);
  gy_engine_options options = {.path = path, .read_only = true, .n_threads = 1};
  gy_engine *engine = NULL;
  cr_assert_eq(gy_engine_open(&options, &engine, &f->err), GY_OK, "%s", f->err.text);
  cr_assert_eq(gy_engine_text(engine, sql, NULL, 0, &value, &f->err), GY_OK, "%s", f->err.text);
  gy_engine_close(engine);
  return value;
}

static void expect(fixture *f, const char *what, const char *sql, const char *expected) {
  char *value = value_of(f, sql);
  cr_expect_str_eq(value, expected, "%s: %s, expected %s", what, value, expected);
  free(value);
}

/* Columns: order, customer, time, price, note. Lines 2 to 8. */
static const char ORDERS[] =
    "order,customer,time,price,note\n"
    "1,7,2024-01-02,100,\n"
    "1,7,2024-01-05,200,a\n"
    "1,7,2024-01-03,300,b\n"
    "2,7,2024-01-01,400,\n"
    "2,7,2024-01-01,400,\n"
    "3,8,2024-01-01,500,c\n"
    ",8,2024-01-01,600,\n"
    ",8,2024-01-01,700,\n";

Test(duplicates, every_rule_keeps_the_row_it_names) {
  static const struct {
    const char *rule, *kept;
  } CASES[] = {
      {"exact: drop", "2,3,4,5,7,8,9"},
      {"key: [order]", "2,5,7,8,9"},
      {"key: [order], keep: first", "2,5,7,8,9"},
      {"key: [order], keep: last", "4,6,7,8,9"},
      {"key: [order], keep: newest", "3,6,7,8,9"},
      {"key: [order], keep: oldest", "2,5,7,8,9"},
      {"key: [order], keep: oldest, by: price", "2,5,7,8,9"},
      {"key: [order], keep: newest, by: note", "4,6,7,8,9"},
      {"key: [order], keep: most_complete", "3,5,7,8,9"},
      {"key: [customer, price]", "2,3,4,5,7,8,9"},
      {"exact: drop, key: [order, customer], keep: last", "4,5,7,8,9"},
  };
  fixture f;
  open_fixture(&f);
  write_in(&f, "orders.csv", ORDERS);
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char yaml[512];
    snprintf(
        yaml, sizeof yaml,
        "sources:\n  - {name: o, target: order_items, files: [orders.csv], format: csv, duplicates: {%s}, "
        "columns: {order: order, customer: customer, time: time, price: amount, note: attribute}}\n",
        CASES[i].rule);
    write_in(&f, "gyeol.yaml", yaml);
    json_t *manifest = run(&f);
    expect(&f, CASES[i].rule, "SELECT string_agg(row_no & 68719476735, ',' ORDER BY row_no) FROM source_o",
           CASES[i].kept);
    const json_t *source = json_object_get(json_object_get(manifest, "sources"), "o");
    const json_t *counts = json_object_get(source, "duplicates");
    json_int_t n = json_integer_value(json_object_get(counts, "exact")) +
                   json_integer_value(json_object_get(counts, "key"));
    cr_expect_eq(n, 8 - ((json_int_t)strlen(CASES[i].kept) + 1) / 2, "%s: %lld counted", CASES[i].rule,
                 (long long)n);
    json_decref(manifest);
  }
  close_fixture(&f);
}

Test(duplicates, they_are_listed_with_file_and_line) {
  fixture f;
  open_fixture(&f);
  write_in(&f, "orders.csv", ORDERS);
  write_in(&f, "gyeol.yaml",
           "sources:\n  - {name: o, target: order_items, files: [orders.csv], format: csv, duplicates: {key: "
           "[order], keep: last}, columns: {order: order, customer: customer, time: time, price: amount}}\n");
  json_decref(run(&f));
  char *text = NULL;
  cr_assert_eq(gy_project_duplicates(f.folder, 0, NULL, &text, &f.err), GY_OK, "%s", f.err.text);
  json_t *list = json_loads(text, 0, NULL);
  cr_expect_eq(json_integer_value(json_object_get(list, "total")), 3);
  static const int LINES[][2] = {{2, 4}, {3, 4}, {5, 6}};
  for (size_t i = 0; i < 3; i++) {
    const json_t *row = json_array_get(json_object_get(list, "duplicates"), i);
    cr_expect_eq(json_integer_value(json_object_get(row, "line")), LINES[i][0]);
    cr_expect_eq(json_integer_value(json_object_get(row, "kept_line")), LINES[i][1]);
    cr_expect_str_eq(json_string_value(json_object_get(row, "kind")), "key");
    const char *file = json_string_value(json_object_get(row, "file"));
    cr_expect_str_eq(strrchr(file, '/'), "/orders.csv");
  }
  gy_text_free(text);
  json_decref(list);
  close_fixture(&f);
}

static const char TWO_SOURCES[] =
    "sources:\n"
    "  - {name: shop, target: customers, files: [shop.csv], format: csv, duplicates: {key: [customer], "
    "priority: 2}, "
    "columns: {id: customer, region: region}}\n"
    "  - {name: crm, target: customers, files: [crm.csv], format: csv, duplicates: {key: [customer], "
    "priority: 1}, "
    "columns: {no: customer, region: region}}\n"
    "  - {name: o, target: order_items, files: [orders.csv], format: csv, columns: {order: order, customer: "
    "customer, time: time, price: amount}}\n";

Test(duplicates, the_source_of_higher_priority_wins_also_after_it_changed) {
  static const char SQL[] =
      "SELECT (SELECT string_agg(customer_id, ',' ORDER BY customer_id::VARCHAR) FROM source_crm) || ' ' || "
      "coalesce((SELECT string_agg(customer_id, ',' ORDER BY customer_id::VARCHAR) FROM source_shop), '')";
  fixture f;
  open_fixture(&f);
  write_in(&f, "orders.csv", ORDERS);
  write_in(&f, "shop.csv", "id,region\n1,a\n2,a\n3,a\n3,b\n");
  write_in(&f, "crm.csv", "no,region\n2,x\n4,x\n");
  write_in(&f, "gyeol.yaml", TWO_SOURCES);
  json_decref(run(&f));
  expect(&f, "at first", SQL, "2,4 1,3");
  write_in(&f, "crm.csv", "no,region\n2,x\n4,x\n3,x\n");
  json_t *manifest = run(&f);
  expect(&f, "one more", SQL, "2,3,4 1");
  json_t *shop = json_object_get(json_object_get(manifest, "sources"), "shop");
  cr_expect_eq(json_integer_value(json_object_get(json_object_get(shop, "duplicates"), "source")), 2);
  cr_expect_eq(json_integer_value(json_object_get(json_object_get(shop, "duplicates"), "key")), 1);
  json_decref(manifest);
  write_in(&f, "crm.csv", "no,region\nA9,x\n");
  json_decref(run(&f));
  expect(&f, "ids of another type", SQL, "A9 1,2,3");
  close_fixture(&f);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Orders that are known by a customer id alone stay away after forgetting, however the ids of the source are
 * written and whatever its format. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "project_fixture.h"

TestSuite(forgotten_ids, .fini = workspace_remove, .timeout = 240);

enum { CUSTOMERS = 20, LINES = 200 };

/* Ids of customers 0 and up; customer 1 is forgotten. */
static const struct {
  const char *name, *format; /* of the number */
  int first, step;
  const char *odd; /* how every third line writes them; NULL: as all */
  const char *forget;
} FORMS[] = {
    {"whole numbers", "%d", 1000, 1, NULL, "1001"},
    {"as spreadsheets write them", "%d", 1000, 1, "%d.0", "1001"},
    {"leading zeros", "%08d", 1, 1, NULL, "00000002"},
    {"zero", "%d", -1, 1, NULL, "0"},
    {"minus one", "%d", 0, -1, NULL, "-1"},
    {"letters", "C %d", 1, 1, " C %d ", "C 2"},
    {"Hangul", "회원%d", 1, 1, NULL, "회원2"},
    {"Hangul in parts, as macOS writes it", "\u1112\u116c\u110b\u116f\u11ab%d", 1, 1, NULL, NULL},
    {"longer than an identifier",
     "id-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx%d",
     1, 1, NULL, NULL},
};
enum { N_FORMS = sizeof FORMS / sizeof *FORMS };

static void put_id(FILE *file, const char *format, int id) {
  char text[1024];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  snprintf(text, sizeof text, format, id);
#pragma GCC diagnostic pop
  fputs(text, file);
}

static void write_orders(size_t form) {
  FILE *file = fopen(in_workspace("orders.csv"), "w");
  cr_assert_not_null(file);
  fputs("order,customer,time,product,price\n", file);
  for (int i = 0; i < LINES; i++) {
    const char *format = FORMS[form].odd != NULL && i % 3 == 0 ? FORMS[form].odd : FORMS[form].format;
    fprintf(file, "%d,", i);
    put_id(file, format, FORMS[form].first + FORMS[form].step * (i % CUSTOMERS));
    fprintf(file, ",2024-%02d-%02d 10:00:00,p%d,%d\n", 1 + i % 12, 1 + i % 28, i % 7, 1000 + i);
  }
  fclose(file);
  file = fopen(in_workspace("names.txt"), "w");
  cr_assert_not_null(file);
  if (FORMS[form].forget != NULL)
    fputs(FORMS[form].forget, file);
  else
    put_id(file, FORMS[form].format, FORMS[form].first + FORMS[form].step);
  fclose(file);
}

static void write_project(const char *name, const char *file) {
  char text[1024];
  gy_error err = {0};
  cr_assert_eq(gy_dir_create(in_workspace("%s", name), &err), GY_OK, "%s", err.text);
  snprintf(text, sizeof text,
           "name: %s\nlanguage: en\nsources:\n  - name: orders\n    target: order_items\n    files: "
           "[\"../%s\"]\n"
           "    columns: {order: order, customer: customer, time: time, product: product, price: amount}\n",
           name, file);
  write_text(in_workspace("%s/gyeol.yaml", name), text);
}

static void expect_away(const char *project, const char *what) {
  static const char COUNT[] = "SELECT count(*), count(DISTINCT customer_id) FROM order_items";
  char *rows = project_rows(project, COUNT), expected[32];
  snprintf(expected, sizeof expected, "%d,%d", LINES, CUSTOMERS);
  cr_expect_str_eq(rows, expected, "%s: %s", what, rows);
  free(rows);
  process_result done = gyeol_ok("forget --file names.txt %s --json", project);
  cr_expect_eq(int_of(done.json, "people"), 1, "%s: %s", what, done.out);
  process_clear(&done);
  json_decref(project_run(project, "--until features --force"));
  rows = project_rows(project, COUNT);
  snprintf(expected, sizeof expected, "%d,%d", LINES - LINES / CUSTOMERS, CUSTOMERS - 1);
  cr_expect_str_eq(rows, expected, "%s: imported again: %s", what, rows);
  free(rows);
}

Test(forgotten_ids, stay_away_however_they_are_written) {
  for (size_t i = 0; i < N_FORMS; i++) {
    char name[16];
    snprintf(name, sizeof name, "shop%zu", i);
    write_orders(i);
    write_project(name, "orders.csv");
    json_decref(project_run(name, "--until features"));
    expect_away(name, FORMS[i].name);
  }
}

/* Parquet and JSON of the same rows, ids as numbers with and without a fraction. */
Test(forgotten_ids, stay_away_in_every_format) {
  static const struct {
    const char *file, *id;
  } FILES[] = {{"whole.parquet", "CAST(customer_id AS BIGINT)"},
               {"real.parquet", "CAST(customer_id AS DOUBLE)"},
               {"text.parquet", "CAST(customer_id AS VARCHAR)"},
               {"whole.json", "CAST(customer_id AS BIGINT)"}};
  write_orders(0);
  write_project("plain", "orders.csv");
  json_decref(project_run("plain", "--until features"));
  for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
    char name[16];
    snprintf(name, sizeof name, "form%zu", i);
    process_result made = gyeol_ok(
        "query 'SELECT order_id AS \"order\", %s AS customer, ordered_at AS time, product_id AS product, "
        "amount AS price FROM order_items' plain --out %s",
        FILES[i].id, FILES[i].file);
    process_clear(&made);
    write_project(name, FILES[i].file);
    json_decref(project_run(name, "--until features"));
    expect_away(name, FILES[i].file);
  }
}

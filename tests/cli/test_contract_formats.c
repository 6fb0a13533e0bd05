/* SPDX-License-Identifier: Apache-2.0
 *
 * The same rows in every format that is read, under contracts of every kind: each is broken by the rows that
 * were broken, whatever the file is. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "project_fixture.h"

TestSuite(contract_formats, .fini = workspace_remove, .timeout = 300);

enum { LINES = 300 };

/* Line i; what is broken: 4 unknown customers, 3 keys of text that come again, 2 words, 5 amounts, 6 codes, 7
 * regions that are missing, 1 day of the year before. */
static void write_lines(void) {
  FILE *file = fopen(in_workspace("lines.csv"), "w");
  cr_assert_not_null(file);
  fputs("order_no,customer_no,ordered_at,sku,qty,price,line_key,region\n", file);
  for (int i = 0; i < LINES; i++)
    fprintf(file, "%d,%d,%s,%s%03d,%d,%d,%s-%d,%s\n", 1000 + i, i % 75 == 5 ? 900 + i : 1 + i % 40,
            i == 99 ? "2023-06-01 10:00:00" : "2024-05-20 10:00:00", i % 50 == 9 ? "bad" : "S", i % 50,
            i % 60 == 8 ? 99 : 1 + i % 5, 100 + i % 90, i % 100 == 50 ? "L" : "K", i % 100 == 50 ? 7 : i,
            i % 42 == 41    ? ""
            : i % 150 == 70 ? "Atlantis"
                            : "Seoul");
  fprintf(file, "2000,1,2024-05-20 10:00:00,S000,1,100,L-7,Seoul\n");
  fclose(file);
  file = fopen(in_workspace("people.csv"), "w");
  fputs("id,gender\n", file);
  for (int i = 1; i <= 40; i++) fprintf(file, "%d,%s\n", i, i % 2 ? "F" : "M");
  fclose(file);
}

static const char YAML[] =
    "name: %s\nlanguage: en\nsources:\n"
    "  - {name: people, target: customers, files: [../people.%s], columns: {id: customer, gender: gender}}\n"
    "  - name: lines\n    target: order_items\n    files: [../lines.%s]\n"
    "    columns: {order_no: order, customer_no: customer, ordered_at: time, sku: product, qty: quantity, "
    "price: "
    "unit_price, line_key: attribute, region: region}\n"
    "    contracts:\n"
    "      - {name: known, rule: foreign_key, column: customer, references: people.customer}\n"
    "      - {name: key, rule: unique, column: line_key}\n"
    "      - {name: order, rule: unique, column: order}\n"
    "      - {name: words, rule: set, column: region, values: [Seoul, Busan]}\n"
    "      - {name: pieces, rule: range, column: qty, min: 1, max: 5}\n"
    "      - {name: codes, rule: pattern, column: sku, pattern: \"S\\\\d{3}\"}\n"
    "      - {name: there, rule: required, column: region}\n"
    "      - {name: year, rule: window, column: time, from: 2024-01-01, to: 2024-12-31}\n"
    "      - {name: whole, rule: type, column: price, type: integer}\n"
    "      - {name: new, rule: fresh, column: time, days: 36500}\n"
    "      - {name: old, rule: fresh, column: time, days: 1}\n"
    "      - {name: many, rule: row_change, percent: 10%%}\n"
    "as_of: 2024-07-01\n";

static const struct {
  const char *name;
  int failed;
} EXPECTED[] = {{"known", 4}, {"key", 3},  {"order", 0}, {"words", 2}, {"pieces", 5}, {"codes", 6},
                {"there", 7}, {"year", 1}, {"whole", 0}, {"new", 0},   {"old", 1},    {"many", 0}};

static void expect_judgement(const char *ending) {
  char text[4096], name[16];
  snprintf(name, sizeof name, "of_%.4s", ending);
  cr_assert_eq(gy_dir_create(in_workspace("%s", name), NULL), GY_OK);
  snprintf(text, sizeof text, YAML, name, ending, ending);
  write_text(in_workspace("%s/gyeol.yaml", name), text);
  process_result result = gyeol_ok("check %s --json", name);
  for (size_t e = 0; e < sizeof EXPECTED / sizeof *EXPECTED; e++) {
    int failed = -1;
    size_t i;
    json_t *contract;
    json_array_foreach(json_at(result.json, "sources.lines.contracts"), i, contract) {
      if (strcmp(text_of(contract, "name"), EXPECTED[e].name) == 0) failed = (int)int_of(contract, "failed");
    }
    cr_expect_eq(failed, EXPECTED[e].failed, "%s: %s fails %d times, not %d", ending, EXPECTED[e].name,
                 failed, EXPECTED[e].failed);
  }
  process_clear(&result);
  cr_assert_eq(gy_dir_remove(in_workspace("%s", name), NULL), GY_OK);
}

/* The files of another format hold what the CSV files hold. */
static void write_as(const char *ending) {
  process_result made = gyeol_ok(
      "query 'SELECT CAST(order_no AS BIGINT) AS order_no, CAST(customer_no AS BIGINT) AS customer_no, "
      "CAST(ordered_at AS "
      "TIMESTAMP) AS ordered_at, sku, CAST(qty AS BIGINT) AS qty, CAST(price AS BIGINT) AS price, line_key, "
      "region FROM "
      "source_lines' plain --out lines.%s",
      ending);
  process_clear(&made);
  made = gyeol_ok("query 'SELECT CAST(id AS BIGINT) AS id, gender FROM source_people' plain --out people.%s",
                  ending);
  process_clear(&made);
}

Test(contract_formats, every_contract_is_judged_alike_in_every_format) {
  write_lines();
  expect_judgement("csv");
  char command[1024];
  snprintf(command, sizeof command, "cd %s && gzip -k lines.csv people.csv", workspace());
  cr_assert_eq(system(command), 0);
  expect_judgement("csv.gz");
  cr_assert_eq(gy_dir_create(in_workspace("plain"), NULL), GY_OK);
  write_text(
      in_workspace("plain/gyeol.yaml"),
      "sources:\n  - {name: orders, target: orders, files: [../lines.csv], columns: {order_no: order, "
      "ordered_at: "
      "time, customer_no: customer, price: amount}}\n"
      "  - {name: lines, target: other, files: [../lines.csv], columns: {order_no: attribute, customer_no: "
      "attribute, ordered_at: attribute, sku: attribute, qty: attribute, price: attribute, line_key: "
      "attribute, "
      "region: attribute}}\n"
      "  - {name: people, target: other, files: [../people.csv], columns: {id: attribute, gender: "
      "attribute}}\n");
  json_decref(project_run("plain", "--until import"));
  static const char *const ENDINGS[] = {"ndjson", "json", "parquet", "xlsx"};
  for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++) {
    write_as(ENDINGS[i]);
    expect_judgement(ENDINGS[i]);
  }
}

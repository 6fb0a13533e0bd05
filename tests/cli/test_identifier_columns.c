/* SPDX-License-Identifier: Apache-2.0
 *
 * Columns that say who somebody is are keys, not attributes: no feature, profile or cluster has them.
 * Contracts and duplicates see their pseudonyms. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "project_fixture.h"

TestSuite(identifier_columns, .fini = workspace_remove, .timeout = 240);

enum { PEOPLE = 97, LINES = 1200 };

static const char YAML[] =
    "name: shop\nlanguage: en\n%ssources:\n"
    "  - name: lines\n    target: order_items\n    files: [../orders.csv]\n"
    "    columns: {order: order, customer: customer, time: time, sku: product, qty: quantity, price: "
    "unit_price, "
    "mail: email, card: loyalty_card, device: device_id, cookie: visitor, hash: hashed_email, region: "
    "attribute}\n"
    "%s  - name: people\n    target: customers\n    files: [../customers.csv]\n"
    "    columns: {customer: customer, mail: email, card: loyalty_card, device: device_id, cookie: visitor, "
    "hash: hashed_email, phone: phone, name: person_name, age: attribute}\n%s";

/* Lines name a person's address in capitals now and then. */
static void write_tables(void) {
  char *text = malloc(1 << 20),
       *end = stpcpy(text, "order,customer,time,sku,qty,price,mail,card,device,cookie,hash,region\n");
  for (int i = 0; i < LINES; i++) {
    int c = i % PEOPLE;
    end += sprintf(end, "%d,%d,2024-%02d-%02d 10:00:00,S%03d,%d,%d00,%s%d@%s,L-%04d,dev-%d,ck-%d,%064x,%s\n",
                   1000 + i, 1 + c, 1 + i % 12, 1 + i % 28, i % 50, 1 + i % 5, 10 + i % 90, i % 3 ? "p" : "P",
                   c, i % 3 ? "shop.kr" : "SHOP.KR", c, c % 4, c % 5, 0xabc00u + (unsigned)c,
                   i % 2 ? "Suncheon" : "Busan");
  }
  write_text(in_workspace("orders.csv"), text);
  end = stpcpy(text, "customer,mail,card,device,cookie,hash,phone,name,age\n");
  for (int c = 0; c < PEOPLE; c++)
    end += sprintf(end, "%d,p%d@shop.kr,L-%04d,dev-%d,ck-%d,%064x,010-%04d-%04d,kim%d,%d\n", 1 + c, c, c,
                   c % 4, c % 5, 0xabc00u + (unsigned)c, 2000 + c * 37, 1001 + c * 71, c % 9, 20 + c % 50);
  write_text(in_workspace("customers.csv"), text);
  free(text);
}

static void write_project(const char *head, const char *of_lines, const char *of_people) {
  char text[4096];
  cr_assert_eq(gy_dir_create(in_workspace("shop"), NULL), GY_OK);
  snprintf(text, sizeof text, YAML, head, of_lines, of_people);
  write_text(in_workspace("shop/gyeol.yaml"), text);
}

static const char *const KEYS[] = {"email",        "phone",        "person_name",  "mail",
                                   "card",         "device",       "loyalty_card", "device_id",
                                   "anonymous_id", "hashed_email", "cookie",       "hash"};

Test(identifier_columns, are_no_attributes_of_lines_customers_features_or_profiles) {
  write_tables();
  write_project("", "", "");
  json_t *manifest = project_run("shop", ""), *model = report_model(text_of(manifest, "report"));
  char *columns =
      project_rows("shop",
                   "SELECT DISTINCT column_name FROM information_schema.columns WHERE table_name IN "
                   "('order_items', 'order_lines', 'customers', 'customer_features')");
  char *profiles = json_dumps(json_object_get(model, "clusters"), 0);
  cr_expect_not_null(strstr(columns, "region"), "%s", columns);
  cr_expect_not_null(strstr(columns, "age"), "%s", columns);
  for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
    char sql[256], quoted[64];
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM information_schema.columns WHERE column_name = '%s' AND table_name IN "
             "('order_items', 'order_lines', 'customers', 'customer_features')",
             KEYS[i]);
    char *n = project_rows("shop", sql);
    cr_expect_str_eq(n, "0", "%s is an attribute", KEYS[i]);
    free(n);
    snprintf(quoted, sizeof quoted, "\"%s\"", KEYS[i]);
    cr_expect_null(strstr(profiles, quoted), "%s is in the profiles", KEYS[i]);
  }
  free(columns);
  free(profiles);
  json_decref(model);
  json_decref(manifest);
}

Test(identifier_columns, are_no_features_to_cluster_by) {
  write_tables();
  for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
    char head[128];
    snprintf(head, sizeof head, "clusters: {features: [recency_days, %s]}\n", KEYS[i]);
    write_project(head, "", "");
    process_result run = run_gyeol("run shop --quiet");
    cr_expect_eq(run.exit_code, 2, "%s: %d", KEYS[i], run.exit_code);
    cr_expect_not_null(strstr(run.err, KEYS[i]), "%s: %s", KEYS[i], run.err);
    process_clear(&run);
  }
}

/* ---- contracts ---- */

static const struct {
  const char *contract; /* of the lines */
  const char *says;     /* NULL: it is taken */
} CONTRACTS[] = {
    {"{rule: required, column: mail}", NULL},
    {"{rule: unique, columns: [order, email]}", NULL},
    {"{rule: foreign_key, column: mail, references: people.mail}", NULL},
    {"{rule: pattern, column: card, pattern: \"L-\\\\d+\"}", NULL},
    {"{rule: pattern, column: mail, pattern: \".+@.+\"}",
     "rule pattern looks at texts, and 'mail' of source 'lines'"},
    {"{rule: pattern, column: email, pattern: \".+@.+\"}", "rule pattern looks at texts, and 'email'"},
    {"{rule: set, column: mail, values: [a@b.kr]}", "rule set looks at texts"},
    {"{rule: range, column: mail, min: 1}", "rule range looks at texts"},
    {"{rule: type, column: mail, type: integer}", "rule type looks at texts"},
    {"{rule: window, column: mail, to: now}", "rule window looks at texts"},
    {"{rule: fresh, column: mail, days: 3}", "rule fresh looks at texts"},
};

Test(identifier_columns, contracts_on_their_texts_are_refused_with_what_to_do) {
  write_tables();
  for (size_t i = 0; i < sizeof CONTRACTS / sizeof *CONTRACTS; i++) {
    char lines[512];
    snprintf(lines, sizeof lines, "    contracts:\n      - %s\n", CONTRACTS[i].contract);
    write_project("", lines, "");
    process_result run = run_gyeol("check shop");
    cr_expect_eq(run.exit_code, CONTRACTS[i].says == NULL ? 0 : 2, "%s: %d %s", CONTRACTS[i].contract,
                 run.exit_code, run.err);
    if (CONTRACTS[i].says != NULL) {
      cr_expect_not_null(strstr(run.err, CONTRACTS[i].says), "%s: %s", CONTRACTS[i].contract, run.err);
      cr_expect_not_null(strstr(run.err, "gyeol.yaml:9: "), "%s: %s", CONTRACTS[i].contract, run.err);
      cr_expect_not_null(strstr(run.err, "use required, unique or foreign_key"), "%s: %s",
                         CONTRACTS[i].contract, run.err);
    }
    process_clear(&run);
  }
}

/* Failing rows of the contract at `at` of the lines. */
static json_int_t failed_of(const json_t *manifest, const char *source, int at) {
  char path[128];
  snprintf(path, sizeof path, "quality.sources.%s.contracts.%d.failed", source, at);
  return int_of(manifest, path);
}

Test(identifier_columns, contracts_count_by_pseudonym) {
  write_tables();
  write_text(
      in_workspace("customers.csv"),
      "customer,mail,card,device,cookie,hash,phone,name,age\n1,p0@shop.kr,,,,,010-2345-6789,kim,20\n"
      "2,P0@Shop.KR,,,,,+82 10 2345 6789,kim,20\n3,,,,,,,lee,30\n4,test@shop.kr,,,,,010-0000-0000,park,30\n"
      "5,no address,,,,,010-2345-6780,choi,30\n");
  write_project(
      "",
      "    contracts:\n      - {rule: foreign_key, column: mail, references: people.mail}\n"
      "      - {rule: required, column: mail}\n",
      "    contracts:\n      - {rule: required, column: mail}\n      - {rule: unique, column: email}\n"
      "      - {rule: unique, column: phone}\n      - {rule: required, column: phone}\n");
  json_t *manifest = project_run("shop", "");
  int of_p0 = (LINES + PEOPLE - 1) / PEOPLE;
  cr_expect_eq(failed_of(manifest, "lines", 0), LINES - of_p0, "%d", (int)failed_of(manifest, "lines", 0));
  cr_expect_eq(failed_of(manifest, "lines", 1), 0);
  cr_expect_eq(failed_of(manifest, "people", 0), 3, "%d", (int)failed_of(manifest, "people", 0));
  cr_expect_eq(failed_of(manifest, "people", 1), 1);
  cr_expect_eq(failed_of(manifest, "people", 2), 1);
  cr_expect_eq(failed_of(manifest, "people", 3), 2);
  char *whole = json_dumps(manifest, 0);
  cr_expect_null(strstr(whole, "@"), "%s", strstr(whole, "@"));
  free(whole);
  json_decref(manifest);
}

Test(identifier_columns, suggested_contracts_show_nobody) {
  static const char *const MODES[] = {"", "privacy: {free_text: keep}\n"};
  static const char *const TEXTS[] = {"@", "ck-", "dev-", "L-0", "010-", "kim"};
  write_tables();
  /* A region that is somebody's address: it is kept in the store where the project says so. */
  char *orders = file_text(in_workspace("orders.csv"));
  for (char *at = orders; (at = strstr(at, "Suncheon")) != NULL;) memcpy(at, "lee@a.kr", 8);
  for (size_t i = 0; i < 2; i++) {
    if (i == 1) write_text(in_workspace("orders.csv"), orders);
    write_project(MODES[i], "", "");
    json_decref(project_run("shop", "--until import"));
    process_result said = gyeol_ok("contracts suggest shop");
    cr_expect_not_null(strstr(said.out, "{rule: unique, column: mail"), "%s", said.out);
    for (size_t t = 0; t < sizeof TEXTS / sizeof *TEXTS; t++)
      cr_expect_null(strstr(said.out, TEXTS[t]), "%zu: %s", i, strstr(said.out, TEXTS[t]));
    char *pseudonyms = project_rows("shop", "SELECT DISTINCT CAST(email AS VARCHAR) FROM source_people");
    for (char *rest = pseudonyms, *one; (one = strsep(&rest, "|")) != NULL;) {
      char bare[37];
      cr_assert_eq(sscanf(one, " %36s", bare), 1);
      cr_expect_null(strstr(said.out, bare), "%s", bare);
    }
    free(pseudonyms);
    cr_expect((strstr(said.out, "rule: set, column: region") != NULL) == (i == 0), "%s", said.out);
    process_clear(&said);
  }
  free(orders);
}

/* ---- duplicates ---- */

Test(identifier_columns, duplicates_are_found_by_pseudonym) {
  write_tables();
  write_text(in_workspace("customers.csv"),
             "customer,mail,card,device,cookie,hash,phone,name,age\n1,Kim.Min@gmail.com,,,,,,,20\n"
             "2,kimmin+news@googlemail.com,,,,,,,21\n3,lee@shop.kr,,,,,,,22\n4,,,,,,,,23\n5,,,,,,,,24\n");
  write_project("", "", "    duplicates: {key: [mail], keep: first}\n");
  json_t *manifest = project_run("shop", "");
  cr_expect_eq(int_of(manifest, "sources.people.duplicates.key"), 1);
  char *rows = project_rows("shop", "SELECT customer_id FROM source_people ORDER BY 1");
  cr_expect_str_eq(rows, "1 | 3 | 4 | 5", "%s", rows);
  free(rows);
  process_result list = gyeol_ok("duplicates list shop --json");
  cr_expect_eq(int_of(list.json, "total"), 1);
  cr_expect_null(strstr(list.out, "@"), "%s", list.out);
  process_clear(&list);
  json_decref(manifest);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Direct identifiers of people in whole projects: in no file of the store or of a run, whatever format they
 * came in; the same pseudonyms everywhere; opened only where rows are repaired. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "project_fixture.h"
#include "support/byte_search.h"

TestSuite(identifiers, .fini = workspace_remove, .timeout = 240);

/* Of everything a project keeps, vault included, but the settings and the sources. */
static void expect_nowhere(const char *project, const char *const *texts, size_t n) {
  char where[512];
  size_t which = 0;
  bool found = byte_search_any(in_workspace("%s/.gyeol", project), texts, n, &which, where, sizeof where);
  cr_expect(!found, "%s: '%s' is there: %s", project, found ? texts[which] : "", where);
}

/* Cells of a plain CSV file's column, of some rows. */
static size_t cells_of(const char *path, size_t column, char cells[][64], size_t most) {
  FILE *file = fopen(path, "r");
  cr_assert_not_null(file, "%s", path);
  char line[4096];
  size_t n = 0;
  for (size_t row = 0; n < most && fgets(line, sizeof line, file) != NULL; row++) {
    char *rest = line, *cell = NULL;
    for (size_t c = 0; c <= column; c++) cell = strsep(&rest, ",");
    if (row % 37 == 1 && cell != NULL) snprintf(cells[n++], 64, "%s", cell);
  }
  fclose(file);
  return n;
}

Test(identifiers, of_simulated_shops_are_nowhere) {
  static const struct {
    const char *name, *options;
  } SHOPS[] = {{"plain", ""}, {"dirty", "--dirty 0.2"}, {"korean", "--names ko --encoding cp949"}};
  for (size_t i = 0; i < sizeof SHOPS / sizeof *SHOPS; i++) {
    const char *name = SHOPS[i].name;
    process_result made =
        gyeol_ok("simulate shop --customers 300 --seed 5 --out %s-data -q %s", name, SHOPS[i].options);
    process_clear(&made);
    char files[64];
    snprintf(files, sizeof files, "%s-data/*.csv", name);
    project_make(name, files);
    json_decref(project_run(name, ""));
    char cells[16][64];
    const char *texts[18] = {"@example.", "010-0000-"};
    size_t n = cells_of(in_workspace("%s-data/customers.csv", name), 9, cells, 8);
    n += cells_of(in_workspace("%s-data/customers.csv", name), 10, cells + n, 8);
    for (size_t k = 0; k < n; k++) texts[2 + k] = cells[k];
    cr_expect(n >= 8, "%s: %zu", name, n);
    expect_nowhere(name, texts, 2 + n);
    char *rows = project_rows(
        name,
        "SELECT count(email) > 200, count(DISTINCT email) > 200, count(phone) > 200 FROM source_customers");
    cr_expect_str_eq(rows, "true,true,true", "%s: %s", name, rows);
    free(rows);
  }
}

/* ---- one table in every format ---- */

static const char PEOPLE[] =
    "customer_id,email,phone,note\n"
    "1,Kim.Min@gmail.com,010-1234-5679,call 010-1234-5679\n"
    "2,lee@shop.co.kr,02-345-6780,\n"
    "3,test@shop.kr,010-0000-0000,ask lee@shop.co.kr\n"
    "4,,,plain\n"
    "5,kimmin+x@googlemail.com,+82 10 1234 5679,none\n";

static void make_people(const char *project, const char *file) {
  char files[128];
  write_small_shop(in_workspace("orders.csv"), 900, 1);
  snprintf(files, sizeof files, "orders.csv %s", file);
  project_make(project, files);
}

static char *people_of(const char *project) {
  return project_rows(project,
                      "SELECT customer_id, email, phone, note FROM source_customers ORDER BY customer_id");
}

static const char AS_QUERY[] =
    "SELECT * FROM (VALUES (1, 'Kim.Min@gmail.com', '010-1234-5679', 'call 010-1234-5679'), "
    "(2, 'lee@shop.co.kr', '02-345-6780', NULL), (3, 'test@shop.kr', '010-0000-0000', 'ask lee@shop.co.kr'), "
    "(4, NULL, NULL, 'plain'), (5, 'kimmin+x@googlemail.com', '+82 10 1234 5679', 'none')) "
    "AS t(customer_id, email, phone, note) ORDER BY 1";

/* The same in every format: one project each would have a key each, so that the files take turns in one. */
Test(identifiers, have_the_same_pseudonyms_in_every_format) {
  static const char *const FILES[] = {"people.json", "people.parquet", "people.xlsx"};
  static const char *const TEXTS[] = {"Kim.Min@gmail.com", "kimmin@gmail.com", "lee@shop.co.kr",
                                      "010-1234-5679",     "+821012345679",    "02-345-6780",
                                      "googlemail"};
  write_text(in_workspace("people.csv"), PEOPLE);
  make_people("shop", "people.csv");
  json_decref(project_run("shop", ""));
  char *expected = people_of("shop");
  cr_expect_not_null(strstr(expected, ",call [phone]"), "%s", expected);
  cr_expect_not_null(strstr(expected, "3,-,-,ask [email]"), "%s", expected);
  const char *before = "people.csv";
  for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
    process_result made = gyeol_ok("query \"%s\" shop --out %s", AS_QUERY, FILES[i]);
    process_clear(&made);
    char format[64], own[64];
    snprintf(format, sizeof format, "init guess%zu orders.csv %s --yes", i, FILES[i]);
    made = gyeol_ok("%s", format);
    process_clear(&made);
    /* The other format's own project tells how its source is written; the key is the first one's. */
    snprintf(own, sizeof own, "guess%zu", i);
    char command[512];
    snprintf(command, sizeof command, "mkdir -p '%s' && cp -r '%s' '%s'", in_workspace("%s/.gyeol", own),
             in_workspace("shop/.gyeol/vault"), in_workspace("%s/.gyeol/", own));
    cr_assert_eq(system(command), 0);
    snprintf(command, sizeof command, "cp '%s' '%s'", in_workspace("shop/.gyeol/vault.key"),
             in_workspace("%s/.gyeol/", own));
    cr_assert_eq(system(command), 0);
    json_decref(project_run(own, ""));
    char *found = people_of(own);
    cr_expect_str_eq(found, expected, "%s:\n%s\nnot\n%s", FILES[i], found, expected);
    free(found);
    expect_nowhere(own, TEXTS, sizeof TEXTS / sizeof *TEXTS);
    before = FILES[i];
  }
  (void)before;
  expect_nowhere("shop", TEXTS, sizeof TEXTS / sizeof *TEXTS);
  free(expected);
}

/* ---- rejected rows ---- */

Test(identifiers, rejected_rows_are_opened_for_repair_alone) {
  static const char *const TEXTS[] = {"park@shop.kr", "010-7777-1234"};
  write_text(
      in_workspace("people.csv"),
      "customer_id,email,phone,note\n1,kim@shop.kr,010-1234-5679,\n9,park@shop.kr,010-7777-1234,x,y,z\n"
      "3,lee@shop.kr,02-345-6780,\n");
  make_people("shop", "people.csv");
  json_decref(project_run("shop", ""));
  expect_nowhere("shop", TEXTS, 2);
  process_result listed = gyeol_ok("rejects list shop --json");
  cr_expect_null(strstr(listed.out, "park@shop.kr"), "%s", listed.out);
  const char *id = text_of(listed.json, "rejects.0.id");
  process_result shown = gyeol_ok("rejects show %s shop", id);
  cr_expect_not_null(strstr(shown.out, "park@shop.kr"), "%s", shown.out);
  process_clear(&shown);
  process_clear(&listed);
  process_result exported = gyeol_ok("rejects export shop --source customers --out fixed.csv");
  process_clear(&exported);
  char *fixed = file_text(in_workspace("fixed.csv"));
  cr_expect_not_null(strstr(fixed, "010-7777-1234"), "%s", fixed);
  free(fixed);
  process_result log = gyeol_ok("audit show shop --json");
  cr_expect_not_null(strstr(log.out, "rejects.show"), "%s", log.out);
  cr_expect_not_null(strstr(log.out, "rejects.export"), "%s", log.out);
  process_clear(&log);
}

Test(identifiers, free_text_is_kept_where_the_project_says_so) {
  write_text(in_workspace("people.csv"), PEOPLE);
  make_people("shop", "people.csv");
  project_set("shop", "free_text: mask", "free_text: keep");
  json_t *manifest = project_run("shop", "");
  char *rows = project_rows("shop", "SELECT note FROM source_customers WHERE customer_id = 1");
  cr_expect_str_eq(rows, "call 010-1234-5679");
  free(rows);
  json_decref(manifest);
}

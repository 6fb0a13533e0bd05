/* SPDX-License-Identifier: Apache-2.0
 *
 * Workbooks from the outside: a project from one, analyses of one, tables as one, and back. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

#include "project_fixture.h"

TestSuite(excel, .fini = workspace_remove, .timeout = 300);

enum { CUSTOMERS = 40, LINES = 600 };

static void put_header(lxw_worksheet *sheet, lxw_row_t row, const char *const *names) {
  for (lxw_col_t c = 0; names[c] != NULL; c++) worksheet_write_string(sheet, row, c, names[c], NULL);
}

/* A cover, orders below a title, customers; both have the names of their columns in Korean. */
static void write_book(const char *path) {
  static const char *const ORDERS[] = {"주문번호", "고객번호", "주문일시", "상품명",
                                       "수량",     "결제금액", NULL},
                           *const PEOPLE[] = {"고객번호", "성별", "시도", NULL};
  lxw_workbook *book = workbook_new(path);
  lxw_worksheet *cover = workbook_add_worksheet(book, "표지"), *orders = workbook_add_worksheet(book, "주문"),
                *people = workbook_add_worksheet(book, "고객");
  lxw_format *date = workbook_add_format(book);
  format_set_num_format(date, "yyyy\"년\" m\"월\" d\"일\" h:mm");
  worksheet_write_string(cover, 1, 1, "매출 보고서", NULL);
  worksheet_merge_range(orders, 0, 0, 0, 5, "2024년 주문 내역", NULL);
  put_header(orders, 2, ORDERS);
  for (int i = 0; i < LINES; i++) {
    lxw_row_t row = (lxw_row_t)i + 3;
    lxw_datetime at = {2024, 1 + i % 12, 1 + i % 28, 9, i % 60, 0};
    worksheet_write_number(orders, row, 0, 5000 + i / 2, NULL);
    worksheet_write_number(orders, row, 1, 100 + i / 2 * 7 % CUSTOMERS, NULL);
    if (i == 11) {
      worksheet_write_string(orders, row, 2, "미정", NULL);
    } else {
      worksheet_write_datetime(orders, row, 2, &at, date);
    }
    worksheet_write_string(orders, row, 3, i % 2 ? "컵" : "접시", NULL);
    worksheet_write_number(orders, row, 4, 1 + i % 3, NULL);
    worksheet_write_number(orders, row, 5, 1000 * (1 + i % 9), NULL);
  }
  put_header(people, 0, PEOPLE);
  for (int i = 0; i < CUSTOMERS; i++) {
    worksheet_write_number(people, (lxw_row_t)i + 1, 0, 100 + i, NULL);
    worksheet_write_string(people, (lxw_row_t)i + 1, 1, i % 2 ? "남" : "여", NULL);
    worksheet_write_string(people, (lxw_row_t)i + 1, 2, i % 3 ? "서울" : "부산", NULL);
  }
  cr_assert_eq(workbook_close(book), LXW_NO_ERROR);
}

Test(excel, a_workbook_becomes_a_project) {
  write_book(in_workspace("book.xlsx"));
  process_result init = gyeol_ok("init shop book.xlsx --yes");
  cr_expect_not_null(strstr(init.out, "book.xlsx, sheet 주문: order_items (xlsx"), "%s", init.out);
  cr_expect_not_null(strstr(init.out, "book.xlsx, sheet 고객: customers (xlsx"), "%s", init.out);
  cr_expect_null(strstr(init.out, "표지"), "%s", init.out);
  process_clear(&init);
  char *yaml = file_text(in_workspace("shop/gyeol.yaml"));
  cr_expect_not_null(strstr(yaml, "sheet: 주문"), "%s", yaml);
  cr_expect_not_null(strstr(yaml, "skip_lines: 2"), "%s", yaml);
  free(yaml);
  json_t *manifest = project_run("shop", "");
  cr_expect_eq(int_of(manifest, "customers"), CUSTOMERS);
  json_decref(manifest);
  process_result rejects = gyeol_ok("rejects list shop --json");
  cr_expect_eq(int_of(rejects.json, "total"), 1);
  cr_expect_eq(int_of(rejects.json, "rejects.0.line"), 15);
  cr_expect_str_eq(text_of(rejects.json, "rejects.0.value"), "미정");
  cr_expect_str_eq(text_of(rejects.json, "rejects.0.column"), "주문일시");
  cr_expect_not_null(strstr(text_of(rejects.json, "rejects.0.file"), "book.xlsx [주문]"));
  process_clear(&rejects);
}

Test(excel, a_sheet_may_be_named_or_numbered) {
  write_book(in_workspace("book.xlsx"));
  project_make("shop", "book.xlsx");
  project_set("shop", "sheet: 주문", "sheet: 2");
  json_t *manifest = project_run("shop", "");
  cr_expect_eq(int_of(manifest, "customers"), CUSTOMERS);
  json_decref(manifest);
  project_set("shop", "sheet: 2", "sheet: 반품");
  process_result result = run_gyeol("run shop");
  cr_expect_eq(result.exit_code, 2, "%d: %s", result.exit_code, result.err);
  cr_expect_not_null(strstr(result.err, "no sheet '반품'; it has 표지, 주문, 고객"), "%s", result.err);
  process_clear(&result);
}

/* The same rows as workbook, CSV, Parquet and JSON. */
Test(excel, what_is_written_reads_back_the_same) {
  write_book(in_workspace("book.xlsx"));
  process_result made = gyeol_ok(
      "rfm --input book.xlsx --customer 고객번호 --order 주문번호 --time 주문일시 --amount 결제금액 "
      "--out rfm.xlsx --json");
  cr_expect_eq(int_of(made.json, "source.rejected"), 1);
  json_int_t n = int_of(made.json, "customers");
  process_clear(&made);
  static const char *const FORMATS[] = {"csv", "parquet", "json"};
  for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++) {
    process_result other = gyeol_ok(
        "rfm --input book.xlsx --customer 고객번호 --order 주문번호 --time 주문일시 --amount "
        "결제금액 --out rfm.%s",
        FORMATS[i]);
    process_clear(&other);
  }
  static const char *const READ[] = {"xlsx", "csv", "parquet", "json"};
  double inertia = 0;
  for (size_t i = 0; i < sizeof READ / sizeof *READ; i++) {
    process_result result = gyeol_ok(
        "cluster kmeans --k 3 --input rfm.%s --columns recency_days,orders,monetary --json --out "
        "labels.xlsx",
        READ[i]);
    cr_expect_eq(int_of(result.json, "n"), n, "%s: %s", READ[i], result.out);
    if (i == 0) inertia = number_of(result.json, "inertia");
    cr_expect_float_eq(number_of(result.json, "inertia"), inertia, 1e-6 * inertia, "%s", READ[i]);
    process_clear(&result);
  }
  process_result labels = gyeol_ok("cluster score --labels labels.xlsx --truth labels.xlsx --json");
  process_clear(&labels);
}

/* Another reader finds the same in what is written. */
Test(excel, libreoffice_reads_what_is_written) {
  if (system("command -v soffice >/dev/null 2>&1") != 0) cr_skip_test("skipped: soffice is not installed");
  write_book(in_workspace("book.xlsx"));
  process_result made = gyeol_ok(
      "rfm --input book.xlsx --customer 고객번호 --order 주문번호 --time 주문일시 --amount 결제금액 "
      "--out rfm.xlsx");
  process_clear(&made);
  char command[1024];
  snprintf(command, sizeof command,
           "cd %s && HOME=. timeout 200 soffice --headless --norestore "
           "-env:UserInstallation=file://%s/profile --convert-to "
           "'csv:Text - txt - csv (StarCalc):44,34,76' rfm.xlsx >/dev/null 2>&1",
           workspace(), workspace());
  cr_assert_eq(system(command), 0, "%s", command);
  static const char *const FILES[] = {"rfm.xlsx", "rfm.csv"};
  double inertia[2];
  for (size_t i = 0; i < 2; i++) {
    process_result result =
        gyeol_ok("cluster kmeans --k 3 --input %s --columns recency_days,orders,monetary --json", FILES[i]);
    cr_expect_eq(int_of(result.json, "n"), CUSTOMERS, "%s", result.out);
    inertia[i] = number_of(result.json, "inertia");
    process_clear(&result);
  }
  cr_expect_float_eq(inertia[0], inertia[1], 1e-9 * inertia[0]);
  char *csv = file_text(in_workspace("rfm.csv"));
  cr_expect_not_null(strstr(csv, "고객"), "%s", csv);
  free(csv);
}

Test(excel, a_sheet_of_an_input_is_named_behind_its_path) {
  write_book(in_workspace("book.xlsx"));
  process_result init = gyeol_ok("init shop 'book.xlsx#주문' --yes --json");
  cr_expect_eq(json_array_size(json_object_get(init.json, "files")), 1, "%s", init.out);
  cr_expect_str_eq(text_of(init.json, "files.0.sheet"), "주문");
  process_clear(&init);
  process_result rfm =
      gyeol_ok("rfm --input 'book.xlsx#2' --customer 고객번호 --time 주문일시 --amount 결제금액 --json");
  cr_expect_eq(int_of(rfm.json, "customers"), CUSTOMERS);
  process_clear(&rfm);
  process_result first = gyeol_ok("cluster kmeans --k 2 --input book.xlsx --columns 결제금액,수량 --json");
  process_result named =
      gyeol_ok("cluster kmeans --k 2 --input 'book.xlsx#주문' --columns 결제금액,수량 --json");
  cr_expect_eq(int_of(first.json, "n"), LINES);
  cr_expect_float_eq(number_of(first.json, "inertia"), number_of(named.json, "inertia"), 1e-9);
  process_clear(&first);
  process_clear(&named);
  process_result wrong = run_gyeol("cluster kmeans --k 2 --input 'book.xlsx#없음'");
  cr_expect_eq(wrong.exit_code, 2, "%s", wrong.err);
  cr_expect_not_null(strstr(wrong.err, "no sheet '없음'; it has 표지, 주문, 고객"), "%s", wrong.err);
  process_clear(&wrong);
}

/* A workbook that is written anew replaces its rows and what was rejected of it. */
Test(excel, a_replaced_workbook_replaces_its_rows) {
  write_book(in_workspace("book.xlsx"));
  project_make("shop", "book.xlsx");
  json_t *before = project_run("shop", "");
  write_book(in_workspace("book.xlsx"));
  json_t *after = project_run("shop", "");
  cr_expect_eq(int_of(before, "customers"), int_of(after, "customers"));
  cr_expect_eq(int_of(before, "lines"), int_of(after, "lines"));
  process_result rejects = gyeol_ok("rejects list shop --json");
  cr_expect_eq(int_of(rejects.json, "total"), 1);
  process_clear(&rejects);
  json_decref(before);
  json_decref(after);
}

Test(excel, bad_workbooks_end_in_a_sentence) {
  static const struct {
    const char *name, *bytes;
    size_t length;
    const char *part;
  } CASES[] = {{"cut.xlsx", "PK\x03\x04zzzzzzzz", 12, "cut off or damaged"},
               {"old.xlsx", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1zzzz", 12, "old format (.xls)"}};
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    write_file(in_workspace("%s", CASES[i].name), CASES[i].bytes, CASES[i].length);
    process_result result = run_gyeol("init shop %s --yes", CASES[i].name);
    cr_expect_eq(result.exit_code, 1, "%s", result.err);
    cr_expect_not_null(strstr(result.err, CASES[i].part), "%s", result.err);
    process_clear(&result);
    result = run_gyeol("cluster kmeans --k 2 --input %s", CASES[i].name);
    cr_expect_eq(result.exit_code, 1, "%s", result.err);
    process_clear(&result);
  }
}

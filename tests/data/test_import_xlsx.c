/* SPDX-License-Identifier: Apache-2.0
 *
 * Workbooks into tables: the same rows as CSV gives, the same account of those that do not fit. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/buffer.h"
#include "base/civil.h"
#include "data/sniff.h"
#include "data/xlsx_table.h"
#include "import_fixture.h"
#include "xlsx_fixture.h"

enum { ROWS = 9000, ROOM = 1 << 16 };
#define COUNT(array) (sizeof array / sizeof array[0])

TestSuite(import_xlsx, .timeout = 300);

static const gy_import_column COLUMNS[] = {
    {.source = "order", .target = "order_id", .kind = GY_IMPORT_ID},
    {.source = "customer", .target = "customer_id", .kind = GY_IMPORT_ID},
    {.source = "time", .target = "ordered_at", .kind = GY_IMPORT_TIME, .required = true},
    {.source = "product", .target = "description", .kind = GY_IMPORT_TEXT},
    {.source = "quantity", .target = "quantity", .kind = GY_IMPORT_NUMBER},
    {.source = "price", .target = "unit_price", .kind = GY_IMPORT_NUMBER},
};
static const gy_import_spec SPEC = {.columns = COLUMNS, .n_columns = COUNT(COLUMNS)};

/* Rows are numbered by their line in a CSV and by their row in a sheet: the same here. */
static const char DIGEST[] =
    "SELECT concat_ws(' ', count(*), sum(hash(row_no, order_id, customer_id, ordered_at, description, "
    "quantity, "
    "unit_price) % 1000000007), min(row_no), max(row_no)) FROM order_items";

static const char *const PRODUCTS[] = {"컵", "Cup, \"red\"", "=1+1", "접시 <large> & more", "two\nlines"};

/* The shop as a CSV file. */
static const char *write_csv(import_fixture *f) {
  gy_buffer text;
  gy_buffer_init(&text, 8 << 20);
  gy_buffer_text(&text, "order,customer,time,product,quantity,price\n");
  for (int i = 0; i < ROWS; i++) {
    const char *product = PRODUCTS[i % 5];
    gy_buffer_printf(&text, "%d,C%d,2024-%02d-%02d %02d:%02d:%02d,\"", 1000 + i / 2, i % 97, 1 + i % 12,
                     1 + i % 28, i % 24, i % 60, i * 7 % 60);
    for (; *product != '\0'; product++) gy_buffer_printf(&text, *product == '"' ? "\"\"" : "%c", *product);
    gy_buffer_printf(&text, "\",%d,%d.%02d\n", 1 + i % 5, i % 1000, i % 100);
  }
  cr_assert_not(text.failed);
  const char *path = import_fixture_write(f, "orders.csv", text.data, text.length);
  gy_buffer_clear(&text);
  return path;
}

/* The same as a workbook; in constant memory its texts stand in the cells, else they are shared. */
static void write_book(const char *path, bool shared) {
  lxw_workbook_options options = {.constant_memory = !shared};
  lxw_workbook *book = workbook_new_opt(path, &options);
  lxw_worksheet *sheet = workbook_add_worksheet(book, "주문");
  lxw_format *time = workbook_add_format(book);
  format_set_num_format(time, "yyyy/mm/dd hh:mm:ss");
  static const char *const NAMES[] = {"order", "customer", "time", "product", "quantity", "price"};
  for (lxw_col_t c = 0; c < COUNT(NAMES); c++) worksheet_write_string(sheet, 0, c, NAMES[c], NULL);
  for (int i = 0; i < ROWS; i++) {
    lxw_row_t row = (lxw_row_t)i + 1;
    char customer[16];
    snprintf(customer, sizeof customer, "C%d", i % 97);
    lxw_datetime at = {2024, 1 + i % 12, 1 + i % 28, i % 24, i % 60, i * 7 % 60};
    worksheet_write_number(sheet, row, 0, 1000 + i / 2, NULL);
    worksheet_write_string(sheet, row, 1, customer, NULL);
    worksheet_write_datetime(sheet, row, 2, &at, time);
    worksheet_write_string(sheet, row, 3, PRODUCTS[i % 5], NULL);
    worksheet_write_number(sheet, row, 4, 1 + i % 5, NULL);
    worksheet_write_number(sheet, row, 5, i % 1000 + i % 100 / 100.0, NULL);
  }
  cr_assert_eq(workbook_close(book), LXW_NO_ERROR);
}

/* Line breaks within cells take lines of a CSV but no rows of a sheet: there, rows are not compared by
 * number. */
static const char SAME[] =
    "SELECT concat_ws(' ', count(*), sum(hash(order_id, customer_id, ordered_at, description, quantity, "
    "unit_price) "
    "% 1000000007)) FROM order_items";

Test(import_xlsx, a_workbook_gives_the_rows_of_its_csv) {
  import_fixture f;
  import_fixture_open(&f, 2);
  cr_assert_eq(import_fixture_import(&f, &SPEC, write_csv(&f)), GY_OK, "%s", f.err.text);
  char *expected = import_fixture_value(&f, SAME), *digest = NULL;
  cr_assert_eq(f.result.n_read, ROWS);
  import_fixture_close(&f);
  for (int shared = 0; shared < 2; shared++) {
    for (int n_threads = 1; n_threads <= 4; n_threads += 3) {
      import_fixture_open(&f, n_threads);
      const char *path = import_fixture_write(&f, "orders.xlsx", "", 0);
      write_book(path, shared == 1);
      cr_assert_eq(import_fixture_import(&f, &SPEC, path), GY_OK, "%s", f.err.text);
      cr_expect_eq(f.result.n_read, ROWS);
      cr_expect_eq(f.result.n_rejected, 0);
      cr_expect_eq(f.result.files[0].format, GY_IMPORT_XLSX);
      import_fixture_expect(&f, SAME, expected);
      char *now = import_fixture_value(&f, DIGEST);
      if (digest == NULL) digest = strdup(now);
      cr_expect_str_eq(now, digest, "%d threads", n_threads);
      free(now);
      import_fixture_close(&f);
    }
  }
  free(expected);
  free(digest);
}

/* LibreOffice makes a workbook from a CSV; NULL where it is not installed. */
static const char *convert(import_fixture *f, const char *csv) {
  if (system("command -v soffice >/dev/null 2>&1") != 0) return NULL;
  char command[1024];
  snprintf(
      command, sizeof command,
      "cd %s && HOME=%s timeout 200 soffice --headless --norestore -env:UserInstallation=file://%s/profile "
      "--convert-to xlsx --infilter='CSV:44,34,76,1,,0,false,true,false' %s >/dev/null 2>&1",
      f->folder, f->folder, f->folder, csv);
  cr_assert_eq(system(command), 0, "%s", command);
  static char path[128];
  snprintf(path, sizeof path, "%s/orders.xlsx", f->folder);
  return path;
}

/* LibreOffice takes the text "=1+1" of a CSV for a formula; its stored result is read. */
static const char SAME_RESULTS[] =
    "SELECT concat_ws(' ', count(*), sum(hash(order_id, customer_id, ordered_at, CASE description WHEN "
    "'=1+1' THEN '2' "
    "ELSE description END, quantity, unit_price) % 1000000007)) FROM order_items";

Test(import_xlsx, libreoffice_writes_what_is_read) {
  import_fixture f;
  import_fixture_open(&f, 2);
  const char *csv = write_csv(&f), *book = convert(&f, csv);
  if (book == NULL) {
    import_fixture_close(&f);
    cr_skip_test("skipped: soffice is not installed");
  }
  cr_assert_eq(import_fixture_import(&f, &SPEC, csv), GY_OK, "%s", f.err.text);
  char *expected = import_fixture_value(&f, SAME_RESULTS);
  cr_assert_eq(import_fixture_import(&f, &SPEC, book), GY_OK, "%s", f.err.text);
  cr_expect_eq(f.result.n_read, ROWS);
  import_fixture_expect(&f, SAME_RESULTS, expected);
  free(expected);
  import_fixture_close(&f);
}

/* ---- what does not fit ---- */

static const char *write_rows(import_fixture *f, const char *rows, const char *behind) {
  static char sheet[ROOM];
  const char *path = import_fixture_write(f, "orders.xlsx", "", 0);
  xlsx_part part = {XLSX_SHEET, xlsx_sheet_xml(sheet, ROOM, rows, behind)};
  xlsx_book_write(path, &part, 1);
  return path;
}

#define TEXT(text)     "<c t=\"str\"><v>" text "</v></c>"
#define NUMBER(number) "<c><v>" number "</v></c>"
#define DATE(serial)   "<c s=\"1\"><v>" serial "</v></c>"
#define ERROR(error)   "<c t=\"e\"><v>" error "</v></c>"
#define HEAD                                                                                   \
  "<row r=\"3\">" TEXT("order") TEXT("customer") TEXT("time") TEXT("product") TEXT("quantity") \
      TEXT("price") "</row>"

Test(import_xlsx, rejected_rows_are_named_by_sheet_row_and_column) {
  import_fixture f;
  import_fixture_open(&f, 2);
  const char *path = write_rows(&f,
                                "<row r=\"1\">" TEXT("3월 주문") "</row>" HEAD
                                "<row r=\"4\">" NUMBER("1") NUMBER("7") DATE("40886") TEXT("cup") NUMBER("2") NUMBER("1.5") "</row>"
                                "<row r=\"5\">" NUMBER("2") NUMBER("7") ERROR("#N/A") TEXT("cup") NUMBER("2") NUMBER("1") "</row>"
                                "<row r=\"6\">" NUMBER("3") ERROR("#REF!") DATE("40887") ERROR("#NAME?") ERROR("#DIV/0!") NUMBER("1") "</row>"
                                "<row r=\"8\">" NUMBER("4") NUMBER("7") DATE("60") TEXT("cup") NUMBER("2") NUMBER("1") "</row>"
                                "<row r=\"9\">" NUMBER("5") NUMBER("7") DATE("40888") TEXT("cup") TEXT("two") NUMBER("1") "</row>"
                                "<row r=\"10\" hidden=\"1\">" NUMBER("6") NUMBER("7") DATE("40889") TEXT("컵") NUMBER("2") NUMBER("1") "</row>",
                                "");
  cr_assert_eq(import_fixture_import(&f, &SPEC, path), GY_OK, "%s", f.err.text);
  cr_expect_eq(f.result.n_read, 6);
  cr_expect_eq(f.result.n_accepted, 3);
  cr_expect_eq(f.result.n_rejected, 3);
  import_fixture_expect(&f,
                        "SELECT string_agg(concat_ws(',', row_no, order_id, customer_id, quantity, "
                        "description), ' ' ORDER BY row_no) FROM order_items",
                        "4,1,7,2.0000,cup 6,3 10,6,7,2.0000,컵");
  import_fixture_expect(
      &f,
      "SELECT string_agg(concat_ws('|', line, column_name, value, reason), '; ' ORDER BY line) FROM rejects",
      "5|time|#N/A (cell C5)|an error in the sheet where a value is needed; "
      "8|time|1900-02-29|not a time in the stated form; 9|quantity|two|not a number");
  import_fixture_expect(&f, "SELECT count(*) FROM rejects WHERE file LIKE '%orders.xlsx [주문]'", "3");
  cr_expect_not_null(strstr(f.log, "1 hidden rows are read"), "%s", f.log);
  import_fixture_close(&f);
}

Test(import_xlsx, merged_cells_repeat_names_but_no_amounts) {
  import_fixture f;
  import_fixture_open(&f, 2);
  const char *path = write_rows(&f,
                                HEAD "<row r=\"4\">" NUMBER("1") NUMBER("7") DATE("40886") TEXT("cup") NUMBER("2") NUMBER("100") "</row>"
                                     "<row r=\"5\"><c r=\"D5\" t=\"str\"><v>pot</v></c></row><row r=\"6\"><c r=\"D6\" t=\"str\"><v>pan</v></c></row>",
                                "<mergeCells><mergeCell ref=\"A4:A6\"/><mergeCell ref=\"B4:B5\"/><mergeCell ref=\"C4:C6\"/>"
                                "<mergeCell ref=\"F4:F6\"/></mergeCells>");
  cr_assert_eq(import_fixture_import(&f, &SPEC, path), GY_OK, "%s", f.err.text);
  import_fixture_expect(
      &f,
      "SELECT string_agg(concat_ws(',', order_id, customer_id, ordered_at::date, description), ' ' ORDER BY "
      "row_no) FROM order_items",
      "1,7,2011-12-08,cup 1,7,2011-12-08,pot 1,2011-12-08,pan");
  import_fixture_expect(&f, "SELECT sum(unit_price) FROM order_items", "100.0000");
  import_fixture_close(&f);
}

/* Months as workbooks, one of them open in Excel: its lock is no workbook. */
Test(import_xlsx, many_workbooks_are_one_source) {
  import_fixture f;
  import_fixture_open(&f, 2);
  static const char *const NAMES[] = {"2024-01.xlsx", "2024-02.xlsx"};
  char sheet[ROOM], rows[1024], pattern[128];
  for (size_t i = 0; i < COUNT(NAMES); i++) {
    snprintf(rows, sizeof rows, HEAD "<row r=\"4\">" NUMBER("%zu") NUMBER("7") DATE("40886") "</row>", i);
    const char *path = import_fixture_write(&f, NAMES[i], "", 0);
    xlsx_part part = {XLSX_SHEET, xlsx_sheet_xml(sheet, ROOM, rows, "")};
    xlsx_book_write(path, &part, 1);
  }
  import_fixture_write(&f, "~$2024-02.xlsx", "a name", 6);
  snprintf(pattern, sizeof pattern, "%s/*.xlsx", f.folder);
  cr_assert_eq(import_fixture_import(&f, &SPEC, pattern), GY_OK, "%s", f.err.text);
  cr_expect_eq(f.result.n_files, 2);
  import_fixture_expect(
      &f, "SELECT string_agg(order_id || ':' || row_no, ' ' ORDER BY row_no) FROM order_items", "0:4 1:8");
  import_fixture_close(&f);
}

/* What is held while a sheet is read does not grow with its rows. */
Test(import_xlsx, memory_does_not_depend_on_rows) {
  size_t held[2];
  import_fixture f;
  import_fixture_open(&f, 1);
  for (size_t i = 0; i < 2; i++) {
    size_t n = i == 0 ? 3000 : 60000, room = n * 100 + 1024;
    char *rows = malloc(room), *sheet = malloc(room + 1024), *end = stpcpy(rows, HEAD);
    for (size_t r = 0; r < n; r++)
      end +=
          sprintf(end, "<row><c><v>%zu</v></c><c t=\"str\"><v>C%zu</v></c><c s=\"1\"><v>40886</v></c></row>",
                  10000 + r, 10000 + r);
    const char *path = import_fixture_write(&f, "orders.xlsx", "", 0);
    xlsx_part part = {XLSX_SHEET, xlsx_sheet_xml(sheet, room + 1024, rows, "")};
    xlsx_book_write(path, &part, 1);
    gy_xlsx_book *book = NULL;
    gy_xlsx_table *table = NULL;
    gy_xlsx_records records = {0};
    const size_t columns[] = {0, 1, 2};
    const bool fills[] = {true, true, true};
    uint64_t n_read = 0;
    cr_assert_eq(gy_xlsx_book_open(path, 0, &book, &f.err), GY_OK, "%s", f.err.text);
    cr_assert_eq(gy_xlsx_table_open(book, &(gy_xlsx_place){0}, &table, &f.err), GY_OK, "%s", f.err.text);
    cr_assert_eq(gy_xlsx_table_start(table, columns, fills, 3, &f.err), GY_OK, "%s", f.err.text);
    do {
      cr_assert_eq(gy_xlsx_table_next(table, 2048, &records, &f.err), GY_OK, "%s", f.err.text);
      n_read += records.n;
    } while (records.n > 0);
    cr_expect_eq(n_read, n);
    held[i] = records.text.capacity + records.capacity * 3 * sizeof *records.fields +
              table->rows.text.capacity + table->rows.cell_capacity * sizeof *table->rows.cells +
              table->rows.row_capacity * sizeof *table->rows.rows + table->arena.held_bytes;
    gy_xlsx_records_clear(&records);
    gy_xlsx_table_close(table);
    gy_xlsx_book_close(book);
    free(rows);
    free(sheet);
  }
  cr_expect_leq(held[1], held[0], "%zu bytes for 3,000 rows, %zu for 60,000", held[0], held[1]);
  cr_expect_lt(held[1], 2 << 20);
  import_fixture_close(&f);
}

Test(import_xlsx, ids_that_turn_out_to_be_texts_begin_again) {
  import_fixture f;
  import_fixture_open(&f, 2);
  static char rows[ROOM * 8], sheet[ROOM * 9];
  char *end = stpcpy(rows, HEAD);
  for (int i = 0; i < 3000; i++)
    end += sprintf(end, "<row><c><v>%d</v></c><c t=\"str\"><v>%s%d</v></c><c s=\"1\"><v>%d</v></c></row>", i,
                   i == 2900 ? "X" : "", i, 40000 + i);
  const char *path = import_fixture_write(&f, "orders.xlsx", "", 0);
  xlsx_part part = {XLSX_SHEET, xlsx_sheet_xml(sheet, sizeof sheet, rows, "")};
  xlsx_book_write(path, &part, 1);
  cr_assert_eq(import_fixture_import(&f, &SPEC, path), GY_OK, "%s", f.err.text);
  cr_expect_eq(f.result.n_read, 3000);
  cr_expect_not_null(strstr(f.log, "reading again"), "%s", f.log);
  import_fixture_expect(
      &f, "SELECT concat_ws(' ', count(*), count(DISTINCT customer_id), max(customer_id)) FROM order_items",
      "3000 3000 X2900");
  import_fixture_close(&f);
}

Test(import_xlsx, what_is_missing_is_said_with_what_there_is) {
  import_fixture f;
  import_fixture_open(&f, 2);
  const char *path =
      write_rows(&f, "<row>" TEXT("order") TEXT("time") "</row><row>" NUMBER("1") DATE("40886") "</row>", "");
  cr_expect_eq(import_fixture_import(&f, &SPEC, path), GY_ECONFIG);
  cr_expect_not_null(strstr(f.err.text, "sheet '주문', has no column 'customer'; it has order, time"), "%s",
                     f.err.text);
  gy_import_spec spec = SPEC;
  spec.place.sheet = "고객";
  cr_expect_eq(import_fixture_import(&f, &spec, path), GY_ECONFIG);
  cr_expect_not_null(strstr(f.err.text, "no sheet '고객'; it has 주문"), "%s", f.err.text);
  cr_expect_null(strstr(f.err.text, "source source"), "%s", f.err.text);
  import_fixture_close(&f);
}

Test(import_xlsx, looking_finds_the_table_and_its_columns) {
  import_fixture f;
  import_fixture_open(&f, 1);
  const char *path = import_fixture_write(&f, "orders.xlsx", "", 0);
  write_book(path, false);
  gy_arena arena;
  gy_arena_init(&arena, 0, 0);
  gy_sniff sniff;
  cr_assert_eq(gy_sniff_file(path, &arena, &sniff, &f.err), GY_OK, "%s", f.err.text);
  cr_expect_eq(sniff.format, GY_FORMAT_XLSX);
  cr_expect_str_eq(sniff.sheet, "주문");
  cr_expect_eq(sniff.header_rows, 1);
  cr_expect_eq(sniff.dialect.skip_lines, 0);
  cr_expect_eq(sniff.n_columns, 6);
  cr_expect_eq(sniff.n_rows, ROWS);
  cr_expect(sniff.is_whole);
  cr_expect_str_eq(sniff.columns[2].name, "time");
  cr_expect_eq(sniff.columns[2].times.n_times, ROWS);
  cr_expect_eq(gy_sniff_distinct(&sniff.columns[1]), 97);
  gy_sniff_clear(&sniff);
  gy_arena_clear(&arena);
  import_fixture_close(&f);
}

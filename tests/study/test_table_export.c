/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables as files: what a workbook holds is what the query gave, and what does not fit is refused. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/xlsx_table.h"
#include "study/table_export.h"

static char path[64];
static gy_engine *engine;

static void set_up(void) {
  gy_error err = {0};
  snprintf(path, sizeof path, "/tmp/gyeol-export-%d.xlsx", (int)getpid());
  cr_assert_eq(gy_engine_open(&(gy_engine_options){.n_threads = 2}, &engine, &err), GY_OK, "%s", err.text);
}

static void tear_down(void) {
  gy_engine_close(engine);
  unlink(path);
}

TestSuite(table_export, .init = set_up, .fini = tear_down, .timeout = 300);

/* The first sheet, cells with a letter for their kind. */
static char *cells_of(void) {
  gy_xlsx_book *book = NULL;
  gy_xlsx_sheet *sheet = NULL;
  gy_xlsx_rows rows = {0};
  gy_error err = {0};
  gy_buffer out;
  gy_buffer_init(&out, 1 << 20);
  cr_assert_eq(gy_xlsx_book_open(path, 0, &book, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_xlsx_sheet_open(book, 0, &sheet, &err), GY_OK, "%s", err.text);
  for (;;) {
    cr_assert_eq(gy_xlsx_sheet_next(sheet, 100, &rows, &err), GY_OK, "%s", err.text);
    if (rows.n_rows == 0) break;
    for (size_t r = 0; r < rows.n_rows; r++) {
      gy_buffer_printf(&out, "%s%u:", out.length > 0 ? "\n" : "", rows.rows[r].number);
      for (size_t i = 0; i < rows.rows[r].n_cells; i++) {
        const gy_xlsx_cell *cell = &rows.cells[rows.rows[r].first_cell + i];
        gy_buffer_printf(&out, " %c%c=%.*s", (char)('A' + cell->column), "tndbe"[cell->kind],
                         (int)cell -> length, rows.text.data + cell->begin);
      }
    }
  }
  gy_xlsx_rows_clear(&rows);
  gy_xlsx_sheet_close(sheet);
  gy_xlsx_book_close(book);
  return gy_buffer_take(&out);
}

static void expect_cells(const char *select, const char *expected) {
  gy_error err = {0};
  uint64_t n_rows = 99;
  cr_assert_eq(gy_table_export(engine, select, path, NULL, &n_rows, &err), GY_OK, "%s", err.text);
  char *cells = cells_of();
  cr_expect_str_eq(cells, expected, "%s", select);
  free(cells);
}

Test(table_export, every_type_keeps_its_kind) {
  expect_cells(
      "SELECT 7 AS i, 1.5::DOUBLE AS r, 12.3400::DECIMAL(18, 4) AS m, DATE '2011-12-09' AS d, "
      "TIMESTAMP '2011-12-09 08:26:00' AS t, true AS b, '컵' AS x, NULL AS n",
      "1: At=i Bt=r Ct=m Dt=d Et=t Ft=b Gt=x Ht=n\n"
      "2: An=7 Bn=1.5 Cn=12.34 Dd=2011-12-09 Ed=2011-12-09 08:26:00 Fb=true Gt=컵");
  expect_cells(
      "SELECT 1234567890123456789 AS i, 'nan'::DOUBLE AS r, DATE '1850-01-02' AS d, TIMESTAMP '1899-12-31 "
      "23:59:58' AS t",
      "1: At=i Bt=r Ct=d Dt=t\n2: At=1234567890123456789 Ct=1850-01-02 Dt=1899-12-31 23:59:58");
}

Test(table_export, floats_have_their_own_digits) {
  expect_cells("SELECT unnest([0.1, 38.42857, 1e10, -2.5e-7, 16777216])::FLOAT AS x",
               "1: At=x\n2: An=0.1\n3: An=38.42857\n4: An=10000000000\n5: An=-2.5E-07\n6: An=16777216");
}

Test(table_export, texts_are_never_formulas) {
  expect_cells(
      "SELECT unnest(['=1+1', '+82 10', '-5', '@sum', 'http://x.example', '_x0041_', chr(9) || 'tab']) AS x",
      "1: At=x\n2: At==1+1\n3: At=+82 10\n4: At=-5\n5: At=@sum\n6: At=http://x.example\n7: At=_x0041_\n8: "
      "At=\ttab");
}

Test(table_export, rows_may_be_missing_but_not_lost) {
  expect_cells("SELECT * FROM (VALUES (1), (NULL), (3)) t(a) ORDER BY a NULLS LAST",
               "1: At=a\n2: An=1\n3: An=3");
  expect_cells("SELECT 1 AS a WHERE false", "1: At=a");
}

Test(table_export, the_header_stays_in_sight_and_columns_are_wide_enough) {
  expect_cells("SELECT '서울특별시 강남구 테헤란로' AS 주소", "1: At=주소\n2: At=서울특별시 강남구 테헤란로");
  char command[256], line[4096] = "";
  snprintf(command, sizeof command, "unzip -p %s xl/worksheets/sheet1.xml 2>/dev/null", path);
  FILE *pipe = popen(command, "r");
  size_t length = fread(line, 1, sizeof line - 1, pipe);
  if (pclose(pipe) != 0 || length == 0) cr_skip_test("skipped: unzip is not installed");
  cr_expect_not_null(strstr(line, "state=\"frozen\""), "%s", line);
  cr_expect_not_null(strstr(line, "width=\"28.7"), "%s", line); /* 13 syllables of 2, and room */
}

static void expect_refused(const char *select, gy_status status, const char *part) {
  gy_error err = {0};
  cr_assert_eq(gy_table_export(engine, "SELECT 'old' AS x", path, NULL, NULL, &err), GY_OK, "%s", err.text);
  cr_expect_eq(gy_table_export(engine, select, path, NULL, NULL, &err), status, "%s", select);
  cr_expect_not_null(strstr(err.text, part), "%s", err.text);
  char *cells = cells_of(), partial[128];
  cr_expect_str_eq(cells, "1: At=x\n2: At=old", "what was there before has changed");
  snprintf(partial, sizeof partial, "/tmp/.gyeol-export-%d.xlsx.partial", (int)getpid());
  cr_expect_neq(access(partial, F_OK), 0, "%s is left", partial);
  free(cells);
}

Test(table_export, what_a_sheet_cannot_hold_is_refused) {
  expect_refused("SELECT 1 AS a FROM range(1048576)", GY_ELIMIT, "takes 1048575 rows below its header");
  expect_refused("SELECT repeat('x', 32768) AS long", GY_ELIMIT, "column long");
  expect_refused("SELECT no_such_column", GY_EENGINE, "no_such_column");
}

Test(table_export, as_many_rows_as_a_sheet_holds_are_written) {
  gy_error err = {0};
  uint64_t n_rows = 0;
  cr_assert_eq(gy_table_export(engine, "SELECT 1 AS a FROM range(1048575)", path, NULL, &n_rows, &err), GY_OK,
               "%s", err.text);
  cr_expect_eq(n_rows, 1048575);
}

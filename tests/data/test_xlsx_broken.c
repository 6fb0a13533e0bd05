/* SPDX-License-Identifier: Apache-2.0
 *
 * What is no workbook, what is a damaged one, and what was made to do harm: each gives one sentence. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "data/xlsx_table.h"
#include "xlsx_fixture.h"

#define COUNT(array) (sizeof array / sizeof array[0])

static char path[64];

static void set_up(void) { snprintf(path, sizeof path, "/tmp/gyeol-broken-%d.xlsx", (int)getpid()); }
static void tear_down(void) { unlink(path); }

TestSuite(xlsx_broken, .init = set_up, .fini = tear_down, .timeout = 120);

/* Reads all of the first table. */
static gy_status read_all(size_t strings_bytes, gy_error *err) {
  gy_xlsx_book *book = NULL;
  gy_xlsx_table *table = NULL;
  gy_xlsx_records records = {0};
  size_t column = 0;
  bool fills = true;
  gy_status status = gy_xlsx_book_open(path, strings_bytes, &book, err);
  if (status == GY_OK) status = gy_xlsx_table_open(book, &(gy_xlsx_place){0}, &table, err);
  if (status == GY_OK) status = gy_xlsx_table_start(table, &column, &fills, 1, err);
  do {
    if (status == GY_OK) status = gy_xlsx_table_next(table, 100, &records, err);
  } while (status == GY_OK && records.n > 0);
  gy_xlsx_records_clear(&records);
  gy_xlsx_table_close(table);
  gy_xlsx_book_close(book);
  return status;
}

static void expect_failure(gy_status expected, const char *part) {
  gy_error err = {0};
  gy_status status = read_all(0, &err);
  cr_expect_eq(status, expected, "%s: status %d, %s", part, (int)status, err.text);
  cr_expect_not_null(strstr(err.text, part), "expected '%s' in: %s", part, err.text);
  cr_expect_not_null(strstr(err.text, path), "no path in: %s", err.text);
}

static void write_bytes(const void *bytes, size_t length) {
  FILE *file = fopen(path, "wb");
  cr_assert_not_null(file);
  cr_assert_eq(fwrite(bytes, 1, length, file), length);
  fclose(file);
}

#define ROWS \
  "<row><c t=\"str\"><v>a</v></c><c t=\"str\"><v>b</v></c></row><row><c><v>1</v></c><c><v>2</v></c></row>"
#define SHEET(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"

Test(xlsx_broken, the_fixture_is_sound) {
  xlsx_part part = {XLSX_SHEET, SHEET(ROWS)};
  xlsx_book_write(path, &part, 1);
  gy_error err = {0};
  cr_expect_eq(read_all(0, &err), GY_OK, "%s", err.text);
}

Test(xlsx_broken, other_files_are_named_for_what_they_are) {
  write_bytes("a,b\n1,2\n", 8);
  expect_failure(GY_EPARSE, "no Excel workbook");
  write_bytes("PK\x03\x04 and no more", 17);
  expect_failure(GY_EPARSE, "cut off or damaged");
  unsigned char ole[2048] = {0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1};
  ole[30] = 9;
  write_bytes(ole, sizeof ole);
  expect_failure(GY_EPARSE, "old format (.xls)");
  ole[48] = 1; /* the directory is in the second sector, at 1024 */
  static const char NAME[] = "EncryptedPackage";
  for (size_t i = 0; i < sizeof NAME; i++) ole[1024 + 2 * i] = (unsigned char)NAME[i];
  write_bytes(ole, sizeof ole);
  expect_failure(GY_EPARSE, "protected by a password");
  static const struct {
    const char *part, *what;
  } KINDS[] = {{"xl/workbook.bin", ".xlsb"},
               {"word/document.xml", "Word"},
               {"mimetype", "OpenDocument"},
               {"orders.csv", "but no workbook; unpack it"}};
  for (size_t i = 0; i < COUNT(KINDS); i++) {
    xlsx_part part = {KINDS[i].part, "x"};
    xlsx_archive_write(path, &part, 1);
    expect_failure(GY_EPARSE, KINDS[i].what);
  }
  cr_assert_eq(unlink(path), 0);
  expect_failure(GY_ENOTFOUND, "cannot open");
}

Test(xlsx_broken, a_file_cut_anywhere_is_refused) {
  xlsx_part part = {XLSX_SHEET, SHEET(ROWS)};
  xlsx_book_write(path, &part, 1);
  char bytes[8192];
  FILE *file = fopen(path, "rb");
  size_t length = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  cr_assert(length > 500 && length < sizeof bytes);
  for (size_t cut = 4; cut < length; cut += 37) {
    write_bytes(bytes, cut);
    gy_error err = {0};
    cr_expect_neq(read_all(0, &err), GY_OK, "cut at %zu of %zu", cut, length);
    cr_expect_neq(err.text[0], '\0', "cut at %zu", cut);
  }
}

/* A changed byte is found by a checksum, by XML or by a length; or it changes what nobody reads. */
Test(xlsx_broken, a_changed_byte_never_crashes) {
  xlsx_part part = {XLSX_SHEET, SHEET(ROWS)};
  xlsx_book_write(path, &part, 1);
  char bytes[8192];
  FILE *file = fopen(path, "rb");
  size_t length = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  size_t n_failed = 0;
  for (size_t at = 0; at < length; at += 3) {
    char kept = bytes[at];
    bytes[at] = (char)(kept ^ 0x55);
    write_bytes(bytes, length);
    gy_error err = {0};
    if (read_all(0, &err) != GY_OK) {
      n_failed++;
      cr_expect_neq(err.text[0], '\0', "at %zu", at);
    }
    bytes[at] = kept;
  }
  cr_expect_gt(n_failed, length / 10);
}

Test(xlsx_broken, parts_that_are_wrong_are_named) {
  static const struct {
    xlsx_part part;
    gy_status status;
    const char *what;
  } CASES[] = {
      {{XLSX_SHEET, NULL}, GY_EPARSE, "no part xl/worksheets/sheet1.xml"},
      {{XLSX_BOOK, NULL}, GY_EPARSE, "no part xl/workbook.xml"},
      {{XLSX_LINKS, NULL}, GY_EPARSE, "no part xl/_rels/workbook.xml.rels"},
      {{XLSX_STYLES, NULL}, GY_EPARSE, "no part xl/styles.xml"},
      {{XLSX_BOOK, "<workbook/>"}, GY_EPARSE, "names no sheet"},
      {{XLSX_BOOK, "<workbook><sheets>"}, GY_EPARSE, "part xl/workbook.xml, line 1"},
      {{XLSX_SHEET, ""}, GY_EPARSE, "no element found"},
      {{XLSX_SHEET, SHEET("")}, GY_EDATA, "none of its 1 sheets has a table"},
      {{XLSX_SHEET, SHEET("<row><c t=\"str\"><v>a</v></c><c t=\"str\"><v>b</v></c></row>")},
       GY_EDATA,
       "has a table"},
      {{XLSX_SHEET, "<worksheet><sheetData>" ROWS}, GY_EPARSE, "no element found"},
      {{XLSX_SHEET, SHEET("<row><c><v>\x01</v></c></row>")}, GY_EPARSE, "invalid token"},
      {{XLSX_SHEET, SHEET("<row><c><v>\xFF</v></c></row>")}, GY_EPARSE, "invalid token"},
      {{XLSX_SHEET, SHEET("<row r=\"2\"/><row r=\"2\"/>")}, GY_EPARSE, "row 2 follows row 2"},
      {{XLSX_SHEET, SHEET("<row r=\"9999999999\"/>")}, GY_EPARSE, "follows row 0"},
      {{XLSX_SHEET, SHEET("<row r=\"-1\"/>")}, GY_EPARSE, "follows row 0"},
      {{XLSX_SHEET, SHEET("<row><c r=\"XFE1\"/></row>")}, GY_EPARSE, "beyond column XFD"},
      {{XLSX_SHEET, SHEET("<row><c r=\"B1\"/><c r=\"A1\"/></row>")}, GY_EPARSE, "out of order"},
      {{XLSX_SHEET, SHEET("<row><c r=\"B1\" t=\"s\"><v>0</v></c></row>")}, GY_EPARSE, "cell B1 names a text"},
      {{XLSX_SHEET, SHEET("<row><c t=\"s\"><v>-1</v></c></row>")}, GY_EPARSE, "cell A1 names a text"},
      {{"_rels/.rels",
        "<Relationships><Relationship Id=\"a\" Type=\"x/officeDocument\" Target=\"../../etc/passwd\"/>"
        "</Relationships>"},
       GY_EPARSE,
       "outside of the workbook"},
      {{"_rels/.rels",
        "<Relationships><Relationship Id=\"a\" Type=\"x/officeDocument\" TargetMode=\"External\" "
        "Target=\"http://example.com/\"/></Relationships>"},
       GY_EPARSE,
       "outside of the workbook"},
      {{XLSX_LINKS,
        "<Relationships><Relationship Id=\"rId1\" Type=\"x/worksheet\" Target=\"worksheets\\sheet1.xml\"/>"
        "</Relationships>"},
       GY_EPARSE,
       "outside of the workbook"},
      {{XLSX_SHEET,
        "<!DOCTYPE worksheet [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
        "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]><worksheet><sheetData><row><c "
        "t=\"str\"><v>&c;</v></c>"
        "</row></sheetData></worksheet>"},
       GY_EPARSE,
       "document type"},
      {{XLSX_BOOK, "<!DOCTYPE w SYSTEM \"file:///etc/passwd\"><workbook/>"}, GY_EPARSE, "document type"},
      {{XLSX_SHEET, SHEET("<row><c t=\"str\"><v>&undefined;</v></c></row>")}, GY_EPARSE, "undefined entity"},
  };
  for (size_t i = 0; i < COUNT(CASES); i++) {
    xlsx_part parts[] = {{XLSX_SHEET, SHEET(ROWS)}, CASES[i].part};
    xlsx_book_write(path, parts, COUNT(parts));
    expect_failure(CASES[i].status, CASES[i].what);
  }
}

/* `n` times `text` between a beginning and an end; free() it. */
static char *repeated(const char *begin, const char *text, size_t n, const char *end) {
  size_t length = strlen(text);
  char *made = malloc(strlen(begin) + n * length + strlen(end) + 1), *at = stpcpy(made, begin);
  for (size_t i = 0; i < n; i++, at += length) memcpy(at, text, length);
  strcpy(at, end);
  return made;
}

static void expect_refused(char *sheet, gy_status status, const char *what) {
  xlsx_part part = {XLSX_SHEET, sheet};
  xlsx_book_write(path, &part, 1);
  free(sheet);
  double start = gy_clock_seconds();
  expect_failure(status, what);
  cr_expect_lt(gy_clock_seconds() - start, 60, "%s took too long", what);
}

Test(xlsx_broken, what_would_fill_memory_is_refused) {
  expect_refused(repeated("<worksheet>", "<a>", 100000, ""), GY_EPARSE, "elements within elements");
  expect_refused(repeated(SHEET(ROWS) "<!--", " ", 4 << 20, "-->"), GY_EPARSE, "a tag of more than");
  expect_refused(repeated("<worksheet><sheetData><row><c t=\"str\"><v>", "x", 2 << 20,
                          "</v></c></row></sheetData></worksheet>"),
                 GY_ELIMIT, "cell A1 holds more than");
}

/* 100 MB of spaces in 100 kB. */
Test(xlsx_broken, a_zip_bomb_is_refused) {
  expect_refused(repeated("<worksheet><sheetData>", "          ", 10 << 20, "</sheetData></worksheet>"),
                 GY_ELIMIT, "as no sheet does");
}

Test(xlsx_broken, shared_strings_keep_to_their_budget) {
  char *strings =
      repeated("<sst>", "<si><t>0123456789012345678901234567890123456789</t></si>", 100000, "</sst>");
  xlsx_part parts[] = {{XLSX_SHEET, SHEET(ROWS)}, {XLSX_STRINGS, strings}};
  xlsx_book_write(path, parts, COUNT(parts));
  free(strings);
  gy_error err = {0};
  cr_expect_eq(read_all(0, &err), GY_OK, "%s", err.text);
  cr_expect_eq(read_all(1 << 20, &err), GY_ELIMIT);
  cr_expect_not_null(strstr(err.text, "--memory"), "%s", err.text);
}

Test(xlsx_broken, an_archive_of_very_many_files_is_refused) {
  enum { MANY = 10001, NAME = 16 };
  xlsx_part *parts = calloc(MANY, sizeof *parts);
  char *names = malloc(MANY * NAME);
  for (size_t i = 0; i < MANY; i++) {
    snprintf(names + i * NAME, NAME, "f%zu", i);
    parts[i] = (xlsx_part){names + i * NAME, "x"};
  }
  xlsx_archive_write(path, parts, MANY);
  free(parts);
  free(names);
  expect_failure(GY_ELIMIT, "10001 files");
}

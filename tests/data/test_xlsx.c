/* SPDX-License-Identifier: Apache-2.0
 *
 * From XML to cells, and from cells to a table: hand-made sheets against what they must give. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/alloc_fail.h"
#include "data/xlsx_number.h"
#include "data/xlsx_table.h"
#include "data/xlsx_xml.h"
#include "xlsx_fixture.h"

enum { ROOM = 1 << 16 };
#define COUNT(array) (sizeof array / sizeof array[0])

static char path[64];

static void set_up(void) { snprintf(path, sizeof path, "/tmp/gyeol-xlsx-%d.xlsx", (int)getpid()); }
static void tear_down(void) { unlink(path); }

TestSuite(xlsx, .init = set_up, .fini = tear_down, .timeout = 60);

Test(xlsx, dates_are_numbers_that_a_format_shows) {
  static const struct {
    double serial;
    gy_xlsx_format format;
    bool is_1904;
    const char *text;
  } CASES[] = {
      {40886, GY_XLSX_DATE, false, "2011-12-09"},
      {40886.351388888885, GY_XLSX_DATE_TIME, false, "2011-12-09 08:26:00"},
      {40886.351388888885, GY_XLSX_DATE, false, "2011-12-09 08:26:00"},
      {40886, GY_XLSX_DATE_TIME, false, "2011-12-09 00:00:00"},
      {1, GY_XLSX_DATE, false, "1900-01-01"},
      {59, GY_XLSX_DATE, false, "1900-02-28"},
      {60, GY_XLSX_DATE, false, "1900-02-29"}, /* which never was */
      {61, GY_XLSX_DATE, false, "1900-03-01"},
      {2958465, GY_XLSX_DATE, false, "9999-12-31"},
      {2958466, GY_XLSX_DATE, false, "2958466"},
      {-1, GY_XLSX_DATE, false, "-1"},
      {0, GY_XLSX_DATE, false, "0"},
      {0, GY_XLSX_DATE, true, "1904-01-01"},
      {39424, GY_XLSX_DATE, true, "2011-12-09"}, /* the same day, 1,462 less */
      {60, GY_XLSX_DATE, true, "1904-03-01"},
      {0.5, GY_XLSX_DATE_TIME, false, "12:00:00"},
      {0.999999999, GY_XLSX_DATE_TIME, false, "1900-01-01 00:00:00"},
      {40886.99999999999, GY_XLSX_DATE, false, "2011-12-10"},
      {40886.00000578704, GY_XLSX_DATE_TIME, false, "2011-12-09 00:00:00.500"},
      {1.25, GY_XLSX_DURATION, false, "30:00:00"},
  };
  for (size_t i = 0; i < COUNT(CASES); i++) {
    char text[GY_XLSX_NUMBER_TEXT];
    size_t n = gy_xlsx_date_text(CASES[i].serial, CASES[i].format, CASES[i].is_1904, text);
    cr_expect_str_eq(text, CASES[i].text, "%.17g", CASES[i].serial);
    cr_expect_eq(n, strlen(text));
  }
}

Test(xlsx, formats_of_dates_are_told_from_formats_of_numbers) {
  static const struct {
    const char *code;
    gy_xlsx_format format;
  } CASES[] = {{"General", GY_XLSX_NUMBER},
               {"0.00E+00", GY_XLSX_NUMBER},
               {"#,##0\"day\"", GY_XLSX_NUMBER},
               {"#,##0\"원\";[Red]-#,##0\"원\"", GY_XLSX_NUMBER},
               {"[Red]0", GY_XLSX_NUMBER},
               {"0\\d", GY_XLSX_NUMBER},
               {"_-* #,##0_-", GY_XLSX_NUMBER},
               {"@", GY_XLSX_NUMBER},
               {"yyyy-mm-dd", GY_XLSX_DATE},
               {"yyyy\"년\" m\"월\" d\"일\";@", GY_XLSX_DATE},
               {"[$-412]mmmm", GY_XLSX_DATE},
               {"m/d/yy h:mm", GY_XLSX_DATE_TIME},
               {"[$-409]h:mm AM/PM", GY_XLSX_DATE_TIME},
               {"mm:ss.0", GY_XLSX_DATE_TIME},
               {"[h]:mm:ss", GY_XLSX_DURATION},
               {"[mm]:ss", GY_XLSX_DURATION},
               {"\"", GY_XLSX_NUMBER},
               {"[", GY_XLSX_NUMBER},
               {"", GY_XLSX_NUMBER}};
  for (size_t i = 0; i < COUNT(CASES); i++)
    cr_expect_eq(gy_xlsx_custom_format(CASES[i].code), CASES[i].format, "%s", CASES[i].code);
  static const struct {
    uint32_t id;
    gy_xlsx_format format;
  } BUILT_IN[] = {{0, GY_XLSX_NUMBER},     {4, GY_XLSX_NUMBER}, {14, GY_XLSX_DATE},   {17, GY_XLSX_DATE},
                  {22, GY_XLSX_DATE_TIME}, {31, GY_XLSX_DATE},  {37, GY_XLSX_NUMBER}, {46, GY_XLSX_DURATION},
                  {49, GY_XLSX_NUMBER},    {57, GY_XLSX_DATE}};
  for (size_t i = 0; i < COUNT(BUILT_IN); i++)
    cr_expect_eq(gy_xlsx_builtin_format(BUILT_IN[i].id), BUILT_IN[i].format, "%u", BUILT_IN[i].id);
}

Test(xlsx, numbers_have_no_more_digits_than_a_spreadsheet_shows) {
  static const struct {
    double value;
    const char *text;
  } CASES[] = {{19.989999999999998, "19.99"},
               {0.1 + 0.2, "0.3"},
               {17850, "17850"},
               {1234567890123456, "1234567890123456"}};
  for (size_t i = 0; i < COUNT(CASES); i++) {
    char text[GY_XLSX_NUMBER_TEXT];
    gy_xlsx_number_text(CASES[i].value, text);
    cr_expect_str_eq(text, CASES[i].text);
  }
}

Test(xlsx, escapes_become_their_characters) {
  static const char *const CASES[][2] = {{"a_x000D_b", "a\rb"},
                                         {"_x005F_x0041_", "_x0041_"},
                                         {"_x0041", "_x0041"},
                                         {"_xZZZZ_", "_xZZZZ_"},
                                         {"_x0000_", "_x0000_"},
                                         {"_xD83D__xDE00_", "\xF0\x9F\x98\x80"},
                                         {"_xD83D_!", "\xEF\xBF\xBD!"},
                                         {"_xAC00_", "가"},
                                         {"plain", "plain"}};
  for (size_t i = 0; i < COUNT(CASES); i++) {
    char text[64];
    strcpy(text, CASES[i][0]);
    text[gy_xlsx_unescape(text, strlen(text))] = '\0';
    cr_expect_str_eq(text, CASES[i][1], "%s", CASES[i][0]);
  }
}

Test(xlsx, references_and_letters_agree) {
  static const struct {
    const char *text;
    uint32_t column, row;
  } CASES[] = {{"A1", 0, 1}, {"Z9", 25, 9}, {"AA10", 26, 10}, {"XFD1048576", 16383, 1048576}};
  for (size_t i = 0; i < COUNT(CASES); i++) {
    uint32_t column, row;
    char letters[GY_XLSX_LETTERS];
    cr_assert_not_null(gy_xlsx_reference(CASES[i].text, &column, &row));
    cr_expect_eq(column, CASES[i].column);
    cr_expect_eq(row, CASES[i].row);
    gy_xlsx_letters(column, letters);
    cr_expect_eq(strncmp(letters, CASES[i].text, strlen(letters)), 0, "%s", letters);
  }
  static const char *const NONE[] = {"", "1", "A", "A0", "XFE1", "ABCDE1", "A99999999999", "a1"};
  for (size_t i = 0; i < COUNT(NONE); i++) {
    uint32_t column, row;
    cr_expect_null(gy_xlsx_reference(NONE[i], &column, &row), "%s", NONE[i]);
  }
}

/* ---- tables as text: names, then records, "|" between fields; an error has a "!" before it ---- */

static void append_records(gy_buffer *out, const gy_xlsx_records *r, size_t width) {
  for (size_t i = 0; i < r->n; i++) {
    gy_buffer_printf(out, "\n%llu:", (unsigned long long)r->lines[i]);
    for (size_t f = 0; f < width; f++) {
      const gy_csv_slice *cell = &r->fields[i * width + f];
      if (f > 0) gy_buffer_text(out, "|");
      gy_buffer_append(out, r->text.data + cell->begin, cell->length);
      for (size_t e = 0; e < r->n_faults; e++)
        if (r->faults[e].record == i && r->faults[e].field == f)
          gy_buffer_printf(out, "!%.*s", (int)r->faults[e].text.length,
                           r->text.data + r->faults[e].text.begin);
    }
  }
}

static gy_status read_table(gy_xlsx_table *t, size_t max, gy_buffer *out, gy_error *err) {
  size_t width = t->header.n_columns, columns[64];
  bool fills[64];
  gy_xlsx_records r = {0};
  for (size_t c = 0; c < width; c++) {
    gy_buffer_printf(out, "%s%s", c > 0 ? "|" : "", t->header.columns[c].name);
    columns[c] = c;
    fills[c] = true;
  }
  gy_status status = gy_xlsx_table_start(t, columns, fills, width, err);
  do {
    if (status == GY_OK) status = gy_xlsx_table_next(t, max, &r, err);
    if (status == GY_OK) append_records(out, &r, width);
  } while (status == GY_OK && r.n > 0);
  gy_xlsx_records_clear(&r);
  return status;
}

static gy_status read_book(const gy_xlsx_place *place, size_t max, char **text, gy_error *err) {
  gy_xlsx_book *book = NULL;
  gy_xlsx_table *table = NULL;
  gy_buffer out;
  gy_buffer_init(&out, 1 << 20);
  gy_status status = gy_xlsx_book_open(path, 0, &book, err);
  if (status == GY_OK) status = gy_xlsx_table_open(book, place, &table, err);
  if (status == GY_OK) status = read_table(table, max, &out, err);
  gy_xlsx_table_close(table);
  gy_xlsx_book_close(book);
  if (status == GY_OK) {
    *text = gy_buffer_take(&out);
    if (*text == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the test");
  }
  gy_buffer_clear(&out);
  return status;
}

static void expect_table(const char *rows, const char *behind, const gy_xlsx_place *place,
                         const char *expected) {
  static char sheet[ROOM];
  xlsx_part parts[] = {
      {XLSX_SHEET, xlsx_sheet_xml(sheet, ROOM, rows, behind)},
      {XLSX_STRINGS,
       "<sst><si><t>이름</t></si><si><r><t>rich </t></r><r><rPr/><t xml:space=\"preserve\">text</t></r>"
       "<rPh sb=\"0\" eb=\"1\"><t>left out</t></rPh></si><si/><si><t>a&amp;b_x000A_c</t></si></sst>"}};
  xlsx_book_write(path, parts, COUNT(parts));
  for (size_t max = 1; max <= 64; max *= 8) {
    gy_error err = {0};
    char *text = NULL;
    gy_status status = read_book(place, max, &text, &err);
    cr_expect_eq(status, GY_OK, "%s", err.text);
    if (status == GY_OK) cr_expect_str_eq(text, expected);
    free(text);
  }
}

#define HEAD "<row r=\"1\"><c t=\"s\"><v>0</v></c><c t=\"str\"><v>b</v></c></row>"

Test(xlsx, every_kind_of_cell_is_read) {
  expect_table(
      HEAD
      "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c><c r=\"B2\"><v>19.989999999999998</v></c></row>"
      "<row r=\"3\"><c r=\"A3\" t=\"s\"><v>3</v></c><c r=\"B3\" s=\"1\"><v>40886</v></c></row>"
      "<row r=\"4\"><c r=\"A4\" t=\"b\"><v>1</v></c><c r=\"B4\" s=\"2\"><v>40886.5</v></c></row>"
      "<row r=\"5\"><c r=\"A5\" "
      "t=\"inlineStr\"><is><r><t>in</t></r><r><t>line</t></r><rPh><t>x</t></rPh></is>"
      "</c><c r=\"B5\" s=\"3\"><v>40886</v></c></row>"
      "<row r=\"6\"><c r=\"A6\" t=\"str\"><f>A1&amp;B1</f><v>formula</v></c><c "
      "r=\"B6\"><f>1+1</f><v>2</v></c></row>"
      "<row r=\"7\"><c r=\"A7\" t=\"d\"><v>2011-12-09T08:26:00</v></c><c r=\"B7\" t=\"b\"><v>0</v></c></row>"
      "<row r=\"8\"><c r=\"A8\" t=\"s\"><v>2</v></c><c r=\"B8\"><v>1E3</v></c></row>",
      "", &(gy_xlsx_place){0},
      "이름|b\n2:rich text|19.99\n3:a&b\nc|2011-12-09\n4:true|2011-12-09 12:00:00\n5:inline|2011-12-09\n"
      "6:formula|2\n7:2011-12-09T08:26:00|false\n8:|1E3");
}

Test(xlsx, errors_of_the_sheet_are_marked) {
  expect_table(HEAD
               "<row r=\"2\"><c t=\"e\"><f>VLOOKUP(1,2,3)</f><v>#N/A</v></c><c><v>1</v></c></row>"
               "<row r=\"3\"><c><f>A1</f></c><c><v>2</v></c></row><row "
               "r=\"4\"><c><f>A1</f><v/></c><c><v>3</v></c></row>"
               "<row r=\"5\"><c t=\"str\"><f>IF(1,\"\")</f><v></v></c><c><v>4</v></c></row>",
               "", &(gy_xlsx_place){0}, "이름|b\n2:!#N/A|1\n3:!not calculated|2\n4:!not calculated|3\n5:|4");
}

Test(xlsx, rows_and_columns_may_be_free_or_hidden) {
  expect_table(
      "<row r=\"3\"><c r=\"C3\" t=\"str\"><v>a</v></c><c r=\"D3\" t=\"str\"><v>a</v></c><c r=\"F3\" "
      "t=\"str\"><v> c\nd "
      "</v></c></row><row r=\"5\" hidden=\"1\"><c r=\"C5\"><v>1</v></c></row><row r=\"6\"/>"
      "<row r=\"9\"><c r=\"D9\"><v>2</v></c><c r=\"G9\"><v>beside</v></c></row>"
      "<row r=\"10\"><c r=\"H10\" t=\"str\"><v>a note beside</v></c></row>",
      "", &(gy_xlsx_place){0}, "a|a_2|c d\n5:1||\n9:|2|");
  expect_table(
      "<row><c t=\"str\"><v>a</v></c><c t=\"str\"><v/></c><c t=\"str\"><v>b</v></c></row>"
      "<row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>",
      "", &(gy_xlsx_place){0}, "a|column2|b\n2:1|2|3");
}

#define TEXT(ref, text)     "<c r=\"" ref "\" t=\"str\"><v>" text "</v></c>"
#define NUMBER(ref, number) "<c r=\"" ref "\"><v>" number "</v></c>"
#define MERGED(areas)       "<mergeCells>" areas "</mergeCells><extLst><x:ext/></extLst>"
#define MERGE(area)         "<mergeCell ref=\"" area "\"/>"

Test(xlsx, titles_above_the_header_are_passed_over) {
  static const char ROWS[] = "<row r=\"1\">" TEXT("A1", "3월 주문") "</row><row r=\"2\">" TEXT("A2", "부서") TEXT("B2", "영업") "</row>"
                             "<row r=\"4\">" TEXT("A4", "a") TEXT("B4", "b") TEXT("C4", "c") "</row>"
                             "<row r=\"5\">" NUMBER("A5", "1") NUMBER("B5", "2") NUMBER("C5", "3") "</row>"
                             "<row r=\"6\">" NUMBER("A6", "4") NUMBER("B6", "5") NUMBER("C6", "6") "</row>";
  expect_table(ROWS, MERGED(MERGE("A1:C1")), &(gy_xlsx_place){0}, "a|b|c\n5:1|2|3\n6:4|5|6");
  gy_xlsx_place stated = {.is_known = true, .skip_lines = 3, .header_rows = 1};
  expect_table(ROWS, "", &stated, "a|b|c\n5:1|2|3\n6:4|5|6");
  gy_xlsx_place no_names = {.is_known = true, .skip_lines = 4};
  expect_table(ROWS, "", &no_names, "column1|column2|column3\n5:1|2|3\n6:4|5|6");
}

Test(xlsx, notes_below_the_table_do_not_hide_it) {
  expect_table("<row r=\"1\">" TEXT("A1", "title") "</row><row r=\"2\">" TEXT("A2", "a") TEXT("B2", "b") "</row>"
               "<row r=\"3\">" NUMBER("A3", "1") NUMBER("B3", "2") "</row><row r=\"4\">" NUMBER("A4", "3") "</row>"
               "<row r=\"7\">" TEXT("A7", "note") "</row><row r=\"8\">" TEXT("A8", "note") "</row>",
               "", &(gy_xlsx_place){0}, "a|b\n3:1|2\n4:3|\n7:note|\n8:note|");
}

Test(xlsx, a_header_of_two_rows_is_joined) {
  static const char ROWS[] = "<row r=\"1\">" TEXT("A1", "고객") TEXT("B1", "주문")
      TEXT("D1", "금액") "</row><row r=\"2\">" TEXT("B2", "번호")
          TEXT("C2", "일시") "</row><row r=\"3\">" NUMBER("A3", "1") NUMBER("B3", "2") NUMBER("C3", "3")
              NUMBER("D3", "4") "</row><row r=\"4\">" NUMBER("A4", "5") NUMBER("B4", "6") NUMBER("C4", "7")
                  NUMBER("D4", "8") "</row>";
  expect_table(ROWS, MERGED(MERGE("A1:A2") MERGE("B1:C1") MERGE("D1:D2")), &(gy_xlsx_place){0},
               "고객|주문 번호|주문 일시|금액\n3:1|2|3|4\n4:5|6|7|8");
  static const char BOTH[] =
      "<row r=\"1\">" TEXT("A1", "고객") TEXT("C1", "주문") "</row><row r=\"2\">" TEXT("A2", "번호")
          TEXT("B2", "이름") TEXT("C2", "번호") TEXT("D2", "주문") "</row><row r=\"3\">" NUMBER("A3", "1")
              NUMBER("B3", "2") NUMBER("C3", "3") NUMBER("D3", "4") "</row>";
  expect_table(BOTH, MERGED(MERGE("A1:B1") MERGE("C1:D1")), &(gy_xlsx_place){0},
               "고객 번호|고객 이름|주문 번호|주문\n3:1|2|3|4");
  gy_xlsx_place stated = {.is_known = true, .header_rows = 2};
  expect_table(BOTH, "", &stated, "고객 번호|이름|주문 번호|주문\n3:1|2|3|4");
}

Test(xlsx, a_table_without_names_gets_numbers) {
  expect_table("<row r=\"2\">" TEXT("A2", "x") NUMBER("B2", "1") "</row><row r=\"3\">" TEXT("A3", "y")
                   NUMBER("B3", "2") "</row>",
               "", &(gy_xlsx_place){0}, "column1|column2\n2:x|1\n3:y|2");
}

Test(xlsx, a_merged_cell_holds_for_its_rows) {
  static const char ROWS[] = "<row r=\"1\">" TEXT("A1", "a")
      TEXT("B1", "b") "</row><row r=\"2\">" TEXT("A2", "x") NUMBER("B2", "1") "</row><row r=\"3\">" NUMBER(
          "B3", "2") "</row><row r=\"5\">" NUMBER("B5", "3") "</row><row r=\"6\">" NUMBER("B6", "4") "</row>";
  expect_table(ROWS, MERGED(MERGE("A2:A5")), &(gy_xlsx_place){0}, "a|b\n2:x|1\n3:x|2\n5:x|3\n6:|4");
  expect_table(ROWS, "", &(gy_xlsx_place){0}, "a|b\n2:x|1\n3:|2\n5:|3\n6:|4");
}

Test(xlsx, prefixes_of_names_mean_nothing) {
  xlsx_part parts[] = {
      {XLSX_SHEET,
       "<x:worksheet xmlns:x=\"a\"><x:sheetData><x:row r=\"1\"><x:c t=\"str\"><x:v>a</x:v></x:c>"
       "<x:c t=\"str\"><x:v>b</x:v></x:c></x:row><x:row><x:c><x:v>1</x:v></x:c></x:row><x:row>"
       "<x:c r=\"B3\"><x:v>2</x:v></x:c></x:row></x:sheetData><x:mergeCells><x:mergeCell ref=\"A2:A3\"/>"
       "</x:mergeCells></x:worksheet>"}};
  xlsx_book_write(path, parts, COUNT(parts));
  gy_error err = {0};
  char *text = NULL;
  cr_assert_eq(read_book(&(gy_xlsx_place){0}, 8, &text, &err), GY_OK, "%s", err.text);
  cr_expect_str_eq(text, "a|b\n2:1|\n3:1|2");
  free(text);
}

/* ---- sheets ---- */

#define REL(id, target)    \
  "<Relationship Id=\"" id \
  "\" Type=\"http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet\" Target=\"" target "\"/>"
#define ONE(name)                                                                              \
  "<worksheet><sheetData><row>" TEXT("A1", name) TEXT("B1", "n") "</row><row>" TEXT("A2", "x") \
      NUMBER("B2", "1") "</row></sheetData></worksheet>"

static const xlsx_part SHEETS[] = {
    {XLSX_BOOK,
     "<workbook xmlns:r=\"a\"><workbookPr date1904=\"true\"/><sheets><sheet name=\"cover\" r:id=\"r1\"/>"
     "<sheet name=\"lists\" state=\"hidden\" r:id=\"r2\"/><sheet name=\"2\" r:id=\"r3\"/>"
     "<sheet name=\"고객\" r:id=\"r4\"/><sheet name=\"chart\" r:id=\"r5\"/></sheets></workbook>"},
    {XLSX_LINKS, "<Relationships>" REL("r1", "worksheets/../worksheets/cover.xml") REL("r2", "/xl/lists.xml")
                     REL("r3", "two.xml") REL("r4", "./four.xml") "</Relationships>"},
    {"xl/worksheets/cover.xml",
     "<worksheet><sheetData><row><c t=\"str\"><v>a title</v></c></row></sheetData></worksheet>"},
    {"xl/lists.xml", ONE("hidden")},
    {"xl/two.xml", ONE("two")},
    {"xl/four.xml", ONE("four")}};

Test(xlsx, sheets_go_by_name_then_by_number) {
  static const struct {
    const char *sheet, *first;
  } CASES[] = {{NULL, "two"},    {"", "two"},   {"2", "two"},
               {"고객", "four"}, {"4", "four"}, {"lists", "hidden"}};
  xlsx_book_write(path, SHEETS, COUNT(SHEETS));
  for (size_t i = 0; i < COUNT(CASES); i++) {
    gy_xlsx_place place = {.sheet = CASES[i].sheet};
    gy_error err = {0};
    char *text = NULL;
    cr_assert_eq(read_book(&place, 8, &text, &err), GY_OK, "%s", err.text);
    cr_expect_eq(strncmp(text, CASES[i].first, strlen(CASES[i].first)), 0, "%s: %s", CASES[i].sheet, text);
    free(text);
  }
  static const struct {
    const char *sheet, *part;
    gy_status status;
  } WRONG[] = {{"orders", "cover, lists, 2, 고객, chart", GY_ECONFIG},
               {"9", "no sheet '9'", GY_ECONFIG},
               {"cover", "no rows below a header", GY_EDATA},
               {"chart", "holds no cells", GY_ECONFIG}};
  for (size_t i = 0; i < COUNT(WRONG); i++) {
    gy_xlsx_place place = {.sheet = WRONG[i].sheet};
    gy_error err = {0};
    char *text = NULL;
    cr_expect_eq(read_book(&place, 8, &text, &err), WRONG[i].status, "%s", WRONG[i].sheet);
    cr_expect_not_null(strstr(err.text, WRONG[i].part), "%s", err.text);
  }
}

Test(xlsx, the_date_system_of_the_book_counts) {
  xlsx_part parts[COUNT(SHEETS)];
  memcpy(parts, SHEETS, sizeof SHEETS);
  parts[4].text = "<worksheet><sheetData><row>" TEXT("A1", "a") TEXT("B1", "b") "</row><row><c s=\"1\"><v>39424</v></c></row>"
                  "</sheetData></worksheet>";
  xlsx_part all[COUNT(SHEETS) + 1];
  memcpy(all, parts, sizeof parts);
  all[COUNT(SHEETS)] = (xlsx_part){XLSX_LINKS, NULL};
  all[1].text = "<Relationships>" REL(
      "r3", "two.xml") "<Relationship Id=\"s\" Type=\"x/styles\" Target=\"styles.xml\"/></Relationships>";
  xlsx_book_write(path, all, COUNT(SHEETS));
  gy_error err = {0};
  char *text = NULL;
  cr_assert_eq(read_book(&(gy_xlsx_place){.sheet = "2"}, 8, &text, &err), GY_OK, "%s", err.text);
  cr_expect_str_eq(text, "a|b\n2:2011-12-09|");
  free(text);
}

static gy_status read_once(void *user, gy_error *err) {
  (void)user;
  char *text = NULL;
  gy_status status = read_book(&(gy_xlsx_place){0}, 4, &text, err);
  free(text);
  return status;
}

Test(xlsx, every_failed_allocation_is_said) {
  static char sheet[ROOM];
  xlsx_part parts[] = {
      {XLSX_SHEET,
       xlsx_sheet_xml(sheet, ROOM,
                      HEAD
                      "<row r=\"2\"><c t=\"s\"><v>0</v></c><c s=\"1\"><v>40886</v></c></row><row r=\"3\">"
                      "<c t=\"e\"><v>#N/A</v></c><c r=\"B3\" t=\"inlineStr\"><is><t>x</t></is></c></row>",
                      MERGED(MERGE("A2:A3")))},
      {XLSX_STRINGS, "<sst><si><t>이름</t></si></sst>"}};
  xlsx_book_write(path, parts, COUNT(parts));
  cr_expect_gt(alloc_fail_each("a small workbook", read_once, NULL), 20);
}

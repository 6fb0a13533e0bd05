/* SPDX-License-Identifier: Apache-2.0
 *
 * Workbooks for tests: archives put together part by part, so that any of them can be wrong. */
#ifndef TEST_XLSX_FIXTURE_H
#define TEST_XLSX_FIXTURE_H

#include <stddef.h>

typedef struct xlsx_part {
  const char *name, *text;
} xlsx_part;

/* Writes an archive of these parts. */
void xlsx_archive_write(const char *path, const xlsx_part *parts, size_t n);

/* The parts that a workbook of one sheet, "주문", must have around the sheet itself; a part of the same name
 * in `parts` takes the place of one of them, and one whose text is NULL takes it away. */
void xlsx_book_write(const char *path, const xlsx_part *parts, size_t n);

/* A worksheet part around rows, e.g. "<row><c><v>1</v></c></row>", and what follows them. */
const char *xlsx_sheet_xml(char *out, size_t room, const char *rows, const char *behind);

#define XLSX_SHEET   "xl/worksheets/sheet1.xml"
#define XLSX_STRINGS "xl/sharedStrings.xml"
#define XLSX_STYLES  "xl/styles.xml"
#define XLSX_BOOK    "xl/workbook.xml"
#define XLSX_LINKS   "xl/_rels/workbook.xml.rels"

#endif

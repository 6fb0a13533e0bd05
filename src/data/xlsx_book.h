/* SPDX-License-Identifier: Apache-2.0
 *
 * A workbook (.xlsx, .xlsm; ECMA-376 and ISO/IEC 29500, strict or transitional): which sheets it has, and
 * what their cells share.
 *
 *   _rels/.rels -> xl/workbook.xml -> xl/_rels/workbook.xml.rels -> xl/worksheets/sheet1.xml ...
 *                                                                  xl/styles.xml, xl/sharedStrings.xml */
#ifndef GYEOL_DATA_XLSX_BOOK_H
#define GYEOL_DATA_XLSX_BOOK_H

#include "base/arena.h"
#include "data/xlsx_strings.h"
#include "data/xlsx_styles.h"

enum { GY_XLSX_SHEETS_MAX = 4096 };

typedef struct gy_xlsx_sheet_info {
  const char *name;
  const char *relation; /* its id, inside only */
  const char *part;     /* NULL: a chart or a dialog */
  bool is_hidden;
} gy_xlsx_sheet_info;

typedef struct gy_xlsx_book {
  gy_xlsx_archive *archive;
  gy_xlsx_sheet_info *sheets; /* in the order of their tabs */
  size_t n_sheets;
  bool is_1904;
  gy_xlsx_styles styles;
  gy_xlsx_strings strings;
  gy_arena arena; /* owns the names */
} gy_xlsx_book;

/* Opens the workbook and reads all but its sheets. `strings_bytes`: what shared strings may take, 0 for 1
 * GiB. Errors as gy_xlsx_archive_open, GY_EPARSE with what it is where it is no workbook. */
GY_MUST_USE gy_status gy_xlsx_book_open(const char *path, size_t strings_bytes, gy_xlsx_book **book,
                                        gy_error *err);
void gy_xlsx_book_close(gy_xlsx_book *book); /* NULL-safe */

const char *gy_xlsx_book_path(const gy_xlsx_book *book);

/* The sheet by its name, or by its number from 1 where no sheet has that name. GY_ECONFIG names those there
 * are.
 */
GY_MUST_USE gy_status gy_xlsx_book_find(const gy_xlsx_book *book, const char *sheet, size_t *index,
                                        gy_error *err);

#endif

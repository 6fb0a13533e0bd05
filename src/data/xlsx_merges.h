/* SPDX-License-Identifier: Apache-2.0
 *
 * The merged areas of a sheet. A workbook lists them behind the cells, but they must be known before: so the
 * sheet is unpacked once, unparsed, to what follows its cells, and only that is parsed. */
#ifndef GYEOL_DATA_XLSX_MERGES_H
#define GYEOL_DATA_XLSX_MERGES_H

#include "data/xlsx_archive.h"

enum { GY_XLSX_MERGES_MAX = 1 << 20 };

typedef struct gy_xlsx_merge {
  uint32_t first_row, last_row;       /* from 1, both within */
  uint32_t first_column, last_column; /* from 0, both within */
} gy_xlsx_merge;

typedef struct gy_xlsx_merges {
  gy_xlsx_merge *list; /* by first row, then by first column */
  size_t n, capacity;
} gy_xlsx_merges;

/* XML that cannot be read ends the list without an error: whoever reads the sheet will say so. GY_ELIMIT, and
 * what gy_xlsx_part_read says. */
GY_MUST_USE gy_status gy_xlsx_merges_read(gy_xlsx_archive *archive, const char *part, gy_xlsx_merges *merges,
                                          gy_error *err);
void gy_xlsx_merges_clear(gy_xlsx_merges *merges); /* safe on a zeroed struct */

/* Reads "BC12": its column from 0, its row from 1, and where it ends; NULL when it is none. */
const char *gy_xlsx_reference(const char *text, uint32_t *column, uint32_t *row);

/* Writes the letters of a column from 0: 0 is "A", 26 is "AA". */
enum { GY_XLSX_LETTERS = 8 };
void gy_xlsx_letters(uint32_t column, char letters[GY_XLSX_LETTERS]);

#endif

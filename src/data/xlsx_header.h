/* SPDX-License-Identifier: Apache-2.0
 *
 * Where in a sheet the table is. Sheets made by people begin with titles and notes, may leave rows and
 * columns free, and may have a header of two rows, its upper cells merged over the columns that they sum up:
 *
 *   |        | Sales of March |        |          |        |     title: passed over
 *   |        | customer |      order             | amount |
 *   |        |          |   no   |     date      |        |     customer, order no, order date, amount
 *
 * Inside the data room only. */
#ifndef GYEOL_DATA_XLSX_HEADER_H
#define GYEOL_DATA_XLSX_HEADER_H

#include "base/arena.h"
#include "data/xlsx_merges.h"
#include "data/xlsx_sheet.h"

enum { GY_XLSX_ROWS_LOOKED_AT = 200 };

typedef struct gy_xlsx_column {
  const char *name;
  uint32_t position; /* in the sheet, from 0 */
  bool is_renamed;   /* another column had that name before */
} gy_xlsx_column;

typedef struct gy_xlsx_header {
  uint32_t skip_lines; /* rows of the sheet before the header */
  uint32_t n_rows;     /* of the header; 0: columns are called column1, column2, ... */
  uint32_t last_row;   /* of the header; the table's rows come behind it */
  gy_xlsx_column *columns;
  size_t n_columns;
  bool has_rows; /* below the header */
} gy_xlsx_header;

/* Finds the table among the first rows of a sheet: the header is the first row with about as many cells as
 * the rows have, if all of them are texts; two rows where merged cells bind it to the one above or below.
 * Sets skip_lines and n_rows. */
void gy_xlsx_header_find(const gy_xlsx_rows *rows, const gy_xlsx_merges *merges, gy_xlsx_header *header);

/* Names the columns of a header whose skip_lines and n_rows are set. A column without a name and without a
 * value in these rows is none. False when memory is spent. */
bool gy_xlsx_header_read(const gy_xlsx_rows *rows, const gy_xlsx_merges *merges, gy_arena *arena,
                         gy_xlsx_header *header);

#endif

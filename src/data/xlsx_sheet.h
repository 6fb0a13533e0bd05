/* SPDX-License-Identifier: Apache-2.0
 *
 * The cells of a sheet, row after row, as they are unpacked and parsed: what is in memory is a batch of rows,
 * however many the sheet has.
 *
 * Every value is text, as the cell shows it in the main: numbers with a point and at most 15 digits, dates
 * and times by the format of the cell, TRUE as "true", shared and inline strings with their runs joined. A
 * formula gives the result that was stored with it. Rows and cells without a value are passed over. */
#ifndef GYEOL_DATA_XLSX_SHEET_H
#define GYEOL_DATA_XLSX_SHEET_H

#include "data/xlsx_book.h"

enum {
  GY_XLSX_COLUMNS_MAX = 16384,
  GY_XLSX_CELL_BYTES_MAX = 1 << 20, /* Excel's own limit is 32,767 characters */
  GY_XLSX_BATCH_BYTES = 16 << 20,
  GY_XLSX_BATCH_CELLS = 1 << 20,
};

typedef enum gy_xlsx_kind {
  GY_XLSX_CELL_TEXT,
  GY_XLSX_CELL_NUMBER,
  GY_XLSX_CELL_TIME,
  GY_XLSX_CELL_BOOL,
  GY_XLSX_CELL_ERROR, /* #N/A, #DIV/0!, ...; a formula without a stored result */
} gy_xlsx_kind;

typedef struct gy_xlsx_cell {
  uint32_t column; /* from 0 */
  uint32_t begin, length;
  gy_xlsx_kind kind;
} gy_xlsx_cell;

typedef struct gy_xlsx_row {
  uint32_t number; /* from 1, as Excel shows it */
  uint32_t first_cell, n_cells;
} gy_xlsx_row;

/* Zero-initialise before first use; filled again and again. */
typedef struct gy_xlsx_rows {
  gy_buffer text;
  gy_xlsx_cell *cells;
  gy_xlsx_row *rows;
  size_t n_cells, cell_capacity, n_rows, row_capacity;
  uint64_t n_hidden;     /* of these rows */
  uint64_t n_uncomputed; /* formulas without a stored result */
} gy_xlsx_rows;

typedef struct gy_xlsx_sheet gy_xlsx_sheet;

/* Opens the cells of a sheet that has a part; the book is lent. */
GY_MUST_USE gy_status gy_xlsx_sheet_open(gy_xlsx_book *book, size_t index, gy_xlsx_sheet **sheet,
                                         gy_error *err);
void gy_xlsx_sheet_close(gy_xlsx_sheet *sheet); /* NULL-safe */

/* The next rows, at most `max_rows` of them and about GY_XLSX_BATCH_BYTES; none at the end. GY_EPARSE,
 * GY_ELIMIT. */
GY_MUST_USE gy_status gy_xlsx_sheet_next(gy_xlsx_sheet *sheet, size_t max_rows, gy_xlsx_rows *rows,
                                         gy_error *err);
void gy_xlsx_rows_clear(gy_xlsx_rows *rows);

double gy_xlsx_sheet_progress(const gy_xlsx_sheet *sheet);

#endif

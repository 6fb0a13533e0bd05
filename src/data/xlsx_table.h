/* SPDX-License-Identifier: Apache-2.0
 *
 * A sheet as a table: named columns, and records of the columns that are wanted, batch after batch.
 *
 *   book -> sheet (named, numbered, or the first that is a table) -> header (stated or found) -> records
 *
 * Rows without any value in the table's columns are no records. Hidden rows and columns are read like others:
 * hiding is how they are looked at, not what they are. A merged cell has its value in its first row and
 * column alone; where a column wants it, the value holds for the rows below that are merged with it. */
#ifndef GYEOL_DATA_XLSX_TABLE_H
#define GYEOL_DATA_XLSX_TABLE_H

#include "data/csv_tokenize.h"
#include "data/xlsx_header.h"
#include "data/xlsx_place.h"

typedef struct gy_xlsx_table {
  gy_xlsx_book *book; /* lent */
  size_t sheet;       /* its index in the book */
  gy_xlsx_header header;
  gy_xlsx_merges merges;
  gy_arena arena;
  gy_xlsx_sheet *cells; /* of the reading under way */
  gy_xlsx_rows rows;
  struct gy_xlsx_field *fields;
  int *field_of; /* per column of the sheet up to the last: which field, -1: none */
  size_t n_fields, next_merge;
} gy_xlsx_table;

/* Opens a table; the book is lent. GY_ECONFIG for a sheet that is not there, GY_EDATA where no sheet is a
 * table or the sheet has no rows; what reading says. Close it after success. */
GY_MUST_USE gy_status gy_xlsx_table_open(gy_xlsx_book *book, const gy_xlsx_place *place,
                                         gy_xlsx_table **table, gy_error *err);
void gy_xlsx_table_close(gy_xlsx_table *table); /* NULL-safe */

static inline const char *gy_xlsx_table_sheet(const gy_xlsx_table *t) {
  return t->book->sheets[t->sheet].name;
}

/* Begins to read: field f of every record is column columns[f] of the header; `fills` says of each whether a
 * merged cell's value holds for all its rows. May be called again. */
GY_MUST_USE gy_status gy_xlsx_table_start(gy_xlsx_table *table, const size_t *columns, const bool *fills,
                                          size_t n, gy_error *err);

/* A cell that is an error of the sheet instead of a value. */
typedef struct gy_xlsx_fault {
  uint32_t record, field;
  gy_csv_slice text; /* "#N/A"; the field itself is empty */
} gy_xlsx_fault;

/* Zero-initialise before first use. */
typedef struct gy_xlsx_records {
  gy_buffer text;
  gy_csv_slice *fields; /* n_fields a record */
  uint64_t *lines;      /* rows of the sheet, from 1 */
  size_t n, capacity;
  gy_xlsx_fault *faults; /* by record */
  size_t n_faults, fault_capacity;
  uint64_t last_line;              /* of the sheet so far */
  uint64_t n_hidden, n_uncomputed; /* rows; formulas without a stored result */
} gy_xlsx_records;

/* The next records, at most `max`; none at the end. Used by one thread at a time. */
GY_MUST_USE gy_status gy_xlsx_table_next(gy_xlsx_table *table, size_t max, gy_xlsx_records *records,
                                         gy_error *err);
void gy_xlsx_records_clear(gy_xlsx_records *records);

double gy_xlsx_table_progress(const gy_xlsx_table *table);

#endif

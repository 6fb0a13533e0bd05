/* SPDX-License-Identifier: Apache-2.0
 *
 * Delimited text -> field slices. A text is indexed once (csv_index.h), then walked record by record;
 * escaped fields are cleaned in place, so every slice is the field's plain value.
 *
 * Lines are physical ones: a record's line is where it starts. Blank lines are no records. A '\r' before
 * the newline belongs to the newline. */
#ifndef GYEOL_DATA_CSV_TOKENIZE_H
#define GYEOL_DATA_CSV_TOKENIZE_H

#include "data/csv_dialect.h"
#include "data/csv_index.h"
#include <gyeol/status.h>

typedef struct gy_csv_slice {
  uint32_t begin, length; /* in the text */
} gy_csv_slice;

typedef enum gy_csv_fault_kind {
  GY_CSV_TOO_FEW,
  GY_CSV_TOO_MANY,
  GY_CSV_NUL,
  GY_CSV_NOT_UTF8,
  GY_CSV_UNCLOSED, /* a quote opens and the text ends */
} gy_csv_fault_kind;

/* A record that cannot be used, in place of its fields. */
typedef struct gy_csv_fault {
  gy_csv_fault_kind kind;
  uint64_t line;
  size_t n_fields;
  gy_csv_slice record;
} gy_csv_fault;

typedef struct gy_csv_batch {
  char *text;
  size_t n_records;
  gy_csv_slice *fields;        /* record r has fields[first_field[r] .. first_field[r + 1] - 1] */
  const uint32_t *first_field; /* n_records + 1 of them */
  uint64_t *lines;
  size_t n_faults;
  const gy_csv_fault *faults;
} gy_csv_batch;

typedef struct gy_csv_tokenizer gy_csv_tokenizer;

/* `newline` is '\n' or '\r'. With `n_columns` 0 records may have any number of fields; otherwise one with
 * another number is a fault. A batch holds at most `max_records` records and as many faults. */
GY_MUST_USE gy_status gy_csv_tokenizer_create(const gy_csv_dialect *dialect, char newline, size_t n_columns,
                                              size_t max_records, gy_csv_tokenizer **tokenizer,
                                              gy_error *err);
void gy_csv_tokenizer_destroy(gy_csv_tokenizer *tokenizer); /* NULL-safe */

/* Begins a text of whole records (the last one's newline may be missing) whose first line is
 * `first_line`. The text is lent, must stay until the next start, is changed where fields are cleaned, and
 * has GY_CSV_PADDING readable bytes behind it. At most 2^31 - 1 bytes. */
GY_MUST_USE gy_status gy_csv_tokenizer_start(gy_csv_tokenizer *tokenizer, char *text, size_t length,
                                             uint64_t first_line, gy_error *err);

/* The next records; no records and no faults at the end. Lends until the next call. */
GY_MUST_USE gy_status gy_csv_tokenizer_next(gy_csv_tokenizer *tokenizer, gy_csv_batch *batch, gy_error *err);

/* Where in the text the records given so far end. */
size_t gy_csv_tokenizer_offset(const gy_csv_tokenizer *tokenizer);

/* Length of the whole records at the beginning of `text`: where the last one ends that has its newline. */
GY_MUST_USE gy_status gy_csv_whole_records(gy_csv_tokenizer *tokenizer, const char *text, size_t length,
                                           size_t *whole, gy_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * How a delimited text file is written: what parts its fields, what guards them, whether it names its
 * columns. RFC 4180 is the default; everything else is what exports do instead.
 *
 * A field that begins with the quote runs to the next lone quote and may hold delimiters and newlines; a
 * doubled quote inside stands for one. A quote anywhere else is an ordinary character, and text between a
 * closing quote and the next delimiter belongs to the field (as Python's csv module reads it). */
#ifndef GYEOL_DATA_CSV_DIALECT_H
#define GYEOL_DATA_CSV_DIALECT_H

#include <stdbool.h>
#include <stdint.h>

#include <gyeol/status.h>

typedef struct gy_csv_dialect {
  char delimiter;
  char quote;          /* '\0': fields are never quoted */
  char escape;         /* '\0' or the character that makes the next one ordinary, mostly a backslash */
  bool merged;         /* a run of delimiters parts two fields, at the ends of a line it parts none */
  bool has_header;     /* the first record holds the names of the columns */
  uint32_t skip_lines; /* physical lines before the header: titles and notes */
} gy_csv_dialect;

/* Comma, double quote, header. */
gy_csv_dialect gy_csv_dialect_default(void);

/* GY_ECONFIG when two parts of the dialect are the same character or one is a newline. */
GY_MUST_USE gy_status gy_csv_dialect_check(const gy_csv_dialect *dialect, gy_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What a file is, told from the file itself: compression, encoding, format, delimiter, quote, header, and
 * of every column what its values look like.
 *
 *   beginning -> dialect -> records from the beginning, and from the middle and the end where the file can
 *   be read from there -> one gy_sniff_column a column, and codes of whole rows to relate columns by
 *
 * Files that fit into the sample are read whole, so that counts are exact; `is_whole` says so. */
#ifndef GYEOL_DATA_SNIFF_H
#define GYEOL_DATA_SNIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "data/csv_dialect.h"
#include "data/project_file.h"
#include "data/sniff_distinct.h"
#include "data/sniff_time.h"
#include "data/xlsx_place.h"

enum {
  GY_SNIFF_BYTES = 64 << 20, /* of decoded text from the beginning */
  GY_SNIFF_ROWS = 1000000,
  GY_SNIFF_PAIRED_ROWS = 1 << 15, /* rows kept as codes and numbers to relate columns by */
  GY_SNIFF_COLUMNS_MAX = 4096,
  GY_SNIFF_SAMPLES = 3,
};

typedef struct gy_sniff_column {
  const char *name;     /* as in the file; "column1".. where it has no header */
  bool is_duplicate;    /* another column had that name before; this one got an ending */
  uint64_t n_values;    /* not empty */
  uint64_t n_integers;  /* 12, -3, 17850.0 */
  uint64_t n_fractions; /* numbers with digits behind the decimal mark that are not all 0 */
  uint64_t n_reals;     /* 1e30, 2.5e-42, inf: numbers that are no money; in neither of the two */
  uint64_t n_negative, n_zero;
  uint64_t n_leading_zero; /* 0042: a code, not a number */
  uint64_t n_lettered[26]; /* one letter and digits, C536379: a mark of cancelled orders */
  uint64_t n_hangul;       /* with Hangul in them */
  uint64_t n_unspaced;     /* one word */
  uint64_t n_email, n_phone, n_resident, n_card; /* by look: direct identifiers of people */
  uint64_t n_hashes;                             /* 64 hexadecimal digits */
  uint64_t n_repeats;                            /* equal to the value before */
  uint64_t last_code;
  double least, most, sum;
  size_t min_length, max_length; /* bytes */
  uint64_t sum_length;
  gy_time_evidence times;
  gy_distinct distinct;
  bool is_rising;                        /* numbers or times never fall from row to row */
  const char *samples[GY_SNIFF_SAMPLES]; /* "" where there are fewer values */
  uint64_t *codes;                       /* hash of the value in each paired row, 0 where empty */
  double *numbers;                       /* its number in each paired row, NaN where it is none */
} gy_sniff_column;

typedef struct gy_sniff {
  const char *path;
  gy_file_format format;
  gy_encoding encoding;
  gy_compression compression;
  gy_csv_dialect dialect; /* of csv, tsv and spaces */
  gy_decimal_mark decimal;
  const char *sheet;    /* of a workbook; NULL of all else */
  uint32_t header_rows; /* of a sheet */
  gy_sniff_column *columns;
  size_t n_columns;
  uint64_t n_rows;   /* read */
  uint64_t n_faults; /* of them unusable: another number of fields, not text */
  size_t n_paired;
  bool is_whole;
} gy_sniff;

/* What `sniff` points to lives in `arena`, but for the distinct values, which gy_sniff_clear frees.
 * "book.xlsx#Orders" is a sheet of a workbook: `path` of the sniff is then the file alone.
 * GY_ENOTFOUND, GY_EIO, GY_EDATA (empty, or no rows below the
 * header), GY_EPARSE (not text), GY_ELIMIT (too many columns), GY_ENOMEM. */
GY_MUST_USE gy_status gy_sniff_file(const char *path, gy_arena *arena, gy_sniff *sniff, gy_error *err);

/* The same of the table at `place`, where the file is a workbook; all else it does not concern. */
GY_MUST_USE gy_status gy_sniff_place(const char *path, const gy_xlsx_place *place, gy_arena *arena,
                                     gy_sniff *sniff, gy_error *err);
void gy_sniff_clear(gy_sniff *sniff); /* safe on a zeroed struct; the arena stays */

/* Distinct values, never more than there are values; an estimate above GY_DISTINCT_MAX. */
uint64_t gy_sniff_distinct(const gy_sniff_column *column);
/* Shares in 0..1 of the values that are there; 0 without values. */
double gy_sniff_share(const gy_sniff_column *column, uint64_t n);
static inline double gy_sniff_number_share(const gy_sniff_column *column) {
  return gy_sniff_share(column, column->n_integers + column->n_fractions);
}

#endif

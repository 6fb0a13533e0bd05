/* SPDX-License-Identifier: Apache-2.0
 *
 * A delimited file as blocks of whole records, so that many threads can tokenize it at once. One lock
 * guards the cheap serial part: reading, finding the last record end of a block (a search for the last
 * newline where the block has no quote) and counting lines. Everything else happens outside it.
 *
 * A record longer than GY_CSV_RECORD_MAX, or one whose quote never closes, is given as a fault with the
 * line it starts on, and reading goes on behind its first physical line. */
#ifndef GYEOL_DATA_CSV_FILE_H
#define GYEOL_DATA_CSV_FILE_H

#include "data/byte_stream.h"
#include "data/csv_dialect.h"

enum { GY_CSV_RECORD_MAX = 16 << 20, GY_CSV_BLOCK_BYTES = 256 << 10 };

typedef struct gy_csv_file gy_csv_file;

/* Opens the file and reads its header. Columns without a name are called column1, column2, ...; the second
 * of two equal names gets the ending _2. GY_EDATA when there is no header line, GY_EPARSE when it cannot be
 * read. */
GY_MUST_USE gy_status gy_csv_file_open(const char *path, gy_encoding encoding, const gy_csv_dialect *dialect,
                                       gy_csv_file **file, gy_error *err);
void gy_csv_file_close(gy_csv_file *file); /* NULL-safe */

size_t gy_csv_file_column_count(const gy_csv_file *file);
const char *gy_csv_file_column_name(const gy_csv_file *file, size_t column);
size_t gy_csv_file_renamed(const gy_csv_file *file); /* columns whose name another one had before */
const gy_csv_dialect *gy_csv_file_dialect(const gy_csv_file *file);
char gy_csv_file_newline(const gy_csv_file *file);
const gy_byte_stream *gy_csv_file_stream(const gy_csv_file *file); /* for its encoding, size and position */

/* Zero-initialise before first use; the same block is filled again and again. */
typedef struct gy_csv_block {
  char *text; /* GY_CSV_PADDING readable bytes behind it */
  size_t length, capacity;
  uint64_t first_line, n_lines;
  bool open; /* the file ends before this record does: were the file to grow, it might go on */
  const char
      *fault; /* not NULL: `text` is the beginning of one record that cannot be read, for this reason */
} gy_csv_block;

/* The next whole records; length 0 and no fault at the end. Blocks come in file order, each to one caller;
 * any number of threads may call at once. */
GY_MUST_USE gy_status gy_csv_file_next(gy_csv_file *file, gy_csv_block *block, gy_error *err);
void gy_csv_block_clear(gy_csv_block *block);

/* Where a file that grows is read on: behind the last record that ends with its newline. */
typedef struct gy_csv_end {
  uint64_t offset; /* on disk; 0: it cannot be read on */
  uint64_t line;   /* that begins there */
  char newline;
} gy_csv_end;

/* Once every block was given. */
gy_csv_end gy_csv_file_end(const gy_csv_file *file);

/* Goes on at the end of an earlier reading, before the first block is taken; false where that cannot be. */
bool gy_csv_file_resume(gy_csv_file *file, const gy_csv_end *end);

#endif

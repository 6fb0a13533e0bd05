/* SPDX-License-Identifier: Apache-2.0
 *
 * A JSON file as blocks of whole records: one object a line (NDJSON), or a sequence of objects, in one array
 * or not, however they are laid out. */
#ifndef GYEOL_DATA_JSON_FILE_H
#define GYEOL_DATA_JSON_FILE_H

#include "data/byte_stream.h"
#include "data/csv_file.h"

typedef struct gy_json_file gy_json_file;

GY_MUST_USE gy_status gy_json_file_open(const char *path, gy_encoding encoding, gy_json_file **file,
                                        gy_error *err);
void gy_json_file_close(gy_json_file *file); /* NULL-safe */

bool gy_json_file_has_lines(const gy_json_file *file); /* NDJSON */
const gy_byte_stream *gy_json_file_stream(const gy_json_file *file);

/* The next block, as gy_csv_file_next; one thread at a time. */
GY_MUST_USE gy_status gy_json_file_next(gy_json_file *file, gy_csv_block *block, gy_error *err);

/* One record of a block. */
typedef struct gy_json_record {
  const char *text;
  size_t length;
  uint64_t line;
  bool unclosed;
} gy_json_record;

/* Finds the record at or after `*at` and moves behind it; false when there is none. `*line` is the line of
 * `*at`. */
bool gy_json_record_next(const char *text, size_t length, bool has_lines, size_t *at, uint64_t *line,
                         gy_json_record *record);

#endif

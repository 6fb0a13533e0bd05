/* SPDX-License-Identifier: Apache-2.0
 *
 * The shared strings of a workbook: texts that cells name by number. They are the one part that must be in
 * memory while a sheet is read: the texts one behind the other, and 4 bytes each for where they begin. Runs
 * of rich text are joined; phonetic guides are left out. */
#ifndef GYEOL_DATA_XLSX_STRINGS_H
#define GYEOL_DATA_XLSX_STRINGS_H

#include "base/buffer.h"
#include "data/xlsx_archive.h"

typedef struct gy_xlsx_strings {
  gy_buffer text;
  gy_buffer ends; /* uint32_t each: where a string ends, and the next begins */
} gy_xlsx_strings;

/* Reads the part; GY_ELIMIT when the texts take more than `max_bytes`. Clear it in either case. */
GY_MUST_USE gy_status gy_xlsx_strings_read(gy_xlsx_archive *archive, const char *part, size_t max_bytes,
                                           gy_xlsx_strings *strings, gy_error *err);
void gy_xlsx_strings_clear(gy_xlsx_strings *strings); /* safe on a zeroed struct */

/* False when there is no such string. Lends. */
bool gy_xlsx_strings_get(const gy_xlsx_strings *strings, size_t index, const char **text, size_t *length);

#endif

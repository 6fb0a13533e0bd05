/* SPDX-License-Identifier: Apache-2.0
 *
 * How a delimited text is written, told from its beginning. Inside the data room only. */
#ifndef GYEOL_DATA_SNIFF_DIALECT_H
#define GYEOL_DATA_SNIFF_DIALECT_H

#include <stdbool.h>
#include <stddef.h>

#include "data/csv_dialect.h"
#include <gyeol/status.h>

/* `text` is UTF-8 and ends at the end of a line or anywhere when the file goes on (`is_cut`); it is not
 * changed. Sets delimiter, quote, merged and skip_lines, and the newline; has_header is left to who knows
 * types. */
GY_MUST_USE gy_status gy_sniff_dialect(const char *text, size_t length, bool is_cut, gy_csv_dialect *dialect,
                                       char *newline, gy_error *err);

#endif

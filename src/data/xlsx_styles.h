/* SPDX-License-Identifier: Apache-2.0
 *
 * The styles of a workbook, as far as they say what numbers mean: one format a style. */
#ifndef GYEOL_DATA_XLSX_STYLES_H
#define GYEOL_DATA_XLSX_STYLES_H

#include "data/xlsx_archive.h"
#include "data/xlsx_number.h"

enum { GY_XLSX_STYLES_MAX = 1 << 16 };

typedef struct gy_xlsx_styles {
  unsigned char *formats; /* gy_xlsx_format of each style */
  size_t n, capacity;
} gy_xlsx_styles;

/* GY_ELIMIT for more than GY_XLSX_STYLES_MAX styles or formats. Clear it in either case. */
GY_MUST_USE gy_status gy_xlsx_styles_read(gy_xlsx_archive *archive, const char *part, gy_xlsx_styles *styles,
                                          gy_error *err);
void gy_xlsx_styles_clear(gy_xlsx_styles *styles); /* safe on a zeroed struct */

/* GY_XLSX_NUMBER for a style that is not there. */
static inline gy_xlsx_format gy_xlsx_styles_format(const gy_xlsx_styles *styles, size_t style) {
  return style < styles->n ? (gy_xlsx_format)styles->formats[style] : GY_XLSX_NUMBER;
}

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Which table of a workbook is meant. */
#ifndef GYEOL_DATA_XLSX_PLACE_H
#define GYEOL_DATA_XLSX_PLACE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct gy_xlsx_place {
  const char *sheet;    /* name or number; NULL or "": the first visible one that is a table */
  bool is_known;        /* the two below are stated; else they are found out */
  uint32_t skip_lines;  /* rows of the sheet before the header */
  uint32_t header_rows; /* 0: the table names no columns */
} gy_xlsx_place;

/* The sheet that "book.xlsx#Orders" names, within `path`: the file's own name ends one sign before it. NULL
 * where `path` is a file's whole name, or what is before no # is a workbook. */
const char *gy_xlsx_path_sheet(const char *path);

enum { GY_XLSX_HEADER_ROWS_MAX = 4 };

#endif

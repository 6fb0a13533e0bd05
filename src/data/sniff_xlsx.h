/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking at workbooks: which sheets are tables, and what the values of one are like. Inside the data room
 * only. */
#ifndef GYEOL_DATA_SNIFF_XLSX_H
#define GYEOL_DATA_SNIFF_XLSX_H

#include "data/sniff.h"
#include "data/xlsx_archive.h"

/* Fills a sniff whose path is set from the first rows of the table at `place`. */
GY_MUST_USE gy_status gy_sniff_xlsx(gy_sniff *sniff, const gy_xlsx_place *place, gy_arena *arena,
                                    gy_error *err);

/* The visible sheets that are tables, by name, in the order of their tabs: at least one. The names are in the
 * arena.
 */
GY_MUST_USE gy_status gy_sniff_xlsx_sheets(const char *path, gy_arena *arena, const char ***names, size_t *n,
                                           gy_error *err);

#endif

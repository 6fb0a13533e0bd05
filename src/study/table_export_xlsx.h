/* SPDX-License-Identifier: Apache-2.0
 *
 * A query's rows as a workbook of one sheet. Its header is bold and stays in sight, columns are as wide as
 * what they hold (a Hangul syllable is two wide), dates and times are dates, numbers are numbers. Texts stay
 * texts, whatever they begin with: nothing in them is a formula.
 *
 * More rows than a sheet holds are refused rather than continued on a second sheet: whoever filters, sorts or
 * reads the first sheet alone would have half a list without noticing. */
#ifndef GYEOL_STUDY_TABLE_EXPORT_XLSX_H
#define GYEOL_STUDY_TABLE_EXPORT_XLSX_H

#include "engine/engine.h"

enum { GY_XLSX_EXPORT_ROWS_MAX = 1048575 }; /* a sheet has 2^20 rows; one is the header */

/* Writes `path`, which is not there yet, and reads it back before it says that all is well. GY_ELIMIT for
 * more rows, columns or characters in a cell than a sheet takes. */
GY_MUST_USE gy_status gy_table_export_xlsx(gy_engine *engine, const char *select, const char *path,
                                           const gy_task *task, uint64_t *n_rows, gy_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A query's rows as a file: .csv, .tsv, .xlsx, .parquet, .json (an array) or .ndjson, by the ending. */
#ifndef GYEOL_STUDY_TABLE_EXPORT_H
#define GYEOL_STUDY_TABLE_EXPORT_H

#include "engine/engine.h"

/* Replaces `path` when all rows are written. GY_EUSAGE for an ending it does not know. `n_rows` may be NULL.
 */
GY_MUST_USE gy_status gy_table_export(gy_engine *engine, const char *select, const char *path,
                                      const gy_task *task, uint64_t *n_rows, gy_error *err);

#endif

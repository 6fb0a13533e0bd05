/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of a source that stand for the same thing (data/project_file_duplicates.h): all but one are put aside
 * in the table aside_SOURCE and listed in the table duplicates. Since the source's rows and those put aside
 * are all that was read, what is a duplicate can be found anew after any change of the files:
 *
 *   restore   the rows put aside come back
 *   ...       files' rows are added, replaced, removed
 *   find      equal rows, then rows of one key, then rows whose key is in a source that comes first
 *
 * Everything happens in the caller's transaction. */
#ifndef GYEOL_STUDY_DUPLICATE_ROWS_H
#define GYEOL_STUDY_DUPLICATE_ROWS_H

#include "data/project_file.h"
#include "engine/engine.h"

/* Puts back what was put aside; forgets it where the source's table is a new one. */
GY_MUST_USE gy_status gy_duplicates_restore(gy_engine *engine, const char *source, const gy_task *task,
                                            gy_error *err);
GY_MUST_USE gy_status gy_duplicates_forget(gy_engine *engine, const char *source, gy_error *err);

/* Finds and puts aside those within a source. Its relation carries row_no; a view becomes a table. */
GY_MUST_USE gy_status gy_duplicates_find(gy_engine *engine, const gy_source_config *source,
                                         const gy_task *task, gy_error *err);

/* Puts aside rows whose key is in `first`, another source of the target. */
GY_MUST_USE gy_status gy_duplicates_across(gy_engine *engine, const gy_source_config *source,
                                           const gy_source_config *first, const gy_task *task, gy_error *err);

/* {"exact": rows, "key": rows, "source": rows}, a new reference. */
GY_MUST_USE gy_status gy_duplicates_count(gy_engine *engine, const char *source, json_t **counts,
                                          gy_error *err);

#endif

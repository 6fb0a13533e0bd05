/* SPDX-License-Identifier: Apache-2.0
 *
 * Segments that a project defines in its folder segments/ (docs/segments.md). gy_project_segment_list, _show
 * and _export in gyeol/project.h know them too, beside RFM segments and clusters. Results are JSON texts that
 * the caller frees with gy_text_free; docs/json.md describes each. */
#ifndef GYEOL_SEGMENT_H
#define GYEOL_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>

#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Evaluates the definitions as they are now on the data of the last run and writes members with history:
 * those that changed and those that use them; `full`: all. */
GY_MUST_USE gy_status gy_project_segment_refresh(const char *dir, bool full, const gy_task *task,
                                                 char **result, gy_error *err);

/* Checks all definitions against the last run's tables, `file` (NULL: none) as if it stood among them, and
 * changes nothing. `result`: {"segments", "errors": [{"segment", "error"}]}. */
GY_MUST_USE gy_status gy_project_segment_check(const char *dir, const char *file, const gy_task *task,
                                               char **result, gy_error *err);

/* What a refresh would change, with at most `n_examples` customers each way; changes nothing. */
GY_MUST_USE gy_status gy_project_segment_plan(const char *dir, const char *file, size_t n_examples,
                                              const gy_task *task, char **result, gy_error *err);

/* The definitions a segment had, and when customers entered and left it. */
GY_MUST_USE gy_status gy_project_segment_history(const char *dir, const char *name, const gy_task *task,
                                                 char **result, gy_error *err);

/* Why a customer is or is not in a segment: every predicate of its rule, the values it saw, and which decide.
 * `at` (NULL: as of the last run) is a date, meaning its end, or a time: the definition of then, asked about
 * the rows up to then. */
GY_MUST_USE gy_status gy_project_segment_explain(const char *dir, const char *name, const char *customer,
                                                 const char *at, const gy_task *task, char **result,
                                                 gy_error *err);

/* Who entered and left a segment between two moments, with at most `limit` customers each way (0: 20). `to`
 * NULL: now. */
GY_MUST_USE gy_status gy_project_segment_diff(const char *dir, const char *name, const char *from,
                                              const char *to, size_t limit, const gy_task *task,
                                              char **result, gy_error *err);

/* How many customers went from which segment to which between two moments: the links of a Sankey diagram. */
GY_MUST_USE gy_status gy_project_segment_transitions(const char *dir, const char *from, const char *to,
                                                     const gy_task *task, char **result, gy_error *err);

/* Makes the static list `name` of a table in any form: of its column `column` (NULL: customer_id). `replace`:
 * also when there is a segment of that name. `result`: {"segment", "file", "rows", "customers", "unmatched",
 * "unmatched_rows"}, the last three where there was a run. */
GY_MUST_USE gy_status gy_project_segment_import(const char *dir, const char *path, const char *name,
                                                const char *column, bool replace, const gy_task *task,
                                                char **result, gy_error *err);

/* How many customers each two segments share. */
GY_MUST_USE gy_status gy_project_segment_overlap(const char *dir, const gy_task *task, char **result,
                                                 gy_error *err);

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Segments that a project defines in its folder segments/ (docs/segments.md). gy_project_segment_list, _show
 * and _export in gyeol/project.h know them too, beside RFM segments and clusters. Results are JSON texts that
 * the caller frees with gy_text_free; docs/json.md describes each. */
#ifndef GYEOL_SEGMENT_H
#define GYEOL_SEGMENT_H

#include <stddef.h>

#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Evaluates the definitions as they are now on the data of the last run and writes members with history. */
GY_MUST_USE gy_status gy_project_segment_refresh(const char *dir, const gy_task *task, char **result,
                                                 gy_error *err);

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

#ifdef __cplusplus
}
#endif
#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A dendrogram as a table: a row a merge, in scipy's convention (leaves 0..n-1, merge i makes n + i). */
#ifndef GYEOL_STUDY_TREE_EXPORT_H
#define GYEOL_STUDY_TREE_EXPORT_H

#include <gyeol/hierarchical.h>

/* Columns merge, a, b, height, size; format by the ending. `path` NULL: writes nothing. */
GY_MUST_USE gy_status gy_tree_export(const gy_dendrogram *tree, const char *path, const gy_task *task,
                                     gy_error *err);

#endif

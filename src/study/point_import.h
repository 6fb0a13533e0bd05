/* SPDX-License-Identifier: Apache-2.0
 *
 * A plain file into the table `points` of an engine in memory: row_no, numbers c0.., texts t0.., weight w,
 * id. What the file does not say of itself is guessed as for a project's sources. */
#ifndef GYEOL_STUDY_POINT_IMPORT_H
#define GYEOL_STUDY_POINT_IMPORT_H

#include "study/point_table.h"

/* Opens table->engine and fills names, n_columns, n_categories, n_rejected. */
GY_MUST_USE gy_status gy_point_import(const gy_point_spec *spec, const gy_task *task, gy_point_table *table,
                                      gy_error *err);

/* As t0: the column `name`, or for NULL the one called label or cluster, or the only one. */
GY_MUST_USE gy_status gy_label_import(const char *path, const char *name, const gy_task *task,
                                      gy_point_table *table, gy_error *err);

#endif

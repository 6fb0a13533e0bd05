/* SPDX-License-Identifier: Apache-2.0
 *
 * Static lists: a file of customer ids, one a line, as `gyeol segment import` and `gyeol segment export`
 * write it. A first line customer_id is its title; an id may stand in double quotes, one of which inside is
 * doubled. */
#ifndef GYEOL_STUDY_SEGMENT_LIST_H
#define GYEOL_STUDY_SEGMENT_LIST_H

#include "engine/engine.h"

/* Adds the rows of a file to segment_listed (sql/segment/plan.sql) as segment `no`. GY_EDATA names the line
 * of a file that has several columns or is not UTF-8. */
GY_MUST_USE gy_status gy_segment_list_read(gy_engine *engine, const char *path, int64_t no,
                                           const gy_task *task, gy_error *err);

#endif

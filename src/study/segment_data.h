/* SPDX-License-Identifier: Apache-2.0
 *
 * Customers of the store as the columns in memory that rules are evaluated over. */
#ifndef GYEOL_STUDY_SEGMENT_DATA_H
#define GYEOL_STUDY_SEGMENT_DATA_H

#include "study/segment_catalogue.h"

typedef struct gy_segment_data {
  gy_arena arena;
  gy_rule_data rule;
} gy_segment_data;

/* Reads what the set reads of the one customer that the temporary table segment_asked names
 * (sql/segment/asked.sql). Clear in either case. */
GY_MUST_USE gy_status gy_segment_data_load(const gy_run_context *run, const gy_rule_catalogue *catalogue,
                                           const gy_rule_set *set, gy_segment_data *data, gy_error *err);
void gy_segment_data_clear(gy_segment_data *data);

#endif

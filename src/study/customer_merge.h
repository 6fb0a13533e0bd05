/* SPDX-License-Identifier: Apache-2.0
 *
 * One person's attributes out of what several customer ids and sources say, by the rules of identity.merge.
 * What they were made of stays in the sources. */
#ifndef GYEOL_STUDY_CUSTOMER_MERGE_H
#define GYEOL_STUDY_CUSTOMER_MERGE_H

#include "base/buffer.h"
#include "data/project_file.h"

typedef struct gy_customer_merge {
  const gy_identity_config *config;
  char **columns; /* once each */
  size_t n_columns;
} gy_customer_merge;

GY_MUST_USE gy_status gy_customer_merge_add(gy_customer_merge *merge, const char *column, gy_error *err);

/* Appends "SELECT customer_id, ... FROM (", to be followed by rows with a source_no and ") GROUP BY
 * customer_id". GY_ECONFIG where recent_by names no column. */
GY_MUST_USE gy_status gy_customer_merge_put(const gy_customer_merge *merge, gy_buffer *sql, gy_error *err);

void gy_customer_merge_clear(gy_customer_merge *merge);

#endif

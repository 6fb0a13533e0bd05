/* SPDX-License-Identifier: Apache-2.0
 *
 * Customer features in memory, a column an array, in the order of customer_no. */
#ifndef GYEOL_STUDY_FEATURE_FRAME_H
#define GYEOL_STUDY_FEATURE_FRAME_H

#include "engine/engine.h"

typedef struct gy_feature_frame {
  size_t n; /* customers */
  size_t n_columns;
  float **columns; /* n_columns arrays of n; NaN where the feature is NULL */
} gy_feature_frame;

/* Reads the named columns of customer_features on all threads. Clear the frame in either case. */
GY_MUST_USE gy_status gy_feature_frame_load(gy_engine *engine, const char *const *names, size_t n_names,
                                            const gy_task *task, gy_feature_frame *frame, gy_error *err);
void gy_feature_frame_clear(gy_feature_frame *frame);

/* Gives the columns `which` (positions) as one row-major n x n_which block; NULL when memory is spent. */
float *gy_feature_frame_rows(const gy_feature_frame *frame, const size_t *which, size_t n_which);

/* Reads one INTEGER column that is indexed by customer_no, like a segment or cluster: `sql` gives
 * (customer_no, value). `values` is the caller's, n long; customers without a row keep what is there. */
GY_MUST_USE gy_status gy_feature_labels_load(gy_engine *engine, const char *sql, size_t n,
                                             const gy_task *task, int32_t *values, gy_error *err);

/* Writes (customer_no, value...) as a table: `columns` are n_columns arrays of n int32. */
GY_MUST_USE gy_status gy_feature_labels_store(gy_engine *engine, const char *table, const char *const *names,
                                              const int32_t *const *columns, size_t n_columns, size_t n,
                                              const gy_task *task, gy_error *err);

#endif

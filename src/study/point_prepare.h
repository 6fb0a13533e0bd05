/* SPDX-License-Identifier: Apache-2.0
 *
 * What --missing and --outliers ask for, done to a table of points. Rows that are dropped or set aside leave
 * the table and stay in what is written. */
#ifndef GYEOL_STUDY_POINT_PREPARE_H
#define GYEOL_STUDY_POINT_PREPARE_H

#include <jansson.h>

#include <gyeol/cluster.h>
#include <gyeol/preparation.h>

#include "study/point_table.h"

/* 1 where a value was missing or lay beyond its bounds; a row a row of the file. */
typedef struct gy_point_flag {
  char *name; /* COLUMN_missing, COLUMN_outlier */
  int32_t *values;
} gy_point_flag;

typedef struct gy_point_preparation {
  bool is_done;
  gy_preparation fitted;
  char **names; /* of its columns */
  size_t n_indicators;
  size_t *indicators; /* columns whose indicators are features after the numbers */
  size_t n_flags;
  gy_point_flag *flags;
} gy_point_preparation;

/* Nothing is done where nothing was asked for: then missing numbers take the median as they are scaled. Clear
 * in either case. GY_EUSAGE: a rule that does not fit, a column that is not there. GY_EDATA: an infinite
 * value, with line and column; no row is left. */
GY_MUST_USE gy_status gy_points_prepare(gy_point_table *table, const gy_cluster_options *options,
                                        const gy_task *task, gy_point_preparation *preparation,
                                        gy_error *err);
void gy_point_preparation_clear(gy_point_preparation *preparation);

/* What was found for the rows that are kept, spread over all rows of the file: a label -1 for rows set aside,
 * GY_LABEL_NONE for dropped ones; no number for both. Gives the longer array in place of the shorter one. */
GY_MUST_USE gy_status gy_points_spread_labels(const gy_point_table *table, int32_t **labels, gy_error *err);
GY_MUST_USE gy_status gy_points_spread_reals(const gy_point_table *table, float **reals, gy_error *err);

/* GY_EUSAGE, naming line and column, where a number is still missing. */
GY_MUST_USE gy_status gy_points_refuse_missing(const gy_point_table *table, const char *method,
                                               gy_error *err);

#endif

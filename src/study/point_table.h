/* SPDX-License-Identifier: Apache-2.0
 *
 * Any plain file as points: chosen columns as numbers, others as categories, rows in file order.
 *
 *   file -> import (any encoding and dialect, packed or not) -> a table in memory -> arrays
 *
 * A row that cannot be read is rejected and counted; a value that is missing is NaN or -1 and counted. */
#ifndef GYEOL_STUDY_POINT_TABLE_H
#define GYEOL_STUDY_POINT_TABLE_H

#include <gyeol/matrix.h>
#include <gyeol/scaling.h>

#include "data/import.h"

typedef struct gy_point_spec {
  const char *path;
  const char *const *columns; /* numbers; none named: every column whose values are all numbers */
  size_t n_columns;
  const char *const *categories;
  size_t n_categories;
  bool texts_only;    /* no columns of numbers, though none are named */
  const char *weight; /* NULL: none */
  const char *id;     /* carried to what is written; NULL: the row's number */
} gy_point_spec;

typedef struct gy_point_table {
  gy_engine *engine;
  size_t n; /* rows */
  size_t n_columns, n_categories;
  char **names;      /* of the columns, then of the categories */
  float *values;     /* n x n_columns, NaN where missing */
  int32_t *codes;    /* n x n_categories, -1 where missing */
  char ***levels;    /* of each category, in order of code */
  int32_t *n_levels; /* n_categories */
  float *weights;    /* n, or NULL */
  int64_t *row_no;   /* n: where in the file the row stands, ascending */
  uint64_t n_rejected, n_missing;
  char *left_out; /* columns that nobody named and that are nearly all numbers, "a, b"; NULL: none */
  const char *id; /* lent by the spec, or own_id; NULL: rows have numbers only */
  char *own_id;   /* a column that was found to name the rows; NULL: none was */

  /* Once prepared (point_prepare.h) the above are of the rows that are kept: */
  uint8_t *filled;     /* n x n_columns: the value was missing; NULL: not prepared */
  size_t n_all;        /* rows of the file; 0: not prepared */
  int64_t *all_row_no; /* n_all */
  uint8_t *states;     /* n_all: gy_row_state */
} gy_point_table;

/* Clear the table in either case. */
GY_MUST_USE gy_status gy_point_table_load(const gy_point_spec *spec, const gy_task *task,
                                          gy_point_table *table, gy_error *err);
void gy_point_table_clear(gy_point_table *table);

/* No method computes with values beyond this: their squares, summed over columns, must fit a float. */
#define GY_POINT_LIMIT 1e16f

/* Scales the values in place: none, standard, robust, or log (log1p, then standard); NULL: standard. Missing
 * values are filled with the median, or stay where the table is prepared; scales are those of the values that
 * were there. `scaling` (may be NULL) gives what was fitted, n_columns long, to free(). GY_EUSAGE for
 * another word; GY_EDATA, naming line and column, for an infinite value, one that is beyond GY_POINT_LIMIT
 * once scaled, and where all differences are so small that their squares vanish. */
GY_MUST_USE gy_status gy_points_scale(gy_point_table *table, const char *how, const gy_task *task,
                                      gy_column_scaling **scaling, gy_error *err);

/* GY_EDATA, naming line and column, for an infinite value. */
GY_MUST_USE gy_status gy_points_refuse_infinite(const gy_point_table *table, gy_error *err);

/* Rows that are written: all of the file's, prepared or not. */
static inline size_t gy_point_table_rows(const gy_point_table *table) {
  return table->n_all > 0 ? table->n_all : table->n;
}

/* An integer that is written as no value: the label of a row that was dropped. */
enum { GY_LABEL_NONE = INT32_MIN };

/* One column of a table to be written; gy_point_table_rows values. */
typedef struct gy_point_column {
  const char *name;
  const int32_t *integers; /* one of the two */
  const float *reals;
} gy_point_column;

/* Writes a row a point: its id, or its number in the file from 1, and these columns. Format by the ending. */
GY_MUST_USE gy_status gy_point_table_export(gy_point_table *table, const gy_point_column *columns,
                                            size_t n_columns, const char *path, const gy_task *task,
                                            gy_error *err);

/* One column of a file as codes 0..n_levels-1 in the order of the labels (numbers by value, else by text);
 * `name` NULL: the column "label" or "cluster", or the only one there is. Clear with gy_label_column_clear.
 */
typedef struct gy_label_column {
  size_t n;
  int32_t *codes;
  int32_t n_levels;
  char **levels;
} gy_label_column;

GY_MUST_USE gy_status gy_label_column_load(const char *path, const char *name, const gy_task *task,
                                           gy_label_column *column, gy_error *err);
void gy_label_column_clear(gy_label_column *column);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The best one-to-one assignment of rows to columns. */
#ifndef GYEOL_NUM_ASSIGNMENT_H
#define GYEOL_NUM_ASSIGNMENT_H

#include <stddef.h>

#include <gyeol/status.h>

/* Gives each of `n_rows` rows a column of its own so that the sum of values[row * n_columns + column] is as
 * large as can be: column_of[row]. Columns of zeros are added where there are fewer columns than rows; a row
 * that gets one of them has column_of >= n_columns. Values are finite. Cost: O(rows^2 max(rows, columns)).
 * Errors: GY_ENOMEM. */
GY_MUST_USE gy_status gy_assign_most(const double *values, size_t n_rows, size_t n_columns, size_t *column_of,
                                     gy_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Bounds and fills of single columns. */
#ifndef GYEOL_CLUSTER_PREPARATION_COLUMNS_H
#define GYEOL_CLUSTER_PREPARATION_COLUMNS_H

#include "cluster/preparation_work.h"

/* Counts what is missing and beyond; finds bounds. `values`: n, scratch. False when a value is infinite. */
bool gy_preparation_bounds(gy_preparation_work *work, size_t j, double *values);

/* From the rows that are kept: present values, centre and deviation of a number, and what fills. */
void gy_preparation_fill_number(gy_preparation_work *work, size_t j, double *values);
void gy_preparation_fill_category(gy_preparation_work *work, size_t j);

#endif

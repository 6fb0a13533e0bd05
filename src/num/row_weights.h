/* SPDX-License-Identifier: Apache-2.0
 *
 * The check that weights of rows are usable. */
#ifndef GYEOL_NUM_ROW_WEIGHTS_H
#define GYEOL_NUM_ROW_WEIGHTS_H

#include <stddef.h>

#include <gyeol/status.h>

/* GY_EDATA, naming the first row (from 1), unless the n weights are finite, none negative and one positive.
 * `total` receives their sum, n for NULL (all 1). */
GY_MUST_USE gy_status gy_row_weights_check(const float *weights, size_t n, double *total, gy_error *err);

#endif

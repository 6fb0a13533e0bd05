/* SPDX-License-Identifier: Apache-2.0
 *
 * The all-points core distance of DBCV. */
#ifndef GYEOL_CLUSTER_ALL_POINTS_CORE_H
#define GYEOL_CLUSTER_ALL_POINTS_CORE_H

#include <gyeol/matrix.h>
#include <gyeol/task.h>

/* Bytes of scratch. */
size_t gy_all_points_core_memory(size_t n, size_t d, const gy_task *task);

/* The squared all-points core distance of each of the n >= 2 rows of x among them: `core` (n, the caller's).
 * O(n^2 d). Errors: GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_all_points_core(gy_matrix x, const gy_task *task, double *core, gy_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The bounds of a Lloyd iteration (kmeans_bounds_kernel.c): their storage, and when they pay. */
#ifndef GYEOL_CLUSTER_KMEANS_BOUNDS_H
#define GYEOL_CLUSTER_KMEANS_BOUNDS_H

#include "base/layout.h"
#include "cluster/kmeans_bounds_kernel.h"
#include "num/blocks.h"

typedef struct gy_kmeans_bounds {
  gy_bounds_motion motion;    /* n_sets 0: no bounds are kept */
  float *shifts;              /* k: how far each centre moved last */
  float *set_shifts;          /* n_sets */
  gy_row_bounds *blocks;      /* one a block of rows */
  gy_bounds_scratch *scratch; /* one a thread */
} gy_kmeans_bounds;

/* Sets of centres that bounds are worth keeping for, 0 where the plain pass is faster. */
size_t gy_kmeans_bounds_sets(size_t d, size_t k);

/* Lays out `bounds` with `n_sets` sets; every pass of the layout. */
void gy_kmeans_bounds_take(gy_kmeans_bounds *bounds, gy_layout *at, size_t n_sets, const gy_blocks *blocks,
                           size_t d, size_t k, int n_threads);

/* Whether the next pass should use bounds, after one of `n_rows` in which `n_changed` changed cluster. */
bool gy_kmeans_bounds_pay(const gy_kmeans_bounds *bounds, size_t n_rows, size_t n_changed);

/* Prepares a pass: how far the sets have moved. */
void gy_kmeans_bounds_prepare(gy_kmeans_bounds *bounds, const gy_packed_centers *packed);

/* Row `row` of block `block` was given to another cluster by force: nothing is known of it any more. */
void gy_kmeans_bounds_forget(gy_kmeans_bounds *bounds, size_t block, size_t row);

#endif

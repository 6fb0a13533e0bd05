/* SPDX-License-Identifier: Apache-2.0
 *
 * New rows join the cluster of the nearest core row within eps. The tree is built over the core rows alone,
 * in the order of their row numbers, so that ties go to the lowest row. */
#include <gyeol/dbscan.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/blocks.h"
#include "num/kd_tree.h"
#include "num/moments.h"

enum { MIN_BLOCK_ROWS = 256 };

/* Core rows and their labels, packed; returns how many. */
static size_t gather_core(const gy_dbscan_fitted *fitted, float *values, int32_t *labels) {
  size_t d = fitted->x.n_columns, n = 0;
  for (size_t row = 0; row < fitted->x.n_rows; row++) {
    if (!fitted->core[row]) continue;
    memcpy(values + n * d, gy_matrix_row(fitted->x, row), d * sizeof *values);
    labels[n++] = fitted->labels[row];
  }
  return n;
}

static void find_nearest(const gy_kd_tree *tree, const int32_t *core_labels, double eps, gy_matrix x,
                         const gy_task *task, int32_t *labels, double *distances) {
  gy_blocks blocks = gy_blocks_of(x.n_rows, MIN_BLOCK_ROWS);
#pragma omp parallel for schedule(dynamic) num_threads(gy_task_threads(task))
  for (size_t b = 0; b < blocks.count; b++) {
    if (gy_task_cancelled(task)) continue;
    for (size_t row = gy_block_first(&blocks, b); row < gy_block_end(&blocks, b); row++) {
      gy_kd_neighbour nearest;
      gy_kd_nearest_within(tree, gy_matrix_row(x, row), eps * eps, 1, &nearest);
      labels[row] = nearest.row == GY_KD_NONE ? -1 : core_labels[nearest.row];
      if (distances != NULL) distances[row] = sqrt(nearest.square);
    }
  }
}

gy_status gy_dbscan_predict(const gy_dbscan_fitted *fitted, gy_matrix x, const gy_task *task, int32_t *labels,
                            double *distances, gy_error *err) {
  size_t d = fitted->x.n_columns, n_core = 0;
  if (x.n_columns != d)
    return gy_fail(err, GY_EDATA, "DBSCAN: the rows have %zu columns, the fitted ones %zu", x.n_columns, d);
  gy_status status = gy_matrix_check(x, GY_DBSCAN_VALUE_LIMIT, task, err);
  if (status != GY_OK) {
    gy_error_prefix(err, "DBSCAN");
    return status;
  }
  for (size_t row = 0; row < fitted->x.n_rows; row++) n_core += fitted->core[row];
  for (size_t row = 0; n_core == 0 && row < x.n_rows; row++) {
    labels[row] = -1;
    if (distances != NULL) distances[row] = INFINITY;
  }
  if (n_core == 0) return GY_OK;
  gy_kd_tree tree = {0};
  float *values = malloc(n_core * d * sizeof *values);
  int32_t *core_labels = malloc(n_core * sizeof *core_labels);
  if (values == NULL || core_labels == NULL) {
    status = gy_fail(err, GY_ENOMEM, "DBSCAN: out of memory for %zu core rows", n_core);
    goto done;
  }
  gather_core(fitted, values, core_labels);
  status = gy_kd_tree_build((gy_matrix){values, n_core, d}, task, &tree, err);
  if (status != GY_OK) goto done;
  find_nearest(&tree, core_labels, fitted->eps, x, task, labels, distances);
  status = gy_task_check(task, err);
done:
  gy_kd_tree_clear(&tree);
  free(core_labels);
  free(values);
  return status;
}

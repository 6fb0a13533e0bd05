/* SPDX-License-Identifier: Apache-2.0
 *
 * Fitting DBSCAN: checks, a kd-tree (num/kd_tree.h), core rows and border rows (dbscan_core.c), sets of core
 * rows (dbscan_join.c), and the numbering here. */
#include <gyeol/dbscan.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/layout.h"
#include "cluster/dbscan_work.h"
#include "num/moments.h"

gy_dbscan_options gy_dbscan_defaults(double eps) { return (gy_dbscan_options){.eps = eps, .min_samples = 5}; }

static size_t lay_out(gy_dbscan_work *work, size_t n, void *base) {
  gy_layout at = {.base = base};
  size_t n_leaves = n / GY_KD_LEAF + 1;
  work->core = gy_layout_take(&at, n_leaves, sizeof *work->core);
  work->first_core = gy_layout_take(&at, 2 * n_leaves, sizeof *work->first_core);
  work->joined = gy_layout_take(&at, 2 * n_leaves, sizeof *work->joined);
  work->sets = gy_layout_take(&at, n, sizeof *work->sets);
  return gy_layout_bytes(&at);
}

size_t gy_dbscan_memory(size_t n, size_t d) {
  gy_dbscan_work work;
  size_t own = lay_out(&work, n, NULL), tree = gy_kd_tree_memory(n, d);
  return own > SIZE_MAX - tree ? SIZE_MAX : own + tree;
}

gy_status gy_dbscan_check(gy_matrix x, double eps, int32_t min_samples, const gy_task *task, gy_error *err) {
  if (!(eps >= 0)) return gy_fail(err, GY_EUSAGE, "DBSCAN: eps is %g; it must be 0 or more", eps);
  if (min_samples < 1)
    return gy_fail(err, GY_EUSAGE, "DBSCAN: min_samples is %d; it must be 1 or more", min_samples);
  if (x.n_columns < 1) return gy_fail(err, GY_EUSAGE, "DBSCAN: there are no columns to cluster on");
  if (x.n_rows < 1) return gy_fail(err, GY_EDATA, "DBSCAN: there are no rows to cluster");
  if (x.n_rows > INT32_MAX)
    return gy_fail(err, GY_ELIMIT, "DBSCAN: %zu rows are more than %d; take a sample", x.n_rows, INT32_MAX);
  size_t need = gy_dbscan_memory(x.n_rows, x.n_columns);
  if (need > gy_task_memory(task))
    return gy_fail(err, GY_ELIMIT, "DBSCAN: %zu bytes are needed for %zu rows, and the budget is %zu", need,
                   x.n_rows, gy_task_memory(task));
  gy_status status = gy_matrix_check(x, GY_DBSCAN_VALUE_LIMIT, task, err);
  if (status != GY_OK) gy_error_prefix(err, "DBSCAN");
  return status;
}

/* Step 3: clusters are numbered in the order of their lowest core row. The root of a set, which points to
 * itself, is made to hold the number instead, marked by the highest bit. */
static int32_t number_clusters(gy_dbscan_work *work, int32_t *labels) {
  const gy_kd_tree *tree = &work->tree;
  const uint32_t numbered = 1u << 31;
  int32_t n_clusters = 0;
#pragma omp parallel for schedule(static) num_threads(work->n_threads)
  for (size_t place = 0; place < tree->n; place++) {
    bool is_core = work->core[place / GY_KD_LEAF] >> (place % GY_KD_LEAF) & 1;
    labels[tree->rows[place]] = is_core ? (int32_t)gy_sets_find(work->sets, (uint32_t)place) : -1;
  }
  for (size_t row = 0; row < tree->n; row++) {
    if (labels[row] < 0) continue;
    gy_set_member *root = &work->sets[labels[row]];
    if (!(*root & numbered)) *root = numbered | (uint32_t)n_clusters++;
    labels[row] = (int32_t)(*root & ~numbered);
  }
  return n_clusters;
}

static void publish(const gy_dbscan_work *work, int32_t n_clusters, gy_dbscan *result, const int32_t *labels,
                    bool *core) {
  const gy_kd_tree *tree = &work->tree;
  *result = (gy_dbscan){.n_clusters = n_clusters};
  for (size_t row = 0; row < tree->n; row++) result->n_noise += labels[row] < 0;
  for (size_t leaf = 0; leaf < tree->n_leaves; leaf++) result->n_core += __builtin_popcount(work->core[leaf]);
  result->n_border = (int64_t)tree->n - result->n_core - result->n_noise;
  for (size_t place = 0; core != NULL && place < tree->n; place++)
    core[tree->rows[place]] = work->core[place / GY_KD_LEAF] >> (place % GY_KD_LEAF) & 1;
}

gy_status gy_dbscan_fit_with(const gy_kd_kernel *kernel, gy_matrix x, const gy_dbscan_options *options,
                             const gy_task *task, gy_dbscan *result, int32_t *labels, bool *core,
                             gy_error *err) {
  gy_dbscan_work work = {.task = task, .n_threads = gy_task_threads(task), .border = options->border};
  gy_status status = gy_dbscan_check(x, options->eps, options->min_samples, task, err);
  if (status != GY_OK) return status;
  work.min_samples = (size_t)options->min_samples;
  work.radius = gy_kd_radius_of(options->eps * options->eps, x.n_columns);
  status = gy_kd_tree_build_with(kernel, x, task, &work.tree, err);
  if (status != GY_OK) goto done;
  work.storage = aligned_alloc(GY_LAYOUT_ALIGNMENT, lay_out(&work, x.n_rows, NULL));
  if (work.storage == NULL) {
    status = gy_fail(err, GY_ENOMEM, "DBSCAN: out of memory for %zu rows", x.n_rows);
    goto done;
  }
  lay_out(&work, x.n_rows, work.storage);
  gy_dbscan_mark_core(&work);
  status = gy_task_check(task, err);
  if (status != GY_OK) goto done;
  gy_dbscan_join_core(&work);
  status = gy_task_check(task, err);
  if (status != GY_OK) goto done;
  int32_t n_clusters = number_clusters(&work, labels);
  if (options->border != GY_DBSCAN_BORDER_NOISE && n_clusters > 0) gy_dbscan_label_border(&work, labels);
  status = gy_task_check(task, err);
  if (status == GY_OK) publish(&work, n_clusters, result, labels, core);
done:
  free(work.storage);
  gy_kd_tree_clear(&work.tree);
  return status;
}

gy_status gy_dbscan_fit(gy_matrix x, const gy_dbscan_options *options, const gy_task *task, gy_dbscan *result,
                        int32_t *labels, bool *core, gy_error *err) {
  size_t count;
  return gy_dbscan_fit_with(gy_kd_kernels(&count)[0], x, options, task, result, labels, core, err);
}

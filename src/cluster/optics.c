/* SPDX-License-Identifier: Apache-2.0
 *
 * Fitting OPTICS: checks, core distances from the kd-tree, the visits (optics_order.c), and DBSCAN's clusters
 * read off the order. */
#include <gyeol/optics.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/layout.h"
#include "cluster/optics_order.h"
#include "num/moments.h"

gy_optics_options gy_optics_defaults(void) {
  return (gy_optics_options){.min_samples = 5, .max_eps = INFINITY};
}

static size_t lay_out(gy_optics_walk *walk, size_t n, size_t d, void *base) {
  gy_layout at = {.base = base};
  size_t n_leaves = n / GY_KD_LEAF + 1;
  walk->core = gy_layout_take(&at, n, sizeof *walk->core);
  walk->reach = gy_layout_take(&at, n, sizeof *walk->reach);
  walk->from = gy_layout_take(&at, n, sizeof *walk->from);
  walk->left = gy_layout_take(&at, n_leaves, sizeof *walk->left);
  walk->nodes = gy_layout_take(&at, 2 * n_leaves, sizeof *walk->nodes);
  walk->point = gy_layout_take(&at, d, sizeof *walk->point);
  return gy_layout_bytes(&at);
}

size_t gy_optics_memory(size_t n, size_t d) {
  gy_optics_walk walk;
  size_t own = lay_out(&walk, n, d, NULL), tree = gy_kd_tree_memory(n, d);
  if (own == SIZE_MAX || tree == SIZE_MAX) return SIZE_MAX;
  return own + tree + n * (2 * sizeof(int32_t) + 2 * sizeof(double));
}

static gy_status check(gy_matrix x, const gy_optics_options *options, const gy_task *task, gy_error *err) {
  if (options->min_samples < 1)
    return gy_fail(err, GY_EUSAGE, "OPTICS: min_samples is %d; it must be 1 or more", options->min_samples);
  if (!(options->max_eps >= 0))
    return gy_fail(err, GY_EUSAGE, "OPTICS: max_eps is %g; it must be 0 or more", options->max_eps);
  if (x.n_columns < 1) return gy_fail(err, GY_EUSAGE, "OPTICS: there are no columns to cluster on");
  if (x.n_rows < 1) return gy_fail(err, GY_EDATA, "OPTICS: there are no rows to order");
  if (x.n_rows > INT32_MAX)
    return gy_fail(err, GY_ELIMIT, "OPTICS: %zu rows are more than %d; take a sample", x.n_rows, INT32_MAX);
  size_t need = gy_optics_memory(x.n_rows, x.n_columns);
  if (need > gy_task_memory(task))
    return gy_fail(err, GY_ELIMIT, "OPTICS: %zu bytes are needed for %zu rows, and the budget is %zu", need,
                   x.n_rows, gy_task_memory(task));
  gy_status status = gy_matrix_check(x, GY_KD_VALUE_LIMIT, task, err);
  if (status != GY_OK) gy_error_prefix(err, "OPTICS");
  return status;
}

/* Squared core distances by place; `by_row` is scratch. A row is its own first neighbour. */
static gy_status find_core_distances(gy_optics_walk *walk, int32_t min_samples, double *by_row,
                                     gy_error *err) {
  const gy_kd_tree *tree = walk->tree;
  size_t others = (size_t)min_samples - 1;
  gy_status status = GY_OK;
  if (others > 0 && others < tree->n)
    status = gy_kd_nearest_all(tree, others, walk->task, NULL, NULL, by_row, err);
  for (size_t place = 0; status == GY_OK && place < tree->n; place++) {
    double square = others == 0 ? 0 : others < tree->n ? by_row[tree->rows[place]] : INFINITY;
    walk->core[place] = square <= walk->limit ? square : INFINITY;
  }
  return status;
}

static void publish(const gy_optics_walk *walk, gy_optics *order) {
  const uint32_t *rows = walk->tree->rows;
  for (size_t i = 0; i < order->n; i++) order->ordering[i] = (int32_t)rows[order->ordering[i]];
  for (size_t place = 0; place < order->n; place++) {
    order->reachability[rows[place]] = sqrt(walk->reach[place]);
    order->core_distances[rows[place]] = sqrt(walk->core[place]);
    order->predecessor[rows[place]] = walk->from[place] == GY_KD_NONE ? -1 : (int32_t)rows[walk->from[place]];
  }
}

static bool allocate(gy_optics *order, size_t n) {
  order->n = n;
  order->ordering = malloc(n * sizeof *order->ordering);
  order->reachability = malloc(n * sizeof *order->reachability);
  order->core_distances = malloc(n * sizeof *order->core_distances);
  order->predecessor = malloc(n * sizeof *order->predecessor);
  return order->ordering != NULL && order->reachability != NULL && order->core_distances != NULL &&
         order->predecessor != NULL;
}

gy_status gy_optics_fit_with(const gy_kd_kernel *kernel, gy_matrix x, const gy_optics_options *options,
                             const gy_task *task, gy_optics *order, gy_error *err) {
  gy_optics made = {0};
  gy_kd_tree tree = {0};
  gy_optics_walk walk = {.tree = &tree, .task = task, .limit = options->max_eps * options->max_eps};
  void *storage = NULL;
  gy_status status = check(x, options, task, err);
  if (status != GY_OK) return status;
  status = gy_kd_tree_build_with(kernel, x, task, &tree, err);
  if (status != GY_OK) goto done;
  storage = aligned_alloc(GY_LAYOUT_ALIGNMENT, lay_out(&walk, x.n_rows, x.n_columns, NULL));
  if (!allocate(&made, x.n_rows) || storage == NULL) {
    status = gy_fail(err, GY_ENOMEM, "OPTICS: out of memory for %zu rows", x.n_rows);
    goto done;
  }
  lay_out(&walk, x.n_rows, x.n_columns, storage);
  status = find_core_distances(&walk, options->min_samples, made.reachability, err);
  if (status == GY_OK) status = gy_optics_visit_all(&walk, made.ordering, err);
  if (status != GY_OK) goto done;
  publish(&walk, &made);
  *order = made;
  made = (gy_optics){0};
done:
  free(storage);
  gy_optics_clear(&made);
  gy_kd_tree_clear(&tree);
  return status;
}

gy_status gy_optics_fit(gy_matrix x, const gy_optics_options *options, const gy_task *task, gy_optics *order,
                        gy_error *err) {
  size_t count;
  return gy_optics_fit_with(gy_kd_kernels(&count)[0], x, options, task, order, err);
}

void gy_optics_clear(gy_optics *order) {
  if (order == NULL) return;
  free(order->ordering);
  free(order->reachability);
  free(order->core_distances);
  free(order->predecessor);
  *order = (gy_optics){0};
}

int32_t gy_optics_cut(const gy_optics *order, double eps, int32_t *labels) {
  int32_t n_clusters = 0;
  for (size_t i = 0; i < order->n; i++) {
    int32_t row = order->ordering[i];
    bool is_core = order->core_distances[row] <= eps && isfinite(order->core_distances[row]);
    if (order->reachability[row] <= eps && isfinite(order->reachability[row])) /* eps may be infinite */
      labels[row] = n_clusters - 1; /* reached from the row's predecessor, which was labelled before */
    else
      labels[row] = is_core ? n_clusters++ : -1;
  }
  return n_clusters;
}

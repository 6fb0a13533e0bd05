/* SPDX-License-Identifier: Apache-2.0
 *
 * Hierarchical clustering of any number of rows: exact, or micro-clusters first (cf_tree.c) and then exact
 * linkage of their weighted means. For Ward that is the same criterion throughout: merging two micro-clusters
 * costs what merging their rows would. */
#include <gyeol/hierarchical.h>

#include <stdlib.h>
#include <string.h>

#include "cluster/cf_tree.h"
#include "cluster/dendrogram.h"
#include "cluster/linkage.h"
#include "num/kd_tree.h"
#include "num/moments.h"

enum { EXACT_ROWS = 100000, MICRO = 20000, MICRO_MATRIX = 10000, FEWEST_MICRO = 256 };

static bool needs_matrix(gy_linkage linkage) {
  return linkage == GY_LINKAGE_AVERAGE || linkage == GY_LINKAGE_COMPLETE || linkage == GY_LINKAGE_WEIGHTED;
}

/* Held besides the second stage's linkage: micro-clusters, their means as rows, each row's leaf. */
static size_t first_stage_bytes(size_t n, size_t d, size_t n_micro) {
  size_t micro = gy_micro_clusters_memory(d, n_micro);
  if (micro > SIZE_MAX / 4 || n > SIZE_MAX / 16) return SIZE_MAX / 2;
  return micro + n_micro * (d + 1) * sizeof(float) + n * sizeof(int32_t);
}

/* The circumstances of the second stage: what of the budget the first leaves. */
static gy_task second_stage_task(size_t held, const gy_task *task) {
  gy_task left = task == NULL ? (gy_task){0} : *task;
  if (left.memory_bytes != 0) left.memory_bytes = left.memory_bytes > held ? left.memory_bytes - held : 1;
  return left;
}

static size_t two_stage_memory(size_t n, size_t d, size_t n_micro, const gy_hierarchical_options *options,
                               const gy_task *task) {
  size_t first = first_stage_bytes(n, d, n_micro);
  gy_task left = second_stage_task(first, task);
  size_t second = gy_hierarchical_memory(n_micro, d, options, &left);
  return first > SIZE_MAX / 4 || second > SIZE_MAX / 4 ? SIZE_MAX : first + second;
}

/* Which way a fit goes. */
typedef struct {
  bool exact;
  size_t n_micro;
  size_t bytes;
} plan;

static plan make_plan(size_t n, size_t d, const gy_hierarchical_options *options, const gy_task *task) {
  size_t exact_rows = options->exact_rows == 0 ? EXACT_ROWS : options->exact_rows;
  size_t budget = gy_task_memory(task);
  plan p = {.exact = true, .bytes = gy_hierarchical_memory(n, d, options, task)};
  if (options->linkage == GY_LINKAGE_SINGLE || n <= FEWEST_MICRO) return p;
  if (n <= exact_rows && p.bytes <= budget) return p;
  p.exact = false;
  p.n_micro = needs_matrix(options->linkage) ? MICRO_MATRIX : MICRO;
  if (options->n_micro > 0) p.n_micro = options->n_micro;
  if (p.n_micro > n) p.n_micro = n;
  if (p.n_micro > INT32_MAX / 2) p.n_micro = INT32_MAX / 2;
  if (p.n_micro < FEWEST_MICRO) p.n_micro = FEWEST_MICRO;
  while ((p.bytes = two_stage_memory(n, d, p.n_micro, options, task)) > budget && p.n_micro > FEWEST_MICRO)
    p.n_micro = p.n_micro / 2 > FEWEST_MICRO ? p.n_micro / 2 : FEWEST_MICRO;
  return p;
}

size_t gy_hierarchy_memory(size_t n, size_t d, const gy_hierarchical_options *options, const gy_task *task) {
  return make_plan(n, d, options, task).bytes;
}

static gy_status check(gy_matrix x, const gy_hierarchical_options *options, const plan *p,
                       const gy_task *task, gy_error *err) {
  if (gy_linkage_name(options->linkage) == NULL)
    return gy_fail(err, GY_EUSAGE, "hierarchical clustering: there is no linkage %d", (int)options->linkage);
  if (p->bytes > gy_task_memory(task))
    return gy_fail(
        err, GY_ELIMIT,
        "hierarchical clustering: %zu bytes are needed for %s linkage of %zu rows%s, and the budget "
        "is %zu",
        p->bytes, gy_linkage_name(options->linkage), x.n_rows, p->exact ? "" : " by 256 micro-clusters",
        gy_task_memory(task));
  gy_status status = gy_matrix_check(x, GY_KD_VALUE_LIMIT, task, err);
  if (status != GY_OK) gy_error_prefix(err, "hierarchical clustering");
  return status == GY_OK ? gy_linkage_weights_check(options->weights, x.n_rows, err) : status;
}

/* Share of the squared deviations from the grand mean that lies within micro-clusters. */
static gy_status share_within(const gy_micro_clusters *micro, double *share, gy_error *err) {
  double within = 0, between = 0, weight = 0;
  double *mean = calloc(micro->d, sizeof *mean);
  if (mean == NULL)
    return gy_fail(err, GY_ENOMEM, "hierarchical clustering: out of memory for %zu columns", micro->d);
  for (size_t c = 0; c < micro->n; c++) {
    const double *own = micro->means + c * micro->d;
    double share_of_c = micro->weights[c] / (weight + micro->weights[c]), square = 0;
    for (size_t j = 0; j < micro->d; j++) {
      square += (own[j] - mean[j]) * (own[j] - mean[j]);
      mean[j] += share_of_c * (own[j] - mean[j]);
    }
    between += weight * share_of_c * square;
    weight += micro->weights[c];
    within += micro->spreads[c];
  }
  free(mean);
  *share = within > 0 ? within / (within + between) : 0;
  return GY_OK;
}

/* The second stage: exact linkage of the means. */
static gy_status link_means(const gy_micro_clusters *micro, const gy_hierarchical_options *options,
                            const gy_task *task, gy_dendrogram *tree, gy_error *err) {
  size_t n = micro->n, d = micro->d;
  float *means = malloc(n * d * sizeof *means), *weights = malloc(n * sizeof *weights);
  gy_status status = GY_OK;
  if (means == NULL || weights == NULL) {
    status = gy_fail(err, GY_ENOMEM, "hierarchical clustering: out of memory for %zu micro-clusters", n);
    goto done;
  }
  for (size_t i = 0; i < n * d; i++) means[i] = (float)micro->means[i];
  for (size_t i = 0; i < n; i++) weights[i] = micro->weights[i] < 1e9 ? (float)micro->weights[i] : 1e9f;
  gy_hierarchical_options weighted = *options;
  weighted.weights = weights;
  status = gy_hierarchical_fit((gy_matrix){means, n, d}, &weighted, task, tree, err);
  if (status == GY_OK) status = gy_dendrogram_weigh(tree, micro->weights, err);
done:
  free(means);
  free(weights);
  return status;
}

static gy_status fit_two_stage(gy_matrix x, const gy_hierarchical_options *options, const plan *p,
                               const gy_task *task, gy_hierarchy *made, gy_error *err) {
  gy_micro_clusters micro = {0};
  made->method = "two-stage";
  made->leaf_of_row = malloc(x.n_rows * sizeof *made->leaf_of_row);
  if (made->leaf_of_row == NULL)
    return gy_fail(err, GY_ENOMEM, "hierarchical clustering: out of memory for %zu rows", x.n_rows);
  gy_status status =
      gy_micro_clusters_fit(x, options->weights, p->n_micro, task, &micro, made->leaf_of_row, err);
  if (status == GY_OK) status = share_within(&micro, &made->lost, err);
  gy_task left = second_stage_task(first_stage_bytes(x.n_rows, x.n_columns, p->n_micro), task);
  if (status == GY_OK) status = link_means(&micro, options, &left, &made->tree, err);
  made->radius = micro.radius;
  gy_micro_clusters_clear(&micro);
  return status;
}

gy_status gy_hierarchy_fit(gy_matrix x, const gy_hierarchical_options *options, const gy_task *task,
                           gy_hierarchy *model, gy_error *err) {
  plan p = make_plan(x.n_rows, x.n_columns, options, task);
  gy_hierarchy made = {.linkage = options->linkage, .method = "exact", .n_rows = x.n_rows};
  gy_status status;
  if (p.exact) {
    status = gy_hierarchical_fit(x, options, task, &made.tree, err);
  } else {
    status = check(x, options, &p, task, err);
    if (status == GY_OK) status = fit_two_stage(x, options, &p, task, &made, err);
  }
  if (status == GY_OK)
    *model = made;
  else
    gy_hierarchy_clear(&made);
  return status;
}

gy_status gy_hierarchy_cut(const gy_hierarchy *model, int32_t k, int32_t *labels, gy_error *err) {
  if (model->leaf_of_row == NULL) return gy_dendrogram_cut(&model->tree, k, labels, err);
  int32_t *of_leaf = malloc((size_t)model->tree.n_leaves * sizeof *of_leaf);
  if (of_leaf == NULL)
    return gy_fail(err, GY_ENOMEM, "dendrogram: out of memory for %d leaves", model->tree.n_leaves);
  gy_status status = gy_dendrogram_cut(&model->tree, k, of_leaf, err);
  for (size_t i = 0; status == GY_OK && i < model->n_rows; i++) labels[i] = of_leaf[model->leaf_of_row[i]];
  free(of_leaf);
  return status;
}

void gy_hierarchy_clear(gy_hierarchy *model) {
  if (model == NULL) return;
  gy_dendrogram_clear(&model->tree);
  free(model->leaf_of_row);
  *model = (gy_hierarchy){0};
}

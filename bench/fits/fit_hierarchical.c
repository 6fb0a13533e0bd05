/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <gyeol/hierarchical.h>
#include <gyeol/validity.h>

#include "fits/fit.h"

/* From rows to tree; quality: the sum of the heights. */
static gy_status fit_tree(gy_matrix x, gy_linkage linkage, const gy_task *task, double *quality,
                          gy_error *err) {
  gy_dendrogram tree;
  gy_hierarchical_options options = gy_hierarchical_defaults(linkage);
  gy_status status = gy_hierarchical_fit(x, &options, task, &tree, err);
  if (status != GY_OK) return status;
  *quality = 0;
  for (int32_t i = 0; i < tree.n_leaves - 1; i++) *quality += tree.merges[i].height;
  gy_dendrogram_clear(&tree);
  return GY_OK;
}

static gy_status ward(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  return fit_tree(x, GY_LINKAGE_WARD, task, quality, err);
}

static gy_status average(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  return fit_tree(x, GY_LINKAGE_AVERAGE, task, quality, err);
}

static gy_status complete(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  return fit_tree(x, GY_LINKAGE_COMPLETE, task, quality, err);
}

static gy_status centroid(gy_matrix x, void *none, const gy_task *task, double *quality, gy_error *err) {
  (void)none;
  return fit_tree(x, GY_LINKAGE_CENTROID, task, quality, err);
}

enum { GROUPS = 8, SAMPLE = 20000 };

/* Labels of exact Ward on every n / SAMPLE-th row. */
static void *label_sample(gy_matrix x) {
  size_t step = x.n_rows / SAMPLE, d = x.n_columns;
  float *rows = malloc(SAMPLE * d * sizeof *rows);
  int32_t *labels = malloc(SAMPLE * sizeof *labels);
  gy_dendrogram tree;
  gy_hierarchical_options options = gy_hierarchical_defaults(GY_LINKAGE_WARD);
  for (size_t i = 0; i < SAMPLE; i++) memcpy(rows + i * d, gy_matrix_row(x, i * step), d * sizeof *rows);
  if (gy_hierarchical_fit((gy_matrix){rows, SAMPLE, d}, &options, NULL, &tree, NULL) != GY_OK ||
      gy_dendrogram_cut(&tree, GROUPS, labels, NULL) != GY_OK)
    abort();
  gy_dendrogram_clear(&tree);
  free(rows);
  return labels;
}

/* Quality: adjusted Rand index with the exact tree of the sample. */
static gy_status two_stage(gy_matrix x, void *prepared, const gy_task *task, double *quality, gy_error *err) {
  gy_task with_budget = *task;
  with_budget.memory_bytes = (size_t)2000 << 20;
  gy_hierarchical_options options = gy_hierarchical_defaults(GY_LINKAGE_WARD);
  gy_hierarchy model;
  int32_t *labels = malloc(x.n_rows * sizeof *labels);
  gy_status status = gy_hierarchy_fit(x, &options, &with_budget, &model, err);
  if (status == GY_OK) {
    status = gy_hierarchy_cut(&model, GROUPS, labels, err);
    gy_hierarchy_clear(&model);
  }
  for (size_t i = 0; i < SAMPLE; i++) labels[i] = labels[i * (x.n_rows / SAMPLE)];
  if (status == GY_OK) status = gy_adjusted_rand(prepared, GROUPS, labels, GROUPS, SAMPLE, quality, err);
  free(labels);
  return status;
}

int main(int argc, char **argv) {
  static const fit_case cases[] = {{"ward", NULL, ward},
                                   {"average", NULL, average},
                                   {"complete", NULL, complete},
                                   {"centroid", NULL, centroid},
                                   {"two_stage", label_sample, two_stage}};
  return fit_main(argc, argv, cases, sizeof cases / sizeof *cases);
}

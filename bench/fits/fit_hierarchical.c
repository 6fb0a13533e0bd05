/* SPDX-License-Identifier: Apache-2.0 */
#include <gyeol/hierarchical.h>

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

int main(int argc, char **argv) {
  static const fit_case cases[] = {{"ward", NULL, ward},
                                   {"average", NULL, average},
                                   {"complete", NULL, complete},
                                   {"centroid", NULL, centroid}};
  return fit_main(argc, argv, cases, sizeof cases / sizeof *cases);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The section lifecycle of gyeol.yaml: how many whole days make a customer new, active, at risk, lapsed, lost
 * (docs/methods/lifecycle.md). active_days < lapsed_days, so that who comes back after having lapsed does so
 * with the first order of the active days. */
#include "data/project_file_schema.h"

enum { DAYS_MAX = 36525 };

static uint32_t or_default(gy_yaml_tree *tree, const char *path, uint32_t given, uint32_t otherwise) {
  return gy_yaml_tree_find(tree, path) != NULL ? given : otherwise;
}

gy_status gy_lifecycle_complete(gy_project_config *config, gy_yaml_tree *tree, gy_error *err) {
  gy_lifecycle_config *l = &config->lifecycle;
  l->new_days = or_default(tree, "lifecycle.new_days", l->new_days, 30);
  l->active_days = or_default(tree, "lifecycle.active_days", l->active_days, 90);
  l->lapsed_days = or_default(tree, "lifecycle.lapsed_days", l->lapsed_days, 180);
  l->lost_days = or_default(tree, "lifecycle.lost_days", l->lost_days, 365);
  bool good = l->new_days >= 1 && l->new_days <= l->active_days && l->active_days < l->lapsed_days &&
              l->lapsed_days < l->lost_days && l->lost_days <= DAYS_MAX;
  if (good) return GY_OK;
  return gy_yaml_tree_fail(
      tree, gy_yaml_tree_find(tree, "lifecycle"), err,
      "lifecycle: new_days is %u, active_days %u, lapsed_days %u, lost_days %u; they must be 1 "
      "or more and at most %d, new_days at most active_days, and the others must rise",
      l->new_days, l->active_days, l->lapsed_days, l->lost_days, DAYS_MAX);
}

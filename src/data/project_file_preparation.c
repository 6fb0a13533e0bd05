/* SPDX-License-Identifier: Apache-2.0
 *
 * The checks of `preparation`: ways that exist, that mean something for numbers, and that leave every
 * customer in a cluster. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/preparation_rule.h"
#include "data/project_file_schema.h"

typedef struct {
  gy_yaml_tree *tree;
  gy_error *err;
} place;

static gy_status fail_at(const place *p, const char *path, const char *why, const char *text) {
  return gy_yaml_tree_fail(p->tree, gy_yaml_tree_find(p->tree, path), p->err, "%s '%s' %s", path, text, why);
}

static gy_status check_missing(const place *p, const char *path, const char *text) {
  gy_missing_text missing;
  gy_error why = {0};
  char *end = NULL;
  if (text == NULL) return GY_OK;
  if (gy_missing_parse(text, &missing, &why) != GY_OK)
    return gy_yaml_tree_fail(p->tree, gy_yaml_tree_find(p->tree, path), p->err, "%s: %s", path, why.text);
  if (missing.way == GY_MISSING_DROP || missing.way == GY_MISSING_LEAVE)
    return fail_at(p, path, "would leave customers without a cluster; use median, constant:VALUE or predict",
                   text);
  if (missing.way == GY_MISSING_OWN)
    return fail_at(
        p, path, "is for categories, and features are numbers; use median, constant:VALUE or predict", text);
  if (missing.constant == NULL) return GY_OK;
  double value = strtod(missing.constant, &end);
  return *end == '\0' && value >= -3.4e38 && value <= 3.4e38 ? GY_OK
                                                             : fail_at(p, path, "names no number", text);
}

static gy_status check_outliers(const place *p, const char *path, const char *text) {
  gy_preparation_rule rule = {0};
  gy_error why = {0};
  if (text == NULL) return GY_OK;
  if (gy_outliers_parse(text, &rule, &why) != GY_OK)
    return gy_yaml_tree_fail(p->tree, gy_yaml_tree_find(p->tree, path), p->err, "%s: %s", path, why.text);
  if (rule.outliers != GY_OUTLIERS_ISOLATE) return GY_OK;
  return fail_at(p, path, "would leave customers without a cluster; use winsorise or robust-z", text);
}

static gy_status check_feature(const place *p, const gy_project_config *config, uint32_t i) {
  const gy_feature_preparation *features = config->preparation.features;
  char path[64];
  bool is_used = false;
  for (uint32_t j = 0; j < config->clusters.n_features; j++)
    is_used = is_used || strcmp(config->clusters.features[j], features[i].feature) == 0;
  snprintf(path, sizeof path, "preparation.features.%u.feature", i);
  if (!is_used) return fail_at(p, path, "is not one of clusters.features", features[i].feature);
  for (uint32_t j = 0; j < i; j++)
    if (strcmp(features[j].feature, features[i].feature) == 0)
      return fail_at(p, path, "stands here twice", features[i].feature);
  snprintf(path, sizeof path, "preparation.features.%u.missing", i);
  gy_status status = check_missing(p, path, features[i].missing);
  snprintf(path, sizeof path, "preparation.features.%u.outliers", i);
  return status == GY_OK ? check_outliers(p, path, features[i].outliers) : status;
}

gy_status gy_project_preparation_complete(const gy_project_config *config, gy_yaml_tree *tree,
                                          gy_error *err) {
  place p = {tree, err};
  gy_status status = check_missing(&p, "preparation.missing", config->preparation.missing);
  if (status == GY_OK) status = check_outliers(&p, "preparation.outliers", config->preparation.outliers);
  for (uint32_t i = 0; i < config->preparation.n_features && status == GY_OK; i++)
    status = check_feature(&p, config, i);
  return status;
}

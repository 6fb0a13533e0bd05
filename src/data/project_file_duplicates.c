/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks of `duplicates`: the columns are there, and sources that are compared have keys of the same roles.
 */
#include <string.h>

#include "data/project_file_schema.h"
#include "data/role_kinds.h"

typedef struct {
  gy_project_config *config;
  gy_yaml_tree *tree;
  gy_error *err;
} check;

static gy_status check_column(const check *c, const gy_source_config *source, yaml_node_t *node,
                              const char *setting, const char *name) {
  const char *nearest = NULL;
  const gy_column_role *column = gy_source_config_column(source, name, &nearest);
  if (column != NULL && gy_role_is_read(column->role)) return GY_OK;
  return gy_yaml_tree_fail(c->tree, node, c->err,
                           "duplicates.%s of source '%s': '%s' is no column or role of it that is read%s%s%s",
                           setting, source->name, name, nearest != NULL ? "; did you mean '" : "",
                           nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
}

const gy_column_role *gy_duplicates_by(const gy_source_config *source) {
  if (source->duplicates.by[0] != '\0') return gy_source_config_column(source, source->duplicates.by, NULL);
  for (uint32_t i = 0; i < source->n_columns; i++)
    if (source->columns[i].role == GY_ROLE_TIME) return &source->columns[i];
  return NULL;
}

static gy_status check_own(const check *c, gy_source_config *source, yaml_node_t *node) {
  gy_duplicates_config *duplicates = &source->duplicates;
  if (duplicates->by == NULL) duplicates->by = gy_arena_strndup(&c->config->arena, "", 0);
  if (duplicates->by == NULL) return gy_fail(c->err, GY_ENOMEM, "no memory for the settings of the project");
  gy_status status = GY_OK;
  for (uint32_t k = 0; k < duplicates->n_key && status == GY_OK; k++)
    status = check_column(c, source, node, "key", duplicates->key[k]);
  if (status == GY_OK && duplicates->by[0] != '\0')
    status = check_column(c, source, node, "by", duplicates->by);
  if (status != GY_OK) return status;
  bool is_dated = duplicates->keep == GY_SURVIVOR_NEWEST || duplicates->keep == GY_SURVIVOR_OLDEST;
  if (is_dated && gy_duplicates_by(source) == NULL)
    return gy_yaml_tree_fail(c->tree, node, c->err,
                             "duplicates of source '%s': say by which column the newest is found, as in by: "
                             "updated_at",
                             source->name);
  if (duplicates->n_key == 0 && (duplicates->priority > 0 || is_dated))
    return gy_yaml_tree_fail(c->tree, node, c->err,
                             "duplicates of source '%s' need a key, as in key: [order, product]",
                             source->name);
  return GY_OK;
}

static gy_role role_of(const gy_source_config *source, uint32_t k) {
  return gy_source_config_column(source, source->duplicates.key[k], NULL)->role;
}

/* Sources are compared part by part of their keys. */
static gy_status check_pair(const check *c, const gy_source_config *a, const gy_source_config *b,
                            yaml_node_t *node) {
  bool compared = a->target == b->target && a->duplicates.priority > 0 && b->duplicates.priority > 0;
  if (!compared) return GY_OK;
  if (a->duplicates.priority == b->duplicates.priority)
    return gy_yaml_tree_fail(c->tree, node, c->err,
                             "sources '%s' and '%s' have the same duplicates.priority; the smaller one wins",
                             a->name, b->name);
  bool fits = a->duplicates.n_key == b->duplicates.n_key;
  for (uint32_t k = 0; fits && k < a->duplicates.n_key; k++) fits = role_of(a, k) == role_of(b, k);
  if (fits) return GY_OK;
  return gy_yaml_tree_fail(c->tree, node, c->err,
                           "sources '%s' and '%s' are compared by duplicates.priority: their keys must have "
                           "the same roles in the same order",
                           a->name, b->name);
}

gy_status gy_duplicates_complete(gy_project_config *config, gy_yaml_tree *tree, gy_error *err) {
  check c = {config, tree, err};
  yaml_node_t *list = gy_yaml_tree_find(tree, "sources");
  gy_status status = GY_OK;
  for (uint32_t i = 0; i < config->n_sources && status == GY_OK; i++) {
    yaml_node_t *item = gy_yaml_tree_item(tree, list, i),
                *node = gy_yaml_tree_member(tree, item, "duplicates");
    if (node == NULL) node = item;
    status = check_own(&c, &config->sources[i], node);
    for (uint32_t j = 0; j < i && status == GY_OK; j++)
      status = check_pair(&c, &config->sources[j], &config->sources[i], node);
  }
  return status;
}

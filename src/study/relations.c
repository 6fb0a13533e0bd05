/* SPDX-License-Identifier: Apache-2.0 */
#include "study/relations.h"

#include <stdlib.h>
#include <string.h>

gy_status gy_relation_execute(gy_engine *engine, const char *sql_template, const char *name,
                              const char *other, const gy_task *task, gy_error *err) {
  char *quoted = gy_sql_identifier(name), *other_quoted = gy_sql_identifier(other), *sql = NULL;
  gy_sql_part parts[] = {{"name", quoted}, {"other", other_quoted}};
  gy_status status = quoted != NULL && other_quoted != NULL
                         ? gy_sql_expand(sql_template, parts, 2, &sql, err)
                         : gy_fail(err, GY_ENOMEM, "no memory to store %s", name);
  if (status == GY_OK) status = gy_engine_execute(engine, sql, NULL, 0, NULL, task, NULL, err);
  free(quoted);
  free(other_quoted);
  free(sql);
  return status;
}

static gy_relation_kind kind_of(const json_t *relation) {
  if (relation == NULL) return GY_RELATION_NONE;
  const char *kind = json_string_value(json_object_get(relation, "kind"));
  return strcmp(kind, "VIEW") == 0 ? GY_RELATION_VIEW : GY_RELATION_TABLE;
}

static gy_status drop(gy_engine *engine, const char *name, gy_relation_kind kind, gy_error *err) {
  if (kind == GY_RELATION_NONE) return GY_OK;
  const char *sql = kind == GY_RELATION_VIEW ? "DROP VIEW {{name}}" : "DROP TABLE {{name}}";
  return gy_relation_execute(engine, sql, name, name, NULL, err);
}

gy_status gy_relation_find(gy_engine *engine, const char *name, gy_relation_kind *kind, gy_error *err) {
  gy_value value = gy_bind_text(name);
  json_t *rows = NULL;
  gy_status status = gy_engine_json(engine, gy_sql("study/relation_kind"), &value, 1, NULL, &rows, err);
  if (status == GY_OK) *kind = kind_of(json_array_get(rows, 0));
  json_decref(rows);
  return status;
}

gy_status gy_relation_drop(gy_engine *engine, const char *name, gy_error *err) {
  gy_relation_kind kind = GY_RELATION_NONE;
  gy_status status = gy_relation_find(engine, name, &kind, err);
  return status == GY_OK ? drop(engine, name, kind, err) : status;
}

gy_status gy_relations_drop(gy_engine *engine, const char *pattern, gy_error *err) {
  gy_value value = gy_bind_text(pattern);
  json_t *relations = NULL, *relation;
  gy_status status = gy_engine_json(engine, gy_sql("study/relations_like"), &value, 1, NULL, &relations, err);
  size_t i;
  json_array_foreach(relations, i, relation) {
    const char *name = json_string_value(json_object_get(relation, "relation"));
    if (status == GY_OK) status = drop(engine, name, kind_of(relation), err);
  }
  json_decref(relations);
  return status;
}

gy_status gy_relation_replace(gy_engine *engine, const char *name, const char *other, gy_error *err) {
  gy_relation_kind kind = GY_RELATION_NONE;
  gy_status status = gy_relation_drop(engine, other, err);
  if (status == GY_OK) status = gy_relation_find(engine, name, &kind, err);
  if (status != GY_OK) return status;
  return gy_relation_execute(engine,
                             kind == GY_RELATION_VIEW ? "ALTER VIEW {{name}} RENAME TO {{other}}"
                                                      : "ALTER TABLE {{name}} RENAME TO {{other}}",
                             name, other, NULL, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "study/person_sources.h"

#include <stdlib.h>
#include <string.h>

#include "study/canonical_views.h"

bool gy_role_key(gy_role role, gy_key_kind *kind) {
  if (role == GY_ROLE_CUSTOMER) *kind = GY_KEY_CUSTOMER;
  if (role == GY_ROLE_VISITOR) *kind = GY_KEY_ANONYMOUS;
  return role == GY_ROLE_CUSTOMER || role == GY_ROLE_VISITOR || gy_key_from_name(gy_role_name(role), kind);
}

static bool is_used(const gy_identity_config *identity, gy_key_kind kind) {
  for (uint32_t i = 0; i < identity->n_keys; i++)
    if (identity->keys[i] == kind) return true;
  return false;
}

bool gy_source_has_keys(const gy_project_config *config, const gy_source_config *source) {
  for (uint32_t c = 0; c < source->n_columns; c++) {
    gy_key_kind kind;
    if (gy_role_key(source->columns[c].role, &kind) && kind != GY_KEY_CUSTOMER &&
        is_used(&config->identity, kind))
      return true;
  }
  return false;
}

static const char *type_of(const json_t *columns, const char *name) {
  size_t i;
  json_t *column;
  json_array_foreach(columns, i, column) {
    if (strcmp(json_string_value(json_object_get(column, "column")), name) == 0)
      return json_string_value(json_object_get(column, "type"));
  }
  return NULL;
}

/* A key is one by its role; other columns may be called the same. */
static void describe(const gy_source_config *config, const json_t *columns, gy_identity_source *source) {
  for (uint32_t c = 0; c < config->n_columns; c++) {
    gy_key_kind kind;
    if (gy_role_key(config->columns[c].role, &kind))
      source->types[kind] = type_of(columns, gy_key_name(kind));
  }
  const char *time = gy_role_column(GY_ROLE_TIME, config->target);
  const char *type = time != NULL ? type_of(columns, time) : NULL;
  if (type != NULL && strcmp(type, "TIMESTAMP") == 0) source->time = time;
}

gy_status gy_person_sources_load(gy_engine *engine, const gy_project_config *config,
                                 gy_person_sources *sources, gy_error *err) {
  size_t n = config->n_sources;
  *sources = (gy_person_sources){.sources = calloc(n + 1, sizeof *sources->sources),
                                 .columns = calloc(n + 1, sizeof(json_t *)),
                                 .relations = calloc(n + 1, sizeof(char *)),
                                 .n = n};
  if (sources->sources == NULL || sources->columns == NULL || sources->relations == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for the keys of %zu sources", n);
  gy_status status = GY_OK;
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    sources->relations[i] = gy_source_relation(config->sources[i].name);
    if (sources->relations[i] == NULL)
      return gy_fail(err, GY_ENOMEM, "no memory for the keys of %zu sources", n);
    gy_value name = gy_bind_text(sources->relations[i]);
    status =
        gy_engine_json(engine, gy_sql("study/relation_columns"), &name, 1, NULL, &sources->columns[i], err);
    sources->sources[i] =
        (gy_identity_source){.name = config->sources[i].name, .relation = sources->relations[i]};
    if (status == GY_OK) describe(&config->sources[i], sources->columns[i], &sources->sources[i]);
  }
  return status;
}

void gy_person_sources_clear(gy_person_sources *sources) {
  for (size_t i = 0; i < sources->n; i++) {
    if (sources->columns != NULL) json_decref(sources->columns[i]);
    if (sources->relations != NULL) free(sources->relations[i]);
  }
  free(sources->sources);
  free(sources->columns);
  free(sources->relations);
  *sources = (gy_person_sources){0};
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "study/person_sources.h"

#include <stdlib.h>
#include <string.h>

#include "privacy/audit_log.h"
#include "study/canonical_views.h"
#include "study/link_spec.h"
#include "study/project_privacy.h"

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

/* A whole birth date under its own name says more than the year of birth. */
static const char *birth_of(const json_t *columns) {
  size_t i;
  json_t *column;
  gy_link_compare compare;
  json_array_foreach(columns, i, column) {
    const char *name = json_string_value(json_object_get(column, "column"));
    if (strcmp(name, "birth") != 0 && gy_link_kind_by_name(name, &compare) && compare == GY_LINK_DATE)
      return name;
  }
  return type_of(columns, "birth") != NULL ? "birth" : NULL;
}

/* A key is one by its role; other columns may be called the same. */
static void describe(const gy_source_config *config, const json_t *columns, gy_identity_source *source) {
  for (uint32_t c = 0; c < config->n_columns; c++) {
    gy_key_kind kind;
    if (gy_role_key(config->columns[c].role, &kind))
      source->types[kind] = type_of(columns, gy_key_name(kind));
  }
  if (config->target == GY_TARGET_CUSTOMERS) {
    source->says[GY_SAYS_NAME] = type_of(columns, "person_name") != NULL ? "person_name" : NULL;
    source->says[GY_SAYS_BIRTH] = birth_of(columns);
    source->says[GY_SAYS_GENDER] = type_of(columns, "gender") != NULL ? "gender" : NULL;
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

gy_status gy_person_vault(void *project, const char *why, gy_vault **vault, gy_error *err) {
  gy_key_ring *ring = NULL;
  gy_audit_entry entry = {.action = why};
  *vault = NULL;
  if (!gy_project_has_vault(project)) return GY_OK;
  gy_status status = gy_project_ring(project, false, &ring, err);
  if (status == GY_OK) status = gy_audit_append(ring, &entry, err);
  return status == GY_OK ? gy_project_vault(project, false, vault, err) : status;
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

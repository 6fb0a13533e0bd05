/* SPDX-License-Identifier: Apache-2.0
 *
 * The keys of people in a project's sources, as identity (people/identity.h) is told of them. */
#ifndef GYEOL_STUDY_PERSON_SOURCES_H
#define GYEOL_STUDY_PERSON_SOURCES_H

#include <jansson.h>

#include "data/project_file.h"
#include "people/identity.h"

typedef struct gy_person_sources {
  gy_identity_source *sources; /* one a source of the project, in its order */
  json_t **columns;            /* own the names */
  char **relations;
  size_t n;
} gy_person_sources;

/* Whether the source has a key besides the customer id, by gyeol.yaml alone. */
bool gy_source_has_keys(const gy_project_config *config, const gy_source_config *source);
/* The role of a column that is a key. */
bool gy_role_key(gy_role role, gy_key_kind *kind);

/* Clear it in either case. */
GY_MUST_USE gy_status gy_person_sources_load(gy_engine *engine, const gy_project_config *config,
                                             gy_person_sources *sources, gy_error *err);
/* gy_identity_plan.open_vault of a project (context): NULL where nothing was ever put in; logged. */
GY_MUST_USE gy_status gy_person_vault(void *project, const char *why, gy_vault **vault, gy_error *err);
void gy_person_sources_clear(gy_person_sources *sources);

#endif

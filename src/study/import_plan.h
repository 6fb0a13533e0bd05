/* SPDX-License-Identifier: Apache-2.0
 *
 * From a source of gyeol.yaml to what the import is told: which files, in which dialect, which column becomes
 * what. What gyeol.yaml leaves open is found out from the first file. */
#ifndef GYEOL_STUDY_IMPORT_PLAN_H
#define GYEOL_STUDY_IMPORT_PLAN_H

#include "data/import.h"
#include "data/project_file.h"

typedef struct gy_import_plan {
  char **paths; /* patterns as seen from the working folder */
  size_t n_paths;
  gy_import_column *columns;
  size_t n_columns;
  gy_zone *zone;
  gy_import_spec spec; /* table and rejects are the caller's to fill in */
} gy_import_plan;

/* The paths alone: enough to see whether files changed. Clear the plan in either case. */
GY_MUST_USE gy_status gy_import_plan_paths(const gy_source_config *source, const char *root,
                                           gy_import_plan *plan, gy_error *err);

/* The rest. Looks into the first file where something is left to find out. `privacy` is lent to the spec. */
GY_MUST_USE gy_status gy_import_plan_complete(const gy_source_config *source, const char *timezone,
                                              const gy_import_privacy *privacy, gy_import_plan *plan,
                                              gy_error *err);
void gy_import_plan_clear(gy_import_plan *plan);

#endif

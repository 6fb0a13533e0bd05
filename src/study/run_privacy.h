/* SPDX-License-Identifier: Apache-2.0
 *
 * What the imports of a project are told of identifiers; keys and vault are opened when the first direct one
 * is met. */
#ifndef GYEOL_STUDY_RUN_PRIVACY_H
#define GYEOL_STUDY_RUN_PRIVACY_H

#include "data/import_privacy.h"
#include "study/project_store.h"

/* `project` is lent for as long as the struct is used. Reads who was forgotten, where there is a vault. Clear
 * it in either case. */
GY_MUST_USE gy_status gy_run_privacy_init(gy_import_privacy *privacy, gy_project *project, gy_error *err);
void gy_run_privacy_clear(gy_import_privacy *privacy); /* safe on a zeroed one */

#endif

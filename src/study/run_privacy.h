/* SPDX-License-Identifier: Apache-2.0
 *
 * What the imports of a project are told of identifiers; keys and vault are opened when the first direct one
 * is met. */
#ifndef GYEOL_STUDY_RUN_PRIVACY_H
#define GYEOL_STUDY_RUN_PRIVACY_H

#include "data/import_privacy.h"
#include "study/project_store.h"

/* `project` is lent for as long as the struct is used. */
gy_import_privacy gy_run_privacy(gy_project *project);

#endif

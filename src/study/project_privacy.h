/* SPDX-License-Identifier: Apache-2.0
 *
 * The key ring and the vault of a project, opened on first need and once: a project without direct
 * identifiers has neither, and pays nothing. gy_project_clear closes both. */
#ifndef GYEOL_STUDY_PROJECT_PRIVACY_H
#define GYEOL_STUDY_PROJECT_PRIVACY_H

#include "privacy/vault.h"
#include "study/project_store.h"

/* Has personal data ever been put into this project's vault? */
bool gy_project_has_vault(const gy_project *project);

/* Lent. `create`: made, with its key, where there is none; otherwise GY_ENOTFOUND. The key comes from where
 * privacy.key in gyeol.yaml says. */
GY_MUST_USE gy_status gy_project_ring(gy_project *project, bool create, gy_key_ring **ring, gy_error *err);
GY_MUST_USE gy_status gy_project_vault(gy_project *project, bool create, gy_vault **vault, gy_error *err);

#endif

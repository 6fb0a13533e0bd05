/* SPDX-License-Identifier: Apache-2.0 */
#include "study/project_privacy.h"

bool gy_project_has_vault(const gy_project *project) {
  return project->state_dir != NULL && gy_key_ring_exists(project->state_dir);
}

gy_status gy_project_ring(gy_project *project, bool create, gy_key_ring **ring, gy_error *err) {
  gy_status status = GY_OK;
  if (project->ring == NULL)
    status = gy_key_ring_open(project->state_dir, project->config.privacy.key, create, &project->ring, err);
  if (status == GY_OK) *ring = project->ring;
  return status;
}

gy_status gy_project_vault(gy_project *project, bool create, gy_vault **vault, gy_error *err) {
  gy_key_ring *ring = NULL;
  gy_status status = gy_project_ring(project, create, &ring, err);
  if (status == GY_OK && project->vault == NULL) status = gy_vault_open(ring, &project->vault, err);
  if (status == GY_OK) *vault = project->vault;
  return status;
}

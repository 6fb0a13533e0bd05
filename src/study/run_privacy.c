/* SPDX-License-Identifier: Apache-2.0 */
#include "study/run_privacy.h"

#include "study/project_privacy.h"

static gy_status open(void *context, gy_key_ring **ring, gy_vault **vault, gy_error *err) {
  gy_project *project = context;
  gy_status status = gy_project_ring(project, true, ring, err);
  return status == GY_OK ? gy_project_vault(project, true, vault, err) : status;
}

gy_status gy_run_privacy_init(gy_import_privacy *privacy, gy_project *project, gy_error *err) {
  *privacy = (gy_import_privacy){.context = project,
                                 .open = open,
                                 .keeps_free_text = project->config.privacy.free_text == GY_FREE_TEXT_KEEP};
  if (!gy_project_has_vault(project)) return GY_OK;
  gy_key_ring *ring = NULL;
  gy_tombstones *tombstones = NULL;
  gy_status status = gy_project_ring(project, false, &ring, err);
  if (status == GY_OK) status = gy_tombstones_load(ring, &tombstones, err);
  if (status == GY_OK) privacy->tombstones = tombstones;
  return status;
}

void gy_run_privacy_clear(gy_import_privacy *privacy) {
  gy_tombstones_destroy((gy_tombstones *)(uintptr_t)privacy->tombstones);
  *privacy = (gy_import_privacy){0};
}

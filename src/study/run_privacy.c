/* SPDX-License-Identifier: Apache-2.0 */
#include "study/run_privacy.h"

#include "study/project_privacy.h"

static gy_status open(void *context, gy_key_ring **ring, gy_vault **vault, gy_error *err) {
  gy_project *project = context;
  gy_status status = gy_project_ring(project, true, ring, err);
  return status == GY_OK ? gy_project_vault(project, true, vault, err) : status;
}

gy_import_privacy gy_run_privacy(gy_project *project) {
  return (gy_import_privacy){.context = project, .open = open};
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * `gyeol check`: the contracts alone. What did not change since the last run was checked by it; everything
 * else is read into a store that is thrown away. */
#include "study/quality.h"
#include "study/scratch_project.h"

gy_status gy_project_check(const char *dir, const char *as_of, const gy_task *task, char **result,
                           gy_error *err) {
  gy_scratch scratch;
  json_t *quality = NULL;
  gy_status status = gy_scratch_open(dir, as_of, true, task, &scratch, err);
  if (status == GY_OK) status = gy_run_imports(&scratch.run, err);
  if (status == GY_OK) {
    quality = gy_quality_json(scratch.run.imports);
    json_object_set_new(quality, "project", json_string(scratch.run.project.config.name));
    json_object_set_new(quality, "changed", json_boolean(scratch.run.log.changed));
    *result = json_dumps(quality, JSON_COMPACT);
    if (*result == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for the result");
  }
  json_decref(quality);
  gy_scratch_close(&scratch);
  return status;
}

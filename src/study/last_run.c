/* SPDX-License-Identifier: Apache-2.0 */
#include "study/last_run.h"

#include <stdio.h>
#include <string.h>

static gy_status load_imports(gy_run_context *run, gy_error *err) {
  run->imports = json_object();
  for (uint32_t i = 0; i < run->project.config.n_sources; i++) {
    char step[256];
    gy_step_record record;
    snprintf(step, sizeof step, "import:%s", run->project.config.sources[i].name);
    gy_status status = gy_step_load(run->log.engine, step, NULL, &record, err);
    if (status != GY_OK) return status;
    if (json_is_object(record.detail))
      json_object_set(run->imports, run->project.config.sources[i].name, record.detail);
    json_decref(record.detail);
  }
  return GY_OK;
}

/* Steps that ran on what a later, shorter run has replaced are left out: their rows number customers that
 * are no more. */
static gy_status load_steps(gy_run_context *run, gy_error *err) {
  gy_engine *engine = run->log.engine;
  gy_step_record features = {0}, rfm = {0}, clusters = {0}, profiles = {0}, trends = {0};
  char both[GY_FINGERPRINT_CHARS + 1];
  gy_status status = gy_step_load(engine, "features", NULL, &features, err);
  if (status == GY_OK) status = gy_step_load(engine, "rfm", features.text, &rfm, err);
  if (status == GY_OK) status = gy_step_load(engine, "clusters", features.text, &clusters, err);
  if (status == GY_OK) status = gy_step_load(engine, "trends", features.text, &trends, err);
  gy_digest *digest = gy_digest_create();
  gy_digest_text(digest, rfm.text);
  gy_digest_text(digest, clusters.text);
  gy_digest_finish(digest, both);
  if (status == GY_OK) status = gy_step_load(engine, "profiles", both, &profiles, err);
  run->totals = features.detail;
  memcpy(run->last_run, features.run, sizeof run->last_run);
  run->rfm = rfm.detail;
  run->clusters = clusters.detail;
  run->profiles = profiles.detail;
  run->trends = trends.detail;
  return status;
}

static void copy_text(char *out, size_t size, const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  snprintf(out, size, "%s", text != NULL ? text : "");
}

static gy_status check_needs(const gy_run_context *run, gy_run_needs needs, gy_error *err) {
  const char *dir = run->project.dir;
  if (needs >= GY_NEEDS_FEATURES && run->totals == NULL)
    return gy_fail(err, GY_ENOTFOUND, "no run of %s has been completed yet; make one with: gyeol run %s", dir,
                   dir);
  bool whole = run->rfm != NULL && run->clusters != NULL && run->profiles != NULL && run->trends != NULL;
  if (needs == GY_NEEDS_SEGMENTS && !whole)
    return gy_fail(err, GY_ENOTFOUND,
                   "the last run of %s ended before its segments (--until); complete it with: gyeol run %s",
                   dir, dir);
  return GY_OK;
}

static gy_status open_as(const char *dir, gy_run_needs needs, gy_store_access access, const gy_task *task,
                         gy_run_context *run, gy_error *err) {
  *run = (gy_run_context){.task = task};
  gy_status status = gy_project_load(dir, &run->project, err);
  if (status == GY_OK) status = gy_project_features(&run->project, &run->features, err);
  if (status == GY_OK) status = gy_project_open_store(&run->project, access, task, err);
  if (status != GY_OK) return status;
  run->log.engine = run->project.engine;
  status = load_imports(run, err);
  if (status == GY_OK) status = load_steps(run, err);
  if (status == GY_OK) status = check_needs(run, needs, err);
  copy_text(run->counts_sql, sizeof run->counts_sql, run->totals, "counts_sql");
  copy_text(run->orders_sql, sizeof run->orders_sql, run->totals, "orders_sql");
  return status;
}

gy_status gy_last_run_open(const char *dir, gy_run_needs needs, const gy_task *task, gy_run_context *run,
                           gy_error *err) {
  return open_as(dir, needs, GY_STORE_READ, task, run, err);
}

gy_status gy_last_run_continue(const char *dir, gy_run_needs needs, const gy_task *task, gy_run_context *run,
                               gy_error *err) {
  gy_status status = open_as(dir, needs, GY_STORE_WRITE, task, run, err);
  run->log.run = run->last_run;
  run->log.steps = json_array();
  return status == GY_OK && run->log.steps == NULL ? gy_fail(err, GY_ENOMEM, "no memory for the run's log")
                                                   : status;
}

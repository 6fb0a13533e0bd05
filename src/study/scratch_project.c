/* SPDX-License-Identifier: Apache-2.0 */
#include "study/scratch_project.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "study/project_privacy.h"
#include "study/run_privacy.h"

static const char PREFIX[] = "check-";

/* Removes what processes left that are no more. */
void gy_scratch_sweep(const char *state_dir) {
  DIR *folder = opendir(state_dir);
  for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
    if (strncmp(entry->d_name, PREFIX, sizeof PREFIX - 1) != 0) continue;
    long process = strtol(entry->d_name + sizeof PREFIX - 1, NULL, 10);
    if (process <= 0 || kill((pid_t)process, 0) == 0 || errno != ESRCH) continue;
    char *path = gy_path_join(state_dir, entry->d_name);
    if (path != NULL) (void)!gy_dir_remove(path, NULL);
    free(path);
  }
  if (folder != NULL) closedir(folder);
}

/* Keys and tombstones are the project's own, so that the same rows are read as in a run; its vault gets
 * nothing. */
static gy_status lend_privacy(gy_run_context *run, gy_error *err) {
  if (!gy_project_has_vault(&run->project)) return GY_OK;
  gy_status status = gy_run_privacy_init(&run->privacy, &run->project, err);
  run->privacy.keeps_no_originals = true;
  return status;
}

static gy_status make_folder(gy_scratch *scratch, gy_error *err) {
  gy_project *project = &scratch->run.project;
  bool is_new = !gy_path_exists(project->state_dir);
  gy_status status = gy_dir_create(project->state_dir, err);
  if (status != GY_OK) return status;
  if (is_new) scratch->state_dir = strdup(project->state_dir);
  gy_scratch_sweep(project->state_dir);
  if (asprintf(&scratch->folder, "%s/%s%ld", project->state_dir, PREFIX, (long)getpid()) < 0)
    scratch->folder = NULL;
  return scratch->folder != NULL ? gy_dir_create(scratch->folder, err)
                                 : gy_fail(err, GY_ENOMEM, "no memory to read project %s", project->dir);
}

/* What the last run left of each source. */
static gy_status copy_last(gy_scratch *scratch, const char *store, gy_error *err) {
  static const char *const COPIES[] = {
      "INSERT INTO steps SELECT * FROM last.steps WHERE step LIKE 'import:%'",
      "INSERT INTO import_files SELECT * FROM last.import_files"};
  gy_engine *engine = scratch->run.project.engine;
  char *path = gy_sql_literal(store), *attach = NULL;
  if (path == NULL || asprintf(&attach, "ATTACH %s AS last (READ_ONLY)", path) < 0) attach = NULL;
  gy_status status = attach != NULL ? gy_engine_execute(engine, attach, NULL, 0, NULL, NULL, NULL, err)
                                    : gy_fail(err, GY_ENOMEM, "no memory to open %s", store);
  for (size_t i = 0; i < 2 && status == GY_OK; i++) /* an older store has less to tell */
    (void)!gy_engine_execute(engine, COPIES[i], NULL, 0, NULL, NULL, NULL, NULL);
  if (status == GY_OK) status = gy_engine_execute(engine, "DETACH last", NULL, 0, NULL, NULL, NULL, err);
  free(path);
  free(attach);
  return status;
}

gy_status gy_scratch_open(const char *dir, const char *as_of, bool knows_last, const gy_task *task,
                          gy_scratch *scratch, gy_error *err) {
  *scratch = (gy_scratch){.options = {.as_of = as_of}};
  gy_run_context *run = &scratch->run;
  run->options = &scratch->options;
  run->task = task;
  run->only_checks = true;
  run->log.run = "check";
  if (sodium_init() < 0) return gy_fail(err, GY_EINTERNAL, "libsodium cannot start");
  gy_status status = gy_project_load(dir, &run->project, err);
  if (status != GY_OK) return status;
  char *store = gy_path_join(run->project.state_dir, "store.duckdb"), *own = run->project.state_dir;
  if (store == NULL) status = gy_fail(err, GY_ENOMEM, "no memory to read project %s", dir);
  if (status == GY_OK) status = lend_privacy(run, err);
  if (status == GY_OK) status = make_folder(scratch, err);
  if (status == GY_OK) {
    run->project.state_dir = strdup(scratch->folder);
    free(own);
    status = run->project.state_dir != NULL ? gy_project_open_store(&run->project, GY_STORE_WRITE, task, err)
                                            : gy_fail(err, GY_ENOMEM, "no memory to read project %s", dir);
  }
  if (status == GY_OK && knows_last && gy_path_exists(store)) status = copy_last(scratch, store, err);
  run->log.engine = run->project.engine;
  run->log.steps = json_array();
  run->imports = json_object();
  if (status == GY_OK) status = gy_engine_begin(run->project.engine, err);
  free(store);
  return status;
}

void gy_scratch_close(gy_scratch *scratch) {
  gy_run_context_clear(&scratch->run);
  if (scratch->folder != NULL) (void)!gy_dir_remove(scratch->folder, NULL);
  if (scratch->state_dir != NULL) (void)!rmdir(scratch->state_dir); /* stays when somebody uses it by now */
  free(scratch->folder);
  free(scratch->state_dir);
  *scratch = (gy_scratch){0};
}

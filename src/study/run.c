/* SPDX-License-Identifier: Apache-2.0
 *
 * A run from start to commit. Sources are staged first (step_imports.c); everything else happens inside one
 * transaction of the store, and the run's folder is completed under another name and renamed just before the
 * commit. Whatever goes wrong in between, the store shows the last committed run. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "report/render.h"
#include "study/manifest.h"
#include "study/report_model.h"
#include "study/run_context.h"
#include "study/run_folder.h"
#include "study/store_vault.h"

void gy_text_free(char *text) { free(text); }

gy_status gy_run_settings(const gy_run_context *run, const gy_config_section *sections, size_t n,
                          const char *further, char hex[GY_FINGERPRINT_CHARS + 1], gy_error *err) {
  gy_digest *digest = gy_digest_create();
  gy_status status = digest != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to compare settings");
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    char hash[GY_SECTION_HASH_CHARS + 1];
    status = gy_project_config_hash(&run->project.config, sections[i], hash, err);
    if (status == GY_OK) gy_digest_text(digest, hash);
  }
  gy_digest_text(digest, further);
  gy_digest_finish(digest, hex);
  return status;
}

/* Options of one run stand in for the project's settings. */
static gy_status apply_options(gy_run_context *run, gy_error *err) {
  gy_project_config *config = &run->project.config;
  const gy_run_options *options = run->options;
  if (options->timezone != NULL) {
    config->timezone = gy_arena_strndup(&config->arena, options->timezone, strlen(options->timezone));
    if (config->timezone == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the time zone");
  }
  if (options->seed != NULL) {
    char *end;
    config->clusters.seed = strtoull(options->seed, &end, 10);
    if (*end != '\0' || end == options->seed)
      return gy_fail(err, GY_EUSAGE, "--seed %s is not a whole number", options->seed);
  }
  return GY_OK;
}

/* "20261121T203015Z-3fa9": sorts by time, and two runs in one second differ. */
static void make_run_id(int64_t now_us, char id[32]) {
  time_t seconds = (time_t)(now_us / 1000000);
  struct tm parts;
  gmtime_r(&seconds, &parts);
  size_t used = strftime(id, 32, "%Y%m%dT%H%M%SZ", &parts);
  snprintf(id + used, 32 - used, "-%04x", (unsigned)randombytes_uniform(65536));
}

typedef struct {
  const char *name;
  gy_status (*run)(gy_run_context *, gy_error *);
} step_entry;

enum { REPORT_VERSION = 3 };

static const step_entry STEPS[] = {{"import", gy_run_imports},    {"identity", gy_run_identity},
                                   {"consent", gy_run_consent},   {"tables", gy_run_tables},
                                   {"features", gy_run_features}, {"rfm", gy_run_rfm},
                                   {"clusters", gy_run_clusters}, {"segments", gy_run_segments},
                                   {"profiles", gy_run_profiles}, {"trends", gy_run_trends}};
enum { N_STEPS = sizeof STEPS / sizeof *STEPS };

static gy_status check_until(const char *until, gy_error *err) {
  if (until == NULL) return GY_OK;
  for (size_t i = 0; i < N_STEPS; i++)
    if (strcmp(STEPS[i].name, until) == 0) return GY_OK;
  return gy_fail(err, GY_EUSAGE,
                 "--until %s is no step; use import, identity, consent, tables, features, rfm, clusters, "
                 "segments, profiles or trends",
                 until);
}

/* The report shows all that the steps left, and a few settings of its own. It is rendered when the run is
 * completed; here is decided whether it must be. */
static gy_status plan_report(gy_run_context *run, gy_error *err) {
  static const gy_config_section SECTIONS[] = {GY_SECTION_IDENTITY, GY_SECTION_REPORT};
  const char *const inputs[] = {run->imports_text, run->further_imports_text, run->features_text,
                                run->rfm_text, run->clusters_text};
  gy_fingerprint fingerprint = {.version = REPORT_VERSION};
  gy_digest *digest = gy_digest_create();
  for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) gy_digest_text(digest, inputs[i]);
  char *segments = run->segments != NULL ? json_dumps(run->segments, JSON_COMPACT) : NULL;
  gy_digest_text(digest, segments);
  free(segments);
  gy_digest_finish(digest, fingerprint.inputs);
  gy_step_record last = {0};
  gy_status status = gy_run_settings(run, SECTIONS, 2, NULL, fingerprint.settings, err);
  if (status == GY_OK) status = gy_step_load(run->log.engine, "report", NULL, &last, err);
  if (status != GY_OK) return status;
  char *page = gy_run_report(&run->project, last.run);
  if (page != NULL && !gy_path_exists(page)) fingerprint.reason = "its file is gone";
  if (run->log.changed) fingerprint.reason = "its inputs changed";
  bool must_run = false;
  status = gy_step_start(&run->log, "report", &fingerprint, &must_run, NULL, err);
  gy_step_report report = {.rows = 1};
  if (status == GY_OK && must_run)
    status = gy_step_finish(&run->log, "report", &fingerprint, 0, &report, err);
  if (status == GY_OK && !must_run) memcpy(run->complete_run, last.run, sizeof last.run);
  json_decref(last.detail);
  free(page);
  return status;
}

static gy_status run_steps(gy_run_context *run, gy_error *err) {
  for (size_t i = 0; i < N_STEPS; i++) {
    gy_status status = gy_task_check(run->task, err);
    if (status == GY_OK) status = STEPS[i].run(run, err);
    if (status != GY_OK) return status;
    if (run->options->until != NULL && strcmp(STEPS[i].name, run->options->until) == 0) break;
  }
  return run->options->until == NULL ? plan_report(run, err) : GY_OK;
}

/* Writes manifest and report into `partial`, a folder that gets its name when both are whole. */
static gy_status fill_folder(gy_run_context *run, const char *partial, const json_t *manifest,
                             gy_error *err) {
  gy_status status = gy_dir_create(partial, err);
  if (status != GY_OK) return status;
  char *page = gy_path_join(partial, "report.html"), *record = gy_path_join(partial, "manifest.json");
  char *text = json_dumps(manifest, JSON_INDENT(1));
  json_t *model = NULL;
  if (page == NULL || record == NULL || text == NULL)
    status = gy_fail(err, GY_ENOMEM, "no memory for the run's folder");
  if (status == GY_OK) status = gy_file_replace(record, text, strlen(text), err);
  bool whole = run->options->until == NULL;
  if (status == GY_OK && whole) status = gy_report_model_create(run, &model, err);
  if (status == GY_OK && whole) status = gy_report_render(model, page, err);
  json_decref(model);
  free(text);
  free(page);
  free(record);
  return status;
}

static gy_status store_run(gy_run_context *run, int64_t started_us, const json_t *manifest, gy_error *err) {
  char *text = json_dumps(manifest, JSON_COMPACT);
  if (text == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the run's manifest");
  gy_value values[] = {gy_bind_text(run->log.run), gy_bind_timestamp(started_us), gy_bind_text(text)};
  gy_status status = gy_engine_execute(run->project.engine, "INSERT INTO runs VALUES ($1, $2, $3)", values, 3,
                                       NULL, NULL, NULL, err);
  free(text);
  return status;
}

/* The manifest as kept in the store also knows how long the report took. */
static void add_report_seconds(gy_run_context *run, json_t *manifest, double total) {
  json_t *seconds = json_object_get(manifest, "seconds");
  double spent = total - json_number_value(json_object_get(seconds, "total"));
  json_object_set_new(seconds, "report", json_real(spent));
  json_object_set_new(seconds, "total", json_real(total));
  if (run->options->until != NULL) return;
  json_t *entry = json_array_get(run->log.steps, json_array_size(run->log.steps) - 1);
  json_object_set_new(entry, "seconds", json_real(spent));
}

/* Completes a run that changed something: folder, record, commit. */
static gy_status commit_run(gy_run_context *run, int64_t started_us, double start, json_t **result,
                            gy_error *err) {
  char *folder = gy_run_folder(&run->project, run->log.run),
       *partial = gy_run_folder_partial(&run->project, run->log.run),
       *page = gy_run_report(&run->project, run->log.run);
  json_t *manifest = NULL;
  gy_status status = GY_OK;
  if (folder != NULL && partial != NULL && page != NULL)
    manifest = gy_manifest_create(run, started_us, run->options->until == NULL ? page : NULL,
                                  gy_clock_seconds() - start);
  if (manifest == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for the run's folder");
  if (status == GY_OK) status = fill_folder(run, partial, manifest, err);
  if (status == GY_OK) {
    add_report_seconds(run, manifest, gy_clock_seconds() - start);
    status = store_run(run, started_us, manifest, err);
    if (status == GY_OK) status = gy_store_vault_note(&run->project, err);
  }
  if (status == GY_OK) status = gy_task_check(run->task, err);
  if (status == GY_OK && rename(partial, folder) != 0) status = gy_fail_errno(err, "complete", folder);
  if (status == GY_OK) status = gy_engine_commit(run->project.engine, err);
  if (status != GY_OK) {
    if (partial != NULL) (void)!gy_dir_remove(partial, NULL);
    if (folder != NULL) (void)!gy_dir_remove(folder, NULL);
    json_decref(manifest);
  } else {
    *result = manifest;
  }
  free(folder);
  free(partial);
  free(page);
  return status;
}

/* Nothing changed: the manifest of the run that still holds, and the word that it does. */
static gy_status keep_run(gy_run_context *run, double start, json_t **result, gy_error *err) {
  json_t *manifest = NULL;
  bool whole = run->complete_run[0] != '\0';
  gy_status status = gy_manifest_load(run->project.engine, whole ? run->complete_run : NULL, &manifest, err);
  if (status != GY_OK) return status;
  char reason[160];
  snprintf(reason, sizeof reason, "no file and no setting changed since run %s",
           json_string_value(json_object_get(manifest, "run")));
  json_object_set_new(manifest, "changed", json_false());
  json_object_set_new(manifest, "reason", json_string(reason));
  json_object_set(manifest, "steps", run->log.steps);
  json_object_set_new(manifest, "seconds", json_pack("{s:f}", "total", gy_clock_seconds() - start));
  if (whole) { /* the project may have been moved since */
    char *page = gy_run_report(&run->project, run->complete_run);
    json_object_set_new(manifest, "report", json_string(page));
    free(page);
  }
  *result = manifest;
  return GY_OK;
}

static gy_status open_run(gy_run_context *run, const char *dir, gy_error *err) {
  gy_status status = check_until(run->options->until, err);
  if (status == GY_OK) status = gy_project_load(dir, &run->project, err);
  if (status == GY_OK) status = apply_options(run, err);
  if (status == GY_OK) status = gy_project_features(&run->project, &run->features, err);
  if (status == GY_OK) status = gy_project_open_store(&run->project, GY_STORE_WRITE, run->task, err);
  if (status == GY_OK) status = gy_store_vault_check(&run->project, err);
  if (status != GY_OK) return status;
  gy_run_folders_sweep(&run->project);
  run->log.engine = run->project.engine;
  run->log.steps = json_array();
  run->imports = json_object();
  status = gy_run_imports_sweep(run, err);
  return status == GY_OK ? gy_engine_begin(run->project.engine, err) : status;
}

gy_status gy_project_run(const char *dir, const gy_run_options *options, const gy_task *task, char **result,
                         gy_error *err) {
  double start = gy_clock_seconds();
  int64_t started_us = gy_clock_utc_us();
  if (sodium_init() < 0) return gy_fail(err, GY_EINTERNAL, "libsodium cannot start");
  char id[32];
  make_run_id(started_us, id);
  gy_run_context run = {.options = options, .task = task, .log = {.run = id, .force = options->force}};
  json_t *manifest = NULL;
  gy_status status = open_run(&run, dir, err);
  if (status == GY_OK) {
    status = run_steps(&run, err);
    if (status == GY_OK)
      status = run.log.changed ? commit_run(&run, started_us, start, &manifest, err)
                               : keep_run(&run, start, &manifest, err);
    gy_engine_rollback(run.project.engine);
    if (status != GY_OK) (void)!gy_run_imports_sweep(&run, NULL);
  }
  if (status == GY_OK) {
    *result = json_dumps(manifest, JSON_COMPACT);
    if (*result == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for the run's manifest");
  }
  json_decref(manifest);
  gy_run_context_clear(&run);
  return status;
}

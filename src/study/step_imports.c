/* SPDX-License-Identifier: Apache-2.0
 *
 * Sources into relations of the store, one step a source, so that only a source whose files or settings
 * changed is read again.
 *
 * What is read goes into relations of its own, which are committed before the run goes on: the engine scans
 * uncommitted rows on one thread only. They take the sources' names inside the run's own transaction, so that
 * until the run commits the store shows the last one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "data/fingerprint.h"
#include "study/import_step.h"
#include "study/relations.h"
#include "study/retention.h"

/* Sources whose keys go before or after those of this one. */
static void add_compared(const gy_project_config *config, uint32_t index, gy_digest *digest) {
  const gy_source_config *own = &config->sources[index];
  for (uint32_t i = 0; i < config->n_sources && own->duplicates.priority > 0; i++) {
    const gy_source_config *other = &config->sources[i];
    if (i == index || other->target != own->target || other->duplicates.priority == 0) continue;
    gy_digest_text(digest, other->name);
    gy_digest_text(digest, other->duplicates.priority < own->duplicates.priority ? "before" : "after");
  }
}

/* The settings of one source: its own object in the canonical form of all, and what its checks read. */
static gy_status settings_of(const gy_run_context *run, uint32_t index, char hex[GY_FINGERPRINT_CHARS + 1],
                             gy_error *err) {
  char *text = NULL;
  gy_status status = gy_project_config_canonical(&run->project.config, GY_SECTION_SOURCES, &text, err);
  if (status != GY_OK) return status;
  json_t *sources = json_loads(text, JSON_DECODE_ANY, NULL);
  json_t *list = json_is_array(sources) ? sources : json_object_get(sources, "sources");
  char *own = json_dumps(json_array_get(list, index), JSON_COMPACT | JSON_SORT_KEYS);
  gy_digest *digest = gy_digest_create();
  char checks[GY_FINGERPRINT_CHARS + 1], days[32];
  status = gy_source_checks_inputs(run, &run->project.config.sources[index], checks, err);
  gy_digest_text(digest, own != NULL ? own : text);
  gy_digest_text(digest, run->project.config.timezone);
  if (run->project.config.privacy.free_text == GY_FREE_TEXT_KEEP) gy_digest_text(digest, "free text is kept");
  add_compared(&run->project.config, index, digest);
  if (status == GY_OK && checks[0] != '\0') gy_digest_text(digest, checks);
  uint32_t keep_days = gy_retention_days(&run->project.config, run->project.config.sources[index].target);
  snprintf(days, sizeof days, "keep %u days", keep_days);
  if (keep_days > 0) gy_digest_text(digest, days);
  gy_digest_finish(digest, hex);
  free(own);
  free(text);
  json_decref(sources);
  return status;
}

gy_status gy_run_imports_sweep(gy_run_context *run, gy_error *err) {
  return gy_relations_drop(run->project.engine, "staging\\_%", err);
}

/* What the files say of whether they must be read. Files that stay in place (Parquet) are known by their
 * size, time and samples, others by what the store knows of them. */
static gy_status look_at_files(gy_import_step *step, bool presumes, gy_error *err) {
  gy_run_context *run = step->run;
  step->looked_at_us = gy_clock_utc_us();
  for (size_t i = 0; i < step->plan.n_paths; i++)
    step->has_address = step->has_address || gy_path_is_address(step->plan.paths[i]);
  if (step->has_address)
    return gy_files_fingerprint((const char *const *)step->plan.paths, step->plan.n_paths,
                                step->fingerprint.inputs, err);
  gy_status status = gy_import_state_load(run->project.engine, step->source->name, &step->before, err);
  if (status == GY_OK)
    status =
        gy_import_changes_find(step->source->name, (const char *const *)step->plan.paths, step->plan.n_paths,
                               &step->before, presumes, run->task, &step->changes, err);
  if (status != GY_OK) return status;
  if (step->before.n_files == 0)
    return gy_files_fingerprint((const char *const *)step->changes.paths, step->changes.n_files,
                                step->fingerprint.inputs, err);
  if (!gy_import_changes_any(&step->changes, &step->before))
    gy_import_state_digest(&step->before, step->fingerprint.inputs);
  else
    snprintf(step->fingerprint.inputs, sizeof step->fingerprint.inputs, "changed");
  return GY_OK;
}

/* Finds out whether the source must be read. */
static gy_status prepare(gy_import_step *step, gy_run_context *run, uint32_t index, bool presumes,
                         gy_error *err) {
  step->run = run;
  step->source = &run->project.config.sources[index];
  step->relation = gy_source_relation(step->source->name);
  step->fingerprint.version = GY_IMPORT_VERSION;
  bool named = step->relation != NULL && asprintf(&step->staging, "staging_%s", step->source->name) >= 0 &&
               asprintf(&step->name, "import:%s", step->source->name) >= 0;
  if (!named) return gy_fail(err, GY_ENOMEM, "no memory to import source %s", step->source->name);
  gy_status status = gy_import_plan_paths(step->source, run->project.root, &step->plan, err);
  double start = gy_clock_seconds();
  if (status == GY_OK) status = look_at_files(step, presumes, err);
  step->seconds = gy_clock_seconds() - start;
  if (status == GY_OK) status = settings_of(run, index, step->fingerprint.settings, err);
  if (status == GY_OK)
    status = gy_step_start(&run->log, step->name, &step->fingerprint, &step->must_run, &step->detail, err);
  return status;
}

static void import_step_clear(gy_import_step *step) {
  json_decref(step->detail);
  gy_staged_source_clear(&step->checked);
  gy_import_result_clear(&step->result);
  gy_import_state_clear(&step->after);
  gy_import_changes_clear(&step->changes);
  gy_import_state_clear(&step->before);
  gy_import_plan_clear(&step->plan);
  free(step->inputs);
  free(step->change_of_input);
  free(step->relation);
  free(step->staging);
  free(step->name);
}

/* Files that were touched and hold what they held: their new times are remembered at once, whatever becomes
 * of the run, so that they need not be looked through again. */
static gy_status remember_times(gy_import_step *steps, size_t n, gy_error *err) {
  gy_engine *engine = steps[0].run->project.engine;
  gy_status status = GY_OK;
  bool any = false;
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    gy_import_step *step = &steps[i];
    if (step->must_run || !step->changes.touched) continue;
    for (size_t f = 0; f < step->before.n_files; f++)
      step->before.files[f] = gy_import_step_kept(step, &step->changes.files[f]);
    status = gy_import_state_store(engine, step->source->name, &step->before, err);
    any = true;
  }
  if (status == GY_OK && any) status = gy_engine_commit(engine, err);
  if (status == GY_OK && any) status = gy_engine_begin(engine, err);
  return status;
}

/* Where more rows are rejected than are kept, the detail says how many are. */
static gy_status count_kept(gy_import_step *step, gy_error *err) {
  const json_int_t always_kept = 100000;
  if (json_integer_value(json_object_get(step->detail, "rejected")) <= always_kept) return GY_OK;
  gy_value source = gy_bind_text(step->source->name);
  int64_t kept = 0;
  gy_status status = gy_engine_int64(
      step->run->project.engine, "SELECT count(*) FROM rejects WHERE source = $1", &source, 1, &kept, err);
  if (status == GY_OK) json_object_set_new(step->detail, "rejects_kept", json_integer(kept));
  return status;
}

static gy_status adopt(gy_import_step *step, gy_error *err) {
  double start = gy_clock_seconds();
  gy_status status = gy_import_step_adopt(step, err);
  if (status != GY_OK) return status;
  step->seconds += gy_clock_seconds() - start;
  json_decref(step->detail); /* what an earlier run had, where this one reads the source all the same */
  step->detail = gy_import_step_detail(step);
  return count_kept(step, err);
}

static gy_status finish(gy_import_step *step, gy_error *err) {
  json_int_t n_read = json_integer_value(json_object_get(step->detail, "read"));
  gy_step_report report = {.rows = (uint64_t)n_read, .detail = json_incref(step->detail)};
  return gy_step_finish(&step->run->log, step->name, &step->fingerprint, step->seconds, &report, err);
}

/* Rows of a part that is small join their table before they are committed: that saves writing them twice. */
static bool must_commit(const gy_import_step *steps, size_t n) {
  uint64_t n_bytes = 0;
  for (size_t i = 0; i < n; i++) {
    if (!steps[i].must_run) continue;
    if (!steps[i].is_partial) return true;
    n_bytes += gy_import_step_part_bytes(&steps[i]);
  }
  return n_bytes > GY_IMPORT_SMALL_BYTES;
}

/* Rows that the last run read of the source; -1: there was none. */
static gy_status find_last_read(const gy_import_step *step, int64_t *last_read, gy_error *err) {
  gy_step_record record = {0};
  gy_status status = gy_step_load(step->run->log.engine, step->name, NULL, &record, err);
  const json_t *read = json_object_get(record.detail, "read");
  *last_read = json_is_integer(read) ? json_integer_value(read) : -1;
  json_decref(record.detail);
  return status;
}

/* Rows that moved were looked up on the server once more: their records are theirs only if it still has the
 * same rows as before. */
static gy_status check_servers(const gy_import_step *steps, size_t n, gy_error *err) {
  gy_status status = GY_OK;
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    const gy_import_step *step = &steps[i];
    char now[GY_FILES_FINGERPRINT_CHARS + 1];
    if (!step->must_run || !step->has_address || !gy_source_is_checked(step->run, step->source) ||
        step->result.n_rejected == 0)
      continue;
    status = gy_files_fingerprint((const char *const *)step->plan.paths, step->plan.n_paths, now, err);
    if (status == GY_OK && strcmp(now, step->fingerprint.inputs) != 0)
      status = gy_fail(err, GY_EIO,
                       "source %s: rows on the server changed while they were read; nothing was stored, run "
                       "again",
                       step->source->name);
  }
  return status;
}

/* Repairs and contracts of what was read, committed so that the run goes on with settled rows. */
static gy_status check_staged(gy_import_step *steps, size_t n, gy_error *err) {
  gy_run_context *run = steps[0].run;
  gy_staged_source *staged = calloc(n + 1, sizeof *staged);
  size_t *step_of = calloc(n + 1, sizeof *step_of), n_staged = 0;
  gy_status status = staged != NULL && step_of != NULL
                         ? GY_OK
                         : gy_fail(err, GY_ENOMEM, "no memory to check %zu sources", n);
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    gy_import_step *step = &steps[i];
    if (!step->must_run || step->is_partial) continue;
    staged[n_staged] = (gy_staged_source){.source = step->source,
                                          .staging = step->staging,
                                          .rejects = GY_STAGED_REJECTS,
                                          .plan = &step->plan,
                                          .result = &step->result};
    step_of[n_staged] = i;
    status = find_last_read(step, &staged[n_staged++].last_read, err);
  }
  if (status == GY_OK) status = gy_sources_check(run, staged, n_staged, !run->only_checks, err);
  for (size_t i = 0; i < n_staged; i++) steps[step_of[i]].checked = staged[i];
  free(staged);
  free(step_of);
  if (status == GY_OK) status = check_servers(steps, n, err);
  if (status == GY_OK) status = gy_engine_commit(run->project.engine, err);
  return status == GY_OK ? gy_engine_begin(run->project.engine, err) : status;
}

/* Time goes on for sources that stay as they are. */
static gy_status check_kept(gy_import_step *steps, size_t n, gy_error *err) {
  gy_status status = GY_OK;
  for (size_t i = 0; i < n && status == GY_OK; i++)
    if (!steps[i].must_run)
      status =
          gy_source_check_age(steps[i].run, steps[i].source, json_object_get(steps[i].detail, "contracts"),
                              !steps[i].run->only_checks, err);
  return status;
}

/* Rows that grew too old leave, of sources that were read and of others. */
static gy_status expire(gy_import_step *steps, size_t n, bool *any, gy_error *err) {
  gy_status status = GY_OK;
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    uint64_t expired = 0;
    status = gy_retention_apply(&steps[i], &expired, err);
    steps[i].has_expired = expired > 0;
    *any = *any || expired > 0;
    if (status == GY_OK && expired > 0) status = gy_import_step_note_all(&steps[i], err);
  }
  return status;
}

static gy_status read_staged(gy_import_step *steps, size_t n, gy_error *err) {
  gy_run_context *run = steps[0].run;
  gy_engine *engine = run->project.engine;
  gy_status status =
      gy_engine_execute(engine, "CREATE TABLE " GY_STAGED_REJECTS " AS SELECT * FROM rejects LIMIT 0", NULL,
                        0, NULL, NULL, NULL, err);
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    if (!steps[i].must_run) continue;
    double start = gy_clock_seconds();
    status = gy_import_step_read(&steps[i], err);
    steps[i].seconds += gy_clock_seconds() - start;
  }
  bool commits = status == GY_OK && must_commit(steps, n);
  if (status == GY_OK && commits) status = gy_engine_commit(engine, err);
  if (status == GY_OK && commits) status = gy_engine_begin(engine, err);
  bool any_checked = false;
  for (size_t i = 0; i < n; i++)
    any_checked = any_checked || (steps[i].must_run && gy_source_is_checked(run, steps[i].source));
  if (status == GY_OK && any_checked) status = check_staged(steps, n, err);
  for (size_t i = 0; i < n && status == GY_OK; i++)
    if (steps[i].must_run) status = adopt(&steps[i], err);
  bool any_expired = false;
  if (status == GY_OK) status = expire(steps, n, &any_expired, err);
  if (status == GY_OK) status = gy_import_steps_find_duplicates(steps, n, err);
  for (size_t i = 0; i < n && status == GY_OK; i++)
    if (steps[i].must_run) status = finish(&steps[i], err);
  return status == GY_OK ? gy_relation_drop(engine, GY_STAGED_REJECTS, err) : status;
}

/* What later steps are told. */
static void hand_on(gy_run_context *run, gy_import_step *steps, size_t n) {
  gy_digest *shop = gy_digest_create(), *further = gy_digest_create();
  for (size_t i = 0; i < n; i++) {
    char text[GY_FINGERPRINT_CHARS + 1];
    gy_fingerprint_text(&steps[i].fingerprint, text);
    gy_digest *digest = gy_target_is_shop(steps[i].source->target) ? shop : further;
    gy_digest_text(digest, text);
    if (steps[i].retention[0] != '\0') gy_digest_text(digest, steps[i].retention);
    json_object_set(run->imports, steps[i].source->name, steps[i].detail);
  }
  gy_digest_finish(shop, run->imports_text);
  gy_digest_finish(further, run->further_imports_text);
}

/* A run that failed may have read what it only presumed to be there. */
static bool is_disproved(gy_import_step *steps, size_t n) {
  bool disproved = false;
  for (size_t i = 0; steps != NULL && i < n && !disproved; i++) {
    bool proved = true;
    disproved = steps[i].is_disproved ||
                (gy_import_changes_prove(&steps[i].changes, &proved, NULL) == GY_OK && !proved);
  }
  return disproved;
}

static gy_status import_all(gy_run_context *run, bool presumes, bool *disproved, gy_error *err) {
  size_t n = run->project.config.n_sources;
  gy_import_step *steps = calloc(n + 1, sizeof *steps);
  gy_status status = steps != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to import %zu sources", n);
  bool any = false;
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    status = prepare(&steps[i], run, (uint32_t)i, presumes, err);
    any = any || steps[i].must_run;
  }
  if (status == GY_OK && n > 0) status = remember_times(steps, n, err);
  for (size_t i = 0; i < n && run->only_checks && any; i++) steps[i].must_run = true; /* keys cross sources */
  if (status == GY_OK) status = check_kept(steps, n, err);
  if (status == GY_OK && any) status = read_staged(steps, n, err);
  bool any_expired = false;
  if (status == GY_OK && !any) status = expire(steps, n, &any_expired, err);
  if (status == GY_OK && any_expired) status = gy_import_steps_find_duplicates(steps, n, err);
  if (status == GY_OK) hand_on(run, steps, n);
  *disproved = status != GY_OK && status != GY_ECANCELLED && is_disproved(steps, n);
  for (size_t i = 0; steps != NULL && i < n; i++) import_step_clear(&steps[i]);
  free(steps);
  return status;
}

gy_status gy_run_imports(gy_run_context *run, gy_error *err) {
  bool disproved = false;
  gy_status status = import_all(run, true, &disproved, err);
  if (!disproved) return status;
  gy_task_log(run->task, GY_LOG_INFO,
              "a file that is longer now did not only grow; files are compared first");
  gy_engine_rollback(run->project.engine);
  json_array_clear(run->log.steps);
  json_object_clear(run->imports);
  run->log.changed = false;
  status = gy_run_imports_sweep(run, err);
  if (status == GY_OK) status = gy_engine_begin(run->project.engine, err);
  return status == GY_OK ? import_all(run, false, &disproved, err) : status;
}

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
#include "study/import_plan.h"
#include "study/relations.h"
#include "study/run_context.h"

enum { IMPORT_VERSION = 2 };
#define STAGED_REJECTS "staging_rejected_rows"

typedef struct {
  gy_run_context *run;
  const gy_source_config *source;
  char *name;     /* of the step */
  char *relation; /* where the source is found */
  char *staging;  /* where it is read into */
  gy_fingerprint fingerprint;
  bool must_run;
  double seconds;
  json_t *detail;
  gy_import_plan plan;
  gy_import_result result;
} import_step;

static json_t *files_json(const import_step *step) {
  static const char *const FORMATS[] = {[GY_IMPORT_AUTO] = "auto",
                                        [GY_IMPORT_CSV] = "csv",
                                        [GY_IMPORT_JSON] = "json",
                                        [GY_IMPORT_PARQUET] = "parquet"};
  json_t *files = json_array();
  for (size_t i = 0; i < step->result.n_files; i++) {
    const gy_import_file *file = &step->result.files[i];
    json_array_append_new(
        files, json_pack("{s:s, s:s, s:s?, s:I, s:I, s:I, s:I}", "file", gy_path_name(file->path), "format",
                         FORMATS[file->format], "encoding",
                         file->format == GY_IMPORT_PARQUET ? NULL : gy_encoding_name(file->encoding), "bytes",
                         (json_int_t)file->n_bytes, "rows_read", (json_int_t)file->n_read, "rows_accepted",
                         (json_int_t)file->n_accepted, "rows_rejected", (json_int_t)file->n_rejected));
  }
  return files;
}

static json_t *detail_json(const import_step *step) {
  return json_pack("{s:s, s:I, s:I, s:I, s:o}", "target", gy_target_name(step->source->target), "read",
                   (json_int_t)step->result.n_read, "accepted", (json_int_t)step->result.n_accepted,
                   "rejected", (json_int_t)step->result.n_rejected, "files", files_json(step));
}

/* The settings of one source: its own object in the canonical form of all. */
static gy_status settings_of(const gy_run_context *run, uint32_t index, char hex[GY_FINGERPRINT_CHARS + 1],
                             gy_error *err) {
  char *text = NULL;
  gy_status status = gy_project_config_canonical(&run->project.config, GY_SECTION_SOURCES, &text, err);
  if (status != GY_OK) return status;
  json_t *sources = json_loads(text, JSON_DECODE_ANY, NULL);
  json_t *list = json_is_array(sources) ? sources : json_object_get(sources, "sources");
  char *own = json_dumps(json_array_get(list, index), JSON_COMPACT | JSON_SORT_KEYS);
  gy_digest *digest = gy_digest_create();
  gy_digest_text(digest, own != NULL ? own : text);
  gy_digest_text(digest, run->project.config.timezone);
  gy_digest_finish(digest, hex);
  free(own);
  free(text);
  json_decref(sources);
  return GY_OK;
}

gy_status gy_run_imports_sweep(gy_run_context *run, gy_error *err) {
  return gy_relations_drop(run->project.engine, "staging\\_%", err);
}

static gy_status import(import_step *step, gy_error *err) {
  gy_run_context *run = step->run;
  gy_status status = gy_import_plan_complete(step->source, run->project.config.timezone, &step->plan, err);
  step->plan.spec.table = step->staging;
  step->plan.spec.rejects = STAGED_REJECTS;
  if (status == GY_OK)
    status = gy_import_run(run->project.engine, &step->plan.spec, run->task, &step->result, err);
  if (status == GY_OK && step->result.n_accepted == 0)
    status =
        gy_fail(err, GY_EDATA, "all %llu rows were rejected; see the mapping of its columns in gyeol.yaml",
                (unsigned long long)step->result.n_read);
  bool names_source = err != NULL && strncmp(err->text, "source ", 7) == 0;
  if (status != GY_OK && status != GY_ECANCELLED && !names_source)
    gy_error_prefix(err, "source %s", step->source->name);
  return status;
}

/* Gives the staged relation the source's name, and its rejected rows their place. */
static gy_status adopt(import_step *step, gy_error *err) {
  gy_run_context *run = step->run;
  gy_engine *engine = run->project.engine;
  gy_value source = gy_bind_text(step->source->name);
  gy_status status = gy_relation_replace(engine, step->staging, step->relation, err);
  if (status == GY_OK)
    status =
        gy_engine_execute(engine, "DELETE FROM rejects WHERE source = $1", &source, 1, NULL, NULL, NULL, err);
  if (status == GY_OK)
    status =
        gy_engine_execute(engine, "INSERT INTO rejects SELECT * FROM " STAGED_REJECTS " WHERE source = $1",
                          &source, 1, NULL, NULL, NULL, err);
  if (status != GY_OK) return status;
  step->detail = detail_json(step);
  gy_step_report report = {.rows = step->result.n_read, .detail = json_incref(step->detail)};
  return gy_step_finish(&run->log, step->name, &step->fingerprint, step->seconds, &report, err);
}

/* Finds out whether the source must be read. */
static gy_status prepare(import_step *step, gy_run_context *run, uint32_t index, gy_error *err) {
  step->run = run;
  step->source = &run->project.config.sources[index];
  step->relation = gy_source_relation(step->source->name);
  step->fingerprint.version = IMPORT_VERSION;
  bool named = step->relation != NULL && asprintf(&step->staging, "staging_%s", step->source->name) >= 0 &&
               asprintf(&step->name, "import:%s", step->source->name) >= 0;
  if (!named) return gy_fail(err, GY_ENOMEM, "no memory to import source %s", step->source->name);
  gy_status status = gy_import_plan_paths(step->source, run->project.root, &step->plan, err);
  if (status == GY_OK)
    status = gy_files_fingerprint((const char *const *)step->plan.paths, step->plan.n_paths,
                                  step->fingerprint.inputs, err);
  if (status == GY_OK) status = settings_of(run, index, step->fingerprint.settings, err);
  if (status == GY_OK)
    status = gy_step_start(&run->log, step->name, &step->fingerprint, &step->must_run, &step->detail, err);
  return status;
}

static void import_step_clear(import_step *step) {
  json_decref(step->detail);
  gy_import_result_clear(&step->result);
  gy_import_plan_clear(&step->plan);
  free(step->relation);
  free(step->staging);
  free(step->name);
}

static gy_status read_staged(import_step *steps, size_t n, gy_error *err) {
  gy_run_context *run = steps[0].run;
  gy_engine *engine = run->project.engine;
  gy_status status =
      gy_engine_execute(engine, "CREATE TABLE " STAGED_REJECTS " AS SELECT * FROM rejects LIMIT 0", NULL, 0,
                        NULL, NULL, NULL, err);
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    if (!steps[i].must_run) continue;
    double start = gy_clock_seconds();
    status = import(&steps[i], err);
    steps[i].seconds = gy_clock_seconds() - start;
  }
  if (status == GY_OK) status = gy_engine_commit(engine, err);
  if (status == GY_OK) status = gy_engine_begin(engine, err);
  for (size_t i = 0; i < n && status == GY_OK; i++)
    if (steps[i].must_run) status = adopt(&steps[i], err);
  return status == GY_OK ? gy_relation_drop(engine, STAGED_REJECTS, err) : status;
}

gy_status gy_run_imports(gy_run_context *run, gy_error *err) {
  size_t n = run->project.config.n_sources;
  import_step *steps = calloc(n + 1, sizeof *steps);
  gy_status status = steps != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to import %zu sources", n);
  bool any = false;
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    status = prepare(&steps[i], run, (uint32_t)i, err);
    any = any || steps[i].must_run;
  }
  if (status == GY_OK && any) status = read_staged(steps, n, err);
  gy_digest *shop = gy_digest_create(), *further = gy_digest_create();
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    char text[GY_FINGERPRINT_CHARS + 1];
    gy_fingerprint_text(&steps[i].fingerprint, text);
    gy_digest_text(gy_target_is_shop(steps[i].source->target) ? shop : further, text);
    json_object_set(run->imports, steps[i].source->name, steps[i].detail);
  }
  gy_digest_finish(shop, run->imports_text);
  gy_digest_finish(further, run->further_imports_text);
  for (size_t i = 0; steps != NULL && i < n; i++) import_step_clear(&steps[i]);
  free(steps);
  return status;
}

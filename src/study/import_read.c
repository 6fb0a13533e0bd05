/* SPDX-License-Identifier: Apache-2.0
 *
 * What of a source is read: everything, or only the files that changed since the last import and of grown
 * ones only what was added. Only then is a part enough when everything else would be read as it was: with the
 * same settings, the same findings in what gyeol.yaml leaves open, and ids of the same type. */
#include <stdlib.h>
#include <string.h>

#include "study/import_step.h"
#include "study/relations.h"

enum { REJECTS_KEPT = 100000 }; /* of one source, as the import keeps them */

static gy_status no_memory(const gy_import_step *step, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory to import source %s", step->source->name);
}

/* One text for everything that says how bytes become rows. */
static void reading_of(const gy_import_step *step, char hex[GY_FINGERPRINT_CHARS + 1]) {
  const gy_import_spec *spec = &step->plan.spec;
  const gy_csv_dialect *d = &spec->dialect;
  char text[160];
  gy_digest *digest = gy_digest_create();
  gy_digest_text(digest, step->fingerprint.settings);
  snprintf(text, sizeof text, "%d %d %d %d %d %d %d %d %u %d", GY_IMPORT_VERSION, spec->format,
           spec->encoding, d->delimiter, d->quote, d->escape, d->has_header, d->merged, d->skip_lines,
           spec->numbered);
  gy_digest_text(digest, text);
  for (size_t c = 0; c < spec->n_columns; c++) {
    const gy_import_column *column = &spec->columns[c];
    snprintf(text, sizeof text, "%d %d %d %d %d", column->kind, column->required, column->time_form,
             column->number_form, column->guard);
    gy_digest_text(digest, column->source);
    gy_digest_text(digest, column->target);
    gy_digest_text(digest, text);
  }
  if (gy_import_forgets(spec->privacy)) { /* tombstones are only added */
    snprintf(text, sizeof text, "%zu", gy_tombstones_count(spec->privacy->tombstones));
    gy_digest_text(digest, text);
  }
  gy_digest_finish(digest, hex);
}

static bool is_read(const gy_file_change *file) {
  return file->fate == GY_FILE_NEW || file->fate == GY_FILE_REPLACED || file->fate == GY_FILE_GROWN;
}

/* Contracts judge all rows of a source together, and rows that they moved are in no table to be judged again;
 * repairs take the place of rows that were read. */
static bool is_judged_whole(const gy_import_step *step) {
  const gy_project_config *config = &step->run->project.config;
  if (gy_source_is_checked(step->run, step->source)) return true;
  for (uint32_t i = 0; i < config->n_sources; i++) {
    for (uint32_t k = 0; k < config->sources[i].n_contracts; k++) {
      const gy_source_config *named = NULL;
      const gy_column_role *column = NULL;
      const char *references = config->sources[i].contracts[k].references;
      if (references == NULL) continue;
      (void)gy_project_config_reference(config, references, &named, &column);
      if (named == step->source) return true; /* its keys are looked up while it is staged */
    }
  }
  return false;
}

/* Why everything must be read; NULL where the changes are enough. */
static gy_status find_why_whole(const gy_import_step *step, const char *reading, const char **why,
                                gy_error *err) {
  *why = NULL;
  uint64_t n_rejected = 0;
  size_t n_kept = 0;
  for (size_t i = 0; i < step->before.n_files; i++) n_rejected += step->before.files[i].n_rejected;
  for (size_t i = 0; i < step->changes.n_files; i++)
    n_kept += step->changes.files[i].fate != GY_FILE_NEW && step->changes.files[i].fate != GY_FILE_REPLACED;
  if (step->before.n_files == 0 || n_kept == 0 || step->run->log.force)
    *why = "";
  else if (strcmp(step->before.reading, reading) != 0)
    *why = "how its files are read has changed";
  else if (is_judged_whole(step))
    *why = "its contracts and repairs are about all rows together";
  else if (n_rejected > REJECTS_KEPT)
    *why = "more rows were rejected than are kept";
  if (*why != NULL) return GY_OK;
  gy_relation_kind kind;
  gy_status status = gy_relation_find(step->run->project.engine, step->relation, &kind, err);
  if (status == GY_OK && kind != GY_RELATION_TABLE) *why = "its table is not there";
  return status;
}

static gy_status make_inputs(gy_import_step *step, gy_error *err) {
  const gy_import_changes *changes = &step->changes;
  uint32_t next = 0;
  for (size_t i = 0; step->is_partial && i < step->before.n_files; i++)
    if (step->before.files[i].number >= next) next = step->before.files[i].number + 1;
  free(step->inputs);
  free(step->change_of_input);
  step->n_inputs = 0;
  step->inputs = calloc(changes->n_files + 1, sizeof *step->inputs);
  step->change_of_input = calloc(changes->n_files + 1, sizeof *step->change_of_input);
  if (step->inputs == NULL || step->change_of_input == NULL) return no_memory(step, err);
  for (size_t i = 0; i < changes->n_files; i++) {
    const gy_file_change *file = &changes->files[i];
    if (step->is_partial && !is_read(file)) continue;
    step->change_of_input[step->n_inputs] = i;
    gy_import_input *input = &step->inputs[step->n_inputs++];
    *input = (gy_import_input){.path = file->path};
    bool known = step->is_partial && file->before != NULL;
    input->number = known ? file->before->number : next++;
    if (!known || file->fate != GY_FILE_GROWN) continue;
    input->resume = file->before->end;
    input->encoding = file->before->encoding;
  }
  return GY_OK;
}

uint64_t gy_import_step_part_bytes(const gy_import_step *step) {
  uint64_t n_bytes = 0;
  for (size_t k = 0; k < step->n_inputs; k++)
    n_bytes += step->changes.files[step->change_of_input[k]].state.n_bytes - step->inputs[k].resume.offset;
  return n_bytes;
}

/* Ids are read into the types that the source's table has. */
static gy_status take_types(gy_import_step *step, gy_error *err) {
  gy_value name = gy_bind_text(step->relation);
  json_t *columns = NULL, *column;
  gy_status status = gy_engine_json(step->run->project.engine, gy_sql("study/relation_columns"), &name, 1,
                                    NULL, &columns, err);
  for (size_t c = 0; c < step->plan.n_columns && status == GY_OK; c++) {
    size_t i;
    gy_import_column *planned = &step->plan.columns[c];
    json_array_foreach(columns, i, column) {
      if (strcmp(json_string_value(json_object_get(column, "column")), planned->target) != 0) continue;
      planned->text_id = planned->kind == GY_IMPORT_ID &&
                         strcmp(json_string_value(json_object_get(column, "type")), "VARCHAR") == 0;
    }
  }
  json_decref(columns);
  return status;
}

/* ---- what is known afterwards ---- */

gy_import_record gy_import_step_kept(const gy_import_step *step, const gy_file_change *file) {
  const int64_t tick_ns = 2000000000; /* of the coarsest file system in use */
  gy_import_record record = *file->before;
  record.path = file->path;
  record.state = file->state;
  if (file->state.changed_ns + tick_ns > step->looked_at_us * 1000) record.state.changed_ns = 0;
  return record;
}

static gy_status record_of(gy_import_step *step, size_t input, gy_import_record *record, gy_error *err) {
  gy_file_change *file = &step->changes.files[step->change_of_input[input]];
  const gy_import_file *read = &step->result.files[input];
  const gy_import_record none = {0}, *before = read->resumed ? file->before : &none;
  const gy_file_change as_read = {.path = file->path, .state = file->state, .before = before};
  *record = gy_import_step_kept(step, &as_read);
  record->number = step->inputs[input].number;
  record->format = read->format;
  record->encoding = read->encoding;
  record->end = read->end;
  record->n_read = before->n_read - before->n_open_read + read->n_read;
  record->n_rejected = before->n_rejected - before->n_open_rejected + read->n_rejected;
  record->n_open_read = read->n_open_read;
  record->n_open_rejected = read->n_open_rejected;
  record->n_forgotten = before->n_forgotten - before->n_open_forgotten + read->n_forgotten;
  record->n_open_forgotten = read->n_open_forgotten;
  char *text_ids = gy_arena_strndup(&step->after.arena, read->text_ids, step->plan.n_columns);
  if (text_ids == NULL) return no_memory(step, err);
  for (size_t c = 0; read->resumed && before->text_ids[c] != '\0' && c < step->plan.n_columns; c++)
    if (before->text_ids[c] == 't') text_ids[c] = 't';
  record->text_ids = text_ids;
  const char *content = read->resumed ? file->content : read->content;
  memcpy(record->content, content, sizeof record->content);
  if (content[0] != '\0' || file->proof != NULL) return GY_OK; /* the proof will tell */
  char prefix[GY_CONTENT_HASH_CHARS + 1]; /* packed files may have more behind their end */
  return gy_content_hash_file(file->path, 0, file->state.n_bytes, step->run->task, prefix, record->content,
                              err);
}

static gy_status remember(gy_import_step *step, const char *reading, gy_error *err) {
  const gy_import_changes *changes = &step->changes;
  gy_import_state_clear(&step->after);
  gy_status status = gy_import_state_init(&step->after, changes->n_files, err);
  step->after.n_files = status == GY_OK ? changes->n_files : 0;
  memcpy(step->after.reading, reading, sizeof step->after.reading);
  for (size_t i = 0; i < changes->n_files && status == GY_OK && step->is_partial; i++) {
    gy_file_change *file = &changes->files[i];
    if (!is_read(file)) step->after.files[i] = gy_import_step_kept(step, file);
  }
  for (size_t i = 0; i < step->n_inputs && status == GY_OK; i++) {
    gy_file_change *file = &changes->files[step->change_of_input[i]];
    if (file->fate == GY_FILE_GROWN && !step->result.files[i].resumed) file->fate = GY_FILE_REPLACED;
    status = record_of(step, i, &step->after.files[step->change_of_input[i]], err);
  }
  return status;
}

gy_status gy_import_step_prove(gy_import_step *step, bool *proved, gy_error *err) {
  gy_status status = gy_import_changes_prove(&step->changes, proved, err);
  if (status == GY_OK && *proved)
    status = gy_import_changes_check(step->source->name, &step->changes, step->is_partial, err);
  if (status != GY_OK || !*proved || step->after.n_files == 0) return status;
  for (size_t i = 0; i < step->n_inputs; i++) {
    size_t at = step->change_of_input[i];
    if (step->after.files[at].content[0] == '\0')
      memcpy(step->after.files[at].content, step->changes.files[at].content,
             sizeof step->after.files[at].content);
  }
  gy_import_state_digest(&step->after, step->fingerprint.inputs);
  return status;
}

/* Ids that are text in the table, but no longer in any file: fresh they would be integers. */
static bool types_narrow(const gy_import_step *step) {
  for (size_t c = 0; c < step->plan.n_columns; c++) {
    bool is_needed = !step->plan.columns[c].text_id;
    for (size_t i = 0; i < step->after.n_files && !is_needed; i++)
      is_needed = step->after.files[i].text_ids[c] == 't';
    if (!is_needed) return true;
  }
  return false;
}

static gy_status fail_all_rejected(uint64_t n_read, gy_error *err) {
  return gy_fail(err, GY_EDATA, "all %llu rows were rejected; see the mapping of its columns in gyeol.yaml",
                 (unsigned long long)n_read);
}

static gy_status check_rows(const gy_import_step *step, gy_error *err) {
  uint64_t n_read = 0, n_rejected = 0;
  for (size_t i = 0; i < step->after.n_files; i++) {
    n_read += step->after.files[i].n_read;
    n_rejected += step->after.files[i].n_rejected;
  }
  if (n_read == 0)
    return gy_fail(err, GY_EDATA, "source %s: %s has a header and no rows", step->source->name,
                   step->changes.files[0].path);
  return n_read > n_rejected ? GY_OK : fail_all_rejected(n_read, err);
}

/* ---- reading ---- */

static gy_status read_inputs(gy_import_step *step, const char *reading, gy_error *err) {
  gy_run_context *run = step->run;
  gy_import_result_clear(&step->result);
  gy_status status = make_inputs(step, err);
  if (status == GY_OK && step->is_partial) status = take_types(step, err);
  if (status != GY_OK) return status;
  step->plan.spec.inputs = step->inputs;
  step->plan.spec.n_inputs = step->n_inputs;
  step->plan.spec.keeps_types = step->is_partial;
  step->plan.spec.temporary = step->is_partial && gy_import_step_part_bytes(step) <= GY_IMPORT_SMALL_BYTES;
  if (step->n_inputs > 0)
    status = gy_import_run(run->project.engine, &step->plan.spec, run->task, &step->result, err);
  if (status == GY_OK && !step->result.widened) status = remember(step, reading, err);
  return status;
}

/* Takes back what a partial reading staged: everything is read after all. */
static gy_status start_over(gy_import_step *step, const char *why, gy_error *err) {
  gy_engine *engine = step->run->project.engine;
  gy_value source = gy_bind_text(step->source->name);
  if (why[0] != '\0')
    gy_task_log(step->run->task, GY_LOG_INFO, "source %s: %s; everything is read again", step->source->name,
                why);
  step->is_partial = false;
  gy_import_changes_abandon(&step->changes);
  for (size_t c = 0; c < step->plan.n_columns; c++) step->plan.columns[c].text_id = false;
  gy_status status = gy_relation_drop(engine, step->staging, err);
  if (status != GY_OK) return status;
  return gy_engine_execute(engine, "DELETE FROM " GY_STAGED_REJECTS " WHERE source = $1", &source, 1, NULL,
                           NULL, NULL, err);
}

static const char *why_not_partial(const gy_import_step *step) {
  if (step->result.widened) return "an id that is no integer came to ids that were";
  if (types_narrow(step)) return "the ids that were no integers are gone";
  uint64_t n_rejected = 0;
  for (size_t i = 0; i < step->after.n_files; i++) n_rejected += step->after.files[i].n_rejected;
  return n_rejected > REJECTS_KEPT ? "more rows are rejected than are kept" : NULL;
}

static void log_changes(const gy_import_step *step) {
  const gy_import_changes *changes = &step->changes;
  gy_task_log(step->run->task, GY_LOG_INFO,
              "source %s: %zu files kept, %zu renamed, %zu grown, %zu new, %zu replaced, %zu removed",
              step->source->name, changes->n[GY_FILE_KEPT], changes->n[GY_FILE_RENAMED],
              changes->n[GY_FILE_GROWN], changes->n[GY_FILE_NEW], changes->n[GY_FILE_REPLACED],
              changes->n_removed);
}

static gy_status read_copied(gy_import_step *step, gy_error *err) {
  char reading[GY_FINGERPRINT_CHARS + 1];
  const char *why = NULL;
  reading_of(step, reading);
  gy_status status = find_why_whole(step, reading, &why, err);
  step->is_partial = status == GY_OK && why == NULL;
  if (step->is_partial) {
    log_changes(step);
    status = read_inputs(step, reading, err);
    if (status == GY_OK) why = why_not_partial(step);
  }
  if (status == GY_OK && why != NULL) {
    status = start_over(step, why, err);
    if (status == GY_OK) status = read_inputs(step, reading, err);
  }
  return status == GY_OK ? check_rows(step, err) : status;
}

static void warn_of_free_text(const gy_import_step *step) {
  for (size_t c = 0; c < step->result.n_columns; c++) {
    uint64_t n = 0;
    for (int kind = 0; kind < GY_IDENTIFIER_COUNT; kind++) n += step->result.columns[c].n_found[kind];
    if (n > 0)
      gy_task_log(
          step->run->task, GY_LOG_WARN,
          "source %s: %llu times column '%s' holds e-mail addresses, phone, resident or card numbers; they "
          "are %s (privacy.free_text)",
          step->source->name, (unsigned long long)n, step->plan.spec.columns[c].source,
          step->run->privacy.keeps_free_text ? "kept" : "masked");
  }
}

gy_status gy_import_step_read(gy_import_step *step, gy_error *err) {
  gy_run_context *run = step->run;
  bool has_state = run->project.state_dir != NULL; /* a plain file keeps nothing */
  gy_status status =
      has_state && run->privacy.open == NULL ? gy_run_privacy_init(&run->privacy, &run->project, err) : GY_OK;
  if (status == GY_OK)
    status = gy_import_plan_complete(step->source, run->project.config.timezone,
                                     has_state ? &run->privacy : NULL, &step->plan, err);
  step->plan.spec.table = step->staging;
  step->plan.spec.rejects = GY_STAGED_REJECTS;
  step->plan.spec.root = run->project.root;
  step->plan.spec.numbered = step->plan.spec.numbered || gy_source_is_checked(run, step->source);
  bool by_file = step->plan.spec.format != GY_IMPORT_PARQUET && !step->has_address;
  if (status == GY_OK && !by_file)
    status = gy_import_run(run->project.engine, &step->plan.spec, run->task, &step->result, err);
  else if (status == GY_OK)
    status = read_copied(step, err);
  if (status == GY_OK && !by_file && step->result.n_accepted == 0)
    status = fail_all_rejected(step->result.n_read, err);
  if (status == GY_OK)
    status = gy_import_changes_check(step->source->name, &step->changes, step->is_partial, err);
  if (status == GY_OK) warn_of_free_text(step);
  bool names_source = err != NULL && strncmp(err->text, "source ", 7) == 0;
  if (status != GY_OK && status != GY_ECANCELLED && !names_source)
    gy_error_prefix(err, "source %s", step->source->name);
  return status;
}

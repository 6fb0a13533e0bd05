/* SPDX-License-Identifier: Apache-2.0
 *
 * The segments that the project defines in segments/: their members as of this run, with history. A project
 * that never had one has no such step. A segment with an error stops nothing: it keeps the members it had,
 * and the run says so. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "study/customer_scores.h"
#include "study/segment_refresh.h"
#include "study/segment_scope.h"

enum { SEGMENTS_VERSION = 1 };

/* Between runs the data are those of the last one. */
static bool is_continued(const gy_run_context *run) { return run->last_run[0] != '\0'; }

/* Everything that segments read; who refused analytics is in none. */
static void inputs_of(const gy_run_context *run, const json_t *last, char text[GY_FINGERPRINT_CHARS + 1]) {
  const char *before = json_string_value(json_object_get(last, "inputs"));
  if (is_continued(run) && before != NULL) {
    snprintf(text, GY_FINGERPRINT_CHARS + 1, "%s", before);
    return;
  }
  const char *const INPUTS[] = {run->features_text, run->rfm_text, run->clusters_text,
                                run->further_imports_text, run->consent_text};
  gy_digest *digest = gy_digest_create();
  for (size_t i = 0; i < sizeof INPUTS / sizeof *INPUTS; i++) gy_digest_text(digest, INPUTS[i]);
  gy_digest_finish(digest, text);
}

/* What the sources say, whatever the moment is that they are looked at. */
static void data_of(const gy_run_context *run, const json_t *last, char text[GY_FINGERPRINT_CHARS + 1]) {
  const char *before = json_string_value(json_object_get(last, "data"));
  if (is_continued(run) && before != NULL) {
    snprintf(text, GY_FINGERPRINT_CHARS + 1, "%s", before);
    return;
  }
  gy_digest *digest = gy_digest_create();
  gy_digest_text(digest, run->imports_text);
  gy_digest_text(digest, run->further_imports_text);
  gy_digest_text(digest, run->consent_text);
  gy_digest_finish(digest, text);
}

/* What rules read that changes between runs too: scores of models, and where stages of a life begin. */
static gy_status known_of(const gy_run_context *run, char text[GY_FINGERPRINT_CHARS + 1], gy_error *err) {
  char hash[GY_SECTION_HASH_CHARS + 1];
  json_t *models = NULL;
  gy_status status = gy_scores_list(run->project.engine, &models, err);
  if (status == GY_OK) status = gy_project_config_hash(&run->project.config, GY_SECTION_LIFECYCLE, hash, err);
  char *scores = status == GY_OK ? json_dumps(models, JSON_COMPACT) : NULL;
  json_decref(models);
  if (status == GY_OK && scores == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for the models");
  if (status != GY_OK) return status;
  gy_digest *digest = gy_digest_create();
  gy_digest_text(digest, scores);
  gy_digest_text(digest, hash);
  gy_digest_finish(digest, text);
  free(scores);
  return GY_OK;
}

static void definitions_of(const gy_segment_judgement *j, const char *known,
                           char text[GY_FINGERPRINT_CHARS + 1]) {
  gy_digest *digest = gy_digest_create();
  gy_digest_text(digest, known);
  for (size_t i = 0; i < j->n; i++) {
    gy_digest_text(digest, j->segments[i].entry->name);
    gy_digest_text(digest, j->segments[i].hash);
    gy_digest_text(digest, j->segments[i].error);
  }
  gy_digest_finish(digest, text);
}

static void warn_of_errors(const gy_run_context *run, const json_t *changes) {
  size_t i;
  json_t *change;
  json_array_foreach((json_t *)changes, i, change) {
    const char *error = json_string_value(json_object_get(change, "error"));
    if (error != NULL) gy_task_log(run->task, GY_LOG_WARN, "%s", error);
  }
}

static gy_status compute(gy_run_context *run, gy_segment_judgement *j, const json_t *last, const char *inputs,
                         const char *known, json_t **detail, gy_error *err) {
  char data[GY_FINGERPRINT_CHARS + 1];
  data_of(run, last, data);
  const char *before = json_string_value(json_object_get(last, "data"));
  bool is_time = before != NULL && strcmp(before, data) == 0, is_same = false;
  const char *then = json_string_value(json_object_get(last, "inputs")),
             *known_then = json_string_value(json_object_get(last, "known"));
  bool knows_same = known_then != NULL && strcmp(known_then, known) == 0;
  if (then != NULL && !run->log.force)
    is_same = strcmp(then, inputs) == 0 && knows_same &&
              json_integer_value(json_object_get(last, "as_of_us")) == j->catalogue.clock.now_us;
  json_t *changes = NULL;
  gy_segment_scope scope;
  gy_segment_held held;
  gy_status status = gy_segment_scope_find(run, j, last, is_same, &scope, err);
  const char *cause = is_same ? NULL : is_time && knows_same ? "time" : "data";
  if (status == GY_OK) status = gy_segment_refresh_find(run, j, cause, &held, &changes, err);
  if (status == GY_OK) status = gy_segment_refresh_store(run, j, &held, run->log.run, changes, err);
  if (status == GY_OK) status = gy_segment_scope_store(run, &scope, err);
  if (status == GY_OK) {
    *detail =
        json_pack("{s:O, s:s, s:s, s:s, s:I, s:s}", "segments", changes, "data", data, "inputs", inputs,
                  "known", known, "as_of_us", (json_int_t)j->catalogue.clock.now_us, "scheme", scope.scheme);
    if (*detail == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for the segments");
    if (scope.is_narrow) json_object_set_new(*detail, "asked", json_integer(scope.n_asked));
  }
  json_decref(changes);
  return status;
}

gy_status gy_run_segments(gy_run_context *run, gy_error *err) {
  double start = gy_clock_seconds();
  gy_segment_folder folder = {0};
  gy_segment_judgement judgement = {0};
  gy_step_record last = {0};
  gy_fingerprint fingerprint = {.version = SEGMENTS_VERSION};
  char known[GY_FINGERPRINT_CHARS + 1];
  bool must_run = false;
  gy_status status = gy_step_load(run->log.engine, "segments", NULL, &last, err);
  if (status == GY_OK) status = gy_segment_folder_load(run->project.root, &folder, err);
  if (status != GY_OK || (folder.n == 0 && last.run[0] == '\0')) goto done;
  status = gy_segment_judge(run, &folder, gy_segment_as_of(run), &judgement, err);
  if (status != GY_OK) goto done;
  inputs_of(run, last.detail, fingerprint.inputs);
  status = known_of(run, known, err);
  if (status != GY_OK) goto done;
  definitions_of(&judgement, known, fingerprint.settings);
  status = gy_step_start(&run->log, "segments", &fingerprint, &must_run, &run->segments, err);
  if (status == GY_OK && must_run)
    status = compute(run, &judgement, last.detail, fingerprint.inputs, known, &run->segments, err);
  if (status == GY_OK) warn_of_errors(run, json_object_get(run->segments, "segments"));
  if (status == GY_OK && must_run) {
    gy_step_report report = {.rows = folder.n, .detail = json_incref(run->segments)};
    status = gy_step_finish(&run->log, "segments", &fingerprint, gy_clock_seconds() - start, &report, err);
  }
done:
  if (status != GY_OK) gy_error_prefix(err, "segments");
  json_decref(last.detail);
  gy_segment_judgement_clear(&judgement);
  gy_segment_folder_clear(&folder);
  return status;
}

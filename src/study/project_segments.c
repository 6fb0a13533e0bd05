/* SPDX-License-Identifier: Apache-2.0
 *
 * The project's own segments as commands see them: checked, planned, refreshed, looked back on. */
#include <stdlib.h>
#include <string.h>

#include <gyeol/segment.h>

#include "study/last_run.h"
#include "study/result_text.h"
#include "study/segment_campaigns.h"
#include "study/segment_refresh.h"

/* ---- refresh ---- */

gy_status gy_project_segment_refresh(const char *dir, bool full, const gy_task *task, char **result,
                                     gy_error *err) {
  gy_run_context run;
  gy_status status = gy_last_run_continue(dir, GY_NEEDS_SEGMENTS, task, &run, err);
  if (status == GY_OK) status = gy_engine_begin(run.project.engine, err);
  run.log.force = full;
  if (status == GY_OK) {
    status = gy_run_segments(&run, err);
    if (status == GY_OK) status = gy_task_check(task, err);
    if (status == GY_OK) status = gy_engine_commit(run.project.engine, err);
    gy_engine_rollback(run.project.engine);
  }
  if (status == GY_OK) {
    json_t *changes = json_object_get(run.segments, "segments");
    double seconds = json_number_value(json_object_get(json_array_get(run.log.steps, 0), "seconds"));
    status = gy_result_text(json_pack("{s:O, s:b, s:f, s:o}", "as_of", json_object_get(run.totals, "as_of"),
                                      "changed", run.log.changed, "seconds", seconds, "segments",
                                      changes != NULL ? json_incref(changes) : json_array()),
                            result, err);
  }
  gy_run_context_clear(&run);
  return status;
}

/* ---- check and plan ---- */

typedef struct look {
  gy_run_context run;
  gy_segment_folder folder;
  gy_segment_judgement judgement;
} look;

static gy_status open_look(const char *dir, const char *file, const gy_task *task, look *l, gy_error *err) {
  *l = (look){0};
  gy_status status = gy_last_run_open(dir, GY_NEEDS_SEGMENTS, task, &l->run, err);
  if (status == GY_OK) status = gy_segment_folder_load(l->run.project.root, &l->folder, err);
  if (status == GY_OK && file != NULL) status = gy_segment_folder_put(&l->folder, file, err);
  if (status == GY_OK)
    status = gy_segment_judge(&l->run, &l->folder, gy_segment_as_of(&l->run), &l->judgement, err);
  return status;
}

static void close_look(look *l) {
  gy_segment_judgement_clear(&l->judgement);
  gy_segment_folder_clear(&l->folder);
  gy_run_context_clear(&l->run);
}

gy_status gy_project_segment_check(const char *dir, const char *file, const gy_task *task, char **result,
                                   gy_error *err) {
  look l;
  gy_status status = open_look(dir, file, task, &l, err);
  if (status == GY_OK) {
    json_t *errors = json_array();
    for (size_t i = 0; i < l.judgement.n; i++) {
      const gy_segment_judged *segment = &l.judgement.segments[i];
      if (segment->error == NULL) continue;
      json_array_append_new(
          errors, json_pack("{s:s, s:s}", "segment", segment->entry->name, "error", segment->error));
    }
    status = gy_segment_campaigns_check(&l.run, &l.judgement, errors, err);
    if (status == GY_OK)
      status = gy_result_text(
          json_pack("{s:I, s:O}", "segments", (json_int_t)l.judgement.n, "errors", errors), result, err);
    json_decref(errors);
  }
  close_look(&l);
  return status;
}

static gy_status add_examples(const look *l, json_t *change, int64_t no, size_t n_examples, gy_error *err) {
  gy_value values[] = {gy_bind_int64(no), gy_bind_int64((int64_t)n_examples)};
  json_t *rows = NULL, *row, *enter = json_array(), *leave = json_array();
  gy_status status =
      gy_engine_json(l->run.project.engine, gy_sql("segment/examples"), values, 2, l->run.task, &rows, err);
  size_t i;
  json_array_foreach(rows, i, row) json_array_append(
      json_is_true(json_object_get(row, "enters")) ? enter : leave, json_object_get(row, "customer_id"));
  json_object_set_new(change, "enter_examples", enter);
  json_object_set_new(change, "leave_examples", leave);
  json_decref(rows);
  return status;
}

gy_status gy_project_segment_plan(const char *dir, const char *file, size_t n_examples, const gy_task *task,
                                  char **result, gy_error *err) {
  gy_segment_held held;
  look l;
  json_t *changes = NULL, *change, *campaigns = NULL;
  gy_status status = open_look(dir, file, task, &l, err);
  if (status == GY_OK) status = gy_segment_refresh_find(&l.run, &l.judgement, "data", &held, &changes, err);
  size_t i;
  json_array_foreach(changes, i, change) {
    if (status != GY_OK || i >= l.judgement.n) break;
    const gy_segment_known *known = &l.judgement.segments[i].known;
    status = add_examples(&l, change, known->no, n_examples, err);
  }
  if (status == GY_OK) status = gy_segment_campaigns(&l.run, &l.judgement, &campaigns, err);
  if (status == GY_OK)
    status = gy_result_text(json_pack("{s:O, s:O, s:O}", "as_of", json_object_get(l.run.totals, "as_of"),
                                      "segments", changes, "campaigns", campaigns),
                            result, err);
  json_decref(campaigns);
  json_decref(changes);
  close_look(&l);
  return status;
}

/* ---- history ---- */

gy_status gy_project_segment_history(const char *dir, const char *name, const gy_task *task, char **result,
                                     gy_error *err) {
  enum { MOVES_SHOWN = 1000 };
  gy_run_context run;
  json_t *versions = NULL, *moves = NULL;
  gy_value values[] = {gy_bind_text(name), gy_bind_int64(MOVES_SHOWN)};
  int64_t n = 0;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_FEATURES, task, &run, err);
  gy_engine *engine = run.project.engine;
  if (status == GY_OK)
    status = gy_engine_int64(engine, "SELECT count(*) FROM segments WHERE segment = $1", values, 1, &n, err);
  if (status == GY_OK && n == 0)
    status =
        gy_fail(err, GY_ENOTFOUND, "no segment '%s' is defined in segments/; see: gyeol segment list", name);
  if (status == GY_OK)
    status = gy_engine_json(engine, gy_sql("segment/versions"), values, 1, task, &versions, err);
  if (status == GY_OK) status = gy_engine_json(engine, gy_sql("segment/moves"), values, 2, task, &moves, err);
  if (status == GY_OK)
    status = gy_result_text(
        json_pack("{s:s, s:O, s:O}", "segment", name, "versions", versions, "moves", moves), result, err);
  json_decref(versions);
  json_decref(moves);
  gy_run_context_clear(&run);
  return status;
}

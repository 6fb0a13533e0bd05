/* SPDX-License-Identifier: Apache-2.0
 *
 * Questions about people, and decisions on them by hand. A decision is committed alone, before the run that
 * applies it: whatever becomes of that run, the decision is there once and whole, and the next run applies
 * it. */
#include <gyeol/people.h>
#include <stdlib.h>
#include <string.h>

#include "people/identity_path.h"
#include "study/last_run.h"
#include "study/person_key.h"
#include "study/person_sources.h"
#include "study/person_visitors.h"
#include "study/result_text.h"

enum { LIST_DEFAULT = 20 };

static gy_status ask(gy_engine *engine, const char *name, const gy_value *values, size_t n, json_t *object,
                     const char *member, gy_error *err) {
  json_t *rows = NULL;
  gy_status status = gy_engine_json(engine, gy_sql(name), values, n, NULL, &rows, err);
  if (status == GY_OK) json_object_set_new(object, member, rows);
  return status;
}

static void add_customers(json_t *object) {
  json_t *customers = json_array(), *row;
  size_t i;
  json_array_foreach(json_object_get(object, "keys"), i, row) {
    if (strcmp(json_string_value(json_object_get(row, "kind")), "customer_id") == 0)
      json_array_append(customers, json_object_get(row, "key"));
  }
  if (json_array_size(customers) == 0 && json_array_size(json_object_get(object, "keys")) == 0)
    json_array_append(customers, json_object_get(object, "person"));
  json_object_set_new(object, "customers", customers);
}

static gy_status put_visitors(gy_engine *engine, const char *person, json_t *object, gy_error *err) {
  gy_step_record record = {0};
  json_t *rows = NULL;
  gy_status status = gy_step_load(engine, "identity", NULL, &record, err);
  if (status == GY_OK) status = gy_person_visitors(engine, record.detail, person, &rows, err);
  if (status == GY_OK) json_object_set_new(object, "visitors", rows);
  json_decref(record.detail);
  return status;
}

gy_status gy_project_identity_show(const char *dir, const char *who, const gy_task *task, char **result,
                                   gy_error *err) {
  gy_run_context run;
  gy_person_key key = {0};
  json_t *object = json_object();
  gy_status status = gy_last_run_open(dir, GY_NEEDS_A_RUN, task, &run, err);
  if (status == GY_OK) status = gy_person_key_find(&run.project, who, &key, err);
  if (status == GY_OK) {
    gy_engine *engine = run.project.engine;
    gy_value person = gy_bind_text(key.person);
    json_object_set_new(object, "person", json_string(key.person));
    status = ask(engine, "people/person_key_list", &person, 1, object, "keys", err);
    if (status == GY_OK) status = ask(engine, "people/person_evidence", &person, 1, object, "links", err);
    if (status == GY_OK)
      status = ask(engine, "people/person_decisions", &person, 1, object, "decisions", err);
    if (status == GY_OK) status = put_visitors(engine, key.person, object, err);
    add_customers(object);
  }
  if (status == GY_OK) status = gy_result_text(json_incref(object), result, err);
  json_decref(object);
  gy_person_key_clear(&key);
  gy_run_context_clear(&run);
  return status;
}

static gy_status put_numbers(gy_engine *engine, json_t *object, gy_error *err) {
  static const char *const NAMES[] = {"keys",   "people",    "merged",  "aliases", "guests",
                                      "shared", "too_large", "stopped", "apart",   "by_hand"};
  gy_step_record record = {0};
  gy_status status = gy_step_load(engine, "identity", NULL, &record, err);
  for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES && status == GY_OK; i++)
    json_object_set_new(object, NAMES[i],
                        json_integer(json_integer_value(json_object_get(record.detail, NAMES[i]))));
  json_decref(record.detail);
  return status;
}

gy_status gy_project_identity_list(const char *dir, size_t limit, const gy_task *task, char **result,
                                   gy_error *err) {
  gy_run_context run;
  json_t *object = json_object();
  gy_value most = gy_bind_int64(limit > 0 ? (int64_t)limit : LIST_DEFAULT);
  gy_status status = gy_last_run_open(dir, GY_NEEDS_A_RUN, task, &run, err);
  gy_engine *engine = run.project.engine;
  if (status == GY_OK) status = put_numbers(engine, object, err);
  if (status == GY_OK) status = ask(engine, "people/people_largest", &most, 1, object, "largest", err);
  if (status == GY_OK) status = ask(engine, "people/blocked_list", &most, 1, object, "blocked", err);
  if (status == GY_OK)
    status = ask(engine, "people/contradictions_list", &most, 1, object, "contradictions", err);
  if (status == GY_OK) status = ask(engine, "people/decisions_now", NULL, 0, object, "decisions", err);
  if (status == GY_OK) status = gy_result_text(json_incref(object), result, err);
  json_decref(object);
  gy_run_context_clear(&run);
  return status;
}

gy_status gy_project_identity_explain(const char *dir, const char *who, const char *other,
                                      const gy_task *task, char **result, gy_error *err) {
  gy_run_context run;
  gy_person_key a = {0}, b = {0};
  json_t *object = json_object(), *path = NULL;
  gy_status status = gy_last_run_open(dir, GY_NEEDS_A_RUN, task, &run, err);
  if (status == GY_OK) status = gy_person_key_find(&run.project, who, &a, err);
  if (status == GY_OK && other != NULL) status = gy_person_key_find(&run.project, other, &b, err);
  gy_value person = gy_bind_text(a.person);
  if (status == GY_OK) {
    json_object_set_new(object, "person", json_string(a.person));
    status = ask(run.project.engine, "people/person_evidence", &person, 1, object, "links", err);
  }
  if (status == GY_OK)
    status = ask(run.project.engine, "people/person_decisions", &person, 1, object, "decisions", err);
  if (status == GY_OK)
    status =
        ask(run.project.engine, "people/person_contradictions", &person, 1, object, "contradictions", err);
  if (status == GY_OK && other != NULL) {
    json_object_set_new(object, "other", json_string(b.person));
    status = gy_identity_path(json_object_get(object, "links"), json_object_get(object, "decisions"), &a, &b,
                              &path, err);
    if (status == GY_OK) json_object_set_new(object, "path", path);
  }
  if (status == GY_OK) status = gy_result_text(json_incref(object), result, err);
  json_decref(object);
  gy_person_key_clear(&a);
  gy_person_key_clear(&b);
  gy_run_context_clear(&run);
  return status;
}

/* ---- preview ---- */

static gy_status try_out(gy_run_context *run, size_t limit, const gy_task *task, json_t *object,
                         gy_error *err) {
  gy_engine *engine = run->project.engine;
  gy_person_sources sources = {0};
  gy_identity_result made = {0};
  gy_value most = gy_bind_int64(limit > 0 ? (int64_t)limit : LIST_DEFAULT);
  json_t *rows = NULL;
  gy_status status =
      gy_engine_execute(engine, gy_sql("people/preview_before"), NULL, 0, NULL, task, NULL, err);
  if (status == GY_OK) status = gy_person_sources_load(engine, &run->project.config, &sources, err);
  gy_identity_plan plan = {
      engine, &run->project.config.identity, sources.sources, sources.n, gy_person_vault, &run->project};
  if (status == GY_OK) status = gy_identity_resolve(&plan, task, &made, err);
  if (status == GY_OK)
    status = gy_engine_json(engine, gy_sql("people/preview_changes"), NULL, 0, task, &rows, err);
  if (status == GY_OK) {
    json_object_update(object, json_array_get(rows, 0));
    json_object_set_new(object, "people", json_integer(made.n_people));
    json_object_set_new(object, "merged", json_integer(made.n_merged));
    json_object_set_new(object, "apart", json_integer(made.n_apart));
    json_object_set_new(object, "shared", json_integer(made.n_shared));
    json_object_set_new(object, "too_large", json_integer(made.n_too_large));
    status = ask(engine, "people/preview_examples", &most, 1, object, "examples", err);
  }
  json_decref(rows);
  gy_person_sources_clear(&sources);
  return status;
}

gy_status gy_project_identity_preview(const char *dir, size_t limit, const gy_task *task, char **result,
                                      gy_error *err) {
  gy_run_context run = {.task = task};
  json_t *object = json_object();
  gy_status status = gy_project_load(dir, &run.project, err);
  if (status == GY_OK) { /* refuses where there is no store yet, and closes it again */
    status = gy_project_open_store(&run.project, GY_STORE_READ, task, err);
    gy_engine_close(run.project.engine);
    run.project.engine = NULL;
  }
  if (status == GY_OK) status = gy_project_open_store(&run.project, GY_STORE_WRITE, task, err);
  if (status == GY_OK) status = gy_engine_begin(run.project.engine, err);
  if (status == GY_OK) {
    status = try_out(&run, limit, task, object, err);
    gy_engine_rollback(run.project.engine);
  }
  if (status == GY_OK) status = gy_result_text(json_incref(object), result, err);
  json_decref(object);
  gy_run_context_clear(&run);
  return status;
}

/* ---- decisions ---- */

typedef struct {
  gy_project project;
  gy_person_key *keys; /* the person, then others */
  size_t n_keys;
} decision_work;

static gy_status open_decision(decision_work *work, const char *dir, const char *const *words, size_t n,
                               const gy_task *task, gy_error *err) {
  work->keys = calloc(n + 1, sizeof *work->keys);
  gy_status status = work->keys != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for %zu keys", n);
  if (status == GY_OK) status = gy_project_load(dir, &work->project, err);
  if (status == GY_OK) {
    status = gy_project_open_store(&work->project, GY_STORE_READ, task, err);
    gy_engine_close(work->project.engine);
    work->project.engine = NULL;
  }
  if (status == GY_OK) status = gy_project_open_store(&work->project, GY_STORE_WRITE, task, err);
  if (status == GY_OK) status = gy_engine_begin(work->project.engine, err);
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    work->n_keys = i + 1;
    status = gy_person_key_find(&work->project, words[i], &work->keys[i], err);
  }
  return status;
}

static void close_decision(decision_work *work) {
  for (size_t i = 0; i < work->n_keys; i++) gy_person_key_clear(&work->keys[i]);
  free(work->keys);
  gy_project_clear(&work->project);
}

/* Commits, closes the store, and runs the project. */
static gy_status apply(decision_work *work, const char *action, int64_t decision, int64_t undone,
                       const gy_task *task, char **result, gy_error *err) {
  gy_run_options options = {0};
  char *manifest = NULL;
  gy_status status = gy_engine_commit(work->project.engine, err);
  gy_engine_close(work->project.engine);
  work->project.engine = NULL;
  if (status != GY_OK) return status;
  status = gy_project_run(work->project.dir, &options, task, &manifest, err);
  if (status != GY_OK) {
    gy_error_prefix(err, "the decision is kept, and the next run will apply it, but this one failed");
    return status;
  }
  json_t *run = json_loads(manifest, 0, NULL);
  gy_text_free(manifest);
  const char *person = work->n_keys > 0 ? work->keys[0].person : "";
  json_t *object =
      json_pack("{s:s, s:I, s:I, s:s, s:O?}", "action", action, "decision", (json_int_t)decision, "undone",
                (json_int_t)undone, "person", person, "run", json_object_get(run, "run"));
  json_decref(run);
  return gy_result_text(object, result, err);
}

gy_status gy_project_identity_merge(const char *dir, const char *who, const char *other, const char *reason,
                                    const gy_task *task, char **result, gy_error *err) {
  decision_work work = {0};
  const char *const words[] = {who, other};
  int64_t decision = 0;
  gy_status status = open_decision(&work, dir, words, 2, task, err);
  if (status == GY_OK)
    status = gy_identity_merge(work.project.engine, &work.keys[0], &work.keys[1], reason, &decision, err);
  if (status == GY_OK) status = apply(&work, "merge", decision, 0, task, result, err);
  close_decision(&work);
  return status;
}

gy_status gy_project_identity_pin(const char *dir, const char *who, const char *key, const char *reason,
                                  const gy_task *task, char **result, gy_error *err) {
  decision_work work = {0};
  const char *const words[] = {who, key};
  int64_t decision = 0;
  gy_status status = open_decision(&work, dir, words, 2, task, err);
  if (status == GY_OK)
    status = gy_identity_pin(work.project.engine, &work.keys[0], &work.keys[1], reason, &decision, err);
  if (status == GY_OK) status = apply(&work, "pin", decision, 0, task, result, err);
  close_decision(&work);
  return status;
}

gy_status gy_project_identity_unmerge(const char *dir, const char *who, const char *const *keys,
                                      size_t n_keys, const char *reason, const gy_task *task, char **result,
                                      gy_error *err) {
  decision_work work = {0};
  const char **words = calloc(n_keys + 1, sizeof *words);
  int64_t decision = 0, undone = 0;
  if (words == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu keys", n_keys);
  words[0] = who;
  for (size_t i = 0; i < n_keys; i++) words[i + 1] = keys[i];
  gy_status status = open_decision(&work, dir, words, n_keys + 1, task, err);
  if (status == GY_OK)
    status = gy_identity_unmerge(work.project.engine, &work.keys[0], work.keys + 1, n_keys, reason, &decision,
                                 &undone, err);
  if (status == GY_OK) status = apply(&work, "unmerge", decision, undone, task, result, err);
  close_decision(&work);
  free(words);
  return status;
}

gy_status gy_project_identity_undo(const char *dir, long long decision, const gy_task *task, char **result,
                                   gy_error *err) {
  decision_work work = {0};
  int64_t number = decision;
  gy_status status = open_decision(&work, dir, NULL, 0, task, err);
  if (status == GY_OK) status = gy_identity_undo(work.project.engine, &number, err);
  if (status == GY_OK) status = apply(&work, "undo", number, 1, task, result, err);
  close_decision(&work);
  return status;
}

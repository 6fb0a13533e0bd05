/* SPDX-License-Identifier: Apache-2.0 */
#include "study/forgetting.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "data/import_functions.h"
#include "people/forget_resolve.h"
#include "people/forget_store.h"
#include "people/forget_texts.h"
#include "privacy/box.h"
#include "privacy/seal.h"
#include "study/forgetting_keys.h"
#include "study/run_folder.h"
#include "study/scratch_project.h"
#include "study/store_vault.h"

enum { PENDING_MAX = 1 << 30 };
static const char PLACE[] = "forget.pending"; /* what its seal belongs to */

static char *state_path(const gy_project *project, const char *name) {
  return gy_path_join(project->state_dir, name);
}

/* ---- the pending file ---- */

bool gy_forgetting_is_pending(const gy_project *project) {
  char *path = state_path(project, "forget.pending");
  bool is = path != NULL && gy_path_exists(path);
  free(path);
  return is;
}

static gy_status write_pending(const gy_project *project, const gy_forgetting_keys *keys, const json_t *plan,
                               gy_error *err) {
  char *path = state_path(project, "forget.pending"), *text = json_dumps(plan, JSON_COMPACT);
  gy_buffer sealed;
  gy_buffer_init(&sealed, PENDING_MAX);
  gy_status status = path != NULL && text != NULL
                         ? gy_seal_bytes(keys->ring, PLACE, text, strlen(text), &sealed, err)
                         : gy_fail(err, GY_ENOMEM, "no memory to note whom to forget");
  if (status == GY_OK) status = gy_file_replace_private(path, sealed.data, sealed.length, err);
  gy_buffer_clear(&sealed);
  free(text);
  free(path);
  return status;
}

static gy_status read_pending(const char *path, const gy_forgetting_keys *keys, json_t **plan,
                              gy_error *err) {
  gy_buffer sealed, text;
  gy_buffer_init(&sealed, PENDING_MAX);
  gy_buffer_init(&text, PENDING_MAX);
  gy_status status = gy_file_read(path, &sealed, err);
  if (status == GY_OK) status = gy_unseal_bytes(keys->ring, PLACE, sealed.data, sealed.length, &text, err);
  if (status == GY_OK && text.data != NULL) *plan = json_loads(text.data, 0, NULL);
  if (status == GY_ECORRUPT || (status == GY_OK && *plan == NULL))
    status = gy_fail(
        err, GY_ECORRUPT,
        "%s, which says whom to forget, is damaged or of another key; remove it and name them again", path);
  gy_buffer_wipe(&text);
  gy_buffer_clear(&sealed);
  return status;
}

/* The lock that whoever works on it holds; *lock is -1 where there is no such file. */
static gy_status lock_pending(const gy_project *project, const char *path, int *lock, gy_error *err) {
  struct stat held, named;
  *lock = open(path, O_RDONLY | O_CLOEXEC);
  if (*lock < 0) return errno == ENOENT ? GY_OK : gy_fail_errno(err, "read", path);
  bool mine = flock(*lock, LOCK_EX | LOCK_NB) == 0;
  bool is_it = mine && fstat(*lock, &held) == 0 && stat(path, &named) == 0 && held.st_ino == named.st_ino;
  if (is_it) return GY_OK;
  close(*lock);
  *lock = -1;
  if (mine) return GY_OK; /* the other one has just finished */
  return gy_fail(err, GY_EBUSY, "people are being forgotten in %s right now; try again when that is done",
                 project->dir);
}

gy_status gy_forgetting_check(const gy_project *project, gy_error *err) {
  int lock = -1;
  char *path = state_path(project, "forget.pending");
  if (path == NULL) return gy_fail(err, GY_ENOMEM, "no memory to open %s", project->dir);
  gy_status status = gy_path_exists(path) ? lock_pending(project, path, &lock, err) : GY_OK;
  if (lock >= 0) {
    close(lock);
    status =
        gy_fail(err, GY_EBUSY,
                "a forgetting in %s was interrupted and is not finished; finish it with: gyeol forget %s",
                project->dir, project->dir);
  }
  free(path);
  return status;
}

/* ---- the store ---- */

static const char *text_in(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static json_int_t integer_in(const json_t *object, const char *name) {
  return json_integer_value(json_object_get(object, name));
}

static gy_forget_request request_of(const json_t *plan) {
  const json_t *figures = json_object_get(plan, "figures");
  return (gy_forget_request){.traces = json_object_get(plan, "traces"),
                             .texts = json_object_get(plan, "texts"),
                             .receipt = text_in(plan, "receipt"),
                             .people = integer_in(plan, "people"),
                             .at_us = integer_in(plan, "requested_us"),
                             .figures = {.counts = text_in(figures, "counts"),
                                         .orders = text_in(figures, "orders"),
                                         .zone = text_in(figures, "zone"),
                                         .as_of_us = integer_in(figures, "as_of_us"),
                                         .active_days = (int)integer_in(figures, "active_days")}};
}

/* The new file takes the old one's name. Nothing of the old one may be left to be replayed into it. */
static gy_status exchange(const char *beside, const char *store, gy_error *err) {
  char *log = NULL;
  if (asprintf(&log, "%s.wal", store) < 0) return gy_fail(err, GY_ENOMEM, "no memory to replace %s", store);
  int fd = open(beside, O_RDONLY | O_CLOEXEC);
  gy_status status = fd >= 0 && fsync(fd) == 0 ? GY_OK : gy_fail_errno(err, "write", beside);
  if (fd >= 0) close(fd);
  if (status == GY_OK && gy_path_exists(log))
    status = gy_fail(err, GY_EINTERNAL, "%s is still there after a checkpoint; nothing was changed", log);
  if (status == GY_OK && rename(beside, store) != 0) status = gy_fail_errno(err, "replace", store);
  if (status == GY_OK) gy_file_flush_folder(store);
  free(log);
  return status;
}

static gy_status open_store(const gy_project *project, const char *store, const gy_task *task,
                            gy_engine **engine, gy_error *err) {
  char *spill = state_path(project, "spill");
  if (spill == NULL) return gy_fail(err, GY_ENOMEM, "no memory to open %s", store);
  (void)!gy_dir_remove(spill, NULL); /* of one that was killed */
  gy_engine_options options = {.path = store,
                               .n_threads = gy_task_threads(task),
                               .memory_bytes = gy_project_engine_bytes(task),
                               .spill_dir = spill};
  gy_status status = gy_engine_open(&options, engine, err);
  if (status == GY_OK)
    status = gy_import_functions_define(*engine, err); /* views of Parquet files call them */
  free(spill);
  return status;
}

static gy_status forget_in_store(const gy_project *project, const gy_forgetting_keys *keys,
                                 const json_t *plan, const gy_task *task, json_t **removed, gy_error *err) {
  char *store = state_path(project, "store.duckdb"), *beside = state_path(project, "store.duckdb.forget");
  gy_forget_request request = request_of(plan);
  gy_store_vault vault;
  gy_engine *engine = NULL;
  gy_status status = gy_store_vault_of(keys->ring, &vault, err);
  request.vault = vault.vault;
  request.vault_generation = vault.generation;
  request.vault_forgotten = vault.forgotten;
  *removed = NULL;
  if (status == GY_OK && (store == NULL || beside == NULL))
    status = gy_fail(err, GY_ENOMEM, "no memory to open the store");
  if (status == GY_OK && gy_path_exists(store)) {
    status = open_store(project, store, task, &engine, err);
    if (status == GY_OK) status = gy_forget_store_done(engine, request.receipt, removed, err);
    if (status == GY_OK && *removed == NULL) { /* tables that an older gyeol had not when it was killed */
      status = gy_engine_execute(engine, gy_sql("schema/0004_people"), NULL, 0, NULL, NULL, NULL, err);
      if (status == GY_OK)
        status = gy_engine_execute(engine, gy_sql("people/forget_rows"), NULL, 0, NULL, NULL, NULL, err);
      if (status == GY_OK) status = gy_forgetting_rejects(engine, keys, plan, err);
      if (status == GY_OK) status = gy_forget_store_write(engine, beside, &request, task, removed, err);
      if (status == GY_OK) status = gy_engine_execute(engine, "CHECKPOINT", NULL, 0, NULL, NULL, NULL, err);
      if (status == GY_OK) status = exchange(beside, store, err);
    }
  }
  if (status == GY_OK && *removed == NULL) *removed = json_object();
  gy_engine_close(engine);
  free(store);
  free(beside);
  return status;
}

/* ---- the receipt ---- */

static gy_status write_receipt(const gy_project *project, const json_t *receipt, gy_error *err) {
  char *folder = state_path(project, "receipts"),
       *path = gy_receipt_path(project, text_in(receipt, "receipt")),
       *text = json_dumps(receipt, JSON_INDENT(1));
  gy_status status = folder != NULL && path != NULL && text != NULL
                         ? gy_dir_create(folder, err)
                         : gy_fail(err, GY_ENOMEM, "no memory for a receipt");
  if (status == GY_OK) status = gy_file_replace(path, text, strlen(text), err);
  free(folder);
  free(path);
  free(text);
  return status;
}

/* What was removed where; who is not in it. */
static json_t *receipt_of(const json_t *plan, const json_t *removed, const json_t *files,
                          const json_t *audit) {
  static const char *const KEPT[] = {"receipt", "requested_at", "project", "reason",    "people",
                                     "already", "unknown",      "sources", "references"};
  char finished[32];
  gy_clock_rfc3339(gy_clock_utc_us(), finished);
  json_t *receipt = json_pack("{s:s, s:s, s:s}", "format", "gyeol-receipt/1", "version", GYEOL_VERSION,
                              "finished_at", finished);
  for (size_t i = 0; i < sizeof KEPT / sizeof *KEPT; i++) {
    json_t *value = json_object_get(plan, KEPT[i]);
    json_object_set_new(receipt, KEPT[i], value != NULL ? json_incref(value) : json_null());
  }
  json_object_set_new(receipt, "removed",
                      json_pack("{s:O, s:O, s:O}", "tables", removed, "vault", json_object_get(plan, "vault"),
                                "files", files));
  json_object_set(receipt, "audit", (json_t *)(uintptr_t)audit);
  return receipt;
}

/* ---- all steps ---- */

/* The end: nothing is pending any more. */
static gy_status settle(const gy_project *project, gy_error *err) {
  char *path = state_path(project, "forget.pending"), *spill = state_path(project, "spill");
  gy_status status =
      path != NULL && spill != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to forget people");
  if (status == GY_OK) (void)!gy_dir_remove(spill, NULL); /* tried again by the next opening */
  if (status == GY_OK && unlink(path) != 0) status = gy_fail_errno(err, "remove", path);
  if (status == GY_OK) gy_file_flush_folder(path);
  free(path);
  free(spill);
  return status;
}

static gy_status finish(gy_project *project, gy_forgetting_keys *keys, const json_t *plan,
                        const gy_task *task, json_t **receipt, gy_error *err) {
  json_t *audit = NULL, *removed = NULL, *files = NULL, *made = NULL;
  gy_status status = gy_forgetting_audit(keys, plan, &audit, err);
  if (status == GY_OK) status = gy_forgetting_tombstones(keys, plan, err);
  if (status == GY_OK) status = forget_in_store(project, keys, plan, task, &removed, err);
  if (status == GY_OK) status = gy_forgetting_vault(keys, plan, err);
  if (status == GY_OK) {
    gy_run_folders_sweep(project);
    gy_scratch_sweep(project->state_dir);
  }
  if (status == GY_OK) status = gy_forgetting_files(project, plan, &files, err);
  if (status == GY_OK) {
    made = receipt_of(plan, removed, files, audit);
    status = write_receipt(project, made, err);
  }
  if (status == GY_OK) status = settle(project, err);
  if (status == GY_OK) *receipt = json_incref(made);
  json_decref(audit);
  json_decref(removed);
  json_decref(files);
  json_decref(made);
  return status;
}

gy_status gy_forgetting_start(gy_project *project, const json_t *plan, const gy_task *task, json_t **receipt,
                              gy_error *err) {
  gy_forgetting_keys keys = {0};
  int lock = -1;
  char *path = state_path(project, "forget.pending");
  gy_status status = path != NULL ? gy_forgetting_keys_open(project, &keys, err)
                                  : gy_fail(err, GY_ENOMEM, "no memory to forget people");
  if (status == GY_OK) status = write_pending(project, &keys, plan, err);
  if (status == GY_OK) status = lock_pending(project, path, &lock, err);
  gy_engine_close(project->engine); /* until now it kept others out */
  project->engine = NULL;
  if (status == GY_OK) status = finish(project, &keys, plan, task, receipt, err);
  if (lock >= 0) close(lock);
  free(path);
  return status;
}

gy_status gy_forgetting_resume(gy_project *project, const gy_task *task, gy_error *err) {
  gy_forgetting_keys keys = {0};
  json_t *plan = NULL, *receipt = NULL;
  int lock = -1;
  char *path = state_path(project, "forget.pending");
  gy_status status = path != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to open %s", project->dir);
  if (status == GY_OK && gy_path_exists(path)) status = lock_pending(project, path, &lock, err);
  if (status == GY_OK && lock >= 0) {
    status = gy_forgetting_keys_open(project, &keys, err);
    if (status == GY_OK) status = read_pending(path, &keys, &plan, err);
    if (status == GY_OK) status = finish(project, &keys, plan, task, &receipt, err);
    if (status != GY_OK) gy_error_prefix(err, "finishing an interrupted forgetting");
  }
  if (lock >= 0) close(lock);
  json_decref(receipt);
  json_decref(plan);
  free(path);
  return status;
}

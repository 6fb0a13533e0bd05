/* SPDX-License-Identifier: Apache-2.0
 *
 * `gyeol backup`: the files of a project while nobody writes to it, in one encrypted archive. The store is
 * held open for reading and the vault is locked, so that what is copied belongs together. */
#include <dirent.h>
#include <gyeol/backup.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "privacy/audit_log.h"
#include "privacy/vault_lock.h"
#include "study/backup_key.h"
#include "study/project_privacy.h"

enum { DEPTH_MAX = 16 };

/* ---- which files ---- */

static bool ends_with(const char *name, const char *ending) {
  size_t n = strlen(name), m = strlen(ending);
  return n >= m && strcmp(name + n - m, ending) == 0;
}

/* What belongs to a process, not to the project. */
static bool is_passing(const char *name) {
  static const char *const NAMES[] = {".gyeol/spill", ".gyeol/vault/lock", ".gyeol/store.duckdb.forget"};
  for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
    if (strcmp(name, NAMES[i]) == 0) return true;
  return strncmp(name, ".gyeol/check-", 13) == 0 || ends_with(name, ".partial") || ends_with(name, ".wal");
}

typedef struct {
  const char *root;
  json_t *names; /* from the project's folder, sorted */
  uint64_t bytes;
} file_list;

static int by_name(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

static gy_status list_files(file_list *list, const char *name, int depth, gy_error *err);

static gy_status list_folder(file_list *list, const char *name, const char *path, int depth, gy_error *err) {
  struct dirent **entries = NULL;
  gy_status status = GY_OK;
  int n = depth < DEPTH_MAX ? scandir(path, &entries, NULL, by_name) : 0;
  if (n < 0) return gy_fail_errno(err, "read", path);
  for (int i = 0; i < n; i++) {
    bool is_own = strcmp(entries[i]->d_name, ".") != 0 && strcmp(entries[i]->d_name, "..") != 0;
    char *below = is_own && status == GY_OK ? gy_path_join(name, entries[i]->d_name) : NULL;
    if (below != NULL) status = list_files(list, below, depth + 1, err);
    free(below);
    free(entries[i]);
  }
  free(entries);
  return status;
}

static gy_status list_files(file_list *list, const char *name, int depth, gy_error *err) {
  struct stat info;
  char *path = gy_path_join(list->root, name);
  gy_status status =
      path != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to look through %s", list->root);
  if (status == GY_OK && !is_passing(name) && lstat(path, &info) == 0) {
    if (S_ISDIR(info.st_mode)) {
      status = list_folder(list, name, path, depth, err);
    } else if (S_ISREG(info.st_mode)) {
      list->bytes += (uint64_t)info.st_size;
      if (json_array_append_new(list->names, json_string(name)) != 0)
        status =
            gy_fail(err, GY_ENOMEM, "no memory to look through %s, or a file's name is no text", list->root);
    }
  }
  free(path);
  return status;
}

static gy_status list_project(const char *root, file_list *list, gy_error *err) {
  static const char *const PARTS[] = {"gyeol.yaml", "segments", "models", "repairs", ".gyeol"};
  gy_status status = GY_OK;
  *list = (file_list){.root = root, .names = json_array()};
  for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS && status == GY_OK; i++)
    status = list_files(list, PARTS[i], 0, err);
  return status;
}

/* ---- writing ---- */

static gy_status add_about(gy_archive_writer *writer, const gy_project *project, gy_error *err) {
  char now[32];
  gy_clock_rfc3339(gy_clock_utc_us(), now);
  json_t *about =
      json_pack("{s:s, s:s, s:s}", "project", project->config.name, "made_at", now, "version", GYEOL_VERSION);
  char *text = about != NULL ? json_dumps(about, JSON_COMPACT) : NULL;
  gy_status status = text != NULL ? gy_archive_add_bytes(writer, GY_BACKUP_ABOUT, text, strlen(text), err)
                                  : gy_fail(err, GY_ENOMEM, "no memory for the backup");
  free(text);
  json_decref(about);
  return status;
}

static gy_status write_archive(const gy_project *project, const file_list *list, const char *path,
                               const gy_archive_header *header, const uint8_t key[GY_ARCHIVE_KEY_BYTES],
                               const gy_task *task, gy_error *err) {
  gy_archive_writer *writer = NULL;
  gy_status status = gy_archive_create(path, header, key, task, list->bytes, &writer, err);
  if (status == GY_OK) status = add_about(writer, project, err);
  size_t i;
  json_t *name;
  json_array_foreach(list->names, i, name) {
    char *file = gy_path_join(project->root, json_string_value(name));
    if (status == GY_OK && file != NULL)
      status = gy_archive_add_file(writer, json_string_value(name), file, err);
    if (file == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for the backup");
    free(file);
  }
  if (status == GY_OK) status = gy_archive_finish(writer, err);
  gy_archive_writer_destroy(writer);
  return status;
}

/* ---- reading it back ---- */

static gy_status read_all(gy_archive_reader *reader, const gy_task *task, json_int_t *files,
                          json_int_t *bytes, gy_error *err) {
  gy_archive_entry entry;
  bool more = true;
  gy_status status = GY_OK;
  uint8_t buffer[32 << 10];
  while (status == GY_OK) {
    status = gy_archive_next(reader, &entry, &more, err);
    if (status != GY_OK || !more) break;
    ++*files;
    for (size_t got = 1; status == GY_OK && got > 0;) {
      status = gy_archive_read(reader, buffer, sizeof buffer, &got, err);
      *bytes += (json_int_t)got;
    }
    gy_task_progress(task, "verifying", (uint64_t)*bytes, 0, "bytes");
    if (status == GY_OK) status = gy_task_check(task, err);
  }
  return status;
}

static gy_status give_result(json_t *made, char **result, gy_error *err) {
  char *text = made != NULL ? json_dumps(made, JSON_COMPACT) : NULL;
  json_decref(made);
  if (text == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the result");
  *result = text;
  return GY_OK;
}

static json_int_t size_of(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 ? (json_int_t)info.st_size : 0;
}

gy_status gy_backup_verify(const char *dir, const char *path, const gy_backup_options *options,
                           const gy_task *task, char **result, gy_error *err) {
  double start = gy_clock_seconds();
  gy_project project = {0};
  gy_archive_reader *reader = NULL;
  json_t *about = NULL;
  json_int_t files = 0, bytes = 0;
  bool known = gy_project_load(dir, &project, NULL) == GY_OK; /* only for its key */
  gy_status status = gy_backup_open(path, options, known ? project.config.privacy.key : NULL,
                                    known ? project.state_dir : dir, &reader, &about, err);
  if (status == GY_OK) status = read_all(reader, task, &files, &bytes, err);
  if (status == GY_OK)
    status =
        give_result(json_pack("{s:s, s:O?, s:O?, s:O?, s:I, s:I, s:I, s:f}", "file", path, "project",
                              json_object_get(about, "project"), "made_at", json_object_get(about, "made_at"),
                              "version", json_object_get(about, "version"), "files", files, "bytes", bytes,
                              "size", size_of(path), "seconds", gy_clock_seconds() - start),
                    result, err);
  gy_archive_reader_destroy(reader);
  json_decref(about);
  gy_project_clear(&project);
  return status;
}

/* Another key in the same words would open nothing later, so the file is read with the key that it was
 * written with. */
static gy_status check_written(const char *path, const uint8_t key[GY_ARCHIVE_KEY_BYTES], const gy_task *task,
                               json_int_t *files, json_int_t *bytes, gy_error *err) {
  gy_archive_reader *reader = NULL;
  gy_archive_header header;
  gy_status status = gy_archive_open(path, &reader, &header, err);
  if (status == GY_OK) status = gy_archive_start(reader, key, err);
  if (status == GY_OK) status = read_all(reader, task, files, bytes, err);
  gy_archive_reader_destroy(reader);
  return status;
}

/* ---- the command ---- */

static gy_status hold(gy_project *project, const gy_task *task, int *lock, gy_error *err) {
  const gy_audit_entry entry = {.action = "backup"};
  char *store = gy_path_join(project->state_dir, "store.duckdb");
  gy_status status = store != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to open %s", project->dir);
  if (status == GY_OK && gy_path_exists(store))
    status = gy_project_open_store(project, GY_STORE_READ, task, err);
  free(store);
  if (status != GY_OK || !gy_project_has_vault(project)) return status;
  gy_key_ring *ring = NULL;
  status = gy_project_ring(project, false, &ring, err);
  if (status == GY_OK) status = gy_audit_append(ring, &entry, err);
  return status == GY_OK ? gy_vault_lock_take(gy_key_ring_folder(ring), GY_VAULT_READS, lock, err) : status;
}

gy_status gy_project_backup(const char *dir, const char *path, const gy_backup_options *options,
                            const gy_task *task, char **result, gy_error *err) {
  double start = gy_clock_seconds();
  gy_project project = {0};
  file_list list = {0};
  gy_archive_header header;
  uint8_t key[GY_ARCHIVE_KEY_BYTES];
  int lock = -1;
  char *beside = NULL;
  json_int_t files = 0, bytes = 0;
  gy_status status = gy_project_load(dir, &project, err);
  if (status == GY_OK && asprintf(&beside, "%s.new", path) < 0) {
    beside = NULL;
    status = gy_fail(err, GY_ENOMEM, "no memory for the backup");
  }
  if (status == GY_OK)
    status = gy_backup_key_make(options, project.config.privacy.key, project.state_dir, &header, key, err);
  if (status == GY_OK) status = hold(&project, task, &lock, err);
  if (status == GY_OK) status = list_project(project.root, &list, err);
  if (status == GY_OK) status = write_archive(&project, &list, beside, &header, key, task, err);
  gy_vault_lock_release(lock);
  if (status == GY_OK) status = check_written(beside, key, task, &files, &bytes, err);
  if (status == GY_OK && rename(beside, path) != 0) status = gy_fail_errno(err, "write", path);
  if (status == GY_OK) gy_file_flush_folder(path);
  if (status != GY_OK && beside != NULL) unlink(beside);
  sodium_memzero(key, sizeof key);
  if (status == GY_OK)
    status =
        give_result(json_pack("{s:s, s:s, s:I, s:I, s:I, s:s, s:f}", "file", path, "project",
                              project.config.name, "files", files - 1, "bytes", bytes, "size", size_of(path),
                              "key", header.lock == GY_ARCHIVE_PASSPHRASE ? "passphrase" : "key", "seconds",
                              gy_clock_seconds() - start),
                    result, err);
  json_decref(list.names);
  free(beside);
  gy_project_clear(&project);
  return status;
}

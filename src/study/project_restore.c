/* SPDX-License-Identifier: Apache-2.0
 *
 * `gyeol restore`: a project of a backup, all or nothing.
 *
 *   DIR.restoring    written and read to its end, so that every byte is authenticated; a note in it says that
 * it is no project yet tombstones       of the DIR that is there join those of the backup, and whom the
 * backup still has is forgotten exchange         DIR.restoring and DIR change names in one step; then
 * DIR.restoring is called DIR.before-restore
 *
 * A process that is killed leaves DIR as it was, or restored; what it left beside is settled by the next
 * restore. */
#include <errno.h>
#include <fcntl.h>
#include <gyeol/backup.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "privacy/audit_log.h"
#include "study/backup_key.h"
#include "study/project_privacy.h"
#include "study/restore_forgotten.h"

static const char NOTE[] = ".gyeol-restoring"; /* no project yet */

typedef struct {
  const char *archive;
  char *dir, *beside, *kept;
  const gy_backup_options *options;
  const gy_task *task;
  gy_project before; /* the project that is there */
  bool is_there, is_project;
  json_int_t files, bytes, forgotten;
} restore;

/* ---- what is there ---- */

static bool is_empty_folder(const char *path) { return rmdir(path) == 0 && mkdir(path, 0755) == 0; }

static char *free_name(const char *dir) {
  for (int n = 1; n < 1000; n++) {
    char *name = NULL;
    if (asprintf(&name, n == 1 ? "%s.before-restore" : "%s.before-restore-%d", dir, n) < 0) return NULL;
    if (!gy_path_exists(name)) return name;
    free(name);
  }
  return NULL;
}

/* What another restore left: half a project is removed, a whole one (exchanged already) gets the name it was
 * to have. */
static gy_status settle_left(restore *r, gy_error *err) {
  if (!gy_path_exists(r->beside)) return GY_OK;
  char *note = gy_path_join(r->beside, NOTE), *name = free_name(r->dir);
  gy_status status =
      note != NULL && name != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to restore %s", r->dir);
  if (status == GY_OK && gy_path_exists(note))
    status = gy_dir_remove(r->beside, err);
  else if (status == GY_OK && rename(r->beside, name) != 0)
    status = gy_fail_errno(err, "rename", r->beside);
  free(note);
  free(name);
  return status;
}

/* Keeps runs out of the project that is there until it is replaced. One that cannot be opened is no
 * hindrance: it may be why somebody restores. */
static gy_status hold_before(restore *r, gy_error *err) {
  gy_error why = {0};
  r->is_there = gy_path_exists(r->dir) && !is_empty_folder(r->dir);
  if (!r->is_there) return GY_OK;
  if (!r->options->force)
    return gy_fail(err, GY_EEXISTS,
                   "%s is there already; restore into another folder, or replace it with --force (it is "
                   "kept as %s.before-restore)",
                   r->dir, r->dir);
  r->is_project = gy_project_load(r->dir, &r->before, NULL) == GY_OK;
  char *store = r->is_project ? gy_path_join(r->before.state_dir, "store.duckdb") : NULL;
  gy_status status = GY_OK;
  if (store != NULL && gy_path_exists(store))
    status = gy_project_open_store(&r->before, GY_STORE_WRITE, r->task, &why);
  free(store);
  return status == GY_EBUSY ? gy_fail(err, status, "%s", why.text) : GY_OK;
}

/* ---- files ---- */

static gy_status write_entry(gy_archive_reader *reader, const char *path, uint32_t mode, gy_error *err) {
  uint8_t bytes[32 << 10];
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return gy_fail_errno(err, "write", path);
  gy_status status = GY_OK;
  for (size_t got = 1; status == GY_OK && got > 0;) {
    status = gy_archive_read(reader, bytes, sizeof bytes, &got, err);
    for (size_t at = 0; status == GY_OK && at < got;) {
      ssize_t put = write(fd, bytes + at, got - at);
      if (put < 0 && errno != EINTR) status = gy_fail_errno(err, "write", path);
      if (put > 0) at += (size_t)put;
    }
  }
  if (status == GY_OK && (fchmod(fd, mode & 0777) != 0 || fsync(fd) != 0))
    status = gy_fail_errno(err, "write", path);
  if (close(fd) != 0 && status == GY_OK) status = gy_fail_errno(err, "write", path);
  return status;
}

static gy_status make_parent(const char *path, gy_error *err) {
  char *folder = strdup(path);
  if (folder == NULL) return gy_fail(err, GY_ENOMEM, "no memory to write %s", path);
  *strrchr(folder, '/') = '\0';
  gy_status status = gy_dir_create(folder, err);
  free(folder);
  return status;
}

static gy_status write_all(restore *r, gy_archive_reader *reader, gy_error *err) {
  gy_archive_entry entry;
  bool more = true;
  gy_status status = GY_OK;
  while (status == GY_OK) {
    status = gy_archive_next(reader, &entry, &more, err);
    if (status != GY_OK || !more) break;
    char *path = gy_path_join(r->beside, entry.path);
    status =
        path != NULL ? make_parent(path, err) : gy_fail(err, GY_ENOMEM, "no memory to restore %s", r->dir);
    if (status == GY_OK) status = write_entry(reader, path, entry.mode, err);
    free(path);
    r->files++;
    r->bytes += (json_int_t)entry.size;
    gy_task_progress(r->task, "restoring", (uint64_t)r->bytes, 0, "bytes");
    if (status == GY_OK) status = gy_task_check(r->task, err);
  }
  return status;
}

static gy_status make_beside(restore *r, gy_archive_reader *reader, gy_error *err) {
  char *note = gy_path_join(r->beside, NOTE);
  gy_status status =
      note != NULL ? settle_left(r, err) : gy_fail(err, GY_ENOMEM, "no memory to restore %s", r->dir);
  if (status == GY_OK) status = gy_dir_create(r->beside, err);
  if (status == GY_OK) status = gy_file_replace(note, "", 0, err);
  if (status == GY_OK) status = write_all(r, reader, err);
  free(note);
  return status;
}

/* ---- the exchange ---- */

static gy_status exchange(restore *r, gy_error *err) {
  char *note = gy_path_join(r->beside, NOTE);
  gy_status status = note != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to restore %s", r->dir);
  /* What is closed later under the new project's name has nothing left to write. */
  if (status == GY_OK && r->before.engine != NULL)
    status = gy_engine_execute(r->before.engine, "CHECKPOINT", NULL, 0, NULL, NULL, NULL, err);
  int fd = open(r->beside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (status == GY_OK && unlink(note) != 0) status = gy_fail_errno(err, "remove", note);
  if (fd >= 0) {
    (void)!syncfs(fd);
    close(fd);
  }
  bool replaces = gy_path_exists(r->dir);
  int done = replaces ? renameat2(AT_FDCWD, r->beside, AT_FDCWD, r->dir, RENAME_EXCHANGE)
                      : rename(r->beside, r->dir);
  if (status == GY_OK && done != 0) status = gy_fail_errno(err, "restore", r->dir);
  if (status == GY_OK) gy_file_flush_folder(r->dir);
  if (status == GY_OK && replaces && !r->is_there) (void)!rmdir(r->beside);
  if (status == GY_OK && r->is_there) {
    r->kept = free_name(r->dir);
    if (r->kept == NULL || rename(r->beside, r->kept) != 0) status = gy_fail_errno(err, "keep", r->beside);
  }
  free(note);
  return status;
}

/* ---- the command ---- */

static gy_status name_dir(restore *r, const char *dir, const json_t *about, gy_error *err) {
  const char *project = json_string_value(json_object_get(about, "project"));
  if (dir == NULL && (project == NULL || *project == '\0' || *project == '.' || strchr(project, '/') != NULL))
    return gy_fail(err, GY_EUSAGE, "say into which folder: gyeol restore %s DIR", r->archive);
  r->dir = strdup(dir != NULL ? dir : project);
  for (size_t n = r->dir != NULL ? strlen(r->dir) : 0; n > 1 && r->dir[n - 1] == '/'; n--)
    r->dir[n - 1] = '\0';
  if (r->dir == NULL || asprintf(&r->beside, "%s.restoring", r->dir) < 0)
    return gy_fail(err, GY_ENOMEM, "no memory to restore %s", r->archive);
  if (strcmp(r->dir, ".") == 0 || strcmp(r->dir, "..") == 0)
    return gy_fail(err, GY_EUSAGE,
                   "a folder cannot be replaced from within; name it from outside: gyeol restore %s DIR",
                   r->archive);
  return GY_OK;
}

static gy_status log_restore(restore *r, gy_error *err) {
  gy_project made = {0};
  gy_key_ring *ring = NULL;
  const gy_audit_entry entry = {.action = "restore"};
  gy_status status = gy_project_load(r->beside, &made, err);
  if (status == GY_OK && gy_project_has_vault(&made)) {
    status = gy_project_ring(&made, false, &ring, err);
    if (status == GY_OK) status = gy_audit_append(ring, &entry, err);
  }
  gy_project_clear(&made);
  return status;
}

static gy_status give_result(const restore *r, const json_t *about, double seconds, char **result,
                             gy_error *err) {
  json_t *made =
      json_pack("{s:s, s:O?, s:O?, s:I, s:I, s:s?, s:I, s:f}", "folder", r->dir, "project",
                json_object_get(about, "project"), "made_at", json_object_get(about, "made_at"), "files",
                r->files, "bytes", r->bytes, "kept", r->kept, "forgotten", r->forgotten, "seconds", seconds);
  char *text = made != NULL ? json_dumps(made, JSON_COMPACT) : NULL;
  json_decref(made);
  if (text == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the result");
  *result = text;
  return GY_OK;
}

gy_status gy_project_restore(const char *path, const char *dir, const gy_backup_options *options,
                             const gy_task *task, char **result, gy_error *err) {
  double start = gy_clock_seconds();
  restore r = {.archive = path, .options = options, .task = task};
  gy_archive_reader *reader = NULL;
  json_t *about = NULL;
  char *state = gy_path_join(dir != NULL ? dir : ".", ".gyeol");
  gy_project known = {0};
  bool has_setting = dir != NULL && gy_project_load(dir, &known, NULL) == GY_OK;
  gy_status status = state != NULL
                         ? gy_backup_open(path, options, has_setting ? known.config.privacy.key : NULL, state,
                                          &reader, &about, err)
                         : gy_fail(err, GY_ENOMEM, "no memory to restore %s", path);
  gy_project_clear(&known);
  if (status == GY_OK) status = name_dir(&r, dir, about, err);
  if (status == GY_OK) status = hold_before(&r, err);
  if (status == GY_OK) status = make_beside(&r, reader, err);
  if (status == GY_OK) status = log_restore(&r, err);
  if (status == GY_OK && r.is_project)
    status = gy_restore_forgotten(&r.before, r.beside, task, &r.forgotten, err);
  if (status == GY_OK) status = exchange(&r, err);
  if (status != GY_OK && r.beside != NULL) {
    char *note = gy_path_join(r.beside, NOTE);
    if (note != NULL && gy_path_exists(note)) (void)!gy_dir_remove(r.beside, NULL);
    free(note);
  }
  if (status == GY_OK) status = give_result(&r, about, gy_clock_seconds() - start, result, err);
  gy_archive_reader_destroy(reader);
  json_decref(about);
  gy_project_clear(&r.before);
  free(r.dir);
  free(r.beside);
  free(r.kept);
  free(state);
  return status;
}

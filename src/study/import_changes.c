/* SPDX-License-Identifier: Apache-2.0
 *
 * Files are matched by name first, then what has no match by content: a file that was moved is found under
 * its new name, also when another one took its old name, as logs are rotated. */
#include "study/import_changes.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *gy_file_fate_name(gy_file_fate fate) {
  static const char *const NAMES[GY_FILE_FATE_COUNT] = {"new", "kept", "renamed", "grown", "replaced"};
  return fate < GY_FILE_FATE_COUNT ? NAMES[fate] : "new";
}

typedef struct finder {
  const gy_import_state *state;
  bool presumes;
  const gy_task *task;
  gy_import_changes *changes;
  gy_file_change **taken_by; /* per record */
} finder;

static gy_status hash_whole(const finder *f, gy_file_change *file, gy_error *err) {
  char prefix[GY_CONTENT_HASH_CHARS + 1];
  if (file->content[0] != '\0') return GY_OK;
  return gy_content_hash_file(file->path, 0, file->state.n_bytes, f->task, prefix, file->content, err);
}

/* As the system says it; a time of 0 was too near to the import to say anything. */
static bool is_untouched(const gy_file_state *now, const gy_file_state *then) {
  return then->changed_ns != 0 && now->changed_ns == then->changed_ns && now->inode == then->inode &&
         now->n_bytes == then->n_bytes && now->modified_ns == then->modified_ns;
}

static gy_status prove(gy_file_change *file, gy_error *err) {
  char prefix[GY_CONTENT_HASH_CHARS + 1];
  gy_status status = gy_content_hash_finish(file->proof, prefix, file->content, err);
  file->proof = NULL;
  bool same = status == GY_OK && strcmp(prefix, file->before->content) == 0;
  if (status == GY_OK) file->fate = same ? GY_FILE_GROWN : GY_FILE_REPLACED;
  return status;
}

/* Where the records that were read ended, one must still end; a newline of UTF-16 has a byte more. */
static bool may_have_grown(const gy_file_change *file, const gy_import_record *record) {
  char bytes[2] = {0};
  if (file->state.n_bytes <= record->state.n_bytes || record->end.offset < sizeof bytes) return false;
  int fd = open(file->path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t got = pread(fd, bytes, sizeof bytes, (off_t)(record->end.offset - sizeof bytes));
  close(fd);
  return got == (ssize_t)sizeof bytes && (bytes[0] == record->end.newline || bytes[1] == record->end.newline);
}

static gy_status compare(const finder *f, gy_file_change *file, const gy_import_record *record,
                         gy_error *err) {
  file->fate = GY_FILE_REPLACED;
  gy_status status = GY_OK;
  if (is_untouched(&file->state, &record->state)) {
    memcpy(file->content, record->content, sizeof file->content);
    file->fate = GY_FILE_KEPT;
  } else if (file->state.n_bytes == record->state.n_bytes) {
    status = hash_whole(f, file, err);
    if (status == GY_OK && strcmp(file->content, record->content) == 0) file->fate = GY_FILE_KEPT;
    f->changes->touched = f->changes->touched || file->fate == GY_FILE_KEPT;
  } else if (may_have_grown(file, record)) {
    file->fate = GY_FILE_GROWN;
    status = gy_content_hash_start(file->path, record->state.n_bytes, file->state.n_bytes, f->task,
                                   &file->proof, err);
    if (status == GY_OK && !f->presumes) status = prove(file, err);
  }
  return status;
}

static gy_status match_by_name(finder *f, gy_file_change *file, size_t hint, gy_error *err) {
  size_t n = f->state->n_files;
  for (size_t i = 0; i < n; i++) {
    size_t at = (hint + i) % n;
    const gy_import_record *record = &f->state->files[at];
    if (f->taken_by[at] != NULL || strcmp(record->path, file->path) != 0) continue;
    f->taken_by[at] = file;
    file->before = record;
    return compare(f, file, record, err);
  }
  return GY_OK;
}

static void release(finder *f, const gy_file_change *file) {
  for (size_t i = 0; i < f->state->n_files; i++)
    if (f->taken_by[i] == file) f->taken_by[i] = NULL;
}

/* A record that nobody's name claims, or only a file that holds something else now. Where rows were rejected,
 * the file is read again: they are known by its name. */
static gy_status match_by_content(finder *f, gy_file_change *file, gy_error *err) {
  for (size_t i = 0; i < f->state->n_files; i++) {
    const gy_import_record *record = &f->state->files[i];
    gy_file_change *holder = f->taken_by[i];
    bool is_free = holder == NULL || (holder != file && holder->fate == GY_FILE_REPLACED);
    if (!is_free || record->n_rejected > 0 || record->state.n_bytes != file->state.n_bytes ||
        file->state.n_bytes == 0)
      continue;
    gy_status status = hash_whole(f, file, err);
    if (status != GY_OK) return status;
    if (strcmp(file->content, record->content) != 0) continue;
    release(f, file);
    if (holder != NULL) {
      holder->fate = GY_FILE_NEW;
      holder->before = NULL;
    }
    f->taken_by[i] = file;
    file->before = record;
    file->fate = GY_FILE_RENAMED;
    return GY_OK;
  }
  return GY_OK;
}

static gy_status match_all(finder *f, gy_error *err) {
  gy_import_changes *changes = f->changes;
  gy_status status = GY_OK;
  for (size_t i = 0; i < changes->n_files && status == GY_OK; i++) {
    gy_file_change *file = &changes->files[i];
    file->path = changes->paths[i];
    status = gy_file_state_take(file->path, &file->state, err);
    if (status == GY_ENOTFOUND) status = GY_OK; /* reading it will say so better */
    if (status == GY_OK) status = match_by_name(f, file, i, err);
  }
  for (size_t i = 0; i < changes->n_files && status == GY_OK; i++) {
    gy_file_change *file = &changes->files[i];
    if (file->fate == GY_FILE_NEW || file->fate == GY_FILE_REPLACED) status = match_by_content(f, file, err);
  }
  return status;
}

gy_status gy_import_changes_find(const char *source, const char *const *patterns, size_t n_patterns,
                                 const gy_import_state *state, bool presumes, const gy_task *task,
                                 gy_import_changes *changes, gy_error *err) {
  *changes = (gy_import_changes){0};
  gy_status status =
      gy_import_list_files(source, patterns, n_patterns, &changes->paths, &changes->n_files, err);
  if (status != GY_OK) return status;
  changes->files = calloc(changes->n_files + 1, sizeof *changes->files);
  finder f = {.state = state, .presumes = presumes, .task = task, .changes = changes};
  f.taken_by = calloc(state->n_files + 1, sizeof(gy_file_change *));
  if (changes->files == NULL || f.taken_by == NULL)
    status = gy_fail(err, GY_ENOMEM, "no memory to look at the files of source %s", source);
  if (status == GY_OK) status = match_all(&f, err);
  for (size_t i = 0; i < changes->n_files && status == GY_OK; i++) changes->n[changes->files[i].fate]++;
  for (size_t i = 0; i < state->n_files && status == GY_OK; i++) changes->n_removed += f.taken_by[i] == NULL;
  free(f.taken_by);
  return status;
}

gy_status gy_import_changes_prove(gy_import_changes *changes, bool *proved, gy_error *err) {
  gy_status status = GY_OK;
  *proved = true;
  for (size_t i = 0; i < changes->n_files && status == GY_OK && *proved; i++) {
    gy_file_change *file = &changes->files[i];
    if (file->proof == NULL) continue;
    status = prove(file, err);
    *proved = file->fate == GY_FILE_GROWN;
  }
  return status;
}

void gy_import_changes_abandon(gy_import_changes *changes) {
  for (size_t i = 0; i < changes->n_files && changes->files != NULL; i++) {
    gy_content_hash_abandon(changes->files[i].proof);
    changes->files[i].proof = NULL;
  }
}

void gy_import_changes_clear(gy_import_changes *changes) {
  gy_import_changes_abandon(changes);
  for (size_t i = 0; i < changes->n_files && changes->paths != NULL; i++) free(changes->paths[i]);
  free(changes->paths);
  free(changes->files);
  *changes = (gy_import_changes){0};
}

bool gy_import_changes_any(const gy_import_changes *changes, const gy_import_state *state) {
  if (changes->n_removed > 0 || changes->n[GY_FILE_KEPT] != changes->n_files) return true;
  for (size_t i = 0; i < changes->n_files; i++)
    if (changes->files[i].before != &state->files[i]) return true; /* another order */
  return false;
}

gy_status gy_import_changes_check(const char *source, const gy_import_changes *changes, bool only_read,
                                  gy_error *err) {
  for (size_t i = 0; i < changes->n_files; i++) {
    const gy_file_change *file = &changes->files[i];
    if (only_read && (file->fate == GY_FILE_KEPT || file->fate == GY_FILE_RENAMED)) continue;
    gy_file_state now = {0};
    gy_status status = gy_file_state_take(file->path, &now, NULL);
    if (status == GY_OK && gy_file_state_equal(&now, &file->state)) continue;
    return gy_fail(err, GY_EIO,
                   "source %s: %s changed while it was read (%llu bytes before, %llu after); nothing was "
                   "stored, run again when it is complete",
                   source, file->path, (unsigned long long)file->state.n_bytes,
                   (unsigned long long)now.n_bytes);
  }
  return GY_OK;
}

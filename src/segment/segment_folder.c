/* SPDX-License-Identifier: Apache-2.0 */
#include "segment/segment_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

static const char MACROS[] = "macros";

/* Bytes of a file's name before .yaml or .yml; 0: it is no such file. */
static size_t stem_of(const char *name) {
  static const char *const ENDINGS[] = {".yaml", ".yml"};
  size_t n = strlen(name);
  for (size_t i = 0; i < 2 && name[0] != '.'; i++) {
    size_t m = strlen(ENDINGS[i]);
    if (n > m && strcmp(name + n - m, ENDINGS[i]) == 0) return n - m;
  }
  return 0;
}

static void entry_clear(gy_segment_entry *entry) {
  gy_segment_file_clear(&entry->file);
  free(entry->name);
  free(entry->path);
  free(entry->error);
}

static gy_status no_memory(gy_error *err) { return gy_fail(err, GY_ENOMEM, "no memory for the segments"); }

/* A parser of one of the two kinds of files. */
typedef gy_status (*parser)(const char *text, size_t length, const char *shown, void *file, gy_error *err);

static gy_status parse_segment(const char *text, size_t length, const char *shown, void *file,
                               gy_error *err) {
  return gy_segment_file_parse(text, length, shown, file, err);
}

static gy_status parse_macros(const char *text, size_t length, const char *shown, void *file, gy_error *err) {
  return gy_macro_file_parse(text, length, shown, file, err);
}

/* Reads `path`, which errors call `shown`. What is wrong with it is no failure: *mistake says it. */
static gy_status read_file(const char *path, const char *shown, parser parse, void *file, char **mistake,
                           gy_error *err) {
  gy_error why = {0};
  gy_buffer text;
  gy_buffer_init(&text, GY_SEGMENT_FILE_MAX_BYTES + 2);
  gy_status status = gy_file_read(path, &text, &why);
  if (status == GY_OK) status = parse(text.data != NULL ? text.data : "", text.length, shown, file, &why);
  gy_buffer_clear(&text);
  if (status == GY_OK) return GY_OK;
  *mistake = strdup(why.text);
  return *mistake != NULL && status != GY_ENOMEM ? GY_OK : no_memory(err);
}

/* Reads `path`, which errors call `shown`, into a new last entry. */
static gy_status add_entry(gy_segment_folder *folder, const char *path, const char *shown, gy_error *err) {
  const char *name = gy_path_name(shown);
  gy_segment_entry *more = realloc(folder->entries, (folder->n + 1) * sizeof *more);
  if (more == NULL) return no_memory(err);
  folder->entries = more;
  gy_segment_entry *entry = &folder->entries[folder->n];
  *entry = (gy_segment_entry){.name = strndup(name, stem_of(name)), .path = strdup(shown)};
  folder->n++;
  if (entry->name == NULL || entry->path == NULL) return no_memory(err);
  return read_file(path, shown, parse_segment, &entry->file, &entry->error, err);
}

static gy_status load_file(gy_segment_folder *folder, const char *name, gy_error *err) {
  size_t stem = stem_of(name);
  if (stem == 0) return GY_OK;
  char *path = gy_path_join(folder->path, name), *shown = gy_path_join("segments", name);
  gy_status status = path != NULL && shown != NULL ? GY_OK : no_memory(err);
  bool is_macros = stem == strlen(MACROS) && strncmp(name, MACROS, stem) == 0;
  if (status == GY_OK && folder->n >= GY_SEGMENTS_MAX)
    status = gy_fail(err, GY_ELIMIT, "%s holds more than %d segments", folder->path, GY_SEGMENTS_MAX);
  if (status == GY_OK)
    status = is_macros ? read_file(path, shown, parse_macros, &folder->macros, &folder->macros_error, err)
                       : add_entry(folder, path, shown, err);
  free(path);
  free(shown);
  return status;
}

static int by_name(const void *a, const void *b) {
  const gy_segment_entry *x = a, *y = b;
  int order = strcmp(x->name, y->name);
  return order != 0 ? order : strcmp(x->path, y->path);
}

/* vip.yaml beside vip.yml: one of them is what nobody meant. */
static gy_status check_twice(gy_segment_folder *folder, gy_error *err) {
  for (size_t i = 1; i < folder->n; i++)
    if (strcmp(folder->entries[i].name, folder->entries[i - 1].name) == 0)
      return gy_fail(err, GY_ECONFIG, "%s and %s are one segment; remove one of the files",
                     folder->entries[i - 1].path, folder->entries[i].path);
  return GY_OK;
}

gy_status gy_segment_folder_load(const char *root, gy_segment_folder *folder, gy_error *err) {
  *folder = (gy_segment_folder){.path = gy_path_join(root, "segments")};
  if (folder->path == NULL) return no_memory(err);
  DIR *dir = opendir(folder->path);
  if (dir == NULL) return errno == ENOENT ? GY_OK : gy_fail_errno(err, "read", folder->path);
  gy_status status = GY_OK;
  for (const struct dirent *item; status == GY_OK && (item = readdir(dir)) != NULL;)
    status = load_file(folder, item->d_name, err);
  closedir(dir);
  if (status != GY_OK) return status;
  if (folder->n > 1) qsort(folder->entries, folder->n, sizeof *folder->entries, by_name);
  return check_twice(folder, err);
}

void gy_segment_folder_clear(gy_segment_folder *folder) {
  for (size_t i = 0; i < folder->n; i++) entry_clear(&folder->entries[i]);
  free(folder->entries);
  free(folder->path);
  free(folder->macros_error);
  gy_macro_file_clear(&folder->macros);
  *folder = (gy_segment_folder){0};
}

const gy_segment_entry *gy_segment_folder_find(const gy_segment_folder *folder, const char *name) {
  for (size_t i = 0; i < folder->n; i++)
    if (strcmp(folder->entries[i].name, name) == 0) return &folder->entries[i];
  return NULL;
}

gy_status gy_segment_folder_put(gy_segment_folder *folder, const char *path, gy_error *err) {
  if (stem_of(gy_path_name(path)) == 0)
    return gy_fail(err, GY_EUSAGE, "%s is no definition of a segment: its name must end in .yaml", path);
  gy_status status = add_entry(folder, path, path, err);
  if (status != GY_OK) return status;
  const char *name = folder->entries[folder->n - 1].name;
  for (size_t i = 0; i + 1 < folder->n; i++) {
    if (strcmp(folder->entries[i].name, name) != 0) continue;
    entry_clear(&folder->entries[i]);
    memmove(&folder->entries[i], &folder->entries[i + 1], (folder->n - i - 1) * sizeof *folder->entries);
    folder->n--;
    break;
  }
  qsort(folder->entries, folder->n, sizeof *folder->entries, by_name);
  return GY_OK;
}

gy_status gy_segment_folder_replace(gy_segment_folder *folder, size_t i, const char *text, const char *path,
                                    gy_error *err) {
  gy_segment_entry *entry = &folder->entries[i];
  gy_segment_file_clear(&entry->file);
  free(entry->error);
  entry->error = NULL;
  char *shown = strdup(path);
  if (shown == NULL) return no_memory(err);
  free(entry->path);
  entry->path = shown;
  return gy_segment_file_parse(text, strlen(text), entry->path, &entry->file, err);
}

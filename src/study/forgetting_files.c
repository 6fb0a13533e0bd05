/* SPDX-License-Identifier: Apache-2.0
 *
 * People in the files beside the store: reports and manifests of runs, models, logs, repairs, lists of
 * segments. Each is read as what it is, and written beside and renamed where it changed; doing it again
 * changes nothing. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "people/forget_texts.h"
#include "study/forgetting.h"
#include "study/repairs.h"

enum { FILE_MAX = 1 << 30, DEPTH_MAX = 6 };

typedef struct {
  const gy_forget_words *words;
  const json_t *customer_columns;
  json_t *changed; /* {kind: files} */
} cleaner;

static void count(cleaner *c, const char *kind) {
  json_int_t n = json_integer_value(json_object_get(c->changed, kind));
  json_object_set_new(c->changed, kind, json_integer(n + 1));
}

static bool ends_with(const char *name, const char *ending) {
  size_t n = strlen(name), m = strlen(ending);
  return n >= m && strcmp(name + n - m, ending) == 0;
}

static bool is_text_file(const char *name) {
  static const char *const ENDINGS[] = {".json", ".html", ".log", ".txt", ".md", ".yaml"};
  for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS; i++)
    if (ends_with(name, ENDINGS[i])) return true;
  return false;
}

static gy_status clean_text_file(cleaner *c, const char *path, const char *kind, gy_error *err) {
  gy_buffer text;
  char *clean = NULL;
  gy_buffer_init(&text, FILE_MAX);
  gy_status status = gy_file_read(path, &text, err);
  if (status == GY_OK && text.length > 0) status = gy_forget_text(text.data, c->words, &clean, err);
  if (status == GY_OK && clean != NULL) {
    status = gy_file_replace(path, clean, strlen(clean), err);
    count(c, kind);
  }
  free(clean);
  gy_buffer_clear(&text);
  return status;
}

/* repairs/SOURCE.csv without their records. */
static gy_status clean_repairs(cleaner *c, const char *path, gy_error *err) {
  json_t *repairs = NULL, *record;
  const char *id;
  void *next;
  char *source = strdup(gy_path_name(path));
  bool changed = false;
  gy_status status = source != NULL ? gy_repairs_read(path, false, &repairs, err)
                                    : gy_fail(err, GY_ENOMEM, "no memory to read %s", path);
  if (source != NULL) *strrchr(source, '.') = '\0';
  const char *customer =
      source != NULL ? json_string_value(json_object_get(c->customer_columns, source)) : NULL;
  json_object_foreach_safe(repairs, next, id, record) {
    if (!gy_forget_record_is_theirs(record, customer, c->words)) continue;
    json_object_del(repairs, id);
    changed = true;
  }
  if (status == GY_OK && changed) {
    status = gy_repairs_write(path, repairs, err);
    count(c, "repairs");
  }
  json_decref(repairs);
  free(source);
  return status;
}

/* The id that a line of a list holds, without what surrounds it; ends it in place. */
static char *id_of_line(char *line) {
  size_t n = strlen(line);
  while (n > 0 && (line[n - 1] == '\r' || line[n - 1] == ' ' || line[n - 1] == '"')) line[--n] = '\0';
  while (*line == ' ' || *line == '"') line++;
  return line;
}

/* segments/NAME.csv without their lines. */
static gy_status clean_list(cleaner *c, const char *path, gy_error *err) {
  gy_buffer text, kept;
  gy_buffer_init(&text, FILE_MAX);
  gy_buffer_init(&kept, FILE_MAX);
  gy_status status = gy_file_read(path, &text, err);
  gy_buffer_text(&kept, "");
  for (const char *line = text.data; status == GY_OK && line != NULL && *line != '\0';) {
    size_t n = strcspn(line, "\n"), whole = n + (line[n] == '\n');
    char *copy = strndup(line, n);
    if (copy == NULL) status = gy_fail(err, GY_ENOMEM, "no memory to look through %s", path);
    if (copy != NULL && !gy_forget_is_id(c->words, id_of_line(copy))) gy_buffer_append(&kept, line, whole);
    free(copy);
    line += whole;
  }
  if (status == GY_OK && kept.failed) status = gy_fail(err, GY_ENOMEM, "no memory to look through %s", path);
  if (status == GY_OK && kept.length < text.length) {
    status = gy_file_replace(path, kept.data, kept.length, err);
    count(c, "segments");
  }
  gy_buffer_clear(&text);
  gy_buffer_clear(&kept);
  return status;
}

/* Definitions of segments are nobody's; their lists are of customers. */
static gy_status clean_file(cleaner *c, const char *path, const char *kind, gy_error *err) {
  bool is_table = ends_with(path, ".csv");
  if (strcmp(kind, "segments") == 0) return is_table ? clean_list(c, path, err) : GY_OK;
  if (strcmp(kind, "repairs") == 0 && is_table) return clean_repairs(c, path, err);
  return is_text_file(path) ? clean_text_file(c, path, kind, err) : GY_OK;
}

static gy_status clean_folder(cleaner *c, const char *folder, const char *kind, int depth, gy_error *err) {
  DIR *list = depth < DEPTH_MAX ? opendir(folder) : NULL;
  gy_status status = GY_OK;
  for (struct dirent *entry; list != NULL && status == GY_OK && (entry = readdir(list)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    char *path = gy_path_join(folder, entry->d_name);
    if (path == NULL)
      status = gy_fail(err, GY_ENOMEM, "no memory to look through %s", folder);
    else if (gy_path_is_dir(path))
      status = clean_folder(c, path, kind, depth + 1, err);
    else
      status = clean_file(c, path, kind, err);
    free(path);
  }
  if (list != NULL) closedir(list);
  return status;
}

gy_status gy_forgetting_files(const gy_project *project, const json_t *plan, json_t **changed,
                              gy_error *err) {
  static const char *const FOLDERS[][2] = {{".gyeol/runs", "runs"}, {".gyeol/models", "models"},
                                           {"models", "models"},    {".gyeol/logs", "logs"},
                                           {"repairs", "repairs"},  {"segments", "segments"}};
  gy_forget_words *words = NULL;
  cleaner c = {.customer_columns = json_object_get(plan, "customer_columns"), .changed = json_object()};
  gy_status status =
      gy_forget_words_create(json_object_get(plan, "traces"), json_object_get(plan, "texts"), &words, err);
  c.words = words;
  for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS && status == GY_OK; i++) {
    char *folder = gy_path_join(project->root, FOLDERS[i][0]);
    status = folder != NULL ? clean_folder(&c, folder, FOLDERS[i][1], 0, err)
                            : gy_fail(err, GY_ENOMEM, "no memory to look through %s", project->root);
    free(folder);
  }
  gy_forget_words_destroy(words);
  if (status == GY_OK)
    *changed = c.changed;
  else
    json_decref(c.changed);
  return status;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Which files a source means, and what they are. */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "data/import_work.h"

static gy_status append_file(gy_import_result *result, const char *path, gy_error *err) {
  gy_import_file *files = realloc(result->files, (result->n_files + 1) * sizeof *files);
  if (files != NULL) result->files = files;
  char *copy = strdup(path);
  if (files == NULL || copy == NULL) {
    free(copy);
    return gy_fail(err, GY_ENOMEM, "out of memory for the names of the files");
  }
  struct stat info;
  uint64_t n_bytes = stat(path, &info) == 0 ? (uint64_t)info.st_size : 0;
  files[result->n_files++] = (gy_import_file){.path = copy, .n_bytes = n_bytes};
  return GY_OK;
}

static gy_status add_file(gy_import_result *result, const char *path, gy_error *err) {
  for (size_t i = 0; i < result->n_files; i++) {
    if (strcmp(result->files[i].path, path) == 0) return GY_OK;
  }
  return append_file(result, path, err);
}

/* Excel keeps "~$orders.xlsx" beside a workbook that is open. */
static bool is_lock(const char *name) { return strncmp(name, "~$", 2) == 0; }

static int is_plain_name(const struct dirent *entry) {
  return entry->d_name[0] != '.' && !is_lock(entry->d_name);
}

/* All files of a folder, by name; folders in it and hidden files are left alone. */
static gy_status add_folder(const char *source, const char *folder, gy_import_result *result, gy_error *err) {
  struct dirent **names = NULL;
  int n = scandir(folder, &names, is_plain_name, alphasort);
  if (n < 0) return gy_fail_errno(err, "list", folder);
  size_t before = result->n_files;
  gy_status status = GY_OK;
  for (int i = 0; i < n; i++) {
    char *path = gy_path_join(folder, names[i]->d_name);
    struct stat info;
    if (path == NULL) status = gy_fail(err, GY_ENOMEM, "out of memory for the names of the files");
    if (status == GY_OK && stat(path, &info) == 0 && S_ISREG(info.st_mode))
      status = add_file(result, path, err);
    free(path);
    free(names[i]);
  }
  free(names);
  if (status == GY_OK && result->n_files == before)
    status = gy_fail(err, GY_ENOTFOUND, "source %s: there is no file in the folder %s", source, folder);
  return status;
}

static gy_status add_pattern(const gy_import_spec *spec, const char *pattern, gy_import_result *result,
                             gy_error *err) {
  if (gy_path_is_dir(pattern)) return add_folder(spec->source, pattern, result, err);
  if (gy_path_is_address(pattern) || gy_path_exists(pattern) || strpbrk(pattern, "*?[") == NULL)
    return add_file(result, pattern, err);
  glob_t found = {0};
  int code = glob(pattern, GLOB_ERR, NULL, &found); /* sorts */
  gy_status status = GY_OK;
  if (code != 0) {
    status = gy_fail(err, GY_ENOTFOUND, "source %s: no file matches %s", spec->source, pattern);
  }
  for (size_t i = 0; i < found.gl_pathc && status == GY_OK; i++)
    if (!is_lock(gy_path_name(found.gl_pathv[i]))) status = add_file(result, found.gl_pathv[i], err);
  globfree(&found);
  return status;
}

static gy_status look(const char *path, gy_encoding encoding, gy_import_format *format, gy_error *err) {
  char head[4096];
  size_t n = 0;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  bool is_parquet = fd >= 0 && read(fd, head, 4) == 4 && memcmp(head, "PAR1", 4) == 0;
  if (fd >= 0) close(fd);
  *format = is_parquet ? GY_IMPORT_PARQUET : GY_IMPORT_CSV;
  if (is_parquet) return GY_OK;
  if (gy_xlsx_is_archive(path)) {
    *format = GY_IMPORT_XLSX;
    return GY_OK;
  }
  gy_byte_stream *stream = NULL;
  gy_status status = gy_byte_stream_open(path, encoding, &stream, err);
  if (status == GY_OK) status = gy_byte_stream_read(stream, head, sizeof head, &n, err);
  gy_byte_stream_close(stream);
  size_t at = 0;
  while (at < n && isspace((unsigned char)head[at])) at++;
  if (at < n && (head[at] == '{' || head[at] == '[')) *format = GY_IMPORT_JSON;
  return status;
}

gy_status import_find_files(const gy_import_spec *spec, gy_import_result *result, gy_import_format *format,
                            gy_error *err) {
  gy_status status = GY_OK;
  for (size_t i = 0; i < spec->n_inputs && status == GY_OK; i++)
    status = append_file(result, spec->inputs[i].path, err);
  for (size_t i = 0; spec->inputs == NULL && i < spec->n_paths && status == GY_OK; i++)
    status = add_pattern(spec, spec->paths[i], result, err);
  if (status == GY_OK && result->n_files == 0) {
    status = gy_fail(err, GY_ECONFIG, "source %s names no file", spec->source);
  }
  *format = spec->format;
  if (status == GY_OK && *format == GY_IMPORT_AUTO)
    status = look(result->files[0].path, spec->encoding, format, err);
  for (size_t i = 0; i < result->n_files; i++) result->files[i].format = *format;
  return status;
}

gy_status gy_import_first_file(const char *source, const char *const *patterns, size_t n_patterns,
                               char **path, gy_error *err) {
  gy_import_spec spec = {.source = source, .paths = patterns, .n_paths = n_patterns};
  gy_import_result found = {0};
  gy_status status = n_patterns > 0 ? add_pattern(&spec, patterns[0], &found, err)
                                    : gy_fail(err, GY_ECONFIG, "source %s names no file", source);
  if (status == GY_OK) {
    *path = strdup(found.files[0].path);
    if (*path == NULL) status = gy_fail(err, GY_ENOMEM, "out of memory for the names of the files");
  }
  gy_import_result_clear(&found);
  return status;
}

gy_status gy_import_list_files(const char *source, const char *const *patterns, size_t n_patterns,
                               char ***paths, size_t *n_paths, gy_error *err) {
  gy_import_spec spec = {.source = source};
  gy_import_result found = {0};
  gy_status status = GY_OK;
  for (size_t i = 0; i < n_patterns && status == GY_OK; i++)
    status = add_pattern(&spec, patterns[i], &found, err);
  char **list = status == GY_OK ? calloc(found.n_files + 1, sizeof *list) : NULL;
  if (status == GY_OK && list == NULL)
    status = gy_fail(err, GY_ENOMEM, "out of memory for the names of the files");
  if (status == GY_OK) {
    for (size_t i = 0; i < found.n_files; i++) {
      list[i] = found.files[i].path;
      found.files[i].path = NULL;
    }
    *paths = list;
    *n_paths = found.n_files;
  }
  gy_import_result_clear(&found);
  return status;
}

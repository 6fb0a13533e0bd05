/* SPDX-License-Identifier: Apache-2.0
 *
 * `gyeol init`: from files to a project's gyeol.yaml. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/project.h>

#include "base/file.h"
#include "base/time_zone.h"
#include "data/postgres_stream.h"
#include "data/role_guess.h"
#include "study/starter_segments.h"

static gy_status set_text(gy_project_config *config, char **field, const char *value, gy_error *err) {
  if (value == NULL) return GY_OK;
  *field = gy_arena_strndup(&config->arena, value, strlen(value));
  return *field != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the project's settings");
}

/* The last part of a folder's path: "shop" of "a/shop/", and of "." where that is. */
static char *folder_name(const char *dir) {
  char *whole = realpath(dir, NULL);
  const char *path = whole != NULL ? whole : dir;
  size_t end = strlen(path);
  while (end > 1 && path[end - 1] == '/') end--;
  size_t start = end;
  while (start > 0 && path[start - 1] != '/') start--;
  char *name = end > start ? strndup(path + start, end - start) : strdup("project");
  free(whole);
  return name;
}

static gy_status apply_options(gy_project_config *config, const char *dir, const gy_init_options *options,
                               gy_error *err) {
  char *name = folder_name(dir);
  gy_status status = set_text(config, &config->name, options->name != NULL ? options->name : name, err);
  free(name);
  if (status == GY_OK && options->timezone != NULL) {
    gy_zone *zone = NULL;
    status = gy_zone_load(options->timezone, &zone, err);
    gy_zone_destroy(zone);
  }
  if (status == GY_OK) status = set_text(config, &config->timezone, options->timezone, err);
  if (status == GY_OK) status = set_text(config, &config->currency, options->currency, err);
  if (status != GY_OK || options->language == NULL) return status;
  bool korean = strcmp(options->language, "ko") == 0;
  if (!korean && strcmp(options->language, "en") != 0)
    return gy_fail(err, GY_EUSAGE, "--lang %s is not known; use ko or en", options->language);
  config->language = korean ? GY_LANGUAGE_KO : GY_LANGUAGE_EN;
  return GY_OK;
}

/* What is looked at: the files, and of a database without a table's name all its tables. */
typedef struct {
  gy_arena arena;
  const char **paths;
  size_t n;
} inputs;

static gy_status add_input(inputs *in, const char *path, gy_error *err) {
  const char **paths = realloc(in->paths, (in->n + 1) * sizeof *paths);
  if (paths == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the names of the files");
  in->paths = paths;
  in->paths[in->n++] = path;
  return GY_OK;
}

static gy_status find_inputs(const char *const *files, size_t n_files, inputs *in, gy_error *err) {
  gy_status status = GY_OK;
  for (size_t i = 0; i < n_files && status == GY_OK; i++) {
    char **tables = NULL;
    size_t n = 0;
    bool names_all = gy_postgres_is_address(files[i]) && strchr(files[i], '#') == NULL;
    if (names_all) status = gy_postgres_tables(files[i], &in->arena, &tables, &n, err);
    if (status == GY_OK && !names_all) status = add_input(in, files[i], err);
    for (size_t t = 0; t < n && status == GY_OK; t++) status = add_input(in, tables[t], err);
  }
  return status;
}

static gy_status check_place(const char *path, const gy_init_options *options, gy_error *err) {
  if (options->force || options->dry_run || !gy_path_exists(path)) return GY_OK;
  return gy_fail(err, GY_EEXISTS, "%s is there already; look at it, or replace it with --force", path);
}

gy_status gy_project_init(const char *dir, const char *const *files, size_t n_files,
                          const gy_init_options *options, const gy_task *task, char **result, gy_error *err) {
  if (sodium_init() < 0) return gy_fail(err, GY_EINTERNAL, "libsodium cannot start");
  char *path = gy_path_join(dir, "gyeol.yaml");
  gy_project_config config = {0};
  gy_guess_report report = {0};
  inputs in = {0};
  gy_arena_init(&in.arena, 0, 0);
  gy_status status =
      path != NULL ? check_place(path, options, err) : gy_fail(err, GY_ENOMEM, "no memory for the project");
  if (status == GY_OK) status = gy_task_check(task, err);
  if (status == GY_OK) status = find_inputs(files, n_files, &in, err);
  if (status == GY_OK) status = gy_guess_sources(in.paths, in.n, dir, &config, &report, err);
  if (status == GY_OK && !report.has_orders && !options->dry_run)
    status = gy_fail(
        err, GY_EDATA,
        "none of the files looks like orders: a column for the customer, the time and the amount is needed; "
        "see the guess with: gyeol init %s FILE... --dry-run. Any table can be clustered without a project, "
        "see: "
        "gyeol help cluster",
        dir);
  if (status == GY_OK) status = apply_options(&config, dir, options, err);
  if (status == GY_OK && !options->dry_run) status = gy_dir_create(dir, err);
  if (status == GY_OK && !options->dry_run) status = gy_project_config_save(&config, path, err);
  json_t *segments = NULL;
  if (status == GY_OK && !options->dry_run && !options->without_segments)
    status = gy_starter_segments_write(dir, &config, &segments, err);
  if (status == GY_OK) {
    json_t *guess = gy_guess_report_json(&report);
    if (!options->dry_run) json_object_set_new(guess, "written", json_string(path));
    if (segments != NULL) json_object_set(guess, "segments", segments);
    *result = guess != NULL ? json_dumps(guess, JSON_COMPACT) : NULL;
    json_decref(guess);
    if (*result == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for the guess");
  }
  json_decref(segments);
  gy_guess_report_clear(&report);
  gy_project_config_clear(&config);
  free(in.paths);
  gy_arena_clear(&in.arena);
  free(path);
  return status;
}

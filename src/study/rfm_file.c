/* SPDX-License-Identifier: Apache-2.0
 *
 * RFM of a plain file: a project that lives in memory for as long as it takes. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "data/xlsx_place.h"
#include "study/manifest.h"
#include "study/run_context.h"
#include "study/table_export.h"

typedef struct {
  const char *column;
  gy_role role;
} mapped_column;

static char *keep(gy_project_config *config, const char *text) {
  return gy_arena_strndup(&config->arena, text, strlen(text));
}

/* One source with the named columns; all else is as in a project that says nothing. */
static gy_status describe(const gy_rfm_file_options *options, gy_project_config *config, gy_error *err) {
  const mapped_column columns[] = {{options->customer, GY_ROLE_CUSTOMER},
                                   {options->time, GY_ROLE_TIME},
                                   {options->amount, GY_ROLE_AMOUNT},
                                   {options->order, GY_ROLE_ORDER}};
  uint32_t n = options->order != NULL ? 4 : 3;
  gy_status status = gy_project_config_init(config, err);
  if (status != GY_OK) return status;
  gy_source_config *source = gy_arena_calloc(&config->arena, 1, sizeof *source);
  gy_column_role *roles = gy_arena_calloc(&config->arena, n, sizeof *roles);
  char **files = gy_arena_calloc(&config->arena, 1, sizeof *files);
  if (source == NULL || roles == NULL || files == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory to read %s", options->input);
  const char *sheet = gy_xlsx_path_sheet(options->input);
  size_t length = sheet != NULL ? (size_t)(sheet - options->input) - 1 : strlen(options->input);
  files[0] = gy_arena_strndup(&config->arena, options->input, length);
  for (uint32_t i = 0; i < n; i++)
    roles[i] = (gy_column_role){.column = keep(config, columns[i].column), .role = columns[i].role};
  *source = (gy_source_config){.name = keep(config, "input"),
                               .target = GY_TARGET_ORDER_ITEMS,
                               .files = files,
                               .n_files = 1,
                               .sheet = keep(config, sheet != NULL ? sheet : ""),
                               .time_format = keep(config, "auto"),
                               .columns = roles,
                               .n_columns = n};
  config->sources = source;
  config->n_sources = 1;
  if (options->timezone != NULL) config->timezone = keep(config, options->timezone);
  return config->timezone != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to read %s", options->input);
}

static gy_status open_memory(gy_run_context *run, gy_error *err) {
  gy_engine_options options = {.n_threads = gy_task_threads(run->task),
                               .memory_bytes = gy_project_engine_bytes(run->task)};
  gy_status status = gy_engine_open(&options, &run->project.engine, err);
  if (status == GY_OK)
    status =
        gy_engine_execute(run->project.engine, gy_sql("schema/0001_store"), NULL, 0, NULL, NULL, NULL, err);
  if (status == GY_OK)
    status =
        gy_engine_execute(run->project.engine, gy_sql("schema/0003_imports"), NULL, 0, NULL, NULL, NULL, err);
  if (status == GY_OK)
    status =
        gy_engine_execute(run->project.engine, gy_sql("schema/0004_people"), NULL, 0, NULL, NULL, NULL, err);
  if (status == GY_OK) status = gy_project_features(&run->project, &run->features, err);
  run->project.root = strdup("");
  run->log.engine = run->project.engine;
  run->log.steps = json_array();
  run->imports = json_object();
  return status;
}

/* The segments' names as a table, so that the written rows can carry them. */
static gy_status store_names(gy_run_context *run, gy_error *err) {
  gy_status status = gy_engine_execute(
      run->project.engine, "CREATE TABLE rfm_segment_names (segment INTEGER, name VARCHAR, name_ko VARCHAR)",
      NULL, 0, NULL, NULL, NULL, err);
  size_t i;
  json_t *segment;
  json_array_foreach(json_object_get(run->rfm, "segments"), i, segment) {
    const json_t *name = json_object_get(segment, "name");
    gy_value values[] = {gy_bind_int64((int64_t)i),
                         gy_bind_text(json_string_value(json_object_get(name, "en"))),
                         gy_bind_text(json_string_value(json_object_get(name, "ko")))};
    if (status == GY_OK)
      status = gy_engine_execute(run->project.engine, "INSERT INTO rfm_segment_names VALUES ($1, $2, $3)",
                                 values, 3, NULL, NULL, NULL, err);
  }
  return status;
}

static json_t *result_json(const gy_run_context *run, const gy_rfm_file_options *options, double start) {
  json_t *result = json_object();
  static const char *const KEYS[] = {"as_of", "customers",  "orders", "revenue",
                                     "lines", "lines_kept", "rules"};
  for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
    json_object_set(result, KEYS[i], json_object_get(run->totals, KEYS[i]));
  const json_t *input = json_object_get(run->imports, "input");
  json_object_set_new(
      result, "source",
      json_pack("{s:O, s:O, s:O}", "read", json_object_get(input, "read"), "accepted",
                json_object_get(input, "accepted"), "rejected", json_object_get(input, "rejected")));
  json_object_set_new(result, "segments", gy_manifest_segments(run->rfm, NULL));
  json_object_set(result, "score_ranges", json_object_get(run->rfm, "score_ranges"));
  if (options->output != NULL) json_object_set_new(result, "out", json_string(options->output));
  json_object_set_new(result, "seconds", gy_manifest_seconds(run->log.steps, gy_clock_seconds() - start));
  return result;
}

gy_status gy_rfm_file(const gy_rfm_file_options *options, const gy_task *task, char **result, gy_error *err) {
  double start = gy_clock_seconds();
  if (sodium_init() < 0) return gy_fail(err, GY_EINTERNAL, "libsodium cannot start");
  gy_run_options run_options = {.as_of = options->as_of};
  gy_run_context run = {.options = &run_options, .task = task, .log = {.run = "file"}};
  gy_status status = describe(options, &run.project.config, err);
  if (status == GY_OK) status = open_memory(&run, err);
  if (status == GY_OK) status = gy_engine_begin(run.project.engine, err);
  if (status == GY_OK) status = gy_run_imports(&run, err);
  if (status == GY_OK) status = gy_run_features(&run, err);
  if (status == GY_OK) status = gy_run_rfm(&run, err);
  if (status == GY_OK && options->output != NULL) {
    status = store_names(&run, err);
    if (status == GY_OK)
      status = gy_table_export(run.project.engine, gy_sql("study/rfm_customers"), options->output, task, NULL,
                               err);
  }
  if (status == GY_OK) {
    json_t *made = result_json(&run, options, start);
    *result = json_dumps(made, JSON_COMPACT);
    json_decref(made);
    if (*result == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for the result");
  }
  gy_run_context_clear(&run);
  return status;
}

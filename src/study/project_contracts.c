/* SPDX-License-Identifier: Apache-2.0
 *
 * `gyeol contracts suggest`: the sources are read aside, without their contracts, and looked at. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "data/project_file_insert.h"
#include "study/contract_suggest.h"
#include "study/scratch_project.h"

typedef struct {
  gy_scratch scratch;
  gy_buffer text; /* of gyeol.yaml, as it becomes */
  char *path;
  json_t *sources;
  json_int_t n;
} suggesting;

static gy_status emit(const gy_suggestions *made, char **yaml, gy_error *err) {
  gy_buffer out;
  gy_buffer_init(&out, GY_PROJECT_FILE_MAX_BYTES);
  bool good = gy_buffer_text(&out, "    contracts:\n");
  for (uint32_t i = 0; i < made->n; i++) good = gy_contract_emit(&made->list[i], "      ", &out) && good;
  *yaml = good ? gy_buffer_take(&out) : NULL;
  gy_buffer_clear(&out);
  return *yaml != NULL ? GY_OK
                       : gy_fail(err, GY_ENOMEM, "no memory for the contracts, or a value is not UTF-8");
}

static gy_status insert(suggesting *s, const char *source, const gy_suggestions *made, gy_error *err) {
  gy_buffer out;
  gy_buffer_init(&out, GY_PROJECT_FILE_MAX_BYTES);
  gy_status status =
      gy_project_text_insert(s->text.data, s->text.length, s->path, source, made->list, made->n, &out, err);
  if (status == GY_OK) {
    gy_buffer_clear(&s->text);
    s->text = out;
  } else {
    gy_buffer_clear(&out);
  }
  return status;
}

static gy_status suggest_source(suggesting *s, const gy_source_config *source, bool write, gy_error *err) {
  gy_run_context *run = &s->scratch.run;
  gy_suggestions made;
  char *yaml = NULL;
  gy_status status = gy_contracts_suggest(run->project.engine, &run->project.config, source,
                                          gy_clock_utc_us(), run->task, &made, err);
  if (status == GY_OK && made.n > 0) {
    status = emit(&made, &yaml, err);
    if (status == GY_OK) {
      json_array_append_new(s->sources, json_pack("{s:s, s:I, s:s}", "name", source->name, "contracts",
                                                  (json_int_t)made.n, "yaml", yaml));
      s->n += made.n;
    }
    if (status == GY_OK && write) status = insert(s, source->name, &made, err);
  }
  free(yaml);
  gy_suggestions_clear(&made);
  return status;
}

/* Reads all sources as they are, none of their rows moved; the contracts are known again afterwards. */
static gy_status read_sources(gy_run_context *run, gy_error *err) {
  gy_project_config *config = &run->project.config;
  uint32_t kept[GY_PROJECT_SOURCES_MAX];
  for (uint32_t i = 0; i < config->n_sources; i++) {
    kept[i] = config->sources[i].n_contracts;
    config->sources[i].n_contracts = 0;
  }
  gy_status status = gy_run_imports(run, err);
  for (uint32_t i = 0; i < config->n_sources; i++) config->sources[i].n_contracts = kept[i];
  return status;
}

static gy_status suggest_all(suggesting *s, const char *source, bool write, gy_error *err) {
  const gy_project_config *config = &s->scratch.run.project.config;
  gy_status status = GY_OK;
  bool any = false;
  for (uint32_t i = 0; i < config->n_sources && status == GY_OK; i++) {
    if (source != NULL && strcmp(config->sources[i].name, source) != 0) continue;
    any = true;
    status = suggest_source(s, &config->sources[i], write, err);
  }
  if (status == GY_OK && !any)
    status = gy_fail(err, GY_EUSAGE, "there is no source '%s' in %s", source != NULL ? source : "", s->path);
  if (status == GY_OK && write && s->n > 0)
    status = gy_file_replace(s->path, s->text.data, s->text.length, err);
  return status;
}

gy_status gy_project_contracts_suggest(const char *dir, const char *source, bool write, const gy_task *task,
                                       char **result, gy_error *err) {
  suggesting s = {.sources = json_array(), .path = gy_path_join(dir, "gyeol.yaml")};
  gy_buffer_init(&s.text, GY_PROJECT_FILE_MAX_BYTES + 2);
  gy_status status = gy_scratch_open(dir, NULL, false, task, &s.scratch, err);
  if (status == GY_OK && s.path == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for project %s", dir);
  if (status == GY_OK) status = gy_file_read(s.path, &s.text, err);
  if (status == GY_OK) status = read_sources(&s.scratch.run, err);
  if (status == GY_OK) status = suggest_all(&s, source, write, err);
  if (status == GY_OK) {
    json_t *object =
        json_pack("{s:I, s:b, s:O}", "contracts", s.n, "written", write && s.n > 0, "sources", s.sources);
    *result = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    if (*result == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for the result");
  }
  json_decref(s.sources);
  gy_buffer_clear(&s.text);
  gy_scratch_close(&s.scratch);
  free(s.path);
  return status;
}

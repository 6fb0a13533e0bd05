/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is one person, between import and the tables that are made of what was imported. A project whose
 * sources know people by customer ids alone, without decisions by hand, has no such step. What later steps
 * read changes only with what came out: keys may come and go without anything being computed anew. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "people/identity.h"
#include "study/person_sources.h"
#include "study/relations.h"
#include "study/run_context.h"

enum { IDENTITY_VERSION = 3 };

static gy_status count_decisions(gy_engine *engine, int64_t *n, gy_error *err) {
  return gy_engine_int64(
      engine,
      "SELECT (SELECT count(*) FROM identity_decisions WHERE undone_at IS NULL) + (SELECT count(*) "
      "FROM identity_fuzzy_links WHERE decision IN ('match', 'non-match'))",
      NULL, 0, n, err);
}

static bool has_keys(const gy_project_config *config) {
  for (uint32_t i = 0; i < config->n_sources; i++)
    if (gy_source_has_keys(config, &config->sources[i])) return true;
  return false;
}

/* Imports of all sources that know a customer or a key, and decisions. */
static gy_status inputs_of(gy_run_context *run, char *hex, gy_error *err) {
  const gy_project_config *config = &run->project.config;
  char *decided = NULL;
  gy_digest *digest = gy_digest_create();
  gy_status status =
      gy_engine_text(run->project.engine, gy_sql("people/identity_decisions_digest"), NULL, 0, &decided, err);
  gy_digest_text(digest, decided);
  for (uint32_t i = 0; i < config->n_sources && status == GY_OK; i++) {
    if (!gy_source_has_keys(config, &config->sources[i])) continue;
    char step[256];
    gy_step_record record = {0};
    snprintf(step, sizeof step, "import:%s", config->sources[i].name);
    status = gy_step_load(run->project.engine, step, NULL, &record, err);
    gy_digest_text(digest, record.text);
    json_decref(record.detail);
  }
  gy_digest_finish(digest, hex);
  gy_text_free(decided);
  return status;
}

static json_t *detail_of(const gy_identity_result *result) {
  json_t *types = json_array();
  for (int k = 0; k < GY_KEY_COUNT; k++) json_array_append_new(types, json_string(result->tables.types[k]));
  return json_pack("{s:b, s:b, s:i, s:i, s:o, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
                   "is_text", result->tables.is_text, "has_alias", result->tables.has_alias, "filled",
                   (int)result->tables.filled, "timed", (int)result->tables.timed, "types", types, "digest",
                   result->digest, "keys", (json_int_t)result->n_keys, "people", (json_int_t)result->n_people,
                   "merged", (json_int_t)result->n_merged, "aliases", (json_int_t)result->n_aliases, "guests",
                   (json_int_t)result->n_guests, "shared", (json_int_t)result->n_shared, "too_large",
                   (json_int_t)result->n_too_large, "stopped", (json_int_t)result->n_stopped, "apart",
                   (json_int_t)result->n_apart, "by_hand", (json_int_t)result->n_by_hand);
}

static void read_tables(const json_t *detail, gy_person_tables *tables) {
  *tables = (gy_person_tables){.active = true,
                               .is_text = json_is_true(json_object_get(detail, "is_text")),
                               .has_alias = json_is_true(json_object_get(detail, "has_alias")),
                               .filled = (uint32_t)json_integer_value(json_object_get(detail, "filled")),
                               .timed = (uint32_t)json_integer_value(json_object_get(detail, "timed"))};
  for (size_t k = 0; k < GY_KEY_COUNT; k++) {
    const char *type = json_string_value(json_array_get(json_object_get(detail, "types"), k));
    snprintf(tables->types[k], sizeof tables->types[k], "%s", type != NULL ? type : "");
  }
}

/* What reads the tables runs again when they say something else. Where they say nothing, views are as ever.
 */
static void mark_inputs(gy_run_context *run) {
  const gy_person_tables *tables = &run->people_tables;
  if (!tables->has_alias && tables->filled == 0 && tables->timed == 0) return;
  char text[64];
  const char *digest = json_string_value(json_object_get(run->people, "digest"));
  snprintf(text, sizeof text, "%d %d %u %u", tables->is_text, tables->has_alias, tables->filled,
           tables->timed);
  char *const inputs[] = {run->imports_text, run->further_imports_text};
  char hash[GY_SECTION_HASH_CHARS + 1] = "";
  (void)!gy_project_config_hash(&run->project.config, GY_SECTION_PEOPLE, hash, NULL);
  for (size_t i = 0; i < 2; i++) {
    gy_digest *both = gy_digest_create();
    gy_digest_text(both, inputs[i]);
    gy_digest_text(both, text);
    gy_digest_text(both, digest);
    gy_digest_text(both, hash);
    gy_digest_finish(both, inputs[i]);
  }
}

static gy_status resolve(gy_run_context *run, gy_fingerprint *fingerprint, gy_error *err) {
  double start = gy_clock_seconds();
  gy_person_sources sources = {0};
  gy_identity_result result = {0};
  gy_status status = gy_person_sources_load(run->project.engine, &run->project.config, &sources, err);
  gy_identity_plan plan = {run->project.engine, &run->project.config.identity,
                           sources.sources,     sources.n,
                           gy_person_vault,     &run->project};
  if (status == GY_OK) status = gy_identity_resolve(&plan, run->task, &result, err);
  gy_person_sources_clear(&sources);
  if (status != GY_OK) {
    gy_error_prefix(err, "identity");
    return status;
  }
  run->people = detail_of(&result);
  gy_step_report report = {.rows = (uint64_t)result.n_keys, .detail = json_incref(run->people)};
  return gy_step_finish(&run->log, "identity", fingerprint, gy_clock_seconds() - start, &report, err);
}

/* Ids of people are kept for the day when keys come back. */
static gy_status forget_step(gy_engine *engine, gy_error *err) {
  gy_status status =
      gy_engine_execute(engine, "DELETE FROM steps WHERE step = 'identity'", NULL, 0, NULL, NULL, NULL, err);
  if (status == GY_OK) status = gy_relation_drop(engine, "person_aliases", err);
  if (status == GY_OK) status = gy_relations_drop(engine, "person\\_by\\_%", err);
  return status == GY_OK ? gy_relations_drop(engine, "person\\_times\\_%", err) : status;
}

/* Not stored with the step: decisions by hand shorten the list. */
static gy_status count_review(gy_run_context *run, gy_error *err) {
  int64_t n = 0;
  bool looks = run->project.config.identity.fuzzy != GY_FUZZY_OFF;
  gy_status status =
      looks ? gy_engine_int64(run->project.engine, gy_sql("people/review_waiting"), NULL, 0, &n, err) : GY_OK;
  if (status == GY_OK) json_object_set_new(run->people, "review", json_integer((json_int_t)n));
  return status;
}

json_t *gy_identity_figures(const gy_run_context *run) {
  static const char *const KEYS[] = {"keys",   "people",  "merged",    "aliases", "guests", "apart",
                                     "shared", "stopped", "too_large", "review",  "by_hand"};
  json_t *figures = json_object();
  for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
    json_t *value = json_object_get(run->people, KEYS[i]);
    json_object_set(figures, KEYS[i], value);
  }
  return figures;
}

gy_status gy_run_identity(gy_run_context *run, gy_error *err) {
  static const gy_config_section SECTIONS[] = {GY_SECTION_PEOPLE};
  int64_t n_decided = 0;
  gy_step_record last = {0};
  gy_status status = gy_run_fuzzy(run, err);
  if (status == GY_OK) status = count_decisions(run->project.engine, &n_decided, err);
  if (status != GY_OK) return status;
  if (n_decided == 0 && !has_keys(&run->project.config)) {
    status = gy_step_load(run->log.engine, "identity", NULL, &last, err);
    json_decref(last.detail);
    if (status == GY_OK && last.run[0] != '\0') status = forget_step(run->project.engine, err);
    return status;
  }
  gy_fingerprint fingerprint = {.version = IDENTITY_VERSION};
  bool must_run = false;
  status = inputs_of(run, fingerprint.inputs, err);
  if (status == GY_OK) status = gy_run_settings(run, SECTIONS, 1, NULL, fingerprint.settings, err);
  if (status == GY_OK)
    status = gy_step_start(&run->log, "identity", &fingerprint, &must_run, &run->people, err);
  if (status == GY_OK && must_run) status = resolve(run, &fingerprint, err);
  if (status != GY_OK) return status;
  read_tables(run->people, &run->people_tables);
  mark_inputs(run);
  return count_review(run, err);
}

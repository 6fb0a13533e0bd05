/* SPDX-License-Identifier: Apache-2.0 */
#include "study/source_checks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "data/fingerprint.h"
#include "study/repairs.h"

static gy_status spent(const gy_source_config *source, gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory to check source %s", source->name);
}

bool gy_source_is_checked(const gy_run_context *run, const gy_source_config *source) {
  char *path = gy_repairs_path(run->project.root, source->name);
  bool has_repairs = path != NULL && gy_path_exists(path);
  free(path);
  return has_repairs || source->n_contracts > 0;
}

/* ---- what they depend on ---- */

static const gy_source_config *referenced(const gy_run_context *run, const gy_contract_config *contract) {
  const gy_source_config *source = NULL;
  const gy_column_role *column = NULL;
  if (contract->rule == GY_RULE_FOREIGN)
    (void)gy_project_config_reference(&run->project.config, contract->references, &source, &column);
  return source;
}

/* Marks the sources that foreign keys of a source reach, however far. */
static void mark_referenced(const gy_run_context *run, const gy_source_config *source, bool *marked) {
  for (uint32_t i = 0; i < source->n_contracts; i++) {
    const gy_source_config *other = referenced(run, &source->contracts[i]);
    if (other == NULL || marked[other - run->project.config.sources]) continue;
    marked[other - run->project.config.sources] = true;
    mark_referenced(run, other, marked);
  }
}

static gy_status digest_repairs(const gy_run_context *run, const gy_source_config *source, gy_digest *digest,
                                gy_error *err) {
  char *path = gy_repairs_path(run->project.root, source->name);
  gy_file_fingerprint fingerprint;
  gy_status status = path != NULL ? GY_OK : spent(source, err);
  if (status == GY_OK && gy_path_exists(path)) {
    status = gy_file_fingerprint_take(path, &fingerprint, err);
    if (status == GY_OK) gy_digest_text(digest, fingerprint.content);
  }
  free(path);
  return status;
}

static gy_status digest_source(const gy_run_context *run, const gy_source_config *source, gy_digest *digest,
                               gy_error *err) {
  gy_import_plan plan = {0};
  char files[GY_FILES_FINGERPRINT_CHARS + 1];
  gy_status status = gy_import_plan_paths(source, run->project.root, &plan, err);
  if (status == GY_OK)
    status = gy_files_fingerprint((const char *const *)plan.paths, plan.n_paths, files, err);
  if (status == GY_OK) gy_digest_text(digest, files);
  gy_import_plan_clear(&plan);
  return status == GY_OK ? digest_repairs(run, source, digest, err) : status;
}

gy_status gy_source_checks_inputs(const gy_run_context *run, const gy_source_config *source,
                                  char hex[GY_FINGERPRINT_CHARS + 1], gy_error *err) {
  bool marked[GY_PROJECT_SOURCES_MAX] = {false}, any = gy_source_is_checked(run, source);
  hex[0] = '\0';
  if (!any) return GY_OK;
  gy_digest *digest = gy_digest_create();
  gy_status status = digest != NULL ? digest_repairs(run, source, digest, err) : spent(source, err);
  mark_referenced(run, source, marked);
  for (uint32_t i = 0; i < run->project.config.n_sources && status == GY_OK; i++)
    if (marked[i]) status = digest_source(run, &run->project.config.sources[i], digest, err);
  gy_digest_finish(digest, hex);
  return status;
}

/* ---- moments ---- */

/* The moment of --as-of or of the project; 0: auto. A day means its end. */
static int64_t as_of_us(const gy_run_context *run, const gy_zone *zone) {
  const char *text =
      run->options != NULL && run->options->as_of != NULL ? run->options->as_of : run->project.config.as_of;
  gy_written_time written;
  gy_time_reader reader;
  int64_t us = 0;
  if (strcmp(text, "auto") == 0) return 0;
  if (gy_convert_written_time(text, strlen(text), GY_TIME_YEAR_FIRST, &written) != GY_FIELD_VALUE) return 0;
  gy_time_reader_init(&reader, GY_TIME_YEAR_FIRST, zone);
  (void)gy_time_reader_convert(&reader, text, strlen(text), &us);
  return written.has_clock ? us : us + INT64_C(86400000000) - 1;
}

gy_status gy_source_check_age(const gy_run_context *run, const gy_source_config *source, json_t *contracts,
                              bool may_stop, gy_error *err) {
  gy_zone *zone = NULL;
  gy_status status = gy_zone_load(run->project.config.timezone, &zone, err);
  if (status != GY_OK) return status;
  int64_t as_of = as_of_us(run, zone), now = as_of != 0 ? as_of : gy_clock_utc_us();
  size_t i;
  json_t *entry;
  json_array_foreach(contracts, i, entry) {
    const gy_contract_config *config = i < source->n_contracts ? &source->contracts[i] : NULL;
    const json_t *newest = json_object_get(entry, "newest_us");
    if (config == NULL || config->rule != GY_RULE_FRESH) continue;
    int64_t newest_us = json_is_integer(newest) ? json_integer_value(newest) : INT64_MIN;
    gy_contract_verdict verdict = gy_contract_fresh_verdict(config, newest_us, now);
    json_object_set_new(entry, "verdict", json_string(gy_contract_verdict_name(verdict)));
    json_object_set_new(entry, "failed", json_integer(verdict != GY_VERDICT_PASS));
    if (verdict == GY_VERDICT_STOP && may_stop && status == GY_OK)
      status = gy_fail(
          err, GY_EDATA,
          "source %s: contract %s: nothing is newer than %u days; nothing was changed; see gyeol check",
          source->name, config->name, config->days);
  }
  gy_zone_destroy(zone);
  return status;
}

/* ---- what was found ---- */

static json_t *columns_json(const gy_contract_config *config) {
  json_t *columns = json_array();
  if (config->column != NULL) json_array_append_new(columns, json_string(config->column));
  for (uint32_t i = 0; i < config->n_columns; i++)
    json_array_append_new(columns, json_string(config->columns[i]));
  return columns;
}

static json_t *examples_json(const gy_staged_source *staged, const gy_contract_outcome *outcome) {
  json_t *examples = json_array();
  for (size_t i = 0; i < outcome->n_examples; i++) {
    const contract_example *each = &outcome->examples[i];
    const gy_import_file *file = &staged->result->files[gy_staged_file_of(staged, each->row_no)];
    json_array_append_new(examples, json_pack("{s:s, s:I, s:s?}", "file", gy_path_name(file->path), "line",
                                              (json_int_t)each->row_no - (json_int_t)file->lines_before,
                                              "value", each->is_missing ? NULL : each->value));
  }
  return examples;
}

static json_t *outcome_json(const gy_staged_source *staged, const gy_contract_outcome *outcome) {
  static const char *const RULES[] = {"required", "type",        "range",  "set",   "pattern",
                                      "unique",   "foreign_key", "window", "fresh", "row_change"};
  static const char *const SEVERITIES[] = {"warn", "quarantine", "stop"};
  const gy_contract_config *config = outcome->config;
  bool of_rows = gy_contract_is_of_rows(config->rule);
  char reason[GY_CONTRACT_REASON_MAX];
  gy_contract_reason(config, reason);
  double share = outcome->n_rows > 0 ? (double)outcome->n_failed / (double)outcome->n_rows : 0;
  json_t *entry = json_pack(
      "{s:s, s:s, s:o, s:s, s:s?, s:I, s:I, s:o, s:s, s:o}", "name", config->name, "rule",
      RULES[config->rule], "columns", columns_json(config), "severity", SEVERITIES[config->severity],
      "threshold", config->threshold, "rows", (json_int_t)outcome->n_rows, "failed",
      (json_int_t)outcome->n_failed, "share", of_rows ? json_real(share) : json_null(), "verdict",
      gy_contract_verdict_name(outcome->verdict), "examples", examples_json(staged, outcome));
  if (of_rows) json_object_set_new(entry, "reason", json_string(reason));
  if (config->rule == GY_RULE_CHANGE) json_object_set_new(entry, "change", json_real(outcome->change));
  if (config->rule == GY_RULE_FRESH && outcome->newest_us != INT64_MIN)
    json_object_set_new(entry, "newest_us", json_integer(outcome->newest_us));
  return entry;
}

static gy_status stop_sentence(const gy_staged_source *staged, const gy_contract_result *result,
                               gy_error *err) {
  for (size_t i = 0; i < result->n_outcomes; i++) {
    const gy_contract_outcome *outcome = &result->outcomes[i];
    const gy_contract_config *config = outcome->config;
    if (outcome->verdict != GY_VERDICT_STOP) continue;
    const char *source = staged->source->name, *tail = "nothing was changed; see gyeol check";
    if (config->rule == GY_RULE_FRESH)
      return gy_fail(err, GY_EDATA, "source %s: contract %s: nothing is newer than %u days; %s", source,
                     config->name, config->days, tail);
    if (config->rule == GY_RULE_CHANGE)
      return gy_fail(err, GY_EDATA,
                     "source %s: contract %s: %+.1f%% rows since the last run, where %s is the most; %s",
                     source, config->name, 100 * outcome->change, config->percent, tail);
    char reason[GY_CONTRACT_REASON_MAX];
    gy_contract_reason(config, reason);
    return gy_fail(err, GY_EDATA, "source %s: contract %s: %llu of %llu rows fail (%s), %s%s; %s", source,
                   config->name, (unsigned long long)outcome->n_failed, (unsigned long long)outcome->n_rows,
                   reason, config->threshold != NULL ? "above its threshold of " : "and it allows none",
                   config->threshold != NULL ? config->threshold : "", tail);
  }
  return GY_OK;
}

/* ---- the checks of one source ---- */

typedef struct {
  gy_run_context *run;
  const char **relations; /* of all sources */
  bool may_stop;
} checker;

static gy_status evaluate(const checker *c, const gy_staged_source *staged, gy_contract_result *result,
                          gy_error *err) {
  const gy_import_spec *spec = &staged->plan->spec;
  gy_contract_source source = {.project = &c->run->project.config,
                               .source = staged->source,
                               .relation = staged->staging,
                               .relations = c->relations,
                               .zone = spec->zone,
                               .now_us = gy_clock_utc_us(),
                               .as_of_us = as_of_us(c->run, spec->zone),
                               .n_read = staged->result->n_read,
                               .last_read = staged->last_read};
  if (!gy_time_form_parse(staged->source->time_format, &source.time_form))
    source.time_form = GY_TIME_YEAR_FIRST;
  for (size_t i = 0; i < spec->n_columns; i++)
    if (spec->columns[i].kind == GY_IMPORT_TIME) source.time_form = spec->columns[i].time_form;
  return gy_contracts_check(c->run->project.engine, &source, c->run->task, result, err);
}

/* Contracts, repairs of what breaks them, and again, until no repair is left. */
static gy_status settle(const checker *c, gy_staged_source *staged, gy_source_repairs *repairs,
                        gy_contract_result *result, gy_source_moves *moves, gy_error *err) {
  for (;;) {
    size_t n_replaced = 0;
    gy_status status = evaluate(c, staged, result, err);
    bool wanted = status == GY_OK && result->n_moves > 0 && result->verdict != GY_VERDICT_STOP;
    bool repairable = status == GY_OK && result->n_moves > 0 && json_object_size(repairs->records) > 0;
    if (wanted || repairable) status = gy_source_moves_describe(c->run, staged, repairs, result, moves, err);
    if (status == GY_OK && repairable)
      status = gy_source_repairs_replace(repairs, moves->row_nos, moves->ids, moves->n, &n_replaced, err);
    if (status != GY_OK || n_replaced == 0) return status;
    gy_source_moves_clear(moves);
    gy_contract_result_clear(result);
  }
}

/* Repaired rows that stayed, and repairs that found no record. */
static void count_repairs(gy_staged_source *staged, const gy_source_repairs *repairs,
                          const gy_source_moves *moves) {
  size_t n_moved_again = 0;
  for (size_t i = 0; i < moves->n; i++)
    n_moved_again += json_object_get(repairs->restored, moves->ids[i]) != NULL;
  staged->n_repaired = json_object_size(repairs->restored) - n_moved_again;
  size_t n_used = json_object_size(repairs->restored) + json_object_size(repairs->failing);
  size_t n_all = json_object_size(repairs->records);
  staged->n_waiting = n_all > n_used ? n_all - n_used : 0;
}

static gy_status check_source(const checker *c, gy_staged_source *staged, gy_error *err) {
  gy_source_repairs repairs = {0};
  gy_contract_result result = {0};
  gy_source_moves moves = {0};
  staged->contracts = json_array();
  if (!gy_source_is_checked(c->run, staged->source)) return GY_OK;
  gy_status status = gy_source_repairs_open(c->run, staged, &repairs, err);
  if (status == GY_OK) status = settle(c, staged, &repairs, &result, &moves, err);
  for (size_t i = 0; i < result.n_outcomes && status == GY_OK; i++)
    json_array_append_new(staged->contracts, outcome_json(staged, &result.outcomes[i]));
  staged->stops = status == GY_OK && result.verdict == GY_VERDICT_STOP;
  if (staged->stops && c->may_stop) status = stop_sentence(staged, &result, err);
  if (status == GY_OK && !staged->stops && result.n_moves > 0)
    status = gy_source_moves_run(c->run, staged, &repairs, &result, &moves, err);
  if (status == GY_OK) count_repairs(staged, &repairs, &moves);
  if (status == GY_OK && staged->n_waiting > 0)
    gy_task_log(c->run->task, GY_LOG_WARN, "source %s: %llu repairs in repairs/ find their record no more",
                staged->source->name, (unsigned long long)staged->n_waiting);
  if (status == GY_OK && staged->result->n_accepted == 0)
    status = gy_fail(err, GY_EDATA, "source %s: no row keeps its contracts", staged->source->name);
  gy_source_moves_clear(&moves);
  gy_contract_result_clear(&result);
  gy_source_repairs_clear(&repairs);
  return status;
}

/* ---- all sources ---- */

/* Nothing that its foreign keys name directly is still to be checked. */
static bool is_ready(const gy_run_context *run, const gy_staged_source *staged, size_t n, const bool *done,
                     size_t i) {
  const gy_source_config *source = staged[i].source;
  for (uint32_t k = 0; k < source->n_contracts; k++) {
    const gy_source_config *other = referenced(run, &source->contracts[k]);
    for (size_t j = 0; j < n && other != NULL; j++)
      if (j != i && staged[j].source == other && !done[j]) return false;
  }
  return true;
}

static gy_status check_in_order(const checker *c, gy_staged_source *staged, size_t n, gy_error *err) {
  bool done[GY_PROJECT_SOURCES_MAX] = {false};
  for (size_t n_done = 0; n_done < n; n_done++) {
    size_t next = n;
    for (size_t i = 0; i < n; i++)
      if (!done[i] && (next == n || is_ready(c->run, staged, n, done, i))) {
        bool ready = is_ready(c->run, staged, n, done, i);
        if (next == n || ready) next = i;
        if (ready) break;
      }
    gy_status status = check_source(c, &staged[next], err);
    if (status != GY_OK) return status;
    done[next] = true;
  }
  return GY_OK;
}

gy_status gy_sources_check(gy_run_context *run, gy_staged_source *staged, size_t n, bool may_stop,
                           gy_error *err) {
  uint32_t n_sources = run->project.config.n_sources;
  char **own = calloc(n_sources + 1, sizeof *own);
  const char **relations = calloc(n_sources + 1, sizeof *relations);
  gy_status status =
      own != NULL && relations != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for checks");
  for (uint32_t i = 0; i < n_sources && status == GY_OK; i++) {
    own[i] = gy_source_relation(run->project.config.sources[i].name);
    relations[i] = own[i];
    for (size_t j = 0; j < n; j++)
      if (staged[j].source == &run->project.config.sources[i]) relations[i] = staged[j].staging;
    if (own[i] == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for checks");
  }
  checker c = {run, relations, may_stop};
  if (status == GY_OK) status = check_in_order(&c, staged, n, err);
  for (uint32_t i = 0; own != NULL && i < n_sources; i++) free(own[i]);
  free(own);
  free(relations);
  return status;
}

void gy_staged_source_clear(gy_staged_source *staged) {
  json_decref(staged->contracts);
  staged->contracts = NULL;
}

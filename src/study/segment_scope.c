/* SPDX-License-Identifier: Apache-2.0 */
#include "study/segment_scope.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEW = 4 }; /* one customer in so many: asking more of them one by one costs more than asking all */

typedef struct narrowing {
  const gy_run_context *run;
  gy_segment_judgement *judgement;
  size_t *plain; /* segments whose rules compare nobody and read no list */
  size_t n_plain;
  int64_t then_us;
  bool by_keys; /* rows are given to people by keys, which any row may change */
  gy_error *err;
} narrowing;

static gy_status no_memory(gy_error *err) {
  return gy_fail(err, GY_ENOMEM, "no memory to find customers to be asked again");
}

static gy_status execute(const gy_run_context *run, const char *name, const gy_value *values, size_t n,
                         gy_error *err) {
  return gy_engine_execute(run->project.engine, gy_sql(name), values, n, NULL, run->task, NULL, err);
}

/* ---- what signatures are of ---- */

/* Lists and the last members of segments with errors are columns, made when everybody is asked. */
static bool reads_members(const gy_segment_catalogue *catalogue, const gy_rule_set *set) {
  bool reads = false;
  for (size_t i = catalogue->n_own; i < catalogue->rule.n_columns && !reads; i++)
    reads = gy_rule_set_reads_column(set, i);
  return reads;
}

static gy_status list_plain(narrowing *n) {
  const gy_segment_judgement *j = n->judgement;
  gy_status status = GY_OK;
  for (size_t i = 0; i < j->n && status == GY_OK; i++) {
    size_t rule = (size_t)j->segments[i].answer;
    gy_rule_set *part = NULL;
    if (j->segments[i].answer < 0) continue;
    status = gy_rule_set_select(j->set, &rule, 1, &part, n->err);
    if (status == GY_OK && gy_rule_set_populations(part) == 0 && !reads_members(&j->catalogue, part))
      n->plain[n->n_plain++] = i;
    gy_rule_set_destroy(part);
  }
  return status;
}

/* The rules of some segments as a set of their own. */
static gy_status select_of(const narrowing *n, const gy_rule_set *set, const size_t *segments,
                           size_t n_segments, gy_rule_set **part) {
  size_t *rules = calloc(n_segments + 1, sizeof *rules);
  if (rules == NULL) return no_memory(n->err);
  for (size_t i = 0; i < n_segments; i++) rules[i] = (size_t)n->judgement->segments[segments[i]].answer;
  gy_status status = gy_rule_set_select(set, rules, n_segments, part, n->err);
  free(rules);
  return status;
}

static void digest_number(gy_digest *digest, uint64_t number) {
  char text[32];
  snprintf(text, sizeof text, "%" PRIu64, number);
  gy_digest_text(digest, text);
}

static void digest_names(const gy_rule_catalogue *catalogue, gy_digest *digest) {
  for (size_t i = 0; i < catalogue->n_columns; i++) {
    gy_digest_text(digest, catalogue->columns[i].name);
    digest_number(digest, (uint64_t)catalogue->columns[i].storage);
    gy_digest_text(digest, catalogue->columns[i].sql_name);
  }
  for (size_t t = 0; t < catalogue->n_tables; t++) {
    gy_digest_text(digest, catalogue->tables[t].name);
    for (size_t i = 0; i < catalogue->tables[t].n_columns; i++) {
      gy_digest_text(digest, catalogue->tables[t].columns[i].name);
      digest_number(digest, (uint64_t)catalogue->tables[t].columns[i].storage);
    }
  }
}

static gy_status look_at_people(narrowing *n) {
  gy_step_record record = {0};
  gy_status status = gy_step_load(n->run->project.engine, "identity", NULL, &record, n->err);
  n->by_keys = json_is_true(json_object_get(record.detail, "has_alias")) ||
               json_integer_value(json_object_get(record.detail, "filled")) != 0 ||
               json_integer_value(json_object_get(record.detail, "timed")) != 0;
  json_decref(record.detail);
  return status;
}

/* Everything but data that rules and rows hang on. Rows that settings make of the same files are other ones.
 */
static gy_status make_scheme(const narrowing *n, uint64_t shape, char scheme[GY_FINGERPRINT_CHARS + 1]) {
  static const gy_config_section SECTIONS[] = {GY_SECTION_SOURCES, GY_SECTION_CLEANING, GY_SECTION_TIMEZONE,
                                               GY_SECTION_PEOPLE};
  gy_engine *engine = n->run->project.engine;
  char settings[GY_FINGERPRINT_CHARS + 1], *version = NULL;
  int64_t forgettings = 0;
  gy_status status = gy_run_settings(n->run, SECTIONS, 4, NULL, settings, n->err);
  if (status == GY_OK) status = gy_engine_text(engine, "SELECT version()", NULL, 0, &version, n->err);
  if (status == GY_OK)
    status = gy_engine_int64(engine, "SELECT count(*) FROM forgettings", NULL, 0, &forgettings, n->err);
  gy_digest *digest = gy_digest_create();
  gy_digest_text(digest, settings);
  gy_digest_text(digest, version); /* of hash() */
  gy_digest_text(digest, n->run->counts_sql);
  gy_digest_text(digest, n->run->orders_sql);
  digest_number(digest, (uint64_t)forgettings);
  digest_number(digest, n->by_keys);
  digest_number(digest, shape);
  digest_names(&n->judgement->catalogue.rule, digest);
  for (size_t i = 0; i < n->n_plain; i++) {
    gy_digest_text(digest, n->judgement->segments[n->plain[i]].entry->name);
    gy_digest_text(digest, n->judgement->segments[n->plain[i]].hash);
  }
  gy_digest_finish(digest, scheme);
  free(version);
  return status;
}

static gy_status expand(const narrowing *n, const char *name, const gy_sql_part *parts, size_t n_parts) {
  char *sql = NULL;
  gy_status status = gy_sql_expand(gy_sql(name), parts, n_parts, &sql, n->err);
  if (status == GY_OK)
    status = gy_engine_execute(n->run->project.engine, sql, NULL, 0, NULL, n->run->task, NULL, n->err);
  free(sql);
  return status;
}

static gy_status sign_customers(const narrowing *n, const gy_rule_set *signature) {
  enum { SQL_BYTES_MAX = 1 << 20 };
  char *rules = NULL;
  gy_buffer values;
  gy_buffer_init(&values, SQL_BYTES_MAX);
  for (size_t i = 0; i < gy_rule_set_size(signature); i++)
    gy_buffer_printf(&values, "%sr%zu", i > 0 ? ", " : "", i);
  if (gy_rule_set_size(signature) == 0) gy_buffer_text(&values, "0");
  gy_status status = values.failed ? no_memory(n->err) : GY_OK;
  if (status == GY_OK) status = gy_rule_set_sql(signature, GY_RULE_DUCKDB, false, &rules, n->err);
  const gy_sql_part parts[] = {{"values", values.data}, {"rules", rules}};
  if (status == GY_OK) status = expand(n, "segment/signatures", parts, 2);
  gy_buffer_clear(&values);
  free(rules);
  return status;
}

/* ---- who is asked ---- */

/* A segment whose members are of this definition and of the last data. */
static bool is_current(const gy_segment_judgement *j, size_t i) {
  const gy_segment_judged *segment = &j->segments[i];
  bool good = !segment->is_changed && segment->known.version > 0 && !segment->known.has_error &&
              !segment->known.is_removed;
  for (size_t u = 0; u < j->n && good; u++)
    if (segment->uses[u]) good = j->segments[u].error == NULL && !j->segments[u].known.has_error;
  return good;
}

static gy_status compile_then(const narrowing *n, gy_rule_set **before) {
  gy_segment_judgement *j = n->judgement;
  gy_segment_definitions definitions;
  gy_rule_clock then = {n->then_us, j->catalogue.zone};
  gy_status status = gy_segment_definitions_make(j, &definitions, n->err);
  if (status == GY_OK)
    status = gy_rule_set_compile(&j->catalogue.rule, &then, definitions.items, definitions.n, before, n->err);
  gy_segment_definitions_clear(&definitions);
  return status;
}

static gy_status movement_of(const narrowing *n, const gy_rule_set *before, const size_t *segments,
                             size_t n_segments, gy_rule_movement *movement, gy_rule_set **moved) {
  gy_rule_set *was = NULL, *is = NULL;
  *moved = NULL;
  gy_status status = select_of(n, before, segments, n_segments, &was);
  if (status == GY_OK) status = select_of(n, n->judgement->set, segments, n_segments, &is);
  if (status == GY_OK) status = gy_rule_set_moved_rows(was, is, movement, moved, n->err);
  gy_rule_set_destroy(was);
  gy_rule_set_destroy(is);
  return status;
}

/* Keeps those of `few` whom time does not move altogether. */
static gy_status drop_moved(const narrowing *n, const gy_rule_set *before, size_t *few, size_t *n_few) {
  size_t kept = 0;
  gy_status status = GY_OK;
  for (size_t i = 0; i < *n_few && status == GY_OK; i++) {
    gy_rule_movement movement = GY_RULE_EVERYBODY;
    gy_rule_set *moved = NULL;
    status = movement_of(n, before, &few[i], 1, &movement, &moved);
    gy_rule_set_destroy(moved);
    if (movement != GY_RULE_EVERYBODY) few[kept++] = few[i];
  }
  *n_few = kept;
  return status;
}

static gy_status add_moved(const narrowing *n, size_t *few, size_t *n_few) {
  gy_rule_set *before = NULL, *moved = NULL;
  gy_rule_movement movement = GY_RULE_NOBODY;
  char *sql = NULL;
  gy_value moments[] = {gy_bind_timestamp(n->then_us),
                        gy_bind_timestamp(n->judgement->catalogue.clock.now_us)};
  gy_status status = execute(n->run, "segment/scope_arrived", moments, 2, n->err);
  if (status == GY_OK) status = compile_then(n, &before);
  if (status == GY_OK) status = drop_moved(n, before, few, n_few);
  if (status == GY_OK && *n_few > 0) status = movement_of(n, before, few, *n_few, &movement, &moved);
  if (status == GY_OK && movement == GY_RULE_EVERYBODY) *n_few = 0;
  if (status == GY_OK && moved != NULL) {
    status = gy_rule_set_sql(moved, GY_RULE_DUCKDB, true, &sql, n->err);
    const gy_sql_part part = {"moved", sql};
    if (status == GY_OK) status = expand(n, "segment/scope_moved", &part, 1);
  }
  free(sql);
  gy_rule_set_destroy(before);
  gy_rule_set_destroy(moved);
  return status;
}

static gy_status mark(const narrowing *n, const size_t *few, size_t n_few, gy_segment_scope *scope) {
  gy_engine *engine = n->run->project.engine;
  int64_t n_customers = 0;
  gy_status status = execute(n->run, "segment/among", NULL, 0, n->err);
  if (status == GY_OK)
    status = gy_engine_int64(engine, "SELECT count(*) FROM segment_among", NULL, 0, &scope->n_asked, n->err);
  if (status == GY_OK)
    status = gy_engine_int64(engine, "SELECT count(*) FROM customer_features", NULL, 0, &n_customers, n->err);
  scope->is_narrow = status == GY_OK && n_few > 0 && scope->n_asked <= n_customers / FEW;
  for (size_t i = 0; i < n_few && scope->is_narrow; i++) n->judgement->segments[few[i]].is_scoped = true;
  return status;
}

/* Signatures, rows and time have been compared with those of last time. */
static gy_status narrow(const narrowing *n, gy_segment_scope *scope) {
  size_t n_few = 0, *few = calloc(n->n_plain + 1, sizeof *few);
  if (few == NULL) return no_memory(n->err);
  for (size_t i = 0; i < n->n_plain; i++)
    if (is_current(n->judgement, n->plain[i])) few[n_few++] = n->plain[i];
  gy_status status = execute(n->run, "segment/resigned", NULL, 0, n->err);
  if (status == GY_OK) status = execute(n->run, "segment/scope", NULL, 0, n->err);
  if (status == GY_OK && n_few > 0 && n->then_us != n->judgement->catalogue.clock.now_us)
    status = add_moved(n, few, &n_few);
  if (status == GY_OK) status = mark(n, few, n_few, scope);
  free(few);
  return status;
}

/* Whether it is known whose rows changed. */
static gy_status is_tracked(const narrowing *n, const json_t *last, const char *scheme, bool *tracked) {
  const char *before = json_string_value(json_object_get(last, "scheme"));
  bool good = before != NULL && strcmp(before, scheme) == 0 && !n->run->log.force && !n->by_keys &&
              n->then_us > 0 && n->then_us <= n->judgement->catalogue.clock.now_us;
  int64_t n_unknown = 0;
  gy_status status = GY_OK;
  if (good)
    status = gy_engine_int64(n->run->project.engine,
                             "SELECT count(*) FROM segment_changes WHERE customer_id IS NULL", NULL, 0,
                             &n_unknown, n->err);
  *tracked = good && n_unknown == 0;
  return status;
}

gy_status gy_segment_scope_find(const gy_run_context *run, gy_segment_judgement *judgement,
                                const json_t *last, bool same_data, gy_segment_scope *scope, gy_error *err) {
  *scope = (gy_segment_scope){.is_newer = !same_data};
  if (judgement->set == NULL) return GY_OK;
  narrowing n = {.run = run,
                 .judgement = judgement,
                 .plain = calloc(judgement->n + 1, sizeof *n.plain),
                 .then_us = json_integer_value(json_object_get(last, "as_of_us")),
                 .err = err};
  gy_rule_set *set = NULL, *signature = NULL;
  uint64_t shape = 0;
  bool tracked = false;
  const char *before = json_string_value(json_object_get(last, "scheme"));
  gy_status status = n.plain != NULL ? list_plain(&n) : no_memory(err);
  if (status == GY_OK) status = look_at_people(&n);
  if (status == GY_OK) status = select_of(&n, judgement->set, n.plain, n.n_plain, &set);
  if (status == GY_OK) status = gy_rule_set_signature(set, &signature, &shape, err);
  if (status == GY_OK) status = make_scheme(&n, shape, scope->scheme);
  if (status == GY_OK) status = is_tracked(&n, last, scope->scheme, &tracked);
  bool needs = status == GY_OK && (!same_data || before == NULL || strcmp(before, scope->scheme) != 0);
  if (needs) status = sign_customers(&n, signature);
  if (needs && status == GY_OK && tracked && !same_data) status = narrow(&n, scope);
  scope->signs = needs && !scope->is_narrow;
  gy_rule_set_destroy(set);
  gy_rule_set_destroy(signature);
  free(n.plain);
  return status;
}

gy_status gy_segment_scope_store(const gy_run_context *run, const gy_segment_scope *scope, gy_error *err) {
  gy_status status = GY_OK;
  if (scope->is_narrow) status = execute(run, "segment/inputs_change", NULL, 0, err);
  if (scope->signs) status = execute(run, "segment/inputs_replace", NULL, 0, err);
  if (status == GY_OK)
    status =
        gy_engine_execute(run->project.engine, "DELETE FROM segment_changes", NULL, 0, NULL, NULL, NULL, err);
  return status;
}

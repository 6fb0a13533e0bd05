/* SPDX-License-Identifier: Apache-2.0 */
#include "data/contract_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "data/contract_judge.h"

static const int64_t DAY_US = INT64_C(86400000000);

static gy_status spent(gy_error *err) { return gy_fail(err, GY_ENOMEM, "no memory to check the contracts"); }

const char *contract_target(const gy_source_config *source, const char *name) {
  const gy_column_role *column = gy_source_config_column(source, name, NULL);
  return column != NULL ? gy_column_role_target(source, column) : name;
}

/* ---- columns ---- */

/* The type a column is streamed in; what is none of ours goes as text. */
static gy_type streamed_type(const char *sql_type) {
  static const struct {
    const char *name;
    gy_type type;
  } TYPES[] = {
      {"BIGINT", GY_TYPE_INT64},        {"INTEGER", GY_TYPE_INT64},       {"SMALLINT", GY_TYPE_INT64},
      {"TINYINT", GY_TYPE_INT64},       {"UINTEGER", GY_TYPE_INT64},      {"USMALLINT", GY_TYPE_INT64},
      {"DECIMAL(18,4)", GY_TYPE_MONEY}, {"TIMESTAMP", GY_TYPE_TIMESTAMP}, {"DATE", GY_TYPE_TIMESTAMP}};
  for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++)
    if (strcmp(TYPES[i].name, sql_type) == 0) return TYPES[i].type;
  return GY_TYPE_TEXT;
}

static gy_status find_types(contract_plan *plan, gy_error *err) {
  gy_value relation = gy_bind_text(plan->source->relation);
  json_t *rows = NULL, *row;
  gy_status status =
      gy_engine_json(plan->engine, gy_sql("study/relation_columns"), &relation, 1, plan->task, &rows, err);
  size_t i;
  json_array_foreach(rows, i, row) {
    const char *name = json_string_value(json_object_get(row, "column"));
    for (size_t c = 0; c < plan->n_columns; c++) {
      contract_plan_column *column = &plan->columns[c];
      if (strcmp(column->target, name) != 0) continue;
      snprintf(column->sql_type, sizeof column->sql_type, "%s",
               json_string_value(json_object_get(row, "type")));
      column->type = streamed_type(column->sql_type);
    }
  }
  json_decref(rows);
  for (size_t c = 0; c < plan->n_columns && status == GY_OK; c++)
    if (plan->columns[c].sql_type[0] == '\0')
      status =
          gy_fail(err, GY_EINTERNAL, "%s has no column %s", plan->source->relation, plan->columns[c].target);
  return status;
}

static size_t add_column(contract_plan *plan, const char *name) {
  const char *target = contract_target(plan->source->source, name);
  size_t c = 0;
  while (c < plan->n_columns && strcmp(plan->columns[c].target, target) != 0) c++;
  if (c == plan->n_columns) plan->columns[plan->n_columns++].target = target;
  return c;
}

/* ---- tests ---- */

static int64_t divided(int64_t value, bool up) {
  int64_t quotient = value / GY_MONEY_SCALE, rest = value % GY_MONEY_SCALE;
  if (up && rest > 0) return quotient + 1;
  return !up && rest < 0 ? quotient - 1 : quotient;
}

static void set_range(contract_scan_rule *rule, bool whole) {
  const gy_contract_config *config = rule->config;
  rule->least = INT64_MIN;
  rule->most = INT64_MAX;
  if (config->min != NULL)
    (void)gy_convert_number(config->min, strlen(config->min), GY_NUMBER_POINT, &rule->least);
  if (config->max != NULL)
    (void)gy_convert_number(config->max, strlen(config->max), GY_NUMBER_POINT, &rule->most);
  if (whole && config->min != NULL) rule->least = divided(rule->least, true);
  if (whole && config->max != NULL) rule->most = divided(rule->most, false);
}

/* A day as an end means all of it. */
static int64_t moment_of(const gy_contract_source *source, const char *text, bool is_end) {
  if (strcmp(text, "now") == 0) return source->now_us;
  if (strcmp(text, "as_of") == 0) return source->as_of_us != 0 ? source->as_of_us : source->now_us;
  gy_written_time written;
  int64_t us = 0;
  gy_time_reader reader;
  gy_time_reader_init(&reader, GY_TIME_YEAR_FIRST, source->zone);
  (void)gy_convert_written_time(text, strlen(text), GY_TIME_YEAR_FIRST, &written);
  (void)gy_time_reader_convert(&reader, text, strlen(text), &us);
  return is_end && !written.has_clock ? us + DAY_US - 1 : us;
}

static void set_window(const gy_contract_source *source, contract_scan_rule *rule) {
  const gy_contract_config *config = rule->config;
  rule->least = config->from != NULL ? moment_of(source, config->from, false) : INT64_MIN;
  rule->most = config->to != NULL ? moment_of(source, config->to, true) : INT64_MAX;
}

static int by_bytes(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static gy_status set_values(contract_scan_rule *rule, gy_error *err) {
  rule->values = calloc(rule->config->n_values, sizeof *rule->values);
  if (rule->values == NULL) return spent(err);
  memcpy(rule->values, rule->config->values, rule->config->n_values * sizeof *rule->values);
  qsort(rule->values, rule->config->n_values, sizeof *rule->values, by_bytes);
  return GY_OK;
}

/* Which test a rule on one value becomes; `*none`: it holds by the column's type alone. */
static gy_status choose_test(const contract_plan *plan, contract_scan_rule *rule, bool *none, gy_error *err) {
  gy_type type = plan->columns[rule->column].type;
  const gy_contract_config *config = rule->config;
  rule->test = CONTRACT_JUDGED;
  *none = false;
  switch (config->rule) {
    case GY_RULE_REQUIRED:
      rule->test = CONTRACT_MISSING;
      return GY_OK;
    case GY_RULE_RANGE:
      set_range(rule, type == GY_TYPE_INT64);
      if (type != GY_TYPE_TEXT) rule->test = CONTRACT_BETWEEN;
      return GY_OK;
    case GY_RULE_WINDOW:
      set_window(plan->source, rule);
      if (type == GY_TYPE_TIMESTAMP) rule->test = CONTRACT_BETWEEN;
      return GY_OK;
    case GY_RULE_FRESH:
      if (type == GY_TYPE_TIMESTAMP) rule->test = CONTRACT_NEWEST;
      return GY_OK;
    case GY_RULE_TYPE: {
      bool is_number = type == GY_TYPE_INT64 || type == GY_TYPE_MONEY;
      *none = (config->type == GY_RULE_TYPE_TIME && type == GY_TYPE_TIMESTAMP) ||
              (config->type == GY_RULE_TYPE_NUMBER && is_number) ||
              (config->type == GY_RULE_TYPE_INTEGER && type == GY_TYPE_INT64);
      if (config->type == GY_RULE_TYPE_INTEGER && type == GY_TYPE_MONEY) rule->test = CONTRACT_WHOLE;
      return GY_OK;
    }
    case GY_RULE_SET:
      return set_values(rule, err);
    default:
      return gy_pattern_create(config->pattern, (gy_pattern **)&rule->pattern, err);
  }
}

static bool has_type(const contract_plan *plan, size_t column, const char *type) {
  return strcmp(plan->columns[column].sql_type, type) == 0;
}

/* At most so much for the hashes of a key, and an eighth of what the run may use. */
static size_t hash_bytes(const gy_task *task) {
  size_t most = (size_t)1 << 30, allowed = task != NULL ? task->memory_bytes / 8 : 0;
  return allowed > 0 && allowed < most ? allowed : most;
}

/* Texts that are not all different by their hashes are the engine's to tell apart. */
static gy_status hash_texts(const contract_plan *plan, contract_scan_rule *rule, bool *by_sql,
                            gy_error *err) {
  rule->test = CONTRACT_HASHED;
  gy_status status = contract_hashes_create(hash_bytes(plan->task), &rule->hashes, err);
  *by_sql = status != GY_OK;
  return status;
}

/* A key that a bit map can hold joins the scan, and one whose hashes tell that it is one. */
static gy_status choose_key_test(const contract_plan *plan, contract_scan_rule *rule, bool *by_sql,
                                 gy_error *err) {
  const gy_contract_config *config = rule->config;
  const gy_contract_source *source = plan->source;
  gy_status status = GY_OK;
  *by_sql = true;
  if (config->column == NULL) return GY_OK;
  if (config->rule == GY_RULE_UNIQUE &&
      (has_type(plan, rule->column, "VARCHAR") || has_type(plan, rule->column, "UUID")))
    return hash_texts(plan, rule, by_sql, err);
  if (!has_type(plan, rule->column, "BIGINT")) return GY_OK;
  if (config->rule == GY_RULE_UNIQUE) {
    rule->test = CONTRACT_SEEN;
    status = contract_bits_make(plan->engine, source->relation, plan->columns[rule->column].target, false,
                                plan->task, &rule->bits, err);
  } else {
    const gy_source_config *other = NULL;
    const gy_column_role *column = NULL;
    (void)gy_project_config_reference(source->project, config->references, &other, &column);
    rule->test = CONTRACT_IN_BITS;
    status = contract_bits_make(plan->engine, source->relations[other - source->project->sources],
                                gy_column_role_target(other, column), true, plan->task, &rule->bits, err);
  }
  *by_sql = rule->bits == NULL;
  if (status == GY_OK && rule->bits == NULL && config->rule == GY_RULE_UNIQUE)
    return hash_texts(plan, rule, by_sql, err);
  return status;
}

static bool is_key(gy_contract_kind kind) { return kind == GY_RULE_UNIQUE || kind == GY_RULE_FOREIGN; }

static gy_status plan_contract(contract_plan *plan, uint32_t contract, gy_error *err) {
  const gy_contract_config *config = &plan->source->source->contracts[contract];
  contract_scan_rule *rule = &plan->rules[plan->n_rules];
  if (config->rule == GY_RULE_CHANGE) return GY_OK;
  *rule = (contract_scan_rule){.config = config, .moves = config->severity == GY_SEVERITY_QUARANTINE};
  if (config->column != NULL) rule->column = add_column(plan, config->column);
  bool none = false;
  gy_status status = is_key(config->rule) ? choose_key_test(plan, rule, &plan->by_sql[contract], err)
                                          : choose_test(plan, rule, &none, err);
  plan->contract_of[plan->n_rules] = contract;
  if (status == GY_OK && !none && !plan->by_sql[contract]) plan->n_rules++;
  return status;
}

static gy_status check_crowds(const contract_plan *plan, gy_error *err) {
  for (size_t c = 0; c < plan->n_columns; c++) {
    size_t n = 0;
    for (size_t i = 0; i < plan->n_rules; i++)
      n += plan->rules[i].column == c && plan->rules[i].test == CONTRACT_JUDGED;
    if (n > CONTRACT_JUDGED_MAX)
      return gy_fail(err, GY_ECONFIG, "%zu contracts on the values of column %s; at most %d can be checked",
                     n, plan->columns[c].target, CONTRACT_JUDGED_MAX);
  }
  return GY_OK;
}

gy_status contract_plan_make(contract_plan *plan, gy_engine *engine, const gy_contract_source *source,
                             const gy_task *task, gy_error *err) {
  uint32_t n = source->source->n_contracts;
  *plan = (contract_plan){.engine = engine, .source = source, .task = task};
  plan->columns = calloc(n + 1, sizeof *plan->columns);
  plan->rules = calloc(n + 1, sizeof *plan->rules);
  plan->contract_of = calloc(n + 1, sizeof *plan->contract_of);
  plan->by_sql = calloc(n + 1, sizeof *plan->by_sql);
  bool good =
      plan->columns != NULL && plan->rules != NULL && plan->contract_of != NULL && plan->by_sql != NULL;
  gy_status status = good ? GY_OK : spent(err);
  for (uint32_t i = 0; i < n && good; i++)
    if (source->source->contracts[i].column != NULL) add_column(plan, source->source->contracts[i].column);
  if (status == GY_OK) status = find_types(plan, err);
  for (uint32_t i = 0; i < n && status == GY_OK; i++) status = plan_contract(plan, i, err);
  return status == GY_OK ? check_crowds(plan, err) : status;
}

void contract_plan_clear(contract_plan *plan) {
  for (uint32_t i = 0; plan->rules != NULL && i <= plan->source->source->n_contracts; i++) {
    contract_bits_destroy(plan->rules[i].bits);
    contract_hashes_destroy(plan->rules[i].hashes);
    gy_pattern_destroy((gy_pattern *)plan->rules[i].pattern);
    free(plan->rules[i].values);
  }
  free(plan->columns);
  free(plan->rules);
  free(plan->contract_of);
  free(plan->by_sql);
  *plan = (contract_plan){0};
}

/* ---- running ---- */

/* SELECT of the columns that rules look at, in the plan's order. */
static gy_status write_select(const contract_plan *plan, bool names_rows, gy_buffer *sql, gy_error *err) {
  static const char *const CASTS[] = {[GY_TYPE_INT64] = "BIGINT",
                                      [GY_TYPE_TIMESTAMP] = "TIMESTAMP",
                                      [GY_TYPE_MONEY] = "DECIMAL(18, 4)",
                                      [GY_TYPE_TEXT] = "VARCHAR"};
  gy_buffer_text(sql, "SELECT ");
  for (size_t c = 0; c < plan->n_columns; c++) {
    const contract_plan_column *column = &plan->columns[c];
    char *name = gy_sql_identifier(column->target);
    gy_buffer_printf(sql, "%sCAST(%s AS %s)", c > 0 ? ", " : "", name != NULL ? name : "",
                     CASTS[column->type]);
    if (name == NULL) sql->failed = true;
    free(name);
  }
  if (names_rows) gy_buffer_text(sql, plan->n_columns > 0 ? ", row_no" : "row_no");
  char *relation = gy_sql_identifier(plan->source->relation);
  gy_buffer_printf(sql, " FROM %s", relation != NULL ? relation : "");
  if (relation == NULL) sql->failed = true;
  free(relation);
  return sql->failed ? spent(err) : GY_OK;
}

static gy_status run_pass(const contract_plan *plan, contract_scan *scan, gy_error *err) {
  gy_buffer sql;
  gy_buffer_init(&sql, 4 << 20);
  gy_status status = write_select(plan, scan->names_rows, &sql, err);
  if (status == GY_OK) status = contract_scan_run(scan, plan->engine, sql.data, plan->task, err);
  gy_buffer_clear(&sql);
  return status;
}

/* What one pass counted, for the rules `which` of the plan. */
static gy_status take_counts(const contract_plan *plan, const contract_scan *scan, const uint32_t *which,
                             gy_contract_result *result, contract_failures *failures, gy_error *err) {
  gy_status status = GY_OK;
  for (size_t i = 0; i < scan->n_rules; i++) {
    gy_contract_outcome *outcome = &result->outcomes[plan->contract_of[which[i]]];
    const contract_scan_count *count = &scan->counts[i];
    outcome->n_failed = count->n_failed;
    if (!scan->names_rows) outcome->newest_us = count->newest;
    outcome->n_examples = count->n_examples;
    memcpy(outcome->examples, count->examples, sizeof count->examples);
  }
  for (size_t i = 0; i < scan->failures.n && status == GY_OK; i++) {
    const contract_failure *failure = &scan->failures.list[i];
    status = contract_failures_add(failures, failure->row_no, plan->contract_of[which[failure->rule]], err);
  }
  return status;
}

/* The rules that some row failed, to be asked which. */
static size_t pick_failed(const contract_plan *plan, const contract_scan_count *counts,
                          contract_scan_rule *rules, uint32_t *which) {
  size_t n = 0;
  for (uint32_t i = 0; i < plan->n_rules; i++) {
    if (counts[i].n_failed == 0 || plan->rules[i].test == CONTRACT_SEEN) continue;
    rules[n] = plan->rules[i];
    which[n++] = i;
  }
  return n;
}

/* First all rules without row numbers, which most often is all there is to do; then once more those that
 * failed. */
static gy_status run_scan(const contract_plan *plan, gy_contract_result *result, contract_failures *failures,
                          gy_error *err) {
  size_t n = plan->n_rules;
  gy_type *types = calloc(plan->n_columns + 1, sizeof *types);
  contract_scan_count *counts = calloc(2 * n + 1, sizeof *counts);
  contract_scan_rule *failed = calloc(n + 1, sizeof *failed);
  uint32_t *which = calloc(n + 1, sizeof *which);
  bool good = types != NULL && counts != NULL && failed != NULL && which != NULL;
  gy_number_form form = plan->source->source->decimal == GY_DECIMAL_COMMA ? GY_NUMBER_COMMA : GY_NUMBER_POINT;
  contract_scan scan = {.types = types,
                        .n_columns = plan->n_columns,
                        .names_rows = plan->n_columns == 0,
                        .rules = plan->rules,
                        .n_rules = n,
                        .number_form = form,
                        .time_form = plan->source->time_form,
                        .zone = plan->source->zone,
                        .counts = counts};
  for (size_t c = 0; c < plan->n_columns && good; c++) types[c] = plan->columns[c].type;
  for (uint32_t i = 0; i < n && good; i++) which[i] = i;
  gy_status status = good ? run_pass(plan, &scan, err) : spent(err);
  if (status == GY_OK) status = take_counts(plan, &scan, which, result, failures, err);
  result->n_rows = scan.n_rows;
  size_t n_failed = status == GY_OK ? pick_failed(plan, counts, failed, which) : 0;
  if (n_failed > 0) {
    scan = (contract_scan){.types = types,
                           .n_columns = plan->n_columns,
                           .names_rows = true,
                           .rules = failed,
                           .n_rules = n_failed,
                           .number_form = form,
                           .time_form = plan->source->time_form,
                           .zone = plan->source->zone,
                           .counts = counts + n};
    status = run_pass(plan, &scan, err);
    if (status == GY_OK) status = take_counts(plan, &scan, which, result, failures, err);
  }
  free(scan.failures.list);
  free(types);
  free(counts);
  free(failed);
  free(which);
  return status;
}

/* Keys whose hashes do not prove that they are keys go to the engine. */
static gy_status judge_hashes(contract_plan *plan, gy_error *err) {
  gy_status status = GY_OK;
  for (size_t i = 0; i < plan->n_rules && status == GY_OK; i++) {
    contract_scan_rule *rule = &plan->rules[i];
    bool differ = false;
    if (rule->test != CONTRACT_HASHED) continue;
    status = contract_hashes_all_differ(rule->hashes, gy_task_threads(plan->task), &differ, err);
    plan->by_sql[plan->contract_of[i]] = !differ;
    contract_hashes_destroy(rule->hashes);
    rule->hashes = NULL;
  }
  return status;
}

gy_status contract_plan_run(contract_plan *plan, gy_contract_result *result, contract_failures *failures,
                            gy_error *err) {
  gy_status status = run_scan(plan, result, failures, err);
  if (status == GY_OK) status = judge_hashes(plan, err);
  for (uint32_t i = 0; i < result->n_outcomes && status == GY_OK; i++) {
    gy_contract_outcome *outcome = &result->outcomes[i];
    bool names_no_rows = outcome->config->rule == GY_RULE_UNIQUE && outcome->n_failed > 0;
    if (plan->by_sql[i] || names_no_rows) status = contract_keys_check(plan, i, outcome, failures, err);
  }
  return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "data/contract_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/contract_plan.h"

static const int64_t DAY_US = INT64_C(86400000000);

const char *gy_contract_verdict_name(gy_contract_verdict verdict) {
  static const char *const NAMES[] = {"pass", "warn", "quarantine", "stop"};
  return NAMES[verdict];
}

gy_contract_verdict gy_contract_fresh_verdict(const gy_contract_config *config, int64_t newest_us,
                                              int64_t now_us) {
  if (newest_us != INT64_MIN && newest_us >= now_us - (int64_t)config->days * DAY_US) return GY_VERDICT_PASS;
  return config->severity == GY_SEVERITY_STOP ? GY_VERDICT_STOP : GY_VERDICT_WARN;
}

/* Rows that fail: fine, to be moved, or too many. */
static gy_contract_verdict verdict_of_rows(const gy_contract_outcome *outcome) {
  const gy_contract_config *config = outcome->config;
  double threshold = gy_contract_threshold(config->threshold, outcome->n_rows);
  if (outcome->n_failed == 0) return GY_VERDICT_PASS;
  if (threshold >= 0 && (double)outcome->n_failed > threshold) return GY_VERDICT_STOP;
  if (threshold < 0 && config->severity == GY_SEVERITY_STOP) return GY_VERDICT_STOP;
  return config->severity == GY_SEVERITY_QUARANTINE ? GY_VERDICT_QUARANTINE : GY_VERDICT_WARN;
}

static void judge_change(const gy_contract_source *source, gy_contract_outcome *outcome) {
  const gy_contract_config *config = outcome->config;
  outcome->n_rows = source->n_read;
  if (source->last_read <= 0) return; /* nothing to compare with */
  outcome->change = ((double)source->n_read - (double)source->last_read) / (double)source->last_read;
  double most = strtod(config->percent, NULL) / 100;
  if (outcome->change >= -most && outcome->change <= most) return;
  outcome->n_failed = 1;
  outcome->verdict = config->severity == GY_SEVERITY_STOP ? GY_VERDICT_STOP : GY_VERDICT_WARN;
}

static void judge(const gy_contract_source *source, gy_contract_result *result) {
  for (size_t i = 0; i < result->n_outcomes; i++) {
    gy_contract_outcome *outcome = &result->outcomes[i];
    outcome->n_rows = result->n_rows;
    if (outcome->config->rule == GY_RULE_CHANGE) {
      judge_change(source, outcome);
    } else if (outcome->config->rule == GY_RULE_FRESH) {
      bool has_as_of = source->as_of_us != 0;
      outcome->verdict = gy_contract_fresh_verdict(outcome->config, outcome->newest_us,
                                                   has_as_of ? source->as_of_us : source->now_us);
      outcome->n_failed = outcome->verdict != GY_VERDICT_PASS;
    } else {
      outcome->verdict = verdict_of_rows(outcome);
    }
    if (outcome->verdict > result->verdict) result->verdict = outcome->verdict;
  }
}

static int by_row_then_rule(const void *a, const void *b) {
  const contract_failure *x = a, *y = b;
  if (x->row_no != y->row_no) return x->row_no < y->row_no ? -1 : 1;
  return (x->rule > y->rule) - (x->rule < y->rule);
}

/* Each row once, for the first rule that wants it moved. */
static void settle_moves(contract_failures *failures, gy_contract_result *result) {
  size_t kept = 0;
  if (failures->n > 0) qsort(failures->list, failures->n, sizeof *failures->list, by_row_then_rule);
  for (size_t i = 0; i < failures->n; i++)
    if (kept == 0 || failures->list[kept - 1].row_no != failures->list[i].row_no)
      failures->list[kept++] = failures->list[i];
  result->moves = failures->list;
  result->n_moves = kept;
  *failures = (contract_failures){0};
}

gy_status gy_contracts_check(gy_engine *engine, const gy_contract_source *source, const gy_task *task,
                             gy_contract_result *result, gy_error *err) {
  gy_contract_result made = {.n_outcomes = source->source->n_contracts};
  contract_failures failures = {0};
  contract_plan plan = {0};
  made.outcomes = calloc(made.n_outcomes + 1, sizeof *made.outcomes);
  gy_status status =
      made.outcomes != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to check the contracts");
  for (size_t i = 0; i < made.n_outcomes && status == GY_OK; i++) {
    made.outcomes[i].config = &source->source->contracts[i];
    made.outcomes[i].newest_us = INT64_MIN;
  }
  if (status == GY_OK) status = contract_plan_make(&plan, engine, source, task, err);
  if (status == GY_OK) status = contract_plan_run(&plan, &made, &failures, err);
  if (status == GY_OK) {
    judge(source, &made);
    settle_moves(&failures, &made);
    *result = made;
  } else {
    gy_contract_result_clear(&made);
    if (err != NULL && status != GY_ECANCELLED) gy_error_prefix(err, "source %s", source->source->name);
  }
  contract_plan_clear(&plan);
  free(failures.list);
  return status;
}

void gy_contract_result_clear(gy_contract_result *result) {
  free(result->outcomes);
  free(result->moves);
  *result = (gy_contract_result){0};
}

void gy_contract_reason(const gy_contract_config *config, char *text) {
  static const char *const TYPES[] = {"", "not a whole number", "not a number", "not a date or time",
                                      "neither true nor false"};
  const size_t size = GY_CONTRACT_REASON_MAX;
  const char *low = config->rule == GY_RULE_RANGE ? config->min : config->from;
  const char *high = config->rule == GY_RULE_RANGE ? config->max : config->to;
  switch (config->rule) {
    case GY_RULE_REQUIRED:
      snprintf(text, size, "missing");
      break;
    case GY_RULE_TYPE:
      snprintf(text, size, "%s", TYPES[config->type]);
      break;
    case GY_RULE_RANGE:
    case GY_RULE_WINDOW:
      if (low != NULL && high != NULL)
        snprintf(text, size, "not between %s and %s", low, high);
      else if (low != NULL)
        snprintf(text, size, "%s %s", config->rule == GY_RULE_RANGE ? "below" : "before", low);
      else
        snprintf(text, size, "%s %s", config->rule == GY_RULE_RANGE ? "above" : "after", high);
      break;
    case GY_RULE_SET:
      snprintf(text, size, "none of the %u values allowed", config->n_values);
      break;
    case GY_RULE_PATTERN:
      snprintf(text, size, "does not match %.300s", config->pattern);
      break;
    case GY_RULE_UNIQUE:
      snprintf(text, size, "another row has this key");
      break;
    case GY_RULE_FOREIGN:
      snprintf(text, size, "not in %.300s", config->references);
      break;
    default:
      snprintf(text, size, "fails");
  }
}

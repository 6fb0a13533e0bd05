/* SPDX-License-Identifier: Apache-2.0
 *
 * The contracts of one source against its rows: what each rule found, what follows from it, and which rows
 * are to be moved to the rejected ones.
 *
 *   contracts + types of the relation -> one scan for all rules that look at single values (contract_scan.h)
 *                                     -> SQL for keys that are not dense integers
 *                                     -> verdicts
 *
 * Nothing is changed here. */
#ifndef GYEOL_DATA_CONTRACT_CHECK_H
#define GYEOL_DATA_CONTRACT_CHECK_H

#include "data/contract_scan.h"
#include "data/project_file.h"

typedef enum gy_contract_verdict {
  GY_VERDICT_PASS,
  GY_VERDICT_WARN,       /* some rows fail, or the source as a whole */
  GY_VERDICT_QUARANTINE, /* the rows that fail are to be moved */
  GY_VERDICT_STOP,       /* the run must stop */
} gy_contract_verdict;

const char *gy_contract_verdict_name(gy_contract_verdict verdict);

/* A source and the moment it is looked at. All is lent. */
typedef struct gy_contract_source {
  const gy_project_config *project;
  const gy_source_config *source;
  const char *relation;         /* of its rows, which carry row_no */
  const char *const *relations; /* of every source of the project, for foreign keys */
  gy_time_form time_form;       /* of times in columns that are texts */
  const gy_zone *zone;
  int64_t now_us, as_of_us;
  uint64_t n_read;   /* rows of the files, rejected ones among them */
  int64_t last_read; /* the same of the last run; -1: there is none */
} gy_contract_source;

typedef struct gy_contract_outcome {
  const gy_contract_config *config;
  gy_contract_verdict verdict;
  uint64_t n_rows, n_failed; /* looked at, and failing; of a rule about the whole source n_failed is 0 or 1 */
  int64_t newest_us;         /* fresh: INT64_MIN when there is no time */
  double change;             /* change: share by which the number of rows differs from the last run's */
  size_t n_examples;
  contract_example examples[CONTRACT_EXAMPLES];
} gy_contract_outcome;

typedef struct gy_contract_result {
  uint64_t n_rows;
  gy_contract_outcome *outcomes; /* as the source's contracts */
  size_t n_outcomes;
  contract_failure *moves; /* rows to move, by rising row_no; `rule` numbers the contract */
  size_t n_moves;
  gy_contract_verdict verdict; /* the gravest */
} gy_contract_result;

/* GY_ECONFIG for a pattern that takes too many steps; what the engine says. Clear the result after success.
 */
GY_MUST_USE gy_status gy_contracts_check(gy_engine *engine, const gy_contract_source *source,
                                         const gy_task *task, gy_contract_result *result, gy_error *err);
void gy_contract_result_clear(gy_contract_result *result);

/* Judges freshness anew: `newest_us` against a later moment. */
gy_contract_verdict gy_contract_fresh_verdict(const gy_contract_config *config, int64_t newest_us,
                                              int64_t now_us);

/* What was asked of a value, in a few words that are the same for all values: "not between 0 and 100". `text`
 * holds GY_CONTRACT_REASON_MAX bytes. */
enum { GY_CONTRACT_REASON_MAX = 400 };
void gy_contract_reason(const gy_contract_config *config, char *text);

#endif

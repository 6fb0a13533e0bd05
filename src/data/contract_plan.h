/* SPDX-License-Identifier: Apache-2.0
 *
 * Which test answers each contract of a source, given the types that its columns have; and running them.
 * Inside the data room only. */
#ifndef GYEOL_DATA_CONTRACT_PLAN_H
#define GYEOL_DATA_CONTRACT_PLAN_H

#include "data/contract_check.h"

enum { CONTRACT_COLUMNS_MAX = GY_PROJECT_COLUMNS_MAX };

typedef struct contract_plan_column {
  const char *target; /* in the relation; lent */
  gy_type type;       /* as it is streamed */
  char sql_type[32];  /* of the engine, "" for one too long */
} contract_plan_column;

typedef struct contract_plan {
  gy_engine *engine;
  const gy_contract_source *source;
  const gy_task *task;
  contract_plan_column *columns; /* that rules look at */
  size_t n_columns;
  contract_scan_rule *rules; /* of the scan */
  uint32_t *contract_of;     /* per rule of the scan */
  size_t n_rules;
  bool *by_sql; /* per contract: answered by SQL */
} contract_plan;

GY_MUST_USE gy_status contract_plan_make(contract_plan *plan, gy_engine *engine,
                                         const gy_contract_source *source, const gy_task *task,
                                         gy_error *err);
GY_MUST_USE gy_status contract_plan_run(contract_plan *plan, gy_contract_result *result,
                                        contract_failures *failures, gy_error *err);
void contract_plan_clear(contract_plan *plan); /* safe on a zeroed one */

/* The set of a column's integers, or room for them, where they are dense enough for a bit map; NULL bits
 * where they are not. `fill`: with the values in it. */
GY_MUST_USE gy_status contract_bits_make(gy_engine *engine, const char *relation, const char *column,
                                         bool fill, const gy_task *task, contract_bits **bits, gy_error *err);
void contract_bits_destroy(contract_bits *bits); /* NULL-safe */

/* Answers a contract about keys by SQL. */
GY_MUST_USE gy_status contract_keys_check(const contract_plan *plan, uint32_t contract,
                                          gy_contract_outcome *outcome, contract_failures *failures,
                                          gy_error *err);

/* The column of the relation that a contract's name means; the project file has checked that there is one. */
const char *contract_target(const gy_source_config *source, const char *name);

#endif

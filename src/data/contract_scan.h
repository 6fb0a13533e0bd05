/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules over the rows of a relation in one pass: columns are streamed out of the engine on all threads and
 * each rule looks at a column at a time, 2,048 rows at once.
 *
 *   integers, money, times   one comparison a row
 *   everything else          a value is judged by all rules of its column at once and the verdict is kept in
 * a small table, so that a value that comes again costs one look-up
 *   keys                     a bit map where the integers are dense, one bit a value; else 64 bits of hash a
 * value
 *
 * A missing value fails `required` and no other rule. Inside the data room only. */
#ifndef GYEOL_DATA_CONTRACT_SCAN_H
#define GYEOL_DATA_CONTRACT_SCAN_H

#include "base/time_zone.h"
#include "data/contract_hashes.h"
#include "data/contract_pattern.h"
#include "data/convert_time.h"
#include "data/project_file_contracts.h"
#include "engine/engine.h"

/* A set of integers, one bit for each between the least and the greatest. */
typedef struct contract_bits {
  int64_t least;
  uint64_t n; /* bits */
  uint64_t *words;
} contract_bits;

typedef enum contract_test {
  CONTRACT_MISSING, /* is NULL */
  CONTRACT_BETWEEN, /* int64: least..most */
  CONTRACT_WHOLE,   /* int64 in 1/10000: no decimals */
  CONTRACT_IN_BITS, /* int64: in `bits` */
  CONTRACT_SEEN,    /* int64: not in `bits` yet; counts, names no rows */
  CONTRACT_HASHED,  /* text, int64: its hash goes to `hashes`; counts nothing */
  CONTRACT_NEWEST,  /* keeps the greatest time */
  CONTRACT_JUDGED,  /* by value: `rule` of the contract */
} contract_test;

enum { CONTRACT_EXAMPLES = 3, CONTRACT_VALUE_MAX = 200 };

/* One rule on one column of the chunks. */
typedef struct contract_scan_rule {
  const gy_contract_config *config;
  contract_test test;
  size_t column; /* of the chunks */
  int64_t least, most;
  contract_bits *bits;
  contract_hashes *hashes;
  const gy_pattern *pattern;
  char **values; /* of a set, sorted by bytes */
  bool moves;    /* rows that fail are wanted */
} contract_scan_rule;

typedef struct contract_example {
  int64_t row_no;
  char value[CONTRACT_VALUE_MAX + 1];
  bool is_missing;
} contract_example;

typedef struct contract_scan_count {
  uint64_t n_failed, n_gave_up;
  int64_t newest; /* INT64_MIN: no time */
  size_t n_examples;
  contract_example examples[CONTRACT_EXAMPLES]; /* of the first rows */
} contract_scan_count;

/* A row to move, and the first rule that wants it moved. */
typedef struct contract_failure {
  int64_t row_no;
  uint32_t rule;
} contract_failure;

typedef struct contract_failures {
  contract_failure *list;
  size_t n, capacity;
} contract_failures;

GY_MUST_USE gy_status contract_failures_add(contract_failures *failures, int64_t row_no, uint32_t rule,
                                            gy_error *err);

typedef struct contract_scan {
  const gy_type *types; /* of the chunks' columns */
  size_t n_columns;
  bool names_rows; /* row_no follows the columns: failing rows become examples and failures */
  const contract_scan_rule *rules;
  size_t n_rules;
  gy_number_form number_form;
  gy_time_form time_form;
  const gy_zone *zone;
  /* results */
  uint64_t n_rows;
  contract_scan_count *counts; /* a rule; the caller's, zeroed */
  contract_failures failures;  /* in no order; free() the list */
} contract_scan;

/* Streams `sql` (the columns, then row_no where rows are named) through the rules. The results do not depend
 * on the number of threads but for the order of failures. */
GY_MUST_USE gy_status contract_scan_run(contract_scan *scan, gy_engine *engine, const char *sql,
                                        const gy_task *task, gy_error *err);

#endif

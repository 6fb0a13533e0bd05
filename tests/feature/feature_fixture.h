/* SPDX-License-Identifier: Apache-2.0
 *
 * A store in memory, the kernel run over it, and the comparison of its features with the SQL statement's. */
#ifndef GYEOL_TESTS_FEATURE_FIXTURE_H
#define GYEOL_TESTS_FEATURE_FIXTURE_H

#include <criterion/criterion.h>

#include "feature/feature_sql.h"

#define MUST(call)                                                                                     \
  do {                                                                                                 \
    gy_error must_err = {0};                                                                           \
    gy_error *err = &must_err;                                                                         \
    gy_status must_status = (call);                                                                    \
    cr_assert_eq(must_status, GY_OK, "%s: %s: %s", #call, gy_status_name(must_status), must_err.text); \
  } while (0)

/* How the kernel is run; the features must not depend on it. */
typedef struct kernel_setup {
  int n_threads;
  size_t memory_bytes; /* 0: no budget */
  gy_local_time local_time;
  const char *table; /* where the features go; NULL: actual */
} kernel_setup;

gy_engine *open_memory(int n_threads);
void run_sql(gy_engine *engine, const char *sql);
int64_t int_of(gy_engine *engine, const char *sql);

/* Reads query->lines through the kernel into setup->table. `passes` (may be NULL) receives how often. */
gy_customer_totals features_of(gy_engine *engine, const gy_feature_query *query, const kernel_setup *setup,
                               size_t *passes);

/* Fails, naming `label` and the customer, where a feature in the table actual differs from the SQL
 * statement's. */
void assert_as_sql(gy_engine *engine, const gy_feature_query *query, const gy_customer_totals *totals,
                   const char *label);

/* Fails where a cell of the calendar differs from the cohort statement's, or its orders from the features'.
 */
void assert_calendar_as_sql(gy_engine *engine, const gy_feature_query *query,
                            const gy_customer_totals *totals, const char *label);

/* Fails where `b` with its table actual is not exactly `a` with its `table`. */
void assert_same(gy_engine *engine, const gy_customer_totals *a, const char *table,
                 const gy_customer_totals *b, const char *label);

/* Sum of an expression over the table actual. */
int64_t total_of(gy_engine *engine, const char *measure);

/* The path of a file under GYEOL_DATA, or a skipped test where it is absent. */
const char *data_file(const char *name);

#endif

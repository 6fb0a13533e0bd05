/* SPDX-License-Identifier: Apache-2.0 */
#include "feature_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

gy_engine *open_memory(int n_threads) {
  gy_engine *engine = NULL;
  gy_engine_options options = {.n_threads = n_threads};
  MUST(gy_engine_open(&options, &engine, err));
  return engine;
}

void run_sql(gy_engine *engine, const char *sql) {
  gy_error err = {0};
  gy_status status = gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, &err);
  cr_assert_eq(status, GY_OK, "%s\n%s", err.text, sql);
}

int64_t int_of(gy_engine *engine, const char *sql) {
  int64_t value = 0;
  gy_error err = {0};
  gy_status status = gy_engine_int64(engine, sql, NULL, 0, &value, &err);
  cr_assert_eq(status, GY_OK, "%s\n%s", err.text, sql);
  return value;
}

gy_customer_totals features_of(gy_engine *engine, const gy_feature_query *query, const kernel_setup *setup,
                               size_t *passes) {
  gy_customer_kernel_options options;
  char *sql = NULL, counting[512];
  MUST(gy_feature_rows_sql(query, &sql, &options, err));
  const char *lines = query->lines != NULL ? query->lines : "order_lines";
  snprintf(counting, sizeof counting, "SELECT count(*) FROM %s", lines);
  options.expected_rows = (uint64_t)int_of(engine, counting);
  gy_result *probe = NULL;
  snprintf(counting, sizeof counting, "SELECT customer_id FROM %s LIMIT 0", lines);
  MUST(gy_engine_query(engine, counting, NULL, 0, NULL, &probe, err));
  options.customer_is_text = gy_result_column_type(probe, 0) == GY_TYPE_TEXT;
  gy_result_destroy(probe);
  options.local_time = setup->local_time;
  gy_task task = {.n_threads = setup->n_threads, .memory_bytes = setup->memory_bytes};
  gy_customer_kernel *kernel = NULL;
  gy_customer_totals totals;
  const char *table = setup->table != NULL ? setup->table : "actual";
  MUST(gy_customer_kernel_create(&options, &task, &kernel, err));
  for (size_t pass = 0; pass < gy_customer_kernel_passes(kernel); pass++) {
    gy_sink sink = gy_customer_kernel_sink(kernel);
    MUST(gy_engine_scan(engine, sql, NULL, 0, &sink, NULL, &task, err));
    MUST(gy_customer_kernel_end_rows(kernel, err));
    gy_source source = gy_customer_kernel_source(kernel, &task);
    MUST((pass == 0 ? gy_engine_store : gy_engine_append)(engine, table, "gy_features", &source, NULL, &task,
                                                          err));
    MUST(gy_customer_kernel_end_pass(kernel, err));
  }
  if (passes != NULL) *passes = gy_customer_kernel_passes(kernel);
  MUST(gy_customer_kernel_finish(kernel, &totals, err));
  gy_customer_kernel_destroy(kernel);
  free(sql);
  return totals;
}

static bool is_ratio(gy_type type) { return type == GY_TYPE_FLOAT; }

void assert_as_sql(gy_engine *engine, const gy_feature_query *query, const gy_customer_totals *totals,
                   const char *label) {
  char *select = NULL;
  MUST(gy_feature_sql(query, &select, err));
  char *create = malloc(strlen(select) + 64);
  sprintf(create, "CREATE OR REPLACE TABLE expected AS %s", select);
  run_sql(engine, create);
  free(create);
  free(select);
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM actual"), (int64_t)totals->n_customers, "%s", label);
  cr_assert_eq(int_of(engine, "SELECT count(DISTINCT customer_no) FROM actual"),
               (int64_t)totals->n_customers);
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM expected"), (int64_t)totals->n_customers, "%s: customers",
               label);
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM expected JOIN actual USING (customer_id)"),
               (int64_t)totals->n_customers, "%s: customers differ", label);
  gy_feature_set set;
  MUST(gy_feature_set_init(&set, query->window_days, query->n_windows, err));
  for (size_t f = 0; f < set.n; f++) {
    const gy_feature *feature = &set.items[f];
    char where[512], sql[1024];
    const char *name = feature->name;
    if (is_ratio(feature->type)) {
      snprintf(where, sizeof where,
               "(e.%s IS NULL) <> (a.%s IS NULL) OR abs(e.%s - a.%s) > 1e-6 * abs(e.%s) + 1e-9", name, name,
               name, name, name);
    } else {
      snprintf(where, sizeof where, "e.%s IS DISTINCT FROM a.%s", name, name);
    }
    snprintf(sql, sizeof sql, "SELECT count(*) FROM expected e JOIN actual a USING (customer_id) WHERE %s",
             where);
    int64_t wrong = int_of(engine, sql);
    if (wrong == 0) continue;
    snprintf(
        sql, sizeof sql,
        "SELECT customer_id || ': SQL ' || coalesce(e.%s::VARCHAR, 'NULL') || ', kernel ' || "
        "coalesce(a.%s::VARCHAR, 'NULL') FROM expected e JOIN actual a USING (customer_id) WHERE %s LIMIT 1",
        name, name, where);
    char *first = NULL;
    MUST(gy_engine_text(engine, sql, NULL, 0, &first, err));
    cr_assert_fail("%s: %s differs for %ld customers, as %s", label, name, (long)wrong, first);
  }
}

void assert_same(gy_engine *engine, const gy_customer_totals *a, const char *table,
                 const gy_customer_totals *b, const char *label) {
  cr_assert_eq(a->n_customers, b->n_customers, "%s", label);
  cr_assert_eq(a->kept_orders, b->kept_orders, "%s: kept orders", label);
  cr_assert_eq(a->customer_orders, b->customer_orders, "%s: orders of customers", label);
  cr_assert_eq(a->kept_lines, b->kept_lines, "%s: kept lines", label);
  cr_assert_eq(a->kept_amount, b->kept_amount, "%s: kept amount", label);
  cr_assert_eq(a->duplicate_lines, b->duplicate_lines, "%s: duplicates", label);
  cr_assert_eq(a->as_of_us, b->as_of_us, "%s: as-of", label);
  cr_assert_eq(memcmp(&a->duplicates, &b->duplicates, sizeof a->duplicates), 0, "%s: duplicates by flags",
               label);
  cr_assert_eq(memcmp(a->lines.rows, b->lines.rows, sizeof a->lines.rows), 0, "%s: rows by flags", label);
  char sql[256];
  snprintf(sql, sizeof sql, "SELECT count(*) FROM (FROM %s EXCEPT ALL FROM actual)", table);
  cr_assert_eq(int_of(engine, sql), 0, "%s: customers differ", label);
}

int64_t total_of(gy_engine *engine, const char *measure) {
  char sql[256];
  snprintf(sql, sizeof sql, "SELECT CAST(coalesce(sum(%s), 0) AS BIGINT) FROM actual", measure);
  return int_of(engine, sql);
}

const char *data_file(const char *name) {
  static char path[1024];
  const char *folder = getenv("GYEOL_DATA");
  snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "../shared/data", name);
  if (access(path, R_OK) != 0) cr_skip_test("%s is not there", path);
  return path;
}

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

gy_customer_features *features_of(gy_engine *engine, const gy_feature_query *query, const kernel_setup *setup,
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
  gy_customer_features *features = NULL;
  MUST(gy_customer_kernel_create(&options, &task, &kernel, err));
  for (size_t pass = 0; pass < gy_customer_kernel_passes(kernel); pass++) {
    gy_sink sink = gy_customer_kernel_sink(kernel);
    MUST(gy_engine_scan(engine, sql, NULL, 0, &sink, NULL, &task, err));
    MUST(gy_customer_kernel_end_pass(kernel, &task, err));
  }
  if (passes != NULL) *passes = gy_customer_kernel_passes(kernel);
  MUST(gy_customer_kernel_finish(kernel, &features, err));
  gy_customer_kernel_destroy(kernel);
  free(sql);
  return features;
}

static bool is_ratio(gy_type type) { return type == GY_TYPE_FLOAT; }

void assert_as_sql(gy_engine *engine, const gy_feature_query *query, const gy_customer_features *features,
                   const char *label) {
  char *select = NULL;
  MUST(gy_feature_sql(query, &select, err));
  char *create = malloc(strlen(select) + 64);
  sprintf(create, "CREATE OR REPLACE TABLE expected AS %s", select);
  run_sql(engine, create);
  free(create);
  free(select);
  gy_source source;
  MUST(gy_features_source(features, &source, err));
  MUST(gy_engine_publish(engine, "gy_features", &source, err));
  run_sql(engine, "CREATE OR REPLACE TABLE actual AS SELECT * FROM gy_features()");
  gy_features_source_clear(&source);
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM actual"), (int64_t)features->n_customers, "%s", label);
  cr_assert_eq(int_of(engine, "SELECT count(DISTINCT customer_no) FROM actual"),
               (int64_t)features->n_customers);
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM expected"), (int64_t)features->n_customers,
               "%s: customers", label);
  cr_assert_eq(int_of(engine, "SELECT count(*) FROM expected JOIN actual USING (customer_id)"),
               (int64_t)features->n_customers, "%s: customers differ", label);
  for (size_t f = 0; f < features->set->n; f++) {
    const gy_feature *feature = &features->set->items[f];
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

static size_t width(gy_type type) { return gy_feature_type_bytes(type); }

void assert_same_bytes(const gy_customer_features *a, const gy_customer_features *b, const char *label) {
  cr_assert_eq(a->n_customers, b->n_customers, "%s", label);
  cr_assert_eq(a->kept_orders, b->kept_orders, "%s: kept orders", label);
  cr_assert_eq(a->kept_lines, b->kept_lines, "%s: kept lines", label);
  cr_assert_eq(a->kept_amount, b->kept_amount, "%s: kept amount", label);
  cr_assert_eq(a->duplicate_lines, b->duplicate_lines, "%s: duplicates", label);
  cr_assert_eq(a->as_of_us, b->as_of_us, "%s: as-of", label);
  cr_assert_eq(memcmp(&a->duplicates, &b->duplicates, sizeof a->duplicates), 0, "%s: duplicates by flags",
               label);
  cr_assert_eq(memcmp(a->lines.rows, b->lines.rows, sizeof a->lines.rows), 0, "%s: rows by flags", label);
  size_t n = a->n_customers;
  if (a->ids != NULL) {
    cr_assert_eq(memcmp(a->ids, b->ids, n * sizeof *a->ids), 0, "%s: ids", label);
  } else {
    for (size_t i = 0; i < n; i++) {
      const gy_text *x = &a->text_ids[i], *y = &b->text_ids[i];
      cr_assert(x->length == y->length && memcmp(x->data, y->data, x->length) == 0, "%s: id of %zu", label,
                i);
    }
  }
  for (size_t f = 0; f < a->set->n; f++) {
    cr_assert_eq(a->columns[f] == NULL, b->columns[f] == NULL);
    if (a->columns[f] == NULL || n == 0) continue;
    cr_assert_eq(memcmp(a->columns[f], b->columns[f], n * width(a->set->items[f].type)), 0, "%s: %s", label,
                 a->set->items[f].name);
  }
}

int64_t total_of(const gy_customer_features *features, gy_feature_id id) {
  int64_t total = 0;
  for (size_t i = 0; i < features->n_customers; i++) {
    total += features->set->items[id].type == GY_TYPE_INT32 ? ((const int32_t *)features->columns[id])[i]
                                                            : ((const int64_t *)features->columns[id])[i];
  }
  return total;
}

const char *data_file(const char *name) {
  static char path[1024];
  const char *folder = getenv("GYEOL_DATA");
  snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "../shared/data", name);
  if (access(path, R_OK) != 0) cr_skip_test("%s is not there", path);
  return path;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Contracts, patterns, repairs and hashes of files when memory is spent, at every allocation in turn: one
 * sentence, nothing left behind. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/content_hash.h"
#include "data/contract_check.h"
#include "study/repairs.h"
#include "support/alloc_fail.h"

static char path[64];

static void write_file(const char *text) {
  snprintf(path, sizeof path, "/tmp/gyeol-memory-%d.csv", (int)getpid());
  FILE *file = fopen(path, "w");
  cr_assert_not_null(file);
  fputs(text, file);
  fclose(file);
}

static void remove_file(void) {
  if (path[0] != '\0') unlink(path);
}

TestSuite(sources_memory, .fini = remove_file, .timeout = 120);

static gy_status match(void *user, gy_error *err) {
  (void)user;
  gy_pattern *pattern = NULL;
  gy_status status = gy_pattern_create("[A-Z]\\d{5}|가+", &pattern, err);
  if (status != GY_OK) return status;
  gy_pattern_matcher *matcher = gy_pattern_matcher_create(pattern);
  if (matcher == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for a pattern");
  if (status == GY_OK) cr_assert_eq(gy_pattern_match(matcher, "A12345", 6), GY_PATTERN_YES);
  if (status == GY_OK) cr_assert_eq(gy_pattern_match(matcher, "A1234", 5), GY_PATTERN_NO);
  gy_pattern_matcher_destroy(matcher);
  gy_pattern_destroy(pattern);
  return status;
}

Test(sources_memory, patterns) { cr_expect_geq(alloc_fail_each("a pattern", match, NULL), 2); }

static gy_status read_repairs(void *user, gy_error *err) {
  json_t *repairs = NULL;
  gy_status status = gy_repairs_read(path, user != NULL, &repairs, err);
  if (status == GY_OK) cr_assert_eq(json_object_size(repairs), 2);
  if (status == GY_OK) json_decref(repairs);
  return status;
}

Test(sources_memory, repairs) {
  write_file("gyeol_id,order,region\n0123456789abcdef,1,서울\nfedcba9876543210,2,\"a \"\"b\"\"\nc\"\n");
  cr_expect_geq(alloc_fail_each("repairs", read_repairs, NULL), 5);
}

static gy_status hash_file(void *user, gy_error *err) {
  char prefix[GY_CONTENT_HASH_CHARS + 1], whole[GY_CONTENT_HASH_CHARS + 1];
  return gy_content_hash_file(path, 3, 10, user, prefix, whole, err);
}

Test(sources_memory, hashes) {
  gy_task task = {.n_threads = 2};
  write_file("0123456789abcdef");
  cr_expect_geq(alloc_fail_each("a file's hash", hash_file, &task), 3);
}

typedef struct {
  gy_engine *engine;
  gy_project_config config;
  gy_zone *zone;
} checked;

static gy_status check(void *user, gy_error *err) {
  checked *c = user;
  static const char *const RELATIONS[] = {"source_lines"};
  gy_contract_result result = {0};
  gy_task task = {.n_threads = 1};
  gy_contract_source source = {.project = &c->config,
                               .source = &c->config.sources[0],
                               .relation = "source_lines",
                               .relations = RELATIONS,
                               .zone = c->zone,
                               .n_read = 5000,
                               .last_read = 5000};
  gy_status status = gy_contracts_check(c->engine, &source, &task, &result, err);
  if (status == GY_OK) cr_assert_gt(result.n_moves, 0);
  if (status == GY_OK) gy_contract_result_clear(&result);
  return status;
}

Test(sources_memory, contracts) {
  static const char YAML[] =
      "sources:\n  - name: lines\n    target: order_items\n    files: [a.csv]\n"
      "    columns: {o: order, c: customer, when: time, code: attribute}\n"
      "    contracts:\n      - {rule: required, column: c, severity: quarantine}\n"
      "      - {rule: pattern, column: code, pattern: \"A\\\\d+\", severity: quarantine}\n"
      "      - {rule: set, column: code, values: [A1, A2, B3]}\n"
      "      - {rule: range, column: c, min: 3, severity: quarantine}\n"
      "      - {rule: unique, column: code}\n      - {rule: unique, column: o}\n";
  checked c = {0};
  gy_error err = {0};
  cr_assert_eq(gy_engine_open(&(gy_engine_options){.n_threads = 1}, &c.engine, &err), GY_OK);
  cr_assert_eq(gy_zone_load("Asia/Seoul", &c.zone, &err), GY_OK);
  cr_assert_eq(
      gy_engine_execute(c.engine,
                        "CREATE TABLE source_lines AS SELECT i + 1 AS row_no, i AS order_id, CASE WHEN i % 9 "
                        "= 1 THEN NULL ELSE i % 50 END AS customer_id, TIMESTAMP '2024-01-01' AS ordered_at, "
                        "chr(CAST(65 + i % 3 AS INTEGER)) || i % 700 AS code FROM range(5000) AS t(i)",
                        NULL, 0, NULL, NULL, NULL, &err),
      GY_OK, "%s", err.text);
  cr_assert_eq(gy_project_config_parse(YAML, strlen(YAML), "t.yaml", &c.config, &err), GY_OK, "%s", err.text);
  cr_expect_geq(alloc_fail_each("contracts", check, &c), 20);
  gy_project_config_clear(&c.config);
  gy_zone_destroy(c.zone);
  gy_engine_close(c.engine);
}

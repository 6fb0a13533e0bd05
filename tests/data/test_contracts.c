/* SPDX-License-Identifier: Apache-2.0
 *
 * Every rule of contracts on rows that keep it and rows that break it, compared with what SQL says of the
 * same rows; thresholds; keys by bit map and by SQL; patterns that would not end. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "data/contract_check.h"
#include "data/contract_hashes.h"

static void run(gy_engine *engine, const char *sql) {
  gy_error err = {0};
  cr_assert_eq(gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, &err), GY_OK, "%s\n%s", err.text,
               sql);
}

typedef struct {
  gy_engine *engine;
  gy_zone *zone;
  gy_project_config config;
  gy_contract_result result;
  gy_error err;
  int64_t now_us;
  int64_t last_read;
  const char *duplicates; /* of the lines; NULL: none are put aside */
} fixture;

/* 3,000 rows; a hundred customers known elsewhere, of whom numbers 1..90 are. */
static const char ROWS[] =
    "CREATE TABLE source_lines AS SELECT i + 1 AS row_no, CAST(i AS BIGINT) AS order_id, "
    "CAST(CASE WHEN i % 10 = 3 THEN NULL ELSE i % 100 END AS BIGINT) AS customer_id, "
    "TIMESTAMP '2024-01-01 00:00:00' + to_minutes(i) AS ordered_at, "
    "CAST((i % 40) / 4.0 - 1 AS DECIMAL(18, 4)) AS quantity, "
    "CASE WHEN i % 7 = 0 THEN NULL WHEN i % 11 = 0 THEN '' || i WHEN i % 13 = 0 THEN '가나' || i "
    "ELSE 'A' || lpad(CAST(i % 500 AS VARCHAR), 5, '0') END AS code, "
    "['서울', '부산', 'Jeju', 'n/a'][1 + i % 4] AS region, "
    "CASE i % 5 WHEN 0 THEN '12' WHEN 1 THEN '1,234.5' WHEN 2 THEN '2024-02-30' WHEN 3 THEN 'yes' ELSE "
    "'2024-02-28' END AS mixed FROM range(3000) AS t(i);"
    "CREATE TABLE source_people AS SELECT CAST(i AS BIGINT) AS customer_id, 'A' || lpad(CAST(i AS VARCHAR), "
    "5, '0') "
    "AS code, i * 1000000007 AS wide FROM range(1, 91) AS t(i)";

static void open_rows(fixture *f) {
  *f = (fixture){.last_read = -1};
  cr_assert_eq(gy_engine_open(&(gy_engine_options){.n_threads = 2}, &f->engine, &f->err), GY_OK);
  cr_assert_eq(gy_zone_load("Asia/Seoul", &f->zone, &f->err), GY_OK);
  f->now_us = INT64_C(1704800000000000); /* 2024-01-09 */
  run(f->engine, ROWS);
}

static void close_rows(fixture *f) {
  gy_engine_close(f->engine);
  gy_zone_destroy(f->zone);
}

/* Checks one contract given as YAML. */
static gy_status check(fixture *f, const char *contract) {
  static const char HEAD[] =
      "sources:\n"
      "  - {name: people, target: customers, files: [p.csv], columns: {id: customer, code: attribute, wide: "
      "attribute}}\n"
      "  - name: lines\n    target: order_items\n    files: [a.csv]\n    columns: {주문: order, id: "
      "customer, when: time, "
      "qty: quantity, code: attribute, region: attribute, mixed: attribute, gone: ignore}\n";
  char text[4096];
  snprintf(text, sizeof text, "%s%s%s    contracts:\n      - %s\n", HEAD,
           f->duplicates != NULL ? "    duplicates: " : "", f->duplicates != NULL ? f->duplicates : "",
           contract);
  gy_project_config_clear(&f->config);
  gy_contract_result_clear(&f->result);
  f->err = (gy_error){0};
  gy_status status = gy_project_config_parse(text, strlen(text), "t.yaml", &f->config, &f->err);
  if (status != GY_OK) return status;
  /* the columns of the table are named by target; these attributes have their own names in it */
  static const char *const RELATIONS[] = {"source_people", "source_lines"};
  gy_contract_source source = {.project = &f->config,
                               .source = &f->config.sources[1],
                               .relation = "source_lines",
                               .relations = RELATIONS,
                               .zone = f->zone,
                               .now_us = f->now_us,
                               .n_read = 3000,
                               .last_read = f->last_read};
  return gy_contracts_check(f->engine, &source, NULL, &f->result, &f->err);
}

static void clear(fixture *f) {
  gy_contract_result_clear(&f->result);
  gy_project_config_clear(&f->config);
}

static const struct {
  const char *contract;
  const char *failing; /* SQL condition of the rows that fail; NULL: none may */
} RULES[] = {
    {"{rule: required, column: order}", NULL},
    {"{rule: required, column: id}", "customer_id IS NULL"},
    {"{rule: required, column: code}", "code IS NULL"},
    {"{rule: type, column: qty, type: integer}", "quantity <> trunc(quantity)"},
    {"{rule: type, column: qty, type: number}", NULL},
    {"{rule: type, column: when, type: time}", NULL},
    {"{rule: type, column: mixed, type: number}", "mixed NOT IN ('12', '1,234.5')"},
    {"{rule: type, column: mixed, type: integer}", "mixed <> '12'"},
    {"{rule: type, column: mixed, type: bool}", "mixed <> 'yes'"},
    {"{rule: type, column: mixed, type: time}", "mixed <> '2024-02-28'"},
    {"{rule: range, column: qty, min: -1, max: 8.75}", NULL},
    {"{rule: range, column: quantity, min: 0, max: 5.5}", "quantity < 0 OR quantity > 5.5"},
    {"{rule: range, column: quantity, min: 0.25}", "quantity < 0.25"},
    {"{rule: range, column: customer, max: 40.5}", "customer_id > 40"},
    {"{rule: range, column: customer, min: 40.5}", "customer_id < 41"},
    {"{rule: range, column: mixed, min: 100, max: 2000}", "mixed <> '1,234.5'"},
    {"{rule: set, column: region, values: [서울, 부산, Jeju]}", "region = 'n/a'"},
    {"{rule: set, column: region, values: [서, 서울시, Je, jeju]}", "true"},
    {"{rule: set, column: qty, values: [0, 1.5, \"7.0\"]}", "quantity NOT IN (0, 1.5)"},
    {"{rule: set, column: id, values: [1, 2, 4]}", "customer_id NOT IN (1, 2, 4)"},
    {"{rule: pattern, column: code, pattern: \"A\\\\d{5}\"}", "NOT regexp_full_match(code, 'A[0-9]{5}')"},
    {"{rule: pattern, column: code, pattern: \"^A\"}", "NOT starts_with(code, 'A')"},
    {"{rule: pattern, column: code, pattern: \"7$\"}", "NOT ends_with(code, '7')"},
    {"{rule: pattern, column: code, pattern: \"\\\\p{Hangul}{2}\\\\d+|A.*|\\\\d*\"}", NULL},
    {"{rule: pattern, column: id, pattern: \"[1-9]?[0-9]\"}", NULL},
    {"{rule: pattern, column: id, pattern: \"[1-9][0-9]\"}", "customer_id < 10"},
    {"{rule: pattern, column: qty, pattern: \"-?\\\\d+\"}", "quantity <> trunc(quantity)"},
    {"{rule: window, column: when, from: 2024-01-01 09:00:00, to: now}", NULL},
    {"{rule: window, column: when, from: 2024-01-02, to: 2024-01-02}",
     "ordered_at < '2024-01-01 15:00:00' OR ordered_at >= '2024-01-02 15:00:00'"},
    {"{rule: window, column: mixed, from: 2024-02-28, to: 2024-02-28}", "mixed <> '2024-02-28'"},
    {"{rule: foreign_key, column: customer, references: people.customer}",
     "NOT customer_id BETWEEN 1 AND 90"},
    {"{rule: foreign_key, column: order, references: people.wide}",
     "order_id NOT IN (SELECT wide FROM source_people)"},
    {"{rule: foreign_key, column: code, references: people.code}",
     "code NOT IN (SELECT code FROM source_people)"},
    {"{rule: foreign_key, column: code, references: people.customer}",
     "code NOT IN (SELECT CAST(customer_id AS VARCHAR) FROM source_people)"},
    {"{rule: unique, column: order}", NULL},
    {"{rule: unique, columns: [order, when, code]}", NULL},
    {"{rule: unique, column: id}", "customer_id IS NOT NULL AND row_no > 100"},
    {"{rule: unique, column: code}",
     "code IS NOT NULL AND row_no <> (SELECT min(row_no) FROM source_lines AS o "
     "WHERE o.code = source_lines.code)"},
    {"{rule: unique, columns: [customer, region]}",
     "customer_id IS NOT NULL AND row_no <> (SELECT min(row_no) FROM source_lines AS o WHERE o.customer_id = "
     "source_lines.customer_id AND o.region = source_lines.region)"},
};

/* Marks each row that the result moves. */
static void expect_moves(fixture *f, const char *contract, const char *failing) {
  char sql[1024];
  snprintf(sql, sizeof sql, "SELECT row_no FROM source_lines WHERE coalesce(%s, false) ORDER BY row_no",
           failing);
  gy_result *rows = NULL;
  gy_chunk chunk;
  size_t n = 0;
  cr_assert_eq(gy_engine_query(f->engine, sql, NULL, 0, NULL, &rows, &f->err), GY_OK, "%s", f->err.text);
  while (gy_result_next(rows, &chunk, &f->err) == GY_OK && chunk.n_rows > 0) {
    for (size_t row = 0; row < chunk.n_rows; row++, n++) {
      int64_t row_no = ((const int64_t *)chunk.columns[0].data)[row];
      cr_assert_lt(n, f->result.n_moves, "%s: row %lld does not move", contract, (long long)row_no);
      cr_assert_eq(f->result.moves[n].row_no, row_no, "%s: row %lld, not %lld", contract,
                   (long long)f->result.moves[n].row_no, (long long)row_no);
      if (n < CONTRACT_EXAMPLES)
        cr_assert_eq(f->result.outcomes[0].examples[n].row_no, row_no, "%s", contract);
    }
  }
  gy_result_destroy(rows);
  cr_assert_eq(n, f->result.n_moves, "%s moves %zu rows, not %zu", contract, f->result.n_moves, n);
  cr_assert_eq(f->result.outcomes[0].n_failed, n, "%s", contract);
}

Test(contracts, every_rule_finds_the_rows_that_sql_finds) {
  fixture f;
  open_rows(&f);
  for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++) {
    char moving[512];
    snprintf(moving, sizeof moving, "%.*s, severity: quarantine}", (int)strlen(RULES[i].contract) - 1,
             RULES[i].contract);
    cr_assert_eq(check(&f, moving), GY_OK, "%s: %s", moving, f.err.text);
    cr_assert_eq(f.result.n_rows, 3000);
    expect_moves(&f, moving, RULES[i].failing != NULL ? RULES[i].failing : "false");
    bool any = f.result.n_moves > 0;
    cr_expect_eq(f.result.verdict, any ? GY_VERDICT_QUARANTINE : GY_VERDICT_PASS, "%s", moving);
    uint64_t n_failed = f.result.outcomes[0].n_failed;
    cr_assert_eq(check(&f, RULES[i].contract), GY_OK, "%s", f.err.text);
    cr_expect_eq(f.result.outcomes[0].n_failed, n_failed, "%s", RULES[i].contract);
    cr_expect_eq(f.result.verdict, any ? GY_VERDICT_WARN : GY_VERDICT_PASS, "%s", RULES[i].contract);
    cr_expect_eq(f.result.n_moves, 0);
  }
  clear(&f);
  close_rows(&f);
}

Test(contracts, verdicts_follow_severity_and_threshold) {
  static const struct {
    const char *severity;
    gy_contract_verdict verdict;
  } CASES[] = {{"severity: warn", GY_VERDICT_WARN}, /* 300 of 3,000 rows fail */
               {"severity: warn, threshold: 10%", GY_VERDICT_WARN},
               {"severity: warn, threshold: 9.9%", GY_VERDICT_STOP},
               {"severity: warn, threshold: 299", GY_VERDICT_STOP},
               {"severity: warn, threshold: 300", GY_VERDICT_WARN},
               {"severity: quarantine, threshold: 300", GY_VERDICT_QUARANTINE},
               {"severity: quarantine, threshold: 0", GY_VERDICT_STOP},
               {"severity: stop", GY_VERDICT_STOP},
               {"severity: stop, threshold: 10.0%", GY_VERDICT_WARN},
               {"severity: stop, threshold: 5%", GY_VERDICT_STOP}};
  fixture f;
  open_rows(&f);
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char contract[256];
    snprintf(contract, sizeof contract, "{rule: required, column: id, %s}", CASES[i].severity);
    cr_assert_eq(check(&f, contract), GY_OK, "%s", f.err.text);
    cr_expect_eq(f.result.verdict, CASES[i].verdict, "%s gives %s", contract,
                 gy_contract_verdict_name(f.result.verdict));
  }
  clear(&f);
  close_rows(&f);
}

Test(contracts, the_source_as_a_whole) {
  static const struct {
    const char *contract;
    int64_t last_read;
    gy_contract_verdict verdict;
  } CASES[] = {
      {"{rule: fresh, column: when, days: 7}", -1, GY_VERDICT_PASS}, /* the newest is of January 3 */
      {"{rule: fresh, column: when, days: 6}", -1, GY_VERDICT_WARN},
      {"{rule: fresh, column: when, days: 6, severity: stop}", -1, GY_VERDICT_STOP},
      {"{rule: fresh, column: mixed, days: 1}", -1, GY_VERDICT_PASS},
      {"{rule: row_change, percent: 10%, severity: stop}", -1, GY_VERDICT_PASS},
      {"{rule: row_change, percent: 10%, severity: stop}", 3100, GY_VERDICT_PASS},
      {"{rule: row_change, percent: 10%, severity: stop}", 2700, GY_VERDICT_STOP},
      {"{rule: row_change, percent: 10, severity: stop}", 3400, GY_VERDICT_STOP},
      {"{rule: row_change, percent: 10%}", 6000, GY_VERDICT_WARN},
  };
  fixture f;
  open_rows(&f);
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    f.last_read = CASES[i].last_read;
    cr_assert_eq(check(&f, CASES[i].contract), GY_OK, "%s", f.err.text);
    cr_expect_eq(f.result.verdict, CASES[i].verdict, "%s after %lld rows gives %s", CASES[i].contract,
                 (long long)CASES[i].last_read, gy_contract_verdict_name(f.result.verdict));
  }
  clear(&f);
  close_rows(&f);
}

/* Fifty rows come twice, twenty of them once more with another quantity. */
Test(contracts, rows_that_are_put_aside_as_duplicates_are_no_doubles) {
  static const char THIRD[] = "row_no >= 20000";
  static const struct {
    const char *duplicates, *contract, *failing;
  } CASES[] = {
      {NULL, "{rule: unique, column: order, severity: quarantine}", "row_no >= 10000"},
      {"{exact: drop}\n", "{rule: unique, column: order, severity: quarantine}", THIRD},
      {"{exact: drop}\n", "{rule: unique, columns: [order, when], severity: quarantine}", THIRD},
      {"{exact: drop}\n", "{rule: unique, columns: [order, qty], severity: quarantine}", NULL},
      {"{key: [order]}\n", "{rule: unique, column: order, severity: quarantine}", NULL},
      {"{key: [order]}\n", "{rule: unique, columns: [when, order], severity: quarantine}", NULL},
      {"{key: [order, qty]}\n", "{rule: unique, column: order, severity: quarantine}", "row_no >= 10000"},
      {"{exact: drop, key: [order, qty]}\n", "{rule: unique, column: order, severity: quarantine}", THIRD},
  };
  fixture f;
  open_rows(&f);
  run(f.engine,
      "INSERT INTO source_lines SELECT row_no + 10000, * EXCLUDE (row_no) FROM source_lines WHERE "
      "order_id < 50; INSERT INTO source_lines SELECT row_no + 20000, order_id, customer_id, "
      "ordered_at, quantity + 100, code, region, mixed FROM source_lines WHERE row_no <= 20");
  int64_t n = 0;
  cr_assert_eq(gy_engine_int64(f.engine, "SELECT count(*) FROM source_lines WHERE row_no > 10000", NULL, 0,
                               &n, &f.err),
               GY_OK);
  cr_assert_eq(n, 70);
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    f.duplicates = CASES[i].duplicates;
    cr_assert_eq(check(&f, CASES[i].contract), GY_OK, "%s: %s", CASES[i].contract, f.err.text);
    expect_moves(&f, CASES[i].contract, CASES[i].failing != NULL ? CASES[i].failing : "false");
  }
  clear(&f);
  close_rows(&f);
}

Test(contracts, a_pattern_that_would_not_end_is_refused) {
  fixture f;
  open_rows(&f);
  run(f.engine,
      "UPDATE source_lines SET code = repeat('a', 30 + CAST(row_no % 7 AS INTEGER)) || row_no || '!'");
  cr_assert_eq(check(&f, "{rule: pattern, column: code, pattern: \"(a|a)*(a+)+[x-z]\"}"), GY_ECONFIG);
  cr_assert_not_null(strstr(f.err.text, "too many steps"), "%s", f.err.text);
  clear(&f);
  close_rows(&f);
}

Test(contracts, mistakes_name_line_and_what_was_meant) {
  static const struct {
    const char *contract, *sentence;
  } CASES[] = {
      {"{rule: required, column: custmer}",
       "t.yaml:8: contract on source 'lines': there is no column or role 'custmer'; "
       "did you mean 'customer'?"},
      {"{rule: required, column: gone}", "t.yaml:8: column 'gone' is ignored"},
      {"{rule: requird, column: id}", "rule cannot be 'requird'; did you mean 'required'?"},
      {"{rule: range, column: qty}", "t.yaml:8: a contract of rule range needs 'min' or 'max'"},
      {"{rule: range, column: qty, min: 2, max: 1}", "max 1 is below min 2"},
      {"{rule: range, column: when, min: 2}", "rule range is not for times; use window for 'when'"},
      {"{rule: set, column: qty}", "needs 'values'"},
      {"{rule: set, column: region, values: []}", "values is empty"},
      {"{rule: pattern, column: code, pattern: \"A(\"}",
       "pattern 'A(' cannot be read at character 3: missing"},
      {"{rule: unique}", "needs 'column' or 'columns'"},
      {"{rule: foreign_key, column: id, references: peple.customer}",
       "names no source; write SOURCE.COLUMN; did you "
       "mean 'people'?"},
      {"{rule: foreign_key, column: id, references: people.cod}",
       "has no column 'cod' that is read; did you mean 'code'?"},
      {"{rule: window, column: qty, from: now}", "rule window is for times, and 'qty' is the quantity"},
      {"{rule: window, column: when, from: soon}", "from 'soon' is no date"},
      {"{rule: fresh, column: when, days: 0}", "days must lie between 1 and 36500"},
      {"{rule: fresh, column: when, days: 3, severity: quarantine}", "no row can be moved for it"},
      {"{rule: row_change, percent: many}", "percent 'many' is no number above 0"},
      {"{rule: required, column: id, threshold: 101%}", "threshold '101%' is neither"},
      {"{rule: required, column: id, min: 3}", "a contract of rule required takes no 'min'"},
      {"{rule: required, column: id, name: a}\n      - {rule: required, column: id, name: a}",
       "two contracts of source 'lines' are named 'a'"},
  };
  fixture f;
  open_rows(&f);
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    cr_expect_eq(check(&f, CASES[i].contract), GY_ECONFIG, "%s is taken", CASES[i].contract);
    cr_expect_not_null(strstr(f.err.text, CASES[i].sentence), "%s: %s", CASES[i].contract, f.err.text);
    cr_expect_eq(strncmp(f.err.text, "t.yaml:", 7), 0, "%s: %s", CASES[i].contract, f.err.text);
  }
  clear(&f);
  close_rows(&f);
}

/* ---- keys that no bit map holds ---- */

static bool hashes_differ(uint64_t n, uint64_t repeats, size_t most_bytes, int n_threads) {
  gy_error err = {0};
  contract_hashes *hashes = NULL;
  contract_hash_buffer *buffers[2] = {NULL};
  cr_assert_eq(contract_hashes_create(most_bytes, &hashes, &err), GY_OK, "%s", err.text);
  for (int b = 0; b < 2; b++) cr_assert_eq(contract_hash_buffer_create(hashes, &buffers[b], &err), GY_OK);
  for (uint64_t i = 0; i < n + (repeats > 0); i++) {
    char text[32];
    int length = snprintf(text, sizeof text, "K%llu", (unsigned long long)(i < n ? i : repeats - 1));
    contract_hash_buffer_add(buffers[i % 2], text, (size_t)length);
  }
  for (int b = 0; b < 2; b++) contract_hash_buffer_close(buffers[b]);
  bool differ = false;
  cr_assert_eq(contract_hashes_all_differ(hashes, n_threads, &differ, &err), GY_OK, "%s", err.text);
  contract_hashes_destroy(hashes);
  return differ;
}

Test(contracts, hashes_tell_keys_from_others) {
  static const uint64_t SIZES[] = {0, 1, 2, 31, 32, 33, 1000, 70000, 300000};
  gy_rng rng;
  gy_rng_init(&rng, 7, 7);
  for (size_t s = 0; s < sizeof SIZES / sizeof *SIZES; s++) {
    for (int threads = 1; threads <= 2; threads++) {
      cr_expect(hashes_differ(SIZES[s], 0, SIZE_MAX, threads), "%llu different values",
                (unsigned long long)SIZES[s]);
      for (int i = 0; i < 3 && SIZES[s] > 0; i++)
        cr_expect_not(hashes_differ(SIZES[s], 1 + gy_rng_below(&rng, SIZES[s]), SIZE_MAX, threads),
                      "%llu values, one twice", (unsigned long long)SIZES[s]);
    }
  }
  cr_expect_not(hashes_differ(70000, 0, 100000, 2), "where they do not fit nothing is known");
  cr_expect_not(hashes_differ(1, 0, 0, 1));
}

/* Texts, UUIDs and integers far apart, first all different, then one of them twice and one missing. */
Test(contracts, keys_without_a_bit_map) {
  static const char *const KEYS[] = {"'K' || i", "CAST(md5('' || i) AS UUID)",
                                     "CAST(i AS BIGINT) * 3000000019 * 1000003"};
  for (size_t k = 0; k < sizeof KEYS / sizeof *KEYS; k++) {
    for (int twice = 0; twice < 2; twice++) {
      fixture f;
      char sql[1024];
      open_rows(&f);
      snprintf(sql, sizeof sql,
               "CREATE OR REPLACE TABLE source_lines AS SELECT * REPLACE (CASE WHEN row_no = 11 THEN NULL "
               "ELSE (SELECT %s "
               "FROM (SELECT CASE WHEN %d = 1 AND row_no = 2900 THEN 77 ELSE row_no END AS i)) END AS code) "
               "FROM source_lines",
               KEYS[k], twice);
      run(f.engine, sql);
      static const char CONTRACT[] = "{rule: unique, column: code, severity: quarantine}";
      cr_assert_eq(check(&f, CONTRACT), GY_OK, "%s", f.err.text);
      expect_moves(&f, KEYS[k], twice ? "row_no = 2900" : "false");
      clear(&f);
      close_rows(&f);
    }
  }
}

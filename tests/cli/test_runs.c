/* SPDX-License-Identifier: Apache-2.0
 *
 * What a second run does: nothing where nothing changed, and after a change exactly what depends on it.
 * And what a run may not depend on: threads, the order of lines, the format of an export. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "project_fixture.h"

TestSuite(runs, .fini = workspace_remove, .timeout = 300);

/* One letter a step in the order of the run: k kept, r ran. */
static const char *states_of(const json_t *manifest) {
  static char states[32];
  size_t i, n = 0;
  json_t *step;
  json_array_foreach(json_object_get(manifest, "steps"), i, step) {
    if (n + 1 < sizeof states) states[n++] = text_of(step, "state")[0];
  }
  states[n] = '\0';
  return states;
}

static void expect_states(const char *what, const char *options, const char *states) {
  json_t *manifest = project_run("shop", options);
  cr_expect_str_eq(states_of(manifest), states, "%s: steps %s, expected %s", what, states_of(manifest),
                   states);
  json_decref(manifest);
}

static void make_shop(int lines) {
  write_small_shop(in_workspace("orders.csv"), lines, 1);
  project_make("shop", "orders.csv");
}

static void set_store_version(int version) {
  gy_engine *engine = NULL;
  gy_error err = {0};
  char sql[160];
  gy_engine_options options = {.path = in_workspace("shop/.gyeol/store.duckdb"), .n_threads = 1};
  snprintf(sql, sizeof sql, "DELETE FROM store_migrations; INSERT INTO store_migrations VALUES (%d, now())",
           version);
  cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, &err), GY_OK, "%s", err.text);
  gy_engine_close(engine);
}

Test(runs, a_store_of_another_version_is_named_and_an_older_one_brought_up_to_date) {
  make_shop(2000);
  json_decref(project_run("shop", ""));
  set_store_version(1);
  process_result older = run_gyeol("rejects list shop");
  cr_expect_eq(older.exit_code, 2, "%d", older.exit_code);
  cr_expect_not_null(strstr(older.err, "older gyeol; bring it up to date with: gyeol run shop"), "%s",
                     older.err);
  json_decref(project_run("shop", ""));
  process_result now = gyeol_ok("rejects list shop");
  set_store_version(99);
  process_result newer = run_gyeol("rejects list shop");
  cr_expect_eq(newer.exit_code, 1, "%d", newer.exit_code);
  cr_expect_not_null(strstr(newer.err, "newer gyeol (store version 99"), "%s", newer.err);
  process_clear(&older);
  process_clear(&now);
  process_clear(&newer);
}

Test(runs, an_unchanged_run_does_nothing_and_says_so) {
  make_shop(50000);
  json_t *first = project_run("shop", "");
  cr_expect_str_eq(states_of(first), "rrrrrrr");
  process_result again = gyeol_ok("run shop --json");
  cr_expect_str_eq(states_of(again.json), "kkkkkkk");
  cr_expect(json_is_false(json_object_get(again.json, "changed")));
  cr_expect_not_null(strstr(text_of(again.json, "reason"), "no file and no setting changed since"), "%s",
                     text_of(again.json, "reason"));
  static const char *const SAME[] = {"run",     "as_of",    "customers", "orders", "revenue",
                                     "sources", "segments", "clusters",  "report"};
  for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++)
    cr_expect(json_equal(json_object_get(first, SAME[i]), json_object_get(again.json, SAME[i])), "%s",
              SAME[i]);
  fprintf(stderr, "an unchanged run of 50,000 lines: %.3f s\n", again.seconds);
  cr_expect_lt(again.seconds, 5.0, "an unchanged run took %.3f s", again.seconds);
  process_clear(&again);
  process_result runs = gyeol_ok("runs shop --json");
  cr_expect_eq(json_array_size(json_object_get(runs.json, "runs")), 1, "%s", runs.out);
  process_clear(&runs);
  /* Nor does it matter how the project is called, or where its folder lies beside what it reads. */
  process_result called = gyeol_ok("run -C shop/../shop --json");
  cr_expect_str_eq(states_of(called.json), "kkkkkkk");
  process_clear(&called);
  json_decref(first);
}

Test(runs, a_setting_runs_what_depends_on_it) {
  make_shop(6000);
  expect_states("first", "", "rrrrrrr");
  static const struct {
    const char *from, *to, *states; /* import, features, rfm, clusters, profiles, trends, report */
  } CASES[] = {
      {"name: shop", "name: laden", "kkkkkkr"},
      {"language: en", "language: ko", "kkkkkkr"},
      {"currency: KRW", "currency: USD", "kkkkkkr"},
      {"top_products: 10", "top_products: 5", "kkkkrrr"},
      {"cohort_months: 12", "cohort_months: 6", "kkkkrrr"},
      {"method: quintile", "method: weighted", "kkrkrkr"},
      {"  k: auto", "  k: 3", "kkkrrkr"},
      {"seed: 1", "seed: 2", "kkkrrkr"},
      {"windows_days: [30, 90, 365]", "windows_days: [60]", "krrrrrr"},
      {"returns: exclude", "returns: net", "krrrrrr"},
      {"duplicates: keep", "duplicates: drop", "krrrrrr"},
      {"as_of: auto", "as_of: 2024-12-01", "krrrrrr"},
      {"timezone: Asia/Seoul", "timezone: Europe/Berlin", "rrrrrrr"},
      {"quantity: quantity", "quantity: attribute", "rrrrrrr"},
      {"# A gyeol project", "# A remark\n# A gyeol project", "kkkkkkk"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    project_set("shop", CASES[i].from, CASES[i].to);
    expect_states(CASES[i].to, "", CASES[i].states);
    expect_states("again", "", "kkkkkkk");
  }
}

Test(runs, an_option_stands_in_for_a_setting) {
  make_shop(6000);
  expect_states("first", "", "rrrrrrr");
  expect_states("as-of", "--as-of 2024-10-01", "krrrrrr");
  expect_states("as-of again", "--as-of 2024-10-01", "kkkkkkk");
  expect_states("back", "", "krrrrrr");
  expect_states("seed", "--seed 9", "kkkrrkr");
  expect_states("back", "", "kkkrrkr");
  expect_states("zone", "--tz UTC", "rrrrrrr");
  expect_states("back", "", "rrrrrrr");
  expect_states("force", "--force", "rrrrrrr");
  expect_states("until", "--until features --force", "rr");
  expect_states("rest", "", "kkkkkkk"); /* what was forced came out as before */
}

Test(runs, a_shorter_run_leaves_nothing_that_does_not_fit_together) {
  make_shop(6000);
  expect_states("first", "", "rrrrrrr");
  project_set("shop", "as_of: auto", "as_of: 2024-03-01");
  expect_states("until features", "--until features", "kr");
  static const char *const COMMANDS[] = {"segment list shop", "segment show Champions shop",
                                         "segment export Champions shop --out x.csv", "report shop"};
  for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++) {
    process_result result = run_gyeol("%s", COMMANDS[i]);
    cr_expect_eq(result.exit_code, 1, "%s: %d", COMMANDS[i], result.exit_code);
    cr_expect_not_null(strstr(result.err, "complete it with: gyeol run shop"), "%s: %s", COMMANDS[i],
                       result.err);
    process_clear(&result);
  }
  static const char *const WORKING[] = {"rejects list shop", "runs shop", "sql features shop",
                                        "sql rfm shop"};
  for (size_t i = 0; i < sizeof WORKING / sizeof *WORKING; i++) {
    process_result result = gyeol_ok("%s", WORKING[i]);
    process_clear(&result);
  }
  expect_states("rest", "", "kkrrrrr");
}

Test(runs, a_changed_file_runs_its_import_and_what_reads_it) {
  write_small_shop(in_workspace("orders.csv"), 6000, 1);
  char products[4096] = "product_id,product_name,category,brand\n";
  for (int i = 0; i < 40; i++)
    sprintf(products + strlen(products), "P%d,thing %d,C%d,B%d\n", i, i, i % 6, i % 3);
  write_text(in_workspace("products.csv"), products);
  project_make("shop", "orders.csv products.csv");
  json_t *first = project_run("shop", "");
  cr_assert_eq(json_array_size(json_object_get(first, "steps")), 8, "%s", states_of(first));
  bool orders_first = strstr(text_of(first, "steps.0.step"), "order") != NULL;
  strcat(products, "P40,a new thing,C1,B1\n");
  write_text(in_workspace("products.csv"), products);
  expect_states("one more product", "", orders_first ? "krrrrrrr" : "rkrrrrrr");
  char *orders = file_text(in_workspace("orders.csv"));
  char *more = NULL;
  cr_assert(asprintf(&more, "%s999999,101,2024-12-30 09:00:00,P1,C1,2,7.00\n", orders) > 0);
  write_text(in_workspace("orders.csv"), more);
  expect_states("one more order", "", orders_first ? "rkrrrrrr" : "krrrrrrr");
  json_t *last = project_run("shop", "");
  cr_expect_eq(int_of(last, "orders"), int_of(first, "orders") + 1);
  free(more);
  free(orders);
  json_decref(last);
  json_decref(first);
}

Test(runs, a_deleted_report_is_written_again) {
  make_shop(3000);
  json_t *first = project_run("shop", "");
  cr_assert_eq(remove(text_of(first, "report")), 0);
  expect_states("report deleted", "", "kkkkkkr");
  json_decref(first);
}

/* ---- what a run may not depend on ---- */

static void expect_same_results(const char *what, const json_t *expected, const json_t *customers,
                                const json_t *clusters, const json_t *manifest, const char *name) {
  static const char *const SAME[] = {"as_of", "customers", "orders",  "revenue",
                                     "rules", "segments",  "clusters"};
  for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++)
    cr_expect(json_equal(json_object_get(expected, SAME[i]), json_object_get(manifest, SAME[i])),
              "%s: %s differ", what, SAME[i]);
  json_t *now = project_customers(name, "rfm"), *clustered = project_customers(name, "cluster");
  cr_expect_eq(json_object_size(now), (size_t)int_of(manifest, "customers"));
  const char *id;
  json_t *customer;
  json_object_foreach(now, id, customer) {
    cr_expect(json_equal(customer, json_object_get(customers, id)), "%s: customer %s differs", what, id);
  }
  cr_expect(json_equal(clustered, clusters), "%s: clusters differ", what);
  json_decref(now);
  json_decref(clustered);
}

Test(runs, threads_and_line_order_change_nothing) {
  enum { LINES = 60000, STEP = 7919 }; /* coprime: every line is met once */
  write_small_shop(in_workspace("orders.csv"), LINES, 1);
  write_small_shop(in_workspace("shuffled.csv"), LINES, STEP);
  project_make("one", "orders.csv");
  project_make("two", "orders.csv");
  project_make("shuffled", "shuffled.csv");
  json_t *one = project_run("one", "--threads 1"), *two = project_run("two", "--threads 2"),
         *shuffled = project_run("shuffled", "--threads 2");
  json_t *customers = project_customers("one", "rfm"), *clusters = project_customers("one", "cluster");
  expect_same_results("two threads", one, customers, clusters, two, "two");
  expect_same_results("shuffled lines", one, customers, clusters, shuffled, "shuffled");
  process_result result = gyeol_ok("segment export Champions one --out one.csv");
  process_clear(&result);
  result = gyeol_ok("segment export Champions two --out two.csv");
  process_clear(&result);
  char *first = file_text(in_workspace("one.csv")), *second = file_text(in_workspace("two.csv"));
  cr_expect_str_eq(first, second);
  free(first);
  free(second);
  json_decref(one);
  json_decref(two);
  json_decref(shuffled);
  json_decref(customers);
  json_decref(clusters);
}

/* The customers of an exported file, as one text. */
static char *exported(gy_engine *engine, const char *reader, const char *file) {
  char sql[1024];
  snprintf(sql, sizeof sql,
           "SELECT string_agg(concat_ws(' ', customer_id::VARCHAR, recency_days::BIGINT, orders::BIGINT, "
           "monetary::DECIMAL(18, 4), recency_score::INT, cluster::INT), ';' ORDER BY customer_id::BIGINT) "
           "FROM %s('%s')",
           reader, in_workspace("%s", file));
  char *text = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_engine_text(engine, sql, NULL, 0, &text, &err), GY_OK, "%s: %s", file, err.text);
  return text;
}

Test(runs, export_formats_hold_the_same_customers) {
  make_shop(6000);
  expect_states("first", "", "rrrrrrr");
  static const struct {
    const char *file, *reader;
  } FORMATS[] = {{"e.csv", "read_csv"},
                 {"e.tsv", "read_csv"},
                 {"e.json", "read_json"},
                 {"e.ndjson", "read_json"},
                 {"e.parquet", "read_parquet"}};
  gy_engine_options options = {.n_threads = 1};
  gy_engine *engine = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s", err.text);
  char *expected = NULL;
  for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++) {
    process_result result = gyeol_ok("segment export 'At Risk' shop --out %s --json", FORMATS[i].file);
    cr_expect_gt(int_of(result.json, "customers"), 5);
    process_clear(&result);
    char *text = exported(engine, FORMATS[i].reader, FORMATS[i].file);
    if (expected != NULL) cr_expect_str_eq(text, expected, "%s", FORMATS[i].file);
    if (expected == NULL)
      expected = text;
    else
      free(text);
  }
  free(expected);
  gy_engine_close(engine);
  process_result result = run_gyeol("segment export 'At Risk' shop --out e.xls");
  cr_expect_eq(result.exit_code, 2, "%s", result.err);
  process_clear(&result);
  json_t *customers = project_customers("shop", "rfm");
  json_t *manifest = project_run("shop", "");
  cr_expect_eq((json_int_t)json_object_size(customers), int_of(manifest, "customers"));
  json_decref(customers);
  json_decref(manifest);
}

/* Appends the orders of customers 900000.. to a small shop. */
static void append_customers(const char *path, int n) {
  FILE *file = fopen(path, "a");
  cr_assert_not_null(file);
  for (int i = 0; i < n; i++)
    fprintf(file, "%d,%d,2024-11-%02d 10:00:00,P%d,C1,1,%d.50\n", 800000 + i, 900000 + i, 1 + i % 28, i % 40,
            5 + i % 9);
  fclose(file);
}

static const json_t *cluster_segment(const json_t *manifest, json_int_t number) {
  size_t i;
  json_t *segment;
  json_array_foreach(
      json_object_get(manifest, "segments"), i,
      segment) if (json_integer_value(json_object_get(segment, "cluster")) == number) return segment;
  return NULL;
}

Test(runs, clusters_keep_their_numbers_ids_and_names) {
  make_shop(50000);
  json_t *first = project_run("shop", "");
  cr_expect(json_is_null(json_at(first, "clusters.since_last")));
  append_customers(in_workspace("orders.csv"), 300);
  json_t *second = project_run("shop", "--seed 77");
  const json_t *since = json_at(second, "clusters.since_last");
  cr_expect_str_eq(text_of(since, "run"), text_of(first, "run"));
  json_int_t sum = 0;
  size_t i, j;
  json_t *row, *cell, *fate;
  json_array_foreach(json_object_get(since, "counts"), i, row) json_array_foreach(row, j, cell) sum +=
      json_integer_value(cell);
  cr_expect_eq(sum, int_of(second, "customers"), "%lld of %lld customers", (long long)sum,
               (long long)int_of(second, "customers"));
  cr_expect_eq(int_of(since, "both"), int_of(first, "customers"));
  size_t n_continue = 0;
  json_array_foreach(json_object_get(since, "after"), i, fate) {
    if (strcmp(text_of(fate, "change"), "continues") != 0) continue;
    const json_t *now = cluster_segment(second, int_of(fate, "cluster")),
                 *then = cluster_segment(first, int_of(fate, "other"));
    cr_expect_eq(int_of(now, "id"), int_of(then, "id"));
    cr_expect_str_eq(text_of(now, "name"), text_of(then, "name"));
    if (int_of(fate, "other") <= int_of(second, "clusters.k"))
      cr_expect_eq(int_of(fate, "cluster"), int_of(fate, "other"));
    n_continue++;
  }
  cr_expect_gt(n_continue, 0);
  json_decref(first);
  json_decref(second);
}

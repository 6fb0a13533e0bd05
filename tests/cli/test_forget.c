/* SPDX-License-Identifier: Apache-2.0
 *
 * Forgetting, by real processes: nothing of a person is left in any byte, figures of the past stay, and a
 * process that is killed anywhere leaves it either not begun or to be finished. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "support/byte_search.h"
#include "project_fixture.h"
#include "support/rounds.h"

TestSuite(forget, .fini = workspace_remove, .timeout = 400);

enum { LINES = 9000, CUSTOMERS = 300 };

/* Orders of customers cust-00000-zebra, ...; every 500th line cannot be read, every 700th is there twice. */
static void write_orders(void) {
  FILE *file = fopen(in_workspace("orders.csv"), "w");
  cr_assert_not_null(file);
  fputs("order,customer,time,product,category,quantity,price\n", file);
  for (int i = 0; i < LINES; i++) {
    int customer = i * 7 % CUSTOMERS, month = 1 + (i / 11 + customer) % 12;
    const char *quantity = i % 500 == 499 ? "many" : i % 90 == 89 ? "-1" : "2";
    for (int copies = i % 700 == 699 ? 2 : 1; copies > 0; copies--)
      fprintf(file, "%d,cust-%05d-zebra,2024-%02d-%02d %02d:00:00,p%d,c%d,%s,%d\n",
              i / 2 * CUSTOMERS + customer, customer, month, 1 + i % 28, i % 24, i % 40, i % 40 / 10,
              quantity, 1000 + i % 37 * 100);
  }
  fclose(file);
  file = fopen(in_workspace("customers.csv"), "w");
  cr_assert_not_null(file);
  fputs("customer,town,nickname\n", file);
  for (int i = 0; i < CUSTOMERS; i++) fprintf(file, "cust-%05d-zebra,town%d,nick-%05d-okapi\n", i, i % 9, i);
  fclose(file);
}

static void make_shop(void) {
  gy_error err = {0};
  cr_assert_eq(gy_dir_create(in_workspace("shop"), &err), GY_OK, "%s", err.text);
  write_orders();
  write_text(
      in_workspace("shop/gyeol.yaml"),
      "name: shop\nlanguage: en\nsources:\n"
      "  - name: orders\n    target: order_items\n    files: [\"../orders.csv\"]\n    format: csv\n"
      "    time_format: ymd\n    duplicates: {exact: drop}\n"
      "    columns: {order: order, customer: customer, time: time, product: product, category: category, "
      "quantity: quantity, price: unit_price}\n"
      "  - name: customers\n    target: customers\n    files: [\"../customers.csv\"]\n    format: csv\n"
      "    columns: {customer: customer, town: attribute, nickname: attribute}\n");
}

static json_t *model_of(const json_t *manifest) { return report_model(text_of(manifest, "report")); }

static void expect_same(const json_t *before, const json_t *after, const char *path) {
  char *a = json_dumps(json_at(before, path), JSON_ENCODE_ANY | JSON_SORT_KEYS),
       *b = json_dumps(json_at(after, path), JSON_ENCODE_ANY | JSON_SORT_KEYS);
  cr_assert_not_null(a, "%s", path);
  cr_expect_str_eq(a, b, "%s was %s and is %s", path, a, b);
  free(a);
  free(b);
}

/* Every total of manifest and report. */
static void expect_same_totals(const json_t *before, const json_t *after) {
  static const char *const MANIFEST[] = {"as_of",   "first_order", "last_order", "customers", "orders",
                                         "revenue", "lines",       "lines_kept", "rules",     "tables"},
                           *const MODEL[] = {"key_figures",
                                             "monthly",
                                             "cohorts",
                                             "products",
                                             "categories",
                                             "data_quality.rules",
                                             "data_quality.rows_read",
                                             "data_quality.rows_accepted",
                                             "data_quality.rows_rejected",
                                             "data_quality.revenue_kept"};
  json_t *was = model_of(before), *is = model_of(after);
  for (size_t i = 0; i < sizeof MANIFEST / sizeof *MANIFEST; i++) expect_same(before, after, MANIFEST[i]);
  for (size_t i = 0; i < sizeof MODEL / sizeof *MODEL; i++) expect_same(was, is, MODEL[i]);
  json_decref(was);
  json_decref(is);
}

static void expect_nothing_left(const char *const *texts, size_t n, const char *when) {
  char where[512] = "";
  size_t which = 0;
  cr_expect_not(byte_search_any(in_workspace("shop"), texts, n, &which, where, sizeof where), "%s: %s %s",
                when, texts[which], where);
}

/* ---- figures and bytes ---- */

Test(forget, nothing_is_left_and_figures_stay) {
  static const char *const THEIRS[] = {"cust-00017-zebra", "nick-00017-okapi", "cust-00021-zebra",
                                       "nick-00021-okapi"};
  make_shop();
  json_t *before = project_run("shop", "");
  cr_assert(byte_search_any(in_workspace("shop"), THEIRS, 4, NULL, NULL, 0),
            "the search finds nothing even before");
  process_result done =
      gyeol_ok("forget cust-00017-zebra cust-00021-zebra shop --reason 'letter of cust-00017-zebra' --json");
  cr_expect_eq(int_of(done.json, "people"), 2);
  cr_expect_eq(int_of(done.json, "removed.tables.customer_features"), 2, "%s", done.out);
  cr_expect_eq(int_of(done.json, "removed.tables.source_customers"), 2, "%s", done.out);
  cr_expect_str_eq(text_of(done.json, "sources.0.file"), "orders.csv", "%s", done.out);
  cr_expect_null(strstr(done.out, "zebra"), "%s", done.out);
  expect_nothing_left(THEIRS, 4, "forgotten");
  process_result report = gyeol_ok("report shop --json");
  process_clear(&report);
  json_t *after = project_run("shop", "");
  expect_same_totals(before, after);
  expect_nothing_left(THEIRS, 4, "run again");
  char *rows = project_rows("shop",
                            "SELECT count(*) FILTER (WHERE customer_id = 'cust-00017-zebra'), "
                            "count(DISTINCT customer_id) FROM order_lines");
  cr_expect_str_eq(rows, "0,298", "%s", rows);
  free(rows);
  process_clear(&done);
  json_decref(before);
  json_decref(after);
}

/* The last order, and with it the as-of moment, may be that of somebody who is forgotten; so may the first
 * month. */
Test(forget, the_period_and_the_as_of_moment_stay) {
  make_shop();
  FILE *file = fopen(in_workspace("orders.csv"), "a");
  fputs("900001,cust-00017-zebra,2025-02-20 11:12:13,p1,c1,1,5000\n", file);
  fputs("900002,cust-00017-zebra,2023-05-02 01:02:03,p999,c9,1,5000\n", file);
  fclose(file);
  json_t *before = project_run("shop", "");
  cr_assert_str_eq(text_of(before, "first_order"), "2023-05-01T16:02:03Z");
  process_result done = gyeol_ok("forget cust-00017-zebra shop");
  process_clear(&done);
  json_t *after = project_run("shop", "");
  expect_same_totals(before, after);
  json_decref(before);
  json_decref(after);
}

Test(forget, many_at_once_from_a_file) {
  make_shop();
  json_t *before = project_run("shop", "");
  FILE *file = fopen(in_workspace("people.txt"), "w");
  fputs("\xEF\xBB\xBF# asked in March\r\n", file);
  for (int i = 0; i < 100; i++) fprintf(file, "  cust-%05d-zebra \r\n", i * 3);
  fclose(file);
  process_result done = gyeol_ok("forget --file people.txt shop --json");
  cr_expect_eq(int_of(done.json, "people"), 100, "%s", done.out);
  process_clear(&done);
  json_t *after = project_run("shop", "");
  expect_same_totals(before, after);
  char *rows = project_rows("shop", "SELECT count(*) FROM customer_features");
  cr_expect_str_eq(rows, "200", "%s", rows);
  free(rows);
  json_decref(before);
  json_decref(after);
}

/* ---- what goes wrong ---- */

typedef struct {
  const char *arguments, *says;
  int code;
} refusal;

Test(forget, every_refusal_is_one_sentence) {
  static const refusal CASES[] = {
      {"forget shop", "say whom", 2},
      {"forget nobody-at-all shop", "nothing is held", 1},
      {"forget --file empty.txt shop", "empty.txt names nobody", 2},
      {"forget --file missing.txt shop", "missing.txt", 1},
      {"forget --file broken.txt shop", "broken.txt:2: this line is no text", 1},
  };
  make_shop();
  json_decref(project_run("shop", ""));
  write_text(in_workspace("empty.txt"), "# nobody\n\n");
  write_text(in_workspace("broken.txt"), "cust-00001-zebra\n\xff\xfe\n");
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    process_result result = run_gyeol("%s", CASES[i].arguments);
    cr_expect_eq(result.exit_code, CASES[i].code, "%s: %s", CASES[i].arguments, result.err);
    cr_expect_not_null(strstr(result.err, CASES[i].says), "%s: %s", CASES[i].arguments, result.err);
    process_clear(&result);
  }
  char *rows = project_rows("shop", "SELECT count(*) FROM customer_features");
  cr_expect_str_eq(rows, "300", "%s", rows);
  free(rows);
}

Test(forget, twice_says_so_with_the_receipt) {
  make_shop();
  json_decref(project_run("shop", ""));
  process_result dry = gyeol_ok("forget cust-00017-zebra shop --dry-run --json");
  process_result first = gyeol_ok("forget cust-00017-zebra shop --json");
  process_result again = gyeol_ok("forget cust-00017-zebra shop --json");
  cr_expect_eq(int_of(dry.json, "removed.tables.source_orders"),
               int_of(first.json, "removed.tables.source_orders"));
  cr_expect_eq(int_of(again.json, "people"), 0);
  cr_expect_eq(int_of(again.json, "already"), 1);
  cr_expect_str_eq(text_of(again.json, "receipt"), text_of(first.json, "receipt"), "%s", again.out);
  char *rows = project_rows("shop", "SELECT people FROM forgettings");
  cr_expect_str_eq(rows, "1", "%s", rows);
  free(rows);
  process_result log = gyeol_ok("audit verify shop");
  process_clear(&log);
  process_clear(&dry);
  process_clear(&first);
  process_clear(&again);
}

/* Whoever comes second ends with 1: forgetting that meets a run, or the run. Neither waits, neither harms. */
Test(forget, a_run_that_goes_on_keeps_it_out) {
  make_shop();
  json_decref(project_run("shop", ""));
  bool is_kept_out = false;
  for (int tries = 0; tries < 30 && !is_kept_out; tries++) {
    pid_t run = start_gyeol("run shop --force --quiet");
    process_result forgetting = {0};
    for (int asked = 0; asked < 40 && forgetting.exit_code == 0; asked++) {
      process_clear(&forgetting);
      forgetting = run_gyeol("forget cust-00017-zebra shop --dry-run");
    }
    process_result ended = finish_gyeol(run);
    is_kept_out = forgetting.exit_code != 0 && ended.exit_code == 0;
    cr_expect_leq(forgetting.exit_code + ended.exit_code, 1, "%s%s", forgetting.err, ended.err);
    process_clear(&forgetting);
    process_clear(&ended);
  }
  cr_expect(is_kept_out, "forgetting never met a run");
}

/* ---- killed anywhere ---- */

static void copy_shop(void) {
  char command[512];
  snprintf(command, sizeof command, "cd '%s' && rm -rf shop && cp -a kept shop", workspace());
  cr_assert_eq(system(command), 0);
}

/* Every person is whole or gone, and none is half-forgotten. */
static void expect_whole(const json_t *before, int point) {
  static const char *const THEIRS[] = {"cust-00017-zebra", "nick-00017-okapi"};
  process_result finished = run_gyeol("forget shop"); /* finishes, or says that there is nothing */
  bool begun = finished.exit_code == 0;
  cr_expect(begun || finished.exit_code == 2, "point %d: %s", point, finished.err);
  process_clear(&finished);
  cr_expect_not(gy_path_exists(in_workspace("shop/.gyeol/forget.pending")), "point %d", point);
  char *rows = project_rows("shop",
                            "SELECT count(*) FILTER (WHERE customer_id = 'cust-00017-zebra') > 0, "
                            "(SELECT count(*) FROM forgettings) FROM order_lines");
  bool is_gone = strcmp(rows, "false,1") == 0;
  cr_expect(is_gone || strcmp(rows, "true,0") == 0, "point %d: %s", point, rows);
  cr_expect(!begun || is_gone, "point %d", point);
  free(rows);
  char when[32];
  snprintf(when, sizeof when, "point %d", point);
  if (is_gone) expect_nothing_left(THEIRS, 2, when);
  process_result verdict = run_gyeol("audit verify shop");
  cr_expect_eq(verdict.exit_code, 0, "point %d: %s%s", point, verdict.out, verdict.err);
  process_clear(&verdict);
  json_t *after = project_run("shop", "");
  expect_same_totals(before, after);
  json_decref(after);
}

Test(forget, killed_at_twenty_points) {
  make_shop();
  json_t *before = project_run("shop", "");
  cr_assert_eq(rename(in_workspace("shop"), in_workspace("kept")), 0);
  copy_shop();
  process_result whole = gyeol_ok("forget cust-00017-zebra shop");
  double seconds = whole.seconds;
  process_clear(&whole);
  srand(20261122);
  for (int point = 0; point < ROUNDS(20); point++) {
    copy_shop();
    pid_t process = start_gyeol("forget cust-00017-zebra shop");
    double wait = seconds * (rand() % 1000) / 1000;
    nanosleep(&(struct timespec){(time_t)wait, (long)((wait - (double)(time_t)wait) * 1e9)}, NULL);
    kill(process, SIGKILL);
    process_result ended = finish_gyeol(process);
    process_clear(&ended);
    expect_whole(before, point);
  }
  json_decref(before);
}

/* What is pending is told to readers, and finished by whoever writes. */
Test(forget, readers_say_that_it_is_pending) {
  make_shop();
  json_decref(project_run("shop", ""));
  cr_assert_eq(rename(in_workspace("shop"), in_workspace("kept")), 0);
  bool met = false;
  for (int tries = 0; tries < 60 && !met; tries++) {
    copy_shop();
    pid_t process = start_gyeol("forget cust-00017-zebra shop");
    for (int i = 0; i < 5000 && !gy_path_exists(in_workspace("shop/.gyeol/forget.pending")); i++) usleep(200);
    kill(process, SIGKILL);
    process_result ended = finish_gyeol(process);
    process_clear(&ended);
    met = gy_path_exists(in_workspace("shop/.gyeol/forget.pending"));
  }
  cr_assert(met);
  process_result reader = run_gyeol("segment list shop");
  cr_expect_eq(reader.exit_code, 1, "%s", reader.out);
  cr_expect_not_null(strstr(reader.err, "gyeol forget shop"), "%s", reader.err);
  process_clear(&reader);
  json_decref(project_run("shop", "")); /* a writing command finishes it */
  cr_expect_not(gy_path_exists(in_workspace("shop/.gyeol/forget.pending")));
  char *rows = project_rows("shop", "SELECT count(*) FROM customer_features");
  cr_expect_str_eq(rows, "299", "%s", rows);
  free(rows);
}

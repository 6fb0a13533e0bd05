/* SPDX-License-Identifier: Apache-2.0
 *
 * Imports of files that change, with real processes: killed at any moment, two at once, and files that change
 * while they are read. Every order has one line here, so that what is lost or doubled shows in two counts. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/engine.h"
#include "project_fixture.h"
#include "support/rounds.h"

#ifdef __SANITIZE_ADDRESS__
enum { ROWS = 40000 };
#else
enum { ROWS = 300000 };
#endif

TestSuite(import_changes, .fini = workspace_remove, .timeout = 300);

static void write_rows(FILE *file, int first, int n) {
  for (int i = first; i < first + n; i++)
    fprintf(file, "%d,%d,2024-%02d-%02d 10:00:00,%d,%d\n", i, 1 + i % 997, 1 + i % 12, 1 + i % 28, 1 + i % 3,
            1000 + i % 50);
}

static void write_orders(const char *name, int first, int n, bool appends) {
  FILE *file = fopen(in_workspace("%s", name), appends ? "a" : "w");
  cr_assert_not_null(file);
  if (!appends) fputs("order,customer,time,quantity,price\n", file);
  write_rows(file, first, n);
  fclose(file);
}

static void make_project(const char *files) {
  gy_error err = {0};
  cr_assert_eq(gy_dir_create(in_workspace("shop"), &err), GY_OK, "%s", err.text);
  char text[512];
  snprintf(text, sizeof text,
           "sources:\n  - name: orders\n    target: order_items\n    files: [\"%s\"]\n    format: csv\n"
           "    time_format: ymd\n    columns: {order: order, customer: customer, time: time, "
           "quantity: quantity, price: unit_price}\n",
           files);
  write_text(in_workspace("shop/gyeol.yaml"), text);
}

static int64_t count_of(gy_engine *engine, const char *sql) {
  int64_t n = -1;
  gy_error err = {0};
  cr_assert_eq(gy_engine_int64(engine, sql, NULL, 0, &n, &err), GY_OK, "%s", err.text);
  return n;
}

/* Rows in the store; -1 where it holds no run. Every row must be there once. */
static int64_t count_rows(const char *when) {
  char *path = strdup(in_workspace("shop/.gyeol/store.duckdb"));
  gy_engine_options options = {.path = path, .n_threads = 1};
  gy_engine *engine = NULL;
  gy_error err = {0};
  int64_t rows = -1;
  if (gy_path_exists(path)) {
    cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s: %s", when, err.text);
    bool made =
        count_of(engine,
                 "SELECT count(*) FROM information_schema.tables WHERE table_name = 'source_orders'") > 0;
    if (made) {
      rows = count_of(engine, "SELECT count(*) FROM source_orders");
      cr_expect_eq(count_of(engine, "SELECT count(DISTINCT order_id) FROM source_orders"), rows,
                   "%s: rows are doubled", when);
    }
    gy_engine_close(engine);
  }
  free(path);
  return rows;
}

typedef enum { INITIAL, TAIL, REPLACED, N_KINDS } import_kind;

/* Changes the files for an import of the kind; gives the rows that they have then. */
static int64_t change_files(import_kind kind, int64_t rows, int round) {
  gy_error err = {0};
  if (kind == TAIL) {
    write_orders("orders.csv", (int)rows, ROWS / 10, true);
    return rows + ROWS / 10;
  }
  if (kind == INITIAL) cr_assert_eq(gy_dir_remove(in_workspace("shop/.gyeol"), &err), GY_OK, "%s", err.text);
  int n = ROWS + round;
  write_orders("orders.csv", 0, n, false);
  return n;
}

static void wait_seconds(double seconds) {
  struct timespec time = {.tv_nsec = (long)(seconds * 1e9)};
  nanosleep(&time, NULL);
}

Test(import_changes, kill_9_at_any_moment_loses_and_doubles_nothing) {
  enum { MOMENTS = ROUNDS(21) };
  static const char *const NAMES[N_KINDS] = {"an initial import", "an import of a tail",
                                             "a replacing import"};
  write_orders("orders.csv", 0, ROWS, false);
  make_project("../orders.csv");
  process_result timed = gyeol_ok("run shop --until import --quiet");
  double seconds = timed.seconds < 0.9 ? timed.seconds : 0.9;
  process_clear(&timed);
  int64_t rows = ROWS;
  int n_killed = 0;
  srand(42);
  for (int i = 0; i < MOMENTS; i++) {
    import_kind kind = (import_kind)(i % N_KINDS);
    int64_t before = kind == INITIAL ? -1 : rows;
    rows = change_files(kind, rows, i);
    double moment = seconds * (i / N_KINDS + (double)rand() / RAND_MAX) / (MOMENTS / N_KINDS);
    char when[96];
    snprintf(when, sizeof when, "%s, killed after %.3f s of %.3f", NAMES[kind], moment, seconds);
    pid_t process = start_gyeol("run shop --until import --quiet");
    wait_seconds(moment);
    kill(process, SIGKILL);
    process_result result = finish_gyeol(process);
    n_killed += result.exit_code == 128 + SIGKILL;
    process_clear(&result);
    int64_t left = count_rows(when);
    cr_expect(left == before || left == rows, "%s: the store has %lld rows, neither %lld nor %lld", when,
              (long long)left, (long long)before, (long long)rows);
    json_decref(project_run("shop", "--until import"));
    cr_expect_eq(count_rows(when), rows, "%s: not all rows after the next run", when);
  }
  cr_expect_geq(n_killed, MOMENTS / 2, "only %d imports were hit", n_killed);
}

Test(import_changes, a_tail_is_read_alone_and_the_next_run_has_nothing_to_do) {
  write_orders("orders.csv", 0, 5000, false);
  make_project("../orders.csv");
  json_decref(project_run("shop", "--until import"));
  write_orders("orders.csv", 5000, 100, true);
  json_t *grown = project_run("shop", "--until import");
  cr_expect_eq(int_of(grown, "sources.orders.changes.grown"), 1);
  cr_expect_eq(int_of(grown, "sources.orders.accepted"), 5100);
  json_decref(grown);
  cr_assert_eq(rename(in_workspace("orders.csv"), in_workspace("renamed.csv")), 0);
  project_set("shop", "../orders.csv", "../*.csv");
  json_decref(project_run("shop", "--until import"));
  cr_assert_eq(rename(in_workspace("renamed.csv"), in_workspace("again.csv")), 0);
  json_t *renamed = project_run("shop", "--until import");
  cr_expect_eq(int_of(renamed, "sources.orders.changes.renamed"), 1);
  json_decref(renamed);
  cr_assert_eq(utimensat(AT_FDCWD, in_workspace("again.csv"), NULL, 0), 0);
  json_t *touched = project_run("shop", "--until import");
  cr_expect(json_is_false(json_object_get(touched, "changed")), "a touched file is read again");
  json_decref(touched);
  cr_expect_eq(count_rows("at the end"), 5100);
}

/* What was added is read while the rest is still being compared: nothing of it may stay. */
Test(import_changes, a_file_that_grew_and_changed_before_is_read_whole) {
  write_orders("orders.csv", 0, 5000, false);
  make_project("../orders.csv");
  json_decref(project_run("shop", "--until import"));
  FILE *file = fopen(in_workspace("orders.csv"), "r+");
  cr_assert_not_null(file);
  char line[64], again[64];
  cr_assert_not_null(fgets(line, sizeof line, file));
  long first = ftell(file);
  cr_assert_not_null(fgets(line, sizeof line, file)); /* "0,1,..." takes the number of a later order */
  cr_assert_eq(line[0], '0');
  snprintf(again, sizeof again, "7%s", line + 1);
  cr_assert_eq(fseek(file, first, SEEK_SET), 0);
  cr_assert_eq(fputs(again, file) < 0, 0);
  fclose(file);
  write_orders("orders.csv", 5000, 100, true);
  json_t *manifest = project_run("shop", "--until import");
  cr_expect_eq(int_of(manifest, "sources.orders.accepted"), 5100);
  json_decref(manifest);
  gy_engine_options options = {.path = in_workspace("shop/.gyeol/store.duckdb"), .n_threads = 1};
  gy_engine *engine = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s", err.text);
  cr_expect_eq(count_of(engine, "SELECT count(*) FROM source_orders"), 5100);
  cr_expect_eq(count_of(engine, "SELECT count(DISTINCT order_id) FROM source_orders"), 5099);
  cr_expect_eq(count_of(engine, "SELECT count(*) FROM source_orders WHERE order_id = 0"), 0);
  cr_expect_eq(count_of(engine, "SELECT count(*) FROM source_orders WHERE order_id = 7"), 2);
  gy_engine_close(engine);
}

/* One of them has the store; the other waits for nothing, says who has it, and changes nothing. */
Test(import_changes, two_runs_at_once_do_not_disturb_each_other) {
  write_orders("orders.csv", 0, ROWS, false);
  make_project("../orders.csv");
  pid_t first = start_gyeol("run shop --until import --quiet");
  process_result second = run_gyeol("run shop --until import --quiet");
  process_result result = finish_gyeol(first);
  const process_result *each[] = {&result, &second};
  int n_good = 0;
  for (int i = 0; i < 2; i++) {
    n_good += each[i]->exit_code == 0;
    if (each[i]->exit_code == 0) continue;
    cr_expect_eq(each[i]->exit_code, 1, "%d: %s", each[i]->exit_code, each[i]->err);
    cr_expect(strchr(each[i]->err, '\n') == strrchr(each[i]->err, '\n'), "%s", each[i]->err);
    cr_expect_not_null(strstr(each[i]->err, "process"), "%s", each[i]->err);
  }
  cr_expect_geq(n_good, 1, "%s%s", result.err, second.err);
  cr_expect_eq(count_rows("two runs at once"), ROWS);
  process_clear(&result);
  process_clear(&second);
}

Test(import_changes, a_folder_is_its_files) {
  gy_error err = {0};
  cr_assert_eq(gy_dir_create(in_workspace("in"), &err), GY_OK);
  write_orders("in/a.csv", 0, 100, false);
  write_orders("in/b.csv", 100, 100, false);
  make_project("../in");
  json_decref(project_run("shop", "--until import"));
  write_orders("in/c.csv", 200, 50, false);
  unlink(in_workspace("in/a.csv"));
  json_t *manifest = project_run("shop", "--until import");
  cr_expect_eq(int_of(manifest, "sources.orders.changes.new"), 1);
  cr_expect_eq(int_of(manifest, "sources.orders.changes.kept"), 1);
  cr_expect_eq(int_of(manifest, "sources.orders.changes.removed"), 1);
  json_decref(manifest);
  cr_expect_eq(count_rows("at the end"), 150);
}

Test(import_changes, duplicates_are_in_the_report_and_the_list_with_file_and_line) {
  write_orders("a.csv", 0, 3000, false);
  write_orders("b.csv", 2990, 1000, false);
  make_project("../*.csv");
  project_set("shop", "    format: csv", "    duplicates: {key: [order], keep: last}\n    format: csv");
  json_t *manifest = project_run("shop", "");
  cr_expect_eq(int_of(manifest, "sources.orders.duplicates.key"), 10);
  cr_expect_eq(int_of(manifest, "lines"), 3990);
  json_t *model = report_model(text_of(manifest, "report"));
  cr_expect_eq(int_of(model, "data_quality.duplicates.0.key"), 10);
  cr_expect_eq(int_of(model, "data_quality.duplicates.0.exact"), 0);
  process_result list = gyeol_ok("duplicates list shop --json");
  cr_expect_eq(int_of(list.json, "total"), 10);
  cr_expect_eq(int_of(list.json, "duplicates.0.line"), 2992);
  cr_expect_eq(int_of(list.json, "duplicates.0.kept_line"), 2);
  cr_expect_not_null(strstr(text_of(list.json, "duplicates.0.kept_file"), "b.csv"));
  process_clear(&list);
  list = gyeol_ok("duplicates list shop");
  cr_expect_not_null(strstr(list.out, "10 rows were put aside"), "%s", list.out);
  process_clear(&list);
  json_decref(model);
  json_decref(manifest);
}

/* The writer adds a row every few milliseconds for as long as the import takes. */
Test(import_changes, a_file_that_changes_while_it_is_read_is_told_and_nothing_is_stored) {
  write_orders("orders.csv", 0, ROWS, false);
  make_project("../orders.csv");
  json_decref(project_run("shop", "--until import"));
  int told = 0;
  int64_t last = ROWS;
  for (int attempt = 0; attempt < 5 && told == 0; attempt++) {
    write_orders("orders.csv", 0, ROWS + 1 + attempt, false);
    pid_t process = start_gyeol("run shop --until import");
    int next = ROWS + 1 + attempt;
    for (int i = 0; i < 60 && kill(process, 0) == 0; i++) {
      write_orders("orders.csv", next++, 1, true);
      wait_seconds(0.005);
    }
    process_result result = finish_gyeol(process);
    if (result.exit_code != 0) {
      told++;
      cr_expect_eq(result.exit_code, 1, "exit code %d: %s", result.exit_code, result.err);
      cr_expect_not_null(strstr(result.err, "orders.csv changed while it was read"), "%s", result.err);
      cr_expect_eq(count_rows("after a change"), last, "something was stored");
    } else {
      last = count_rows("written in time");
    }
    process_clear(&result);
  }
  cr_expect_eq(told, 1, "no import met a change");
  json_t *manifest = project_run("shop", "--until import");
  cr_expect_eq(int_of(manifest, "sources.orders.accepted"), count_rows("at last"));
  json_decref(manifest);
}

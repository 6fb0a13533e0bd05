/* SPDX-License-Identifier: Apache-2.0
 *
 * People in a project, with real processes: found, asked for, decided on by hand, undone, killed. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/rng.h"
#include "project_fixture.h"
#include "support/rounds.h"

TestSuite(identity_cli, .fini = workspace_remove, .timeout = 300);

/* Customers 1 and 2 hold card L1, 3 holds L2; buyers without a customer id show cards. */
static void make_shop(void) {
  gy_error err = {0};
  cr_assert_eq(gy_dir_create(in_workspace("shop"), &err), GY_OK, "%s", err.text);
  write_text(in_workspace("orders.csv"),
             "order,customer,time,quantity,price,card\n"
             "1,1,2025-01-01 10:00:00,1,1000,\n2,2,2025-02-01 10:00:00,2,1000,\n"
             "3,3,2025-03-01 10:00:00,1,5000,\n4,,2025-04-01 10:00:00,1,7000,L2\n"
             "5,,2025-05-01 10:00:00,1,9000,L9\n6,4,2025-05-01 10:00:00,1,2000,\n");
  write_text(in_workspace("customers.csv"),
             "customer,card,region,signup\n1,L1,Seoul,2024-01-01\n"
             "2,L1,Busan,2024-06-01\n3,L2,Incheon,2024-02-01\n4,,Daegu,2024-02-01\n");
  write_text(
      in_workspace("shop/gyeol.yaml"),
      "sources:\n  - name: orders\n    target: order_items\n    files: [\"../orders.csv\"]\n    format: csv\n"
      "    time_format: ymd\n    columns: {order: order, customer: customer, time: time, quantity: quantity, "
      "price: unit_price, card: loyalty_card}\n"
      "  - name: customers\n    target: customers\n    files: [\"../customers.csv\"]\n    format: csv\n"
      "    time_format: ymd\n    columns: {customer: customer, card: loyalty_card, region: region, signup: "
      "signup}\n");
}

static void expect_rows(const char *sql, const char *want) {
  char *rows = project_rows("shop", sql);
  cr_expect_str_eq(rows, want, "%s: %s", sql, rows);
  free(rows);
}

static const char SPENT[] =
    "SELECT customer_id, CAST(monetary AS INTEGER) AS m FROM customer_features ORDER BY customer_id";

Test(identity_cli, features_and_attributes_are_of_people) {
  make_shop();
  json_decref(project_run("shop", ""));
  expect_rows(SPENT, "1,3000 | 3,12000 | 4,2000 | guest-1,9000");
  expect_rows("SELECT customer_id, region FROM customers ORDER BY customer_id",
              "1,Busan | 3,Incheon | 4,Daegu");
  project_set("shop", "sources:", "identity: {merge: {rule: longest}}\nsources:");
  write_text(in_workspace("customers.csv"),
             "customer,card,region,signup\n1,L1,Gwangju,2024-01-01\n"
             "2,L1,Busan,2024-06-01\n3,L2,Incheon,2024-02-01\n4,,Daegu,2024-02-01\n");
  json_decref(project_run("shop", ""));
  expect_rows("SELECT customer_id, region FROM customers ORDER BY customer_id",
              "1,Gwangju | 3,Incheon | 4,Daegu");
  project_set("shop", "{rule: longest}", "{rule: longest, recent_by: updated}");
  process_result result = run_gyeol("run shop");
  cr_expect_eq(result.exit_code, 2);
  cr_expect_not_null(strstr(result.err, "identity.merge.recent_by: customers have no column 'updated'"), "%s",
                     result.err);
  process_clear(&result);
  project_set("shop", "identity: {merge: {rule: longest, recent_by: updated}}",
              "identity: {keys: [customer_id], guests: leave}");
  json_decref(project_run("shop", ""));
  expect_rows(SPENT, "1,1000 | 2,2000 | 3,5000 | 4,2000");
}

Test(identity_cli, what_changes_nothing_for_people_computes_nothing_anew) {
  make_shop();
  json_decref(project_run("shop", ""));
  json_t *again = project_run("shop", "");
  cr_expect(json_is_false(json_object_get(again, "changed")));
  json_decref(again);
  project_set("shop", "sources:", "identity: {largest_person: 40}\nsources:");
  json_t *other = project_run("shop", "");
  size_t i;
  json_t *step;
  json_array_foreach(json_object_get(other, "steps"), i, step) {
    const char *name = text_of(step, "step");
    bool reads = strcmp(name, "identity") == 0 || strcmp(name, "features") == 0 || strcmp(name, "rfm") == 0;
    if (reads) cr_expect_str_eq(text_of(step, "state"), "ran", "%s", name);
    if (strncmp(name, "import", 6) == 0) cr_expect_str_eq(text_of(step, "state"), "kept", "%s", name);
  }
  json_decref(other);
}

/* Every table of the store but those of runs and decisions, as one text. */
static char *everything(void) {
  static const char *const QUERIES[] = {"SELECT * FROM person_keys ORDER BY ALL",
                                        "SELECT * FROM identity_links ORDER BY ALL",
                                        "SELECT * FROM identity_blocked ORDER BY ALL",
                                        "SELECT * FROM person_aliases ORDER BY ALL",
                                        "SELECT * FROM customer_features ORDER BY customer_id",
                                        "SELECT * FROM customers ORDER BY customer_id",
                                        "SELECT * FROM order_items ORDER BY order_id"};
  char *all = strdup("");
  for (size_t i = 0; i < sizeof QUERIES / sizeof *QUERIES; i++) {
    char *rows = project_rows("shop", QUERIES[i]), *more = NULL;
    cr_assert_geq(asprintf(&more, "%s\n%s", all, rows), 0);
    free(rows);
    free(all);
    all = more;
  }
  return all;
}

static void expect_everything(const char *want, const char *when) {
  char *now = everything();
  cr_expect_str_eq(now, want, "%s:\n%s\nnot\n%s", when, now, want);
  free(now);
}

Test(identity_cli, decisions_are_applied_and_undone_without_a_trace) {
  make_shop();
  json_decref(project_run("shop", ""));
  char *before = everything();
  process_result merged = gyeol_ok("identity merge 2 guest-1 shop --reason 'asked by phone' --json");
  cr_expect_eq(int_of(merged.json, "decision"), 1);
  process_clear(&merged);
  expect_rows(SPENT, "1,12000 | 3,12000 | 4,2000");
  process_result shown = gyeol_ok("identity show L9 shop --json");
  cr_expect_str_eq(text_of(shown.json, "person"), "1");
  cr_expect_str_eq(text_of(shown.json, "decisions.0.reason"), "asked by phone");
  process_clear(&shown);
  process_result why = gyeol_ok("identity explain 1 loyalty_card:L9 -C shop --json");
  cr_expect_eq(json_array_size(json_object_get(why.json, "path")), 3);
  process_clear(&why);
  process_result back = gyeol_ok("identity unmerge 1 guest-1 -C shop --json");
  cr_expect_eq(int_of(back.json, "undone"), 1);
  process_clear(&back);
  expect_everything(before, "after merge and unmerge");
  back = gyeol_ok("identity unmerge 1 -C shop --json");
  process_clear(&back);
  expect_rows(SPENT, "1,1000 | 2,2000 | 3,12000 | 4,2000 | guest-1,9000");
  back = gyeol_ok("identity undo -C shop");
  process_clear(&back);
  expect_everything(before, "after unmerge and undo");
  free(before);
}

Test(identity_cli, contradicting_decisions_are_refused_with_the_earlier_one) {
  static const struct {
    const char *command, *sentence;
    int exit_code;
  } CASES[] = {
      {"identity merge 1 2 shop", "1 and 2 are one person already, 1", 1},
      {"identity unmerge 1 2 -C shop --reason twins", NULL, 0},
      {"identity merge 2 1 shop", "parted by hand on", 2},
      {"identity merge 1 2 shop", "(decision 1: twins); undo that first: gyeol identity undo 1", 2},
      {"identity merge 2 3 shop", NULL, 0},
      {"identity merge 1 3 shop", "they cannot be merged: customer_id 1 and customer_id 2 were parted", 2},
      {"identity pin 4 loyalty_card:L1 shop", NULL, 0},
      {"identity pin 1 loyalty_card:L1 shop",
       "the key cannot be pinned: customer_id 4 and loyalty_card L1 were pinned", 2},
      {"identity pin 4 loyalty_card:L1 shop", "is pinned to 4 already (decision 3)", 1},
      {"identity unmerge 4 loyalty_card:L1 -C shop", "they cannot be parted", 2},
      {"identity unmerge 4 3 -C shop", "3 does not belong to 4 but to 3", 2},
      {"identity merge 77 1 shop", "nobody is known by '77'", 1},
      {"identity undo 9 -C shop", "no decision 9 holds", 1},
      {"identity undo 1 -C shop", NULL, 0},
      {"identity join 1 2", "identity join is not known; use list, show", 2},
      {"identity merge 1", "say who: gyeol identity merge ID ID", 2},
  };
  make_shop();
  json_decref(project_run("shop", ""));
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    process_result result = run_gyeol("%s", CASES[i].command);
    cr_expect_eq(result.exit_code, CASES[i].exit_code, "%s: %d %s", CASES[i].command, result.exit_code,
                 result.err);
    if (CASES[i].sentence != NULL)
      cr_expect_not_null(strstr(result.err, CASES[i].sentence), "%s: %s", CASES[i].command, result.err);
    process_clear(&result);
  }
}

Test(identity_cli, preview_tells_merges_and_splits_and_writes_nothing) {
  make_shop();
  json_decref(project_run("shop", ""));
  char *before = everything();
  project_set("shop", "sources:", "identity: {limits: {loyalty_card: {joins: 1}}}\nsources:");
  process_result preview = gyeol_ok("identity preview shop --json");
  cr_expect_eq(int_of(preview.json, "splits"), 2);
  cr_expect_eq(int_of(preview.json, "merges"), 0);
  cr_expect_eq(int_of(preview.json, "shared"), 1);
  cr_expect_str_eq(text_of(preview.json, "examples.0.change"), "split");
  process_clear(&preview);
  expect_everything(before, "after a preview");
  free(before);
}

static void wait_seconds(double seconds) {
  struct timespec time = {.tv_nsec = (long)(seconds * 1e9)};
  nanosleep(&time, NULL);
}

/* Whatever moment a merge or its undoing dies at, the decision is there once or not at all, and the next run
 * shows all tables as they are with it or without it. */
Test(identity_cli, kill_9_at_any_moment_of_a_merge_leaves_it_whole_or_undone) {
  enum { MOMENTS = ROUNDS(20) };
  make_shop();
  json_decref(project_run("shop", ""));
  char *apart = everything();
  process_result timed = gyeol_ok("identity merge 1 3 shop --quiet");
  double seconds = timed.seconds < 0.9 ? timed.seconds : 0.9;
  process_clear(&timed);
  char *together = everything();
  process_result undone = gyeol_ok("identity undo -C shop --quiet");
  process_clear(&undone);
  gy_rng rng;
  gy_rng_init(&rng, 11, 0);
  int n_killed = 0, n_kept = 0;
  bool holds = false;
  for (int i = 0; i < MOMENTS; i++) {
    double moment = seconds * (i + (double)gy_rng_below(&rng, 1000) / 1000) / MOMENTS;
    pid_t process =
        start_gyeol("%s", holds ? "identity undo -C shop --quiet" : "identity merge 1 3 shop --quiet");
    wait_seconds(moment);
    kill(process, SIGKILL);
    process_result result = finish_gyeol(process);
    n_killed += result.exit_code == 128 + SIGKILL;
    process_clear(&result);
    json_decref(project_run("shop", ""));
    json_t *rows =
        project_query("shop", "SELECT count(*) AS n FROM identity_decisions WHERE undone_at IS NULL");
    json_int_t n = int_of(rows, "0.n");
    json_decref(rows);
    cr_expect(n == 0 || n == 1, "after %.3f s of %.3f: %d decisions", moment, seconds, (int)n);
    char when[64];
    snprintf(when, sizeof when, "killed after %.3f s of %.3f", moment, seconds);
    expect_everything(n == 1 ? together : apart, when);
    n_kept += (n == 1) != holds;
    holds = n == 1;
  }
  cr_expect_geq(n_killed, MOMENTS / 2, "only %d commands were hit", n_killed);
  free(apart);
  free(together);
}

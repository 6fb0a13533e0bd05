/* SPDX-License-Identifier: Apache-2.0
 *
 * Consents from the command line: what is said where, what holds, and that nobody who refused analytics is in
 * anything that gyeol writes, while all totals stay. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "project_fixture.h"

TestSuite(consent, .fini = workspace_remove, .timeout = 300);

enum { CUSTOMERS = 240, REFUSED = 30 };

/* Every eighth customer is called REFUSER..., so that a search of anything written finds it. */
static const char *name_of(int customer, char text[24]) {
  snprintf(text, 24, customer % 8 == 3 ? "REFUSER%03d" : "K%03d", customer);
  return text;
}

static void write_orders(void) {
  char *text = malloc(1 << 20),
       *end = stpcpy(text, "order_id,customer_id,ordered_at,product_id,quantity,unit_price\n"), name[24];
  for (int i = 0; i < 4000; i++)
    end += sprintf(end, "O%d,%s,2024-%02d-%02d 10:00:00,P%d,%d,%d\n", i, name_of(i * 7 % CUSTOMERS, name),
                   1 + i % 12, 1 + i % 28, i % 17, 1 + i % 3, 1000 + i % 40 * 100);
  write_text(in_workspace("orders.csv"), text);
  free(text);
}

static void write_refusals(void) {
  char *text = malloc(1 << 16),
       *end = stpcpy(text, "customer_id,purpose,channel,granted,decided_at,text_version\n"), name[24];
  for (int c = 3; c < CUSTOMERS; c += 8)
    end += sprintf(end, "%s,%s,,%s,2024-05-%02d 10:00:00,v1\n", name_of(c, name),
                   c % 16 == 3 ? "analytics" : "분석", c % 3 ? "N" : "거부", 1 + c % 28);
  write_text(in_workspace("refusals.csv"), text);
  free(text);
}

static void expect_no_refuser(const char *what, const char *text) {
  const char *at = strstr(text, "REFUSER");
  cr_expect_null(at, "%s names a customer who refused: %.40s", what, at != NULL ? at : "");
}

static void expect_none_in_file(const char *path) {
  char *text = file_text(path);
  expect_no_refuser(path, text);
  free(text);
}

/* All that can be asked and written about single customers. */
static void expect_nowhere(const char *project, json_t *manifest) {
  process_result list = gyeol_ok("segment list %s --json", project);
  size_t i;
  json_t *segment;
  json_array_foreach(json_object_get(list.json, "segments"), i, segment) {
    process_result out = gyeol_ok("segment export \"%s\" %s --out out%zu.csv", text_of(segment, "name"),
                                  project, i),
                   shown = gyeol_ok("segment show \"%s\" %s --json", text_of(segment, "name"), project);
    expect_none_in_file(in_workspace("out%zu.csv", i));
    expect_no_refuser(text_of(segment, "name"), shown.out);
    process_clear(&out);
    process_clear(&shown);
  }
  process_clear(&list);
  static const char *const QUESTIONS[] = {"model list", "duplicates list", "rejects list", "runs"};
  for (size_t q = 0; q < sizeof QUESTIONS / sizeof *QUESTIONS; q++) {
    process_result said = gyeol_ok("%s %s --json", QUESTIONS[q], project);
    expect_no_refuser(QUESTIONS[q], said.out);
    process_clear(&said);
  }
  char *whole = json_dumps(manifest, 0);
  expect_no_refuser("the manifest", whole);
  free(whole);
  expect_none_in_file(text_of(manifest, "report"));
  char *rows = project_rows(project,
                            "SELECT (SELECT count(*) FROM customer_features WHERE customer_id LIKE "
                            "'REFUSER%') + (SELECT count(*) FROM "
                            "cluster_members WHERE customer_id LIKE 'REFUSER%') AS n");
  cr_expect_str_eq(rows, "0");
  free(rows);
}

static void expect_equal(const json_t *a, const json_t *b, const char *path) {
  cr_assert_not_null(json_at(a, path), "%s", path);
  cr_expect(json_equal(json_at(a, path), json_at(b, path)), "%s differs", path);
}

Test(consent, who_refused_analytics_is_in_totals_and_nowhere_else) {
  write_orders();
  write_refusals();
  project_make("all", "orders.csv");
  project_make("some", "orders.csv refusals.csv");
  json_t *all = project_run("all", ""), *some = project_run("some", "");
  static const char *const TOTALS[] = {"customers",  "orders", "revenue", "lines",
                                       "lines_kept", "rules",  "as_of"};
  for (size_t i = 0; i < sizeof TOTALS / sizeof *TOTALS; i++) expect_equal(all, some, TOTALS[i]);
  cr_expect_eq(int_of(some, "left_out.customers"), REFUSED);
  cr_expect_eq(int_of(some, "consent.analytics_refused"), REFUSED);
  cr_expect_null(json_at(all, "left_out"));
  json_t *pages[] = {report_model(text_of(all, "report")), report_model(text_of(some, "report"))};
  static const char *const SECTIONS[] = {"monthly", "cohorts", "products", "key_figures.revenue",
                                         "key_figures.customers"};
  for (size_t i = 0; i < sizeof SECTIONS / sizeof *SECTIONS; i++)
    expect_equal(pages[0], pages[1], SECTIONS[i]);
  json_t *customers = project_customers("some", "rfm");
  cr_expect_eq(json_object_size(customers), CUSTOMERS - REFUSED);
  json_decref(customers);
  expect_nowhere("some", some);
  /* The SQL that is shown gives what the kernel gave. */
  process_result months = gyeol_ok("sql months some");
  expect_no_refuser("sql", months.out);
  process_clear(&months);
  for (int p = 0; p < 2; p++) json_decref(pages[p]);
  json_decref(all);
  json_decref(some);
}

Test(consent, a_refusal_by_hand_counts_from_the_next_run_on_and_can_be_taken_back) {
  write_orders();
  project_make("shop", "orders.csv");
  json_decref(project_run("shop", ""));
  process_result set =
      gyeol_ok("consent set REFUSER003 shop -p 분석 --withdrawn --source call --version v2 --json");
  cr_expect(json_is_true(json_at(set.json, "added")) && json_is_true(json_at(set.json, "known")), "%s",
            set.out);
  cr_expect_str_eq(text_of(set.json, "consents.0.evidence.origin"), "hand");
  cr_expect_str_eq(text_of(set.json, "consents.0.evidence.text_version"), "v2");
  process_clear(&set);
  json_t *manifest = project_run("shop", "");
  cr_expect_eq(int_of(manifest, "left_out.customers"), 1);
  json_decref(manifest);
  manifest = project_run("shop", "");
  cr_expect(json_is_false(json_at(manifest, "changed")), "a second run has nothing to do");
  json_decref(manifest);
  set = gyeol_ok("consent set REFUSER003 shop -p analytics --granted");
  process_clear(&set);
  manifest = project_run("shop", "");
  cr_expect_null(json_at(manifest, "left_out"));
  json_decref(manifest);
}

Test(consent, nobody_is_asked_for_where_the_default_is_no) {
  write_orders();
  write_text(
      in_workspace("granted.csv"),
      "customer_id,purpose,granted,decided_at\nK000,analytics,Y,2024-01-01\nK001,analytics,Y,2024-01-01\n"
      "K002,analytics,Y,2024-01-01\nK002,analytics,N,2024-02-01\n");
  project_make("shop", "orders.csv granted.csv");
  project_set("shop", "analytics: yes", "analytics: no");
  json_t *manifest = project_run("shop", "--until features");
  cr_expect_eq(int_of(manifest, "customers"), CUSTOMERS);
  cr_expect_eq(int_of(manifest, "left_out.customers"), CUSTOMERS - 2);
  json_decref(manifest);
  write_text(in_workspace("granted.csv"),
             "customer_id,purpose,granted,decided_at\nK002,analytics,N,2024-02-01\n");
  process_result none = run_gyeol("run shop");
  cr_expect_eq(none.exit_code, 3);
  cr_expect_not_null(strstr(none.err, "agrees to analytics"), "%s", none.err);
  process_clear(&none);
}

Test(consent, a_file_is_taken_in_once_row_by_row) {
  write_orders();
  project_make("shop", "orders.csv");
  json_decref(project_run("shop", ""));
  write_text(in_workspace("list.csv"),
             "회원번호,동의목적,수신채널,동의여부,동의일시,약관버전\n"
             "K001,마케팅,문자,동의,2024-01-05 10:00:00,v1\n"
             "K001,마케팅,문자,동의,2024-01-05 10:00:00,v1\n"
             "K001,마켓팅,문자,동의,2024-01-06 10:00:00,v1\n"
             "K001,마케팅,팩스,동의,2024-01-06 10:00:00,v1\n"
             "K001,마케팅,이메일,아마도,2024-01-06 10:00:00,v1\n"
             "NOBODY,마케팅,이메일,동의,2024-01-06 10:00:00,v1\n"
             "K002,마케팅,이메일,동의,2124-01-06 10:00:00,v1\n"
             "K004,마케팅,이메일,동의,2024-01-06 10:00:00,v1\n"
             "K004,마케팅,이메일,철회,2024-01-06 10:00:00,v1\n");
  process_result first = gyeol_ok("consent import list.csv shop --json"),
                 again = gyeol_ok("consent import list.csv shop --json");
  cr_expect_eq(int_of(first.json, "added"), 5, "%s", first.out);
  cr_expect_eq(int_of(first.json, "rejected"), 3);
  cr_expect_str_eq(text_of(first.json, "rejects.0.reason"), "not a purpose; did you mean marketing?");
  cr_expect_eq(int_of(first.json, "rejects.0.line"), 4);
  cr_expect_str_eq(text_of(first.json, "rejects.1.reason"),
                   "not a channel: email, sms, push, kakao, ads, mail or *");
  cr_expect_eq(int_of(again.json, "added"), 0);
  process_result all = gyeol_ok("consent show shop --json"),
                 contradicted = gyeol_ok("consent show K004 shop --purpose marketing --channel email --json");
  cr_expect_eq(int_of(all.json, "ledger.rows"), 5);
  cr_expect_eq(int_of(all.json, "ledger.future"), 1);
  cr_expect_eq(int_of(all.json, "ledger.unknown_people"), 1);
  cr_expect_str_eq(text_of(all.json, "unknown.0.identifier"), "NOBODY");
  cr_expect_eq(int_of(all.json, "ledger.contradictions"), 1);
  cr_expect(json_is_false(json_at(contradicted.json, "consents.0.granted")), "%s", contradicted.out);
  json_decref(project_run("shop", "--force"));
  process_result kept = gyeol_ok("consent show K001 shop --purpose marketing --channel sms --json"),
                 before =
                     gyeol_ok("consent show K001 shop -p marketing --channel sms --at 2024-01-04 --json");
  cr_expect(json_is_true(json_at(kept.json, "consents.0.granted")), "a run removes none: %s", kept.out);
  cr_expect_str_eq(text_of(kept.json, "consents.0.evidence.origin"), "list.csv");
  cr_expect(json_is_true(json_at(before.json, "consents.0.by_default")), "%s", before.out);
  process_result *const results[] = {&first, &again, &all, &contradicted, &kept, &before};
  for (size_t i = 0; i < sizeof results / sizeof *results; i++) process_clear(results[i]);
}

Test(consent, mistakes_are_one_sentence) {
  write_orders();
  project_make("shop", "orders.csv");
  static const struct {
    const char *arguments;
    int exit_code;
    const char *says;
  } CASES[] = {
      {"consent show K001 shop", 1, "has not been run yet"},
      {"consent set K001 shop --purpose marketing --granted", 1, "has not been run yet"},
      {"consent set K001 shop --purpose marketing", 2, "--granted or --withdrawn"},
      {"consent set K001 shop --purpose marketing --granted --withdrawn", 2, "not both"},
      {"consent set K001 shop --granted", 2, "say for what"},
      {"consent set K001 shop --purpose marketting --granted", 2, "did you mean marketing?"},
      {"consent set K001 shop --purpose marketing --channel fax --granted", 2, "not a channel"},
      {"consent set", 2, "say who"},
      {"consent frob", 2, "use show, set or import"},
      {"consent import nothing.csv shop", 1, "nothing.csv"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    process_result said = run_gyeol("%s", CASES[i].arguments);

    cr_expect_eq(said.exit_code, CASES[i].exit_code, "%s: %d, %s", CASES[i].arguments, said.exit_code,
                 said.err);
    cr_expect_not_null(strstr(said.err, CASES[i].says), "%s: %s", CASES[i].arguments, said.err);
    process_clear(&said);
  }
  json_decref(project_run("shop", "--until import"));
  process_result early = run_gyeol("consent show shop");
  cr_expect_eq(early.exit_code, 1, "%s", early.err);
  process_clear(&early);
  json_decref(project_run("shop", ""));
  process_result nobody = run_gyeol("consent show K999 shop"),
                 when = run_gyeol("consent show shop --at soon"),
                 orders = run_gyeol("consent import orders.csv shop"),
                 empty = gyeol_ok("consent show K001 shop --json");
  cr_expect_eq(nobody.exit_code, 1);
  cr_expect_not_null(strstr(nobody.err, "nobody in shop is known by K999"), "%s", nobody.err);
  cr_expect_eq(when.exit_code, 2, "%s", when.err);
  cr_expect_eq(orders.exit_code, 3);
  cr_expect_not_null(strstr(orders.err, "is no table of consents"), "%s", orders.err);
  cr_expect(json_is_true(json_at(empty.json, "consents.0.granted")), "analytics, by default: %s", empty.out);
  process_result *const results[] = {&nobody, &when, &orders, &empty};
  for (size_t i = 0; i < sizeof results / sizeof *results; i++) process_clear(results[i]);
}

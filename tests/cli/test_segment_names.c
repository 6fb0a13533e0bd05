/* SPDX-License-Identifier: Apache-2.0
 *
 * What rules know of customers beside their features: stages of life, clusters and scores by name; by real
 * processes. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/file.h"
#include "base/rng.h"
#include "project_fixture.h"

TestSuite(segment_names, .fini = workspace_remove, .timeout = 300);

static void define(const char *name, const char *text) {
  cr_assert_eq(gy_dir_create(in_workspace("shop/segments"), NULL), GY_OK);
  write_text(in_workspace("shop/segments/%s.yaml", name), text);
}

static json_int_t number(const char *sql) {
  json_t *rows = project_query("shop", sql), *row = json_array_get(rows, 0), *value;
  json_int_t n = -1;
  const char *key;
  json_object_foreach(row, key, value) n = json_integer_value(value);
  json_decref(rows);
  return n;
}

static char *members(const char *segment) {
  char sql[512];
  snprintf(
      sql, sizeof sql,
      "SELECT customer_id FROM segment_members JOIN segments USING (segment_no) WHERE segment = '%s' AND "
      "exited_at IS NULL ORDER BY CAST(customer_id AS BIGINT)",
      segment);
  return project_rows("shop", sql);
}

static json_t *refresh(void) {
  process_result result = gyeol_ok("segment refresh shop --json");
  json_t *json = json_incref(result.json);
  process_clear(&result);
  return json;
}

/* ---- lifecycle ---- */

enum { CUSTOMERS = 500, DAYS = 700 };

/* Customers with 1 to 6 orders on random days and hours; many pauses are just as long as a threshold. */
static void write_orders(void) {
  static const int64_t PAUSES[] = {1, 20, 30, 31, 89, 90, 91, 179, 180, 181, 182, 364, 365, 366};
  gy_rng rng;
  gy_rng_init(&rng, 5, 0);
  char *text = malloc(CUSTOMERS * 6 * 64), *end = stpcpy(text, "order_id,customer_id,ordered_at,amount\n");
  int order = 0;
  for (int c = 0; c < CUSTOMERS; c++) {
    int64_t day = DAYS - (int64_t)gy_rng_below(&rng, 500);
    for (uint64_t n = 1 + gy_rng_below(&rng, 6), k = 0; k < n && day >= 0; k++) {
      int64_t year;
      int month, of_month;
      gy_civil_date(gy_civil_days(2022, 1, 1) + day, &year, &month, &of_month);
      end += sprintf(end, "%d,%d,%04d-%02d-%02dT%02d:00:00,10\n", ++order, 1000 + c, (int)year, month,
                     of_month, (int)gy_rng_below(&rng, 24));
      day -= PAUSES[gy_rng_below(&rng, sizeof PAUSES / sizeof *PAUSES)];
    }
  }
  sprintf(end, "%d,999,2023-12-03T12:00:00,10\n", ++order);
  write_text(in_workspace("orders.csv"), text);
  free(text);
}

enum { NEW, ACTIVE, REACTIVATED, AT_RISK, LAPSED, LOST, STAGES };
static const char *const STAGE_NAMES[STAGES] = {"new", "active", "reactivated", "at risk", "lapsed", "lost"};

/* By the words of the definition: pauses between neighbouring orders, one after the other. */
static int stage_of(const int64_t *at, size_t n, int64_t now, const int64_t days[4]) {
  const int64_t DAY = INT64_C(86400000000);
  int64_t since_first = (now - at[0]) / DAY, since_last = (now - at[n - 1]) / DAY;
  if (since_first <= days[0]) return NEW;
  if (since_last > days[3]) return LOST;
  if (since_last > days[2]) return LAPSED;
  if (since_last > days[1]) return AT_RISK;
  for (size_t i = 1; i < n; i++)
    if ((now - at[i]) / DAY <= days[1] && (at[i] - at[i - 1]) / DAY > days[2]) return REACTIVATED;
  return ACTIVE;
}

/* Compares the members of all stages with the definition, as of the last run. */
static void compare_stages(const int64_t days[4]) {
  int64_t now = number("SELECT epoch_us(max(evaluated_at)) FROM segments");
  json_t *rows = project_query(
             "shop",
             "SELECT CAST(customer_id AS VARCHAR) AS c, epoch_us(ordered_at) AS t FROM order_items "
             "ORDER BY customer_id, ordered_at"),
         *expected = json_object();
  int64_t at[16];
  size_t n = 0, seen[STAGES] = {0};
  for (size_t i = 0; i < json_array_size(rows); i++) {
    const char *customer = text_of(json_array_get(rows, i), "c");
    const json_t *next = json_array_get(rows, i + 1);
    if (int_of(json_array_get(rows, i), "t") <= now) at[n++] = int_of(json_array_get(rows, i), "t");
    if (next != NULL && strcmp(text_of(next, "c"), customer) == 0) continue;
    if (n > 0) json_object_set_new(expected, customer, json_integer(stage_of(at, n, now, days)));
    if (n > 0) seen[stage_of(at, n, now, days)]++;
    n = 0;
  }
  for (int s = 0; s < STAGES; s++) {
    char name[16];
    snprintf(name, sizeof name, "stage_%d", s);
    char *found = members(name), *copy = strdup(found), *state = NULL;
    size_t got = 0;
    for (char *id = strtok_r(copy, " |", &state); id != NULL; id = strtok_r(NULL, " |", &state), got++)
      cr_expect_eq(json_integer_value(json_object_get(expected, id)), s, "%s is not '%s' but '%s'", id,
                   STAGE_NAMES[s], STAGE_NAMES[json_integer_value(json_object_get(expected, id))]);
    cr_expect_eq(got, seen[s], "%zu customers are '%s', not %zu", seen[s], STAGE_NAMES[s], got);
    free(copy);
    free(found);
  }
  for (int s = 0; s < STAGES; s++)
    cr_expect_gt(seen[s], 0, "nobody is '%s': nothing is tested", STAGE_NAMES[s]);
  json_decref(expected);
  json_decref(rows);
}

Test(segment_names, stages_of_life_are_those_of_their_definition) {
  write_orders();
  project_make("shop", "orders.csv");
  for (int s = 0; s < STAGES; s++) {
    char name[16], text[64];
    snprintf(name, sizeof name, "stage_%d", s);
    snprintf(text, sizeof text, "rule: lifecycle = '%s'\n", STAGE_NAMES[s]);
    define(name, text);
  }
  define("korean", "rule: lifecycle_ko = '재활성'\n");
  static const char *const MOMENTS[] = {"--as-of 2023-09-01", "--as-of 2023-11-15", "--as-of 2023-11-30", ""};
  for (size_t i = 0; i < sizeof MOMENTS / sizeof *MOMENTS; i++) { /* time moves them; few are asked again */
    json_decref(project_run("shop", MOMENTS[i]));
    compare_stages((const int64_t[]){30, 90, 180, 365});
  }
  compare_stages((const int64_t[]){30, 90, 180, 365});
  char *one = members("stage_2"), *other = members("korean");
  cr_expect_str_eq(one, other);
  free(one);
  free(other);
  project_set("shop", "active_days: 90", "active_days: 31");
  project_set("shop", "lapsed_days: 180", "lapsed_days: 89");
  json_t *changes = refresh();
  cr_expect(json_is_true(json_object_get(changes, "changed")), "thresholds are asked again without a run");
  json_decref(changes);
  compare_stages((const int64_t[]){30, 31, 89, 365});
  process_result explained = gyeol_ok("segment explain stage_1 999 shop");
  cr_expect_not_null(strstr(explained.out, "lifecycle is 'new'"), "%s", explained.out);
  process_clear(&explained);
  define("typo", "rule: lifecycle = 'lapst'\n");
  process_result check = run_gyeol("segment check shop");
  cr_expect_eq(check.exit_code, 2);
  cr_expect_not_null(strstr(check.err, "'lapst'"), "%s", check.err);
  process_clear(&check);
}

/* ---- scores and clusters ---- */

Test(segment_names, scores_of_a_file_are_asked_by_the_models_name) {
  write_orders();
  project_make("shop", "orders.csv");
  json_decref(project_run("shop", ""));
  write_text(in_workspace("churn.csv"),
             "who,p\n1000,0.9\n1001.0,0.2\n1002,lots\n77777,0.5\n1003,\n1004,1e300\n");
  process_result taken = gyeol_ok("model import churn.csv shop --name churn --customer who --score p --json");
  cr_expect_eq(int_of(taken.json, "customers"), 2);
  cr_expect_eq(int_of(taken.json, "unmatched"), 1);
  cr_expect_eq(int_of(taken.json, "refused"), 3);
  cr_expect_eq(int_of(taken.json, "refused_rows.0.row"), 4, "the line of the file");
  process_clear(&taken);
  define("leaving", "rule: score('churn') >= 0.7\n");
  define("staying", "rule: score('churn') < 0.7\n");
  define("unknown", "rule: score('churn') is null and recency_days < 99999\n");
  define("one", "rule: cluster('clusters') is not null\n");
  json_decref(refresh());
  char *leaving = members("leaving"), *staying = members("staying");
  cr_expect_str_eq(leaving, "1000");
  cr_expect_str_eq(staying, "1001");
  free(leaving);
  free(staying);
  cr_expect_eq(
      number(
          "SELECT count(*) FROM segment_members JOIN segments USING (segment_no) WHERE segment = 'unknown'"),
      number("SELECT count(*) - 2 FROM customer_features"));
  cr_expect_eq(number("SELECT members FROM segments WHERE segment = 'one'"),
               number("SELECT count(*) FROM customer_features"));
  write_text(in_workspace("churn.json"), "[{\"customer_id\": 1001, \"score\": 0.8}]");
  taken = gyeol_ok("model import churn.json shop --name churn");
  cr_expect_not_null(strstr(taken.out, "1 customers have a score of churn"), "%s", taken.out);
  process_clear(&taken);
  json_t *changes = refresh();
  cr_expect(json_is_true(json_object_get(changes, "changed")), "new scores are seen without a run");
  json_decref(changes);
  leaving = members("leaving");
  cr_expect_str_eq(leaving, "1001");
  free(leaving);
  changes = refresh();
  cr_expect_not(json_is_true(json_object_get(changes, "changed")));
  json_decref(changes);
  process_result list = gyeol_ok("model list shop --json");
  cr_expect_str_eq(text_of(list.json, "models.2.name"), "churn");
  cr_expect_eq(int_of(list.json, "models.2.customers"), 1);
  process_clear(&list);
  process_result forgotten = gyeol_ok("forget 1001 shop");
  process_clear(&forgotten);
  cr_expect_eq(number("SELECT count(*) FROM customer_scores"), 0, "scores are forgotten with the customer");
}

Test(segment_names, names_that_are_not_known_are_refused_with_a_suggestion) {
  static const struct {
    const char *rule, *sentence;
  } CASES[] = {
      {"score('chrun') > 0", "there is no model 'chrun'; did you mean 'churn'?"},
      {"score('zzz') > 0", "there is no model 'zzz'"},
      {"cluster('cluster') = 'x'", "there is no clustering 'cluster'; did you mean 'clusters'?"},
      {"lifecicle = 'new'", "unknown attribute 'lifecicle'; did you mean 'lifecycle'?"},
      {"lifecycle = 'New'", "'New'"},
      {"score('churn') = 'high'", "line 1"},
  };
  write_orders();
  project_make("shop", "orders.csv");
  json_decref(project_run("shop", ""));
  write_text(in_workspace("churn.csv"), "customer_id,score\n1000,0.9\n");
  process_result result = gyeol_ok("model import churn.csv shop --name churn");
  process_clear(&result);
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char text[128];
    snprintf(text, sizeof text, "rule: %s\n", CASES[i].rule);
    define("draft", text);
    process_result check = run_gyeol("segment check shop");
    cr_expect_eq(check.exit_code, 2, "%s", CASES[i].rule);
    cr_expect(i == 5 || strstr(check.err, CASES[i].sentence) != NULL, "%s: %s", CASES[i].rule, check.err);
    process_clear(&check);
  }
}

Test(segment_names, files_of_scores_that_say_too_much_or_nothing_are_refused) {
  static const struct {
    const char *text, *options, *sentence;
    int exit_code;
  } CASES[] = {
      {"customer_id,score\n1000,0.1\n1001,0.2\n1000,0.3\n", "--name churn",
       "rows 2 and 4 of bad.csv are both about customer 1000", 3},
      {"customer_id,score\n1000,x\n", "--name churn", "no row of bad.csv has a customer and a number", 3},
      {"id,score\n1000,1\n", "--name churn", "customer_id", 1},
      {"customer_id,score\n1000,1\n", "", "--name NAME", 2},
      {"customer_id,score\n1000,1\n", "--name clusters", "'clusters' is a model of gyeol's own", 2},
      {"customer_id,score\n1000,1\n", "--name a/b", "the model name 'a/b'", 2},
  };
  write_orders();
  project_make("shop", "orders.csv");
  json_decref(project_run("shop", ""));
  write_text(in_workspace("good.csv"), "customer_id,score\n1000,0.9\n");
  process_result result = gyeol_ok("model import good.csv shop --name churn");
  process_clear(&result);
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    write_text(in_workspace("bad.csv"), CASES[i].text);
    result = run_gyeol("model import bad.csv shop %s", CASES[i].options);
    cr_expect_neq(result.exit_code, 0, "case %zu", i);
    cr_expect(i == 2 || result.exit_code == CASES[i].exit_code, "case %zu ends with %d: %s", i,
              result.exit_code, result.err);
    cr_expect_not_null(strstr(result.err, CASES[i].sentence), "case %zu: %s", i, result.err);
    process_clear(&result);
  }
  cr_expect_eq(number("SELECT CAST(10 * sum(score) AS BIGINT) FROM customer_scores"), 9,
               "what was there stays");
}

/* ---- the report ---- */

static const json_t *row_of(const json_t *section, const char *name) {
  size_t i;
  json_t *row;
  json_array_foreach(json_object_get(section, "rows"), i,
                     row) if (strcmp(text_of(row, "name"), name) == 0) return row;
  return NULL;
}

Test(segment_names, the_report_tells_of_segments_what_the_store_has) {
  write_orders();
  project_make("shop", "orders.csv");
  define(
      "early",
      "title: {ko: 초기, en: Early}\nexclusive: life\npriority: 1\nrule: lifecycle in ('new', 'active')\n");
  define("late", "exclusive: life\npriority: 2\nrule: recency_days >= 0\n");
  define("much", "rule: orders >= 3\n");
  json_decref(project_run("shop", "--as-of 2023-06-30"));
  define("much", "rule: ordrs >= 3\n");
  json_t *manifest = project_run("shop", ""), *model = report_model(text_of(manifest, "report"));
  const json_t *section = json_object_get(model, "own_segments"), *early = row_of(section, "early"),
               *much = row_of(section, "much");
  cr_assert_not_null(early);
  cr_expect_str_eq(text_of(early, "title.ko"), "초기");
  cr_expect_str_eq(text_of(row_of(section, "late"), "title.ko"), "late");
  cr_expect_eq(int_of(early, "customers"), number("SELECT members FROM segments WHERE segment = 'early'"));
  cr_expect_eq(
      int_of(early, "entered"),
      number("SELECT count(*) FROM segment_members JOIN segments USING (segment_no) WHERE segment = 'early' "
             "AND entered_at = evaluated_at"));
  cr_expect_eq(
      int_of(early, "left"),
      number("SELECT count(*) FROM segment_members JOIN segments USING (segment_no) WHERE segment = 'early' "
             "AND exited_at = evaluated_at"));
  cr_expect_not_null(strstr(text_of(much, "error"), "unknown attribute 'ordrs'"));
  cr_expect(json_is_null(json_object_get(much, "entered")));
  cr_expect_eq(strncmp(text_of(much, "evaluated_at"), "2023-06-30T", 11), 0, "%s",
               text_of(much, "evaluated_at"));
  cr_expect_eq(int_of(section, "overlap.customers.0.1"), 0, "exclusive segments share nobody");
  cr_expect_eq(int_of(section, "overlap.customers.0.0"), int_of(early, "customers"));
  const json_t *links = json_at(section, "flows.0.links");
  json_int_t then = 0, now = 0;
  for (size_t i = 0; i < json_array_size(links); i++) {
    const json_t *link = json_array_get(links, i);
    then += strcmp(text_of(link, "from"), "early") == 0 ? int_of(link, "customers") : 0;
    now += strcmp(text_of(link, "to"), "early") == 0 ? int_of(link, "customers") : 0;
  }
  cr_expect_eq(now, int_of(early, "customers"), "what flows in is what is there");
  cr_expect_eq(then,
               number("SELECT count(*) FROM segment_members JOIN segments USING (segment_no) WHERE segment = "
                      "'early' AND entered_at < evaluated_at AND coalesce(exited_at >= evaluated_at, true)"));
  json_decref(model);
  json_decref(manifest);
}

/* ---- campaigns ---- */

static void append(const char *path, const char *more) {
  char *text = file_text(path), *whole = NULL;
  cr_assert_gt(asprintf(&whole, "%s%s", text, more), 0);
  write_text(path, whole);
  free(whole);
  free(text);
}

static const json_t *campaign_of(const process_result *plan, const char *name) {
  size_t i;
  json_t *row;
  json_array_foreach(json_object_get(plan->json, "campaigns"), i,
                     row) if (strcmp(text_of(row, "campaign"), name) == 0) return row;
  return NULL;
}

/* Campaigns that the sends call by numbers. */
Test(segment_names, a_plan_tells_whom_it_takes_out_of_running_campaigns) {
  write_orders();
  write_text(in_workspace("sends.csv"),
             "campaign_id,message_id,customer_id,sent_at,event\n7,1,1000,2023-11-01 10:00:00,send\n"
             "7,2,1001,2023-11-01 10:00:00,send\n8,3,1002,2023-11-01 10:00:00,send\n");
  project_make("shop", "orders.csv sends.csv");
  append(in_workspace("shop/gyeol.yaml"),
         "campaigns:\n  - {name: 7, segments: [few, listed], from: 2023-01-01}\n"
         "  - {name: planned, segments: [few], from: 2030-01-01}\n"
         "  - {name: past, segments: [few], from: 2020-01-01, until: 2020-02-01}\n"
         "  - {name: typo, segments: [fwe], from: 2023-01-01}\n");
  define("few", "rule: recency_days >= 0\n");
  define("listed", "list: listed.csv\n");
  write_text(in_workspace("shop/segments/listed.csv"), "1001\n1005\n");
  json_decref(project_run("shop", ""));
  json_int_t everybody = number("SELECT count(*) FROM customer_features");
  define("few", "rule: orders > 99\n");
  process_result plan = gyeol_ok("segment plan shop --json");
  const json_t *spring = campaign_of(&plan, "7"), *planned = campaign_of(&plan, "planned");
  cr_expect_str_eq(text_of(spring, "state"), "running");
  cr_expect_eq(int_of(spring, "before"), everybody);
  cr_expect_eq(int_of(spring, "customers"), 2, "those who are in another of its segments stay");
  cr_expect_eq(int_of(spring, "left"), everybody - 2);
  cr_expect_eq(int_of(spring, "left_reached"), 1, "1000; 1001 stays, 1002 was reached by another");
  cr_expect_eq(int_of(spring, "entered"), 0);
  cr_expect_str_eq(text_of(planned, "state"), "planned");
  cr_expect_eq(int_of(planned, "left"), everybody);
  cr_expect_null(campaign_of(&plan, "past"), "it has ended");
  cr_expect_not_null(strstr(text_of(campaign_of(&plan, "typo"), "error"), "did you mean 'few'?"));
  process_clear(&plan);
  process_result text = gyeol_ok("segment plan shop");
  cr_expect_not_null(strstr(text.out, "campaign 7 (running, from 2023-01-01): "), "%s", text.out);
  cr_expect_not_null(strstr(text.out, "1 of them reached already"), "%s", text.out);
  process_clear(&text);
  process_result check = run_gyeol("segment check shop");
  cr_expect_eq(check.exit_code, 2);
  cr_expect_not_null(strstr(check.err, "campaign 'typo' goes to the segment 'fwe', which is not defined"),
                     "%s", check.err);
  process_clear(&check);
  cr_assert_eq(remove(in_workspace("shop/segments/few.yaml")), 0);
  plan = gyeol_ok("segment plan shop --json");
  cr_expect_eq(int_of(campaign_of(&plan, "7"), "left"), everybody - 2, "the file is gone");
  process_clear(&plan);
  define("few", "rule: recency_days >= 0\n");
  plan = gyeol_ok("segment plan shop");
  cr_expect_not_null(strstr(plan.out, "nothing changes for its"), "%s", plan.out);
  process_clear(&plan);
}

/* ---- consent in exports ---- */

static json_int_t exported(const char *options, json_int_t *left_out) {
  process_result result = gyeol_ok("segment export %s --out out.csv --json", options);
  json_int_t n = int_of(result.json, "customers");
  *left_out = int_of(result.json, "left_out");
  process_clear(&result);
  return n;
}

Test(segment_names, exports_leave_out_who_has_not_agreed) {
  static const char CONSENTS[] =
      "customer_id,purpose,channel,granted,decided_at\n1000,marketing,email,Y,2023-01-01 00:00:00\n"
      "1001,marketing,*,Y,2023-01-01 00:00:00\n1002,marketing,email,Y,2023-01-01 00:00:00\n"
      "1002,marketing,email,N,2023-02-01 00:00:00\n1003,marketing,sms,Y,2023-01-01 00:00:00\n"
      "1004,personalisation,*,Y,2023-01-01 00:00:00\n1005,marketing,email,Y,2099-01-01 00:00:00\n";
  json_int_t out = 0;
  write_orders();
  write_text(in_workspace("consents.csv"), CONSENTS);
  project_make("shop", "orders.csv consents.csv");
  define("letter", "purpose: marketing\nlist: six.csv\n");
  define("look", "list: six.csv\n");
  write_text(in_workspace("shop/segments/six.csv"), "1000\n1001\n1002\n1003\n1004\n1005\n");
  json_decref(project_run("shop", ""));
  cr_expect_eq(exported("letter shop --channel email", &out), 2, "1000 and 1001");
  cr_expect_eq(out, 4);
  char *rows = file_text(in_workspace("out.csv"));
  cr_expect(
      strstr(rows, "\n1000,") != NULL && strstr(rows, "\n1001,") != NULL && strstr(rows, "\n1002,") == NULL,
      "%s", rows);
  free(rows);
  cr_expect_eq(exported("letter shop --channel sms", &out), 2, "1001 and 1003");
  cr_expect_eq(exported("letter shop", &out), 1, "1001 agreed to every channel");
  cr_expect_eq(exported("look shop", &out), 6, "analytics holds by default");
  cr_expect_eq(out, 0);
  cr_expect_eq(exported("look shop --purpose marketing --channel email", &out), 2);
  cr_expect_eq(exported("look shop --purpose personalisation", &out), 1);
  process_result text = gyeol_ok("segment export letter shop --out out.csv --channel email");
  cr_expect_not_null(strstr(text.out, "2 customers written"), "%s", text.out);
  cr_expect_not_null(strstr(text.out, "4 left out without consent for marketing by email"), "%s", text.out);
  process_clear(&text);
  process_result set = gyeol_ok("consent set 1000 shop --purpose marketing --channel email --withdrawn");
  process_clear(&set);
  cr_expect_eq(exported("letter shop --channel email", &out), 1, "a withdrawal counts without a run");
}

Test(segment_names, everybody_is_exported_for_a_reason_only) {
  static const struct {
    const char *options, *sentence;
  } CASES[] = {
      {"letter shop --all", "it needs --reason TEXT"},
      {"letter shop --all --reason ' '", "it needs --reason TEXT"},
      {"look shop --all --purpose third_party", "it needs --reason TEXT"},
      {"letter shop --purpose analytics", "cannot change that"},
      {"letter shop --channel fax", "--channel fax is not a channel"},
  };
  json_int_t out = 0;
  write_orders();
  project_make("shop", "orders.csv");
  define("letter", "purpose: marketing\nrule: recency_days >= 0\n");
  define("look", "rule: recency_days >= 0\n");
  json_decref(project_run("shop", ""));
  json_int_t everybody = number("SELECT count(*) FROM customer_features");
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    process_result result = run_gyeol("segment export %s --out refused.csv", CASES[i].options);
    cr_expect_eq(result.exit_code, 2, "%s", CASES[i].options);
    cr_expect_not_null(strstr(result.err, CASES[i].sentence), "%s: %s", CASES[i].options, result.err);
    process_clear(&result);
  }
  cr_expect_not(gy_path_exists(in_workspace("refused.csv")));
  cr_expect_eq(exported("letter shop", &out), 0, "nobody can have agreed");
  cr_expect_eq(out, everybody);
  cr_expect_eq(exported("look shop --all", &out), everybody);
  cr_expect_eq(exported("letter shop --all --reason 'recall of a product'", &out), everybody);
  process_result audit = gyeol_ok("audit show shop --json");
  char *entries = json_dumps(audit.json, 0);
  cr_expect(strstr(entries, "segment.export_all") != NULL && strstr(entries, "recall of a product") != NULL,
            "%s", entries);
  free(entries);
  process_clear(&audit);
}

/* ---- first segments ---- */

static json_int_t differing(const char *segment, const char *sql) {
  char query[2048];
  snprintf(
      query, sizeof query,
      "WITH a AS (SELECT CAST(customer_id AS VARCHAR) AS c FROM (%s)), b AS (SELECT m.customer_id AS c FROM "
      "segment_members AS m JOIN segments AS s USING (segment_no) WHERE s.segment = '%s' AND exited_at IS "
      "NULL) "
      "SELECT (SELECT count(*) FROM ((FROM a EXCEPT ALL FROM b) UNION ALL (FROM b EXCEPT ALL FROM a))) AS n",
      sql, segment);
  return number(query);
}

Test(segment_names, a_new_project_begins_with_segments_that_hold) {
  static const struct {
    const char *name, *sql;
  } CASES[] = {
      {"champions",
       "SELECT customer_id FROM customer_features JOIN customer_rfm USING (customer_no) WHERE segment = 0"},
      {"new_customers", "SELECT customer_id FROM customer_features WHERE tenure_days <= 30"},
      {"one_time_buyers", "SELECT customer_id FROM customer_features WHERE orders = 1 AND tenure_days > 30"},
      {"at_risk",
       "SELECT customer_id FROM customer_features WHERE orders >= 2 AND recency_days BETWEEN 91 AND 180"},
      {"abandoned_cart", "SELECT 1001 AS customer_id"},
  };
  write_orders();
  write_text(in_workspace("events.csv"),
             "event_id,customer_id,occurred_at,event,page\n"
             "1,999,2023-12-03T11:00:00,add_to_cart,/cart\n"
             "2,1001,2023-12-02T10:00:00,add_to_cart,/cart\n"
             "3,1002,2023-12-02T10:00:00,page_view,/\n"
             "4,1003,2023-08-01T10:00:00,add_to_cart,/cart\n");
  process_result made = gyeol_ok("init shop orders.csv events.csv --yes --lang ko");
  cr_expect_not_null(strstr(made.out, "5 segments to begin with are in shop/segments"), "%s", made.out);
  process_clear(&made);
  char *text = file_text(in_workspace("shop/segments/at_risk.yaml"));
  cr_expect_not_null(strstr(text, "한동안 오지 않은"), "%s", text);
  free(text);
  json_decref(project_run("shop", ""));
  process_result check = gyeol_ok("segment check shop");
  cr_expect_not_null(strstr(check.out, "5 segments, no error"), "%s", check.out);
  process_clear(&check);
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    cr_expect_eq(differing(CASES[i].name, CASES[i].sql), 0, "%s", CASES[i].name);
    char *found = members(CASES[i].name);
    cr_expect_neq(found[0], '\0', "%s is empty", CASES[i].name);
    free(found);
  }
  define("mine", "rule: orders >= 3\n");
  cr_assert_eq(remove(in_workspace("shop/segments/champions.yaml")), 0);
  made = gyeol_ok("init shop orders.csv --yes --force");
  cr_expect_null(strstr(made.out, "segments to begin with"), "a folder that is there stays as it is");
  cr_expect_not(gy_path_exists(in_workspace("shop/segments/champions.yaml")));
  process_clear(&made);
  made = gyeol_ok("init plain orders.csv --yes --lang en --json");
  cr_expect_eq(json_array_size(json_object_get(made.json, "segments")), 4, "no events, no carts");
  process_clear(&made);
  text = file_text(in_workspace("plain/segments/at_risk.yaml"));
  cr_expect_not_null(strstr(text, "who have not come for a while"), "%s", text);
  free(text);
  made = gyeol_ok("init bare orders.csv --yes --no-segments");
  cr_expect_not(gy_path_exists(in_workspace("bare/segments")));
  process_clear(&made);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Segments that a project defines, by real processes: their members beside plain SQL, history, mistakes that
 * stop nothing, and what forgetting leaves. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "project_fixture.h"
#include "support/byte_search.h"

TestSuite(segments, .fini = workspace_remove, .timeout = 300);

static void define(const char *name, const char *text) {
  cr_assert_eq(gy_dir_create(in_workspace("shop/segments"), NULL), GY_OK);
  write_text(in_workspace("shop/segments/%s.yaml", name), text);
}

static void make_shop(void) {
  write_small_shop(in_workspace("orders.csv"), 6000, 1);
  project_make("shop", "orders.csv");
}

static void refresh(void) {
  process_result result = gyeol_ok("segment refresh shop --json");
  process_clear(&result);
}

static json_int_t number(const char *sql) {
  json_t *rows = project_query("shop", sql), *row = json_array_get(rows, 0), *value;
  json_int_t n = -1;
  const char *key;
  json_object_foreach(row, key, value) n = json_integer_value(value);
  json_decref(rows);
  return n;
}

/* Members of now as the store has them. */
static json_int_t members(const char *segment) {
  char sql[512];
  snprintf(sql, sizeof sql,
           "SELECT count(*) FROM segment_members JOIN segments USING (segment_no) WHERE segment = '%s' AND "
           "exited_at IS NULL",
           segment);
  return number(sql);
}

static const char *error_of(const json_t *list, const char *segment) {
  size_t i;
  json_t *entry;
  json_array_foreach(json_object_get(list, "segments"), i,
                     entry) if (strcmp(text_of(entry, "name"), segment) == 0) return text_of(entry, "error");
  return "not there";
}

/* ---- members ---- */

Test(segments, members_are_those_of_plain_sql) {
  static const struct {
    const char *name, *text, *sql;
  } CASES[] = {
      {"rich", "rule: monetary >= 1000 and recency_days <= 60\n",
       "SELECT customer_id FROM customer_features WHERE monetary >= 1000 AND recency_days <= 60"},
      {"orders", "rule: count(orders) = orders\n", "SELECT customer_id FROM customer_features"},
      {"money", "rule: sum(order_lines.amount) = monetary\n", "SELECT customer_id FROM customer_features"},
      {"champions", "rule: rfm = 'Champions'\n",
       "SELECT customer_id FROM customer_features JOIN customer_rfm USING (customer_no) WHERE segment = 0"},
      {"categories", "rule: distinct(order_lines.category) >= 4\n",
       "SELECT customer_id FROM customer_features WHERE categories >= 4"},
      {"either", "sets: {any: [rich, champions]}\n",
       "SELECT customer_id FROM customer_features JOIN customer_rfm USING (customer_no) "
       "WHERE segment = 0 OR (monetary >= 1000 AND recency_days <= 60)"},
      {"both", "sets: {all: [rich, champions]}\n",
       "SELECT customer_id FROM customer_features JOIN customer_rfm USING (customer_no) "
       "WHERE segment = 0 AND (monetary >= 1000 AND recency_days <= 60)"},
      {"rest", "sets: {all: [orders], none: [rich, champions]}\n",
       "SELECT customer_id FROM customer_features JOIN customer_rfm USING (customer_no) "
       "WHERE segment <> 0 AND NOT (monetary >= 1000 AND recency_days <= 60)"},
      {"listed", "list: listed.csv\n",
       "SELECT customer_id FROM customer_features WHERE customer_id IN (103, 104)"},
      {"first", "exclusive: mail\npriority: 1\nrule: monetary > 1500\n",
       "SELECT customer_id FROM customer_features WHERE monetary > 1500"},
      {"second", "exclusive: mail\npriority: 2\nrule: orders > 2\n",
       "SELECT customer_id FROM customer_features WHERE orders > 2 AND monetary <= 1500"},
      {"third", "exclusive: mail\npriority: 3\nsets: {any: [orders]}\n",
       "SELECT customer_id FROM customer_features WHERE orders <= 2 AND monetary <= 1500"},
      {"macro", "rule: loyal\n", "SELECT customer_id FROM customer_features WHERE orders >= 3"},
  };
  make_shop();
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) define(CASES[i].name, CASES[i].text);
  define("macros", "macros: [{name: loyal, rule: orders >= 3}]\n");
  write_text(in_workspace("shop/segments/listed.csv"), "customer_id\n103\n\"104\"\nnobody\n104\n");
  json_decref(project_run("shop", ""));
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char sql[2048];
    snprintf(sql, sizeof sql,
             "WITH a AS (SELECT CAST(customer_id AS VARCHAR) AS c FROM (%s)), b AS (SELECT m.customer_id AS "
             "c FROM "
             "segment_members AS m JOIN segments AS s USING (segment_no) WHERE s.segment = '%s' AND "
             "exited_at IS NULL) "
             "SELECT (SELECT count(*) FROM ((FROM a EXCEPT ALL FROM b) UNION ALL (FROM b EXCEPT ALL FROM "
             "a))) AS n",
             CASES[i].sql, CASES[i].name);
    cr_expect_eq(number(sql), 0, "%s", CASES[i].name);
    cr_expect_gt(members(CASES[i].name), 0, "%s is empty", CASES[i].name);
  }
  process_result shown = gyeol_ok("segment show listed shop --json");
  cr_expect_eq(int_of(shown.json, "unmatched"), 1);
  process_clear(&shown);
}

/* ---- history ---- */

Test(segments, members_come_and_go_with_a_version_and_a_reason) {
  make_shop();
  define("loyal", "rule: orders >= 3\n");
  json_decref(project_run("shop", "--as-of 2024-09-01"));
  json_int_t before = members("loyal");
  cr_expect_gt(before, 0);
  define("loyal", "rule: orders >= 5\n");
  process_result plan = gyeol_ok("segment plan shop --json --limit 2");
  json_int_t left = int_of(plan.json, "segments.0.left");
  cr_expect_gt(left, 0);
  cr_expect_eq(json_array_size(json_at(plan.json, "segments.0.leave_examples")), 2);
  cr_expect_eq(members("loyal"), before, "a plan changes nothing");
  process_clear(&plan);
  refresh();
  cr_expect_eq(members("loyal"), before - left);
  char *reasons = project_rows("shop",
                               "SELECT exited_reason, exited_version, count(*) FROM segment_members WHERE "
                               "exited_at IS NOT NULL GROUP BY ALL");
  char expected[64];
  snprintf(expected, sizeof expected, "definition,2,%lld", (long long)left);
  cr_expect_str_eq(reasons, expected);
  free(reasons);
  json_decref(project_run("shop", "--as-of 2024-10-01"));
  cr_expect_eq(
      number("SELECT count(*) FROM segment_members WHERE entered_version = 2 AND entered_reason <> 'time'"),
      0);
  cr_expect_eq(
      number("SELECT count(*) FROM (SELECT customer_id FROM segment_members WHERE exited_at IS NULL GROUP BY "
             "ALL HAVING count(*) > 1)"),
      0, "nobody is in it twice");
  json_t *again = project_run("shop", "--as-of 2024-10-01");
  cr_expect(json_is_false(json_object_get(again, "changed")));
  json_decref(again);
  cr_assert_eq(unlink(in_workspace("shop/segments/loyal.yaml")), 0);
  refresh();
  cr_expect_eq(members("loyal"), 0);
  cr_expect_gt(number("SELECT count(*) FROM segment_members WHERE exited_reason = 'removed'"), 0);
  process_result history = gyeol_ok("segment history loyal shop --json");
  cr_expect_eq(json_array_size(json_object_get(history.json, "versions")), 2);
  process_clear(&history);
}

/* ---- mistakes ---- */

Test(segments, a_mistake_keeps_the_last_members_and_stops_nothing) {
  make_shop();
  define("good", "rule: orders >= 2\n");
  define("user", "rule: in_segment('good') and monetary > 0\n");
  json_decref(project_run("shop", ""));
  json_int_t before = members("good"), users = members("user");
  define("good", "rule: ordrs >= 2\n");
  define("ring_a", "rule: in_segment('ring_b')\n");
  define("ring_b", "sets: {any: [ring_a]}\n");
  define("broken", "rule: [\n");
  define("late", "rule: exists(orders, on 2024-02-30)\n");
  define("lost", "list: none.csv\n");
  define("leans", "sets: {all: [lost]}\n");
  json_decref(project_run("shop", ""));
  cr_expect_eq(members("good"), before, "the last good version's members stay");
  cr_expect_eq(members("user"), users);
  static const char *const CASES[][2] = {
      {"good", "segments/good.yaml:1:7: unknown attribute 'ordrs'; did you mean 'orders'?"},
      {"ring_a", "segments/ring_a.yaml: a segment cannot use itself: ring_a -> ring_b -> ring_a"},
      {"ring_b", "ring_b -> ring_a -> ring_b"},
      {"broken", "segments/broken.yaml:"},
      {"late", "segments/late.yaml:1:"},
      {"lost", "segments/lost.yaml: list: "},
      {"leans", "segments/leans.yaml: it uses 'lost', which has an error and no earlier version"},
      {"user", ""},
  };
  process_result list = gyeol_ok("segment list shop --json");
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    const char *error = error_of(list.json, CASES[i][0]);
    cr_expect(strncmp(error, CASES[i][1], strlen(CASES[i][1])) == 0 || (i == 2 && strstr(error, CASES[i][1])),
              "%s: '%s' is not '%s'", CASES[i][0], error, CASES[i][1]);
  }
  process_clear(&list);
  process_result check = run_gyeol("segment check shop");
  cr_expect_eq(check.exit_code, 2);
  cr_expect_not_null(strstr(check.err, "ring_a -> ring_b -> ring_a"), "%s", check.err);
  process_clear(&check);
  define("good", "rule: orders >= 2\n");
  refresh();
  list = gyeol_ok("segment list shop --json");
  cr_expect_str_empty(error_of(list.json, "good"));
  cr_expect_eq(number("SELECT version FROM segments WHERE segment = 'good'"), 1,
               "the same definition, the same version");
  process_clear(&list);
}

/* ---- forgetting ---- */

Test(segments, who_is_forgotten_is_in_no_history) {
  char text[16384] = "order_id,customer_id,ordered_at,quantity,unit_price\n", *end = text + strlen(text);
  for (int i = 0; i < 200; i++)
    end += sprintf(end, "%d,cust-%03d-zebra,2024-%02d-%02d,2,%d.50\n", i, i % 40, 1 + i % 12, 1 + i % 28,
                   10 + i);
  write_text(in_workspace("orders.csv"), text);
  project_make("shop", "orders.csv");
  define("all", "rule: orders >= 1\n");
  define("some", "rule: monetary > 100\n");
  json_decref(project_run("shop", ""));
  cr_assert_gt(number("SELECT count(*) FROM segment_members WHERE customer_id = 'cust-007-zebra'"), 0);
  process_result forgotten = gyeol_ok("forget cust-007-zebra shop");
  process_clear(&forgotten);
  cr_expect_eq(number("SELECT count(*) FROM segment_members WHERE customer_id = 'cust-007-zebra'"), 0);
  cr_expect_gt(number("SELECT count(*) FROM segment_members WHERE customer_id = 'cust-008-zebra'"), 0);
  char where[256] = "";
  cr_expect_not(byte_search(in_workspace("shop/.gyeol"), "cust-007-zebra", where, sizeof where), "%s", where);
}

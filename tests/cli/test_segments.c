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
  define("listed", "list: listed.csv\n");
  write_text(in_workspace("shop/segments/listed.csv"),
             "customer_id\ncust-006-zebra\n\"cust-007-zebra\"\r\ncust-008-zebra");
  json_decref(project_run("shop", ""));
  cr_assert_gt(number("SELECT count(*) FROM segment_members WHERE customer_id = 'cust-007-zebra'"), 0);
  process_result forgotten = gyeol_ok("forget cust-007-zebra shop");
  process_clear(&forgotten);
  cr_expect_eq(number("SELECT count(*) FROM segment_members WHERE customer_id = 'cust-007-zebra'"), 0);
  cr_expect_gt(number("SELECT count(*) FROM segment_members WHERE customer_id = 'cust-008-zebra'"), 0);
  char where[256] = "", *list = file_text(in_workspace("shop/segments/listed.csv"));
  cr_expect_not(byte_search(in_workspace("shop"), "cust-007-zebra", where, sizeof where), "%s", where);
  cr_expect_str_eq(list, "customer_id\ncust-006-zebra\ncust-008-zebra");
  free(list);
}

/* ---- why ---- */

Test(segments, an_explanation_agrees_with_the_members) {
  static const char *const RULES[][2] = {
      {"one", "rule: monetary >= 1000 and recency_days <= 90\n"},
      {"two", "rule: not (orders > 2 or in_segment('one')) or rfm = 'Champions'\n"},
      {"three", "rule: percentile(monetary) > 50 and count(orders, last 90 days) >= 1\n"},
      {"four", "sets: {all: [three], none: [one]}\n"},
      {"five", "rule: exists(orders then orders within 30 days) and distinct(order_lines.category) > 2\n"},
      {"six", "exclusive: x\npriority: 1\nrule: orders > 3\n"},
      {"seven", "exclusive: x\npriority: 2\nrule: monetary > 500\n"},
  };
  make_shop();
  for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++) define(RULES[i][0], RULES[i][1]);
  json_decref(project_run("shop", ""));
  json_t *rows = project_query("shop",
                               "SELECT CAST(customer_id AS VARCHAR) AS c FROM customer_features ORDER BY "
                               "hash(customer_id) LIMIT 6"),
         *row;
  size_t r;
  json_array_foreach(rows, r, row) {
    for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++) {
      process_result why = gyeol_ok("segment explain %s %s shop --json", RULES[i][0], text_of(row, "c"));
      bool member = json_is_true(json_object_get(why.json, "member"));
      cr_expect_eq(strcmp(text_of(why.json, "answer"), "yes") == 0, member, "%s %s: %s", RULES[i][0],
                   text_of(row, "c"), why.out);
      cr_expect_gt(json_array_size(json_object_get(why.json, "predicates")), 0);
      process_clear(&why);
    }
  }
  json_decref(rows);
  process_result nobody = run_gyeol("segment explain one nobody shop");
  cr_expect_eq(nobody.exit_code, 1);
  cr_expect_not_null(strstr(nobody.err, "no customer 'nobody'"), "%s", nobody.err);
  process_clear(&nobody);
}

/* Below a `not` a condition is told as the rule reads it: `orders > 0` is true of everybody, `not` it of
 * nobody. */
Test(segments, an_explanation_reads_as_the_rule_does) {
  make_shop();
  define("never", "rule: not orders > 0 and not (exists(orders, last 1 days) and orders < 0)\n");
  json_decref(project_run("shop", ""));
  json_t *rows =
      project_query("shop", "SELECT CAST(min(customer_id) AS VARCHAR) AS c FROM customer_features");
  process_result why = gyeol_ok("segment explain never %s shop", text_of(rows, "0.c"));
  cr_expect_not_null(strstr(why.out, "  no      not orders > 0  <- decides alone\n"), "%s", why.out);
  cr_expect_not_null(strstr(why.out, "(wanted: not > 0)"), "%s", why.out);
  cr_expect_not_null(strstr(why.out, "  yes     not orders < 0"), "%s", why.out);
  cr_expect_not_null(strstr(why.out, "(wanted: is not true)"), "%s", why.out);
  process_clear(&why);
  json_decref(rows);
}

/* A moment of the past has the definition and the rows of then. */
Test(segments, explained_as_of_an_earlier_day) {
  make_shop();
  define("busy", "rule: count(orders) >= 2\n");
  json_decref(project_run("shop", "--as-of 2024-07-01"));
  json_t *rows =
             project_query("shop", "SELECT m.customer_id AS c FROM segment_members AS m ORDER BY 1 LIMIT 3"),
         *row;
  define("busy", "rule: count(orders) >= 100000\n");
  json_decref(project_run("shop", "--as-of 2024-12-01"));
  cr_expect_eq(members("busy"), 0);
  size_t r;
  json_array_foreach(rows, r, row) {
    process_result then = gyeol_ok("segment explain busy %s shop --at 2024-07-02 --json", text_of(row, "c")),
                   now = gyeol_ok("segment explain busy %s shop --json", text_of(row, "c"));
    cr_expect_str_eq(text_of(then.json, "answer"), "yes", "%s", then.out);
    cr_expect(json_is_true(json_object_get(then.json, "member")));
    cr_expect_eq(int_of(then.json, "version"), 1);
    cr_expect_str_eq(text_of(now.json, "answer"), "no");
    cr_expect_not(json_is_true(json_object_get(now.json, "member")));
    process_clear(&then);
    process_clear(&now);
  }
  process_result diff = gyeol_ok("segment diff busy shop --from 2024-07-01 --json"),
                 links = gyeol_ok("segment transitions shop --from 2024-07-01 --json"),
                 wrong = run_gyeol("segment diff busy shop --from 2024-02-30");
  cr_expect_gt(int_of(diff.json, "before"), 0);
  cr_expect_eq(int_of(diff.json, "before"), int_of(diff.json, "left"));
  cr_expect_eq(int_of(diff.json, "after"), 0);
  cr_expect_str_eq(text_of(diff.json, "left_customers.0.reason"), "definition");
  cr_expect_eq(int_of(links.json, "links.0.customers"), int_of(diff.json, "before"));
  cr_expect_eq(wrong.exit_code, 2);
  process_clear(&diff);
  process_clear(&links);
  process_clear(&wrong);
  json_decref(rows);
}

/* ---- several segments, lists ---- */

Test(segments, overlap_is_that_of_plain_sql) {
  make_shop();
  define("a", "rule: orders >= 3\n");
  define("b", "rule: monetary > 1500\n");
  define("c", "rule: orders >= 100000\n");
  json_decref(project_run("shop", ""));
  process_result overlap = gyeol_ok("segment overlap shop --json");
  cr_expect_eq(int_of(overlap.json, "customers.0.0"),
               number("SELECT count(*) FROM customer_features WHERE orders >= 3"));
  cr_expect_eq(int_of(overlap.json, "customers.0.1"),
               number("SELECT count(*) FROM customer_features WHERE orders >= 3 AND monetary > 1500"));
  cr_expect_eq(int_of(overlap.json, "customers.1.0"), int_of(overlap.json, "customers.0.1"));
  cr_expect_eq(int_of(overlap.json, "customers.2.2"), 0);
  process_clear(&overlap);
}

Test(segments, what_is_exported_can_be_imported) {
  make_shop();
  define("a", "rule: orders >= 3\n");
  json_decref(project_run("shop", ""));
  process_result out = gyeol_ok("segment export a shop --out a.csv"),
                 in = gyeol_ok("segment import a.csv shop --name again --json"),
                 twice = run_gyeol("segment import a.csv shop --name again"),
                 name = run_gyeol("segment import a.csv shop --name \"x'y\"");
  cr_expect_eq(int_of(in.json, "customers"), members("a"));
  cr_expect_eq(int_of(in.json, "unmatched"), 0);
  cr_expect_eq(twice.exit_code, 1);
  cr_expect_eq(name.exit_code, 2);
  process_clear(&out);
  process_clear(&in);
  process_clear(&twice);
  process_clear(&name);
  refresh();
  cr_expect_eq(members("again"), members("a"));
  cr_expect_eq(
      number(
          "SELECT count(*) FROM segment_members AS m JOIN segments AS s USING (segment_no) WHERE s.segment = "
          "'again' AND m.customer_id NOT IN (SELECT customer_id FROM segment_members AS o JOIN segments AS t "
          "USING (segment_no) WHERE t.segment = 'a')"),
      0);
  write_text(in_workspace("odd.csv"), "who,n\n103,1\nnobody here,2\n\"a,\"\"b\",3\n");
  in = gyeol_ok("segment import odd.csv shop --name odd --column who --json");
  cr_expect_eq(int_of(in.json, "customers"), 1);
  cr_expect_eq(int_of(in.json, "unmatched"), 2);
  cr_expect_str_eq(text_of(in.json, "unmatched_rows.1.customer_id"), "a,\"b");
  process_clear(&in);
}

/* ---- texts that would be SQL ---- */

static const char *const SHARP[] = {"'; DROP TABLE segment_members; --",
                                    "'",
                                    "''",
                                    "\"",
                                    "\\",
                                    "\\'",
                                    ";",
                                    "--",
                                    "/*",
                                    "*/",
                                    "$1",
                                    "{{number}}",
                                    "%s",
                                    "%n",
                                    "$$",
                                    "`",
                                    "') OR 1=1 --",
                                    "\" OR \"\"=\"",
                                    "1; DELETE FROM segments",
                                    "' UNION SELECT 1 --",
                                    "E'\\x27'",
                                    "U&'\\0027'"};
enum { N_SHARP = sizeof SHARP / sizeof *SHARP, N_SHARP_TESTS = 1000 };

static void put_sharp(char *room, unsigned seed) {
  room[0] = '\0';
  for (unsigned n = 1 + seed % 3; n > 0; n--, seed /= N_SHARP) strcat(room, SHARP[seed % N_SHARP]);
}

/* As a YAML text in double quotes; `doubled`: inside the quotes of a rule. */
static char *quote(char *to, const char *from, bool doubled) {
  for (; *from != '\0'; from++) {
    if (*from == '\\' || *from == '"') *to++ = '\\';
    if (*from == '\'' && doubled) *to++ = '\'';
    *to++ = *from;
  }
  *to = '\0';
  return to;
}

/* Each position of a definition, hundreds of texts each: what is read is the text, and nothing else happens.
 */
Test(segments, texts_of_sql_are_texts) {
  enum { A_FILE = 25 };
  make_shop();
  for (unsigned i = 0; i < N_SHARP_TESTS / A_FILE; i++) {
    char text[32768], sharp[512], quoted[2048], *at = text;
    put_sharp(sharp, 7 * i + 1);
    quote(quoted, sharp, false);
    at += sprintf(at,
                  "title: {ko: \"%s\", en: \"%s\"}\ndescription: \"%s\"\nowner: \"%s\"\ntags: "
                  "[\"%s\"]\nrule: \"orders >= 0",
                  quoted, quoted, quoted, quoted, quoted);
    for (unsigned k = 0; k < A_FILE; k++) {
      static const char *const FORMS[] = {
          " and (rfm_ko != rfm or not exists(order_lines where product_id = '%s'))",
          " and not exists(order_lines where category = '%s')",
          " and count(order_lines where product_id in ('x', '%s')) = 0",
          " and not exists(order_lines where product_id like '%%%s')", " and random_bucket('%s', 10) < 10"};
      put_sharp(sharp, i * A_FILE + k);
      if (k % 5 == 3) { /* like reads \\ as its own sign */
        for (char *c = sharp; *c != '\0'; c++)
          if (*c == '\\' || *c == '%') *c = '/';
      }
      quote(quoted, sharp, true);
      char part[4096];
      snprintf(part, sizeof part, FORMS[k % 5], quoted);
      at = stpcpy(at, part);
    }
    strcpy(at, "\"\n");
    char name[32];
    snprintf(name, sizeof name, "s%03u", i);
    define(name, text);
  }
  define("list", "list: \"'; DROP TABLE segments; --.csv\"\n");
  write_text(in_workspace("shop/segments/'; DROP TABLE segments; --.csv"),
             "'; DELETE FROM segment_members; --\n103\n");
  json_decref(project_run("shop", ""));
  json_int_t everybody = number("SELECT count(*) FROM customer_features");
  process_result list = gyeol_ok("segment list shop --json");
  for (unsigned i = 0; i < N_SHARP_TESTS / A_FILE; i++) {
    char name[32], sharp[512];
    snprintf(name, sizeof name, "s%03u", i);
    cr_expect_str_empty(error_of(list.json, name));
    cr_expect_eq(members(name), everybody, "%s", name);
    put_sharp(sharp, 7 * i + 1);
    process_result shown = gyeol_ok("segment show %s shop --json", name);
    cr_expect_str_eq(text_of(shown.json, "description"), sharp);
    cr_expect_str_eq(text_of(shown.json, "title_ko"), sharp);
    process_clear(&shown);
  }
  cr_expect_eq(members("list"), 1);
  process_clear(&list);
}

/* ---- days in two zones ---- */

/* An order just after midnight in Seoul, and one in the hour that New York's clocks go through twice. */
Test(segments, days_begin_where_the_shop_is) {
  static const struct {
    const char *zone, *rule;
    const char *members;
  } CASES[] = {
      {"Asia/Seoul", "exists(orders, on 2024-11-03)", "a,b"},
      {"Asia/Seoul", "exists(orders, on 2024-11-02)", "c"},
      {"Asia/Seoul", "exists(orders where hour(ordered_at) = 0)", "a"},
      {"Asia/Seoul", "exists(orders where weekday(ordered_at) = sunday)", "a,b,d"},
      {"America/New_York", "exists(orders, on 2024-11-02)", "a,c"},
      {"America/New_York", "exists(orders, on 2024-11-03)", "b"},
      {"America/New_York", "exists(orders where hour(ordered_at) = 1)", "b"},
      {"America/New_York", "exists(orders, on 2024-11-04)", ""},
  };
  /* 2024-11-03 00:30 and 14:30 in Seoul; 2024-11-02 23:59 there. b is 01:30 EDT in New York. */
  write_text(in_workspace("orders.csv"),
             "order_id,customer_id,ordered_at,quantity,unit_price\n"
             "1,a,2024-11-02T15:30:00Z,1,10.50\n2,b,2024-11-03T05:30:00Z,1,11.50\n"
             "3,c,2024-11-02T14:59:00Z,1,12.50\n4,d,2024-12-01T00:00:00Z,1,13.50\n"
             "5,d,2024-12-01T00:00:00Z,2,13.50\n");
  for (size_t z = 0; z < 2; z++) {
    const char *zone = z == 0 ? "Asia/Seoul" : "America/New_York";
    cr_assert_eq(gy_dir_remove(in_workspace("shop"), NULL), GY_OK);
    process_result made = gyeol_ok("init shop orders.csv --yes --no-segments --tz %s --json", zone);
    process_clear(&made);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
      char name[32], text[256];
      snprintf(name, sizeof name, "case%zu", i);
      snprintf(text, sizeof text, "rule: %s\n", CASES[i].rule);
      if (strcmp(CASES[i].zone, zone) == 0) define(name, text);
    }
    json_decref(project_run("shop", ""));
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
      if (strcmp(CASES[i].zone, zone) != 0) continue;
      char sql[512];
      snprintf(sql, sizeof sql,
               "SELECT coalesce(string_agg(customer_id, ',' ORDER BY customer_id), '') FROM segment_members "
               "JOIN segments "
               "USING (segment_no) WHERE segment = 'case%zu'",
               i);
      char *found = project_rows("shop", sql);
      cr_expect_str_eq(found, CASES[i].members, "%s in %s", CASES[i].rule, zone);
      free(found);
    }
  }
}

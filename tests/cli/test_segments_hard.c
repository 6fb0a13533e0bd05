/* SPDX-License-Identifier: Apache-2.0
 *
 * Definitions that nobody should write, by real processes: each is refused at its place, or costs a bounded
 * time and memory; the rest of the project goes on. And texts of SQL as arguments. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/buffer.h"
#include "base/file.h"
#include "project_fixture.h"

TestSuite(segments_hard, .fini = workspace_remove, .timeout = 600);

static void define_bytes(const char *name, const char *text, size_t length) {
  cr_assert_eq(gy_dir_create(in_workspace("shop/segments"), NULL), GY_OK);
  write_file(in_workspace("shop/segments/%s.yaml", name), text, length);
}

static void define(const char *name, const char *text) { define_bytes(name, text, strlen(text)); }

static void make_shop(void) {
  write_small_shop(in_workspace("orders.csv"), 3000, 1);
  project_make("shop", "orders.csv");
}

static json_int_t number(const char *sql) {
  char *rows = project_rows("shop", sql);
  json_int_t n = strtoll(rows, NULL, 10);
  free(rows);
  return n;
}

/* `part` n times between what begins and what ends. */
static void define_repeated(const char *name, const char *begins, const char *part, size_t n,
                            const char *ends) {
  gy_buffer text;
  gy_buffer_init(&text, 8 << 20);
  gy_buffer_text(&text, begins);
  for (size_t i = 0; i < n; i++) gy_buffer_text(&text, part);
  gy_buffer_text(&text, ends);
  cr_assert(!text.failed);
  define_bytes(name, text.data, text.length);
  gy_buffer_clear(&text);
}

/* Resident memory of the largest process that ended so far. Sanitizers keep what is freed. */
static void expect_modest(const char *what) {
#ifndef __SANITIZE_ADDRESS__
  struct rusage used;
  cr_assert_eq(getrusage(RUSAGE_CHILDREN, &used), 0);
  cr_expect_lt(used.ru_maxrss, 3 << 20, "%s: %ld KB", what, used.ru_maxrss);
#else
  (void)what;
#endif
}

/* ---- mistakes ---- */

typedef struct mistake {
  const char *name, *text, *said; /* of the sentence, from its beginning */
} mistake;

static const mistake MISTAKES[] = {
    {"unknown", "rule: ordrs > 1\n",
     "segments/unknown.yaml:1:7: unknown attribute 'ordrs'; did you mean 'orders'?"},
    {"table", "rule: |\n  orders > 1\n  and exists(odrers)\n", "segments/table.yaml:3:14: "},
    {"clash", "rule: monetary > 'x'\n", "segments/clash.yaml:1:16: a number cannot be compared with a text"},
    {"sum", "rule: rfm + 1 > 2\n", "segments/sum.yaml:1:7: this is a text, and arithmetic needs numbers"},
    {"null", "rule: monetary = null\n", "segments/null.yaml:1:"},
    {"february", "rule: exists(orders, on 2024-02-30)\n",
     "segments/february.yaml:1:25: 2024-02-30 is no date"},
    {"leap", "rule: exists(orders, since 2023-02-29)\n", "segments/leap.yaml:1:28: 2023-02-29 is no date"},
    {"month", "rule: exists(orders, from 2024-13-01 to 2024-13-02)\n",
     "segments/month.yaml:1:27: 2024-13-01 is no date"},
    {"hour", "rule: last_order_at > 2024-01-01T24:61\n", "segments/hour.yaml:1:33: a time of day is written"},
    {"duration", "rule: count(orders, last 999999999999 days) > 1\n",
     "segments/duration.yaml:1:26: a duration counts"},
    {"huge", "rule: orders > 1e400\n", "segments/huge.yaml:1:16: numbers are 0, or between"},
    {"pattern", "rule: rfm matches '((a{255}){255}){255}'\n", "segments/pattern.yaml:1:19: "},
    {"self", "rule: in_segment('self')\n", "segments/self.yaml: a segment cannot use itself: self -> self"},
    {"ring_a", "rule: orders > 1 and in_segment('ring_b')\n",
     "segments/ring_a.yaml: a segment cannot use itself: ring_a -> ring_b -> ring_c -> ring_a"},
    {"ring_b", "sets: {all: [ring_c]}\n",
     "segments/ring_b.yaml: a segment cannot use itself: ring_b -> ring_c -> ring_a -> ring_b"},
    {"ring_c", "rule: by_macro\n",
     "segments/ring_c.yaml: a segment cannot use itself: ring_c -> ring_a -> ring_b -> ring_c"},
    {"bytes", "rule: |\n  orders > 1\n  and rfm = '\xc0\xaf'\n",
     "segments/bytes.yaml:3:14: byte 34 cannot be read as text"},
    {"half", "rule: \"rfm = '\xed\xa0\x80'\"\n", "segments/half.yaml:1:15: byte 14 cannot be read as text"},
    {"sign", "rule: \"rfm = '\\x01'\"\n", "segments/sign.yaml:1:12: rfm is never"},
    {"doubled", "rule: m18 > 0\n",
     "segments/doubled.yaml:1: macro 'm18': macro 'm17': macro 'm16': line 1, column 7: macros make more "
     "than 200000"},
};
enum { N_MISTAKES = sizeof MISTAKES / sizeof *MISTAKES };

/* Each of 18 macros is the one before it twice. */
static void define_macros(void) {
  gy_buffer text;
  gy_buffer_init(&text, 1 << 16);
  gy_buffer_text(
      &text, "macros:\n  - {name: by_macro, rule: \"in_segment('ring_a')\"}\n  - {name: m0, rule: orders}\n");
  for (int i = 1; i <= 18; i++)
    gy_buffer_printf(&text, "  - {name: m%d, rule: m%d + m%d}\n", i, i - 1, i - 1);
  define("macros", text.data);
  gy_buffer_clear(&text);
}

static void expect_errors(const json_t *errors, const mistake *mistakes, size_t n) {
  for (size_t m = 0; m < n; m++) {
    const char *said = NULL;
    size_t i;
    json_t *error;
    json_array_foreach((json_t *)errors, i, error) if (strcmp(text_of(error, "segment"), mistakes[m].name) ==
                                                       0) said = text_of(error, "error");
    cr_expect(said != NULL && strncmp(said, mistakes[m].said, strlen(mistakes[m].said)) == 0,
              "%s: '%.300s' does not begin with '%s'", mistakes[m].name, said != NULL ? said : "accepted",
              mistakes[m].said);
  }
}

Test(segments_hard, mistakes_are_told_with_their_place) {
  make_shop();
  json_decref(project_run("shop", ""));
  for (size_t i = 0; i < N_MISTAKES; i++) define(MISTAKES[i].name, MISTAKES[i].text);
  define("good", "rule: orders >= 2\n");
  define_macros();
  process_result check = run_gyeol("segment check shop --json");
  cr_expect_eq(check.exit_code, 2, "%s", check.err);
  cr_expect_eq(json_array_size(json_at(check.json, "errors")), N_MISTAKES);
  expect_errors(json_at(check.json, "errors"), MISTAKES, N_MISTAKES);
  process_clear(&check);
  process_result draft =
      run_gyeol("segment check shop/segments/february.yaml shop"); /* by itself: the same words */
  cr_expect_eq(draft.exit_code, 2);
  cr_expect_not_null(strstr(draft.err, "february.yaml:1:25: 2024-02-30 is no date"), "%s", draft.err);
  process_clear(&draft);
  process_result refreshed = gyeol_ok("segment refresh shop --json"); /* the good one is there all the same */
  process_clear(&refreshed);
  cr_expect_eq(number("SELECT members FROM segments WHERE segment = 'good'"),
               number("SELECT count(*) FROM customer_features WHERE orders >= 2"));
  expect_modest("mistakes");
}

/* ---- large ones ---- */

static const mistake TOO_LARGE[] = {
    {"brackets", NULL, "segments/brackets.yaml:1:207: this is nested more than 200 deep"},
    {"nots", NULL, "segments/nots.yaml:1:807: this is nested more than 200 deep"},
    {"calls", NULL, "segments/calls.yaml:1:807: this is nested more than 200 deep"},
    {"yaml", NULL, "segments/yaml.yaml:1:70: lists or keys are nested more than 64 deep here"},
    {"long", NULL, "segments/long.yaml:1: rule is too long: 1048592 bytes where 1048576 are allowed"},
    {"counts", NULL, "segments/counts.yaml:1:26007: a rule asks for at most 1000 aggregates"},
    {"sequences", NULL, "segments/sequences.yaml:1:4507: a rule asks for at most 1000 aggregates"},
    {"ranks", NULL, "segments/ranks.yaml:1:2807: a rule asks for at most 1000 aggregates"},
    {"file", NULL, "/"},
};

static void define_too_large(void) {
  define_repeated("yaml", "rule: ", "[", 1000000, "\n");
  define_repeated("calls", "rule: ", "abs(", 10000, "1\n");
  define_repeated("nots", "rule: ", "not ", 10000, "true\n");
  define_repeated("brackets", "rule: ", "(", 10000, "true\n");
  define_repeated("file", "rule: orders > 1\ndescription: ", "aaaaaaaaaaaaaaaa", 300000, "\n");
  define_repeated("counts", "rule: ", "count(order_lines) > 1 or ", 20000, " true\n");
  define_repeated("sequences", "rule: ", "exists(orders then orders within 1 day) or   ", 20000, " true\n");
  define_repeated("ranks", "rule: ", "percentile(monetary) > 1 or ", 20000, " true\n");
  define_repeated("long", "rule: ", "orders > 1 or    ", 61681, "true || true!!!\n");
}

Test(segments_hard, what_is_too_large_is_refused_at_once) {
  make_shop();
  json_decref(project_run("shop", ""));
  define_too_large();
  process_result check = run_gyeol("segment check shop --json");
  cr_expect_eq(check.exit_code, 2, "%s", check.err);
  expect_errors(json_at(check.json, "errors"), TOO_LARGE, sizeof TOO_LARGE / sizeof *TOO_LARGE);
  process_clear(&check);
  process_result run = gyeol_ok("run shop --json");
  process_clear(&run);
  expect_modest("too large");
}

/* What is just not too large costs seconds, and says what it should. */
Test(segments_hard, a_rule_of_a_megabyte_has_members) {
  make_shop();
  gy_buffer most;
  gy_buffer_init(&most, 2 << 20);
  gy_buffer_text(&most, "rule: \"rfm in ('Champions'");
  while (most.length + 40 < 1 << 20) gy_buffer_printf(&most, ", '%s'", "Champions");
  gy_buffer_text(&most, ") or orders > 3\"\n");
  define_bytes("most", most.data, most.length);
  gy_buffer_clear(&most);
  define_repeated("wide", "rule: ", "orders > 3 or ", 10000, "orders > 3\n");
  json_decref(project_run("shop", ""));
  process_result list = gyeol_ok("segment check shop");
  process_clear(&list);
  cr_expect_eq(
      number("SELECT members FROM segments WHERE segment = 'most'"),
      number("SELECT count(*) FROM customer_features JOIN customer_rfm USING (customer_no) WHERE orders "
             "> 3 OR segment = 0"));
  cr_expect_eq(number("SELECT members FROM segments WHERE segment = 'wide'"),
               number("SELECT count(*) FROM customer_features WHERE orders > 3"));
  expect_modest("a megabyte");
}

/* Each uses the one before it sixteen times: one of them is too much, and whoever uses it says so. */
Test(segments_hard, segments_that_multiply_are_bounded) {
  enum { CHAIN = 30 };
  make_shop();
  define("s00", "rule: orders > 1\n");
  for (int i = 1; i < CHAIN; i++) {
    char name[16], part[80];
    snprintf(name, sizeof name, "s%02d", i);
    snprintf(part, sizeof part, "in_segment('s%02d') and orders > 1 or ", i - 1);
    define_repeated(name, "rule: ", part, 16, "false\n");
  }
  define("apart", "rule: orders > 2\n");
  json_decref(project_run("shop", ""));
  process_result check = run_gyeol("segment check shop --json");
  static const mistake SAID[] = {
      {"s04", NULL, "segments/s04.yaml:1:187: the segments that it uses make more than 200000 parts of this"},
      {"s05", NULL, "segments/s05.yaml: it uses 's04', which has an error and no earlier version"}};
  expect_errors(json_at(check.json, "errors"), SAID, 2);
  process_clear(&check);
  cr_expect_eq(number("SELECT members FROM segments WHERE segment = 'apart'"),
               number("SELECT count(*) FROM customer_features WHERE orders > 2"));
  cr_expect_eq(number("SELECT members FROM segments WHERE segment = 's03'"),
               number("SELECT count(*) FROM customer_features WHERE orders > 1"));
}

/* ---- nothing to divide by ---- */

Test(segments_hard, a_division_by_zero_is_not_known) {
  static const struct {
    const char *name, *rule;
    bool everybody;
  } CASES[] = {
      {"constant", "monetary / 0 > 1", false},
      {"not_constant", "not (monetary / 0 > 1)", false},
      {"own", "monetary / (orders - orders) > 1", false},
      {"is_null", "monetary / (orders - orders) is null", true},
      {"rows", "avg(order_lines.quantity where product_id = 'nothing') >= 0", false},
      {"instead", "coalesce(monetary / (orders - orders), 7) = 7", true},
      {"other_way", "monetary / 0 > 1 or orders >= 1", true},
  };
  make_shop();
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char text[200];
    snprintf(text, sizeof text, "rule: \"%s\"\n", CASES[i].rule);
    define(CASES[i].name, text);
  }
  json_decref(project_run("shop", ""));
  json_int_t everybody = number("SELECT count(*) FROM customer_features");
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT members FROM segments WHERE segment = '%s'", CASES[i].name);
    cr_expect_eq(number(sql), CASES[i].everybody ? everybody : 0, "%s", CASES[i].rule);
  }
}

/* ---- texts of SQL as arguments ---- */

static const char *const SHARP[] = {"'; DROP TABLE segment_members; --",
                                    "' OR '1'='1",
                                    "\"; DROP TABLE segments; --",
                                    "') UNION SELECT 1 --",
                                    "\\'",
                                    "$1",
                                    "%s%n",
                                    "{{number}}",
                                    "..",
                                    "../gyeol"};

/* Inside single quotes of the shell. */
static void shell_text(char *to, const char *from) {
  *to++ = '\'';
  for (; *from != '\0'; from++) {
    if (*from == '\'')
      to = stpcpy(to, "'\\''");
    else
      *to++ = *from;
  }
  strcpy(to, "'");
}

Test(segments_hard, arguments_of_sql_find_nothing_and_change_nothing) {
  static const char *const COMMANDS[] = {"segment show %s shop", "segment explain good %s shop",
                                         "segment history %s shop", "segment diff good shop --from %s",
                                         "segment import ids.csv shop --name new --column %s"};
  static const char TABLES[] =
      "SELECT (SELECT count(*) FROM segments) || ' ' || (SELECT count(*) FROM segment_members) || ' ' || "
      "(SELECT count(*) FROM segment_versions) || ' ' || (SELECT count(*) FROM customer_features) AS n";
  make_shop();
  define("good", "rule: orders >= 2\n");
  write_text(in_workspace("ids.csv"), "customer_id\n103\n");
  json_decref(project_run("shop", ""));
  char *before = project_rows("shop", TABLES);
  for (size_t c = 0; c < sizeof COMMANDS / sizeof *COMMANDS; c++)
    for (size_t s = 0; s < sizeof SHARP / sizeof *SHARP; s++) {
      char quoted[256], command[512];
      shell_text(quoted, SHARP[s]);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
      snprintf(command, sizeof command, COMMANDS[c], quoted);
#pragma GCC diagnostic pop
      process_result result = run_gyeol("%s", command);
      cr_expect(result.exit_code == 1 || result.exit_code == 2, "%s: %d", command, result.exit_code);
      cr_expect(strncmp(result.err, "gyeol: ", 7) == 0, "%s: %s", command, result.err);
      cr_expect_null(strstr(result.err, "Error:"), "%s meets the engine: %s", command, result.err);
      process_clear(&result);
    }
  char *after = project_rows("shop", TABLES);
  cr_expect_str_eq(after, before);
  cr_expect(!gy_path_exists(in_workspace("shop/segments/new.yaml")));
  free(before);
  free(after);
}

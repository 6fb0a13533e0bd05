/* SPDX-License-Identifier: Apache-2.0
 *
 * The helps keep their word: every command has one, every example in it works, and the man page renders. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

#include "base/file.h"
#include "project_fixture.h"

TestSuite(help, .fini = workspace_remove, .timeout = 300);

enum { MOST_COMMANDS = 64, NAME_MAX_CHARS = 32 };

/* The commands that `gyeol help` lists. */
static size_t list_commands(char names[MOST_COMMANDS][NAME_MAX_CHARS]) {
  process_result help = gyeol_ok("help");
  const char *at = strstr(help.out, "Commands:\n");
  cr_assert_not_null(at, "%s", help.out);
  size_t n = 0;
  for (at = strchr(at, '\n') + 1; strncmp(at, "  ", 2) == 0; at = strchr(at, '\n') + 1) {
    cr_assert_lt(n, MOST_COMMANDS);
    cr_assert_eq(sscanf(at, " %31s", names[n++]), 1);
  }
  process_clear(&help);
  cr_assert_geq(n, 10);
  return n;
}

static void expect_parts(const char *name, const char *help) {
  static const char *const PARTS[] = {"Usage:\n  gyeol ", "Common options:\n", "Examples:\n  gyeol "};
  for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
    cr_expect_not_null(strstr(help, PARTS[i]), "gyeol %s --help has no '%s': %s", name, PARTS[i], help);
  const char *blank = strstr(help, "\n\n");
  cr_expect(blank != NULL && strcspn(blank + 2, "\n") > 20 && strncmp(blank + 2, "Common", 6) != 0,
            "gyeol %s --help describes nothing: %s", name, help);
  for (const char *line = help; *line != '\0'; line += strcspn(line, "\n") + 1)
    cr_expect_leq(strcspn(line, "\n"), 110, "gyeol %s --help has a long line: %.*s", name,
                  (int)strcspn(line, "\n"), line);
}

Test(help, every_command_has_one) {
  char names[MOST_COMMANDS][NAME_MAX_CHARS];
  size_t n = list_commands(names);
  for (size_t i = 0; i < n; i++) {
    process_result help = gyeol_ok("%s --help", names[i]), short_form = gyeol_ok("%s -h", names[i]),
                   topic = gyeol_ok("help %s", names[i]);
    expect_parts(names[i], help.out);
    cr_expect_str_eq(help.out, topic.out, "gyeol help %s", names[i]);
    cr_expect_str_eq(help.out, short_form.out, "gyeol %s -h", names[i]);
    process_clear(&help);
    process_clear(&short_form);
    process_clear(&topic);
  }
  process_result nothing = run_gyeol("%s", "");
  cr_expect_eq(nothing.exit_code, 2);
  process_clear(&nothing);
}

/* ---- examples ---- */

/* Customers by what they do, and what somebody calls them. */
static void write_features(void) {
  char *text = malloc(1 << 16), *truth = malloc(1 << 14);
  char *end = stpcpy(text, "customer_id,recency,orders,spend\n"),
       *truth_end = stpcpy(truth, "customer_id,segment\n");
  for (int i = 0; i < 300; i++) {
    end += sprintf(end, "C%d,%d,%d,%d.%d\n", i, i * 37 % 200, 1 + i % 3 * 8 + i % 4,
                   20 + i % 3 * 900 + i * 13 % 90, i % 10);
    truth_end += sprintf(truth_end, "C%d,%c\n", i, "ABC"[i % 3]);
  }
  write_text(in_workspace("features.csv"), text);
  write_text(in_workspace("new.csv"), text);
  write_text(in_workspace("truth.csv"), truth);
  free(text);
  free(truth);
}

/* A workbook of orders below a title. */
static void write_workbook(void) {
  static const char *const NAMES[] = {"주문번호", "고객번호", "주문일시", "결제금액"};
  lxw_workbook *book = workbook_new(in_workspace("매출.xlsx"));
  lxw_worksheet *sheet = workbook_add_worksheet(book, NULL);
  lxw_format *date = workbook_add_format(book);
  format_set_num_format(date, "yyyy-mm-dd");
  worksheet_write_string(sheet, 0, 0, "매출", NULL);
  for (lxw_col_t c = 0; c < 4; c++) worksheet_write_string(sheet, 1, c, NAMES[c], NULL);
  for (int i = 0; i < 200; i++) {
    const int values[] = {i, i % 83, 45292 + i, 5000 + 1000 * (i % 40)};
    for (lxw_col_t c = 0; c < 4; c++)
      worksheet_write_number(sheet, (lxw_row_t)i + 2, c, values[c], c == 2 ? date : NULL);
  }
  cr_assert_eq(workbook_close(book), LXW_NO_ERROR);
}

/* What the examples name: files of a small shop. */
static void make_examples_world(void) {
  write_workbook();
  write_features();
  write_small_shop(in_workspace("online_retail.csv"), 3000, 1);
  char *text = malloc(1 << 16), *end = stpcpy(text, "order_id,customer_id,ordered_at,total\n");
  for (int i = 0; i < 600; i++)
    end +=
        sprintf(end, "%d,%d,2024-%02d-%02d 10:00:00,%d.50\n", i, i % 83, 1 + i % 12, 1 + i % 28, 5 + i % 40);
  write_text(in_workspace("orders.csv"), text);
  end = stpcpy(text, "주문번호,고객번호,주문일시,결제금액\n");
  for (int i = 0; i < 200; i++)
    end +=
        sprintf(end, "%d,%d,2024-%02d-%02d 10:00:00,%d000\n", i, i % 83, 1 + i % 12, 1 + i % 28, 5 + i % 40);
  write_text(in_workspace("주문내역.csv"), text);
  write_text(in_workspace("consents.csv"),
             "customer_id,purpose,channel,granted,decided_at\n17,marketing,sms,Y,2024-05-01 10:00:00\n");
  free(text);
  write_text(in_workspace("churn.csv"), "customer_id,p\n103,0.8\n104,0.1\n");
  write_text(in_workspace("people.txt"), "# asked in March\n103\n104\n");
  process_result made = gyeol_ok("simulate shop --customers 300 --out csv --quiet");
  process_clear(&made);
  made = gyeol_ok("simulate shop --customers 300 --out parquet --format parquet --quiet");
  process_clear(&made);
  for (int i = 0; i < 2; i++) {
    static const char *const LISTS[] = {"members.csv", "visitors.csv"};
    made = gyeol_ok("simulate shop --people messy --customers 400 --out registered --quiet");
    process_clear(&made);
    cr_assert_eq(rename(in_workspace("registered/customers.csv"), in_workspace("%s", LISTS[i])), 0);
  }
  static const char *const FILES[][2] = {{"csv/orders.csv", "sales.csv"},
                                         {"csv/customers.csv", "customers.csv"},
                                         {"parquet/products.parquet", "products.parquet"}};
  for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++)
    cr_assert_eq(rename(in_workspace("%s", FILES[i][0]), in_workspace("%s", FILES[i][1])), 0, "%s",
                 FILES[i][0]);
}

/* The same command on less data, or in a place of its own. */
static void make_small(char *line, size_t size) {
  static const char *const CHANGES[][2] = {
      {"demo /tmp/shop --customers 100000", "demo other --customers 300"},
      {"--customers 1000000 --lines 20000000", "--customers 100 --lines 2000"},
      {"--customers 10000 ", "--customers 100 "},
      {"--dirty 0.02 ", "--dirty 0.02 --customers 100 "},
      {"--people messy --out", "--people messy --customers 100 --out"},
      {"--as-of 2011-12-10", "--as-of 2024-12-10"},
      {" | man -l -", ""}};
  for (size_t i = 0; i < sizeof CHANGES / sizeof *CHANGES; i++) {
    char *at = strstr(line, CHANGES[i][0]), rest[1024];
    if (at == NULL) continue;
    snprintf(rest, sizeof rest, "%s", at + strlen(CHANGES[i][0]));
    snprintf(at, size - (size_t)(at - line), "%s%s", CHANGES[i][1], rest);
  }
  if (strcmp(line, "demo") == 0) strcpy(line, "demo --customers 300");
}

/* The shop, with people in it. */
static void make_members(void) {
  char text[8192] = "CustomerID,email,phone\n", *end = text + strlen(text);
  for (int i = 0; i < 100; i++)
    end += sprintf(end, "%d,kim.%d@example.org,010-1%03d-2%03d\n", 17850 + i, i, i, i);
  write_text(in_workspace("members.csv"), text);
  cr_expect_eq(gy_dir_remove(in_workspace("shop"), NULL), GY_OK);
  project_make("shop", "online_retail.csv members.csv");
  json_decref(project_run("shop", "--until import"));
}

/* A segment of the shop's own, and a draft of another one. */
static void define_segments(void) {
  cr_expect_eq(gy_dir_create(in_workspace("shop/segments"), NULL), GY_OK);
  write_text(in_workspace("shop/segments/loyal.yaml"), "rule: orders >= 3\n");
  write_text(in_workspace("vip.yaml"), "rule: in_segment('loyal') and monetary > 500\n");
  process_result made = gyeol_ok("segment refresh shop");
  process_clear(&made);
}

/* Runs one example; `line` is what follows "gyeol ". */
static void run_example(char *line, size_t size) {
  make_small(line, size);
  if (strncmp(line, "init shop", 9) == 0) cr_expect_eq(gy_dir_remove(in_workspace("shop"), NULL), GY_OK);
  process_result result = run_gyeol("%s", line);
  cr_expect_eq(result.exit_code, 0, "gyeol %s ended with %d: %s", line, result.exit_code, result.err);
  cr_expect(strlen(result.out) > 0, "gyeol %s said nothing", line);
  process_clear(&result);
}

static size_t run_examples(const char *help) {
  const char *at = strstr(help, "\nExamples:\n");
  size_t n = 0;
  for (at += strlen("\nExamples:\n"); *at != '\0';) {
    char line[1024] = "";
    for (bool more = true; more && *at != '\0';) {
      size_t length = strcspn(at, "\n");
      more = length > 0 && at[length - 1] == '\\';
      snprintf(line + strlen(line), sizeof line - strlen(line), "%.*s ", (int)(length - more), at);
      at += length + (at[length] == '\n');
    }
    for (size_t end = strlen(line); end > 0 && line[end - 1] == ' '; end--) line[end - 1] = '\0';
    cr_assert_eq(strncmp(line, "  gyeol ", 8), 0, "not a command: %s", line);
    run_example(line + 8, sizeof line - 8);
    n++;
  }
  return n;
}

Test(help, every_example_works) {
  char names[MOST_COMMANDS][NAME_MAX_CHARS];
  size_t n = list_commands(names), examples = 0;
  make_examples_world();
  for (size_t i = 0; i < n; i++) {
    process_result help = gyeol_ok("%s --help", names[i]);
    if (strcmp(names[i], "run") == 0) { /* the last example of init only looked */
      process_result made = gyeol_ok("init shop online_retail.csv --yes");
      process_clear(&made);
    }
    if (strcmp(names[i], "segment") == 0) define_segments();
    if (strcmp(names[i], "vault") == 0) make_members();
    examples += run_examples(help.out);
    process_clear(&help);
  }
  cr_expect_geq(examples, 20, "%zu examples", examples);
}

Test(help, the_man_page_renders_without_warnings) {
  if (system("command -v man >/dev/null 2>&1 && command -v groff >/dev/null 2>&1") != 0)
    cr_skip_test("man and groff are not here");
  process_result page = gyeol_ok("help --man");
  write_text(in_workspace("gyeol.1"), page.out);
  char command[1024];
  snprintf(command, sizeof command,
           "cd %s && MANWIDTH=80 LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l gyeol.1 >gyeol.txt 2>warnings.txt",
           workspace());
  cr_expect_eq(system(command), 0, "%s", command);
  char *warnings = file_text(in_workspace("warnings.txt")), *text = file_text(in_workspace("gyeol.txt"));
  cr_expect_str_empty(warnings != NULL ? warnings : "");
  char names[MOST_COMMANDS][NAME_MAX_CHARS];
  for (size_t i = 0, n = list_commands(names); i < n; i++) {
    char usage[64];
    snprintf(usage, sizeof usage, "gyeol %s", names[i]);
    cr_expect_not_null(strstr(text, usage), "the man page lacks %s", usage);
  }
  static const char *const PARTS[] = {"NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "EXIT STATUS", "130"};
  for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
    cr_expect_not_null(strstr(text, PARTS[i]), "the man page lacks %s", PARTS[i]);
  free(warnings);
  free(text);
  process_clear(&page);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes wrong at the door: every case ends with one clear sentence, the right exit code, and nothing
 * half-written. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "gyeol_process.h"

TestSuite(bad_input, .fini = workspace_remove, .timeout = 120);

static const char HEADER[] = "order_id,customer_id,ordered_at,product_id,quantity,unit_price\n";

static void expect_sentence(const process_result *result, int exit_code, const char *word, const char *what) {
  cr_expect_eq(result->exit_code, exit_code, "%s: exit code %d, expected %d; said: %s", what,
               result->exit_code, exit_code, result->err);
  cr_expect(strncmp(result->err, "gyeol: ", 7) == 0 || strstr(result->err, "\ngyeol: ") != NULL,
            "%s said: %s", what, result->err);
  cr_expect_not_null(strstr(result->err, word), "%s: no '%s' in: %s", what, word, result->err);
}

Test(bad_input, wrong_use) {
  static const struct {
    const char *arguments, *word;
  } CASES[] = {
      {"rnu shop", "did you mean 'run'"},  {"run --treads 2", "--treads"},
      {"run --threads zero", "--threads"}, {"run --memory lots", "--memory"},
      {"init shop", "at least one file"},  {"segment frobnicate", "use list, show, export"},
      {"segment show", "needs a segment"}, {"rfm --input x.csv", "--customer"},
      {"simulate shop", "--out"},          {"run --memory", "needs a value"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    process_result result = run_gyeol("%s", CASES[i].arguments);
    expect_sentence(&result, 2, CASES[i].word, CASES[i].arguments);
    process_clear(&result);
  }
}

Test(bad_input, no_project_and_no_run_yet) {
  process_result result = run_gyeol("run nowhere");
  expect_sentence(&result, 1, "gyeol init", "run without a project");
  process_clear(&result);
  write_text(in_workspace("o.csv"),
             "order_id,customer_id,ordered_at,amount\n1,a,2024-01-01,5\n2,b,2024-01-02,7\n");
  result = run_gyeol("init shop o.csv --yes");
  cr_assert_eq(result.exit_code, 0, "%s", result.err);
  process_clear(&result);
  result = run_gyeol("segment list shop");
  expect_sentence(&result, 1, "gyeol run", "segments before the first run");
  process_clear(&result);
}

Test(bad_input, files_that_are_no_tables) {
  write_text(in_workspace("empty.csv"), "");
  write_text(in_workspace("header.csv"), HEADER);
  char binary[4096];
  for (size_t i = 0; i < sizeof binary; i++) binary[i] = (char)(i * 7919 >> 3);
  memcpy(binary,
         "\x7f"
         "ELF\0\0\0\0",
         8);
  write_file(in_workspace("binary.csv"), binary, sizeof binary);
  static const struct {
    const char *file, *word;
    int exit_code;
  } CASES[] = {{"missing.csv", "missing.csv", 1},
               {"empty.csv", "empty", 3},
               {"header.csv", "header.csv", 3},
               {"binary.csv", "binary.csv", 1}};
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    process_result result = run_gyeol("init p%zu %s --yes", i, CASES[i].file);
    cr_expect_neq(result.exit_code, 0, "%s was taken", CASES[i].file);
    cr_expect_not_null(strstr(result.err, CASES[i].word), "%s: %s", CASES[i].file, result.err);
    cr_expect_not(gy_path_exists(in_workspace("p%zu/gyeol.yaml", i)), "%s left a project", CASES[i].file);
    process_clear(&result);
  }
}

/* A table of n plain order lines with one line replaced. */
static char *orders_with(int n, int at, const char *line) {
  char *text = malloc((size_t)n * 64 + strlen(line) + sizeof HEADER + 64);
  char *end = stpcpy(text, HEADER);
  for (int i = 0; i < n; i++) {
    if (i == at)
      end = stpcpy(end, line);
    else
      end += sprintf(end, "%d,%d,2024-%02d-%02d 10:%02d:00,P%d,%d,%d.50\n", i / 2, i % 37, 1 + i % 12,
                     1 + i % 28, i % 60, i % 11, 1 + i % 3, 5 + i % 40);
  }
  return text;
}

static process_result init_and_run(const char *name, const char *file) {
  process_result result = run_gyeol("init %s %s --yes --json", name, file);
  cr_assert_eq(result.exit_code, 0, "init %s: %s", file, result.err);
  process_clear(&result);
  return run_gyeol("run %s --json", name);
}

static json_int_t int_at(const process_result *result, const char *path) {
  return json_integer_value(json_at(result->json, path));
}

Test(bad_input, rejected_rows_are_counted_with_file_line_and_reason) {
  static const struct {
    const char *name, *line, *column;
  } CASES[] = {
      {"date", "9,3,the day after tomorrow,P1,1,5\n", "ordered_at"},
      {"number", "9,3,2024-01-01 10:00:00,P1,many,5\n", "quantity"},
      {"short", "9,3\n", NULL},
      {"long", "9,3,2024-01-01 10:00:00,P1,1,5,extra,more\n", NULL},
      {"calendar", "9,3,2024-02-30 10:00:00,P1,1,5\n", "ordered_at"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char *text = orders_with(500, 200, CASES[i].line);
    char file[32];
    snprintf(file, sizeof file, "%s.csv", CASES[i].name);
    write_text(in_workspace("%s", file), text);
    free(text);
    process_result result = init_and_run(CASES[i].name, file);
    cr_assert_eq(result.exit_code, 0, "%s: %s", CASES[i].name, result.err);
    const char *key = json_object_iter_key(json_object_iter(json_object_get(result.json, "sources")));
    char path[128];
    snprintf(path, sizeof path, "sources.%s", key);
    const json_t *source = json_at(result.json, path);
    cr_expect_eq(json_integer_value(json_object_get(source, "read")), 500, "%s", CASES[i].name);
    cr_expect_eq(json_integer_value(json_object_get(source, "accepted")), 499, "%s", CASES[i].name);
    cr_expect_eq(json_integer_value(json_object_get(source, "rejected")), 1, "%s", CASES[i].name);
    process_clear(&result);
    result = run_gyeol("rejects list %s --json", CASES[i].name);
    cr_expect_eq(int_at(&result, "rejects.0.line"), 202, "%s: %s", CASES[i].name, result.out);
    if (CASES[i].column != NULL)
      cr_expect_str_eq(json_string_value(json_at(result.json, "rejects.0.column")), CASES[i].column);
    process_clear(&result);
  }
}

Test(bad_input, a_date_column_with_nonsense_keeps_the_rest) {
  char *text = malloc(1 << 20), *end = stpcpy(text, HEADER);
  for (int i = 0; i < 3000; i++)
    end += i % 33 == 7 ? sprintf(end, "%d,%d,n/a?,P1,1,5\n", i, i % 50)
                       : sprintf(end, "%d,%d,2024-03-%02d 09:00:00,P1,1,5\n", i, i % 50, 1 + i % 28);
  write_text(in_workspace("nonsense.csv"), text);
  free(text);
  process_result result = init_and_run("nonsense", "nonsense.csv");
  cr_assert_eq(result.exit_code, 0, "%s", result.err);
  cr_expect_eq(int_at(&result, "customers"), 50);
  const json_t *source = json_object_iter_value(json_object_iter(json_object_get(result.json, "sources")));
  cr_expect_eq(json_integer_value(json_object_get(source, "rejected")), 91);
  cr_expect_eq(json_integer_value(json_object_get(source, "read")), 3000);
  process_clear(&result);
}

Test(bad_input, degenerate_shops_run_to_a_report) {
  static const struct {
    const char *name, *rows;
    json_int_t customers, orders;
  } CASES[] = {
      {"one_order", "1,7,2024-01-05 10:00:00,P1,1,5\n", 1, 1},
      {"one_customer", "1,7,2024-01-05 10:00:00,P1,1,5\n2,7,2024-02-05 10:00:00,P1,2,5\n", 1, 2},
      {"equal_amounts",
       "1,1,2024-01-05 10:00:00,P1,1,5\n2,2,2024-01-05 10:00:00,P1,1,5\n3,3,2024-01-05 10:00:00,P1,1,5\n", 3,
       3},
      {"future", "1,1,2024-01-05 10:00:00,P1,1,5\n2,2,2999-01-05 10:00:00,P1,1,5\n", 2, 2},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char text[1024], file[64];
    snprintf(text, sizeof text, "%s%s", HEADER, CASES[i].rows);
    snprintf(file, sizeof file, "%s.csv", CASES[i].name);
    write_text(in_workspace("%s", file), text);
    process_result result = init_and_run(CASES[i].name, file);
    cr_assert_eq(result.exit_code, 0, "%s: %s", CASES[i].name, result.err);
    cr_expect_eq(int_at(&result, "customers"), CASES[i].customers, "%s", CASES[i].name);
    cr_expect_eq(int_at(&result, "orders"), CASES[i].orders, "%s", CASES[i].name);
    cr_expect(gy_path_exists(json_string_value(json_object_get(result.json, "report"))), "%s", CASES[i].name);
    process_clear(&result);
  }
}

Test(bad_input, no_customer_anywhere_is_data_below_its_rules) {
  char *text = malloc(1 << 16), *end = stpcpy(text, HEADER);
  for (int i = 0; i < 200; i++) end += sprintf(end, "%d,,2024-03-%02d 09:00:00,P1,1,5\n", i, 1 + i % 28);
  write_text(in_workspace("nobody.csv"), text);
  free(text);
  process_result result = run_gyeol("init nobody nobody.csv --yes");
  if (result.exit_code == 0) {
    process_clear(&result);
    result = run_gyeol("run nobody");
  }
  cr_expect(result.exit_code == 3, "exit code %d: %s", result.exit_code, result.err);
  cr_expect_not_null(strstr(result.err, "customer"), "%s", result.err);
  process_clear(&result);
}

Test(bad_input, huge_fields_nul_bytes_and_double_names_do_not_crash) {
  size_t huge = 10 << 20;
  char *field = malloc(huge + 100);
  cr_assert_not_null(field);
  int lead = sprintf(field, "9,3,2024-01-01 10:00:00,");
  memset(field + lead, 'x', huge);
  strcpy(field + lead + huge, ",1,5\n");
  char *text = orders_with(300, 100, field);
  write_text(in_workspace("huge.csv"), text);
  free(text);
  free(field);
  process_result result = init_and_run("huge", "huge.csv");
  cr_expect_eq(result.exit_code, 0, "10 MB in one field: %s", result.err);
  process_clear(&result);
  text = orders_with(300, 100, "9,3,2024-01-01 10:00:00,P?1,1,5\n");
  *strchr(text, '?') = '\0';
  size_t length = strlen(text);
  length += 1 + strlen(text + length + 1);
  write_file(in_workspace("nul.csv"), text, length);
  free(text);
  result = init_and_run("nul", "nul.csv");
  cr_expect_eq(result.exit_code, 0, "a NUL byte: %s", result.err);
  const json_t *source = json_object_iter_value(json_object_iter(json_object_get(result.json, "sources")));
  cr_expect_eq(json_integer_value(json_object_get(source, "rejected")), 1);
  process_clear(&result);
  write_text(in_workspace("twice.csv"),
             "order_id,customer_id,ordered_at,amount,amount\n1,1,2024-01-01,5,6\n2,2,2024-01-02,7,8\n3,1,"
             "2024-01-03,7,8\n");
  result = run_gyeol("init twice twice.csv --yes");
  cr_expect(result.exit_code == 0 || strstr(result.err, "amount") != NULL, "%s", result.err);
  process_clear(&result);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * --missing, --outliers and rows' names, as an analyst meets them: what is done is shown, and what cannot be
 * done is one sentence. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "project_fixture.h"

TestSuite(cluster_preparation, .fini = workspace_remove, .timeout = 300);

enum { ROWS = 300 };

/* Plan and age lack values; spend has one far out; plan follows from group but for its holes. */
static void write_rows(void) {
  FILE *file = fopen(in_workspace("rows.csv"), "w");
  cr_assert_not_null(file);
  fprintf(file, "customer_id,spend,age,plan,region\n");
  for (int i = 0; i < ROWS; i++) {
    int group = i % 3;
    fprintf(file, "C%04d,%d,", i, i == 7 ? 100000 : 100 * group + i % 7);
    fprintf(file, i % 10 == 4 ? "," : "%d,", 20 + 10 * group + i % 3);
    fprintf(file, "%s,%s\n", i % 8 == 5 ? "" : (const char *[]){"basic", "plus", "max"}[group],
            i % 2 ? "서울" : "부산");
  }
  fclose(file);
}

static const json_t *column_of(const json_t *result, const char *name) {
  const json_t *columns = json_object_get(json_object_get(result, "preparation"), "columns");
  size_t i;
  json_t *row;
  json_array_foreach(columns, i, row) {
    if (strcmp(json_string_value(json_object_get(row, "column")), name) == 0) return row;
  }
  cr_assert_fail("no column %s", name);
  return NULL;
}

Test(cluster_preparation, what_was_done_is_said_by_column) {
  write_rows();
  process_result fit = gyeol_ok(
      "cluster kprototypes -i rows.csv -k 3 -c spend,age --categories plan,region --missing mean --missing "
      "plan=own "
      "--outliers spend=robust-z:3.5 --json --out labels.csv");
  const json_t *spend = column_of(fit.json, "spend"), *age = column_of(fit.json, "age"),
               *plan = column_of(fit.json, "plan"), *region = column_of(fit.json, "region");
  cr_expect_eq(int_of(spend, "n_high"), 1);
  cr_expect_str_eq(text_of(spend, "outliers"), "robust-z:3.5");
  cr_expect_eq(int_of(age, "n_missing"), ROWS / 10);
  cr_expect_str_eq(text_of(age, "missing"), "mean");
  cr_expect_float_eq(number_of(age, "fill"), 31, 0.5);
  cr_expect_eq(int_of(plan, "n_missing"), 37);
  cr_expect_str_eq(text_of(plan, "fill"), "(missing)");
  cr_expect_str_eq(text_of(region, "missing"), "leave", "a mean is nothing for a category");
  process_clear(&fit);
  char *text = file_text(in_workspace("labels.csv"));
  const char *header = "customer_id,label,spend_outlier,age_missing,plan_missing\nC0000,";
  cr_expect_eq(strncmp(text, header, strlen(header)), 0, "%.80s", text);
  cr_expect_not_null(strstr(text, ",1,0,0\nC0008,"), "the far value is marked in its row");
  free(text);
  process_result shown =
      gyeol_ok("cluster kmeans -i rows.csv -c spend,age -k 3 --missing age=predict --outliers log");
  cr_expect_not_null(strstr(shown.out, "predict"), "%s", shown.out);
  cr_expect_not_null(strstr(shown.out, "error "), "%s", shown.out);
  cr_expect_not_null(strstr(shown.out, "in logs"), "%s", shown.out);
  process_clear(&shown);
}

Test(cluster_preparation, a_category_is_predicted_and_its_error_shown) {
  write_rows();
  process_result fit = gyeol_ok(
      "cluster latent -i rows.csv -k 3 -c age --categories plan,region --missing plan=predict --json");
  const json_t *plan = column_of(fit.json, "plan");
  cr_expect(json_is_true(json_object_get(plan, "predicted")));
  cr_expect_str_eq(text_of(plan, "error_of"), "share wrong");
  cr_expect_lt(number_of(plan, "error"), 0.12, "age tells the plan wherever it is known: %g",
               number_of(plan, "error"));
  cr_expect_gt(number_of(plan, "baseline"), 0.6);
  process_clear(&fit);
}

Test(cluster_preparation, rows_that_are_dropped_or_set_aside_keep_their_place) {
  write_rows();
  process_result fit = gyeol_ok(
      "cluster kmedoids -i rows.csv -c spend,age -k 3 --missing age=drop --outliers spend=isolate:0.005 "
      "--json --out "
      "labels.csv --picture pca");
  cr_expect_eq(int_of(fit.json, "n"), ROWS);
  cr_expect_eq(int_of(fit.json, "preparation.dropped"), ROWS / 10);
  cr_expect_eq(int_of(fit.json, "preparation.aside"), 1);
  cr_expect_eq(int_of(fit.json, "noise"), 1);
  char *text = file_text(in_workspace("labels.csv"));
  size_t n_lines = 0, n_empty = 0;
  for (const char *at = text; *at != '\0'; at++) n_lines += *at == '\n';
  for (const char *at = text; (at = strstr(at, ",,,,,")) != NULL; at++) n_empty++;
  cr_expect_eq(n_lines, ROWS + 1);
  cr_expect_eq(n_empty, ROWS / 10, "label, distance and place of a dropped row are empty: %zu", n_empty);
  cr_expect_not_null(strstr(text, "\nC0007,-1,,,,"), "%.400s", text);
  /* A medoid is one of its cluster's rows, by the row's number in the file, at distance 0. */
  size_t c;
  json_t *medoid;
  json_array_foreach(json_object_get(fit.json, "medoid_rows"), c, medoid) {
    char start[64];
    snprintf(start, sizeof start, "\nC%04d,%zu,0.0,", (int)json_integer_value(medoid) - 1, c);
    cr_expect_not_null(strstr(text, start), "no line begins with %s", start + 1);
  }
  free(text);
  process_clear(&fit);
}

Test(cluster_preparation, wrong_use_is_one_sentence) {
  write_rows();
  write_text(in_workspace("empty.csv"), "a,b\n1,\n2,\n3,\n");
  write_text(in_workspace("huge.csv"), "a,b\n1,1e30\n2,1e39\n3,4\n");
  static const struct {
    const char *arguments, *sentence;
    int exit_code;
  } CASES[] = {
      {"kmeans -i rows.csv -k 3 --missing average", "'average' is no way to treat missing values", 2},
      {"kmeans -i rows.csv -k 3 --missing spent=mean", "no such column is clustered by; there are spend, age",
       2},
      {"kmeans -i rows.csv -k 3 --missing age=own", "'age' is a number, which has no category of its own", 2},
      {"kmeans -i rows.csv -k 3 --missing age=constant", "write it like constant:0", 2},
      {"kmeans -i rows.csv -k 3 --missing age=constant:old", "'old' is no number", 2},
      {"suggest -i rows.csv --missing mean", "cluster suggest does not take --missing", 2},
      {"kmeans -i rows.csv -k 3 --missing leave", "line 6: column 'age' is missing, and kmeans computes", 2},
      {"kmeans -i rows.csv -k 3 --outliers far", "'far' is no way to treat outliers", 2},
      {"kmeans -i rows.csv -k 3 --outliers winsorise:0.7", "above 0 and below 0.5", 2},
      {"kmeans -i rows.csv -k 3 --outliers none:3", "'none:3' is no way", 2},
      {"kmeans -i rows.csv -k 3 --outliers log --scale log", "take the logarithm twice", 2},
      {"kprototypes -i rows.csv -k 3 --categories plan --missing plan=mean", "has no mean or median", 2},
      {"kprototypes -i rows.csv -k 3 --categories plan --outliers plan=log", "which has no outliers", 2},
      {"kmeans -i empty.csv -c a,b -k 2 --missing b=drop", "no row is left", 3},
      {"kmeans -i huge.csv -c a,b -k 2 --outliers winsorise:0.1", "line 3: column 'b' is infinite", 3},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    process_result result = run_gyeol("cluster %s", CASES[i].arguments);
    cr_expect_eq(result.exit_code, CASES[i].exit_code, "%s: exit %d, %s", CASES[i].arguments,
                 result.exit_code, result.err);
    cr_expect_not_null(strstr(result.err, CASES[i].sentence), "%s: %s", CASES[i].arguments, result.err);
    process_clear(&result);
  }
}

Test(cluster_preparation, a_column_without_values_is_no_obstacle) {
  write_text(in_workspace("empty.csv"), "a,b\n1,\n2,\n9,\n8,\n");
  for (size_t i = 0; i < 4; i++) {
    process_result fit = gyeol_ok("cluster kmeans -i empty.csv -c a,b -k 2 --json --missing b=%s",
                                  (const char *[]){"mean", "mode", "predict", "constant:4"}[i]);
    cr_expect_eq(int_of(fit.json, "k"), 2);
    process_clear(&fit);
  }
}

Test(cluster_preparation, a_first_column_of_names_is_no_feature) {
  static const struct {
    const char *header;
    bool differs, is_name;
  } CASES[] = {{"id", true, true},         {"customer_id", true, true}, {"고객번호", true, true},
               {"customerID", true, true}, {"paid", true, false},       {"id", false, false},
               {"amount", true, false},    {"order no", true, false}};
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    FILE *file = fopen(in_workspace("named.csv"), "w");
    fprintf(file, "%s,a,b\n", CASES[i].header);
    for (int row = 0; row < 60; row++) /* not rising, so that nothing else takes it for a counter */
      fprintf(file, "%d,%d,%d\n", CASES[i].differs ? 100 + (row * 37) % 60 : 100 + row % 59,
              row % 2 * 50 + row % 3, row % 2 * 40);
    fclose(file);
    process_result fit = gyeol_ok("cluster kmeans -i named.csv -k 2 --json --out labels.csv");
    char *notes = json_dumps(json_object_get(fit.json, "notes"), 0);
    cr_expect_eq(int_of(fit.json, "d"), CASES[i].is_name ? 2 : 3, "%s", CASES[i].header);
    cr_expect_eq(strstr(notes, "is each row's name") != NULL, CASES[i].is_name, "%s: %s", CASES[i].header,
                 notes);
    free(notes);
    char *text = file_text(in_workspace("labels.csv")), expected[64];
    snprintf(expected, sizeof expected, "%s,label\n%s", CASES[i].is_name ? CASES[i].header : "row",
             CASES[i].is_name ? "100," : "1,");
    cr_expect_eq(strncmp(text, expected, strlen(expected)), 0, "%s: %.40s", CASES[i].header, text);
    free(text);
    process_clear(&fit);
    fit = gyeol_ok("cluster kmeans -i named.csv -k 2 --json --columns '%s,a'", CASES[i].header);
    cr_expect_eq(int_of(fit.json, "d"), 2, "a column that is named is used");
    process_clear(&fit);
  }
}

/* Real holes: 11 customers of telco without TotalCharges, all new, so their charges are next to nothing. */
Test(cluster_preparation, holes_of_telco) {
  const char *telco = real_data("telco/Telco-Customer-Churn.csv.gz");
  if (telco == NULL) cr_skip_test("no data");
  process_result fit = gyeol_ok(
      "cluster kmeans -i '%s' -c tenure,MonthlyCharges,TotalCharges -k 4 --missing predict --outliers "
      "TotalCharges=log --json --model telco.json --out labels.csv",
      telco);
  const json_t *total = column_of(fit.json, "TotalCharges");
  cr_expect_eq(int_of(total, "n_missing"), 11);
  cr_expect(json_is_true(json_object_get(total, "predicted")));
  cr_expect_lt(number_of(total, "error"), 0.6 * number_of(total, "baseline"), "%g of %g",
               number_of(total, "error"), number_of(total, "baseline"));
  process_clear(&fit);
  process_result again = gyeol_ok("cluster predict --model telco.json -i '%s' --out again.csv --json", telco);
  process_clear(&again);
  process_result score = gyeol_ok("cluster score --labels again.csv --truth labels.csv --json");
  cr_expect_eq(number_of(score.json, "ari"), 1.0);
  process_clear(&score);
}

Test(cluster_preparation, real_files_through_every_way) {
  static const struct {
    const char *file, *columns, *categories;
  } FILES[] = {{"hillstrom/hillstrom_womens_vs_control.csv.gz", "recency,history", "zip_code,channel"},
               {"bank/bank-additional-full.csv.gz", "age,campaign,pdays", "job,marital"}};
  static const char *const WAYS[] = {"--missing mode --outliers winsorise:0.01",
                                     "--missing predict --outliers robust-z",
                                     "--missing drop --outliers isolate"};
  for (size_t f = 0; f < 2; f++) {
    const char *path = real_data(FILES[f].file);
    if (path == NULL) cr_skip_test("no data");
    for (size_t w = 0; w < 3; w++) {
      process_result fit =
          gyeol_ok("cluster kprototypes -i '%s' -c %s --categories %s -k 3 --starts 1 --json %s", path,
                   FILES[f].columns, FILES[f].categories, WAYS[w]);
      cr_expect_eq(int_of(fit.json, "k"), 3, "%s %s", FILES[f].file, WAYS[w]);
      cr_expect_gt(int_of(fit.json, "preparation.rows"), 30000);
      process_clear(&fit);
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * `gyeol cluster` the way an analyst uses it: any file in, labels out, and a sentence for what cannot be. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "project_fixture.h"

TestSuite(cluster_command, .fini = workspace_remove, .timeout = 300);

enum { GROUPS = 3, ROWS = 300 };

/* For what is only to succeed. */
static void forget(process_result result) { process_clear(&result); }

/* Row i belongs to group i % 3, far from the others. */
static void write_groups(const char *name, const char *delimiter, const char *decimal) {
  FILE *file = fopen(in_workspace("%s", name), "w");
  cr_assert_not_null(file);
  fprintf(file, "name%sspend%svisits%struth\n", delimiter, delimiter, delimiter);
  for (int i = 0; i < ROWS; i++)
    fprintf(file, "고객%d%s%d%s%d%s%d%s%c\n", i, delimiter, 100 * (i % GROUPS) + i % 7, decimal, i % 10,
            delimiter, 50 * (i % GROUPS == 1) + i % 5, delimiter, "abc"[i % GROUPS]);
  fclose(file);
}

Test(cluster_command, labels_are_written_a_row_a_row) {
  static const struct {
    const char *file, *delimiter, *decimal;
  } FILES[] = {{"points.csv", ",", "."}, {"points.tsv", "\t", "."}, {"comma.csv", ";", ","}};
  for (size_t f = 0; f < sizeof FILES / sizeof *FILES; f++) {
    write_groups(FILES[f].file, FILES[f].delimiter, FILES[f].decimal);
    process_result fit =
        gyeol_ok("cluster kmeans -i %s -k 3 --id name --out labels.csv --json", FILES[f].file);
    cr_expect_eq(int_of(fit.json, "n"), ROWS, "%s", FILES[f].file);
    cr_expect_eq(int_of(fit.json, "d"), 2, "%s: %s", FILES[f].file, fit.out);
    cr_expect_eq(int_of(fit.json, "k"), 3);
    for (int c = 0; c < GROUPS; c++)
      cr_expect_eq(json_integer_value(json_array_get(json_object_get(fit.json, "sizes"), (size_t)c)),
                   ROWS / 3);
    process_clear(&fit);
    char *text = file_text(in_workspace("labels.csv"));
    cr_expect_eq(strncmp(text, "name,label\n고객0,", strlen("name,label\n고객0,")), 0, "%.40s", text);
    free(text);
    process_result score =
        gyeol_ok("cluster score --labels labels.csv --truth %s:truth --json", FILES[f].file);
    cr_expect_float_eq(number_of(score.json, "ari"), 1, 1e-12, "%s: %s", FILES[f].file, score.out);
    process_clear(&score);
  }
}

Test(cluster_command, the_record_has_what_is_promised) {
  write_groups("points.csv", ",", ".");
  process_result fit = gyeol_ok("cluster kmeans -i points.csv -c spend,visits -k 3 --seed 7 --json");
  static const char *const KEYS[] = {"method",    "n",       "d",       "k",          "seed", "iterations",
                                     "converged", "inertia", "seconds", "peak_bytes", "notes"};
  for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
    cr_expect_not_null(json_object_get(fit.json, KEYS[i]), "no %s", KEYS[i]);
  cr_expect_geq(number_of(fit.json, "seconds.load"), 0);
  cr_expect_geq(number_of(fit.json, "seconds.fit"), 0);
  cr_expect_eq(int_of(fit.json, "seed"), 7);
  process_clear(&fit);
}

Test(cluster_command, missing_and_unreadable_values_are_counted) {
  write_text(in_workspace("holes.csv"), "a,b\n1,1\n,2\n9,9\nred,9\n8,\n9,8\n");
  process_result fit = gyeol_ok("cluster kmeans -i holes.csv -c a,b -k 2 --json");
  cr_expect_eq(int_of(fit.json, "n"), 5);
  char *notes = json_dumps(json_object_get(fit.json, "notes"), 0);
  cr_expect_not_null(strstr(notes, "1 rows could not be read"), "%s", notes);
  cr_expect_not_null(strstr(notes, "2 missing values"), "%s", notes);
  free(notes);
  process_clear(&fit);
}

Test(cluster_command, wrong_use_is_one_sentence) {
  write_groups("points.csv", ",", ".");
  write_text(in_workspace("words.csv"), "a,b\nx,y\nz,w\n");
  write_text(in_workspace("huge.csv"), "a,b\n1,1e30\n2,1e39\n3,4\n");
  static const struct {
    const char *arguments, *sentence;
    int exit_code;
  } CASES[] = {
      {"cluster", "needs a method", 2},
      {"cluster kmean -i points.csv", "there is no clustering method 'kmean'", 2},
      {"cluster kmeans", "needs --input FILE", 2},
      {"cluster kmeans -i points.csv -k 0", "--k 0 is not a number from 1", 2},
      {"cluster kmeans -i points.csv -k 9999", "9999", 3},
      {"cluster kmeans -i points.csv -k 3 -c spend,,visits", "empty name", 2},
      {"cluster kmeans -i points.csv -k 3 -c spent", "no column 'spent'", 2},
      {"cluster kmeans -i points.csv -k 3 --scale big", "--scale big is not known", 2},
      {"cluster kmeans -i points.csv -k 3 --categories name", "takes numbers only", 2},
      {"cluster kmeans -i points.csv -k 3 --out labels.txt", "the ending says which format", 2},
      {"cluster kmeans -i words.csv", "no column of numbers", 3},
      {"cluster kmeans -i huge.csv -c a,b -k 2", "infinite", 3},
      {"cluster kmeans -i absent.csv", "absent.csv", 1},
      {"cluster score --labels points.csv", "needs --labels FILE and --truth FILE", 2},
      {"cluster score --labels points.csv:truth --truth words.csv:a", "300 rows", 3},
      {"cluster score --labels points.csv:truth --truth points.csv:truth --leave-out q", "no such label", 2},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    process_result result = run_gyeol("%s", CASES[i].arguments);
    cr_expect_eq(result.exit_code, CASES[i].exit_code, "%s: exit %d, %s", CASES[i].arguments,
                 result.exit_code, result.err);
    cr_expect_not_null(strstr(result.err, CASES[i].sentence), "%s: %s", CASES[i].arguments, result.err);
    process_clear(&result);
  }
}

Test(cluster_command, any_number_of_threads_writes_the_same_labels) {
  write_groups("points.csv", ",", ".");
  forget(gyeol_ok("cluster kmeans -i points.csv --threads 1 --out one.csv --quiet"));
  forget(gyeol_ok("cluster kmeans -i points.csv --threads 3 --out three.csv --quiet"));
  char *one = file_text(in_workspace("one.csv")), *three = file_text(in_workspace("three.csv"));
  cr_expect_str_eq(one, three);
  free(one);
  free(three);
}

Test(cluster_command, published_inertia_of_mall) {
  const char *mall = real_data("mall/Mall_Customers.csv");
  if (mall == NULL) cr_skip_test("no data");
  process_result fit = gyeol_ok(
      "cluster kmeans -i '%s' -c 'Annual Income (k$),Spending Score (1-100)' -k 5 --scale none --json", mall);
  cr_expect_float_eq(number_of(fit.json, "inertia"), 44448.4554, 1e-3, "%s", fit.out);
  process_clear(&fit);
}

Test(cluster_command, a_model_labels_the_same_rows_alike) {
  write_groups("points.csv", ",", ".");
  forget(gyeol_ok(
      "cluster kmeans -i points.csv -k 3 --scale log --id name --out labels.csv --model fit.json --quiet"));
  forget(gyeol_ok("cluster predict --model fit.json -i points.csv --id name --out again.csv --quiet"));
  char *first = file_text(in_workspace("labels.csv")), *again = file_text(in_workspace("again.csv"));
  cr_expect_str_eq(first, again);
  free(first);
  free(again);
  process_result sql = gyeol_ok("cluster sql --model fit.json --table fresh --id name");
  cr_expect_not_null(strstr(sql.out, "FROM \"fresh\""), "%s", sql.out);
  process_clear(&sql);
  write_text(in_workspace("other.csv"), "spend\n1\n2\n");
  process_result wrong = run_gyeol("cluster predict --model fit.json -i other.csv");
  cr_expect_eq(wrong.exit_code, 2);
  cr_expect_not_null(strstr(wrong.err, "no column 'visits'"), "%s", wrong.err);
  process_clear(&wrong);
}

Test(cluster_command, a_project_shows_its_models) {
  write_small_shop(in_workspace("orders.csv"), 20000, 1);
  project_make("shop", "orders.csv");
  json_decref(project_run("shop", ""));
  process_result list = gyeol_ok("model list shop --json");
  cr_expect_str_eq(text_of(list.json, "models.0.name"), "clusters");
  process_clear(&list);
  process_result shown = gyeol_ok("model show clusters shop --json");
  cr_expect_eq((json_int_t)json_array_size(json_at(shown.json, "model.centers")), int_of(shown.json, "k"));
  process_clear(&shown);
  for (int i = 0; i < 2; i++) {
    process_result sql = gyeol_ok("model sql %s shop", i == 0 ? "clusters" : "rfm");
    cr_expect_not_null(strstr(sql.out, "SELECT"), "%s", sql.out);
    process_clear(&sql);
  }
  process_result wrong = run_gyeol("model sql churn shop");
  cr_expect_eq(wrong.exit_code, 1);
  cr_expect_not_null(strstr(wrong.err, "no model 'churn'"), "%s", wrong.err);
  process_clear(&wrong);
}

/* n x d uniform numbers, or k groups far apart. */
static void write_points(const char *name, int n, int d, int k) {
  FILE *file = fopen(in_workspace("%s", name), "w");
  cr_assert_not_null(file);
  unsigned long long state = 88172645463325252ull;
  for (int j = 0; j < d; j++) fprintf(file, "%sx%d", j > 0 ? "," : "", j);
  fputs(",later\n", file);
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < d; j++) {
      double sum = 0;
      for (int r = 0; r < (k > 0 ? 6 : 1); r++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        sum += (double)(state >> 11) * 0x1.0p-53;
      }
      fprintf(file, "%s%.6f", j > 0 ? "," : "", sum + (k > 0 ? 8 * ((i % k >> j) & 1) : 0));
    }
    fprintf(file, ",%d\n", k > 0 ? 1000 * (i % k) : i * 37 % 101);
  }
  fclose(file);
}

Test(cluster_command, suggest_finds_groups_and_says_when_there_are_none) {
  static const struct {
    int n, d, k;
    const char *verdict;
  } CASES[] = {{1500, 2, 0, "none"}, {1500, 5, 0, "none"}, {900, 2, 4, "clear"}, {900, 4, 3, "clear"}};
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    write_points("points.csv", CASES[i].n, CASES[i].d, CASES[i].k);
    process_result result = gyeol_ok("cluster suggest -i points.csv -c %s --outcome later --time 20 --json",
                                     CASES[i].d == 2   ? "x0,x1"
                                     : CASES[i].d == 4 ? "x0,x1,x2,x3"
                                                       : "x0,x1,x2,x3,x4");
    cr_expect_str_eq(text_of(result.json, "verdict"), CASES[i].verdict, "n %d, d %d, k %d: %s", CASES[i].n,
                     CASES[i].d, CASES[i].k, result.out);
    if (CASES[i].k > 0) {
      cr_expect_eq(int_of(result.json, "recommended.k"), CASES[i].k, "%s", result.out);
      cr_expect_float_eq(number_of(result.json, "recommended.outcome_share"), 1, 0.02);
    }
    cr_expect_gt(json_array_size(json_object_get(result.json, "reasons")), 1);
    process_clear(&result);
  }
}

Test(cluster_command, every_method_finds_groups_that_are_far_apart) {
  static const char *const METHODS[] = {"kmeans -k 3",
                                        "kmeans -k 3 --init 'k-means||'",
                                        "minibatch -k 3",
                                        "bisecting -k 3",
                                        "trimmed -k 3 --trim 0",
                                        "kmedoids -k 3",
                                        "kmedoids -k 3 --metric manhattan",
                                        "kmedoids -k 3 --categories truth",
                                        "kprototypes -k 3 --categories truth",
                                        "hierarchical -k 3",
                                        "hierarchical",
                                        "hierarchical -k 3 --linkage average",
                                        "hierarchical -k 3 --linkage complete",
                                        "hierarchical -k 3 --linkage single",
                                        "hierarchical -k 3 --linkage weighted",
                                        "hierarchical -k 3 --linkage centroid",
                                        "hierarchical -k 3 --linkage median",
                                        "genie -k 3",
                                        "dbscan --eps 0.5",
                                        "optics --eps 0.5",
                                        "hdbscan --min-cluster-size 20",
                                        "latent -k 3 --categories truth",
                                        "gmm -k 3",
                                        "gmm -k 3 --covariance diag",
                                        "gmm -k 3 --covariance tied",
                                        "gmm -k 3 --covariance spherical"};
  write_groups("points.csv", ",", ".");
  for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++) {
    process_result fit =
        gyeol_ok("cluster %s -i points.csv -c spend,visits --out labels.csv --json", METHODS[i]);
    cr_expect_eq(int_of(fit.json, "k"), 3, "%s: %s", METHODS[i], fit.out);
    static const char *const KEYS[] = {"method",     "n",         "d",       "k",          "seed",
                                       "iterations", "converged", "seconds", "peak_bytes", "notes"};
    for (size_t j = 0; j < sizeof KEYS / sizeof *KEYS; j++)
      cr_expect_not_null(json_object_get(fit.json, KEYS[j]), "%s: no %s", METHODS[i], KEYS[j]);
    process_clear(&fit);
    process_result score = gyeol_ok("cluster score --labels labels.csv --truth points.csv:truth --json");
    cr_expect_float_eq(number_of(score.json, "ari"), 1, 1e-12, "%s: %s", METHODS[i], score.out);
    process_clear(&score);
  }
}

Test(cluster_command, a_tree_is_written_merge_by_merge) {
  write_text(in_workspace("line.csv"), "x\n0\n1\n3\n10\n");
  forget(gyeol_ok(
      "cluster hierarchical -i line.csv -c x -k 2 --linkage single --scale none --tree tree.csv --quiet"));
  char *tree = file_text(in_workspace("tree.csv"));
  cr_expect_str_eq(tree, "merge,a,b,height,size\n0,0,1,1.0,2.0\n1,2,4,2.0,3.0\n2,3,5,7.0,4.0\n");
  free(tree);
}

Test(cluster_command, a_project_s_customers_are_judged_by_what_they_did_next) {
  write_small_shop(in_workspace("orders.csv"), 20000, 1);
  project_make("shop", "orders.csv");
  json_decref(project_run("shop", ""));
  process_result result = gyeol_ok("cluster suggest shop --time 5 --json");
  cr_expect_eq(int_of(result.json, "outcome_days"), 90, "%s", result.out);
  cr_expect_gt(json_array_size(json_object_get(result.json, "candidates")), 0);
  double share = number_of(result.json, "candidates.0.outcome_share");
  cr_expect(share >= 0 && share <= 1, "%g", share);
  process_clear(&result);
  result = gyeol_ok("cluster suggest shop --time 5 --horizon 3000 --json"); /* longer than there are orders */
  cr_expect_eq(int_of(result.json, "outcome_days"), 0);
  process_clear(&result);
  result = run_gyeol("cluster suggest");
  cr_expect_neq(result.exit_code, 0);
  process_clear(&result);
}

Test(cluster_command, a_picture_keeps_groups_apart) {
  static const char *const HOW[] = {"pca", "tsne"};
  write_groups("points.csv", ",", ".");
  for (int h = 0; h < 2; h++) {
    process_result fit = gyeol_ok(
        "cluster kmeans -i points.csv -c spend,visits -k 3 --picture %s --out drawn.csv --json", HOW[h]);
    cr_expect_gt(number_of(fit.json, "picture.trustworthiness"), 0.9, "%s", fit.out);
    process_clear(&fit);
    process_result again = gyeol_ok("cluster kmeans -i drawn.csv -c x,y -k 3 --out again.csv --json");
    process_clear(&again);
    process_result score = gyeol_ok("cluster score --labels again.csv --truth points.csv:truth --json");
    cr_expect_float_eq(number_of(score.json, "ari"), 1, 1e-12, "%s: %s", HOW[h], score.out);
    process_clear(&score);
  }
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Every method of `gyeol cluster` against input that is hard: too few rows, equal rows, holes, infinities,
 * extreme magnitudes, many columns, options at their ends, millions of duplicates, little memory. Each ends
 * with a right result or with one sentence and its exit code, and soon. What "right" means everywhere:
 *   - the file of labels has a row an input row, each label in -1..k-1, as often as `sizes` says
 *   - inertia and log-likelihood are finite
 *   - a k other than the one asked for, an empty cluster, and no cluster at all come with a note
 * and where the input has three groups far apart, that they are found. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "project_fixture.h"

TestSuite(cluster_hard, .fini = workspace_remove, .timeout = 900);

enum { N_GROUPS = 3, LARGE_ROWS = 2000000 };

/* ---- the methods ---- */

typedef enum { WITH_K, CHOOSES_K, BY_DENSITY } method_kind;

static const struct {
  const char *arguments;
  method_kind kind;
  bool finds_groups; /* three of equal size */
} METHODS[] = {
    {"kmeans -k 3", WITH_K, true},
    {"kmeans", CHOOSES_K, true},
    {"minibatch -k 3", WITH_K, true},
    {"bisecting -k 3", WITH_K, true},
    {"spherical -k 3", WITH_K, false},
    {"trimmed -k 3", WITH_K, false},
    {"kmedoids -k 3", WITH_K, true},
    {"kprototypes -k 3", WITH_K, true},
    {"hierarchical -k 3", WITH_K, true},
    {"hierarchical -k 3 --linkage average", WITH_K, true},
    {"hierarchical -k 3 --linkage centroid", WITH_K, true},
    {"hierarchical -k 3 --linkage single", WITH_K, true},
    {"hierarchical", CHOOSES_K, true},
    {"genie -k 3", WITH_K, true},
    {"dbscan --min-samples 2 --eps 0", BY_DENSITY, false},
    {"dbscan --min-samples 2 --eps inf", BY_DENSITY, false},
    {"dbscan --min-samples 1", BY_DENSITY, false},
    {"optics --min-samples 2", BY_DENSITY, false},
    {"optics --min-samples 2 --eps inf", BY_DENSITY, false},
    {"hdbscan --min-cluster-size 20", BY_DENSITY, true},
    {"gmm -k 3", WITH_K, true},
    {"gmm", CHOOSES_K, true},
};
enum { N_METHODS = sizeof METHODS / sizeof *METHODS };

/* ---- the inputs ---- */

typedef struct {
  const char *name;
  int n, d;
  double size, small; /* factors of the first column and of the others */
  const char *patch;  /* stands in row 7 of the first column */
  const char *options;
  int with_k; /* exit codes: of methods with a k, and of the others */
  int otherwise;
  const char *sentence; /* in every refusal */
  bool has_groups;      /* that methods must find */
} hard_input;

static const hard_input INPUTS[] = {
    {"one row", 1, 2, 1, 1, NULL, "", 3, 0, "1 rows", false},
    {"fewer rows than k", 2, 2, 1, 1, NULL, "", 3, 0, "2 rows", false},
    {"as many rows as k", 3, 2, 1, 1, NULL, "", 0, 0, "", false},
    {"one column", 300, 1, 1, 1, NULL, "", 0, 0, "", false},
    {"all rows equal", 100, 2, 0, 0, NULL, "", 0, 0, "direction", false},
    {"an empty cell", 300, 2, 1, 1, "", "", 0, 0, "", false},
    {"NaN", 300, 2, 1, 1, "nan", "", 0, 0, "", false},
    {"infinity", 300, 2, 1, 1, "inf", "", 3, 3, "line 9: column 'x0' is infinite", false},
    {"minus infinity", 300, 2, 1, 1, "-Infinity", "--scale none", 3, 3, "line 9: column 'x0' is infinite",
     false},
    {"beyond single precision", 300, 2, 1, 1, "1e300", "--scale log", 3, 3, "line 9: column 'x0'", false},
    {"a constant column", 300, 2, 1, 0, NULL, "", 0, 0, "", false},
    {"1e30 beside 1e-30, scaled", 300, 2, 1e29, 1e-31, NULL, "", 0, 0, "", true},
    {"1e30 beside 1e-30, robust", 300, 2, 1e29, 1e-31, NULL, "--scale robust", 0, 0, "", true},
    {"1e30 beside 1e-30, not scaled", 300, 2, 1e29, 1e-31, NULL, "--scale none", 3, 3, "use --scale standard",
     false},
    {"denormals, scaled", 300, 2, 1e-41, 1e-41, NULL, "", 0, 0, "", true},
    {"denormals, not scaled", 300, 2, 1e-41, 1e-41, NULL, "--scale none", 3, 3, "use --scale standard",
     false},
    {"2,000 columns", 60, 2000, 1, 1, NULL, "", 0, 0, "", true},
};
enum { N_INPUTS = sizeof INPUTS / sizeof *INPUTS };

static double uniform(uint64_t *state) {
  *state ^= *state << 13, *state ^= *state >> 7, *state ^= *state << 17;
  return (double)(*state >> 11) * 0x1.0p-53;
}

/* Nearly normal, variance 1/2. */
static double bell(uint64_t *state) {
  double sum = 0;
  for (int i = 0; i < 6; i++) sum += uniform(state);
  return sum;
}

/* Row i belongs to group i % 3; the groups are far apart in every column. */
static void write_input(const hard_input *input) {
  FILE *file = fopen(in_workspace("hard.csv"), "w");
  cr_assert_not_null(file);
  uint64_t state = 88172645463325252u;
  for (int j = 0; j < input->d; j++) fprintf(file, "%sx%d", j > 0 ? "," : "", j);
  fputc('\n', file);
  for (int i = 0; i < input->n; i++) {
    for (int j = 0; j < input->d; j++) {
      double value = 10.0 * ((i + (j % 2) * (i % N_GROUPS == 2)) % N_GROUPS) + bell(&state);
      if (j > 0) fputc(',', file);
      if (i == 7 && j == 0 && input->patch != NULL)
        fputs(input->patch, file);
      else
        fprintf(file, "%.9g", value * (j == 0 ? input->size : input->small));
    }
    fputc('\n', file);
  }
  fclose(file);
}

/* ---- what is right ---- */

/* Counts labels of the file into `counts` (k + 1, noise first); -1 when one is out of range. */
static int64_t count_labels(const char *name, int64_t k, int64_t *counts) {
  FILE *file = fopen(in_workspace("%s", name), "r");
  cr_assert_not_null(file);
  char line[256];
  int64_t n = 0;
  cr_assert_not_null(fgets(line, sizeof line, file));
  while (n >= 0 && fgets(line, sizeof line, file) != NULL) {
    const char *comma = strchr(line, ',');
    long long label = comma != NULL ? atoll(comma + 1) : -2;
    n = label >= -1 && label < k ? n + 1 : -1;
    if (n > 0) counts[label + 1]++;
  }
  fclose(file);
  return n;
}

static void expect_counts(const process_result *fit, const char *name, const char *what) {
  int64_t k = int_of(fit->json, "k");
  const json_t *sizes = json_object_get(fit->json, "sizes");
  cr_assert(k >= 0 && k <= int_of(fit->json, "n") && json_array_size(sizes) == (size_t)k, "%s: %s", what,
            fit->out);
  int64_t *counts = calloc((size_t)k + 1, sizeof *counts);
  cr_expect_eq(count_labels(name, k, counts), int_of(fit->json, "n"), "%s: labels out of range", what);
  cr_expect_eq(counts[0], int_of(fit->json, "noise"), "%s: noise", what);
  for (int64_t c = 0; c < k; c++)
    cr_expect_eq(counts[c + 1], json_integer_value(json_array_get(sizes, (size_t)c)), "%s: cluster %lld",
                 what, (long long)c);
  free(counts);
}

static void expect_sound(const process_result *fit, bool has_k, const char *what) {
  static const char *const FIGURES[] = {"inertia", "log_likelihood"};
  cr_assert_not_null(fit->json, "%s: %s %s", what, fit->out, fit->err);
  for (size_t i = 0; i < sizeof FIGURES / sizeof *FIGURES; i++) {
    const json_t *figure = json_object_get(fit->json, FIGURES[i]);
    cr_expect(figure == NULL || isfinite(json_number_value(figure)), "%s: %s", what, fit->out);
  }
  int64_t k = int_of(fit->json, "k");
  bool is_odd = k == 0 || (has_k && k != N_GROUPS);
  size_t c;
  json_t *size;
  json_array_foreach(json_object_get(fit->json, "sizes"), c, size) is_odd =
      is_odd || json_integer_value(size) == 0;
  cr_expect(!is_odd || json_array_size(json_object_get(fit->json, "notes")) > 0, "%s: no note: %s", what,
            fit->out);
}

static void expect_refused(const process_result *fit, int exit_code, const char *sentence, const char *what) {
  cr_expect_eq(fit->exit_code, exit_code, "%s: exit %d: %s", what, fit->exit_code, fit->err);
  cr_expect_eq(strncmp(fit->err, "gyeol: ", 7), 0, "%s: %s", what, fit->err);
  const char *end = strchr(fit->err, '\n');
  cr_expect(end != NULL && end[1] == '\0', "%s: not one sentence: %s", what, fit->err);
  cr_expect_not_null(strstr(fit->err, sentence), "%s: %s", what, fit->err);
}

/* What differs from the table: directions that do not exist, and more noise than rows to be dense. */
static int expected_exit(size_t method, const hard_input *input) {
  bool is_spherical = strncmp(METHODS[method].arguments, "spherical", 9) == 0;
  if (is_spherical && strcmp(input->name, "all rows equal") == 0) return 3;
  return METHODS[method].kind == WITH_K ? input->with_k : input->otherwise;
}

static void try_one(size_t method, const hard_input *input) {
  enum { SECONDS_MAX = 60 };
  char what[256];
  snprintf(what, sizeof what, "%s, %s %s", input->name, METHODS[method].arguments, input->options);
  process_result fit = run_gyeol("cluster %s -i hard.csv %s --out labels.csv --json",
                                 METHODS[method].arguments, input->options);
  cr_expect_lt(fit.seconds, SECONDS_MAX, "%s: %.1f s", what, fit.seconds);
  if (expected_exit(method, input) != 0) {
    expect_refused(&fit, expected_exit(method, input), input->sentence, what);
  } else {
    cr_expect_eq(fit.exit_code, 0, "%s: exit %d: %s", what, fit.exit_code, fit.err);
    expect_sound(&fit, METHODS[method].kind == WITH_K, what);
    expect_counts(&fit, "labels.csv", what);
    for (size_t c = 0; input->has_groups && METHODS[method].finds_groups && c < N_GROUPS; c++)
      cr_expect_eq(json_integer_value(json_array_get(json_object_get(fit.json, "sizes"), c)),
                   input->n / N_GROUPS, "%s: %.300s", what, fit.out);
  }
  process_clear(&fit);
}

static void try_inputs(size_t first, size_t step) {
  for (size_t i = first; i < N_INPUTS; i += step) {
    write_input(&INPUTS[i]);
    for (size_t m = 0; m < N_METHODS; m++) try_one(m, &INPUTS[i]);
  }
}

/* Two halves, to run side by side. */
Test(cluster_hard, every_method_on_every_input_even) { try_inputs(0, 2); }
Test(cluster_hard, every_method_on_every_input_odd) { try_inputs(1, 2); }

/* ---- options at their ends ---- */

Test(cluster_hard, options_at_their_ends) {
  static const struct {
    const char *arguments;
    int exit_code, k, noise; /* k -1: any */
    const char *sentence;
  } CASES[] = {
      {"kmeans -k 300", 0, 300, 0, ""},
      {"kmeans -k 301", 3, 0, 0, "300 rows cannot make 301 clusters; ask for fewer"},
      {"bisecting -k 300", 0, 300, 0, ""},
      {"kmedoids -k 300", 0, 300, 0, ""},
      {"kprototypes -k 300", 0, 300, 0, ""},
      {"hierarchical -k 300", 0, 300, 0, ""},
      {"hierarchical -k 301", 3, 0, 0, "300 rows, fewer than --k 301"},
      {"hierarchical --height 0", 0, 300, 0, ""},
      {"hierarchical --height inf", 0, 1, 0, ""},
      {"genie -k 300", 0, 300, 0, ""},
      {"genie -k 1 --gini 0", 0, 1, 0, ""},
      {"gmm -k 300 --covariance spherical", 0, 300, 0, ""},
      {"gmm -k 301", 3, 0, 0, "300 rows cannot make 301 clusters; ask for fewer"},
      {"trimmed -k 300", 3, 0, 0, "rows"},
      {"trimmed -k 3 --trim 1", 2, 0, 0, "trim"},
      {"dbscan --eps 0", 0, 0, 300, "No cluster was found"},
      {"dbscan --eps 0 --min-samples 1", 0, 300, 0, ""},
      {"dbscan --eps inf", 0, 1, 0, ""},
      {"dbscan --eps inf --min-samples 300", 0, 1, 0, ""},
      {"dbscan --eps inf --min-samples 301", 0, 0, 300, "No cluster was found"},
      {"dbscan --min-samples 301", 3, 0, 0, "lower min_samples"},
      {"dbscan --eps nan", 2, 0, 0, "--eps nan is not a number of at least 0"},
      {"dbscan --eps -1", 2, 0, 0, "--eps -1 is not a number of at least 0"},
      {"optics --eps 0", 0, 0, 300, "No cluster was found"},
      {"optics --eps inf", 0, 1, 0, ""},
      {"optics --min-samples 301", 0, 0, 300, "No cluster was found"},
      {"hdbscan --min-samples 301", 3, 0, 0, "min_samples is 301, but there are only 300 rows"},
      {"hdbscan --min-cluster-size 301", 0, 0, 300, "No cluster was found"},
      {"hdbscan --min-cluster-size 1", 2, 0, 0, "min_cluster_size"},
      {"hdbscan --min-cluster-size 20 --eps inf", 0, -1, 0, ""},
      {"kmeans -k 3 --max-iter 1 --starts 1", 0, 3, 0, ""},
      {"kmeans -k 3 --tol inf", 0, 3, 0, ""},
  };
  write_input(&(hard_input){.n = 300, .d = 2, .size = 1, .small = 1});
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    const char *what = CASES[i].arguments;
    process_result fit = run_gyeol("cluster %s -i hard.csv --out labels.csv --json", what);
    if (CASES[i].exit_code != 0) {
      expect_refused(&fit, CASES[i].exit_code, CASES[i].sentence, what);
    } else {
      cr_expect_eq(fit.exit_code, 0, "%s: %s", what, fit.err);
      expect_sound(&fit, false, what);
      expect_counts(&fit, "labels.csv", what);
      cr_expect(CASES[i].k < 0 || int_of(fit.json, "k") == CASES[i].k, "%s: %.300s", what, fit.out);
      cr_expect_eq(int_of(fit.json, "noise"), CASES[i].noise, "%s: %.300s", what, fit.out);
      cr_expect_not_null(strstr(fit.out, CASES[i].sentence), "%s: %.300s", what, fit.out);
    }
    process_clear(&fit);
  }
}

/* ---- columns nobody named ---- */

Test(cluster_hard, a_column_with_a_word_in_it_is_left_out_with_a_note) {
  write_text(in_workspace("words.csv"), "a,b,c\n1,1e30,x\n2,2e-42,y\nred,5e29,z\n4,1e31,x\n");
  process_result fit = gyeol_ok("cluster kmeans -k 2 -i words.csv --json");
  cr_expect_eq(int_of(fit.json, "d"), 1, "%s", fit.out);
  cr_expect_str_eq(text_of(fit.json, "columns.0"), "b");
  cr_expect_not_null(strstr(fit.out, "not all of their values are numbers: a."), "%s", fit.out);
  process_clear(&fit);
}

/* ---- many rows ---- */

static void write_rows(const char *name, int n, bool are_equal) {
  static const char *const ROWS[N_GROUPS] = {"1,2\n", "10,20\n", "100,5\n"};
  FILE *file = fopen(in_workspace("%s", name), "w");
  cr_assert_not_null(file);
  uint64_t state = 88172645463325252u;
  fputs("x,y\n", file);
  for (int i = 0; i < n; i++) {
    if (are_equal)
      fputs(ROWS[i % N_GROUPS], file);
    else
      fprintf(file, "%.4f,%.4f\n", 5 * (i % N_GROUPS) + uniform(&state),
              4 * (i % N_GROUPS == 1) + uniform(&state));
  }
  fclose(file);
}

Test(cluster_hard, millions_of_duplicates) {
  static const char *const RUNS[] = {"kmeans -k 3",       "kmeans",           "gmm -k 3",   "kmedoids -k 3",
                                     "hierarchical -k 3", "dbscan --eps 0.1", "genie -k 3", "hdbscan"};
  write_rows("rows.csv", LARGE_ROWS, true);
  for (size_t i = 0; i < sizeof RUNS / sizeof *RUNS; i++) {
    process_result fit = gyeol_ok("cluster %s -i rows.csv --json", RUNS[i]);
    cr_expect_eq(int_of(fit.json, "k"), N_GROUPS, "%s: %s", RUNS[i], fit.out);
    for (size_t c = 0; c < N_GROUPS; c++) {
      int64_t size = json_integer_value(json_array_get(json_object_get(fit.json, "sizes"), c));
      cr_expect(size >= LARGE_ROWS / N_GROUPS && size <= LARGE_ROWS / N_GROUPS + 1, "%s: %s", RUNS[i],
                fit.out);
    }
    cr_expect_lt(number_of(fit.json, "seconds.fit"), 60, "%s", RUNS[i]);
    process_clear(&fit);
  }
}

Test(cluster_hard, more_clusters_than_distinct_rows_are_noted) {
  static const char *const RUNS[] = {"kmeans", "minibatch", "bisecting", "kmedoids", "hierarchical", "genie"};
  write_rows("rows.csv", 600, true);
  for (size_t i = 0; i < sizeof RUNS / sizeof *RUNS; i++) {
    process_result fit = gyeol_ok("cluster %s -k 5 -i rows.csv --json", RUNS[i]);
    cr_expect(strstr(fit.out, "Fewer than 5 rows differ") != NULL ||
                  strstr(fit.out, "2 clusters are empty") != NULL,
              "%s: %s", RUNS[i], fit.out);
    process_clear(&fit);
  }
}

/* A million rows in 64 MB: as asked, in a cheaper way that is named, or refused with the number. */
Test(cluster_hard, little_memory) {
  static const struct {
    const char *arguments, *says;
    int exit_code;
  } CASES[] = {{"kmeans -k 3", "", 0},
               {"minibatch -k 3", "", 0},
               {"kmedoids -k 3", "samples of", 0},
               {"hierarchical -k 3", "In two stages", 0},
               {"hierarchical -k 3 --linkage average", "In two stages", 0},
               {"hierarchical -k 3 --linkage single", "bytes are needed", 1},
               {"genie -k 3", "bytes are needed", 1},
               {"hdbscan", "raise --memory", 1},
               {"gmm -k 3", "", 0}};
  write_rows("rows.csv", 1000000, false);
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    process_result fit = run_gyeol("cluster %s -i rows.csv --memory 64MB --json", CASES[i].arguments);
    if (CASES[i].exit_code != 0) {
      expect_refused(&fit, CASES[i].exit_code, CASES[i].says, CASES[i].arguments);
    } else {
      expect_sound(&fit, true, CASES[i].arguments);
      cr_expect_not_null(strstr(fit.out, CASES[i].says), "%s: %s", CASES[i].arguments, fit.out);
      for (size_t c = 0; c < N_GROUPS; c++)
        cr_expect_float_eq((double)json_integer_value(json_array_get(json_object_get(fit.json, "sizes"), c)),
                           1000000.0 / N_GROUPS, 1, "%s: %s", CASES[i].arguments, fit.out);
    }
    process_clear(&fit);
  }
}

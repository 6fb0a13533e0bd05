/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows with holes and far values get the same label from the fit, from the stored model and from its SQL,
 * whatever was asked for. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gyeol/cluster.h>
#include <gyeol/project.h>
#include <jansson.h>

#include "base/rng.h"
#include "engine/engine.h"

enum { N = 4000, NOT_LABELLED = -9, WAYS_MAX = 4 };

static char folder[64];

static const char *file_at(const char *name) {
  static char paths[8][128];
  static int next = 0;
  char *path = paths[next++ % 8];
  snprintf(path, sizeof paths[0], "%s/%s", folder, name);
  return path;
}

/* Three groups; spend with a long tail, visits and gap with holes, gap known from the others but for noise.
 */
static void write_rows(void) {
  strcpy(folder, "/tmp/gyeol-prepared-XXXXXX");
  cr_assert_not_null(mkdtemp(folder));
  FILE *file = fopen(file_at("rows.csv"), "w");
  gy_rng rng;
  gy_rng_init(&rng, 17, 0);
  fprintf(file, "customer_id,spend,visits,\"gap \"\"days\"\"\"\n");
  for (int i = 0; i < N; i++) {
    int group = (int)gy_rng_below(&rng, 3);
    double spend = exp(3 + group + gy_rng_normal(&rng) / 4), visits = 10 * group + gy_rng_normal(&rng);
    double gap = 40 - visits + spend / 50 + gy_rng_normal(&rng);
    fprintf(file, "%d,%.4f,", i, i % 97 == 0 ? spend * 300 : spend);
    if (gy_rng_below(&rng, 6) == 0)
      fprintf(file, ",");
    else
      fprintf(file, "%.1f,", i % 89 == 0 ? -500.0 : visits);
    if (gy_rng_below(&rng, 5) == 0)
      fprintf(file, "\n");
    else
      fprintf(file, "%.3f\n", gap);
  }
  fclose(file);
}

static void remove_rows(void) {
  static const char *const NAMES[] = {"rows.csv", "labels.csv", "again.csv", "model.json"};
  for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) remove(file_at(NAMES[i]));
  rmdir(folder);
}

TestSuite(prepared_scoring, .init = write_rows, .fini = remove_rows, .timeout = 120);

/* The labels of SELECT id, label, in the order of ids. */
static void read_labels(gy_engine *engine, const char *sql, int32_t *labels) {
  gy_error err = {0};
  gy_result *rows = NULL;
  gy_chunk chunk;
  cr_assert_eq(gy_engine_query(engine, sql, NULL, 0, NULL, &rows, &err), GY_OK, "%s\n%s", err.text, sql);
  size_t n = 0;
  while (gy_result_next(rows, &chunk, &err) == GY_OK && chunk.n_rows > 0)
    for (size_t row = 0; row < chunk.n_rows && n < N; row++)
      labels[n++] = gy_column_is_null(&chunk.columns[0], row) ? NOT_LABELLED
                                                              : ((const int32_t *)chunk.columns[0].data)[row];
  gy_result_destroy(rows);
  cr_assert_eq(n, N);
}

static void read_file(gy_engine *engine, const char *path, int32_t *labels) {
  char sql[512];
  snprintf(sql, sizeof sql, "SELECT CAST(label AS INTEGER) FROM read_csv('%s') ORDER BY customer_id", path);
  read_labels(engine, sql, labels);
}

static void read_sql(gy_engine *engine, int32_t *labels) {
  char *select = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_cluster_sql(file_at("model.json"), "fresh", "customer_id", &select, &err), GY_OK, "%s",
               err.text);
  char *sql = malloc(strlen(select) + 128);
  sprintf(sql, "SELECT CAST(cluster AS INTEGER) FROM (%s) ORDER BY id", select);
  read_labels(engine, sql, labels);
  free(sql);
  gy_text_free(select);
}

typedef struct {
  const char *method, *scale;
  const char *missing[WAYS_MAX], *outliers[WAYS_MAX];
  bool indicators;
} wanted;

static void fit(const wanted *w, int threads, const char *output, json_t **record) {
  gy_cluster_options options = gy_cluster_defaults(w->method, file_at("rows.csv"));
  gy_error err = {0};
  gy_task task = {.n_threads = threads};
  char *text = NULL;
  options.k = 3;
  options.scale = w->scale;
  options.covariance = "diag";
  options.output = output;
  options.model = file_at("model.json");
  options.missing = w->missing;
  options.outliers = w->outliers;
  options.indicators = w->indicators;
  while (options.n_missing < WAYS_MAX && w->missing[options.n_missing] != NULL) options.n_missing++;
  while (options.n_outliers < WAYS_MAX && w->outliers[options.n_outliers] != NULL) options.n_outliers++;
  cr_assert_eq(gy_cluster_file(&options, &task, &text, &err), GY_OK, "%s", err.text);
  *record = json_loads(text, 0, NULL);
  gy_text_free(text);
}

static void predict(void) {
  gy_cluster_predict_options options = {
      .model = file_at("model.json"), .input = file_at("rows.csv"), .output = file_at("again.csv")};
  gy_error err = {0};
  char *text = NULL;
  cr_assert_eq(gy_cluster_predict(&options, NULL, &text, &err), GY_OK, "%s", err.text);
  gy_text_free(text);
}

static const wanted WANTED[] = {
    {"kmeans", NULL, {NULL}, {NULL}, false},
    {"kmeans", NULL, {"mean"}, {"winsorise:0.02"}, false},
    {"kmeans", "robust", {"mode"}, {"log"}, true},
    {"kmeans", "none", {"constant:-3"}, {"spend=robust-z:3.5", "visits=flag"}, false},
    {"kmeans", NULL, {"predict"}, {"robust-z"}, false},
    {"kmeans", NULL, {"predict", "visits=median"}, {"isolate:0.01", "spend=log"}, true},
    {"kmeans", "log", {"gap \"days\"=drop"}, {"visits=isolate:0.02"}, false},
    {"gmm", NULL, {"predict"}, {"spend=log", "visits=winsorise:0.02"}, false},
    {"kmedoids", NULL, {"drop"}, {"isolate:0.02"}, false},
    {"bisecting", NULL, {"median"}, {"none"}, false},
};

Test(prepared_scoring, fit_model_and_sql_give_the_same_labels) {
  static int32_t fitted[N], predicted[N], selected[N];
  gy_error err = {0};
  gy_engine *engine = NULL;
  char sql[512];
  cr_assert_eq(gy_engine_open(&(gy_engine_options){.n_threads = 2}, &engine, &err), GY_OK, "%s", err.text);
  snprintf(sql, sizeof sql, "CREATE TABLE fresh AS SELECT * FROM read_csv('%s')", file_at("rows.csv"));
  cr_assert_eq(gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, &err), GY_OK, "%s", err.text);
  for (size_t w = 0; w < sizeof WANTED / sizeof *WANTED; w++) {
    json_t *record = NULL;
    fit(&WANTED[w], 2, file_at("labels.csv"), &record);
    predict();
    read_file(engine, file_at("labels.csv"), fitted);
    read_file(engine, file_at("again.csv"), predicted);
    read_sql(engine, selected);
    int64_t counts[3] = {0}; /* clusters, aside, dropped */
    for (size_t i = 0; i < N; i++) {
      cr_expect_eq(fitted[i], predicted[i], "case %zu, row %zu: fit %d, model %d", w, i, fitted[i],
                   predicted[i]);
      cr_expect_eq(fitted[i], selected[i], "case %zu, row %zu: fit %d, SQL %d", w, i, fitted[i], selected[i]);
      counts[fitted[i] == -1 ? 1 : fitted[i] == NOT_LABELLED ? 2 : 0]++;
    }
    const json_t *prepared = json_object_get(record, "preparation");
    cr_expect_eq(prepared == NULL, w == 0, "case %zu", w);
    cr_expect_eq(counts[1], json_integer_value(json_object_get(prepared, "aside")), "case %zu", w);
    cr_expect_eq(counts[2], json_integer_value(json_object_get(prepared, "dropped")), "case %zu", w);
    cr_expect_gt(counts[0], N / 3, "case %zu", w);
    json_decref(record);
  }
  gy_engine_close(engine);
}

static void expect_same_files(const char *a, const char *b, size_t which) {
  FILE *files[] = {fopen(a, "r"), fopen(b, "r")};
  cr_assert(files[0] != NULL && files[1] != NULL);
  int one = 0, other = 0;
  while (one != EOF && one == other) {
    one = fgetc(files[0]);
    other = fgetc(files[1]);
  }
  cr_expect_eq(one, other, "case %zu: files differ", which);
  fclose(files[0]);
  fclose(files[1]);
}

Test(prepared_scoring, any_number_of_threads_writes_the_same) {
  for (size_t w = 0; w < sizeof WANTED / sizeof *WANTED; w++) {
    json_t *record = NULL;
    fit(&WANTED[w], 1, file_at("labels.csv"), &record);
    json_decref(record);
    fit(&WANTED[w], 3, file_at("again.csv"), &record);
    json_decref(record);
    expect_same_files(file_at("labels.csv"), file_at("again.csv"), w);
  }
}

/* Values of which none was missing set the scale: that is what the median of plain scaling does, too. */
Test(prepared_scoring, asking_for_the_median_is_what_is_done_unasked) {
  wanted unasked = {"kmeans", "standard", {NULL}, {NULL}, false};
  wanted asked = {"kmeans", "standard", {"median"}, {NULL}, false};
  json_t *records[2];
  fit(&unasked, 2, NULL, &records[0]);
  fit(&asked, 2, NULL, &records[1]);
  double inertia[2];
  for (int i = 0; i < 2; i++) inertia[i] = json_real_value(json_object_get(records[i], "inertia"));
  cr_expect_float_eq(inertia[0], inertia[1], 1e-6 * inertia[0], "%g and %g", inertia[0], inertia[1]);
  cr_expect(json_equal(json_object_get(records[0], "sizes"), json_object_get(records[1], "sizes")));
  json_decref(records[0]);
  json_decref(records[1]);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * A model scores the same rows alike in process and as SQL. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "engine/engine.h"
#include "study/cluster_model.h"

enum { N = 3000, D = 3, K = 4 };

typedef struct {
  const float *values;
  size_t next;
} row_source;

static gy_status fill(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows, gy_error *err) {
  (void)local, (void)err;
  row_source *source = shared;
  *n_rows = N - source->next < GY_CHUNK_ROWS ? N - source->next : GY_CHUNK_ROWS;
  for (size_t row = 0; row < *n_rows; row++) {
    size_t at = source->next + row;
    ((int32_t *)writer->data[0])[row] = (int32_t)at;
    for (size_t j = 0; j < D; j++) {
      float value = source->values[at * D + j];
      ((float *)writer->data[1 + j])[row] = value;
      if (isnan(value)) gy_writer_null(writer, 1 + j, row);
    }
  }
  source->next += *n_rows;
  return GY_OK;
}

static void store_rows(gy_engine *engine, const float *values) {
  static const gy_source_column columns[] = {
      {"who", GY_TYPE_INT32}, {"spend", GY_TYPE_FLOAT}, {"일수", GY_TYPE_FLOAT}, {"a \"b\"", GY_TYPE_FLOAT}};
  row_source shared = {.values = values};
  gy_source source = {
      .shared = &shared, .columns = columns, .n_columns = 1 + D, .max_threads = 1, .fill = fill};
  gy_error err = {0};
  cr_assert_eq(gy_engine_store(engine, "fresh", "test_rows", &source, NULL, NULL, &err), GY_OK, "%s",
               err.text);
}

static json_t *make_record(gy_rng *rng, const char *scoring) {
  static const char *const NAMES[] = {"spend", "일수", "a \"b\""};
  float centers[K * D], variances[K * D];
  json_t *columns = json_array();
  for (int i = 0; i < K * D; i++) {
    centers[i] = (float)gy_rng_normal(rng);
    variances[i] = 0.2f + (float)gy_rng_uniform(rng);
  }
  for (int j = 0; j < D; j++) {
    gy_column_scaling s = {.method = j == 1 ? GY_SCALING_ROBUST : GY_SCALING_STANDARD,
                           .log = j == 0,
                           .center = j == 0 ? 4 : 10 * j,
                           .scale = 1.5 + j,
                           .fill = 3.25 * j};
    json_array_append_new(columns, gy_scaling_json(NAMES[j], &s));
  }
  json_t *weights = json_pack("[f, f, f, f]", 0.1, 0.2, 0.3, 0.4);
  return json_pack("{s:{s:s, s:i, s:o, s:o, s:o, s:o}}", "model", "scoring", scoring, "first_label", 1,
                   "columns", columns, "centers", gy_rows_json(centers, K, D), "variances",
                   gy_rows_json(variances, K, D), "weights", weights);
}

static void expect_same(gy_engine *engine, const char *sql, const int32_t *labels, const char *scoring) {
  gy_error err = {0};
  char *ordered = malloc(strlen(sql) + 64);
  sprintf(ordered, "SELECT cluster FROM (%s) ORDER BY id", sql);
  gy_result *rows = NULL;
  cr_assert_eq(gy_engine_query(engine, ordered, NULL, 0, NULL, &rows, &err), GY_OK, "%s\n%s", err.text, sql);
  size_t at = 0, counts[K + 1] = {0};
  gy_chunk chunk;
  while (gy_result_next(rows, &chunk, &err) == GY_OK && chunk.n_rows > 0)
    for (size_t row = 0; row < chunk.n_rows; row++, at++) {
      int32_t cluster = ((const int32_t *)chunk.columns[0].data)[row];
      cr_expect_eq(cluster, labels[at], "%s, row %zu: SQL %d, in process %d", scoring, at, cluster,
                   labels[at]);
      counts[cluster]++;
    }
  cr_assert_eq(at, N);
  for (int c = 1; c <= K; c++) cr_expect_gt(counts[c], 0, "%s: cluster %d is empty", scoring, c);
  gy_result_destroy(rows);
  free(ordered);
}

Test(cluster_model, sql_and_process_agree) {
  static const char *const SCORINGS[] = {"nearest_center", "diagonal_mixture"};
  gy_rng rng;
  gy_rng_init(&rng, 5, 0);
  float *values = malloc(N * D * sizeof *values);
  for (size_t i = 0; i < N; i++) {
    values[i * D] = (float)exp(4 + 2 * gy_rng_normal(&rng));
    values[i * D + 1] = (float)(10 + 3 * gy_rng_normal(&rng));
    values[i * D + 2] = i % 50 == 0 ? NAN : (float)(20 + 4 * gy_rng_normal(&rng));
  }
  gy_error err = {0};
  gy_engine *engine = NULL;
  cr_assert_eq(gy_engine_open(&(gy_engine_options){.n_threads = 2}, &engine, &err), GY_OK, "%s", err.text);
  store_rows(engine, values);
  for (int s = 0; s < 2; s++) {
    json_t *record = make_record(&rng, SCORINGS[s]);
    gy_cluster_model model;
    char *sql = NULL;
    int32_t labels[N];
    cr_assert_eq(gy_cluster_model_read(record, &model, &err), GY_OK, "%s", err.text);
    cr_assert_eq(gy_cluster_model_score(&model, (gy_matrix){values, N, D}, NULL, labels, &err), GY_OK);
    cr_assert_eq(gy_cluster_model_sql(&model, "fresh", "who", &sql, &err), GY_OK, "%s", err.text);
    expect_same(engine, sql, labels, SCORINGS[s]);
    free(sql);
    gy_cluster_model_clear(&model);
    json_decref(record);
  }
  gy_engine_close(engine);
  free(values);
}

/* A model of one column whose preparation is what `preparation` says. */
#define PREPARED(preparation)                                                                    \
  "{\"model\": {\"scoring\": \"nearest_center\", \"columns\": [{\"column\": \"a\", \"method\": " \
  "\"standard\", "                                                                               \
  "\"scale\": 1}], \"centers\": [[1]], \"preparation\": " preparation "}}"
#define ONE_COLUMN "{\"column\": \"a\", \"missing\": \"median\", \"outliers\": \"none\", \"fill\": 1"

Test(cluster_model, what_is_no_model_is_said) {
  static const struct {
    const char *text;
    gy_status status;
  } CASES[] = {
      {"{}", GY_EDATA},
      {"[]", GY_EDATA},
      {"{\"model\": {\"scoring\": \"nearest_center\"}}", GY_EPARSE},
      {"{\"model\": {\"scoring\": \"nearest_center\", \"columns\": [{}], \"centers\": [[1]]}}", GY_EPARSE},
      {"{\"model\": {\"scoring\": \"nearest_center\", \"columns\": [{\"column\": \"a\", \"method\": "
       "\"standard\", "
       "\"scale\": 1}], \"centers\": [[1, 2]]}}",
       GY_EPARSE},
      {"{\"model\": {\"scoring\": \"diagonal_mixture\", \"columns\": [{\"column\": \"a\", \"method\": "
       "\"standard\", \"scale\": 1}], \"centers\": [[1]]}}",
       GY_EPARSE},
      {PREPARED("{\"columns\": [" ONE_COLUMN "}]}"), GY_OK},
      {PREPARED("{}"), GY_EPARSE},
      {PREPARED("{\"columns\": [" ONE_COLUMN "}, " ONE_COLUMN "}]}"), GY_EPARSE},
      {PREPARED("{\"columns\": [{\"column\": \"a\", \"missing\": \"guess\", \"outliers\": \"none\"}]}"),
       GY_EPARSE},
      {PREPARED("{\"columns\": [{\"column\": \"a\", \"missing\": \"mean\", \"outliers\": 3}]}"), GY_EPARSE},
      {PREPARED("{\"columns\": [" ONE_COLUMN ", \"weights\": [1]}]}"), GY_EPARSE},
      {PREPARED("{\"columns\": [" ONE_COLUMN ", \"weights\": []}]}"), GY_EPARSE},
      {PREPARED("{\"columns\": [" ONE_COLUMN
                "}], \"terms\": [{\"column\": \"b\", \"of\": \"value\", \"center\": 0, "
                "\"scale\": 1}]}"),
       GY_EPARSE},
      {PREPARED("{\"columns\": [" ONE_COLUMN
                "}], \"terms\": [{\"column\": \"a\", \"of\": \"value\", \"center\": 0, "
                "\"scale\": 0}]}"),
       GY_EPARSE},
      {PREPARED("{\"columns\": [" ONE_COLUMN "}], \"indicators\": [\"b\"]}"), GY_EPARSE},
      {PREPARED("{\"columns\": [" ONE_COLUMN "}], \"indicators\": [\"a\"]}"), GY_EPARSE},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    json_t *record = json_loads(CASES[i].text, 0, NULL);
    gy_cluster_model model;
    gy_error err = {0};
    cr_expect_eq(gy_cluster_model_read(record, &model, &err), CASES[i].status, "%s: %s", CASES[i].text,
                 err.text);
    gy_cluster_model_clear(&model);
    json_decref(record);
  }
}

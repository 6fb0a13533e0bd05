/* SPDX-License-Identifier: Apache-2.0
 *
 * A table of any kind into the scores of a model: one column names customers, another holds the numbers. The
 * file takes the place of all scores that the model had; whoever it does not name has none. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/project.h>

#include "base/clock.h"
#include "base/file.h"
#include "data/convert_real.h"
#include "segment/segment_file.h"
#include "study/last_run.h"
#include "study/link_table.h"
#include "study/result_text.h"

enum { REFUSED_SHOWN = 20 };

#define SCORE_MAX 1e15 /* beyond, rules take a number for unknown */

typedef struct intake {
  gy_link_table table; /* its columns: customer, score */
  size_t at;           /* the next row */
  int64_t refused;
  json_t *examples; /* of refused rows */
} intake;

static gy_status refuse(intake *in, size_t row, gy_text text, const char *why, gy_error *err) {
  if (in->refused++ >= REFUSED_SHOWN) return GY_OK;
  json_t *example = json_pack("{s:I, s:s%, s:s}", "row", (json_int_t)in->table.row_no[row], "value",
                              text.data, text.length, "reason", why);
  if (example != NULL && json_array_append_new(in->examples, example) == 0) return GY_OK;
  return gy_fail(err, GY_ENOMEM, "no memory for the rows that are refused");
}

static gy_status fill(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows, gy_error *err) {
  (void)local;
  intake *in = shared;
  size_t n = 0;
  for (; n < GY_CHUNK_ROWS && in->at < in->table.n; in->at++) {
    gy_text who = gy_link_table_text(&in->table, 0, in->at), text = gy_link_table_text(&in->table, 1, in->at);
    const char *id;
    size_t length;
    double score = NAN;
    gy_status status = GY_OK;
    if (gy_convert_text_id(who.data, who.length, &id, &length) != GY_FIELD_VALUE)
      status = refuse(in, in->at, who, "it names no customer", err);
    else if (gy_convert_real(text.data, text.length, GY_NUMBER_POINT, &score) != GY_FIELD_VALUE ||
             !(fabs(score) <= SCORE_MAX))
      status = refuse(in, in->at, text, "a score is a number between -1e15 and 1e15", err);
    else {
      ((int64_t *)writer->data[0])[n] = in->table.row_no[in->at];
      gy_writer_text(writer, 1, n, id, length);
      ((double *)writer->data[2])[n++] = score;
    }
    if (status != GY_OK) return status;
  }
  *n_rows = n;
  return GY_OK;
}

static gy_status read_rows(gy_engine *engine, intake *in, const gy_task *task, gy_error *err) {
  static const gy_source_column COLUMNS[] = {
      {"row", GY_TYPE_INT64}, {"customer_id", GY_TYPE_TEXT}, {"score", GY_TYPE_DOUBLE}};
  const gy_source source = {.shared = in, .columns = COLUMNS, .n_columns = 3, .max_threads = 1, .fill = fill};
  gy_status status =
      gy_engine_execute(engine, gy_sql("segment/scores_given"), NULL, 0, NULL, NULL, NULL, err);
  if (status == GY_OK) status = gy_engine_publish(engine, "score_rows", &source, err);
  if (status == GY_OK)
    status = gy_engine_execute(engine, "INSERT INTO scores_given SELECT * FROM score_rows()", NULL, 0,
                               "scores", task, NULL, err);
  return status;
}

static gy_status check_once(gy_engine *engine, const char *path, gy_error *err) {
  json_t *rows = NULL;
  gy_status status = gy_engine_json(engine, gy_sql("segment/scores_twice"), NULL, 0, NULL, &rows, err);
  const json_t *row = json_array_get(rows, 0);
  if (status == GY_OK && row != NULL)
    status =
        gy_fail(err, GY_EDATA,
                "rows %lld and %lld of %s are both about customer %s; a model gives a customer one score",
                (long long)json_integer_value(json_object_get(row, "first_row")),
                (long long)json_integer_value(json_object_get(row, "second_row")), path,
                json_string_value(json_object_get(row, "customer_id")));
  json_decref(rows);
  return status;
}

static gy_status store(gy_engine *engine, const char *model, const gy_task *task, int64_t *added,
                       gy_error *err) {
  gy_value values[] = {gy_bind_text(model), gy_bind_timestamp(gy_clock_utc_us())};
  gy_status status = gy_engine_begin(engine, err);
  if (status != GY_OK) return status;
  status = gy_engine_execute(engine, "DELETE FROM customer_scores WHERE model = $1", values, 1, NULL, task,
                             NULL, err);
  if (status == GY_OK)
    status = gy_engine_execute(engine, gy_sql("segment/scores_take"), values, 2, NULL, task, NULL, err);
  if (status == GY_OK)
    status = gy_engine_int64(engine, "SELECT count(*) FROM customer_scores WHERE model = $1", values, 1,
                             added, err);
  if (status == GY_OK) status = gy_task_check(task, err);
  if (status == GY_OK) status = gy_engine_commit(engine, err);
  gy_engine_rollback(engine);
  return status;
}

static gy_status answer(gy_engine *engine, const char *model, const intake *in, int64_t added, char **result,
                        gy_error *err) {
  json_t *unmatched = NULL;
  gy_status status =
      gy_engine_json(engine, gy_sql("segment/scores_unmatched"), NULL, 0, NULL, &unmatched, err);
  if (status != GY_OK) return status;
  json_int_t n = (json_int_t)json_array_size(unmatched);
  while (json_array_size(unmatched) > REFUSED_SHOWN)
    json_array_remove(unmatched, json_array_size(unmatched) - 1);
  return gy_result_text(
      json_pack("{s:s, s:I, s:I, s:I, s:o, s:I, s:O}", "model", model, "rows", (json_int_t)in->table.n,
                "customers", (json_int_t)added, "unmatched", n, "unmatched_rows", unmatched, "refused",
                (json_int_t)in->refused, "refused_rows", in->examples),
      result, err);
}

static gy_status take(const char *dir, const char *path, const char *model, intake *in, const gy_task *task,
                      char **result, gy_error *err) {
  gy_run_context run;
  int64_t added = 0;
  gy_status status = gy_last_run_continue(dir, GY_NEEDS_FEATURES, task, &run, err);
  gy_engine *engine = run.project.engine;
  if (status == GY_OK) status = read_rows(engine, in, task, err);
  if (status == GY_OK) status = check_once(engine, path, err);
  if (status == GY_OK && in->table.n > 0 && in->refused == (int64_t)in->table.n)
    status = gy_fail(err, GY_EDATA, "no row of %s has a customer and a number; nothing is stored", path);
  if (status == GY_OK) status = store(engine, model, task, &added, err);
  if (status == GY_OK) status = answer(engine, model, in, added, result, err);
  gy_run_context_clear(&run);
  return status;
}

gy_status gy_project_model_import(const char *dir, const char *path, const char *model, const char *customer,
                                  const char *score, const gy_task *task, char **result, gy_error *err) {
  const char *columns[] = {customer != NULL ? customer : "customer_id", score != NULL ? score : "score"},
             *complaint = gy_segment_name_complaint(model);
  intake in = {.examples = json_array()};
  gy_status status = GY_OK;
  if (in.examples == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for the scores of %s", path);
  if (status == GY_OK && complaint != NULL)
    status = gy_fail(err, GY_EUSAGE, "the model name '%s' %s", model, complaint);
  if (status == GY_OK && (strcmp(model, "clusters") == 0 || strcmp(model, "rfm") == 0))
    status = gy_fail(err, GY_EUSAGE, "'%s' is a model of gyeol's own; give the scores another name", model);
  if (status == GY_OK && !gy_path_exists(path))
    status = gy_fail(err, GY_ENOTFOUND, "there is no file %s", path);
  if (status == GY_OK) status = gy_link_table_load(path, columns, 2, NULL, task, &in.table, err);
  if (status == GY_OK) status = take(dir, path, model, &in, task, result, err);
  gy_link_table_clear(&in.table);
  json_decref(in.examples);
  return status;
}

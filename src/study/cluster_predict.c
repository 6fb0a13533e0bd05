/* SPDX-License-Identifier: Apache-2.0
 *
 * A fitted clustering out of its file again: for the rows of another file, and as SQL. */
#include <stdlib.h>
#include <string.h>

#include <gyeol/cluster.h>

#include "base/clock.h"
#include "base/file.h"
#include "study/cluster_model.h"
#include "study/point_table.h"

enum { MODEL_BYTES_MAX = 256 << 20 };

static gy_status load_model(const char *path, gy_cluster_model *model, gy_error *err) {
  *model = (gy_cluster_model){0};
  gy_buffer text;
  gy_buffer_init(&text, MODEL_BYTES_MAX);
  json_error_t where;
  json_t *record = NULL;
  gy_status status = gy_file_read(path, &text, err);
  if (status == GY_OK) {
    record = json_loads(text.data != NULL ? text.data : "", 0, &where);
    status = record != NULL ? gy_cluster_model_read(record, model, err)
                            : gy_fail(err, GY_EPARSE, "not JSON, line %d: %s", where.line, where.text);
    if (status != GY_OK) gy_error_prefix(err, "%s", path);
  }
  json_decref(record);
  gy_buffer_clear(&text);
  return status;
}

static gy_status give(const gy_cluster_predict_options *options, const gy_cluster_model *model,
                      const int32_t *labels, size_t n, double seconds, char **result, gy_error *err) {
  json_t *sizes = json_array();
  json_int_t n_aside = 0, n_dropped = 0;
  for (size_t i = 0; i < n; i++) {
    n_aside += labels[i] == -1;
    n_dropped += labels[i] == GY_LABEL_NONE;
  }
  for (size_t c = 0; c < model->k; c++) {
    json_int_t size = 0;
    for (size_t i = 0; i < n; i++) size += (size_t)(labels[i] - model->first_label) == c;
    json_array_append_new(sizes, json_integer(size));
  }
  json_t *object = json_pack("{s:I, s:I, s:o, s:I, s:I, s:f}", "n", (json_int_t)n, "k", (json_int_t)model->k,
                             "sizes", sizes, "noise", n_aside, "dropped", n_dropped, "seconds", seconds);
  if (options->output != NULL) json_object_set_new(object, "out", json_string(options->output));
  *result = json_dumps(object, JSON_COMPACT);
  json_decref(object);
  return *result != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the result");
}

gy_status gy_cluster_predict(const gy_cluster_predict_options *options, const gy_task *task, char **result,
                             gy_error *err) {
  double start = gy_clock_seconds();
  gy_cluster_model model;
  gy_point_table points = {0};
  int32_t *labels = NULL;
  gy_status status = load_model(options->model, &model, err);
  gy_point_spec spec = {.path = options->input,
                        .columns = (const char *const *)model.inputs,
                        .n_columns = model.n_inputs,
                        .id = options->id};
  if (status == GY_OK) status = gy_point_table_load(&spec, task, &points, err);
  if (status == GY_OK) status = gy_points_refuse_infinite(&points, err);
  if (status == GY_OK) {
    labels = malloc((points.n + 1) * sizeof *labels);
    if (labels == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for %zu labels", points.n);
  }
  if (status == GY_OK)
    status = gy_cluster_model_score(&model, (gy_matrix){points.values, points.n, model.n_inputs}, task,
                                    labels, err);
  gy_point_column column = {.name = "label", .integers = labels};
  if (status == GY_OK && options->output != NULL)
    status = gy_point_table_export(&points, &column, 1, options->output, task, err);
  if (status == GY_OK)
    status = give(options, &model, labels, points.n, gy_clock_seconds() - start, result, err);
  free(labels);
  gy_point_table_clear(&points);
  gy_cluster_model_clear(&model);
  return status;
}

gy_status gy_cluster_sql(const char *path, const char *table, const char *id, char **sql, gy_error *err) {
  gy_cluster_model model = {0};
  char *quoted_table = gy_sql_identifier(table), *quoted_id = gy_sql_identifier(id);
  gy_status status = quoted_table != NULL && quoted_id != NULL ? load_model(path, &model, err)
                                                               : gy_fail(err, GY_ENOMEM, "no memory for SQL");
  if (status == GY_OK) status = gy_cluster_model_sql(&model, quoted_table, quoted_id, sql, err);
  gy_cluster_model_clear(&model);
  free(quoted_table);
  free(quoted_id);
  return status;
}

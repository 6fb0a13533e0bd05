/* SPDX-License-Identifier: Apache-2.0
 *
 * Nearest centre: the label of the smallest sum of squared differences. Diagonal mixture: that of the
 * smallest sum over columns of (z - mean)^2 / variance, plus sum log variance - 2 log weight. Both are the
 * least of k sums of squares, which is what the SQL writes out (cluster_model_sql.c). */
#include "study/cluster_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "num/blocks.h"
#include "num/threads.h"
#include "study/point_table.h"
#include "study/preparation_json.h"

/* ---- from a record ---- */

static gy_status misfit(const char *what, gy_error *err) {
  return gy_fail(err, GY_EPARSE, "this is no record of a clustering: %s is missing or has another form",
                 what);
}

json_t *gy_scaling_json(const char *column, const gy_column_scaling *s) {
  return json_pack("{s:s, s:s, s:b, s:f, s:f, s:f, s:I}", "column", column, "method",
                   gy_scaling_method_name(s->method), "log", s->log, "center", s->center, "scale", s->scale,
                   "fill", s->fill, "missing", (json_int_t)s->n_missing);
}

json_t *gy_rows_json(const float *values, size_t n, size_t d) {
  json_t *rows = json_array();
  for (size_t i = 0; i < n; i++) {
    json_t *row = json_array();
    for (size_t j = 0; j < d; j++) json_array_append_new(row, json_real((double)values[i * d + j]));
    json_array_append_new(rows, row);
  }
  return rows;
}

static bool read_column(const json_t *row, gy_column_scaling *scaling, char **name) {
  const char *text = json_string_value(json_object_get(row, "column"));
  const char *method = json_string_value(json_object_get(row, "method"));
  *name = text != NULL ? strdup(text) : NULL;
  scaling->log = json_is_true(json_object_get(row, "log"));
  scaling->center = json_number_value(json_object_get(row, "center"));
  scaling->scale = json_number_value(json_object_get(row, "scale"));
  scaling->fill = json_number_value(json_object_get(row, "fill"));
  return *name != NULL && method != NULL && gy_scaling_method_parse(method, &scaling->method) &&
         scaling->scale > 0;
}

static bool read_rows(const json_t *rows, size_t k, size_t d, double *values) {
  if (json_array_size(rows) != k) return false;
  for (size_t c = 0; c < k; c++) {
    const json_t *row = json_array_get(rows, c);
    if (json_array_size(row) != d) return false;
    for (size_t j = 0; j < d; j++) {
      const json_t *value = json_array_get(row, j);
      if (!json_is_number(value)) return false;
      values[c * d + j] = json_number_value(value);
    }
  }
  return true;
}

static gy_status read_mixture(const json_t *object, gy_cluster_model *model, gy_error *err) {
  const json_t *weights = json_object_get(object, "weights");
  model->variances = calloc(model->k * model->d, sizeof *model->variances);
  model->weights = calloc(model->k, sizeof *model->weights);
  if (model->variances == NULL || model->weights == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for a model");
  if (!read_rows(json_object_get(object, "variances"), model->k, model->d, model->variances) ||
      json_array_size(weights) != model->k)
    return misfit("variances or weights", err);
  for (size_t c = 0; c < model->k; c++) model->weights[c] = json_number_value(json_array_get(weights, c));
  return GY_OK;
}

/* Without one, what comes in is what is clustered by. */
static gy_status read_preparation(const json_t *object, gy_cluster_model *model, gy_error *err) {
  model->inputs = model->names;
  model->n_inputs = model->d;
  if (object == NULL) return GY_OK;
  char **inputs = NULL;
  gy_status status = gy_preparation_read(object, &model->preparation, &inputs, &model->indicators,
                                         &model->n_indicators, err);
  if (status != GY_OK) return status;
  model->inputs = inputs;
  model->n_inputs = model->preparation.n_numbers;
  if (model->n_inputs + model->n_indicators != model->d) return misfit("preparation", err);
  return GY_OK;
}

gy_status gy_cluster_model_read(const json_t *record, gy_cluster_model *model, gy_error *err) {
  *model = (gy_cluster_model){0};
  const json_t *object = json_object_get(record, "model");
  const char *scoring = json_string_value(json_object_get(object, "scoring"));
  const json_t *columns = json_object_get(object, "columns"), *centers = json_object_get(object, "centers");
  if (scoring == NULL)
    return gy_fail(err, GY_EDATA, "this clustering scores no new rows; kmeans and a diagonal gmm do");
  model->scoring =
      strcmp(scoring, "diagonal_mixture") == 0 ? GY_SCORE_DIAGONAL_MIXTURE : GY_SCORE_NEAREST_CENTER;
  model->k = json_array_size(centers);
  model->d = json_array_size(columns);
  model->first_label = (int32_t)json_integer_value(json_object_get(object, "first_label"));
  if (model->k == 0 || model->d == 0) return misfit("centers or columns", err);
  model->names = calloc(model->d, sizeof *model->names);
  model->scaling = calloc(model->d, sizeof *model->scaling);
  model->centers = calloc(model->k * model->d, sizeof *model->centers);
  if (model->names == NULL || model->scaling == NULL || model->centers == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for a model");
  for (size_t j = 0; j < model->d; j++)
    if (!read_column(json_array_get(columns, j), &model->scaling[j], &model->names[j]))
      return misfit("columns", err);
  if (!read_rows(centers, model->k, model->d, model->centers)) return misfit("centers", err);
  gy_status status = read_preparation(json_object_get(object, "preparation"), model, err);
  if (status != GY_OK) return status;
  return model->scoring == GY_SCORE_DIAGONAL_MIXTURE ? read_mixture(object, model, err) : GY_OK;
}

void gy_cluster_model_clear(gy_cluster_model *model) {
  for (size_t j = 0; model->inputs != model->names && j < model->n_inputs; j++) free(model->inputs[j]);
  if (model->inputs != model->names) free(model->inputs);
  for (size_t j = 0; model->names != NULL && j < model->d; j++) free(model->names[j]);
  free(model->names);
  free(model->indicators);
  gy_preparation_clear(&model->preparation);
  free(model->scaling);
  free(model->centers);
  free(model->variances);
  free(model->weights);
  *model = (gy_cluster_model){0};
}

double gy_cluster_model_offset(const gy_cluster_model *model, size_t c) {
  if (model->scoring == GY_SCORE_NEAREST_CENTER) return 0;
  double offset = -2 * log(model->weights[c]);
  for (size_t j = 0; j < model->d; j++) offset += log(model->variances[c * model->d + j]);
  return offset;
}

/* ---- in process ---- */

/* The row as it is clustered by: filled, treated, with its indicators. */
static gy_row_state prepare_row(const gy_cluster_model *model, const float *row, double *values) {
  if (model->preparation.columns == NULL) {
    for (size_t j = 0; j < model->d; j++) values[j] = (double)row[j];
    return GY_ROW_KEPT;
  }
  for (size_t i = 0; i < model->n_indicators; i++)
    values[model->n_inputs + i] = isnan(row[model->indicators[i]]);
  return gy_preparation_row(&model->preparation, row, NULL, values, NULL);
}

static int32_t nearest(const gy_cluster_model *model, const double *values, const double *offsets) {
  int32_t best = GY_LABEL_NONE;
  double least = INFINITY;
  for (size_t c = 0; c < model->k; c++) {
    double sum = offsets[c];
    for (size_t j = 0; j < model->d; j++) {
      size_t at = c * model->d + j;
      double z = gy_scaling_value(&model->scaling[j], values[j]) - model->centers[at];
      sum += model->variances != NULL ? z * z / model->variances[at] : z * z;
    }
    if (sum < least) {
      least = sum;
      best = (int32_t)c + model->first_label;
    }
  }
  return best;
}

/* A value that was to be left missing, and is, has no distance: the row gets no label. */
static int32_t score_row(const gy_cluster_model *model, const float *row, const double *offsets,
                         double *values) {
  gy_row_state state = prepare_row(model, row, values);
  if (state != GY_ROW_KEPT) return state == GY_ROW_ASIDE ? -1 : GY_LABEL_NONE;
  for (size_t j = 0; j < model->d && model->preparation.columns != NULL; j++)
    if (isnan(values[j])) return GY_LABEL_NONE;
  return nearest(model, values, offsets);
}

gy_status gy_cluster_model_score(const gy_cluster_model *model, gy_matrix x, const gy_task *task,
                                 int32_t *labels, gy_error *err) {
  size_t d = model->d, n_threads = (size_t)gy_task_threads(task);
  double *offsets = calloc(model->k, sizeof *offsets), *values = malloc(n_threads * d * sizeof *values);
  if (offsets == NULL || values == NULL) {
    free(offsets);
    free(values);
    return gy_fail(err, GY_ENOMEM, "no memory to score %zu rows", x.n_rows);
  }
  for (size_t c = 0; c < model->k; c++) offsets[c] = gy_cluster_model_offset(model, c);
  gy_blocks blocks = gy_blocks_of(x.n_rows, 2048);
#pragma omp parallel for schedule(dynamic) num_threads(n_threads)
  for (size_t b = 0; b < blocks.count; b++)
    for (size_t i = gy_block_first(&blocks, b); i < gy_block_end(&blocks, b) && !gy_task_cancelled(task); i++)
      labels[i] = score_row(model, gy_matrix_row(x, i), offsets, values + gy_thread_number() * d);
  free(offsets);
  free(values);
  return gy_task_check(task, err);
}

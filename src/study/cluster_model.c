/* SPDX-License-Identifier: Apache-2.0
 *
 * Nearest centre: the label of the smallest sum of squared differences. Diagonal mixture: that of the
 * smallest sum over columns of (z - mean)^2 / variance, plus sum log variance - 2 log weight. Both are the
 * least of k sums of squares, which is what the SQL writes out. */
#include "study/cluster_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "engine/engine.h"
#include "num/blocks.h"

enum { SQL_MAX = 16 << 20 };

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
  return model->scoring == GY_SCORE_DIAGONAL_MIXTURE ? read_mixture(object, model, err) : GY_OK;
}

void gy_cluster_model_clear(gy_cluster_model *model) {
  for (size_t j = 0; model->names != NULL && j < model->d; j++) free(model->names[j]);
  free(model->names);
  free(model->scaling);
  free(model->centers);
  free(model->variances);
  free(model->weights);
  *model = (gy_cluster_model){0};
}

/* What a cluster's score begins with, before the columns' squares. */
static double offset_of(const gy_cluster_model *model, size_t c) {
  if (model->scoring == GY_SCORE_NEAREST_CENTER) return 0;
  double offset = -2 * log(model->weights[c]);
  for (size_t j = 0; j < model->d; j++) offset += log(model->variances[c * model->d + j]);
  return offset;
}

/* ---- in process ---- */

static int32_t score_row(const gy_cluster_model *model, const float *row, const double *offsets) {
  size_t best = 0;
  double least = INFINITY;
  for (size_t c = 0; c < model->k; c++) {
    double sum = offsets[c];
    for (size_t j = 0; j < model->d; j++) {
      size_t at = c * model->d + j;
      double z = gy_scaling_value(&model->scaling[j], (double)row[j]) - model->centers[at];
      sum += model->variances != NULL ? z * z / model->variances[at] : z * z;
    }
    if (sum < least) {
      least = sum;
      best = c;
    }
  }
  return (int32_t)best + model->first_label;
}

gy_status gy_cluster_model_score(const gy_cluster_model *model, gy_matrix x, const gy_task *task,
                                 int32_t *labels, gy_error *err) {
  double *offsets = calloc(model->k, sizeof *offsets);
  if (offsets == NULL) return gy_fail(err, GY_ENOMEM, "no memory to score %zu rows", x.n_rows);
  for (size_t c = 0; c < model->k; c++) offsets[c] = offset_of(model, c);
  gy_blocks blocks = gy_blocks_of(x.n_rows, 2048);
#pragma omp parallel for schedule(dynamic) num_threads(gy_task_threads(task)) if (blocks.count > 1)
  for (size_t b = 0; b < blocks.count; b++)
    for (size_t i = gy_block_first(&blocks, b); i < gy_block_end(&blocks, b) && !gy_task_cancelled(task); i++)
      labels[i] = score_row(model, gy_matrix_row(x, i), offsets);
  free(offsets);
  return gy_task_check(task, err);
}

/* ---- as SQL ---- */

static void put_scaled(const gy_cluster_model *model, size_t j, gy_buffer *sql) {
  const gy_column_scaling *s = &model->scaling[j];
  gy_buffer_text(sql, ",\n    (");
  gy_buffer_printf(sql, s->log ? "sign(v%zu) * ln(1 + abs(v%zu))" : "v%zu", j + 1, j + 1);
  gy_buffer_printf(sql, " - (%.17g)) / %.17g AS z%zu", s->center, s->scale, j + 1);
}

static void put_score(const gy_cluster_model *model, size_t c, gy_buffer *sql) {
  gy_buffer_printf(sql, ",\n    %.17g", offset_of(model, c));
  for (size_t j = 0; j < model->d; j++) {
    size_t at = c * model->d + j;
    gy_buffer_printf(sql, " + (z%zu - (%.17g)) * (z%zu - (%.17g))", j + 1, model->centers[at], j + 1,
                     model->centers[at]);
    if (model->variances != NULL) gy_buffer_printf(sql, " / %.17g", model->variances[at]);
  }
  gy_buffer_printf(sql, " AS s%zu", c + 1);
}

static bool put_values(const gy_cluster_model *model, gy_buffer *sql) {
  bool good = true;
  for (size_t j = 0; j < model->d; j++) {
    char *name = gy_sql_identifier(model->names[j]);
    good = good && name != NULL;
    gy_buffer_printf(sql, ",\n    coalesce(CAST(%s AS DOUBLE PRECISION), %.17g) AS v%zu",
                     name != NULL ? name : "", model->scaling[j].fill, j + 1);
    free(name);
  }
  return good;
}

gy_status gy_cluster_model_sql(const gy_cluster_model *model, const char *table, const char *id, char **sql,
                               gy_error *err) {
  gy_buffer text;
  gy_buffer_init(&text, SQL_MAX);
  gy_buffer_printf(&text, "-- Each row's cluster: the least of %zu sums of squares over scaled columns.\n",
                   model->k);
  gy_buffer_printf(&text, "WITH filled AS (\n  SELECT %s AS id", id);
  bool good = put_values(model, &text);
  gy_buffer_printf(&text, "\n  FROM %s\n), scaled AS (\n  SELECT id", table);
  for (size_t j = 0; j < model->d; j++) put_scaled(model, j, &text);
  gy_buffer_text(&text, "\n  FROM filled\n), scores AS (\n  SELECT id");
  for (size_t c = 0; c < model->k; c++) put_score(model, c, &text);
  gy_buffer_text(&text, "\n  FROM scaled\n)\nSELECT id, CASE least(");
  for (size_t c = 0; c < model->k; c++) gy_buffer_printf(&text, "%ss%zu", c > 0 ? ", " : "", c + 1);
  gy_buffer_text(&text, ")");
  for (size_t c = 0; c < model->k; c++)
    gy_buffer_printf(&text, " WHEN s%zu THEN %zu", c + 1, c + (size_t)model->first_label);
  gy_buffer_text(&text, " END AS cluster\nFROM scores");
  *sql = good ? gy_buffer_take(&text) : NULL;
  gy_buffer_clear(&text);
  return *sql != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the SQL of a model");
}

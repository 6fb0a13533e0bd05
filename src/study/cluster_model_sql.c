/* SPDX-License-Identifier: Apache-2.0
 *
 * A model as one SELECT. Each step is a named query:
 *
 *   given    the columns as single precision, which is what models are fitted on: a bound that is a value of
 * the file is met by that value here, too treated  capped or logarithms, still NULL where missing filled
 * constants or predictions in their place scaled, scores, and the least of them */
#include <math.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "engine/engine.h"
#include "study/cluster_model.h"

enum { SQL_MAX = 16 << 20 };

/* ---- prepared columns ---- */

static bool has_states(const gy_cluster_model *model) {
  for (size_t j = 0; j < model->preparation.n_numbers; j++) {
    const gy_preparation_rule *rule = &model->preparation.columns[j].rule;
    if (rule->missing == GY_MISSING_DROP || rule->outliers == GY_OUTLIERS_ISOLATE) return true;
  }
  return false;
}

static bool put_given(const gy_cluster_model *model, gy_buffer *sql) {
  bool good = true;
  for (size_t j = 0; j < model->n_inputs; j++) {
    char *name = gy_sql_identifier(model->inputs[j]);
    good = good && name != NULL;
    gy_buffer_printf(
        sql,
        ",\n    nullif(CAST(CAST(%s AS REAL) AS DOUBLE PRECISION), CAST('NaN' AS DOUBLE PRECISION)) "
        "AS x%zu",
        name != NULL ? name : "", j + 1);
    free(name);
  }
  return good;
}

static void put_treated(const gy_cluster_model *model, gy_buffer *sql) {
  for (size_t j = 0; j < model->n_inputs; j++) {
    const gy_prepared_column *column = &model->preparation.columns[j];
    size_t n = j + 1;
    gy_outlier_way way = column->rule.outliers;
    gy_buffer_printf(sql, ",\n    ");
    if (way == GY_OUTLIERS_LOG)
      gy_buffer_printf(sql, "sign(x%zu) * ln(1 + abs(x%zu))", n, n);
    else if ((way == GY_OUTLIERS_WINSORISE || way == GY_OUTLIERS_ROBUST_Z) && isfinite(column->low))
      gy_buffer_printf(sql, "CASE WHEN x%zu < %.17g THEN %.17g WHEN x%zu > %.17g THEN %.17g ELSE x%zu END", n,
                       column->low, column->low, n, column->high, column->high, n);
    else
      gy_buffer_printf(sql, "x%zu", n);
    gy_buffer_printf(sql, " AS t%zu", n);
  }
}

/* Rows that get no label (1) or -1 (2), as in gy_row_state. */
static void put_state(const gy_cluster_model *model, gy_buffer *sql) {
  const gy_prepared_column *columns = model->preparation.columns;
  gy_buffer_text(sql, ",\n    CASE WHEN 1 = 0");
  for (size_t j = 0; j < model->n_inputs; j++)
    if (columns[j].rule.missing == GY_MISSING_DROP) gy_buffer_printf(sql, " OR x%zu IS NULL", j + 1);
  gy_buffer_text(sql, " THEN 1 WHEN 1 = 0");
  for (size_t j = 0; j < model->n_inputs; j++)
    if (columns[j].rule.outliers == GY_OUTLIERS_ISOLATE && isfinite(columns[j].low))
      gy_buffer_printf(sql, " OR x%zu < %.17g OR x%zu > %.17g", j + 1, columns[j].low, j + 1,
                       columns[j].high);
  gy_buffer_text(sql, " THEN 2 ELSE 0 END AS state");
}

static void put_prediction(const gy_preparation *p, const gy_prepared_column *column, gy_buffer *sql) {
  gy_buffer_printf(sql, "least(%.17g, greatest(%.17g, %.17g", column->most, column->least, column->intercept);
  for (size_t i = 0; i < p->n_terms; i++) {
    const gy_preparation_term *term = &p->terms[i];
    if (column->weights[i] == 0) continue;
    if (term->kind == GY_TERM_MISSING)
      gy_buffer_printf(sql, " + (%.17g) * (CASE WHEN x%zu IS NULL THEN 1 ELSE 0 END - (%.17g)) / %.17g",
                       column->weights[i], term->column + 1, term->center, term->scale);
    else
      gy_buffer_printf(sql, " + (%.17g) * coalesce((t%zu - (%.17g)) / %.17g, 0)", column->weights[i],
                       term->column + 1, term->center, term->scale);
  }
  gy_buffer_text(sql, "))");
}

static void put_filled(const gy_cluster_model *model, gy_buffer *sql) {
  const gy_preparation *p = &model->preparation;
  for (size_t j = 0; j < model->n_inputs; j++) {
    const gy_prepared_column *column = &p->columns[j];
    gy_buffer_text(sql, ",\n    ");
    if (isnan(column->fill) && !column->predicted) {
      gy_buffer_printf(sql, "t%zu AS v%zu", j + 1, j + 1);
      continue;
    }
    gy_buffer_printf(sql, "coalesce(t%zu, ", j + 1);
    if (column->predicted)
      put_prediction(p, column, sql);
    else
      gy_buffer_printf(sql, "%.17g", column->fill);
    gy_buffer_printf(sql, ") AS v%zu", j + 1);
  }
  for (size_t i = 0; i < model->n_indicators; i++)
    gy_buffer_printf(sql, ",\n    CASE WHEN x%zu IS NULL THEN 1 ELSE 0 END AS v%zu", model->indicators[i] + 1,
                     model->n_inputs + i + 1);
}

static bool put_prepared(const gy_cluster_model *model, const char *table, const char *id, gy_buffer *sql) {
  gy_buffer_printf(sql, "WITH given AS (\n  SELECT %s AS id", id);
  bool good = put_given(model, sql);
  gy_buffer_printf(sql, "\n  FROM %s\n), treated AS (\n  SELECT *", table);
  put_treated(model, sql);
  gy_buffer_text(sql, "\n  FROM given\n), filled AS (\n  SELECT id");
  if (has_states(model)) put_state(model, sql);
  put_filled(model, sql);
  gy_buffer_text(sql, "\n  FROM treated\n)");
  return good;
}

/* ---- columns as they are ---- */

static bool put_values(const gy_cluster_model *model, const char *table, const char *id, gy_buffer *sql) {
  bool good = true;
  gy_buffer_printf(sql, "WITH filled AS (\n  SELECT %s AS id", id);
  for (size_t j = 0; j < model->d; j++) {
    char *name = gy_sql_identifier(model->names[j]);
    good = good && name != NULL;
    gy_buffer_printf(sql, ",\n    coalesce(CAST(%s AS DOUBLE PRECISION), %.17g) AS v%zu",
                     name != NULL ? name : "", model->scaling[j].fill, j + 1);
    free(name);
  }
  gy_buffer_printf(sql, "\n  FROM %s\n)", table);
  return good;
}

static void put_scaled(const gy_cluster_model *model, size_t j, gy_buffer *sql) {
  const gy_column_scaling *s = &model->scaling[j];
  gy_buffer_text(sql, ",\n    (");
  gy_buffer_printf(sql, s->log ? "sign(v%zu) * ln(1 + abs(v%zu))" : "v%zu", j + 1, j + 1);
  gy_buffer_printf(sql, " - (%.17g)) / %.17g AS z%zu", s->center, s->scale, j + 1);
}

static void put_score(const gy_cluster_model *model, size_t c, gy_buffer *sql) {
  gy_buffer_printf(sql, ",\n    %.17g", gy_cluster_model_offset(model, c));
  for (size_t j = 0; j < model->d; j++) {
    size_t at = c * model->d + j;
    gy_buffer_printf(sql, " + (z%zu - (%.17g)) * (z%zu - (%.17g))", j + 1, model->centers[at], j + 1,
                     model->centers[at]);
    if (model->variances != NULL) gy_buffer_printf(sql, " / %.17g", model->variances[at]);
  }
  gy_buffer_printf(sql, " AS s%zu", c + 1);
}

static void put_label(const gy_cluster_model *model, gy_buffer *sql) {
  gy_buffer_text(sql, "CASE least(");
  for (size_t c = 0; c < model->k; c++) gy_buffer_printf(sql, "%ss%zu", c > 0 ? ", " : "", c + 1);
  gy_buffer_text(sql, ")");
  for (size_t c = 0; c < model->k; c++)
    gy_buffer_printf(sql, " WHEN s%zu THEN %zu", c + 1, c + (size_t)model->first_label);
  gy_buffer_text(sql, " END");
}

gy_status gy_cluster_model_sql(const gy_cluster_model *model, const char *table, const char *id, char **sql,
                               gy_error *err) {
  gy_buffer text;
  gy_buffer_init(&text, SQL_MAX);
  gy_buffer_printf(&text, "-- Each row's cluster: the least of %zu sums of squares over scaled columns.\n",
                   model->k);
  bool is_prepared = model->preparation.columns != NULL, states = has_states(model);
  bool good = is_prepared ? put_prepared(model, table, id, &text) : put_values(model, table, id, &text);
  const char *kept = states ? "id, state" : "id";
  gy_buffer_printf(&text, ", scaled AS (\n  SELECT %s", kept);
  for (size_t j = 0; j < model->d; j++) put_scaled(model, j, &text);
  gy_buffer_printf(&text, "\n  FROM filled\n), scores AS (\n  SELECT %s", kept);
  for (size_t c = 0; c < model->k; c++) put_score(model, c, &text);
  gy_buffer_text(&text, "\n  FROM scaled\n)\nSELECT id, ");
  if (states) gy_buffer_text(&text, "CASE state WHEN 1 THEN NULL WHEN 2 THEN -1 ELSE ");
  put_label(model, &text);
  gy_buffer_printf(&text, "%s AS cluster\nFROM scores", states ? " END" : "");
  *sql = good ? gy_buffer_take(&text) : NULL;
  gy_buffer_clear(&text);
  return *sql != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the SQL of a model");
}
